import { createMemoryHistory } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect } from "vitest";
import { App } from "../src/app/App";
import { type Memory, memory } from "../src/ipc/memory";

/** The whole app at a page, on a host in memory. */
export function open(path: string, transport: Memory = memory()) {
  const history = createMemoryHistory({ initialEntries: [path] });
  return {
    ...render(<App transport={transport} history={history} />),
    transport,
    history,
    user: userEvent.setup({ delay: null }),
  };
}

export const called = (transport: Memory, command: string): unknown[] =>
  transport.calls.filter((one) => one.command === command).map((one) => one.request);

/** An accessibility audit of what is shown. Colours are checked by hand: there is no layout here. */
export async function expectNoAxeViolations(): Promise<void> {
  const results = await axe.run(document.body, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: { "color-contrast": { enabled: false } },
  });
  expect(
    results.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`),
  ).toEqual([]);
}
