//! The repositories, and what only asking for each one by itself shows.

use super::read;
use evidence::Timestamp;
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

/// The repositories of the organization.
pub static REPOSITORIES: Dataset = Dataset {
    id: "github.repositories",
    title: "Repositories",
    what: "Every repository of the organization: who can see it, its default branch, whether it is archived, and its last push.",
    permissions: &["metadata:read"],
    licence: None,
    key: &["/id"],
    records: Reader::Page(read::list),
    // What moves with daily work. The last push and the size are not volatile: checks judge them, so that a snapshot with
    // older ones can't stand for a newer one.
    volatile: &[
        "/updated_at",
        "/stargazers_count",
        "/watchers_count",
        "/watchers",
        "/forks_count",
        "/forks",
        "/open_issues_count",
        "/open_issues",
    ],
    removed: &["/temp_clone_token"],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.22[d]", "3.4.1[d]"],
};

/// What is asked of each repository by itself.
pub(super) const ONE_EACH: Dataset = Dataset {
    id: "",
    title: "",
    what: "",
    permissions: &["administration:read", "metadata:read"],
    licence: None,
    key: read::ABOUT,
    records: Reader::Page(|page| read::about(page, read::Shape::Object, &[])),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &[],
};

/// What asking for one repository shows beyond the list.
pub static REPOSITORY_SETTINGS: Dataset = Dataset {
    id: "github.repository_settings",
    title: "Repository settings",
    what: "The settings of each repository, secret scanning and push protection among them.",
    volatile: &[
        "/answer/updated_at",
        "/answer/pushed_at",
        "/answer/size",
        "/answer/stargazers_count",
        "/answer/watchers_count",
        "/answer/watchers",
        "/answer/subscribers_count",
        "/answer/network_count",
        "/answer/forks_count",
        "/answer/forks",
        "/answer/open_issues_count",
        "/answer/open_issues",
    ],
    removed: &["/temp_clone_token"],
    objectives: &["3.4.2[b]", "3.13.10[b]"],
    ..ONE_EACH
};

/// A repository, from the list or asked for by itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Repository {
    /// Its number.
    pub id: Option<u64>,
    /// `owner/name`.
    pub full_name: Option<String>,
    /// Whether not everybody can see it.
    pub private: Option<bool>,
    /// `public`, `private` or `internal`.
    pub visibility: Option<String>,
    /// Whether nothing can be changed in it any more.
    pub archived: Option<bool>,
    /// Whether it is a copy of another one.
    pub fork: Option<bool>,
    /// The branch that changes go into.
    pub default_branch: Option<String>,
    /// The last push.
    pub pushed_at: Option<Timestamp>,
    /// In kilobytes; 0 without a commit.
    pub size: Option<u64>,
    /// Whether a merged branch is deleted; shown with write access only.
    pub delete_branch_on_merge: Option<bool>,
    /// What is on; shown to administrators only, and not always in the list.
    pub security_and_analysis: Option<SecurityFeatures>,
}

/// The security features of a repository.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SecurityFeatures {
    /// Dependabot's own pull requests.
    pub dependabot_security_updates: Option<Feature>,
    /// The search for secrets.
    pub secret_scanning: Option<Feature>,
    /// Refusing pushes that hold one.
    pub secret_scanning_push_protection: Option<Feature>,
}

/// A security feature.
#[derive(Clone, Debug, Deserialize)]
pub struct Feature {
    /// `enabled` or `disabled`.
    pub status: Option<String>,
}

impl Repository {
    /// Whether everybody can see it; `None` where GitHub does not say.
    #[must_use]
    pub fn is_public(&self) -> Option<bool> {
        match (self.visibility.as_deref(), self.private) {
            (Some("public"), _) | (_, Some(false)) => Some(true),
            (Some("private" | "internal"), _) | (None, Some(true)) => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_word_makes_it_public_and_silence_neither() {
        for (visibility, private, expected) in [
            (Some("public"), Some(false), Some(true)),
            (Some("public"), None, Some(true)),
            (None, Some(false), Some(true)),
            (Some("private"), Some(false), Some(true)),
            (Some("private"), Some(true), Some(false)),
            (Some("internal"), None, Some(false)),
            (None, Some(true), Some(false)),
            (None, None, None),
            (Some("hidden"), Some(true), None),
        ] {
            let repository = Repository {
                visibility: visibility.map(str::to_owned),
                private,
                ..Repository::default()
            };
            assert_eq!(
                repository.is_public(),
                expected,
                "{visibility:?} {private:?}"
            );
        }
    }
}
