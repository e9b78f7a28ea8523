//! Without digests nobody can show that a log file is the one that CloudTrail wrote.

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
/// | is on, and validation is on | pass |
/// | is on, and validation is off | fail |
/// | is on, and its regions do not say or do not agree | unknown |
///
/// Without a trail that is on, it does not apply, if every trail and status was seen.
pub static CHECK: Check = Check {
    id: "aws.cloudtrail.validation",
    alias: "AWS-31",
    version: 1,
    title: "Every trail that is switched on validates its log files.",
    objectives: &["3.3.8[b]", "3.3.8[c]"],
    severity: Severity::Medium,
    remedy: "Open the listed trail in CloudTrail, edit its general details, and switch on log file validation: CloudTrail then writes a signed digest every hour.",
    console: TRAILS_PAGE,
    reperform: Reperform {
        portal: "CloudTrail > Trails > open each trail: Log file validation.",
        command: "aws cloudtrail describe-trails --query 'trailList[].[Name,LogFileValidationEnabled]'; for each trail, in its home region: aws cloudtrail get-trail-status --name ARN",
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
            Told::Yes => match trail.validation {
                Some(true) => judge.pass(),
                Some(false) => judge.fail(id, name, "trail", "Log file validation is off."),
                None => judge.unknown(
                    id,
                    name,
                    "trail",
                    "AWS does not say whether its log files are validated.",
                ),
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

    fn account(validation: Value, on: Value) -> Account {
        let members = json!({"LogFileValidationEnabled": validation});
        let account = listed(&[trail("t", "us-east-1", members)]);
        stand(
            account,
            &[(&arn("t", "us-east-1"), json!({"IsLogging": on}))],
        )
    }

    fn outcome(validation: Value, on: Value) -> Outcome {
        account(validation, on).judge(&CHECK).outcome
    }

    #[test]
    fn trails_that_are_on_must_validate() {
        assert_eq!(outcome(json!(true), json!(true)), Outcome::Pass);
        assert_eq!(
            account(json!(false), json!(true)).outcome(&CHECK),
            (Outcome::Fail, vec!["t".to_owned()])
        );
        assert_eq!(outcome(json!(false), json!(false)), Outcome::NotApplicable);
        let none = stand(listed(&[]), &[]);
        assert_eq!(none.judge(&CHECK).outcome, Outcome::NotApplicable);
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        assert_eq!(outcome(Value::Null, json!(true)), Outcome::Unknown);
        assert_eq!(outcome(json!(true), Value::Null), Outcome::Unknown);
        assert_eq!(outcome(json!(false), Value::Null), Outcome::Unknown);
        let unread = stand(account(json!(true), json!(true)), &[]);
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
        let page = |said: bool| {
            let members = json!({"LogFileValidationEnabled": said});
            json!({"trailList": [trail("t", "us-east-1", members)]}).to_string()
        };
        let disagreeing = account(json!(true), json!(true)).regions(
            &CLOUDTRAIL_TRAILS,
            &[("us-east-1", &page(true)), ("us-west-2", &page(false))],
        );
        assert_eq!(disagreeing.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &CLOUDTRAIL_TRAILS);
        refused_is_unknown(&CHECK, &CLOUDTRAIL_STATUS);
    }
}
