//! Whatever is done to a file short of writing "pass" into it: what failed or was unknown never becomes a pass.

#![allow(clippy::unwrap_used)]
use crate::{Format, prowler_csv, prowler_ocsf, read, scubagear};
use evidence::Outcome;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CHECKS: [&str; 4] = [
    "iam_root_mfa_enabled",
    "s3_bucket_default_encryption",
    "kms_cmk_rotation_enabled",
    "a_check_of_tomorrow",
];
const PROWLER: [&str; 5] = ["PASS", "FAIL", "MANUAL", "MUTED", "INFO"];
const SCUBA: [&str; 6] = ["Pass", "Fail", "Warning", "N/A", "Error", "Omitted"];

/// Per check, whether it may pass at all.
fn may_pass(rows: &[(usize, usize)]) -> BTreeMap<String, bool> {
    let mut allowed = BTreeMap::new();
    for (check, status) in rows {
        let entry = allowed.entry(CHECKS[*check].to_owned()).or_insert(true);
        *entry &= *status == 0;
    }
    allowed
}

/// No check passes that may not, and none that may not is left out of a file that was read.
fn holds(format: Format, bytes: &[u8], allowed: &BTreeMap<String, bool>) {
    let Ok(report) = read(format, bytes) else {
        return;
    };
    let found: BTreeMap<_, _> = report
        .checks
        .iter()
        .map(|check| (check.id.clone(), check.outcome))
        .collect();
    for (check, may) in allowed {
        let outcome = found.get(check);
        if !may {
            assert!(
                matches!(outcome, Some(Outcome::Fail | Outcome::Unknown)),
                "{check}: {outcome:?}"
            );
        }
    }
}

/// Every place in a value where something else could stand.
fn places(value: &Value, path: String, found: &mut Vec<String>) {
    if !path.is_empty() {
        found.push(path.clone());
    }
    match value {
        Value::Object(members) => {
            for (name, inside) in members {
                places(
                    inside,
                    format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")),
                    found,
                );
            }
        }
        Value::Array(items) => {
            for (at, inside) in items.iter().enumerate() {
                places(inside, format!("{path}/{at}"), found);
            }
        }
        _ => {}
    }
}

fn other(kind: usize) -> Value {
    match kind {
        0 => Value::Null,
        1 => json!(3),
        2 => json!(["x"]),
        3 => json!({"PASS": "PASS"}),
        4 => json!(true),
        5 => json!(""),
        _ => json!("\u{202e}=1+1"),
    }
}

fn rows() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..CHECKS.len(), 0..PROWLER.len()), 1..6)
}

/// Breaks one place of a JSON file: another value there, or nothing. A whole row or a list of them is not taken away: then
/// the file is another one.
fn broken(
    mut file: Value,
    place: prop::sample::Index,
    kind: usize,
    keep: impl Fn(&str) -> bool,
) -> Value {
    let mut all = Vec::new();
    places(&file, String::new(), &mut all);
    all.retain(|path| keep(path));
    if all.is_empty() {
        return file;
    }
    let path = place.get(&all).clone();
    if kind == 7 {
        let (parent, name) = path.rsplit_once('/').unwrap();
        if let Some(Value::Object(members)) = file.pointer_mut(parent) {
            members.remove(name);
        }
    } else if let Some(there) = file.pointer_mut(&path) {
        *there = other(kind);
    }
    file
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_ocsf_file_never_improves(rows in rows(), place: prop::sample::Index, kind in 0usize..8) {
        let allowed = may_pass(&rows);
        let file = Value::Array(
            rows.iter()
                .enumerate()
                .map(|(n, (check, status))| prowler_ocsf::tests::row(CHECKS[*check], PROWLER[*status], &format!("r{n}")))
                .collect(),
        );
        holds(Format::ProwlerOcsf, file.to_string().as_bytes(), &allowed);
        let file = broken(file, place, kind, |path| path.matches('/').count() > 1);
        holds(Format::ProwlerOcsf, file.to_string().as_bytes(), &allowed);
    }

    #[test]
    fn a_cut_or_garbled_csv_file_never_improves(rows in rows(), at: prop::sample::Index, byte in any::<u8>()) {
        let allowed = may_pass(&rows);
        let lines: String = rows
            .iter()
            .enumerate()
            .map(|(n, (check, status))| prowler_csv::tests::line(CHECKS[*check], PROWLER[*status], &format!("r{n}")))
            .collect();
        let file = format!("{}{lines}", prowler_csv::tests::HEADER);
        holds(Format::ProwlerCsv, file.as_bytes(), &allowed);
        // A line end in the middle of a row, or anything else in one place of a row. An id that is another id names another
        // check: that place is left alone.
        let mut bytes = file.clone().into_bytes();
        let start = prowler_csv::tests::HEADER.len();
        let place = start + at.index(bytes.len() - start);
        let in_an_id = CHECKS.iter().any(|check| {
            file.match_indices(check).any(|(from, id)| (from..from + id.len()).contains(&place))
        });
        if !in_an_id {
            bytes[place] = byte;
            // "FAIL" can't become "PASS" by one byte; "INFO" and the rest can't either.
            holds(Format::ProwlerCsv, &bytes, &allowed);
        }
    }

    #[test]
    fn a_broken_scubagear_file_never_improves(
        rows in prop::collection::vec((0..CHECKS.len(), 0..SCUBA.len()), 1..6),
        place: prop::sample::Index,
        kind in 0usize..8,
    ) {
        let allowed = may_pass(&rows);
        let controls = rows
            .iter()
            .map(|(check, result)| scubagear::tests::control(CHECKS[*check], SCUBA[*result]))
            .collect();
        let file = scubagear::tests::file(controls);
        holds(Format::ScubaGear, file.to_string().as_bytes(), &allowed);
        let file = broken(file, place, kind, |path| path.contains("/Controls/") || path.starts_with("/MetaData/"));
        holds(Format::ScubaGear, file.to_string().as_bytes(), &allowed);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for format in Format::ALL {
            let _ = read(format, &bytes);
        }
    }

    #[test]
    fn an_encoding_changes_nothing(rows in rows()) {
        let file = Value::Array(
            rows.iter().map(|(check, status)| prowler_ocsf::tests::row(CHECKS[*check], PROWLER[*status], "é")).collect(),
        )
        .to_string();
        let plain = read(Format::ProwlerOcsf, file.as_bytes()).unwrap();
        let mut marked = vec![0xef, 0xbb, 0xbf];
        marked.extend(file.bytes());
        let mut wide = vec![0xff, 0xfe];
        wide.extend(file.encode_utf16().flat_map(u16::to_le_bytes));
        prop_assert_eq!(&read(Format::ProwlerOcsf, &marked).unwrap(), &plain);
        prop_assert_eq!(&read(Format::ProwlerOcsf, &wide).unwrap(), &plain);
    }
}
