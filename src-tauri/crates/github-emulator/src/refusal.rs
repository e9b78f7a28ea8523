//! Errors as GitHub reports them.

use serde_json::json;
use stand_in::Reply;

use crate::permission::{Needs, accepted};
use crate::token::TokenKind;

/// The content type of every answer of the API.
pub(crate) const JSON: &str = "application/json; charset=utf-8";

/// One error, with the headers that explain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    message: String,
    headers: Vec<(&'static str, String)>,
    /// No body at all.
    bare: bool,
}

impl Refusal {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            headers: Vec::new(),
            bare: false,
        }
    }

    pub(crate) fn bare(status: u16) -> Self {
        Self {
            bare: true,
            ..Self::new(status, "")
        }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    pub(crate) fn bad_credentials() -> Self {
        Self::new(401, "Bad credentials")
    }

    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(422, message)
    }

    /// A permission is missing: the header names what would be accepted.
    pub(crate) fn not_accessible(kind: TokenKind, needs: Needs) -> Self {
        let by = match kind {
            TokenKind::Installation | TokenKind::User => "integration",
            _ => "personal access token",
        };
        Self::new(403, format!("Resource not accessible by {by}"))
            .with("x-accepted-github-permissions", accepted(needs))
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn reply(&self) -> Reply {
        let mut reply = if self.bare {
            Reply::new(self.status, "")
        } else {
            Reply::json(
                self.status,
                JSON,
                &json!({
                    "message": self.message,
                    "documentation_url": "https://docs.github.com/rest",
                    "status": self.status.to_string(),
                }),
            )
        };
        for (name, value) in &self.headers {
            reply.set(name, value.as_str());
        }
        reply
    }
}
