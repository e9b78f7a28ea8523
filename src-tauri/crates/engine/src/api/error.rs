//! Errors as they cross to a person: what happened, why, what to do.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An error as the window and the command line show it. Never contains a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, TS)]
#[error("{what} {why} {fix}")]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ApiError {
    /// A stable code, e.g. `wrong_passphrase`; nobody matches on English.
    pub code: String,
    /// Its class: `authentication, permission, licence, configuration, service_not_used, identity, network, tls_interception,
    /// proxy, throttled, service_outage, malformed_answer, cancelled, our_bug, usage, vault, storage`.
    pub class: String,
    /// What happened, in the user's terms.
    pub what: String,
    /// The cause, as exactly as it is known.
    pub why: String,
    /// Who does what to mend it.
    pub fix: String,
    /// Codes and correlation ids, shown under "Technical details".
    pub detail: Option<String>,
    /// The input field it is about, where it is about one.
    pub field: Option<String>,
}
