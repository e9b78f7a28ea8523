//! The bench's look at windows: the app beside a bare Tauri window, both from outside and the same way.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::bench::Options;
use crate::bench_page::{met, table};
use crate::bench_stats::{Ratio, median, ratio, worst};
use crate::process::Step;
use crate::{Failure, Outcome, workspace};

/// Starting (performance.md, P1): times the bare window, and milliseconds beyond it.
const START_AIM: f64 = 1.25;
const START_AIM_MS: f64 = 150.0;

/// Memory (P4 and P3): times the bare window, and MiB.
const OPEN_AIM: (f64, f64) = (2.0, 150.0);
const CLOSED_AIM: (f64, f64) = (1.5, 60.0);

/// Waking at rest (P6): times a second beyond the bare window, and percent of a processor.
const WAKING_AIM: f64 = 0.1;
const BUSY_AIM: f64 = 0.05;

/// The system's ticks in a second (sysconf(3), `_SC_CLK_TCK`): 100 on every Linux that we build for.
const TICKS: f64 = 100.0;

/// Measures cold starts and returns the section.
pub fn start(options: &Options) -> Outcome<String> {
    section_of_start(&look(&["start", if options.quick { "3" } else { "15" }])?)
}

/// Measures the app at rest and returns the section.
pub fn tray(options: &Options) -> Outcome<String> {
    // Users of the tenant, seconds to settle, rounds, seconds a round.
    let size = if options.quick {
        ["25", "5", "1", "10"]
    } else {
        ["1000", "60", "3", "60"]
    };
    section_of_tray(&look(&[&["tray"], size.as_slice()].concat())?)
}

/// Runs the program that looks, on a display of its own.
fn look(words: &[&str]) -> Outcome<Value> {
    let mut step = Step::new("xvfb-run")
        .args(["--auto-servernum", "--server-args=-screen 0 1440x1000x24"])
        .arg(workspace::built("debug", "window-bench"))
        .args(words);
    for (variable, program) in [
        ("CMMC_BIN", "cmmc"),
        ("CMMCPRO_APP_BIN", "cmmcpro"),
        ("BARE_WINDOW_BIN", "bare-window"),
    ] {
        step = step.env(variable, workspace::built("release", program));
    }
    let (text, code) = step.output()?;
    // What it says besides may be on the same stream: xvfb-run joins them on some systems.
    let measured = text.lines().rev().find(|line| line.starts_with('{'));
    match measured.and_then(|line| serde_json::from_str(line).ok()) {
        Some(measured) if code == Some(0) => Ok(measured),
        _ => Err(Failure::new(
            "the measurement of the windows did not finish",
        )),
    }
}

fn lacks() -> Failure {
    Failure::new("the measurement of the windows lacks something")
}

/// The app's figure and the bare window's, of every pair.
fn pairs(measured: &Value, list: &str, figure: &str) -> Outcome<Vec<(f64, f64)>> {
    let list = measured.get(list).and_then(Value::as_array);
    list.ok_or_else(lacks)?
        .iter()
        .map(|pair| {
            let of = |who: &str| pair.get(who)?.get(figure)?.as_f64();
            of("app").zip(of("bare")).ok_or_else(lacks)
        })
        .collect()
}

fn section_of_start(measured: &Value) -> Outcome<String> {
    let mut rows = Vec::new();
    for (told, figure) in [
        ("first picture that is more than ground", "first"),
        ("the picture that stays", "settled"),
    ] {
        let pairs = pairs(measured, "pairs", figure)?;
        let times = ratio(&pairs).ok_or_else(lacks)?;
        let later: Vec<f64> = pairs
            .iter()
            .map(|(app, bare)| (app - bare) * 1000.0)
            .collect();
        let later = median(&later).ok_or_else(lacks)?;
        let aim = format!(
            "at most {START_AIM} ×: {}; at most {START_AIM_MS:.0} ms more ({later:.0} ms): {}",
            met(times.high <= START_AIM),
            met(later <= START_AIM_MS)
        );
        let shown = |seconds: f64| format!("{:.0} ms", seconds * 1000.0);
        rows.push(compared(told, &pairs, times, shown, aim)?);
    }
    // Where memory may not be read there is no row rather than a made-up one.
    if let Ok(pairs) = pairs(measured, "pairs", "dirty") {
        let times = ratio(&pairs).ok_or_else(lacks)?;
        rows.push(compared(
            "memory at the first screen (Private_Dirty)",
            &pairs,
            times,
            mebibytes,
            String::new(),
        )?);
    }
    let count = measured
        .get("pairs")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    Ok(format!(
        "{count} pairs, in turns.\n\n{}",
        table(
            &[
                "figure",
                ">app, median (worst)",
                ">bare, median (worst)",
                ">times bare (95 %)",
                "aim",
            ],
            &rows
        )
    ))
}

