//! One run of one connection: dataset by dataset, each kept whole with its findings in one transaction.
//!
//! A run that was killed is continued by the next one: what it kept stays, what it had not reached is read.

use crate::{
    App, OpenCompany, ProgressSink,
    api::{ApiError, DatasetReason, DatasetRun, Progress, RunReport},
    intake::Fetched,
    judge::{judge_and_record, touched},
    kept,
    providers::word,
    reading::{Taken, take},
    signing_in::SignedIn,
    sync::{Assignment, Cause},
};
use evidence::{Digest, EvidenceId, Outcome, Reason, RunId, Timestamp, UnknownCode};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture};
use provider_kit::{Dataset, Provider, ProviderError};
use std::collections::{BTreeMap, BTreeSet};
use store::{Event, RunState, Tx, chain, integrations::Integration};
use tokio_util::sync::CancellationToken;

/// Datasets read at the same time; the client's budget per host is the real limit.
const DATASETS_AT_ONCE: usize = 4;

/// A run that was begun no longer ago than this is continued, not begun anew.
const RESUME_WITHIN_S: i64 = 3600;

/// A run under way.
pub(crate) struct Run<'a> {
    app: &'a App,
    open: &'a OpenCompany,
    provider: &'static dyn Provider,
    cloud: &'a str,
    integration: &'a Integration,
    cause: Cause,
    pub(crate) id: RunId,
    started_at: Timestamp,
    /// Datasets not attempted yet.
    pub(crate) todo: Vec<&'static Dataset>,
    /// Their ids, shrinking: a check is judged when the last of its datasets was attempted.
    waiting: BTreeSet<&'static str>,
    /// Everything the run was asked for, with what became of it.
    done: BTreeMap<&'static str, DatasetRun>,
    order: Vec<&'static str>,
    pub(crate) requests: Option<u64>,
    pub(crate) bytes: Option<u64>,
}

impl<'a> Run<'a> {
    /// Begins a run, or continues one that was killed.
    pub(crate) async fn begin(
        app: &'a App,
        open: &'a OpenCompany,
        provider: &'static dyn Provider,
        cloud: &'a str,
        assignment: &'a Assignment,
        cause: Cause,
    ) -> Result<Self, ApiError> {
        let integration = &assignment.integration;
        let now = app.now();
        let mut tx = open.store.begin().await?;
        let (mut resumed, mut unjudged) = (None, BTreeSet::new());
        for killed in store::runs::unfinished(&mut tx).await? {
            if killed.integration_id != integration.id {
                continue;
            }
            let wanted: BTreeSet<&str> = assignment
                .datasets
                .iter()
                .map(|dataset| dataset.id)
                .collect();
            let same = killed
                .datasets
                .iter()
                .map(String::as_str)
                .collect::<BTreeSet<_>>()
                == wanted;
            // One that began in the future began by another clock: nobody knows how old what it kept is.
            let age = now.unix() - killed.started_at.unix();
            if same && (0..=RESUME_WITHIN_S).contains(&age) && resumed.is_none() {
                resumed = Some(killed);
            } else {
                let event = Event::RunFinished {
                    run_id: killed.id,
                    integration_id: integration.id,
                    state: RunState::Partial,
                    error: Some(
                        "The run was interrupted: the app was stopped while it ran.".to_owned(),
                    ),
                };
                chain::record(&mut tx, now, &event).await?;
                unjudged.extend(attempted_in(&mut tx, killed.id).await?);
            }
        }
        let (id, started_at, kept, cause) = match resumed {
            Some(killed) => {
                let kept = store::runs::datasets(&mut tx, killed.id).await?;
                let cause = Cause {
                    trigger: killed.trigger,
                    scheduled_for: killed.scheduled_for,
                };
                (killed.id, killed.started_at, kept, cause)
            }
            None => {
                let id = RunId::random();
                let event = Event::RunStarted {
                    run_id: id,
                    integration_id: integration.id,
                    trigger: cause.trigger,
                    scheduled_for: cause.scheduled_for,
                    datasets: assignment
                        .datasets
                        .iter()
                        .map(|dataset| dataset.id.to_owned())
                        .collect(),
                };
                chain::record(&mut tx, now, &event).await?;
                (id, now, Vec::new(), cause)
            }
        };
        // Of a run that was killed and is not continued, some checks waited for datasets that never came.
        let unjudged = unjudged.iter().map(String::as_str).collect();
        judge_and_record(
            &mut tx,
            provider,
            integration,
            cloud,
            &touched(provider, cloud, &unjudged),
            id,
            now,
        )
        .await?;
        tx.commit().await?;
        let mut done = BTreeMap::new();
        for attempt in kept.iter().filter(|attempt| attempt.complete()) {
            if let Some(dataset) = assignment
                .datasets
                .iter()
                .find(|dataset| dataset.id == attempt.dataset)
            {
                done.insert(dataset.id, crate::activity::dataset_run(attempt));
            }
        }
        let todo: Vec<&'static Dataset> = assignment
            .datasets
            .iter()
            .copied()
            .filter(|dataset| !done.contains_key(dataset.id))
            .collect();
        Ok(Self {
            app,
            open,
            provider,
            cloud,
            integration,
            cause,
            id,
            started_at,
            waiting: todo.iter().map(|dataset| dataset.id).collect(),
            todo,
            done,
            order: assignment
                .datasets
                .iter()
                .map(|dataset| dataset.id)
                .collect(),
            requests: None,
            bytes: None,
        })
    }

