//! What the processes of a program take, read from `/proc`.

use end_to_end::process;
use std::collections::BTreeMap;

/// Work that a program's processes did in a time.
#[derive(Debug)]
pub struct Work {
    /// Times that one of their threads gave the processor back by itself, and was woken later.
    pub switches: u64,
    /// Processor time, in the system's ticks.
    pub ticks: u64,
    /// The switches by the names of the threads.
    pub by_name: BTreeMap<String, u64>,
}

/// How things stood at a moment.
pub struct Moment {
    /// By process and thread, with the thread's name.
    switches: BTreeMap<(u32, u32), (String, u64)>,
    ticks: u64,
}

/// A program's processes: the one that was started and everything below it.
fn all(process: u32) -> Vec<u32> {
    let mut all = process::descendants(process);
    all.push(process);
    all
}

/// Memory that nobody else has, over all of them, in KiB. `None` where it may not be read: the app's process is closed
/// to everybody but the system's administrator.
pub fn private_dirty(process: u32) -> Option<u64> {
    let of = |pid: u32| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        text.lines()
            .find_map(|line| line.strip_prefix("Private_Dirty:"))?
            .split_whitespace()
            .next()?
            .parse::<u64>()
            .ok()
    };
    all(process).into_iter().map(of).sum()
}

impl Moment {
    /// Now.
    pub fn of(process: u32) -> Self {
        let processes = all(process);
        let mut switches = BTreeMap::new();
        for pid in &processes {
            let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
                continue;
            };
            for thread in threads.filter_map(Result::ok) {
                let Some(id) = thread.file_name().to_str().and_then(|id| id.parse().ok()) else {
                    continue;
                };
                let text =
                    std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
                let value = |name: &str| {
                    let line = text.lines().find_map(|line| line.strip_prefix(name));
                    line.map(|value| value.trim().to_owned())
                };
                let count = value("voluntary_ctxt_switches:").and_then(|count| count.parse().ok());
                if let Some(count) = count {
                    let name = value("Name:").unwrap_or_default();
                    switches.insert((*pid, id), (name, count));
                }
            }
        }
        let ticks = processes
            .iter()
            .filter_map(|pid| process::ticks(*pid))
            .sum();
        Self { switches, ticks }
    }

    /// What was done since an earlier one. Threads that ended meanwhile took their counts with them.
    pub fn since(&self, earlier: &Self) -> Work {
        let mut by_name = BTreeMap::new();
        for (thread, (name, count)) in &self.switches {
            let before = earlier.switches.get(thread).map_or(0, |(_, count)| *count);
            *by_name.entry(name.clone()).or_insert(0) += count.saturating_sub(before);
        }
        by_name.retain(|_, count| *count > 0);
        Work {
            switches: by_name.values().sum(),
            ticks: self.ticks.saturating_sub(earlier.ticks),
            by_name,
        }
    }
}
