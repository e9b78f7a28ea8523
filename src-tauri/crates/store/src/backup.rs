//! Verified copies of the database: a plain copy of a file in WAL mode is not one.

use crate::{
    Result, Store, StoreError, files,
    open::{Mode, Opener},
    verify,
};
use sqlx::{Executor as _, SqliteConnection};
use std::path::Path;

/// What to do with a copy that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// Refuse.
    Keep,
    /// Replace it, once the new copy is verified.
    Replace,
}

impl Store {
    /// Writes a copy of the database, under the same key, to `target`. It is read back and verified page by page
    /// before it gets its name.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when `target` exists; otherwise what the disk says. No partial copy is left.
    pub async fn copy_to(&self, target: &Path) -> Result<()> {
        let (mut reader, _) = self.opener().connect_to_read().await?;
        // The vault's own file stays open for reading only; the copy is another file.
        reader.execute("PRAGMA query_only = OFF").await?;
        let done = copy(self.opener(), &mut reader, target, Existing::Keep).await;
        reader.close().await?;
        done
    }
}

/// As [`Store::copy_to`], through an open connection.
pub(crate) async fn copy(
    opener: &Opener,
    connection: &mut SqliteConnection,
    target: &Path,
    existing: Existing,
) -> Result<()> {
    if existing == Existing::Keep && target.exists() {
        return Err(StoreError::Exists {
            what: "the copy".to_owned(),
        });
    }
    let mut partial = target.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    files::remove(partial)?;
    let done = copy_and_check(opener, connection, partial)
        .await
        .and_then(|()| Ok(std::fs::rename(partial, target)?));
    if done.is_err() {
        // The first error is the one to report; a leftover is removed by the next copy.
        let _ = files::remove(partial);
        return done;
    }
    files::sync_folder(target)
}

async fn copy_and_check(
    opener: &Opener,
    connection: &mut SqliteConnection,
    partial: &Path,
) -> Result<()> {
    let name = partial
        .to_str()
        .ok_or_else(|| StoreError::refused("The copy's path is not plain text."))?;
    let entries = count(connection).await?;
    // The engine writes into an empty file that is there; this one is its owner's alone from the start.
    files::reserve(partial)?;
    sqlx::query("VACUUM INTO ?1")
        .bind(name)
        .execute(&mut *connection)
        .await?;
    std::fs::File::open(partial)?.sync_all()?;
    let mut copied = opener
        .at(partial.to_owned())
        .connect(Mode::Immutable)
        .await?;
    let mut problems = verify::pages(&mut copied).await?;
    if count(&mut copied).await? < entries {
        problems.push(verify::Problem::new("the copy is incomplete", "entries"));
    }
    copied.close().await?;
    match problems.first() {
        None => Ok(()),
        Some(problem) => Err(StoreError::damaged(format!(
            "the copy does not verify: {}",
            problem.what
        ))),
    }
}

async fn count(connection: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM entries")
        .fetch_one(connection)
        .await?)
}
