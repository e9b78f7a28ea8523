//! Files in a bucket are read after the fact; what is in CloudWatch can ring at once.

use super::{
    cloudtrail_multi_region::proof,
    selectors::records_management,
    told::{Told, also},
    trails::{OneTrail, TRAILS_PAGE, records, trails},
};
use crate::datasets::{CLOUDTRAIL_SELECTORS, CLOUDTRAIL_STATUS, TrailSelectors, TrailStatus};
use evidence::{Reason, Severity, Timestamp, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Gathered, Reperform, Verdict, WhenEmpty};

/// The rule.
///
/// | a trail | delivers to CloudWatch Logs |
/// | --- | --- |
/// | is on, records every management event in every region, names a log group, delivered to it within 24 hours, and without error | yes |
/// | does not say one of these, or its regions do not agree | can't be told |
/// | else | no |
///
/// | trails | judged |
/// | --- | --- |
/// | one does | pass |
/// | else one can't be told, or not every trail was seen | unknown |
/// | none does, and a SIEM is named that reads the trail's bucket (parameter) | unknown, `needs_judgement` |
/// | none does | each fails; without any trail the account does |
///
/// The 24 hours are counted to when the status was read. Trails that are off are not listed.
pub static CHECK: Check = Check {
    id: "aws.cloudtrail.cloudwatch",
    alias: "AWS-33",
    version: 2,
    title: "A trail of all regions delivers to CloudWatch Logs, where alarms can watch it.",
    objectives: &["3.3.5[a]", "3.3.5[b]", "3.3.6[a]", "3.14.6[a]"],
    severity: Severity::Medium,
    remedy: "Edit a trail that records in all regions, and switch on CloudWatch Logs with a log group and role of its own. If a SIEM reads the trail's bucket instead, enter its name.",
    console: TRAILS_PAGE,
    reperform: Reperform {
        portal: "CloudTrail > Trails > open each trail: CloudWatch Logs, with the last delivery.",
        command: "aws cloudtrail describe-trails --query 'trailList[].[Name,IsMultiRegionTrail,CloudWatchLogsLogGroupArn]'; for each trail, in its home region: aws cloudtrail get-trail-status --name ARN --query LatestCloudWatchLogsDeliveryTime",
    },
    datasets: &[
        "aws.cloudtrail_trails",
        "aws.cloudtrail_status",
        "aws.cloudtrail_selectors",
    ],
    parameters: &["aws.siem"],
    clouds: Clouds::All,
    evaluate,
};

const LATEST_HOURS: f64 = 24.0;
/// By so much a clock may differ.
const CLOCK_SECONDS: f64 = 600.0;

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (trails, mut judge) = match trails(collected) {
        Ok(found) => found,
        Err(reason) => return reason.into(),
    };
    let siem = collected.parameters.list("aws.siem");
    let statuses: Vec<TrailStatus> = also(collected, &mut judge, CLOUDTRAIL_STATUS.id);
    let selectors: Vec<TrailSelectors> = also(collected, &mut judge, CLOUDTRAIL_SELECTORS.id);
    // The status' own time: the list of trails may have been read days later.
    let asked = match collected.datasets.get(CLOUDTRAIL_STATUS.id) {
        Some(Gathered::Snapshot(records)) => records.collected_at,
        _ => collected.now,
    };
    let told: Vec<(&OneTrail, Told)> = trails
        .list
        .iter()
        .filter(|trail| !matches!(records(&statuses, &trail.arn), Told::No(_)))
        .map(|trail| (trail, delivers(trail, &statuses, &selectors, asked)))
        .collect();
    if told.iter().any(|(_, told)| *told == Told::Yes) {
        // One is enough: what else is lacking can't change it.
        return proof(judge, 1);
    }
    let mut open = !trails.complete;
    for (trail, told) in &told {
        if let Told::Unclear(why) = told {
            open = true;
            judge.unknown(&trail.arn, trail.name(), "trail", why);
        }
    }
    let complete = match collected.datasets.get(CLOUDTRAIL_STATUS.id) {
        Some(Gathered::Snapshot(records)) => records.completeness.complete,
        _ => false,
    };
    if open || !complete {
        // Silence could hide the one that is enough.
        return judge.conclude(WhenEmpty::Unknown("Not every trail was seen.".to_owned()));
    }
    if !siem.is_empty() {
        judge.lacks(Reason::new(
            UnknownCode::NeedsJudgement,
            format!(
                "No trail delivers to CloudWatch Logs. The company names {} instead; what that one watches, a person has to see.",
                siem.join(", ")
            ),
        ));
        return judge.conclude(WhenEmpty::NotApplicable);
    }
    for (trail, told) in &told {
        if let Told::No(why) = told {
            judge.fail(&trail.arn, trail.name(), "trail", why);
        }
    }
    judge.conclude(WhenEmpty::Fails(
        "No trail that is on delivers to CloudWatch Logs.".to_owned(),
    ))
}

fn delivers(
    trail: &OneTrail,
    statuses: &[TrailStatus],
    selectors: &[TrailSelectors],
    asked: Timestamp,
) -> Told {
    let group = match &trail.log_group {
        Some(Some(_)) => Told::Yes,
        Some(None) => Told::No("It names no log group.".to_owned()),
        None => Told::Unclear("Its regions do not agree about its log group.".to_owned()),
    };
    let status = statuses.iter().find(|status| status.trail == trail.arn);
    let delivery = match (&group, status) {
        (Told::No(_), _) => Told::Yes,
        (_, None) => Told::Unclear("Its status was not read.".to_owned()),
        (_, Some(status)) => delivered(status, asked),
    };
    Told::all([
        records(statuses, &trail.arn),
        Told::of(
            trail.multi_region,
            "It records in one region only.",
            "Its regions do not say, or do not agree, whether it records in all of them.",
        ),
        group,
        delivery,
        // A trail of data events alone delivers nothing to watch the account by.
        records_management(trail, selectors),
    ])
}

