//! CloudTrail: the trails, how each stands, what each records, and the events that matter for security.

use super::read::{json_about, json_items, object};
use crate::client::{
    CLOUD_TRAIL, Operation, Paging, Probe, Question, Request, Scope, Subject, Subjects,
};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

/// The trails of the account.
pub static CLOUDTRAIL_TRAILS: Dataset = Dataset {
    id: "aws.cloudtrail_trails",
    title: "CloudTrail trails",
    what: "Each trail as every region sees it: where its records go, and whether they are protected.",
    permissions: &["cloudtrail:DescribeTrails", "ec2:DescribeRegions"],
    licence: None,
    key: &["/TrailARN", "/@region"],
    records: Reader::Page(|page| json_items(page, "trailList")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.3.1[a]", "3.3.1[c]"],
};

/// How the trails are listed. Multi-region trails are seen from every region.
pub(crate) static TRAILS_LIST: Subjects = Subjects {
    id: "cloudtrail trails",
    scope: Scope::Regions,
    list: Operation {
        service: &CLOUD_TRAIL,
        permission: "cloudtrail:DescribeTrails",
        request: Request::Document("DescribeTrails", || json!({"includeShadowTrails": true})),
        paging: Paging::None,
        not_used: |_, _| false,
    },
    read: trails_of,
    batch: 1,
    most: None,
};

/// A trail of the organization that only its own account may ask about leaves a gap; the trail itself still counts.
const fn about_trails(asks: &'static [&'static Operation]) -> Question {
    Question {
        subjects: &TRAILS_LIST,
        asks,
        probe: Some(Probe {
            subject: "arn:{partition}:cloudtrail:{region}:{account}:trail/cmmcpro-permission-test",
            unknown: |code, _| code == "TrailNotFoundException",
        }),
    }
}

pub(crate) static STATUS_QUESTION: Question = about_trails(&[&Operation {
    service: &CLOUD_TRAIL,
    permission: "cloudtrail:GetTrailStatus",
    request: Request::Document("GetTrailStatus", || json!({"Name": "{subject}"})),
    paging: Paging::None,
    not_used: |_, _| false,
}]);

pub(crate) static SELECTORS_QUESTION: Question = about_trails(&[&Operation {
    service: &CLOUD_TRAIL,
    permission: "cloudtrail:GetEventSelectors",
    request: Request::Document("GetEventSelectors", || json!({"TrailName": "{subject}"})),
    paging: Paging::None,
    not_used: |_, _| false,
}]);

/// Whether each trail records and delivers.
pub static CLOUDTRAIL_STATUS: Dataset = Dataset {
    id: "aws.cloudtrail_status",
    title: "CloudTrail status",
    what: "Whether each trail is recording now, and when it last delivered.",
    permissions: &[
        "cloudtrail:GetTrailStatus",
        "cloudtrail:DescribeTrails",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@subject"],
    records: Reader::Page(|page| json_about(page, &["IsLogging"])),
    // They move with every delivery; a change of them is no change of the company's.
    volatile: &[
        "/LatestDeliveryTime",
        "/LatestNotificationTime",
        "/LatestDigestDeliveryTime",
        "/LatestCloudWatchLogsDeliveryTime",
        "/LatestDeliveryAttemptTime",
        "/LatestNotificationAttemptTime",
        "/LatestDeliveryAttemptSucceeded",
        "/LatestNotificationAttemptSucceeded",
    ],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.3.4[b]", "3.3.1[c]"],
};

/// Which events each trail records.
pub static CLOUDTRAIL_SELECTORS: Dataset = Dataset {
    id: "aws.cloudtrail_selectors",
    title: "CloudTrail event selectors",
    what: "Which kinds of events each trail records.",
    permissions: &[
        "cloudtrail:GetEventSelectors",
        "cloudtrail:DescribeTrails",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@subject"],
    records: Reader::Page(|page| json_about(page, &["EventSelectors", "AdvancedEventSelectors"])),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.3.1[a]", "3.3.1[b]"],
};

/// Events that show the record being switched off, and sign-ins to the console.
pub static CLOUDTRAIL_EVENTS: Dataset = Dataset {
    id: "aws.cloudtrail_events",
    title: "CloudTrail security events",
    what: "Console sign-ins, and changes to what records and watches the account, of the last 30 days.",
    permissions: &["cloudtrail:LookupEvents", "ec2:DescribeRegions"],
    licence: None,
    key: &["/EventId", "/@region"],
    records: Reader::Page(|page| json_items(page, "Events")),
    volatile: &[],
    removed: &[],
    row_cap: Some(2_000),
    clouds: Clouds::All,
    objectives: &["3.3.1[c]", "3.3.2[b]"],
};

/// A trail as one region sees it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Trail {
    /// Its name.
    pub name: Option<String>,
    /// Its ARN.
    #[serde(rename = "TrailARN")]
    pub arn: Option<String>,
    /// The bucket it delivers to.
    pub s3_bucket_name: Option<String>,
    /// Where it was made and is asked about.
    pub home_region: Option<String>,
    /// Whether it records in every region.
    pub is_multi_region_trail: Option<bool>,
    /// Whether events of services without a region are recorded.
    pub include_global_service_events: Option<bool>,
    /// Whether its files carry digests.
    pub log_file_validation_enabled: Option<bool>,
    /// Whether somebody changed what it records.
    pub has_custom_event_selectors: Option<bool>,
    /// Whether it is the organization's.
    pub is_organization_trail: Option<bool>,
    /// The key its files are encrypted by; absent where there is none.
    pub kms_key_id: Option<String>,
    /// The log group it delivers to; absent where there is none.
    pub cloud_watch_logs_log_group_arn: Option<String>,
}

/// How a trail stands. Times are seconds since 1970.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrailStatus {
    /// The trail's ARN.
    #[serde(rename = "@subject")]
    pub trail: String,
    /// Whether it records.
    pub is_logging: Option<bool>,
    /// When it last delivered.
    pub latest_delivery_time: Option<f64>,
    /// Why the last delivery failed; absent or empty when it did not.
    pub latest_delivery_error: Option<String>,
    /// Why the last delivery of digests failed.
    pub latest_digest_delivery_error: Option<String>,
    /// When it last delivered to its log group.
    pub latest_cloud_watch_logs_delivery_time: Option<f64>,
    /// Why the last delivery to its log group failed.
    pub latest_cloud_watch_logs_delivery_error: Option<String>,
}

