//! Reads datasets. Repositories are asked about some at a time, and their pages kept in the order of the list: the same
//! answers give the same snapshot. One that refuses makes its own part unknown and nothing else.

use super::{
    Organization,
    gaps::Gaps,
    plan::{self, Question, Way, Which},
    refusal,
    repositories::{Listing, Repository},
    sheets::{Pager, Part, Reading, Sheet},
    workflow::is_refusal,
};
use crate::datasets::PLACES;
use chrono::{TimeDelta, Utc};
use evidence::{Completeness, Reason, UnknownCode};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesOrdered};
use provider_kit::{
    Dataset, ErrorClass, PageSink, ProviderError,
    conditional::{Earlier, Nothing},
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
};

/// Repositories that are asked about at the same time: as many as the kit lets go to one host.
const AT_ONCE: usize = 4;
/// How far back the log is read.
const LOG_DAYS: i64 = 30;

impl Organization {
    /// Reads a dataset into `sink`.
    ///
    /// # Errors
    ///
    /// Nothing of it could be read, or nothing more can be.
    pub(super) async fn read(
        &self,
        dataset: &Dataset,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let Some(way) = plan::of(dataset.id) else {
            return Err(ProviderError::new(
                ErrorClass::OurBug,
                "unknown_dataset",
                format!("{} can't be read.", dataset.id),
                "GitHub has no such dataset.",
                "Report it.",
            ));
        };
        match way {
            Way::Organization => self.itself(dataset, sink).await,
            Way::Repositories => self.repositories(dataset, sink).await,
            Way::Once(question) => self.once(dataset, &question, sink).await,
            Way::Each(which, question) => self.each(dataset, which, &question, sink).await,
            Way::OnceOrEach(all, one) => match self.once(dataset, &all, sink).await {
                Err(error) if is_refusal(&error) && sink.rows() == 0 => {
                    self.each(dataset, Which::InUse, &one, sink).await
                }
                result => result,
            },
            Way::Workflow => {
                let earlier = sink.earlier();
                self.workflow.ask(self, earlier.as_ref()).await?;
                match self.workflow.take() {
                    Some(sheet) => sheet.hand_over(dataset, sink).await?,
                    // It was taken before: somebody reads it a second time.
                    None => return self.once(dataset, &plan::WORKFLOW, sink).await,
                }
                Ok(Completeness::complete())
            }
            Way::RepositoryWorkflow(question) => match self.workflow.ask(self, &Nothing).await {
                // The organization's rule holds: there is nothing to ask.
                Ok(()) => Ok(Completeness::complete()),
                Err(error) if is_refusal(&error) => {
                    self.each(dataset, Which::InUse, &question, sink).await
                }
                Err(error) => Err(error),
            },
            Way::CodeScanning(setup, analyses) => {
                let what = What::Scanning(setup, analyses);
                self.about(dataset, Which::InUse, &what, sink).await
            }
            Way::Rulesets(list, one) => self.rulesets(dataset, list, one, sink).await,
            Way::Codeowners => {
                let what = What::File(plan::CODEOWNERS);
                self.about(dataset, Which::InUse, &what, sink).await
            }
            Way::SecurityPolicies => self.security_policies(dataset, sink).await,
            Way::AuditLog => self.audit_log(dataset, sink).await,
        }
    }

    async fn itself(
        &self,
        dataset: &Dataset,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let read = self
            .itself
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match read {
            Some(sheet) => {
                sheet.hand_over(dataset, sink).await?;
                Ok(Completeness::complete())
            }
            None => self.once(dataset, &plan::ORGANIZATION, sink).await,
        }
    }

    async fn repositories(
        &self,
        dataset: &Dataset,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let earlier = sink.earlier();
        let listing = self
            .repositories
            .list(&self.reach, earlier.as_ref())
            .await?;
        let sheets = listing.take();
        if sheets.is_empty() {
            return self.once(dataset, &plan::REPOSITORIES, sink).await;
        }
        for sheet in sheets {
            sheet.hand_over(dataset, sink).await?;
        }
        Ok(match &listing.lacking {
            Some(reason) => Completeness::partial(reason.clone()),
            None => Completeness::complete(),
        })
    }

    /// Asks once, page by page, up to the dataset's cap.
    async fn once(
        &self,
        dataset: &Dataset,
        question: &Question,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let earlier = sink.earlier();
        let pager = Pager::new(&self.reach, question, None, earlier.as_ref())?;
        self.follow(dataset, pager, sink).await
    }

