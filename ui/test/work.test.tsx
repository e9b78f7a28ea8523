import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { advance } from "../src/app/work";
import type { Progress } from "../src/ipc/generated/Progress";
import { memory, refusal } from "../src/ipc/memory";
import { run } from "../src/ipc/sample";
import { called, expectNoAxeViolations, open } from "./tools";

test("requirements: filters narrow the list, say how many are left, and clear", async () => {
  const { user } = open("/requirements");
  expect(await screen.findByText("Showing 110 of 110")).toBeVisible();
  await user.selectOptions(screen.getByRole("combobox", { name: "Family" }), "IA");
  expect(await screen.findByText("Showing 11 of 110")).toBeVisible();
  await user.type(screen.getByRole("searchbox", { name: "Filter requirements" }), "zzz");
  expect(await screen.findByText("No requirement matches these filters")).toBeVisible();
  await user.click(screen.getAllByRole("button", { name: "Clear filters" })[0] as HTMLElement);
  expect(await screen.findByText("Showing 110 of 110")).toBeVisible();
}, 60_000);

test("requirements: a row shows its preview, and the page has no accessibility fault", async () => {
  const { user } = open("/requirements?family=IA");
  await user.click(await screen.findByRole("button", { name: "A second factor at sign-in" }));
  const preview = screen.getByRole("complementary", { name: "Preview" });
  expect(await within(preview).findByRole("link", { name: "Open 3.5.3" })).toBeVisible();
  expect(within(preview).getByText("Checks suggest not met")).toBeVisible();
  await expectNoAxeViolations();
}, 60_000);

test("requirements: Level 1 shows its 15 rows and no points", async () => {
  const transport = memory();
  if (transport.state.app.company) transport.state.app.company.profile.level = 1;
  open("/requirements", transport);
  expect(await screen.findByText("Showing 15 of 15")).toBeVisible();
  expect(screen.queryByRole("columnheader", { name: "Points" })).toBeNull();
});

test("a decision needs a name and, for Met, a reason; the name is remembered", async () => {
  const { user, transport } = open("/requirements/3.5.3");
  await user.click(await screen.findByRole("button", { name: /^\[b\]/ }));
  const group = screen.getByRole("radiogroup", { name: "Decision for 3.5.3[b]" });
  await user.click(within(group).getByRole("radio", { name: "Met" }));
  await user.click(screen.getByRole("button", { name: "Record decision" }));
  expect(screen.getByRole("textbox", { name: "Why" })).toBeInvalid();
  expect(screen.getByRole("textbox", { name: "Your name" })).toBeInvalid();
  expect(called(transport, "determine")).toEqual([]);
  await user.type(screen.getByRole("textbox", { name: "Why" }), "Seen on all five workstations.");
  await user.type(screen.getByRole("textbox", { name: "Your name" }), "Dana Whitlock");
  await expectNoAxeViolations();
  await user.click(screen.getByRole("button", { name: "Record decision" }));
  await waitFor(() =>
    expect(called(transport, "determine")).toEqual([
      {
        objective: "3.5.3[b]",
        determination: "met",
        partial: false,
        by: "Dana Whitlock",
        why: "Seen on all five workstations.",
      },
    ]),
  );
  await user.click(screen.getByRole("button", { name: /^\[a\]/ }));
  await user.click(
    within(screen.getByRole("radiogroup", { name: "Decision for 3.5.3[a]" })).getByRole("radio", { name: "Not met" }),
  );
  expect(screen.getByRole("textbox", { name: "Your name" })).toHaveValue("Dana Whitlock");
  expect(screen.getByRole("textbox", { name: "Why (not required)" })).not.toBeRequired();
  expect(screen.queryByRole("checkbox", { name: /partial credit/ })).toBeNull();
}, 60_000);

test("an objective that a link names is open at once", async () => {
  open("/requirements/3.5.3?objective=3.5.3%5Bd%5D");
  expect(await screen.findByRole("radiogroup", { name: "Decision for 3.5.3[d]" })).toBeVisible();
});