/// Which events a trail records: in one of two forms.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrailSelectors {
    /// The trail's ARN.
    #[serde(rename = "@subject")]
    pub trail: String,
    /// The simple form.
    pub event_selectors: Option<Vec<Selector>>,
    /// The advanced form.
    pub advanced_event_selectors: Option<Vec<AdvancedSelector>>,
}

/// A selector of the simple form.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Selector {
    /// `All`, `ReadOnly` or `WriteOnly`.
    pub read_write_type: Option<String>,
    /// Whether management events are recorded.
    pub include_management_events: Option<bool>,
    /// Services whose management events are left out.
    pub exclude_management_event_sources: Option<Vec<String>>,
    /// The stored data whose events are recorded.
    pub data_resources: Option<Vec<DataResource>>,
}

/// Stored data whose events are recorded.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DataResource {
    /// E.g. `AWS::S3::Object`.
    #[serde(rename = "Type")]
    pub kind: Option<String>,
    /// The beginnings of their ARNs.
    pub values: Option<Vec<String>>,
}

/// A selector of the advanced form.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdvancedSelector {
    /// What an event must satisfy, all of it.
    pub field_selectors: Option<Vec<FieldSelector>>,
}

/// A condition on one field of an event.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FieldSelector {
    /// E.g. `eventCategory`, `readOnly`.
    pub field: Option<String>,
    /// The field is one of these.
    pub equals: Option<Vec<String>>,
    /// It begins with one of these.
    pub starts_with: Option<Vec<String>>,
    /// It ends with one of these.
    pub ends_with: Option<Vec<String>>,
    /// It is none of these.
    pub not_equals: Option<Vec<String>>,
    /// It begins with none of these.
    pub not_starts_with: Option<Vec<String>>,
    /// It ends with none of these.
    pub not_ends_with: Option<Vec<String>>,
}

/// Something that was done.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrailEvent {
    /// Where.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id.
    pub event_id: Option<String>,
    /// What was done.
    pub event_name: Option<String>,
    /// When, in seconds since 1970.
    pub event_time: Option<f64>,
    /// By whom.
    pub username: Option<String>,
}

/// The trails on a page; each is asked about at home.
fn trails_of(page: &RawPage<'_>) -> Result<Vec<Subject>, Malformed> {
    let Some(Value::Array(trails)) = object(page.body)?.remove("trailList") else {
        return Err(Malformed("the answer has no `trailList`".to_owned()));
    };
    trails
        .iter()
        .map(|trail| {
            let arn = trail["TrailARN"]
                .as_str()
                .ok_or_else(|| Malformed("a trail has no ARN".to_owned()))?;
            Ok(Subject {
                id: arn.to_owned(),
                region: trail["HomeRegion"].as_str().map(str::to_owned),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{
        super::read::{SUBJECT, tests::origin},
        *,
    };
    use provider_kit::RawPage;

    fn read(dataset: &Dataset, body: &str, subject: Option<&str>) -> Result<Vec<Value>, Malformed> {
        dataset.read(&RawPage {
            body: body.as_bytes(),
            origin: &origin(200, Some("us-east-1"), subject),
        })
    }

    #[test]
    fn an_answer_about_a_trail_is_the_trails() {
        let rows = read(&CLOUDTRAIL_STATUS, r#"{"IsLogging":true}"#, Some("t")).unwrap();
        let status: TrailStatus = serde_json::from_value(rows[0].clone()).unwrap();
        assert_eq!(
            (status.trail.as_str(), status.is_logging),
            ("t", Some(true))
        );
        assert_eq!(rows[0][SUBJECT], "t");
        assert!(read(&CLOUDTRAIL_STATUS, r#"{"IsLogging":true}"#, None).is_err());
        assert!(read(&CLOUDTRAIL_STATUS, "{}", Some("t")).is_err());
        assert!(read(&CLOUDTRAIL_SELECTORS, r#"{"EventSelectors":[]}"#, Some("t")).is_ok());
        assert!(read(&CLOUDTRAIL_SELECTORS, "{}", Some("t")).is_err());
    }

    #[test]
    fn trails_are_asked_about_at_home() {
        let here = origin(200, Some("us-east-1"), None);
        let of = |body: &str| {
            trails_of(&RawPage {
                body: body.as_bytes(),
                origin: &here,
            })
        };
        let body = r#"{"trailList":[{"TrailARN":"a","HomeRegion":"us-west-2"},{"TrailARN":"b"}]}"#;
        let away = Subject {
            id: "a".to_owned(),
            region: Some("us-west-2".to_owned()),
        };
        assert_eq!(of(body).unwrap(), [away, Subject::here("b")]);
        assert!(of(r#"{"trailList":[{}]}"#).is_err());
        assert!(of("{}").is_err());
    }
}
