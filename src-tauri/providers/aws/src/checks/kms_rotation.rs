//! The longer a key is in use, the more there is to read for whoever gets hold of it.

use super::{
    keys::{KEYS_PAGE, KIND, Owner, WHOSE, keys, owner},
    told::also,
};
use crate::datasets::{KMS_ROTATION, KeyRotation, KmsKey};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Judged are the company's own keys that are in use, symmetric, with material made by KMS, and not the copy of
/// a key of another region: KMS rotates only those by itself.
///
/// | rotation of such a key | judged |
/// | --- | --- |
/// | is off | fail |
/// | is on | pass |
/// | was not read, or is not told; or AWS does not say whether the key is such a one, and its rotation is not on | unknown |
///
/// Without such a key, every region having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.kms.rotation",
    alias: "AWS-66",
    version: 1,
    title: "The company's KMS keys are rotated automatically.",
    objectives: &["3.13.10[b]"],
    severity: Severity::Medium,
    remedy: "Open the listed key > Key rotation and switch on automatic rotation. What was encrypted before stays readable; nothing has to be changed in programs.",
    console: KEYS_PAGE,
    reperform: Reperform {
        portal: "KMS > Customer managed keys, in each region > each key > Key rotation.",
        command: "for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do for key in $(aws kms list-keys --region $region --query 'Keys[].KeyArn' --output text); do aws kms get-key-rotation-status --region $region --key-id $key; done; done",
    },
    datasets: &["aws.kms_keys", "aws.kms_rotation"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let all = keys(collected, &mut judge);
    let rotations: Vec<KeyRotation> = also(collected, &mut judge, KMS_ROTATION.id);
    for key in &all {
        let Some(certain) = rotates(key) else {
            continue;
        };
        let mut told = rotations.iter().filter(|row| row.key == key.arn);
        let on = match (told.next(), told.next()) {
            (Some(row), None) => row.key_rotation_enabled,
            _ => None,
        };
        let name = key.name();
        match (on, certain) {
            (Some(true), _) => judge.pass(),
            (Some(false), Ok(())) => judge.fail(&key.arn, name, KIND, "It is never rotated."),
            (None, Ok(())) => {
                let note = "Whether it is rotated was not read.";
                judge.unknown(&key.arn, name, KIND, note);
            }
            (_, Err(why)) => judge.unknown(&key.arn, name, KIND, why),
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

/// Whether KMS can rotate a key by itself: `None` where it can't, and why it can't be told where AWS does not say.
fn rotates(key: &KmsKey) -> Option<Result<(), &'static str>> {
    let kind = "AWS does not say of which kind it is.";
    let mut doubt = None;
    let mut is = |value: Option<&str>, wanted: &str, why: &'static str| match value {
        None | Some("") => {
            doubt.get_or_insert(why);
            true
        }
        Some(value) => value == wanted,
    };
    let fits = is(
        key.key_state.as_deref(),
        "Enabled",
        "AWS does not say whether it is in use.",
    ) && is(key.key_spec.as_deref(), "SYMMETRIC_DEFAULT", kind)
        && is(
            key.origin.as_deref(),
            "AWS_KMS",
            "AWS does not say where its material is from.",
        );
    if !fits {
        return None;
    }
    let copy = key.multi_region_configuration.as_ref();
    match copy.map(|of| of.multi_region_key_type.as_deref()) {
        Some(Some("REPLICA")) => return None,
        Some(Some("PRIMARY")) => {}
        None if key.multi_region != Some(true) => {}
        _ => {
            doubt.get_or_insert("AWS does not say whether it is the copy of another key.");
        }
    }
    match owner(key) {
        Owner::Aws => return None,
        Owner::Unclear => {
            doubt.get_or_insert(WHOSE);
        }
        Owner::Customer => {}
    }
    Some(doubt.map_or(Ok(()), Err))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        checks::{
            keys::tests::{about, one},
            testing::refused_is_unknown,
        },
        datasets::KMS_KEYS,
    };
    use evidence::{Completeness, Outcome};
    use serde_json::{Value, json};

    fn outcome(members: Value, rotation: Value) -> Outcome {
        about(one(members), &KMS_ROTATION, &[("k-1", rotation)])
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn a_key_that_could_rotate_and_does_not_fails() {
        use Outcome::{Fail, Pass, Unknown};
        for (rotation, expected) in [
            (json!({"KeyRotationEnabled": true}), Pass),
            (json!({"KeyRotationEnabled": false}), Fail),
            (json!({}), Unknown),
            (json!({"KeyRotationEnabled": null}), Unknown),
            (json!({"KeyRotationEnabled": "true"}), Unknown),
            (json!({"__type": "KMSInvalidStateException"}), Unknown),
        ] {
            assert_eq!(outcome(json!({}), rotation.clone()), expected, "{rotation}");
        }
    }

    #[test]
    fn other_keys_are_not_judged() {
        for members in [
            json!({"KeyManager": "AWS"}),
            json!({"KeyState": "Disabled"}),
            json!({"KeySpec": "RSA_2048"}),
            json!({"Origin": "EXTERNAL"}),
            json!({"MultiRegion": true, "MultiRegionConfiguration": {"MultiRegionKeyType": "REPLICA"}}),
        ] {
            let off = json!({"KeyRotationEnabled": false});
            assert_eq!(
                outcome(members.clone(), off),
                Outcome::NotApplicable,
                "{members}"
            );
        }
        let primary = json!({"MultiRegion": true, "MultiRegionConfiguration": {"MultiRegionKeyType": "PRIMARY"}});
        assert_eq!(
            outcome(primary, json!({"KeyRotationEnabled": false})),
            Outcome::Fail
        );
    }

    #[test]
    fn a_key_of_an_unknown_kind_is_unknown_unless_it_rotates() {
        for members in [
            json!({"KeyManager": null}),
            json!({"KeyState": null}),
            json!({"KeySpec": null}),
            json!({"Origin": null}),
            json!({"MultiRegion": true}),
            json!({"MultiRegionConfiguration": {}}),
        ] {
            let off = json!({"KeyRotationEnabled": false});
            assert_eq!(outcome(members.clone(), off), Outcome::Unknown, "{members}");
            let on = json!({"KeyRotationEnabled": true});
            assert_eq!(outcome(members.clone(), on), Outcome::Pass, "{members}");
        }
    }

    #[test]
    fn what_was_not_read_is_unknown() {
        refused_is_unknown(&CHECK, &KMS_KEYS);
        refused_is_unknown(&CHECK, &KMS_ROTATION);
        let unread = one(json!({})).pages(&KMS_ROTATION, vec![], Completeness::complete());
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
    }
}
