//! Why a file was not read.

/// Why a file was not read. Never repeats what stands in the file, except for ids that were cleaned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is larger than anything that is read.
    #[error("It has {bytes} bytes; at most {most} are read.")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// It has more rows or checks than are read.
    #[error("It has more than {most} {what}.")]
    TooMany {
        /// `rows` or `checks`.
        what: &'static str,
        /// The limit.
        most: u64,
    },
    /// Its bytes are not text in UTF-8 or, with a byte order mark, UTF-16.
    #[error("It is not text in UTF-8 or UTF-16.")]
    NotText,
    /// It breaks off or is not of the format.
    #[error("{what} (line {line}).")]
    Malformed {
        /// What is wrong, without the words of the file.
        what: &'static str,
        /// The line, from 1; 0 when unknown.
        line: u64,
    },
    /// It is of another tool, or of a version whose layout is another.
    #[error("It is not a file of {expected}: {why}.")]
    OtherTool {
        /// What was expected.
        expected: &'static str,
        /// What speaks against it.
        why: String,
    },
    /// A row lacks what makes it a result.
    #[error("Row {row} has no {what}.")]
    RowLacks {
        /// The row, from 1.
        row: u64,
        /// What is missing.
        what: &'static str,
    },
    /// It speaks of more than one account.
    #[error("It speaks of several accounts ({first} and {second}).")]
    SeveralAccounts {
        /// The first one found.
        first: String,
        /// Another one.
        second: String,
    },
    /// Parts of it contradict each other.
    #[error("Its rows name different {what}.")]
    Mixed {
        /// Of what.
        what: &'static str,
    },
    /// It does not say when it was made.
    #[error("It does not say when the tool looked.")]
    NoTime,
    /// It holds no result.
    #[error("It holds no result.")]
    Empty,
}

impl ImportError {
    /// What to do about it.
    #[must_use]
    pub const fn fix(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::TooMany { .. } => {
                "Have the tool write one file for each account or region, and import them one after the other."
            }
            Self::NotText | Self::Malformed { .. } | Self::RowLacks { .. } => {
                "Take the file as the tool wrote it: not cut short, and not saved again by another program."
            }
            Self::OtherTool { .. } => {
                "Choose the format that the file has: prowler-ocsf, prowler-csv or scubagear."
            }
            Self::SeveralAccounts { .. } | Self::Mixed { .. } => {
                "Import one file for each account, as one run of the tool wrote it."
            }
            Self::NoTime => "Run the tool again and import the file that it writes.",
            Self::Empty => "Run the tool again: a run that looked at nothing shows nothing.",
        }
    }
}
