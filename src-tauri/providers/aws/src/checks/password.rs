//! What the checks of the password policy have in common: they mean users with a console password only.

use super::report;
use crate::datasets::{Flag, PASSWORD_POLICY, PasswordPolicy};
use evidence::Population;
use provider_kit::{Collected, Judge, Verdict, WhenEmpty};

/// What a rule says of a policy.
pub enum Answer {
    /// It is as it should be.
    Right,
    /// It is not, and why.
    Wrong(String),
    /// It does not say.
    Unclear(String),
}

/// Judges the policy by `rule`. Not applicable where the credential report shows no user with a password and is whole
/// (see [`report::rows`]); without such a report users may have one, and the policy is judged as it stands.
pub fn judge(collected: &Collected<'_>, rule: impl FnOnce(&PasswordPolicy) -> Answer) -> Verdict {
    if let Ok(report) = report::rows(collected)
        && report.missing.is_none()
        && report
            .rows
            .iter()
            .filter(|row| !row.is_root())
            .all(|row| row.has_password() == Flag::No)
    {
        return Verdict::not_applicable(Population {
            seen: 0,
            total: Some(0),
            pages: report.pages,
            complete: true,
        });
    }
    let policy = match collected.one::<PasswordPolicy>(PASSWORD_POLICY.id) {
        Ok(policy) => policy,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::new();
    let (id, kind) = ("password-policy", "policy");
    let name = "password policy";
    match policy.exists {
        Some(true) => match rule(&policy) {
            Answer::Right => judge.pass(),
            Answer::Wrong(note) => judge.fail(id, name, kind, note),
            Answer::Unclear(note) => judge.unknown(id, name, kind, note),
        },
        Some(false) => judge.fail(id, name, kind, "No password policy is set."),
        None => judge.unknown(
            id,
            name,
            kind,
            "AWS does not say whether there is a policy.",
        ),
    }
    judge.conclude(WhenEmpty::Unknown(
        "There is always an answer about the policy.".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{password_length::CHECK, testing::Account};
    use crate::datasets::CREDENTIAL_REPORT;
    use evidence::Outcome;

    #[test]
    fn it_does_not_apply_only_where_the_whole_report_shows_no_password() {
        let columns = "user,arn,password_enabled";
        let none =
            Account::case("mixed").report(columns, &["<root_account>,r,true", "bot,1,false"]);
        assert_eq!(none.judge(&CHECK).outcome, Outcome::NotApplicable);
        let unclear = Account::case("mixed").report(columns, &["bot,1,N/A"]);
        assert_eq!(unclear.judge(&CHECK).outcome, Outcome::Fail);
        let rootless = |rows| Account::case("mixed").rootless_report(columns, rows);
        assert_eq!(
            rootless(&["bot,1,false"]).judge(&CHECK).outcome,
            Outcome::Fail,
            "users may be missing as root is, so the policy is judged"
        );
        assert_eq!(
            rootless(&[]).judge(&CHECK).outcome,
            Outcome::Fail,
            "a report of nobody says nothing of anybody"
        );
        let half = Account::case("mixed").half_report(columns, &["bot,1,false"]);
        assert_eq!(half.judge(&CHECK).outcome, Outcome::Fail);
        let refused = Account::case("mixed").without(&CREDENTIAL_REPORT);
        assert_eq!(
            refused.judge(&CHECK).outcome,
            Outcome::Fail,
            "a missing policy was seen"
        );
        let refused = Account::case("good").without(&CREDENTIAL_REPORT);
        assert_eq!(refused.judge(&CHECK).outcome, Outcome::Pass);
    }
}
