//! CloudTrail's event history, and the one event data store that the account has.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::ACCOUNT;
use crate::answer::Answer;
use crate::call::Call;
use crate::events::TrailEvent;
use crate::pages;
use crate::refusal::Refusal;
use crate::state::State;

/// How far the history goes back.
const HISTORY: i64 = 90;
/// The most events on a page.
const MOST: usize = 50;

pub(super) fn lookup_events(state: &State, call: &Call) -> Result<Answer, Refusal> {
    if !state.may_look_up(&call.region) {
        return Err(Refusal::throttled(&call.service, call.protocol));
    }
    let most = match call.json().get("MaxResults").map(Value::as_u64) {
        None => MOST,
        Some(number) => number
            .and_then(|number| usize::try_from(number).ok())
            .filter(|most| (1..=MOST).contains(most))
            .ok_or_else(|| {
                refused(
                    "InvalidMaxResultsException",
                    "MaxResults must be between 1 and 50.",
                )
            })?,
    };
    let attribute = attribute(call)?;
    let now = Utc::now();
    let oldest = now - TimeDelta::days(HISTORY);
    let start = moment(call, "StartTime")?.unwrap_or(oldest).max(oldest);
    let end = moment(call, "EndTime")?.unwrap_or(now);
    if start > end {
        return Err(refused(
            "InvalidTimeRangeException",
            "The start time is after the end time.",
        ));
    }
    let mut found: Vec<(usize, &TrailEvent)> = state
        .options
        .events
        .iter()
        .enumerate()
        .filter(|(_, event)| event.region == call.region && start <= event.at && event.at <= end)
        .filter(|(_, event)| {
            attribute
                .as_ref()
                .is_none_or(|wanted| agrees(event, wanted))
        })
        .collect();
    found.sort_by_key(|(_, event)| std::cmp::Reverse(event.at));
    let size = state.options.page_size.unwrap_or(most).min(most);
    let token = call.text("NextToken");
    let page = pages::cut(&found, "LookupEvents", token.as_deref(), size)
        .ok_or_else(|| refused("InvalidNextTokenException", "Invalid or expired token."))?;
    let listed: Vec<Value> = page
        .items
        .into_iter()
        .map(|(number, event)| event.listed(number))
        .collect();
    let mut body = json!({ "Events": listed });
    if let (Some(next), Some(members)) = (page.next, body.as_object_mut()) {
        members.insert("NextToken".to_owned(), json!(next));
    }
    Ok(Answer::ok(body.to_string()))
}

pub(super) fn event_data_store(state: &State, call: &Call) -> Result<Answer, Refusal> {
    let wanted = call.text("EventDataStore").unwrap_or_default();
    let arn = state.filled(
        "arn:{partition}:cloudtrail:{region}:{account}:eventdatastore/5a17e000-0000-4000-8000-000000000001",
        call,
    );
    let id = arn.rsplit('/').next().unwrap_or_default();
    if wanted != arn && wanted != id {
        return Err(refused(
            "EventDataStoreNotFoundException",
            &format!("The event data store {wanted} of account {ACCOUNT} was not found."),
        ));
    }
    Ok(Answer::ok(
        json!({
            "EventDataStoreArn": arn,
            "Name": "retired-store",
            "Status": "STOPPED_INGESTION",
            "AdvancedEventSelectors": [{
                "Name": "Management events",
                "FieldSelectors": [{ "Field": "eventCategory", "Equals": ["Management"] }],
            }],
            "MultiRegionEnabled": true,
            "OrganizationEnabled": false,
            "RetentionPeriod": 2557,
            "TerminationProtectionEnabled": true,
            "CreatedTimestamp": 1_735_689_600,
            "UpdatedTimestamp": 1_767_225_600,
            "BillingMode": "FIXED_RETENTION_PRICING",
        })
        .to_string(),
    ))
}

/// The one attribute to look for.
fn attribute(call: &Call) -> Result<Option<(String, String)>, Refusal> {
    let invalid = |why: &str| refused("InvalidLookupAttributesException", why);
    let list = match call.json().get("LookupAttributes") {
        None | Some(Value::Null) => return Ok(None),
        Some(list) => list
            .as_array()
            .ok_or_else(|| invalid("LookupAttributes is not a list."))?,
    };
    match list.as_slice() {
        [] => Ok(None),
        [one] => {
            let member = |name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
            match (member("AttributeKey"), member("AttributeValue")) {
                (Some(key), Some(value)) if !value.is_empty() => {
                    let known = ["EventName", "Username", "EventSource", "ReadOnly"];
                    if known.contains(&&*key) {
                        Ok(Some((key, value)))
                    } else {
                        Err(invalid("The attribute is not known to this stand-in."))
                    }
                }
                _ => Err(invalid("A lookup attribute needs a key and a value.")),
            }
        }
        _ => Err(invalid("Only one lookup attribute is allowed.")),
    }
}

fn agrees(event: &TrailEvent, (key, value): &(String, String)) -> bool {
    match &**key {
        "EventName" => event.name == *value,
        "Username" => event.user == *value,
        "EventSource" => event.source == *value,
        _ => value == "false",
    }
}

/// A time in seconds since 1970, whole or not.
fn moment(call: &Call, name: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(value) = call.json().get(name) else {
        return Ok(None);
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a time beyond i64 is no time of an event"
    )]
    let seconds = value.as_f64().map(|seconds| seconds as i64);
    seconds
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .map(Some)
        .ok_or_else(|| {
            refused(
                "InvalidTimeRangeException",
                &format!("{name} is not a number of seconds."),
            )
        })
}

fn refused(code: &str, why: &str) -> Refusal {
    Refusal::new(400, code, why)
}
