//! Whoever holds the key decides who reads the record.

use super::{
    told::{Told, also},
    trails::{TRAILS_PAGE, records, trails},
};
use crate::datasets::{CLOUDTRAIL_STATUS, TrailStatus};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

/// The rule.
///
/// | a trail | judged |
/// | --- | --- |
/// | is off | not at all: `aws.cloudtrail.multi_region` reports that |
/// | may be off: its status was not read, or does not say | unknown |
/// | is on, and every region that sees it names its KMS key | pass |
/// | is on, and no region names a key | fail: AWS gives none where there is none |
/// | is on, and its regions do not agree | unknown |
///
/// Without a trail that is on, it does not apply, if every trail and status was seen.
pub static CHECK: Check = Check {
    id: "aws.cloudtrail.kms",
    alias: "AWS-32",
    version: 1,
    title: "Every trail that is switched on encrypts its files by a KMS key.",
    objectives: &["3.3.8[a]", "3.13.16[a]", "3.13.11[a]"],
    severity: Severity::Medium,
    remedy: "Open the listed trail in CloudTrail, edit its general details, and switch on SSE-KMS encryption of log files with a key whose policy lets CloudTrail encrypt and only auditors decrypt.",
    console: TRAILS_PAGE,
    reperform: Reperform {
        portal: "CloudTrail > Trails > open each trail: Log file SSE-KMS encryption.",
        command: "aws cloudtrail describe-trails --query 'trailList[].[Name,KmsKeyId]'; for each trail, in its home region: aws cloudtrail get-trail-status --name ARN",
    },
    datasets: &["aws.cloudtrail_trails", "aws.cloudtrail_status"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (trails, mut judge) = match trails(collected) {
        Ok(found) => found,
        Err(reason) => return reason.into(),
    };
    let statuses: Vec<TrailStatus> = also(collected, &mut judge, CLOUDTRAIL_STATUS.id);
    for trail in &trails.list {
        let (id, name) = (&trail.arn, trail.name());
        match records(&statuses, id) {
            Told::No(_) => {}
            Told::Unclear(why) => judge.unknown(id, name, "trail", why),
            Told::Yes => match trail.encrypted {
                Some(true) => judge.pass(),
                Some(false) => judge.fail(
                    id,
                    name,
                    "trail",
                    "Its files are not encrypted by a KMS key.",
                ),
                None => {
                    let note = "Its regions do not agree whether it has a KMS key.";
                    judge.unknown(id, name, "trail", note);
                }
            },
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        checks::{
            testing::{Account, refused_is_unknown},
            trails::tests::{arn, listed, stand, trail},
        },
        datasets::CLOUDTRAIL_TRAILS,
    };
    use evidence::Outcome;
    use serde_json::{Value, json};

    fn account(key: Value, on: Value) -> Account {
        let account = listed(&[trail("t", "us-east-1", json!({"KmsKeyId": key}))]);
        stand(
            account,
            &[(&arn("t", "us-east-1"), json!({"IsLogging": on}))],
        )
    }

    #[test]
    fn trails_that_are_on_need_a_key() {
        let outcome = |key: Value, on: Value| account(key, on).outcome(&CHECK);
        assert_eq!(outcome(json!("k"), json!(true)).0, Outcome::Pass);
        let without = (Outcome::Fail, vec!["t".to_owned()]);
        assert_eq!(outcome(Value::Null, json!(true)), without);
        assert_eq!(outcome(json!(""), json!(true)), without);
        assert_eq!(outcome(json!(7), json!(true)).0, Outcome::Unknown);
        assert_eq!(outcome(Value::Null, json!(false)).0, Outcome::NotApplicable);
        assert_eq!(outcome(json!("k"), Value::Null).0, Outcome::Unknown);
        let none = stand(listed(&[]), &[]);
        assert_eq!(none.judge(&CHECK).outcome, Outcome::NotApplicable);
    }

    #[test]
    fn regions_have_to_agree_and_both_answers_are_needed() {
        let page = |key: Value| {
            json!({"trailList": [trail("t", "us-east-1", json!({"KmsKeyId": key}))]}).to_string()
        };
        let disagreeing = account(json!("k"), json!(true)).regions(
            &CLOUDTRAIL_TRAILS,
            &[
                ("us-east-1", &page(json!("k"))),
                ("us-west-2", &page(Value::Null)),
            ],
        );
        assert_eq!(disagreeing.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &CLOUDTRAIL_TRAILS);
        refused_is_unknown(&CHECK, &CLOUDTRAIL_STATUS);
    }
}
