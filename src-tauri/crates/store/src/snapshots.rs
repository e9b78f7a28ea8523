//! Snapshots: what was asked, who answered, and which pages came back.

use crate::{
    Result, StoreError, Tx, blobs,
    blobs::{Blob, Prepared},
};
use evidence::{Digest, Snapshot, canonical_json};
use sqlx::SqliteConnection;

/// Keeps a snapshot and its pages (decoded body bytes, in the snapshot's order); equal ones are kept once. Returns
/// the snapshot's id.
///
/// # Errors
/// As [`put_prepared`].
pub async fn put<B: AsRef<[u8]>>(tx: &mut Tx, snapshot: &Snapshot, pages: &[B]) -> Result<Digest> {
    let prepared: Result<Vec<Prepared>> = pages
        .iter()
        .map(|page| Prepared::new(page.as_ref()))
        .collect();
    put_prepared(tx, snapshot, &prepared?).await
}

/// As [`put`], of pages that were compressed as they came.
///
/// # Errors
/// [`StoreError::Refused`] when the pages are not those the snapshot names; otherwise what the database says.
pub async fn put_prepared(tx: &mut Tx, snapshot: &Snapshot, pages: &[Prepared]) -> Result<Digest> {
    tx.check()?;
    let kept = keep(tx, snapshot, pages).await;
    tx.note(kept)
}

async fn keep(tx: &mut Tx, snapshot: &Snapshot, pages: &[Prepared]) -> Result<Digest> {
    if snapshot.pages.len() != pages.len() {
        return Err(StoreError::refused(
            "A snapshot must come with exactly its own pages.",
        ));
    }
    let bytes = canonical_json(snapshot)?;
    let id = Digest::of(&bytes);
    let name = id.to_string();
    for (page, content) in snapshot.pages.iter().zip(pages) {
        if page.bytes != content.length() || page.page_sha256 != content.digest() {
            return Err(StoreError::refused(
                "A page is not the one its snapshot names.",
            ));
        }
        blobs::put(tx, content).await?;
    }
    sqlx::query("INSERT INTO snapshots (id, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        .bind(name)
        .bind(bytes)
        .execute(&mut **tx)
        .await?;
    Ok(id)
}

/// Whether a snapshot is kept.
///
/// # Errors
/// What the database says.
pub async fn exists(connection: &mut SqliteConnection, id: Digest) -> Result<bool> {
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM snapshots WHERE id = ?1)")
            .bind(id.to_string())
            .fetch_one(connection)
            .await?,
    )
}

/// One snapshot, checked against its id.
///
/// # Errors
/// [`StoreError::Missing`] when there is none, [`StoreError::Damaged`] when it is not what was stored.
pub async fn get(connection: &mut SqliteConnection, id: Digest) -> Result<Snapshot> {
    let bytes: Vec<u8> = sqlx::query_scalar("SELECT bytes FROM snapshots WHERE id = ?1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?
        .ok_or_else(|| StoreError::missing("The snapshot"))?;
    if Digest::of(&bytes) != id {
        return Err(StoreError::damaged("a snapshot does not have its id"));
    }
    serde_json::from_slice(&bytes).map_err(|_| StoreError::damaged("a snapshot can't be read"))
}

/// The pages of a snapshot in order, still compressed, so that they can be opened one at a time. For very large
/// snapshots, take the digests from [`get`] and fetch each with [`blobs::get`].
///
/// # Errors
/// As [`get`]; [`StoreError::Damaged`] when a page is not kept.
pub async fn pages(connection: &mut SqliteConnection, id: Digest) -> Result<Vec<Blob>> {
    let snapshot = get(&mut *connection, id).await?;
    let mut pages = Vec::with_capacity(snapshot.pages.len());
    for page in &snapshot.pages {
        let blob = blobs::get(&mut *connection, page.page_sha256)
            .await
            .map_err(|error| match error {
                StoreError::Missing { .. } => {
                    StoreError::damaged("a page of a snapshot is missing")
                }
                other => other,
            })?;
        pages.push(blob);
    }
    Ok(pages)
}
