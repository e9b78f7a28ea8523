//! Prowler's `csv`: semicolons, one row a resource, columns by the name in the first line.

use crate::{
    ImportError, Report,
    mapping::claimed_in_text,
    report::Gathering,
    row::{self, Muted, Row, is_check_id, moment, prowler_verdict},
    text::clean,
    whole::Whole,
};
use chrono::NaiveDateTime;
use evidence::Timestamp;

/// The columns that make a row a result.
const NEEDED: [&str; 7] = [
    "CHECK_ID",
    "STATUS",
    "MUTED",
    "ACCOUNT_UID",
    "PROVIDER",
    "TIMESTAMP",
    "PROWLER_VERSION",
];

pub(crate) fn read(text: &str) -> Result<Report, ImportError> {
    // Prowler ends every row with a line end: without the last one, the file was cut.
    if !text.ends_with('\n') {
        return Err(ImportError::Malformed {
            what: "It breaks off",
            line: 0,
        });
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| malformed(&error))?.clone();
    let place = |name: &str| header.iter().position(|column| column == name);
    for needed in NEEDED {
        if header.iter().filter(|column| *column == needed).count() != 1 {
            return Err(ImportError::OtherTool {
                expected: "Prowler 4 or 5 as it writes CSV, with semicolons",
                why: format!("its first line does not name {needed} once"),
            });
        }
    }
    let (mut gathering, mut whole) = (Gathering::default(), Whole::default());
    let mut record = csv::StringRecord::new();
    while reader
        .read_record(&mut record)
        .map_err(|error| malformed(&error))?
    {
        let at = gathering.rows() + 1;
        let get = |name: &str| {
            place(name)
                .and_then(|place| record.get(place))
                .unwrap_or_default()
        };
        whole.take(
            at,
            Some(get("PROWLER_VERSION")),
            Some(get("PROVIDER")),
            Some(get("ACCOUNT_UID")),
            get("ACCOUNT_NAME"),
        )?;
        let check =
            Some(get("CHECK_ID"))
                .filter(|id| is_check_id(id))
                .ok_or(ImportError::RowLacks {
                    row: at,
                    what: "readable check id",
                })?;
        let muted = match get("MUTED").to_ascii_lowercase().as_str() {
            "true" => Muted::Yes,
            "false" => Muted::No,
            _ => Muted::Unreadable,
        };
        let note = clean(get("STATUS_EXTENDED"), row::NOTE);
        let region = clean(get("REGION"), 60);
        gathering.add(Row {
            check: check.to_owned(),
            title: clean(get("CHECK_TITLE"), row::TITLE),
            severity: row::severity(Some(get("SEVERITY"))),
            verdict: prowler_verdict(Some(get("STATUS")), muted),
            at: time(get("TIMESTAMP")),
            id: clean(get("RESOURCE_UID"), row::NAME),
            name: clean(get("RESOURCE_NAME"), row::NAME),
            kind: clean(get("RESOURCE_TYPE"), 100),
            note: if region.is_empty() {
                note
            } else {
                format!("{region}: {note}")
            },
            claimed: claimed_in_text(get("COMPLIANCE")),
        })?;
    }
    whole.finish(gathering)
}

/// Seconds, or a date and time. Prowler writes those without a zone; they are taken as UTC, so they can be off by the
/// zone of the computer it ran on.
fn time(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse() {
        return moment(seconds);
    }
    let at: Timestamp = text.parse().ok().or_else(|| {
        ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
            .map(|naive| Timestamp::from_datetime(naive.and_utc()))
    })?;
    moment(at.unix())
}

