//! The repositories that are judged, and what was answered about each of them.

use super::{jury::Jury, told::Told};
use crate::datasets::{Answer, Each, REPOSITORIES, Repository, Says};
use evidence::{Reason, UnknownCode};
use provider_kit::Collected;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// What resources of this kind are called in findings.
pub(super) const REPOSITORY: &str = "repository";

/// A repository that is judged.
pub(super) struct Repo {
    /// `owner/name`.
    pub(super) name: String,
    /// What the list says of it.
    pub(super) row: Repository,
}

impl Repo {
    /// The account it belongs to.
    pub(super) fn owner(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }
}

/// Which repositories count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Forks {
    /// Copies of other repositories do not.
    Out,
    /// They do.
    In,
}

/// The repositories that are judged: an archived one can't be changed any more, and a fork follows another one. One that
/// does not say whether it is either is unknown, and nothing is judged of it.
pub(super) fn repositories(collected: &Collected<'_>, jury: &mut Jury, forks: Forks) -> Vec<Repo> {
    let mut judged = Vec::new();
    for row in jury.rows::<Repository>(collected, REPOSITORIES.id) {
        let id = row.id.map(|id| id.to_string()).unwrap_or_default();
        let name = row.full_name.clone().filter(|name| name.contains('/'));
        if row.archived == Some(true) || (row.fork == Some(true) && forks == Forks::Out) {
            continue;
        }
        match (name, row.archived, row.fork) {
            (Some(name), Some(_), Some(_)) => judged.push(Repo { name, row }),
            (name, ..) => jury.told(
                REPOSITORY,
                &id,
                name.as_deref().unwrap_or(&id),
                Told::silent("GitHub does not give its name, or whether it is archived or a fork."),
            ),
        }
    }
    judged
}

/// Whether everybody can see it, where a check is about those.
pub(super) fn public(jury: &mut Jury, repo: &Repo) -> bool {
    let public = repo.row.is_public();
    if public.is_none() {
        jury.repository(repo, Told::silent("GitHub does not say who can see it."));
    }
    public == Some(true)
}

impl Jury {
    /// A repository and what is told of it.
    pub(super) fn repository(&mut self, repo: &Repo, told: Told) {
        let id = repo.row.id.map(|id| id.to_string()).unwrap_or_default();
        self.told(REPOSITORY, &id, &repo.name, told);
    }
}

/// What was answered about each repository in one dataset.
pub(super) struct Answers<T> {
    dataset: &'static str,
    by_name: BTreeMap<String, Vec<Answer<T>>>,
}

/// An answer, or why there is none.
pub(super) enum Found<'a, T> {
    /// The answer.
    There(&'a T),
    /// A documented refusal.
    Says(Says),
    /// None.
    Lacking(Reason),
}

impl<T: DeserializeOwned> Answers<T> {
    /// The answers of a dataset that is needed.
    pub(super) fn needed(
        collected: &Collected<'_>,
        jury: &mut Jury,
        dataset: &'static str,
    ) -> Self {
        let rows = jury.rows::<Answer<T>>(collected, dataset);
        Self::of_rows(dataset, rows)
    }

    /// The answers of a dataset that only adds to another one.
    pub(super) fn optional(collected: &Collected<'_>, dataset: &'static str) -> Self {
        let rows = collected.rows::<Answer<T>>(dataset);
        Self::of_rows(dataset, rows.map(|rows| rows.rows).unwrap_or_default())
    }

    fn of_rows(dataset: &'static str, rows: Vec<Answer<T>>) -> Self {
        let mut by_name: BTreeMap<String, Vec<Answer<T>>> = BTreeMap::new();
        for row in rows {
            by_name
                .entry(row.repository.to_lowercase())
                .or_default()
                .push(row);
        }
        Self { dataset, by_name }
    }
}

impl<T> Answers<T> {
    fn nothing(&self, name: &str) -> Reason {
        Reason::new(
            UnknownCode::NotCollected,
            format!("{} holds no answer about {name}.", self.dataset),
        )
    }

    /// Every page about the repository `name` and this part of it.
    pub(super) fn pages(&self, name: &str, part: &str) -> impl Iterator<Item = &Answer<T>> {
        let of = self.by_name.get(&name.to_lowercase());
        let part = part.to_owned();
        of.into_iter()
            .flatten()
            .filter(move |answer| answer.part == part)
    }

    /// The one answer about the repository `name` and this part of it.
    pub(super) fn part(&self, name: &str, part: &str) -> Found<'_, T> {
        match self.pages(name, part).next() {
            None => Found::Lacking(self.nothing(name)),
            Some(answer) => match (answer.says, &answer.answer) {
                (Some(says), _) => Found::Says(says),
                (None, Some(answer)) => Found::There(answer),
                (None, None) => Found::Lacking(Reason::new(
                    UnknownCode::MalformedAnswer,
                    "GitHub's answer is empty.",
                )),
            },
        }
    }

    /// The one answer about a repository.
    pub(super) fn about(&self, repo: &Repo) -> Found<'_, T> {
        self.part(&repo.name, "")
    }

    /// Every answer, with the name of its repository.
    pub(super) fn all(&self) -> impl Iterator<Item = &Answer<T>> {
        self.by_name.values().flatten()
    }
}

