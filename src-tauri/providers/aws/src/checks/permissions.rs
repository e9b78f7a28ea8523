//! Whether a policy document grants an action on everything of a kind: what it allows less what it denies.

use super::policy_document::is_anything;
use crate::datasets;
use serde_json::{Map, Value};

/// Whether an action is granted.
///
/// | the document | says |
/// | --- | --- |
/// | allows the action on everything of its kind, and does not deny that | yes |
/// | allows it so under a condition only | under a condition |
/// | denies the action on everything of its kind, without a condition | no |
/// | allows it so, and has a denial that can't be read | unclear |
/// | has a statement that can't be read, and does not allow it otherwise | unclear |
/// | anything else | no |
///
/// "Everything of its kind": a resource of wildcards only, an ARN of the action's service whose name takes in the whole
/// kind (`*`, `role/*`, `ro*`), or `NotResource` that does not name all of the kind. What is missing at the end of an
/// ARN is taken for `*`, as IAM does. An ARN that allows may be of one region or account; one that denies, or that
/// `NotResource` excepts, has to be of every region, and of every account or the document's own. An action that is
/// allowed on some resources by name is not granted here. Rights put together from several documents are not added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// It is not.
    No,
    /// It is.
    Yes,
    /// It is under a condition.
    Conditional,
    /// It can't be told, for this reason.
    Unclear(&'static str),
}

impl Grant {
    /// Granted by either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Conditional, _) | (_, Self::Conditional) => Self::Conditional,
            (Self::Unclear(why), _) | (_, Self::Unclear(why)) => Self::Unclear(why),
            (Self::No, Self::No) => Self::No,
        }
    }

    /// Granted by both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unclear(why), _) | (_, Self::Unclear(why)) => Self::Unclear(why),
            (Self::Conditional, _) | (_, Self::Conditional) => Self::Conditional,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }
}

/// The statements of a policy document.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    statements: Vec<Statement>,
    /// Why something of it can't be read.
    unclear: Option<&'static str>,
    /// Whether that may be a denial.
    may_deny: bool,
    /// The partition and the account in which it is in force, where they are known.
    home: Option<(String, String)>,
}

#[derive(Clone, Debug)]
struct Statement {
    allows: bool,
    actions: Words,
    resources: Words,
    conditional: bool,
}

/// The words of a member, or of its opposite.
#[derive(Clone, Debug)]
struct Words {
    words: Vec<String>,
    not: bool,
}

impl Permissions {
    /// Those of a percent-encoded document, or none of it for the reason given.
    #[must_use]
    pub fn of(document: Result<Option<&str>, &'static str>) -> Self {
        match document.map(|encoded| encoded.map(datasets::document)) {
            Err(why) => Self::unclear(why),
            Ok(None) => Self::unclear("AWS shows no document"),
            Ok(Some(None)) => Self::unclear("its document is no JSON object"),
            Ok(Some(Some(document))) => Self::read(&document),
        }
    }

    /// Those of a document.
    #[must_use]
    pub fn read(document: &Value) -> Self {
        let statements = match document.get("Statement") {
            Some(Value::Array(statements)) => statements.as_slice(),
            Some(statement @ Value::Object(_)) => std::slice::from_ref(statement),
            _ => &[],
        };
        if statements.is_empty() {
            return Self::unclear("its document has no statement");
        }
        let mut permissions = Self::default();
        for statement in statements {
            match Statement::read(statement) {
                Ok(statement) => permissions.statements.push(statement),
                Err(why) => {
                    permissions.unclear.get_or_insert(why);
                    permissions.may_deny |=
                        statement.get("Effect").and_then(Value::as_str) != Some("Allow");
                }
            }
        }
        permissions
    }

    fn unclear(why: &'static str) -> Self {
        Self {
            unclear: Some(why),
            may_deny: true,
            ..Self::default()
        }
    }

    /// The same, in force in the account that this ARN is of.
    #[must_use]
    pub fn in_account_of(mut self, arn: &str) -> Self {
        self.home = match arn.splitn(6, ':').collect::<Vec<_>>().as_slice() {
            ["arn", partition, "iam", "", account, _]
                if !partition.is_empty() && !account.is_empty() =>
            {
                Some(((*partition).to_owned(), (*account).to_owned()))
            }
            _ => None,
        };
        self
    }

