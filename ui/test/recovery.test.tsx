import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { Protection } from "../src/ipc/generated/Protection";
import { memory, RECOVERY_KEY, refusal } from "../src/ipc/memory";
import { called, expectNoAxeViolations, open } from "./tools";

const UNKNOWN = "Nobody has shown that this vault's recovery key was written down.";

function unsure(protection: Protection, overrides: Parameters<typeof memory>[0] = {}) {
  const transport = memory(overrides);
  const { company } = transport.state.app;
  if (!company) throw new Error("The sample is open.");
  company.protection = protection;
  company.warnings = [UNKNOWN];
  return transport;
}

async function ask(user: UserEvent) {
  await user.click(await screen.findByRole("button", { name: "Make a new recovery key" }));
  return screen.findByRole("dialog", { name: "Make a new recovery key" });
}

/** Types the two groups that are asked for, as `group` writes them. */
async function showBack(user: UserEvent, dialog: HTMLElement, group: (place: number) => string) {
  for (let place = 0; place < 8; place += 1) {
    const box = within(dialog).queryByRole("textbox", { name: `Group ${place + 1}` });
    if (!box) continue;
    await user.clear(box);
    await user.type(box, group(place));
  }
  await user.click(within(dialog).getByRole("button", { name: "Confirm" }));
}

test("a new recovery key: passphrase, the key once, two groups of it shown back", async () => {
  const transport = unsure("two_secret");
  const { user } = open("/settings", transport);
  const vault = await screen.findByRole("region", { name: "Vault" });
  expect(within(vault).getByText(UNKNOWN)).toBeVisible();

  const first = await ask(user);
  const passphrase = within(first).getByLabelText("Passphrase");
  await user.click(within(first).getByRole("button", { name: "Make the key" }));
  expect(passphrase).toBeInvalid();
  expect(called(transport, "renew_recovery_key")).toEqual([]);
  await expectNoAxeViolations();
  await user.type(passphrase, "correct horse battery{Enter}");

  const dialog = await screen.findByRole("dialog", { name: "Write down the new recovery key" });
  expect(called(transport, "renew_recovery_key")).toEqual([
    { with: { kind: "passphrase", passphrase: "correct horse battery" } },
  ]);
  const key = within(dialog).getByRole("list", { name: "Recovery key" });
  expect(within(key).getAllByRole("listitem")).toHaveLength(8);
  expect(within(dialog).getByRole("button", { name: "Copy" })).toBeVisible();
  expect(within(dialog).getByRole("button", { name: "Print" })).toBeVisible();
  expect(within(dialog).getByRole("button", { name: "Confirm" })).toBeDisabled();
  expect(within(dialog).getByRole("region", { name: "New recovery key" })).toHaveFocus();
  await expectNoAxeViolations();

  await showBack(user, dialog, () => "0000000");
  await waitFor(() => expect(within(dialog).getAllByText(/^This is not group/)).toHaveLength(2));
  await showBack(user, dialog, (place) => (RECOVERY_KEY[place] ?? "").toLowerCase());

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await waitFor(() => expect(screen.getByRole("button", { name: "Make a new recovery key" })).toHaveFocus());
  expect(screen.getByText(/The new recovery key is confirmed/)).toBeVisible();
  expect(screen.queryByText(UNKNOWN)).toBeNull();
  await expectNoAxeViolations();
  await user.click(screen.getByRole("button", { name: "Dismiss the message" }));
  expect(screen.queryByText(/The new recovery key is confirmed/)).toBeNull();
});

test("a key that is being made can't be missed: the dialog stays until it is there", async () => {
  let made = () => {};
  const transport = unsure("standard", {
    renew_recovery_key: () =>
      new Promise((resolve) => {
        made = () => resolve({ recoveryKey: RECOVERY_KEY });
      }),
  });
  const { user } = open("/settings", transport);
  const dialog = await ask(user);
  await user.click(within(dialog).getByRole("button", { name: "Make the key" }));
  expect(within(dialog).getByRole("button", { name: "Cancel" })).toBeDisabled();
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await user.keyboard("{Escape}");
  expect(dialog).toBeVisible();
  made();
  expect(await screen.findByRole("list", { name: "Recovery key" })).toBeVisible();
});

