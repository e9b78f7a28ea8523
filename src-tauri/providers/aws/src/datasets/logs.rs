//! CloudWatch and SNS: where logs are kept, what is watched in them, and who is told.

use super::read::{flag, items, json_items, query_items};
use crate::client::{CLOUD_WATCH, LOGS, Operation, Paging, Request, SNS};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;
use serde_json::json;

/// Where logs are kept.
pub static LOG_GROUPS: Dataset = Dataset {
    id: "aws.logs_groups",
    title: "CloudWatch log groups",
    what: "Each log group in every region: how long it keeps its data, and by which key it is encrypted.",
    permissions: &["logs:DescribeLogGroups", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/logGroupName"],
    records: Reader::Page(|page| json_items(page, "logGroups")),
    // It moves with every line that is logged.
    volatile: &["/storedBytes"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.3.1[e]", "3.3.1[f]"],
};

pub(crate) static LOG_GROUPS_OPERATION: Operation = Operation {
    service: &LOGS,
    permission: "logs:DescribeLogGroups",
    request: Request::Document("DescribeLogGroups", || json!({"limit": 50})),
    paging: Paging::Token {
        asks: "nextToken",
        answers: "nextToken",
    },
    not_used: |_, _| false,
};

/// What is watched in the logs.
pub static METRIC_FILTERS: Dataset = Dataset {
    id: "aws.logs_metric_filters",
    title: "CloudWatch metric filters",
    what: "Which events of the logs are counted, in every region.",
    permissions: &["logs:DescribeMetricFilters", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/logGroupName", "/filterName"],
    records: Reader::Page(|page| json_items(page, "metricFilters")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.3.5[b]", "3.14.6[a]"],
};

pub(crate) static METRIC_FILTERS_OPERATION: Operation = Operation {
    service: &LOGS,
    permission: "logs:DescribeMetricFilters",
    request: Request::Document("DescribeMetricFilters", || json!({"limit": 50})),
    paging: Paging::Token {
        asks: "nextToken",
        answers: "nextToken",
    },
    not_used: |_, _| false,
};

/// What rings when something is counted.
pub static ALARMS: Dataset = Dataset {
    id: "aws.cloudwatch_alarms",
    title: "CloudWatch alarms",
    what: "Which counted events raise an alarm, in every region, and what the alarm does.",
    permissions: &["cloudwatch:DescribeAlarms", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/AlarmName"],
    records: Reader::Page(|page| query_items(page, "DescribeAlarms", ("MetricAlarms", "member"))),
    // They move with what is counted, not with what is set.
    volatile: &[
        "/StateValue",
        "/StateReason",
        "/StateReasonData",
        "/StateUpdatedTimestamp",
        "/StateTransitionedTimestamp",
        "/EvaluationState",
    ],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.3.4[c]", "3.14.6[a]"],
};

pub(crate) static ALARMS_OPERATION: Operation = Operation {
    service: &CLOUD_WATCH,
    permission: "cloudwatch:DescribeAlarms",
    request: Request::Form(
        "DescribeAlarms",
        &[
            ("AlarmTypes.member.1", "MetricAlarm"),
            ("MaxRecords", "100"),
        ],
    ),
    paging: Paging::NextToken("NextToken"),
    not_used: |_, _| false,
};

/// Elements of a subscription that name a person or a machine: an address, a number of a telephone.
pub const ADDRESSES: &str = "Endpoint";

/// Who is told. Addresses are cut out before anything is stored; `removed` is about members of JSON bodies, and these
/// bodies are XML.
pub static SUBSCRIPTIONS: Dataset = Dataset {
    id: "aws.sns_subscriptions",
    title: "SNS subscriptions",
    what: "Whether somebody receives what is sent to each topic, in every region. Addresses are not kept.",
    permissions: &["sns:ListSubscriptions", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/TopicArn", "/SubscriptionArn", "/Protocol"],
    records: Reader::Page(|page| {
        query_items(page, "ListSubscriptions", ("Subscriptions", "member"))
    }),
    volatile: &[],
    removed: &[],
    row_cap: Some(10_000),
    clouds: Clouds::All,
    objectives: &["3.3.4[a]", "3.3.4[c]"],
};

pub(crate) const SUBSCRIPTIONS_OPERATION: Operation = Operation {
    service: &SNS,
    permission: "sns:ListSubscriptions",
    request: Request::Form("ListSubscriptions", &[]),
    paging: Paging::NextToken("NextToken"),
    not_used: |_, _| false,
};

/// Where logs are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogGroup {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    pub log_group_name: Option<String>,
    /// How many days it keeps its data; absent where it keeps them for ever.
    pub retention_in_days: Option<i64>,
    /// The ARN of the company's key it is encrypted by; absent where AWS's own is used.
    pub kms_key_id: Option<String>,
}

/// What is counted in a log group.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricFilter {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    pub filter_name: Option<String>,
    /// What an event has to be like.
    pub filter_pattern: Option<String>,
    /// Whose events are counted.
    pub log_group_name: Option<String>,
    /// What is counted up.
    pub metric_transformations: Option<Vec<MetricTransformation>>,
}

/// What is counted up.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricTransformation {
    /// The name of the number.
    pub metric_name: Option<String>,
    /// The space of names it is in.
    pub metric_namespace: Option<String>,
}

/// What rings.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Alarm {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    pub alarm_name: Option<String>,
    /// The number it watches; absent where it watches an expression.
    pub metric_name: Option<String>,
    /// The space of names that number is in.
    pub namespace: Option<String>,
    /// Whether it does anything when it rings.
    #[serde(default, deserialize_with = "flag")]
    pub actions_enabled: Option<bool>,
    /// The ARNs of what it does.
    #[serde(default, deserialize_with = "items")]
    pub alarm_actions: Option<Vec<String>>,
}

/// Somebody who is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subscription {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// The topic.
    pub topic_arn: Option<String>,
    /// Its ARN, or a word: `PendingConfirmation` where nobody agreed yet, `Deleted` where it ended.
    pub subscription_arn: Option<String>,
}

/// The body without the contents of [`ADDRESSES`].
#[must_use]
pub fn without_addresses(body: &[u8]) -> Vec<u8> {
    let (open, close) = (format!("<{ADDRESSES}>"), format!("</{ADDRESSES}>"));
    let text = String::from_utf8_lossy(body);
    let mut kept = String::with_capacity(text.len());
    let mut rest: &str = &text;
    while let Some((before, after)) = rest.split_once(open.as_str()) {
        kept.push_str(before);
        kept.push_str(&open);
        rest = after
            .find(close.as_str())
            // An element that does not end is cut to the end of the body, which nobody can read then.
            .map_or("", |end| &after[end..]);
    }
    kept.push_str(rest);
    kept.into_bytes()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};
    use provider_kit::RawPage;

    #[test]
    fn addresses_are_cut_out_and_all_else_stays() {
        let body = "<ListSubscriptionsResponse><ListSubscriptionsResult><Subscriptions><member><TopicArn>t</TopicArn>\
            <SubscriptionArn>PendingConfirmation</SubscriptionArn><Endpoint>avery@example.com</Endpoint></member>\
            <member><TopicArn>u</TopicArn><Endpoint/><SubscriptionArn>s</SubscriptionArn></member></Subscriptions>\
            </ListSubscriptionsResult></ListSubscriptionsResponse>";
        let kept = without_addresses(body.as_bytes());
        assert!(!String::from_utf8(kept.clone()).unwrap().contains("avery"));
        let rows = SUBSCRIPTIONS
            .read(&RawPage {
                body: &kept,
                origin: &origin(200, Some("us-east-1"), None),
            })
            .unwrap();
        let first: Subscription = serde_json::from_value(rows[0].clone()).unwrap();
        assert_eq!(first.subscription_arn.unwrap(), "PendingConfirmation");
        assert_eq!(rows.len(), 2);
        let open = without_addresses(b"<Endpoint>avery@example.com");
        assert_eq!(open, b"<Endpoint>");
    }

    #[test]
    fn an_alarm_is_read_with_what_it_does() {
        let alarm = |rest: &str| -> Alarm {
            let body = format!(
                "<DescribeAlarmsResponse><DescribeAlarmsResult><MetricAlarms><member><AlarmName>a</AlarmName>{rest}</member>\
                 </MetricAlarms><CompositeAlarms/></DescribeAlarmsResult></DescribeAlarmsResponse>"
            );
            let page = RawPage {
                body: body.as_bytes(),
                origin: &origin(200, Some("us-east-1"), None),
            };
            serde_json::from_value(ALARMS.read(&page).unwrap().remove(0)).unwrap()
        };
        let full = alarm(
            "<ActionsEnabled>true</ActionsEnabled><AlarmActions><member>t</member></AlarmActions>",
        );
        assert_eq!(
            (full.actions_enabled, full.alarm_actions),
            (Some(true), Some(vec!["t".to_owned()]))
        );
        assert_eq!(alarm("<AlarmActions/>").alarm_actions, Some(vec![]));
        assert_eq!(alarm("").alarm_actions, None);
    }
}
