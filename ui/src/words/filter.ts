import type { Catalogue } from "../ipc/generated/Catalogue";
import type { RequirementEntry } from "../ipc/generated/RequirementEntry";
import type { RequirementStatus } from "../ipc/generated/RequirementStatus";

export interface Filters {
  q?: string | undefined;
  status?: string | undefined;
  state?: string | undefined;
  points?: string | undefined;
  coverage?: string | undefined;
  family?: string | undefined;
}

/** A requirement with how it stands. At Level 1 one row may stand for several requirements. */
export interface Row {
  key: string;
  /** The id people see: `IA.L2-3.5.3`, or `IA.L1-b.1.v`. */
  label: string;
  title: string;
  family: string;
  requirement: RequirementEntry;
  status: RequirementStatus;
  /** Level 1: every requirement behind the row, the first included. */
  parts: { requirement: RequirementEntry; status: RequirementStatus }[];
}

const COVERAGE_ORDER = ["full", "partial", "supporting", "none"];

/** The most that any service can show about a requirement: the best of its objectives. */
export function automatic(requirement: RequirementEntry): string {
  const found = requirement.objectives.map((objective) => objective.coverage);
  return COVERAGE_ORDER.find((coverage) => found.includes(coverage)) ?? "none";
}

/** Worst first: what a state of several is. */
export function rollUp(states: string[]): string {
  return ["failed", "stale", "partial", "never", "current"].find((state) => states.includes(state)) ?? "never";
}

/** What people decided about several requirements, taken together. */
export function together(determinations: string[]): string {
  if (determinations.includes("not_met")) return "not_met";
  if (determinations.includes("not_assessed") || determinations.length === 0) return "not_assessed";
  return determinations.every((one) => one === "not_applicable") ? "not_applicable" : "met";
}

/** The requirements of a level in order. Level 1 has fifteen practices over seventeen of them. */
export function idsOf(catalogue: Catalogue, level: number): string[] {
  return level === 1
    ? catalogue.levelOne.flatMap((one) => one.requirements)
    : catalogue.requirements.map((one) => one.id);
}

/** The id of a requirement as people of a level see it: `IA.L2-3.5.3`, or `IA.L1-b.1.v (3.5.1)`. */
export function labelOf(catalogue: Catalogue, requirement: RequirementEntry, level: number): string {
  const practice = level === 1 && catalogue.levelOne.find((one) => one.requirements.includes(requirement.id));
  return practice ? `${practice.id} (${requirement.id})` : requirement.cmmcId;
}

/** The rows of a company's level: 110, or the 15 of Level 1. */
export function rowsOf(catalogue: Catalogue, statuses: RequirementStatus[], level: number): Row[] {
  const status = new Map(statuses.map((one) => [one.id, one]));
  const entry = new Map(catalogue.requirements.map((one) => [one.id, one]));
  const part = (id: string) => {
    const requirement = entry.get(id);
    const found = status.get(id);
    return requirement && found ? [{ requirement, status: found }] : [];
  };
  if (level !== 1) {
    return catalogue.requirements.flatMap((requirement) =>
      part(requirement.id).map((one) => ({
        ...one,
        key: requirement.id,
        label: requirement.cmmcId,
        title: requirement.title,
        family: requirement.family,
        parts: [one],
      })),
    );
  }
  return catalogue.levelOne.flatMap((one) => {
    const parts = one.requirements.flatMap(part);
    const first = parts[0];
    return first
      ? [{ ...first, key: one.id, label: one.id, title: one.title, family: first.requirement.family, parts }]
      : [];
  });
}

export const determinationOf = (row: Row): string => together(row.parts.map((part) => part.status.determination));
export const collectionOf = (row: Row): string => rollUp(row.parts.map((part) => part.status.collectionState));

const matches = (row: Row, query: string): boolean => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const hay = [
    row.label,
    row.title,
    ...row.parts.flatMap(({ requirement }) => [
      requirement.id,
      requirement.cmmcId,
      requirement.legacyId,
      requirement.name,
      requirement.title,
      requirement.says,
      ...requirement.objectives.map((objective) => objective.says),
    ]),
  ]
    .join("\n")
    .toLowerCase();
  return words.every((word) => hay.includes(word));
};

export function filterRows(rows: Row[], filters: Filters): Row[] {
  return rows.filter(
    (row) =>
      (!filters.family || row.family === filters.family) &&
      (!filters.status || determinationOf(row) === filters.status) &&
      (!filters.state || collectionOf(row) === filters.state) &&
      (!filters.points || String(row.requirement.weight ?? "none") === filters.points) &&
      (!filters.coverage || automatic(row.requirement) === filters.coverage) &&
      (!filters.q || matches(row, filters.q)),
  );
}
