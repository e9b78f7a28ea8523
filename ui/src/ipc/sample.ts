// A made-up company for tests and for looking at screens without a host. Never part of the release.
import levelOne from "../../../src-tauri/crates/catalog/data/level_one.json";
import facts from "../../../src-tauri/crates/catalog/data/requirements.json";
import type { Finding } from "./evidence";
import type { Catalogue } from "./generated/Catalogue";
import type { CheckInfo } from "./generated/CheckInfo";
import type { DatasetInfo } from "./generated/DatasetInfo";
import type { Disagreement } from "./generated/Disagreement";
import type { EvidenceItem } from "./generated/EvidenceItem";
import type { ImportOrigin } from "./generated/ImportOrigin";
import type { Integration } from "./generated/Integration";
import type { ProviderCard } from "./generated/ProviderCard";
import type { RequirementStatus } from "./generated/RequirementStatus";
import type { RunReport } from "./generated/RunReport";
import type { SampleManifest } from "./granting";

interface Words {
  title: string;
  says: string;
  objectives: Record<string, string>;
}

const words: Record<string, Words> = Object.assign(
  {},
  ...Object.values(
    import.meta.glob<Record<string, Words>>("../../../src-tauri/crates/catalog/data/words/*.json", {
      eager: true,
      import: "default",
    }),
  ),
);

const FAMILIES = [
  ["AC", "Access Control"],
  ["AT", "Awareness and Training"],
  ["AU", "Audit and Accountability"],
  ["CM", "Configuration Management"],
  ["IA", "Identification and Authentication"],
  ["IR", "Incident Response"],
  ["MA", "Maintenance"],
  ["MP", "Media Protection"],
  ["PS", "Personnel Security"],
  ["PE", "Physical Protection"],
  ["RA", "Risk Assessment"],
  ["CA", "Security Assessment"],
  ["SC", "System and Communications Protection"],
  ["SI", "System and Information Integrity"],
] as const;

interface Fact {
  id: string;
  name: string;
  objectives: number;
  weight?: number | null;
  level1?: string;
  legacy: string;
}

const COVERAGES = ["partial", "supporting", "full", "none"];

export const catalogue: Catalogue = {
  families: FAMILIES.map(([code, name], at) => ({ code, name, number: `3.${at + 1}` })),
  requirements: (facts as Fact[]).map((fact, at) => {
    const family = FAMILIES[Number(fact.id.split(".")[1]) - 1]?.[0] ?? "AC";
    const own = words[fact.id];
    const weight = fact.id === "3.12.4" ? null : (fact.weight ?? 1);
    return {
      id: fact.id,
      family,
      cmmcId: `${family}.L2-${fact.id}`,
      levelOneId: fact.level1 ?? null,
      legacyId: fact.legacy,
      name: fact.name,
      title: own?.title ?? fact.name,
      says: own?.says ?? fact.name,
      weight,
      partialWeight: fact.id === "3.5.3" || fact.id === "3.13.11" ? 3 : null,
      poam: fact.id === "3.13.11" ? "when_partial" : weight === 1 ? "allowed" : "never",
      objectives: Array.from({ length: fact.objectives }, (_, n) => {
        const letter = String.fromCharCode(97 + n);
        return {
          id: `${fact.id}[${letter}]`,
          letter,
          says: own?.objectives[letter] ?? fact.name,
          levelOne: Boolean(fact.level1),
          coverage: COVERAGES[(at + n) % COVERAGES.length] as string,
        };
      }),
    };
  }),
  levelOne: levelOne.map((entry) => ({
    id: entry.id,
    far: entry.far,
    title: entry.title,
    requirements: (facts as Fact[]).filter((fact) => fact.level1 === entry.id).map((fact) => fact.id),
  })),
};

export const NOW = "2026-11-24T14:01:04Z";
export const ENTRA = "6f0a3c52-7d1e-4b7a-9a44-1f2f7a1c0001";

const decided = (why: string | null = "Read with the administrator; the record is attached.") => ({
  by: "Dana Whitlock",
  at: "2026-11-12T15:20:00Z",
  why,
});

