// A host in memory: for tests and for looking at screens. Never part of the release.
import type { ApiError } from "./generated/ApiError";
import type { AppState } from "./generated/AppState";
import type { Company } from "./generated/Company";
import type { EvidenceItem } from "./generated/EvidenceItem";
import type { FindingChange } from "./generated/FindingChange";
import type { Integration } from "./generated/Integration";
import type { ParameterEntry } from "./generated/ParameterEntry";
import type { Progress } from "./generated/Progress";
import type { RequirementStatus } from "./generated/RequirementStatus";
import type { RunReport } from "./generated/RunReport";
import { grantingFor } from "./granting";
import * as sample from "./sample";
import type { Answer, CommandName, Request, Transport } from "./transport";

type Handler<C extends CommandName> = (
  request: Request<C>,
  onProgress: (progress: Progress) => void,
) => Answer<C> | Promise<Answer<C>>;
type Handlers = { [C in CommandName]: Handler<C> };

export interface Memory extends Transport {
  /** Every call so far. */
  calls: { command: CommandName; request: unknown }[];
  /** What the host knows; a test may change it. */
  state: State;
  /** Tells the page that something changed, as the host does after a scheduled run. */
  tellChanged: () => void;
  /** Asks the page what is meant by closing the window, as the host does the first time. */
  tellClosing: () => void;
}

interface State {
  app: AppState;
  statuses: RequirementStatus[];
  evidence: EvidenceItem[];
  /** What judging the stored data again shows. */
  changes: FindingChange[];
  parameters: ParameterEntry[];
  runs: RunReport[];
  connected: boolean;
  integration: Integration;
}

export const refusal = (error: Partial<ApiError>): ApiError => ({
  code: "usage",
  class: "usage",
  what: "This was refused.",
  why: "The test says so.",
  fix: "Change the test.",
  detail: null,
  field: null,
  ...error,
});

export const company: Company = {
  id: "c-1",
  protection: "standard",
  profile: {
    name: "Larkfield Machine",
    level: 2,
    zone: "America/New_York",
    cageCode: "7LK42",
    uei: null,
    scope: "The engineering network and the Microsoft tenant.",
    demo: false,
  },
  warnings: [],
};

export const RECOVERY_KEY = ["K7QF2M1", "9XTB4HA", "W3ND8RC", "5VGA6PD", "Z1JC0SE", "H8YE7KF", "4BRM3TG", "N6QW9DH"];

function derive(objectives: RequirementStatus["objectives"]): string {
  const all = objectives.map((one) => one.determination);
  if (all.includes("not_met")) return "not_met";
  if (all.includes("not_assessed")) return "not_assessed";
  return all.every((one) => one === "not_applicable") ? "not_applicable" : "met";
}

