import type { Access } from "../../ipc/generated/Access";
import { useAnswer } from "../../ipc/hooks";

/** What the user wants of a provider: every check but those left out, and perhaps what is evidence alone. */
export interface Choice {
  leftOut: ReadonlySet<string>;
  evidence: boolean;
}

export const EVERYTHING: Choice = { leftOut: new Set(), evidence: true };

/** What has to be granted: for everything that the cloud has, and for what was chosen. */
export function useAccess(integrationType: string, cloud: string, choice: Choice) {
  const everything = useAnswer("access_for", { integrationType, cloud, checks: null, evidence: true });
  const all = everything.data?.checks ?? [];
  const checks = all.filter((id) => !choice.leftOut.has(id));
  const narrowed = checks.length < all.length || !choice.evidence;
  // What was shown stays until the answer to the newest choice is there.
  const chosen = useAnswer(
    "access_for",
    { integrationType, cloud, checks, evidence: choice.evidence },
    narrowed && everything.data !== undefined,
    true,
  );
  const shown = narrowed ? { ...chosen, data: chosen.data ?? everything.data } : everything;
  const has = (access: Access | undefined, grant: string) =>
    access?.permissions.some((one) => one.grant === grant) ?? false;
  return {
    everything,
    chosen: shown,
    /** Whether less than everything was chosen. */
    narrowed,
    /** Checks that can't be judged with what was chosen. */
    lostChecks: shown.data?.lostChecks.length ?? 0,
    /** Whether a permission would be needed for everything, and is not for what was chosen. */
    leftOut: (grant: string) => has(everything.data, grant) && !has(shown.data, grant),
  };
}
