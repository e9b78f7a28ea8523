//! One open vault: its single writer, its readers and its transactions.

use crate::{
    Access, DATABASE_FILE, Result, StoreError, files,
    guarded::Guarded,
    open::{Mode, Opener},
    schema,
};
use sqlx::{Executor as _, SqliteConnection};
use std::{
    ops::{Deref, DerefMut},
    path::Path,
    sync::{Arc, Mutex as StdMutex, PoisonError},
};
use tokio::sync::{Mutex, OwnedMutexGuard};
use vault::Secret32;

/// A database that is being made.
const PARTIAL_FILE: &str = "vault.db.new";

/// Readers kept open for the next use.
const IDLE_READERS: usize = 4;

/// An open vault. Clones are the same vault.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    opener: Opener,
    /// How readers are opened here.
    reading: Mode,
    /// Before the writer, so that the writer closes last: the last one empties the log, which a reader can't.
    idle: StdMutex<Vec<Guarded>>,
    /// `None` when opened for reading.
    writer: Option<Arc<Mutex<Writer>>>,
}

/// The one connection that writes.
pub(crate) struct Writer {
    /// `None` after a failure of the disk: such a connection is closed, never trusted again, and opened anew.
    connection: Option<Guarded>,
    /// A transaction was dropped without a commit and is still open.
    unfinished: bool,
}

impl Store {
    /// Makes the database of a new vault in `dir`, readable by its owner alone.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is one; nothing is changed then.
    pub async fn create(dir: &Path, key: &Secret32) -> Result<Self> {
        let path = dir.join(DATABASE_FILE);
        if path.exists() {
            return Err(StoreError::Exists {
                what: "the vault's database".to_owned(),
            });
        }
        // Made under another name: a file with the right name is a whole vault, whenever the process is killed.
        let partial = dir.join(PARTIAL_FILE);
        for suffix in ["", "-wal", "-shm"] {
            files::remove(&dir.join(format!("{PARTIAL_FILE}{suffix}")))?;
        }
        files::reserve(&partial)?;
        let opener = Opener::new(path, key);
        let mut made = opener
            .at(partial.clone())
            .connect(Mode::Writer { create: false })
            .await?;
        schema::migrate(&mut made).await?;
        made.close().await?;
        std::fs::rename(&partial, opener.path())?;
        files::sync_folder(opener.path())?;
        let connection = opener.connect(Mode::Writer { create: false }).await?;
        Ok(Self::with(opener, Some(connection), Mode::Reader))
    }

    /// Opens the database in `dir`. For writing, older layouts are migrated (a verified copy is made first) and the
    /// caller must hold the vault's lock.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without a file, [`StoreError::NewerVault`] without touching it,
    /// [`StoreError::WrongKeyOrDamaged`] and [`StoreError::Damaged`] when it can't be what it should be.
    pub async fn open(dir: &Path, key: &Secret32, access: Access) -> Result<Self> {
        let opener = Opener::new(dir.join(DATABASE_FILE), key);
        if std::fs::metadata(opener.path())?.len() == 0 {
            // An empty file opens with every key as a new, empty database.
            return Err(StoreError::damaged("the file is empty"));
        }
        match access {
            Access::ReadOnly => {
                let (mut connection, reading) = opener.connect_to_read().await?;
                schema::check_readable(&mut connection).await?;
                let store = Self::with(opener, None, reading);
                store.put_back(connection);
                Ok(store)
            }
            Access::ReadWrite => {
                // The caller holds the lock, so a file without a log can be looked at without a trace.
                let mode = if opener.has_log() {
                    Mode::Reader
                } else {
                    Mode::Immutable
                };
                let mut probe = opener.connect(mode).await?;
                let found = schema::check(&mut probe).await?;
                probe.close().await?;
                let mut connection = opener.connect(Mode::Writer { create: false }).await?;
                schema::upgrade(&opener, &mut connection, found).await?;
                Ok(Self::with(opener, Some(connection), Mode::Reader))
            }
        }
    }

    fn with(opener: Opener, writer: Option<Guarded>, reading: Mode) -> Self {
        let writer = writer.map(|connection| {
            Arc::new(Mutex::new(Writer {
                connection: Some(connection),
                unfinished: false,
            }))
        });
        Self(Arc::new(Inner {
            opener,
            writer,
            reading,
            idle: StdMutex::default(),
        }))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.opener.path()
    }

    /// What it was opened for.
    #[must_use]
    pub fn access(&self) -> Access {
        if self.0.writer.is_some() {
            Access::ReadWrite
        } else {
            Access::ReadOnly
        }
    }

    /// Begins a writing transaction; waits for the one before. Dropped without [`Tx::commit`], it leaves nothing.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] when opened for reading, [`StoreError::Busy`], and what the disk says.
    pub async fn begin(&self) -> Result<Tx> {
        let mut writer = self.writer().await?;
        writer.ready(&self.0.opener).await?;
        // Before the statement: this future can be dropped while it runs.
        writer.unfinished = true;
        let mut tx = Tx {
            writer,
            broken: false,
        };
        tx.execute("BEGIN IMMEDIATE").await?;
        Ok(tx)
    }

    pub(crate) async fn writer(&self) -> Result<OwnedMutexGuard<Writer>> {
        let writer = self.0.writer.as_ref().ok_or(StoreError::ReadOnly)?;
        Ok(Arc::clone(writer).lock_owned().await)
    }

