// The evidence crate's JSON, kept by hand beside `src-tauri/crates/evidence` (finding.rs, outcome.rs, snapshot.rs): those types
// do not go through ts-rs.

/**
 * How many things the check looked at.
 */
export type Population = {
  /**
   * Resources judged.
   */
  seen: number;
  /**
   * Resources there are, where the service says so or all pages were read.
   */
  total: number | null;
  /**
   * Pages read.
   */
  pages: number;
  /**
   * Whether nothing is missing: an incomplete population never passes.
   */
  complete: boolean;
};

/**
 * One judged resource. Findings list the failing and unknown ones; passing ones are only counted.
 */
export type Resource = {
  /**
   * The service's own identifier.
   */
  id: string;
  /**
   * The name a person knows it by.
   */
  name: string;
  /**
   * What it is: `user`, `accessKey`, `policy`, ...
   */
  type: string;
  /**
   * What was found for it.
   */
  outcome: Outcome;
  /**
   * Why, in a few words.
   */
  note: string;
};

/**
 * The last outcome before an attempt failed.
 */
export type LastKnown = {
  /**
   * What it was.
   */
  outcome: Outcome;
  /**
   * When the data behind it was collected.
   */
  collectedAt: string;
};

/**
 * Where an imported finding comes from.
 */
export type Imported = {
  /**
   * `prowler` or `scubagear`.
   */
  tool: string;
  /**
   * The tool's version, as the file names it.
   */
  version: string | null;
  /**
   * The file's name.
   */
  file: string;
  /**
   * Digest of the file.
   */
  sha256: string;
  /**
   * When it was imported.
   */
  at: string;
};

/**
 * A check's result for one integration.
 */
export type Finding = {
  /**
   * The check's id, e.g. `aws.iam.root_mfa`.
   */
  check: string;
  /**
   * The check's version: a changed rule is a new version.
   */
  checkVersion: number;
  /**
   * Which connection it is about.
   */
  integrationId: string;
  /**
   * The answer.
   */
  outcome: Outcome;
  /**
   * Why it is unknown; `null` otherwise.
   */
  reason: Reason | null;
  /**
   * The secure state the check looks for.
   */
  title: string;
  /**
   * How much a failure matters.
   */
  severity: Severity;
  /**
   * Requirements of the objectives below.
   */
  requirements: Array<string>;
  /**
   * Objectives the check says something about.
   */
  objectives: Array<string>;
  /**
   * Every parameter and exemption the check used, with its value.
   */
  parameters: { [key in string]: unknown };
  /**
   * Every failing and every unknown resource, sorted.
   */
  resources: Array<Resource>;
  /**
   * What was looked at.
   */
  population: Population;
  /**
   * The snapshots it was judged on.
   */
  snapshots: Array<string>;
  /**
   * The newest collection time among those snapshots, or of the failed attempt.
   */
  collectedAt: string;
  /**
   * Whether the answers came from a custom endpoint.
   */
  custom: boolean;
  /**
   * The imported file that says it; `null` for the product's own checks.
   */
  imported: Imported | null;
  /**
   * The last outcome before the attempts began to fail.
   */
  lastKnown: LastKnown | null;
};

/**
 * A check's answer. `Unknown` is never folded into another.
 */
export type Outcome = "pass" | "fail" | "not_applicable" | "unknown";

/**
 * Why an outcome is unknown (the design's closed list).
 */
export type UnknownCode =
  | "permission_missing"
  | "licence_missing"
  | "not_collected"
  | "partial"
  | "throttled"
  | "not_in_this_cloud"
  | "service_not_used"
  | "sign_in_refused"
  | "identity_mismatch"
  | "malformed_answer"
  | "service_error"
  | "offline"
  | "cancelled"
  | "needs_judgement"
  | "tool_error";

/**
 * The reason of an unknown outcome or of an incomplete collection.
 */
export type Reason = {
  /**
   * Which kind of reason.
   */
  code: UnknownCode;
  /**
   * A sentence for a person; never a secret.
   */
  detail: string;
};

/**
 * How much a failing check matters.
 */
export type Severity = "info" | "low" | "medium" | "high" | "critical";

/**
 * A request as evidence names it: never a header, never a secret.
 */
export type PageRequest = {
  /**
   * `GET` or `POST`.
   */
  method: string;
  /**
   * Host and port.
   */
  host: string;
  /**
   * Path, with secret parts as `***`.
   */
  path: string;
  /**
   * Query or operation parameters, with secret and opaque parts (tokens) as `***`.
   */
  query: string;
};

/**
 * One page of a snapshot without its bytes.
 */
export type PageRecord = {
  /**
   * What was asked.
   */
  request: PageRequest;
  /**
   * The answer's status.
   */
  status: number;
  /** The part of the service that answered: a region. Absent where there is one whole. */
  place?: string;
  /** What was asked about, where the answer does not repeat it. */
  subject?: string;
  /**
   * SHA-256 of the decoded body bytes as stored (after the declared removals).
   */
  pageSha256: string;
  /**
   * Length of those bytes.
   */
  bytes: number;
};

/**
 * Who answered.
 */
export type IdentityStamp = {
  /**
   * Tenant or account id as the service gives it.
   */
  id: string;
  /**
   * Its name, for people.
   */
  name: string;
  /**
   * The cloud, e.g. `gcc-high`.
   */
  cloud: string;
  /**
   * The host of a custom endpoint; `None` for the provider's own.
   */
  customHost: string | null;
};

/**
 * Whether a snapshot is all there is.
 */
export type Completeness = {
  /**
   * Whether every page was read and no cap was met.
   */
  complete: boolean;
  /**
   * Why not.
   */
  reason: Reason | null;
};
