//! Which hosts, audience and console a connection uses.

use super::{FieldError, Manifest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// The id of the cloud whose addresses the user enters.
pub const CUSTOM: &str = "custom";

/// A cloud as a connection uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResolvedCloud {
    /// The chosen cloud, `custom` included: what evidence names.
    pub id: String,
    /// The cloud that decides audience, scope, partition and which checks exist: `id`, or what a custom one is like.
    pub like: String,
    /// Base addresses by role, without a trailing slash.
    pub hosts: BTreeMap<String, String>,
    /// Audience or scope of tokens.
    pub audience: Option<String>,
    /// Authority or partition.
    pub authority: Option<String>,
    /// The console's address.
    pub console: String,
    /// Hosts of the custom endpoint, which evidence shows everywhere.
    pub custom_host: Option<String>,
}

impl ResolvedCloud {
    /// The base address of a role; `None` where the cloud has none.
    #[must_use]
    pub fn host(&self, role: &str) -> Option<&str> {
        self.hosts.get(role).map(String::as_str)
    }
}

impl Manifest {
    /// The cloud that `config` chooses by its `cloud` (default: the first one), with the custom addresses where it
    /// is `custom`.
    ///
    /// # Errors
    ///
    /// A field error that names the cloud, `like`, or the address that is missing or not acceptable.
    pub fn cloud(&self, config: &BTreeMap<String, String>) -> Result<ResolvedCloud, FieldError> {
        let default = self
            .clouds
            .first()
            .map_or(CUSTOM, |cloud| cloud.id.as_str());
        self.resolve_cloud(config.get("cloud").map_or(default, String::as_str), config)
    }

    /// As [`Manifest::cloud`], with the cloud's id given apart from the other fields.
    ///
    /// # Errors
    ///
    /// As [`Manifest::cloud`].
    pub fn resolve_cloud(
        &self,
        id: &str,
        config: &BTreeMap<String, String>,
    ) -> Result<ResolvedCloud, FieldError> {
        let known = || {
            let ids: Vec<&str> = self
                .clouds
                .iter()
                .map(|cloud| cloud.id.as_str())
                .chain([CUSTOM])
                .collect();
            format!("Choose one of {}.", ids.join(", "))
        };
        let custom = id == CUSTOM;
        let (field, like) = if custom {
            (
                "like",
                config
                    .get("like")
                    .map_or(self.custom.like_default.as_str(), String::as_str),
            )
        } else {
            ("cloud", id)
        };
        let cloud = self
            .clouds
            .iter()
            .find(|cloud| cloud.id == like)
            .ok_or_else(|| FieldError::new(field, known()))?;
        let mut hosts = cloud.hosts.clone();
        let mut shown: Vec<String> = Vec::new();
        if custom {
            for name in &self.custom.fields {
                let address = config
                    .get(name)
                    .ok_or_else(|| FieldError::new(name, "Enter the address of the endpoint."))?;
                let url = check_endpoint(name, address)?;
                let host = crate::http::shown_host(&url);
                if !shown.contains(&host) {
                    shown.push(host);
                }
                let role = name.strip_suffix("_url").unwrap_or(name);
                hosts.insert(
                    role.to_owned(),
                    url.as_str().trim_end_matches('/').to_owned(),
                );
            }
        }
        Ok(ResolvedCloud {
            id: id.to_owned(),
            like: like.to_owned(),
            hosts,
            audience: cloud.audience.clone(),
            authority: cloud.authority.clone(),
            console: cloud.console.clone(),
            custom_host: custom.then(|| shown.join(", ")),
        })
    }
}

/// An endpoint: `https`, or `http` to this computer; no query, no fragment, no name or password.
pub(super) fn check_endpoint(field: &str, address: &str) -> Result<Url, FieldError> {
    let url = Url::parse(address).map_err(|_| {
        FieldError::new(
            field,
            "This is not an address. Write it like https://api.example.com.",
        )
    })?;
    crate::http::check_address(&url).map_err(|error| {
        FieldError::new(
            field,
            format!(
                "{} Use https:// (http:// works for this computer only).",
                error.why
            ),
        )
    })?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(FieldError::new(
            field,
            "Leave out everything from the first ? or # on.",
        ));
    }
    Ok(url)
}
