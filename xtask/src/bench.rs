//! `cargo xtask bench`: what the product takes, measured from outside beside the least that its job could take.
//!
//! One run measures every part, prints it and writes it into `docs/benchmarks.md`. Figures are compared within a run
//! only: the machine is another one the next time.

use std::fs;
use std::thread;

use crate::bench_page::{EMPTY_PAGE, Machine, rewrite};
use crate::process::Step;
use crate::workspace::{self, APP_FEATURES};
use crate::{
    Failure, Outcome, bench_aws, bench_entra, bench_github, bench_ingest, bench_sizes,
    bench_window, setup,
};

/// One part of the bench; each has a section of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A first collection from Microsoft Entra ID.
    Entra,
    /// A first collection from AWS.
    Aws,
    /// Collections from GitHub: the first, and one of the unchanged organization.
    GitHub,
    /// From starting the app to its first screen.
    Start,
    /// The app at rest, with and without its window.
    Tray,
    /// Answers becoming evidence.
    Ingest,
    /// Programs and installer.
    Sizes,
}

impl Part {
    /// In the order they are measured: the long one last.
    pub const ALL: [Self; 7] = [
        Self::Sizes,
        Self::Ingest,
        Self::Start,
        Self::Tray,
        Self::GitHub,
        Self::Aws,
        Self::Entra,
    ];

    /// Its name for `--only` and on the page.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entra => "entra",
            Self::Aws => "aws",
            Self::GitHub => "github",
            Self::Start => "start",
            Self::Tray => "tray",
            Self::Ingest => "ingest",
            Self::Sizes => "sizes",
        }
    }

    fn measure(self, options: &Options) -> Outcome<String> {
        match self {
            Self::Entra => bench_entra::measure(options),
            Self::Aws => bench_aws::measure(options),
            Self::GitHub => bench_github::measure(options),
            Self::Start => bench_window::start(options),
            Self::Tray => bench_window::tray(options),
            Self::Ingest => bench_ingest::measure(options),
            Self::Sizes => bench_sizes::measure(),
        }
    }
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// Few pairs and small numbers: shows that the bench works, and little else. Leaves the page alone.
    pub quick: bool,
    /// Measures Prowler beside the collection from AWS; it is installed for that.
    pub prowler: bool,
    /// Measures what was built before.
    built: bool,
    parts: Vec<Part>,
}

impl Options {
    /// Reads the words after `cargo xtask bench`.
    pub fn parse(words: &[&str]) -> Outcome<Self> {
        let (mut quick, mut built, mut prowler) = (false, false, false);
        let mut parts = Vec::new();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match *word {
                "--quick" => quick = true,
                "--no-build" => built = true,
                "--prowler" => prowler = true,
                "--only" => {
                    let name = rest.next().copied().unwrap_or_default();
                    let part = Part::ALL.into_iter().find(|part| part.name() == name);
                    parts.push(part.ok_or_else(|| {
                        Failure::new(
                            "--only takes one of: entra, aws, github, start, tray, ingest, sizes",
                        )
                    })?);
                }
                other => return Err(Failure::new(format!("`bench` has no option {other}"))),
            }
        }
        if parts.is_empty() {
            parts = Part::ALL.to_vec();
        }
        Ok(Self {
            quick,
            prowler,
            built,
            parts,
        })
    }

    fn any(&self, parts: &[Part]) -> bool {
        self.parts.iter().any(|part| parts.contains(part))
    }
}

/// Builds, measures, prints and rewrites `docs/benchmarks.md`. A part that fails does not keep the others from it.
pub fn bench(options: &Options) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new(
            "the bench reads memory from /proc, so it runs on Linux only",
        ));
    }
    if !options.built {
        build(options)?;
    }
    let machine = machine();
    let mut failed = Vec::new();
    for part in &options.parts {
        println!("\n== {} ==", part.name());
        let load = load();
        match part.measure(options) {
            Ok(section) => {
                let section = format!("{}\n\n{section}", machine.told(&load));
                println!("\n{section}");
                if !options.quick {
                    keep(*part, &section)?;
                }
            }
            Err(failure) => {
                println!("error: {failure}");
                failed.push(part.name());
            }
        }
    }
    if !failed.is_empty() {
        return Err(Failure::new(format!(
            "not measured, and left as it was on the page: {}",
            failed.join(", ")
        )));
    }
    if options.quick {
        println!("A quick run proves nothing: docs/benchmarks.md was left alone.");
    } else {
        println!("docs/benchmarks.md is up to date.");
    }
    Ok(())
}

fn keep(part: Part, section: &str) -> Outcome {
    let file = workspace::root().join("docs/benchmarks.md");
    let page = fs::read_to_string(&file).unwrap_or_else(|_| EMPTY_PAGE.to_owned());
    fs::write(&file, rewrite(&page, part.name(), section)?)
        .map_err(|error| Failure::new(format!("docs/benchmarks.md could not be written: {error}")))
}