test("partial credit is offered for 3.5.3[d], and 3.12.4 can't be left out", async () => {
  const first = open("/requirements/3.5.3");
  await first.user.click(await screen.findByRole("button", { name: /^\[d\]/ }));
  await first.user.click(screen.getByRole("button", { name: "Decide again" }));
  await first.user.click(screen.getByRole("checkbox", { name: /Claim partial credit/ }));
  await first.user.type(screen.getByRole("textbox", { name: "Your name" }), "Dana");
  await first.user.click(screen.getByRole("button", { name: "Record decision" }));
  await waitFor(() =>
    expect(called(first.transport, "determine")).toEqual([
      { objective: "3.5.3[d]", determination: "not_met", partial: true, by: "Dana", why: null },
    ]),
  );
  first.unmount();
  const second = open("/requirements/3.12.4");
  await second.user.click(await screen.findByRole("button", { name: /^\[a\]/ }));
  expect(screen.queryByRole("radio", { name: "Not applicable" })).toBeNull();
}, 60_000);

test("a check shows its failing resources, its remedy and how to see it by hand; the console opens through the host", async () => {
  const { user, transport } = open("/requirements/3.5.3");
  const [card] = await screen.findAllByRole("button", { name: /A policy asks every user/ });
  await user.click(card as HTMLElement);
  expect(screen.getByText("Luis Ferrara")).toBeVisible();
  expect(screen.getByText(/Remove the exclusion/)).toBeVisible();
  expect(screen.getByText(/Get-MgIdentityConditionalAccessPolicy/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Open the console" }));
  expect(called(transport, "open_link")).toEqual([{ url: "https://entra.microsoft.us/#view/Policies" }]);
  expect(screen.getAllByText(/Could not check/)[0]).toHaveTextContent("permission missing");
  await expectNoAxeViolations();
}, 60_000);

test("collecting shows progress, can be canceled, and says what was kept", async () => {
  let report: (progress: Progress) => void = () => {};
  let finish: () => void = () => {};
  const transport = memory({
    collect_evidence: (_, onProgress) => {
      report = onProgress;
      return new Promise((_resolve, reject) => {
        finish = () =>
          reject(
            refusal({
              code: "cancelled",
              class: "cancelled",
              what: "Collecting was canceled.",
              why: "You stopped it.",
            }),
          );
      });
    },
  });
  const { user } = open("/requirements/3.5.3", transport);
  await user.click(await screen.findByRole("button", { name: "Auto-collect evidence" }));
  act(() => {
    report({ kind: "started", runId: "r", integrationId: "i", label: "Tenant", datasets: 3 });
    report({ kind: "reading", integrationId: "i", dataset: "entra-id.users", title: "Users", rows: 12400, pages: 13 });
  });
  expect((await screen.findAllByText(/0 of 3 datasets, reading Users \(12,400 rows\)/))[0]).toBeVisible();
  expect(screen.getByRole("button", { name: "Auto-collect evidence" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(called(transport, "cancel_work")).toHaveLength(1);
  expect(screen.getByRole("button", { name: "Stopping" })).toBeDisabled();
  act(() => finish());
  expect((await screen.findAllByText(/Collecting was canceled/))[0]).toBeVisible();
}, 60_000);

test("progress never goes back, and a part that ends says how", () => {
  const kept = (done: number): Progress => ({
    kind: "kept",
    integrationId: "i",
    dataset: { id: "d", state: "current", unchanged: false, reason: null, rows: 1, pages: 1, confirmed: 0 },
    done,
    total: 3,
  });
  let parts = advance([], { kind: "started", runId: "r", integrationId: "i", label: "L", datasets: 3 });
  parts = advance(advance(parts, kept(2)), kept(1));
  expect(parts[0]).toMatchObject({ done: 2, total: 3 });
  expect(advance(parts, { kind: "finished", runId: "r", integrationId: "i", state: "cancelled" })[0]?.state).toBe(
    "cancelled",
  );
});

test("integrations: search, categories, and nothing is stored when the test is refused", async () => {
  const transport = memory({
    test_integration: () => {
      throw refusal({
        code: "invalid_field",
        class: "configuration",
        what: "The connection was not made.",
        why: "There is no tenant with this id.",
        fix: "Copy the id from the Overview page.",
        field: "tenant_id",
      });
    },
  });
  const { user } = open("/integrations", transport);
  await screen.findByRole("button", { name: "Connect Microsoft Entra ID" });
  await expectNoAxeViolations();
  await user.click(screen.getByRole("button", { name: /^Cloud/ }));
  expect(screen.queryByRole("button", { name: "Connect Microsoft Entra ID" })).toBeNull();
  await user.click(screen.getByRole("button", { name: /^All/ }));
  await user.type(screen.getByRole("searchbox", { name: "Find an integration" }), "entra");
  expect(screen.queryByRole("button", { name: "Connect Amazon Web Services" })).toBeNull();

  await user.click(screen.getByRole("button", { name: "Connect Microsoft Entra ID" }));
  const dialog = await screen.findByRole("dialog", { name: "Connect Microsoft Entra ID" });
  await user.click(within(dialog).getByRole("radio", { name: /GCC High/ }));
  await user.click(within(dialog).getByRole("button", { name: "Continue" }));
  expect(await within(dialog).findByText("3 permissions, all to read")).toBeVisible();
  expect(within(dialog).getByText(/Connect-MgGraph -Environment gcc-high/)).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Continue" }));

  await user.click(within(dialog).getByRole("radio", { name: /Client secret/ }));
  await user.type(within(dialog).getByRole("textbox", { name: "Tenant id" }), "nonsense");
  await user.click(within(dialog).getByRole("button", { name: "Test connection" }));
  expect(within(dialog).getByRole("textbox", { name: "Tenant id" })).toBeInvalid();
  expect(within(dialog).getByText(/36 characters/, { selector: "bdi *, bdi" })).toBeVisible();
  expect(called(transport, "test_integration")).toEqual([]);

  await user.clear(within(dialog).getByRole("textbox", { name: "Tenant id" }));
  await user.type(within(dialog).getByRole("textbox", { name: "Tenant id" }), " 9b1f6c1e-52d4-4a0e-9d57-3c0a6f2be811 ");
  await user.type(within(dialog).getByRole("textbox", { name: "Client id" }), "7c1e04aa-52d4-4a0e-9d57-3c0a6f2be811");
  await user.type(within(dialog).getByLabelText("Client secret", { selector: "input[type=password]" }), "s3cret");
  await user.click(within(dialog).getByRole("button", { name: "Test connection" }));
  await waitFor(() => expect(within(dialog).getByRole("textbox", { name: "Tenant id" })).toBeInvalid());
  expect(within(dialog).getByRole("textbox", { name: "Tenant id" })).toHaveAccessibleDescription(
    /There is no tenant with this id/,
  );
  expect(within(dialog).getByRole("alert")).toHaveTextContent("Copy the id from the Overview page.");
  await expectNoAxeViolations();
  expect(called(transport, "connect_integration")).toEqual([]);
  expect(called(transport, "test_integration")).toEqual([
    {
      id: null,
      integrationType: "entra-id",
      config: {
        cloud: "gcc-high",
        auth: "client_secret",
        tenant_id: " 9b1f6c1e-52d4-4a0e-9d57-3c0a6f2be811 ",
        client_id: "7c1e04aa-52d4-4a0e-9d57-3c0a6f2be811",
      },
      credentials: { client_secret: "s3cret" },
    },
  ]);
}, 90_000);

test("a good test lists every permission, warns, and saving starts the first sync", async () => {
  const { user, transport } = open("/integrations");
  await user.click(await screen.findByRole("button", { name: "Connect Microsoft Entra ID" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Continue" }));
  await user.click(within(dialog).getByRole("button", { name: "Continue" }));
  await user.click(within(dialog).getByRole("textbox", { name: "Tenant id" }));
  await user.paste("9b1f6c1e-52d4-4a0e-9d57-3c0a6f2be811");
  await user.click(within(dialog).getByRole("textbox", { name: "Client id" }));
  await user.paste("7c1e04aa-52d4-4a0e-9d57-3c0a6f2be811");
  await user.click(within(dialog).getByRole("textbox", { name: "Certificate and key" }));
  await user.paste("-----BEGIN CERTIFICATE-----");
  await user.click(within(dialog).getByRole("button", { name: "Test connection" }));
  expect(await within(dialog).findByText("1 permission missing, 1 too many")).toBeVisible();
  expect(within(dialog).getByText("Larkfield Machine Works")).toBeVisible();
  expect(within(dialog).getByText("The secret expires on December 5.")).toBeVisible();
  await expectNoAxeViolations();
  await user.click(within(dialog).getByRole("button", { name: "Go on with gaps" }));
  expect(within(dialog).getByText(/AuditLog.Read.All will show Could not check/)).toBeVisible();
  await user.type(within(dialog).getByRole("textbox", { name: "Label" }), "Our tenant");
  await user.click(within(dialog).getByRole("button", { name: "Save and sync" }));
  await waitFor(() => expect(called(transport, "sync_integration")).toHaveLength(1));
  expect(screen.queryByRole("dialog")).toBeNull();
}, 90_000);

test("integration: outcomes filter the checks, and disconnecting explains itself first", async () => {
  const { user, transport } = open("/integrations/x");
  await user.click(await screen.findByRole("button", { name: /^1\s*Fail/ }));
  expect(screen.getByRole("button", { name: /A policy asks every user/ })).toBeVisible();
  expect(screen.queryByRole("button", { name: /Every administrator has/ })).toBeNull();
  await expectNoAxeViolations();
  await user.click(screen.getByRole("button", { name: "Disconnect" }));
  const dialog = await screen.findByRole("dialog", { name: /Disconnect Larkfield tenant/ });
  expect(dialog).toHaveTextContent("evidence, findings and the record of runs are kept");
  expect(called(transport, "remove_integration")).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Disconnect" }));
  await waitFor(() => expect(called(transport, "remove_integration")).toHaveLength(1));
}, 60_000);

test("evidence: provenance, records that can't run, raw JSON, and a review by name and reason", async () => {
  const { user, transport, container } = open("/evidence");
  const pane = await screen.findByRole("complementary", { name: "Evidence item" });
  expect(await within(pane).findByText("Larkfield Machine Works")).toBeVisible();
  await expectNoAxeViolations();
  await user.click(within(pane).getByRole("tab", { name: "Records" }));
  expect(within(pane).getByText(/<img src=x onerror=alert\(1\)>/)).toBeVisible();
  expect(container.querySelector("td img")).toBeNull();
  expect(within(pane).getByText("⟨U+202E⟩")).toBeVisible();
  await user.click(within(pane).getByRole("tab", { name: "Raw" }));
  await user.click(within(pane).getByRole("button", { name: "Show the page as it was stored" }));
  expect(await within(pane).findByText(/"displayName": "Luis Ferrara"/)).toBeVisible();
  await user.type(within(pane).getByRole("textbox", { name: "Your name" }), "Mika Okafor");
  await user.click(within(pane).getByRole("button", { name: "Reject" }));
  expect(within(pane).getByRole("textbox", { name: /^Why/ })).toBeInvalid();
  expect(called(transport, "review_evidence")).toEqual([]);
  await user.click(within(pane).getByRole("button", { name: "Approve" }));
  await waitFor(() =>
    expect(called(transport, "review_evidence")).toEqual([
      { id: "ev-1", revision: 1, review: "approved", by: "Mika Okafor", why: null },
    ]),
  );
}, 60_000);

test("activity: runs with the reasons of what is missing, and every request", async () => {
  const { user } = open("/activity");
  await user.click(await screen.findByText("Larkfield tenant"));
  expect(screen.getByText(/lacks AuditLog.Read.All/)).toBeVisible();
  expect(screen.getByText("graph.microsoft.us/v1.0/users")).toBeVisible();
  await expectNoAxeViolations();
  await user.type(screen.getByRole("searchbox", { name: "Filter requests" }), "403");
  expect(screen.getByText("Showing 1 of 3")).toBeVisible();
}, 60_000);

test("settings: colors at once, parameters by name and reason, and the vault verifies", async () => {
  const { user, transport } = open("/settings");
  await user.click(await screen.findByRole("radio", { name: "Dark" }));
  await waitFor(() => expect(document.documentElement.dataset.theme).toBe("dark"));
  await expectNoAxeViolations();
  await user.click(await screen.findByRole("button", { name: "Change Share of members with a second factor" }));
  await user.clear(screen.getByRole("textbox", { name: "Value" }));
  await user.type(screen.getByRole("textbox", { name: "Value" }), "120");
  await user.click(screen.getByRole("button", { name: "Set value" }));
  expect(screen.getByRole("textbox", { name: "Value" })).toBeInvalid();
  expect(screen.getByRole("textbox", { name: "Why" })).toBeInvalid();
  expect(called(transport, "set_parameter")).toEqual([]);
  await user.clear(screen.getByRole("textbox", { name: "Value" }));
  await user.type(screen.getByRole("textbox", { name: "Value" }), "90 %");
  await user.type(screen.getByRole("textbox", { name: "Why" }), "Policy 4.2");
  await user.type(screen.getByRole("textbox", { name: "Your name" }), "Dana");
  await user.click(screen.getByRole("button", { name: "Set value" }));
  await waitFor(() =>
    expect(called(transport, "set_parameter")).toEqual([
      { key: "legacy.mfa_share", value: 90, by: "Dana", why: "Policy 4.2", until: null },
    ]),
  );
  await user.click(screen.getByRole("button", { name: "Verify vault" }));
  expect(await screen.findByText(/Nothing is wrong: 9,851 entries/)).toBeVisible();
}, 60_000);

test("overview: score, families, and an answer that is refused says what, why and how to go on", async () => {
  const transport = memory({
    get_score: () => {
      throw refusal({ what: "The score could not be read.", why: "A table is damaged.", fix: "Verify the vault." });
    },
  });
  open("/", transport);
  expect(await screen.findByText("The score could not be read.")).toBeVisible();
  expect(screen.getByRole("link", { name: "Identification and Authentication" })).toBeVisible();
  await expectNoAxeViolations();
}, 60_000);

test("what changes fast is said at most once in ten seconds", async () => {
  vi.useFakeTimers();
  try {
    const { Announcer } = await import("../src/app/work");
    const { render } = await import("@testing-library/react");
    const { container, rerender } = render(<Announcer sentence="one" />);
    expect(container).toHaveTextContent("one");
    rerender(<Announcer sentence="two" />);
    rerender(<Announcer sentence="three" />);
    expect(container).toHaveTextContent("one");
    act(() => void vi.advanceTimersByTime(10_100));
    expect(container).toHaveTextContent("three");
  } finally {
    vi.useRealTimers();
  }
});

test("a thousand failing resources can be filtered", async () => {
  const many = Array.from({ length: 1000 }, (_, n) => ({
    id: `u${n}`,
    name: `User ${n}`,
    type: "user",
    outcome: "fail" as const,
    note: "No factor",
  }));
  const sample = await import("../src/ipc/sample");
  const transport = memory({
    get_integration: () => ({
      integration: sample.integration,
      datasets: [],
      findings: [{ ...(sample.findings[0] as (typeof sample.findings)[number]), resources: many }],
      runs: [run],
    }),
  });
  const { user } = open("/integrations/x", transport);
  await user.click(await screen.findByRole("button", { name: /A policy asks every user/ }));
  expect(screen.getByText("Showing 1,000 of 1,000")).toBeVisible();
  await user.type(screen.getByRole("searchbox", { name: "Filter resources" }), "User 77");
  expect(screen.getByText("Showing 11 of 1,000")).toBeVisible();
  expect(screen.getByText("User 777")).toBeVisible();
}, 60_000);

test("Level 1 knows no points and no plans, and walks through its own requirements", async () => {
  const transport = memory();
  if (transport.state.app.company) transport.state.app.company.profile.level = 1;
  const { user } = open("/", transport);
  expect(await screen.findByText(/FAR 52.204-21/)).toBeVisible();
  expect(screen.queryByText(/^\d points?$/)).toBeNull();
  await user.click(screen.getByRole("link", { name: /^Requirements/ }));
  const preview = await screen.findByRole("complementary", { name: "Preview" });
  expect(within(preview).queryByText(/POA&M|point/)).toBeNull();
  await user.click(within(preview).getByRole("link", { name: "Open 3.1.1" }));
  expect(await screen.findByText("AC.L1-b.1.i (3.1.1)")).toBeVisible();
  expect(screen.getByText("1 of 17")).toBeVisible();
  expect(screen.queryByText(/Costs|points|POA&M/)).toBeNull();
  expect(screen.queryByRole("button", { name: "Previous requirement" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Next requirement" }));
  expect(await screen.findByText("AC.L1-b.1.ii (3.1.2)")).toBeVisible();
});
