//! What an IAM policy document allows, as far as two questions go: everything, or everything in IAM?

use crate::datasets::{self, Entity};
use serde_json::{Map, Value};

/// What a document allows.
///
/// | statement | allows |
/// | --- | --- |
/// | `Allow`, an action of wildcards only (`*`, `*:*`), on a resource of wildcards only (`*`) | everything |
/// | `Allow` and `NotAction` on such a resource, unless `NotAction` names all | everything (but some) |
/// | `Allow` such an action or `NotAction` with `NotResource`, unless `NotResource` names all | everything (but some) |
/// | `Allow` `iam:*` on such a resource or with `NotResource` | IAM |
/// | `Allow` less | neither |
/// | `Deny` | neither, and takes nothing away |
/// | of another shape: no or another `Effect`, no or two kinds of action or resource, a member that IAM does not document, a list that is empty or of other things than text | unclear, beside what is seen |
///
/// Every statement counts for itself: rights put together from several narrower ones are not added up. A `Condition`
/// does not make a statement smaller, as it can be met; the words say that there is one. Names of members and effects
/// are compared as they are, names of actions without case, as IAM does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allows {
    /// How it allows everything: "every action on every resource".
    pub everything: Option<String>,
    /// How it allows everything in IAM.
    pub iam: Option<String>,
    /// Why it can't be told what else it allows.
    pub unclear: Option<&'static str>,
}

impl Allows {
    /// Nothing is seen of it, for this reason.
    #[must_use]
    pub const fn unclear(why: &'static str) -> Self {
        Self {
            everything: None,
            iam: None,
            unclear: Some(why),
        }
    }

    /// How it makes an administrator.
    #[must_use]
    pub fn administration(&self) -> Option<&str> {
        self.everything.as_deref().or(self.iam.as_deref())
    }

    fn and(self, other: Self) -> Self {
        Self {
            everything: self.everything.or(other.everything),
            iam: self.iam.or(other.iam),
            unclear: self.unclear.or(other.unclear),
        }
    }
}

/// What the percent-encoded document of an answer allows.
#[must_use]
pub fn allows(encoded: Option<&str>) -> Allows {
    match encoded.map(datasets::document) {
        None => Allows::unclear("AWS shows no document"),
        Some(None) => Allows::unclear("its document is no JSON object"),
        Some(Some(document)) => of(&document),
    }
}

/// The percent-encoded document of the version of a policy that is in force.
///
/// # Errors
///
/// Why it can't be told which version that is.
pub fn version_in_force(policy: &Entity) -> Result<Option<&str>, &'static str> {
    let versions = policy.policy_version_list.as_deref().unwrap_or_default();
    let mut current = versions
        .iter()
        .filter(|version| version.is_default_version == Some(true));
    match (current.next(), current.next()) {
        (Some(version), None) => Ok(version.document.as_deref()),
        _ => Err("AWS does not say which of its versions is in force"),
    }
}

/// What the version of a policy that is in force allows.
#[must_use]
pub fn in_force(policy: &Entity) -> Allows {
    match version_in_force(policy) {
        Ok(encoded) => allows(encoded),
        Err(why) => Allows::unclear(why),
    }
}

fn of(document: &Value) -> Allows {
    let Some(members) = document.as_object() else {
        return Allows::unclear("its document is no JSON object");
    };
    let known = ["Version", "Id", "Statement"];
    let whole = if members.keys().all(|name| known.contains(&name.as_str())) {
        Allows::default()
    } else {
        Allows::unclear("its document has a member that IAM does not document")
    };
    let statements = match members.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(statement @ Value::Object(_)) => std::slice::from_ref(statement),
        _ => &[],
    };
    if statements.is_empty() {
        return whole.and(Allows::unclear("its document has no statement"));
    }
    statements.iter().map(statement).fold(whole, Allows::and)
}

/// How much a statement speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    All,
    AllBut,
    Iam,
    Less,
}