fn delivered(status: &TrailStatus, asked: Timestamp) -> Told {
    if let Some(error) = status
        .latest_cloud_watch_logs_delivery_error
        .as_deref()
        .filter(|error| !error.is_empty())
    {
        return Told::No(format!("Delivery to its log group fails: {error}."));
    }
    let asked = asked.unix() as f64;
    match status.latest_cloud_watch_logs_delivery_time {
        Some(at) if at > asked + CLOCK_SECONDS => {
            Told::Unclear("AWS names a delivery that is still to come.".to_owned())
        }
        Some(at) if asked - at > LATEST_HOURS * 3600.0 => {
            let at = Timestamp::from_unix(at as i64);
            Told::No(format!("It last delivered to its log group at {at}."))
        }
        Some(_) => Told::Yes,
        None => {
            Told::Unclear("AWS does not say when it last delivered to its log group.".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        checks::{
            testing::{Account, refused_is_unknown},
            trails::tests::{about, arn, listed, stand, taking_in, trail},
        },
        datasets::CLOUDTRAIL_TRAILS,
    };
    use evidence::{Completeness, Outcome};
    use serde_json::{Value, json};

    /// 2026-11-23T09:00:00Z, when the tests' data was collected.
    const NOW: f64 = 1_795_424_400.0;

    fn account(members: Value, status: Value) -> Account {
        let account = listed(&[trail("t", "us-east-1", members)]);
        let account = stand(account, &[(&arn("t", "us-east-1"), status)]);
        taking_in(account, "t", true)
    }

    fn group() -> Value {
        json!({"CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:trail:*"})
    }

    fn status(at: Value) -> Value {
        json!({"IsLogging": true, "LatestCloudWatchLogsDeliveryTime": at})
    }

    fn outcome(members: Value, status: Value) -> Outcome {
        account(members, status).judge(&CHECK).outcome
    }

    #[test]
    fn a_trail_has_to_deliver_within_a_day() {
        let day = 86_400.0;
        assert_eq!(outcome(group(), status(json!(NOW - day))), Outcome::Pass);
        assert_eq!(
            outcome(group(), status(json!(NOW - day - 1.0))),
            Outcome::Fail
        );
        assert_eq!(outcome(json!({}), status(json!(NOW))), Outcome::Fail);
        let one_region = json!({"CloudWatchLogsLogGroupArn": "g", "IsMultiRegionTrail": false});
        assert_eq!(outcome(one_region, status(json!(NOW))), Outcome::Fail);
        let failing = json!({"IsLogging": true, "LatestCloudWatchLogsDeliveryTime": NOW,
            "LatestCloudWatchLogsDeliveryError": "AccessDenied"});
        assert_eq!(outcome(group(), failing), Outcome::Fail);
        let off = json!({"IsLogging": false, "LatestCloudWatchLogsDeliveryTime": NOW});
        let verdict = account(group(), off).judge(&CHECK);
        assert_eq!(
            (verdict.outcome, verdict.resources.len()),
            (Outcome::Fail, 1)
        );
        let data_alone = taking_in(account(group(), status(json!(NOW))), "t", false);
        assert_eq!(data_alone.judge(&CHECK).outcome, Outcome::Fail);
        let none = about(stand(listed(&[]), &[]), &CLOUDTRAIL_SELECTORS, &[]);
        assert_eq!(none.judge(&CHECK).outcome, Outcome::Fail);
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        for (members, status) in [
            (group(), status(Value::Null)),
            (group(), status(json!(NOW + 86_400.0))),
            (group(), status(json!("today"))),
            (
                group(),
                json!({"IsLogging": null, "LatestCloudWatchLogsDeliveryTime": NOW}),
            ),
            (
                json!({"CloudWatchLogsLogGroupArn": "g", "IsMultiRegionTrail": null}),
                status(json!(NOW)),
            ),
        ] {
            assert_eq!(
                outcome(members, status.clone()),
                Outcome::Unknown,
                "{status}"
            );
        }
        let unread = stand(listed(&[trail("t", "us-east-1", group())]), &[]);
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &CLOUDTRAIL_TRAILS);
        refused_is_unknown(&CHECK, &CLOUDTRAIL_STATUS);
        refused_is_unknown(&CHECK, &CLOUDTRAIL_SELECTORS);
        let unread = account(group(), status(json!(NOW))).without(&CLOUDTRAIL_SELECTORS);
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
        let half = Completeness::partial(Reason::new(UnknownCode::Throttled, "slow"));
        let hidden = stand(listed(&[]).pages(&CLOUDTRAIL_TRAILS, vec![], half), &[]);
        assert_eq!(hidden.judge(&CHECK).outcome, Outcome::Unknown);
    }

    #[test]
    fn a_siem_instead_is_for_a_person_to_see() {
        let account = account(json!({}), status(json!(NOW))).with("aws.siem", json!(["Splunk"]));
        let verdict = account.judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::NeedsJudgement);
    }
}
