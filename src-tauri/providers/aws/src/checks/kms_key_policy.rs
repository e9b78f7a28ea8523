//! A key's own policy can let in everybody, whatever the account's policies say.

use super::{
    for_a_person,
    keys::{KEYS_PAGE, KIND, Owner, WHOSE, keys, owner},
    resource_policy::{Open, open_to_everybody},
    told::also,
};
use crate::datasets::{KMS_POLICIES, KeyPolicy, KmsKey};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use serde_json::Value;
use std::collections::BTreeSet;

/// The rule, for each of the company's own keys; the most open statement of its policy decides:
///
/// | the policy | judged |
/// | --- | --- |
/// | allows something to everybody (or to everybody but some), without a condition | fail |
/// | the same, under a condition that names accounts, organizations or resources of an account | pass |
/// | the same, under another condition | unknown, for a person |
/// | was not read, or has a statement that can't be read | unknown |
/// | allows those only whom it names | pass |
///
/// Of a key of which AWS does not say whose it is, an open policy is unknown. Without such a key, every region having been
/// seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.kms.key_policy_public",
    alias: "AWS-68",
    version: 1,
    title: "No key policy lets in everybody.",
    objectives: &["3.13.10[b]", "3.1.3[e]"],
    severity: Severity::High,
    remedy: "Open the listed key > Key policy, and name the principals that need it in place of the star, or add a condition on kms:CallerAccount or aws:PrincipalOrgID.",
    console: KEYS_PAGE,
    reperform: Reperform {
        portal: "KMS > Customer managed keys, in each region > each key > Key policy: no statement allows the principal *.",
        command: "for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do for key in $(aws kms list-keys --region $region --query 'Keys[].KeyArn' --output text); do aws kms get-key-policy --region $region --key-id $key --policy-name default --query Policy --output text; done; done",
    },
    datasets: &["aws.kms_keys", "aws.kms_policies"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let all = keys(collected, &mut judge);
    let policies: Vec<KeyPolicy> = also(collected, &mut judge, KMS_POLICIES.id);
    let arns: BTreeSet<&str> = all
        .iter()
        .map(|key| key.arn.as_str())
        .chain(policies.iter().map(|policy| policy.key.as_str()))
        .collect();
    let mut looks = 0;
    for arn in arns {
        let key = all.iter().find(|key| key.arn == arn);
        let owner = key.map_or(Owner::Unclear, owner);
        if owner == Owner::Aws {
            continue;
        }
        let name = key.map_or_else(|| arn.to_owned(), KmsKey::name);
        let mut of_key = policies.iter().filter(|policy| policy.key == arn);
        let open = match (of_key.next(), of_key.next()) {
            (Some(policy), None) => policy
                .policy
                .as_deref()
                .and_then(|text| serde_json::from_str::<Value>(text).ok())
                .map(|document| open_to_everybody(&document)),
            _ => None,
        };
        match (open, owner) {
            (Some(Open::No), _) => judge.pass(),
            (Some(Open::Yes), Owner::Customer) => {
                judge.fail(arn, name, KIND, "Its policy lets in everybody.");
            }
            (Some(Open::Perhaps), Owner::Customer) => {
                looks += 1;
                let note = "Its policy lets in everybody under a condition that names no account: look whether that is meant.";
                judge.unknown(arn, name, KIND, note);
            }
            (Some(Open::Unclear), Owner::Customer) => {
                let note = "A statement of its policy can't be read.";
                judge.unknown(arn, name, KIND, note);
            }
            (None, Owner::Customer) => {
                judge.unknown(arn, name, KIND, "Its policy was not read.");
            }
            (_, Owner::Unclear | Owner::Aws) => judge.unknown(arn, name, KIND, WHOSE),
        }
    }
    for_a_person::conclude(judge, looks, WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        checks::{
            keys::tests::{about, one},
            testing::{Account, refused_is_unknown},
        },
        datasets::KMS_KEYS,
    };
    use evidence::{Completeness, Outcome, UnknownCode};
    use serde_json::json;

    fn account(members: Value, statement: Value) -> Account {
        let text = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        about(
            one(members),
            &KMS_POLICIES,
            &[("k-1", json!({"Policy": text}))],
        )
    }

    fn everybody(condition: Value) -> Value {
        json!({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*", "Condition": condition})
    }

    #[test]
    fn an_open_policy_fails_and_a_condition_is_looked_at() {
        use Outcome::{Fail, NotApplicable, Pass, Unknown};
        let named =
            json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}});
        let account_only = json!({"StringEquals": {"kms:CallerAccount": "123456789012"}});
        let service = json!({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}});
        for (members, statement, expected) in [
            (json!({}), named, Pass),
            (json!({}), everybody(json!({})), Fail),
            (json!({}), everybody(account_only), Pass),
            (json!({}), everybody(service), Unknown),
            (json!({}), json!({"Effect": "Allow"}), Unknown),
            (
                json!({"KeyManager": "AWS"}),
                everybody(json!({})),
                NotApplicable,
            ),
            (json!({"KeyManager": null}), everybody(json!({})), Unknown),
        ] {
            let verdict = account(members.clone(), statement.clone()).judge(&CHECK);
            assert_eq!(verdict.outcome, expected, "{members} {statement}");
        }
        let looked = account(
            json!({}),
            everybody(json!({"Bool": {"aws:SecureTransport": "true"}})),
        );
        let reason = looked.judge(&CHECK).reason.unwrap();
        assert_eq!(reason.code, UnknownCode::NeedsJudgement);
    }

    #[test]
    fn what_was_not_read_is_unknown() {
        refused_is_unknown(&CHECK, &KMS_KEYS);
        refused_is_unknown(&CHECK, &KMS_POLICIES);
        for body in [
            json!({}),
            json!({"Policy": "not json"}),
            json!({"Policy": 7}),
        ] {
            let account = about(one(json!({})), &KMS_POLICIES, &[("k-1", body.clone())]);
            assert_eq!(account.judge(&CHECK).outcome, Outcome::Unknown, "{body}");
        }
        let unread = one(json!({})).pages(&KMS_POLICIES, vec![], Completeness::complete());
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
    }

    #[test]
    fn an_open_policy_of_a_key_that_was_not_described_is_unknown() {
        let open = account(json!({}), everybody(json!({})));
        let undescribed = open.pages(&KMS_KEYS, vec![], Completeness::complete());
        assert_eq!(undescribed.judge(&CHECK).outcome, Outcome::Unknown);
    }
}
