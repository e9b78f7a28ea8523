//! Evidence items, their revisions and reviews.

use crate::{
    Result, StoreError,
    row::{count, parsed, parsed_option, small, word},
};
use evidence::{Digest, EvidenceId, IntegrationId, Review, RunId, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

/// An item with its newest revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: EvidenceId,
    /// The connection.
    pub integration_id: IntegrationId,
    /// The dataset.
    pub dataset: String,
    /// When the item was made.
    pub created_at: Timestamp,
    /// Its newest revision.
    pub newest: Revision,
}

/// One revision: content that was different from the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The entry that records it.
    pub seq: u64,
    /// From 1.
    pub revision: u32,
    /// The run that collected it.
    pub run_id: RunId,
    /// The snapshot.
    pub snapshot: Digest,
    /// Digest of its records.
    pub content_sha256: Digest,
    /// When it was collected.
    pub collected_at: Timestamp,
    /// The last time the content was seen unchanged.
    pub confirmed: Option<Confirmation>,
    /// The newest review.
    pub review: Review,
    /// Who reviewed it.
    pub reviewed_by: Option<String>,
    /// When.
    pub reviewed_at: Option<Timestamp>,
    /// Why.
    pub review_why: Option<String>,
    /// Whether a newer revision exists.
    pub superseded: bool,
}

/// The content was seen unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// When.
    pub at: Timestamp,
    /// By which run.
    pub run_id: RunId,
    /// In which snapshot.
    pub snapshot: Digest,
}

/// Where a revision stands: its review, and what follows from newer revisions and from time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// Nobody has looked yet.
    ToReview,
    /// Good as evidence.
    Approved,
    /// Not good as evidence.
    Rejected,
    /// A newer revision exists.
    Superseded,
    /// It was approved too long ago.
    Expired,
}

impl Revision {
    /// Where it stands; approvals given before `expired_before` no longer count.
    #[must_use]
    pub fn state(&self, expired_before: Option<Timestamp>) -> ReviewState {
        if self.superseded {
            return ReviewState::Superseded;
        }
        match self.review {
            Review::ToReview => ReviewState::ToReview,
            Review::Rejected => ReviewState::Rejected,
            Review::Approved => match (self.reviewed_at, expired_before) {
                (Some(at), Some(limit)) if at < limit => ReviewState::Expired,
                _ => ReviewState::Approved,
            },
        }
    }

    /// The last time its content was seen.
    #[must_use]
    pub fn seen_at(&self) -> Timestamp {
        self.confirmed
            .map_or(self.collected_at, |confirmation| confirmation.at)
    }
}

/// One review ever given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewGiven {
    /// The entry that records it.
    pub seq: u64,
    /// The revision.
    pub revision: u32,
    /// The review.
    pub review: Review,
    /// Who.
    pub by: String,
    /// Why.
    pub why: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Which items to list. The default is every item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this connection.
    pub integration: Option<IntegrationId>,
    /// Of this dataset.
    pub dataset: Option<String>,
    /// Whose newest revision has this review.
    pub review: Option<Review>,
    /// Only of connections that were not removed.
    pub connected_only: bool,
}

const ITEMS: &str =
    "SELECT evidence_items.id, evidence_items.integration_id, evidence_items.dataset,
    evidence_items.created_at AS item_created_at, 0 AS superseded, evidence_revisions.*
    FROM evidence_items JOIN evidence_revisions
    ON evidence_id = evidence_items.id AND evidence_revisions.revision = evidence_items.revision
    JOIN integrations ON integrations.id = integration_id";

fn read_item(row: &SqliteRow) -> Result<Item> {
    Ok(Item {
        id: parsed(row, "evidence_id")?,
        integration_id: parsed(row, "integration_id")?,
        dataset: row.try_get("dataset")?,
        created_at: parsed(row, "item_created_at")?,
        newest: read_revision(row)?,
    })
}

