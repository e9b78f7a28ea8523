//! The root user can do everything; its password alone must not be enough.

use super::{ROOT_PAGE, root};
use crate::datasets::{ACCOUNT_SUMMARY, AccountSummary};
use evidence::{Population, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.root_mfa",
    alias: "AWS-01",
    version: 2,
    title: "The root user signs in with multi-factor authentication.",
    objectives: &["3.5.3[c]", "3.5.2[a]", "3.1.1[d]"],
    severity: Severity::Critical,
    remedy: "Sign in as root, open Security credentials and assign an MFA device, best a security key. Keep it apart from everyday use.",
    console: ROOT_PAGE,
    reperform: Reperform {
        portal: "Sign in as root > account menu > Security credentials > Multi-factor authentication.",
        command: "aws iam get-account-summary",
    },
    datasets: &["aws.iam_account_summary"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let summary = match collected.one::<AccountSummary>(ACCOUNT_SUMMARY.id) {
        Ok(summary) => summary,
        Err(reason) => return reason.into(),
    };
    // AWS documents that root can't sign in to a GovCloud account and can't have MFA there.
    if collected.cloud == "aws-us-gov" {
        return Verdict::not_applicable(Population {
            seen: 0,
            total: Some(0),
            pages: 1,
            complete: true,
        });
    }
    let mut judge = Judge::new();
    match summary.mfa_enabled {
        Some(1) => judge.pass(),
        Some(0) if summary.root_has_no_credentials() => return root::to_be_judged(),
        Some(0) => judge.fail("root", "root user", "user", "No MFA device is assigned."),
        _ => judge.unknown(
            "root",
            "root user",
            "user",
            "AWS does not say whether root has MFA.",
        ),
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

    #[test]
    fn one_is_yes_and_nothing_else_is() {
        let outcome =
            |figures: &[(&str, i64)]| Account::new().summary(figures).judge(&CHECK).outcome;
        assert_eq!(outcome(&[("AccountMFAEnabled", 1)]), Outcome::Pass);
        assert_eq!(outcome(&[("AccountMFAEnabled", 0)]), Outcome::Fail);
        assert_eq!(outcome(&[("AccountMFAEnabled", 2)]), Outcome::Unknown);
        assert_eq!(outcome(&[("Users", 3)]), Outcome::Unknown);
    }

    #[test]
    fn without_credentials_a_person_looks_whether_root_can_get_one() {
        let judge = |mfa, keys| {
            Account::new()
                .summary(&[
                    ("AccountMFAEnabled", mfa),
                    ("AccountPasswordPresent", 0),
                    ("AccountAccessKeysPresent", keys),
                ])
                .judge(&CHECK)
        };
        let verdict = judge(0, 0);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        let reason = verdict.reason.unwrap();
        assert_eq!(reason.code, UnknownCode::NeedsJudgement);
        assert!(reason.detail.contains("AWS Organizations"), "{reason:?}");
        assert_eq!(verdict.resources[0].name, "root user");
        assert_eq!(judge(0, 1).outcome, Outcome::Fail);
        assert_eq!(judge(1, 0).outcome, Outcome::Pass, "a device was seen");
    }

    #[test]
    fn it_does_not_apply_in_govcloud() {
        assert_eq!(
            Account::case("mixed")
                .in_cloud("aws-us-gov")
                .judge(&CHECK)
                .outcome,
            Outcome::NotApplicable
        );
    }

    #[test]
    fn without_the_summary_nobody_knows() {
        refused_is_unknown(&CHECK, &ACCOUNT_SUMMARY);
        let gov = Account::new().in_cloud("aws-us-gov").judge(&CHECK);
        assert_eq!(
            gov.outcome,
            Outcome::Unknown,
            "also in GovCloud nothing is concluded from nothing"
        );
    }
}
