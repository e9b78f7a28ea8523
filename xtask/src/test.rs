//! `cargo xtask test`: every layer, and an honest count at the end.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::counts::{self, Counts};
use crate::process::{Step, Watched};
use crate::workspace::{self, APP_FEATURES, AUTOMATED_APP_FEATURES};
use crate::{Failure, Outcome, setup};

/// One kind of test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Rust,
    Ui,
    EndToEnd,
}

impl Layer {
    const ALL: [Self; 3] = [Self::Rust, Self::Ui, Self::EndToEnd];

    fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Ui => "ui",
            Self::EndToEnd => "end-to-end",
        }
    }

    fn run(self, options: &Options) -> Outcome<Counts> {
        match self {
            Self::Rust => rust(),
            Self::Ui => ui(),
            Self::EndToEnd => end_to_end(options),
        }
    }
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    layers: Vec<Layer>,
    screenshots: bool,
}

impl Options {
    /// Reads the words after `cargo xtask test`.
    pub fn parse(words: &[&str]) -> Outcome<Self> {
        let mut layers = Vec::new();
        let mut screenshots = false;
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match *word {
                "--screenshots" => screenshots = true,
                "--only" => {
                    let name = rest.next().copied().unwrap_or_default();
                    let layer = Layer::ALL.into_iter().find(|layer| layer.name() == name);
                    layers.push(layer.ok_or_else(|| {
                        Failure::new("--only takes one of: rust, ui, end-to-end")
                    })?);
                }
                other => return Err(Failure::new(format!("`test` has no option {other}"))),
            }
        }
        if layers.is_empty() {
            layers = Layer::ALL.to_vec();
        }
        Ok(Self {
            layers,
            screenshots,
        })
    }
}

/// Runs the layers; every one has its turn even when an earlier one fails.
pub fn test(options: &Options) -> Outcome<ExitCode> {
    setup::for_tests()?;
    setup::build_ui()?;
    let mut results = Vec::new();
    for layer in &options.layers {
        println!("\n== {} ==", layer.name());
        let started = Instant::now();
        let counts = layer.run(options).unwrap_or_else(|failure| {
            println!("error: {failure}");
            Counts::broken()
        });
        results.push((*layer, counts, started.elapsed()));
    }

    println!();
    let mut total = Counts::default();
    let mut clean = true;
    for (layer, counts, elapsed) in results {
        let nothing = if counts == Counts::default() {
            " (no test ran: a failure)"
        } else {
            ""
        };
        println!("{}: {counts}{nothing} [{}]", layer.name(), shown(elapsed));
        total += counts;
        clean &= counts.is_clean();
    }
    if let Some(whole) = since_start_of_ci() {
        println!("everything since the start of the run: {}", shown(whole));
    }
    println!("{total}");
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// `.ci/run` says when it began, so that the last lines can tell how long the whole took.
fn since_start_of_ci() -> Option<Duration> {
    let began = std::env::var("CMMC_CI_STARTED").ok()?.parse().ok()?;
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()?
        .checked_sub(Duration::from_secs(began))
}

fn shown(time: Duration) -> String {
    format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60)
}

/// Whether cargo-nextest is installed.
pub fn has_nextest() -> bool {
    Step::cargo().args(["nextest", "--version"]).succeeds()
}

fn rust() -> Outcome<Counts> {
    let scope = [
        "--workspace",
        "--exclude",
        "end-to-end",
        "--features",
        APP_FEATURES,
        "--no-fail-fast",
    ];
    if has_nextest() {
        let watched = Step::cargo().args(["nextest", "run"]).args(scope).watch()?;
        read_nextest(&watched)
    } else {
        let watched = Step::cargo().arg("test").args(scope).watch()?;
        read_cargo_test(&watched)
    }
}

fn ui() -> Outcome<Counts> {
    let report = workspace::target().join("xtask/ui-tests.json");
    // An old report must never stand for a run that did not happen.
    if report.exists() {
        std::fs::remove_file(&report)
            .map_err(|error| Failure::new(format!("the last UI report is in the way: {error}")))?;
    }
    let watched = Step::npm()
        .args([
            "test",
            "--",
            "--run",
            "--reporter=default",
            "--reporter=json",
        ])
        .arg(format!("--outputFile.json={}", report.display()))
        .watch()?;
    let text = std::fs::read_to_string(&report)
        .map_err(|_| Failure::new("the UI tests left no report"))?;
    counts::from_vitest(&text)
        .map(|counts| counts.with_exit(watched.success))
        .ok_or_else(|| Failure::new("the UI tests' report has no counts"))
}

