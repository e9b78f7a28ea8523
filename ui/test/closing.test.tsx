import { act, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { memory, refusal } from "../src/ipc/memory";
import { called, expectNoAxeViolations, open } from "./tools";

const TITLE = "CMMCPro keeps collecting from the tray";

async function asked(transport = memory()) {
  const app = open("/", transport);
  await screen.findByRole("heading", { level: 1 });
  expect(screen.queryByRole("dialog")).toBeNull();
  act(() => transport.tellClosing());
  const dialog = await screen.findByRole("dialog", { name: TITLE });
  return { ...app, dialog };
}

test("closing the window says first that the app stays in the tray", async () => {
  const { dialog } = await asked();
  expect(within(dialog).getByText(/stays in the system tray/)).toBeVisible();
  expect(within(dialog).getByText(/This is said once/)).toBeVisible();
  await expectNoAxeViolations();
});

test("each button gives its answer, and the dialog goes", async () => {
  for (const [name, answer] of [
    ["Keep running", "keep_running"],
    ["Quit instead", "quit"],
    ["Cancel", "stay"],
    ["Close", "stay"],
  ] as const) {
    const { dialog, transport, user, unmount } = await asked();
    await user.click(within(dialog).getByRole("button", { name }));
    expect(called(transport, "answer_closing")).toEqual([{ answer }]);
    expect(screen.queryByRole("dialog")).toBeNull();
    unmount();
  }
});

test("the escape key leaves the window open, and the page can be asked again", async () => {
  const { transport, user } = await asked();
  await user.keyboard("{Escape}");
  expect(called(transport, "answer_closing")).toEqual([{ answer: "stay" }]);
  expect(screen.queryByRole("dialog")).toBeNull();
  act(() => transport.tellClosing());
  expect(await screen.findByRole("dialog", { name: TITLE })).toBeVisible();
});

test("it is asked on the lock screen and before the first company too", async () => {
  const locked = memory();
  locked.state.app.company = null;
  const first = await asked(locked);
  first.unmount();
  await asked(memory({}, false));
});

test("an answer that was refused is said, and the dialog stays", async () => {
  const transport = memory({
    answer_closing: () => {
      throw refusal({ what: "The window was not closed." });
    },
  });
  const { dialog, user } = await asked(transport);
  await user.click(within(dialog).getByRole("button", { name: "Keep running" }));
  expect(await within(dialog).findByText("The window was not closed.")).toBeVisible();
});
