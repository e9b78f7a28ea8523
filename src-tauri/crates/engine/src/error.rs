//! From the errors of the crates below to the one that people see.

use crate::api::ApiError;
use provider_kit::{ErrorClass, FieldError, ProviderError};
use store::StoreError;
use vault::VaultError;

impl ApiError {
    /// Something in the request can't be right; `why` says what, `fix` says what would be.
    pub fn usage(what: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            code: "usage".to_owned(),
            class: "usage".to_owned(),
            what: what.into(),
            why: why.into(),
            fix: fix.into(),
            detail: None,
            field: None,
        }
    }

    /// The same error about one input field.
    #[must_use]
    pub fn about(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same error with a code of its own.
    #[must_use]
    pub fn coded(mut self, code: &str) -> Self {
        code.clone_into(&mut self.code);
        self
    }

    /// A mistake of ours: never shown with a debug string.
    pub fn bug(detail: impl Into<String>) -> Self {
        Self {
            code: "our_bug".to_owned(),
            class: "our_bug".to_owned(),
            what: "Something went wrong inside CMMCPro.".to_owned(),
            why: "This is a mistake of the app, not of yours.".to_owned(),
            fix: "Nothing was changed. Try again; if it stays, report it with the details below."
                .to_owned(),
            detail: Some(detail.into()),
            field: None,
        }
    }

    /// The exit code of the command line for this error (a contract: see the design, section 8).
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.class.as_str() {
            "usage" => 2,
            "vault" => 4,
            "integrity" => 5,
            "authentication" | "permission" | "licence" | "configuration" | "service_not_used"
            | "identity" | "network" | "tls_interception" | "proxy" | "throttled"
            | "service_outage" | "malformed_answer" => 3,
            _ => 7,
        }
    }
}

/// The class as the contract writes it.
pub(crate) fn class_name(class: ErrorClass) -> String {
    match serde_json::to_value(class) {
        Ok(serde_json::Value::String(name)) => name,
        _ => "our_bug".to_owned(),
    }
}

impl From<ProviderError> for ApiError {
    fn from(error: ProviderError) -> Self {
        Self {
            code: error.code,
            class: class_name(error.class),
            what: error.what,
            why: error.why,
            fix: error.fix,
            detail: error.detail,
            field: None,
        }
    }
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        let FieldError { field, message } = error;
        Self::usage(
            "Something entered can't be right.",
            message,
            "Correct it and try again.",
        )
        .about(field)
        .coded("invalid_field")
    }
}

impl From<VaultError> for ApiError {
    fn from(error: VaultError) -> Self {
        let text = error.explain();
        let class = match &error {
            VaultError::WeakPassphrase { .. } => "usage",
            _ => "vault",
        };
        Self {
            code: error.code().to_owned(),
            class: class.to_owned(),
            what: text.what,
            why: text.why,
            fix: text.fix,
            detail: None,
            field: matches!(error, VaultError::WeakPassphrase { .. })
                .then(|| "passphrase".to_owned()),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let text = error.explain();
        let class = match &error {
            StoreError::WrongKeyOrDamaged
            | StoreError::Damaged { .. }
            | StoreError::NewerVault { .. } => "vault",
            StoreError::Missing { .. } => "usage",
            _ => "storage",
        };
        Self {
            code: error.code().to_owned(),
            class: class.to_owned(),
            what: text.what,
            why: text.why,
            fix: text.fix,
            detail: None,
            field: None,
        }
    }
}
