//! Reading one dataset from a session into a snapshot.

use crate::{
    ProgressSink,
    api::Progress,
    intake::Intake,
    signing_in::{SignedIn, guarded},
};
use evidence::Completeness;
use provider_kit::{Dataset, ProviderError};
use tokio_util::sync::CancellationToken;

/// A dataset as it came: what the session said, and the snapshot where anything was read.
pub(crate) type Taken = (
    &'static Dataset,
    Result<Completeness, ProviderError>,
    Option<Result<(evidence::Snapshot, Vec<bytes::Bytes>), ProviderError>>,
);

/// Reads one dataset; `None` when the work was cancelled before it began.
pub(crate) async fn take(
    dataset: &'static Dataset,
    signed_in: &SignedIn,
    integration_id: &str,
    progress: &ProgressSink,
    cancel: &CancellationToken,
) -> Option<Taken> {
    if cancel.is_cancelled() {
        return None;
    }
    let told = |rows, pages| {
        progress(Progress::Reading {
            integration_id: integration_id.to_owned(),
            dataset: dataset.id.to_owned(),
            title: dataset.title.to_owned(),
            rows,
            pages,
        });
    };
    told(0, 0);
    let mut intake = Intake::new(dataset, &told);
    let result = guarded(cancel, signed_in.session.collect(dataset, &mut intake)).await;
    let snapshot = match (&result, intake.is_empty()) {
        (Ok(completeness), _) => Some(intake.finish(signed_in.stamp.clone(), completeness.clone())),
        // What was read before a failure shows failing resources, though never that there are none.
        (Err(error), false) if error.class != provider_kit::ErrorClass::Cancelled => {
            Some(intake.finish(
                signed_in.stamp.clone(),
                Completeness::partial(error.reason()),
            ))
        }
        (Err(_), _) => None,
    };
    Some((dataset, result, snapshot))
}
