//! Collecting: one run of one integration, dataset by dataset, each kept whole with its findings in one transaction.
//!
//! A run that was killed is continued by the next one: what it kept stays, what it had not reached is read.

use crate::{
    App, OpenCompany, ProgressSink,
    api::{ApiError, DatasetReason, DatasetRun, Progress, RunReport, SyncIntegration, Synced},
    intake::Intake,
    judge::{judge_and_record, touched},
    providers::{datasets_in, word},
    signing_in::{SignedIn, guarded, sign_in},
};
use evidence::{Completeness, Digest, EvidenceId, Reason, RunId, Timestamp, UnknownCode};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture};
use provider_kit::{Dataset, Provider, ProviderError};
use std::collections::{BTreeMap, BTreeSet};
use store::{Event, RunState, Trigger, Tx, chain, integrations::Integration};
use tokio_util::sync::CancellationToken;

/// Datasets read at the same time; the client's budget per host is the real limit.
const DATASETS_AT_ONCE: usize = 4;

/// A run that was begun no longer ago than this is continued, not begun anew.
const RESUME_WITHIN_S: i64 = 3600;

/// Why a run is made.
#[derive(Clone, Copy, Debug)]
pub struct Cause {
    /// What started it.
    pub trigger: Trigger,
    /// When it was due.
    pub scheduled_for: Option<Timestamp>,
}

impl Cause {
    /// A person asked.
    pub const PERSON: Self = Self { trigger: Trigger::Person, scheduled_for: None };
}

/// What to read of an integration.
pub(crate) struct Assignment {
    pub integration: Integration,
    pub datasets: Vec<&'static Dataset>,
}

/// Syncs the named connections, or all.
pub async fn sync(app: &App, request: SyncIntegration, progress: &ProgressSink) -> Result<Synced, ApiError> {
    let open = app.company()?;
    let integrations = named(&open, &request.ids).await?;
    let mut assignments = Vec::new();
    for integration in integrations {
        let provider = app.provider(&integration.provider)?;
        let datasets = datasets_in(provider, &like(provider, &integration)?).collect();
        assignments.push(Assignment { integration, datasets });
    }
    let runs = run_all(app, &open, assignments, Cause::PERSON, progress).await?;
    Ok(Synced { runs })
}

/// The connections with these ids or labels; all for none.
pub(crate) async fn named(open: &OpenCompany, names: &[String]) -> Result<Vec<Integration>, ApiError> {
    let mut reader = open.store.read().await?;
    if names.is_empty() {
        return Ok(store::integrations::list(&mut reader, false).await?);
    }
    let mut found = Vec::new();
    for name in names {
        found.push(store::integrations::find(&mut reader, name).await?);
    }
    Ok(found)
}

/// The cloud whose checks and datasets hold for an integration: for a custom endpoint the one it is like.
pub(crate) fn like(provider: &dyn Provider, integration: &Integration) -> Result<String, ApiError> {
    Ok(provider.manifest().resolve_cloud(&integration.cloud, &integration.config)?.like)
}

/// Runs the assignments one after the other. One piece of work at a time in a company.
pub(crate) async fn run_all(
    app: &App,
    open: &OpenCompany,
    assignments: Vec<Assignment>,
    cause: Cause,
    progress: &ProgressSink,
) -> Result<Vec<RunReport>, ApiError> {
    let Ok(_working) = open.work.try_lock() else {
        return Err(ApiError::usage(
            "Something is being collected already.",
            "One collection runs at a time in a company.",
            "Wait until it ends, or cancel it.",
        )
        .coded("busy"));
    };
    let cancel = open.new_work();
    let mut reports = Vec::new();
    for assignment in assignments {
        if cancel.is_cancelled() && !reports.is_empty() {
            break;
        }
        reports.push(run_one(app, open, &assignment, cause, progress, &cancel).await?);
        open.keep_head().await?;
    }
    Ok(reports)
}

