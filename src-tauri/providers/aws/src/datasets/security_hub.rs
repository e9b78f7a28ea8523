//! Security Hub: whether it is on, and what it found against NIST SP 800-171.

use super::read::{NOT_USED, REGION, json_items, not_used, object};
use crate::client::{ACCOUNT, Operation, Paging, Request, SECURITY_HUB};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

/// Whether a refusal says that Security Hub is not switched on in a region. `InvalidAccessException` is documented for a
/// missing permission too; only its words tell the two apart.
#[must_use]
pub fn not_subscribed(code: &str, message: &str) -> bool {
    match code {
        "ResourceNotFoundException" => true,
        "InvalidAccessException" => message.to_lowercase().contains("not subscribed"),
        _ => false,
    }
}

/// Whether Security Hub is on.
pub static SECURITY_HUB_STATUS: Dataset = Dataset {
    id: "aws.securityhub_hub",
    title: "Security Hub",
    what: "Whether Security Hub is switched on in each region.",
    permissions: &["securityhub:DescribeHub", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region"],
    records: Reader::Page(hub),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.12.3[a]", "3.14.3[b]"],
};

pub(crate) static SECURITY_HUB_STATUS_OPERATION: Operation = Operation {
    service: &SECURITY_HUB,
    permission: "securityhub:DescribeHub",
    request: Request::Get("/accounts"),
    paging: Paging::None,
    not_used: not_subscribed,
};

/// What Security Hub found against NIST SP 800-171 Rev. 2.
pub static SECURITY_HUB_FINDINGS: Dataset = Dataset {
    id: "aws.securityhub_findings",
    title: "Security Hub findings",
    what: "What AWS's own controls for NIST SP 800-171 found in each region.",
    permissions: &["securityhub:GetFindings", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/Id"],
    records: Reader::Page(findings),
    // A finding is written anew whenever its control runs.
    volatile: &["/UpdatedAt", "/LastObservedAt", "/ProcessedAt"],
    removed: &[],
    row_cap: Some(20_000),
    clouds: Clouds::All,
    objectives: &["3.12.1[b]", "3.12.3[a]"],
};

pub(crate) static SECURITY_HUB_FINDINGS_OPERATION: Operation = Operation {
    service: &SECURITY_HUB,
    permission: "securityhub:GetFindings",
    request: Request::Post("/findings", || {
        json!({
            "Filters": {
                "ComplianceAssociatedStandardsId": [
                    {"Value": "standards/nist-800-171/v/2.0.0", "Comparison": "EQUALS"}
                ],
                // An administrator's hub holds the findings of other accounts too.
                "AwsAccountId": [{"Value": ACCOUNT, "Comparison": "EQUALS"}],
                "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}]
            },
            "MaxResults": 100
        })
    }),
    paging: Paging::NextToken("NextToken"),
    not_used: not_subscribed,
};

/// Whether Security Hub is on in a region.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Hub {
    /// Where.
    #[serde(rename = "@region")]
    pub region: String,
    /// The hub's ARN; absent where it is off.
    pub hub_arn: Option<String>,
    /// Whether AWS said that it is off.
    #[serde(rename = "@notUsed", default)]
    pub not_used: bool,
}

/// What a control found about one resource; or that the hub of a region is off.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HubFinding {
    /// Where.
    #[serde(rename = "@region")]
    pub region: String,
    /// Whether AWS said that the hub is off, instead of giving findings.
    #[serde(rename = "@notUsed", default)]
    pub not_used: bool,
    /// Its ARN.
    pub id: Option<String>,
    /// Where the resource is: another region than the one that answered, if that one collects the findings of others.
    #[serde(rename = "Region")]
    pub made_in: Option<String>,
    /// What the control wants.
    pub title: Option<String>,
    /// What it found.
    pub compliance: Option<Compliance>,
    /// What became of it.
    pub workflow: Option<Workflow>,
    /// `ACTIVE` or `ARCHIVED`.
    pub record_state: Option<String>,
    /// The resources it is about.
    pub resources: Option<Vec<Resource>>,
}

/// What a control found.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Compliance {
    /// `PASSED`, `WARNING`, `FAILED` or `NOT_AVAILABLE`.
    pub status: Option<String>,
    /// E.g. `CloudTrail.2`.
    pub security_control_id: Option<String>,
    /// E.g. `NIST.800-171.r2 3.5.3`.
    pub related_requirements: Option<Vec<String>>,
}

/// What became of a finding.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Workflow {
    /// `NEW`, `NOTIFIED`, `RESOLVED` or `SUPPRESSED`.
    pub status: Option<String>,
}

/// A resource of a finding.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Resource {
    /// Its kind.
    #[serde(rename = "Type")]
    pub kind: Option<String>,
    /// Its ARN or id.
    pub id: Option<String>,
}

fn hub(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    if let Some(off) = not_used(page, not_subscribed)? {
        return Ok(vec![off]);
    }
    let mut members = object(page.body)?;
    if !members.get("HubArn").is_some_and(Value::is_string) {
        return Err(Malformed("the answer has no `HubArn`".to_owned()));
    }
    members.insert(REGION.to_owned(), page.place()?.into());
    Ok(vec![Value::Object(members)])
}

fn findings(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    match not_used(page, not_subscribed)? {
        Some(mut off) => {
            // The key of a record that stands for "there can be none".
            off["Id"] = json!("");
            Ok(vec![off])
        }
        None => {
            let records = json_items(page, "Findings")?;
            if records.iter().any(|record| record.get(NOT_USED).is_some()) {
                return Err(Malformed("a finding has a member that is ours".to_owned()));
            }
            Ok(records)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    fn read(dataset: &Dataset, status: u16, body: &str) -> Result<Vec<Value>, Malformed> {
        dataset.read(&RawPage {
            body: body.as_bytes(),
            origin: &origin(status, Some("us-east-1"), None),
        })
    }

    #[test]
    fn on_and_off_are_both_answers_and_anything_else_is_none() {
        let off = r#"{"Code":"InvalidAccessException","Message":"Account 123456789012 is not subscribed to AWS Security Hub"}"#;
        for dataset in [&SECURITY_HUB_STATUS, &SECURITY_HUB_FINDINGS] {
            let rows = read(dataset, 401, off).unwrap();
            assert_eq!(
                (&rows[0][NOT_USED], &rows[0][REGION]),
                (&json!(true), &json!("us-east-1"))
            );
            assert!(read(dataset, 200, off).is_err());
            assert!(read(dataset, 403, r#"{"Code":"AccessDeniedException"}"#).is_err());
            let denied = r#"{"Code":"InvalidAccessException","Message":"The account doesn't have permission to perform this action"}"#;
            assert!(read(dataset, 401, denied).is_err(), "a denial is no answer");
        }
        let on: Hub = serde_json::from_value(
            read(&SECURITY_HUB_STATUS, 200, r#"{"HubArn":"h"}"#).unwrap()[0].clone(),
        )
        .unwrap();
        assert!(!on.not_used && on.hub_arn.is_some());
    }

    #[test]
    fn a_finding_cannot_pose_as_an_answer_of_ours() {
        let body = r#"{"Findings":[{"Id":"x","@notUsed":true}]}"#;
        assert!(read(&SECURITY_HUB_FINDINGS, 200, body).is_err());
    }
}
