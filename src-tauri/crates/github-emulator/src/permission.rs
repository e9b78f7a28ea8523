//! What a token may do: fine-grained permissions by their API key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How far a permission goes. A higher one includes the lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Nothing is changed with it.
    Read,
    /// Reading and changing.
    Write,
    /// All of it.
    Admin,
}

impl Access {
    /// The word the API uses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "read" => Self::Read,
            "write" => Self::Write,
            "admin" => Self::Admin,
            _ => return None,
        })
    }
}

/// Permissions by their API key, such as `organization_administration`.
pub type Permissions = BTreeMap<String, Access>;

/// The read permissions that cover every address the emulator serves without a write permission.
pub const READ_PERMISSIONS: [&str; 13] = [
    "actions",
    "administration",
    "contents",
    "members",
    "metadata",
    "organization_administration",
    "organization_custom_org_roles",
    "organization_hooks",
    "organization_self_hosted_runners",
    "repository_hooks",
    "secret_scanning_alerts",
    "security_events",
    "vulnerability_alerts",
];

/// All of [`READ_PERMISSIONS`], as a token holds them.
#[must_use]
pub fn read_everything() -> Permissions {
    READ_PERMISSIONS
        .iter()
        .map(|key| ((*key).to_owned(), Access::Read))
        .collect()
}

/// Alternatives, any one of which is enough; of one alternative every part is needed.
pub(crate) type Needs = &'static [&'static [(&'static str, Access)]];

/// Whether the permissions hold one of the alternatives. No alternative means that nothing is needed.
pub(crate) fn granted(have: &Permissions, needs: Needs) -> bool {
    needs.is_empty()
        || needs.iter().any(|all| {
            all.iter()
                .all(|(key, least)| have.get(*key).is_some_and(|access| access >= least))
        })
}

/// The value of `x-accepted-github-permissions`: `;` between alternatives, `,` between parts that are all needed.
pub(crate) fn accepted(needs: Needs) -> String {
    let alternative = |all: &&[(&str, Access)]| {
        let parts: Vec<String> = all
            .iter()
            .map(|(key, access)| format!("{key}={}", access.word()))
            .collect();
        parts.join(",")
    };
    let all: Vec<String> = needs.iter().map(alternative).collect();
    all.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDS: Needs = &[
        &[("administration", Access::Read)],
        &[("contents", Access::Write), ("members", Access::Read)],
    ];

    #[test]
    fn alternatives_parts_and_levels_count() {
        let have = |pairs: &[(&str, Access)]| -> Permissions {
            pairs
                .iter()
                .map(|(key, access)| ((*key).to_owned(), *access))
                .collect()
        };
        assert!(granted(&have(&[("administration", Access::Write)]), NEEDS));
        assert!(!granted(&have(&[("contents", Access::Write)]), NEEDS));
        assert!(!granted(
            &have(&[("contents", Access::Read), ("members", Access::Read)]),
            NEEDS
        ));
        assert!(granted(
            &have(&[("contents", Access::Admin), ("members", Access::Read)]),
            NEEDS
        ));
        assert!(granted(&have(&[]), &[]));
        assert_eq!(
            accepted(NEEDS),
            "administration=read; contents=write,members=read"
        );
    }
}
