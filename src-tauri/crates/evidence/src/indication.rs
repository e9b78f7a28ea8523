//! What the automated checks point to for a requirement. Never the last word: a person determines.

use crate::Outcome;
use serde::{Deserialize, Serialize};

/// The indication as the JSON contract names it (`complianceStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComplianceStatus {
    /// Some mapped check fails.
    NonCompliant,
    /// All mapped checks pass or do not apply, at least one passes, none is unknown or stale.
    Compliant,
    /// The checks can't tell.
    Inconclusive,
}

/// The indication from the outcomes of every mapped check of the connected integrations.
/// Each comes with whether its data is stale.
pub fn indication(outcomes: impl IntoIterator<Item = (Outcome, bool)>) -> ComplianceStatus {
    let (mut passed, mut doubt) = (false, false);
    for (outcome, stale) in outcomes {
        match outcome {
            Outcome::Fail => return ComplianceStatus::NonCompliant,
            Outcome::Unknown => doubt = true,
            Outcome::Pass => passed = true,
            Outcome::NotApplicable => {}
        }
        doubt |= stale;
    }
    if passed && !doubt {
        ComplianceStatus::Compliant
    } else {
        ComplianceStatus::Inconclusive
    }
}

#[cfg(test)]
mod tests {
    use super::{ComplianceStatus::*, indication};
    use crate::Outcome::*;

    #[test]
    fn the_whole_table() {
        for (outcomes, expected) in [
            (vec![], Inconclusive),
            (vec![(Pass, false)], Compliant),
            (vec![(NotApplicable, false)], Inconclusive),
            (vec![(Pass, false), (NotApplicable, false)], Compliant),
            (vec![(Pass, false), (Unknown, false)], Inconclusive),
            (vec![(Pass, true)], Inconclusive),
            (vec![(Pass, false), (Pass, true)], Inconclusive),
            (vec![(Pass, false), (NotApplicable, true)], Inconclusive),
            (vec![(Fail, true)], NonCompliant),
            (vec![(Unknown, false), (Fail, false)], NonCompliant),
            (vec![(Unknown, true)], Inconclusive),
        ] {
            assert_eq!(indication(outcomes.clone()), expected, "{outcomes:?}");
        }
    }
}
