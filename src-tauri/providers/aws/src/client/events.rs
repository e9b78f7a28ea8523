//! The events that matter for security, from the last 30 days of CloudTrail's own history.

use super::{
    Account,
    operation::{self, Operation, Paging, Request},
    paging::Tokens,
    reach::Call,
    refusal::Refusal,
    regional::{self, OfRegion},
    service::CLOUD_TRAIL,
    wire::Exchange,
};
use chrono::{Days, NaiveTime, Utc};
use evidence::Completeness;
use futures::FutureExt as _;
use provider_kit::{Dataset, PageSink, ProviderError};
use serde_json::{Value, json};
use std::time::Duration;

const PERMISSION: &str = "cloudtrail:LookupEvents";
/// How far back; CloudTrail keeps 90 days.
const DAYS: u64 = 30;
/// Pages of one kind of event in one region; the cap on rows ends it earlier in a large account.
const PAGES: usize = 20;
/// CloudTrail allows two lookups a second in each region.
const PAUSE: Duration = Duration::from_millis(500);
/// Sign-ins to the console, which are recorded in the home region.
const SIGN_IN: &str = "ConsoleLogin";
/// What switches off that which records and watches the account.
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

/// The smallest lookup: whether events may be read.
pub const PROBE: Operation = Operation {
    service: &CLOUD_TRAIL,
    permission: PERMISSION,
    request: Request::Document("LookupEvents", || json!({"MaxResults": 1})),
    paging: Paging::None,
    not_used: |_, _| false,
};

/// Reads the events of every region.
///
/// # Errors
///
/// As [`regional::collect`].
pub async fn collect(
    account: &Account,
    dataset: &Dataset,
    sink: &mut dyn PageSink,
) -> Result<Completeness, ProviderError> {
    regional::collect(account, dataset, sink, |region| {
        of_region(account, region).boxed()
    })
    .await
}

async fn of_region(account: &Account, region: String) -> OfRegion {
    let mut pages = Vec::new();
    let home = region == account.reach.target.home;
    // Sign-ins come last, as there can be very many.
    let names = TAMPERING.into_iter().chain(home.then_some(SIGN_IN));
    let mut cut = None;
    for name in names {
        match lookup(account, &region, name, &mut pages).await {
            Ok(true) => {}
            Ok(false) => cut = Some(Refusal::other(too_many(name))),
            Err(refusal) => return (region, pages, Some(refusal)),
        }
    }
    (region, pages, cut)
}

/// Reads the events of one kind. Whether these are all.
async fn lookup(
    account: &Account,
    region: &str,
    name: &str,
    pages: &mut Vec<Exchange>,
) -> Result<bool, Refusal> {
    let mut tokens = Tokens::default();
    for _ in 0..PAGES {
        let call = Call::Document("LookupEvents", question(name, tokens.current()));
        let reach = &account.reach;
        let exchange = reach.ask(&CLOUD_TRAIL, region, PERMISSION, &call).await?;
        let next = operation::next_token(&exchange.body, "NextToken");
        pages.push(exchange);
        let next = next.map_err(Refusal::other)?;
        if reach.http.policy().pacing {
            tokio::time::sleep(PAUSE).await;
        }
        if !tokens.advance(next.as_deref()).map_err(Refusal::other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The lookup of one kind of event. The start is a midnight, so that a day's requests are the same.
fn question(name: &str, token: Option<String>) -> Value {
    let start = Utc::now()
        .checked_sub_days(Days::new(DAYS))
        .map_or(0, |day| {
            day.date_naive()
                .and_time(NaiveTime::MIN)
                .and_utc()
                .timestamp()
        });
    let mut question = json!({
        "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}],
        "StartTime": start,
        "MaxResults": 50
    });
    if let Some(token) = token {
        question["NextToken"] = Value::String(token);
    }
    question
}

fn too_many(name: &str) -> ProviderError {
    ProviderError::new(
        provider_kit::ErrorClass::Throttled,
        regional::TOO_MANY,
        format!("There are more {name} events than are read."),
        format!("The first {PAGES} pages of one kind of event are kept."),
        "Nothing needs to be mended: these events are examples, and prove nothing by their number.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lookup_asks_for_one_kind_from_a_midnight_on() {
        let asked = question("StopLogging", Some("t".to_owned()));
        assert_eq!(
            asked["LookupAttributes"][0]["AttributeValue"],
            "StopLogging"
        );
        assert_eq!(
            asked["StartTime"].as_i64().map(|start| start % 86_400),
            Some(0)
        );
        assert_eq!(asked["NextToken"], "t");
        assert!(question("x", None).get("NextToken").is_none());
    }
}
