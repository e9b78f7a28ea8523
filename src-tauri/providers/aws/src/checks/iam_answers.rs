//! Makes IAM's answer about users, groups, roles and policies, for tests.
#![allow(clippy::unwrap_used)]

use super::testing::Account;
use crate::datasets::{AUTHORIZATION_DETAILS, Entity};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::{prelude::*, sample::select};
use provider_kit::{Origin, RawPage};
use serde_json::{Map, Value, json};

/// What stands before the name in an ARN of the account.
pub const ACCOUNT: &str = "arn:aws:iam::123456789012:";

/// An answer in the making.
#[derive(Clone, Debug, Default)]
pub struct Iam {
    users: String,
    groups: String,
    roles: String,
    policies: String,
}

impl Iam {
    /// With a user in these groups, with these policies attached (by ARN) and inside.
    pub fn user(
        mut self,
        name: &str,
        groups: &[&str],
        attached: &[&str],
        inline: &[(&str, Value)],
    ) -> Self {
        let groups: String = groups
            .iter()
            .map(|group| format!("<member>{group}</member>"))
            .collect();
        // AWS writes this list only where there is something in it.
        let inline = match inline {
            [] => String::new(),
            _ => list("UserPolicyList", &inside(inline)),
        };
        self.users += &format!(
            "<member><Path>/</Path><UserName>{name}</UserName><Arn>{ACCOUNT}user/{name}</Arn>{}{inline}{}</member>",
            list("GroupList", &groups),
            list("AttachedManagedPolicies", &attachments(attached)),
        );
        self
    }

    /// With a group.
    pub fn group(mut self, name: &str, attached: &[&str], inline: &[(&str, Value)]) -> Self {
        self.groups += &format!(
            "<member><Path>/</Path><GroupName>{name}</GroupName><Arn>{ACCOUNT}group/{name}</Arn>{}{}</member>",
            list("GroupPolicyList", &inside(inline)),
            list("AttachedManagedPolicies", &attachments(attached)),
        );
        self
    }

    /// With a role below this path.
    pub fn role(
        mut self,
        path: &str,
        name: &str,
        attached: &[&str],
        inline: &[(&str, Value)],
    ) -> Self {
        self.roles += &format!(
            "<member><Path>{path}</Path><RoleName>{name}</RoleName><Arn>{ACCOUNT}role{path}{name}</Arn>{}{}</member>",
            list("RolePolicyList", &inside(inline)),
            list("AttachedManagedPolicies", &attachments(attached)),
        );
        self
    }

    /// With a policy of the company's own, attached so often, and its versions: whether in force, and the document.
    pub fn policy(mut self, name: &str, attached: Option<i64>, versions: &[(bool, Value)]) -> Self {
        let count = attached.map_or_else(String::new, |count| {
            format!("<AttachmentCount>{count}</AttachmentCount>")
        });
        let versions: String = versions
            .iter()
            .map(|(in_force, document)| {
                format!(
                    "<member><Document>{}</Document><IsDefaultVersion>{in_force}</IsDefaultVersion></member>",
                    encoded(document)
                )
            })
            .collect();
        self.policies += &format!(
            "<member><PolicyName>{name}</PolicyName><Arn>{ACCOUNT}policy/{name}</Arn>{count}{}</member>",
            list("PolicyVersionList", &versions),
        );
        self
    }

    /// The answer.
    pub fn text(&self) -> String {
        format!(
            "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>{}{}{}{}\
             </GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>",
            list("UserDetailList", &self.users),
            list("GroupDetailList", &self.groups),
            list("RoleDetailList", &self.roles),
            list("Policies", &self.policies),
        )
    }

    /// The answer's records.
    pub fn entities(&self) -> Vec<Entity> {
        let text = self.text();
        let page = RawPage {
            body: text.as_bytes(),
            origin: &Origin::default(),
        };
        let records = AUTHORIZATION_DETAILS.read(&page).unwrap();
        records
            .into_iter()
            .map(|record| serde_json::from_value(record).unwrap())
            .collect()
    }

    /// An account with this answer and nothing else.
    pub fn account(&self) -> Account {
        Account::new().page(&AUTHORIZATION_DETAILS, self.text().into_bytes())
    }
}

fn list(name: &str, members: &str) -> String {
    match members {
        "" => format!("<{name}/>"),
        members => format!("<{name}>{members}</{name}>"),
    }
}

fn attachments(arns: &[&str]) -> String {
    arns.iter()
        .map(|arn| {
            let name = arn.rsplit('/').next().unwrap_or_default();
            format!("<member><PolicyName>{name}</PolicyName><PolicyArn>{arn}</PolicyArn></member>")
        })
        .collect()
}

fn inside(policies: &[(&str, Value)]) -> String {
    policies
        .iter()
        .map(|(name, document)| {
            format!(
                "<member><PolicyName>{name}</PolicyName><PolicyDocument>{}</PolicyDocument></member>",
                encoded(document)
            )
        })
        .collect()
}

/// A document as AWS writes it.
pub fn encoded(document: &Value) -> String {
    utf8_percent_encode(&document.to_string(), NON_ALPHANUMERIC).to_string()
}

/// A document that allows this on everything.
pub fn allow(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
}

/// Any `Allow` statement of the documented shape.
pub fn statement() -> impl Strategy<Value = Value> {
    let member =
        |names: [&'static str; 2], values: Vec<Value>| (select(names.to_vec()), select(values));
    let actions = member(
        ["Action", "NotAction"],
        vec![
            json!("*"),
            json!("*:*"),
            json!("iam:*"),
            json!("s3:GetObject"),
            json!(["s3:*", "iam:*"]),
            json!(["ec2:*", "*"]),
        ],
    );
    let resources = member(
        ["Resource", "NotResource"],
        vec![
            json!("*"),
            json!(["arn:aws:s3:::b", "*"]),
            json!("arn:aws:s3:::b"),
            json!(["arn:aws:s3:::b"]),
        ],
    );
    (actions, resources, any::<bool>()).prop_map(|(actions, resources, conditional)| {
        let mut members = Map::from_iter([
            ("Effect".to_owned(), json!("Allow")),
            (actions.0.to_owned(), actions.1),
            (resources.0.to_owned(), resources.1),
        ]);
        if conditional {
            let condition = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
            members.insert("Condition".to_owned(), condition);
        }
        Value::Object(members)
    })
}

/// Any document of the documented shape.
pub fn document() -> impl Strategy<Value = Value> {
    let any_statement = (statement(), any::<bool>()).prop_map(|(mut statement, denies)| {
        if denies {
            statement["Effect"] = json!("Deny");
        }
        statement
    });
    proptest::collection::vec(any_statement, 1..4)
        .prop_map(|statements| json!({"Version": "2012-10-17", "Statement": statements}))
}

/// Every way of making one place of a document unreadable: something else stands there, or a member is gone.
pub fn damages(document: &Value) -> Vec<Value> {
    let mut damaged = vec![Value::Null, json!(7)];
    match document {
        Value::Object(members) => {
            for (name, member) in members {
                let with = |value: Option<Value>| {
                    let mut members = members.clone();
                    match value {
                        Some(value) => members.insert(name.clone(), value),
                        None => members.remove(name),
                    };
                    Value::Object(members)
                };
                damaged.push(with(None));
                damaged.extend(damages(member).into_iter().map(|value| with(Some(value))));
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                damaged.extend(damages(element).into_iter().map(|value| {
                    let mut elements = elements.clone();
                    elements[index] = value;
                    Value::Array(elements)
                }));
            }
        }
        _ => {}
    }
    damaged
}
