//! The manifest's shape. Unknown members are errors: a typing mistake must not silently drop a reason or a limit.

use super::{Interactive, OAuth, Parameter, Script};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The card, the dialog, the clouds, the permissions and the parameters of a provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub struct Manifest {
    /// The provider's id, e.g. `entra-id`.
    pub id: String,
    /// Its name as people know it.
    pub name: String,
    /// Where its card stands.
    pub category: Category,
    /// Two letters in place of a logo.
    pub monogram: String,
    /// What connecting it gives, in a sentence.
    pub summary: String,
    /// The service's own documentation.
    pub docs_url: String,
    /// Hosts that links of this provider may open in the browser.
    #[serde(default)]
    pub link_hosts: Vec<String>,
    /// What is read, in sentences.
    pub reads: Vec<String>,
    /// What is never read, in sentences.
    pub never_reads: Vec<String>,
    /// What has to be done or at hand before connecting.
    #[serde(default, alias = "prerequisite")]
    pub prerequisites: Vec<Prerequisite>,
    /// The clouds it exists in; the first is the default.
    #[serde(alias = "cloud")]
    pub clouds: Vec<Cloud>,
    /// What a custom endpoint asks for.
    pub custom: Custom,
    /// The ways to sign in; the first is the recommended one.
    #[serde(alias = "auth_method")]
    pub auth: Vec<AuthMethod>,
    /// Everything a dialog can ask for. A field that neither a sign-in nor the custom endpoint names is always asked.
    #[serde(alias = "field")]
    pub fields: Vec<Field>,
    /// Every permission it needs, each with its reason.
    #[serde(default, alias = "permission")]
    pub permissions: Vec<Permission>,
    /// Grants that it does not need and that could do harm.
    #[serde(default)]
    pub excess: Vec<Excess>,
    /// Commands that set up the access, ready to paste.
    #[serde(default, alias = "script")]
    pub scripts: Vec<Script>,
    /// What a company can set for its checks.
    #[serde(default, alias = "parameter")]
    pub parameters: Vec<Parameter>,
}

/// Where a provider's card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Who may sign in.
    Identity,
    /// Where servers and data are.
    Cloud,
    /// Computers and phones.
    Devices,
    /// What protects endpoints and finds weaknesses.
    Security,
    /// Where code is kept.
    Code,
    /// What connects and shields networks.
    Network,
    /// Copies of data.
    Backup,
    /// Where people work together.
    Collaboration,
}

/// Something to do or have first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub struct Prerequisite {
    /// In a few words.
    pub title: String,
    /// How.
    pub text: String,
    /// How long it takes, in minutes.
    pub minutes: Option<u32>,
}

/// A cloud: everything that differs between, say, the commercial and a government one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub struct Cloud {
    /// Its id, e.g. `gcc-high`.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// Who uses it.
    #[serde(default)]
    pub help: String,
    /// Base addresses by role, e.g. `login`, `graph`.
    #[serde(default)]
    pub hosts: BTreeMap<String, String>,
    /// Audience or scope of tokens, where it is not one of the hosts.
    pub audience: Option<String>,
    /// Authority that signs tokens, or the partition, where it is not one of the hosts.
    pub authority: Option<String>,
    /// The console's address.
    pub console: String,
}

/// What an endpoint other than the provider's own asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub struct Custom {
    /// Fields with addresses, all required. `login_url` sets the host `login`, and so on.
    pub fields: Vec<String>,
    /// The cloud it is like unless `like` says another one.
    pub like_default: String,
}

/// A way to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub struct AuthMethod {
    /// Its id, e.g. `client_secret`.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// When to take it.
    #[serde(default)]
    pub help: String,
    /// The fields it asks for, in order.
    pub fields: Vec<String>,
    /// How a person signs in, where one does; what that gives is kept as the secret [`crate::auth::SIGNED_IN`].
    pub interactive: Option<Interactive>,
    /// Where a person signs in.
    pub oauth: Option<OAuth>,
}

/// Something a dialog asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub struct Field {
    /// Its name in configuration and secrets files.
    pub name: String,
    /// Its label.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether it has to be filled in.
    #[serde(default)]
    pub required: bool,
    /// A regular expression for the whole value.
    pub pattern: Option<String>,
    /// What to write instead, where the pattern does not match.
    pub pattern_help: Option<String>,
    /// Shown in the empty input.
    pub placeholder: Option<String>,
    /// Where to find it.
    #[serde(default)]
    pub help: String,
    /// What can be chosen, for choices.
    #[serde(default, alias = "option")]
    pub options: Vec<Choice>,
    /// Whether it is folded away.
    #[serde(default)]
    pub advanced: bool,
    /// A made-up value that is accepted.
    pub example: String,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// One secret line.
    Secret,
    /// A secret of several lines, e.g. PEM.
    MultilineSecret,
    /// One of the options.
    Choice,
    /// Region names with commas between.
    RegionList,
}

impl FieldKind {
    /// Whether it belongs into the vault and nowhere else.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::MultilineSecret)
    }
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// A permission with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub struct Permission {
    /// Its name at the service.
    pub grant: String,
    /// What is read with it, and why.
    pub why: String,
    /// Its id at the service, where scripts need one.
    pub role_id: Option<String>,
    /// The licence the service wants for what it opens.
    pub licence: Option<String>,
    /// Whether most things work without it.
    #[serde(default)]
    pub optional: bool,
}

/// Grants that are not needed and could do harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub struct Excess {
    /// A regular expression for the whole grant.
    pub pattern: Option<String>,
    /// Or the grants by name.
    #[serde(default)]
    pub grants: Vec<String>,
    /// What they could do.
    pub why: String,
}

impl Manifest {
    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The permission of this name.
    #[must_use]
    pub fn permission(&self, grant: &str) -> Option<&Permission> {
        self.permissions
            .iter()
            .find(|permission| permission.grant == grant)
    }

    /// The way to sign in of this id.
    #[must_use]
    pub fn auth_method(&self, id: &str) -> Option<&AuthMethod> {
        self.auth.iter().find(|method| method.id == id)
    }

    /// Ids of the datasets that need a permission: what is lost without it.
    #[must_use]
    pub fn datasets_of(grant: &str, datasets: &[&crate::Dataset]) -> Vec<&'static str> {
        datasets
            .iter()
            .filter(|dataset| dataset.permissions.contains(&grant))
            .map(|dataset| dataset.id)
            .collect()
    }

    /// Why a grant that is there is too much: what it could do. `None` for needed and harmless ones.
    #[must_use]
    pub fn excess_of(&self, grant: &str) -> Option<&str> {
        if self.permission(grant).is_some() {
            return None;
        }
        let entry = self.excess.iter().find(|entry| {
            entry.grants.iter().any(|name| name == grant)
                || entry
                    .pattern
                    .as_deref()
                    .is_some_and(|pattern| super::validate::matches_whole(pattern, grant))
        })?;
        Some(&entry.why)
    }

    /// Whether the browser may be sent to `address`: `https`, and a host of the list or below one.
    #[must_use]
    pub fn may_open(&self, address: &str) -> bool {
        let Ok(url) = url::Url::parse(address) else {
            return false;
        };
        let Some(host) = url.host_str() else {
            return false;
        };
        url.scheme() == "https"
            && url.username().is_empty()
            && url.password().is_none()
            && url.port().is_none()
            && self.link_hosts.iter().any(|allowed| {
                host == allowed
                    || host
                        .strip_suffix(allowed.as_str())
                        .is_some_and(|rest| rest.ends_with('.'))
            })
    }
}