impl<T> Answers<Each<T>> {
    /// The elements of the list about a repository, over all of its pages; an element that can't be read is `None`.
    pub(super) fn listed(&self, repo: &Repo) -> Result<Vec<Option<&T>>, Reason> {
        let mut elements = Vec::new();
        let mut pages = 0_usize;
        for page in self.pages(&repo.name, "") {
            pages += 1;
            match &page.answer {
                Some(Each(items)) => elements.extend(items.iter().map(Option::as_ref)),
                None => {
                    return Err(Reason::new(
                        UnknownCode::MalformedAnswer,
                        "GitHub's answer is empty.",
                    ));
                }
            }
        }
        match pages {
            0 => Err(self.nothing(&repo.name)),
            _ => Ok(elements),
        }
    }
}

/// What an answer that only can be there tells: `rule` of it, or that it is lacking. `refused` says what a documented
/// refusal means.
pub(super) fn told<T>(
    found: Found<'_, T>,
    refused: impl FnOnce(Says) -> Told,
    rule: impl FnOnce(&T) -> Told,
) -> Told {
    match found {
        Found::There(answer) => rule(answer),
        Found::Says(says) => refused(says),
        Found::Lacking(reason) => Told::Unclear(reason),
    }
}

/// A refusal that the plan is the reason of.
pub(super) fn plan(what: &str) -> Reason {
    Reason::new(UnknownCode::LicenceMissing, what)
}

/// Why a refusal that tells nothing of this question leaves it open.
pub(super) fn refusal(says: Says) -> Reason {
    let malformed = |detail| Reason::new(UnknownCode::MalformedAnswer, detail);
    match says {
        Says::Plan => plan("GitHub says that the plan does not include it."),
        Says::NoBranch => malformed("GitHub does not find its default branch."),
        Says::NotFound => malformed(
            "GitHub answers \"Not Found\", which does not say whether it is off or kept from this token.",
        ),
        Says::Off => malformed("GitHub refused the question."),
    }
}

/// A refusal that tells nothing of this question.
pub(super) fn unexpected(says: Says) -> Told {
    Told::Unclear(refusal(says))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Org, repository};
    use crate::datasets::DEPLOY_KEYS;
    use evidence::Outcome;
    use provider_kit::WhenEmpty;
    use serde_json::{Value, json};

    fn names(rows: &[Value], forks: Forks) -> (Vec<String>, Outcome) {
        let org = Org::new().repositories(rows);
        org.look(|collected| {
            let mut jury = Jury::new();
            let found = repositories(collected, &mut jury, forks);
            let names = found.iter().map(|repo| repo.name.clone()).collect();
            (names, jury.conclude(WhenEmpty::Passes).outcome)
        })
    }

    #[test]
    fn archived_ones_and_forks_do_not_count_and_silence_is_unknown() {
        let rows = [
            repository("erp", json!({})),
            repository("old", json!({"archived": true})),
            repository("copy", json!({"fork": true})),
        ];
        let erp = vec!["harbor/erp".to_owned()];
        assert_eq!(names(&rows, Forks::Out), (erp, Outcome::Pass));
        assert_eq!(names(&rows, Forks::In).0, ["harbor/erp", "harbor/copy"]);
        for silent in [
            json!({"archived": null}),
            json!({"fork": null}),
            json!({"full_name": null}),
            json!({"full_name": "erp"}),
        ] {
            let rows = [repository("erp", silent.clone())];
            assert_eq!(
                names(&rows, Forks::Out),
                (vec![], Outcome::Unknown),
                "{silent}"
            );
        }
    }

    #[test]
    fn pages_of_a_list_belong_together_and_none_is_told() {
        let org = Org::new().about(
            &DEPLOY_KEYS,
            &[
                ("Harbor/ERP", 200, json!([{"id": 1}, 7])),
                ("harbor/erp", 200, json!([{"id": 2}])),
            ],
        );
        org.look(|collected| {
            let mut jury = Jury::new();
            let answers = Answers::<Each<Value>>::needed(collected, &mut jury, DEPLOY_KEYS.id);
            let repo = |name: &str| Repo {
                name: name.to_owned(),
                row: Repository::default(),
            };
            assert_eq!(answers.listed(&repo("harbor/erp")).unwrap().len(), 3);
            let lacking = answers.listed(&repo("harbor/web")).unwrap_err();
            assert_eq!(lacking.code, UnknownCode::NotCollected);
        });
    }
}
