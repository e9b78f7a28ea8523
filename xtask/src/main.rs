//! The project's own tasks, started with `cargo xtask <task>`.
//! Kept small on purpose: it is compiled before anything else on a fresh machine.
#![expect(
    clippy::print_stdout,
    reason = "a task runner speaks to the person who started it"
)]

mod bench;
mod bench_aws;
mod bench_collect;
mod bench_entra;
mod bench_github;
mod bench_ingest;
mod bench_page;
mod bench_prowler;
mod bench_sizes;
mod bench_stats;
mod bench_window;
mod bundle;
mod bundle_check;
mod bundle_display;
mod bundle_doors;
mod bundle_libraries;
mod bundle_licences;
mod bundle_notices;
mod cmmc;
mod counts;
mod emulate;
mod emulator;
mod lint;
mod new_provider;
mod packages;
mod process;
mod random;
mod registration;
mod run;
mod setup;
mod soak;
mod test;
mod workspace;

use std::process::ExitCode;

/// Why a task stopped, as a sentence for the person who started it.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure with its explanation.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What a task returns.
pub type Outcome<T = ()> = Result<T, Failure>;

const HELP: &str = "\
cargo xtask <task>

  setup                     install what building and testing need
  run                       open the app; without a display, show the main job on a made-up tenant
  test [--only LAYER] [--screenshots]
                            rust, ui and end-to-end tests; LAYER is one of the three
  lint                      formatting, clippy, dependency policy, UI lint and type check
  emulate [ARGS...]         a made-up Microsoft Entra ID tenant in the foreground
  bench [--quick] [--no-build] [--prowler] [--only PART]
                            measure and rewrite docs/benchmarks.md (Linux); PART is one of entra, aws,
                            github, start, tray, ingest and sizes; --quick only shows that measuring works;
                            --no-build measures what the last bench built; --prowler measures Prowler beside
                            the collection from AWS, installing it first
  soak                      the long end-to-end runs
  bundle                    this platform's installer: .deb, setup.exe or .dmg
  bundle --check            install the .deb here, use it, remove it again (root, Debian or Ubuntu)
  new provider ID NAME      a new provider folder, registered";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("\nerror: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Outcome<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["help" | "--help" | "-h"] => println!("{HELP}"),
        ["setup"] => setup::everything()?,
        ["run"] => run::run()?,
        ["test", options @ ..] => return test::test(&test::Options::parse(options)?),
        ["lint"] => lint::lint()?,
        ["emulate", options @ ..] => emulate::emulate(options)?,
        ["bench", options @ ..] => bench::bench(&bench::Options::parse(options)?)?,
        ["soak"] => soak::soak()?,
        ["bundle", options @ ..] => bundle::bundle(options)?,
        ["new", "provider", id, name] => new_provider::create(id, name)?,
        _ => {
            return Err(Failure::new(format!(
                "there is no such task: {}\n\n{HELP}",
                words.join(" ")
            )));
        }
    }
    Ok(ExitCode::SUCCESS)
}