    /// Whether `action` (`iam:PassRole`) is granted on everything of `kind` (`role`).
    #[must_use]
    pub fn grant(&self, action: &str, kind: &str) -> Grant {
        let surely = |words: &Words| words.surely_names_all(action, kind, self.home.as_ref());
        let mut perhaps = false;
        for statement in &self.statements {
            let denies = !statement.allows
                && !statement.conditional
                && statement.actions.has(action)
                && !statement.resources.not;
            match denies.then(|| surely(&statement.resources)) {
                Some(Some(true)) => return Grant::No,
                Some(None) => perhaps = true,
                _ => {}
            }
        }
        let allowed = self
            .statements
            .iter()
            .filter(|statement| statement.allows && statement.actions.has(action))
            .map(|statement| {
                let reaches = if statement.resources.not {
                    surely(&statement.resources).map(|all| !all)
                } else {
                    Some(statement.resources.names_all(action, kind))
                };
                match (reaches, statement.conditional) {
                    (Some(false), _) => Grant::No,
                    (None, _) => Grant::Unclear(WHERE),
                    (Some(true), true) => Grant::Conditional,
                    (Some(true), false) => Grant::Yes,
                }
            })
            .fold(Grant::No, Grant::or);
        match (allowed, self.unclear) {
            (Grant::No, Some(why)) => Grant::Unclear(why),
            (Grant::Yes | Grant::Conditional, Some(why)) if self.may_deny => Grant::Unclear(why),
            (Grant::Yes | Grant::Conditional, _) if perhaps => Grant::Unclear(WHERE),
            (allowed, _) => allowed,
        }
    }

    /// Whether every one of `actions` is granted.
    #[must_use]
    pub fn all(&self, actions: &[(&str, &str)]) -> Grant {
        actions
            .iter()
            .map(|(action, kind)| self.grant(action, kind))
            .fold(Grant::Yes, Grant::and)
    }
}

impl Statement {
    fn read(statement: &Value) -> Result<Self, &'static str> {
        let members = statement
            .as_object()
            .ok_or("a statement of its document is no JSON object")?;
        let allows = match members.get("Effect").and_then(Value::as_str) {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err("a statement of its document neither allows nor denies"),
        };
        Ok(Self {
            allows,
            actions: Words::read(members, "Action", "NotAction")
                .ok_or("a statement of its document does not say which actions")?,
            resources: Words::read(members, "Resource", "NotResource")
                .ok_or("a statement of its document does not say on which resources")?,
            conditional: members.contains_key("Condition"),
        })
    }
}

impl Words {
    fn read(members: &Map<String, Value>, plain: &str, opposite: &str) -> Option<Self> {
        let (value, not) = match (members.get(plain), members.get(opposite)) {
            (Some(value), None) => (value, false),
            (None, Some(value)) => (value, true),
            _ => return None,
        };
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        let words: Option<Vec<String>> = values
            .iter()
            .map(|value| {
                value
                    .as_str()
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned)
            })
            .collect();
        words
            .filter(|words| !words.is_empty())
            .map(|words| Self { words, not })
    }

    /// Whether they speak of this action.
    fn has(&self, action: &str) -> bool {
        self.words.iter().any(|word| fits(word, action)) != self.not
    }

    /// Whether they name everything of `kind` in the service of `action`, if only of one region or account.
    fn names_all(&self, action: &str, kind: &str) -> bool {
        self.words.iter().any(|word| {
            is_anything(word)
                || parts(word).is_some_and(|[_, of, _, _, name]| {
                    (is_anything(of) || of.eq_ignore_ascii_case(service_of(action)))
                        && takes_in(name, kind, LONG_NAME)
                })
        })
    }

    /// Whether they name everything of `kind` that the document is about, in every region; `None` where that depends on
    /// the account it is in, and that is not known.
    fn surely_names_all(
        &self,
        action: &str,
        kind: &str,
        home: Option<&(String, String)>,
    ) -> Option<bool> {
        let mut perhaps = false;
        for word in &self.words {
            if is_anything(word) {
                return Some(true);
            }
            let Some([partition, of, region, account, name]) = parts(word) else {
                continue;
            };
            let every = |text: &str| text.is_empty() || is_anything(text);
            if !of.eq_ignore_ascii_case(service_of(action))
                || !every(region)
                || !takes_in(name, kind, SHORT_NAME)
            {
                continue;
            }
            match home {
                Some((own_partition, own_account)) => {
                    if (is_anything(partition) || partition == own_partition)
                        && (every(account) || account == own_account)
                    {
                        return Some(true);
                    }
                }
                None if is_anything(partition) && every(account) => return Some(true),
                None => perhaps = true,
            }
        }
        (!perhaps).then_some(false)
    }
}

