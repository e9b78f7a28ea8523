//! What is judged: one small file a check.

mod admin_mfa;
mod aws_admin_attachments;
mod cloudtrail_delivery_ok;
mod cloudtrail_multi_region;
mod cloudtrail_validation;
mod config_recorder;
mod console_mfa;
mod default_sg;
mod hub_finding;
#[cfg(test)]
mod iam_answers;
mod internet;
mod inventory_approved;
mod key_rotation;
mod no_star_star;
mod one_active_key;
mod password;
mod password_complexity;
mod password_length;
mod password_reuse;
mod policy_document;
mod public_ip;
mod recording;
mod report;
mod rights;
mod root;
mod root_mfa;
mod root_mfa_hardware;
mod root_no_access_keys;
mod root_not_used;
mod securityhub_enabled;
mod securityhub_findings;
mod selectors;
mod sg_admin_ports;
#[cfg(test)]
mod testing;
mod told;
mod trails;
mod unused_credentials;
mod users_authorised;
mod volumes_encrypted;

use evidence::{Reason, UnknownCode};
use provider_kit::{Check, Collected};

/// Every check.
pub static ALL: &[&Check] = &[
    &root_mfa::CHECK,
    &root_mfa_hardware::CHECK,
    &root_no_access_keys::CHECK,
    &root_not_used::CHECK,
    &console_mfa::CHECK,
    &admin_mfa::CHECK,
    &no_star_star::CHECK,
    &aws_admin_attachments::CHECK,
    &key_rotation::CHECK,
    &unused_credentials::CHECK,
    &one_active_key::CHECK,
    &password_length::CHECK,
    &password_complexity::CHECK,
    &password_reuse::CHECK,
    &users_authorised::CHECK,
    &cloudtrail_multi_region::CHECK,
    &cloudtrail_delivery_ok::CHECK,
    &cloudtrail_validation::CHECK,
    &config_recorder::CHECK,
    &securityhub_enabled::CHECK,
    &securityhub_findings::CHECK,
    &sg_admin_ports::CHECK,
    &default_sg::CHECK,
    &public_ip::CHECK,
    &volumes_encrypted::CHECK,
    &inventory_approved::CHECK,
];

const USERS_PAGE: &[(&str, &str)] = &[
    ("aws", "https://console.aws.amazon.com/iam/home#/users"),
    (
        "aws-us-gov",
        "https://console.amazonaws-us-gov.com/iam/home#/users",
    ),
];
const POLICIES_PAGE: &[(&str, &str)] = &[
    ("aws", "https://console.aws.amazon.com/iam/home#/policies"),
    (
        "aws-us-gov",
        "https://console.amazonaws-us-gov.com/iam/home#/policies",
    ),
];
const SECURITY_GROUPS_PAGE: &[(&str, &str)] = &[
    (
        "aws",
        "https://console.aws.amazon.com/ec2/home#SecurityGroups:",
    ),
    (
        "aws-us-gov",
        "https://console.amazonaws-us-gov.com/ec2/home#SecurityGroups:",
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
