//! What was asked of the emulator, so that a test can compare it with what a client says it did.

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
