//! The small parts of a session: fields, addresses, credentials, and errors with names in them.

use crate::{datasets::Source, grants};
use evidence::{Completeness, Reason, UnknownCode};
use provider_kit::{
    ErrorClass, ProviderError,
    auth::{CertificateKey, ClientCredential},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use url::Url;

/// Names the dataset and the permissions it lacks.
pub(super) fn name_permission(
    mut error: ProviderError,
    source: &Source,
    roles: Option<&BTreeSet<String>>,
) -> ProviderError {
    let needed = source.dataset.permissions;
    let lacking: Vec<&str> = match roles {
        Some(roles) => needed
            .iter()
            .copied()
            .filter(|grant| grants::through(roles, grant).is_none())
            .collect(),
        None => needed.to_vec(),
    };
    let named = if lacking.is_empty() {
        needed.join(" and ")
    } else {
        lacking.join(" and ")
    };
    error.what = format!("{} can't be read.", source.dataset.title);
    error.why = if lacking.is_empty() {
        format!(
            "Microsoft Graph refused although the app has {named}; a consent that was just given takes some minutes."
        )
    } else {
        format!("The app lacks the application permission {named}.")
    };
    error.fix = format!(
        "In the app registration open API permissions, add the application permission {named} of Microsoft Graph and grant admin consent."
    );
    error
}

pub(super) fn endless(why: &str) -> ProviderError {
    ProviderError::malformed("The pages of Microsoft Graph never end.", why)
}

pub(super) fn partial(detail: String) -> Completeness {
    Completeness::partial(Reason::new(UnknownCode::Partial, detail))
}

pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| {
            if matches!(at, 8 | 13 | 18 | 23) {
                c == '-'
            } else {
                c.is_ascii_hexdigit()
            }
        })
}

pub(super) fn has_domain(organization: &Value, domain: &str) -> bool {
    organization
        .get("verifiedDomains")
        .and_then(Value::as_array)
        .is_some_and(|domains| {
            domains.iter().any(|one| {
                one.get("name")
                    .and_then(Value::as_str)
                    .is_some_and(|name| name.eq_ignore_ascii_case(domain))
            })
        })
}

pub(super) fn other_tenant(expected: &str, found: &str) -> ProviderError {
    let shown: String = found
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(40)
        .collect();
    ProviderError::new(
        ErrorClass::Identity,
        "identity_mismatch",
        "Another tenant answered; nothing was collected.",
        format!("The connection is for {expected}, the answer came from {shown}."),
        "Check the tenant ID and the addresses of the connection. To read the other tenant, make a connection of its own.",
    )
}

pub(super) fn bad_field(name: &str, message: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::Configuration,
        "invalid_field",
        format!("The field {name} can't be used."),
        message,
        "Correct it in the connection.",
    )
}

pub(super) fn field<'a>(
    config: &'a BTreeMap<String, String>,
    name: &str,
) -> Result<&'a str, ProviderError> {
    config
        .get(name)
        .map(|value| value.trim())
        .filter(|value| !value.is_empty())
        .ok_or_else(|| bad_field(name, "It is empty."))
}

pub(super) fn address(host: Option<&str>, name: &str) -> Result<Url, ProviderError> {
    host.and_then(|host| Url::parse(host).ok())
        .ok_or_else(|| bad_field(name, "It is not an address."))
}

/// `path` and `query` below a base address, which may have a path of its own.
pub(super) fn below(base: &Url, path: &str, query: &str) -> Result<Url, ProviderError> {
    let mark = if query.is_empty() { "" } else { "?" };
    Url::parse(&format!(
        "{}{path}{mark}{query}",
        base.as_str().trim_end_matches('/')
    ))
    .map_err(|_| {
        bad_field(
            "graph_url",
            "It is not an address that a path can be added to.",
        )
    })
}

/// What the chosen way to sign in names; where none is named, the certificate if there is one, else the secret.
pub(super) fn credential(
    config: &BTreeMap<String, String>,
    secrets: &BTreeMap<String, SecretString>,
) -> Result<ClientCredential, ProviderError> {
    let secret = |name: &str| {
        secrets
            .get(name)
            .filter(|value| !value.expose_secret().trim().is_empty())
    };
    let certificate = match config.get("auth").map(String::as_str) {
        Some("certificate") => true,
        Some("client_secret") => false,
        _ => secret("certificate_pem").is_some(),
    };
    if certificate {
        let pem = secret("certificate_pem")
            .ok_or_else(|| bad_field("certificate_pem", "It is empty."))?;
        let key = CertificateKey::from_pem(pem)
            .map_err(|error| bad_field("certificate_pem", &error.to_string()))?;
        Ok(ClientCredential::Certificate(Arc::new(key)))
    } else {
        let value =
            secret("client_secret").ok_or_else(|| bad_field("client_secret", "It is empty."))?;
        Ok(ClientCredential::Secret(value.clone()))
    }
}
