//! Damaged or missing data never makes a result better, and missing data alone never makes a check fail.
//!
//! Every page of every case is damaged in every way of [`mutations`], one at a time; the checks that read its dataset
//! are run again. A check that failed or could not tell must not pass or find itself not applicable afterwards.

use super::{
    Case,
    evaluate::run,
    fixtures::{dataset, load},
    json::{self, Spot},
    xml,
};
use crate::{Gathered, Origin, Provider};
use evidence::{Completeness, Outcome, Reason, UnknownCode};
use serde_json::Value;
use std::{collections::BTreeMap, ops::Range};

/// More damages of one case than this are sampled evenly.
const MOST: usize = 20_000;
/// At how many lengths each page is cut.
const CUTS: usize = 24;
/// Problems that are told; the rest is the same again.
const TOLD: usize = 25;

/// One damage.
#[derive(Clone, Debug)]
pub enum Mutation {
    /// A place in a JSON page.
    Json {
        /// The page.
        page: usize,
        /// Where and what.
        spot: Spot,
    },
    /// Bytes of an XML page that are taken out.
    Xml {
        /// The page.
        page: usize,
        /// The element: its names from the root on.
        path: String,
        /// The bytes.
        range: Range<usize>,
    },
    /// A page ends after so many bytes.
    Cut {
        /// The page.
        page: usize,
        /// The bytes that are left.
        length: usize,
    },
    /// A page does not say which part of the service it is of.
    NoPlace {
        /// The page.
        page: usize,
    },
    /// A page does not say what it is about.
    NoSubject {
        /// The page.
        page: usize,
    },
    /// A page was not read; the collection says so.
    DropPage {
        /// The page.
        page: usize,
    },
    /// The dataset was refused.
    DropDataset,
}

impl Mutation {
    /// Whether it takes data away without putting anything in its place.
    const fn only_takes(&self) -> bool {
        matches!(
            self,
            Self::Cut { .. } | Self::DropPage { .. } | Self::DropDataset
        )
    }

    fn tell(&self, files: &[String]) -> String {
        let file = |page: &usize| files.get(*page).map_or("?", String::as_str);
        match self {
            Self::Json { page, spot } => {
                format!("{:?} at {} of {}", spot.damage, spot.pointer(), file(page))
            }
            Self::Xml { page, path, range } => {
                format!("{path} taken out at {} of {}", range.start, file(page))
            }
            Self::Cut { page, length } => format!("{} cut after {length} bytes", file(page)),
            Self::NoPlace { page } => format!("{} without its place", file(page)),
            Self::NoSubject { page } => format!("{} without its subject", file(page)),
            Self::DropPage { page } => format!("{} not read", file(page)),
            Self::DropDataset => "the dataset refused".to_owned(),
        }
    }
}

/// Every damage to a dataset with these pages.
#[must_use]
pub fn mutations(pages: &[(Origin, Vec<u8>)]) -> Vec<Mutation> {
    let mut all = vec![Mutation::DropDataset];
    for (page, (origin, body)) in pages.iter().enumerate() {
        all.push(Mutation::DropPage { page });
        all.extend(origin.place.as_ref().map(|_| Mutation::NoPlace { page }));
        all.extend(
            origin
                .subject
                .as_ref()
                .map(|_| Mutation::NoSubject { page }),
        );
        let step = body.len().div_ceil(CUTS).max(1);
        all.extend(
            (0..body.len())
                .step_by(step)
                .map(|length| Mutation::Cut { page, length }),
        );
        if let Ok(value) = serde_json::from_slice::<Value>(body) {
            all.extend(
                json::spots(&value)
                    .into_iter()
                    .map(|spot| Mutation::Json { page, spot }),
            );
        } else if let Ok(text) = std::str::from_utf8(body)
            && text.trim_start().starts_with('<')
        {
            for leaf in xml::leaves(text) {
                all.push(Mutation::Xml {
                    page,
                    path: leaf.path.clone(),
                    range: leaf.whole,
                });
                if !leaf.text.is_empty() {
                    all.push(Mutation::Xml {
                        page,
                        path: leaf.path,
                        range: leaf.text,
                    });
                }
            }
        }
    }
    all
}

