//! What authorization servers refuse, as errors a person can act on. Their own sentences are kept out: they can repeat
//! what was sent.

use crate::{Answer, ErrorClass, ProviderError};

/// The code of the error that only signing in again mends: screens put the button beside it.
pub const SIGN_IN_AGAIN: &str = "sign_in_again";
/// The code of the error for a person who refused.
pub const DECLINED: &str = "sign_in_declined";
/// The code of the error for a sign-in that took too long.
pub const TOO_LATE: &str = "sign_in_too_late";

/// The error code in an answer, whatever its status: some services put it into an answer that says 200.
pub(super) fn code(answer: &Answer) -> Option<String> {
    let body = answer.json().ok()?;
    let code = body.get("error")?.as_str()?;
    Some(plain(code))
}

/// At most forty characters of a word; anything else is left out.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c))
        .take(40)
        .collect()
}

/// The saved sign-in is of no use any more.
pub(super) fn sign_in_again(why: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::Authentication,
        SIGN_IN_AGAIN,
        "The saved sign-in is no longer valid.",
        why,
        "Sign in again.",
    )
}

/// The same, where the provider has words for what its service said.
pub(super) fn again_because(told: &ProviderError) -> ProviderError {
    let why = if told.class == ErrorClass::Authentication {
        told.why.as_str()
    } else {
        "The service does not accept it: it ended, was revoked, or its owner's password changed."
    };
    let error = sign_in_again(why);
    match &told.detail {
        Some(detail) => error.with_detail(detail.clone()),
        None => error,
    }
}

/// A person, or the service in a person's name, said no.
pub(super) fn declined() -> ProviderError {
    ProviderError::new(
        ErrorClass::Authentication,
        DECLINED,
        "The sign-in was refused.",
        "Whoever signed in, or the service, did not give the consent that was asked for.",
        "Start again, and accept what the service asks. Where it wants an administrator, let one sign in.",
    )
}

/// It took too long.
pub(super) fn too_late(what: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::Authentication,
        TOO_LATE,
        "The sign-in took too long.",
        what,
        "Start again.",
    )
}

/// What an authorization server said, as an error: for services without words of their own. Provider crates with a
/// table of their service's codes say it better (see [`crate::Provider::refusal`]).
#[must_use]
pub fn refused(answer: &Answer) -> ProviderError {
    use ErrorClass::{Authentication, Configuration, Permission};
    let code = code(answer).unwrap_or_default();
    let make = |class, why: &str, fix: &str| {
        ProviderError::new(
            class,
            "sign_in_refused",
            "The service did not accept the sign-in.",
            why,
            fix,
        )
    };
    let error = match code.as_str() {
        "access_denied" | "authorization_declined" => declined(),
        "invalid_client" | "incorrect_client_credentials" => make(
            Authentication,
            "It does not accept the client ID, or wants a secret with it.",
            "Check the client ID, and that the app is registered as a public client.",
        ),
        "unauthorized_client"
        | "unsupported_grant_type"
        | "unsupported_response_type"
        | "device_flow_disabled" => make(
            Configuration,
            "The app is not set up for this way to sign in.",
            "Allow it in the app's settings at the service, or choose another way to sign in.",
        ),
        "invalid_scope" | "consent_required" => make(
            Permission,
            "What was asked for is unknown to the service, or nobody consented to it.",
            "Let an administrator of the service consent to the app, then start again.",
        ),
        "invalid_grant" | "interaction_required" | "login_required" | "incorrect_device_code" => {
            make(
                Authentication,
                "The code or the saved sign-in is not valid any more.",
                "Start again.",
            )
        }
        "invalid_request" => make(
            Configuration,
            "Something entered does not fit together.",
            "Check the fields of the connection.",
        ),
        "server_error" | "temporarily_unavailable" => ProviderError::new(
            ErrorClass::ServiceOutage,
            "service_error",
            "The service could not sign anybody in.",
            "It has a problem of its own.",
            "Try again later.",
        ),
        _ => make(
            Authentication,
            "It gave a reason this version does not know; the details hold it.",
            "Start again. If it stays, send the details to support.",
        ),
    };
    let shown = if code.is_empty() { "none" } else { &code };
    error.with_detail(format!("status {}, error {shown}", answer.status))
}
