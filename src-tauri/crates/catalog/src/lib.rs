//! What CMMC asks and how it is counted: the 110 requirements of NIST SP 800-171 Rev. 2, their 320 objectives,
//! the 15 Level 1 requirements, weights, POA&M rules, the score, the ids of CMMC 1.02, and how far the answers of
//! a service can carry an objective.
//!
//! Pure: no files, no clock, no network, no company's data but what the caller passes in. Decides nothing about a
//! company either: a person's determinations go in, their consequences by 32 CFR part 170 come out.
//!
//! The facts are JSON files compiled in and read on first use. The sentences are the product's own words.

mod control;
mod coverage;
mod data;
mod decision;
mod family;
mod ids;
mod legacy;
mod level;
mod poam;
mod requirement;
mod score;

pub use control::{ControlId, UnknownControl};
pub use coverage::{Source, SourceKind, Strength, Tier, sources};
pub use decision::{
    DecisionError, Decisions, Determination, ObjectiveDecision, RequirementResult, check_decision,
    requirement_result,
};
pub use family::{Family, families};
pub use ids::{ObjectiveId, RequirementId, UnknownObjective};
pub use legacy::{LegacyPractice, legacy, legacy_practices};
pub use level::{Level, LevelOneRequirement, UnknownLevel, level_one, level_one_requirement};
pub use poam::{PoamRule, poam_eligible};
pub use requirement::{
    Kind, Objective, Requirement, objective, objectives, requirement, requirements,
};
pub use score::{
    CONDITIONAL_THRESHOLD, Conditional, Deduction, LevelOneCount, MAXIMUM_SCORE, MINIMUM_SCORE,
    Score, score,
};
