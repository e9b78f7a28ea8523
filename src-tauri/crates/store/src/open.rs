//! The only place that opens a database file.
//!
//! sqlx prints the key in three ways unless it is kept from doing so: its options have a `Debug` that shows every
//! pragma, and its statement log and slow-statement log show the key pragma. Both logs are therefore off before the
//! first connect, and the options never leave this file.

use crate::{Result, StoreError, guarded::Guarded};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor as _, sqlite::SqliteConnectOptions};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use vault::Secret32;

/// The database's file name inside the company's folder.
pub const DATABASE_FILE: &str = "vault.db";

/// How long a statement waits for another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What a vault is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading and writing. The caller holds the vault's lock.
    ReadWrite,
    /// Reading only, also beside a writer.
    ReadOnly,
}

/// How one connection is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The one connection that writes; it alone checkpoints.
    Writer {
        /// Whether a missing file is made.
        create: bool,
    },
    /// Reads beside a writer; never writes, never checkpoints.
    Reader,
    /// Reads a file that nobody changes, without making the files that WAL needs.
    Immutable,
}

/// Where the database is and the key that opens it. No `Debug`: it holds the key.
pub(crate) struct Opener {
    path: PathBuf,
    key: Secret32,
}

impl Opener {
    pub(crate) fn new(path: PathBuf, key: &Secret32) -> Self {
        Self {
            path,
            key: Secret32::from_bytes(*key.expose()),
        }
    }

    /// The same key for another file.
    pub(crate) fn at(&self, path: PathBuf) -> Self {
        Self::new(path, &self.key)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a connection and reads the first page with it, so that a wrong key is met here.
    pub(crate) async fn connect(&self, mode: Mode) -> Result<Guarded> {
        // First of all: nothing of what follows may be logged.
        let options = quiet(SqliteConnectOptions::new()).filename(&self.path);
        let options = match mode {
            Mode::Writer { create } => options.create_if_missing(create),
            Mode::Reader => options.read_only(true),
            Mode::Immutable => options.read_only(true).immutable(true),
        };
        let mut connection = Guarded::new(hardened(options).connect().await?);
        // The key before anything that reads the file, in the form that skips key derivation: it is already 256
        // random bits. Not among the options: a connection that fails there is not waited for (see `guarded`).
        let key = AssertSqlSafe(format!(
            "PRAGMA key = \"x'{}'\"",
            self.key.expose_hex().as_str()
        ));
        connection.execute(key).await?;
        connection
            .execute(match mode {
                Mode::Writer { .. } => {
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON"
                }
                Mode::Reader | Mode::Immutable => {
                    "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0"
                }
            })
            .await?;
        connection.execute(COMMON).await?;
        let _: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema")
            .fetch_one(&mut *connection)
            .await?;
        Ok(connection)
    }

    /// Opens for reading in the way the file and its folder allow.
    pub(crate) async fn connect_to_read(&self) -> Result<(Guarded, Mode)> {
        match self.connect(Mode::Reader).await {
            Ok(connection) => Ok((connection, Mode::Reader)),
            // WAL mode wants two files beside the database. In a folder that can't be written they can't be made;
            // without a log to replay they are not needed, and nobody else can be writing here either.
            Err(StoreError::ReadOnly) if !self.has_log() => {
                Ok((self.connect(Mode::Immutable).await?, Mode::Immutable))
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a write-ahead log with content lies beside the file: the file alone is then not the whole truth.
    pub(crate) fn has_log(&self) -> bool {
        let mut name = self.path.clone().into_os_string();
        name.push("-wal");
        std::fs::metadata(name).is_ok_and(|log| log.len() > 0)
    }
}

/// A private database in memory, for making the projections again.
pub(crate) async fn connect_in_memory() -> Result<Guarded> {
    let options = quiet(SqliteConnectOptions::new()).in_memory(true);
    let mut connection = Guarded::new(hardened(options).connect().await?);
    connection.execute(COMMON).await?;
    Ok(connection)
}

/// Statement log and slow-statement log off.
fn quiet(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.disable_statement_logging()
}

/// What sqlx itself sets: neither reads the file, so both may come before the key.
fn hardened(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.busy_timeout(BUSY_TIMEOUT).foreign_keys(true)
}

/// What holds for every connection.
const COMMON: &str = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY";
