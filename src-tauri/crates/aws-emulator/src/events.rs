//! Made-up management events, as CloudTrail's event history keeps them.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::{ACCOUNT, partition};

/// One event of the history.
#[derive(Debug, Clone, PartialEq)]
pub struct TrailEvent {
    /// Where it happened: sign-ins are in us-east-1 and us-gov-west-1.
    pub region: String,
    /// The operation, such as `ConsoleLogin`.
    pub name: String,
    /// The service, such as `signin.amazonaws.com`.
    pub source: String,
    /// Who did it; `root` is the root user.
    pub user: String,
    /// When.
    pub at: DateTime<Utc>,
    /// More members of the event's own JSON text.
    pub detail: Map<String, Value>,
}

impl TrailEvent {
    /// A successful sign-in to the console.
    #[must_use]
    pub fn console_login(region: &str, user: &str, mfa: bool, at: DateTime<Utc>) -> Self {
        let detail = json!({
            "additionalEventData": {
                "LoginTo": "https://console.aws.amazon.com/console/home",
                "MobileVersion": "No",
                "MFAUsed": if mfa { "Yes" } else { "No" },
            },
            "responseElements": { "ConsoleLogin": "Success" },
            "eventType": "AwsConsoleSignIn",
        });
        Self::new(
            region,
            "ConsoleLogin",
            "signin.amazonaws.com",
            user,
            at,
            detail,
        )
    }

    /// A change, such as `StopLogging` of `cloudtrail.amazonaws.com`.
    #[must_use]
    pub fn change(region: &str, name: &str, source: &str, user: &str, at: DateTime<Utc>) -> Self {
        let detail = json!({ "eventType": "AwsApiCall", "requestParameters": null });
        Self::new(region, name, source, user, at, detail)
    }

    /// An ordinary quarter in both partitions: 120 sign-ins in the last ten days, three of them without a second
    /// factor, one of the root user with one, a trail that was stopped and one that was changed.
    #[must_use]
    pub fn ordinary(now: DateTime<Utc>) -> Vec<Self> {
        let mut events = Vec::new();
        for region in ["us-east-1", "us-gov-west-1"] {
            let ago = |hours: i64| now - TimeDelta::hours(hours);
            for number in 0..119_i64 {
                let user = format!("person{:04}", number % 20);
                events.push(Self::console_login(
                    region,
                    &user,
                    number % 40 != 39,
                    ago(number * 2 + 1),
                ));
            }
            // Every fortieth of 119 are two; the third signs in as somebody who left.
            events.push(Self::console_login(
                region,
                "former.colleague",
                false,
                ago(240),
            ));
            events.push(Self::console_login(region, "root", true, ago(24 * 40)));
            let trail = "cloudtrail.amazonaws.com";
            events.push(Self::change(
                region,
                "StopLogging",
                trail,
                "person0001",
                ago(24 * 20),
            ));
            events.push(Self::change(
                region,
                "UpdateTrail",
                trail,
                "person0001",
                ago(24 * 21),
            ));
        }
        events
    }

    fn new(
        region: &str,
        name: &str,
        source: &str,
        user: &str,
        at: DateTime<Utc>,
        detail: Value,
    ) -> Self {
        Self {
            region: region.to_owned(),
            name: name.to_owned(),
            source: source.to_owned(),
            user: user.to_owned(),
            at,
            detail: match detail {
                Value::Object(members) => members,
                _ => Map::new(),
            },
        }
    }

    /// The event as `LookupEvents` lists it; `number` makes its id.
    pub(crate) fn listed(&self, number: usize) -> Value {
        let id = format!("e7e27000-0000-4000-8000-{number:012x}");
        let root = self.user == "root";
        let arn = if root {
            format!("arn:{}:iam::{ACCOUNT}:root", partition(&self.region))
        } else {
            format!(
                "arn:{}:iam::{ACCOUNT}:user/{}",
                partition(&self.region),
                self.user
            )
        };
        let mut identity = json!({
            "type": if root { "Root" } else { "IAMUser" },
            "principalId": if root { ACCOUNT.to_owned() } else { format!("AIDA{number:016X}") },
            "arn": arn,
            "accountId": ACCOUNT,
        });
        if let (false, Some(members)) = (root, identity.as_object_mut()) {
            members.insert("userName".to_owned(), json!(self.user));
        }
        let mut event = json!({
            "eventVersion": "1.08",
            "userIdentity": identity,
            "eventTime": self.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "eventSource": self.source,
            "eventName": self.name,
            "awsRegion": self.region,
            "sourceIPAddress": "203.0.113.7",
            "userAgent": "made-up",
            "eventID": id,
            "readOnly": false,
            "managementEvent": true,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        });
        if let Some(members) = event.as_object_mut() {
            members.extend(self.detail.clone());
        }
        json!({
            "EventId": id,
            "EventName": self.name,
            "ReadOnly": "false",
            "EventTime": self.at.timestamp(),
            "EventSource": self.source,
            "Username": self.user,
            "Resources": [],
            "CloudTrailEvent": event.to_string(),
        })
    }
}