fn statement(statement: &Value) -> Allows {
    let Some(members) = statement.as_object() else {
        return Allows::unclear("a statement of its document is no JSON object");
    };
    match members.get("Effect").and_then(Value::as_str) {
        Some("Allow") => {}
        Some("Deny") => return Allows::default(),
        _ => return Allows::unclear("a statement of its document neither allows nor denies"),
    }
    let (actions, odd_actions) = reach(members, "Action", "NotAction", of_action);
    let (resources, odd_resources) = reach(members, "Resource", "NotResource", of_resource);
    let on = match resources {
        Reach::All => "on every resource",
        Reach::AllBut => "on every resource but those it names",
        Reach::Iam | Reach::Less => "",
    };
    let condition = if members.contains_key("Condition") {
        ", under a condition"
    } else {
        ""
    };
    let how = |what: &str| (!on.is_empty()).then(|| format!("{what} {on}{condition}"));
    let known = [
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    let unclear = if !members.keys().all(|name| known.contains(&name.as_str())) {
        Some("a statement of its document has a member that IAM does not document")
    } else if odd_actions {
        Some("a statement of its document does not say which actions")
    } else if odd_resources {
        Some("a statement of its document does not say on which resources")
    } else {
        None
    };
    Allows {
        everything: match actions {
            Reach::All => how("every action"),
            Reach::AllBut => how("every action but those it names"),
            Reach::Iam | Reach::Less => None,
        },
        iam: match (actions, resources) {
            (Reach::All | Reach::AllBut | Reach::Iam, Reach::Iam) => Some(format!(
                "every action of IAM on everything in IAM{condition}"
            )),
            (Reach::Iam, _) => how("every action of IAM"),
            _ => None,
        },
        unclear,
    }
}

/// How much the member `plain`, or its opposite `not`, speaks of, and whether something of it can't be read.
fn reach(
    members: &Map<String, Value>,
    plain: &str,
    not: &str,
    of: fn(&str) -> Option<Reach>,
) -> (Reach, bool) {
    let (value, is_not) = match (members.get(plain), members.get(not)) {
        (Some(value), None) => (value, false),
        (None, Some(value)) => (value, true),
        _ => return (Reach::Less, true),
    };
    let words = match value {
        Value::Array(words) => words.as_slice(),
        word => std::slice::from_ref(word),
    };
    let reaches: Vec<Option<Reach>> = words
        .iter()
        .map(|word| word.as_str().and_then(of))
        .collect();
    let odd = reaches.is_empty() || reaches.contains(&None);
    let has = |reach| reaches.contains(&Some(reach));
    let reach = match is_not {
        false if has(Reach::All) => Reach::All,
        false if has(Reach::Iam) => Reach::Iam,
        // What is not excepted can't be told from a list that is only read in part.
        true if !odd && !has(Reach::All) => Reach::AllBut,
        _ => Reach::Less,
    };
    (reach, odd)
}

/// How much an action's pattern speaks of; `None` where it is none that IAM takes.
fn of_action(pattern: &str) -> Option<Reach> {
    if is_anything(pattern) {
        return Some(Reach::All);
    }
    let (service, name) = pattern.split_once(':')?;
    match (is_anything(service), is_anything(name)) {
        (true, true) => Some(Reach::All),
        _ if service.is_empty() || name.is_empty() || service.contains(['*', '?']) => None,
        (_, true) if service.eq_ignore_ascii_case("iam") => Some(Reach::Iam),
        _ => Some(Reach::Less),
    }
}

/// How much a resource's pattern speaks of. A pattern for everything in IAM is as good as any for who may do what there.
fn of_resource(pattern: &str) -> Option<Reach> {
    if is_anything(pattern) {
        return Some(Reach::All);
    }
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, service, _, _, name]
            if service.eq_ignore_ascii_case("iam") && is_anything(name) =>
        {
            Some(Reach::Iam)
        }
        ["arn", _, service, _, _, _] if !service.contains(['*', '?']) => Some(Reach::Less),
        _ => None,
    }
}