/// The damaged dataset; `None` if the damage is not possible.
fn damaged(
    provider: &dyn Provider,
    case: &Case,
    id: &str,
    mutation: &Mutation,
) -> Option<Gathered> {
    let dataset = dataset(provider, id)?;
    let mut pages = case.pages.get(id)?.clone();
    let mut completeness = Completeness::complete();
    match mutation {
        Mutation::DropDataset => {
            return Some(Gathered::Missing(Reason::new(
                UnknownCode::PermissionMissing,
                "refused",
            )));
        }
        Mutation::DropPage { page } => {
            pages.remove(*page);
            completeness =
                Completeness::partial(Reason::new(UnknownCode::Partial, "a page was not read"));
        }
        Mutation::NoPlace { page } => pages.get_mut(*page)?.0.place = None,
        Mutation::NoSubject { page } => pages.get_mut(*page)?.0.subject = None,
        Mutation::Cut { page, length } => pages.get_mut(*page)?.1.truncate(*length),
        Mutation::Json { page, spot } => {
            let body = &mut pages.get_mut(*page)?.1;
            let value: Value = serde_json::from_slice(body).ok()?;
            *body = spot.apply(&value)?.to_string().into_bytes();
        }
        Mutation::Xml { page, range, .. } => {
            let body = &mut pages.get_mut(*page)?.1;
            *body = xml::without(std::str::from_utf8(body).ok()?, range);
        }
    }
    Some(case.snapshot(dataset, pages, completeness))
}

const fn is_good(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Pass | Outcome::NotApplicable)
}

/// Runs the truth tests on every case in the provider's folder.
#[must_use]
pub fn holds(provider: &dyn Provider, folder: &str) -> Vec<String> {
    let cases = match load(provider, folder) {
        Ok(cases) => cases,
        Err(problems) => return problems,
    };
    let mut problems = Vec::new();
    for case in &cases {
        holds_for(provider, case, &mut problems);
    }
    let total = problems.len();
    if total > TOLD {
        problems.truncate(TOLD);
        problems.push(format!("... and {} more.", total - TOLD));
    }
    problems
}

/// Runs the truth tests on one case.
pub fn holds_for(provider: &dyn Provider, case: &Case, problems: &mut Vec<String>) {
    let gathered = case.gathered(provider);
    let mut before = BTreeMap::new();
    for check in provider.checks() {
        match run(provider, check, &gathered, case) {
            Ok(verdict) => {
                before.insert(check.id, verdict.outcome);
            }
            Err(problem) => problems.push(format!("{}: {problem}", case.name)),
        }
    }
    let all: Vec<(&'static str, Mutation)> = case
        .pages
        .iter()
        .flat_map(|(id, pages)| mutations(pages).into_iter().map(|mutation| (*id, mutation)))
        .collect();
    // Evenly spaced, so that the sample is the same every time and reaches every dataset.
    let taken = all.len().min(MOST);
    for index in 0..taken {
        let (id, mutation) = &all[index * all.len() / taken];
        let Some(dataset) = damaged(provider, case, id, mutation) else {
            continue;
        };
        let mut datasets = gathered.clone();
        datasets.insert(id, dataset);
        for check in provider
            .checks()
            .iter()
            .filter(|check| check.datasets.contains(id))
        {
            let Some(before) = before.get(check.id) else {
                continue;
            };
            let where_ = || {
                let files = case.files.get(id).map(Vec::as_slice).unwrap_or_default();
                format!("{}, {id}: {}", case.name, mutation.tell(files))
            };
            match run(provider, check, &datasets, case) {
                Err(problem) => problems.push(format!("{}: {problem}", where_())),
                Ok(verdict) => {
                    let after = verdict.outcome;
                    let better = !is_good(*before) && is_good(after);
                    let blamed =
                        *before != Outcome::Fail && after == Outcome::Fail && mutation.only_takes();
                    if (better || blamed) && !is_excepted(case, check.id, id, mutation) {
                        problems.push(format!(
                            "{}: {} went from {before:?} to {after:?}.",
                            where_(),
                            check.id
                        ));
                    }
                }
            }
        }
    }
}

fn is_excepted(case: &Case, check: &str, dataset: &str, mutation: &Mutation) -> bool {
    let is_at = |pointer: &str| match mutation {
        Mutation::Json { spot, .. } => spot.is_at(pointer),
        Mutation::Xml { path, .. } => xml::is_at(path, pointer),
        _ => false,
    };
    case.exceptions.iter().any(|exception| {
        exception.check == check && exception.dataset == dataset && is_at(&exception.pointer)
    })
}
