import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { memory } from "../src/ipc/memory";
import { integration } from "../src/ipc/sample";
import { expectNoAxeViolations, open } from "./tools";

/** A host whose connection's credentials end. */
function ending(warning: string | null) {
  const transport = memory();
  transport.state.integration.credentialExpiry = {
    what: "This token",
    at: "2026-12-01T12:00:00Z",
    warning,
    fix: "Make another one and paste it here.",
  };
  return transport;
}

test("credentials that end soon are warned of on the card and on the connection", async () => {
  open("/integrations", ending("This token expires in 6 days."));
  expect((await screen.findAllByText("This token expires in 6 days."))[0]).toBeVisible();
  await expectNoAxeViolations();
});

test("the connection says when they end, and what to do before then", async () => {
  open(`/integrations/${integration.id}`, ending("This token expires in 6 days."));
  expect(await screen.findByText("This token expires in 6 days. Make another one and paste it here.")).toBeVisible();
  expect(screen.getByText("Credentials end")).toBeVisible();
});

test("an end that is far away is told and not warned of", async () => {
  open(`/integrations/${integration.id}`, ending(null));
  expect(await screen.findByText("Credentials end")).toBeVisible();
  expect(screen.queryByText(/expires in/)).toBeNull();
});
