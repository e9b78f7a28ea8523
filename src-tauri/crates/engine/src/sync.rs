//! Syncing: which connections and datasets, one run of each connection after the other.

use crate::{
    App, OpenCompany, ProgressSink,
    api::{ApiError, Progress, RunReport, SyncIntegration, Synced},
    expiry,
    providers::datasets_in,
    run::Run,
    signing_in::sign_in,
};
use evidence::Timestamp;
use provider_kit::{Dataset, Provider, ProviderError};
use store::{
    Trigger,
    integrations::{Integration, IntegrationStatus},
};
use tokio_util::sync::CancellationToken;

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
    pub const PERSON: Self = Self {
        trigger: Trigger::Person,
        scheduled_for: None,
    };
}

/// What to read of an integration.
pub(crate) struct Assignment {
    pub integration: Integration,
    pub datasets: Vec<&'static Dataset>,
}

/// Syncs the named connections, or all.
pub async fn sync(
    app: &App,
    request: SyncIntegration,
    progress: &ProgressSink,
) -> Result<Synced, ApiError> {
    let open = app.company()?;
    let integrations = named(&open, &request.ids).await?;
    let mut assignments = Vec::new();
    for integration in integrations {
        if integration.status == IntegrationStatus::Disconnected {
            return Err(removed(&integration));
        }
        let provider = app.provider(&integration.provider)?;
        let datasets = datasets_in(provider, &like(provider, &integration)?).collect();
        assignments.push(Assignment {
            integration,
            datasets,
        });
    }
    let runs = run_all(app, &open, assignments, Cause::PERSON, progress).await?;
    Ok(Synced { runs })
}

/// The connections with these ids or labels; all for none.
pub(crate) async fn named(
    open: &OpenCompany,
    names: &[String],
) -> Result<Vec<Integration>, ApiError> {
    let mut reader = open.store.read().await?;
    if names.is_empty() {
        return Ok(store::integrations::list(&mut reader, false).await?);
    }
    let mut found = Vec::new();
    for name in names {
        let integration = store::integrations::find(&mut reader, name).await?;
        // An id and a label can name the same one.
        if found
            .iter()
            .all(|known: &Integration| known.id != integration.id)
        {
            found.push(integration);
        }
    }
    Ok(found)
}

/// The cloud whose checks and datasets hold for an integration: for a custom endpoint the one it is like.
pub(crate) fn like(provider: &dyn Provider, integration: &Integration) -> Result<String, ApiError> {
    Ok(provider
        .manifest()
        .resolve_cloud(&integration.cloud, &integration.config)?
        .like)
}

/// Runs the assignments one after the other. One piece of work at a time in a company.
pub(crate) async fn run_all(
    app: &App,
    open: &OpenCompany,
    assignments: Vec<Assignment>,
    cause: Cause,
    progress: &ProgressSink,
) -> Result<Vec<RunReport>, ApiError> {
    let _working = open.begin_work()?;
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

/// A removed connection has no credentials, and its evidence stands as it was left.
pub(crate) fn removed(integration: &Integration) -> ApiError {
    ApiError::usage(
        "Nothing was collected.",
        format!(
            "\"{}\" was removed; its credentials were destroyed then.",
            integration.label
        ),
        "Connect the service again.",
    )
    .coded("disconnected")
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
            let stats = signed_in.http.stats();
            (run.requests, run.bytes) = (Some(stats.sent), Some(stats.bytes));
            signed_in.log.keep(&open.store).await?;
            let ends = signed_in.session.expiry().await;
            expiry::remember(open, integration.id, ends.as_ref()).await?;
            cancel
                .is_cancelled()
                .then(|| ApiError::from(ProviderError::cancelled()))
        }
        // Nothing was asked for: what is known stays as it is.
        Err(error) if error.class == "cancelled" => {
            // A continued run may have kept something before: its checks are judged when the run ends.
            run.judge_waiting().await?;
            Some(error)
        }
        // The vault itself can't be used: nothing can be recorded either.
        Err(error) if error.class == "storage" => return Err(error),
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
