//! A key that was made along with a user and never used is a key nobody watches.

use super::{REPORT_COMMAND, REPORT_PORTAL, USERS_PAGE, report};
use crate::datasets::{CredentialRow, Flag, Key, Moment};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Made so soon after the user, a key was made along with it.
const ALONG_S: i64 = 5 * 60;

/// The rule, for each user with a console password.
///
/// | an active key | made within five minutes of the user | used | verdict |
/// | --- | --- | --- | --- |
/// | yes | yes | never | fail |
/// | yes | yes | the report does not say | unknown |
/// | yes | the report does not say when the user or the key was made | never, or it does not say | unknown |
/// | the report does not say | not later, or it does not say | never, or it does not say | unknown |
/// | yes | later | any | pass |
/// | yes | any | yes | pass |
/// | no | any | any | pass |
///
/// A user of whom the report does not say whether there is a password is unknown only where a key would fail. Nobody
/// has a password, and everything was seen: not applicable. Root's keys are a matter of `aws.iam.root_no_access_keys`.
pub static CHECK: Check = Check {
    id: "aws.iam.no_initial_key",
    alias: "AWS-12",
    version: 1,
    title: "No console user keeps an unused access key from the day the user was made.",
    objectives: &["3.1.5[b]"],
    severity: Severity::Low,
    remedy: "For each listed user: IAM > Users > the user > Security credentials > Access keys: deactivate the key, and delete it when nothing breaks.",
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
        let keys = row.keys().map(|key| (key.number, initial(row, &key)));
        let of = |wanted: Answer| {
            let numbers = keys.iter().filter(|(_, answer)| *answer == wanted);
            let names: Vec<String> = numbers
                .map(|(number, _)| format!("access key {number}"))
                .collect();
            names.join(" and ")
        };
        let (sure, perhaps) = (of(Answer::Yes), of(Answer::Unclear));
        match row.has_password() {
            Flag::No => {}
            Flag::Yes if !sure.is_empty() => {
                let note = format!("Made along with the user and never used: {sure}.");
                judge.fail(row.id(), row.name(), "user", note);
            }
            Flag::Yes if perhaps.is_empty() => judge.pass(),
            Flag::Unclear if sure.is_empty() && perhaps.is_empty() => judge.pass(),
            Flag::Yes | Flag::Unclear => {
                let note = "The report does not say enough about its password or keys.";
                judge.unknown(row.id(), row.name(), "user", note);
            }
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    Unclear,
}

/// Whether it is an active key that was made along with the user and never used.
fn initial(row: &CredentialRow, key: &Key<'_>) -> Answer {
    let active = match key.active {
        Flag::Yes => Answer::Yes,
        Flag::No => return Answer::No,
        Flag::Unclear => Answer::Unclear,
    };
    let unused = match key.used {
        Moment::At(_) => return Answer::No,
        Moment::Never => Answer::Yes,
        Moment::Unclear => Answer::Unclear,
    };
    let made = Moment::of(row.user_creation_time.as_deref());
    let along = match (made, key.rotated) {
        (Moment::At(user), Moment::At(key)) => {
            if (key.unix() - user.unix()).abs() > ALONG_S {
                return Answer::No;
            }
            Answer::Yes
        }
        _ => Answer::Unclear,
    };
    if [active, unused, along].contains(&Answer::Unclear) {
        Answer::Unclear
    } else {
        Answer::Yes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

    const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,access_key_1_active,\
                           access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,\
                           access_key_2_last_rotated,access_key_2_last_used_date";
    const NONE: &str = "false,N/A,N/A";

    fn outcome(made: &str, password: &str, one: &str, two: &str) -> Outcome {
        Account::new()
            .report(COLUMNS, &[&format!("a,1,{made},{password},{one},{two}")])
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn the_whole_table() {
        use Outcome::{Fail, NotApplicable, Pass, Unknown};
        const MADE: &str = "2024-03-02T14:00:00Z";
        for (made, password, key, expected) in [
            (MADE, "true", "true,2024-03-02T14:05:00Z,N/A", Fail),
            (MADE, "true", "true,2024-03-02T14:05:01Z,N/A", Pass),
            (
                MADE,
                "true",
                "true,2024-03-02T14:05:00Z,2024-03-03T00:00:00Z",
                Pass,
            ),
            (MADE, "true", "false,2024-03-02T14:05:00Z,N/A", Pass),
            (MADE, "true", "true,2024-03-02T14:05:00Z,soon", Unknown),
            (MADE, "true", "true,N/A,N/A", Unknown),
            ("N/A", "true", "true,2024-03-02T14:05:00Z,N/A", Unknown),
            (MADE, "true", "perhaps,2024-03-02T14:05:00Z,N/A", Unknown),
            (MADE, "perhaps", "true,2024-03-02T14:05:00Z,N/A", Unknown),
            (MADE, "perhaps", NONE, Pass),
            (
                MADE,
                "false",
                "true,2024-03-02T14:05:00Z,N/A",
                NotApplicable,
            ),
            (MADE, "true", NONE, Pass),
        ] {
            assert_eq!(
                outcome(made, password, key, NONE),
                expected,
                "{made} {password} {key}"
            );
            assert_eq!(
                outcome(made, password, NONE, key),
                expected,
                "the second: {key}"
            );
        }
    }

    #[test]
    fn columns_that_are_not_there_are_unknown_and_a_half_never_passes() {
        let account = Account::new().report("user,arn,password_enabled", &["a,1,true"]);
        assert_eq!(account.judge(&CHECK).outcome, Outcome::Unknown);
        let good = &format!("a,1,2024-03-02T14:00:00Z,true,{NONE},{NONE}")[..];
        let half = Account::new().half_report(COLUMNS, &[good]);
        assert_eq!(half.judge(&CHECK).outcome, Outcome::Unknown);
        let rootless = Account::new().rootless_report(COLUMNS, &[good]);
        assert_eq!(rootless.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &crate::datasets::CREDENTIAL_REPORT);
    }
}
