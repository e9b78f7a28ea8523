//! A root key can do everything, from anywhere, without a second factor.

use super::ROOT_PAGE;
use crate::datasets::{ACCOUNT_SUMMARY, AccountSummary};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.root_no_access_keys",
    alias: "AWS-03",
    version: 1,
    title: "The root user has no access keys.",
    objectives: &["3.1.5[b]", "3.1.6[b]", "3.1.7[c]"],
    severity: Severity::Critical,
    remedy: "Replace what uses the key by a role or an IAM user with few rights, then delete the key: sign in as root > Security credentials. In GovCloud ask AWS Support.",
    console: ROOT_PAGE,
    reperform: Reperform {
        portal: "Sign in as root > account menu > Security credentials > Access keys.",
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
    let mut judge = Judge::new();
    match summary.access_keys_present {
        Some(0) => judge.pass(),
        Some(keys) if keys > 0 => judge.fail("root", "root user", "user", "An access key exists."),
        _ => judge.unknown(
            "root",
            "root user",
            "user",
            "AWS does not say whether root has access keys.",
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
    fn zero_passes_and_silence_does_not() {
        let outcome =
            |figures: &[(&str, i64)]| Account::new().summary(figures).judge(&CHECK).outcome;
        assert_eq!(outcome(&[("AccountAccessKeysPresent", 0)]), Outcome::Pass);
        assert_eq!(outcome(&[("AccountAccessKeysPresent", 2)]), Outcome::Fail);
        assert_eq!(
            outcome(&[("AccountAccessKeysPresent", -1)]),
            Outcome::Unknown
        );
        assert_eq!(outcome(&[]), Outcome::Unknown);
        refused_is_unknown(&CHECK, &ACCOUNT_SUMMARY);
    }
}
