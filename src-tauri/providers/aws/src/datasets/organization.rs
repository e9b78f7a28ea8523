//! The organization that the account belongs to: what it is, its accounts, and the policies that limit them.

use super::read::{NOT_USED, SUBJECT, about, json_items, not_used, object, of_region};
use crate::client::{
    ORGANIZATIONS, Operation, Paging, Probe, Question, Request, Scope, Subject, Subjects,
};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

const TOKEN: Paging = Paging::NextToken("NextToken");

/// Whether a refusal says that the account is in no organization.
fn no_organization(code: &str, _: &str) -> bool {
    code == "AWSOrganizationsNotInUseException"
}

/// The organization, or AWS's answer that the account is in none. Every account may ask.
pub static ORGANIZATION: Dataset = Dataset {
    id: "aws.org_organization",
    title: "Organization",
    what: "Whether the account belongs to an organization of AWS accounts, and whether that can set limits.",
    permissions: &["organizations:DescribeOrganization"],
    licence: None,
    key: &[],
    records: Reader::Page(organization),
    volatile: &[],
    removed: &["/Organization/MasterAccountEmail"],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.5[b]", "3.4.2[b]"],
};

pub(crate) static ORGANIZATION_OPERATION: Operation = Operation {
    service: &ORGANIZATIONS,
    permission: "organizations:DescribeOrganization",
    request: Request::Document("DescribeOrganization", || json!({})),
    paging: Paging::None,
    not_used: no_organization,
};

/// The accounts of the organization; only its management account, and those that stand in for it, may list them.
pub static ORGANIZATION_ACCOUNTS: Dataset = Dataset {
    id: "aws.org_accounts",
    title: "Accounts of the organization",
    what: "Which other AWS accounts are the company's own.",
    permissions: &["organizations:ListAccounts"],
    licence: None,
    key: &["/Id"],
    records: Reader::Page(accounts),
    volatile: &[],
    removed: &["/Accounts/*/Email"],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.20[a]"],
};

pub(crate) static ORGANIZATION_ACCOUNTS_OPERATION: Operation = Operation {
    service: &ORGANIZATIONS,
    permission: "organizations:ListAccounts",
    request: Request::Document("ListAccounts", || json!({})),
    paging: TOKEN,
    not_used: no_organization,
};

/// The service control policies and what each is attached to; who may list the accounts may list these.
pub static SERVICE_CONTROL_POLICIES: Dataset = Dataset {
    id: "aws.org_policies",
    title: "Service control policies",
    what: "What the organization forbids its accounts, and to which accounts and units.",
    permissions: &[
        "organizations:ListPolicies",
        "organizations:DescribePolicy",
        "organizations:ListTargetsForPolicy",
    ],
    licence: None,
    key: &["/kind", "/@subject", "/TargetId"],
    records: Reader::Page(policies),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.3[c]", "3.1.3[e]", "3.1.5[b]"],
};

static POLICIES_LIST: Subjects = Subjects {
    id: "service control policies",
    scope: Scope::Once,
    list: Operation {
        service: &ORGANIZATIONS,
        permission: "organizations:ListPolicies",
        request: Request::Document(
            "ListPolicies",
            || json!({"Filter": "SERVICE_CONTROL_POLICY"}),
        ),
        paging: TOKEN,
        not_used: no_organization,
    },
    read: policy_ids,
    batch: 1,
    most: None,
};

static DESCRIBE_POLICY: Operation = Operation {
    service: &ORGANIZATIONS,
    permission: "organizations:DescribePolicy",
    request: Request::Document("DescribePolicy", || json!({"PolicyId": "{subject}"})),
    paging: Paging::None,
    not_used: no_organization,
};

static LIST_TARGETS: Operation = Operation {
    service: &ORGANIZATIONS,
    permission: "organizations:ListTargetsForPolicy",
    request: Request::Document("ListTargetsForPolicy", || json!({"PolicyId": "{subject}"})),
    paging: TOKEN,
    not_used: no_organization,
};

pub(crate) static POLICIES_QUESTION: Question = Question {
    subjects: &POLICIES_LIST,
    asks: &[&DESCRIBE_POLICY, &LIST_TARGETS],
    probe: Some(Probe {
        subject: "p-00000000",
        unknown: |code, _| code == "PolicyNotFoundException",
    }),
};

/// The organization.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Organization {
    /// Its id, `o-...`.
    pub id: Option<String>,
    /// `ALL` or `CONSOLIDATED_BILLING`.
    pub feature_set: Option<String>,
    /// Whether AWS said that there is none.
    #[serde(rename = "@notUsed", default)]
    pub not_used: bool,
}

/// An account of the organization, or that there is no organization.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrganizationAccount {
    /// Its number.
    pub id: Option<String>,
}