fn compared(
    told: &str,
    pairs: &[(f64, f64)],
    times: Ratio,
    shown: impl Fn(f64) -> String,
    aim: String,
) -> Outcome<Vec<String>> {
    let of = |values: Vec<f64>| -> Outcome<String> {
        let (middle, most) = median(&values).zip(worst(&values)).ok_or_else(lacks)?;
        Ok(format!("{} ({})", shown(middle), shown(most)))
    };
    Ok(vec![
        told.to_owned(),
        of(pairs.iter().map(|pair| pair.0).collect())?,
        of(pairs.iter().map(|pair| pair.1).collect())?,
        format!("{:.2} ({:.2}–{:.2})", times.median, times.low, times.high),
        aim,
    ])
}

fn mebibytes(kibibytes: f64) -> String {
    format!("{:.1} MiB", kibibytes / 1024.0)
}

fn section_of_tray(measured: &Value) -> Outcome<String> {
    let number = |name: &str| measured.get(name).and_then(Value::as_f64).ok_or_else(lacks);
    let round = number("round")?;
    let mut rows = Vec::new();
    for (told, when, aim) in [
        ("memory, main screen open (Private_Dirty)", "open", OPEN_AIM),
        (
            "memory, in the tray without a page (Private_Dirty)",
            "closed",
            CLOSED_AIM,
        ),
    ] {
        rows.push(memory(measured, told, when, aim)?);
    }
    let per_second = |figure: &str, scale: f64| -> Outcome<Vec<(f64, f64)>> {
        let pairs = pairs(measured, "rounds", figure)?;
        let scaled = |(app, bare): &(f64, f64)| (app * scale / round, bare * scale / round);
        Ok(pairs.iter().map(scaled).collect())
    };
    let waking = per_second("switches", 1.0)?;
    rows.push(at_rest(
        "voluntary context switches a second, in the tray",
        &waking,
        |rate| format!("{rate:.2}"),
        |app, bare| {
            (
                app - bare <= WAKING_AIM,
                format!("at most {WAKING_AIM} more"),
            )
        },
    )?);
    let busy = per_second("ticks", 100.0 / TICKS)?;
    rows.push(at_rest(
        "processor time, in the tray",
        &busy,
        |percent| format!("{percent:.2} %"),
        |app, _| (app <= BUSY_AIM, format!("at most {BUSY_AIM} %")),
    )?);
    Ok(format!(
        "After unlocking and one sync of a tenant of {} users by the app itself; memory {} s after closing, then {} \
         rounds of {round} s, both programs at once.\n\n{}\n\
         Switches of all rounds by thread. App: {}. Bare: {}.\n",
        number("users")?,
        number("settle")?,
        waking.len(),
        table(&["figure", ">app", ">bare", ">times bare", "aim"], &rows),
        by_thread(measured, "app"),
        by_thread(measured, "bare"),
    ))
}

/// Who was woken how often, the busiest first.
fn by_thread(measured: &Value, who: &str) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let rounds = measured.get("rounds").and_then(Value::as_array);
    for round in rounds.into_iter().flatten() {
        let threads = round.get(who).and_then(|of| of.get("threads")?.as_object());
        for (name, count) in threads.into_iter().flatten() {
            *counts.entry(name).or_default() += count.as_u64().unwrap_or(0);
        }
    }
    let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let told: Vec<String> = counts
        .iter()
        .map(|(name, count)| format!("`{name}` {count}"))
        .collect();
    if told.is_empty() {
        "none".to_owned()
    } else {
        told.join(", ")
    }
}

/// One moment's memory. Without the right to read it, it says so.
fn memory(
    measured: &Value,
    told: &str,
    when: &str,
    (times_aim, mebibytes_aim): (f64, f64),
) -> Outcome<Vec<String>> {
    let found = measured.get(when).ok_or_else(lacks)?;
    let of = |who: &str| found.get(who).and_then(Value::as_f64);
    let (Some(app), Some(bare)) = (of("app"), of("bare")) else {
        let unread = "not readable: run the bench as root";
        return Ok(vec![
            told.to_owned(),
            unread.to_owned(),
            String::new(),
            String::new(),
            String::new(),
        ]);
    };
    Ok(vec![
        told.to_owned(),
        mebibytes(app),
        mebibytes(bare),
        format!("{:.2}", app / bare),
        format!(
            "at most {times_aim} ×: {}; at most {mebibytes_aim:.0} MiB: {}",
            met(app / bare <= times_aim),
            met(app / 1024.0 <= mebibytes_aim)
        ),
    ])
}