    pub(crate) fn opener(&self) -> &Opener {
        &self.0.opener
    }

    /// A connection that reads what is committed, statement by statement.
    ///
    /// # Errors
    /// What opening the file says.
    pub async fn read(&self) -> Result<Reader> {
        let idle = self
            .0
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.0.opener.connect(self.0.reading).await?,
        };
        Ok(Reader {
            connection: Some(connection),
            store: self.clone(),
            frozen: false,
        })
    }

    /// A connection that sees one moment's state for as long as it lives.
    ///
    /// # Errors
    /// What opening the file says.
    pub async fn snapshot(&self) -> Result<Reader> {
        let mut reader = self.read().await?;
        reader.frozen = true;
        reader.execute("BEGIN DEFERRED").await?;
        // The moment is taken by the first read.
        let _: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema")
            .fetch_one(&mut *reader)
            .await?;
        Ok(reader)
    }

    fn put_back(&self, connection: Guarded) {
        let mut idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.push(connection);
        }
    }

    /// Closes every connection of this vault that is not in use, and the writer, which empties the write-ahead log.
    ///
    /// # Errors
    /// What the disk says. Committed data is safe either way.
    pub async fn close(self) -> Result<()> {
        let idle = std::mem::take(&mut *self.0.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in idle {
            connection.close().await?;
        }
        if self.0.writer.is_some()
            && let Some(connection) = self.writer().await?.connection.take()
        {
            connection.close().await?;
        }
        Ok(())
    }
}

impl Writer {
    /// The connection, opened anew or rolled back where that is due.
    pub(crate) async fn ready(&mut self, opener: &Opener) -> Result<&mut SqliteConnection> {
        if self.unfinished
            && let Some(connection) = self.connection.as_mut()
        {
            // The engine may have rolled back by itself (a full disk does that): nothing to roll back is code 1.
            match connection
                .execute("ROLLBACK")
                .await
                .map_err(StoreError::from)
            {
                Ok(_) | Err(StoreError::Query { code: 1 }) => {}
                Err(_) => self.give_up().await,
            }
        }
        self.unfinished = false;
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => opener.connect(Mode::Writer { create: false }).await?,
        };
        Ok(self.connection.insert(connection))
    }

    /// Closes a connection that can't be trusted any more, before another one is opened: never two at once.
    async fn give_up(&mut self) {
        if let Some(connection) = self.connection.take() {
            // It failed already; what closing says adds nothing.
            let _ = connection.close().await;
        }
    }
}

/// A writing transaction. After an error in a writing function it can only be dropped: the engine ends a transaction
/// by itself after some errors, and what followed would be kept without what went before.
pub struct Tx {
    writer: OwnedMutexGuard<Writer>,
    broken: bool,
}

impl Tx {
    /// Makes everything in it permanent: on return it is on the disk.
    ///
    /// # Errors
    /// Nothing of the transaction is kept then.
    pub async fn commit(mut self) -> Result<()> {
        self.check()?;
        match self.execute("COMMIT").await.map_err(StoreError::from) {
            Ok(_) => {
                self.writer.unfinished = false;
                Ok(())
            }
            Err(error) => {
                if matches!(error, StoreError::Io { .. }) {
                    // After a failed fsync nobody knows what is on the disk: read it again from there.
                    self.writer.give_up().await;
                }
                Err(error)
            }
        }
    }

    /// Refuses to go on after an error.
    pub(crate) fn check(&self) -> Result<()> {
        if self.broken {
            return Err(StoreError::refused(
                "An earlier step of this change failed, so all of it is undone.",
            ));
        }
        Ok(())
    }

    /// Remembers that a step failed.
    pub(crate) fn note<T>(&mut self, result: Result<T>) -> Result<T> {
        self.broken |= result.is_err();
        result
    }
}

impl Deref for Tx {
    type Target = SqliteConnection;

    #[expect(
        clippy::expect_used,
        reason = "begin() opened it and only commit(), which takes the Tx, removes it"
    )]
    fn deref(&self) -> &SqliteConnection {
        self.writer
            .connection
            .as_ref()
            .expect("a transaction has its connection")
    }
}

impl DerefMut for Tx {
    #[expect(
        clippy::expect_used,
        reason = "begin() opened it and only commit(), which takes the Tx, removes it"
    )]
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.writer
            .connection
            .as_mut()
            .expect("a transaction has its connection")
    }
}

/// A reading connection; it goes back to its store when dropped.
pub struct Reader {
    connection: Option<Guarded>,
    store: Store,
    /// Holds a moment's state: not for the next reader.
    frozen: bool,
}

impl Deref for Reader {
    type Target = SqliteConnection;

    #[expect(
        clippy::expect_used,
        reason = "made with a connection that only drop() removes"
    )]
    fn deref(&self) -> &SqliteConnection {
        self.connection
            .as_ref()
            .expect("a reader has its connection")
    }
}

impl DerefMut for Reader {
    #[expect(
        clippy::expect_used,
        reason = "made with a connection that only drop() removes"
    )]
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection
            .as_mut()
            .expect("a reader has its connection")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && !self.frozen
        {
            self.store.put_back(connection);
        }
    }
}
