import { expect, test } from "vitest";
import { mayBePartial, mayNotApply, needsReason, problems } from "./decision";
import { count, moment, took } from "./format";
import { look, OUTCOME } from "./status";

test("a decision needs a name, and a reason for met and not applicable", () => {
  const draft = { determination: "met", by: "", why: "", partial: false };
  expect(Object.keys(problems(draft))).toEqual(["by", "why"]);
  expect(problems({ ...draft, by: "Dana", why: "Seen." })).toEqual({});
  expect(problems({ ...draft, determination: "not_met", by: "Dana" })).toEqual({});
  expect(needsReason("not_applicable")).toBe(true);
  expect(needsReason("not_assessed")).toBe(false);
});

test("partial credit exists in two places, and 3.12.4 always applies", () => {
  expect(mayBePartial("3.5.3", "d")).toBe(true);
  expect(mayBePartial("3.5.3", "a")).toBe(false);
  expect(mayBePartial("3.13.11", "a")).toBe(true);
  expect(mayBePartial("3.1.1", "a")).toBe(false);
  expect(mayNotApply("3.12.4")).toBe(false);
  expect(mayNotApply("3.12.3")).toBe(true);
});

test("times say the day, and the year where it is another one", () => {
  const now = new Date(2026, 10, 24, 12, 0);
  expect(moment(new Date(2026, 10, 24, 9, 1).toISOString(), now)).toBe("Today 9:01 AM");
  expect(moment(new Date(2026, 10, 25, 9, 0).toISOString(), now)).toBe("Tomorrow 9:00 AM");
  expect(moment(new Date(2026, 10, 20, 9, 0).toISOString(), now)).toBe("Nov 20, 9:00 AM");
  expect(moment(new Date(2025, 2, 3, 9, 0).toISOString(), now)).toBe("Mar 3, 2025, 9:00 AM");
  expect(moment("not a time", now)).toBe("not a time");
});

test("counts and durations read as words", () => {
  expect(count(1, "row")).toBe("1 row");
  expect(count(12400, "row")).toBe("12,400 rows");
  expect(took("2026-11-24T14:00:00Z", "2026-11-24T14:01:18Z")).toBe("1 min 18 s");
  expect(took("2026-11-24T14:00:00Z", null)).toBe("");
});

test("a state that is not known is shown as it is, not as a good one", () => {
  expect(look(OUTCOME, "toString")).toEqual({ word: "toString", icon: "o-cnc", tone: "none" });
  expect(look(OUTCOME, "unknown").word).toBe("Could not check");
});
