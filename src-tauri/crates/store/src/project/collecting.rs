//! Runs, datasets, findings and evidence revisions.

use super::{Place, one};
use crate::{
    ConfirmedFinding, Event, Result, RunState, StoreError,
    row::{to_column, to_json, to_word},
};
use evidence::{Digest, EvidenceId, Finding, IntegrationId, Reason, RunId};
use sqlx::SqliteConnection;

pub(super) async fn project(
    connection: &mut SqliteConnection,
    place: &Place,
    event: &Event,
) -> Result<()> {
    match event {
        Event::RunStarted {
            run_id,
            integration_id,
            trigger,
            scheduled_for,
            datasets,
        } => {
            sqlx::query(
                "INSERT INTO runs (id, seq, integration_id, started_by, scheduled_for, datasets, started_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .bind(run_id.to_string())
            .bind(place.seq)
            .bind(integration_id.to_string())
            .bind(to_word(trigger)?)
            .bind(scheduled_for.map(|at| at.to_string()))
            .bind(to_json(datasets)?)
            .bind(&place.at)
            .execute(connection)
            .await?;
            Ok(())
        }
        Event::RunFinished {
            run_id,
            integration_id,
            state,
            error,
        } => {
            finish(
                connection,
                place,
                *run_id,
                *integration_id,
                *state,
                error.as_deref(),
            )
            .await
        }
        Event::DatasetCollected {
            run_id,
            integration_id,
            dataset,
            snapshot,
            content_sha256,
            rows,
            pages,
            partial,
            confirmed,
        } => {
            let attempt = Attempt {
                run: *run_id,
                integration: *integration_id,
                dataset,
                snapshot: Some((*snapshot, *content_sha256)),
                rows: *rows,
                pages: *pages,
                confirmed: *confirmed,
                reason: partial.as_ref(),
            };
            attempt.insert(connection, place).await
        }
        Event::DatasetFailed {
            run_id,
            integration_id,
            dataset,
            reason,
        } => {
            let attempt = Attempt {
                run: *run_id,
                integration: *integration_id,
                dataset,
                snapshot: None,
                rows: 0,
                pages: 0,
                confirmed: 0,
                reason: Some(reason),
            };
            attempt.insert(connection, place).await
        }
        Event::FindingRecorded { run_id, finding } => {
            record(connection, place, *run_id, finding).await
        }
        Event::FindingsConfirmed {
            run_id,
            integration_id,
            findings,
        } => {
            for finding in findings {
                confirm(connection, place, *run_id, *integration_id, finding).await?;
            }
            Ok(())
        }
        Event::EvidenceRevised {
            evidence_id,
            integration_id,
            dataset,
            revision,
            run_id,
            snapshot,
            content_sha256,
        } => {
            revise(
                connection,
                place,
                *evidence_id,
                *integration_id,
                dataset,
                *revision,
            )
            .await?;
            sqlx::query(
                "INSERT INTO evidence_revisions
                 (evidence_id, revision, seq, run_id, snapshot, content_sha256, collected_at, review)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'to_review')",
            )
            .bind(evidence_id.to_string())
            .bind(revision)
            .bind(place.seq)
            .bind(run_id.to_string())
            .bind(snapshot.to_string())
            .bind(content_sha256.to_string())
            .bind(&place.at)
            .execute(connection)
            .await?;
            Ok(())
        }
        Event::EvidenceConfirmed {
            evidence_id,
            revision,
            run_id,
            snapshot,
        } => {
            let changed = sqlx::query(
                "UPDATE evidence_revisions SET confirmed_at = ?3, confirmed_run = ?4, confirmed_snapshot = ?5
                 WHERE evidence_id = ?1 AND revision = ?2
                 AND revision = (SELECT revision FROM evidence_items WHERE id = ?1)",
            )
            .bind(evidence_id.to_string())
            .bind(revision)
            .bind(&place.at)
            .bind(run_id.to_string())
            .bind(snapshot.to_string())
            .execute(connection)
            .await?;
            one(&changed, "newest evidence revision")
        }
        _ => Ok(()),
    }
}

async fn finish(
    connection: &mut SqliteConnection,
    place: &Place,
    run: RunId,
    integration: IntegrationId,
    state: RunState,
    error: Option<&str>,
) -> Result<()> {
    let finished = sqlx::query(
        "UPDATE runs SET finished_at = ?3, state = ?4, error = ?5
         WHERE id = ?1 AND integration_id = ?2 AND finished_at IS NULL",
    )
    .bind(run.to_string())
    .bind(integration.to_string())
    .bind(&place.at)
    .bind(to_word(&state)?)
    .bind(error)
    .execute(&mut *connection)
    .await?;
    one(&finished, "unfinished run")?;
    // A connection removed during its run stays removed. A run that somebody stopped says nothing about it.
    if state == RunState::Cancelled {
        return Ok(());
    }
    let collected = state != RunState::Failed;
    sqlx::query(
        "UPDATE integrations SET status = CASE WHEN ?2 THEN 'connected' ELSE 'error' END,
         last_sync_at = CASE WHEN ?2 THEN ?3 ELSE last_sync_at END, error_message = ?4, updated_at = ?3
         WHERE id = ?1 AND status <> 'disconnected'",
    )
    .bind(integration.to_string())
    .bind(collected)
    .bind(&place.at)
    .bind(error)
    .execute(connection)
    .await?;
    Ok(())
}