/// One run of one integration.
async fn run_one(
    app: &App,
    open: &OpenCompany,
    assignment: &Assignment,
    cause: Cause,
    progress: &ProgressSink,
    cancel: &CancellationToken,
) -> Result<RunReport, ApiError> {
    let integration = &assignment.integration;
    let provider = app.provider(&integration.provider)?;
    let cloud = like(provider, integration)?;
    let mut run = Run::begin(app, open, provider, &cloud, assignment, cause).await?;
    progress(Progress::Started {
        run_id: run.id.to_string(),
        integration_id: integration.id.to_string(),
        label: integration.label.clone(),
        datasets: u32::try_from(run.todo.len()).unwrap_or(u32::MAX),
    });
    let error = match sign_in(app, open, provider, integration, Some(run.id), cancel).await {
        Ok(signed_in) => {
            run.read(&signed_in, progress, cancel).await?;
            run.requests = Some(signed_in.http.stats().sent);
            signed_in.log.keep(&open.store).await?;
            cancel.is_cancelled().then(|| ApiError::from(ProviderError::cancelled()))
        }
        Err(error) if matches!(error.class.as_str(), "storage" | "vault" | "our_bug") => return Err(error),
        Err(error) => {
            run.none_collected(&error).await?;
            Some(error)
        }
    };
    let report = run.finish(error).await?;
    progress(Progress::Finished {
        run_id: report.run_id.clone(),
        integration_id: report.integration_id.clone(),
        state: report.state.clone(),
    });
    Ok(report)
}

struct Run<'a> {
    app: &'a App,
    open: &'a OpenCompany,
    provider: &'static dyn Provider,
    cloud: &'a str,
    integration: &'a Integration,
    cause: Cause,
    id: RunId,
    started_at: Timestamp,
    /// Datasets not attempted yet.
    todo: Vec<&'static Dataset>,
    /// Their ids, shrinking: a check is judged when the last of its datasets was attempted.
    waiting: BTreeSet<&'static str>,
    /// Everything the run was asked for, with what became of it.
    done: BTreeMap<&'static str, DatasetRun>,
    order: Vec<&'static str>,
    requests: Option<u64>,
}

