//! Serves a made-up AWS account until standard input closes or the process is told to end.
//!
//! Starts moto, seeds it, stands before it, and prints one line of JSON with everything a client needs, including the
//! secret of a key that moto made for this run.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use aws_emulator::{Emulator, Fault, Moto, Options, RootMfa, RootUser, Scope, Seed, Simulation};
use stand_in::program::{self, Arguments};

const USAGE: &str = "aws-emulator [--moto PATH] [--users N] [--regions A,B] [--port N] [--answers FOLDER] \
[--root-mfa none|virtual|hardware] [--root-keys N] [--allow-all] [--enforce] [--latency-ms N] \
[--fault NAME[@SERVICE:OPERATION[@REGION]]]...";

struct Settings {
    moto: Option<PathBuf>,
    users: usize,
    regions: Vec<String>,
    port: u16,
    answers: Option<PathBuf>,
    root: RootUser,
    simulation: Simulation,
    enforce: bool,
    latency: Duration,
    faults: Vec<(Scope, Fault)>,
}

fn main() -> ExitCode {
    program::run("aws-emulator", USAGE, read_arguments, serve)
}

fn read_arguments(mut arguments: Arguments) -> Result<Settings, String> {
    let mut settings = Settings {
        moto: None,
        users: 25,
        regions: ["us-east-1", "us-east-2"].map(str::to_owned).to_vec(),
        port: 0,
        answers: None,
        root: RootUser::default(),
        simulation: Simulation::default(),
        enforce: false,
        latency: Duration::ZERO,
        faults: Vec::new(),
    };
    while let Some(name) = arguments.name() {
        match name.as_str() {
            "--moto" => settings.moto = Some(arguments.value(&name)?.into()),
            "--users" => settings.users = arguments.number(&name)?,
            "--regions" => {
                settings.regions = arguments
                    .value(&name)?
                    .split(',')
                    .map(str::to_owned)
                    .collect()
            }
            "--port" => settings.port = arguments.number(&name)?,
            "--answers" => settings.answers = Some(arguments.value(&name)?.into()),
            "--root-mfa" => {
                settings.root.mfa = match arguments.value(&name)?.as_str() {
                    "none" => RootMfa::None,
                    "virtual" => RootMfa::Virtual,
                    "hardware" => RootMfa::Hardware,
                    other => return Err(format!("unknown value {other}")),
                };
            }
            "--root-keys" => settings.root.access_keys = arguments.number(&name)?,
            "--allow-all" => settings.simulation = Simulation::Everything,
            "--enforce" => settings.enforce = true,
            "--latency-ms" => settings.latency = Duration::from_millis(arguments.number(&name)?),
            "--fault" => {
                let text = arguments.value(&name)?;
                let (fault, scope) = text.split_once('@').unwrap_or((&text, "*"));
                let fault = Fault::named(fault).ok_or_else(|| format!("unknown fault {fault}"))?;
                settings.faults.push((Scope::from(scope), fault));
            }
            _ => return Err(format!("unknown argument {name}")),
        }
    }
    Ok(settings)
}

fn serve(settings: Settings) -> io::Result<()> {
    let moto = match &settings.moto {
        Some(program) => Moto::start_program(program)?,
        None => Moto::start()?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let regions: Vec<&str> = settings.regions.iter().map(String::as_str).collect();
    let seeded = runtime
        .block_on(Seed::new(settings.users, &regions).run(moto.url()))
        .map_err(io::Error::other)?;
    if settings.enforce {
        runtime
            .block_on(moto.enforce_permissions())
            .map_err(io::Error::other)?;
    }
    let mut options = Options::new(moto.url().clone());
    options.port = settings.port;
    options.regions.clone_from(&settings.regions);
    options.root = settings.root;
    options.simulation = settings.simulation;
    options.answers = settings.answers;
    options.latency = settings.latency;
    options.keys = [(
        seeded.access_key_id.clone(),
        seeded.secret_access_key.clone(),
    )]
    .into();
    let emulator = Emulator::start(options)?;
    for (scope, fault) in settings.faults {
        emulator.set_fault(scope, fault);
    }
    let line = serde_json::json!({
        "url": emulator.url(),
        "motoUrl": moto.url().as_str().trim_end_matches('/'),
        "account": seeded.account,
        "partition": seeded.partition,
        "region": seeded.home,
        "regions": settings.regions,
        "accessKeyId": seeded.access_key_id,
        "secretAccessKey": seeded.secret_access_key,
    });
    program::announce(&line)?;
    // Emulator and moto end after it.
    program::wait_for_the_end()
}
