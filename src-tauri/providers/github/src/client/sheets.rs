//! Answers on their way into a dataset.

use super::{
    plan::{Documented, Question},
    reach::Reach,
    refusal,
    repositories::{Repository, Visible},
};
use crate::datasets::{self, without_hook_secrets};
use bytes::Bytes;
use evidence::PageRequest;
use provider_kit::{
    Answer, Ask, Dataset, Origin, PageSink, ProviderError,
    conditional::{Earlier, Told},
};
use std::collections::HashSet;
use url::Url;

/// Pages of one list at most: more is a service that never ends.
const MAX_PAGES: usize = 20_000;

/// Pages without anything in them that may follow each other: filters leave some empty.
const MAX_EMPTY: usize = 10;

/// One answer with what was asked and about what.
#[derive(Debug)]
pub struct Sheet {
    request: PageRequest,
    subject: Option<String>,
    told: Told,
}

impl Sheet {
    /// An answer.
    pub const fn new(request: PageRequest, subject: Option<String>, told: Told) -> Self {
        Self {
            request,
            subject,
            told,
        }
    }

    /// The answer.
    pub const fn answer(&self) -> &Answer {
        &self.told.answer
    }

    /// Gives it to the sink as a page of `dataset`. What must never be kept is taken off first.
    ///
    /// # Errors
    ///
    /// The sink's.
    pub async fn hand_over(
        mut self,
        dataset: &Dataset,
        sink: &mut dyn PageSink,
    ) -> Result<(), ProviderError> {
        let hooks = [
            datasets::ORGANIZATION_HOOKS.id,
            datasets::REPOSITORY_HOOKS.id,
        ];
        if hooks.contains(&dataset.id) {
            self.told.answer.body = without_hook_secrets(&self.told.answer.body).into();
        }
        let origin = Origin {
            subject: self.subject,
            ..Origin::default()
        };
        self.told.hand_over(self.request, origin, sink).await
    }
}

/// A part of a repository that a question is about.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// What is added to the path.
    pub step: String,
    /// What is added to the subject: `#id` or `:name`.
    pub name: String,
}

/// Asks a question page by page.
pub struct Pager<'a> {
    reach: &'a Reach,
    earlier: &'a dyn Earlier,
    documented: &'a [Documented],
    of: Option<(&'a Repository, &'a Visible)>,
    subject: Option<String>,
    list: bool,
    waiting: Vec<Url>,
    seen: HashSet<Url>,
    last: Bytes,
    empty: usize,
}

impl<'a> Pager<'a> {
    /// A pager at the beginning of `question`, about `of` if it is about a repository.
    ///
    /// # Errors
    ///
    /// Configuration, where the question can't be asked at this address.
    pub fn new(
        reach: &'a Reach,
        question: &'a Question,
        of: Option<(&'a Repository, &'a Visible)>,
        earlier: &'a dyn Earlier,
    ) -> Result<Self, ProviderError> {
        Self::part(reach, question, of, earlier, Part::default())
    }

    /// As [`Pager::new`], about a part of the repository.
    ///
    /// # Errors
    ///
    /// As [`Pager::new`].
    pub fn part(
        reach: &'a Reach,
        question: &'a Question,
        of: Option<(&'a Repository, &'a Visible)>,
        earlier: &'a dyn Earlier,
        part: Part,
    ) -> Result<Self, ProviderError> {
        let path = question.path(&reach.target.organization, of.map(|(one, _)| one));
        let path = format!("{path}{}", part.step);
        let queries: &[&str] = if question.queries.is_empty() {
            &[""]
        } else {
            question.queries
        };
        let mut waiting = queries
            .iter()
            .map(|query| reach.target.below(&path, query))
            .collect::<Result<Vec<_>, _>>()?;
        waiting.reverse();
        Ok(Self {
            reach,
            earlier,
            documented: question.documented,
            of,
            subject: of.map(|(one, _)| format!("{}{}", one.full_name, part.name)),
            list: question.list,
            seen: waiting.iter().cloned().collect(),
            waiting,
            last: Bytes::new(),
            empty: 0,
        })
    }

    /// A pager of one question with a query made just now.
    ///
    /// # Errors
    ///
    /// As [`Pager::new`].
    pub fn queried(
        reach: &'a Reach,
        question: &'a Question,
        query: &str,
        earlier: &'a dyn Earlier,
    ) -> Result<Self, ProviderError> {
        let mut pager = Self::new(reach, question, None, earlier)?;
        let url = reach
            .target
            .below(&question.path(&reach.target.organization, None), query)?;
        pager.seen = HashSet::from([url.clone()]);
        pager.waiting = vec![url];
        Ok(pager)
    }