impl<'a> Run<'a> {
    /// Begins a run, or continues one that was killed.
    async fn begin(
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
        let mut resumed = None;
        for killed in store::runs::unfinished(&mut tx).await? {
            if killed.integration_id != integration.id {
                continue;
            }
            let wanted: BTreeSet<&str> = assignment.datasets.iter().map(|dataset| dataset.id).collect();
            let same = killed.datasets.iter().map(String::as_str).collect::<BTreeSet<_>>() == wanted;
            if same && now.unix() - killed.started_at.unix() <= RESUME_WITHIN_S && resumed.is_none() {
                resumed = Some(killed);
            } else {
                let event = Event::RunFinished {
                    run_id: killed.id,
                    integration_id: integration.id,
                    state: RunState::Partial,
                    error: Some("The run was interrupted: the app was stopped while it ran.".to_owned()),
                };
                chain::record(&mut tx, now, &event).await?;
            }
        }
        let (id, started_at, kept) = match resumed {
            Some(killed) => {
                let kept = store::runs::datasets(&mut tx, killed.id).await?;
                (killed.id, killed.started_at, kept)
            }
            None => {
                let id = RunId::random();
                let event = Event::RunStarted {
                    run_id: id,
                    integration_id: integration.id,
                    trigger: cause.trigger,
                    scheduled_for: cause.scheduled_for,
                    datasets: assignment.datasets.iter().map(|dataset| dataset.id.to_owned()).collect(),
                };
                chain::record(&mut tx, now, &event).await?;
                (id, now, Vec::new())
            }
        };
        tx.commit().await?;
        let mut done = BTreeMap::new();
        for attempt in kept.iter().filter(|attempt| attempt.complete()) {
            if let Some(dataset) = assignment.datasets.iter().find(|dataset| dataset.id == attempt.dataset) {
                done.insert(dataset.id, crate::activity::dataset_run(attempt));
            }
        }
        let todo: Vec<&'static Dataset> =
            assignment.datasets.iter().copied().filter(|dataset| !done.contains_key(dataset.id)).collect();
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
            order: assignment.datasets.iter().map(|dataset| dataset.id).collect(),
            requests: None,
        })
    }

    /// Reads what is to be read, several datasets at a time, and keeps each as soon as it is whole.
    async fn read(
        &mut self,
        signed_in: &SignedIn,
        progress: &ProgressSink,
        cancel: &CancellationToken,
    ) -> Result<(), ApiError> {
        let todo = std::mem::take(&mut self.todo);
        let integration_id = self.integration.id.to_string();
        // Boxed: a closure's future would keep the whole run from being sent between threads.
        let reading: Vec<BoxFuture<'_, Option<Taken>>> =
            todo.into_iter().map(|dataset| take(dataset, signed_in, &integration_id, progress, cancel).boxed()).collect();
        let mut reading = futures::stream::iter(reading).buffer_unordered(DATASETS_AT_ONCE);
        while let Some(read) = reading.next().await {
            let Some((dataset, result, snapshot)) = read else { continue };
            let mut tx = self.open.store.begin().await?;
            let kept = match snapshot.transpose() {
                Ok(Some(snapshot)) => self.keep(&mut tx, dataset, snapshot, result.err()).await?,
                Ok(None) => {
                    let error = result.err().unwrap_or_else(ProviderError::cancelled);
                    self.keep_failure(&mut tx, dataset, error.reason()).await?
                }
                Err(error) => self.keep_failure(&mut tx, dataset, error.reason()).await?,
            };
            self.attempted(&mut tx, &[dataset.id]).await?;
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
        Ok(())
    }

    /// Keeps a snapshot and renews the evidence item.
    async fn keep(
        &self,
        tx: &mut Tx,
        dataset: &'static Dataset,
        (snapshot, bodies): (evidence::Snapshot, Vec<bytes::Bytes>),
        error: Option<ProviderError>,
    ) -> Result<DatasetRun, ApiError> {
        let now = self.app.now();
        let id = store::snapshots::put(tx, &snapshot, &bodies).await?;
        let partial = snapshot.completeness.reason.clone();
        let event = Event::DatasetCollected {
            run_id: self.id,
            integration_id: self.integration.id,
            dataset: dataset.id.to_owned(),
            snapshot: id,
            content_sha256: snapshot.content_sha256,
            rows: snapshot.rows,
            pages: snapshot.pages.len() as u64,
            partial: partial.clone(),
        };
        chain::record(tx, now, &event).await?;
        let changed = self.renew_item(tx, dataset, id, snapshot.content_sha256, error.is_none(), now).await?;
        let state = match (&partial, changed) {
            (Some(_), _) => "partial",
            (None, true) => "collected",
            (None, false) => "unchanged",
        };
        Ok(DatasetRun {
            id: dataset.id.to_owned(),
            state: state.to_owned(),
            reason: partial.map(|reason| reason_of(&reason)),
            rows: snapshot.rows,
            pages: snapshot.pages.len() as u64,
        })
    }

    /// A new revision when the content changed, else a confirmation. What was cut short by an error renews nothing
    /// that exists: it would look as if the company had changed.
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
            Some(item) if item.newest.content_sha256 == content_sha256 => Event::EvidenceConfirmed {
                evidence_id: item.id,
                revision: item.newest.revision,
                run_id: self.id,
                snapshot,
            },
            Some(_) if !read_to_the_end => return Ok(true),
            item => Event::EvidenceRevised {
                evidence_id: item.as_ref().map_or_else(EvidenceId::random, |item| item.id),
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

    async fn keep_failure(&self, tx: &mut Tx, dataset: &'static Dataset, reason: Reason) -> Result<DatasetRun, ApiError> {
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
            reason: Some(reason_of(&reason)),
            rows: 0,
            pages: 0,
        })
    }

    /// Judges the checks whose last dataset of this run was just attempted.
    async fn attempted(&mut self, tx: &mut Tx, datasets: &[&'static str]) -> Result<(), ApiError> {
        for id in datasets {
            self.waiting.remove(id);
        }
        let just = datasets.iter().copied().collect();
        let due: Vec<_> = touched(self.provider, self.cloud, &just)
            .into_iter()
            .filter(|check| !check.datasets.iter().any(|id| self.waiting.contains(id)))
            .collect();
        judge_and_record(tx, self.provider, self.integration, self.cloud, &due, self.id, self.app.now()).await
    }

    /// Sign-in failed, or somebody else answered: every dataset of the run was attempted and failed.
    async fn none_collected(&mut self, error: &ApiError) -> Result<(), ApiError> {
        let reason = Reason::new(unknown_code(&error.class), format!("{} {}", error.what, error.why));
        let mut tx = self.open.store.begin().await?;
        let todo = std::mem::take(&mut self.todo);
        for dataset in &todo {
            let kept = self.keep_failure(&mut tx, dataset, reason.clone()).await?;
            self.done.insert(dataset.id, kept);
        }
        let ids: Vec<&'static str> = todo.iter().map(|dataset| dataset.id).collect();
        self.attempted(&mut tx, &ids).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends the run.
    async fn finish(mut self, error: Option<ApiError>) -> Result<RunReport, ApiError> {
        let mut datasets = Vec::new();
        for id in &self.order {
            datasets.push(self.done.remove(id).unwrap_or_else(|| DatasetRun {
                id: (*id).to_owned(),
                state: "not_reached".to_owned(),
                reason: None,
                rows: 0,
                pages: 0,
            }));
        }
        let cancelled = error.as_ref().is_some_and(|error| error.code == "cancelled");
        let missing = datasets.iter().filter(|run| matches!(run.state.as_str(), "failed" | "not_reached")).count();
        // A dataset that met its declared row cap is read as far as it ever is: that alone leaves nothing undone.
        let cut = |run: &DatasetRun| run.state == "partial" && run.reason.as_ref().is_none_or(|reason| reason.code != "partial");
        let state = if cancelled {
            RunState::Cancelled
        } else if missing == datasets.len() && missing > 0 {
            RunState::Failed
        } else if missing > 0 || datasets.iter().any(cut) {
            RunState::Partial
        } else {
            RunState::Done
        };
        let finished_at = self.app.now();
        let event = Event::RunFinished {
            run_id: self.id,
            integration_id: self.integration.id,
            state,
            error: error.as_ref().map(|error| format!("{} {}", error.what, error.why)),
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
        })
    }
}

