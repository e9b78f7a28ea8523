//! Runs, outbound requests, the schedule: what the app did and will do.

use crate::{
    App,
    api::{Activity, ApiError, DatasetRun, Nothing, OutboundRequest, RunReport},
    providers::word,
    run::reason_of,
    schedule,
};
use store::{Connection, datasets::Attempt, runs::Run};

const RUNS: u32 = 100;
const REQUESTS: u32 = 500;

/// The newest runs and requests of the open company.
pub async fn get(app: &App, _: Nothing) -> Result<Activity, ApiError> {
    let open = app.company()?;
    let working = open.is_working();
    let mut reader = open.store.read().await?;
    let mut runs = Vec::new();
    for run in store::runs::list(&mut reader, None, RUNS).await? {
        let label = store::integrations::get(&mut reader, run.integration_id)
            .await?
            .label;
        runs.push(run_report(&mut reader, &run, &label, working).await?);
    }
    let requests = store::request_log::list(&mut reader, None, REQUESTS)
        .await?
        .into_iter()
        .map(|logged| OutboundRequest {
            at: logged.at.to_string(),
            method: logged.request.method,
            host: logged.request.host,
            path: logged.request.path,
            status: logged.status,
        })
        .collect();
    drop(reader);
    Ok(Activity {
        runs,
        requests,
        schedule: schedule::get(app, &open).await?,
    })
}

/// A stored run as people see it. Without an end it is running only while this process is at work.
pub(crate) async fn run_report(
    connection: &mut Connection,
    run: &Run,
    label: &str,
    working: bool,
) -> Result<RunReport, ApiError> {
    let attempts = store::runs::datasets(connection, run.id).await?;
    let datasets = run
        .datasets
        .iter()
        .map(
            |id| match attempts.iter().rev().find(|attempt| attempt.dataset == *id) {
                Some(attempt) => dataset_run(attempt),
                None => DatasetRun {
                    id: id.clone(),
                    state: "never".to_owned(),
                    unchanged: false,
                    reason: None,
                    rows: 0,
                    pages: 0,
                    confirmed: 0,
                },
            },
        )
        .collect();
    let state = match &run.state {
        Some(state) => word(state),
        None if working => "running".to_owned(),
        None => "interrupted".to_owned(),
    };
    Ok(RunReport {
        run_id: run.id.to_string(),
        integration_id: run.integration_id.to_string(),
        label: label.to_owned(),
        state,
        trigger: word(&run.trigger),
        scheduled_for: run.scheduled_for.map(|at| at.to_string()),
        started_at: run.started_at.to_string(),
        finished_at: run.finished_at.map(|at| at.to_string()),
        error: run.error.as_ref().map(|text| ApiError {
            code: "run_failed".to_owned(),
            class: "service_outage".to_owned(),
            what: text.clone(),
            why: String::new(),
            fix: "Test the connection to see what to do.".to_owned(),
            detail: None,
            field: None,
        }),
        datasets,
        requests: None,
        bytes: None,
    })
}

/// What became of one dataset of a run.
pub(crate) fn dataset_run(attempt: &Attempt) -> DatasetRun {
    let (rows, pages, confirmed) = attempt
        .collected
        .as_ref()
        .map_or((0, 0, 0), |one| (one.rows, one.pages, one.confirmed));
    let state = match (&attempt.collected, &attempt.reason) {
        (None, _) => "failed",
        (Some(_), Some(_)) => "partial",
        (Some(_), None) => "current",
    };
    DatasetRun {
        id: attempt.dataset.clone(),
        state: state.to_owned(),
        // Told by the sync itself; the chain's confirmations hold it afterwards.
        unchanged: false,
        reason: attempt.reason.as_ref().map(reason_of),
        rows,
        pages,
        confirmed,
    }
}
