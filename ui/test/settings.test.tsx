import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { memory } from "../src/ipc/memory";
import { vaultFolder } from "../src/screens/settings/Vault";
import { open } from "./tools";

test("settings say where the vault is, and what is not protected", async () => {
  const transport = memory();
  if (transport.state.app.company) transport.state.app.company.protection = "passphrase";
  open("/settings", transport);
  const vault = await screen.findByRole("region", { name: "Vault" });
  expect(within(vault).getByText("/data/cmmcpro/companies/c-1")).toBeVisible();
  expect(within(vault).getByText(/runs code as you can read what you can read/)).toBeVisible();
  expect(within(vault).getByText(/as strong as the passphrase/)).toBeVisible();
  expect(within(vault).queryByText(/the key store answers/)).toBeNull();
});

test("the vault's folder is written as the system writes it", () => {
  expect(vaultFolder("C:\\Users\\you\\CMMCPro", "c-1")).toBe("C:\\Users\\you\\CMMCPro\\companies\\c-1");
});

test("times are in the company's zone, with the zone on hover", async () => {
  const transport = memory();
  if (transport.state.app.company) transport.state.app.company.profile.zone = "Pacific/Honolulu";
  open("/settings", transport);
  const schedule = await screen.findByRole("region", { name: "Schedule" });
  // 14:00 UTC.
  const [next] = await within(schedule).findAllByText(/4:00 AM$/);
  expect(next).toHaveAttribute("title", expect.stringContaining("(Pacific/Honolulu)"));
});
