//! A connection that is closed when it is dropped, not some time later.
//!
//! Each connection of sqlx has a thread that closes the file after the connection was dropped, without anybody
//! waiting for it. When the process ends meanwhile, SQLCipher and OpenSSL tidy up under that thread's feet and the
//! process ends with a memory fault instead of its exit code. So the drop waits.

use crate::Result;
use sqlx::{Connection as _, SqliteConnection};
use std::ops::{Deref, DerefMut};

/// An open connection.
pub(crate) struct Guarded(Option<SqliteConnection>);

impl Guarded {
    pub(crate) const fn new(connection: SqliteConnection) -> Self {
        Self(Some(connection))
    }

    /// Closes it and says what closing says.
    pub(crate) async fn close(mut self) -> Result<()> {
        if let Some(connection) = self.0.take() {
            connection.close().await?;
        }
        Ok(())
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let Some(connection) = self.0.take() else {
            return;
        };
        // A thread of its own: this one may be inside an executor, and those don't nest.
        let closing = std::thread::Builder::new()
            .spawn(move || futures::executor::block_on(connection.close()));
        if let Ok(closing) = closing {
            // Nobody is left to be told what closing says; what was committed is safe either way.
            let _ = closing.join();
        }
    }
}

impl Deref for Guarded {
    type Target = SqliteConnection;

    #[expect(
        clippy::expect_used,
        reason = "made with a connection that only close() and drop() remove"
    )]
    fn deref(&self) -> &SqliteConnection {
        self.0.as_ref().expect("an open connection")
    }
}

impl DerefMut for Guarded {
    #[expect(
        clippy::expect_used,
        reason = "made with a connection that only close() and drop() remove"
    )]
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.0.as_mut().expect("an open connection")
    }
}
