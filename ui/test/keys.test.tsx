import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { memory } from "../src/ipc/memory";
import { expectNoAxeViolations, open } from "./tools";

const page = (name: string) => screen.findByRole("heading", { level: 1, name });

test("two keys go to a page, and a page's own keys do not fire in between", async () => {
  const { user } = open("/");
  await page("Overview");
  for (const [key, name] of [
    ["r", "Requirements"],
    ["e", "Evidence"],
    ["i", "Integrations"],
    ["a", "Activity"],
    ["s", "Settings"],
    ["o", "Overview"],
  ] as const) {
    await user.keyboard(`g${key}`);
    expect(await page(name)).toBeVisible();
  }
  // A key that no chord has ends the chord.
  await user.keyboard("gxr");
  expect(screen.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
});

test("/ focuses the filter, where letters are letters again; Escape clears it", async () => {
  const { user } = open("/requirements");
  await page("Requirements");
  await screen.findByText(/^Showing 110 of 110$/);
  await user.keyboard("/");
  const filter = screen.getByRole("searchbox", { name: "Filter requirements" });
  expect(filter).toHaveFocus();
  await user.keyboard("gs?");
  expect(filter).toHaveValue("gs?");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByRole("heading", { level: 1, name: "Requirements" })).toBeVisible();
  await user.keyboard("{Escape}");
  expect(filter).toHaveValue("");
});

test("N goes to the next requirement that is not assessed, in the list and from a requirement", async () => {
  const transport = memory();
  const decided = transport.state.statuses.find((one) => one.id === "3.1.2");
  if (decided) decided.determination = "met";
  for (const id of ["3.1.1", "3.1.3"]) {
    const one = transport.state.statuses.find((entry) => entry.id === id);
    if (one) one.determination = "not_assessed";
  }
  const { user, history } = open("/requirements/3.1.1", transport);
  await screen.findByText("AC.L2-3.1.1");
  await waitFor(() => expect(transport.calls.some((one) => one.command === "get_status")).toBe(true));
  await user.keyboard("n");
  await screen.findByText("AC.L2-3.1.3");
  await user.keyboard("[[");
  await screen.findByText("AC.L2-3.1.2");
  await user.keyboard("]");
  await screen.findByText("AC.L2-3.1.3");
  expect(history.location.pathname).toBe("/requirements/3.1.3");

  await user.keyboard("gr");
  await screen.findByText("AC.L2-3.1.2");
  await user.keyboard("n");
  await waitFor(() => expect(document.activeElement).toHaveAttribute("data-row", "3.1.3"));
});

test("F6 walks through the parts of the window, both ways", async () => {
  const { user } = open("/requirements");
  await screen.findByText(/^Showing 110 of 110$/);
  await user.keyboard("{F6}");
  expect(screen.getByRole("link", { name: /^Requirements/ })).toHaveFocus();
  await user.keyboard("{F6}{F6}");
  expect(screen.getByRole("region", { name: "List of requirements" })).toHaveFocus();
  await user.keyboard("{F6}");
  expect(screen.getByRole("complementary", { name: "Preview" })).toHaveFocus();
  await user.keyboard("{F6}");
  expect(screen.getByRole("contentinfo", { name: "Status" })).toHaveFocus();
  await user.keyboard("{Shift>}{F6}{/Shift}");
  expect(screen.getByRole("complementary", { name: "Preview" })).toHaveFocus();
});

test("? lists the shortcuts, and single keys can be turned off", async () => {
  const { user } = open("/");
  await page("Overview");
  await user.keyboard("?");
  const sheet = await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
  await expectNoAxeViolations();
  await user.keyboard("gr");
  await user.click(within(sheet).getByRole("checkbox", { name: /Single-key shortcuts/ }));
  await user.click(within(sheet).getByRole("button", { name: "Done" }));
  await user.keyboard("gr?");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Keyboard shortcuts" }));
  expect(await screen.findByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
});

test("what a scheduled run collected shows without being asked for", async () => {
  const transport = memory();
  const { unmount } = open("/activity", transport);
  const runs = () => document.querySelectorAll("main details").length;
  await waitFor(() => expect(runs()).toBe(1));
  const [run] = transport.state.runs;
  if (run) transport.state.runs.unshift({ ...run, runId: "run-300", trigger: "schedule" });
  act(() => transport.tellChanged());
  await waitFor(() => expect(runs()).toBe(2));
  unmount();
  const asked = transport.calls.length;
  transport.tellChanged();
  expect(transport.calls.length).toBe(asked);
});
