//! The password policy of IAM users, or AWS's answer that the company set none.

use crate::xml;
use provider_kit::{Clouds, Dataset, Malformed, Reader};
use serde::Deserialize;
use serde_json::{Map, Value};

/// AWS's code for "there is none": here an answer, not a failure.
pub const NO_SUCH_ENTITY: &str = "NoSuchEntity";

/// The account's password policy.
pub static PASSWORD_POLICY: Dataset = Dataset {
    id: "aws.iam_password_policy",
    title: "IAM password policy",
    what: "What passwords of IAM users must look like, or that no policy was set.",
    permissions: &["iam:GetAccountPasswordPolicy"],
    licence: None,
    key: &[],
    records: Reader::Body(records),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.7[a]", "3.5.8[a]"],
};

/// The policy. AWS leaves out what is not limited.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PasswordPolicy {
    /// Whether the company set one; ours, from the kind of the answer.
    #[serde(rename = "exists")]
    pub exists: Option<bool>,
    /// Shortest password.
    pub minimum_password_length: Option<i64>,
    /// Whether a symbol is needed.
    pub require_symbols: Option<bool>,
    /// Whether a digit is needed.
    pub require_numbers: Option<bool>,
    /// Whether an upper-case letter is needed.
    pub require_uppercase_characters: Option<bool>,
    /// Whether a lower-case letter is needed.
    pub require_lowercase_characters: Option<bool>,
    /// Whether passwords run out.
    pub expire_passwords: Option<bool>,
    /// After how many days they do; absent where they do not.
    pub max_password_age: Option<i64>,
    /// How many earlier passwords can't be used again; absent where all can.
    pub password_reuse_prevention: Option<i64>,
}

fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    if xml::error_code(body).as_deref() == Some(NO_SUCH_ENTITY) {
        return Ok(vec![Value::Object(Map::from_iter([(
            "exists".to_owned(),
            Value::Bool(false),
        )]))]);
    }
    let result = xml::result(body, "GetAccountPasswordPolicy")?;
    let policy = result
        .child("PasswordPolicy")
        .ok_or_else(|| Malformed("PasswordPolicy is missing".to_owned()))?;
    // A member that is there twice becomes a list there, which no check takes for either.
    let Value::Object(members) = policy.json() else {
        return Err(Malformed("PasswordPolicy has no members".to_owned()));
    };
    let mut record: Map<String, Value> = members
        .into_iter()
        .map(|(name, value)| (name, typed(value)))
        .collect();
    record.insert("exists".to_owned(), Value::Bool(true));
    Ok(vec![Value::Object(record)])
}

fn typed(value: Value) -> Value {
    match value.as_str() {
        Some("true") => Value::Bool(true),
        Some("false") => Value::Bool(false),
        Some(text) => text.parse::<i64>().map_or(value, Value::from),
        None => value,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn policy(body: &[u8]) -> PasswordPolicy {
        serde_json::from_value(records(body).unwrap().pop().unwrap()).unwrap()
    }

    #[test]
    fn a_policy_and_none_are_both_answers() {
        let set = policy(include_bytes!(
            "../../fixtures/good/iam_password_policy.1.xml"
        ));
        assert_eq!(
            (set.exists, set.minimum_password_length, set.require_symbols),
            (Some(true), Some(14), Some(true))
        );
        let none = policy(include_bytes!(
            "../../fixtures/mixed/iam_password_policy.1.xml"
        ));
        assert_eq!(
            (none.exists, none.minimum_password_length),
            (Some(false), None)
        );
    }

    #[test]
    fn a_length_that_is_there_twice_is_not_one_of_the_two() {
        let body = "<GetAccountPasswordPolicyResponse><GetAccountPasswordPolicyResult><PasswordPolicy>\
                    <MinimumPasswordLength>6</MinimumPasswordLength><MinimumPasswordLength>14</MinimumPasswordLength>\
                    </PasswordPolicy></GetAccountPasswordPolicyResult></GetAccountPasswordPolicyResponse>";
        let row = records(body.as_bytes()).unwrap().pop().unwrap();
        assert!(serde_json::from_value::<PasswordPolicy>(row).is_err());
    }

    #[test]
    fn another_error_is_no_answer() {
        assert!(
            records(b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>")
                .is_err()
        );
    }
}
