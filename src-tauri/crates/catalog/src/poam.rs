//! What may wait on the plan of action and milestones of a Conditional Level 2 status (32 CFR 170.21). This is not
//! the operational plan of action of 3.12.2, which has no such limits.

use serde::Serialize;

use crate::data::Facts;
use crate::decision::{Determination, RequirementResult};
use crate::ids::RequirementId;
use crate::requirement::requirement;

/// Whether a requirement that is not met may be on the Level 2 POA&M. Level 1 has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PoamRule {
    /// It costs one point and is not one of the named exceptions.
    Allowed,
    /// Only at its partial weight: 3.13.11, where encryption is used but its module is not FIPS-validated.
    WhenPartial,
    /// It costs more than one point, or the rule names it.
    Never,
}

/// Excepted by name in 170.21(a)(2)(iii), whatever they cost.
const NEVER: [&str; 6] = ["3.1.20", "3.1.22", "3.10.3", "3.10.4", "3.10.5", "3.12.4"];

/// The one requirement above one point that the rule lets through.
const WHEN_PARTIAL: &str = "3.13.11";

impl PoamRule {
    pub(crate) fn of(id: &str, facts: &Facts) -> Self {
        if NEVER.contains(&id) {
            Self::Never
        } else if facts.weight == Some(1) {
            Self::Allowed
        } else if id == WHEN_PARTIAL {
            Self::WhenPartial
        } else {
            Self::Never
        }
    }
}

/// Whether a requirement with this result may be on the Level 2 POA&M: it is not met, and its rule allows it.
///
/// A requirement that is not assessed is not on the list: nobody has found it not met.
pub fn poam_eligible(id: RequirementId, result: RequirementResult) -> bool {
    result.determination == Determination::NotMet
        && match requirement(id).poam {
            PoamRule::Allowed => true,
            PoamRule::WhenPartial => result.partial,
            PoamRule::Never => false,
        }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn eligible(id: &str, determination: Determination, partial: bool) -> bool {
        let result = RequirementResult {
            determination,
            partial,
        };
        poam_eligible(id.parse().unwrap(), result)
    }

    #[test]
    fn one_point_may_wait_and_more_may_not() {
        assert!(eligible("3.1.3", Determination::NotMet, false));
        assert!(!eligible("3.1.5", Determination::NotMet, false));
        assert!(!eligible("3.1.1", Determination::NotMet, false));
    }

    #[test]
    fn encryption_may_wait_only_at_its_partial_weight_and_multifactor_authentication_never() {
        assert!(eligible("3.13.11", Determination::NotMet, true));
        assert!(!eligible("3.13.11", Determination::NotMet, false));
        assert!(!eligible("3.5.3", Determination::NotMet, true));
    }

    #[test]
    fn the_named_exceptions_may_not_wait_whatever_they_cost() {
        for id in NEVER {
            assert!(!eligible(id, Determination::NotMet, false), "{id}");
        }
    }

    #[test]
    fn only_what_is_not_met_goes_on_the_list() {
        for other in [
            Determination::Met,
            Determination::NotApplicable,
            Determination::NotAssessed,
        ] {
            assert!(!eligible("3.1.3", other, false), "{other:?}");
        }
    }
}
