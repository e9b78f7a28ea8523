//! Reading one dataset from a session into a snapshot.

use crate::{
    ProgressSink,
    api::Progress,
    intake::{Fetched, Intake},
    kept::KeptAnswers,
    signing_in::{SignedIn, guarded},
};
use evidence::{Completeness, IntegrationId, Timestamp};
use provider_kit::{Dataset, ProviderError};
use std::sync::Arc;
use store::Store;
use tokio_util::sync::CancellationToken;

/// A dataset as it came: what the session said, and the snapshot where anything was read.
pub(crate) type Taken = (
    &'static Dataset,
    Result<Completeness, ProviderError>,
    Option<Result<Fetched, ProviderError>>,
);

/// Reads one dataset; `None` when the work was cancelled before it began.
pub(crate) async fn take(
    dataset: &'static Dataset,
    signed_in: &SignedIn,
    (store, integration): (&Store, IntegrationId),
    now: Timestamp,
    progress: &ProgressSink,
    cancel: &CancellationToken,
) -> Option<Taken> {
    if cancel.is_cancelled() {
        return None;
    }
    let integration_id = integration.to_string();
    let told = |rows, pages| {
        progress(Progress::Reading {
            integration_id: integration_id.clone(),
            dataset: dataset.id.to_owned(),
            title: dataset.title.to_owned(),
            rows,
            pages,
        });
    };
    told(0, 0);
    // Without them everything is sent whole.
    let earlier = KeptAnswers::of(store, integration, dataset, now).await;
    let earlier = Arc::new(earlier.unwrap_or_else(|_| KeptAnswers::none()));
    let mut intake = Intake::new(dataset, earlier, now, &told);
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
