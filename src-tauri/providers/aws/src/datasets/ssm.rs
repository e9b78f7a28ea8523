//! Systems Manager: which servers it manages, whether they are patched, and which of its documents are shared.

use super::read::{json_about, json_items};
use crate::client::{
    Operation, Paging, Probe, Question, Request, SYSTEMS_MANAGER, Scope, Subject, Subjects,
};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::json;

/// The servers it manages.
pub static MANAGED_INSTANCES: Dataset = Dataset {
    id: "aws.ssm_instances",
    title: "Managed instances",
    what: "Which servers Systems Manager manages in each region, and whether it reaches them. Names and addresses inside the network are not kept.",
    permissions: &["ssm:DescribeInstanceInformation", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/InstanceId"],
    records: Reader::Page(|page| json_items(page, "InstanceInformationList")),
    // They move with every sign of life.
    volatile: &[
        "/LastPingDateTime",
        "/LastAssociationExecutionDate",
        "/LastSuccessfulAssociationExecutionDate",
        "/AssociationOverview",
    ],
    removed: &[
        "/InstanceInformationList/*/IPAddress",
        "/InstanceInformationList/*/ComputerName",
    ],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.4.1[d]", "3.4.2[b]"],
};

pub(crate) static MANAGED_INSTANCES_OPERATION: Operation = Operation {
    service: &SYSTEMS_MANAGER,
    permission: "ssm:DescribeInstanceInformation",
    request: Request::Document("DescribeInstanceInformation", || json!({"MaxResults": 50})),
    paging: Paging::NextToken("NextToken"),
    not_used: |_, _| false,
};

/// Whether the servers are patched.
pub static PATCH_COMPLIANCE: Dataset = Dataset {
    id: "aws.ssm_patch_compliance",
    title: "Patch compliance",
    what: "Whether each managed server has the patches its baseline asks for, and what else is set for it, and when that was last looked at.",
    permissions: &["ssm:ListResourceComplianceSummaries", "ec2:DescribeRegions"],
    licence: None,
    key: &[
        "/@region",
        "/ComplianceType",
        "/ResourceType",
        "/ResourceId",
    ],
    records: Reader::Page(|page| json_items(page, "ResourceComplianceSummaryItems")),
    // They move with every look.
    volatile: &["/ExecutionSummary"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.14.1[b]", "3.11.3[b]"],
};

pub(crate) static PATCH_COMPLIANCE_OPERATION: Operation = Operation {
    service: &SYSTEMS_MANAGER,
    permission: "ssm:ListResourceComplianceSummaries",
    // By what it can be filtered is not documented: patches are told from other things when it is judged.
    request: Request::Document(
        "ListResourceComplianceSummaries",
        || json!({"MaxResults": 50}),
    ),
    paging: Paging::NextToken("NextToken"),
    not_used: |_, _| false,
};

/// The account's own documents.
pub static DOCUMENTS: Dataset = Dataset {
    id: "aws.ssm_documents",
    title: "Systems Manager documents",
    what: "The account's own documents, which say what is to be done on servers, in each region.",
    permissions: &["ssm:ListDocuments", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/Name"],
    records: Reader::Page(|page| json_items(page, "DocumentIdentifiers")),
    volatile: &[],
    removed: &[],
    row_cap: Some(2_000),
    clouds: Clouds::All,
    objectives: &["3.4.1[d]"],
};

pub(crate) static DOCUMENTS_LIST: Subjects = Subjects {
    id: "ssm documents",
    scope: Scope::Regions,
    list: Operation {
        service: &SYSTEMS_MANAGER,
        permission: "ssm:ListDocuments",
        request: Request::Document(
            "ListDocuments",
            || json!({"Filters": [{"Key": "Owner", "Values": ["Self"]}], "MaxResults": 50}),
        ),
        paging: Paging::NextToken("NextToken"),
        not_used: |_, _| false,
    },
    read: documents_of,
    batch: 1,
    most: Some(500),
};

/// With whom each is shared.
pub static DOCUMENT_SHARES: Dataset = Dataset {
    id: "aws.ssm_document_shares",
    title: "Shares of documents",
    what: "With which accounts each of the account's documents is shared.",
    permissions: &[
        "ssm:DescribeDocumentPermission",
        "ssm:ListDocuments",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region", "/@subject", "/AccountIds"],
    records: Reader::Page(|page| json_about(page, &["AccountIds"])),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.3[e]", "3.1.22[d]"],
};

pub(crate) static SHARES_QUESTION: Question = Question {
    subjects: &DOCUMENTS_LIST,
    asks: &[&Operation {
        service: &SYSTEMS_MANAGER,
        permission: "ssm:DescribeDocumentPermission",
        request: Request::Document(
            "DescribeDocumentPermission",
            || json!({"Name": "{subject}", "PermissionType": "Share"}),
        ),
        paging: Paging::NextToken("NextToken"),
        not_used: |_, _| false,
    }],
    // Whoever may ask hears that there is no such document.
    probe: Some(Probe {
        subject: "cmmcpro-permission-test",
        unknown: |code, _| code == "InvalidDocument",
    }),
};

/// A server it manages.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedInstance {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id: an EC2 instance's, or `mi-` and more.
    pub instance_id: Option<String>,
    /// `Online`, `ConnectionLost` or `Inactive`.
    pub ping_status: Option<String>,
    /// Its own name for it.
    pub name: Option<String>,
}

/// Whether a server is patched.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PatchSummary {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// The server.
    pub resource_id: Option<String>,
    /// What is compared: `Patch`, `Association` or a name of the company's.
    pub compliance_type: Option<String>,
    /// `COMPLIANT` or `NON_COMPLIANT`.
    pub status: Option<String>,
    /// When that was found out.
    pub execution_summary: Option<PatchScan>,
    /// What it lacks.
    pub non_compliant_summary: Option<Lacking>,
}

/// When something was found out.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PatchScan {
    /// In seconds since 1970.
    pub execution_time: Option<f64>,
}

/// What a server lacks.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Lacking {
    /// How many patches.
    pub non_compliant_count: Option<i64>,
}

/// A document.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    pub name: Option<String>,
}

/// With whom a document is shared.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DocumentShare {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// The document's name.
    #[serde(rename = "@subject")]
    pub document: String,
    /// Numbers of accounts; `all` for everybody.
    pub account_ids: Option<Vec<String>>,
}

/// The documents on a page.
fn documents_of(page: &RawPage<'_>) -> Result<Vec<Subject>, Malformed> {
    json_items(page, "DocumentIdentifiers")?
        .iter()
        .map(|document| {
            document["Name"]
                .as_str()
                .map(Subject::here)
                .ok_or_else(|| Malformed("a document has no name".to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    #[test]
    fn documents_are_taken_from_a_whole_list_only() {
        let here = origin(200, Some("us-east-1"), None);
        let of = |body: &str| {
            documents_of(&RawPage {
                body: body.as_bytes(),
                origin: &here,
            })
        };
        let list =
            r#"{"DocumentIdentifiers":[{"Name":"a","Owner":"1"},{"Name":"b"}],"NextToken":""}"#;
        assert_eq!(of(list).unwrap(), [Subject::here("a"), Subject::here("b")]);
        for bad in ["{}", r#"{"DocumentIdentifiers":[{"Owner":"1"}]}"#, "["] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
