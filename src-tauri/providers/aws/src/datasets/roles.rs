//! IAM roles and when each was last used.
//!
//! The same operation gives what users, groups and roles may do (`aws.iam_authorization_details`), where the last use
//! does not count. A check judges it here, so that a snapshot with older dates can't stand for a newer one.

use crate::xml;
use provider_kit::{Clouds, Dataset, Malformed, Reader};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What is read of a role.
const MEMBERS: [&str; 5] = ["RoleName", "Arn", "Path", "CreateDate", "RoleLastUsed"];

/// Every role with its last use.
pub static ROLES: Dataset = Dataset {
    id: "aws.iam_roles",
    title: "IAM roles and their last use",
    what: "Every role of the account, when it was made, and when and where it was last used.",
    permissions: &["iam:GetAccountAuthorizationDetails"],
    licence: None,
    key: &["/Arn"],
    records: Reader::Body(records),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.1[b]", "3.5.1[b]", "3.5.6[b]"],
};

/// One role.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role {
    /// Its name.
    pub role_name: Option<String>,
    /// Its ARN.
    pub arn: Option<String>,
    /// Its path; AWS's own roles are below `/aws-service-role/`, those of IAM Identity Center below `/aws-reserved/`.
    pub path: Option<String>,
    /// When it was made.
    pub create_date: Option<String>,
    /// When and where it was last used; empty text where AWS knows of no use (it looks back 400 days).
    pub role_last_used: Option<Value>,
}

fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let result = xml::result(body, "GetAccountAuthorizationDetails")?;
    result
        .list("RoleDetailList")?
        .iter()
        .map(|element| match element.json() {
            Value::Object(members) => Ok(Value::Object(
                members
                    .into_iter()
                    .filter(|(name, _)| MEMBERS.contains(&name.as_str()))
                    .collect::<Map<String, Value>>(),
            )),
            _ => Err(Malformed("a role is empty".to_owned())),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_names_and_times_are_of_a_role() {
        let rows = records(include_bytes!("../../fixtures/mixed/iam_roles.1.xml")).unwrap();
        let names: Vec<&str> = rows
            .iter()
            .map(|row| row["RoleName"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            ["AWSServiceRoleForSupport", "build-runner", "partner-access"]
        );
        assert!(rows.iter().all(|row| row.get("RolePolicyList").is_none()));
        assert_eq!(rows[2]["RoleLastUsed"], "");
        let role: Role = serde_json::from_value(rows[1].clone()).unwrap();
        assert!(role.role_last_used.unwrap()["LastUsedDate"].is_string());
        assert!(records(b"<GetAccountAuthorizationDetailsResponse/>").is_err());
    }
}