const NOTHING = { pass: 0, fail: 0, notApplicable: 0, unknown: 0 };

/** Decisions and collecting as after a few weeks of work. */
export function statuses(): RequirementStatus[] {
  return catalogue.requirements.map((requirement, at) => {
    const own = requirement.id === "3.5.3";
    const whole = own
      ? ""
      : at % 9 === 4
        ? "not_assessed"
        : at % 11 === 7
          ? "not_met"
          : at % 23 === 11
            ? "not_applicable"
            : "met";
    const objectives = requirement.objectives.map((objective) => {
      const each = own ? ({ a: "met", b: "not_assessed", c: "met", d: "not_met" }[objective.letter] ?? "met") : whole;
      return {
        id: objective.id,
        determination: each,
        partial: false,
        decided: each === "not_assessed" ? null : decided(each === "not_met" ? null : undefined),
        evidenceChanged: objective.id === "3.5.3[c]",
      };
    });
    const automatic = at % 4 !== 3;
    return {
      id: requirement.id,
      weight: requirement.weight,
      collectionState: own
        ? "current"
        : !automatic
          ? "never"
          : (["current", "current", "stale", "partial", "failed"][at % 5] as string),
      indication: own ? "non_compliant" : automatic ? (at % 3 ? "compliant" : "inconclusive") : "inconclusive",
      determination: own ? "not_met" : whole,
      partial: false,
      objectives,
      checks: own
        ? { pass: 1, fail: 1, notApplicable: 1, unknown: 1 }
        : automatic
          ? { ...NOTHING, pass: 1 + (at % 3), unknown: at % 3 ? 0 : 1 }
          : NOTHING,
      imported: own ? { ...NOTHING, fail: 1 } : NOTHING,
      evidenceCount: automatic ? 1 + (at % 4) : 0,
    };
  });
}

export const datasets: DatasetInfo[] = [
  {
    id: "entra-id.users",
    title: "Users",
    what: "Every account with its state, type and last sign-in.",
    permissions: ["User.Read.All"],
    licence: null,
    rowCap: null,
  },
  {
    id: "entra-id.conditional_access",
    title: "Conditional Access policies",
    what: "Which sign-ins need a second factor, and who is left out.",
    permissions: ["Policy.Read.All"],
    licence: null,
    rowCap: null,
  },
  {
    id: "entra-id.sign_ins",
    title: "Sign-ins",
    what: "Who signed in, from where, with which factors.",
    permissions: ["AuditLog.Read.All"],
    licence: "Entra ID P1",
    rowCap: 50_000,
  },
];

const check = (
  id: string,
  alias: string,
  title: string,
  severity: string,
  objectives: string[],
  dataset: string,
  remedy: string,
): CheckInfo => ({
  id,
  alias,
  title,
  severity,
  objectives,
  remedy,
  console: {
    "*": "https://entra.microsoft.com/#view/Policies",
    "gcc-high": "https://entra.microsoft.us/#view/Policies",
  },
  reperformPortal:
    "Entra admin center, Protection, Conditional Access, Policies: open each policy and read its Users part.",
  reperformCommand: "Get-MgIdentityConditionalAccessPolicy -All | Format-List DisplayName,State,Conditions",
  datasets: [dataset],
  parameters: id.endsWith("mfa_enforced_for_all") ? ["entra-id.break_glass"] : [],
});

export const checks: CheckInfo[] = [
  check(
    "entra-id.mfa.mfa_enforced_for_all",
    "ENTRA-02",
    "A policy asks every user for a second factor.",
    "high",
    ["3.5.3[c]", "3.5.3[d]"],
    "entra-id.conditional_access",
    "Remove the exclusion, or record the accounts as emergency accounts with a reason.",
  ),
  check(
    "entra-id.mfa.admins_registered",
    "ENTRA-01",
    "Every administrator has a second factor registered.",
    "critical",
    ["3.5.3[a]"],
    "entra-id.users",
    "Ask the administrator to register a method at the next sign-in.",
  ),
  check(
    "entra-id.mfa.legacy_sign_ins_absent",
    "ENTRA-07",
    "No sign-in used a protocol that can't ask for a second factor.",
    "high",
    ["3.5.3[d]", "3.5.4[a]"],
    "entra-id.sign_ins",
    "Block legacy authentication in a Conditional Access policy.",
  ),
  check(
    "entra-id.mfa.federated_factor",
    "ENTRA-11",
    "Federated domains ask for the second factor too.",
    "medium",
    ["3.5.3[d]"],
    "entra-id.users",
    "Set the domain's federated sign-in behavior to require a second factor.",
  ),
];

