//! Some single rights are enough to take all others.

use super::{
    POLICIES_PAGE, for_a_person,
    own_policies::{self, Own},
    permissions::Permissions,
    ways::{self, Way},
};
use crate::datasets::{AUTHORIZATION_DETAILS, Entity};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Actions of which one is enough, with the kind of thing they are done to.
const ALONE: [(&str, &str); 13] = [
    ("iam:CreatePolicyVersion", "policy"),
    ("iam:SetDefaultPolicyVersion", "policy"),
    ("iam:AttachUserPolicy", "user"),
    ("iam:AttachGroupPolicy", "group"),
    ("iam:AttachRolePolicy", "role"),
    ("iam:PutUserPolicy", "user"),
    ("iam:PutGroupPolicy", "group"),
    ("iam:PutRolePolicy", "role"),
    ("iam:AddUserToGroup", "group"),
    ("iam:UpdateAssumeRolePolicy", "role"),
    ("iam:CreateAccessKey", "user"),
    ("iam:CreateLoginProfile", "user"),
    ("iam:UpdateLoginProfile", "user"),
];
/// Actions that are enough together.
const TOGETHER: [&[(&str, &str)]; 4] = [
    &[PASS_ROLE, ("ec2:RunInstances", "instance")],
    &[
        PASS_ROLE,
        ("lambda:CreateFunction", "function"),
        ("lambda:InvokeFunction", "function"),
    ],
    &[PASS_ROLE, ("cloudformation:CreateStack", "stack")],
    &[PASS_ROLE, ("glue:CreateDevEndpoint", "devEndpoint")],
];
const PASS_ROLE: (&str, &str) = ("iam:PassRole", "role");

/// The rule, for each policy of the company's own ([`own_policies::each`]); [`super::permissions::Grant`] says what a document grants.
///
/// | the document | attached, or inside a user, group or role | it can't be told whether it counts |
/// | --- | --- | --- |
/// | allows everything: a matter of `aws.iam.no_star_star` | not counted | not counted |
/// | grants one of [`ALONE`], or all of one of [`TOGETHER`] | fail | unknown |
/// | grants them under a condition only: a person looks whether that keeps them in bounds | unknown | unknown |
/// | can't be read | unknown | unknown |
/// | grants none of them | pass | pass |
///
/// There is no policy of the company's own, and everything was seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.iam.privilege_escalation",
    alias: "AWS-20",
    version: 1,
    title: "No policy of the company's own lets its holder take more rights.",
    objectives: &["3.1.5[d]", "3.1.7[c]"],
    severity: Severity::High,
    remedy: "For each listed policy: IAM > Policies > the policy > Edit, or the user, group or role that holds it. Name the users, roles or policies that the listed actions are needed for, or allow them only with a permissions boundary (condition iam:PermissionsBoundary).",
    console: POLICIES_PAGE,
    reperform: Reperform {
        portal: "IAM > Policies, filter Customer managed, and Permissions of each user, group and role: look for the named actions on every resource.",
        command: "aws iam get-account-authorization-details --filter User Group Role LocalManagedPolicy",
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
    let mut looks = 0;
    own_policies::each(&mut judge, &details.rows, |judge, own| {
        looks += usize::from(tell(judge, own));
    });
    for_a_person::conclude(judge, looks, WhenEmpty::NotApplicable)
}

