//! Who and what gets into single repositories: collaborators and deploy keys.

use super::{
    read::{self, Shape},
    repositories::ONE_EACH,
};
use evidence::Timestamp;
use provider_kit::{Dataset, Reader};
use serde::{Deserialize, Deserializer};

/// Outside collaborators by repository.
pub static REPOSITORY_OUTSIDE_COLLABORATORS: Dataset = Dataset {
    id: "github.repository_outside_collaborators",
    title: "Outside collaborators by repository",
    what: "Which outside collaborators may do what in each repository.",
    permissions: &["metadata:read"],
    records: Reader::Page(|page| read::about(page, Shape::List, &[])),
    objectives: &["3.1.20[a]", "3.1.5[b]"],
    ..ONE_EACH
};

/// People who are let in directly, not through a team.
pub static REPOSITORY_DIRECT_COLLABORATORS: Dataset = Dataset {
    id: "github.repository_direct_collaborators",
    title: "Direct collaborators by repository",
    what: "Who may do what in each repository directly, not through a team or the organization.",
    ..REPOSITORY_OUTSIDE_COLLABORATORS
};

/// Keys of machines.
pub static DEPLOY_KEYS: Dataset = Dataset {
    id: "github.deploy_keys",
    title: "Deploy keys",
    what: "The keys with which machines get into each repository: whether they may write, who added them, when they were last used.",
    permissions: &["administration:read", "metadata:read"],
    // The last use is not volatile: a check judges it.
    objectives: &["3.5.1[c]", "3.5.2[b]"],
    ..REPOSITORY_OUTSIDE_COLLABORATORS
};

/// Somebody in a repository.
#[derive(Clone, Debug, Deserialize)]
pub struct Collaborator {
    /// The account's name.
    pub login: Option<String>,
    /// `admin`, `maintain`, `write`, `triage`, `read` or a role of the organization's own.
    pub role_name: Option<String>,
    /// What the role comes to.
    pub permissions: Option<Permissions>,
}

/// What somebody may do.
#[derive(Clone, Debug, Deserialize)]
pub struct Permissions {
    /// Everything.
    pub admin: Option<bool>,
}

/// The key of a machine.
#[derive(Clone, Debug, Deserialize)]
pub struct DeployKey {
    /// Its number.
    pub id: Option<u64>,
    /// Its name.
    pub title: Option<String>,
    /// When it was added.
    pub created_at: Option<Timestamp>,
    /// Whether it may only read.
    pub read_only: Option<bool>,
    /// Who added it.
    pub added_by: Option<String>,
    /// When it was last used: `Some(None)` is null, which is never.
    #[serde(default, deserialize_with = "given")]
    pub last_used: Option<Option<Timestamp>>,
    /// Whether it opens anything.
    pub enabled: Option<bool>,
}

impl Collaborator {
    /// Whether this is an administrator of the repository; `None` where GitHub does not say.
    #[must_use]
    pub fn administers(&self) -> Option<bool> {
        let may = self.permissions.as_ref().and_then(|may| may.admin);
        match (self.role_name.as_deref(), may) {
            (Some("admin"), _) | (_, Some(true)) => Some(true),
            (Some("maintain" | "write" | "triage" | "read"), _) | (_, Some(false)) => Some(false),
            _ => None,
        }
    }
}

fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<Timestamp>>, D::Error> {
    Option::<Timestamp>::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn the_role_or_what_it_comes_to_makes_an_administrator() {
        for (value, expected) in [
            (json!({"role_name": "admin"}), Some(true)),
            (
                json!({"role_name": "release", "permissions": {"admin": true}}),
                Some(true),
            ),
            (
                json!({"role_name": "release", "permissions": {"admin": false}}),
                Some(false),
            ),
            (json!({"role_name": "write"}), Some(false)),
            (json!({"role_name": "release"}), None),
            (json!({"permissions": {}}), None),
            (json!({}), None),
        ] {
            let one: Collaborator = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(one.administers(), expected, "{value}");
        }
    }

    #[test]
    fn never_used_is_not_unknown() {
        let key = |value| {
            serde_json::from_value::<DeployKey>(value)
                .unwrap()
                .last_used
        };
        assert_eq!(key(json!({"last_used": null})), Some(None));
        assert_eq!(key(json!({})), None);
        assert!(
            key(json!({"last_used": "2026-11-01T00:00:00Z"}))
                .unwrap()
                .is_some()
        );
    }
}
