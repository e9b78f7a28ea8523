//! A credential that nobody uses is a door that nobody watches.

use super::{REPORT_COMMAND, REPORT_PORTAL, USERS_PAGE, number, report};
use crate::datasets::{Flag, Moment};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.unused_credentials",
    alias: "AWS-10",
    version: 2,
    title: "Passwords and keys that nobody uses are switched off.",
    objectives: &["3.5.6[a]", "3.5.6[b]", "3.1.1[d]"],
    severity: Severity::Medium,
    remedy: "For each listed user: disable the console password or deactivate the key, or remove the user who has left.",
    console: USERS_PAGE,
    reperform: Reperform {
        portal: REPORT_PORTAL,
        command: REPORT_COMMAND,
    },
    datasets: &["aws.iam_credential_report"],
    parameters: &["aws.unused_credential_days"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let rows = report::rows(collected);
    let (rows, days) = match (rows, number(collected, "aws.unused_credential_days")) {
        (Ok(rows), Ok(days)) => (rows, days),
        (Err(reason), _) | (_, Err(reason)) => return reason.into(),
    };
    let mut judge = Judge::over(&rows);
    for row in rows.rows.iter().filter(|row| !row.is_root()) {
        let password = (
            "console password".to_owned(),
            row.has_password(),
            [
                Moment::of(row.password_last_used.as_deref()),
                Moment::of(row.password_last_changed.as_deref()),
            ],
        );
        let keys = row.keys().map(|key| {
            (
                format!("access key {}", key.number),
                key.active,
                [key.used, key.rotated],
            )
        });
        let (mut idle, mut unclear) = (Vec::new(), Vec::new());
        for (what, active, moments) in std::iter::once(password).chain(keys) {
            match (active, idle_days(collected, moments)) {
                (Flag::No, _) => {}
                (Flag::Yes, Some(idle_for)) if idle_for > days => {
                    idle.push(format!("{what}: {idle_for} days"))
                }
                (Flag::Yes, Some(_)) => {}
                (Flag::Yes, None) | (Flag::Unclear, _) => unclear.push(what),
            }
        }
        if !idle.is_empty() {
            judge.fail(
                row.id(),
                row.name(),
                "user",
                format!("Not used: {}.", idle.join(", ")),
            );
        } else if !unclear.is_empty() {
            judge.unknown(
                row.id(),
                row.name(),
                "user",
                format!(
                    "The report does not say enough about: {}.",
                    unclear.join(", ")
                ),
            );
        } else {
            judge.pass();
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

/// Days since it was last used or made. A recent moment decides whatever the other says; without one, an unclear
/// moment could be recent.
fn idle_days(collected: &Collected<'_>, moments: [Moment; 2]) -> Option<i64> {
    if moments.contains(&Moment::Unclear) {
        return None;
    }
    let newest = moments
        .into_iter()
        .filter_map(|moment| {
            if let Moment::At(at) = moment {
                Some(at)
            } else {
                None
            }
        })
        .max();
    newest.map(|at| collected.now.days_since(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

    const COLUMNS: &str = "user,arn,password_enabled,password_last_used,password_last_changed,access_key_1_active,\
                           access_key_1_last_used_date,access_key_1_last_rotated,access_key_2_active,\
                           access_key_2_last_used_date,access_key_2_last_rotated";
    const NO_KEYS: &str = "false,N/A,N/A,false,N/A,N/A";
    const OLD: &str = "2025-01-01T00:00:00Z";
    const NEW: &str = "2026-11-01T00:00:00Z";

    fn outcome(row: &str) -> Outcome {
        Account::new()
            .report(COLUMNS, &[&format!("a,1,{row}")])
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn the_newer_of_use_and_change_counts() {
        assert_eq!(
            outcome(&format!("true,{NEW},{OLD},{NO_KEYS}")),
            Outcome::Pass
        );
        assert_eq!(
            outcome(&format!("true,no_information,{NEW},{NO_KEYS}")),
            Outcome::Pass
        );
        assert_eq!(
            outcome(&format!("true,no_information,{OLD},{NO_KEYS}")),
            Outcome::Fail
        );
        assert_eq!(
            outcome(&format!("false,{OLD},{OLD},{NO_KEYS}")),
            Outcome::Pass,
            "it is switched off"
        );
    }

    #[test]
    fn keys_count_too() {
        assert_eq!(
            outcome(&format!("false,N/A,N/A,true,{OLD},{OLD},false,N/A,N/A")),
            Outcome::Fail
        );
        assert_eq!(
            outcome(&format!("false,N/A,N/A,false,{OLD},{OLD},true,{NEW},{OLD}")),
            Outcome::Pass
        );
        assert_eq!(
            outcome("false,N/A,N/A,true,N/A,N/A,false,N/A,N/A"),
            Outcome::Unknown,
            "used never, made never?"
        );
    }

    #[test]
    fn unexpected_words_are_unknown() {
        assert_eq!(
            outcome(&format!("true,soon,{OLD},{NO_KEYS}")),
            Outcome::Unknown
        );
        assert_eq!(
            outcome(&format!("perhaps,{OLD},{OLD},{NO_KEYS}")),
            Outcome::Unknown
        );
        refused_is_unknown(&CHECK, &crate::datasets::CREDENTIAL_REPORT);
    }

    #[test]
    fn root_has_its_own_check_and_nobody_is_not_applicable() {
        let account = Account::new().report(
            COLUMNS,
            &[&format!("<root_account>,r,true,{OLD},{OLD},{NO_KEYS}")],
        );
        assert_eq!(account.judge(&CHECK).outcome, Outcome::NotApplicable);
    }

    #[test]
    fn the_days_are_the_companys() {
        let account = Account::case("mixed").with("aws.unused_credential_days", 1000.into());
        assert_eq!(account.judge(&CHECK).outcome, Outcome::Pass);
    }
}
