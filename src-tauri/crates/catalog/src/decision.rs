//! What a person decided about the objectives, and what that makes of a requirement.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{ObjectiveId, RequirementId};

/// What a person decided. For a requirement: what follows from its objectives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Determination {
    /// It is fulfilled.
    Met,
    /// It is not fulfilled.
    NotMet,
    /// It does not apply. Counts as met.
    NotApplicable,
    /// Nobody has decided. Counts against the score like not met.
    #[default]
    NotAssessed,
}

/// The decision about one objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct ObjectiveDecision {
    /// What was decided.
    pub determination: Determination,
    /// Not met, but what the partial credit asks for is there. See [`check_decision`] for where it may be set.
    #[serde(default)]
    pub partial: bool,
}

impl From<Determination> for ObjectiveDecision {
    fn from(determination: Determination) -> Self {
        Self {
            determination,
            partial: false,
        }
    }
}

/// The decisions of one company. An absent objective is not assessed.
pub type Decisions = BTreeMap<ObjectiveId, ObjectiveDecision>;

/// Why a decision cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// The system security plan always applies.
    #[error("{0} cannot be not applicable: every company needs a system security plan.")]
    PlanAlwaysApplies(ObjectiveId),
    /// Partial credit exists for two requirements only.
    #[error("{0} has no partial credit. Only 3.5.3[d] and 3.13.11[a] do.")]
    NoPartialCredit(ObjectiveId),
    /// Partial credit goes with not met.
    #[error("{0} can have partial credit only when it is not met.")]
    PartialNeedsNotMet(ObjectiveId),
}

/// The requirement without which there is no score.
pub(crate) const PLAN: &str = "3.12.4";

/// Whether a person may take this decision.
///
/// # Errors
///
/// [`DecisionError`]: the system security plan (3.12.4) cannot be not applicable, and partial credit is for
/// objectives of 3.5.3 and 3.13.11 that are not met.
pub fn check_decision(
    objective: ObjectiveId,
    determination: Determination,
    partial: bool,
) -> Result<(), DecisionError> {
    let id = objective.requirement();
    if determination == Determination::NotApplicable && id.as_str() == PLAN {
        return Err(DecisionError::PlanAlwaysApplies(objective));
    }
    if partial && !has_partial_credit(objective) {
        return Err(DecisionError::NoPartialCredit(objective));
    }
    if partial && determination != Determination::NotMet {
        return Err(DecisionError::PartialNeedsNotMet(objective));
    }
    Ok(())
}

/// The gaps that 32 CFR 170.24(c)(2)(i)(B)(3) leaves partial credit for: MFA missing for general users only, and CUI
/// encryption in use that is not FIPS-validated. A gap for privileged users (3.5.3[b] and [c]) costs the full weight.
fn has_partial_credit(objective: ObjectiveId) -> bool {
    let letter = match objective.requirement().as_str() {
        "3.5.3" => 'd',
        "3.13.11" => 'a',
        _ => return false,
    };
    objective.letter() == letter
}

/// What the decisions make of one requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct RequirementResult {
    /// Met, not met, not applicable, or not assessed.
    pub determination: Determination,
    /// Not met, and every gap is one that the partial credit allows for.
    pub partial: bool,
}

impl RequirementResult {
    /// Met, or not applicable, which counts as met.
    pub fn counts_as_met(self) -> bool {
        counts_as_met(self.determination)
    }
}

pub(crate) fn counts_as_met(determination: Determination) -> bool {
    matches!(
        determination,
        Determination::Met | Determination::NotApplicable
    )
}

