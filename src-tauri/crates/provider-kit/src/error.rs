//! What can go wrong between us and a service, in classes that each have one kind of remedy.

use evidence::{Reason, UnknownCode};
use serde::{Deserialize, Serialize};

/// The class of an error decides its icon, its remedy and the reason of the findings it makes unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// The service does not accept the credentials.
    Authentication,
    /// The service knows us, but the permission is missing.
    Permission,
    /// The service says a licence is needed.
    Licence,
    /// Something entered in the dialog can't be right.
    Configuration,
    /// The service says the thing asked for is not enabled there.
    ServiceNotUsed,
    /// Another tenant or account answered.
    Identity,
    /// The service could not be reached.
    Network,
    /// The certificate is not trusted: usually a company's inspection proxy.
    TlsInterception,
    /// A proxy or a sign-in page of the network answered instead.
    Proxy,
    /// The service asked to slow down for longer than we wait.
    Throttled,
    /// The service answered with an error of its own.
    ServiceOutage,
    /// The answer is not what the documentation says.
    MalformedAnswer,
    /// The user stopped it.
    Cancelled,
    /// A mistake of ours.
    OurBug,
}

/// An error a person can act on: what happened, why, what to do. Never contains a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{what} {why}")]
#[serde(rename_all = "camelCase")]
pub struct ProviderError {
    /// A stable code, e.g. `wrong_secret`; nobody matches on English.
    pub code: String,
    /// Its class.
    pub class: ErrorClass,
    /// What happened, in the user's terms.
    pub what: String,
    /// The cause: the exact permission, licence, host or field.
    pub why: String,
    /// Who does what to mend it.
    pub fix: String,
    /// Status, service code, correlation ids: for the support bundle.
    pub detail: Option<String>,
    /// Seconds the service asked us to wait, where it did.
    pub retry_after_s: Option<u64>,
}

impl ProviderError {
    /// An error of this class with its three sentences.
    pub fn new(
        class: ErrorClass,
        code: impl Into<String>,
        what: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            class,
            what: what.into(),
            why: why.into(),
            fix: fix.into(),
            detail: None,
            retry_after_s: None,
        }
    }

    /// The same error with technical detail. The caller makes sure that it holds no secret.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The user stopped the work.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::new(
            ErrorClass::Cancelled,
            "cancelled",
            "The collection was stopped.",
            "You or another part of the app cancelled it.",
            "Start it again whenever you like; what was collected before is kept.",
        )
    }

    /// An answer that is not of the documented shape.
    pub fn malformed(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(
            ErrorClass::MalformedAnswer,
            "malformed_answer",
            what,
            why,
            "Try again. If it stays, something between this computer and the service changes the answers, or the service changed; \
             save the diagnostics and report it.",
        )
    }

    /// Whether another attempt may succeed without anybody doing anything.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(
            self.class,
            ErrorClass::Network
                | ErrorClass::Throttled
                | ErrorClass::ServiceOutage
                | ErrorClass::MalformedAnswer
        )
    }

    /// The reason that findings carry when this error kept a dataset from being collected.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let code = match self.class {
            ErrorClass::Authentication | ErrorClass::Configuration => UnknownCode::SignInRefused,
            ErrorClass::Permission => UnknownCode::PermissionMissing,
            ErrorClass::Licence => UnknownCode::LicenceMissing,
            ErrorClass::ServiceNotUsed => UnknownCode::ServiceNotUsed,
            ErrorClass::Identity => UnknownCode::IdentityMismatch,
            ErrorClass::Network | ErrorClass::TlsInterception | ErrorClass::Proxy => {
                UnknownCode::Offline
            }
            ErrorClass::Throttled => UnknownCode::Throttled,
            ErrorClass::ServiceOutage => UnknownCode::ServiceError,
            ErrorClass::MalformedAnswer | ErrorClass::OurBug => UnknownCode::MalformedAnswer,
            ErrorClass::Cancelled => UnknownCode::Cancelled,
        };
        Reason::new(code, format!("{} {}", self.what, self.why))
    }
}