test("where the key store opens the vault, no passphrase is asked for", async () => {
  const transport = unsure("standard");
  const { user } = open("/settings", transport);
  const dialog = await ask(user);
  expect(within(dialog).queryByLabelText("Passphrase")).toBeNull();
  await expectNoAxeViolations();
  await user.click(within(dialog).getByRole("button", { name: "Make the key" }));
  expect(await screen.findByRole("list", { name: "Recovery key" })).toBeVisible();
  expect(called(transport, "renew_recovery_key")).toEqual([{ with: { kind: "key_store" } }]);
});

test("a refused passphrase makes no key, and says what, why and how to go on", async () => {
  const transport = unsure("passphrase", {
    renew_recovery_key: () => {
      throw refusal({
        code: "wrong_passphrase",
        class: "vault",
        what: "No new recovery key was made.",
        why: "This is not the vault's passphrase.",
        fix: "Type it again.",
        field: "passphrase",
      });
    },
  });
  const { user } = open("/settings", transport);
  const dialog = await ask(user);
  await user.type(within(dialog).getByLabelText("Passphrase"), "not this one");
  await user.click(within(dialog).getByRole("button", { name: "Make the key" }));
  const alert = await within(dialog).findByRole("alert");
  expect(alert).toHaveTextContent("No new recovery key was made.");
  expect(alert).toHaveTextContent("This is not the vault's passphrase.");
  expect(alert).toHaveTextContent("Type it again.");
  expect(within(dialog).getByLabelText("Passphrase")).toBeInvalid();
  expect(screen.queryByRole("list", { name: "Recovery key" })).toBeNull();
  await expectNoAxeViolations();
  await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a key that nobody showed back is not left behind by accident, and is not shown again", async () => {
  const { user } = open("/settings", unsure("standard"));
  await user.click(within(await ask(user)).getByRole("button", { name: "Make the key" }));
  const dialog = await screen.findByRole("dialog", { name: "Write down the new recovery key" });
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  expect(within(dialog).getByRole("alert")).toHaveTextContent("It is not shown again");
  await expectNoAxeViolations();
  await user.click(within(dialog).getByRole("button", { name: "Stay" }));
  expect(within(dialog).getByRole("list", { name: "Recovery key" })).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await user.click(within(dialog).getByRole("button", { name: "Close anyway" }));
  expect(screen.queryByRole("dialog")).toBeNull();
  const again = await ask(user);
  expect(within(again).queryByRole("list", { name: "Recovery key" })).toBeNull();
});

test("a warning about the vault stands on the overview and leads to the vault's settings", async () => {
  const scrolled = vi.spyOn(Element.prototype, "scrollIntoView");
  const { user } = open("/", unsure("standard"));
  const note = (await screen.findByText(UNKNOWN)).closest<HTMLElement>("[role=note]");
  if (!note) throw new Error("The warning is a note.");
  expect(screen.getAllByText(UNKNOWN)).toHaveLength(1);
  expect(within(note).queryByRole("button")).toBeNull();
  await screen.findByRole("heading", { name: "Requirements by family" });
  await expectNoAxeViolations();
  await user.click(within(note).getByRole("link", { name: "Open the vault's settings" }));
  const vault = await screen.findByRole("region", { name: "Vault" });
  expect(within(vault).getByText(UNKNOWN)).toBeVisible();
  expect(screen.getAllByText(UNKNOWN)).toHaveLength(1);
  await waitFor(() => expect(scrolled).toHaveBeenCalled());
  await user.click(screen.getByRole("link", { name: /^Evidence/ }));
  await screen.findByRole("heading", { level: 1, name: "Evidence" });
  expect(screen.getByText(UNKNOWN)).toBeVisible();
});
