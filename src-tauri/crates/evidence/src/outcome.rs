//! What a check can say, and why it sometimes can't.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A check's answer. `Unknown` is never folded into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every resource seen is as it should be, and all were seen.
    Pass,
    /// At least one resource actually seen is not as it should be.
    Fail,
    /// Collected data proves that the thing does not or can't exist.
    NotApplicable,
    /// The data can't tell; there is always a reason.
    Unknown,
}

/// Why an outcome is unknown (the design's closed list).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownCode {
    /// The service refused a permission the dataset needs.
    PermissionMissing,
    /// The service says a licence is needed.
    LicenceMissing,
    /// Nobody asked yet.
    NotCollected,
    /// Not everything was seen.
    Partial,
    /// The service asked to slow down until the attempt was given up.
    Throttled,
    /// The chosen cloud does not offer it.
    NotInThisCloud,
    /// The service says that it is not enabled; its contents don't exist to judge.
    ServiceNotUsed,
    /// Sign-in was refused.
    SignInRefused,
    /// Another tenant or account answered than the one connected.
    IdentityMismatch,
    /// The answer is not of the documented shape.
    MalformedAnswer,
    /// The service failed.
    ServiceError,
    /// There is no network.
    Offline,
    /// The user stopped it.
    Cancelled,
    /// The data is there, a person has to judge it.
    NeedsJudgement,
    /// An imported tool could not tell.
    ToolError,
}

/// The reason of an unknown outcome or of an incomplete collection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    /// Which kind of reason.
    pub code: UnknownCode,
    /// A sentence for a person; never a secret.
    pub detail: String,
}

impl Reason {
    /// A reason with its sentence.
    pub fn new(code: UnknownCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

/// How much a failing check matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For the record.
    Info,
    /// Minor.
    Low,
    /// Should be mended.
    Medium,
    /// Should be mended soon.
    High,
    /// Mend first.
    Critical,
}
