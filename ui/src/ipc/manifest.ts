/** A provider's manifest, as far as screens are made from it. Every member may be missing in what arrives. */
export interface Manifest {
  id: string;
  name: string;
  category: string;
  monogram: string;
  summary: string;
  docsUrl: string;
  reads: string[];
  neverReads: string[];
  prerequisites: { title: string; text: string; minutes: number | null }[];
  clouds: Cloud[];
  custom: { fields: string[]; likeDefault: string };
  auth: Auth[];
  fields: Field[];
  permissions: Permission[];
}

/** A way to sign in. */
export interface Auth {
  id: string;
  label: string;
  help: string;
  fields: string[];
  /** How a person signs in, where one does. */
  interactive: "browser" | "device" | null;
}

export interface Cloud {
  id: string;
  label: string;
  help: string;
  hosts: Record<string, string>;
  console: string;
}

export interface Field {
  name: string;
  label: string;
  kind: "text" | "secret" | "multiline_secret" | "choice" | "region_list";
  required: boolean;
  pattern: string | null;
  patternHelp: string | null;
  placeholder: string | null;
  help: string;
  options: { value: string; label: string }[];
  advanced: boolean;
}

export interface Permission {
  grant: string;
  why: string;
  roleId: string | null;
  licence: string | null;
  optional: boolean;
}

/** The id of the cloud that stands for an endpoint of one's own. */
export const CUSTOM = "custom";

type Loose = Record<string, unknown>;

const record = (value: unknown): Loose =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Loose) : {};
const text = (value: unknown, otherwise = ""): string => (typeof value === "string" ? value : otherwise);
const maybe = (value: unknown): string | null => (typeof value === "string" ? value : null);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): string[] => list(value).filter((item): item is string => typeof item === "string");

/** Fills in what a manifest leaves out. */
export function readManifest(value: unknown): Manifest {
  const from = record(value);
  const id = text(from.id, "unknown");
  const name = text(from.name, id);
  const custom = record(from.custom);
  return {
    id,
    name,
    category: text(from.category, "other"),
    monogram: text(from.monogram) || name.slice(0, 2),
    summary: text(from.summary),
    docsUrl: text(from.docsUrl),
    reads: texts(from.reads),
    neverReads: texts(from.neverReads),
    prerequisites: list(from.prerequisites)
      .map(record)
      .map((entry) => ({
        title: text(entry.title),
        text: text(entry.text),
        minutes: typeof entry.minutes === "number" ? entry.minutes : null,
      })),
    clouds: list(from.clouds)
      .map(record)
      .map((entry) => ({
        id: text(entry.id),
        label: text(entry.label, text(entry.id)),
        help: text(entry.help),
        hosts: Object.fromEntries(
          Object.entries(record(entry.hosts)).filter((pair): pair is [string, string] => typeof pair[1] === "string"),
        ),
        console: text(entry.console),
      })),
    custom: { fields: texts(custom.fields), likeDefault: text(custom.likeDefault) },
    auth: list(from.auth)
      .map(record)
      .map((entry) => ({
        id: text(entry.id),
        label: text(entry.label, text(entry.id)),
        help: text(entry.help),
        fields: texts(entry.fields),
        interactive: entry.interactive === "browser" || entry.interactive === "device" ? entry.interactive : null,
      })),
    fields: list(from.fields).map(record).map(readField),
    permissions: list(from.permissions)
      .map(record)
      .map((entry) => ({
        grant: text(entry.grant),
        why: text(entry.why),
        roleId: maybe(entry.roleId),
        licence: maybe(entry.licence),
        optional: entry.optional === true,
      })),
  };
}

const KINDS: readonly Field["kind"][] = ["text", "secret", "multiline_secret", "choice", "region_list"];

function readField(entry: Loose): Field {
  const name = text(entry.name);
  return {
    name,
    label: text(entry.label, name),
    kind: KINDS.find((kind) => kind === entry.kind) ?? "text",
    required: entry.required === true,
    pattern: maybe(entry.pattern),
    patternHelp: maybe(entry.patternHelp),
    placeholder: maybe(entry.placeholder),
    help: text(entry.help),
    options: list(entry.options)
      .map(record)
      .map((option) => ({ value: text(option.value), label: text(option.label, text(option.value)) })),
    advanced: entry.advanced === true,
  };
}

export const isSecret = (field: Field): boolean => field.kind === "secret" || field.kind === "multiline_secret";

/** The fields that a dialog asks for, in order: of the sign-in, of the custom endpoint, and those that belong to none. */
export function fieldsFor(manifest: Manifest, authId: string, cloud: string): Field[] {
  const ofSignIn = manifest.auth.find((method) => method.id === authId)?.fields ?? [];
  const ofAnySignIn = new Set(manifest.auth.flatMap((method) => method.fields));
  const asked = manifest.fields.filter((field) => {
    if (manifest.custom.fields.includes(field.name)) return cloud === CUSTOM;
    return ofSignIn.includes(field.name) || !ofAnySignIn.has(field.name);
  });
  const place = (field: Field) => {
    const at = ofSignIn.indexOf(field.name);
    return at < 0 ? ofSignIn.length : at;
  };
  return asked.sort((a, b) => place(a) - place(b));
}
