// The first visible element of a role with an accessible name; the subset of the accessibility rules that the app uses.
const [role, wanted] = arguments;
const SELECTORS = {
  button: "button, [role=button], summary",
  link: "a[href]",
  textbox: "input:not([type=radio]):not([type=checkbox]), textarea",
  radio: "label:has(input[type=radio])",
  checkbox: "label:has(input[type=checkbox])",
  tab: "[role=tab]",
  select: "select",
  region: "[role=region], section, aside, main",
  heading: "h1, h2, h3, h4",
};
const squeeze = (text) => (text ?? "").replace(/\s+/gu, " ").trim();
const nameOf = (element) => {
  const label = element.getAttribute("aria-label");
  if (label) return squeeze(label);
  const by = element.getAttribute("aria-labelledby");
  if (by && role !== "button") {
    return squeeze(by.split(/\s+/u).map((id) => document.getElementById(id)?.textContent ?? "").join(" "));
  }
  if (element.labels?.length) return squeeze([...element.labels].map((one) => one.textContent).join(" "));
  return squeeze(element.innerText);
};
const part = wanted.startsWith("~");
const name = part ? wanted.slice(1) : wanted;
const visible = (element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
};
// An open dialog hides the rest from everybody.
const dialog = document.querySelector("[role=dialog], [role=alertdialog]");
const found = [...(dialog ?? document).querySelectorAll(SELECTORS[role])].find(
  (element) =>
    visible(element) &&
    !element.disabled &&
    (part ? nameOf(element).includes(name) : nameOf(element) === name),
);
if (found) found.scrollIntoView({ block: "center", inline: "nearest" });
return found ?? null;