fn end_to_end(options: &Options) -> Outcome<Counts> {
    build_for_end_to_end()?;
    let scope = ["--package", "end-to-end", "--no-fail-fast"];
    let nextest = has_nextest();
    let runner: &[&str] = if nextest {
        &["nextest", "run"]
    } else {
        &["test"]
    };
    let mut step = on_a_display(&[runner, &scope].concat())?;
    if options.screenshots {
        step = step.env(
            "CMMCPRO_SCREENSHOTS",
            workspace::root().join("docs/screenshots"),
        );
    }
    let watched = step.watch()?;
    if nextest {
        read_nextest(&watched)
    } else {
        read_cargo_test(&watched)
    }
}

/// Builds the programs the end-to-end tests drive.
pub fn build_for_end_to_end() -> Outcome {
    // The same packages and targets as the Rust layer, so that Cargo picks the same features for every
    // dependency and reuses what that layer compiled. This task's own program is running: leave it be.
    Step::cargo()
        .args([
            "build",
            "--workspace",
            "--exclude",
            "end-to-end",
            "--exclude",
            "xtask",
        ])
        .args(["--bins", "--tests", "--features", AUTOMATED_APP_FEATURES])
        .run()
}

/// A Cargo command with its own display, its own session bus and the paths of what it drives.
pub fn on_a_display(arguments: &[&str]) -> Outcome<Step> {
    let mut step = if cfg!(target_os = "linux") {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // Always a display of its own: tests neither disturb a person's screen nor depend on it.
        Step::new("dbus-run-session")
            .args([
                "--",
                "xvfb-run",
                "--auto-servernum",
                "--server-args=-screen 0 1440x1000x24",
            ])
            .arg(cargo)
    } else {
        Step::cargo()
    };
    step = step.args(arguments);
    for (variable, program) in [
        ("CMMC_BIN", workspace::built("debug", "cmmc")),
        ("CMMCPRO_APP_BIN", workspace::built("debug", "cmmcpro")),
        (
            "GRAPH_EMULATOR_BIN",
            workspace::built("debug", "graph-emulator"),
        ),
        ("MOTO_SERVER", workspace::venv_program("moto_server")),
    ] {
        step = step.env(variable, existing(variable, program)?);
    }
    Ok(step)
}

fn existing(what: &str, program: PathBuf) -> Outcome<PathBuf> {
    if program.is_file() {
        Ok(program)
    } else {
        Err(Failure::new(format!(
            "{what}: there is no {}",
            program.display()
        )))
    }
}

fn read_nextest(watched: &Watched) -> Outcome<Counts> {
    counts::from_nextest(&watched.text)
        .map(|counts| counts.with_exit(watched.success))
        .ok_or_else(|| Failure::new("the tests did not get as far as a summary"))
}

fn read_cargo_test(watched: &Watched) -> Outcome<Counts> {
    counts::from_cargo_test(&watched.text)
        .map(|counts| counts.with_exit(watched.success))
        .ok_or_else(|| Failure::new("the tests did not get as far as a result"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn without_options_every_layer_runs() {
        let options = Options::parse(&[]).unwrap();
        assert_eq!(options.layers, Layer::ALL);
        assert!(!options.screenshots);
    }

    #[test]
    fn one_layer_can_be_asked_for() {
        let options = Options::parse(&["--only", "end-to-end", "--screenshots"]).unwrap();
        assert_eq!(
            options,
            Options {
                layers: vec![Layer::EndToEnd],
                screenshots: true
            }
        );
    }

    #[test]
    fn unknown_layers_and_options_are_refused() {
        assert!(Options::parse(&["--only", "e2e"]).is_err());
        assert!(Options::parse(&["--only"]).is_err());
        assert!(Options::parse(&["--fast"]).is_err());
    }

    #[test]
    fn durations_read_as_minutes_and_seconds() {
        assert_eq!(shown(Duration::from_secs(125)), "2 min 05 s");
    }
}
