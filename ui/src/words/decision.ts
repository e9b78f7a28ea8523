/** Requirements in which a gap may count less than all of its points. */
const PARTIAL = ["3.5.3", "3.13.11"];
/** Can't be left out: without it there is no score. */
const ALWAYS_APPLIES = "3.12.4";

export interface Draft {
  determination: string;
  by: string;
  why: string;
  partial: boolean;
}

export const needsReason = (determination: string): boolean =>
  determination === "met" || determination === "not_applicable";

export const mayBePartial = (requirement: string, letter: string): boolean =>
  requirement === "3.5.3" ? letter === "d" : PARTIAL.includes(requirement);

export const mayNotApply = (requirement: string): boolean => requirement !== ALWAYS_APPLIES;

/** What keeps a decision from being recorded, per field. */
export function problems(draft: Draft): { by?: string; why?: string } {
  return {
    ...(draft.by.trim() ? {} : { by: "Write your name: a decision is always a person's." }),
    ...(needsReason(draft.determination) && !draft.why.trim()
      ? { why: "Say why. An assessor asks what this rests on." }
      : {}),
  };
}