const finding = (at: number, outcome: Finding["outcome"], rest: Partial<Finding> = {}): Finding => {
  const info = checks[at] as CheckInfo;
  return {
    check: info.id,
    checkVersion: 1,
    integrationId: ENTRA,
    outcome,
    reason: null,
    title: info.title,
    severity: info.severity as Finding["severity"],
    requirements: [...new Set(info.objectives.map((one) => one.replace(/\[.*/, "")))],
    objectives: info.objectives,
    parameters: {},
    resources: [],
    population: { seen: 38, total: 38, pages: 1, complete: true },
    snapshots: ["sha256:4be190d76f2c0000000000000000000000000000000000000000a83e17c50000"],
    collectedAt: NOW,
    custom: false,
    imported: null,
    lastKnown: null,
    ...rest,
  };
};

export const findings: Finding[] = [
  finding(0, "fail", {
    parameters: { "entra-id.break_glass": ["bg1@larkfield.example", "bg2@larkfield.example"] },
    resources: ["Luis Ferrara", "Tamsin Oyelaran", "Kurt Brandt"].map((name, n) => ({
      id: `user-${n}`,
      name,
      type: "user",
      outcome: "fail" as const,
      note: "In the excluded group CA-Exclude-Shopfloor",
    })),
  }),
  finding(1, "pass"),
  finding(2, "unknown", {
    reason: { code: "permission_missing", detail: "The app registration lacks AuditLog.Read.All." },
    population: { seen: 0, total: null, pages: 0, complete: false },
    lastKnown: { outcome: "pass", collectedAt: "2026-11-20T14:01:00Z" },
  }),
  finding(3, "not_applicable", { population: { seen: 1, total: 1, pages: 1, complete: true } }),
];

/** A file of another tool, as it is brought in. */
export const importOrigin: ImportOrigin = {
  tool: "ScubaGear",
  version: "1.5.0",
  format: "scubagear",
  file: "ScubaResults_made-up.json",
  sha256: `sha256:${"c".repeat(64)}`,
  bytes: 48_211,
  account: "9b1f6c1e-52d4-4a0e-9d57-3c0a6f2be811",
  madeAt: "2026-11-20T10:00:00Z",
  importedAt: "2026-11-23T15:00:00Z",
  by: "Dana Whitlock",
};

export const importedFindings: Finding[] = [
  {
    ...finding(0, "fail"),
    check: "import.scubagear.MS.AAD.3.2v2",
    title: "A second factor is asked of all users.",
    integrationId: ENTRA,
    population: { seen: 1, total: null, pages: 1, complete: true },
    collectedAt: importOrigin.madeAt,
    imported: {
      tool: "scubagear",
      version: importOrigin.version,
      file: importOrigin.file,
      sha256: importOrigin.sha256,
      at: importOrigin.importedAt,
    },
  },
];

export const disagreements: Disagreement[] = [
  {
    check: "entra-id.mfa.users",
    outcome: "pass",
    importedCheck: "import.scubagear.MS.AAD.3.2v2",
    importedOutcome: "fail",
    integrationId: ENTRA,
    what: '"Everybody has a second factor" passes by the data of 2026-11-24; ScubaGear said on 2026-11-20 that it fails.',
  },
];

export const integration: Integration = {
  id: ENTRA,
  companyId: "c-1",
  integrationType: "entra-id",
  label: "Larkfield tenant",
  status: "connected",
  cloud: "gcc-high",
  config: { auth: "certificate", cloud: "gcc-high", tenant_id: "9b1f6c1e-52d4-4a0e-9d57-3c0a6f2be811" },
  identityId: "9b1f6c1e-52d4-4a0e-9d57-3c0a6f2be811",
  identityName: "Larkfield Machine Works",
  customHost: null,
  lastSyncAt: NOW,
  nextSyncAt: "2026-11-25T14:00:00Z",
  errorMessage: null,
  credentialExpiry: null,
  checks: { pass: 1, fail: 1, notApplicable: 1, unknown: 1 },
  evidenceCount: 3,
  createdAt: "2026-03-03T12:00:00Z",
  updatedAt: NOW,
};

export const run: RunReport = {
  runId: "run-214",
  integrationId: ENTRA,
  label: "Larkfield tenant",
  state: "partial",
  trigger: "schedule",
  scheduledFor: "2026-11-24T14:00:00Z",
  startedAt: "2026-11-24T14:00:01Z",
  finishedAt: "2026-11-24T14:01:19Z",
  error: null,
  datasets: [
    { id: "entra-id.users", state: "current", unchanged: false, reason: null, rows: 46, pages: 1, confirmed: 0 },
    {
      id: "entra-id.conditional_access",
      state: "current",
      unchanged: true,
      reason: null,
      rows: 14,
      pages: 1,
      confirmed: 1,
    },
    {
      id: "entra-id.sign_ins",
      state: "failed",
      unchanged: false,
      reason: { code: "permission_missing", detail: "The app registration lacks AuditLog.Read.All." },
      rows: 0,
      pages: 0,
      confirmed: 0,
    },
  ],
  requests: 214,
  bytes: 61_440,
};

export const evidence: EvidenceItem[] = datasets.map((dataset, at) => ({
  id: `ev-${at + 1}`,
  title: dataset.title,
  what: dataset.what,
  integrationId: ENTRA,
  integrationLabel: integration.label,
  integrationType: "entra-id",
  dataset: dataset.id,
  objectives: at === 2 ? ["3.5.4[a]", "3.5.3[d]"] : ["3.5.3[a]", "3.5.3[c]", "3.5.3[d]", "3.1.1[a]"],
  revision: at + 1,
  collectedAt: at === 2 ? "2026-11-20T14:01:00Z" : NOW,
  confirmedAt: at === 2 ? "2026-11-20T14:01:00Z" : NOW,
  state: at === 2 ? "failed" : "current",
  review: at === 0 ? "to_review" : "approved",
  rows: [46, 14, 412][at] as number,
  pages: 1,
  contentSha256: `sha256:${String(at + 1).repeat(64)}`,
  snapshot: `sha256:${"a".repeat(63)}${at}`,
  customHost: null,
  imported: null,
}));

const manifest: SampleManifest = {
  id: "entra-id",
  name: "Microsoft Entra ID",
  category: "identity",
  monogram: "En",
  summary: "Accounts, administrators, sign-in rules and sign-ins of your Microsoft tenant.",
  docsUrl: "https://learn.microsoft.com/entra/",
  reads: ["Accounts and groups, with their state.", "Policies that decide who may sign in and how."],
  neverReads: ["Mail, files or chats.", "Passwords."],
  prerequisites: [
    {
      title: "Register an app",
      text: "In the Entra admin center, make an app registration for this computer alone.",
      minutes: 5,
    },
    { title: "Grant consent", text: "A Privileged Role Administrator grants the permissions below.", minutes: 2 },
  ],
  clouds: [
    {
      id: "global",
      label: "Commercial",
      help: "Most companies.",
      hosts: { login: "https://login.microsoftonline.com" },
      console: "https://entra.microsoft.com",
    },
    {
      id: "gcc-high",
      label: "GCC High",
      help: "US government cloud for CUI.",
      hosts: { login: "https://login.microsoftonline.us" },
      console: "https://entra.microsoft.us",
    },
  ],
  custom: { fields: ["login_url", "graph_url"], likeDefault: "global" },
  auth: [
    {
      id: "certificate",
      label: "Certificate",
      help: "Recommended: nothing is sent that could be used again.",
      fields: ["tenant_id", "client_id", "certificate_pem"],
      interactive: null,
    },
    {
      id: "client_secret",
      label: "Client secret",
      help: "Quick to set up.",
      fields: ["tenant_id", "client_id", "client_secret"],
      interactive: null,
    },
    {
      id: "browser",
      label: "Sign in with the browser",
      help: "You sign in yourself, as you always do.",
      fields: ["tenant_id", "client_id"],
      interactive: "browser",
    },
    {
      id: "device",
      label: "Sign in with a code",
      help: "For a computer without a browser.",
      fields: ["tenant_id", "client_id"],
      interactive: "device",
    },
  ],
  fields: [
    {
      name: "tenant_id",
      label: "Tenant id",
      kind: "text",
      required: true,
      pattern: "^[0-9a-fA-F-]{36}$",
      patternHelp: "36 characters: digits, letters a to f and hyphens.",
      placeholder: null,
      help: "Overview page of the admin center.",
      options: [],
      advanced: false,
    },
    {
      name: "client_id",
      label: "Client id",
      kind: "text",
      required: true,
      pattern: "^[0-9a-fA-F-]{36}$",
      patternHelp: "36 characters: digits, letters a to f and hyphens.",
      placeholder: null,
      help: "Overview page of the app registration.",
      options: [],
      advanced: false,
    },
    {
      name: "client_secret",
      label: "Client secret",
      kind: "secret",
      required: true,
      pattern: null,
      patternHelp: null,
      placeholder: null,
      help: "The value, not the id.",
      options: [],
      advanced: false,
    },
    {
      name: "certificate_pem",
      label: "Certificate and key",
      kind: "multiline_secret",
      required: true,
      pattern: null,
      patternHelp: null,
      placeholder: null,
      help: "PEM: the certificate, then its PKCS#8 key.",
      options: [],
      advanced: false,
    },
    {
      name: "login_url",
      label: "Sign-in address",
      kind: "text",
      required: true,
      pattern: null,
      patternHelp: null,
      placeholder: null,
      help: "Where tokens come from.",
      options: [],
      advanced: true,
    },
    {
      name: "graph_url",
      label: "Graph address",
      kind: "text",
      required: true,
      pattern: null,
      patternHelp: null,
      placeholder: null,
      help: "Where data comes from.",
      options: [],
      advanced: true,
    },
  ],
  permissions: [
    {
      grant: "User.Read.All",
      why: "Reads accounts and their state.",
      roleId: "df021288-bdef-4463-88db-98f22de89214",
      licence: null,
      optional: false,
    },
    {
      grant: "Policy.Read.All",
      why: "Reads sign-in policies.",
      roleId: "246dd0d5-5bd0-4def-940b-0421030a5b68",
      licence: null,
      optional: false,
    },
    {
      grant: "AuditLog.Read.All",
      why: "Reads sign-ins and registered factors.",
      roleId: "b0afded3-3588-46d8-8b3d-9842eff778da",
      licence: "Entra ID P1",
      optional: true,
    },
  ],
  scripts: [
    {
      cloud: "*",
      label: "Grant the permissions with PowerShell",
      language: "powershell",
      item: '  "{}"',
      between: ",\n",
      text: "$roles = @(\n{{permissions}}\n)\nConnect-MgGraph -Environment {{cloud}}",
    },
  ],
};

const second: SampleManifest = {
  ...manifest,
  id: "aws",
  name: "Amazon Web Services",
  category: "cloud",
  monogram: "Aw",
  summary: "Users, keys, logging and network rules of your AWS accounts.",
};

export const providers: ProviderCard[] = [manifest, second].map((one) => ({
  manifest: one,
  objectives: ["3.1.1[a]", "3.1.1[b]", "3.5.1[a]", "3.5.3[a]", "3.5.3[c]", "3.5.3[d]"],
  requirements: ["3.1.1", "3.5.1", "3.5.3", "3.5.4", "3.5.7"],
  datasets,
  checks,
}));
