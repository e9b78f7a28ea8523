import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { open } from "./tools";

// The release freezes Object.prototype before the page's scripts run. Code that assigns a member of that name to a plain
// object (`thing.toString = ...`) then fails; this walks through every page in such a world.
test("every page works with frozen prototypes", async () => {
  Object.freeze(Object.prototype);
  const { user } = open("/");
  expect(await screen.findByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  for (const page of ["Requirements", "Evidence", "Activity", "Integrations", "All settings"]) {
    await user.click(screen.getByRole("link", { name: new RegExp(`^${page}`) }));
    expect(
      await screen.findByRole("heading", { level: 1, name: page.replace("All settings", "Settings") }),
    ).toBeVisible();
  }
  await user.click(screen.getByRole("link", { name: /^Integrations/ }));
  await user.click(await screen.findByRole("button", { name: "Connect Microsoft Entra ID" }));
  expect(await screen.findByRole("dialog")).toBeVisible();
}, 60_000);
