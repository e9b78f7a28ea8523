#![allow(clippy::unwrap_used)]
use super::*;
use crate::{
    checks::{
        testing::{Account, refused_is_unknown},
        trails::tests::{arn, listed, stand, taking_in, trail},
    },
    datasets::CLOUDTRAIL_TRAILS,
};
use evidence::Outcome;
use serde_json::{Value, json};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:security";

/// A pattern that names every word of every kind.
fn everything() -> String {
    let words: Vec<&str> = FAMILIES
        .iter()
        .flat_map(|family| family.words)
        .copied()
        .collect();
    format!("{{ $.eventName = {} }}", words.join(" || $.eventName = "))
}

/// One thing that is broken.
type Change = fn(&mut Parts);

struct Parts {
    trail: Value,
    filters: Value,
    alarms: String,
    subscriptions: String,
}

fn parts() -> Parts {
    Parts {
        trail: json!({"CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:trail:*"}),
        filters: json!([{"filterName": "f", "logGroupName": "trail", "filterPattern": everything(),
            "metricTransformations": [{"metricName": "m", "metricNamespace": "s"}]}]),
        alarms: alarm("true", TOPIC),
        subscriptions: subscription("arn:aws:sns:us-east-1:123456789012:security:1"),
    }
}

fn alarm(on: &str, action: &str) -> String {
    let action = match action {
        "" => String::new(),
        action => format!("<member>{action}</member>"),
    };
    format!(
        "<member><AlarmName>a</AlarmName><MetricName>m</MetricName><Namespace>s</Namespace>\
         <ActionsEnabled>{on}</ActionsEnabled><AlarmActions>{action}</AlarmActions></member>"
    )
}

fn subscription(arn: &str) -> String {
    format!(
        "<member><TopicArn>{TOPIC}</TopicArn><SubscriptionArn>{arn}</SubscriptionArn><Protocol>email</Protocol></member>"
    )
}

