//! Two keys are for the days of changing from one to the other.

use super::{REPORT_COMMAND, REPORT_PORTAL, USERS_PAGE, number, report};
use crate::datasets::{Flag, Moment};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.one_active_key",
    alias: "AWS-11",
    version: 2,
    title: "No user keeps two access keys active.",
    objectives: &["3.5.2[b]", "3.1.5[b]"],
    severity: Severity::Low,
    remedy: "For each listed user: find out which key is still in use, deactivate the other, then delete it.",
    console: USERS_PAGE,
    reperform: Reperform {
        portal: REPORT_PORTAL,
        command: REPORT_COMMAND,
    },
    datasets: &["aws.iam_credential_report"],
    parameters: &["aws.key_overlap_days"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (rows, days) = match (
        report::rows(collected),
        number(collected, "aws.key_overlap_days"),
    ) {
        (Ok(rows), Ok(days)) => (rows, days),
        (Err(reason), _) | (_, Err(reason)) => return reason.into(),
    };
    let mut judge = Judge::over(&rows);
    for row in rows.rows.iter().filter(|row| !row.is_root()) {
        let [one, two] = row.keys();
        match (one.active, two.active, one.rotated, two.rotated) {
            (Flag::No, _, _, _) | (_, Flag::No, _, _) => judge.pass(),
            (Flag::Yes, Flag::Yes, Moment::At(first), Moment::At(second)) => {
                let together = collected.now.days_since(first.max(second));
                if together > days {
                    judge.fail(
                        row.id(),
                        row.name(),
                        "user",
                        format!("Both keys have been active for {together} days."),
                    );
                } else {
                    judge.pass();
                }
            }
            _ => judge.unknown(
                row.id(),
                row.name(),
                "user",
                "The report does not say enough about the two keys.",
            ),
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

    const COLUMNS: &str = "user,arn,access_key_1_active,access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated";

    fn outcome(keys: &str) -> Outcome {
        Account::new()
            .report(COLUMNS, &[&format!("a,1,{keys}")])
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn two_keys_may_overlap_for_a_while() {
        assert_eq!(
            outcome("true,2020-01-01T00:00:00Z,true,2026-11-20T00:00:00Z"),
            Outcome::Pass
        );
        assert_eq!(
            outcome("true,2026-01-01T00:00:00Z,true,2020-01-01T00:00:00Z"),
            Outcome::Fail
        );
        assert_eq!(
            outcome("true,2020-01-01T00:00:00Z,false,2020-01-01T00:00:00Z"),
            Outcome::Pass
        );
    }

    #[test]
    fn unexpected_words_are_unknown_and_nobody_is_not_applicable() {
        assert_eq!(
            outcome("true,N/A,true,2020-01-01T00:00:00Z"),
            Outcome::Unknown
        );
        assert_eq!(outcome("true,2020-01-01T00:00:00Z,?,N/A"), Outcome::Unknown);
        let nobody = Account::new().report(COLUMNS, &["<root_account>,r,false,N/A,false,N/A"]);
        assert_eq!(nobody.judge(&CHECK).outcome, Outcome::NotApplicable);
        refused_is_unknown(&CHECK, &crate::datasets::CREDENTIAL_REPORT);
        let lenient = Account::case("mixed").with("aws.key_overlap_days", 3650.into());
        assert_eq!(lenient.judge(&CHECK).outcome, Outcome::Pass);
    }
}