/** `overrides` answers some commands in another way, e.g. with a refusal. */
export function memory(overrides: Partial<Handlers> = {}, open = true): Memory {
  const state: State = {
    app: {
      version: "0.1.0",
      vaults: open ? [{ companyId: "c-1", protection: "standard", changedAt: sample.NOW, problem: null }] : [],
      company: open ? structuredClone(company) : null,
      keyStore: "available",
      appearance: "system",
      dataDir: "/data/cmmcpro",
    },
    statuses: sample.statuses(),
    evidence: structuredClone(sample.evidence),
    changes: [],
    parameters: [
      {
        key: "entra-id.break_glass",
        label: "Emergency accounts",
        help: "Accounts that are left out of sign-in rules on purpose. Each needs a reason.",
        kind: "list",
        value: ["bg1@larkfield.example"],
        default: [],
        set: { by: "Dana Whitlock", at: "2026-03-04T10:00:00Z", why: "Kept in the safe for outages." },
        until: "2027-03-04T00:00:00Z",
      },
      {
        key: "legacy.mfa_share",
        label: "Share of members with a second factor",
        help: "Threshold of the old rule. It feeds no indication.",
        kind: "percent",
        value: 80,
        default: 80,
        set: null,
        until: null,
      },
    ],
    runs: [structuredClone(sample.run)],
    connected: open,
    integration: structuredClone(sample.integration),
  };

  const status = (id: string) => {
    const found = state.statuses.find((one) => one.id === id.replace(/^[A-Z]{2}\.L2-/, ""));
    if (!found)
      throw refusal({
        code: "unknown_control",
        what: "There is no such requirement.",
        why: `Nothing is called ${id}.`,
      });
    return found;
  };
  const current = (): Company => {
    if (!state.app.company) throw refusal({ code: "locked", class: "vault", what: "The vault is locked." });
    return state.app.company;
  };
  const item = (id: string) => {
    const found = state.evidence.find((one) => one.id === id);
    if (!found) throw refusal({ what: "There is no such evidence.", why: `Nothing has the id ${id}.` });
    return found;
  };
  const progressOfRun = (onProgress: (progress: Progress) => void) => {
    const integrationId = sample.ENTRA;
    onProgress({ kind: "started", runId: "run-215", integrationId, label: sample.integration.label, datasets: 3 });
    sample.run.datasets.forEach((dataset, at) => {
      const title = sample.datasets[at]?.title ?? dataset.id;
      onProgress({
        kind: "reading",
        integrationId,
        dataset: dataset.id,
        title,
        rows: dataset.rows,
        pages: dataset.pages,
      });
      onProgress({ kind: "kept", integrationId, dataset, done: at + 1, total: 3 });
    });
    onProgress({ kind: "finished", runId: "run-215", integrationId, state: "partial" });
    const finished = { ...structuredClone(sample.run), runId: `run-${215 + state.runs.length}`, trigger: "person" };
    state.runs.unshift(finished);
    return finished;
  };

  /** A person who signs in when the page is opened, and not before. */
  let person: { go: () => void; stop: (error: ApiError) => void } | null = null;
  const signIn = (auth: string | undefined, onProgress: (progress: Progress) => void): Promise<void> | null => {
    if (auth !== "browser" && auth !== "device") return null;
    onProgress({
      kind: "sign_in",
      method: auth,
      address:
        auth === "browser"
          ? "https://login.microsoftonline.com/authorize?state=made-up"
          : "https://login.microsoft.com/device",
      userCode: auth === "browser" ? null : "FD7RQXKWT",
      expiresAt: "2026-11-24T14:15:00Z",
      mayOpen: true,
    });
    return new Promise((go, stop) => {
      person = {
        go: () => {
          onProgress({ kind: "signed_in" });
          go();
        },
        stop,
      };
    });
  };

  const tested = (): Answer<"test_integration"> => ({
    identityId: sample.integration.identityId,
    identityName: sample.integration.identityName,
    customHost: null,
    permissions: [
      { permission: "User.Read.All", state: "granted", why: "Reads accounts and their state.", fix: "" },
      {
        permission: "AuditLog.Read.All",
        state: "missing",
        why: "Reads sign-ins and registered factors.",
        fix: "Ask a Privileged Role Administrator to add it and to grant consent.",
      },
      {
        permission: "Group.ReadWrite.All",
        state: "excess",
        why: "It could change group members.",
        fix: "Remove it from the app registration.",
      },
    ],
    warnings: ["The secret expires on December 5."],
    notices: ["Spaces around the tenant id were removed."],
  });

  const handlers: Handlers = {
    app_state: () => state.app,
    create_company: (request) => {
      state.app.company = {
        ...structuredClone(company),
        protection: request.protection,
        profile: {
          ...company.profile,
          name: request.name,
          level: request.level,
          zone: request.zone ?? "UTC",
          cageCode: null,
          scope: null,
        },
      };
      return { company: state.app.company, recoveryKey: RECOVERY_KEY };
    },
    renew_recovery_key: () => {
      current().warnings = [];
      return { recoveryKey: RECOVERY_KEY };
    },
    confirm_recovery: ({ groups }) => ({
      wrong: groups
        .filter(({ place, text }) => text.replace(/[\s-]/g, "").toUpperCase() !== RECOVERY_KEY[place])
        .map(({ place }) => place),
    }),
    create_demo: () => {
      state.app.company = {
        ...structuredClone(company),
        profile: { ...company.profile, name: "Demo Gear Works", demo: true },
      };
      state.connected = true;
      return state.app.company;
    },
    unlock: () => {
      state.app.company = structuredClone(company);
      return state.app.company;
    },
    lock: () => {
      state.app.company = null;
      return {};
    },
    update_profile: ({ profile }) => {
      current().profile = profile;
      return current();
    },
    set_appearance: ({ appearance }) => {
      state.app.appearance = appearance;
      return {};
    },
    answer_closing: () => ({}),
    catalogue: () => sample.catalogue,
    get_status: ({ controlId }) => ({ requirements: controlId ? [status(controlId)] : state.statuses }),
    get_score: () => {
      const deductions = state.statuses
        .filter((one) => one.determination === "not_met" || one.determination === "not_assessed")
        .map((one) => ({
          requirement: one.id,
          points: one.weight ?? 0,
          why: one.determination === "not_met" ? "Decided as not met." : "Nobody decided yet.",
        }));
      const lost = deductions.reduce((sum, one) => sum + one.points, 0);
      return {
        score: 110 - lost,
        final: false,
        assessed: state.statuses.filter((one) => one.determination !== "not_assessed").length,
        total: 110,
        reason: null,
        deductions,
        levelOneMet: null,
        conditional: false,
        blocking: ["3.5.3"],
        projected: {
          score: 110 - lost - 5,
          label: "If the checks are right, 3.5.3 stays not met.",
          differing: ["3.5.3"],
        },
      };
    },
    get_control: ({ controlId }) => {
      const one = status(controlId);
      const own = one.id === "3.5.3";
      return {
        status: one,
        findings: own ? sample.findings : [],
        imported: own ? sample.importedFindings : [],
        disagreements: own ? sample.disagreements : [],
        checks: own ? sample.checks : [],
        evidence: state.evidence.filter((entry) =>
          entry.objectives.some((objective) => objective.startsWith(`${one.id}[`)),
        ),
        history: one.objectives.flatMap((objective) =>
          objective.decided
            ? [
                {
                  objective: objective.id,
                  determination: objective.determination,
                  partial: objective.partial,
                  decided: objective.decided,
                },
              ]
            : [],
        ),
        integrations: own ? [sample.ENTRA] : [],
      };
    },
    determine: (request) => {
      const one = status(request.objective.replace(/\[.*/, ""));
      const objective = one.objectives.find((entry) => entry.id === request.objective);
      if (!objective) throw refusal({ what: "There is no such objective." });
      objective.determination = request.determination;
      objective.partial = request.partial;
      objective.evidenceChanged = false;
      objective.decided =
        request.determination === "not_assessed" ? null : { by: request.by, at: sample.NOW, why: request.why };
      one.determination = derive(one.objectives);
      return one;
    },
    list_providers: () => ({ providers: sample.providers }),
    access_for: (request) => {
      const card = sample.providers.find((one) => one.manifest.id === request.integrationType);
      if (!card) throw refusal({ what: "There is no such provider." });
      return grantingFor(card, request);
    },
    connect_integration: (request) => {
      state.connected = true;
      return {
        integration: { ...structuredClone(sample.integration), label: request.label ?? sample.integration.label },
        permissions: [],
        notices: [],
      };
    },
    reconnect_integration: async ({ id }, onProgress) => {
      await signIn(sample.integration.config.auth, onProgress);
      return { integration: { ...structuredClone(sample.integration), id }, permissions: [], notices: [] };
    },
    open_sign_in: () => {
      person?.go();
      return {};
    },
    cancel_sign_in: () => {
      person?.stop(refusal({ code: "cancelled", class: "cancelled", what: "The sign-in was given up." }));
      person = null;
      return {};
    },
    test_integration: async ({ config }, onProgress) => {
      await signIn(config.auth, onProgress);
      return tested();
    },
    list_integrations: () => ({ integrations: state.connected ? [state.integration] : [] }),
    get_integration: () => ({
      integration: state.integration,
      datasets: sample.datasets.map((dataset, at) => ({
        dataset,
        state: at === 2 ? "failed" : "current",
        reason: at === 2 ? "The app registration lacks AuditLog.Read.All." : null,
        collectedAt: sample.NOW,
        rows: [46, 14, 0][at] ?? null,
        pages: 1,
      })),
      findings: sample.findings,
      runs: state.runs,
    }),
    sync_integration: (_, onProgress) => ({ runs: [progressOfRun(onProgress)] }),
    collect_evidence: ({ controlId }, onProgress) => ({
      requirement: status(controlId).id,
      evidenceCount: 3,
      complianceStatus: "non_compliant",
      confidence: { value: 0.4, reasons: ["Sign-ins could not be read."] },
      findings: sample.findings,
      legacyRule: null,
      runs: [progressOfRun(onProgress)],
    }),
    cancel_work: () => ({}),
    remove_integration: () => {
      state.connected = false;
      return { ...sample.integration, status: "disconnected" };
    },
    list_findings: ({ reevaluate }) => ({
      findings: sample.findings,
      ...(reevaluate ? { changes: state.changes } : {}),
    }),
    list_evidence: (filter) => ({
      evidence: state.evidence.filter(
        (one) => (!filter.review || one.review === filter.review) && (!filter.state || one.state === filter.state),
      ),
    }),
    get_evidence: ({ id }) => {
      const one = item(id);
      return {
        item: one,
        identity: {
          id: sample.integration.identityId,
          name: sample.integration.identityName,
          cloud: "gcc-high",
          customHost: null,
        },
        pages: [
          {
            request: {
              method: "GET",
              host: "graph.microsoft.us",
              path: "/v1.0/users",
              query: "$top=999&$skiptoken=***",
            },
            status: 200,
            pageSha256: `sha256:${"b".repeat(64)}`,
            bytes: 1234,
          },
        ],
        incomplete: one.state === "failed" ? "The last attempt was refused; this is what was seen before." : null,
        records: [
          { id: "user-0", displayName: "Luis Ferrara", accountEnabled: true },
          {
            id: "user-1",
            displayName: "<img src=x onerror=alert(1)>\u202egnp.exe",
            accountEnabled: false,
            roles: ["a", "b"],
          },
        ],
        revisions: [
          {
            revision: one.revision,
            collectedAt: one.collectedAt,
            confirmedAt: one.confirmedAt,
            snapshot: one.snapshot,
            contentSha256: one.contentSha256,
            review: one.review,
            reviewed: one.review === "to_review" ? null : { by: "Dana Whitlock", at: sample.NOW, why: null },
          },
        ],
        reperform: ["Entra admin center, Users, All users: compare the number at the top with the rows here."],
      };
    },
    get_page: () => {
      const text = JSON.stringify({ value: [{ id: "user-0", displayName: "Luis Ferrara" }] });
      return { text, bytes: text.length, nextOffset: null };
    },
    review_evidence: (request) => {
      const one = item(request.id);
      one.review = request.review;
      return one;
    },
    import_file: (request) => {
      const known = state.evidence.find((one) => one.imported?.file === request.fileName);
      const one: EvidenceItem = known ?? {
        ...(sample.evidence[0] as EvidenceItem),
        id: `ev-import-${state.evidence.length}`,
        title: "ScubaGear results",
        what: "What ScubaGear said, as a person imported it. CMMCPro did not look itself.",
        dataset: "import.scubagear",
        review: "to_review",
        state: "current",
        imported: { ...sample.importOrigin, file: request.fileName, format: request.format, by: request.by },
      };
      if (!known) state.evidence = [...state.evidence, one];
      return {
        added: !known,
        evidence: one,
        checks: { pass: 2, fail: 1, notApplicable: 0, unknown: 1 },
        unmapped: 1,
        disagreements: sample.disagreements,
      };
    },
    list_parameters: () => ({ parameters: state.parameters }),
    set_parameter: (request) => {
      state.parameters = state.parameters.map((one) =>
        one.key === request.key
          ? {
              ...one,
              value: request.value ?? one.default,
              set: request.value === null ? null : { by: request.by, at: sample.NOW, why: request.why },
              until: request.until,
            }
          : one,
      );
      return { parameters: state.parameters };
    },
    get_activity: () => ({
      runs: state.runs,
      requests: [
        {
          at: sample.NOW,
          method: "POST",
          host: "login.microsoftonline.us",
          path: "/***/oauth2/v2.0/token",
          status: 200,
        },
        { at: sample.NOW, method: "GET", host: "graph.microsoft.us", path: "/v1.0/users", status: 200 },
        { at: sample.NOW, method: "GET", host: "graph.microsoft.us", path: "/v1.0/auditLogs/signIns", status: 403 },
      ],
      schedule: {
        enabled: true,
        dailyAt: "09:00",
        zone: "America/New_York",
        next: ["2026-11-25T14:00:00Z", "2026-11-26T14:00:00Z", "2026-11-27T14:00:00Z"],
        last: { due: "2026-11-24T14:00:00Z", ran: "2026-11-24T14:00:01Z" },
      },
    }),
    set_schedule: (request) => ({
      enabled: request.enabled,
      dailyAt: request.dailyAt,
      zone: "America/New_York",
      next: [],
      last: null,
    }),
    run_due: () => ({ due: null, missed: 0, runs: [] }),
    verify_vault: () => ({ ok: true, entries: 9851, head: `sha256:${"c".repeat(64)}`, problems: [] }),
    open_link: () => ({}),
  };

  const calls: Memory["calls"] = [];
  const listeners = new Set<() => void>();
  const closers = new Set<() => void>();
  return {
    calls,
    state,
    tellChanged: () => {
      for (const tell of listeners) tell();
    },
    onChanged(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    tellClosing: () => {
      for (const tell of closers) tell();
    },
    onClosing(tell) {
      closers.add(tell);
      return () => closers.delete(tell);
    },
    async call(command, request, onProgress) {
      calls.push({ command, request });
      const handler = (overrides[command] ?? handlers[command]) as Handler<typeof command>;
      return structuredClone(await handler(request, onProgress ?? (() => {})));
    },
  };
}
