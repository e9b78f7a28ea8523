//! What is judged: one small file a check.

mod access_key_age;
mod console_users_mfa;
mod one_active_key;
mod password;
mod password_complexity;
mod password_length;
mod password_reuse;
mod report;
mod root;
mod root_mfa;
mod root_mfa_hardware;
mod root_no_access_keys;
mod root_not_used;
#[cfg(test)]
mod testing;
mod unused_credentials;
mod users_authorised;

use evidence::{Reason, UnknownCode};
use provider_kit::{Check, Collected};

/// Every check.
pub static ALL: [&Check; 12] = [
    &root_mfa::CHECK,
    &root_mfa_hardware::CHECK,
    &root_no_access_keys::CHECK,
    &root_not_used::CHECK,
    &console_users_mfa::CHECK,
    &access_key_age::CHECK,
    &unused_credentials::CHECK,
    &one_active_key::CHECK,
    &password_length::CHECK,
    &password_complexity::CHECK,
    &password_reuse::CHECK,
    &users_authorised::CHECK,
];

const USERS_PAGE: &[(&str, &str)] = &[
    ("aws", "https://console.aws.amazon.com/iam/home#/users"),
    (
        "aws-us-gov",
        "https://console.amazonaws-us-gov.com/iam/home#/users",
    ),
];
const ROOT_PAGE: &[(&str, &str)] = &[
    (
        "aws",
        "https://console.aws.amazon.com/iam/home#/security_credentials",
    ),
    (
        "aws-us-gov",
        "https://console.amazonaws-us-gov.com/iam/home#/home",
    ),
];
const PASSWORD_PAGE: &[(&str, &str)] = &[
    (
        "aws",
        "https://console.aws.amazon.com/iam/home#/account_settings",
    ),
    (
        "aws-us-gov",
        "https://console.amazonaws-us-gov.com/iam/home#/account_settings",
    ),
];
const REPORT_PORTAL: &str =
    "IAM > Credential report > Download report; read the named columns of each row.";
const REPORT_COMMAND: &str = "aws iam generate-credential-report; aws iam get-credential-report --query Content --output text | base64 -d";

/// A number that the company set, or the manifest's default. Without either there is nothing to judge by.
fn number(collected: &Collected<'_>, key: &str) -> Result<i64, Reason> {
    collected.parameters.integer(key).ok_or_else(|| {
        Reason::new(
            UnknownCode::NeedsJudgement,
            format!("The parameter {key} has no number."),
        )
    })
}
