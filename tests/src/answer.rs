//! What one `cmmc` command said.

use serde_json::Value;
use std::process::Output;

/// Exit codes of the contract.
pub mod exit {
    /// Done.
    pub const DONE: i32 = 0;
    /// The command can't be read, or asks for something impossible.
    pub const USAGE: i32 = 2;
    /// The service refused or could not be reached.
    pub const REFUSED: i32 = 3;
    /// Locked, wrong key, or in use.
    pub const VAULT: i32 = 4;
    /// A verification failed.
    pub const NOT_INTACT: i32 = 5;
    /// Done in part.
    pub const IN_PART: i32 = 6;
    /// Anything else.
    pub const OTHER: i32 = 7;
}

/// The exit code and what was printed.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The words after `cmmc`.
    pub words: String,
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Answer {
    pub(crate) fn new(words: &[&str], output: Output) -> Self {
        Self {
            words: words.join(" "),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The one JSON document on standard output.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!(
                "`{}` did not print one JSON document ({error}): {self:#?}",
                self.words
            )
        })
    }

    /// The document of a command that must end with `code`.
    #[track_caller]
    pub fn with_code(&self, code: i32) -> Value {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self.json()
    }

    /// The document of a command that must succeed.
    #[track_caller]
    pub fn ok(&self) -> Value {
        self.with_code(exit::DONE)
    }

    /// The error of a command that must fail with `code`: what, why and fix are there, and nothing is a debug string.
    #[track_caller]
    pub fn error(&self, code: i32) -> Value {
        let document = self.with_code(code);
        let error = &document["error"];
        for part in ["code", "class", "what", "why", "fix"] {
            let text = error[part].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "the error has no {part}: {self:#?}");
            for raw in [
                "Err(",
                "Some(",
                "panicked",
                "unwrap",
                "RUST_BACKTRACE",
                "src/",
            ] {
                assert!(!text.contains(raw), "{part} is a debug string: {self:#?}");
            }
        }
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
        error.clone()
    }

    /// The error's own code, of a command that must fail with `code`.
    #[track_caller]
    #[must_use]
    pub fn error_code(&self, code: i32) -> String {
        self.error(code)["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}
