//! Graph's answers and its error envelope.

use serde_json::{Value, json};
use stand_in::Reply;

/// A JSON answer with Graph's content type.
pub(crate) fn graph_json(status: u16, body: &Value) -> Reply {
    Reply::json(
        status,
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
        body,
    )
}

/// An error as Graph reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GraphError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl GraphError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(401, "InvalidAuthenticationToken", message)
    }

    /// The envelope, with the ids support asks for.
    pub(crate) fn reply(&self, date: &str, request_id: &str, client_request_id: &str) -> Reply {
        let mut reply = Reply::json(
            self.status,
            "application/json",
            &json!({"error": {
                "code": self.code,
                "message": self.message,
                "innerError": {
                    "date": date,
                    "request-id": request_id,
                    "client-request-id": client_request_id,
                },
            }}),
        );
        if self.status == 401 {
            reply = reply.with("WWW-Authenticate", "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"");
        }
        reply
    }
}
