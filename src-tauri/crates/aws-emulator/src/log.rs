//! What was asked of the emulator, so that a test can compare it with what a client says it did.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;

/// One request. Bodies and signatures are never kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedRequest {
    /// The method as sent.
    pub method: String,
    /// The path as sent, without the query.
    pub path: String,
    /// The signing name of the service; empty if the request was not signed.
    pub service: String,
    /// The region of the credential scope; empty if the request was not signed.
    pub region: String,
    /// The operation, such as `ListUsers`; method and path where it has no known name.
    pub operation: String,
    /// The access key's id; empty if the request was not signed.
    pub access_key_id: String,
    /// The status that was sent; 0 while none has been, or when the connection was dropped without one.
    pub status: u16,
    /// Whether moto answered it.
    pub forwarded: bool,
    /// When the request had arrived completely.
    pub at: DateTime<Utc>,
}

impl LoggedRequest {
    /// `service:Operation`.
    #[must_use]
    pub fn call(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }
}

/// The growing log, with a count of requests under way.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: Mutex<Vec<LoggedRequest>>,
    running: AtomicUsize,
    peak: AtomicUsize,
}

impl Log {
    /// Enters a request; the number is for [`Log::decide`].
    pub(crate) fn begin(&self, entry: LoggedRequest) -> usize {
        let mut entries = self.lock();
        entries.push(entry);
        entries.len() - 1
    }

    /// Counts a request as under way until the guard is dropped.
    pub(crate) fn running(&self) -> Running<'_> {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(running, Ordering::SeqCst);
        Running(self)
    }

    /// Writes the outcome down. Called before the first byte goes out, so whoever has the answer also finds the entry.
    pub(crate) fn decide(&self, number: usize, status: u16, forwarded: bool) {
        if let Some(entry) = self.lock().get_mut(number) {
            entry.status = status;
            entry.forwarded = forwarded;
        }
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

/// A request under way.
pub(crate) struct Running<'a>(&'a Log);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}