/// Whether a pattern has nothing in it but wildcards, and one of them stands for any length.
#[must_use]
pub fn is_anything(pattern: &str) -> bool {
    pattern.contains('*') && pattern.bytes().all(|byte| matches!(byte, b'*' | b'?'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::iam_answers::{damages, document, encoded, statement as any_statement};
    use super::*;
    use crate::datasets::PolicyVersion;
    use proptest::prelude::*;
    use serde_json::json;

    #[derive(Debug, PartialEq, Eq)]
    enum Seen {
        Everything,
        Iam,
        Neither,
        Unclear,
    }

    fn seen(allows: &Allows) -> Seen {
        match allows {
            Allows {
                everything: Some(_),
                ..
            } => Seen::Everything,
            Allows { iam: Some(_), .. } => Seen::Iam,
            Allows {
                unclear: Some(_), ..
            } => Seen::Unclear,
            _ => Seen::Neither,
        }
    }

    fn of_statement(value: Value) -> Seen {
        seen(&of(&json!({"Version": "2012-10-17", "Statement": value})))
    }

    #[test]
    fn everything_in_iam_is_named_by_its_arn_too() {
        let of = |action: &str, resource: &str| {
            of_statement(json!({"Effect": "Allow", "Action": action, "Resource": resource}))
        };
        for resource in ["arn:aws:iam::123456789012:*", "arn:aws:iam::*:*"] {
            assert_eq!(of("iam:*", resource), Seen::Iam, "{resource}");
            assert_eq!(of("*", resource), Seen::Iam, "{resource}");
            assert_eq!(of("iam:ListUsers", resource), Seen::Neither, "{resource}");
        }
        assert_eq!(
            of("iam:*", "arn:aws:iam::123456789012:user/x"),
            Seen::Neither
        );
        for odd in ["arn:*", "arn:aws:*:*:*:*", "x"] {
            assert_eq!(of("*", odd), Seen::Unclear, "{odd}");
        }
    }

    /// Members of a statement beside its effect, one a line.
    const STATEMENTS: [(Seen, &str); 4] = [
        (
            Seen::Everything,
            r#"
            "Action": "*", "Resource": "*"
            "Action": "*:*", "Resource": "*"
            "Action": "**", "Resource": "**"
            "Action": ["s3:GetObject", "*"], "Resource": ["arn:aws:s3:::b", "*"]
            "Action": "*", "Resource": "*", "Condition": {"Bool": {}}, "Sid": "x"
            "NotAction": "iam:*", "Resource": "*"
            "NotAction": ["iam:*", "s3:*"], "Resource": "*"
            "Action": "*", "NotResource": "arn:aws:s3:::b"
            "NotAction": "iam:*", "NotResource": ["arn:aws:s3:::b"]
            "Action": [7, "*"], "Resource": "*"
            "Action": "*", "Resource": ["*", null]
            "Action": "*", "Resource": "*", "Extra": 1
            "#,
        ),
        (
            Seen::Iam,
            r#"
            "Action": "iam:*", "Resource": "*"
            "Action": ["ec2:*", "IAM:*"], "Resource": ["*"]
            "Action": ["iam:*", 7], "Resource": "*"
            "Action": "iam:**", "NotResource": "arn:aws:iam::1:user/x"
            "#,
        ),
        (
            Seen::Neither,
            r#"
            "Action": "s3:*", "Resource": "*"
            "Action": "iam:Get*", "Resource": "*"
            "Action": "iam:?", "Resource": "*"
            "Action": "*", "Resource": "arn:aws:s3:::b/*"
            "Action": "iam:*", "Resource": "arn:aws:iam::1:user/${aws:username}"
            "NotAction": "*", "Resource": "*"
            "NotAction": "iam:*", "Resource": "arn:aws:s3:::b"
            "Action": "*", "NotResource": "*"
            "#,
        ),
        (
            Seen::Unclear,
            r#"
            "Resource": "*"
            "Action": "*"
            "Action": "s3:*", "NotAction": "s3:*", "Resource": "*"
            "Action": "*", "Resource": "*", "NotResource": "*"
            "Action": [], "Resource": "*"
            "Action": "*", "Resource": []
            "Action": null, "Resource": "*"
            "Action": {"a": "*"}, "Resource": "*"
            "Action": ["s3:*", 7], "Resource": "*"
            "Action": "everything", "Resource": "*"
            "Action": "i*:*", "Resource": "*"
            "Action": "", "Resource": "*"
            "Action": "s3:", "Resource": "*"
            "Action": "s3:*", "Resource": ""
            "NotAction": [7], "Resource": "*"
            "NotAction": ["iam:*", null], "Resource": "*"
            "Action": "s3:*", "Resource": "*", "Principal": "*"
            "action": "*", "Resource": "*"
            "#,
        ),
    ];

    #[test]
    fn the_whole_table_of_a_statement() {
        for (expected, lines) in STATEMENTS {
            for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
                let members: Value = serde_json::from_str(&format!("{{{line}}}")).unwrap();
                let mut allow = members.clone();
                allow["Effect"] = json!("Allow");
                assert_eq!(of_statement(allow.clone()), expected, "{line}");
                assert_eq!(of_statement(json!([allow])), expected, "{line} in a list");
                let mut deny = members.clone();
                deny["Effect"] = json!("Deny");
                assert_eq!(of_statement(deny), Seen::Neither, "denied: {line}");
                assert_eq!(
                    of_statement(members),
                    Seen::Unclear,
                    "without an effect: {line}"
                );
            }
        }
    }

    #[test]
    fn effects_and_members_are_compared_as_they_are() {
        for effect in [
            json!("allow"),
            json!("ALLOW"),
            json!("Deny "),
            json!(1),
            json!(null),
        ] {
            let statement = json!({"Effect": effect, "Action": "s3:*", "Resource": "*"});
            assert_eq!(
                of_statement(statement.clone()),
                Seen::Unclear,
                "{statement}"
            );
        }
    }

    #[test]
    fn a_document_of_another_shape_is_unclear() {
        for document in [
            json!({}),
            json!([]),
            json!({"Statement": null}),
            json!({"Statement": []}),
            json!({"Statement": "x"}),
            json!({"Statement": ["x"]}),
            json!({"statement": []}),
            json!({"Statement": {"Effect": "Deny"}, "More": 1}),
        ] {
            assert_eq!(seen(&of(&document)), Seen::Unclear, "{document}");
        }
        assert_eq!(seen(&allows(None)), Seen::Unclear);
        assert_eq!(seen(&allows(Some("not json"))), Seen::Unclear);
        assert_eq!(seen(&allows(Some(""))), Seen::Unclear);
    }

    #[test]
    fn a_denial_elsewhere_takes_nothing_away_and_a_condition_is_told() {
        let document = json!({"Statement": [
            {"Effect": "Deny", "Action": "*", "Resource": "*"},
            {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        ]});
        let allowed = allows(Some(&encoded(&document)));
        assert_eq!(
            allowed.everything.as_deref(),
            Some("every action on every resource, under a condition")
        );
        assert_eq!(allowed.administration(), allowed.everything.as_deref());
    }

    #[test]
    fn the_version_in_force_is_the_one_that_says_so() {
        let version = |default, action: &str| PolicyVersion {
            document: Some(encoded(
                &json!({"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}),
            )),
            version_id: None,
            is_default_version: default,
        };
        let policy = |versions| Entity {
            policy_version_list: versions,
            ..serde_json::from_value(json!({"Kind": "policy"})).unwrap()
        };
        let (yes, no) = (Some(true), Some(false));
        for (versions, expected) in [
            (Some(vec![version(yes, "*")]), Seen::Everything),
            (
                Some(vec![version(no, "*"), version(yes, "s3:*")]),
                Seen::Neither,
            ),
            (
                Some(vec![version(yes, "*"), version(yes, "s3:*")]),
                Seen::Unclear,
            ),
            (Some(vec![version(no, "s3:*")]), Seen::Unclear),
            (Some(vec![version(None, "s3:*")]), Seen::Unclear),
            (Some(vec![]), Seen::Unclear),
            (None, Seen::Unclear),
        ] {
            assert_eq!(seen(&in_force(&policy(versions))), expected);
        }
    }

    proptest! {
        #[test]
        fn another_allow_never_makes_less(document in document(), more in any_statement()) {
            let mut larger = document.clone();
            larger["Statement"].as_array_mut().unwrap().push(more);
            let (before, after) = (of(&document), of(&larger));
            prop_assert!(before.everything.is_none() || after.everything.is_some());
            prop_assert!(before.administration().is_none() || after.administration().is_some());
            prop_assert!(before.unclear.is_none() || after.unclear.is_some());
        }

        #[test]
        fn what_becomes_unreadable_is_never_harmless(document in document()) {
            let before = of(&document);
            for damaged in damages(&document) {
                let after = of(&damaged);
                prop_assert!(
                    before.everything.is_none() || after.everything.is_some() || after.unclear.is_some(),
                    "{damaged}"
                );
                prop_assert!(
                    before.administration().is_none() || after.administration().is_some() || after.unclear.is_some(),
                    "{damaged}"
                );
            }
        }
    }
}
