//! What the policy of a resource says (a bucket's, a key's): whom it lets in, and whether it refuses plain HTTP.

use super::{policy_document::is_anything, told::Told};
use serde_json::{Map, Value};

/// The statements of a document; `None` for one that is not an object or has none.
fn statements(document: &Value) -> Option<&[Value]> {
    let found = match document.get("Statement")? {
        Value::Array(statements) => statements.as_slice(),
        statement @ Value::Object(_) => std::slice::from_ref(statement),
        _ => return None,
    };
    (!found.is_empty()).then_some(found)
}

/// The texts of a member that is one text or a list of them; `None` for anything else.
fn texts(value: Option<&Value>) -> Option<Vec<&str>> {
    match value? {
        Value::String(text) => Some(vec![text]),
        Value::Array(items) if !items.is_empty() => items.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// Whether a statement's principal is everybody; `None` where it can't be told.
fn is_everybody(statement: &Map<String, Value>) -> Option<bool> {
    match statement.get("Principal")? {
        Value::String(text) => Some(text == "*"),
        Value::Object(kinds) if !kinds.is_empty() => {
            let mut everybody = false;
            for (kind, value) in kinds {
                let names = texts(Some(value))?;
                everybody |= matches!(kind.as_str(), "AWS" | "*") && names.contains(&"*");
            }
            Some(everybody)
        }
        _ => None,
    }
}

/// A statement's conditions: operator, key, values. `None` where they are of another shape.
fn conditions(statement: &Map<String, Value>) -> Option<Vec<(&str, &str, Vec<String>)>> {
    let Some(condition) = statement.get("Condition") else {
        return Some(Vec::new());
    };
    let mut all = Vec::new();
    for (operator, keys) in condition.as_object()? {
        for (key, values) in keys.as_object()? {
            let values = match values {
                Value::Array(values) => values.as_slice(),
                one => std::slice::from_ref(one),
            };
            let values: Option<Vec<String>> = values
                .iter()
                .map(|value| match value {
                    Value::String(text) => Some(text.clone()),
                    Value::Bool(flag) => Some(flag.to_string()),
                    Value::Number(number) => Some(number.to_string()),
                    _ => None,
                })
                .collect();
            all.push((operator.as_str(), key.as_str(), values?));
        }
    }
    Some(all)
}

/// Whether a bucket's policy refuses every request that is not encrypted on its way.
///
/// A statement counts if it denies, to everybody, every action of S3, under the one condition that
/// `aws:SecureTransport` is false. Together, such statements have to name the bucket and everything in it.
pub(super) fn refuses_plain_http(policy: &Value, bucket: &str) -> Told {
    let Some(statements) = statements(policy) else {
        return Told::Unclear("Its policy has no statement that can be read.".to_owned());
    };
    let (mut itself, mut objects, mut odd) = (false, false, false);
    for statement in statements {
        let Some(members) = statement.as_object() else {
            odd = true;
            continue;
        };
        match members.get("Effect").and_then(Value::as_str) {
            Some("Deny") => {}
            Some("Allow") => continue,
            _ => {
                odd = true;
                continue;
            }
        }
        if !denies_without_tls(members) {
            continue;
        }
        for pattern in texts(members.get("Resource")).unwrap_or_default() {
            let Some(name) = bucket_pattern(pattern) else {
                continue;
            };
            itself |= matches(name, bucket);
            // What matches the bucket with a slash, and ends in a wildcard, matches everything behind the slash.
            objects |= name.ends_with('*') && matches(name, &format!("{bucket}/"));
        }
    }
    match (itself, objects) {
        (true, true) => Told::Yes,
        _ if odd => Told::Unclear("A statement of its policy can't be read.".to_owned()),
        (false, false) => Told::No("Its policy lets plain HTTP in.".to_owned()),
        (true, false) => Told::No(
            "Its policy refuses plain HTTP for the bucket, but not for what is in it.".to_owned(),
        ),
        (false, true) => Told::No(
            "Its policy refuses plain HTTP for what is in the bucket, but not for the bucket."
                .to_owned(),
        ),
    }
}

fn denies_without_tls(statement: &Map<String, Value>) -> bool {
    let every_action = texts(statement.get("Action"))
        .unwrap_or_default()
        .iter()
        .any(|action| {
            is_anything(action)
                || action.split_once(':').is_some_and(|(service, name)| {
                    service.eq_ignore_ascii_case("s3") && is_anything(name)
                })
        });
    let only_tls = match conditions(statement).as_deref() {
        Some([(operator, key, values)]) => {
            matches!(*operator, "Bool" | "BoolIfExists")
                && key.eq_ignore_ascii_case("aws:SecureTransport")
                && values.as_slice() == ["false"]
        }
        _ => false,
    };
    every_action && only_tls && is_everybody(statement) == Some(true)
}

/// What a resource's pattern says behind `arn:...:s3:::`.
fn bucket_pattern(pattern: &str) -> Option<&str> {
    if is_anything(pattern) {
        return Some(pattern);
    }
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, "s3", "", "", name] if partition.starts_with("aws") => Some(name),
        _ => None,
    }
}

