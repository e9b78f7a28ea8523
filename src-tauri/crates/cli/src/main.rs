//! `cmmc`: the engine without a window. What it prints with `--json` and the codes it exits with are a contract (design,
//! section 8); what it prints for people is not.

mod args;
mod import;
mod output;
mod progress;
mod run;
mod show;
mod unlock;

use args::Cli;
use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Without it the process is only as closed as the system makes it; nothing else depends on it.
    let _ = vault::harden_process();
    let wants_json = std::env::args().any(|arg| arg == "--json");
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return output::clap(&error, wants_json),
    };
    log_to_stderr();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return output::failure(
                &engine::api::ApiError::bug(error.to_string()),
                cli.global.json,
            );
        }
    };
    let json = cli.global.json;
    let result = runtime.block_on(run::run(cli));
    // A keyring call that hangs must not keep the process.
    runtime.shutdown_background();
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => output::failure(&error, json),
    }
}

/// `CMMCPRO_LOG=debug` and the like; silent without it. Logs go to stderr, never to a file.
fn log_to_stderr() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("CMMCPRO_LOG") {
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .try_init();
    }
}
