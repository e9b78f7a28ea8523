//! The list of repositories, read once in a session, and which of them are known to be visible.

use super::{
    plan::{self, Which},
    reach::Reach,
    sheets::{Pager, Reading, Sheet},
    target::is_name,
};
use evidence::{Reason, UnknownCode};
use provider_kit::{
    Ask, ErrorClass, ProviderError,
    conditional::{Earlier, Nothing},
};
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OnceCell;

/// A repository, as far as asking about it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// `owner/name`.
    pub full_name: String,
    /// The default branch; empty where the list does not say.
    pub branch: String,
    /// Whether everybody sees it.
    pub public: bool,
    /// Whether it is archived or a fork: out of use, or somebody else's.
    pub aside: bool,
    /// Whether whoever asks administers it, where GitHub says.
    pub administered: Option<bool>,
}

impl Repository {
    /// Reads an element of the list. Owner and name become steps of addresses.
    fn of(item: &Value, organization: &str) -> Option<Self> {
        let full_name = item.get("full_name")?.as_str()?;
        let (owner, name) = full_name.split_once('/')?;
        if !owner.eq_ignore_ascii_case(organization) || !is_name(name) {
            return None;
        }
        let is = |member: &str| item.get(member).and_then(Value::as_bool);
        let public = match item.get("visibility").and_then(Value::as_str) {
            Some(visibility) => visibility == "public",
            None => is("private") == Some(false),
        };
        Some(Self {
            full_name: full_name.to_owned(),
            branch: item
                .get("default_branch")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            public,
            aside: is("archived") == Some(true) || is("fork") == Some(true),
            administered: item.pointer("/permissions/admin").and_then(Value::as_bool),
        })
    }

    /// Whether a question is about it.
    #[must_use]
    pub const fn is(&self, which: Which) -> bool {
        !self.aside
            && match which {
                Which::InUse => true,
                Which::Public => self.public,
            }
    }

    /// A made-up one.
    #[cfg(test)]
    pub fn made_up(full_name: &str) -> Self {
        Self {
            full_name: full_name.to_owned(),
            branch: "main".to_owned(),
            public: false,
            aside: false,
            administered: Some(true),
        }
    }
}

/// The list as it was read.
#[derive(Debug)]
pub struct Listing {
    /// The repositories, in GitHub's order.
    pub repositories: Vec<Repository>,
    /// Why this may not be all.
    pub lacking: Option<Reason>,
    /// The answers, until somebody takes them.
    sheets: Mutex<Vec<Sheet>>,
}

impl Listing {
    fn of(reading: Reading, organization: &str) -> Self {
        let mut repositories = Vec::new();
        let mut odd = reading.refused.as_ref().map(ProviderError::reason);
        for sheet in &reading.sheets {
            let items = sheet.answer().json().ok();
            let items = items.as_ref().and_then(Value::as_array);
            let read = items.map(|items| {
                items
                    .iter()
                    .map(|item| Repository::of(item, organization))
                    .collect::<Option<Vec<_>>>()
            });
            match read.flatten() {
                Some(read) => repositories.extend(read),
                None => {
                    repositories.extend(
                        items
                            .into_iter()
                            .flatten()
                            .filter_map(|item| Repository::of(item, organization)),
                    );
                    odd.get_or_insert_with(|| {
                        Reason::new(
                            UnknownCode::MalformedAnswer,
                            "The list of repositories holds one whose name can't be read.",
                        )
                    });
                }
            }
        }
        Self {
            repositories,
            lacking: odd,
            sheets: Mutex::new(reading.sheets),
        }
    }