fn malformed(error: &csv::Error) -> ImportError {
    ImportError::Malformed {
        what: match error.kind() {
            csv::ErrorKind::UnequalLengths { .. } => "A row has another number of columns",
            _ => "It is not the CSV that the tool writes",
        },
        line: error.position().map_or(0, csv::Position::line),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use evidence::Outcome;

    pub(crate) const HEADER: &str = "AUTH_METHOD;TIMESTAMP;ACCOUNT_UID;ACCOUNT_NAME;PROVIDER;CHECK_ID;CHECK_TITLE;STATUS;STATUS_EXTENDED;MUTED;SEVERITY;RESOURCE_TYPE;RESOURCE_UID;RESOURCE_NAME;REGION;COMPLIANCE;PROWLER_VERSION\r\n";

    pub(crate) fn line(check: &str, status: &str, resource: &str) -> String {
        format!(
            "made-up;2026-09-21 13:33:20.123456;123456789012;made-up;aws;{check};A title.;{status};What was found.;False;high;AwsIamUser;{resource};{resource};us-east-1;CIS-3.0: 1.5 | NIST-800-171-Revision-2: 3_1_1, 3_5_3;5.46.0\r\n"
        )
    }

    fn file(lines: &[String]) -> String {
        format!("{HEADER}{}", lines.concat())
    }

    #[test]
    fn rows_are_read_by_the_names_of_their_columns() {
        let report = read(&file(&[
            line("iam_root_mfa_enabled", "PASS", "root"),
            line("iam_root_mfa_enabled", "FAIL", "\"dan; \"\"the\"\" admin\""),
        ]))
        .unwrap();
        assert_eq!(report.made_at.to_string(), "2026-09-21T13:33:20Z");
        let check = &report.checks[0];
        assert_eq!((check.outcome, check.seen), (Outcome::Fail, 2));
        assert_eq!(check.resources[0].name, "dan; \"the\" admin");
        assert_eq!(check.claimed, ["3.1.1", "3.5.3"]);
        assert_eq!(check.severity, evidence::Severity::High);
    }

    #[test]
    fn a_formula_is_kept_as_the_text_that_it_is() {
        let report = read(&file(&[line(
            "iam_root_mfa_enabled",
            "FAIL",
            "=cmd|'/C calc'!A0",
        )]))
        .unwrap();
        assert_eq!(report.checks[0].resources[0].id, "=cmd|'/C calc'!A0");
        assert_eq!(report.checks[0].outcome, Outcome::Fail);
    }

    #[test]
    fn other_words_and_muting_are_unknown() {
        for status in ["pass", " PASS", "MANUAL", "", "=PASS", "MUTED", "PASS "] {
            let report = read(&file(&[line("iam_root_mfa_enabled", status, "root")])).unwrap();
            assert_eq!(report.checks[0].outcome, Outcome::Unknown, "{status:?}");
        }
        for muted in ["True", "TRUE", "", "0", "no"] {
            let one = line("iam_root_mfa_enabled", "PASS", "root")
                .replace(";False;", &format!(";{muted};"));
            assert_eq!(
                read(&file(&[one])).unwrap().checks[0].outcome,
                Outcome::Unknown,
                "{muted:?}"
            );
        }
    }

    #[test]
    fn what_could_hide_a_result_refuses_the_whole_file() {
        let good = line("iam_root_mfa_enabled", "PASS", "root");
        let whole = file(std::slice::from_ref(&good));
        for cut in 0..whole.len() {
            assert!(read(&whole[..cut]).is_err(), "cut at {cut}");
        }
        assert!(read(&whole.replace(';', ",")).is_err(), "commas");
        assert!(
            read(&whole.replace("MUTED", "MUTE")).is_err(),
            "a needed column is missing"
        );
        assert!(
            read(&whole.replace("AUTH_METHOD", "STATUS")).is_err(),
            "a column twice"
        );
        assert!(
            read(&file(&[
                good.clone(),
                good.replace("123456789012", "210987654321")
            ]))
            .is_err()
        );
        assert!(
            read(&file(&[
                good.clone(),
                good.replace("iam_root_mfa_enabled", "")
            ]))
            .is_err()
        );
        assert!(
            read(&file(&[
                good.clone(),
                good.replacen("made-up;", "\"made-up;", 1)
            ]))
            .is_err(),
            "an open quote"
        );
        assert_eq!(
            read(&file(&[good.replace("2026-09-21 13:33:20.123456", "soon")])),
            Err(ImportError::NoTime)
        );
    }
}
