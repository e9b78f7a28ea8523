//! Rights that hang on single users are forgotten when people change their work.

use super::{USERS_PAGE, named::named, rights::filled};
use crate::datasets::{AUTHORIZATION_DETAILS, Entity};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule, for each IAM user.
///
/// | attached policies | policies inside the user | verdict |
/// | --- | --- | --- |
/// | at least one | any | fail |
/// | any | at least one | fail |
/// | AWS does not list them | none, or not listed | unknown |
/// | none | AWS does not list them | unknown |
/// | none | none | pass |
///
/// There is no IAM user, and everything was seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.iam.user_direct_policies",
    alias: "AWS-19",
    version: 1,
    title: "IAM users get their permissions through groups and roles only.",
    objectives: &["3.1.2[a]", "3.1.2[b]", "3.1.5[b]"],
    severity: Severity::Low,
    remedy: "For each listed user: IAM > User groups, make a group for the work, attach the policies to it, add the user, and take the policies off the user. A policy inside the user has to be made a policy of its own first.",
    console: USERS_PAGE,
    reperform: Reperform {
        portal: "IAM > Users > the user > Permissions: the column Attached via names a group for every policy.",
        command: "aws iam get-account-authorization-details --filter User --query 'UserDetailList[].[UserName,AttachedManagedPolicies[].PolicyName,UserPolicyList[].PolicyName]'",
    },
    datasets: &["aws.iam_authorization_details"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let details = match collected.rows::<Entity>(AUTHORIZATION_DETAILS.id) {
        Ok(details) => details,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&details);
    for user in details.rows.iter().filter(|entity| entity.kind == "user") {
        let (attached, inline) = (user.attached_managed_policies.as_deref(), user.inline());
        let nameless = "a policy without a name";
        let names: Vec<&str> = attached
            .unwrap_or_default()
            .iter()
            .map(|policy| filled(&policy.policy_name).unwrap_or(nameless))
            .chain(
                inline
                    .unwrap_or_default()
                    .iter()
                    .map(|policy| filled(&policy.policy_name).unwrap_or(nameless)),
            )
            .collect();
        if !names.is_empty() {
            let note = format!("Has of its own: {}.", named(names));
            judge.fail(user.id(), user.name(), "user", note);
        } else if attached.is_none() || inline.is_none() {
            let note = "AWS does not list all policies of this user.";
            judge.unknown(user.id(), user.name(), "user", note);
        } else {
            judge.pass();
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    use super::super::iam_answers::{Iam, allow};
    use super::super::testing::refused_is_unknown;
    use super::*;
    use evidence::{Completeness, Outcome, Reason, UnknownCode};

    #[test]
    fn any_policy_of_the_user_itself_fails() {
        let inside = [("own", allow("s3:GetObject"))];
        let policy = ["arn:aws:iam::aws:policy/ReadOnlyAccess"];
        let iam = Iam::default()
            .group("team", &policy, &inside)
            .user("a", &["team"], &[], &[])
            .user("b", &[], &policy, &[])
            .user("c", &[], &[], &inside);
        assert_eq!(
            iam.account().outcome(&CHECK),
            (Outcome::Fail, vec!["b".to_owned(), "c".to_owned()])
        );
        let iam = Iam::default().group("team", &policy, &inside);
        assert_eq!(iam.account().judge(&CHECK).outcome, Outcome::NotApplicable);
        let iam = iam.user("a", &["team"], &[], &[]);
        assert_eq!(iam.account().judge(&CHECK).outcome, Outcome::Pass);
    }

    #[test]
    fn a_list_that_is_not_there_is_unknown() {
        let iam = Iam::default().user("a", &[], &[], &[]);
        for cut in ["<AttachedManagedPolicies/>", "<GroupList/>"] {
            let text = iam.text();
            assert!(text.contains(cut));
            let account = iam
                .account()
                .page(&AUTHORIZATION_DETAILS, text.replace(cut, "").into_bytes());
            assert_eq!(account.judge(&CHECK).outcome, Outcome::Unknown, "{cut}");
        }
    }

    #[test]
    fn half_an_answer_never_passes_but_can_fail() {
        let half = |attached: &[&str]| {
            let iam = Iam::default().user("a", &[], attached, &[]);
            let reason = Reason::new(UnknownCode::Partial, "half");
            iam.account()
                .part(
                    &AUTHORIZATION_DETAILS,
                    iam.text().into_bytes(),
                    Completeness::partial(reason),
                )
                .judge(&CHECK)
                .outcome
        };
        assert_eq!(half(&[]), Outcome::Unknown);
        assert_eq!(
            half(&["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
            Outcome::Fail
        );
        refused_is_unknown(&CHECK, &AUTHORIZATION_DETAILS);
    }
}
