//! Whom a role's trust policy lets take the role on.

use super::{permissions::fits, policy_document::is_anything};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The actions by which a role is taken on.
const TAKING_ON: [&str; 3] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
];
/// Operators of a condition that something has to be there, and equal.
const EQUAL: [&str; 5] = [
    "stringequals",
    "stringequalsignorecase",
    "stringlike",
    "arnequals",
    "arnlike",
];
/// Build services that sign for every customer of theirs: all are trusted unless the subject says which one is meant.
const SHARED: [&str; 4] = [
    "token.actions.githubusercontent.com",
    "gitlab.com",
    "app.terraform.io",
    "agent.buildkite.com",
];

/// What a statement says of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trusted {
    /// Anybody, without a condition.
    Anybody,
    /// Anybody who meets a condition that can't be judged.
    AnybodyWho,
    /// This account, and no external ID or organization is asked for.
    Account(String),
    /// This sign-on, whoever is asked for there.
    SignOn(String),
    /// It can't be read, for this reason.
    Unread(&'static str),
}

/// Everybody whom the document trusts beyond services of AWS, own sign-ons with a named audience or subject, and
/// accounts that are asked for an external ID.
///
/// | statement | says |
/// | --- | --- |
/// | `Deny`, or of other actions than taking on | nothing |
/// | `NotPrincipal`; `*` or `{"AWS": "*"}` without a condition | anybody |
/// | the same where the condition names an organization | nothing |
/// | the same where the condition names accounts, or users or roles of some | those accounts, as if they were named |
/// | the same with another condition | anybody who meets it |
/// | a service of AWS | nothing |
/// | an account, or a user, role or session of it | the account, unless the condition asks for `sts:ExternalId` or names an organization |
/// | a user or role that was deleted, which stands there as an id | nothing |
/// | a sign-on whose condition names an audience (`:aud`) or subject (`:sub`) | nothing |
/// | a build service that is shared ([`SHARED`]), whose condition names a subject down to the customer | nothing |
/// | a sign-on otherwise | the sign-on |
/// | of another shape | unread |
///
/// A condition names something by an operator that asks for it to be there and equal (`StringEquals`, `StringLike`,
/// `ArnLike`, ..., not `...IfExists`, `...Not...` or `ForAllValues:`), with values that are not wildcards only; the id of an
/// organization or an account has no wildcard at all.
#[must_use]
pub fn trusted(document: &Value) -> Vec<Trusted> {
    let statements = match document.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(statement @ Value::Object(_)) => std::slice::from_ref(statement),
        _ => &[],
    };
    if statements.is_empty() {
        return vec![Trusted::Unread("it has no statement")];
    }
    statements.iter().flat_map(statement).collect()
}

fn statement(statement: &Value) -> Vec<Trusted> {
    let unread = |why| vec![Trusted::Unread(why)];
    let Some(members) = statement.as_object() else {
        return unread("a statement of it is no JSON object");
    };
    match members.get("Effect").and_then(Value::as_str) {
        Some("Allow") => {}
        Some("Deny") => return Vec::new(),
        _ => return unread("a statement of it neither allows nor denies"),
    }
    match takes_on(members.get("Action")) {
        Some(true) => {}
        Some(false) => return Vec::new(),
        None => return unread("a statement of it does not say which actions"),
    }
    let condition = match members.get("Condition") {
        None => Some(Map::new()),
        Some(Value::Object(condition)) => Some(condition.clone()),
        Some(_) => None,
    };
    let Some(condition) = condition else {
        return unread("a condition of it can't be read");
    };
    match (members.get("Principal"), members.get("NotPrincipal")) {
        (None, Some(_)) => vec![Trusted::Anybody],
        (Some(Value::String(anybody)), None) if anybody == "*" => of_anybody(&condition),
        (Some(Value::Object(principals)), None) if !principals.is_empty() => principals
            .iter()
            .flat_map(|(kind, named)| principal(kind, named, &condition))
            .collect(),
        _ => unread("a statement of it does not say whom it trusts"),
    }
}

