//! Sign-ons outside of AWS that IAM trusts: SAML for people, OpenID Connect for programs.

use crate::xml;
use provider_kit::{Clouds, Dataset, Malformed, Reader};
use serde::Deserialize;
use serde_json::Value;

/// SAML providers: the company's own sign-on, and IAM Identity Center.
pub static SAML_PROVIDERS: Dataset = Dataset {
    id: "aws.iam_saml_providers",
    title: "SAML identity providers",
    what: "Which sign-ons outside of IAM people reach the account by.",
    permissions: &["iam:ListSAMLProviders"],
    licence: None,
    key: &["/Arn"],
    records: Reader::Body(|body| list(body, "ListSAMLProviders", "SAMLProviderList")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.1[a]"],
};

/// OpenID Connect providers, as evidence of which programs outside of AWS can take on roles.
pub static OIDC_PROVIDERS: Dataset = Dataset {
    id: "aws.iam_oidc_providers",
    title: "OpenID Connect identity providers",
    what: "Which services outside of AWS, such as a build service, can take on roles of the account.",
    permissions: &["iam:ListOpenIDConnectProviders"],
    licence: None,
    key: &["/Arn"],
    records: Reader::Body(|body| {
        list(
            body,
            "ListOpenIDConnectProviders",
            "OpenIDConnectProviderList",
        )
    }),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.1[b]", "3.1.20[a]"],
};

/// One SAML provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SamlProvider {
    /// Its ARN.
    pub arn: Option<String>,
}

fn list(body: &[u8], action: &str, name: &str) -> Result<Vec<Value>, Malformed> {
    let result = xml::result(body, action)?;
    Ok(result.list(name)?.iter().map(xml::Element::json).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use provider_kit::{Origin, RawPage};

    fn rows(dataset: &Dataset, body: &[u8]) -> Result<Vec<Value>, Malformed> {
        let origin = Origin::default();
        dataset.read(&RawPage {
            body,
            origin: &origin,
        })
    }

    #[test]
    fn providers_are_listed_by_arn_and_none_is_an_answer() {
        let saml = rows(
            &SAML_PROVIDERS,
            include_bytes!("../../fixtures/good/iam_saml_providers.1.xml"),
        )
        .unwrap();
        assert!(saml[0]["Arn"].as_str().unwrap().contains(":saml-provider/"));
        let none = rows(
            &SAML_PROVIDERS,
            include_bytes!("../../fixtures/mixed/iam_saml_providers.1.xml"),
        );
        assert!(none.unwrap().is_empty());
        let oidc = rows(
            &OIDC_PROVIDERS,
            include_bytes!("../../fixtures/good/iam_oidc_providers.1.xml"),
        )
        .unwrap();
        assert!(oidc[0]["Arn"].as_str().unwrap().contains(":oidc-provider/"));
        assert!(rows(&SAML_PROVIDERS, b"<html/>").is_err());
    }
}
