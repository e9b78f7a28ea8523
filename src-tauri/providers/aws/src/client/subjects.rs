//! Reads a list of subjects (buckets, keys, detectors, documents), and asks about each of them.
//!
//! Everything is declared as data, beside the dataset it is for, and listed in `datasets::SUBJECTS`:
//!
//! ```text
//! // 1. The list. Its answer is read once in a session, whichever dataset needs it first.
//! pub(crate) static KEYS_LIST: Subjects = Subjects {
//!     id: "kms keys",
//!     scope: Scope::Regions,              // or Once, or Each(&OTHER) for a list about each subject of another list
//!     list: Operation { request: Request::Document("ListKeys", || json!({"Limit": 1000})), .. },
//!     read: |page| subjects of that page, // Subject::here(id), or with a region of its own
//!     batch: 1,                           // more: so many subjects in one request, as `"Ids": "{subjects}"`
//!     most: None,                         // at most so many subjects are asked about
//! };
//! // 2. What is asked about each of them; `{subject}`, `{parent}`, `{region}` and `{account}` stand in its arguments.
//! pub(crate) static KEY_POLICY_QUESTION: Question = Question {
//!     subjects: &KEYS_LIST,
//!     asks: &[&KEY_POLICY_OPERATION],
//!     probe: None,
//! };
//! // 3. datasets/mod.rs
//! (&KMS_KEYS, Asked::List(&KEYS_LIST)),            // the list itself as evidence
//! (&KMS_KEY_POLICIES, Asked::About(&KEY_POLICY_QUESTION)),
//! (&ORGANIZATION, Asked::Once(&ORGANIZATION_OPERATION)), // one operation, asked once for the account
//! ```
//!
//! What the pages of a dataset say of themselves (`Origin`): `place` is the region that was asked. `subject` is what
//! was asked about: of a batch of more than one, and of a list about each subject of another, the parent. Readers take
//! both from the page (`datasets::read`).
//!
//! A refusal makes its own part unknown, by name and reason, and hides nothing else. An answer that
//! [`Operation::not_used`] knows ("there is none") is kept like any other; `datasets::read::absent` makes a record of
//! it. A dataset whose list is empty is complete: there is nothing to ask about.
//!
//! The connection test tries each permission on the first subject there is.

use super::{
    Account, hand_over,
    operation::{About, Operation},
    refusal::Refusal,
    regional::{self, Gaps, OfRegion, at_cap},
    service::Place,
    wire::Exchange,
};
use crate::datasets;
use evidence::{Completeness, Reason, UnknownCode};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture};
use provider_kit::{Dataset, ErrorClass, Malformed, Origin, PageSink, ProviderError, RawPage};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OnceCell;

/// Requests that are under way at the same time.
const AT_ONCE: usize = 8;

/// A list whose entries are asked about.
pub struct Subjects {
    /// Its name in the session's memory; no other list has it.
    pub id: &'static str,
    /// Where it is read.
    pub scope: Scope,
    /// What lists them.
    pub list: Operation,
    /// The subjects on a page of that list. The page's `subject` is the parent, where there is one.
    pub read: fn(&RawPage<'_>) -> Result<Vec<Subject>, Malformed>,
    /// How many go into one request.
    pub batch: usize,
    /// At most so many are asked about; the rest is told as lacking.
    pub most: Option<usize>,
}

/// Where a list is read.
#[derive(Clone, Copy)]
pub enum Scope {
    /// In every region that is read.
    Regions,
    /// Once for the account, in the home region (or where the service answers for the partition).
    Once,
    /// About each subject of another list, where that subject is.
    Each(&'static Subjects),
}

/// Something to ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its name or id, as a request takes it.
    pub id: String,
    /// Where it is asked about, if not where it was listed.
    pub region: Option<String>,
}

impl Subject {
    /// A subject that is where it was listed.
    pub fn here(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            region: None,
        }
    }
}

/// What is asked about each subject.
pub struct Question {
    /// The subjects.
    pub subjects: &'static Subjects,
    /// The operations, each of which is asked about every subject.
    pub asks: &'static [&'static Operation],
    /// How the permission is tried where a made-up subject tells more than a real one.
    pub probe: Option<Probe>,
}

/// A subject that does not exist: whoever may ask hears so.
pub struct Probe {
    /// Its id; names in braces are replaced as in a request.
    pub subject: &'static str,
    /// Whether a code and message say that it does not exist.
    pub unknown: fn(&str, &str) -> bool,
}

