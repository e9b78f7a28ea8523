//! What was asked of the emulator, so that a test can compare it with what a client says it did.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;

/// One request. Bodies and credentials are never kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedRequest {
    /// The method as sent.
    pub method: String,
    /// The path as sent, still percent-encoded, without the query.
    pub path: String,
    /// The raw query without the question mark; empty if there was none.
    pub query: String,
    /// The status that was sent; 0 while none has been, or when the connection was dropped without one.
    pub status: u16,
    /// When the request had arrived completely.
    pub at: DateTime<Utc>,
    /// Whether it carried valid credentials (for Graph: an access token; for the token endpoint: a token was issued).
    pub authorized: bool,
    /// The `client-request-id` header, if any.
    pub client_request_id: Option<String>,
    /// The `user-agent` header, if any.
    pub user_agent: Option<String>,
}

/// The growing log, with a count of requests under way.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: Mutex<Vec<LoggedRequest>>,
    running: AtomicUsize,
    peak: AtomicUsize,
}

impl Log {
    /// Enters a request; the number is for [`Log::finish`].
    pub(crate) fn begin(&self, entry: LoggedRequest) -> usize {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(running, Ordering::SeqCst);
        let mut entries = self.lock();
        entries.push(entry);
        entries.len() - 1
    }

    /// Writes the status down. Called before the first byte goes out, so whoever has the answer also finds the entry.
    pub(crate) fn decide(&self, number: usize, status: u16, authorized: bool) {
        if let Some(entry) = self.lock().get_mut(number) {
            entry.status = status;
            entry.authorized = authorized;
        }
    }

    /// The request is no longer under way.
    pub(crate) fn finish(&self) {
        self.running.fetch_sub(1, Ordering::SeqCst);
    }

    pub(crate) fn entries(&self) -> Vec<LoggedRequest> {
        self.lock().clone()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Ordering::SeqCst)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<LoggedRequest>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
