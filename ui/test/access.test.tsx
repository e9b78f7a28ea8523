import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ProviderCard } from "../src/ipc/generated/ProviderCard";
import { grantingFor, type SampleManifest } from "../src/ipc/granting";
import { type Memory, memory, refusal } from "../src/ipc/memory";
import * as sample from "../src/ipc/sample";
import { byFamily } from "../src/screens/connect/ChooseChecks";
import { called, expectNoAxeViolations, open } from "./tools";

const ADMINS = /Every administrator has a second factor registered\. Critical/;
const POLICY = /A policy asks every user for a second factor\. High/;
const SHARED = /Shared mailboxes can't sign in\. Low/;
const IDENTIFICATION = /^3\.5 Identification and Authentication/;
const EVIDENCE = /Also collect evidence that no check reads/;

/** A service that the product does not know: five checks of two families, and a dataset that none of them reads. */
function acme(): ProviderCard {
  const [first] = sample.providers as [ProviderCard];
  const manifest = first.manifest as SampleManifest;
  const permission = { grant: "Domain.Read.All", why: "Reads domains.", roleId: null, licence: null, optional: true };
  const domains = { id: "acme.domains", title: "Domains", what: "Which domains there are.", licence: null };
  return {
    ...first,
    manifest: { ...manifest, id: "acme", name: "Acme", permissions: [...manifest.permissions, permission] },
    datasets: [...first.datasets, { ...domains, permissions: ["Domain.Read.All"], rowCap: null }],
    checks: [
      ...first.checks,
      {
        ...(first.checks[0] as ProviderCard["checks"][number]),
        id: "acme.users.shared",
        title: "Shared mailboxes can't sign in.",
        severity: "low",
        objectives: ["3.1.1[a]"],
        datasets: ["entra-id.users"],
      },
    ],
  };
}

const host = (): Memory =>
  memory({ list_providers: () => ({ providers: [acme()] }), access_for: (request) => grantingFor(acme(), request) });

