//! A key that never changes is known to more people and places every month.

use super::{REPORT_COMMAND, REPORT_PORTAL, USERS_PAGE, number, report};
use crate::datasets::{CredentialRow, Flag, Moment};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.key_rotation",
    alias: "AWS-09",
    version: 2,
    title: "Access keys are replaced in time.",
    objectives: &["3.5.2[b]", "3.13.10[b]"],
    severity: Severity::Medium,
    remedy: "For each listed key: make a second key, switch the program over, deactivate the old key, and delete it when nothing breaks.",
    console: USERS_PAGE,
    reperform: Reperform {
        portal: REPORT_PORTAL,
        command: REPORT_COMMAND,
    },
    datasets: &["aws.iam_credential_report"],
    parameters: &["aws.access_key_max_age_days"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let rows = report::rows(collected);
    let (rows, days) = match (rows, number(collected, "aws.access_key_max_age_days")) {
        (Ok(rows), Ok(days)) => (rows, days),
        (Err(reason), _) | (_, Err(reason)) => return reason.into(),
    };
    let mut judge = Judge::over(&rows);
    for key in rows.rows.iter().flat_map(CredentialRow::keys) {
        match (key.active, key.rotated) {
            (Flag::No, _) => {}
            (Flag::Yes, Moment::At(at)) => {
                let age = collected.now.days_since(at);
                if age > days {
                    judge.fail(
                        key.id(),
                        key.name(),
                        "accessKey",
                        format!("{age} days old, made {at}."),
                    );
                } else {
                    judge.pass();
                }
            }
            (Flag::Yes, _) => judge.unknown(
                key.id(),
                key.name(),
                "accessKey",
                "The report does not say when it was made.",
            ),
            (Flag::Unclear, _) => {
                judge.unknown(
                    key.id(),
                    key.name(),
                    "accessKey",
                    "The report does not say whether it is active.",
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

    const COLUMNS: &str = "user,arn,access_key_1_active,access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated";

    fn outcome(keys: &str) -> Outcome {
        Account::new()
            .report(COLUMNS, &[&format!("a,1,{keys}")])
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn ninety_days_are_allowed_and_ninety_one_are_not() {
        assert_eq!(
            outcome("true,2026-08-25T09:00:00Z,false,N/A"),
            Outcome::Pass
        );
        assert_eq!(
            outcome("true,2026-08-24T09:00:00Z,false,N/A"),
            Outcome::Fail
        );
        assert_eq!(
            outcome("false,2020-01-01T00:00:00Z,false,N/A"),
            Outcome::NotApplicable,
            "inactive keys open nothing"
        );
        assert_eq!(
            outcome("false,N/A,true,2020-01-01T00:00:00Z"),
            Outcome::Fail,
            "the second key counts too"
        );
    }

    #[test]
    fn an_active_key_without_a_date_is_unknown() {
        assert_eq!(outcome("true,N/A,false,N/A"), Outcome::Unknown);
        assert_eq!(outcome("maybe,N/A,false,N/A"), Outcome::Unknown);
        assert_eq!(
            Account::new()
                .report("user,arn", &["a,1"])
                .judge(&CHECK)
                .outcome,
            Outcome::Unknown
        );
        refused_is_unknown(&CHECK, &crate::datasets::CREDENTIAL_REPORT);
    }

    #[test]
    fn the_days_are_the_companys() {
        let strict = Account::case("good").with("aws.access_key_max_age_days", 30.into());
        assert_eq!(strict.judge(&CHECK).outcome, Outcome::Fail);
        let unset =
            Account::case("good").with("aws.access_key_max_age_days", serde_json::Value::Null);
        assert_eq!(unset.judge(&CHECK).outcome, Outcome::Unknown);
    }
}