/// What the decisions make of a requirement: not met if any objective is not met; else not assessed if any is not
/// assessed; else not applicable if all are; else met.
///
/// A requirement that is not met has partial credit only if every objective of it that is not met is marked partial,
/// and none is left to assess: one more gap there could cost the full weight, so the credit waits.
/// A decision that [`check_decision`] refuses counts for nothing: that objective is not assessed, or has no credit.
pub fn requirement_result(id: RequirementId, decisions: &Decisions) -> RequirementResult {
    let effective = || {
        id.objectives()
            .map(|objective| effective(objective, decisions))
    };
    let determination = roll_up(effective().map(|decision| decision.determination));
    let only_partial_gaps = effective().all(|decision| match decision.determination {
        Determination::Met | Determination::NotApplicable => true,
        Determination::NotMet => decision.partial,
        Determination::NotAssessed => false,
    });
    RequirementResult {
        determination,
        partial: determination == Determination::NotMet && only_partial_gaps,
    }
}

/// The decision about an objective as far as it may be taken.
fn effective(objective: ObjectiveId, decisions: &Decisions) -> ObjectiveDecision {
    let taken = decisions.get(&objective).copied().unwrap_or_default();
    if check_decision(objective, taken.determination, false).is_err() {
        return ObjectiveDecision::default();
    }
    let partial = taken.partial && check_decision(objective, taken.determination, true).is_ok();
    ObjectiveDecision { partial, ..taken }
}

/// The determination of a whole from those of its parts; not assessed when there are none.
pub(crate) fn roll_up(parts: impl Iterator<Item = Determination>) -> Determination {
    let parts: Vec<Determination> = parts.collect();
    if parts.contains(&Determination::NotMet) {
        Determination::NotMet
    } else if parts.is_empty() || parts.contains(&Determination::NotAssessed) {
        Determination::NotAssessed
    } else if parts.contains(&Determination::Met) {
        Determination::Met
    } else {
        Determination::NotApplicable
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn objective(text: &str) -> ObjectiveId {
        ObjectiveId::parse(text).unwrap()
    }

    #[test]
    fn the_system_security_plan_cannot_be_not_applicable() {
        for objective in "3.12.4".parse::<RequirementId>().unwrap().objectives() {
            assert_eq!(
                check_decision(objective, Determination::NotApplicable, false),
                Err(DecisionError::PlanAlwaysApplies(objective))
            );
        }
        assert_eq!(
            check_decision(objective("3.13.5[a]"), Determination::NotApplicable, false),
            Ok(())
        );
    }

    #[test]
    fn partial_credit_is_for_two_objectives_that_are_not_met() {
        for allowed in ["3.5.3[d]", "3.13.11[a]"] {
            assert_eq!(
                check_decision(objective(allowed), Determination::NotMet, true),
                Ok(())
            );
            for other in [
                Determination::Met,
                Determination::NotApplicable,
                Determination::NotAssessed,
            ] {
                assert_eq!(
                    check_decision(objective(allowed), other, true),
                    Err(DecisionError::PartialNeedsNotMet(objective(allowed)))
                );
            }
        }
        for refused in ["3.5.4[a]", "3.5.3[b]", "3.5.3[c]"].map(objective) {
            assert_eq!(
                check_decision(refused, Determination::NotMet, true),
                Err(DecisionError::NoPartialCredit(refused))
            );
        }
    }

    #[test]
    fn a_refused_decision_that_was_stored_all_the_same_counts_for_nothing() {
        let plan: RequirementId = "3.12.4".parse().unwrap();
        let decisions = plan
            .objectives()
            .map(|id| (id, Determination::NotApplicable.into()))
            .collect();
        assert_eq!(
            requirement_result(plan, &decisions).determination,
            Determination::NotAssessed
        );

        let other = objective("3.5.4[a]");
        let claimed = ObjectiveDecision {
            determination: Determination::NotMet,
            partial: true,
        };
        let result = requirement_result(other.requirement(), &Decisions::from([(other, claimed)]));
        assert_eq!(
            result,
            RequirementResult {
                determination: Determination::NotMet,
                partial: false
            }
        );
    }

    #[test]
    fn a_decision_is_one_flat_object_in_json() {
        let decision: ObjectiveDecision =
            serde_json::from_str(r#"{"determination":"not_met"}"#).unwrap();
        assert_eq!(decision, Determination::NotMet.into());
        assert_eq!(
            serde_json::to_string(&decision).unwrap(),
            r#"{"determination":"not_met","partial":false}"#
        );
    }
}
