//! The bench's look at the store: how fast answers become evidence, beside SQLite's C interface.

use serde_json::Value;

use crate::bench::Options;
use crate::bench_page::{grouped, met, table};
use crate::bench_stats::{least, median, ratio};
use crate::process::Step;
use crate::{Failure, Outcome, workspace};

/// The least share of the plain loop's rows a second (performance.md, P8).
const AIM: f64 = 0.35;

/// Measures and returns the section.
pub fn measure(options: &Options) -> Outcome<String> {
    // Pairs, datasets, pages a dataset, records a page.
    let size = if options.quick {
        ["3", "2", "5", "1000"]
    } else {
        ["15", "10", "10", "1000"]
    };
    // Below the build folder, which is on a disk; temporary folders often are not.
    let folder = workspace::target().join("tmp");
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::new(format!("no folder for the databases: {error}")))?;
    let (text, code) = Step::new(workspace::built("release", "examples/ingest"))
        .arg(&folder)
        .args(size)
        .output()?;
    match serde_json::from_str(&text) {
        Ok(measured) if code == Some(0) => section(&measured),
        _ => Err(Failure::new("the measurement of the store did not finish")),
    }
}

fn section(measured: &Value) -> Outcome<String> {
    let incomplete = || Failure::new("the measurement of the store lacks something");
    let number = |name: &str| measured.get(name).and_then(Value::as_u64);
    let rows = number("rows").ok_or_else(incomplete)?;
    let bytes = number("bytes").ok_or_else(incomplete)?;
    let commits = number("commits").ok_or_else(incomplete)?;
    let sqlite = measured
        .get("sqlite")
        .and_then(Value::as_str)
        .ok_or_else(incomplete)?;
    let pairs = measured
        .get("pairs")
        .and_then(Value::as_array)
        .ok_or_else(incomplete)?;
    let speeds = |name: &str| -> Outcome<Vec<f64>> {
        pairs
            .iter()
            .map(|pair| {
                let seconds = pair.get(name).and_then(Value::as_f64);
                seconds
                    .filter(|seconds| *seconds > 0.0)
                    .map(|seconds| rows as f64 / seconds)
                    .ok_or_else(incomplete)
            })
            .collect()
    };
    let raw = speeds("raw")?;
    let mut cells = vec![cells_of(
        "SQLite's C interface, a row a record",
        &raw,
        None,
    )?];
    for (told, name, aim) in [
        ("our store, from records in hand", "stored", Some(AIM)),
        ("our store, reading the JSON included", "parsed", None),
    ] {
        let ours = speeds(name)?;
        let pairs: Vec<(f64, f64)> = ours.iter().copied().zip(raw.iter().copied()).collect();
        cells.push(cells_of(told, &ours, Some((pairs, aim)))?);
    }
    let columns = [
        "way",
        ">rows a second, median",
        ">worst",
        ">times the C loop (95 %)",
        "aim",
    ];
    Ok(format!(
        "{} rows of {} bytes, {commits} transactions, SQLite {sqlite}, {} rounds.\n\n{}",
        grouped(rows),
        bytes / rows.max(1),
        pairs.len(),
        table(&columns, &cells),
    ))
}

/// The pairs of a way, and its aim.
type Compared = (Vec<(f64, f64)>, Option<f64>);

fn cells_of(told: &str, speeds: &[f64], compared: Option<Compared>) -> Outcome<Vec<String>> {
    let none = || Failure::new("no round of the store was measured");
    // Rows a second are whole numbers to a reader.
    let whole = |speed: f64| grouped(speed.round() as u64);
    let (times, aim) = match compared {
        None => (String::new(), String::new()),
        Some((pairs, aim)) => {
            let times = ratio(&pairs).ok_or_else(none)?;
            (
                format!("{:.2} ({:.2}–{:.2})", times.median, times.low, times.high),
                aim.map_or_else(String::new, |aim| {
                    format!("at least {aim}: {}", met(times.low >= aim))
                }),
            )
        }
    };
    Ok(vec![
        told.to_owned(),
        whole(median(speeds).ok_or_else(none)?),
        whole(least(speeds).ok_or_else(none)?),
        times,
        aim,
    ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn speeds_are_told_beside_the_plain_loop() {
        let pair = json!({"raw": 0.5, "stored": 1.0, "parsed": 2.0});
        let measured = json!({"rows": 1000, "bytes": 600_000, "commits": 10, "sqlite": "3.1", "pairs": [pair, pair, pair]});
        let told = section(&measured).unwrap();
        assert!(told.contains("1,000 rows of 600 bytes, 10 transactions, SQLite 3.1, 3 rounds."));
        assert!(
            told.contains("a row a record | 2,000 | 2,000 |  |  |"),
            "{told}"
        );
        assert!(told.contains("| 1,000 | 1,000 | 0.50 (0.50–0.50) | at least 0.35: met |"));
        assert!(told.contains("| 500 | 500 | 0.25 (0.25–0.25) |  |"));
    }

    #[test]
    fn an_incomplete_measurement_is_refused() {
        assert!(section(&json!({"rows": 1})).is_err());
        let none = json!({"rows": 1, "bytes": 1, "commits": 1, "sqlite": "3", "pairs": []});
        assert!(section(&none).is_err());
    }
}
