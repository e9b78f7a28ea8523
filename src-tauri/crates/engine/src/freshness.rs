//! How old collected data may be before it is stale: age is a collection state, never an input of a check.

use evidence::{CollectionState, Timestamp};
use store::datasets::DatasetStatus;

/// Data is stale when two daily syncs in a row did not renew it.
const FRESH_HOURS: i64 = 48;

/// Whether data collected at `at` is stale at `now`. What was collected in the future, by a clock that was set back since,
/// is of no known age.
pub(crate) fn is_stale(at: Timestamp, now: Timestamp) -> bool {
    !(0..=FRESH_HOURS * 3600).contains(&(now.unix() - at.unix()))
}

/// The collection state of a dataset.
pub(crate) fn state(standing: Option<&DatasetStatus>, now: Timestamp) -> CollectionState {
    let Some(standing) = standing else {
        return CollectionState::Never;
    };
    if standing.attempt.collected.is_none() {
        return CollectionState::Failed;
    }
    if is_stale(standing.attempt.at, now) {
        CollectionState::Stale
    } else if standing.attempt.reason.is_some() {
        CollectionState::Partial
    } else {
        CollectionState::Current
    }
}