    async fn follow(
        &self,
        dataset: &Dataset,
        mut pager: Pager<'_>,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        while let Some(sheet) = pager.next().await? {
            sheet.hand_over(dataset, sink).await?;
            if let Some(cap) = dataset.row_cap.filter(|cap| sink.rows() >= *cap)
                && pager.has_more()
            {
                return Ok(Completeness::partial(Reason::new(
                    UnknownCode::Partial,
                    format!("Only the first {cap} rows were read; there are more."),
                )));
            }
        }
        Ok(Completeness::complete())
    }

    async fn each(
        &self,
        dataset: &Dataset,
        which: Which,
        question: &Question,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let what = What::Question(*question, Part::default());
        self.about(dataset, which, &what, sink).await
    }

    /// Reads something about each repository of the list.
    async fn about(
        &self,
        dataset: &Dataset,
        which: Which,
        what: &What,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let listing = self.repositories.list(&self.reach, &Nothing).await?;
        let mut gaps = Gaps::new(listing.lacking.clone());
        let jobs = jobs(listing, which, what);
        // No repository at all is an answer too: there is nothing to ask.
        gaps.kept = jobs.is_empty();
        self.gather(dataset, &jobs, sink, &mut gaps, &mut |_, _| {})
            .await?;
        gaps.conclude()
    }

    /// Does some jobs at a time and hands over what they read in their order. `heed` sees each answer before, with the
    /// number of its job.
    async fn gather(
        &self,
        dataset: &Dataset,
        jobs: &[Job<'_>],
        sink: &mut dyn PageSink,
        gaps: &mut Gaps,
        heed: &mut (dyn FnMut(usize, &Sheet) + Send),
    ) -> Result<(), ProviderError> {
        let earlier = sink.earlier();
        let mut waiting = jobs.iter();
        let mut under_way = FuturesOrdered::new();
        for job in waiting.by_ref().take(AT_ONCE) {
            under_way.push_back(self.job(job, Arc::clone(&earlier)));
        }
        for (number, job) in jobs.iter().enumerate() {
            let Some(reading) = under_way.next().await else {
                break;
            };
            if let Some(job) = waiting.next() {
                under_way.push_back(self.job(job, Arc::clone(&earlier)));
            }
            for sheet in reading.sheets {
                heed(number, &sheet);
                match sheet.hand_over(dataset, sink).await {
                    Ok(()) => gaps.kept = true,
                    Err(error) => gaps.add(&job.one.full_name, error)?,
                }
            }
            if let Some(error) = reading.refused {
                gaps.add(&job.one.full_name, refusal::about(error, dataset.title))?;
            }
        }
        Ok(())
    }

    fn job<'r>(&'r self, job: &'r Job<'_>, earlier: Arc<dyn Earlier>) -> BoxFuture<'r, Reading> {
        async move {
            let earlier = earlier.as_ref();
            match &job.what {
                What::Question(question, part) => {
                    self.ask(job.one, question, part.clone(), earlier).await
                }
                What::Scanning(setup, analyses) => {
                    self.code_scanning(job.one, setup, analyses, earlier).await
                }
                What::File(file) => self.first_file(job.one, file, earlier).await,
            }
        }
        .boxed()
    }

    /// Everything a question gives about a repository.
    async fn ask(
        &self,
        one: &Repository,
        question: &Question,
        part: Part,
        earlier: &dyn Earlier,
    ) -> Reading {
        if one.branch.is_empty() && question.path.contains("{branch}") {
            return Reading {
                refused: Some(ProviderError::malformed(
                    "A repository can't be asked about its default branch.",
                    "The list of repositories does not name it.",
                )),
                ..Reading::default()
            };
        }
        let of = Some((one, &self.visible));
        Reading::all(Pager::part(&self.reach, question, of, earlier, part)).await
    }

    /// The default setup; where it is off, whether a workflow delivers analyses.
    async fn code_scanning(
        &self,
        one: &Repository,
        setup: &Question,
        analyses: &Question,
        earlier: &dyn Earlier,
    ) -> Reading {
        let first = self.ask(one, setup, Part::default(), earlier).await;
        let settled = first.sheets.iter().any(|sheet| {
            let state = sheet.answer().json().ok();
            state
                .as_ref()
                .and_then(|state| refusal::text(state, "state"))
                == Some("configured")
        });
        if settled || first.refused.is_some() {
            return first;
        }
        let part = Part {
            step: String::new(),
            name: ":analyses".to_owned(),
        };
        let later = self.ask(one, analyses, part, earlier).await;
        first.then(later)
    }

    /// The first of the places of a file that a repository has it at; the places before it say that it is not there.
    async fn first_file(&self, one: &Repository, file: &str, earlier: &dyn Earlier) -> Reading {
        let mut reading = Reading::default();
        for place in PLACES {
            let path = format!("{place}{file}");
            let part = Part {
                name: format!(":{path}"),
                step: path,
            };
            let asked = self.ask(one, &plan::FILE, part, earlier).await;
            let found = asked
                .sheets
                .iter()
                .any(|sheet| sheet.answer().status == 200);
            reading = reading.then(asked);
            if found || reading.refused.is_some() {
                break;
            }
        }
        reading
    }

    /// The lists of all repositories, then each ruleset they name once: those of the organization are in every list.
    async fn rulesets(
        &self,
        dataset: &Dataset,
        list: Question,
        one: Question,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let listing = self.repositories.list(&self.reach, &Nothing).await?;
        let mut gaps = Gaps::new(listing.lacking.clone());
        let lists = jobs(
            listing,
            Which::InUse,
            &What::Question(list, Part::default()),
        );
        let (mut known, mut named) = (BTreeSet::new(), Vec::new());
        self.gather(dataset, &lists, sink, &mut gaps, &mut |number, sheet| {
            for id in ids(sheet) {
                if known.insert(id) {
                    named.push((number, id));
                }
            }
        })
        .await?;
        let each: Vec<Job<'_>> = named
            .into_iter()
            .map(|(number, id)| {
                let part = Part {
                    step: id.to_string(),
                    name: format!("#{id}"),
                };
                Job {
                    one: lists[number].one,
                    what: What::Question(one, part),
                }
            })
            .collect();
        self.gather(dataset, &each, sink, &mut gaps, &mut |_, _| {})
            .await?;
        gaps.conclude()
    }

    /// The policy of each public repository; where one has none, the organization's own, which stands in for it.
    async fn security_policies(
        &self,
        dataset: &Dataset,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let listing = self.repositories.list(&self.reach, &Nothing).await?;
        let mut gaps = Gaps::new(listing.lacking.clone());
        let defaults = format!(
            "{}/{}",
            self.reach.target.organization,
            plan::DEFAULTS_REPOSITORY
        );
        let what = What::File(plan::SECURITY_POLICY);
        let asked = jobs(listing, Which::Public, &what);
        let mut having = BTreeSet::new();
        self.gather(dataset, &asked, sink, &mut gaps, &mut |number, sheet| {
            if sheet.answer().status == 200 {
                having.insert(number);
            }
        })
        .await?;
        let is_defaults = |one: &Repository| one.full_name.eq_ignore_ascii_case(&defaults);
        // Only a public one stands in for others; one that nobody sees has nothing to show.
        let stand_in = listing
            .repositories
            .iter()
            .find(|one| is_defaults(one) && one.public)
            .filter(|_| {
                having.len() < asked.len() && !asked.iter().any(|job| is_defaults(job.one))
            });
        if let Some(one) = stand_in {
            let job = [Job { one, what }];
            self.gather(dataset, &job, sink, &mut gaps, &mut |_, _| {})
                .await?;
        }
        gaps.conclude()
    }

    /// The newest entries, the newest first.
    async fn audit_log(
        &self,
        dataset: &Dataset,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        // By GitHub's clock, which writes the entries.
        let now = self.reach.noted().now.unwrap_or_else(Utc::now);
        let since = (now - TimeDelta::days(LOG_DAYS)).format("%Y-%m-%d");
        let query = format!("phrase=created:%3E%3D{since}&include=all&order=desc&per_page=100");
        let earlier = sink.earlier();
        let pager = Pager::queried(&self.reach, &plan::AUDIT_LOG, &query, earlier.as_ref())?;
        self.follow(dataset, pager, sink).await.map_err(|error| {
            refusal::enterprise_needed(error, "The audit log", self.plan.as_deref())
        })
    }
}

/// What is read about a repository.
#[derive(Clone, Debug)]
enum What {
    /// What a question gives.
    Question(Question, Part),
    /// The default setup of code scanning, and what workflows delivered.
    Scanning(Question, Question),
    /// The first of the places of a file.
    File(&'static str),
}

/// Something to read about a repository.
#[derive(Debug)]
struct Job<'s> {
    one: &'s Repository,
    what: What,
}

/// The same job for each repository of the list.
fn jobs<'s>(listing: &'s Listing, which: Which, what: &What) -> Vec<Job<'s>> {
    listing
        .repositories
        .iter()
        .filter(|one| one.is(which))
        .map(|one| Job {
            one,
            what: what.clone(),
        })
        .collect()
}

/// The rulesets that a list names.
fn ids(sheet: &Sheet) -> Vec<u64> {
    let list = sheet.answer().json().ok();
    list.as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|ruleset| ruleset.get("id")?.as_u64())
        .collect()
}
