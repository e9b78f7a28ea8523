//! Who can switch off the record can hide what was done; who can use every key can read everything.

use super::{
    POLICIES_PAGE, for_a_person,
    own_policies::{self, Own},
    permissions::Permissions,
    ways::{self, Way},
};
use crate::datasets::{AUTHORIZATION_DETAILS, Entity};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The company's own list of policies for those who look after logs and keys.
const APPROVED: &str = "aws.log_and_key_policies";
/// What changes or ends the record, and what decrypts.
const ACTIONS: [(&str, &str); 6] = [
    ("cloudtrail:StopLogging", "trail"),
    ("cloudtrail:DeleteTrail", "trail"),
    ("cloudtrail:UpdateTrail", "trail"),
    ("cloudtrail:PutEventSelectors", "trail"),
    ("kms:Decrypt", "key"),
    ("kms:ReEncryptFrom", "key"),
];

/// The rule, for each policy of the company's own ([`own_policies::each`]); [`super::permissions::Grant`] says what a document grants.
///
/// | the document | verdict |
/// | --- | --- |
/// | allows everything: a matter of `aws.iam.no_star_star` | not counted |
/// | its policy is on the company's list (by name or id) | pass |
/// | grants one of [`ACTIONS`] | fail; unknown where it can't be told whether the policy counts |
/// | grants one under a condition only: a person looks whether that keeps it to the holder's own work | unknown |
/// | can't be read | unknown |
/// | grants none of them | pass |
///
/// There is no policy of the company's own, and everything was seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.iam.log_admin_restricted",
    alias: "AWS-21",
    version: 1,
    title: "Only those who look after logs and keys can change the record or use every key.",
    objectives: &["3.3.9[a]", "3.3.9[b]", "3.3.8[e]", "3.3.8[f]", "3.13.10[b]"],
    severity: Severity::Medium,
    remedy: "For each listed policy: IAM > Policies > the policy > Edit, or the user, group or role that holds it. Allow reading actions of CloudTrail only, and name the keys. If it is meant for those who look after logs and keys, enter it in the list of such policies, with who approved it.",
    console: POLICIES_PAGE,
    reperform: Reperform {
        portal: "IAM > Policies, filter Customer managed, and Permissions of each user, group and role: look for actions of CloudTrail and KMS on every resource.",
        command: "aws iam get-account-authorization-details --filter User Group Role LocalManagedPolicy",
    },
    datasets: &["aws.iam_authorization_details"],
    parameters: &[APPROVED],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let details = match collected.rows::<Entity>(AUTHORIZATION_DETAILS.id) {
        Ok(details) => details,
        Err(reason) => return reason.into(),
    };
    let approved = collected.parameters.list(APPROVED);
    let mut judge = Judge::over(&details);
    let mut looks = 0;
    own_policies::each(&mut judge, &details.rows, |judge, own| {
        let on_list = [&own.id, &own.name]
            .into_iter()
            .any(|known| approved.contains(&known.to_lowercase()));
        if on_list {
            judge.pass();
        } else {
            looks += usize::from(tell(judge, own));
        }
    });
    for_a_person::conclude(judge, looks, WhenEmpty::NotApplicable)
}

/// Judges a policy; whether a person has to look at it.
fn tell(judge: &mut Judge, own: &Own<'_>) -> bool {
    if own.allows().everything.is_some() {
        return false;
    }
    let permissions = Permissions::of(own.document).in_account_of(&own.id);
    let ways: Vec<Way> = ACTIONS
        .iter()
        .map(|(action, kind)| ((*action).to_owned(), permissions.grant(action, kind)))
        .collect();
    let look = "the condition keeps it to the holder's work";
    ways::tell(judge, own, &ways, look)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::iam_answers::{Iam, allow};
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

    #[test]
    fn each_action_on_everything_fails_and_reading_passes() {
        for (action, _) in ACTIONS {
            assert_eq!(outcome(allow(action)), Outcome::Fail, "{action}");
        }
        for action in ["cloudtrail:*", "kms:*", "kms:D*", "kms:*Encrypt*"] {
            assert_eq!(outcome(allow(action)), Outcome::Fail, "{action}");
        }
        for action in ["cloudtrail:Get*", "kms:Describe*", "s3:*"] {
            assert_eq!(outcome(allow(action)), Outcome::Pass, "{action}");
        }
        let one_key = json!({"Statement": {"Effect": "Allow", "Action": "kms:*",
            "Resource": "arn:aws:kms:us-east-1:123456789012:key/1"}});
        assert_eq!(outcome(one_key), Outcome::Pass);
        let every_key = json!({"Statement": {"Effect": "Allow", "Action": "kms:*",
            "Resource": "arn:aws:kms:*:123456789012:key/*"}});
        assert_eq!(outcome(every_key), Outcome::Fail);
        assert_eq!(outcome(allow("*")), Outcome::NotApplicable);
    }

    #[test]
    fn the_companys_list_approves_by_name_or_id() {
        let account = || with(allow("cloudtrail:*")).account();
        for approved in ["P", "arn:aws:iam::123456789012:policy/p"] {
            let verdict = account().with(APPROVED, json!([approved])).judge(&CHECK);
            assert_eq!(verdict.outcome, Outcome::Pass, "{approved}");
        }
        let other = account().with(APPROVED, json!(["q"])).judge(&CHECK);
        assert_eq!(other.outcome, Outcome::Fail);
    }

    #[test]
    fn a_condition_is_for_a_person_and_damage_is_not() {
        let document = json!({"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
            "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}}});
        let verdict = with(document).account().judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::NeedsJudgement);
        let verdict = with(json!({"Statement": {"Effect": "Allow"}}))
            .account()
            .judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::MalformedAnswer);
        let doubtful = Iam::default().policy("p", None, &[(true, allow("kms:*"))]);
        assert_eq!(doubtful.account().judge(&CHECK).outcome, Outcome::Unknown);
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
        assert_eq!(half("kms:*"), Outcome::Fail);
        refused_is_unknown(&CHECK, &AUTHORIZATION_DETAILS);
    }
}
