//! Watching one `cmmc sync` from outside: how long it takes and how much memory.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{ChildStderr, ChildStdout, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::{Background, Step};
use crate::{Failure, Outcome};

/// How often the collecting process's memory is looked at.
const SAMPLE: Duration = Duration::from_millis(5);

/// The words of a collection of everything, with our own pacing on or off.
pub fn words(pacing: bool) -> Vec<&'static str> {
    let mut words = vec!["--progress", "json", "sync", "--all"];
    if !pacing {
        words.push("--no-pacing");
    }
    words
}

/// A collection that was watched from its start to its end.
pub struct Collection {
    /// From starting the process to its end.
    pub wall: Duration,
    /// What it printed.
    pub text: String,
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Most memory resident at once, in KiB.
    pub peak_kib: Option<u64>,
    /// Whether that peak was counted from the moment the vault was open, not from the start.
    pub peak_after_unlock: bool,
}

impl Collection {
    /// The peak for a table, marked where it includes what came before the vault was open.
    pub fn memory(&self) -> String {
        match self.peak_kib {
            None => "not known".to_owned(),
            Some(kib) => {
                let note = if self.peak_after_unlock { "" } else { " (*)" };
                format!("{} MiB{note}", kib.div_ceil(1024))
            }
        }
    }
}

/// The explanation of the mark, where one of them has it.
pub fn note<'a>(collections: impl IntoIterator<Item = &'a Collection>) -> &'static str {
    if collections
        .into_iter()
        .any(|one| one.peak_kib.is_some() && !one.peak_after_unlock)
    {
        "\n(*) counted from the start, deriving the key from the passphrase included.\n"
    } else {
        ""
    }
}

/// Pages of every dataset of every run.
pub fn pages(sync: &Value) -> u64 {
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

/// Runs it and watches.
pub fn watch(step: Step) -> Outcome<Collection> {
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
