//! The score of 32 CFR 170.24, and whether a Conditional Level 2 status is within reach (170.21).

use serde::Serialize;

use crate::decision::{
    Decisions, Determination, PLAN, RequirementResult, counts_as_met, requirement_result, roll_up,
};
use crate::ids::RequirementId;
use crate::level::{Level, level_one};
use crate::poam::poam_eligible;
use crate::requirement::{Requirement, requirements};

/// The score with everything met.
pub const MAXIMUM_SCORE: i32 = 110;

/// The score with a system security plan and nothing else. Arithmetic: the rule does not print it.
pub const MINIMUM_SCORE: i32 = -203;

/// The lowest score that allows a Conditional Level 2 status: the first whole one that is at least 0.8 of 110.
pub const CONDITIONAL_THRESHOLD: i32 = 88;

/// What the decisions add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// From -203 to 110. None at Level 1, and at Level 2 while the system security plan (3.12.4) is not met.
    pub score: Option<i32>,
    /// Whether every requirement of the level is assessed. A score that is not final can still change either way.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// How many requirements are assessed: of 110 at Level 2, of 15 at Level 1.
    pub assessed: u32,
    /// Why there is no score, as a sentence.
    pub reason: Option<String>,
    /// What is taken off 110, in numeric order. Empty at Level 1. 3.12.4 costs no points, so it is never here.
    pub deductions: Vec<Deduction>,
    /// What stands in the way of a Conditional Level 2 status.
    pub conditional: Conditional,
    /// The count that Level 1 has instead of a score. None at Level 2.
    pub level1: Option<LevelOneCount>,
}

/// Points taken off for one requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Deduction {
    /// The requirement.
    pub requirement: RequirementId,
    /// 5, 3 or 1.
    pub points: u8,
    /// Why, as a sentence.
    pub why: String,
}

/// Whether everything that is not met could wait on a POA&M.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conditional {
    /// The score reaches the threshold and nothing blocks. Always false at Level 1, which has no POA&M.
    pub eligible: bool,
    /// [`CONDITIONAL_THRESHOLD`].
    pub threshold: i32,
    /// Requirements that cannot wait: not met and not allowed on a POA&M, or not assessed. An assessment that left
    /// something out gives no status at all.
    pub blocking: Vec<RequirementId>,
}

/// How many Level 1 requirements are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LevelOneCount {
    /// Met or not applicable.
    pub met: u32,
    /// Always 15.
    pub of: u32,
    /// Whether all of them are assessed.
    #[serde(rename = "final")]
    pub is_final: bool,
}

/// Adds up the decisions for a level.
pub fn score(level: Level, decisions: &Decisions) -> Score {
    match level {
        Level::One => level_one_score(decisions),
        Level::Two => level_two_score(decisions),
    }
}

fn level_two_score(decisions: &Decisions) -> Score {
    let results: Vec<(&Requirement, RequirementResult)> = requirements()
        .iter()
        .map(|requirement| (requirement, requirement_result(requirement.id, decisions)))
        .collect();
    let deductions: Vec<Deduction> = results
        .iter()
        .filter_map(|(requirement, result)| deduction(requirement, *result))
        .collect();
    let plan = results
        .iter()
        .find(|(requirement, _)| requirement.id.as_str() == PLAN)
        .map_or(Determination::NotAssessed, |(_, result)| {
            result.determination
        });
    let taken_off: i32 = deductions.iter().map(|one| i32::from(one.points)).sum();
    let score = (plan == Determination::Met).then_some(MAXIMUM_SCORE - taken_off);
    let blocking = blocking(
        results
            .iter()
            .map(|(requirement, result)| (requirement.id, *result)),
    );
    let assessed = count(
        results.iter().map(|(_, result)| result.determination),
        is_assessed,
    );
    Score {
        score,
        is_final: is_whole(assessed, results.len()),
        assessed,
        reason: no_score_because(plan),
        deductions,
        conditional: Conditional {
            eligible: score.is_some_and(reaches_threshold) && blocking.is_empty(),
            threshold: CONDITIONAL_THRESHOLD,
            blocking,
        },
        level1: None,
    }
}

fn level_one_score(decisions: &Decisions) -> Score {
    let asked = || {
        level_one()
            .iter()
            .flat_map(|item| item.requirements.iter().copied())
    };
    let items: Vec<Determination> = level_one()
        .iter()
        .map(|item| {
            let parts = item.requirements.iter();
            roll_up(parts.map(|id| requirement_result(*id, decisions).determination))
        })
        .collect();
    let assessed = count(items.iter().copied(), is_assessed);
    let is_final = is_whole(assessed, items.len());
    let blocking: Vec<RequirementId> = asked()
        .filter(|id| !requirement_result(*id, decisions).counts_as_met())
        .collect();
    Score {
        score: None,
        is_final,
        assessed,
        reason: Some(
            "Level 1 has no score. It counts how many of its 15 requirements are met.".to_owned(),
        ),
        deductions: Vec::new(),
        conditional: Conditional {
            eligible: false,
            threshold: CONDITIONAL_THRESHOLD,
            blocking,
        },
        level1: Some(LevelOneCount {
            met: count(items.iter().copied(), counts_as_met),
            of: count(items.iter().copied(), |_| true),
            is_final,
        }),
    }
}

fn deduction(requirement: &Requirement, result: RequirementResult) -> Option<Deduction> {
    let weight = requirement.weight?;
    let (points, why) = match (result.determination, requirement.partial_weight) {
        (Determination::Met | Determination::NotApplicable, _) => return None,
        (Determination::NotAssessed, _) => (weight, "Not assessed yet.".to_owned()),
        (Determination::NotMet, Some(partial)) if result.partial => {
            let when = requirement.partial_when.unwrap_or_default();
            (partial, format!("Not met, with partial credit: {when}."))
        }
        (Determination::NotMet, _) => (weight, "Not met.".to_owned()),
    };
    Some(Deduction {
        requirement: requirement.id,
        points,
        why,
    })
}

fn no_score_because(plan: Determination) -> Option<String> {
    let why = match plan {
        Determination::Met => return None,
        Determination::NotMet => {
            "The system security plan (3.12.4) is not met. Without an up-to-date plan the assessment cannot be completed, so there is no score."
        }
        Determination::NotApplicable | Determination::NotAssessed => {
            "The system security plan (3.12.4) is not assessed yet. There is no score until it is met."
        }
    };
    Some(why.to_owned())
}

fn blocking(
    results: impl Iterator<Item = (RequirementId, RequirementResult)>,
) -> Vec<RequirementId> {
    results
        .filter(|(id, result)| !result.counts_as_met() && !poam_eligible(*id, *result))
        .map(|(id, _)| id)
        .collect()
}

/// At least 0.8 of the maximum, in whole numbers: no rounding can lift 87.
fn reaches_threshold(score: i32) -> bool {
    score * 10 >= MAXIMUM_SCORE * 8
}

fn is_assessed(determination: Determination) -> bool {
    determination != Determination::NotAssessed
}

fn count(
    determinations: impl Iterator<Item = Determination>,
    wanted: impl Fn(Determination) -> bool,
) -> u32 {
    determinations.map(|one| u32::from(wanted(one))).sum()
}

fn is_whole(part: u32, whole: usize) -> bool {
    usize::try_from(part) == Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighty_eight_is_the_first_score_that_reaches_the_threshold() {
        assert!(!reaches_threshold(CONDITIONAL_THRESHOLD - 1));
        assert!(reaches_threshold(CONDITIONAL_THRESHOLD));
        assert!(!reaches_threshold(MINIMUM_SCORE));
    }
}
