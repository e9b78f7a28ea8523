//! Evidence items: their collection state and their review.

use serde::{Deserialize, Serialize};

/// How the collecting stands: about the collecting, not about the company. Ordered worst first, so that the
/// worst of several is their minimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectionState {
    /// The newest attempt failed.
    Failed,
    /// Collected, but longer ago than its freshness allows.
    Stale,
    /// Collected in part.
    Partial,
    /// Never asked for.
    Never,
    /// Collected and fresh.
    Current,
}

/// The state of several together: the worst, `never` for none.
pub fn roll_up(states: impl IntoIterator<Item = CollectionState>) -> CollectionState {
    states.into_iter().min().unwrap_or(CollectionState::Never)
}

/// What a named person said of a revision. Approving says the artifact is good; it changes no objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// Nobody has looked yet.
    ToReview,
    /// Good as evidence; this revision never changes again.
    Approved,
    /// Not good as evidence, with the reason given.
    Rejected,
}

#[cfg(test)]
mod tests {
    use super::{CollectionState::*, roll_up};

    #[test]
    fn the_worst_state_wins_in_the_order_of_the_design() {
        let order = [Failed, Stale, Partial, Never, Current];
        for (i, worse) in order.iter().enumerate() {
            for better in &order[i..] {
                assert_eq!(roll_up([*better, *worse]), *worse);
            }
        }
        assert_eq!(roll_up([]), Never);
    }
}
