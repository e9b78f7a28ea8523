import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { plainText, Text } from "./Text";

test("markup is shown, never made", () => {
  const { container } = render(<Text value={'<img src=x onerror="alert(1)"><script>alert(2)</script>'} />);
  expect(container.querySelector("img, script")).toBeNull();
  expect(container).toHaveTextContent('<img src=x onerror="alert(1)">');
});

test("characters that hide or reorder are shown by their number", () => {
  const { container } = render(<Text value={"invoice\u202egnp.exe\u0000\u0007\u009b\u200b\ufeff"} />);
  expect(container.textContent).toBe("invoice⟨U+202E⟩gnp.exe⟨U+0000⟩⟨U+0007⟩⟨U+009B⟩⟨U+200B⟩⟨U+FEFF⟩");
});

test("line ends are shown as such only where lines are wanted", () => {
  const { container, rerender } = render(<Text value={"a\nb"} />);
  expect(container.textContent).toBe("a⟨U+000A⟩b");
  rerender(<Text value={"a\nb"} lines />);
  expect(container.textContent).toBe("a\nb");
});

test("a very long text is cut, can be opened and closed, and no character is split", async () => {
  const value = `${"x".repeat(399)}😀${"y".repeat(9600)}`;
  const { container } = render(<Text value={value} />);
  expect(container.textContent).toMatch(/^x{399}… Show all/);
  await userEvent.click(screen.getByRole("button", { name: /Show all 10,001 characters/ }));
  expect(container.textContent).toContain("y".repeat(9600));
  await userEvent.click(screen.getByRole("button", { name: "Show less" }));
  expect(container.textContent).not.toContain("y".repeat(50));
});

test("a name for assistive technology has the same care", () => {
  expect(plainText("a\u202eb")).toBe("a⟨U+202E⟩b");
  expect(plainText("z".repeat(300), 10)).toBe(`${"z".repeat(10)}…`);
});
