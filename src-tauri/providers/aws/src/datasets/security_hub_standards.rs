//! Security Hub: which standards it judges by.

use super::read::{NOT_USED, json_items, not_used};
use super::security_hub::not_subscribed;
use crate::client::{Operation, Paging, Request, SECURITY_HUB};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

/// Which standards Security Hub judges by.
pub static SECURITY_HUB_STANDARDS: Dataset = Dataset {
    id: "aws.securityhub_standards",
    title: "Security Hub standards",
    what: "Which standards Security Hub judges the account by, in each region.",
    permissions: &["securityhub:GetEnabledStandards", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/StandardsSubscriptionArn"],
    records: Reader::Page(standards),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.12.1[b]", "3.12.3[a]"],
};

pub(crate) static SECURITY_HUB_STANDARDS_OPERATION: Operation = Operation {
    service: &SECURITY_HUB,
    permission: "securityhub:GetEnabledStandards",
    request: Request::Post("/standards/get", || json!({"MaxResults": 100})),
    paging: Paging::NextToken("NextToken"),
    not_used: not_subscribed,
};

/// A standard; or that the hub of a region is off.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Standard {
    /// Where.
    #[serde(rename = "@region")]
    pub region: String,
    /// Whether AWS said that the hub is off.
    #[serde(rename = "@notUsed", default)]
    pub not_used: bool,
    /// The standard's ARN.
    pub standards_arn: Option<String>,
    /// `PENDING`, `READY`, `FAILED`, `DELETING` or `INCOMPLETE`.
    pub standards_status: Option<String>,
    /// Why it is not ready.
    pub standards_status_reason: Option<StatusReason>,
}

/// Why a standard is not ready.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatusReason {
    /// E.g. `NO_AVAILABLE_CONFIGURATION_RECORDER`.
    pub status_reason_code: Option<String>,
}

fn standards(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    if let Some(mut off) = not_used(page, not_subscribed)? {
        // The key of a record that stands for "there can be none".
        off["StandardsSubscriptionArn"] = json!("");
        return Ok(vec![off]);
    }
    let records = json_items(page, "StandardsSubscriptions")?;
    if records.iter().any(|record| record.get(NOT_USED).is_some()) {
        return Err(Malformed("a standard has a member that is ours".to_owned()));
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    #[test]
    fn a_hub_that_is_off_is_an_answer_and_no_standard_can_pose_as_one() {
        let read = |status: u16, body: &str| {
            SECURITY_HUB_STANDARDS.read(&RawPage {
                body: body.as_bytes(),
                origin: &origin(status, Some("us-east-1"), None),
            })
        };
        let off = r#"{"Code":"InvalidAccessException","Message":"Account 1 is not subscribed to AWS Security Hub"}"#;
        assert_eq!(read(401, off).unwrap()[0]["@notUsed"], json!(true));
        let posing = r#"{"StandardsSubscriptions":[{"@notUsed":true}]}"#;
        assert!(read(200, posing).is_err());
        assert!(read(200, off).is_err());
        let one = r#"{"StandardsSubscriptions":[{"StandardsArn":"a","StandardsStatus":"READY"}]}"#;
        let row: Standard = serde_json::from_value(read(200, one).unwrap().remove(0)).unwrap();
        assert_eq!(row.standards_status.unwrap(), "READY");
    }
}