    /// Whether there is more to ask.
    pub fn has_more(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The next answer; `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of [`Reach::told`], GitHub's refusals, and malformed for pages that can't be followed. After one, there is
    /// no more.
    pub async fn next(&mut self) -> Result<Option<Sheet>, ProviderError> {
        let Some(url) = self.waiting.pop() else {
            return Ok(None);
        };
        let result = self.ask(url).await;
        if result.is_err() {
            self.waiting.clear();
        }
        result.map(Some)
    }

    async fn ask(&mut self, url: Url) -> Result<Sheet, ProviderError> {
        let ask = Ask::get(url.clone());
        let request = ask.page_request();
        let told = self.reach.told(ask, self.earlier).await?;
        let status = told.answer.status;
        if status == 200 || (status == 204 && !self.list) {
            if let Some((repository, visible)) = self.of {
                visible.seen(repository);
            }
        } else if !self.is_documented(&told.answer).await? {
            return Err(self.refused(&told.answer));
        }
        if let Some(next) = told.next.as_deref().filter(|_| self.list && status == 200) {
            self.moves_on(&told.answer)?;
            let next = self.onward(&told.answer.url, next)?;
            self.waiting.push(next);
        }
        Ok(Sheet {
            request,
            subject: self.subject.clone(),
            told,
        })
    }

    /// Whether a page that names a next one shows anything new.
    fn moves_on(&mut self, answer: &Answer) -> Result<(), ProviderError> {
        let empty = answer.body.trim_ascii() == b"[]";
        self.empty = if empty { self.empty + 1 } else { 0 };
        if self.empty > MAX_EMPTY || (!empty && answer.body == self.last) {
            return Err(endless("Its pages hold the same again, or nothing."));
        }
        self.last = answer.body.clone();
        Ok(())
    }

    /// The address of the next page: of the same service, and not read before.
    fn onward(&mut self, here: &Url, next: &str) -> Result<Url, ProviderError> {
        let target = here
            .join(next)
            .ok()
            .filter(|target| target.origin() == self.reach.target.base.origin())
            .ok_or_else(|| {
                ProviderError::malformed(
                    "A page of GitHub names its next page at another address.",
                    "Requests with credentials are not sent to another scheme, host or port.",
                )
            })?;
        if !self.seen.insert(target.clone()) || self.seen.len() > MAX_PAGES {
            return Err(endless(
                "A page names one that was read before as the next.",
            ));
        }
        Ok(target)
    }

    /// Whether an answer that is no success is documented to mean something here.
    async fn is_documented(&self, answer: &Answer) -> Result<bool, ProviderError> {
        let message = refusal::message(answer);
        for known in self
            .documented
            .iter()
            .filter(|known| known.status == answer.status)
        {
            if !known.says.is_empty() {
                if message.contains(known.says) {
                    return Ok(true);
                }
                continue;
            }
            let Some((repository, visible)) = self.of else {
                return Ok(true);
            };
            if answer.status != 404 {
                return Ok(true);
            }
            // It says nothing of its own: the repository itself could be what is not found.
            if !answer.body.trim_ascii().is_empty() && message != "not found" {
                continue;
            }
            let own = repository.administered == Some(true) || self.reach.credential.is_app();
            if (own || !known.own) && visible.is(repository, self.reach).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn refused(&self, answer: &Answer) -> ProviderError {
        if answer.status == 304 {
            return ProviderError::malformed(
                "GitHub said \"as before\" without being asked.",
                "It answered with status 304.",
            );
        }
        let error = refusal::of(answer);
        if error.code == refusal::NOT_SHOWN && self.of.is_some() {
            return refusal::no_repository(answer);
        }
        error
    }
}

fn endless(why: &str) -> ProviderError {
    ProviderError::malformed("The pages of GitHub never end.", why)
}

/// What was read of one thing: its answers in order, and what stopped it.
#[derive(Debug, Default)]
pub struct Reading {
    /// The answers.
    pub sheets: Vec<Sheet>,
    /// What stopped it.
    pub refused: Option<ProviderError>,
}

impl Reading {
    /// Everything a pager gives.
    pub async fn all(pager: Result<Pager<'_>, ProviderError>) -> Self {
        let mut reading = Self::default();
        let mut pager = match pager {
            Ok(pager) => pager,
            Err(error) => {
                reading.refused = Some(error);
                return reading;
            }
        };
        loop {
            match pager.next().await {
                Ok(Some(sheet)) => reading.sheets.push(sheet),
                Ok(None) => return reading,
                Err(error) => {
                    reading.refused = Some(error);
                    return reading;
                }
            }
        }
    }

    /// With what was read after it, about the same thing.
    pub fn then(mut self, mut later: Self) -> Self {
        self.sheets.append(&mut later.sheets);
        self.refused = self.refused.or(later.refused);
        self
    }
}