struct Attempt<'a> {
    run: RunId,
    integration: IntegrationId,
    dataset: &'a str,
    snapshot: Option<(Digest, Digest)>,
    rows: u64,
    pages: u64,
    confirmed: u64,
    reason: Option<&'a Reason>,
}

impl Attempt<'_> {
    async fn insert(&self, connection: &mut SqliteConnection, place: &Place) -> Result<()> {
        let integration = self.integration.to_string();
        sqlx::query(
            "INSERT INTO dataset_attempts (seq, run_id, integration_id, dataset, at, snapshot, content_sha256,
             row_count, page_count, reason, confirmed_pages)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )
        .bind(place.seq)
        .bind(self.run.to_string())
        .bind(&integration)
        .bind(self.dataset)
        .bind(&place.at)
        .bind(self.snapshot.map(|(id, _)| id.to_string()))
        .bind(self.snapshot.map(|(_, content)| content.to_string()))
        .bind(to_column(self.rows)?)
        .bind(to_column(self.pages)?)
        .bind(self.reason.map(to_json).transpose()?)
        .bind(to_column(self.confirmed)?)
        .execute(&mut *connection)
        .await?;
        let success = self.snapshot.map(|_| place.seq);
        let complete = success.filter(|_| self.reason.is_none());
        sqlx::query(
            "INSERT INTO datasets (integration_id, dataset, attempt, success, complete) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET attempt = excluded.attempt, success = coalesce(excluded.success, success),
             complete = coalesce(excluded.complete, complete)",
        )
        .bind(&integration)
        .bind(self.dataset)
        .bind(place.seq)
        .bind(success)
        .bind(complete)
        .execute(connection)
        .await?;
        Ok(())
    }
}

async fn record(
    connection: &mut SqliteConnection,
    place: &Place,
    run: RunId,
    finding: &Finding,
) -> Result<()> {
    let integration = finding.integration_id.to_string();
    sqlx::query("UPDATE findings SET current = 0 WHERE integration_id = ?1 AND check_id = ?2 AND current = 1")
        .bind(&integration)
        .bind(&finding.check)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO findings (seq, run_id, integration_id, check_id, outcome, finding, recorded_at, current,
         collected_at, snapshots, last_known) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?9, ?10)",
    )
    .bind(place.seq)
    .bind(run.to_string())
    .bind(&integration)
    .bind(&finding.check)
    .bind(to_word(&finding.outcome)?)
    .bind(to_json(finding)?)
    .bind(&place.at)
    .bind(finding.collected_at.to_string())
    .bind(to_json(&finding.snapshots)?)
    .bind(finding.last_known.as_ref().map(to_json).transpose()?)
    .execute(connection)
    .await?;
    Ok(())
}

async fn confirm(
    connection: &mut SqliteConnection,
    place: &Place,
    run: RunId,
    integration: IntegrationId,
    finding: &ConfirmedFinding,
) -> Result<()> {
    let changed = sqlx::query(
        "UPDATE findings SET collected_at = ?3, snapshots = ?4, last_known = ?5, confirmed_at = ?6, confirmed_run = ?7
         WHERE integration_id = ?1 AND check_id = ?2 AND current = 1",
    )
    .bind(integration.to_string())
    .bind(&finding.check)
    .bind(finding.collected_at.to_string())
    .bind(to_json(&finding.snapshots)?)
    .bind(finding.last_known.as_ref().map(to_json).transpose()?)
    .bind(&place.at)
    .bind(run.to_string())
    .execute(connection)
    .await?;
    one(&changed, "finding")
}

/// Makes the item with its first revision, or moves it to its next one.
async fn revise(
    connection: &mut SqliteConnection,
    place: &Place,
    item: EvidenceId,
    integration: IntegrationId,
    dataset: &str,
    revision: u32,
) -> Result<()> {
    match revision {
        0 => Err(StoreError::refused(
            "The first revision of an evidence item is number 1.",
        )),
        1 => {
            sqlx::query(
                "INSERT INTO evidence_items (id, integration_id, dataset, revision, created_at)
                 VALUES (?1, ?2, ?3, 1, ?4)",
            )
            .bind(item.to_string())
            .bind(integration.to_string())
            .bind(dataset)
            .bind(&place.at)
            .execute(connection)
            .await?;
            Ok(())
        }
        _ => {
            let changed = sqlx::query(
                "UPDATE evidence_items SET revision = ?4
                 WHERE id = ?1 AND integration_id = ?2 AND dataset = ?3 AND revision = ?4 - 1",
            )
            .bind(item.to_string())
            .bind(integration.to_string())
            .bind(dataset)
            .bind(revision)
            .execute(connection)
            .await?;
            one(&changed, "evidence revision to follow")
        }
    }
}