/// Why it can't be told what a denial takes away.
const WHERE: &str = "AWS does not say which account it is in";

/// A name that only wildcards match: what is allowed on every name of many characters is as good as allowed on all.
const LONG_NAME: &str = "\0\0\0\0\0\0\0\0";

/// A name that only wildcards match: what is denied has to be denied of the shortest name too.
const SHORT_NAME: &str = "\0";

fn service_of(action: &str) -> &str {
    action
        .split_once(':')
        .map_or(action, |(service, _)| service)
}

/// Partition, service, region, account and name of an ARN; what is missing at its end is `*`.
fn parts(word: &str) -> Option<[&str; 5]> {
    let mut parts = word.splitn(6, ':');
    if parts.next() != Some("arn") {
        return None;
    }
    let mut next = || parts.next().unwrap_or("*");
    Some([next(), next(), next(), next(), next()])
}

/// Whether the pattern of a name takes in everything of `kind`, whose names end like `name`.
fn takes_in(pattern: &str, kind: &str, name: &str) -> bool {
    is_anything(pattern)
        || (pattern.ends_with('*')
            && ['/', ':']
                .iter()
                .any(|between| like(pattern, &format!("{kind}{between}{name}"))))
}

/// Whether an action's pattern covers this action; without case, as IAM compares them.
#[must_use]
pub fn fits(pattern: &str, action: &str) -> bool {
    like(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

/// Whether a text matches a pattern with `*` for any length and `?` for one character.
fn like(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.as_bytes(), action.as_bytes());
    // Where the last star stood, and how much of the action it has swallowed: enough to go back to.
    let (mut p, mut a) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while a < action.len() {
        match pattern.get(p) {
            Some(b'*') => {
                back = Some((p, a));
                p += 1;
            }
            Some(byte) if *byte == b'?' || *byte == action[a] => {
                p += 1;
                a += 1;
            }
            _ => match back {
                Some((star, swallowed)) => {
                    back = Some((star, swallowed + 1));
                    p = star + 1;
                    a = swallowed + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::iam_answers::{damages, document, encoded, statement};
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const PASS: (&str, &str) = ("iam:PassRole", "role");

    fn pass_role(statements: Value) -> Grant {
        Permissions::read(&json!({"Version": "2012-10-17", "Statement": statements}))
            .grant(PASS.0, PASS.1)
    }

    fn allowed(action: Value, resource: Value) -> Grant {
        pass_role(json!({"Effect": "Allow", "Action": action, "Resource": resource}))
    }

    #[test]
    fn patterns_are_compared_as_iam_does() {
        for (pattern, action, expected) in [
            ("*", "iam:PassRole", true),
            ("iam:*", "iam:PassRole", true),
            ("IAM:passrole", "iam:PassRole", true),
            ("iam:Pass*", "iam:PassRole", true),
            ("iam:*Role", "iam:PassRole", true),
            ("i?m:*s*R*e", "iam:PassRole", true),
            ("iam:PassRol?", "iam:PassRole", true),
            ("iam:PassRole?", "iam:PassRole", false),
            ("iam:Pass", "iam:PassRole", false),
            ("iam:*Roles", "iam:PassRole", false),
            ("ec2:*", "iam:PassRole", false),
            ("", "iam:PassRole", false),
            ("**a", "iam:PassRole", false),
        ] {
            assert_eq!(fits(pattern, action), expected, "{pattern}");
        }
    }

    #[test]
    fn everything_of_a_kind_is_told_from_some() {
        for (resource, expected) in [
            (json!("*"), Grant::Yes),
            (json!(["arn:aws:s3:::b", "*"]), Grant::Yes),
            (json!("arn:aws:iam::*:role/*"), Grant::Yes),
            (json!("arn:aws:iam::123456789012:*"), Grant::Yes),
            (
                json!("arn:aws-us-gov:iam::123456789012:role/**"),
                Grant::Yes,
            ),
            (json!("arn:aws:iam::123456789012:role*"), Grant::Yes),
            (json!("arn:aws:iam::123456789012:r*"), Grant::Yes),
            (json!("arn:aws:iam::123456789012:*ole/?*"), Grant::Yes),
            (json!("arn:aws:iam::123456789012"), Grant::Yes),
            (json!("arn:aws:iam::*"), Grant::Yes),
            (json!("arn:aws:iam"), Grant::Yes),
            (json!("arn:aws:s3"), Grant::No),
            (json!("arn:aws:iam::123456789012:ROLE/*"), Grant::No),
            (json!("arn:aws:iam::123456789012:role/app-*"), Grant::No),
            (json!("arn:aws:iam::123456789012:roles/*"), Grant::No),
            (json!("arn:aws:iam::123456789012:user/*"), Grant::No),
            (json!("arn:aws:s3:::*"), Grant::No),
            (json!("arn:aws:iam::1:user/${aws:username}"), Grant::No),
        ] {
            assert_eq!(
                allowed(json!("iam:PassRole"), resource.clone()),
                expected,
                "{resource}"
            );
        }
        let opposite = |resource: Value| {
            Permissions::read(&json!({"Statement": {"Effect": "Allow", "NotAction": "s3:*", "NotResource": resource}}))
                .in_account_of("arn:aws:iam::1:policy/p")
                .grant(PASS.0, PASS.1)
        };
        assert_eq!(opposite(json!("arn:aws:iam::1:role/x")), Grant::Yes);
        assert_eq!(opposite(json!("arn:aws:iam::2:role/*")), Grant::Yes);
        assert_eq!(opposite(json!("arn:aws:iam::1:role/*")), Grant::No);
        assert_eq!(opposite(json!("*")), Grant::No);
    }

    #[test]
    fn a_denial_takes_away_and_a_condition_is_told() {
        let allow = json!({"Effect": "Allow", "Action": "iam:*", "Resource": "*"});
        let conditional = json!({"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": {"Bool": {}}});
        let deny = json!({"Effect": "Deny", "Action": "iam:Pass*", "Resource": "*"});
        for (statements, expected) in [
            (json!([allow]), Grant::Yes),
            (json!([conditional]), Grant::Conditional),
            (json!([conditional, allow]), Grant::Yes),
            (json!([allow, deny]), Grant::No),
            (
                json!([allow, {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}]),
                Grant::No,
            ),
            (
                json!([allow, {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {}}]),
                Grant::Yes,
            ),
            (
                json!([allow, {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:iam::1:role/x"}]),
                Grant::Yes,
            ),
            (
                json!([allow, {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::b"}]),
                Grant::Yes,
            ),
            (
                json!([allow, {"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"}]),
                Grant::Yes,
            ),
        ] {
            assert_eq!(pass_role(statements.clone()), expected, "{statements}");
        }
    }

    #[test]
    fn a_denial_elsewhere_takes_nothing_away_here() {
        let grant = |resource: &str, of: &str| {
            Permissions::read(&json!({"Statement": [
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": "*", "Resource": resource}
            ]}))
            .in_account_of(of)
        };
        let own = "arn:aws:iam::1:user/x#inline";
        for (resource, expected) in [
            ("arn:aws:iam::1:role/*", Grant::No),
            ("arn:aws:iam::*:role/*", Grant::No),
            ("arn:*:iam", Grant::No),
            ("arn:aws:iam::2:role/*", Grant::Yes),
            ("arn:aws-us-gov:iam::1:role/*", Grant::Yes),
            ("arn:aws:iam::1:role/??*", Grant::Yes),
        ] {
            let told = grant(resource, own).grant(PASS.0, PASS.1);
            assert_eq!(told, expected, "{resource}");
        }
        for (resource, expected) in [
            ("arn:aws:ec2:*:1:instance/*", Grant::No),
            ("arn:aws:ec2:eu-west-1:1:instance/*", Grant::Yes),
        ] {
            let told = grant(resource, own).grant("ec2:RunInstances", "instance");
            assert_eq!(told, expected, "{resource}");
        }
        let nowhere = |resource| grant(resource, "somebody").grant(PASS.0, PASS.1);
        assert_eq!(nowhere("arn:aws:iam::1:role/*"), Grant::Unclear(WHERE));
        assert_eq!(nowhere("arn:*:iam::*:role/*"), Grant::No);
    }

    #[test]
    fn what_cannot_be_read_is_unclear_unless_it_can_only_add() {
        let allow = json!({"Effect": "Allow", "Action": "iam:*", "Resource": "*"});
        let less = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"});
        let is_unclear = |statements: Value| matches!(pass_role(statements), Grant::Unclear(_));
        let odd_allow = json!({"Effect": "Allow", "Action": 7, "Resource": "*"});
        let odd_deny = json!({"Effect": "Deny", "Action": [], "Resource": "*"});
        assert_eq!(pass_role(json!([allow, odd_allow])), Grant::Yes);
        assert!(is_unclear(json!([allow, odd_deny])));
        assert!(is_unclear(json!([less, odd_allow])));
        for odd in [
            json!("x"),
            json!([]),
            json!({"Effect": "Allow", "Action": "iam:*"}),
            json!({"Effect": "Allow", "Action": "", "Resource": "*"}),
            json!({"Effect": "Allow", "Action": "a", "NotAction": "b", "Resource": "*"}),
            json!({"Action": "iam:*", "Resource": "*"}),
        ] {
            assert!(is_unclear(odd.clone()), "{odd}");
        }
        for document in [Ok(None), Ok(Some("nonsense")), Err("why")] {
            let grant = Permissions::of(document).grant(PASS.0, PASS.1);
            assert!(matches!(grant, Grant::Unclear(_)), "{document:?}");
        }
        let text = encoded(&json!({"Statement": allow}));
        assert_eq!(
            Permissions::of(Ok(Some(&text))).all(&[PASS, ("iam:CreateUser", "user")]),
            Grant::Yes
        );
    }

    #[test]
    fn grants_are_joined_as_the_words_say() {
        use Grant::{Conditional, No, Unclear, Yes};
        let all = [No, Unclear("u"), Conditional, Yes];
        for (i, one) in all.iter().enumerate() {
            for (j, other) in all.iter().enumerate() {
                let (or, and) = (
                    one.clone().or(other.clone()),
                    one.clone().and(other.clone()),
                );
                assert_eq!(or, all[i.max(j)], "{one:?} or {other:?}");
                assert_eq!(and, all[i.min(j)], "{one:?} and {other:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn another_allow_never_grants_less(document in document(), more in statement()) {
            let rank = |grant: Grant| match grant {
                Grant::No => 0,
                Grant::Unclear(_) => 1,
                Grant::Conditional => 2,
                Grant::Yes => 3,
            };
            let mut larger = document.clone();
            larger["Statement"].as_array_mut().unwrap().push(more);
            let of = |document: &Value| rank(Permissions::read(document).grant("iam:CreateUser", "user"));
            prop_assert!(of(&document) <= of(&larger));
        }

        #[test]
        fn what_becomes_unreadable_is_never_harmless(document in document()) {
            // A denial that loses its condition is another denial, and reads as one.
            let limited = document["Statement"].as_array().unwrap().iter().any(|statement| {
                statement["Effect"] == "Deny" && statement.get("Condition").is_some()
            });
            prop_assume!(!limited);
            let of = |document: &Value| Permissions::read(document).grant("iam:CreateUser", "user");
            let before = of(&document);
            for damaged in damages(&document) {
                prop_assert!(
                    before == Grant::No || of(&damaged) != Grant::No,
                    "{damaged}"
                );
            }
        }
    }
}
