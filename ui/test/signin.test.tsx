import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Integration } from "../src/ipc/generated/Integration";
import { type Memory, memory, refusal } from "../src/ipc/memory";
import * as sample from "../src/ipc/sample";
import { called, expectNoAxeViolations, open } from "./tools";

/** The connect dialog at its sign-in step, with a way to sign in chosen and its fields filled in. */
async function atSignIn(user: UserEvent, way: string) {
  await user.click(await screen.findByRole("button", { name: "Connect Microsoft Entra ID" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Connect Microsoft Entra ID" }));
  await user.click(dialog.getByRole("button", { name: "Continue" }));
  await user.click(dialog.getByRole("button", { name: "Continue" }));
  await user.click(dialog.getByRole("radio", { name: new RegExp(way) }));
  await user.click(dialog.getByRole("textbox", { name: "Tenant id" }));
  await user.paste("9b1f6c1e-52d4-4a0e-9d57-3c0a6f2be811");
  await user.click(dialog.getByRole("textbox", { name: "Client id" }));
  await user.paste("7c1e04aa-52d4-4a0e-9d57-3c0a6f2be811");
  return dialog;
}

test("signing in with the browser: the host opens the page, waiting is said, and saving asks nobody again", async () => {
  const { user, transport } = open("/integrations");
  const dialog = await atSignIn(user, "Sign in with the browser");
  expect(dialog.queryByLabelText("Client secret")).toBeNull();
  await user.click(dialog.getByRole("button", { name: "Sign in" }));
  expect(await dialog.findByText(/Sign in to Microsoft Entra ID in your browser/)).toBeVisible();
  expect(dialog.getByText(/Waiting for you/)).toBeVisible();
  expect(dialog.getByRole("button", { name: "Copy the address" })).toBeVisible();
  expect(dialog.queryByRole("button", { name: "Copy the code" })).toBeNull();
  expect(dialog.queryByRole("button", { name: "Back" })).toBeNull();
  await expectNoAxeViolations();
  await user.click(dialog.getByRole("button", { name: "Open the browser" }));
  expect(called(transport, "open_sign_in")).toEqual([{}]);
  expect(await dialog.findByText("1 permission missing, 1 too many")).toBeVisible();
  await user.click(dialog.getByRole("button", { name: "Go on with gaps" }));
  await user.click(dialog.getByRole("button", { name: "Save and sync" }));
  await waitFor(() => expect(called(transport, "sync_integration")).toHaveLength(1));
  expect(called(transport, "connect_integration")).toEqual([
    {
      integrationType: "entra-id",
      label: null,
      config: {
        cloud: "global",
        auth: "browser",
        tenant_id: "9b1f6c1e-52d4-4a0e-9d57-3c0a6f2be811",
        client_id: "7c1e04aa-52d4-4a0e-9d57-3c0a6f2be811",
      },
      credentials: {},
    },
  ]);
  expect(called(transport, "cancel_sign_in")).toEqual([]);
}, 90_000);

test("signing in with a code: it is shown with its page and a warning, and can be given up", async () => {
  const { user, transport } = open("/integrations");
  const dialog = await atSignIn(user, "Sign in with a code");
  await user.click(dialog.getByRole("button", { name: "Sign in" }));
  expect(await dialog.findByText("FD7RQXKWT")).toBeVisible();
  expect(dialog.getByText("https://login.microsoft.com/device")).toBeVisible();
  expect(dialog.getByText(/Only enter a code that you see here/)).toBeVisible();
  expect(dialog.getByRole("button", { name: "Copy the code" })).toBeVisible();
  expect(dialog.getByRole("button", { name: "Open the page" })).toBeVisible();
  await expectNoAxeViolations();
  await user.click(dialog.getByRole("button", { name: "Give up" }));
  expect(called(transport, "cancel_sign_in")).toHaveLength(1);
  // Back where it can be changed, without a complaint about what the person wanted.
  expect(await dialog.findByRole("button", { name: "Sign in" })).toBeVisible();
  expect(dialog.queryByRole("alert")).toBeNull();
  expect(dialog.getByRole("textbox", { name: "Client id" })).toHaveValue("7c1e04aa-52d4-4a0e-9d57-3c0a6f2be811");
  expect(called(transport, "connect_integration")).toEqual([]);
}, 90_000);

test("a page that is not the service's own is named and not opened", async () => {
  const transport = memory({
    test_integration: (_, onProgress) => {
      onProgress({
        kind: "sign_in",
        method: "device",
        address: "https://elsewhere.example/enter",
        userCode: "AB-12",
        expiresAt: sample.NOW,
        mayOpen: false,
      });
      return new Promise(() => {});
    },
  });
  const { user } = open("/integrations", transport);
  const dialog = await atSignIn(user, "Sign in with a code");
  await user.click(dialog.getByRole("button", { name: "Sign in" }));
  expect(await dialog.findByText("https://elsewhere.example/enter")).toBeVisible();
  expect(dialog.queryByRole("button", { name: "Open the page" })).toBeNull();
  // Closing the dialog leaves nobody waiting.
  await user.click(dialog.getByRole("button", { name: "Close" }));
  expect(called(transport, "cancel_sign_in")).toHaveLength(1);
}, 90_000);

test("a refusal says what to do, and can be tried again", async () => {
  const transport = memory({
    test_integration: () => {
      throw refusal({
        code: "blocked_by_policy",
        class: "authentication",
        what: "Microsoft did not accept the sign-in.",
        why: "A Conditional Access policy of the tenant blocks this sign-in.",
        fix: "Use the browser, or a certificate.",
      });
    },
  });
  const { user } = open("/integrations", transport);
  const dialog = await atSignIn(user, "Sign in with a code");
  await user.click(dialog.getByRole("button", { name: "Sign in" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent("Use the browser, or a certificate.");
  expect(dialog.getByText("Signing in did not succeed")).toBeVisible();
  expect(dialog.getByText("Nothing was stored.")).toBeVisible();
  await expectNoAxeViolations();
  await user.click(dialog.getByRole("button", { name: "Sign in again" }));
  await waitFor(() => expect(called(transport, "test_integration")).toHaveLength(2));
}, 90_000);

test("a browser that does not open is said, and the address can be copied", async () => {
  const transport = memory({
    open_sign_in: () => {
      throw refusal({
        code: "no_browser",
        what: "The browser could not be opened.",
        fix: "Open the address yourself.",
      });
    },
  });
  const { user } = open("/integrations", transport);
  const dialog = await atSignIn(user, "Sign in with the browser");
  await user.click(dialog.getByRole("button", { name: "Sign in" }));
  await user.click(await dialog.findByRole("button", { name: "Open the browser" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent("Open the address yourself.");
  expect(dialog.getByText(/Waiting for you/)).toBeVisible();
}, 90_000);

const inPerson = (rest: Partial<Integration> = {}): Integration => ({
  ...sample.integration,
  config: { ...sample.integration.config, auth: "device" },
  ...rest,
});

function connected(integration: Integration, overrides: Parameters<typeof memory>[0] = {}): Memory {
  return memory({
    get_integration: () => ({ integration, datasets: [], findings: [], runs: [] }),
    ...overrides,
  });
}

test("a sign-in that ended is mended where it is shown, and the next sync begins", async () => {
  const ended = refusal({
    code: "sign_in_again",
    class: "authentication",
    what: "The saved sign-in is no longer valid.",
    why: "It ended or was revoked.",
    fix: "Sign in again.",
  });
  const transport = connected(inPerson({ status: "error", errorMessage: "The saved sign-in is no longer valid." }), {
    test_integration: () => {
      throw ended;
    },
    reconnect_integration: (request, onProgress) => {
      onProgress({
        kind: "sign_in",
        method: "device",
        address: "https://login.microsoft.com/device",
        userCode: "FD7RQXKWT",
        expiresAt: sample.NOW,
        mayOpen: true,
      });
      return new Promise((done) =>
        setTimeout(() => done({ integration: inPerson({ id: request.id }), permissions: [], notices: [] }), 50),
      );
    },
  });
  const { user } = open("/integrations/x", transport);
  expect((await screen.findAllByRole("button", { name: "Sign in again" })).length).toBe(2);
  await user.click(screen.getByRole("button", { name: "Test connection" }));
  const note = within(await screen.findByRole("alert"));
  await user.click(note.getByRole("button", { name: "Sign in again" }));
  const dialog = within(await screen.findByRole("dialog", { name: /Sign in again: Larkfield tenant/ }));
  expect(dialog.getByText(/same tenant or account has to answer: Larkfield Machine Works/)).toBeVisible();
  await expectNoAxeViolations();
  await user.click(dialog.getByRole("button", { name: "Sign in" }));
  expect(await dialog.findByText("FD7RQXKWT")).toBeVisible();
  await waitFor(() => expect(called(transport, "sync_integration")).toHaveLength(1));
  expect(called(transport, "reconnect_integration")).toEqual([{ id: sample.integration.id, credentials: {} }]);
  expect(screen.queryByRole("dialog")).toBeNull();
}, 60_000);

test("another tenant that answers changes nothing, and giving up closes quietly", async () => {
  const transport = connected(inPerson(), {
    reconnect_integration: () => {
      throw refusal({
        code: "identity_mismatch",
        class: "identity",
        what: "Nothing was changed: another tenant or account answers.",
      });
    },
  });
  const { user } = open("/integrations/x", transport);
  await user.click(await screen.findByRole("button", { name: "Sign in again" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.click(dialog.getByRole("button", { name: "Sign in" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent("another tenant or account answers");
  await user.click(dialog.getByRole("button", { name: "Leave it as it is" }));
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(called(transport, "cancel_sign_in")).toHaveLength(1);
  expect(called(transport, "sync_integration")).toEqual([]);
}, 60_000);

test("a secret that ended is replaced without connecting anew", async () => {
  const integration = { ...sample.integration, config: { ...sample.integration.config, auth: "client_secret" } };
  const transport = connected(integration);
  const { user } = open("/integrations/x", transport);
  await user.click(await screen.findByRole("button", { name: "Enter a new secret" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.click(dialog.getByRole("button", { name: "Save" }));
  expect(called(transport, "reconnect_integration")).toEqual([]);
  await user.type(dialog.getByLabelText("Client secret", { selector: "input[type=password]" }), "n3w");
  await expectNoAxeViolations();
  await user.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(called(transport, "reconnect_integration")).toEqual([
      { id: sample.integration.id, credentials: { client_secret: "n3w" } },
    ]),
  );
}, 60_000);
