//! GuardDuty: whether it watches, what it watches, and what it found.

use super::read::{REGION, about, json_about, json_items, object};
use crate::client::{
    ACCOUNT, GUARD_DUTY, Operation, Paging, Question, Request, SUBJECTS, Scope, Subject, Subjects,
};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

/// Whether there is a detector.
pub static DETECTORS: Dataset = Dataset {
    id: "aws.guardduty_detectors",
    title: "GuardDuty detectors",
    what: "Whether GuardDuty has a detector in each region.",
    permissions: &["guardduty:ListDetectors", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region"],
    records: Reader::Page(detectors),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.14.6[a]"],
};

/// The detectors of each region, of which there is one at most.
pub(crate) static DETECTORS_LIST: Subjects = Subjects {
    id: "guardduty detectors",
    scope: Scope::Regions,
    list: Operation {
        service: &GUARD_DUTY,
        permission: "guardduty:ListDetectors",
        request: Request::Get("/detector"),
        paging: Paging::Token {
            asks: "nextToken",
            answers: "nextToken",
        },
        not_used: |_, _| false,
    },
    read: |page| ids(page, "detectorIds"),
    batch: 1,
    most: None,
};

/// What each detector watches.
pub static DETECTOR_SETTINGS: Dataset = Dataset {
    id: "aws.guardduty_settings",
    title: "GuardDuty settings",
    what: "Whether each detector is on, and which kinds of data it watches.",
    permissions: &[
        "guardduty:GetDetector",
        "guardduty:ListDetectors",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region", "/@subject"],
    records: Reader::Page(|page| json_about(page, &["status"])),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.14.2[b]", "3.14.6[a]"],
};

/// What the detectors found.
pub static GUARDDUTY_FINDINGS: Dataset = Dataset {
    id: "aws.guardduty_findings",
    title: "GuardDuty findings",
    what: "What GuardDuty found in each region and nobody archived: kind, severity and times, without addresses and keys.",
    permissions: &[
        "guardduty:ListFindings",
        "guardduty:GetFindings",
        "guardduty:ListDetectors",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region", "/id"],
    records: Reader::Page(findings),
    // A finding is written anew whenever the same is seen again.
    volatile: &["/updatedAt", "/service/count", "/service/eventLastSeen"],
    // Of whoever was attacked or attacked, and of what they ran: the finding itself stays at AWS.
    removed: &[
        "/findings/*/service/action",
        "/findings/*/service/evidence",
        "/findings/*/service/additionalInfo",
        "/findings/*/service/runtimeDetails",
        "/findings/*/service/detection",
        "/findings/*/service/ebsVolumeScanDetails",
        "/findings/*/service/malwareScanDetails",
        "/findings/*/resource/accessKeyDetails",
        "/findings/*/resource/kubernetesDetails",
        "/findings/*/resource/rdsDbUserDetails",
        "/findings/*/resource/instanceDetails/networkInterfaces",
        "/findings/*/description",
    ],
    row_cap: Some(5_000),
    clouds: Clouds::All,
    objectives: &["3.6.1[c]", "3.14.7[b]"],
};

pub(crate) static SETTINGS_QUESTION: Question = Question {
    subjects: &DETECTORS_LIST,
    asks: &[&Operation {
        service: &GUARD_DUTY,
        permission: "guardduty:GetDetector",
        request: Request::Get("/detector/{subject}"),
        paging: Paging::None,
        not_used: |_, _| false,
    }],
    probe: None,
};

/// What was found and not archived, of each detector. GuardDuty gives the ids first, and tells about 50 of them at a
/// time.
static FINDING_IDS: Subjects = Subjects {
    id: "guardduty findings",
    scope: Scope::Each(&DETECTORS_LIST),
    list: Operation {
        service: &GUARD_DUTY,
        permission: "guardduty:ListFindings",
        request: Request::Post("/detector/{subject}/findings", || {
            json!({
                "findingCriteria": {"criterion": {
                    "service.archived": {"equals": ["false"]},
                    // An administrator sees the findings of other accounts too.
                    "accountId": {"equals": [ACCOUNT]}
                }},
                "maxResults": 50
            })
        }),
        paging: Paging::Token {
            asks: "nextToken",
            answers: "nextToken",
        },
        not_used: |_, _| false,
    },
    read: |page| ids(page, "findingIds"),
    batch: 50,
    most: Some(5_000),
};

pub(crate) static FINDINGS_QUESTION: Question = Question {
    subjects: &FINDING_IDS,
    asks: &[&Operation {
        service: &GUARD_DUTY,
        permission: "guardduty:GetFindings",
        request: Request::Post(
            "/detector/{parent}/findings/get",
            || json!({ "findingIds": SUBJECTS }),
        ),
        paging: Paging::None,
        not_used: |_, _| false,
    }],
    probe: None,
};

/// Whether a region has a detector.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detectors {
    /// Where.
    #[serde(rename = "@region")]
    pub region: String,
    /// Their ids; none where GuardDuty was never switched on.
    pub detector_ids: Vec<String>,
}

/// What a detector watches.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detector {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id.
    #[serde(rename = "@subject")]
    pub detector: String,
    /// `ENABLED` or `DISABLED`.
    pub status: Option<String>,
    /// The kinds of data.
    pub features: Option<Vec<Feature>>,
}

/// A kind of data that can be watched.
#[derive(Clone, Debug, Deserialize)]
pub struct Feature {
    /// E.g. `S3_DATA_EVENTS`.
    pub name: Option<String>,
    /// `ENABLED` or `DISABLED`.
    pub status: Option<String>,
}

/// What a detector found.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GuardFinding {
    /// Where it was found.
    #[serde(rename = "@region")]
    pub region: String,
    /// The detector.
    #[serde(rename = "@subject")]
    pub detector: String,
    /// Its id.
    pub id: Option<String>,
    /// What it is, in a sentence.
    pub title: Option<String>,
    /// From 1 to 10.
    pub severity: Option<f64>,
    /// When it was first written.
    pub created_at: Option<String>,
    /// What became of it.
    pub service: Option<FindingService>,
    /// What it is about.
    pub resource: Option<FindingResource>,
}

