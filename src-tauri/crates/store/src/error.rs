//! What can go wrong with the database, without a word of SQL and without a key.

use vault::Explanation;

/// The result of a database operation.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why the database could not do what was asked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The first page does not open with this key: another key, or a damaged first page. SQLCipher can't tell which.
    #[error("the vault's database does not open with this key, or its beginning is damaged")]
    WrongKeyOrDamaged,
    /// The content contradicts itself.
    #[error("the vault's database is damaged: {detail}")]
    Damaged {
        /// What was found, in plain words.
        detail: String,
    },
    /// A newer product wrote it. Nothing was touched.
    #[error(
        "the vault was written by a newer version (schema {found}; this version knows {known})"
    )]
    NewerVault {
        /// The schema version found.
        found: i64,
        /// The newest one this version knows.
        known: i64,
    },
    /// The disk or the quota is full.
    #[error("there is no space left for the vault's database")]
    NoSpace,
    /// The file or its folder can't be written, or the vault was opened for reading.
    #[error("the vault's database can't be written")]
    ReadOnly,
    /// Another process holds the database longer than the waiting time.
    #[error("the vault's database is in use")]
    Busy,
    /// What was asked for does not exist.
    #[error("{what} does not exist")]
    Missing {
        /// What was looked for.
        what: String,
    },
    /// The file is already there and would have been replaced.
    #[error("{what} exists already")]
    Exists {
        /// What is there.
        what: String,
    },
    /// What was to be recorded contradicts the record or a rule.
    #[error("{why}")]
    Refused {
        /// Which rule, in a sentence.
        why: String,
    },
    /// The operating system refused to read or write.
    #[error("the operating system could not read or write the vault's database ({detail})")]
    Io {
        /// The kind of failure.
        detail: String,
    },
    /// The database engine refused for another reason: a fault of this product.
    #[error("the database engine refused an operation (code {code})")]
    Query {
        /// SQLite's extended result code; 0 when there is none.
        code: i32,
    },
}

// Primary result codes of SQLite (sqlite.org/rescode.html).
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const NO_MEMORY: i32 = 7;
const READ_ONLY: i32 = 8;
const IO_ERROR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANT_OPEN: i32 = 14;
const CONSTRAINT: i32 = 19;
const NOT_A_DATABASE: i32 = 26;
/// Growing the shared-memory file failed: on a full disk this comes before anything else.
const IO_ERROR_SHM_SIZE: i32 = 4874;

impl StoreError {
    pub(crate) fn damaged(detail: impl Into<String>) -> Self {
        Self::Damaged {
            detail: detail.into(),
        }
    }

