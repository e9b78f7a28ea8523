//! The file itself: every page's authentication code, and the structure of its trees.

use super::Problem;
use crate::{Access, Result, Store};
use sqlx::{Row as _, SqliteConnection};

/// Checks the pages of an open vault. With a writer, through it, so that no checkpoint moves pages meanwhile.
pub(super) async fn of_store(store: &Store) -> Result<Vec<Problem>> {
    if store.access() == Access::ReadWrite {
        let mut writer = store.writer().await?;
        return pages(writer.ready(store.opener()).await?).await;
    }
    let mut reader = store.read().await?;
    let first = pages(&mut reader).await?;
    if first.is_empty() {
        return Ok(first);
    }
    // Beside a writing process a page can be caught half-written by the raw reading below. Damage stays.
    let second = pages(&mut reader).await?;
    Ok(first
        .into_iter()
        .filter(|problem| second.contains(problem))
        .collect())
}

/// Checks the pages of one connection's file, reading every row of every answer.
pub(crate) async fn pages(connection: &mut SqliteConnection) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for (pragma, name) in [
        ("PRAGMA cipher_integrity_check", "page"),
        ("PRAGMA integrity_check", "structure"),
    ] {
        match sqlx::query(pragma).fetch_all(&mut *connection).await {
            Ok(rows) => {
                for row in rows {
                    let text: String = row.try_get(0)?;
                    if text != "ok" {
                        problems.push(Problem::new(
                            format!("the database file is damaged: {text}"),
                            name,
                        ));
                    }
                }
            }
            Err(error) => problems.push(Problem::new(
                crate::StoreError::from(error).to_string(),
                name,
            )),
        }
    }
    Ok(problems)
}