/// How a dataset is asked for.
#[derive(Clone, Copy)]
pub enum Asked {
    /// It is a list of subjects.
    List(&'static Subjects),
    /// It is what is asked about each subject.
    About(&'static Question),
    /// It is one operation, asked once for the account.
    Once(&'static Operation),
}

/// A part of a list: the answers of one region, or about one parent.
#[derive(Debug)]
pub struct Part {
    region: String,
    parent: Option<String>,
    pages: Vec<Exchange>,
    refusal: Option<Refusal>,
}

/// A list that is read once; every dataset that needs it waits for the same reading.
type List = Arc<OnceCell<Arc<Vec<Part>>>>;

/// The lists that were read in this session, by their ids.
#[derive(Default)]
pub struct Lists(Mutex<BTreeMap<&'static str, List>>);

impl Lists {
    fn slot(&self, id: &'static str) -> List {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lists.entry(id).or_default())
    }
}

/// A subject with where it is and what it was listed about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    region: String,
    parent: Option<String>,
    id: String,
}

/// How `dataset` is asked for, if it is about subjects or asked once.
pub fn asked_for(dataset: &Dataset) -> Option<Asked> {
    datasets::SUBJECTS
        .iter()
        .find(|(known, _)| known.id == dataset.id)
        .map(|(_, asked)| *asked)
}

/// Reads a dataset.
///
/// # Errors
///
/// Whoever stopped it, and what refused where nothing at all could be read.
pub async fn collect(
    account: &Account,
    dataset: &Dataset,
    asked: Asked,
    sink: &mut dyn PageSink,
) -> Result<Completeness, ProviderError> {
    match asked {
        Asked::List(subjects) => collect_list(account, dataset, subjects, sink).await,
        Asked::About(question) => collect_about(account, dataset, question, sink).await,
        Asked::Once(operation) => collect_once(account, dataset, *operation, sink).await,
    }
}

async fn collect_once(
    account: &Account,
    dataset: &Dataset,
    operation: Operation,
    sink: &mut dyn PageSink,
) -> Result<Completeness, ProviderError> {
    let region = home(account, &operation);
    let (region, pages, refusal) =
        regional::pages(account, Some(dataset), operation, region, None).await;
    let mut gaps = Gaps::default();
    take(&mut gaps, dataset, (&region, pages, None), &region, sink).await?;
    if let Some(refusal) = refusal {
        gaps.add(&region, refusal.into())?;
    }
    gaps.conclude(dataset, at_cap(dataset, sink))
}

async fn collect_list(
    account: &Account,
    dataset: &Dataset,
    subjects: &'static Subjects,
    sink: &mut dyn PageSink,
) -> Result<Completeness, ProviderError> {
    let parts = list(account, subjects).await?;
    let mut gaps = gaps_of(account, subjects.scope).await?;
    gaps.kept = parts.is_empty();
    for part in parts.iter() {
        let place = part.parent.as_deref().unwrap_or(&part.region);
        let pages = part.pages.clone();
        let from = (part.region.as_str(), pages, part.parent.as_deref());
        take(&mut gaps, dataset, from, place, sink).await?;
        if let Some(refusal) = &part.refusal {
            gaps.add(place, (*refusal.error).clone())?;
        }
    }
    gaps.conclude(dataset, at_cap(dataset, sink))
}

async fn collect_about(
    account: &Account,
    dataset: &Dataset,
    question: &'static Question,
    sink: &mut dyn PageSink,
) -> Result<Completeness, ProviderError> {
    let mut gaps = gaps_of(account, question.subjects.scope).await?;
    let found = found(account, question.subjects, &mut gaps).await?;
    // No subject at all is an answer too: there is nothing to ask about.
    gaps.kept = found.is_empty();
    let asking: Vec<_> = batches(found, question.subjects.batch)
        .into_iter()
        .flat_map(|(region, about)| {
            question
                .asks
                .iter()
                .map(move |operation| (region.clone(), about.clone(), **operation))
        })
        .map(|(region, about, operation)| {
            async move {
                let answer =
                    regional::pages(account, Some(dataset), operation, region, Some(&about)).await;
                (about, answer)
            }
            .boxed()
        })
        .collect();
    let mut answers = futures::stream::iter(asking).buffered(AT_ONCE);
    while let Some((about, (region, pages, refusal))) = answers.next().await {
        let told = told_as(&about, question.subjects.batch);
        let place = told.or(about.ids.first().map(String::as_str));
        let place = place.unwrap_or(&region).to_owned();
        if at_cap(dataset, sink) {
            // What was seen so far stands; nothing more is asked.
            return gaps.conclude(dataset, true);
        }
        take(&mut gaps, dataset, (&region, pages, told), &place, sink).await?;
        if let Some(refusal) = refusal {
            gaps.add(&place, refusal.into())?;
        }
    }
    gaps.conclude(dataset, at_cap(dataset, sink))
}

/// What a page about `about` says it is about.
fn told_as(about: &About, batch: usize) -> Option<&str> {
    if batch == 1 {
        about.ids.first().map(String::as_str)
    } else {
        about.parent.as_deref()
    }
}

/// Hands pages over; one that can't be read leaves a gap.
async fn take(
    gaps: &mut Gaps,
    dataset: &Dataset,
    (region, pages, subject): (&str, Vec<Exchange>, Option<&str>),
    place: &str,
    sink: &mut dyn PageSink,
) -> Result<(), ProviderError> {
    for page in pages {
        if at_cap(dataset, sink) {
            return Ok(());
        }
        match hand_over(dataset, page, Some(region), subject, sink).await {
            Ok(()) => gaps.kept = true,
            Err(error) => gaps.add(place, error)?,
        }
    }
    Ok(())
}

/// Where an operation is asked that is asked once.
fn home(account: &Account, operation: &Operation) -> String {
    operation
        .service
        .region(&account.reach.target.home)
        .to_owned()
}

/// What is lacking before anything is asked: regions that nobody reads.
async fn gaps_of(account: &Account, scope: Scope) -> Result<Gaps, ProviderError> {
    let mut scope = scope;
    while let Scope::Each(parents) = scope {
        scope = parents.scope;
    }
    match scope {
        Scope::Regions => Ok(Gaps::of(account.regions().await?)),
        _ => Ok(Gaps::default()),
    }
}

/// The answers that list `subjects`; asked for once in a session.
fn list<'a>(
    account: &'a Account,
    subjects: &'static Subjects,
) -> BoxFuture<'a, Result<Arc<Vec<Part>>, ProviderError>> {
    async move {
        let slot = account.lists.slot(subjects.id);
        let parts = slot
            .get_or_try_init(|| async { read_list(account, subjects).await.map(Arc::new) })
            .await?;
        Ok(Arc::clone(parts))
    }
    .boxed()
}

async fn read_list(
    account: &Account,
    subjects: &'static Subjects,
) -> Result<Vec<Part>, ProviderError> {
    let mut refused = Vec::new();
    let places: Vec<(String, Option<String>)> = match subjects.scope {
        Scope::Regions => {
            let regions = account.regions().await?;
            regions
                .names
                .iter()
                .map(|name| (name.clone(), None))
                .collect()
        }
        Scope::Once => vec![(home(account, &subjects.list), None)],
        Scope::Each(parents) => {
            // Where the parents could not be read, their children could not either.
            for part in list(account, parents).await?.iter() {
                if let Some(refusal) = &part.refusal {
                    refused.push(Part {
                        region: part.region.clone(),
                        parent: part.parent.clone(),
                        pages: Vec::new(),
                        refusal: Some(refusal.clone()),
                    });
                }
            }
            found(account, parents, &mut Gaps::default())
                .await?
                .into_iter()
                .map(|found| (found.region, Some(found.id)))
                .collect()
        }
    };
    let reading: Vec<BoxFuture<'_, (Option<String>, OfRegion)>> = places
        .into_iter()
        .map(|(region, parent)| {
            async move {
                let about = parent.clone().map(|id| About {
                    ids: vec![id],
                    parent: None,
                });
                let answer =
                    regional::pages(account, None, subjects.list, region, about.as_ref()).await;
                (parent, answer)
            }
            .boxed()
        })
        .collect();
    let mut parts: Vec<Part> = futures::stream::iter(reading)
        .buffered(AT_ONCE)
        .map(|(parent, (region, pages, refusal))| Part {
            region,
            parent,
            pages,
            refusal,
        })
        .collect()
        .await;
    parts.extend(refused);
    // What was refused altogether, stopped or offline now is asked for again by the next dataset.
    let nothing = parts.iter().all(|part| part.pages.is_empty());
    match parts.iter().find_map(|part| part.refusal.as_ref()) {
        Some(refusal) if nothing => Err((*refusal.error).clone()),
        _ => Ok(parts),
    }
}

/// The subjects, each once, in order. What their list lacks is added to `gaps`.
fn found<'a>(
    account: &'a Account,
    subjects: &'static Subjects,
    gaps: &'a mut Gaps,
) -> BoxFuture<'a, Result<Vec<Found>, ProviderError>> {
    async move {
        let mut all = BTreeSet::new();
        for part in list(account, subjects).await?.iter() {
            let place = part.parent.as_deref().unwrap_or(&part.region);
            for page in &part.pages {
                let origin = Origin {
                    status: page.status,
                    place: Some(part.region.clone()),
                    subject: part.parent.clone(),
                };
                let raw = RawPage {
                    body: &page.body,
                    origin: &origin,
                };
                match (subjects.read)(&raw) {
                    Ok(read) => all.extend(read.into_iter().map(|subject| Found {
                        region: subject.region.unwrap_or_else(|| part.region.clone()),
                        parent: part.parent.clone(),
                        id: subject.id,
                    })),
                    Err(malformed) => gaps.add(
                        place,
                        ProviderError::malformed(
                            "The list of what is asked about can't be read.",
                            malformed.0,
                        ),
                    )?,
                }
            }
            if let Some(refusal) = &part.refusal {
                gaps.add(place, (*refusal.error).clone())?;
            }
        }
        let mut all: Vec<Found> = all.into_iter().collect();
        let place = subjects.list.service.place;
        if let (Scope::Once, Place::EachRegion, Some(limit)) =
            (subjects.scope, place, &account.reach.target.limit)
        {
            // A list for the whole account names what is in regions that the user does not want to be read.
            let elsewhere = all.iter().filter(|found| !limit.contains(&found.region)).count();
            all.retain(|found| limit.contains(&found.region));
            if elsewhere > 0 {
                gaps.lacks(Reason::new(
                    UnknownCode::Partial,
                    format!(
                        "Only {} was read, as the connection says; {elsewhere} others of the account are elsewhere.",
                        limit.join(", ")
                    ),
                ));
            }
        }
        if let Some(most) = subjects.most.filter(|most| all.len() > *most) {
            all.truncate(most);
            gaps.add("", regional::too_many(most as u64))?;
        }
        Ok(all)
    }
    .boxed()
}

