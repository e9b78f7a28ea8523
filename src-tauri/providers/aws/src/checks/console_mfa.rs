//! A console password alone is not enough to sign in. Root has a check of its own.

use super::{REPORT_COMMAND, REPORT_PORTAL, USERS_PAGE, report};
use crate::datasets::Flag;
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.console_mfa",
    alias: "AWS-06",
    version: 2,
    title: "Every user with a console password has multi-factor authentication.",
    objectives: &["3.5.3[c]", "3.5.3[d]", "3.5.2[a]", "3.1.12[c]"],
    severity: Severity::Critical,
    remedy: "For each listed user: IAM > Users > the user > Security credentials > Assign MFA device. A policy that denies everything without MFA keeps it so.",
    console: USERS_PAGE,
    reperform: Reperform {
        portal: REPORT_PORTAL,
        command: REPORT_COMMAND,
    },
    datasets: &["aws.iam_credential_report"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let rows = match report::rows(collected) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&rows);
    for row in rows.rows.iter().filter(|row| !row.is_root()) {
        match (row.has_password(), Flag::of(row.mfa_active.as_deref())) {
            (Flag::No, _) => {}
            (_, Flag::Yes) => judge.pass(),
            (Flag::Yes, Flag::No) => judge.fail(
                row.id(),
                row.name(),
                "user",
                "Can sign in to the console without MFA.",
            ),
            (Flag::Yes, Flag::Unclear) => {
                judge.unknown(
                    row.id(),
                    row.name(),
                    "user",
                    "The report does not say whether MFA is active.",
                );
            }
            (Flag::Unclear, _) => {
                judge.unknown(
                    row.id(),
                    row.name(),
                    "user",
                    "The report does not say whether there is a console password.",
                );
            }
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

    const COLUMNS: &str = "user,arn,password_enabled,mfa_active";

    fn outcome(rows: &[&str]) -> (Outcome, Vec<String>) {
        Account::new().report(COLUMNS, rows).outcome(&CHECK)
    }

    #[test]
    fn one_user_without_is_enough_to_fail() {
        assert_eq!(
            outcome(&["a,1,true,true", "b,2,true,false"]),
            (Outcome::Fail, vec!["b".to_owned()])
        );
        assert_eq!(outcome(&["a,1,TRUE,TRUE"]).0, Outcome::Pass);
    }

    #[test]
    fn users_without_a_password_and_root_are_not_meant() {
        assert_eq!(
            outcome(&["<root_account>,r,true,false", "bot,1,false,false"]),
            (Outcome::NotApplicable, vec![])
        );
    }

    #[test]
    fn unexpected_words_are_unknown_for_that_user() {
        for row in [
            "a,1,true,N/A",
            "a,1,not_supported,false",
            "a,1,,false",
            "a,1,yes,no_information",
        ] {
            assert_eq!(
                outcome(&["b,2,true,true", row]),
                (Outcome::Unknown, vec!["a".to_owned()]),
                "{row}"
            );
        }
        assert_eq!(
            Account::new()
                .report("user,arn", &["a,1"])
                .judge(&CHECK)
                .outcome,
            Outcome::Unknown
        );
    }

    #[test]
    fn half_a_report_never_passes_but_can_fail() {
        let half = |row| Account::new().half_report(COLUMNS, &[row]).judge(&CHECK);
        assert_eq!(half("a,1,true,true").outcome, Outcome::Unknown);
        assert_eq!(
            half("a,1,false,false").outcome,
            Outcome::Unknown,
            "nor is it not applicable"
        );
        let fail = half("a,1,true,false");
        assert_eq!(
            (fail.outcome, fail.population.complete),
            (Outcome::Fail, false)
        );
        refused_is_unknown(&CHECK, &crate::datasets::CREDENTIAL_REPORT);
    }
}