    /// The answers, once.
    pub fn take(&self) -> Vec<Sheet> {
        std::mem::take(&mut *self.sheets.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The list of a session.
#[derive(Debug, Default)]
pub struct Repositories {
    read: OnceCell<Result<Listing, ProviderError>>,
    /// How many there are, where the organization says.
    expected: Option<u64>,
    /// Whether only chosen ones are listed.
    chosen: bool,
}

impl Repositories {
    /// The list of an organization that says how many repositories it has: GitHub leaves those out that a token or an app
    /// was not given, without a word. `chosen` says that only some were given.
    #[must_use]
    pub fn of(organization: &Value, chosen: bool) -> Self {
        let count = |member: &str| organization.get(member).and_then(Value::as_u64);
        let sum = |public: u64, private: u64| public.saturating_add(private);
        Self {
            expected: count("public_repos")
                .zip(count("total_private_repos"))
                .map(|(public, private)| sum(public, private)),
            chosen,
            ..Self::default()
        }
    }

    /// Why a list that was read to its end is not all.
    fn hidden(&self, listed: &[Repository]) -> Option<Reason> {
        let names: BTreeSet<&str> = listed.iter().map(|one| one.full_name.as_str()).collect();
        let short = |expected: u64| (names.len() as u64) < expected;
        let missing = |detail: String| Some(Reason::new(UnknownCode::PermissionMissing, detail));
        match self.expected {
            Some(expected) if short(expected) => missing(format!(
                "The organization has {expected} repositories and {} were listed; choose \"All repositories\" for the token or app.",
                names.len()
            )),
            None if self.chosen => missing(
                "The app is installed on selected repositories; the others are not seen."
                    .to_owned(),
            ),
            _ => None,
        }
    }

    /// The list; read by whoever needs it first.
    ///
    /// # Errors
    ///
    /// Nothing of it could be read. What may pass is asked for again by the next one who needs it.
    pub async fn list(
        &self,
        reach: &Reach,
        earlier: &dyn Earlier,
    ) -> Result<&Listing, ProviderError> {
        let read = self
            .read
            .get_or_try_init(|| async {
                let reading =
                    Reading::all(Pager::new(reach, &plan::REPOSITORIES, None, earlier)).await;
                match reading.refused {
                    Some(error) if error.class == ErrorClass::Cancelled => Err(error),
                    Some(error) if reading.sheets.is_empty() => {
                        if error.is_passing() {
                            Err(error)
                        } else {
                            Ok(Err(error))
                        }
                    }
                    refused => {
                        let reading = Reading { refused, ..reading };
                        let mut listing = Listing::of(reading, &reach.target.organization);
                        if listing.lacking.is_none() {
                            listing.lacking = self.hidden(&listing.repositories);
                        }
                        Ok(Ok(listing))
                    }
                }
            })
            .await?;
        read.as_ref().map_err(Clone::clone)
    }
}

/// Which repositories are known to be visible to whoever asks: those that gave an answer. GitHub says "Not Found" both
/// of what a repository lacks and of a repository that it does not show.
#[derive(Debug, Default)]
pub struct Visible(Mutex<HashMap<String, Arc<OnceCell<bool>>>>);

impl Visible {
    fn cell(&self, repository: &Repository) -> Arc<OnceCell<bool>> {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(repository.full_name.clone()).or_default())
    }

    /// It gave an answer.
    pub fn seen(&self, repository: &Repository) {
        // Somebody may be asking for it right now, and comes to the same.
        let _ = self.cell(repository).set(true);
    }

    /// Whether it is visible; asked for itself if nothing told yet.
    ///
    /// # Errors
    ///
    /// Whatever kept GitHub from saying so.
    pub async fn is(&self, repository: &Repository, reach: &Reach) -> Result<bool, ProviderError> {
        let cell = self.cell(repository);
        let visible = cell
            .get_or_try_init(|| async {
                let path = plan::REPOSITORY.path(&reach.target.organization, Some(repository));
                let ask = Ask::get(reach.target.below(&path, "")?);
                let told = reach.told(ask, &Nothing).await?;
                Ok::<bool, ProviderError>(told.answer.status == 200)
            })
            .await?;
        Ok(*visible)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn only_names_that_can_stand_in_an_address_are_repositories_of_the_organization() {
        let of = |name: &str| Repository::of(&json!({"full_name": name}), "acme");
        assert!(of("Acme/erp.v2_x-1").is_some() && of("acme/.github").is_some());
        for odd in [
            "acme/..",
            "acme/a/b",
            "acme/a?b",
            "acme/",
            "other/erp",
            "erp",
            "acme/ä",
        ] {
            assert!(of(odd).is_none(), "{odd}");
        }
        assert!(Repository::of(&json!({"full_name": 7}), "acme").is_none());
    }

    #[test]
    fn absent_members_are_no_statement() {
        let bare = Repository::of(&json!({"full_name": "acme/erp"}), "acme").unwrap();
        assert!(!bare.public && !bare.aside && bare.administered.is_none());
        assert!(bare.is(Which::InUse) && !bare.is(Which::Public));
        let fork = json!({"full_name": "acme/f", "fork": true, "visibility": "public"});
        let fork = Repository::of(&fork, "acme").unwrap();
        assert!(!fork.is(Which::InUse) && !fork.is(Which::Public));
        let public =
            json!({"full_name": "acme/p", "private": false, "permissions": {"admin": false}});
        let public = Repository::of(&public, "acme").unwrap();
        assert!(public.is(Which::Public) && public.administered == Some(false));
    }
}
