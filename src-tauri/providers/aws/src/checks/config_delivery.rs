//! A recorder whose record arrives nowhere keeps nothing.

use super::{
    console::console,
    told::{Told, also},
};
use crate::datasets::{
    CONFIG_DELIVERY_CHANNELS, CONFIG_DELIVERY_STATUS, CONFIG_RECORDERS, Delivery, DeliveryChannel,
    DeliveryStatus, Recorder,
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

/// The rule. Each region with a recorder of the company's own; those that a service made for itself do not count.
///
/// | the delivery channel of such a region | judged |
/// | --- | --- |
/// | there is none, and the region's list was read | fail |
/// | the last delivery to the bucket, or to the topic, failed | fail |
/// | the last delivery to the bucket succeeded, and to the topic too or there is none | pass |
/// | else, or its status was not read | unknown |
///
/// Without such a recorder, all regions having answered: not applicable; `aws.config.recorder` reports that.
pub static CHECK: Check = Check {
    id: "aws.config.delivery",
    alias: "AWS-41",
    version: 1,
    title: "What AWS Config records is delivered.",
    objectives: &["3.4.1[f]", "3.3.4[c]"],
    severity: Severity::Medium,
    remedy: "In each listed region, open AWS Config > Settings and choose a bucket and topic that exist. Mostly the bucket's policy or the key's policy no longer lets AWS Config write.",
    console: console!("config/home#/settings"),
    reperform: Reperform {
        portal: "AWS Config > Settings, in each region: Delivery method.",
        command: "for each region: aws configservice describe-delivery-channels; aws configservice describe-delivery-channel-status",
    },
    datasets: &[
        "aws.config_recorders",
        "aws.config_delivery_channels",
        "aws.config_delivery_status",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let recorders = match collected.rows::<Recorder>(CONFIG_RECORDERS.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&recorders);
    let (channels, read): (Vec<DeliveryChannel>, Vec<String>) =
        match collected.rows(CONFIG_DELIVERY_CHANNELS.id) {
            Ok(rows) => {
                judge.also(&rows);
                (rows.rows, rows.places)
            }
            Err(reason) => {
                judge.lacks(reason);
                (Vec::new(), Vec::new())
            }
        };
    let statuses: Vec<DeliveryStatus> = also(collected, &mut judge, CONFIG_DELIVERY_STATUS.id);
    let regions: BTreeSet<&str> = recorders
        .rows
        .iter()
        .filter(|recorder| recorder.service_principal.is_none())
        .map(|recorder| recorder.region.as_str())
        .collect();
    for region in regions {
        let own: Vec<&DeliveryChannel> = channels
            .iter()
            .filter(|channel| channel.region == region)
            .collect();
        if own.is_empty() {
            match read.iter().any(|place| place == region) {
                true => judge.fail(
                    region,
                    region,
                    "region",
                    "AWS Config has no delivery channel here.",
                ),
                false => {
                    let note = "The delivery channels of this region were not all read.";
                    judge.unknown(region, region, "region", note);
                }
            }
        }
        for channel in own {
            let status = statuses.iter().find(|status| {
                status.region == region && status.name.is_some() && status.name == channel.name
            });
            match works(channel, status) {
                Told::Yes => judge.pass(),
                Told::No(why) => judge.fail(region, region, "region", why),
                Told::Unclear(why) => judge.unknown(region, region, "region", why),
            }
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

fn works(channel: &DeliveryChannel, status: Option<&DeliveryStatus>) -> Told {
    let Some(status) = status else {
        return Told::Unclear("Whether it delivers was not read.".to_owned());
    };
    let topic = channel
        .topic
        .as_deref()
        .is_some_and(|topic| !topic.is_empty());
    let bucket = of(
        status.config_history_delivery_info.as_ref(),
        "its bucket",
        false,
    );
    let stream = of(
        status.config_stream_delivery_info.as_ref(),
        "its topic",
        !topic,
    );
    Told::all([bucket, stream])
}

/// Whether a delivery succeeded; where it `may_lack`, there may be nothing to deliver.
fn of(delivery: Option<&Delivery>, to: &str, may_lack: bool) -> Told {
    let status = delivery
        .and_then(|delivery| delivery.last_status.as_ref())
        .map(|status| status.to_lowercase().replace('_', ""));
    match status.as_deref() {
        Some("success") => Told::Yes,
        Some("failure") => {
            let code = delivery.and_then(|delivery| delivery.last_error_code.as_deref());
            let code = code.filter(|code| !code.is_empty());
            Told::No(match code {
                Some(code) => format!("The last delivery to {to} failed: {code}."),
                None => format!("The last delivery to {to} failed."),
            })
        }
        Some("notapplicable") | None if may_lack => Told::Yes,
        _ => Told::Unclear(format!("AWS does not say whether it delivers to {to}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome, Reason, UnknownCode};
    use serde_json::{Value, json};

    fn account(recorders: Value, channels: Value, statuses: Value) -> Account {
        let recorders = json!({ "ConfigurationRecorders": recorders }).to_string();
        let channels = json!({ "DeliveryChannels": channels }).to_string();
        let statuses = json!({ "DeliveryChannelsStatus": statuses }).to_string();
        Account::new()
            .regions(&CONFIG_RECORDERS, &[("us-east-1", &recorders)])
            .regions(&CONFIG_DELIVERY_CHANNELS, &[("us-east-1", &channels)])
            .regions(&CONFIG_DELIVERY_STATUS, &[("us-east-1", &statuses)])
    }

    fn outcome(topic: Value, history: Value, stream: Value) -> Outcome {
        let status = json!([{"name": "default", "configHistoryDeliveryInfo": {"lastStatus": history},
            "configStreamDeliveryInfo": {"lastStatus": stream}}]);
        let channel = json!([{"name": "default", "snsTopicARN": topic}]);
        account(json!([{"name": "r"}]), channel, status)
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn both_ways_have_to_deliver_where_there_are_both() {
        use Outcome::{Fail, Pass, Unknown};
        let topic = || json!("arn:aws:sns:us-east-1:123456789012:config");
        for (topic, history, stream, expected) in [
            (topic(), json!("SUCCESS"), json!("Success"), Pass),
            (Value::Null, json!("Success"), json!("Not_Applicable"), Pass),
            (Value::Null, json!("Success"), Value::Null, Pass),
            (topic(), json!("Failure"), json!("Success"), Fail),
            (topic(), json!("Success"), json!("FAILURE"), Fail),
            (topic(), json!("Success"), Value::Null, Unknown),
            (topic(), Value::Null, json!("Success"), Unknown),
            (topic(), json!("Not_Applicable"), json!("Success"), Unknown),
            (topic(), json!("?"), json!("Success"), Unknown),
        ] {
            assert_eq!(
                outcome(topic, history.clone(), stream.clone()),
                expected,
                "{history} {stream}"
            );
        }
    }

    #[test]
    fn a_recorder_without_a_channel_fails_and_no_recorder_needs_none() {
        let none = account(json!([{"name": "r"}]), json!([]), json!([]));
        assert_eq!(
            none.outcome(&CHECK),
            (Outcome::Fail, vec!["us-east-1".to_owned()])
        );
        let unread = account(
            json!([{"name": "r"}]),
            json!([{"name": "default"}]),
            json!([]),
        );
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
        for recorders in [json!([]), json!([{"name": "r", "servicePrincipal": "x"}])] {
            let verdict = account(recorders, json!([]), json!([])).judge(&CHECK);
            assert_eq!(verdict.outcome, Outcome::NotApplicable);
        }
        let half = Completeness::partial(Reason::new(UnknownCode::Throttled, "slow"));
        let elsewhere = vec![(
            origin(200, "us-west-2", None),
            br#"{"DeliveryChannels":[]}"#.to_vec(),
        )];
        let partly = none.pages(&CONFIG_DELIVERY_CHANNELS, elsewhere, half);
        assert_eq!(partly.judge(&CHECK).outcome, Outcome::Unknown);
        for dataset in [
            &CONFIG_RECORDERS,
            &CONFIG_DELIVERY_CHANNELS,
            &CONFIG_DELIVERY_STATUS,
        ] {
            refused_is_unknown(&CHECK, dataset);
        }
    }
}
