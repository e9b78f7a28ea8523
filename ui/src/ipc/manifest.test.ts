import { expect, test } from "vitest";
import isolation from "../../isolation/isolation.js?raw";
import commands from "./generated/commands.ts?raw";
import { grantingFor } from "./granting";
import { fieldsFor, type Manifest, readManifest } from "./manifest";
import { providers } from "./sample";

const manifest = readManifest(providers[0]?.manifest) as Manifest;

test("what a manifest leaves out, or has wrong, is filled in", () => {
  const empty = readManifest({ id: "x", fields: [{ name: "a", kind: "strange" }, null], permissions: "no" });
  expect(empty).toMatchObject({ id: "x", name: "x", monogram: "x", permissions: [], clouds: [] });
  expect(empty.fields[0]).toMatchObject({ name: "a", label: "a", kind: "text", required: false });
  expect(readManifest(null).id).toBe("unknown");
});

test("a dialog asks for the fields of the sign-in, and for addresses only of a custom endpoint", () => {
  expect(fieldsFor(manifest, "client_secret", "global").map((one) => one.name)).toEqual([
    "tenant_id",
    "client_id",
    "client_secret",
  ]);
  expect(fieldsFor(manifest, "certificate", "custom").map((one) => one.name)).toEqual([
    "tenant_id",
    "client_id",
    "certificate_pem",
    "login_url",
    "graph_url",
  ]);
});

test("the host in memory grants what the checks need, in the manifest's order", () => {
  const [card] = providers;
  if (!card) throw new Error("no provider");
  const ask = (checks: string[] | null) =>
    grantingFor(card, { integrationType: "entra-id", cloud: "gcc-high", checks, evidence: true });
  const whole = ask(null);
  expect(whole.permissions.map((one) => one.grant)).toEqual(["User.Read.All", "Policy.Read.All", "AuditLog.Read.All"]);
  const script = whole.scripts[0]?.text;
  expect(script).toContain('  "User.Read.All",\n  "Policy.Read.All",\n  "AuditLog.Read.All"');
  expect(script).toContain("-Environment gcc-high");
  expect(script).not.toContain("{{");
  const one = ask(["entra-id.mfa.mfa_enforced_for_all"]);
  expect(one.permissions.map((each) => each.grant)).toEqual(["Policy.Read.All"]);
  expect(one.lostChecks).toHaveLength(3);
  expect(ask([])).toMatchObject({ permissions: [], scripts: [] });
});

test("the isolation application knows exactly the commands of the table", () => {
  const table = [...commands.matchAll(/^ {2}(\w+): \{/gm)].map((match) => match[1]).sort();
  expect(table.length).toBeGreaterThan(30);
  const inside = isolation.slice(isolation.indexOf("new Set(["), isolation.indexOf("]);"));
  expect([...inside.matchAll(/"(\w+)"/g)].map((match) => match[1]).sort()).toEqual(table);
});

test("the isolation application lets a command through and stops everything else", () => {
  const page: { __TAURI_ISOLATION_HOOK__?: (message: unknown) => unknown } = {};
  new Function("window", isolation)(page);
  const hook = page.__TAURI_ISOLATION_HOOK__ as (message: unknown) => unknown;
  const good = {
    cmd: "command",
    callback: 1,
    error: 2,
    payload: { name: "app_state", request: {}, progress: "__CHANNEL__:3" },
  };
  expect(hook(good)).toBe(good);
  expect(() => hook({ ...good, cmd: "plugin:shell|open" })).toThrow();
  expect(() => hook({ ...good, payload: { ...good.payload, name: "constructor" } })).toThrow();
  expect(() => hook({ ...good, payload: { ...good.payload, path: "/etc/passwd" } })).toThrow();
  expect(() => hook({ ...good, payload: { ...good.payload, request: [] } })).toThrow();
  expect(() => hook({ ...good, payload: { ...good.payload, progress: 7 } })).toThrow();
  expect(() => hook(null)).toThrow();
  const channel = { cmd: "plugin:__TAURI_CHANNEL__|fetch", callback: 1, error: 2, payload: null };
  expect(hook(channel)).toBe(channel);
});

test("the page may listen to the events of ours and to no other", () => {
  const page: { __TAURI_ISOLATION_HOOK__?: (message: unknown) => unknown } = {};
  new Function("window", isolation)(page);
  const hook = page.__TAURI_ISOLATION_HOOK__ as (message: unknown) => unknown;
  const target = { kind: "Any" };
  const listen = { cmd: "plugin:event|listen", payload: { event: "changed", target, handler: 7 } };
  const unlisten = { cmd: "plugin:event|unlisten", payload: { event: "changed", eventId: 9 } };
  expect(hook(listen)).toBe(listen);
  expect(hook(unlisten)).toBe(unlisten);
  const closing = { ...listen, payload: { ...listen.payload, event: "closing" } };
  expect(hook(closing)).toBe(closing);
  for (const event of ["tauri://drag-drop", "constructor", undefined, ["changed"]]) {
    expect(() => hook({ ...listen, payload: { ...listen.payload, event } })).toThrow();
    expect(() => hook({ ...unlisten, payload: { ...unlisten.payload, event } })).toThrow();
  }
  expect(() => hook({ ...listen, payload: { ...listen.payload, path: "/" } })).toThrow();
  expect(() => hook({ ...listen, cmd: "plugin:event|emit" })).toThrow();
});
