//! What was asked of the emulator, so that a test can compare it with what a client says it did.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::token::TokenKind;

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
    /// What sort of good token it carried, if any. A good JWT of the App counts as none.
    pub token: Option<TokenKind>,
    /// The `user-agent` header, if any.
    pub user_agent: Option<String>,
    /// The `x-github-api-version` header, if any.
    pub api_version: Option<String>,
    /// The `if-none-match` header, if any.
    pub if_none_match: Option<String>,
    /// How many bytes the answer's body had before faults on the wire.
    pub bytes: usize,
}

impl LoggedRequest {
    /// Whether it is one of the requests that a read-only client may send: a GET, or one of the three POSTs that get a
    /// token.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.method == "GET"
            || (self.method == "POST"
                && (self.path.ends_with("/login/device/code")
                    || self.path.ends_with("/login/oauth/access_token")
                    || self.path.ends_with("/access_tokens")))
    }
}
