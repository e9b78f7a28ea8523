//! Whether the organization manages the root users of its accounts, as far as the account may know.

use crate::xml;
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

/// AWS's answer where the account is in no organization.
pub const NO_ORGANIZATION: &str = "OrganizationNotFoundException";
/// AWS's answer where only the management account, or one that stands in for it, hears more.
pub const NOT_MANAGEMENT: &str = "AccountNotManagementOrDelegatedAdministratorException";
/// AWS's answer where IAM has no access to the organization, so that nothing of it can be switched on.
pub const NO_TRUSTED_ACCESS: &str = "ServiceAccessNotEnabledException";
/// AWS's answer where the organization shares bills only.
pub const NOT_ALL_FEATURES: &str = "OrganizationNotInAllFeaturesModeException";

/// Refusals that are answers.
const ANSWERS: [&str; 4] = [
    NO_ORGANIZATION,
    NOT_MANAGEMENT,
    NO_TRUSTED_ACCESS,
    NOT_ALL_FEATURES,
];

/// Whether a code is a documented answer and not a failure.
#[must_use]
pub fn is_answer(code: &str) -> bool {
    ANSWERS.contains(&code)
}

/// Central management of root users.
pub static ORGANIZATIONS_FEATURES: Dataset = Dataset {
    id: "aws.iam_organizations_features",
    title: "Central management of root users",
    what: "Whether the organization manages the root users of its accounts, or why this account is not told.",
    permissions: &["iam:ListOrganizationsFeatures"],
    licence: None,
    key: &[],
    records: Reader::Page(records),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.5[b]"],
};

/// What is switched on, or why it is not told.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrganizationsFeatures {
    /// What is switched on.
    #[serde(default, deserialize_with = "super::read::items")]
    pub enabled_features: Option<Vec<String>>,
    /// AWS's code, where that is the answer.
    #[serde(rename = "code")]
    pub code: Option<String>,
}

fn records(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    if page.origin.status >= 400 {
        return match xml::error_code(page.body) {
            Some(code) if is_answer(&code) => Ok(vec![json!({ "code": code })]),
            _ => Err(Malformed(
                "the answer does not say why there are no features".to_owned(),
            )),
        };
    }
    let result = xml::result(page.body, "ListOrganizationsFeatures")?;
    let Value::Object(members) = result.json() else {
        return Err(Malformed("the answer has no members".to_owned()));
    };
    Ok(vec![Value::Object(members)])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    fn read(status: u16, body: &str) -> Result<OrganizationsFeatures, Malformed> {
        let origin = origin(status, None, None);
        let page = RawPage {
            body: body.as_bytes(),
            origin: &origin,
        };
        let row = records(&page)?.remove(0);
        serde_json::from_value(row).map_err(|error| Malformed(error.to_string()))
    }

    #[test]
    fn features_and_documented_refusals_are_answers() {
        let on = read(
            200,
            "<ListOrganizationsFeaturesResponse><ListOrganizationsFeaturesResult><OrganizationId>o</OrganizationId>\
             <EnabledFeatures><member>RootCredentialsManagement</member></EnabledFeatures>\
             </ListOrganizationsFeaturesResult></ListOrganizationsFeaturesResponse>",
        )
        .unwrap();
        assert_eq!(
            on.enabled_features.unwrap(),
            ["RootCredentialsManagement".to_owned()]
        );
        let refused = |code: &str| {
            read(
                404,
                &format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"),
            )
        };
        for code in ANSWERS {
            assert_eq!(refused(code).unwrap().code.as_deref(), Some(code));
        }
        assert!(refused("AccessDenied").is_err());
        assert!(read(200, "<ErrorResponse/>").is_err());
    }
}
