//! Killing a sync in the middle, and what must be true afterwards.

use crate::{Desk, process};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A sync that was killed.
#[derive(Debug)]
pub struct Killed {
    /// The datasets that were reported as kept before the process died.
    pub acknowledged: BTreeSet<String>,
    /// How long the process had lived.
    pub lived: Duration,
    /// Whether it had already ended by itself.
    pub had_finished: bool,
}

/// Starts a sync of everything and kills it `delay` after it reported the `kept`-th dataset as kept.
///
/// # Panics
/// When the sync does not get that far.
#[must_use]
pub fn sync(desk: &Desk, kept: usize, delay: Duration) -> Killed {
    let mut command = desk.command(&["sync", "--progress", "json"]);
    let start = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = process::drain(child.stdout.take().unwrap());
    let mut reports = BufReader::new(child.stderr.take().unwrap());
    let mut acknowledged = BTreeSet::new();
    let mut printed = String::new();
    while acknowledged.len() < kept {
        let mut line = String::new();
        let read = reports.read_line(&mut line).unwrap();
        assert!(
            read > 0,
            "the sync ended after {} datasets: {printed}",
            acknowledged.len()
        );
        acknowledged.extend(kept_dataset(&line));
        printed.push_str(&line);
    }
    std::thread::sleep(delay);
    let had_finished = child.try_wait().unwrap().is_some();
    let _ = child.kill();
    let lived = start.elapsed();
    let _ = child.wait().unwrap();
    // What it had said before it died counts as acknowledged too.
    let mut rest = String::new();
    let _ = reports.read_to_string(&mut rest);
    acknowledged.extend(rest.lines().filter_map(kept_dataset));
    desk.keep(printed.as_bytes());
    desk.keep(rest.as_bytes());
    desk.keep(&stdout.join().unwrap());
    Killed {
        acknowledged,
        lived,
        had_finished,
    }
}

/// The dataset that a line of progress reports as kept.
fn kept_dataset(line: &str) -> Option<String> {
    let report: Value = serde_json::from_str(line).ok()?;
    (report["kind"] == "kept").then(|| report["dataset"]["id"].as_str().map(str::to_owned))?
}

/// Checks that the vault opens, verifies, and holds everything acknowledged; says how many datasets it holds.
#[track_caller]
pub fn assert_nothing_lost(desk: &Desk, killed: &Killed) -> usize {
    let verified = desk.cmmc(&["vault", "verify"]).ok();
    assert_eq!(verified["ok"], true, "{verified:#}");
    let list = desk.cmmc(&["evidence", "list"]).ok();
    let held: BTreeSet<String> = list["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["dataset"].as_str().unwrap().to_owned())
        .collect();
    let lost: Vec<_> = killed.acknowledged.difference(&held).collect();
    assert!(
        lost.is_empty(),
        "acknowledged, then lost: {lost:?}; {killed:?}"
    );
    held.len()
}

/// Kills a first sync at `times` moments between its first and its last commit, on a fresh copy of `desk`'s data each
/// time. Prints where each kill fell.
pub fn many(desk: &Desk, times: usize, datasets: usize) {
    let untouched = desk.path("untouched");
    crate::desk::copy_folder(&desk.data(), &untouched);
    let mut inside = 0;
    for turn in 0..times {
        std::fs::remove_dir_all(desk.data()).unwrap();
        crate::desk::copy_folder(&untouched, &desk.data());
        // Spread over the datasets, and over the time that one dataset takes.
        let kept = 1 + turn * (datasets - 1) / times;
        let delay = Duration::from_micros((turn as u64 * 7919) % 40_000);
        let killed = sync(desk, kept, delay);
        let held = assert_nothing_lost(desk, &killed);
        if !killed.had_finished && held < datasets {
            inside += 1;
        }
        println!(
            "kill {:>3} of {times}: {delay:>9.1?} after dataset {kept:>2} of {datasets}, {:>4} ms into the process; \
             {} acknowledged, {held} held",
            turn + 1,
            killed.lived.as_millis(),
            killed.acknowledged.len(),
        );
        if turn % 5 == 4 {
            let again = desk.cmmc(&["sync"]).ok();
            assert_eq!(
                again["runs"][0]["state"], "done",
                "the next sync goes on: {again:#}"
            );
            assert_eq!(assert_nothing_lost(desk, &killed), datasets);
        }
    }
    println!("{inside} of {times} kills fell between the first and the last commit");
    assert!(
        inside * 10 >= times * 8,
        "too few kills fell inside the sync"
    );
}