    pub(crate) fn missing(what: impl Into<String>) -> Self {
        Self::Missing { what: what.into() }
    }

    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self::Refused { why: why.into() }
    }

    /// The class of an extended SQLite result code.
    fn from_code(code: i32) -> Self {
        match (code, code & 0xff) {
            (IO_ERROR_SHM_SIZE, _) | (_, FULL) => Self::NoSpace,
            (_, NOT_A_DATABASE) => Self::WrongKeyOrDamaged,
            (_, CORRUPT) => Self::damaged("a page can't be read"),
            // The folder of a database in WAL mode must be writable, so a file that exists and can't be opened
            // is most often in one that isn't.
            (_, READ_ONLY | CANT_OPEN) => Self::ReadOnly,
            (_, CONSTRAINT) => {
                Self::refused("It contradicts what is already recorded, or names what is not.")
            }
            (_, BUSY | LOCKED) => Self::Busy,
            (_, NO_MEMORY) => Self::Io {
                detail: "out of memory".to_owned(),
            },
            (_, IO_ERROR) => Self::Io {
                detail: format!("code {code}"),
            },
            _ => Self::Query { code },
        }
    }

    /// A short name for it: stable, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongKeyOrDamaged => "wrong_key_or_damaged",
            Self::Damaged { .. } => "vault_damaged",
            Self::NewerVault { .. } => "newer_vault",
            Self::NoSpace => "no_space",
            Self::ReadOnly => "read_only",
            Self::Busy => "busy",
            Self::Missing { .. } => "missing",
            Self::Exists { .. } => "exists",
            Self::Refused { .. } => "refused",
            Self::Io { .. } => "io",
            Self::Query { .. } => "query",
        }
    }

    /// What happened, why, and what to do.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        let (why, fix) = match self {
            Self::WrongKeyOrDamaged => (
                "The key was accepted by the vault's header, so the database file next to it is another vault's or its beginning was changed.",
                "Put back the file that belongs here, or the whole folder from your last copy of it.",
            ),
            Self::Damaged { .. } => (
                "The file was changed outside this product, or the disk returned wrong data.",
                "Keep the damaged file, restore the newest verified backup into a new folder, and collect again what is missing.",
            ),
            Self::NewerVault { .. } => (
                "A newer version of this product has changed the vault's layout. Nothing was touched.",
                "Update this product.",
            ),
            Self::NoSpace => (
                "The disk or your quota on it is full. What was saved before is intact.",
                "Free some space and try again.",
            ),
            Self::ReadOnly => (
                "The vault's folder or file is read-only for you, or the vault was opened for reading.",
                "Allow writing to the vault's folder, or move the vault to a folder that you own.",
            ),
            Self::Busy => (
                "Another program is working with it.",
                "Wait for the other program to finish, then try again.",
            ),
            Self::Missing { .. } => (
                "It was never there, or it was removed.",
                "Check the name and try again.",
            ),
            Self::Exists { .. } => (
                "Replacing it would destroy what it holds.",
                "Choose another place or name.",
            ),
            Self::Refused { .. } => (
                "It would contradict what is already recorded, or a rule of the record.",
                "Correct the entry and try again.",
            ),
            Self::Io { .. } => (
                "The disk, or the connection to it, reported a failure. What was saved before is intact.",
                "Check the disk, then open the vault again.",
            ),
            Self::Query { .. } => (
                "This is a fault in this product. Nothing was changed.",
                "Try again; if it happens again, send a support bundle.",
            ),
        };
        let mut what = self.to_string();
        if !what.ends_with('.') {
            what.push('.');
        }
        if let Some(first) = what.get(..1).map(str::to_uppercase) {
            what.replace_range(..1, &first);
        }
        Explanation {
            what,
            why: why.to_owned(),
            fix: fix.to_owned(),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    /// Keeps the class and drops the engine's text, which can quote values.
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(database) => {
                let code = database
                    .code()
                    .and_then(|code| code.parse().ok())
                    .unwrap_or(0);
                Self::from_code(code)
            }
            sqlx::Error::Io(error) => error.into(),
            sqlx::Error::RowNotFound => Self::missing("the row"),
            sqlx::Error::ColumnDecode { index, .. } => {
                Self::damaged(format!("column {index} is not of its type"))
            }
            sqlx::Error::WorkerCrashed => Self::Io {
                detail: "the database thread stopped".to_owned(),
            },
            _ => Self::Query { code: 0 },
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::NoSpace,
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Self::ReadOnly,
            ErrorKind::NotFound => Self::missing("the vault's database"),
            kind => Self::Io {
                detail: kind.to_string(),
            },
        }
    }
}

impl From<evidence::CanonicalError> for StoreError {
    fn from(_: evidence::CanonicalError) -> Self {
        Self::refused("The value can't be recorded: it has no exact form.")
    }
}

#[cfg(test)]
mod tests {
    use super::StoreError;

    #[test]
    fn the_classes_a_person_must_tell_apart_are_told_apart() {
        for (code, expected) in [
            (13, "no_space"),
            (4874, "no_space"),
            (26, "wrong_key_or_damaged"),
            (11, "vault_damaged"),
            (267, "vault_damaged"),
            (8, "read_only"),
            (1544, "read_only"),
            (14, "read_only"),
            (5, "busy"),
            (517, "busy"),
            (778, "io"),
            (1, "query"),
            (2067, "refused"),
            (787, "refused"),
        ] {
            assert_eq!(StoreError::from_code(code).code(), expected, "{code}");
        }
    }

    #[test]
    fn every_error_says_what_why_and_fix_in_sentences() {
        for code in [13, 26, 11, 8, 5, 778, 1, 19] {
            let explanation = StoreError::from_code(code).explain();
            for sentence in [explanation.what, explanation.why, explanation.fix] {
                assert!(
                    sentence.ends_with('.') && sentence.starts_with(char::is_uppercase),
                    "{sentence}"
                );
            }
        }
    }
}
