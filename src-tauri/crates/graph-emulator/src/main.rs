//! Serves a made-up tenant until standard input closes or the process is told to end.
//!
//! Prints one line of JSON with everything a client needs, including a secret made for this run.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use graph_emulator::{ClientCertificate, Emulator, Fault, Nullable, Options, Tenant};

const USAGE: &str = "graph-emulator [--port N] [--users N] [--hostile | --tidy] [--no-licences] [--certificate] \
[--nullable values|null|omitted] [--role NAME]... [--fault NAME[@/PATH]]... [--latency-ms N] [--limits]";

struct Settings {
    tenant: Tenant,
    options: Options,
    faults: Vec<(String, Fault)>,
}

fn main() -> ExitCode {
    let settings = match read_arguments(std::env::args().skip(1)) {
        Ok(settings) => settings,
        Err(why) => {
            let _ = writeln!(io::stderr(), "{why}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match serve(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "graph-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Settings, String> {
    let now = chrono::Utc::now();
    let mut options = Options::default();
    let (mut users, mut hostile, mut tidy, mut licences) = (0, false, false, true);
    let mut roles = Vec::new();
    let mut faults = Vec::new();
    while let Some(name) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{name} needs a value"))
        };
        match name.as_str() {
            "--port" => options.port = number(&value()?)?,
            "--users" => users = number(&value()?)?,
            "--latency-ms" => options.latency = Duration::from_millis(number(&value()?)?),
            "--limits" => options.limits = true,
            "--hostile" => hostile = true,
            "--tidy" => tidy = true,
            "--no-licences" => licences = false,
            "--certificate" => {
                options.certificate =
                    Some(ClientCertificate::generate().map_err(|error| error.to_string())?);
            }
            "--role" => roles.push(value()?),
            "--nullable" => {
                options.nullable = match value()?.as_str() {
                    "values" => Nullable::Values,
                    "null" => Nullable::Null,
                    "omitted" => Nullable::Omitted,
                    other => return Err(format!("unknown value {other}")),
                };
            }
            "--fault" => {
                let text = value()?;
                let (fault, prefix) = text.split_once('@').unwrap_or((&text, "/"));
                faults.push((
                    prefix.to_owned(),
                    Fault::named(fault).ok_or_else(|| format!("unknown fault {fault}"))?,
                ));
            }
            _ => return Err(format!("unknown argument {name}")),
        }
    }
    if !roles.is_empty() {
        options.roles = roles;
    }
    let mut secret = [0_u8; 24];
    getrandom::fill(&mut secret).map_err(|error| error.to_string())?;
    options.client_secret = Some(secret.iter().map(|byte| format!("{byte:02x}")).collect());
    let mut tenant = match (hostile, tidy) {
        (true, true) => return Err("--hostile and --tidy exclude each other".to_owned()),
        (true, false) => Tenant::hostile(),
        (false, true) => Tenant::tidy_at(now),
        (false, false) => Tenant::sized_at(users, now),
    };
    if !licences {
        tenant.remove_licences();
    }
    Ok(Settings {
        tenant,
        options,
        faults,
    })
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{text} is not a number that fits here"))
}

fn serve(settings: Settings) -> io::Result<()> {
    let tenant_id = settings.tenant.id.clone();
    let emulator = Emulator::start(settings.tenant, settings.options)?;
    for (prefix, fault) in settings.faults {
        emulator.faults().set(&prefix, fault);
    }
    let options = emulator.options();
    let line = serde_json::json!({
        "url": emulator.url(),
        "loginUrl": emulator.login_url(),
        "graphUrl": emulator.graph_url(),
        "tenantId": tenant_id,
        "clientId": options.client_id,
        "clientSecret": options.client_secret,
        "certificatePem": options.certificate.as_ref().map(ClientCertificate::to_pem),
        "roles": options.roles,
        "audience": options.audience,
    });
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    drop(out);
    wait_for_the_end()
}

/// Returns when standard input closes or the process is asked to end.
fn wait_for_the_end() -> io::Result<()> {
    let (closed, input) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        loop {
            match stdin.fill_buf().map(<[u8]>::len) {
                Ok(0) | Err(_) => break,
                Ok(length) => {
                    // What is typed means nothing; only the end counts.
                    let _ = stdin
                        .by_ref()
                        .take(length as u64)
                        .read_to_end(&mut Vec::new());
                }
            }
        }
        let _ = closed.send(());
    });
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            #[cfg(unix)]
            {
                use tokio::signal::unix::{SignalKind, signal};
                let mut terminate = signal(SignalKind::terminate())?;
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = tokio::signal::ctrl_c() => {}
                    _ = input => {}
                }
            }
            #[cfg(not(unix))]
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = input => {}
            }
            Ok(())
        })
}