/// Judges a policy; whether a person has to look at it.
fn tell(judge: &mut Judge, own: &Own<'_>) -> bool {
    if own.allows().everything.is_some() {
        return false;
    }
    let permissions = Permissions::of(own.document).in_account_of(&own.id);
    let alone = ALONE
        .iter()
        .map(|(action, kind)| ((*action).to_owned(), permissions.grant(action, kind)));
    let together = TOGETHER.iter().map(|all| {
        let names: Vec<&str> = all.iter().map(|(action, _)| *action).collect();
        (names.join(" with "), permissions.all(all))
    });
    let ways: Vec<Way> = alone.chain(together).collect();
    let look = "the condition keeps its holder in bounds";
    ways::tell(judge, own, &ways, look)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::iam_answers::{ACCOUNT, Iam, allow};
    use super::super::testing::refused_is_unknown;
    use super::*;
    use evidence::{Completeness, Outcome, Reason, UnknownCode};
    use serde_json::{Value, json};

    fn with(document: Value) -> Iam {
        Iam::default().policy("p", Some(1), &[(true, document)])
    }

    fn outcome(document: Value) -> Outcome {
        with(document).account().judge(&CHECK).outcome
    }

    fn actions(actions: &[&str]) -> Value {
        json!({"Statement": {"Effect": "Allow", "Action": actions, "Resource": "*"}})
    }

    #[test]
    fn each_way_is_enough_and_half_a_way_is_not() {
        for (action, _) in ALONE {
            assert_eq!(outcome(actions(&[action])), Outcome::Fail, "{action}");
        }
        for way in TOGETHER {
            let names: Vec<&str> = way.iter().map(|(action, _)| *action).collect();
            assert_eq!(outcome(actions(&names)), Outcome::Fail, "{names:?}");
            for left_out in 0..names.len() {
                let mut some = names.clone();
                some.remove(left_out);
                assert_eq!(outcome(actions(&some)), Outcome::Pass, "{some:?}");
            }
        }
        assert_eq!(outcome(allow("iam:*")), Outcome::Fail);
        assert_eq!(outcome(allow("iam:Get*")), Outcome::Pass);
    }

    #[test]
    fn ones_own_keys_are_no_way_and_a_denial_closes_one() {
        let own = json!({"Statement": {"Effect": "Allow", "Action": "iam:CreateAccessKey",
            "Resource": "arn:aws:iam::123456789012:user/${aws:username}"}});
        assert_eq!(outcome(own), Outcome::Pass);
        let denied = json!({"Statement": [
            {"Effect": "Allow", "NotAction": "s3:*", "Resource": "arn:aws:iam::123456789012:*"},
            {"Effect": "Deny", "Action": "iam:*", "Resource": "*"},
        ]});
        assert_eq!(outcome(denied), Outcome::Pass);
    }

    #[test]
    fn everything_is_another_checks_matter() {
        assert_eq!(outcome(allow("*")), Outcome::NotApplicable);
        assert_eq!(
            Iam::default().account().judge(&CHECK).outcome,
            Outcome::NotApplicable
        );
    }

    #[test]
    fn a_condition_is_for_a_person_and_the_way_is_told() {
        let document = json!({"Statement": {"Effect": "Allow", "Action": ["iam:PutRolePolicy", "iam:AttachRolePolicy"],
            "Resource": "*", "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn"}}}});
        let verdict = with(document.clone()).account().judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::NeedsJudgement);
        assert_eq!(
            verdict.resources[0].note,
            "Grants iam:AttachRolePolicy, iam:PutRolePolicy on everything under a condition. Look whether the condition \
             keeps its holder in bounds."
        );
        let odd = with(document)
            .policy(
                "q",
                Some(1),
                &[(true, json!({"Statement": {"Effect": "Allow"}}))],
            )
            .account()
            .judge(&CHECK);
        assert_eq!(odd.reason.unwrap().code, UnknownCode::MalformedAnswer);
    }

    #[test]
    fn policies_inside_and_doubts_count_as_for_every_policy() {
        let inside = [("i", allow("iam:PutUserPolicy"))];
        let iam = Iam::default().role("/", "r", &[], &inside);
        assert_eq!(
            iam.account().outcome(&CHECK),
            (Outcome::Fail, vec!["r, inline policy i".to_owned()])
        );
        let nowhere = Iam::default().policy("p", Some(0), &[(true, allow("iam:*"))]);
        assert_eq!(nowhere.account().judge(&CHECK).outcome, Outcome::Pass);
        let perhaps = Iam::default().policy("p", None, &[(true, allow("iam:*"))]);
        assert_eq!(perhaps.account().judge(&CHECK).outcome, Outcome::Unknown);
        let missing = Iam::default().user("u", &[], &[&format!("{ACCOUNT}policy/own")], &[]);
        assert_eq!(missing.account().judge(&CHECK).outcome, Outcome::Unknown);
    }

    #[test]
    fn half_an_answer_never_passes_but_can_fail() {
        let half = |action: &str| {
            let iam = with(allow(action));
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
        assert_eq!(half("s3:*"), Outcome::Unknown);
        assert_eq!(half("iam:*"), Outcome::Fail);
        refused_is_unknown(&CHECK, &AUTHORIZATION_DETAILS);
    }
}
