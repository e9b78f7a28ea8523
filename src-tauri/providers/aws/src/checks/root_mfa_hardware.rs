//! An authenticator app can be copied and phished; a security key can't.

use super::{ROOT_PAGE, root};
use crate::datasets::{ACCOUNT_SUMMARY, AccountSummary, VIRTUAL_MFA_DEVICES, VirtualMfaDevice};
use evidence::{Population, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.root_mfa_hardware",
    alias: "AWS-02",
    version: 2,
    title: "The root user's second factor is a security key or hardware token.",
    objectives: &["3.5.3[c]", "3.5.4[a]"],
    severity: Severity::High,
    remedy: "Sign in as root, register a security key (FIDO2) and remove the authenticator app. Up to eight devices can be registered.",
    console: ROOT_PAGE,
    reperform: Reperform {
        portal: "Sign in as root > account menu > Security credentials > Multi-factor authentication: the type column.",
        command: "aws iam list-virtual-mfa-devices --assignment-status Assigned",
    },
    datasets: &["aws.iam_account_summary", "aws.iam_virtual_mfa_devices"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let summary = match collected.one::<AccountSummary>(ACCOUNT_SUMMARY.id) {
        Ok(summary) => summary,
        Err(reason) => return reason.into(),
    };
    // Without any MFA there is no device to judge; `aws.iam.root_mfa` reports that.
    let no_device = summary.mfa_enabled == Some(0);
    let govcloud = collected.cloud == "aws-us-gov";
    if !govcloud && no_device && summary.root_has_no_credentials() {
        return root::to_be_judged();
    }
    if govcloud || no_device {
        return Verdict::not_applicable(Population {
            seen: 0,
            total: Some(0),
            pages: 1,
            complete: true,
        });
    }
    let devices = match collected.rows::<VirtualMfaDevice>(VIRTUAL_MFA_DEVICES.id) {
        Ok(devices) => devices,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&devices);
    let mut unclear = summary.mfa_enabled != Some(1);
    for device in &devices.rows {
        match device.is_roots() {
            Some(true) => {
                let id = device.serial_number.as_deref().unwrap_or("root");
                judge.fail(
                    id,
                    "root user",
                    "mfaDevice",
                    "The second factor is an authenticator app.",
                );
                return judge.conclude(WhenEmpty::Passes);
            }
            Some(false) => {}
            None => unclear = true,
        }
    }
    if unclear {
        judge.unknown(
            "root",
            "root user",
            "user",
            "AWS does not say whose an authenticator app is, or whether root has MFA.",
        );
    } else {
        judge.pass();
    }
    judge.conclude(WhenEmpty::Unknown(
        "Every account has a root user.".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::{Outcome, UnknownCode};

    fn devices(inner: &str) -> Vec<u8> {
        format!(
            "<ListVirtualMFADevicesResponse><ListVirtualMFADevicesResult><VirtualMFADevices>{inner}</VirtualMFADevices>\
             </ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>"
        )
        .into_bytes()
    }

    #[test]
    fn an_app_of_root_fails_and_one_of_nobody_is_unknown() {
        let with = |inner: &str| {
            Account::case("good")
                .page(&VIRTUAL_MFA_DEVICES, devices(inner))
                .judge(&CHECK)
                .outcome
        };
        assert_eq!(with(""), Outcome::Pass);
        assert_eq!(
            with(
                "<member><SerialNumber>s</SerialNumber><User><Arn>arn:aws:iam::1:root</Arn></User></member>"
            ),
            Outcome::Fail
        );
        assert_eq!(
            with("<member><SerialNumber>s</SerialNumber></member>"),
            Outcome::Unknown
        );
    }

    #[test]
    fn without_mfa_at_all_the_other_check_reports() {
        assert_eq!(
            Account::case("mixed").judge(&CHECK).outcome,
            Outcome::NotApplicable
        );
        let silent = Account::case("good").summary(&[("Users", 1)]);
        assert_eq!(
            silent.judge(&CHECK).outcome,
            Outcome::Unknown,
            "silence about MFA is not MFA"
        );
        assert_eq!(
            Account::case("good")
                .in_cloud("aws-us-gov")
                .judge(&CHECK)
                .outcome,
            Outcome::NotApplicable
        );
    }

    #[test]
    fn without_credentials_a_person_looks_whether_root_can_get_one() {
        let judge = |mfa| {
            Account::case("good")
                .summary(&[
                    ("AccountMFAEnabled", mfa),
                    ("AccountPasswordPresent", 0),
                    ("AccountAccessKeysPresent", 0),
                ])
                .judge(&CHECK)
        };
        let verdict = judge(0);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::NeedsJudgement);
        assert_eq!(judge(1).outcome, Outcome::Pass, "a device was seen");
    }

    #[test]
    fn both_datasets_are_needed() {
        refused_is_unknown(&CHECK, &ACCOUNT_SUMMARY);
        refused_is_unknown(&CHECK, &VIRTUAL_MFA_DEVICES);
    }
}
