//! Whether a service control policy keeps accounts to some regions.

use super::{permissions::fits, policy_document::is_anything};
use serde_json::{Map, Value};

/// Actions by which data comes to be in a region; a policy that leaves one of them open keeps nothing in place.
const KEEPING: [&str; 7] = [
    "s3:CreateBucket",
    "s3:PutObject",
    "ec2:RunInstances",
    "ec2:CreateVolume",
    "rds:CreateDBInstance",
    "dynamodb:CreateTable",
    "lambda:CreateFunction",
];
const REGION: &str = "aws:requestedregion";

/// What a policy says about regions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Regions {
    /// Nothing.
    Nothing,
    /// Everything that keeps data is denied outside of these regions.
    Only(Vec<String>),
    /// It denies something by region, and a sentence says what a person has to look at.
    Look(String),
    /// It can't be read.
    Unread,
}

/// What a document says.
///
/// | a statement | says |
/// | --- | --- |
/// | does not `Deny`, or has no condition on `aws:RequestedRegion` | nothing |
/// | denies all of [`KEEPING`] on everything, where the region is not equal (`StringNotEquals`) to one of a list | only these regions |
/// | the same under further conditions, or without some of [`KEEPING`], or by another operator | for a person to look at |
/// | it, or the document, is of another shape | can't be read |
///
/// Several statements: one that says which regions decides, then one to look at, then one that can't be read.
#[must_use]
pub fn regions(document: &str) -> Regions {
    let Ok(document) = serde_json::from_str::<Value>(document) else {
        return Regions::Unread;
    };
    let statements = match document.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(statement @ Value::Object(_)) => std::slice::from_ref(statement),
        _ => return Regions::Unread,
    };
    let mut found: Vec<Regions> = statements.iter().map(statement).collect();
    found.sort_by_key(|regions| match regions {
        Regions::Only(_) => 0,
        Regions::Look(_) => 1,
        Regions::Unread => 2,
        Regions::Nothing => 3,
    });
    found.into_iter().next().unwrap_or(Regions::Unread)
}

fn statement(statement: &Value) -> Regions {
    let Some(members) = statement.as_object() else {
        return Regions::Unread;
    };
    match members.get("Effect").and_then(Value::as_str) {
        Some("Allow") => return Regions::Nothing,
        Some("Deny") => {}
        _ => return Regions::Unread,
    }
    let condition = match members.get("Condition") {
        None => return Regions::Nothing,
        Some(Value::Object(condition)) => condition,
        Some(_) => return Regions::Unread,
    };
    let Some((named, others)) = read(condition) else {
        return Regions::Unread;
    };
    let by_region = match named {
        Named::None => return Regions::Nothing,
        Named::Otherwise => {
            return Regions::Look("It denies by region in a way that can't be judged.".to_owned());
        }
        Named::Regions(regions) => regions,
    };
    let open: Vec<&str> = match open(members) {
        Some(open) => open,
        None => return Regions::Unread,
    };
    if !open.is_empty() {
        return Regions::Look(format!("It leaves open: {}.", super::named::named(open)));
    }
    match members.get("Resource").and_then(texts) {
        Some(resources) if resources.iter().any(|one| is_anything(one)) => {}
        Some(_) => {
            return Regions::Look("It denies for some resources only.".to_owned());
        }
        None => return Regions::Unread,
    }
    if others {
        return Regions::Look(
            "It denies under further conditions, which exempt somebody.".to_owned(),
        );
    }
    Regions::Only(by_region)
}

/// What a condition says of regions.
enum Named {
    None,
    Otherwise,
    Regions(Vec<String>),
}

