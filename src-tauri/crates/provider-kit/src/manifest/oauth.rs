//! What a manifest says about signing in as a person: where, as which client, for what.

use super::{FieldError, FieldKind, Manifest, ResolvedCloud};
use crate::{
    Answer, ProviderError,
    auth::{BrowserRequest, DeviceRequest, Redirect, browser::LIMIT},
    http::check_address,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// How a person signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interactive {
    /// In the system's browser, on this computer.
    Browser,
    /// With a code, in any browser.
    Device,
}

/// Where a person signs in, and for what.
///
/// An address begins with a host of the cloud, by role, and may hold plain fields of the sign-in as parts of its path:
/// `{login}/{tenant_id}/oauth2/v2.0/token`. A custom endpoint that sets the role is asked instead, like everything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub struct OAuth {
    /// The field with the client's id.
    pub client_id: String,
    /// The authorization endpoint, for the browser.
    pub authorize: Option<String>,
    /// The device authorization endpoint, for the code.
    pub device: Option<String>,
    /// The token endpoint.
    pub token: String,
    /// What is asked for. `{audience}` stands for the cloud's; an entry with `{permission}` stands for as many as the
    /// manifest has permissions.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// How the registered redirect is written.
    #[serde(default)]
    pub redirect: Redirect,
    /// Who must have answered, where the answer says who did: an address like the others.
    pub issuer: Option<String>,
    /// Further fields of the first request.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Hosts that a code may be entered at, besides those of the sign-in: the app opens no others.
    #[serde(default)]
    pub verification_hosts: Vec<String>,
}

/// A sign-in ready to begin.
#[derive(Clone, Debug)]
pub enum SignInRequest {
    /// In the browser.
    Browser(BrowserRequest),
    /// With a code.
    Device(DeviceRequest),
}

impl Manifest {
    /// The sign-in as a person that `auth` declares, for these fields; `None` where it is another kind.
    ///
    /// # Errors
    ///
    /// The field that is missing or can't be a part of an address, or the cloud's address that is none.
    pub fn sign_in_request(
        &self,
        auth: &str,
        cloud: &ResolvedCloud,
        config: &BTreeMap<String, String>,
        refusal: fn(&Answer) -> ProviderError,
    ) -> Result<Option<SignInRequest>, FieldError> {
        let Some((interactive, oauth)) = self
            .auth_method(auth)
            .and_then(|method| Some((method.interactive?, method.oauth.as_ref()?)))
        else {
            return Ok(None);
        };
        let client_id = config
            .get(&oauth.client_id)
            .ok_or_else(|| FieldError::new(&oauth.client_id, "It is empty."))?
            .clone();
        let address = |template: &str| address(template, cloud, config);
        let scopes = self.scopes(oauth, cloud);
        let scope = (!scopes.is_empty()).then(|| scopes.join(" "));
        let token = address(&oauth.token)?;
        let extra: Vec<(String, String)> = oauth
            .parameters
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Ok(Some(match interactive {
            Interactive::Browser => SignInRequest::Browser(BrowserRequest {
                authorize: address(oauth.authorize.as_deref().unwrap_or_default())?,
                token,
                client_id,
                scope,
                redirect: oauth.redirect,
                extra,
                issuer: oauth
                    .issuer
                    .as_deref()
                    .map(|issuer| address(issuer).map(|url| url.as_str().to_owned()))
                    .transpose()?,
                limit: LIMIT,
                refusal,
            }),
            Interactive::Device => SignInRequest::Device(DeviceRequest {
                device: address(oauth.device.as_deref().unwrap_or_default())?,
                token,
                client_id,
                scope,
                extra,
                refusal,
            }),
        }))
    }

    /// The scopes that a person's sign-in asks for in this cloud: for the request, and for renewing later.
    #[must_use]
    pub fn scopes(&self, oauth: &OAuth, cloud: &ResolvedCloud) -> Vec<String> {
        let audience = cloud.audience.as_deref().unwrap_or_default();
        let mut scopes = Vec::new();
        for scope in &oauth.scopes {
            let scope = scope.replace("{audience}", audience);
            if scope.contains("{permission}") {
                scopes.extend(
                    self.permissions
                        .iter()
                        .map(|permission| scope.replace("{permission}", &permission.grant)),
                );
            } else {
                scopes.push(scope);
            }
        }
        scopes
    }

    /// Whether the app may open the page on which a code is entered: a host of the sign-in itself, or a declared one.
    #[must_use]
    pub fn may_verify_at(&self, auth: &str, cloud: &ResolvedCloud, page: &Url) -> bool {
        let Some(oauth) = self
            .auth_method(auth)
            .and_then(|method| method.oauth.as_ref())
        else {
            return false;
        };
        if check_address(page).is_err() {
            return false;
        }
        let own = role(&oauth.token)
            .and_then(|role| cloud.host(role))
            .and_then(|host| Url::parse(host).ok())
            .is_some_and(|own| crate::http::same_origin(&own, page));
        own || (page.scheme() == "https"
            && page.port().is_none()
            && page.host_str().is_some_and(|host| {
                oauth
                    .verification_hosts
                    .iter()
                    .any(|allowed| allowed == host)
            }))
    }

