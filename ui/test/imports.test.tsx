import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { memory } from "../src/ipc/memory";
import { base64, formatOf } from "../src/screens/evidence/Import";
import { called, expectNoAxeViolations, open } from "./tools";

const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d, 0x00, 0xff]);
const file = () => new File([bytes], "ScubaResults_1.json", { type: "application/json" });

async function dialog(transport = memory()) {
  const page = open("/evidence", transport);
  await page.user.click(await screen.findByRole("button", { name: "Import" }));
  return { ...page, dialog: await screen.findByRole("dialog", { name: "Import results of another tool" }) };
}

test("a file's bytes cross unchanged, and its name speaks for its format", async () => {
  expect(atob(await base64(new Blob([bytes])))).toBe(String.fromCharCode(...bytes));
  const large = new Uint8Array(70_000).fill(7);
  expect(atob(await base64(new Blob([large])))).toHaveLength(70_000);
  expect(formatOf("output/prowler.CSV")).toBe("prowler-csv");
  expect(formatOf("ScubaResults_x.json")).toBe("scubagear");
  expect(formatOf("prowler-output.ocsf.json")).toBe("prowler-ocsf");
  expect(formatOf("data.json")).toBeNull();
});

test("importing needs a file and a name, and says what it did", async () => {
  const { user, dialog: shown, transport } = await dialog();
  const name = within(shown).getByLabelText("Your name");
  await user.clear(name);
  await user.click(within(shown).getByRole("button", { name: "Import" }));
  expect(within(shown).getByText("Choose the file that the tool wrote.")).toBeVisible();
  expect(within(shown).getByText(/Write your name/)).toBeVisible();
  expect(called(transport, "import_file")).toEqual([]);
  await expectNoAxeViolations();

  await user.upload(within(shown).getByLabelText("File"), file());
  expect(within(shown).getByLabelText("Format")).toHaveValue("scubagear");
  await user.type(name, "Dana Whitlock");
  await user.click(within(shown).getByRole("button", { name: "Import" }));
  const done = await screen.findByRole("dialog", { name: "Imported" });
  expect(within(done).getByText(/1 failing, 2 passing, 1 that can't tell/)).toBeVisible();
  expect(within(done).getByText(/Neither outranks the other/)).toBeVisible();
  expect(called(transport, "import_file")).toEqual([
    {
      format: "scubagear",
      fileName: "ScubaResults_1.json",
      content: btoa(String.fromCharCode(...bytes)),
      integration: null,
      label: null,
      by: "Dana Whitlock",
    },
  ]);
  await expectNoAxeViolations();
  await user.click(within(done).getByRole("button", { name: "Show the item" }));
  const item = await screen.findByRole("complementary", { name: "Evidence item" });
  expect(await within(item).findByText("Imported", { selector: "span" })).toBeVisible();
  expect(await within(item).findByText(/Dana Whitlock/)).toBeVisible();
  const list = screen.getByRole("region", { name: "List of evidence" });
  expect(within(list).getByText("Imported")).toBeVisible();
});

test("a requirement shows imported results apart, with what contradicts them", async () => {
  open("/requirements/3.5.3");
  const section = await screen.findByRole("region", { name: "Imported results" });
  expect(within(section).getByText("They change no suggestion")).toBeVisible();
  expect(within(section).getByText(/Imported: scubagear 1.5.0/)).toBeVisible();
  expect(within(section).getByText("An own check says something else")).toBeVisible();
  const own = screen.getByRole("region", { name: "Checks" });
  expect(within(own).queryByText(/Imported/)).toBeNull();
});

test("judging again says that all is as recorded, or what is not and why", async () => {
  const transport = memory();
  const { user } = open("/evidence", transport);
  await user.click(await screen.findByRole("button", { name: "Judge again" }));
  const first = await screen.findByRole("dialog", { name: "Judged again" });
  expect(within(first).getByText(/All are as they were recorded/)).toBeVisible();
  await user.click(within(first).getAllByRole("button", { name: "Close" }).at(-1) as HTMLElement);

  const side = (outcome: string) => ({
    outcome,
    reason: null,
    checkVersion: 1,
    snapshots: [],
    collectedAt: "2026-11-24T14:00:00Z",
  });
  transport.state.changes = [
    {
      check: "entra-id.mfa.users",
      title: "Everybody has a second factor.",
      integrationId: "i",
      integrationLabel: "Larkfield tenant",
      why: [{ code: "damaged", what: "The bytes of sha256:ab are not the recorded ones.", digest: "sha256:ab" }],
      before: side("pass"),
      after: side("unknown"),
      parameters: [],
      resourcesGone: [],
      resourcesAdded: [{ id: "u", name: "Luis Ferrara", type: "user", outcome: "fail", note: "" }],
    },
  ];
  await user.click(screen.getByRole("button", { name: "Judge again" }));
  const second = await screen.findByRole("dialog", { name: "Judged again" });
  expect(within(second).getByText(/1 is different/)).toBeVisible();
  expect(within(second).getByRole("alert")).toHaveTextContent(/not what was recorded/);
  expect(within(second).getByText(/sha256:ab/)).toBeVisible();
  await waitFor(() => expect(within(second).getByText(/Listed now: 1 resource/)).toBeVisible());
  await expectNoAxeViolations();
});