fn read_revision(row: &SqliteRow) -> Result<Revision> {
    let confirmed_at: Option<Timestamp> = parsed_option(row, "confirmed_at")?;
    let confirmed = match confirmed_at {
        Some(at) => Some(Confirmation {
            at,
            run_id: parsed(row, "confirmed_run")?,
            snapshot: parsed(row, "confirmed_snapshot")?,
        }),
        None => None,
    };
    Ok(Revision {
        seq: count(row, "seq")?,
        revision: small(row, "revision")?,
        run_id: parsed(row, "run_id")?,
        snapshot: parsed(row, "snapshot")?,
        content_sha256: parsed(row, "content_sha256")?,
        collected_at: parsed(row, "collected_at")?,
        confirmed,
        review: word(row, "review")?,
        reviewed_by: row.try_get("reviewed_by")?,
        reviewed_at: parsed_option(row, "reviewed_at")?,
        review_why: row.try_get("review_why")?,
        superseded: row.try_get("superseded")?,
    })
}

/// The items that `filter` admits, by dataset and connection, each with its newest revision.
///
/// # Errors
/// What the database says.
pub async fn list(connection: &mut SqliteConnection, filter: &Filter) -> Result<Vec<Item>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{ITEMS} WHERE (?1 IS NULL OR integration_id = ?1) AND (?2 IS NULL OR evidence_items.dataset = ?2)
         AND (?3 IS NULL OR review = ?3) AND (NOT ?4 OR integrations.status <> 'disconnected')
         ORDER BY evidence_items.dataset, integration_id"
    ));
    sqlx::query(sql)
        .bind(filter.integration.map(|id| id.to_string()))
        .bind(filter.dataset.as_deref())
        .bind(
            filter
                .review
                .as_ref()
                .map(crate::row::to_word)
                .transpose()?,
        )
        .bind(filter.connected_only)
        .fetch_all(connection)
        .await?
        .iter()
        .map(read_item)
        .collect()
}

/// One item with its newest revision.
///
/// # Errors
/// [`StoreError::Missing`] when there is none.
pub async fn get(connection: &mut SqliteConnection, id: EvidenceId) -> Result<Item> {
    let sql = sqlx::AssertSqlSafe(format!("{ITEMS} WHERE evidence_items.id = ?1"));
    let row = sqlx::query(sql)
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    read_item(&row.ok_or_else(|| StoreError::missing("The evidence item"))?)
}

/// The item of one dataset of one connection; `None` before anything was collected.
///
/// # Errors
/// What the database says.
pub async fn of_dataset(
    connection: &mut SqliteConnection,
    integration: IntegrationId,
    dataset: &str,
) -> Result<Option<Item>> {
    let filter = Filter {
        integration: Some(integration),
        dataset: Some(dataset.to_owned()),
        ..Filter::default()
    };
    Ok(list(connection, &filter).await?.pop())
}

/// Every revision of an item, newest first.
///
/// # Errors
/// What the database says.
pub async fn revisions(connection: &mut SqliteConnection, id: EvidenceId) -> Result<Vec<Revision>> {
    sqlx::query(
        "SELECT *, revision < max(revision) OVER () AS superseded FROM evidence_revisions
         WHERE evidence_id = ?1 ORDER BY revision DESC",
    )
    .bind(id.to_string())
    .fetch_all(connection)
    .await?
    .iter()
    .map(read_revision)
    .collect()
}

/// Every review ever given to an item, oldest first.
///
/// # Errors
/// What the database says.
pub async fn reviews(
    connection: &mut SqliteConnection,
    id: EvidenceId,
) -> Result<Vec<ReviewGiven>> {
    sqlx::query("SELECT * FROM evidence_reviews WHERE evidence_id = ?1 ORDER BY seq")
        .bind(id.to_string())
        .fetch_all(connection)
        .await?
        .iter()
        .map(|row| {
            Ok(ReviewGiven {
                seq: count(row, "seq")?,
                revision: small(row, "revision")?,
                review: word(row, "review")?,
                by: row.try_get("by_name")?,
                why: row.try_get("why")?,
                at: parsed(row, "at")?,
            })
        })
        .collect()
}
