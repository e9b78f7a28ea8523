//! Open alerts of any kind: which of them count, and what it means that there are none.

use super::{jury::Jury, told::Told};
use crate::datasets::{CodeAlert, DependencyAlert, REPOSITORIES, Repository, Says, SecretAlert};
use evidence::{Reason, UnknownCode};
use provider_kit::Collected;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// What every kind of alert says of itself.
pub(super) trait Alert: DeserializeOwned {
    /// Its repository, what was said instead of alerts, its number and its state.
    fn facts(&self) -> (Option<&str>, Option<Says>, Option<u64>, Option<&str>);
}

macro_rules! alert {
    ($($name:ident),*) => {$(
        impl Alert for $name {
            fn facts(&self) -> (Option<&str>, Option<Says>, Option<u64>, Option<&str>) {
                (self.repository.as_deref(), self.says, self.number, self.state.as_deref())
            }
        }
    )*};
}

alert!(DependencyAlert, SecretAlert, CodeAlert);

/// The words for an alert that is not open any more; another word says nothing.
const CLOSED: [&str; 5] = ["auto_dismissed", "dismissed", "fixed", "resolved", "closed"];

/// Nobody looks for anything there, so that no alert says nothing.
pub(super) fn not_used(what: &str) -> Reason {
    Reason::new(
        UnknownCode::ServiceNotUsed,
        format!("{what}, so there are no alerts to look at."),
    )
}

/// Judges each open alert by `rule`. Alerts of archived repositories and of forks do not count. One that does not say
/// whether it is open, or of which repository it is, or whose repository can't be told to count, passes if one that counts
/// would, and is unknown otherwise. Where the organization, or a repository, refused its alerts with a documented
/// meaning, they are missing: `off` says what is off.
pub(super) fn judge<A: Alert>(
    collected: &Collected<'_>,
    jury: &mut Jury,
    dataset: &str,
    off: &str,
    rule: impl Fn(&A) -> Told,
) {
    let repositories = Repositories::of(collected);
    for alert in jury.rows::<A>(collected, dataset) {
        let (repository, says, number, state) = alert.facts();
        let place = repository.unwrap_or("organization");
        let counts = repositories.count(repository);
        if counts == Some(false) {
            continue;
        }
        match (says, number, state) {
            (Some(_), ..) if repository.is_none() => jury.lacks(not_used(off)),
            (Some(_), ..) => jury.told("repository", place, place, Told::Unclear(not_used(off))),
            // That a repository answered.
            (None, None, None) => {}
            (None, None, Some(_)) => {
                jury.told(
                    "alert",
                    place,
                    place,
                    Told::silent("An alert has no number."),
                );
            }
            (None, Some(number), state) => {
                let told = match (state, rule(&alert)) {
                    (Some("open"), Told::No(_)) if counts.is_none() => {
                        Told::silent("Whether its repository is archived or a fork is not known.")
                    }
                    (Some("open"), told) => told,
                    (Some(state), _) if CLOSED.contains(&state) => continue,
                    (_, Told::No(_)) => Told::silent("GitHub does not say whether it is open."),
                    (_, told) => told,
                };
                let id = format!("{place}#{number}");
                jury.told("alert", &id, &id, told);
            }
        }
    }
}

/// Which repositories count.
struct Repositories {
    /// By name: whether it counts, as far as that is told.
    listed: BTreeMap<String, Option<bool>>,
    /// Whether these are all.
    complete: bool,
}

impl Repositories {
    fn of(collected: &Collected<'_>) -> Self {
        let Ok(rows) = collected.rows::<Repository>(REPOSITORIES.id) else {
            return Self {
                listed: BTreeMap::new(),
                complete: false,
            };
        };
        let counts = |row: &Repository| match (row.archived, row.fork) {
            (Some(true), _) | (_, Some(true)) => Some(false),
            (Some(false), Some(false)) => Some(true),
            _ => None,
        };
        let nameless = rows.rows.iter().any(|row| row.full_name.is_none());
        Self {
            complete: rows.missing.is_none() && !nameless,
            listed: rows
                .rows
                .into_iter()
                .filter_map(|row| {
                    let counts = counts(&row);
                    Some((row.full_name?.to_lowercase(), counts))
                })
                .collect(),
        }
    }

    /// Whether the repository counts; one that is in no complete list is new, and does.
    fn count(&self, name: Option<&str>) -> Option<bool> {
        match self.listed.get(&name?.to_lowercase()) {
            Some(counts) => *counts,
            None => self.complete.then_some(true),
        }
    }
}
