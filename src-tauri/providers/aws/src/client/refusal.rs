//! AWS's error codes as errors with a remedy.

use super::wire::Exchange;
use crate::xml;
use provider_kit::{ErrorClass, ProviderError};
use regex_lite::Regex;

/// More is a wrong clock, not a slow network. AWS itself accepts five minutes.
const MAX_SKEW_S: i64 = 240;
/// Our code for a request that was signed too long before it arrived.
pub const LATE: &str = "signature_late";
const POLICY: &str = "ComplianceEvidenceReadOnly";

/// An operation that did not succeed.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// AWS's code; empty where the failure is not an answer of AWS.
    pub code: String,
    /// AWS's own words, which can name users and resources.
    pub message: String,
    /// For the person.
    pub error: Box<ProviderError>,
    /// The answer with that code.
    pub exchange: Option<Box<Exchange>>,
}

impl From<Refusal> for ProviderError {
    fn from(refusal: Refusal) -> Self {
        *refusal.error
    }
}

impl Refusal {
    /// A failure that is not an answer of AWS.
    pub fn other(error: ProviderError) -> Self {
        Self {
            code: String::new(),
            message: String::new(),
            error: Box::new(error),
            exchange: None,
        }
    }

    /// What AWS answered to `permission` (e.g. `iam:ListUsers`) in the partition `cloud`: a code and a message.
    pub fn answered(
        permission: &str,
        cloud: &str,
        (code, message): (String, String),
        exchange: Exchange,
    ) -> Self {
        let explained = explain(permission, cloud, &code, &message, exchange.skew_s);
        let mut detail = format!("{permission}: status {}, code {code}", exchange.status);
        if let Some(id) = xml::request_id(&exchange.body) {
            detail.push_str(&format!(", request {id}"));
        }
        Self {
            code,
            message,
            error: Box::new(explained.with_detail(detail)),
            exchange: Some(Box::new(exchange)),
        }
    }

    /// Whether its code and message say what `says` looks for.
    pub fn says(&self, says: fn(&str, &str) -> bool) -> bool {
        says(&self.code, &self.message)
    }

    /// Whether AWS knows us but does not let us.
    pub fn is_denied(&self) -> bool {
        self.error.class == ErrorClass::Permission
    }
}

