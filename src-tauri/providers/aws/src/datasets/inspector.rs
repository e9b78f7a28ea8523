//! Inspector: whether it looks for vulnerabilities, and the serious ones it knows of.

use super::read::json_items;
use crate::client::{ACCOUNT, INSPECTOR, Operation, Paging, Request};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;
use serde_json::json;

/// Whether Inspector looks.
pub static INSPECTOR_STATUS: Dataset = Dataset {
    id: "aws.inspector_status",
    title: "Inspector",
    what: "Whether Inspector looks for vulnerabilities in each region, and in what.",
    permissions: &["inspector2:BatchGetAccountStatus", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/accountId"],
    records: Reader::Page(|page| json_items(page, "accounts")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.11.2[b]", "3.11.2[d]"],
};

pub(crate) static INSPECTOR_STATUS_OPERATION: Operation = Operation {
    service: &INSPECTOR,
    permission: "inspector2:BatchGetAccountStatus",
    request: Request::Post("/status/batch/get", || json!({"accountIds": [ACCOUNT]})),
    paging: Paging::None,
    not_used: |_, _| false,
};

/// The serious vulnerabilities that are open.
pub static INSPECTOR_FINDINGS: Dataset = Dataset {
    id: "aws.inspector_findings",
    title: "Inspector findings",
    what: "Open critical and high vulnerabilities that Inspector knows of in each region, and since when.",
    permissions: &["inspector2:ListFindings", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/findingArn"],
    records: Reader::Page(|page| json_items(page, "findings")),
    // A finding is written anew whenever the resource is looked at.
    volatile: &["/lastObservedAt", "/updatedAt", "/epss"],
    removed: &["/findings/*/resources/*/details"],
    row_cap: Some(10_000),
    clouds: Clouds::All,
    objectives: &["3.11.2[b]", "3.11.3[b]"],
};

pub(crate) static INSPECTOR_FINDINGS_OPERATION: Operation = Operation {
    service: &INSPECTOR,
    permission: "inspector2:ListFindings",
    request: Request::Post("/findings/list", || {
        json!({
            "filterCriteria": {
                // An administrator sees the findings of other accounts too.
                "awsAccountId": [{"comparison": "EQUALS", "value": ACCOUNT}],
                "findingStatus": [{"comparison": "EQUALS", "value": "ACTIVE"}],
                "severity": [
                    {"comparison": "EQUALS", "value": "CRITICAL"},
                    {"comparison": "EQUALS", "value": "HIGH"}
                ]
            },
            "maxResults": 100
        })
    }),
    paging: Paging::Token {
        asks: "nextToken",
        answers: "nextToken",
    },
    // How Inspector answers where it is off is not documented; its status says that it is.
    not_used: |_, _| false,
};

/// Whether Inspector looks.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InspectorStatus {
    /// Where.
    #[serde(rename = "@region")]
    pub region: String,
    /// On the whole.
    pub state: Option<InspectorState>,
    /// By kind of resource.
    pub resource_state: Option<InspectorKinds>,
}

/// By kind of resource. Kinds that Inspector learned later are not judged.
#[derive(Clone, Debug, Deserialize)]
pub struct InspectorKinds {
    /// Servers.
    pub ec2: Option<InspectorState>,
}

/// Whether something is looked at.
#[derive(Clone, Debug, Deserialize)]
pub struct InspectorState {
    /// `ENABLING`, `ENABLED`, `DISABLING`, `DISABLED`, `SUSPENDING` or `SUSPENDED`.
    pub status: Option<String>,
}

/// A vulnerability.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InspectorFinding {
    /// Where.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its ARN.
    pub finding_arn: Option<String>,
    /// What it is.
    pub title: Option<String>,
    /// `CRITICAL`, `HIGH`, ...
    pub severity: Option<String>,
    /// `ACTIVE`, `SUPPRESSED` or `CLOSED`.
    pub status: Option<String>,
    /// Since when it is known, in seconds since 1970.
    pub first_observed_at: Option<f64>,
    /// Whether AWS knows a remedy: `YES`, `NO` or `PARTIAL`.
    pub fix_available: Option<String>,
    /// What has it.
    pub resources: Option<Vec<InspectedResource>>,
}

/// What has a vulnerability.
#[derive(Clone, Debug, Deserialize)]
pub struct InspectedResource {
    /// Its id or ARN.
    pub id: Option<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};
    use provider_kit::RawPage;

    #[test]
    fn a_finding_says_since_when_it_is_known() {
        let rows = INSPECTOR_FINDINGS
            .read(&RawPage {
                body: br#"{"findings":[{"findingArn":"f","firstObservedAt":1795000000.5}]}"#,
                origin: &origin(200, Some("us-east-1"), None),
            })
            .unwrap();
        let finding: InspectorFinding = serde_json::from_value(rows[0].clone()).unwrap();
        assert_eq!(finding.first_observed_at, Some(1_795_000_000.5));
    }
}