    /// Reads what is to be read, several datasets at a time, and keeps each as soon as it is whole.
    pub(crate) async fn read(
        &mut self,
        signed_in: &SignedIn,
        progress: &ProgressSink,
        cancel: &CancellationToken,
    ) -> Result<(), ApiError> {
        let todo = std::mem::take(&mut self.todo);
        let integration_id = self.integration.id.to_string();
        // Boxed: a closure's future would keep the whole run from being sent between threads.
        let reading: Vec<BoxFuture<'_, Option<Taken>>> = todo
            .into_iter()
            .map(|dataset| {
                let from = (&self.open.store, self.integration.id);
                take(dataset, signed_in, from, self.app.now(), progress, cancel).boxed()
            })
            .collect();
        let mut reading = futures::stream::iter(reading).buffer_unordered(DATASETS_AT_ONCE);
        while let Some(read) = reading.next().await {
            let Some((dataset, result, snapshot)) = read else {
                continue;
            };
            let mut tx = self.open.store.begin().await?;
            let kept = match snapshot.transpose() {
                Ok(Some(snapshot)) => self.keep(&mut tx, dataset, snapshot, result.err()).await?,
                Ok(None) => {
                    let error = result.err().unwrap_or_else(ProviderError::cancelled);
                    self.keep_failure(&mut tx, dataset, error.reason()).await?
                }
                Err(error) => self.keep_failure(&mut tx, dataset, error.reason()).await?,
            };
            self.attempted(&mut tx, &[dataset.id], !cut_short(&kept))
                .await?;
            signed_in.log.keep_in(&mut tx).await?;
            tx.commit().await?;
            self.done.insert(dataset.id, kept.clone());
            progress(Progress::Kept {
                integration_id: integration_id.clone(),
                dataset: kept,
                done: u32::try_from(self.done.len()).unwrap_or(u32::MAX),
                total: u32::try_from(self.order.len()).unwrap_or(u32::MAX),
            });
        }
        drop(reading);
        self.judge_waiting().await
    }