/// Whether `text` matches a pattern with `*` for any length and `?` for one character.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                // The last wildcard takes one character more.
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

/// How far a policy is open to everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Open {
    /// It lets in those it names only, or of everybody those of named accounts or organizations.
    No,
    /// It lets in everybody, under a condition that may or may not say who that is.
    Perhaps,
    /// A statement of it can't be read.
    Unclear,
    /// It lets in everybody.
    Yes,
}

/// What says from whom a request comes.
const SAYS_WHO: [&str; 9] = [
    "kms:CallerAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];
const EQUALS: [&str; 5] = [
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "ArnEquals",
    "ArnLike",
];

/// How far a policy is open; of several statements the most open one counts. A denial takes nothing away.
pub(super) fn open_to_everybody(policy: &Value) -> Open {
    let Some(statements) = statements(policy) else {
        return Open::Unclear;
    };
    statements
        .iter()
        .map(statement_opens)
        .max()
        .unwrap_or(Open::Unclear)
}

fn statement_opens(statement: &Value) -> Open {
    let Some(members) = statement.as_object() else {
        return Open::Unclear;
    };
    match members.get("Effect").and_then(Value::as_str) {
        Some("Allow") => {}
        Some("Deny") => return Open::No,
        _ => return Open::Unclear,
    }
    let everybody = match (members.get("Principal"), members.get("NotPrincipal")) {
        (Some(_), None) => is_everybody(members),
        // Everybody but some.
        (None, Some(_)) => Some(true),
        _ => None,
    };
    match (everybody, conditions(members)) {
        (None, _) => Open::Unclear,
        (Some(false), _) => Open::No,
        (Some(true), None) => Open::Unclear,
        (Some(true), Some(conditions)) if conditions.is_empty() => Open::Yes,
        (Some(true), Some(conditions)) => {
            let limits = conditions
                .iter()
                .any(|(operator, key, values)| says_who(operator, key, values));
            if limits { Open::No } else { Open::Perhaps }
        }
    }
}

/// Whether a condition names the accounts or organizations that are let in. One that also holds where the key is not in
/// the request (`...IfExists`, `ForAllValues:`) does not.
fn says_who(operator: &str, key: &str, values: &[String]) -> bool {
    let operator = operator.strip_prefix("ForAnyValue:").unwrap_or(operator);
    EQUALS.contains(&operator)
        && SAYS_WHO.iter().any(|known| key.eq_ignore_ascii_case(known))
        && !values.is_empty()
        && values.iter().all(|value| names_an_account(value))
}

fn names_an_account(value: &str) -> bool {
    if let Some(path) = value.strip_prefix("o-") {
        return !path
            .split('/')
            .next()
            .unwrap_or_default()
            .contains(['*', '?']);
    }
    let parts: Vec<&str> = value.splitn(6, ':').collect();
    match parts.as_slice() {
        // The name of a bucket stands for its owner.
        ["arn", _, "s3", "", "", name] => !name
            .split('/')
            .next()
            .unwrap_or_default()
            .contains(['*', '?']),
        ["arn", _, _, _, account, _] => !account.is_empty() && !account.contains(['*', '?']),
        [account] => !account.is_empty() && !account.contains(['*', '?']),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn deny(resources: Value) -> Value {
        json!({
            "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resources,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}
        })
    }

    fn whole() -> Value {
        deny(json!(["arn:aws:s3:::b-1", "arn:aws:s3:::b-1/*"]))
    }

    fn with(member: &str, value: Value) -> Value {
        let mut statement = whole();
        statement[member] = value;
        statement
    }

    fn plain(statements: Value) -> Told {
        refuses_plain_http(&json!({"Statement": statements}), "b-1")
    }

    #[test]
    fn wildcards_match_any_length_and_one_character() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*b*", "aXbY", true),
            ("abc", "ab", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_denial_of_plain_http_has_many_forms() {
        for statements in [
            json!([whole()]),
            whole(),
            json!([deny(json!("arn:aws-us-gov:s3:::b-1*"))]),
            json!([deny(json!("*"))]),
            json!([
                deny(json!("arn:aws:s3:::b-1")),
                deny(json!("arn:aws:s3:::b-1/*"))
            ]),
            json!([with("Principal", json!({"AWS": "*"}))]),
            json!([with("Principal", json!({"AWS": ["*"]}))]),
            json!([with("Action", json!(["s3:GetObject", "S3:*"]))]),
            json!([with("Action", json!("*"))]),
            json!([with(
                "Condition",
                json!({"Bool": {"aws:securetransport": false}})
            )]),
            json!([with(
                "Condition",
                json!({"BoolIfExists": {"aws:SecureTransport": ["false"]}})
            )]),
            json!([{"Effect": "Allow"}, whole()]),
            json!(["odd", whole()]),
        ] {
            assert_eq!(plain(statements.clone()), Told::Yes, "{statements}");
        }
    }

    #[test]
    fn less_than_that_lets_plain_http_in() {
        for statement in [
            with("Effect", json!("Allow")),
            with("Principal", json!({"AWS": "arn:aws:iam::1:root"})),
            with("Principal", json!({"Service": "*"})),
            with("Action", json!("s3:GetObject")),
            with("Action", json!("s3:Get*")),
            with(
                "Condition",
                json!({"Bool": {"aws:SecureTransport": "true"}}),
            ),
            with(
                "Condition",
                json!({"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"a": "b"}}),
            ),
            with(
                "Condition",
                json!({"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}),
            ),
            with(
                "Condition",
                json!({"Null": {"aws:SecureTransport": "false"}}),
            ),
            with("Resource", json!("arn:aws:s3:::b-2*")),
            with("Resource", json!([7])),
            with("Condition", json!({})),
        ] {
            assert!(
                matches!(plain(json!([statement])), Told::No(_)),
                "{statement}"
            );
        }
        for (resource, part) in [
            ("arn:aws:s3:::b-1", "not for what is in it"),
            ("arn:aws:s3:::b-1/*", "not for the bucket"),
            ("arn:aws:s3:::b-1/a*", "lets plain HTTP in"),
        ] {
            match plain(json!([deny(json!(resource))])) {
                Told::No(why) => assert!(why.contains(part), "{why}"),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn what_cannot_be_read_is_unclear_unless_it_is_refused_anyway() {
        for policy in [
            json!({}),
            json!({"Statement": []}),
            json!({"Statement": "x"}),
            json!({"Statement": ["x"]}),
            json!({"Statement": [{"Effect": "deny"}]}),
        ] {
            assert!(
                matches!(refuses_plain_http(&policy, "b-1"), Told::Unclear(_)),
                "{policy}"
            );
        }
    }

    fn allow(principal: Value, condition: Value) -> Open {
        let mut statement =
            json!({"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"});
        if !condition.is_null() {
            statement["Condition"] = condition;
        }
        open_to_everybody(&json!({"Statement": [statement]}))
    }

    #[test]
    fn everybody_without_a_condition_is_open() {
        for (principal, expected) in [
            (json!("*"), Open::Yes),
            (json!({"AWS": "*"}), Open::Yes),
            (json!({"AWS": ["arn:aws:iam::1:root", "*"]}), Open::Yes),
            (json!({"AWS": "arn:aws:iam::1:root"}), Open::No),
            (json!({"Service": "logs.amazonaws.com"}), Open::No),
            (json!({}), Open::Unclear),
            (json!({"AWS": 7}), Open::Unclear),
            (Value::Null, Open::Unclear),
        ] {
            assert_eq!(
                allow(principal.clone(), Value::Null),
                expected,
                "{principal}"
            );
        }
        let but = json!({"Statement": [{"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::1:root"}}]});
        assert_eq!(open_to_everybody(&but), Open::Yes);
    }

    #[test]
    fn a_condition_has_to_name_who() {
        for (condition, expected) in [
            (
                json!({"StringEquals": {"kms:CallerAccount": "123456789012"}}),
                Open::No,
            ),
            (
                json!({"StringEquals": {"aws:PrincipalOrgID": ["o-abc"]}}),
                Open::No,
            ),
            (
                json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}}),
                Open::No,
            ),
            (
                json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::files"}}),
                Open::No,
            ),
            (
                json!({"StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com", "kms:CallerAccount": "1"}}),
                Open::No,
            ),
            (
                json!({"StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}}),
                Open::Perhaps,
            ),
            (
                json!({"StringNotEquals": {"kms:CallerAccount": "1"}}),
                Open::Perhaps,
            ),
            (
                json!({"StringLike": {"kms:CallerAccount": "*"}}),
                Open::Perhaps,
            ),
            (
                json!({"StringEqualsIfExists": {"kms:CallerAccount": "1"}}),
                Open::Perhaps,
            ),
            (
                json!({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-abc"}}),
                Open::Perhaps,
            ),
            (
                json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}),
                Open::Perhaps,
            ),
            (
                json!({"StringLike": {"aws:PrincipalOrgPaths": "o-*/x"}}),
                Open::Perhaps,
            ),
            (
                json!({"StringEquals": {"kms:CallerAccount": []}}),
                Open::Perhaps,
            ),
            (json!({"StringEquals": "x"}), Open::Unclear),
            (json!("x"), Open::Unclear),
            (json!({}), Open::Yes),
        ] {
            assert_eq!(
                allow(json!("*"), condition.clone()),
                expected,
                "{condition}"
            );
        }
    }

    #[test]
    fn the_most_open_statement_counts_and_a_denial_takes_nothing_away() {
        let open = json!({"Effect": "Allow", "Principal": "*"});
        let deny = json!({"Effect": "Deny", "Principal": "*"});
        let odd = json!({"Principal": "*"});
        let of = |statements: Value| open_to_everybody(&json!({"Statement": statements}));
        assert_eq!(of(json!([deny, open])), Open::Yes);
        assert_eq!(of(json!([odd, open])), Open::Yes);
        assert_eq!(of(json!([deny, odd])), Open::Unclear);
        assert_eq!(of(json!([deny])), Open::No);
        assert_eq!(of(json!([])), Open::Unclear);
    }
}
