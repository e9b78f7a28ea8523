//! A trail that is on but delivers nothing leaves no record, and nobody notices until it is needed.

use super::{
    told::also,
    trails::{TRAILS_PAGE, name_of, trails},
};
use crate::datasets::{CLOUDTRAIL_STATUS, TrailStatus};
use evidence::{Severity, Timestamp};
use provider_kit::{Check, Clouds, Collected, Gathered, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

/// The rule.
///
/// | a trail's status | judged |
/// | --- | --- |
/// | was not read, or does not say whether the trail is on | unknown |
/// | the trail is off | not at all: `aws.cloudtrail.multi_region` reports that |
/// | names an error of the last delivery, or of the last delivery of digests | fail |
/// | the last delivery is more than 24 hours old | fail |
/// | the last delivery is not more than 24 hours old | pass |
/// | names no last delivery | unknown |
///
/// AWS gives the errors only when there is one. Without a trail that is on, it does not apply, if every status was seen.
pub static CHECK: Check = Check {
    id: "aws.cloudtrail.delivery_ok",
    alias: "AWS-30",
    version: 1,
    title: "Every trail that is switched on delivers its records.",
    objectives: &["3.3.4[b]", "3.3.4[c]", "3.3.1[c]"],
    severity: Severity::High,
    remedy: "Open the listed trail in CloudTrail: its page names the error. Mostly the bucket was deleted, its policy no longer lets CloudTrail write, or the KMS key's policy no longer lets CloudTrail encrypt.",
    console: TRAILS_PAGE,
    reperform: Reperform {
        portal: "CloudTrail > Trails > open each trail: Last log file delivered, and the delivery errors shown at the top.",
        command: "for each trail, in its home region: aws cloudtrail get-trail-status --name ARN",
    },
    datasets: &["aws.cloudtrail_trails", "aws.cloudtrail_status"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

/// AWS delivers within minutes, but only if something happened; a day without any event does not happen in an account
/// that is asked daily.
const LATEST_HOURS: f64 = 24.0;
/// By so much a clock may differ.
const CLOCK_SECONDS: f64 = 600.0;

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (trails, mut judge) = match trails(collected) {
        Ok(found) => found,
        Err(reason) => return reason.into(),
    };
    let statuses: Vec<TrailStatus> = also(collected, &mut judge, CLOUDTRAIL_STATUS.id);
    // The status' own time: the list of trails may have been read days later.
    let asked = match collected.datasets.get(CLOUDTRAIL_STATUS.id) {
        Some(Gathered::Snapshot(records)) => records.collected_at,
        _ => collected.now,
    };
    let arns: BTreeSet<&str> = trails
        .list
        .iter()
        .map(|trail| trail.arn.as_str())
        .chain(statuses.iter().map(|status| status.trail.as_str()))
        .collect();
    for arn in arns {
        let name = name_of(arn);
        let Some(status) = statuses.iter().find(|status| status.trail == arn) else {
            judge.unknown(arn, name, "trail", "Its status was not read.");
            continue;
        };
        match status.is_logging {
            Some(false) => continue,
            Some(true) => {}
            None => {
                judge.unknown(arn, name, "trail", "AWS does not say whether it records.");
                continue;
            }
        }
        let wrong = wrong(status, asked);
        if !wrong.is_empty() {
            judge.fail(arn, name, "trail", wrong.join(" "));
        } else if !delivered_before(status, asked) {
            judge.unknown(
                arn,
                name,
                "trail",
                "AWS does not say when it last delivered, or names a time that is still to come.",
            );
        } else {
            judge.pass();
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

/// Whether it says when it last delivered, and that was before the question, give or take a clock.
fn delivered_before(status: &TrailStatus, asked: Timestamp) -> bool {
    status
        .latest_delivery_time
        .is_some_and(|at| at <= asked.unix() as f64 + CLOCK_SECONDS)
}

/// What is wrong with the deliveries of a trail that is on.
fn wrong(status: &TrailStatus, now: Timestamp) -> Vec<String> {
    let mut wrong = Vec::new();
    let errors = [
        ("Delivery", &status.latest_delivery_error),
        ("Delivery of digests", &status.latest_digest_delivery_error),
    ];
    for (what, error) in errors {
        if let Some(error) = error.as_deref().filter(|error| !error.is_empty()) {
            wrong.push(format!("{what} fails: {error}."));
        }
    }
    if let Some(at) = status.latest_delivery_time
        && now.unix() as f64 - at > LATEST_HOURS * 3600.0
    {
        let at = Timestamp::from_unix(at as i64);
        wrong.push(format!("It last delivered at {at}."));
    }
    wrong
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        checks::{
            testing::{Account, refused_is_unknown},
            trails::tests::{arn, listed, stand, trail},
        },
        datasets::CLOUDTRAIL_TRAILS,
    };
    use evidence::{Completeness, Outcome, Reason, UnknownCode};
    use serde_json::{Value, json};

    /// 2026-11-23T09:00:00Z, when the tests' data was collected.
    const NOW: f64 = 1_795_424_400.0;

    fn account(status: Value) -> Account {
        let account = listed(&[trail("t", "us-east-1", json!({}))]);
        stand(account, &[(&arn("t", "us-east-1"), status)])
    }

    fn told(status: Value) -> (Outcome, String) {
        let verdict = account(status).judge(&CHECK);
        let note = verdict.resources.first().map(|first| first.note.clone());
        (verdict.outcome, note.unwrap_or_default())
    }

    #[test]
    fn a_day_is_allowed_and_a_second_more_is_not() {
        let day_ago = NOW - 86_400.0;
        assert_eq!(
            told(json!({"IsLogging": true, "LatestDeliveryTime": day_ago})).0,
            Outcome::Pass
        );
        assert_eq!(
            told(json!({"IsLogging": true, "LatestDeliveryTime": day_ago - 1.0})),
            (
                Outcome::Fail,
                "It last delivered at 2026-11-22T08:59:59Z.".to_owned()
            )
        );
    }

    #[test]
    fn an_error_fails_even_if_an_earlier_delivery_was_in_time() {
        let with = |member: &str, error: &str| {
            let mut status = json!({"IsLogging": true, "LatestDeliveryTime": NOW});
            status[member] = json!(error);
            told(status)
        };
        assert_eq!(
            with("LatestDeliveryError", "NoSuchBucket"),
            (Outcome::Fail, "Delivery fails: NoSuchBucket.".to_owned())
        );
        assert_eq!(
            with("LatestDigestDeliveryError", "AccessDenied"),
            (
                Outcome::Fail,
                "Delivery of digests fails: AccessDenied.".to_owned()
            )
        );
        assert_eq!(with("LatestDeliveryError", "").0, Outcome::Pass);
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        for status in [
            json!({"IsLogging": true}),
            json!({"IsLogging": true, "LatestDeliveryTime": null}),
            json!({"IsLogging": true, "LatestDeliveryTime": "today"}),
            json!({"IsLogging": null, "LatestDeliveryTime": NOW}),
        ] {
            assert_eq!(told(status.clone()).0, Outcome::Unknown, "{status}");
        }
        let unread = stand(listed(&[trail("t", "us-east-1", json!({}))]), &[]);
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
        let nameless = listed(&[trail("t", "us-east-1", json!({"TrailARN": null}))]);
        assert_eq!(stand(nameless, &[]).judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &CLOUDTRAIL_TRAILS);
        refused_is_unknown(&CHECK, &CLOUDTRAIL_STATUS);
    }

    #[test]
    fn it_applies_to_trails_that_are_on() {
        assert_eq!(told(json!({"IsLogging": false})).0, Outcome::NotApplicable);
        let none = stand(listed(&[]), &[]);
        assert_eq!(none.judge(&CHECK).outcome, Outcome::NotApplicable);
        let half = Completeness::partial(Reason::new(UnknownCode::Throttled, "slow"));
        let half = listed(&[]).pages(&CLOUDTRAIL_TRAILS, vec![], half);
        let verdict = stand(half, &[]).judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::Throttled);
    }

    #[test]
    fn a_failing_trail_fails_though_the_list_lacks_it() {
        let failing = json!({"IsLogging": true, "LatestDeliveryError": "NoSuchBucket"});
        let half = Completeness::partial(Reason::new(UnknownCode::Throttled, "slow"));
        let account = account(failing).pages(&CLOUDTRAIL_TRAILS, vec![], half);
        let verdict = account.judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Fail);
        assert!(!verdict.population.complete);
    }
}
