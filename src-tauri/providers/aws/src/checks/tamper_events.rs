//! Whoever switches off the record wants something not to be seen; or mended something. Somebody has to say which.

use super::console::console;
use crate::datasets::{CLOUDTRAIL_EVENTS, TrailEvent};
use evidence::{Severity, Timestamp};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// What switches off, or changes, that which records and watches the account.
const TAMPERING: [&str; 8] = [
    "StopLogging",
    "DeleteTrail",
    "UpdateTrail",
    "PutEventSelectors",
    "DeleteFlowLogs",
    "StopConfigurationRecorder",
    "DisableSecurityHub",
    "DeleteDetector",
];

/// The rule. Each event of the last 30 days that is collected:
///
/// | an event | judged |
/// | --- | --- |
/// | does not say what was done | unknown |
/// | is something else: a sign-in | not at all |
/// | switched off or changed what records, and its id is among the reviewed (parameter) | pass |
/// | switched off or changed what records | fail: somebody has to look into it |
///
/// Without any such event, every region having been read to the end: pass.
pub static CHECK: Check = Check {
    id: "aws.cloudtrail.tamper_events",
    alias: "AWS-39",
    version: 1,
    title: "Every change to what records and watches the account was looked into.",
    objectives: &["3.3.8[d]", "3.3.8[e]", "3.3.8[f]", "3.14.7[b]"],
    severity: Severity::High,
    remedy: "Ask whoever made each listed change why, and compare it with the change records. Undo what was not approved and treat it as an incident; enter the ids of those that were approved in the list of reviewed events.",
    console: console!("cloudtrailv2/home#/events"),
    reperform: Reperform {
        portal: "CloudTrail > Event history, in each region: look up the named events by Event name.",
        command: "for each region and name: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=StopLogging",
    },
    datasets: &["aws.cloudtrail_events"],
    parameters: &["aws.reviewed_events"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let events = match collected.rows::<TrailEvent>(CLOUDTRAIL_EVENTS.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let reviewed = collected.parameters.list("aws.reviewed_events");
    let mut judge = Judge::over(&events);
    for event in &events.rows {
        let id = event.event_id.as_deref().unwrap_or_default();
        let Some(what) = event.event_name.as_deref() else {
            let name = format!("? ({})", event.region);
            judge.unknown(id, name, "event", "AWS does not say what was done.");
            continue;
        };
        if !TAMPERING.contains(&what) {
            continue;
        }
        if !id.is_empty() && reviewed.contains(&id.to_lowercase()) {
            judge.pass();
            continue;
        }
        let who = match event.username.as_deref() {
            Some(who) if !who.is_empty() => who,
            _ => "somebody unnamed",
        };
        let when = event.event_time.map_or_else(String::new, |at| {
            format!(" at {}", Timestamp::from_unix(at as i64))
        });
        judge.fail(
            id,
            format!("{what} ({})", event.region),
            "event",
            format!("Done by {who}{when}; nobody has entered that it was looked into."),
        );
    }
    match events.places.is_empty() {
        false => judge.conclude(WhenEmpty::Passes),
        true => judge.conclude(WhenEmpty::Unknown("No region answered.".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::{Completeness, Outcome};
    use serde_json::{Value, json};

    fn account(events: Value) -> Account {
        let page = json!({ "Events": events }).to_string();
        Account::new().regions(&CLOUDTRAIL_EVENTS, &[("us-east-1", &page)])
    }

    fn event(name: Value) -> Value {
        json!([{"EventId": "AB-1", "EventName": name, "EventTime": 1_795_014_000.0, "Username": "blake"}])
    }

    #[test]
    fn each_has_to_be_looked_into() {
        for name in TAMPERING {
            assert_eq!(
                account(event(json!(name))).judge(&CHECK).outcome,
                Outcome::Fail
            );
        }
        let verdict = account(event(json!("StopLogging"))).judge(&CHECK);
        assert_eq!(verdict.resources[0].name, "StopLogging (us-east-1)");
        assert_eq!(
            verdict.resources[0].note,
            "Done by blake at 2026-11-18T15:00:00Z; nobody has entered that it was looked into."
        );
        let reviewed =
            account(event(json!("StopLogging"))).with("aws.reviewed_events", json!(["ab-1"]));
        assert_eq!(reviewed.judge(&CHECK).outcome, Outcome::Pass);
        assert_eq!(
            account(event(json!("ConsoleLogin"))).judge(&CHECK).outcome,
            Outcome::Pass
        );
        let nameless = account(json!([{"EventName": "DeleteTrail"}])).judge(&CHECK);
        assert!(
            nameless.resources[0]
                .note
                .starts_with("Done by somebody unnamed;")
        );
    }

    #[test]
    fn nothing_seen_passes_only_where_everything_was() {
        assert_eq!(account(json!([])).judge(&CHECK).outcome, Outcome::Pass);
        for odd in [Value::Null, json!(7)] {
            assert_eq!(account(event(odd)).judge(&CHECK).outcome, Outcome::Unknown);
        }
        let silent = Account::new().pages(&CLOUDTRAIL_EVENTS, vec![], Completeness::complete());
        assert_eq!(silent.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &CLOUDTRAIL_EVENTS);
    }
}
