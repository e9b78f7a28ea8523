//! Serves a made-up GitHub organization until standard input closes or the process is told to end.
//!
//! Prints one line of JSON with everything a client needs, including tokens and a key made for this run.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use github_emulator::{
    Company, DeviceAnswer, Emulator, Fault, OWNER, Options, Plan, Product, Shape, Token, TokenKind,
};
use stand_in::program::{self, Arguments};

const USAGE: &str = "github-emulator [--port N] [--members N] [--repos N] [--public N] [--seed N] [--tidy] \
[--plan free|team|enterprise] [--server MINOR] [--base-path PATH] [--without PERMISSION]... [--flaw CHECK]... \
[--rate-limit N] [--key-file PATH] [--fault NAME[@PATTERN]]... [--latency-ms N]";

struct Settings {
    shape: Shape,
    tidy: bool,
    flaws: Vec<String>,
    options: Options,
    key_file: Option<PathBuf>,
    faults: Vec<(String, Fault, u32)>,
}

fn main() -> ExitCode {
    program::run("github-emulator", USAGE, read_arguments, serve)
}

fn read_arguments(mut arguments: Arguments) -> Result<Settings, String> {
    let mut without = Vec::new();
    let mut settings = Settings {
        shape: Shape::default(),
        tidy: false,
        flaws: Vec::new(),
        options: Options::default(),
        key_file: None,
        faults: Vec::new(),
    };
    let (shape, options) = (&mut settings.shape, &mut settings.options);
    while let Some(name) = arguments.name() {
        match name.as_str() {
            "--port" => options.port = arguments.number(&name)?,
            "--members" => shape.members = arguments.number(&name)?,
            "--repos" => shape.repos = arguments.number(&name)?,
            "--public" => shape.public = arguments.number(&name)?,
            "--seed" => shape.seed = arguments.number(&name)?,
            "--tidy" => settings.tidy = true,
            "--flaw" => settings.flaws.push(arguments.value(&name)?),
            "--plan" => {
                shape.plan = match arguments.value(&name)?.as_str() {
                    "free" => Plan::Free,
                    "team" => Plan::Team,
                    "enterprise" => Plan::Enterprise,
                    other => return Err(format!("unknown value {other}")),
                };
            }
            "--server" => options.product = Product::Server(arguments.number(&name)?),
            "--base-path" => options.base_path = Some(arguments.value(&name)?),
            "--without" => without.push(arguments.value(&name)?),
            "--rate-limit" => options.rate_limit = Some(arguments.number(&name)?),
            "--key-file" => settings.key_file = Some(arguments.value(&name)?.into()),
            "--latency-ms" => options.latency = Duration::from_millis(arguments.number(&name)?),
            "--fault" => {
                let text = arguments.value(&name)?;
                let (fault, pattern) = text.split_once('@').unwrap_or((&text, "/"));
                let (fault, times) =
                    Fault::named(fault).ok_or_else(|| format!("unknown fault {fault}"))?;
                settings.faults.push((pattern.to_owned(), fault, times));
            }
            _ => return Err(format!("unknown argument {name}")),
        }
    }
    let mut random = [0_u8; 20];
    getrandom::fill(&mut random).map_err(|error| error.to_string())?;
    let tail: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    settings.options.tokens = [TokenKind::FineGrained, TokenKind::Classic]
        .map(|kind| {
            without
                .iter()
                .fold(Token::new(kind, &tail), |token, name| token.without(name))
        })
        .to_vec();
    Ok(settings)
}

fn serve(settings: Settings) -> io::Result<()> {
    let mut company = if settings.tidy || !settings.flaws.is_empty() {
        Company::tidy(&settings.shape)
    } else {
        Company::new(&settings.shape)
    };
    for check in &settings.flaws {
        if !company.spoil(check) {
            return Err(io::Error::other(format!("no check is called {check}")));
        }
    }
    let organization = (company.login.clone(), company.id);
    let emulator = Emulator::start(company, settings.options)?;
    emulator.answer_device(DeviceAnswer::Approved {
        login: OWNER.to_owned(),
        owner: true,
    });
    for (pattern, fault, times) in settings.faults {
        emulator.faults().set_times(&pattern, fault, times);
    }
    let key = emulator.app_key_pem().map_err(io::Error::other)?;
    if let Some(path) = &settings.key_file {
        std::fs::write(path, &key)?;
    }
    let app = &emulator.options().app;
    let classic = emulator.options().tokens.get(1);
    program::announce(&serde_json::json!({
        "url": emulator.url(),
        "apiUrl": emulator.api_url(),
        "organization": organization.0,
        "organizationId": organization.1,
        "token": emulator.token(),
        "classicToken": classic.map(|token| token.secret.as_str()),
        "appId": app.id,
        "appClientId": app.client_id,
        "installationId": app.installation_id,
        "appKeyPem": key,
        "appKeyFile": settings.key_file,
    }))?;
    program::wait_for_the_end()
}
