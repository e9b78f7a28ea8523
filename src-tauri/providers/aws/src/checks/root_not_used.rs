//! Root is for emergencies: nobody signs in with it for months.

use super::{REPORT_COMMAND, REPORT_PORTAL, ROOT_PAGE, number};
use crate::datasets::{CREDENTIAL_REPORT, CredentialRow, Moment};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.root_not_used",
    alias: "AWS-04",
    version: 2,
    title: "The root user is not used for daily work.",
    objectives: &["3.1.6[b]", "3.1.5[b]", "3.1.7[d]"],
    severity: Severity::High,
    remedy: "Use named administrators instead of root, and an alarm that tells when root signs in. Root is for the few tasks that need it.",
    console: ROOT_PAGE,
    reperform: Reperform {
        portal: REPORT_PORTAL,
        command: REPORT_COMMAND,
    },
    datasets: &["aws.iam_credential_report"],
    parameters: &["aws.root_unused_days"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (rows, days) = match (
        collected.rows::<CredentialRow>(CREDENTIAL_REPORT.id),
        number(collected, "aws.root_unused_days"),
    ) {
        (Ok(rows), Ok(days)) => (rows, days),
        (Err(reason), _) | (_, Err(reason)) => return reason.into(),
    };
    let mut judge = Judge::over(&rows);
    for root in rows.rows.iter().filter(|row| row.is_root()) {
        let [one, two] = root.keys();
        let uses = [
            Moment::of(root.password_last_used.as_deref()),
            one.used,
            two.used,
        ];
        let newest = uses
            .iter()
            .filter_map(|used| {
                if let Moment::At(at) = used {
                    Some(*at)
                } else {
                    None
                }
            })
            .max();
        match newest {
            Some(at) if collected.now.days_since(at) <= days => {
                judge.fail(root.id(), root.name(), "user", format!("Last used {at}."));
            }
            _ if uses.contains(&Moment::Unclear) => {
                judge.unknown(
                    root.id(),
                    root.name(),
                    "user",
                    "The report does not say when root was last used.",
                );
            }
            _ => judge.pass(),
        }
    }
    judge.conclude(WhenEmpty::Unknown(
        "The report has no row for the root user.".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

    const COLUMNS: &str =
        "user,arn,password_last_used,access_key_1_last_used_date,access_key_2_last_used_date";

    fn outcome(used: &str) -> Outcome {
        Account::new()
            .report(COLUMNS, &[&format!("<root_account>,r,{used}")])
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn the_newest_use_counts() {
        assert_eq!(outcome("no_information,N/A,N/A"), Outcome::Pass);
        assert_eq!(
            outcome("2026-08-25T09:00:00Z,N/A,N/A"),
            Outcome::Fail,
            "90 days ago is within 90 days"
        );
        assert_eq!(outcome("2026-08-24T09:00:00Z,N/A,N/A"), Outcome::Pass);
        assert_eq!(outcome("N/A,2026-11-20T09:00:00Z,N/A"), Outcome::Fail);
        assert_eq!(outcome("2020-01-01T00:00:00Z,N/A,soon"), Outcome::Unknown);
    }

    #[test]
    fn no_row_or_no_column_is_no_pass() {
        let other = Account::new().rootless_report(COLUMNS, &["avery,a,N/A,N/A,N/A"]);
        assert_eq!(other.judge(&CHECK).outcome, Outcome::Unknown);
        let short = Account::new().report("user,arn,password_last_used", &["<root_account>,r,N/A"]);
        assert_eq!(short.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &CREDENTIAL_REPORT);
    }

    #[test]
    fn the_days_are_the_companys() {
        let account = Account::case("good").with("aws.root_unused_days", 1000.into());
        assert_eq!(account.judge(&CHECK).outcome, Outcome::Fail);
    }
}
