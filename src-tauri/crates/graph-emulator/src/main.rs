//! Serves a made-up tenant until standard input closes or the process is told to end.
//!
//! Prints one line of JSON with everything a client needs, including a secret made for this run.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use graph_emulator::{ClientCertificate, Emulator, Fault, Nullable, Options, Tenant};
use stand_in::program::{self, Arguments};

const USAGE: &str = "graph-emulator [--port N] [--users N] [--hostile | --tidy] [--no-licences] [--certificate] \
[--nullable values|null|omitted] [--role NAME]... [--fault NAME[@/PATH]]... [--latency-ms N] [--limits]";

struct Settings {
    tenant: Tenant,
    options: Options,
    faults: Vec<(String, Fault)>,
}

fn main() -> ExitCode {
    program::run("graph-emulator", USAGE, read_arguments, serve)
}

fn read_arguments(mut arguments: Arguments) -> Result<Settings, String> {
    let now = chrono::Utc::now();
    let mut options = Options::default();
    let (mut users, mut hostile, mut tidy, mut licences) = (0, false, false, true);
    let mut roles = Vec::new();
    let mut faults = Vec::new();
    while let Some(name) = arguments.name() {
        match name.as_str() {
            "--port" => options.port = arguments.number(&name)?,
            "--users" => users = arguments.number(&name)?,
            "--latency-ms" => options.latency = Duration::from_millis(arguments.number(&name)?),
            "--limits" => options.limits = true,
            "--hostile" => hostile = true,
            "--tidy" => tidy = true,
            "--no-licences" => licences = false,
            "--certificate" => {
                options.certificate =
                    Some(ClientCertificate::generate().map_err(|error| error.to_string())?);
            }
            "--role" => roles.push(arguments.value(&name)?),
            "--nullable" => {
                options.nullable = match arguments.value(&name)?.as_str() {
                    "values" => Nullable::Values,
                    "null" => Nullable::Null,
                    "omitted" => Nullable::Omitted,
                    other => return Err(format!("unknown value {other}")),
                };
            }
            "--fault" => {
                let text = arguments.value(&name)?;
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
    program::announce(&line)?;
    program::wait_for_the_end()
}
