//! Users, groups, roles and the company's own policies, with every policy document.

use crate::xml;
use percent_encoding::percent_decode_str;
use provider_kit::{Clouds, Dataset, Malformed, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

/// Who may do what in the account.
pub static AUTHORIZATION_DETAILS: Dataset = Dataset {
    id: "aws.iam_authorization_details",
    title: "IAM users, groups, roles and policies",
    what: "Which policies each IAM user, group and role has, and what the company's own policies allow.",
    permissions: &["iam:GetAccountAuthorizationDetails"],
    licence: None,
    key: &["/Kind", "/Arn"],
    records: Reader::Body(records),
    // When a role was last used says nothing about what it may do.
    volatile: &["/RoleLastUsed"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.1[a]", "3.1.2[a]", "3.1.5[a]"],
};

/// The lists of an answer and what an element of each is.
const LISTS: [(&str, &str); 4] = [
    ("UserDetailList", "user"),
    ("GroupDetailList", "group"),
    ("RoleDetailList", "role"),
    ("Policies", "policy"),
];

/// A user, group, role or policy of the company's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Entity {
    /// `user`, `group`, `role` or `policy`.
    pub kind: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// A user's name.
    pub user_name: Option<String>,
    /// A group's name.
    pub group_name: Option<String>,
    /// A role's name.
    pub role_name: Option<String>,
    /// A policy's name.
    pub policy_name: Option<String>,
    /// Its path; AWS's own roles are below `/aws-service-role/`.
    pub path: Option<String>,
    /// Of a role, who may take it on: percent-encoded JSON (RFC 3986).
    pub assume_role_policy_document: Option<String>,
    /// A user's groups.
    #[serde(default, deserialize_with = "super::read::items")]
    pub group_list: Option<Vec<String>>,
    /// A user's own documents.
    #[serde(default, deserialize_with = "super::read::items")]
    pub user_policy_list: Option<Vec<InlinePolicy>>,
    /// A group's own documents.
    #[serde(default, deserialize_with = "super::read::items")]
    pub group_policy_list: Option<Vec<InlinePolicy>>,
    /// A role's own documents.
    #[serde(default, deserialize_with = "super::read::items")]
    pub role_policy_list: Option<Vec<InlinePolicy>>,
    /// Policies attached by ARN.
    #[serde(default, deserialize_with = "super::read::items")]
    pub attached_managed_policies: Option<Vec<AttachedPolicy>>,
    /// How often a policy is attached.
    #[serde(default, deserialize_with = "super::read::number")]
    pub attachment_count: Option<i64>,
    /// A policy's versions.
    #[serde(default, deserialize_with = "super::read::items")]
    pub policy_version_list: Option<Vec<PolicyVersion>>,
}

/// A document inside a user, group or role.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InlinePolicy {
    /// Its name.
    pub policy_name: Option<String>,
    /// Percent-encoded JSON (RFC 3986).
    pub policy_document: Option<String>,
}

/// A policy attached by ARN.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPolicy {
    /// Its name.
    pub policy_name: Option<String>,
    /// Its ARN; AWS's own are `arn:<partition>:iam::aws:policy/...`.
    pub policy_arn: Option<String>,
}

/// A version of a policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyVersion {
    /// Percent-encoded JSON (RFC 3986).
    pub document: Option<String>,
    /// E.g. `v3`.
    pub version_id: Option<String>,
    /// Whether it is the one in force.
    #[serde(default, deserialize_with = "super::read::flag")]
    pub is_default_version: Option<bool>,
}

impl Entity {
    /// Its name, else its ARN.
    #[must_use]
    pub fn name(&self) -> &str {
        [
            &self.user_name,
            &self.group_name,
            &self.role_name,
            &self.policy_name,
            &self.arn,
        ]
        .into_iter()
        .filter_map(Option::as_deref)
        .find(|name| !name.is_empty())
        .unwrap_or("")
    }

    /// Its ARN, else its name.
    #[must_use]
    pub fn id(&self) -> &str {
        match self.arn.as_deref() {
            None | Some("") => self.name(),
            Some(arn) => arn,
        }
    }

