//! The small parts of a session: fields, addresses, credentials, and errors with names in them.

use crate::{
    datasets::Source,
    grants,
    provider::MANIFEST,
    token::{Granted, Kind},
};
use evidence::{Completeness, Reason, UnknownCode};
use provider_kit::{
    ErrorClass, ProviderError, ResolvedCloud,
    auth::{CertificateKey, ClientCredential, SecretsSink},
    manifest::AuthMethod,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};
use url::Url;

/// Names the dataset and the permissions it lacks.
pub(super) fn name_permission(
    mut error: ProviderError,
    source: &Source,
    granted: Option<&Granted>,
) -> ProviderError {
    let needed = source.dataset.permissions;
    let lacking: Vec<&str> = match granted {
        Some(granted) => needed
            .iter()
            .copied()
            .filter(|grant| grants::through(&granted.names, grant).is_none())
            .collect(),
        None => needed.to_vec(),
    };
    let named = if lacking.is_empty() {
        needed.join(" and ")
    } else {
        lacking.join(" and ")
    };
    error.what = format!("{} can't be read.", source.dataset.title);
    let kind = granted.map_or(Kind::Application, |granted| granted.kind);
    if lacking.is_empty() && kind == Kind::Delegated {
        error.why = format!(
            "Microsoft Graph refused although the app has {named}: the person who signed in lacks a role that may read it."
        );
        error.fix =
            "Give the person the role Global Reader, or let somebody who has it sign in again."
                .to_owned();
        return error;
    }
    error.why = if lacking.is_empty() {
        format!(
            "Microsoft Graph refused although the app has {named}; a consent that was just given takes some minutes."
        )
    } else {
        format!("The app lacks the {} permission {named}.", kind.word())
    };
    error.fix = format!(
        "In the app registration open API permissions, add the {} permission {named} of Microsoft Graph and grant admin consent.",
        kind.word()
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

/// Whose permissions are used: the app's own, or those of the person who signed in.
pub(super) fn kind(config: &BTreeMap<String, String>) -> Kind {
    if method(config).is_some_and(|method| method.interactive.is_some()) {
        Kind::Delegated
    } else {
        Kind::Application
    }
}

fn method(config: &BTreeMap<String, String>) -> Option<&'static AuthMethod> {
    MANIFEST.auth_method(config.get("auth")?)
}

/// What tokens are asked for: what a person signed in for, or all that the app was granted.
pub(super) fn scope(
    config: &BTreeMap<String, String>,
    cloud: &ResolvedCloud,
    audience: &str,
) -> String {
    match method(config).and_then(|method| method.oauth.as_ref()) {
        Some(oauth) => MANIFEST.scopes(oauth, cloud).join(" "),
        None => format!("{audience}/.default"),
    }
}

/// What the chosen way to sign in names; where none is named, the certificate if there is one, else the secret.
pub(super) fn credential(
    config: &BTreeMap<String, String>,
    secrets: &BTreeMap<String, SecretString>,
    renewed: Arc<dyn SecretsSink>,
) -> Result<ClientCredential, ProviderError> {
    if kind(config) == Kind::Delegated {
        return ClientCredential::person(secrets, renewed);
    }
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
