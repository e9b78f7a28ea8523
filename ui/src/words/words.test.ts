import { expect, test } from "vitest";
import { mayBePartial, mayNotApply, needsReason, problems } from "./decision";
import { clockIn, count, took } from "./format";
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

test("times read in the company's zone: its day, its hour, and the year where it is another one", () => {
  const { moment, inSentence } = clockIn("America/New_York");
  const now = new Date("2026-11-24T17:00:00Z");
  expect(moment("2026-11-24T14:01:00Z", now)).toBe("Today 9:01 AM");
  expect(inSentence("2026-11-24T14:01:00Z", now)).toBe("today 9:01 AM");
  // Past midnight in UTC, the evening before in New York.
  expect(moment("2026-11-25T03:30:00Z", now)).toBe("Today 10:30 PM");
  expect(moment("2026-11-25T14:00:00Z", now)).toBe("Tomorrow 9:00 AM");
  expect(moment("2026-11-20T14:00:00Z", now)).toBe("Nov 20, 9:00 AM");
  expect(moment("2026-01-01T04:00:00Z", now)).toBe("Dec 31, 2025, 11:00 PM");
  expect(moment("not a time", now)).toBe("not a time");
});

test("a day with a change of the clock is still the next day", () => {
  const { moment } = clockIn("America/New_York");
  // Nov 1, 2026 has 25 hours there.
  expect(moment("2026-11-02T04:30:00Z", new Date("2026-11-01T04:30:00Z"))).toBe("Today 11:30 PM");
  expect(moment("2026-11-02T14:00:00Z", new Date("2026-11-01T04:30:00Z"))).toBe("Tomorrow 9:00 AM");
});

test("the whole time names its zone; a zone that is not known falls back to this computer's", () => {
  expect(clockIn("America/New_York").exact("2026-11-24T14:01:05Z")).toBe(
    "Tuesday, November 24, 2026 at 9:01:05 AM EST (America/New_York)",
  );
  expect(clockIn("America/New_York").exact("soon")).toBe("soon");
  expect(clockIn("Nowhere/Atlantis").zone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
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
