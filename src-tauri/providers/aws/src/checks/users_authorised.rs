//! Who may use the account is the company's decision; who can, AWS knows. This compares the two.

use super::USERS_PAGE;
use crate::datasets::{USERS, User};
use evidence::{Outcome as Answer, Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.users_authorised",
    alias: "AWS-IAM-USERS",
    version: 1,
    title: "Every IAM user is on the company's list of authorized users.",
    objectives: &["3.1.1[a]", "3.1.1[d]"],
    severity: Severity::Medium,
    remedy: "Compare the listed users with the people and programs that may use the account. Remove those who may not; enter the others in the list of authorized users, with who approved it.",
    console: USERS_PAGE,
    reperform: Reperform {
        portal: "IAM > Users: compare the names with the list of authorized users.",
        command: "aws iam list-users --query 'Users[].UserName'",
    },
    datasets: &["aws.iam_users"],
    parameters: &["aws.authorised_users"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let users = match collected.rows::<User>(USERS.id) {
        Ok(users) => users,
        Err(reason) => return reason.into(),
    };
    let authorized = collected.parameters.list("aws.authorised_users");
    let mut judge = Judge::over(&users);
    for user in &users.rows {
        let id = user
            .arn
            .as_deref()
            .or(user.user_name.as_deref())
            .unwrap_or_default();
        match user.user_name.as_deref() {
            None => judge.unknown(id, id, "user", "AWS does not name this user."),
            // Without a list nobody has said who may use the account: every user is for a person to look at.
            Some(name) if authorized.is_empty() => {
                judge.unknown(
                    id,
                    name,
                    "user",
                    "Nobody has entered yet whether this user is authorized.",
                );
            }
            Some(name) if authorized.contains(&name.to_lowercase()) => judge.pass(),
            Some(name) => judge.fail(id, name, "user", "Not on the list of authorized users."),
        }
    }
    let complete = users.missing.is_none();
    let mut verdict = judge.conclude(WhenEmpty::NotApplicable);
    if verdict.outcome == Answer::Unknown && authorized.is_empty() && complete {
        let detail = "The company has not entered its list of authorized users (parameter aws.authorised_users).";
        verdict.reason = Some(Reason::new(UnknownCode::NeedsJudgement, detail));
    }
    verdict
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

    fn with(names: &[&str]) -> Account {
        Account::case("mixed").with("aws.authorised_users", serde_json::json!(names))
    }

    #[test]
    fn users_on_the_list_pass_and_others_fail() {
        assert_eq!(
            with(&["AVERY", "blake", "casey", "deploy-bot"])
                .judge(&CHECK)
                .outcome,
            Outcome::Pass
        );
        let (outcome, names) = with(&["avery", "blake", "deploy-bot"]).outcome(&CHECK);
        assert_eq!((outcome, names), (Outcome::Fail, vec!["casey".to_owned()]));
    }

    #[test]
    fn without_a_list_every_user_is_shown_to_be_judged() {
        let verdict = with(&[]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::NeedsJudgement);
        assert_eq!(verdict.resources.len(), 4);
        assert!(verdict.population.complete);
    }

    #[test]
    fn no_user_no_question_but_a_refusal_is_unknown() {
        let none =
            b"<ListUsersResponse><ListUsersResult><Users/></ListUsersResult></ListUsersResponse>";
        let verdict = Account::new().page(&USERS, none.to_vec()).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::NotApplicable);
        refused_is_unknown(&CHECK, &USERS);
        let nameless = b"<ListUsersResponse><ListUsersResult><Users><member><Arn>x</Arn></member></Users></ListUsersResult></ListUsersResponse>";
        let verdict = with(&["avery"])
            .page(&USERS, nameless.to_vec())
            .judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Unknown);
    }
}