/// Builds what the parts measure and what they measure with.
fn build(options: &Options) -> Outcome {
    use Part::{Aws, Entra, GitHub, Ingest, Sizes, Start, Tray};
    let window = options.any(&[Start, Tray]);
    if window || options.any(&[Aws]) {
        setup::for_tests()?;
    } else if options.any(&[Sizes]) {
        setup::for_the_window()?;
    } else {
        setup::for_the_command()?;
    }
    if window || options.any(&[Sizes]) {
        setup::build_ui()?;
        // Both programs and the bare window at once: it then has the very libraries of the app.
        let features = format!("{APP_FEATURES},bare-window/custom-protocol");
        release(
            &["cmmcpro", "cli", "bare-window"],
            &["--features", &features],
        )?;
    } else if options.any(&[Entra, Aws, GitHub]) {
        release(&["cli"], &[])?;
    }
    if options.any(&[Entra, Aws, GitHub]) {
        release(&["graph-emulator", "aws-emulator", "github-emulator"], &[])?;
    }
    if options.any(&[Ingest]) {
        release(&["store"], &["--example", "ingest"])?;
    }
    if window {
        // It only looks: nothing of what it takes is measured.
        Step::cargo()
            .args(["build", "--package", "end-to-end", "--bin", "window-bench"])
            .run()?;
    }
    Ok(())
}

fn release(packages: &[&str], further: &[&str]) -> Outcome {
    let packages = packages.iter().flat_map(|name| ["--package", name]);
    Step::cargo()
        .args(["build", "--release"])
        .args(packages)
        .args(further)
        .run()
}

fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.unwrap_or("unknown").to_owned()
}

fn machine() -> Machine {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let value = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        let found = line.and_then(|line| line.split_once(':'));
        found.map(|(_, value)| value.trim().to_owned())
    };
    let memory = value(&read("/proc/meminfo"), "MemTotal");
    Machine {
        cores: thread::available_parallelism().map_or(1, usize::from),
        processor: value(&read("/proc/cpuinfo"), "model name")
            .unwrap_or_else(|| "unknown".to_owned()),
        memory_kib: memory
            .and_then(|text| text.split_whitespace().next()?.parse().ok())
            .unwrap_or(0),
        kernel: series(&read("/proc/sys/kernel/osrelease")),
        versions: versions(),
    }
}

/// A kernel's series, e.g. `6.18`: what follows names one machine's build.
fn series(release: &str) -> String {
    let numbers: Vec<&str> = release.trim().split('.').take(2).collect();
    numbers.join(".")
}

fn versions() -> Vec<String> {
    let lock = fs::read_to_string(workspace::root().join("Cargo.lock")).unwrap_or_default();
    let mut versions: Vec<String> = ["tauri", "wry"]
        .into_iter()
        .filter_map(|name| Some(format!("{name} {}", locked(&lock, name)?)))
        .collect();
    let asked = |program: &str, words: &[&str]| {
        let (text, code) = Step::new(program).args(words).quiet().output().ok()?;
        (code == Some(0)).then(|| text.trim().to_owned())
    };
    if let Some(version) = asked("pkg-config", &["--modversion", "webkit2gtk-4.1"]) {
        versions.push(format!("WebKitGTK {version}"));
    }
    if let Some(version) = asked("rustc", &["--version"])
        && let Some(number) = version.split_whitespace().nth(1)
    {
        versions.push(format!("rustc {number}"));
    }
    versions
}

/// A package's version in `Cargo.lock`.
fn locked(lock: &str, name: &str) -> Option<String> {
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    rest.split('"').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn without_options_everything_is_measured() {
        let options = Options::parse(&[]).unwrap();
        assert_eq!(options.parts, Part::ALL);
        assert!(!options.quick && !options.built);
    }

    #[test]
    fn parts_can_be_chosen_and_made_quick() {
        let options =
            Options::parse(&["--only", "tray", "--quick", "--no-build", "--only", "start"])
                .unwrap();
        assert_eq!(options.parts, [Part::Tray, Part::Start]);
        assert!(options.quick && options.built);
        assert!(options.any(&[Part::Start]) && !options.any(&[Part::Aws]));
    }

    #[test]
    fn prowler_is_measured_only_when_asked_for() {
        assert!(!Options::parse(&["--only", "aws"]).unwrap().prowler);
        let options = Options::parse(&["--only", "aws", "--prowler"]).unwrap();
        assert!(options.prowler);
    }

    #[test]
    fn unknown_parts_and_options_are_refused() {
        for words in [&["--only", "speed"][..], &["--only"], &["--fast"]] {
            assert!(Options::parse(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn of_a_kernel_the_series_is_told() {
        assert_eq!(series("6.18.44-some-build\n"), "6.18");
        assert_eq!(series(""), "");
    }

    #[test]
    fn versions_are_read_from_the_lock_file() {
        let lock = "[[package]]\nname = \"tauri\"\nversion = \"2.1.0\"\nsource = \"x\"\n";
        assert_eq!(locked(lock, "tauri").as_deref(), Some("2.1.0"));
        assert_eq!(locked(lock, "wry"), None);
    }
}
