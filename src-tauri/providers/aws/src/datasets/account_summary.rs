//! The account's own figures, the only place that tells about the root user without signing in as it.

use crate::xml;
use provider_kit::{Clouds, Dataset, Malformed, Reader};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Figures about the account and its root user.
pub static ACCOUNT_SUMMARY: Dataset = Dataset {
    id: "aws.iam_account_summary",
    title: "IAM account summary",
    what: "Whether the root user has multi-factor sign-in, a password and access keys, and how many users there are.",
    permissions: &["iam:GetAccountSummary"],
    licence: None,
    key: &[],
    records: Reader::Body(records),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.3[c]"],
};

/// What checks read of it. AWS writes 1 for yes and 0 for no.
#[derive(Clone, Debug, Deserialize)]
pub struct AccountSummary {
    /// Whether the root user has MFA.
    #[serde(rename = "AccountMFAEnabled")]
    pub mfa_enabled: Option<i64>,
    /// Whether the root user has access keys.
    #[serde(rename = "AccountAccessKeysPresent")]
    pub access_keys_present: Option<i64>,
    /// Whether the root user has a password.
    #[serde(rename = "AccountPasswordPresent")]
    pub password_present: Option<i64>,
}

impl AccountSummary {
    /// Root has neither a password nor a key now. That does not prove that nobody can sign in as root: unless the
    /// organization manages root access centrally, whoever reads the account's e-mail can set a password, and the
    /// summary does not say which it is.
    #[must_use]
    pub fn root_has_no_credentials(&self) -> bool {
        self.password_present == Some(0) && self.access_keys_present == Some(0)
    }
}

fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let result = xml::result(body, "GetAccountSummary")?;
    let map = result
        .child("SummaryMap")
        .ok_or_else(|| Malformed("SummaryMap is missing".to_owned()))?;
    let Value::Object(figures) = map.json() else {
        return Err(Malformed("SummaryMap is not a map".to_owned()));
    };
    let figures: Map<String, Value> = figures
        .into_iter()
        .map(
            |(key, value)| match value.as_str().and_then(|text| text.parse::<i64>().ok()) {
                Some(number) => (key, Value::from(number)),
                None => (key, value),
            },
        )
        .collect();
    Ok(vec![Value::Object(figures)])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_fixture_is_read() {
        let rows = records(include_bytes!(
            "../../fixtures/mixed/iam_account_summary.1.xml"
        ))
        .unwrap();
        let [row] = rows.as_slice() else {
            panic!("one record")
        };
        assert_eq!(row["AccountMFAEnabled"], 0);
        assert_eq!(row["Users"], 4);
        assert!(records(b"<GetAccountSummaryResponse/>").is_err());
    }

    #[test]
    fn only_two_noes_say_that_root_has_nothing() {
        let summary = |password_present, access_keys_present| AccountSummary {
            mfa_enabled: None,
            access_keys_present,
            password_present,
        };
        assert!(summary(Some(0), Some(0)).root_has_no_credentials());
        assert!(!summary(None, Some(0)).root_has_no_credentials());
        assert!(!summary(Some(0), Some(1)).root_has_no_credentials());
    }
}
