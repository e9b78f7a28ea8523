//! The bench's first collection from large made-up Microsoft Entra ID tenants.

use serde_json::Value;

use crate::bench::Options;
use crate::bench_collect::{Collection, note, pages, watch, words};
use crate::bench_page::{grouped, met, table};
use crate::cmmc::{TemporaryCompany, read_answer};
use crate::emulator::Emulator;
use crate::{Outcome, workspace};

const TENANTS: [u32; 2] = [1_000, 20_000];
/// A tenant far beyond our users: it is read once, for its memory.
const LARGEST: u32 = 100_000;
/// The most memory that it may take after unlocking, in KiB: our own aim, whatever the size of a tenant.
const MOST_KIB: u64 = 300 * 1024;
const QUICK_TENANTS: [u32; 1] = [1_000];

/// About what a request to Microsoft Graph takes from the United States; our own choice.
const LATENCY_MS: u32 = 80;

/// Delay of each answer in milliseconds, and whether our own pacing is on.
const CONDITIONS: [(u32, bool); 4] = [
    (0, true),
    (0, false),
    (LATENCY_MS, true),
    (LATENCY_MS, false),
];

/// One measured collection.
struct Row {
    users: u32,
    latency_ms: u32,
    pacing: bool,
    collection: Collection,
    /// Requests the emulator answered during the collection.
    sent: Option<u64>,
    /// One sign-in, and one request for each page that was stored.
    needed: u64,
}

/// Measures and returns the section.
pub fn measure(options: &Options) -> Outcome<String> {
    let tenants: &[u32] = if options.quick {
        &QUICK_TENANTS
    } else {
        &TENANTS
    };
    let mut rows = Vec::new();
    for users in tenants {
        for (latency_ms, pacing) in CONDITIONS {
            println!(
                "{users} users, answers after {latency_ms} ms, pacing {}...",
                if pacing { "on" } else { "off" }
            );
            let row = measure_one(*users, latency_ms, pacing)?;
            println!("  {:.2} s", row.collection.wall.as_secs_f64());
            rows.push(row);
        }
    }
    if !options.quick {
        println!("{LARGEST} users, once...");
        let row = measure_one(LARGEST, 0, false)?;
        println!("  {:.2} s", row.collection.wall.as_secs_f64());
        rows.push(row);
    }
    Ok(section(&rows) + &aim(&rows))
}

/// Whether memory stays within bounds, by the largest of the rows.
fn aim(rows: &[Row]) -> String {
    let peaks = rows.iter().filter_map(|row| row.collection.peak_kib);
    match peaks.max() {
        Some(peak) => format!(
            "\nAim: at most {} MiB after unlocking, whatever the size of the tenant (most here {} MiB): {}.\n",
            MOST_KIB / 1024,
            peak.div_ceil(1024),
            met(peak <= MOST_KIB)
        ),
        None => String::new(),
    }
}

fn measure_one(users: u32, latency_ms: u32, pacing: bool) -> Outcome<Row> {
    let (users_text, latency_text) = (users.to_string(), latency_ms.to_string());
    let emulator = Emulator::start(
        &workspace::built("release", "graph-emulator"),
        &["--users", &users_text, "--latency-ms", &latency_text],
    )?;
    let company =
        TemporaryCompany::create(&workspace::built("release", "cmmc"), "Bench Machine Shop")?;
    company.connect(&emulator.tenant, "Bench tenant")?;
    let before = emulator.requests_answered();
    let collection = watch(company.command(&words(pacing)))?;
    let after = emulator.requests_answered();
    let answer = read_answer(&["sync"], &collection.text, collection.code)?;
    Ok(Row {
        users,
        latency_ms,
        pacing,
        collection,
        sent: before
            .zip(after)
            .map(|(before, after)| after.saturating_sub(before))
            .or_else(|| requests(&answer)),
        needed: 1 + pages(&answer),
    })
}

/// Requests as `cmmc` counts them itself, for an emulator that has no log to ask for.
fn requests(sync: &Value) -> Option<u64> {
    let runs = sync.get("runs")?.as_array()?;
    runs.iter().map(|run| run.get("requests")?.as_u64()).sum()
}

fn section(rows: &[Row]) -> String {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                grouped(u64::from(row.users)),
                format!("{} ms", row.latency_ms),
                if row.pacing { "on" } else { "off" }.to_owned(),
                format!("{:.2} s", row.collection.wall.as_secs_f64()),
                row.collection.memory(),
                row.sent.map_or_else(|| "not known".to_owned(), grouped),
                grouped(row.needed),
            ]
        })
        .collect();
    let columns = [
        ">users",
        ">answer delay",
        "own pacing",
        ">wall",
        ">peak RSS after unlock",
        ">requests sent",
        ">requests needed",
    ];
    table(&columns, &cells) + note(rows.iter().map(|row| &row.collection))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    fn row() -> Row {
        Row {
            users: 20_000,
            latency_ms: 50,
            pacing: false,
            collection: Collection {
                wall: Duration::from_millis(1_234),
                text: String::new(),
                code: Some(0),
                peak_kib: Some(2_049),
                peak_after_unlock: true,
            },
            sent: Some(1_021),
            needed: 21,
        }
    }

    #[test]
    fn a_row_tells_what_was_measured() {
        let told = section(&[row()]);
        assert!(told.contains("| 20,000 | 50 ms | off | 1.23 s | 3 MiB | 1,021 | 21 |"));
        assert!(!told.contains("(*)"));
    }

    #[test]
    fn the_largest_memory_decides_whether_it_is_bounded() {
        let mut large = row();
        large.collection.peak_kib = Some(301 * 1024);
        let told = aim(&[row(), large]);
        assert!(
            told.contains("most here 301 MiB") && told.contains("**not met**"),
            "{told}"
        );
        assert!(!aim(&[row()]).contains("**not met**"));
    }

    #[test]
    fn an_unknown_figure_is_not_invented() {
        let mut unknown = row();
        unknown.collection.peak_kib = None;
        unknown.sent = None;
        assert!(section(&[unknown]).contains("| not known | not known | 21 |"));
        let mut whole_life = row();
        whole_life.collection.peak_after_unlock = false;
        assert_eq!(section(&[whole_life]).matches("(*)").count(), 2);
    }

    #[test]
    fn requests_are_known_only_when_every_run_counts_them() {
        assert_eq!(
            requests(&json!({"runs": [{"requests": 4}, {"requests": 2}]})),
            Some(6)
        );
        assert_eq!(requests(&json!({"runs": [{"requests": 4}, {}]})), None);
    }
}
