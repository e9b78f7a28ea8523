//! `cargo xtask bench`: a first collection from large made-up tenants, measured from outside.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{ChildStderr, ChildStdout, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::bench_report::{EMPTY_PAGE, Machine, Row, rewrite};
use crate::cmmc::{TemporaryCompany, read_answer};
use crate::emulator::Emulator;
use crate::process::{Background, Step};
use crate::{Failure, Outcome, setup, workspace};

const TENANTS: [u32; 2] = [1_000, 20_000];

/// Delay of each answer in milliseconds, and whether our own pacing is on.
const CONDITIONS: [(u32, bool); 4] = [
    (0, true),
    (0, false),
    (LATENCY_MS, true),
    (LATENCY_MS, false),
];

/// About what a request to Microsoft Graph takes from the United States; our own choice.
const LATENCY_MS: u32 = 80;

/// How often the collecting process's memory is looked at.
const SAMPLE: Duration = Duration::from_millis(5);

/// Measures and rewrites the table in `docs/benchmarks.md`.
pub fn bench() -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new(
            "the bench reads memory from /proc, so it runs on Linux only",
        ));
    }
    setup::for_the_command()?;
    Step::cargo()
        .args([
            "build",
            "--release",
            "--package",
            "graph-emulator",
            "--package",
            "cli",
        ])
        .run()?;
    let machine = machine();
    let mut rows = Vec::new();
    for users in TENANTS {
        for (latency_ms, pacing) in CONDITIONS {
            println!(
                "{users} users, answers after {latency_ms} ms, pacing {}...",
                if pacing { "on" } else { "off" }
            );
            let row = measure(users, latency_ms, pacing)?;
            println!("  {:.2} s", row.wall.as_secs_f64());
            rows.push(row);
        }
    }
    let file = workspace::root().join("docs/benchmarks.md");
    let page = fs::read_to_string(&file).unwrap_or_else(|_| EMPTY_PAGE.to_owned());
    fs::write(&file, rewrite(&page, &machine, &rows)?).map_err(|error| {
        Failure::new(format!("docs/benchmarks.md could not be written: {error}"))
    })?;
    println!("docs/benchmarks.md is up to date.");
    Ok(())
}

fn machine() -> Machine {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    Machine {
        cores: thread::available_parallelism().map_or(1, usize::from),
        load: read("/proc/loadavg")
            .split_whitespace()
            .next()
            .unwrap_or("unknown")
            .to_owned(),
        kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
    }
}

fn measure(users: u32, latency_ms: u32, pacing: bool) -> Outcome<Row> {
    let (users_text, latency_text) = (users.to_string(), latency_ms.to_string());
    let emulator = Emulator::start(
        &workspace::built("release", "graph-emulator"),
        &["--users", &users_text, "--latency-ms", &latency_text],
    )?;
    let company =
        TemporaryCompany::create(&workspace::built("release", "cmmc"), "Bench Machine Shop")?;
    company.connect(&emulator.tenant, "Bench tenant")?;
    let before = emulator.requests_answered();
    let mut words = vec!["--progress", "json", "sync", "--all"];
    if !pacing {
        words.push("--no-pacing");
    }
    let collection = watch(company.command(&words))?;
    let after = emulator.requests_answered();
    let answer = read_answer(&["sync"], &collection.text, collection.code)?;
    Ok(Row {
        users,
        latency_ms,
        pacing,
        wall: collection.wall,
        peak_kib: collection.peak_kib,
        peak_after_unlock: collection.peak_after_unlock,
        requests_sent: before
            .zip(after)
            .map(|(before, after)| after.saturating_sub(before))
            .or_else(|| requests(&answer)),
        requests_needed: 1 + pages(&answer),
    })
}

/// Pages of every dataset of every run.
fn pages(sync: &Value) -> u64 {
    let list = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    list(sync, "runs")
        .iter()
        .flat_map(|run| list(run, "datasets"))
        .filter_map(|dataset| dataset.get("pages").and_then(Value::as_u64))
        .sum()
}

