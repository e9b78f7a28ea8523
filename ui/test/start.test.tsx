import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { memory, RECOVERY_KEY, refusal } from "../src/ipc/memory";
import { called, expectNoAxeViolations, open } from "./tools";

test("setting up a company: name, protection, recovery key shown back, profile", async () => {
  const { user, transport } = open("/", memory({}, false));
  await user.click(await screen.findByRole("button", { name: /Set up my company/ }));
  await expectNoAxeViolations();
  await user.click(screen.getByRole("button", { name: "Continue" }));
  expect(screen.getByRole("textbox", { name: "Company name" })).toBeInvalid();
  await user.type(screen.getByRole("textbox", { name: "Company name" }), "Tern Fasteners");
  await user.click(screen.getByRole("radio", { name: /Level 1/ }));
  await user.click(screen.getByRole("button", { name: "Continue" }));

  expect(screen.getByText(/What none of them can do/)).toBeVisible();
  expect(screen.getByRole("table", { name: "What each choice means" })).toBeVisible();
  await user.click(screen.getByRole("radio", { name: /With a passphrase only/ }));
  await expectNoAxeViolations();
  await user.type(screen.getByLabelText("Passphrase"), "too short");
  await user.click(screen.getByRole("button", { name: "Create vault" }));
  expect(screen.getByLabelText("Passphrase")).toBeInvalid();
  expect(screen.getByLabelText("Passphrase again")).toBeInvalid();
  expect(called(transport, "create_company")).toEqual([]);

  await user.clear(screen.getByLabelText("Passphrase"));
  await user.click(screen.getByLabelText("Passphrase"));
  await user.paste("correct horse battery");
  await user.click(screen.getByLabelText("Passphrase again"));
  await user.paste("correct horse battery");
  await user.click(screen.getByRole("button", { name: "Create vault" }));

  const key = await screen.findByRole("list", { name: "Recovery key" });
  expect(within(key).getAllByRole("listitem")).toHaveLength(8);
  expect(called(transport, "create_company")[0]).toMatchObject({
    name: "Tern Fasteners",
    level: 1,
    protection: "passphrase",
  });
  await expectNoAxeViolations();

  const groups = screen.getAllByRole("textbox", { name: /^Group/ });
  expect(groups).toHaveLength(2);
  expect(screen.getByRole("button", { name: "Continue" })).toBeDisabled();
  for (const group of groups) await user.type(group, "WRONG00");
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await waitFor(() => expect(groups[0]).toBeInvalid());
  for (const group of screen.getAllByRole("textbox", { name: /^Group/ })) {
    await user.clear(group);
    const label = document.getElementById(group.getAttribute("aria-labelledby") ?? "")?.textContent ?? "";
    await user.type(group, (RECOVERY_KEY[Number(label.replace(/\D/g, "")) - 1] ?? "").toLowerCase());
  }
  await user.click(screen.getByRole("button", { name: "Continue" }));

  await user.type(await screen.findByRole("textbox", { name: "CAGE code" }), "7LK42");
  await user.click(screen.getByRole("button", { name: "Open the company" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  expect(called(transport, "update_profile")[0]).toMatchObject({ profile: { cageCode: "7LK42" } });
});

test("a refusal while the vault is made says what, why and how to go on, whatever it is about", async () => {
  const transport = memory(
    {
      create_company: () => {
        throw refusal({
          what: "The company can't be saved like this.",
          why: "The time zone is not known.",
          fix: "Use a name like America/New_York.",
          field: "zone",
        });
      },
    },
    false,
  );
  const { user } = open("/", transport);
  await user.click(await screen.findByRole("button", { name: /Set up my company/ }));
  await user.type(screen.getByRole("textbox", { name: "Company name" }), "Tern");
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await user.click(screen.getByRole("button", { name: "Create vault" }));
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("The time zone is not known.");
  expect(alert).toHaveTextContent("Use a name like America/New_York.");
});

test("the demo company is in a vault of its own and says so for good", async () => {
  const { user } = open("/", memory({}, false));
  await expectNoAxeViolations();
  await user.click(await screen.findByRole("button", { name: /Look at a demo company/ }));
  expect(await screen.findByText(/are made up/)).toBeVisible();
  expect(screen.queryByText(/its passphrase is/)).toBeNull();
});

test("the demo company says what it opens with where the computer has no key store", async () => {
  const transport = memory();
  if (transport.state.app.company) {
    transport.state.app.company.profile.demo = true;
    transport.state.app.company.protection = "passphrase";
  }
  open("/", transport);
  expect(await screen.findByText(/its passphrase is “made-up demo data”/)).toBeVisible();
});

test("each step of setting up goes on from its top, or in its first field", async () => {
  const { user } = open("/", memory({}, false));
  await user.click(await screen.findByRole("button", { name: /Set up my company/ }));
  expect(screen.getByRole("textbox", { name: "Company name" })).toHaveFocus();
  await user.keyboard("Tern Fasteners");
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await waitFor(() => expect(screen.getByRole("main")).toHaveFocus());
});

test("without a key store only a passphrase can be chosen", async () => {
  const transport = memory({}, false);
  transport.state.app.keyStore = "absent";
  const { user } = open("/", transport);
  await user.click(await screen.findByRole("button", { name: /Set up my company/ }));
  await user.type(screen.getByRole("textbox", { name: "Company name" }), "Tern");
  await user.click(screen.getByRole("button", { name: "Continue" }));
  expect(screen.getByRole("radio", { name: /computer's key store/ })).toBeDisabled();
  expect(screen.getByRole("radio", { name: /passphrase only/ })).toBeChecked();
  expect(screen.getByText(/has no key store/)).toBeVisible();
});

const lockedWith = (overrides: Parameters<typeof memory>[0], protection: "standard" | "passphrase" = "passphrase") => {
  const transport = memory(overrides);
  transport.state.app.company = null;
  transport.state.app.vaults = [{ companyId: "c-1", protection, changedAt: "2026-11-23T09:00:00Z", problem: null }];
  return transport;
};

test("a refused passphrase says what, why and how to go on; the recovery key is another way in", async () => {
  const transport = lockedWith({
    unlock: ({ with: how }) => {
      if (how.kind === "passphrase") {
        throw refusal({
          code: "wrong_passphrase",
          class: "vault",
          what: "The vault stays locked.",
          why: "This is not its passphrase.",
          fix: "Type it again, or use the recovery key.",
          field: "passphrase",
        });
      }
      transport.state.app.company = { ...(structuredClone(transport.state.app.company) ?? companyOf()) };
      return transport.state.app.company;
    },
  });
  const { user } = open("/", transport);
  const box = await screen.findByLabelText("Passphrase");
  await user.click(screen.getByRole("button", { name: "Unlock" }));
  expect(box).toBeInvalid();
  await user.type(box, "not this one{Enter}");
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("The vault stays locked.");
  expect(alert).toHaveTextContent("This is not its passphrase.");
  expect(alert).toHaveTextContent("use the recovery key.");
  expect(box).toBeInvalid();
  await expectNoAxeViolations();
  await user.click(screen.getByRole("button", { name: "Use the recovery key" }));
  await user.type(screen.getByRole("textbox", { name: "Recovery key" }), "K7QF2M1-9XTB4HA");
  await user.click(screen.getByRole("button", { name: "Unlock" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  expect(called(transport, "unlock")).toContainEqual({
    companyId: "c-1",
    with: { kind: "recovery", key: "K7QF2M1-9XTB4HA" },
  });
});

function companyOf() {
  const { state } = memory();
  if (!state.app.company) throw new Error("The sample is open.");
  return state.app.company;
}

test("a vault that can't be opened at all says why, and another one can be chosen", async () => {
  const transport = lockedWith({});
  transport.state.app.vaults.push({
    companyId: "c-2",
    protection: "standard",
    changedAt: "2026-11-20T09:00:00Z",
    problem: refusal({ what: "This vault is newer than this app.", fix: "Install the newest version." }),
  });
  const { user } = open("/", transport);
  await user.selectOptions(await screen.findByRole("combobox", { name: "Vault" }), "c-2");
  expect(screen.getByRole("alert")).toHaveTextContent("newer than this app");
  expect(screen.queryByRole("button", { name: /Unlock|Open with/ })).toBeNull();
});

test("a vault that the host locked by itself brings the lock screen", async () => {
  const transport = memory({
    list_evidence: () => {
      transport.state.app.company = null;
      throw refusal({ code: "locked", class: "vault", what: "No company is open." });
    },
  });
  const { user } = open("/", transport);
  await user.click(await screen.findByRole("link", { name: /^Evidence/ }));
  expect(await screen.findByRole("heading", { level: 1, name: "Vault locked" })).toBeVisible();
});

test("locking leaves nothing of the company on the page", async () => {
  const { user, container } = open("/");
  await screen.findByRole("heading", { level: 1, name: "Overview" });
  await user.click(screen.getByRole("button", { name: "Lock now" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Vault locked" })).toBeVisible();
  expect(container).not.toHaveTextContent("Larkfield");
});
