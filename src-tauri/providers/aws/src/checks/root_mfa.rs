//! The root user can do everything; its password alone must not be enough.

use super::ROOT_PAGE;
use crate::datasets::{ACCOUNT_SUMMARY, AccountSummary};
use evidence::{Population, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.root_mfa",
    alias: "AWS-01",
    version: 1,
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
    if collected.cloud == "aws-us-gov" || summary.root_has_no_credentials() {
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
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

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
    fn it_does_not_apply_where_root_provably_can_not_sign_in() {
        let none = [
            ("AccountMFAEnabled", 0),
            ("AccountPasswordPresent", 0),
            ("AccountAccessKeysPresent", 0),
        ];
        assert_eq!(
            Account::new().summary(&none).judge(&CHECK).outcome,
            Outcome::NotApplicable
        );
        let key = [
            ("AccountMFAEnabled", 0),
            ("AccountPasswordPresent", 0),
            ("AccountAccessKeysPresent", 1),
        ];
        assert_eq!(
            Account::new().summary(&key).judge(&CHECK).outcome,
            Outcome::Fail
        );
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
