//! Result files of other tools, read into findings: Prowler's OCSF and CSV, ScubaGear's JSON.
//!
//! Pure: bytes in, a [`Report`] out. Everything is bounded, since a file can come from anywhere: its size, its rows, how
//! deep it nests, how long a text is. What can't be read for certain is refused whole, because a row that is skipped
//! could be the one that fails; a result that is not plainly a pass or a fail is unknown.
//!
//! What this crate refuses to do: turn anything but the tool's own word for it into a pass, judge what the tool judged,
//! and keep a text that could move a cursor or hide something.

mod error;
mod findings;
mod format;
mod mapping;
mod prowler_csv;
mod prowler_ocsf;
mod report;
mod row;
mod scubagear;
mod text;
mod whole;

#[cfg(test)]
mod properties;

pub use error::ImportError;
pub use findings::{Provenance, findings};
pub use format::{Format, Tool};
pub use mapping::{Mapped, mapped};
pub use report::{CheckResult, Report};
pub use text::{clean, file_name};

/// The largest file that is read, in bytes. Prowler writes about 4 KB a row.
pub const MAX_BYTES: usize = 128 * 1024 * 1024;
/// The most rows that are read.
pub const MAX_ROWS: u64 = 200_000;
/// The most different checks a file may name.
pub const MAX_CHECKS: usize = 5_000;
/// The most failing and unknown resources listed for one check; the file has all.
pub const MAX_RESOURCES: usize = 2_000;

/// Reads a file of `format`.
///
/// # Errors
/// [`ImportError`] says what keeps it from being read. Nothing is read in part.
pub fn read(format: Format, bytes: &[u8]) -> Result<Report, ImportError> {
    if bytes.len() > MAX_BYTES {
        return Err(ImportError::TooLarge {
            bytes: bytes.len(),
            most: MAX_BYTES,
        });
    }
    let text = text::decode(bytes)?;
    let report = match format {
        Format::ProwlerOcsf => prowler_ocsf::read(&text),
        Format::ProwlerCsv => prowler_csv::read(&text),
        Format::ScubaGear => scubagear::read(&text),
    }?;
    if report.checks.is_empty() {
        return Err(ImportError::Empty);
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_beyond_the_limit_is_refused_before_it_is_looked_at() {
        let bytes = vec![b' '; MAX_BYTES + 1];
        for format in Format::ALL {
            assert!(matches!(
                read(format, &bytes),
                Err(ImportError::TooLarge { .. })
            ));
        }
    }

    #[test]
    fn every_error_says_what_to_do() {
        let errors = [
            ImportError::TooLarge { bytes: 2, most: 1 },
            ImportError::NotText,
            ImportError::NoTime,
            ImportError::Empty,
            ImportError::Mixed { what: "versions" },
        ];
        for error in errors {
            assert!(error.fix().ends_with('.') && error.to_string().ends_with('.'));
        }
    }
}