/// A figure of every round: the median, and the worst behind it. The aim is judged by the app's worst round.
fn at_rest(
    told: &str,
    rounds: &[(f64, f64)],
    shown: impl Fn(f64) -> String,
    judge: impl Fn(f64, f64) -> (bool, String),
) -> Outcome<Vec<String>> {
    let app: Vec<f64> = rounds.iter().map(|round| round.0).collect();
    let bare: Vec<f64> = rounds.iter().map(|round| round.1).collect();
    let of = |values: &[f64]| median(values).zip(worst(values)).ok_or_else(lacks);
    let ((app, app_worst), (bare, bare_worst)) = (of(&app)?, of(&bare)?);
    let (reached, aim) = judge(app_worst, bare);
    let times = if bare > 0.0 {
        format!("{:.2}", app / bare)
    } else {
        String::new()
    };
    Ok(vec![
        told.to_owned(),
        format!("{} (worst {})", shown(app), shown(app_worst)),
        format!("{} (worst {})", shown(bare), shown(bare_worst)),
        times,
        format!("{aim}: {}", met(reached)),
    ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn starts_are_told_beside_the_bare_window() {
        let pair = json!({"app": {"first": 0.6, "settled": 0.9, "dirty": 81_920}, "bare": {"first": 0.5, "settled": 0.5, "dirty": 65_536}});
        let told = section_of_start(&json!({"pairs": [pair, pair, pair]})).unwrap();
        assert!(told.contains("3 pairs"));
        assert!(told.contains("| 600 ms (600 ms) | 500 ms (500 ms) | 1.20 (1.20–1.20) | at most 1.25 ×: met; at most 150 ms more (100 ms): met |"), "{told}");
        assert!(told.contains("| 900 ms (900 ms) | 500 ms (500 ms) | 1.80 (1.80–1.80) | at most 1.25 ×: **not met**; at most 150 ms more (400 ms): **not met** |"), "{told}");
        assert!(told.contains("| 80.0 MiB (80.0 MiB) | 64.0 MiB (64.0 MiB) | 1.25"));
    }

    #[test]
    fn memory_that_may_not_be_read_is_left_out() {
        let pair = json!({"app": {"first": 0.6, "settled": 0.9, "dirty": null}, "bare": {"first": 0.5, "settled": 0.5, "dirty": 65_536}});
        let told = section_of_start(&json!({"pairs": [pair]})).unwrap();
        assert!(!told.contains("memory"), "{told}");
    }

    fn rest() -> Value {
        let round = |app: u64| json!({"app": {"switches": app, "ticks": 1, "threads": {"main": 2, "timer": app - 2}}, "bare": {"switches": 30, "ticks": 0}});
        json!({
            "users": 1000, "settle": 60, "round": 60,
            "open": {"app": 102_400, "bare": 65_536},
            "closed": {"app": 61_440, "bare": 36_864},
            "rounds": [round(30), round(33), round(42)],
        })
    }

    #[test]
    fn rest_is_told_beside_the_bare_window_and_judged_by_its_worst_round() {
        let told = section_of_tray(&rest()).unwrap();
        assert!(
            told.contains(
                "| 100.0 MiB | 64.0 MiB | 1.56 | at most 2 ×: met; at most 150 MiB: met |"
            ),
            "{told}"
        );
        assert!(
            told.contains(
                "| 60.0 MiB | 36.0 MiB | 1.67 | at most 1.5 ×: **not met**; at most 60 MiB: met |"
            ),
            "{told}"
        );
        assert!(
            told.contains(
                "| 0.55 (worst 0.70) | 0.50 (worst 0.50) | 1.10 | at most 0.1 more: **not met** |"
            ),
            "{told}"
        );
        assert!(
            told.contains(
                "| 0.02 % (worst 0.02 %) | 0.00 % (worst 0.00 %) |  | at most 0.05 %: met |"
            ),
            "{told}"
        );
    }

    #[test]
    fn a_figure_that_is_missing_is_not_made_up() {
        let mut unreadable = rest();
        unreadable["closed"]["app"] = Value::Null;
        let told = section_of_tray(&unreadable).unwrap();
        assert!(told.contains("not readable"), "{told}");
        assert!(section_of_tray(&json!({"users": 1})).is_err());
        assert!(section_of_start(&json!({"pairs": []})).is_err());
    }
}