fn account(parts: &Parts) -> Account {
    let filters = json!({ "metricFilters": parts.filters }).to_string();
    let answer = |action: &str, list: &str, inner: &str| {
        format!(
            "<{action}Response><{action}Result><{list}>{inner}</{list}></{action}Result></{action}Response>"
        )
    };
    let alarms = answer("DescribeAlarms", "MetricAlarms", &parts.alarms);
    let subscriptions = answer("ListSubscriptions", "Subscriptions", &parts.subscriptions);
    let listed = listed(&[trail("t", "us-east-1", parts.trail.clone())]);
    let logging = [(&*arn("t", "us-east-1"), json!({"IsLogging": true}))];
    taking_in(stand(listed, &logging), "t", true)
        .regions(
            &LOG_GROUPS,
            &[("us-east-1", r#"{"logGroups":[{"logGroupName":"trail"}]}"#)],
        )
        .regions(&METRIC_FILTERS, &[("us-east-1", &filters)])
        .regions(&ALARMS, &[("us-east-1", &alarms)])
        .regions(&SUBSCRIPTIONS, &[("us-east-1", &subscriptions)])
}

fn told(change: impl Fn(&mut Parts)) -> (Outcome, String) {
    let mut parts = parts();
    change(&mut parts);
    let verdict = account(&parts).judge(&CHECK);
    let note = verdict.resources.first().map(|first| first.note.clone());
    (verdict.outcome, note.unwrap_or_default())
}

#[test]
fn a_whole_chain_rings_and_every_link_is_needed() {
    assert_eq!(told(|_| {}).0, Outcome::Pass);
    let failing: [(&str, Change); 9] = [
        ("No metric filter of trail counts it.", |parts| {
            parts.filters = json!([])
        }),
        ("No metric filter of trail counts it.", |parts| {
            parts.filters[0]["logGroupName"] = json!("x")
        }),
        ("It is counted, and no alarm watches the count.", |parts| {
            parts.alarms = String::new()
        }),
        ("It is counted, and no alarm watches the count.", |parts| {
            parts.filters[0]["metricTransformations"][0]["metricName"] = json!("x");
        }),
        ("Its alarm has its actions switched off.", |parts| {
            parts.alarms = alarm("false", TOPIC)
        }),
        ("Its alarm does nothing when it rings.", |parts| {
            parts.alarms = alarm("true", "")
        }),
        ("Its alarm sends to no topic of SNS.", |parts| {
            parts.alarms = alarm("true", "arn:aws:lambda:x")
        }),
        ("Nobody subscribed to the topic of its alarm.", |parts| {
            parts.subscriptions = String::new()
        }),
        (
            "Nobody confirmed a subscription to the topic of its alarm.",
            |parts| {
                parts.subscriptions = subscription("PendingConfirmation");
            },
        ),
    ];
    for (note, change) in failing {
        assert_eq!(told(change), (Outcome::Fail, note.to_owned()));
    }
    let one = told(|parts| {
        let pattern = everything().replace("|| $.eventName = organizations", "");
        parts.filters[0]["filterPattern"] = json!(pattern);
    });
    assert_eq!(one.0, Outcome::Fail, "one kind is silent");
}

#[test]
fn without_a_log_group_nothing_rings() {
    for trail in [
        json!({}),
        json!({"CloudWatchLogsLogGroupArn": parts().trail["CloudWatchLogsLogGroupArn"], "IsMultiRegionTrail": false}),
    ] {
        let (outcome, note) = told(|parts| parts.trail = trail.clone());
        assert_eq!(outcome, Outcome::Fail);
        assert_eq!(
            note,
            "No trail that is on and records every region delivers to a log group."
        );
    }
    let elsewhere = told(|parts| {
        parts.trail = json!({"CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:999988887777:log-group:theirs:*"});
    });
    assert_eq!(elsewhere.0, Outcome::Unknown, "another account's");
    let odd = told(|parts| parts.trail = json!({"CloudWatchLogsLogGroupArn": "odd"}));
    assert_eq!(odd.0, Outcome::Unknown);
}

#[test]
fn a_link_that_cannot_be_told_leaves_it_open() {
    let open: [Change; 8] = [
        |parts| parts.alarms = alarm("true", "arn:aws:sns:us-east-1:999988887777:x"),
        |parts| parts.filters[0]["filterPattern"] = Value::Null,
        |parts| parts.filters[0]["logGroupName"] = Value::Null,
        |parts| parts.filters[0]["metricTransformations"] = Value::Null,
        |parts| parts.filters[0]["metricTransformations"][0]["metricName"] = Value::Null,
        |parts| parts.alarms = alarm("perhaps", TOPIC),
        |parts| parts.alarms = alarm("true", "arn:aws:sns:us-west-2:1:x"),
        |parts| parts.subscriptions = subscription(""),
    ];
    for (number, change) in open.into_iter().enumerate() {
        assert_eq!(told(change).0, Outcome::Unknown, "{number}");
    }
    for dataset in [
        &CLOUDTRAIL_TRAILS,
        &CLOUDTRAIL_STATUS,
        &CLOUDTRAIL_SELECTORS,
        &LOG_GROUPS,
        &METRIC_FILTERS,
        &ALARMS,
        &SUBSCRIPTIONS,
    ] {
        refused_is_unknown(&CHECK, dataset);
    }
}

#[test]
fn a_trail_of_data_events_alone_has_nothing_to_ring_by() {
    let data_alone = taking_in(account(&parts()), "t", false);
    assert_eq!(data_alone.judge(&CHECK).outcome, Outcome::Fail);
}

#[test]
fn a_siem_instead_is_for_a_person_to_see() {
    let mut parts = parts();
    parts.alarms = String::new();
    let verdict = account(&parts)
        .with("aws.siem", json!(["Splunk"]))
        .judge(&CHECK);
    assert_eq!(verdict.reason.unwrap().code, UnknownCode::NeedsJudgement);
}