/// What became of a finding.
#[derive(Clone, Debug, Deserialize)]
pub struct FindingService {
    /// Whether somebody put it away.
    pub archived: Option<bool>,
}

/// What a finding is about.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindingResource {
    /// E.g. `Instance`.
    pub resource_type: Option<String>,
}

fn detectors(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    let mut members = object(page.body)?;
    if !members.get("detectorIds").is_some_and(Value::is_array) {
        return Err(Malformed("the answer has no `detectorIds`".to_owned()));
    }
    members.insert(REGION.to_owned(), json!(page.place()?));
    Ok(vec![Value::Object(members)])
}

/// The findings of a page, each with its detector.
fn findings(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    let records = json_items(page, "findings")?;
    records
        .into_iter()
        .map(|record| about(page, record))
        .collect()
}

/// The ids of the list `list`.
fn ids(page: &RawPage<'_>, list: &str) -> Result<Vec<Subject>, Malformed> {
    let ids = object(page.body)?.remove(list).unwrap_or_default();
    let ids: Vec<String> = serde_json::from_value(ids)
        .map_err(|_| Malformed(format!("`{list}` is not a list of ids")))?;
    Ok(ids.into_iter().map(Subject::here).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    fn read(dataset: &Dataset, body: &str, subject: Option<&str>) -> Result<Vec<Value>, Malformed> {
        dataset.read(&RawPage {
            body: body.as_bytes(),
            origin: &origin(200, Some("us-east-1"), subject),
        })
    }

    #[test]
    fn no_detector_is_an_answer_too() {
        let none = read(&DETECTORS, r#"{"detectorIds":[]}"#, None).unwrap();
        let none: Detectors = serde_json::from_value(none[0].clone()).unwrap();
        assert_eq!(
            (none.region.as_str(), none.detector_ids.len()),
            ("us-east-1", 0)
        );
        assert!(read(&DETECTORS, "{}", None).is_err());
    }

    #[test]
    fn a_finding_is_of_its_detector() {
        let body = r#"{"findings":[{"id":"f","severity":8.0,"service":{"archived":false}}]}"#;
        let row = read(&GUARDDUTY_FINDINGS, body, Some("d"))
            .unwrap()
            .remove(0);
        let finding: GuardFinding = serde_json::from_value(row).unwrap();
        assert_eq!(
            (finding.severity, finding.detector.as_str()),
            (Some(8.0), "d")
        );
        for (body, subject) in [(r#"{"findingIds":["f"]}"#, Some("d")), (body, None)] {
            assert!(read(&GUARDDUTY_FINDINGS, body, subject).is_err(), "{body}");
        }
    }

    #[test]
    fn ids_are_taken_from_a_list_of_texts_only() {
        let here = origin(200, Some("us-east-1"), None);
        let of = |body: &str| {
            let page = RawPage {
                body: body.as_bytes(),
                origin: &here,
            };
            ids(&page, "findingIds")
        };
        assert_eq!(of(r#"{"findingIds":["a"]}"#).unwrap(), [Subject::here("a")]);
        for odd in ["{}", r#"{"findingIds":[1]}"#, r#"{"findingIds":{}}"#] {
            assert!(of(odd).is_err(), "{odd}");
        }
    }
}