fn explain(
    permission: &str,
    cloud: &str,
    code: &str,
    message: &str,
    skew_s: Option<i64>,
) -> ProviderError {
    use ErrorClass::{
        Authentication, Configuration, Permission, ServiceNotUsed, ServiceOutage, Throttled,
    };
    let refused = "AWS did not accept the sign-in.";
    match code {
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" | "AuthFailure" => {
            let (here, there) = match cloud {
                "aws-us-gov" => ("AWS GovCloud (US)", "AWS"),
                _ => ("AWS", "AWS GovCloud (US)"),
            };
            ProviderError::new(
                Authentication,
                "unknown_access_key",
                refused,
                format!("{here} does not know this access key, or its session token is wrong. Keys of {there} are unknown here."),
                format!("Check the access key ID and that the key is active. If the account is in {there}, choose {there} as the cloud."),
            )
        }
        "InvalidAccessException" => ProviderError::new(
            Permission,
            "permission_missing",
            format!("AWS refused {permission}."),
            format!("The key has no permission for {permission}, or the service does not let this account ask."),
            format!("Add {permission} to the policy {POLICY} in IAM > Policies and test the connection again."),
        ),
        "SignatureDoesNotMatch" | "RequestTimeTooSkewed" | "InvalidSignatureException" | "IncompleteSignature"
            if is_late(message, skew_s) =>
        {
            ProviderError::new(
                ErrorClass::Network,
                LATE,
                "A request reached AWS too late.",
                "It waited for the network, or this computer slept, for longer than AWS accepts; the clock is right.",
                "Nothing needs to be mended. The next sync tries again.",
            )
        }
        "SignatureDoesNotMatch" | "RequestTimeTooSkewed" | "IncompleteSignature" => {
            match clock(code, message, skew_s) {
                Some(clock) => clock,
                None => ProviderError::new(
                    Authentication,
                    "wrong_secret",
                    refused,
                    "The secret access key does not belong to this access key ID.",
                    "Paste the secret access key again, without spaces. If it is lost, make a new key: it is shown only once.",
                ),
            }
        }
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => clock("", "", skew_s).unwrap_or_else(|| {
            ProviderError::new(
                Authentication,
                "expired_session",
                "The temporary AWS session has ended.",
                "Temporary credentials work for some hours only.",
                "Get new temporary credentials and enter all three values again, sign in to the profile again, or use a key of an IAM user.",
            )
        }),
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
            let action = denied_action(message).unwrap_or_else(|| permission.to_owned());
            let (why, fix) = if message.contains("service control policy") {
                (
                    format!("A rule of your AWS organization blocks {action}."),
                    format!("Ask the administrator of the AWS organization to allow {action} for this account."),
                )
            } else if message.contains("permissions boundary") {
                (
                    format!("The user's permissions boundary does not allow {action}."),
                    format!("Ask whoever set the boundary to add {action} to it."),
                )
            } else if message.contains("resource-based policy allows") {
                (
                    format!("Neither this key's policy nor the resource's own allows {action}."),
                    format!("Allow {action} to this key in the policy of the resource itself (for a KMS key: its key policy)."),
                )
            } else if permission.starts_with("organizations:") && denied_action(message).is_none() {
                (
                    format!("AWS answers {action} to the organization's management account and its delegated administrators only, or the key has no permission for it."),
                    "In a member account nothing needs to be mended. Connect the management account too, with the same policy, to see this.".to_owned(),
                )
            } else if message.contains("explicit deny") {
                (
                    format!("A policy of the account forbids {action} to this key."),
                    format!("Find the policy with the deny for {action} and exempt this user."),
                )
            } else {
                (
                    format!("The key has no permission for {action}."),
                    format!("Add {action} to the policy {POLICY} in IAM > Policies and test the connection again."),
                )
            };
            ProviderError::new(Permission, "permission_missing", format!("AWS refused {action}."), why, fix)
        }
        "OptInRequired" | "SubscriptionRequiredException" => ProviderError::new(
            ServiceNotUsed,
            "account_not_activated",
            "AWS has not activated this account for the service yet.",
            "A new account needs up to 24 hours and a confirmed payment method before it can be used.",
            "Sign in to the console as root and finish the activation, then try again.",
        ),
        "InvalidEndpointException" | "InvalidSignatureException" | "AuthorizationHeaderMalformed" => ProviderError::new(
            Configuration,
            "wrong_region",
            "AWS did not accept the region the request was signed for.",
            "The home region does not fit the endpoint that answered.",
            "Check the cloud, the home region and, for a custom endpoint, the cloud it is like.",
        ),
        "ServiceUnavailable" | "InternalFailure" | "ServiceFailure" | "InternalError" => ProviderError::new(
            ServiceOutage,
            "service_error",
            format!("AWS could not answer {permission}."),
            "It reports a failure of its own.",
            "Look at the AWS health dashboard. The next sync tries again.",
        ),
        code if super::protocol::says_slow_down(code) => {
            ProviderError::new(
                Throttled,
                "throttled",
                "AWS limits how fast it may be asked.",
                format!("It still said so after several attempts at {permission}."),
                "Nothing needs to be mended. The next sync tries again; other programs that use the account can be the cause.",
            )
        }
        code => ProviderError::new(
            ErrorClass::MalformedAnswer,
            "unexpected_refusal",
            format!("AWS refused {permission}."),
            if is_word(code) {
                format!("It gave a reason that this app does not know: {code}.")
            } else {
                "It gave a reason that this app does not know.".to_owned()
            },
            "Try again. If it stays, save the diagnostics and report it.",
        ),
    }
}

/// A request that AWS got after its signature's time was over, though the clocks agree.
fn is_late(message: &str, skew_s: Option<i64>) -> bool {
    (message.contains("Signature expired") || message.contains("Signature not yet current"))
        && skew_s.is_some_and(|seconds| seconds.abs() <= MAX_SKEW_S)
}

/// The clock is to blame where AWS says so, or where its own time is far from ours.
fn clock(code: &str, message: &str, skew_s: Option<i64>) -> Option<ProviderError> {
    let says = code == "RequestTimeTooSkewed"
        || message.contains("Signature expired")
        || message.contains("not yet current");
    let off = skew_s.filter(|seconds| seconds.abs() > MAX_SKEW_S);
    if !says && off.is_none() {
        return None;
    }
    let why = off.map_or_else(
        || "This computer's clock differs from AWS's by more than five minutes.".to_owned(),
        |seconds| {
            let side = if seconds > 0 { "behind" } else { "ahead of" };
            format!(
                "This computer's clock is {} minutes {side} AWS's.",
                (seconds.abs() + 30) / 60
            )
        },
    );
    Some(ProviderError::new(
        ErrorClass::Configuration,
        "clock_skew",
        "AWS did not accept the sign-in.",
        why,
        "Set this computer's date, time and time zone right, best by switching automatic time on; then try again.",
    ))
}

