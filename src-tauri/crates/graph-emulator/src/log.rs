//! What was asked of the emulator, so that a test can compare it with what a client says it did.

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