/// A dataset as it came: what the session said, and the snapshot where anything was read.
type Taken = (
    &'static Dataset,
    Result<Completeness, ProviderError>,
    Option<Result<(evidence::Snapshot, Vec<bytes::Bytes>), ProviderError>>,
);

/// Reads one dataset; `None` when the work was cancelled before it began.
async fn take(
    dataset: &'static Dataset,
    signed_in: &SignedIn,
    integration_id: &str,
    progress: &ProgressSink,
    cancel: &CancellationToken,
) -> Option<Taken> {
    if cancel.is_cancelled() {
        return None;
    }
    let told = |rows, pages| {
        progress(Progress::Reading {
            integration_id: integration_id.to_owned(),
            dataset: dataset.id.to_owned(),
            title: dataset.title.to_owned(),
            rows,
            pages,
        });
    };
    told(0, 0);
    let mut intake = Intake::new(dataset, &told);
    let result = guarded(cancel, signed_in.session.collect(dataset, &mut intake)).await;
    let snapshot = match (&result, intake.is_empty()) {
        (Ok(completeness), _) => Some(intake.finish(signed_in.stamp.clone(), completeness.clone())),
        // What was read before a failure shows failing resources, though never that there are none.
        (Err(error), false) if error.class != provider_kit::ErrorClass::Cancelled => {
            Some(intake.finish(signed_in.stamp.clone(), Completeness::partial(error.reason())))
        }
        (Err(_), _) => None,
    };
    Some((dataset, result, snapshot))
}

pub(crate) fn reason_of(reason: &Reason) -> DatasetReason {
    DatasetReason { code: word(&reason.code), detail: reason.detail.clone() }
}

/// The reason that findings carry for a class of error.
fn unknown_code(class: &str) -> UnknownCode {
    match class {
        "authentication" | "configuration" | "usage" => UnknownCode::SignInRefused,
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
