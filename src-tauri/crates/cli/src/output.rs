//! What goes to stdout and stderr.

use engine::api::ApiError;
use serde::Serialize;
use std::{io::Write as _, process::ExitCode};

/// Prints a line for people. A closed pipe is no reason to fail.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Prints a message on stderr.
pub(crate) fn message(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints the one JSON document.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<(), ApiError> {
    let text =
        serde_json::to_string_pretty(value).map_err(|error| ApiError::bug(error.to_string()))?;
    line(&text);
    Ok(())
}

#[derive(Serialize)]
struct Failure<'a> {
    error: &'a ApiError,
}

/// Prints an error and gives its exit code.
pub(crate) fn failure(error: &ApiError, as_json: bool) -> ExitCode {
    if as_json {
        let _ = json(&Failure { error });
    } else {
        message(&format!(
            "{}\n  Why: {}\n  Fix: {}",
            error.what, error.why, error.fix
        ));
        if let Some(detail) = &error.detail {
            message(&format!("  Details: {detail}"));
        }
    }
    ExitCode::from(error.exit_code())
}

/// Prints what clap has to say: help and version to stdout, usage errors with exit code 2.
pub(crate) fn clap(error: &clap::Error, as_json: bool) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if as_json {
        let text = error.render().to_string();
        let why = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned();
        return failure(
            &ApiError::usage("The command can't be read.", why, "See `cmmc --help`."),
            true,
        );
    }
    let _ = error.print();
    ExitCode::from(2)
}
