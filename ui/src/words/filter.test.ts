import { expect, test } from "vitest";
import { catalogue, statuses } from "../ipc/sample";
import { automatic, collectionOf, determinationOf, filterRows, rollUp, rowsOf, together } from "./filter";

const rows = rowsOf(catalogue, statuses(), 2);

test("Level 2 has 110 rows, Level 1 has 15", () => {
  expect(rows).toHaveLength(110);
  const levelOne = rowsOf(catalogue, statuses(), 1);
  expect(levelOne).toHaveLength(15);
  expect(levelOne.flatMap((row) => row.parts)).toHaveLength(17);
});

test("each filter keeps exactly what it names", () => {
  for (const row of filterRows(rows, { status: "not_met" })) expect(determinationOf(row)).toBe("not_met");
  for (const row of filterRows(rows, { state: "stale" })) expect(collectionOf(row)).toBe("stale");
  for (const row of filterRows(rows, { points: "5" })) expect(row.requirement.weight).toBe(5);
  for (const row of filterRows(rows, { coverage: "full" })) expect(automatic(row.requirement)).toBe("full");
  expect(filterRows(rows, { family: "IA" })).toHaveLength(11);
  expect(filterRows(rows, { points: "none" }).map((row) => row.key)).toEqual(["3.12.4"]);
});

test("filters together narrow, and text finds ids old and new", () => {
  expect(filterRows(rows, { family: "IA", q: "3.5.3" }).map((row) => row.key)).toEqual(["3.5.3"]);
  expect(filterRows(rows, { q: "ia.l2-3.5.3" }).map((row) => row.key)).toEqual(["3.5.3"]);
  expect(filterRows(rows, { q: "IA.1.076" }).map((row) => row.key)).toEqual(["3.5.1"]);
  expect(filterRows(rows, { q: "multifactor" }).map((row) => row.key)).toContain("3.5.3");
  expect(filterRows(rows, { q: "no such words anywhere" })).toEqual([]);
});

test("the worst collection state wins, and a requirement follows its objectives", () => {
  expect(rollUp(["current", "stale", "failed"])).toBe("failed");
  expect(rollUp(["current", "never"])).toBe("never");
  expect(rollUp([])).toBe("never");
  expect(together(["met", "not_assessed", "not_met"])).toBe("not_met");
  expect(together(["met", "not_assessed"])).toBe("not_assessed");
  expect(together(["not_applicable", "not_applicable"])).toBe("not_applicable");
  expect(together(["met", "not_applicable"])).toBe("met");
});