    /// What contradicts itself in the ways to sign in as a person.
    pub(super) fn interactive_problems(&self, problems: &mut Vec<String>) {
        for method in &self.auth {
            let id = &method.id;
            let (interactive, oauth) = match (method.interactive, &method.oauth) {
                (None, None) => continue,
                (Some(interactive), Some(oauth)) => (interactive, oauth),
                _ => {
                    problems.push(format!(
                        "The sign-in {id} needs both interactive and oauth, or neither."
                    ));
                    continue;
                }
            };
            let mut wrong = |what: String| problems.push(format!("The sign-in {id} {what}."));
            let plain_and_needed = |name: &str| {
                self.field(name).is_some_and(|field| {
                    field.required
                        && field.kind == FieldKind::Text
                        && !self.custom.fields.contains(&field.name)
                        && self.is_used(field, &method.fields)
                })
            };
            if !plain_and_needed(&oauth.client_id) {
                wrong(format!(
                    "names {} as its client ID, which is no required text field of its own",
                    oauth.client_id
                ));
            }
            for name in &method.fields {
                if self.field(name).is_some_and(|field| field.kind.is_secret()) {
                    wrong(format!(
                        "asks for {name}, a secret, although a person signs in"
                    ));
                }
            }
            let needed = match interactive {
                Interactive::Browser => ("authorize", &oauth.authorize),
                Interactive::Device => ("device", &oauth.device),
            };
            if needed.1.is_none() {
                wrong(format!("has no {} address", needed.0));
            }
            let addresses = [
                Some(&oauth.token),
                oauth.authorize.as_ref(),
                oauth.device.as_ref(),
                oauth.issuer.as_ref(),
            ];
            for template in addresses.into_iter().flatten() {
                let known_role = role(template).is_some_and(|role| {
                    self.clouds
                        .iter()
                        .all(|cloud| cloud.hosts.contains_key(role))
                });
                if !known_role {
                    wrong(format!(
                        "has the address {template}, which does not begin with a host that every cloud has"
                    ));
                }
                let rest = template.split_once('}').map_or("", |(_, rest)| rest);
                if !rest.is_empty() && !rest.starts_with('/') {
                    wrong(format!("has the address {template}, whose host goes on"));
                }
                for name in placeholders(rest) {
                    if !plain_and_needed(name) {
                        wrong(format!(
                            "has {{{name}}} in an address, which is no required text field of its own"
                        ));
                    }
                }
            }
            for scope in &oauth.scopes {
                if scope.is_empty() || scope.contains(char::is_whitespace) {
                    wrong(format!("has the scope {scope:?}, which is not one word"));
                }
                for name in placeholders(scope) {
                    let known = match name {
                        "permission" => !self.permissions.is_empty(),
                        "audience" => self.clouds.iter().all(|cloud| cloud.audience.is_some()),
                        _ => false,
                    };
                    if !known {
                        wrong(format!(
                            "has {{{name}}} in a scope, which stands for nothing"
                        ));
                    }
                }
            }
            for name in oauth.parameters.keys() {
                if RESERVED.contains(&name.as_str()) {
                    wrong(format!("sets {name}, which the sign-in sets itself"));
                }
            }
        }
    }
}

/// What a request says by itself.
const RESERVED: [&str; 10] = [
    "client_id",
    "client_secret",
    "response_type",
    "redirect_uri",
    "state",
    "nonce",
    "scope",
    "code_challenge",
    "code_challenge_method",
    "grant_type",
];

/// The role of the host that an address begins with.
fn role(template: &str) -> Option<&str> {
    template
        .strip_prefix('{')?
        .split_once('}')
        .map(|(role, _)| role)
}

/// The names in braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .map(|part| part.split('}').next().unwrap_or_default())
}

fn address(
    template: &str,
    cloud: &ResolvedCloud,
    config: &BTreeMap<String, String>,
) -> Result<Url, FieldError> {
    let role = role(template).unwrap_or_default();
    let host = cloud
        .host(role)
        .ok_or_else(|| FieldError::new("cloud", "It has no address to sign in at."))?;
    let mut text = host.to_owned();
    let rest = template.split_once('}').map_or("", |(_, rest)| rest);
    let mut parts = rest.split('{');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (name, after) = part.split_once('}').unwrap_or((part, ""));
        let value = config
            .get(name)
            .map(|value| value.trim())
            .unwrap_or_default();
        // It becomes one part of the path, and nothing more.
        let fits = !value.is_empty()
            && !value.starts_with('.')
            && value
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
        if !fits {
            return Err(FieldError::new(
                name,
                "It holds characters that can't be a part of an address.",
            ));
        }
        text.push_str(value);
        text.push_str(after);
    }
    Url::parse(&text)
        .ok()
        .filter(|url| check_address(url).is_ok())
        .ok_or_else(|| FieldError::new("cloud", "Its address to sign in at is none."))
}

#[cfg(test)]
#[path = "oauth_tests.rs"]
mod tests;