    /// The documents inside it; `None` where the answer does not say.
    ///
    /// AWS leaves `UserPolicyList` out for a user without inline policies, and writes every other list even when it is
    /// empty. So a user whose other lists are there has none; a group or role without the list does not say.
    #[must_use]
    pub fn inline(&self) -> Option<&[InlinePolicy]> {
        match self.kind.as_str() {
            "user" => match &self.user_policy_list {
                None if self.group_list.is_some() && self.attached_managed_policies.is_some() => {
                    Some(&[])
                }
                list => list.as_deref(),
            },
            "group" => self.group_policy_list.as_deref(),
            "role" => self.role_policy_list.as_deref(),
            _ => Some(&[]),
        }
    }
}

/// A policy document as JSON; `None` where it is not one.
#[must_use]
pub fn document(encoded: &str) -> Option<Value> {
    let text = percent_decode_str(encoded).decode_utf8().ok()?;
    serde_json::from_str::<Value>(&text)
        .ok()
        .filter(Value::is_object)
}

fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let result = xml::result(body, "GetAccountAuthorizationDetails")?;
    let mut records = Vec::new();
    for (list, kind) in LISTS {
        for element in result.list(list)? {
            match element.json() {
                Value::Object(mut members) => {
                    members.insert("Kind".to_owned(), json!(kind));
                    records.push(Value::Object(members));
                }
                _ => return Err(Malformed(format!("an element of {list} is empty"))),
            }
        }
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_list_is_read_and_none_may_be_missing() {
        let body = "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>\
            <UserDetailList><member><UserName>a</UserName><Arn>u</Arn><GroupList/>\
              <UserPolicyList><member><PolicyName>p</PolicyName><PolicyDocument>%7B%22a%22%3A1%7D</PolicyDocument></member></UserPolicyList>\
              <AttachedManagedPolicies/></member></UserDetailList>\
            <GroupDetailList/><RoleDetailList/>\
            <Policies><member><PolicyName>q</PolicyName><Arn>p</Arn><AttachmentCount>2</AttachmentCount></member></Policies>\
            </GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>";
        let rows = records(body.as_bytes()).unwrap();
        let entities: Vec<Entity> = rows
            .into_iter()
            .map(|row| serde_json::from_value(row).unwrap())
            .collect();
        assert_eq!(
            entities.iter().map(Entity::name).collect::<Vec<_>>(),
            ["a", "q"]
        );
        let inline = entities[0].inline().unwrap();
        let encoded = inline[0].policy_document.as_deref().unwrap();
        assert_eq!(document(encoded).unwrap(), json!({"a": 1}));
        assert_eq!(entities[1].attachment_count, Some(2));
        assert!(records(body.replace("<RoleDetailList/>", "").as_bytes()).is_err());
    }

    #[test]
    fn only_a_users_own_documents_may_go_unsaid() {
        let entity = |kind: &str, lists: Value| -> Entity {
            let mut record = lists;
            record["Kind"] = json!(kind);
            serde_json::from_value(record).unwrap()
        };
        let lists = json!({"GroupList": "", "AttachedManagedPolicies": ""});
        assert_eq!(
            entity("user", lists.clone()).inline().map(<[_]>::len),
            Some(0)
        );
        assert!(entity("user", json!({"GroupList": ""})).inline().is_none());
        assert!(
            entity("user", json!({"AttachedManagedPolicies": ""}))
                .inline()
                .is_none()
        );
        for kind in ["group", "role"] {
            assert!(entity(kind, lists.clone()).inline().is_none(), "{kind}");
        }
    }

    #[test]
    fn a_blank_name_or_arn_is_none() {
        let entity: Entity =
            serde_json::from_value(json!({"Kind": "user", "UserName": "", "Arn": "arn"})).unwrap();
        assert_eq!((entity.name(), entity.id()), ("arn", "arn"));
        let entity: Entity =
            serde_json::from_value(json!({"Kind": "user", "UserName": "a", "Arn": ""})).unwrap();
        assert_eq!((entity.name(), entity.id()), ("a", "a"));
    }

    #[test]
    fn a_document_that_is_none_is_not_an_empty_one() {
        for bad in ["", "%7B", "%5B%5D", "%ff"] {
            assert_eq!(document(bad), None, "{bad}");
        }
    }
}