/// Requests as `cmmc` counts them itself, for an emulator that has no log to ask for.
fn requests(sync: &Value) -> Option<u64> {
    let runs = sync.get("runs")?.as_array()?;
    runs.iter().map(|run| run.get("requests")?.as_u64()).sum()
}

struct Collection {
    wall: Duration,
    text: String,
    code: Option<i32>,
    peak_kib: Option<u64>,
    peak_after_unlock: bool,
}

fn watch(step: Step) -> Outcome<Collection> {
    let lost = |what: &str| Failure::new(format!("the collecting process: {what}"));
    let started = Instant::now();
    let mut process: Background = step.start(|command| {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    })?;
    let id = process.child.id();
    let output = read_all(
        process
            .child
            .stdout
            .take()
            .ok_or_else(|| lost("no output"))?,
    );
    let unlocked = Arc::new(AtomicBool::new(false));
    let progress = process
        .child
        .stderr
        .take()
        .ok_or_else(|| lost("no progress"))?;
    let progress = forget_memory_at_first_progress(progress, id, Arc::clone(&unlocked));
    let mut peak_kib = None;
    let status = loop {
        peak_kib = peak_of(id).or(peak_kib);
        if let Some(status) = process.child.try_wait().map_err(|_| lost("lost"))? {
            break status;
        }
        thread::sleep(SAMPLE);
    };
    let wall = started.elapsed();
    let text = output.join().map_err(|_| lost("output unreadable"))?;
    progress.join().map_err(|_| lost("progress unreadable"))?;
    Ok(Collection {
        wall,
        text,
        code: status.code(),
        peak_kib,
        peak_after_unlock: unlocked.load(Ordering::Relaxed),
    })
}

fn read_all(mut stream: ChildStdout) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // A process that ends early leaves a short text, which then fails to parse.
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Progress begins when the vault is open: from there on the peak counts, without the key derivation's memory.
fn forget_memory_at_first_progress(
    stream: ChildStderr,
    id: u32,
    unlocked: Arc<AtomicBool>,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if line.starts_with('{') && !unlocked.load(Ordering::Relaxed) {
                // 5 resets the peak resident set size: proc_pid_clear_refs(5).
                let reset = fs::write(format!("/proc/{id}/clear_refs"), "5").is_ok();
                unlocked.store(reset, Ordering::Relaxed);
            } else if !line.starts_with('{') {
                eprintln!("{line}");
            }
        }
    })
}

fn peak_of(id: u32) -> Option<u64> {
    peak_from_status(&fs::read_to_string(format!("/proc/{id}/status")).ok()?)
}

/// `VmHWM` in KiB: the most memory that was resident at once.
fn peak_from_status(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_peak_is_read_from_the_status_file() {
        assert_eq!(
            peak_from_status("Name:\tcmmc\nVmPeak:\t  99 kB\nVmHWM:\t   8123 kB\n"),
            Some(8_123)
        );
        assert_eq!(peak_from_status("Name:\tcmmc\nState:\tZ (zombie)\n"), None);
    }

    #[test]
    fn pages_of_all_datasets_add_up() {
        let sync = json!({"runs": [{"datasets": [{"pages": 3}, {"pages": 2}, {"id": "without"}]}, {"datasets": [{"pages": 1}]}]});
        assert_eq!(pages(&sync), 6);
    }

    #[test]
    fn requests_are_known_only_when_every_run_counts_them() {
        assert_eq!(
            requests(&json!({"runs": [{"requests": 4}, {"requests": 2}]})),
            Some(6)
        );
        assert_eq!(requests(&json!({"runs": [{"requests": 4}, {}]})), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_watched_process_gives_its_text_its_code_and_a_peak() {
        let step = Step::new("sh").args([
            "-c",
            "echo '{\"a\":1}' >&2; sleep 0.2; echo '{\"runs\":[]}'; exit 6",
        ]);
        let collection = watch(step).map_err(|failure| failure.to_string());
        assert!(collection.is_ok_and(|collection| {
            collection.text == "{\"runs\":[]}\n"
                && collection.code == Some(6)
                && collection.peak_kib.is_some_and(|kib| kib > 0)
        }));
    }
}
