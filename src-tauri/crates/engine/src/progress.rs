//! Progress of long work, handed to whoever shows it.

use crate::api::Progress;
use std::sync::Arc;

/// Takes progress. Called from the work itself: must not block.
pub type ProgressSink = Arc<dyn Fn(Progress) + Send + Sync>;

/// Nobody looks.
#[must_use]
pub fn silent() -> ProgressSink {
    Arc::new(|_| {})
}