/// Whether actions are about taking the role on.
fn takes_on(actions: Option<&Value>) -> Option<bool> {
    let words = texts(actions?)?;
    Some(
        words
            .iter()
            .any(|word| TAKING_ON.iter().any(|action| fits(word, action))),
    )
}

/// One text or several; `None` for anything else.
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

fn of_anybody(condition: &Map<String, Value>) -> Vec<Trusted> {
    if condition.is_empty() {
        return vec![Trusted::Anybody];
    }
    if names_organization(condition) {
        return Vec::new();
    }
    let accounts = |wanted: &str| -> Option<BTreeSet<&str>> {
        let named = values(condition, |key| key == wanted)?;
        named.into_iter().map(account_of).collect()
    };
    let accounts = accounts("aws:principalaccount").or_else(|| accounts("aws:principalarn"));
    match accounts {
        None => vec![Trusted::AnybodyWho],
        Some(_) if names(condition, |key| key == "sts:externalid") => Vec::new(),
        Some(accounts) => accounts
            .into_iter()
            .map(|account| Trusted::Account(account.to_owned()))
            .collect(),
    }
}

fn principal(kind: &str, named: &Value, condition: &Map<String, Value>) -> Vec<Trusted> {
    let Some(named) = texts(named) else {
        return vec![Trusted::Unread("it names somebody otherwise than in words")];
    };
    match kind {
        "Service" => Vec::new(),
        "AWS" => named
            .into_iter()
            .flat_map(|somebody| of_aws(somebody, condition))
            .collect(),
        "Federated" => named
            .into_iter()
            .filter(|sign_on| !says_who(sign_on, condition))
            .map(|sign_on| Trusted::SignOn(sign_on.to_owned()))
            .collect(),
        _ => vec![Trusted::Unread("it trusts somebody of an unknown kind")],
    }
}

fn of_aws(somebody: &str, condition: &Map<String, Value>) -> Vec<Trusted> {
    if somebody == "*" {
        return of_anybody(condition);
    }
    if is_deleted(somebody) {
        return Vec::new();
    }
    let Some(account) = account_of(somebody) else {
        return vec![Trusted::Unread("it names an account in an unknown way")];
    };
    let asked = names_organization(condition) || names(condition, |key| key == "sts:externalid");
    if asked {
        Vec::new()
    } else {
        vec![Trusted::Account(account.to_owned())]
    }
}

/// The account in `123456789012` or in the ARN of something in it.
#[must_use]
pub fn account_of(text: &str) -> Option<&str> {
    let account = match text.splitn(6, ':').collect::<Vec<_>>().as_slice() {
        [account] => *account,
        ["arn", _, "iam" | "sts", "", account, name] if !name.is_empty() => *account,
        _ => return None,
    };
    let is_number = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(account)
}

/// Whether it is the id that stands in the place of a user or role that was deleted.
fn is_deleted(somebody: &str) -> bool {
    ["AIDA", "AROA"].iter().any(|kind| {
        somebody.strip_prefix(kind).is_some_and(|rest| {
            rest.len() >= 12
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        })
    })
}

/// Whether the condition says who, of all that sign in there, is meant.
fn says_who(sign_on: &str, condition: &Map<String, Value>) -> bool {
    if is_shared(sign_on) {
        return values(condition, |key| key.ends_with(":sub"))
            .is_some_and(|subjects| subjects.iter().all(|subject| names_a_customer(subject)));
    }
    names(condition, |key| {
        key.ends_with(":sub") || key.ends_with(":aud")
    })
}

fn is_shared(sign_on: &str) -> bool {
    let host = sign_on
        .split_once(":oidc-provider/")
        .map_or(sign_on, |(_, host)| host);
    let host = host.split('/').next().unwrap_or_default();
    SHARED
        .iter()
        .any(|shared| host.eq_ignore_ascii_case(shared))
}

/// Whether a subject (`repo:OWNER/NAME:...`, `organization:NAME:...`) says which customer is meant before its first
/// wildcard: the name has to be whole, as others can have names that begin like it.
fn names_a_customer(subject: &str) -> bool {
    match subject.find(['*', '?']) {
        None => true,
        Some(at) => {
            let sure = &subject[..at];
            sure.contains('/') || sure.matches(':').count() >= 2
        }
    }
}