    /// Judges the checks that waited for a dataset which was not reached: their other data is newer than they are.
    pub(crate) async fn judge_waiting(&mut self) -> Result<(), ApiError> {
        let waiting = std::mem::take(&mut self.waiting);
        let done = self.done.keys().copied().collect();
        let due: Vec<_> = touched(self.provider, self.cloud, &done)
            .into_iter()
            .filter(|check| check.datasets.iter().any(|id| waiting.contains(id)))
            .collect();
        if due.is_empty() {
            return Ok(());
        }
        let mut tx = self.open.store.begin().await?;
        judge_and_record(
            &mut tx,
            self.provider,
            self.integration,
            self.cloud,
            &due,
            self.id,
            self.app.now(),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps a snapshot and renews the evidence item.
    async fn keep(
        &self,
        tx: &mut Tx,
        dataset: &'static Dataset,
        fetched: Fetched,
        error: Option<ProviderError>,
    ) -> Result<DatasetRun, ApiError> {
        let now = self.app.now();
        let snapshot = fetched.snapshot;
        let id = store::snapshots::put_prepared(tx, &snapshot, &fetched.pages).await?;
        let partial = snapshot.completeness.reason.clone();
        // A gap that was there the last time too (a region that the organization forbids) is how things are.
        let before = store::datasets::get(tx, self.integration.id, dataset.id).await?;
        let lasting = before.is_some_and(|status| status.attempt.reason == partial);
        let capped = |reason: &Reason| dataset.row_cap.is_some() && is_row_cap(reason);
        let to_the_end = error.is_none() && (lasting || partial.as_ref().is_none_or(capped));
        let event = Event::DatasetCollected {
            run_id: self.id,
            integration_id: self.integration.id,
            dataset: dataset.id.to_owned(),
            snapshot: id,
            content_sha256: snapshot.content_sha256,
            rows: snapshot.rows,
            pages: snapshot.pages.len() as u64,
            partial: partial.clone(),
            confirmed: fetched.confirmed,
        };
        chain::record(tx, now, &event).await?;
        let whole = partial.is_none();
        let answers = &fetched.answers;
        kept::remember(tx, self.integration.id, dataset, answers, whole, now).await?;
        let changed = self
            .renew_item(tx, dataset, id, snapshot.content_sha256, to_the_end, now)
            .await?;
        let state = if partial.is_some() {
            "partial"
        } else {
            "current"
        };
        Ok(DatasetRun {
            id: dataset.id.to_owned(),
            state: state.to_owned(),
            unchanged: !changed,
            reason: partial.map(|reason| reason_of(&reason)),
            rows: snapshot.rows,
            pages: snapshot.pages.len() as u64,
            confirmed: fetched.confirmed,
        })
    }

    /// A new revision when the content changed, else a confirmation. What was cut short by an error or a new refusal
    /// renews nothing that exists: it would look as if the company had changed.
    async fn renew_item(
        &self,
        tx: &mut Tx,
        dataset: &'static Dataset,
        snapshot: Digest,
        content_sha256: Digest,
        read_to_the_end: bool,
        now: Timestamp,
    ) -> Result<bool, ApiError> {
        let item = store::evidence_items::of_dataset(tx, self.integration.id, dataset.id).await?;
        let event = match item {
            Some(_) if !read_to_the_end => return Ok(true),
            Some(item) if item.newest.content_sha256 == content_sha256 => {
                Event::EvidenceConfirmed {
                    evidence_id: item.id,
                    revision: item.newest.revision,
                    run_id: self.id,
                    snapshot,
                }
            }
            item => Event::EvidenceRevised {
                evidence_id: item
                    .as_ref()
                    .map_or_else(EvidenceId::random, |item| item.id),
                integration_id: self.integration.id,
                dataset: dataset.id.to_owned(),
                revision: item.map_or(1, |item| item.newest.revision + 1),
                run_id: self.id,
                snapshot,
                content_sha256,
            },
        };
        let changed = matches!(event, Event::EvidenceRevised { .. });
        chain::record(tx, now, &event).await?;
        Ok(changed)
    }

    async fn keep_failure(
        &self,
        tx: &mut Tx,
        dataset: &'static Dataset,
        reason: Reason,
    ) -> Result<DatasetRun, ApiError> {
        let event = Event::DatasetFailed {
            run_id: self.id,
            integration_id: self.integration.id,
            dataset: dataset.id.to_owned(),
            reason: reason.clone(),
        };
        chain::record(tx, self.app.now(), &event).await?;
        Ok(DatasetRun {
            id: dataset.id.to_owned(),
            state: "failed".to_owned(),
            unchanged: false,
            reason: Some(reason_of(&reason)),
            rows: 0,
            pages: 0,
            confirmed: 0,
        })
    }

    /// Judges the checks whose last dataset of this run was just attempted. Where something was not read, a check that
    /// passed on older data is judged at once: if the run were killed now, it would go on passing.
    async fn attempted(
        &mut self,
        tx: &mut Tx,
        datasets: &[&'static str],
        read: bool,
    ) -> Result<(), ApiError> {
        for id in datasets {
            self.waiting.remove(id);
        }
        let just = datasets.iter().copied().collect();
        let mut due = Vec::new();
        for check in touched(self.provider, self.cloud, &just) {
            let waits = check.datasets.iter().any(|id| self.waiting.contains(id));
            if !waits || (!read && self.stands_well(tx, check.id).await?) {
                due.push(check);
            }
        }
        judge_and_record(
            tx,
            self.provider,
            self.integration,
            self.cloud,
            &due,
            self.id,
            self.app.now(),
        )
        .await
    }

    /// Whether what a check said last lets the company look well.
    async fn stands_well(&self, tx: &mut Tx, check: &str) -> Result<bool, ApiError> {
        let before = store::findings::current(tx, self.integration.id, check).await?;
        Ok(before.is_some_and(|stored| {
            matches!(
                stored.finding.outcome,
                Outcome::Pass | Outcome::NotApplicable
            )
        }))
    }

    /// Sign-in failed, or somebody else answered: every dataset of the run was attempted and failed.
    pub(crate) async fn none_collected(&mut self, error: &ApiError) -> Result<(), ApiError> {
        let reason = Reason::new(
            unknown_code(&error.class),
            format!("{} {}", error.what, error.why),
        );
        let mut tx = self.open.store.begin().await?;
        let todo = std::mem::take(&mut self.todo);
        for dataset in &todo {
            let kept = self.keep_failure(&mut tx, dataset, reason.clone()).await?;
            self.done.insert(dataset.id, kept);
        }
        let ids: Vec<&'static str> = todo.iter().map(|dataset| dataset.id).collect();
        self.attempted(&mut tx, &ids, false).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends the run.
    pub(crate) async fn finish(mut self, error: Option<ApiError>) -> Result<RunReport, ApiError> {
        let mut datasets = Vec::new();
        for id in &self.order {
            datasets.push(self.done.remove(id).unwrap_or_else(|| DatasetRun {
                id: (*id).to_owned(),
                state: "never".to_owned(),
                unchanged: false,
                reason: None,
                rows: 0,
                pages: 0,
                confirmed: 0,
            }));
        }
        let cancelled = error
            .as_ref()
            .is_some_and(|error| error.code == "cancelled");
        let missing = datasets
            .iter()
            .filter(|run| matches!(run.state.as_str(), "failed" | "never"))
            .count();
        let state = if cancelled {
            RunState::Cancelled
        } else if missing == datasets.len() && missing > 0 {
            RunState::Failed
        } else if missing > 0 || datasets.iter().any(cut_short) {
            RunState::Partial
        } else {
            RunState::Done
        };
        let stopped = match (&error, state) {
            (Some(error), _) => Some(format!("{} {}", error.what, error.why)),
            // Every dataset was refused by itself: the first refusal speaks for them.
            (None, RunState::Failed) => datasets
                .iter()
                .find_map(|run| run.reason.as_ref())
                .map(|reason| reason.detail.clone()),
            _ => None,
        };
        let finished_at = self.app.now();
        let event = Event::RunFinished {
            run_id: self.id,
            integration_id: self.integration.id,
            state,
            error: stopped,
        };
        let mut tx = self.open.store.begin().await?;
        chain::record(&mut tx, finished_at, &event).await?;
        tx.commit().await?;
        Ok(RunReport {
            run_id: self.id.to_string(),
            integration_id: self.integration.id.to_string(),
            label: self.integration.label.clone(),
            state: word(&state),
            trigger: word(&self.cause.trigger),
            scheduled_for: self.cause.scheduled_for.map(|at| at.to_string()),
            started_at: self.started_at.to_string(),
            finished_at: Some(finished_at.to_string()),
            error,
            datasets,
            requests: self.requests,
            bytes: self.bytes,
        })
    }
}

/// The datasets that a run attempted.
async fn attempted_in(tx: &mut Tx, run: RunId) -> Result<Vec<String>, ApiError> {
    Ok(store::runs::datasets(tx, run)
        .await?
        .into_iter()
        .map(|attempt| attempt.dataset)
        .collect())
}

/// Whether a dataset was cut short by its declared row cap: it is read as far as it ever is, and nothing is undone.
fn is_row_cap(reason: &Reason) -> bool {
    reason.code == UnknownCode::Partial
}

/// Whether something that could have been read was not.
fn cut_short(run: &DatasetRun) -> bool {
    run.state == "failed"
        || (run.state == "partial"
            && run
                .reason
                .as_ref()
                .is_none_or(|reason| reason.code != "partial"))
}

pub(crate) fn reason_of(reason: &Reason) -> DatasetReason {
    DatasetReason {
        code: word(&reason.code),
        detail: reason.detail.clone(),
    }
}

/// The reason that findings carry for a class of error.
fn unknown_code(class: &str) -> UnknownCode {
    match class {
        // "vault": credentials that can't be opened any more.
        "authentication" | "configuration" | "usage" | "vault" => UnknownCode::SignInRefused,
        "permission" => UnknownCode::PermissionMissing,
        "licence" => UnknownCode::LicenceMissing,
        "identity" => UnknownCode::IdentityMismatch,
        "network" | "tls_interception" | "proxy" => UnknownCode::Offline,
        "throttled" => UnknownCode::Throttled,
        "malformed_answer" => UnknownCode::MalformedAnswer,
        "cancelled" => UnknownCode::Cancelled,
        _ => UnknownCode::ServiceError,
    }
}
