//! What a deleted key encrypted is lost for good; the waiting time is there so that somebody notices.

use super::keys::{KEYS_PAGE, KIND, Owner, WHOSE, keys, owner};
use crate::datasets::KmsKey;
use evidence::{Severity, Timestamp};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule, for each of the company's own keys:
///
/// | its state | judged |
/// | --- | --- |
/// | waits for its deletion, and is in the parameter `aws.kms_keys_to_delete` | pass |
/// | waits for its deletion | fail |
/// | AWS does not give it, gives one that is not documented, or does not say whose the key is | unknown |
/// | another one | pass |
///
/// Without such a key, every region having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.kms.pending_deletion",
    alias: "AWS-67",
    version: 1,
    title: "No KMS key is about to be deleted, unless that is intended.",
    objectives: &["3.13.10[b]"],
    severity: Severity::Medium,
    remedy: "Find out what the listed key encrypts. If it is still needed, open it > Key actions > Cancel key deletion. If it is to go, enter it in the list of keys that are to be deleted, with who decided it.",
    console: KEYS_PAGE,
    reperform: Reperform {
        portal: "KMS > Customer managed keys, in each region: the Status column.",
        command: "for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do for key in $(aws kms list-keys --region $region --query 'Keys[].KeyArn' --output text); do aws kms describe-key --region $region --key-id $key --query 'KeyMetadata.[Arn,KeyManager,KeyState,DeletionDate]'; done; done",
    },
    datasets: &["aws.kms_keys"],
    parameters: &["aws.kms_keys_to_delete"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let intended = collected.parameters.list("aws.kms_keys_to_delete");
    for key in keys(collected, &mut judge) {
        let name = key.name();
        let waits = match key.key_state.as_deref() {
            Some("PendingDeletion" | "PendingReplicaDeletion") => Some(true),
            Some(
                "Creating" | "Enabled" | "Disabled" | "PendingImport" | "Unavailable" | "Updating",
            ) => Some(false),
            _ => None,
        };
        match (owner(&key), waits) {
            (Owner::Aws, _) => {}
            (Owner::Unclear, Some(true)) => judge.unknown(&key.arn, name, KIND, WHOSE),
            (_, Some(false)) => judge.pass(),
            (_, None) => {
                judge.unknown(
                    &key.arn,
                    name,
                    KIND,
                    "AWS does not say in which state it is.",
                );
            }
            (Owner::Customer, Some(true)) if is_listed(&intended, &key) => judge.pass(),
            (Owner::Customer, Some(true)) => {
                let note = match key.deletion_date {
                    Some(at) => {
                        format!("It will be deleted at {}.", Timestamp::from_unix(at as i64))
                    }
                    None => "It will be deleted.".to_owned(),
                };
                judge.fail(&key.arn, name, KIND, note);
            }
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

/// Whether a key is listed, by its ARN or its id.
fn is_listed(list: &[String], key: &KmsKey) -> bool {
    let arn = key.arn.to_lowercase();
    let id = arn.rsplit_once('/').map_or(arn.as_str(), |(_, id)| id);
    list.iter().any(|listed| *listed == arn || listed == id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        checks::{
            keys::tests::{arn, one},
            testing::{Account, refused_is_unknown},
        },
        datasets::KMS_KEYS,
    };
    use evidence::{Completeness, Outcome};
    use serde_json::json;

    fn waiting() -> Account {
        one(json!({"KeyState": "PendingDeletion", "DeletionDate": 1_798_128_893.5}))
    }

    #[test]
    fn a_key_that_waits_for_its_deletion_fails_unless_it_is_listed() {
        let verdict = waiting().judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Fail);
        assert_eq!(
            verdict.resources[0].note,
            "It will be deleted at 2026-12-24T16:14:53Z."
        );
        for listed in ["k-1", "K-1", &arn("k-1")] {
            let account = waiting().with("aws.kms_keys_to_delete", json!([listed]));
            assert_eq!(account.judge(&CHECK).outcome, Outcome::Pass, "{listed}");
        }
        let other = waiting().with("aws.kms_keys_to_delete", json!(["k-2"]));
        assert_eq!(other.judge(&CHECK).outcome, Outcome::Fail);
        let undated = one(json!({"KeyState": "PendingReplicaDeletion"}));
        assert_eq!(
            undated.judge(&CHECK).resources[0].note,
            "It will be deleted."
        );
    }

    #[test]
    fn the_other_states() {
        use Outcome::{NotApplicable, Pass, Unknown};
        for (members, expected) in [
            (json!({}), Pass),
            (json!({"KeyState": "Disabled"}), Pass),
            (json!({"KeyState": null}), Unknown),
            (json!({"KeyState": "PendingPurge"}), Unknown),
            (
                json!({"KeyManager": "AWS", "KeyState": null}),
                NotApplicable,
            ),
            (
                json!({"KeyManager": null, "KeyState": "PendingDeletion"}),
                Unknown,
            ),
            (json!({"KeyManager": null}), Pass),
        ] {
            assert_eq!(
                one(members.clone()).judge(&CHECK).outcome,
                expected,
                "{members}"
            );
        }
        refused_is_unknown(&CHECK, &KMS_KEYS);
        let none = Account::new().pages(&KMS_KEYS, vec![], Completeness::complete());
        assert_eq!(none.judge(&CHECK).outcome, Outcome::NotApplicable);
    }
}
