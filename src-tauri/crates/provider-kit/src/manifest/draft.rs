//! A dialog that was left unfinished. It can't hold a secret: there is no way to put one in.

use super::Manifest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The plain fields of an unfinished dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    provider: String,
    auth: String,
    label: String,
    fields: BTreeMap<String, String>,
}

impl Draft {
    /// What may be kept of `values`: declared fields that are no secrets, `cloud` and `like`.
    #[must_use]
    pub fn new(
        manifest: &Manifest,
        auth: &str,
        label: &str,
        values: &BTreeMap<String, String>,
    ) -> Self {
        let fields = values
            .iter()
            .filter(|(name, _)| {
                matches!(name.as_str(), "cloud" | "like")
                    || manifest
                        .field(name)
                        .is_some_and(|field| !field.kind.is_secret())
            })
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Self {
            provider: manifest.id.clone(),
            auth: auth.to_owned(),
            label: label.to_owned(),
            fields,
        }
    }

    /// The provider's id.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The chosen way to sign in.
    #[must_use]
    pub fn auth(&self) -> &str {
        &self.auth
    }

    /// The connection's label.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The plain fields.
    #[must_use]
    pub const fn fields(&self) -> &BTreeMap<String, String> {
        &self.fields
    }
}
