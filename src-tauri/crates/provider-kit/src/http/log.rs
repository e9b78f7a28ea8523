//! The list of everything that went out.

use evidence::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};

/// One attempt of one request. Holds no header, no body and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboundRecord {
    /// When it went out, by this machine's clock.
    pub at: Timestamp,
    /// `GET` or `POST`.
    pub method: String,
    /// Host and port.
    pub host: String,
    /// Path, with secret parts as `***`.
    pub path: String,
    /// Query, with secret and opaque values as `***`.
    pub query: String,
    /// The answer's status; `None` where none came.
    pub status: Option<u16>,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// Decoded bytes of the answer.
    pub bytes: u64,
    /// Milliseconds until the answer was read or given up.
    pub millis: u64,
    /// The code of the error it ended with.
    pub error_code: Option<String>,
}

/// Keeps the list. Called once for each attempt, also for cancelled ones; must not block.
pub trait RequestLog: Send + Sync {
    /// Takes one record.
    fn record(&self, record: OutboundRecord);
}

/// A list in memory, for tests and for dialogs that show what a connection test asked.
#[derive(Debug, Default)]
pub struct MemoryLog {
    records: Mutex<Vec<OutboundRecord>>,
}

impl MemoryLog {
    /// Everything recorded so far, oldest first.
    #[must_use]
    pub fn records(&self) -> Vec<OutboundRecord> {
        self.records
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl RequestLog for MemoryLog {
    fn record(&self, record: OutboundRecord) {
        self.records
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(record);
    }
}
