/** The words and pictures of every state. One table per family; the families are never mixed. */
export interface Look {
  word: string;
  icon: string;
  tone: "good" | "bad" | "warn" | "na" | "none" | "info";
}

type Looks = Record<string, Look>;

/** Decided by a person: solid shapes. */
export const DETERMINATION: Looks = {
  met: { word: "Met", icon: "m-met", tone: "good" },
  not_met: { word: "Not met", icon: "m-not", tone: "bad" },
  not_applicable: { word: "Not applicable", icon: "m-na", tone: "na" },
  not_assessed: { word: "Not assessed", icon: "m-un", tone: "none" },
};

/** Found by a check: bare strokes. */
export const OUTCOME: Looks = {
  pass: { word: "Pass", icon: "o-pass", tone: "good" },
  fail: { word: "Fail", icon: "o-fail", tone: "bad" },
  not_applicable: { word: "Not applicable", icon: "o-na", tone: "na" },
  unknown: { word: "Could not check", icon: "o-cnc", tone: "warn" },
};

/** How collecting stands: the tray. */
export const COLLECTION: Looks = {
  current: { word: "Collected", icon: "c-ok", tone: "info" },
  partial: { word: "Partly collected", icon: "c-part", tone: "info" },
  stale: { word: "Stale", icon: "c-stale", tone: "warn" },
  failed: { word: "Failed", icon: "c-fail", tone: "warn" },
  never: { word: "Never collected", icon: "c-never", tone: "none" },
  running: { word: "Collecting", icon: "c-run", tone: "info" },
};

export const DATASET_RUN: Looks = {
  current: { word: "Collected", icon: "c-ok", tone: "info" },
  unchanged: { word: "Unchanged", icon: "c-ok", tone: "info" },
  partial: { word: "Partly collected", icon: "c-part", tone: "warn" },
  failed: { word: "Failed", icon: "c-fail", tone: "warn" },
  never: { word: "Not reached", icon: "c-never", tone: "none" },
};

export const RUN: Looks = {
  running: { word: "Collecting", icon: "c-run", tone: "info" },
  done: { word: "Complete", icon: "c-ok", tone: "info" },
  partial: { word: "Partly complete", icon: "c-part", tone: "warn" },
  failed: { word: "Failed", icon: "c-fail", tone: "warn" },
  cancelled: { word: "Canceled", icon: "stop", tone: "none" },
  interrupted: { word: "Interrupted", icon: "c-fail", tone: "warn" },
};

export const REVIEW: Looks = {
  to_review: { word: "To review", icon: "eye", tone: "info" },
  approved: { word: "Approved", icon: "check", tone: "na" },
  rejected: { word: "Rejected", icon: "x", tone: "bad" },
};

export const INDICATION: Looks = {
  compliant: { word: "Checks suggest met", icon: "o-pass", tone: "good" },
  non_compliant: { word: "Checks suggest not met", icon: "o-fail", tone: "bad" },
  inconclusive: { word: "Checks can't tell", icon: "o-cnc", tone: "warn" },
};

export const PERMISSION: Looks = {
  granted: { word: "Granted", icon: "o-pass", tone: "good" },
  missing: { word: "Missing", icon: "o-fail", tone: "bad" },
  excess: { word: "Not needed, remove it", icon: "alert", tone: "warn" },
  unknown: { word: "Could not check", icon: "o-cnc", tone: "warn" },
  left_out: { word: "Left out, as chosen", icon: "o-na", tone: "na" },
};

/** What a check's missing answer comes from, in a few words. */
export const REASON: Record<string, string> = {
  permission_missing: "permission missing",
  licence_missing: "license missing",
  not_collected: "not collected yet",
  partial: "not everything was seen",
  throttled: "asked to slow down",
  not_in_this_cloud: "not offered in this cloud",
  service_not_used: "service not used",
  sign_in_refused: "sign-in refused",
  identity_mismatch: "another tenant or account answered",
  malformed_answer: "answer not as documented",
  service_error: "the service failed",
  offline: "offline",
  cancelled: "canceled",
  needs_judgement: "needs a person's judgment",
  tool_error: "the imported tool could not tell",
};

export const CATEGORY: Record<string, string> = {
  identity: "Identity",
  cloud: "Cloud",
  devices: "Devices",
  security: "Security",
  code: "Code",
  network: "Network",
  backup: "Backup",
  collaboration: "Collaboration",
  other: "Other",
};

export const SEVERITY: Record<string, string> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  info: "Info",
};

/** How much of a requirement services can show. */
export const COVERAGE: Record<string, string> = {
  full: "Full",
  partial: "Partial",
  supporting: "Supporting",
  none: "None",
};

export const TRIGGER: Record<string, string> = {
  person: "Started by you",
  schedule: "Schedule",
  catch_up: "Caught up after a missed time",
  demo: "Demo",
};

export function look(looks: Looks, state: string): Look {
  return Object.hasOwn(looks, state) ? (looks[state] as Look) : { word: state, icon: "o-cnc", tone: "none" };
}