/// The subjects in groups of at most `batch`, each of one region and about one parent.
fn batches(found: Vec<Found>, batch: usize) -> Vec<(String, About)> {
    let mut groups: Vec<(String, About)> = Vec::new();
    for one in found {
        match groups.last_mut() {
            Some((region, about))
                if *region == one.region
                    && about.parent == one.parent
                    && about.ids.len() < batch =>
            {
                about.ids.push(one.id);
            }
            _ => groups.push((
                one.region,
                About {
                    ids: vec![one.id],
                    parent: one.parent,
                },
            )),
        }
    }
    groups
}

/// How a permission is tried.
#[derive(Clone, Copy)]
enum Trial {
    List(&'static Subjects),
    About(&'static Question, &'static Operation),
    Once(&'static Operation),
}

/// Tries `permission` with the smallest request that needs it; `None` where nothing here does.
pub async fn probe(account: &Account, permission: &str) -> Option<Result<(), Refusal>> {
    let trial = datasets::SUBJECTS
        .iter()
        .find_map(|(_, asked)| match asked {
            Asked::List(subjects) => {
                (subjects.list.permission == permission).then_some(Trial::List(subjects))
            }
            Asked::Once(operation) => {
                (operation.permission == permission).then_some(Trial::Once(operation))
            }
            Asked::About(question) => {
                let mut asks = question.asks.iter();
                match asks.find(|operation| operation.permission == permission) {
                    Some(operation) => Some(Trial::About(question, operation)),
                    None => (question.subjects.list.permission == permission)
                        .then_some(Trial::List(question.subjects)),
                }
            }
        })?;
    Some(tried(account, permission, trial).await)
}

async fn tried(account: &Account, permission: &str, trial: Trial) -> Result<(), Refusal> {
    let (operation, subjects, probe) = match trial {
        Trial::Once(operation) => {
            return regional::first_page(account, *operation, &home(account, operation), None)
                .await;
        }
        Trial::List(subjects) => match subjects.scope {
            Scope::Each(parents) => (&subjects.list, parents, None),
            _ => {
                let home = home(account, &subjects.list);
                return regional::first_page(account, subjects.list, &home, None).await;
            }
        },
        Trial::About(question, operation) => {
            (operation, question.subjects, question.probe.as_ref())
        }
    };
    if let Some(probe) = probe {
        let home = home(account, operation);
        let about = About {
            ids: vec![account.fill(&home).plain(probe.subject)],
            parent: None,
        };
        return match regional::first_page(account, *operation, &home, Some(&about)).await {
            Err(refusal) if refusal.says(probe.unknown) => Ok(()),
            other => other,
        };
    }
    let nothing = |why: &str, fix: String| {
        Refusal::other(ProviderError::new(
            ErrorClass::ServiceNotUsed,
            "nothing_to_try",
            format!("{permission} can't be tested."),
            why,
            fix,
        ))
    };
    let found = match found(account, subjects, &mut Gaps::default()).await {
        Ok(found) => found,
        Err(error) if error.class == ErrorClass::Cancelled => return Err(Refusal::other(error)),
        // The permission to list is told by itself.
        Err(_) => {
            let fix = format!("Allow {} first, and test again.", subjects.list.permission);
            return Err(nothing(
                "What it would be tried on could not be listed.",
                fix,
            ));
        }
    };
    match batches(found, 1).into_iter().next() {
        Some((region, about)) => {
            regional::first_page(account, *operation, &region, Some(&about)).await
        }
        None => Err(nothing(
            "There is nothing yet that it could be tried on.",
            "Nothing needs to be mended.".to_owned(),
        )),
    }
}