/// What a condition says of regions, and whether of anything else.
fn read(condition: &Map<String, Value>) -> Option<(Named, bool)> {
    let (mut named, mut others) = (Named::None, false);
    for (operator, keys) in condition {
        for (key, value) in keys.as_object()? {
            if !key.eq_ignore_ascii_case(REGION) {
                others = true;
                continue;
            }
            let plain = ["StringNotEquals", "StringNotEqualsIgnoreCase"]
                .iter()
                .any(|known| operator.eq_ignore_ascii_case(known));
            named = if !matches!(named, Named::None) {
                // Two conditions on the region leave open what either of them leaves open.
                Named::Otherwise
            } else if plain {
                let regions = texts(value)?.into_iter().map(str::to_lowercase).collect();
                Named::Regions(regions)
            } else {
                Named::Otherwise
            };
        }
    }
    Some((named, others))
}

/// The actions that keep data and are not denied; `None` where that can't be read.
fn open(members: &Map<String, Value>) -> Option<Vec<&'static str>> {
    let (words, not) = match (members.get("Action"), members.get("NotAction")) {
        (Some(words), None) => (texts(words)?, false),
        (None, Some(words)) => (texts(words)?, true),
        _ => return None,
    };
    let denied = |action: &str| words.iter().any(|word| fits(word, action)) != not;
    Some(
        KEEPING
            .into_iter()
            .filter(|action| !denied(action))
            .collect(),
    )
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    let texts: Option<Vec<&str>> = values
        .iter()
        .map(|value| value.as_str().filter(|text| !text.is_empty()))
        .collect();
    texts.filter(|texts| !texts.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(statement: Value) -> Regions {
        regions(&json!({ "Statement": statement }).to_string())
    }

    fn usual() -> Value {
        json!({
            "Effect": "Deny",
            "NotAction": ["iam:*", "organizations:*", "sts:*", "support:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "US-WEST-2"]}}
        })
    }

    #[test]
    fn the_usual_policy_names_its_regions() {
        let only = Regions::Only(vec!["us-east-1".into(), "us-west-2".into()]);
        assert_eq!(of(usual()), only);
        let mut all = usual();
        all["Action"] = json!("*");
        if let Some(members) = all.as_object_mut() {
            members.remove("NotAction");
        }
        assert_eq!(
            of(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}, all])),
            only
        );
    }

    #[test]
    fn what_leaves_something_open_is_for_a_person() {
        let with = |member: &str, value: Value| {
            let mut statement = usual();
            statement[member] = value;
            of(statement)
        };
        for (member, value) in [
            ("NotAction", json!(["iam:*", "s3:*"])),
            ("NotAction", json!("*")),
            ("Resource", json!("arn:aws:s3:::b")),
            (
                "Condition",
                json!({"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}, "ArnNotLike": {"aws:PrincipalArn": "x"}}),
            ),
            (
                "Condition",
                json!({"StringNotLike": {"aws:RequestedRegion": "us-*"}}),
            ),
            (
                "Condition",
                json!({"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}, "StringNotEqualsIgnoreCase": {"aws:RequestedRegion": "us-east-1"}}),
            ),
        ] {
            let said = with(member, value.clone());
            assert!(matches!(said, Regions::Look(_)), "{value}: {said:?}");
        }
    }

    #[test]
    fn other_policies_say_nothing_and_another_shape_is_unread() {
        for statement in [
            json!({"Effect": "Allow", "Action": "*", "Resource": "*"}),
            json!({"Effect": "Deny", "Action": "*", "Resource": "*"}),
            json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a": "b"}}}),
        ] {
            assert_eq!(of(statement.clone()), Regions::Nothing, "{statement}");
        }
        let without = |member: &str| {
            let mut statement = usual();
            if let Some(members) = statement.as_object_mut() {
                members.remove(member);
            }
            of(statement)
        };
        for member in ["Effect", "NotAction", "Resource"] {
            assert_eq!(without(member), Regions::Unread, "{member}");
        }
        let mut odd = usual();
        odd["Condition"] = json!({"StringNotEquals": {"aws:RequestedRegion": 7}});
        assert_eq!(of(odd), Regions::Unread);
        for document in ["", "{}", r#"{"Statement":7}"#, r#"{"Statement":[]}"#] {
            assert_eq!(regions(document), Regions::Unread, "{document}");
        }
    }
}
