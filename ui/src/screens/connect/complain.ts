import type { Field } from "../../ipc/manifest";

/** What a value has wrong by the manifest alone; the host checks again and cleans. */
export function complain(field: Field, value: string): string | null {
  const cleaned = value.trim();
  if (cleaned === "") return field.required ? `${field.label} is needed.` : null;
  if (!field.pattern || field.kind === "multiline_secret") return null;
  let rule: RegExp;
  try {
    rule = new RegExp(`^(?:${field.pattern})$`, "u");
  } catch {
    return null; // A rule of another dialect: the host knows it.
  }
  return rule.test(cleaned) ? null : (field.patternHelp ?? "This does not look right.");
}