async function prepare(transport: Memory = host()) {
  const opened = open("/integrations", transport);
  const { user } = opened;
  await user.click(await screen.findByRole("button", { name: "Connect Acme" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Connect Acme" }));
  await user.click(dialog.getByRole("button", { name: "Continue" }));
  await user.click(await dialog.findByText("Choose what is checked"));
  return { ...opened, dialog };
}

const tick = (dialog: ReturnType<typeof within>, name: RegExp) => dialog.getByRole("checkbox", { name });
const script = (dialog: ReturnType<typeof within>) =>
  dialog.getByRole("region", { name: "Grant the permissions with PowerShell" });

test("what is unticked takes its permissions out of the list and the script", async () => {
  const { user, dialog, transport } = await prepare();
  for (const name of [ADMINS, POLICY, SHARED, EVIDENCE]) expect(tick(dialog, name)).toBeChecked();
  expect(await dialog.findByRole("group", { name: IDENTIFICATION })).toBeVisible();
  expect(dialog.getByText("4 permissions, all to read")).toBeVisible();
  expect(script(dialog)).toHaveTextContent(
    /"User.Read.All", "Policy.Read.All", "AuditLog.Read.All", "Domain.Read.All"/,
  );
  expect(called(transport, "access_for")).toHaveLength(1);
  await expectNoAxeViolations();

  await user.click(tick(dialog, POLICY));
  expect(tick(dialog, POLICY)).not.toBeChecked();
  expect(await dialog.findByText("3 permissions, all to read")).toBeVisible();
  expect(script(dialog)).not.toHaveTextContent("Policy.Read.All");
  expect(
    dialog.getByText(/^3 permissions remain\. 1 of 5 checks will say "could not check: permission missing"/),
  ).toHaveRole("status");
  // The others of its family stay, and the family shows that some are missing.
  expect(tick(dialog, IDENTIFICATION)).toBePartiallyChecked();
  expect(dialog.getByText("4 of 5 checks")).toBeVisible();
  expect(called(transport, "access_for").at(-1)).toEqual({
    integrationType: "acme",
    cloud: "global",
    checks: acme()
      .checks.map((one) => one.id)
      .filter((id) => id !== "entra-id.mfa.mfa_enforced_for_all"),
    evidence: true,
  });
  await expectNoAxeViolations();
}, 60_000);

test("a check that others' permissions are enough for is not said to be lost", async () => {
  const { user, dialog } = await prepare();
  await user.click(tick(dialog, ADMINS));
  expect(await dialog.findByText(/^4 permissions remain\. They are enough for every check/)).toBeVisible();
  expect(script(dialog)).toHaveTextContent("User.Read.All");
}, 60_000);

test("all, none, a family, and the evidence that no check reads", async () => {
  const { user, dialog } = await prepare();
  await user.click(tick(dialog, EVIDENCE));
  expect(await dialog.findByText("3 permissions, all to read")).toBeVisible();
  expect(script(dialog)).not.toHaveTextContent("Domain.Read.All");

  await user.click(dialog.getByRole("button", { name: "Select none" }));
  expect(await dialog.findByText(/^0 permissions remain\. 5 of 5 checks/)).toBeVisible();
  expect(dialog.queryByRole("region", { name: "Permissions" })).toBeNull();
  expect(dialog.queryByRole("button", { name: "Copy script" })).toBeNull();
  for (const one of dialog.getAllByRole("checkbox")) expect(one).not.toBeChecked();
  await expectNoAxeViolations();

  await user.click(tick(dialog, /^3\.1 Access Control/));
  expect(tick(dialog, SHARED)).toBeChecked();
  expect(tick(dialog, POLICY)).not.toBeChecked();
  expect(await dialog.findByText("1 permission, all to read")).toBeVisible();

  await user.click(dialog.getByRole("button", { name: "Select all" }));
  expect(await dialog.findByText("4 permissions, all to read")).toBeVisible();
  expect(dialog.getByText("5 of 5 checks")).toBeVisible();
  expect(dialog.queryByText(/remain/)).toBeNull();
}, 60_000);

test("the keyboard alone chooses", async () => {
  const { user, dialog } = await prepare();
  act(() => tick(dialog, POLICY).focus());
  await user.keyboard(" ");
  expect(tick(dialog, POLICY)).not.toBeChecked();
  expect(await dialog.findByText("3 permissions, all to read")).toBeVisible();
  await user.tab();
  expect(tick(dialog, ADMINS)).toHaveFocus();
  await user.keyboard(" ");
  expect(tick(dialog, ADMINS)).not.toBeChecked();
  expect(dialog.getByText("3 of 5 checks")).toBeVisible();
  await user.keyboard(" ");
  expect(tick(dialog, ADMINS)).toBeChecked();
  expect(dialog.getByText("4 of 5 checks")).toBeVisible();
}, 60_000);

test("a permission that was left out on purpose is no gap of the connection", async () => {
  const { user, dialog } = await prepare();
  // The one check that reads sign-ins.
  await user.click(tick(dialog, /No sign-in used a protocol/));
  expect(await dialog.findByText("3 permissions, all to read")).toBeVisible();
  await user.click(dialog.getByRole("button", { name: "Continue" }));
  await user.click(dialog.getByRole("textbox", { name: "Tenant id" }));
  await user.paste("9b1f6c1e-52d4-4a0e-9d57-3c0a6f2be811");
  await user.click(dialog.getByRole("textbox", { name: "Client id" }));
  await user.paste("7c1e04aa-52d4-4a0e-9d57-3c0a6f2be811");
  await user.click(dialog.getByRole("textbox", { name: "Certificate and key" }));
  await user.paste("-----BEGIN CERTIFICATE-----");
  await user.click(dialog.getByRole("button", { name: "Test connection" }));
  // The host says that AuditLog.Read.All is missing, and that one can write.
  expect(await dialog.findByText("1 too many")).toBeVisible();
  expect(dialog.getByText("Left out, as chosen")).toBeVisible();
  expect(dialog.queryByText("Missing")).toBeNull();
  await expectNoAxeViolations();
  await user.click(dialog.getByRole("button", { name: "Continue" }));
  expect(dialog.queryByText(/Saving with/)).toBeNull();
  expect(dialog.getByText(/As chosen, 1 check will show Could not check: permission missing/)).toBeVisible();
}, 90_000);

test("a custom endpoint asks for what the cloud that it is like needs", async () => {
  const transport = host();
  const { user } = open("/integrations", transport);
  await user.click(await screen.findByRole("button", { name: "Connect Acme" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.click(dialog.getByText("Advanced"));
  await user.click(dialog.getByRole("radio", { name: /Custom endpoint/ }));
  await user.selectOptions(dialog.getByRole("combobox", { name: "Behaves like" }), "gcc-high");
  await user.click(dialog.getByRole("button", { name: "Continue" }));
  await waitFor(() => expect(script(dialog)).toHaveTextContent("-Environment gcc-high"));
}, 60_000);

test("where the host refuses, the dialog says so and asks again", async () => {
  let asked = 0;
  const { user } = open(
    "/integrations",
    memory({
      list_providers: () => ({ providers: [acme()] }),
      access_for: (request) => {
        asked += 1;
        if (asked === 1) throw refusal({ what: "There is no such cloud." });
        return grantingFor(acme(), request);
      },
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Connect Acme" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.click(dialog.getByRole("button", { name: "Continue" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent("There is no such cloud.");
  await user.click(dialog.getByRole("button", { name: "Try again" }));
  expect(await dialog.findByText("4 permissions, all to read")).toBeVisible();
}, 60_000);

test("checks stand in the family of their first requirement, and none is lost", () => {
  const [one, other] = sample.checks as [ProviderCard["checks"][number], ProviderCard["checks"][number]];
  const checks = [
    { ...one, id: "a", objectives: ["3.14.1[a]", "3.1.1[a]"] },
    { ...one, id: "b", objectives: ["3.1.1[a]"] },
    { ...other, id: "c", objectives: [] },
  ];
  const named = byFamily(checks, sample.catalogue.families).map((group) => [
    group.name,
    ...group.checks.map((check) => check.id),
  ]);
  expect(named).toEqual([
    ["3.1 Access Control", "b"],
    ["3.14 System and Information Integrity", "a"],
    ["Other", "c"],
  ]);
  // Before the catalog is there.
  expect(byFamily(checks, []).map((group) => group.checks.length)).toEqual([3]);
});

test("a page that grants is opened, one with a place for the reader's name is not", async () => {
  const linked = (text: string): ProviderCard => {
    const card = acme();
    const manifest = card.manifest as SampleManifest;
    const [first] = manifest.scripts;
    const scripts = [{ ...first, language: "link", text }];
    return { ...card, manifest: { ...manifest, scripts } as SampleManifest };
  };
  const transport = (text: string) =>
    memory({
      list_providers: () => ({ providers: [linked(text)] }),
      access_for: (request) => grantingFor(linked(text), request),
    });
  const page = "https://acme.example/tokens/new?scopes=read";
  const opened = transport(page);
  const { user, dialog, ...rest } = await prepare(opened);
  await user.click(await dialog.findByRole("button", { name: "Open page" }));
  await waitFor(() => expect(called(opened, "open_link")).toEqual([{ url: page }]));
  expect(dialog.getByRole("button", { name: "Copy address" })).toBeVisible();
  await expectNoAxeViolations();
  rest.unmount();
  const other = await prepare(transport("https://YOUR-SERVER/tokens/new"));
  expect(await other.dialog.findByRole("button", { name: "Copy address" })).toBeVisible();
  expect(other.dialog.queryByRole("button", { name: "Open page" })).toBeNull();
});
