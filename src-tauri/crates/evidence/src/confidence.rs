//! How much the collected data can carry. In JSON only: screens show strength and counts.

use crate::CollectionState;
use serde::{Deserialize, Serialize};

/// What supports one objective.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ObjectiveSupport {
    /// 1 full, 0.5 partial, 0.25 supporting, 0 none.
    pub strength: f64,
    /// Resources seen by the checks and items of this objective.
    pub seen: u64,
    /// Resources there are; `None` where nobody knows.
    pub total: Option<u64>,
    /// State of the collecting.
    pub state: CollectionState,
}

/// The mean over a requirement's objectives, with reasons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confidence {
    /// 0 to 1, rounded to three places.
    pub value: f64,
    /// Sentences that say what holds it down.
    pub reasons: Vec<String>,
}

/// Mean of strength x seen/total x (current 1, stale 0.5, else 0) over `objectives`, by name.
#[must_use]
pub fn confidence(objectives: &[(String, ObjectiveSupport)]) -> Confidence {
    let mut reasons = Vec::new();
    let mut sum = 0.0;
    for (name, support) in objectives {
        let share = match support.total {
            Some(0) => 1.0,
            #[expect(
                clippy::cast_precision_loss,
                reason = "a ratio for display; counts are far below 2^52"
            )]
            Some(total) => (support.seen.min(total) as f64) / (total as f64),
            None => 0.0,
        };
        let age = match support.state {
            CollectionState::Current => 1.0,
            CollectionState::Stale => 0.5,
            CollectionState::Failed | CollectionState::Partial | CollectionState::Never => 0.0,
        };
        sum += support.strength * share * age;
        if support.strength == 0.0 {
            reasons.push(format!("{name}: no connected service can show it."));
        } else if age == 0.0 {
            reasons.push(format!("{name}: not collected in full."));
        } else {
            if age < 1.0 {
                reasons.push(format!("{name}: the data is stale."));
            }
            if share < 1.0 {
                reasons.push(format!("{name}: not everything was seen."));
            }
            if support.strength < 1.0 {
                reasons.push(format!(
                    "{name}: the data alone is not enough for an assessor."
                ));
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 15 objectives")]
    let value = if objectives.is_empty() {
        0.0
    } else {
        sum / objectives.len() as f64
    };
    Confidence {
        value: (value * 1000.0).round() / 1000.0,
        reasons,
    }
}

#[cfg(test)]
mod tests {
    use super::{ObjectiveSupport, confidence};
    use crate::CollectionState::*;

    fn support(
        strength: f64,
        seen: u64,
        total: Option<u64>,
        state: crate::CollectionState,
    ) -> ObjectiveSupport {
        ObjectiveSupport {
            strength,
            seen,
            total,
            state,
        }
    }

    #[test]
    fn it_is_the_mean_of_the_products() {
        let objectives = [
            ("a".to_owned(), support(1.0, 10, Some(10), Current)),
            ("b".to_owned(), support(0.5, 5, Some(10), Stale)),
            ("c".to_owned(), support(0.0, 0, None, Never)),
        ];
        let result = confidence(&objectives);
        assert!((result.value - 0.375).abs() < 1e-9, "{result:?}");
        assert_eq!(result.reasons.len(), 4);
        assert!((confidence(&[]).value).abs() < 1e-9);
        assert!(
            (confidence(&[("a".into(), support(1.0, 3, None, Current))]).value).abs() < 1e-9,
            "unknown total carries nothing"
        );
    }
}