fn names_organization(condition: &Map<String, Value>) -> bool {
    values(condition, |key| {
        matches!(key, "aws:principalorgid" | "aws:principalorgpaths")
    })
    .is_some_and(|named| {
        named.iter().all(|path| {
            let id = path.split('/').next().unwrap_or_default();
            !id.contains(['*', '?'])
        })
    })
}

fn names(condition: &Map<String, Value>, which: impl Fn(&str) -> bool) -> bool {
    values(condition, which).is_some()
}

/// The values that the condition asks a key to have; `None` where it does not ask, or is content with anything.
fn values(condition: &Map<String, Value>, which: impl Fn(&str) -> bool) -> Option<Vec<&str>> {
    condition
        .iter()
        .filter(|(operator, _)| {
            let operator = operator.to_lowercase();
            let operator = operator.strip_prefix("foranyvalue:").unwrap_or(&operator);
            EQUAL.contains(&operator)
        })
        .filter_map(|(_, keys)| keys.as_object())
        .flatten()
        .filter(|(key, _)| which(&key.to_lowercase()))
        .find_map(|(_, value)| {
            texts(value).filter(|texts| !texts.iter().any(|text| is_anything(text)))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const OTHER: &str = "999988887777";

    fn of(principal: Value, condition: Value) -> Vec<Trusted> {
        let mut statement =
            json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
        if !condition.is_null() {
            statement["Condition"] = condition;
        }
        trusted(&json!({"Version": "2012-10-17", "Statement": [statement]}))
    }

    fn nobody() -> Vec<Trusted> {
        Vec::new()
    }

    #[test]
    fn anybody_is_told_from_somebody() {
        for principal in [
            json!("*"),
            json!({"AWS": "*"}),
            json!({"AWS": [OTHER, "*"]}),
        ] {
            assert!(of(principal, Value::Null).contains(&Trusted::Anybody));
        }
        let with = |condition| of(json!("*"), condition);
        for fine in [
            json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-1/*"]}}),
            json!({"StringEquals": {"aws:PrincipalAccount": OTHER, "sts:ExternalId": "x"}}),
        ] {
            assert_eq!(with(fine.clone()), nobody(), "{fine}");
        }
        for of_account in [
            json!({"StringEquals": {"AWS:principalaccount": OTHER}}),
            json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::999988887777:role/x*"}}),
        ] {
            let account = [Trusted::Account(OTHER.to_owned())];
            assert_eq!(with(of_account.clone()), account, "{of_account}");
        }
        for open in [
            json!({"StringLike": {"aws:PrincipalOrgID": "*"}}),
            json!({"StringLike": {"aws:PrincipalOrgID": "o-*"}}),
            json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-1/*", "o-?/*"]}}),
            json!({"StringLike": {"aws:PrincipalAccount": "9999*"}}),
            json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}),
            json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}),
            json!({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}),
            json!({"StringEquals": {"sts:ExternalId": "x"}}),
            json!({"Bool": {"aws:SecureTransport": "true"}}),
        ] {
            assert_eq!(with(open.clone()), [Trusted::AnybodyWho], "{open}");
        }
    }

    #[test]
    fn an_account_is_asked_for_its_external_id() {
        let account = [Trusted::Account(OTHER.to_owned())];
        for principal in [
            OTHER.to_owned(),
            format!("arn:aws:iam::{OTHER}:root"),
            format!("arn:aws-us-gov:sts::{OTHER}:assumed-role/r/s"),
        ] {
            let of = |condition| of(json!({ "AWS": principal }), condition);
            assert_eq!(of(Value::Null), account);
            assert_eq!(
                of(json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
                account
            );
            assert_eq!(
                of(json!({"StringEquals": {"sts:ExternalId": "x"}})),
                nobody()
            );
            assert_eq!(
                of(json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
                nobody()
            );
        }
        assert_eq!(
            of(json!({"AWS": "AROAEXAMPLEEXAMPLE00"}), Value::Null),
            nobody()
        );
    }

    #[test]
    fn a_sign_on_says_who_is_meant() {
        let saml = "arn:aws:iam::123456789012:saml-provider/company";
        let github = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
        let of = |sign_on: &str, condition| of(json!({ "Federated": sign_on }), condition);
        let audience = json!({"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}});
        assert_eq!(of(saml, audience), nobody());
        assert_eq!(of(saml, Value::Null), [Trusted::SignOn(saml.to_owned())]);
        let key = |name: &str, value: &str| {
            let mut keys = Map::new();
            keys.insert(format!("{}:{name}", SHARED[0]), json!(value));
            json!({ "StringLike": keys })
        };
        assert_eq!(of(github, key("sub", "repo:acme/site:*")), nobody());
        let open = [Trusted::SignOn(github.to_owned())];
        assert_eq!(of(github, key("aud", "sts.amazonaws.com")), open);
        assert_eq!(of(github, key("sub", "*")), open);
        for of_nobody in ["repo:*", "repo:acme*", "repo:*/site:*", "re?o:acme/site"] {
            assert_eq!(of(github, key("sub", of_nobody)), open, "{of_nobody}");
        }
        for of_one in [
            "repo:acme/*",
            "repo:acme/site:ref:refs/heads/main",
            "repository_owner:acme:*",
        ] {
            assert_eq!(of(github, key("sub", of_one)), nobody(), "{of_one}");
        }
        let gitlab = "arn:aws:iam::123456789012:oidc-provider/gitlab.com";
        let audience = json!({"StringEquals": {"gitlab.com:aud": "https://gitlab.com"}});
        assert_eq!(of(gitlab, audience), [Trusted::SignOn(gitlab.to_owned())]);
        let own = "arn:aws:iam::123456789012:oidc-provider/gitlab.company.com";
        let audience = json!({"StringEquals": {"gitlab.company.com:aud": "aws"}});
        assert_eq!(of(own, audience), nobody());
    }

    #[test]
    fn services_denials_and_other_actions_trust_nobody() {
        assert_eq!(
            of(json!({"Service": "ec2.amazonaws.com"}), Value::Null),
            nobody()
        );
        for statement in [
            json!({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}),
            json!({"Effect": "Allow", "Principal": "*", "Action": "sts:TagSession"}),
        ] {
            assert_eq!(trusted(&json!({ "Statement": statement })), nobody());
        }
        let but = json!({"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": OTHER}, "Action": "*"}});
        assert_eq!(trusted(&but), [Trusted::Anybody]);
    }

    #[test]
    fn another_shape_is_unread() {
        let action = json!("sts:AssumeRole");
        for document in [
            json!({}),
            json!({"Statement": []}),
            json!({"Statement": ["x"]}),
            json!({"Statement": {"Principal": "*", "Action": action}}),
            json!({"Statement": {"Effect": "Allow", "Principal": "*"}}),
            json!({"Statement": {"Effect": "Allow", "Action": action}}),
            json!({"Statement": {"Effect": "Allow", "Principal": {}, "Action": action}}),
            json!({"Statement": {"Effect": "Allow", "Principal": "x", "Action": action}}),
            json!({"Statement": {"Effect": "Allow", "Principal": {"AWS": 7}, "Action": action}}),
            json!({"Statement": {"Effect": "Allow", "Principal": {"AWS": "x"}, "Action": action}}),
            json!({"Statement": {"Effect": "Allow", "Principal": {"Who": "x"}, "Action": action}}),
            json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": action, "Condition": 7}}),
        ] {
            assert!(
                matches!(trusted(&document).as_slice(), [Trusted::Unread(_)]),
                "{document}"
            );
        }
    }

    #[test]
    fn accounts_are_found_in_numbers_and_arns() {
        for (text, account) in [
            (OTHER, Some(OTHER)),
            ("arn:aws:iam::999988887777:user/x", Some(OTHER)),
            ("arn:aws:s3::999988887777:x", None),
            ("arn:aws:iam::*:root", None),
            ("99998888777", None),
            ("arn:aws:iam::999988887777:", None),
        ] {
            assert_eq!(account_of(text), account, "{text}");
        }
    }
}