/// A service control policy, or one place where it is attached.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ControlPolicy {
    /// `policy` or `target`.
    #[serde(rename = "kind")]
    pub kind: String,
    /// The policy's id.
    #[serde(rename = "@subject")]
    pub policy: String,
    /// Of a policy: its name.
    pub name: Option<String>,
    /// Of a policy: its document, JSON as text.
    pub content: Option<String>,
    /// Of a place: its id.
    pub target_id: Option<String>,
    /// Of a place: `ROOT`, `ORGANIZATIONAL_UNIT` or `ACCOUNT`.
    #[serde(rename = "Type")]
    pub target_kind: Option<String>,
}

fn organization(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    if let Some(none) = not_used(page, no_organization)? {
        return Ok(vec![none]);
    }
    match object(page.body)?.remove("Organization") {
        Some(organization) if organization.get(NOT_USED).is_none() => {
            Ok(vec![of_region(organization, page.place()?)?])
        }
        _ => Err(Malformed("the answer has no `Organization`".to_owned())),
    }
}

fn accounts(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    // Without an organization the account has no others beside it.
    match not_used(page, no_organization)? {
        Some(_) => Ok(Vec::new()),
        None => json_items(page, "Accounts"),
    }
}

fn policy_ids(page: &RawPage<'_>) -> Result<Vec<Subject>, Malformed> {
    if not_used(page, no_organization)?.is_some() {
        return Ok(Vec::new());
    }
    json_items(page, "Policies")?
        .iter()
        .map(|policy| match policy["Id"].as_str() {
            Some(id) if !id.is_empty() => Ok(Subject::here(id)),
            _ => Err(Malformed("a policy has no id".to_owned())),
        })
        .collect()
}

fn policies(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    if not_used(page, no_organization)?.is_some() {
        return Ok(Vec::new());
    }
    let members = object(page.body)?;
    if let Some(policy) = members.get("Policy") {
        let record = json!({
            "kind": "policy",
            "TargetId": "",
            "Name": policy["PolicySummary"]["Name"],
            "Content": policy["Content"],
        });
        return Ok(vec![about(page, record)?]);
    }
    json_items(page, "Targets")?
        .into_iter()
        .map(|mut target| {
            target["kind"] = json!("target");
            target[SUBJECT] = page.subject()?.into();
            Ok(target)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    const NONE: &str = r#"{"__type":"AWSOrganizationsNotInUseException","Message":"Your account is not a member of an organization."}"#;

    fn read(
        dataset: &Dataset,
        status: u16,
        subject: Option<&str>,
        body: &str,
    ) -> Result<Vec<Value>, Malformed> {
        let origin = origin(status, Some("us-east-1"), subject);
        dataset.read(&RawPage {
            body: body.as_bytes(),
            origin: &origin,
        })
    }

    #[test]
    fn no_organization_is_an_answer_everywhere() {
        let rows = read(&ORGANIZATION, 400, None, NONE).unwrap();
        let organization: Organization = serde_json::from_value(rows[0].clone()).unwrap();
        assert!(organization.not_used);
        for dataset in [&ORGANIZATION_ACCOUNTS, &SERVICE_CONTROL_POLICIES] {
            assert!(read(dataset, 400, Some("p"), NONE).unwrap().is_empty());
        }
        let denied = r#"{"__type":"AccessDeniedException"}"#;
        for dataset in [
            &ORGANIZATION,
            &ORGANIZATION_ACCOUNTS,
            &SERVICE_CONTROL_POLICIES,
        ] {
            assert!(read(dataset, 400, Some("p"), denied).is_err());
            assert!(read(dataset, 200, Some("p"), NONE).is_err());
        }
        let origin = origin(400, Some("us-east-1"), None);
        let page = RawPage {
            body: NONE.as_bytes(),
            origin: &origin,
        };
        assert!(policy_ids(&page).unwrap().is_empty());
    }

    #[test]
    fn a_policy_and_its_places_are_records_about_it() {
        let policy = r#"{"Policy":{"PolicySummary":{"Name":"n"},"Content":"{}"}}"#;
        let rows = read(&SERVICE_CONTROL_POLICIES, 200, Some("p-1"), policy).unwrap();
        let policy: ControlPolicy = serde_json::from_value(rows[0].clone()).unwrap();
        assert_eq!(
            (
                policy.kind.as_str(),
                policy.policy.as_str(),
                policy.content.as_deref()
            ),
            ("policy", "p-1", Some("{}"))
        );
        let targets = r#"{"Targets":[{"TargetId":"r-1","Type":"ROOT","Name":"Root"}]}"#;
        let rows = read(&SERVICE_CONTROL_POLICIES, 200, Some("p-1"), targets).unwrap();
        let place: ControlPolicy = serde_json::from_value(rows[0].clone()).unwrap();
        assert_eq!(
            (place.kind.as_str(), place.target_kind.as_deref()),
            ("target", Some("ROOT"))
        );
        assert!(read(&SERVICE_CONTROL_POLICIES, 200, None, targets).is_err());
    }
}
