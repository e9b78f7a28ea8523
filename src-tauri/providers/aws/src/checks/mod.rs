//! What is judged: one small file a check.

mod access_analyzer_enabled;
mod access_analyzer_findings;
mod admin_mfa;
mod alarm_families;
mod aws_admin_attachments;
mod backup_plan;
mod buckets;
mod client_vpn;
mod cloudtrail_bucket;
mod cloudtrail_cloudwatch;
mod cloudtrail_delivery_ok;
mod cloudtrail_kms;
mod cloudtrail_multi_region;
mod cloudtrail_validation;
mod config_delivery;
mod config_recorder;
mod config_rules;
mod conformance_pack;
mod console;
mod console_mfa;
mod default_sg;
mod ebs_default_encryption;
mod elb_tls;
mod federation;
mod for_a_person;
mod guardduty_enabled;
mod guardduty_features;
mod guardduty_high_findings;
mod hub_finding;
#[cfg(test)]
mod iam_answers;
mod imdsv2;
mod inspector_enabled;
mod inspector_findings;
mod internet;
mod inventory_approved;
mod key_rotation;
mod keys;
mod kms_key_policy;
mod kms_pending_deletion;
mod kms_rotation;
mod known_rules;
mod log_admin_restricted;
mod logs_alarms;
mod logs_kms;
mod logs_retention;
mod named;
mod no_initial_key;
mod no_star_star;
mod one_active_key;
mod org_member;
mod own_policies;
mod password;
mod password_complexity;
mod password_length;
mod password_max_age;
mod password_reuse;
mod permissions;
mod phishing_resistant_mfa;
mod policy_document;
mod privilege_escalation;
mod public_documents;
mod public_ip;
mod public_snapshots;
mod rds_private_encrypted;
mod recording;
mod region_policy;
mod region_restriction;
mod report;
mod resource_policy;
mod rights;
mod role_trust;
mod root;
mod root_central_mgmt;
mod root_mfa;
mod root_mfa_hardware;
mod root_no_access_keys;
mod root_not_used;
mod s3_access_logging;
mod s3_account_block;
mod s3_acl_disabled;
mod s3_data_events;
mod s3_encryption;
mod s3_public;
mod s3_tls;
mod s3_versioning;
mod security_contact;
mod securityhub_enabled;
mod securityhub_findings;
mod securityhub_nist_standard;
mod selectors;
mod server_certs;
mod sg_admin_ports;
mod ssm_managed;
mod ssm_patch;
mod stale_roles;
mod subnet_auto_public;
mod tamper_events;
#[cfg(test)]
mod testing;
mod told;
mod trails;
mod trust_document;
mod unused_credentials;
mod user_direct_policies;
mod users_authorised;
mod volumes_encrypted;
mod vpc_flow_logs;
mod vpc_nacl;
mod ways;

use evidence::{Reason, UnknownCode};
use provider_kit::{Check, Collected};

/// Every check.
pub static ALL: &[&Check] = &[
    &root_mfa::CHECK,
    &root_mfa_hardware::CHECK,
    &root_no_access_keys::CHECK,
    &root_not_used::CHECK,
    &root_central_mgmt::CHECK,
    &console_mfa::CHECK,
    &admin_mfa::CHECK,
    &phishing_resistant_mfa::CHECK,
    &no_star_star::CHECK,
    &aws_admin_attachments::CHECK,
    &user_direct_policies::CHECK,
    &privilege_escalation::CHECK,
    &log_admin_restricted::CHECK,
    &role_trust::CHECK,
    &stale_roles::CHECK,
    &key_rotation::CHECK,
    &unused_credentials::CHECK,
    &one_active_key::CHECK,
    &no_initial_key::CHECK,
    &password_length::CHECK,
    &password_complexity::CHECK,
    &password_reuse::CHECK,
    &password_max_age::CHECK,
    &users_authorised::CHECK,
    &server_certs::CHECK,
    &federation::CHECK,
    &access_analyzer_enabled::CHECK,
    &access_analyzer_findings::CHECK,
    &security_contact::CHECK,
    &org_member::CHECK,
    &region_restriction::CHECK,
    &cloudtrail_multi_region::CHECK,
    &cloudtrail_delivery_ok::CHECK,
    &cloudtrail_validation::CHECK,
    &cloudtrail_kms::CHECK,
    &cloudtrail_cloudwatch::CHECK,
    &s3_data_events::CHECK,
    &tamper_events::CHECK,
    &logs_retention::CHECK,
    &logs_kms::CHECK,
    &logs_alarms::CHECK,
    &config_recorder::CHECK,
    &config_delivery::CHECK,
    &conformance_pack::CHECK,
    &config_rules::CHECK,
    &ssm_managed::CHECK,
    &ssm_patch::CHECK,
    &public_documents::CHECK,
    &imdsv2::CHECK,
    &guardduty_enabled::CHECK,
    &guardduty_features::CHECK,
    &guardduty_high_findings::CHECK,
    &inspector_enabled::CHECK,
    &inspector_findings::CHECK,
    &securityhub_nist_standard::CHECK,
    &securityhub_enabled::CHECK,
    &securityhub_findings::CHECK,
    &sg_admin_ports::CHECK,
    &default_sg::CHECK,
    &vpc_nacl::CHECK,
    &vpc_flow_logs::CHECK,
    &subnet_auto_public::CHECK,
    &client_vpn::CHECK,
    &elb_tls::CHECK,
    &ebs_default_encryption::CHECK,
    &public_snapshots::CHECK,
    &public_ip::CHECK,
    &volumes_encrypted::CHECK,
    &inventory_approved::CHECK,
    &cloudtrail_bucket::CHECK,
    &s3_account_block::CHECK,
    &s3_public::CHECK,
    &s3_encryption::CHECK,
    &s3_tls::CHECK,
    &s3_access_logging::CHECK,
    &s3_versioning::CHECK,
    &s3_acl_disabled::CHECK,
    &kms_rotation::CHECK,
    &kms_pending_deletion::CHECK,
    &kms_key_policy::CHECK,
    &rds_private_encrypted::CHECK,
    &backup_plan::CHECK,
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