/// The exact action that AWS's text names.
fn denied_action(message: &str) -> Option<String> {
    let pattern = Regex::new("is not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9]+)").ok()?;
    Some(pattern.captures(message)?.get(1)?.as_str().to_owned())
}

fn is_word(code: &str) -> bool {
    !code.is_empty()
        && code.len() <= 60
        && code
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: &str, message: &str, skew_s: Option<i64>) -> ProviderError {
        explain("iam:ListUsers", "aws", code, message, skew_s)
    }

    #[test]
    fn each_code_has_its_class_and_remedy() {
        use ErrorClass::{
            Authentication, Configuration, MalformedAnswer, Permission, ServiceNotUsed,
            ServiceOutage, Throttled,
        };
        for (code, class, ours) in [
            ("InvalidClientTokenId", Authentication, "unknown_access_key"),
            ("SignatureDoesNotMatch", Authentication, "wrong_secret"),
            ("ExpiredToken", Authentication, "expired_session"),
            ("RequestExpired", Authentication, "expired_session"),
            ("InvalidAccessException", Permission, "permission_missing"),
            ("AccessDenied", Permission, "permission_missing"),
            ("OptInRequired", ServiceNotUsed, "account_not_activated"),
            (
                "AuthorizationHeaderMalformed",
                Configuration,
                "wrong_region",
            ),
            ("ServiceFailure", ServiceOutage, "service_error"),
            ("Throttling", Throttled, "throttled"),
            ("SomethingNew", MalformedAnswer, "unexpected_refusal"),
        ] {
            let error = of(code, "", Some(2));
            assert_eq!((error.class, error.code.as_str()), (class, ours), "{code}");
            assert!(!error.what.is_empty() && !error.why.is_empty() && !error.fix.is_empty());
        }
    }

    #[test]
    fn a_wrong_clock_is_told_from_a_wrong_secret() {
        let late = of(
            "SignatureDoesNotMatch",
            "Signature expired: 20261123T080000Z is now earlier than ...",
            None,
        );
        assert_eq!(late.code, "clock_skew");
        let slow = of("SignatureDoesNotMatch", "Signature expired: x", Some(1));
        assert_eq!(
            (slow.class, slow.code.as_str()),
            (ErrorClass::Network, LATE)
        );
        let off = of("SignatureDoesNotMatch", "", Some(3600));
        assert_eq!(off.code, "clock_skew");
        assert!(off.why.contains("60 minutes behind"), "{}", off.why);
        assert!(
            of("ExpiredToken", "", Some(-600))
                .why
                .contains("10 minutes ahead of")
        );
        assert_eq!(
            of("SignatureDoesNotMatch", "does not match", Some(10)).code,
            "wrong_secret"
        );
    }

    #[test]
    fn a_denial_names_the_exact_action_and_who_can_help() {
        let text = |because: &str| {
            format!(
                "User: arn:aws:iam::123456789012:user/x is not authorized to perform: iam:GetCredentialReport on resource: * {because}"
            )
        };
        let plain = of(
            "AccessDenied",
            &text("because no identity-based policy allows it"),
            None,
        );
        assert!(plain.fix.contains("iam:GetCredentialReport") && plain.fix.contains(POLICY));
        assert!(
            of(
                "AccessDenied",
                &text("with an explicit deny in a service control policy"),
                None
            )
            .fix
            .contains("organization")
        );
        assert!(
            of(
                "AccessDenied",
                &text("because no permissions boundary allows it"),
                None
            )
            .fix
            .contains("boundary")
        );
        assert!(
            of(
                "AccessDenied",
                &text("because no resource-based policy allows it"),
                None
            )
            .fix
            .contains("key policy")
        );
        assert!(
            of(
                "AccessDenied",
                &text("with an explicit deny in an identity-based policy"),
                None
            )
            .fix
            .contains("deny")
        );
        let member = explain(
            "organizations:ListAccounts",
            "aws",
            "AccessDeniedException",
            "You don't have permissions to access this resource.",
            None,
        );
        assert!(
            member.why.contains("management account") && member.fix.contains("member account"),
            "{member:?}"
        );
        assert!(
            of("AccessDenied", "", None).why.contains("iam:ListUsers"),
            "else what we asked for"
        );
    }

    #[test]
    fn the_other_partition_is_offered() {
        assert!(
            explain(
                "sts:GetCallerIdentity",
                "aws-us-gov",
                "InvalidClientTokenId",
                "",
                None
            )
            .fix
            .contains("choose AWS as")
        );
        assert!(
            of("InvalidClientTokenId", "", None)
                .fix
                .contains("choose AWS GovCloud (US)")
        );
    }
}
