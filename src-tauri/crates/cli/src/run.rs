//! Each subcommand: opens what it needs, asks the engine, prints, and gives the exit code.

use crate::{
    args::{Cli, Command, EvidenceCommand, Global, ParamsCommand, ScheduleCommand, VaultCommand},
    import, output, progress, show,
    unlock::{app, open, passphrase},
};
use engine::{
    App, access,
    api::{
        AccessFor, ApiError, CollectEvidence, ConnectIntegration, CreateCompany, Determine,
        EvidenceRef, GetStatus, IntegrationRef, ListEvidence, ListFindings, ListIntegrations,
        Nothing, Protection, ReconnectIntegration, ReviewEvidence, RunReport, SetParameter,
        SyncIntegration, TestIntegration,
    },
    collect, commands, companies, connect, control, demo, evidence_view, findings, imports,
    parameters, providers, recovery, schedule, score, status, sync,
};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};
use store::Access::{ReadOnly, ReadWrite};

/// Everything was done.
const DONE: u8 = 0;
/// The service refused or could not be reached.
const REFUSED: u8 = 3;
/// A verification failed.
const NOT_INTACT: u8 = 5;
/// Some of it was done.
const IN_PART: u8 = 6;

/// Runs one command line.
pub(crate) async fn run(cli: Cli) -> Result<u8, ApiError> {
    let Cli { global, command } = cli;
    let app = app(&global)?;
    let result = dispatch(&app, &global, command).await;
    // The keys are dropped and the log is emptied in any case; the command's own error matters more.
    let closed = companies::lock(&app, Nothing {}).await;
    let code = result?;
    closed?;
    Ok(code)
}

async fn dispatch(app: &App, global: &Global, command: Command) -> Result<u8, ApiError> {
    match command {
        Command::Init {
            level,
            keyring,
            recovery_out,
            zone,
            demo,
        } => init(app, global, level, keyring, recovery_out, zone, demo).await,
        Command::Providers {
            provider: Some(provider),
            policy: _,
            cloud,
            checks,
            evidence,
        } => policy(app, global, provider, cloud, checks, evidence).await,
        Command::Providers { provider: None, .. } => print(
            global,
            &providers::list(app, Nothing {}).await?,
            show::providers,
        ),
        Command::Connect {
            provider,
            label,
            cloud,
            fields,
            auth,
            secrets_file,
        } => {
            let request = connection(app, provider, label, (cloud, auth), &fields, secrets_file);
            let request = request.await?;
            open(app, global, ReadWrite).await?;
            let progress = crate::progress::sign_in(global);
            print(
                global,
                &connect::connect_showing(app, request, &progress).await?,
                show::connected,
            )
        }
        Command::Reconnect {
            integration,
            secrets_file,
        } => {
            let request = ReconnectIntegration {
                id: integration,
                credentials: secrets_file
                    .map(|file| read_fields(&file))
                    .transpose()?
                    .unwrap_or_default(),
            };
            open(app, global, ReadWrite).await?;
            let progress = crate::progress::sign_in(global);
            print(
                global,
                &connect::reconnect(app, request, &progress).await?,
                show::connected,
            )
        }
        Command::Test { integration } => {
            open(app, global, ReadWrite).await?;
            let request = TestIntegration {
                id: Some(integration),
                integration_type: None,
                config: BTreeMap::new(),
                credentials: BTreeMap::new(),
            };
            print(global, &connect::test(app, request).await?, show::tested)
        }
        Command::List { all } => {
            open(app, global, ReadOnly).await?;
            print(
                global,
                &connect::list(app, ListIntegrations { all }).await?,
                show::integrations,
            )
        }
        Command::Remove { integration } => {
            open(app, global, ReadWrite).await?;
            print(
                global,
                &connect::remove(app, IntegrationRef { id: integration }).await?,
                show::removed,
            )
        }
        Command::Sync {
            integrations,
            all: _,
        } => {
            open(app, global, ReadWrite).await?;
            stop_on_interrupt(app)?;
            let synced = sync::sync(
                app,
                SyncIntegration { ids: integrations },
                &progress::sink(global),
            )
            .await?;
            print(global, &synced, |synced| show::runs(&synced.runs))?;
            Ok(code_of(&synced.runs))
        }
        Command::Collect { control } => {
            open(app, global, ReadWrite).await?;
            stop_on_interrupt(app)?;
            let collected = collect::collect(
                app,
                CollectEvidence {
                    control_id: control,
                },
                &progress::sink(global),
            )
            .await?;
            print(global, &collected, show::collected)?;
            Ok(code_of(&collected.runs))
        }
        Command::Findings {
            integration,
            check,
            requirement,
            outcome,
            history,
            reevaluate,
        } => {
            open(app, global, ReadOnly).await?;
            let request = ListFindings {
                integration,
                check,
                requirement,
                outcome,
                history,
                reevaluate,
            };
            let answer = findings::list(app, request).await?;
            print(global, &answer, show::findings)?;
            Ok(if findings::is_intact(&answer) {
                DONE
            } else {
                NOT_INTACT
            })
        }
        Command::Import {
            format,
            file,
            integration,
            label,
            by,
        } => {
            // The file is read first: a vault need not be opened for one that can't be.
            let handed = import::handed(format, &file, integration, label, by)?;
            open(app, global, ReadWrite).await?;
            print(global, &imports::import(app, handed).await?, show::imported)
        }
        Command::Evidence { command } => evidence(app, global, command).await,
        Command::Determine {
            objective,
            determination,
            by,
            why,
            partial,
        } => {
            open(app, global, ReadWrite).await?;
            let request = Determine {
                objective,
                determination,
                partial,
                by,
                why,
            };
            print(
                global,
                &control::determine(app, request).await?,
                show::requirement,
            )
        }
        Command::Params { command } => params(app, global, command).await,
        Command::Status { control } => {
            open(app, global, ReadOnly).await?;
            print(
                global,
                &status::get(
                    app,
                    GetStatus {
                        control_id: control,
                    },
                )
                .await?,
                show::status,
            )
        }
        Command::Score => {
            open(app, global, ReadOnly).await?;
            print(global, &score::get(app, Nothing {}).await?, show::score)
        }
        Command::Schedule {
            command: ScheduleCommand::RunDue,
        } => {
            open(app, global, ReadWrite).await?;
            stop_on_interrupt(app)?;
            let ran = schedule::run_due(app, Nothing {}, &progress::sink(global)).await?;
            print(global, &ran, show::due)?;
            Ok(code_of(&ran.runs))
        }
        Command::Vault {
            command: VaultCommand::Verify,
        } => {
            open(app, global, ReadOnly).await?;
            let verified = commands::verify_vault(app, Nothing {}).await?;
            print(global, &verified, show::verified)?;
            Ok(if verified.ok { DONE } else { NOT_INTACT })
        }
    }
}

/// Prints the scripts that grant what the checks need, ready for a file or a pipe; what is left out goes to stderr.
async fn policy(
    app: &App,
    global: &Global,
    provider: String,
    cloud: Option<String>,
    checks: Vec<String>,
    evidence: Option<bool>,
) -> Result<u8, ApiError> {
    let request = AccessFor {
        integration_type: provider,
        cloud,
        evidence: evidence.unwrap_or(checks.is_empty()),
        checks: (!checks.is_empty()).then_some(checks),
    };
    let access = access::access_for(app, request).await?;
    print(global, &access, show::policy)?;
    if !global.json {
        output::message(show::left_out(&access).trim_end());
    }
    Ok(DONE)
}

/// Prints an answer: as the JSON document, or as `text` says it for people.
fn print<T: Serialize>(
    global: &Global,
    answer: &T,
    text: impl FnOnce(&T) -> String,
) -> Result<u8, ApiError> {
    if global.json {
        output::json(answer)?;
    } else {
        output::line(text(answer).trim_end());
    }
    Ok(DONE)
}

/// Ctrl-C stops the collecting, keeps what was kept, and says so by the exit code.
fn stop_on_interrupt(app: &App) -> Result<(), ApiError> {
    let open = app.company()?;
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            open.stop_work();
        }
    });
    Ok(())
}

/// 0 when every run did everything, 3 when none collected anything, 6 in between.
fn code_of(runs: &[RunReport]) -> u8 {
    let done = runs.iter().filter(|run| run.state == "done").count();
    let failed = runs.iter().filter(|run| run.state == "failed").count();
    if done == runs.len() {
        DONE
    } else if failed == runs.len() {
        REFUSED
    } else {
        IN_PART
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InitAnswer {
    pub company: engine::api::Company,
    /// Shown once; absent when it was written to a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_key: Option<String>,
}

async fn init(
    app: &App,
    global: &Global,
    level: Option<u8>,
    keyring: bool,
    recovery_out: Option<PathBuf>,
    zone: Option<String>,
    demo: bool,
) -> Result<u8, ApiError> {
    // A descriptor in the environment is for every command; the explicit choice of this one comes first.
    let passphrase = if keyring { None } else { passphrase(global)? };
    if demo {
        let company = demo::create_with(app, passphrase).await?;
        return print(
            global,
            &InitAnswer {
                company,
                recovery_key: None,
            },
            |answer| {
                format!(
                    "Made the demo company \"{}\". Everything in it is made up.",
                    answer.company.profile.name
                )
            },
        );
    }
    let Some(name) = global.company.clone() else {
        return Err(ApiError::usage(
            "The company has no name.",
            "--company is missing.",
            "Use `cmmc init --company NAME --level 2`.",
        ));
    };
    // The file is made first: a key that could not be kept must not exist.
    let mut out = recovery_out.as_deref().map(new_private_file).transpose()?;
    let request = CreateCompany {
        name,
        level: level.unwrap_or(2),
        zone,
        protection: if passphrase.is_some() {
            Protection::Passphrase
        } else {
            Protection::Standard
        },
        passphrase: passphrase.map(|secret| secret.expose_secret().to_owned()),
    };
    let created = companies::create(app, request).await.inspect_err(|_| {
        if let Some(path) = &recovery_out {
            let _ = std::fs::remove_file(path);
        }
    })?;
    let key = created.recovery_key.join("-");
    let shown = match &mut out {
        Some(file) => {
            file.write_all(format!("{key}\n").as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|error| {
                    // The company exists: its only recovery key must not be lost with the file.
                    output::message(&format!("Recovery key, shown once: {key}"));
                    ApiError {
                        class: "storage".to_owned(),
                        ..ApiError::usage(
                            "The recovery key could not be written to the file.",
                            format!(
                                "{}. The company was made; the key is printed above.",
                                error.kind()
                            ),
                            "Write the key down now.",
                        )
                        .coded("recovery_key_not_written")
                    }
                })?;
            None
        }
        None => Some(key),
    };
    // Printing or writing it is all that can be shown here.
    recovery::remember(&*app.company()?, true).await?;
    print(
        global,
        &InitAnswer {
            company: created.company,
            recovery_key: shown,
        },
        show::created,
    )
}

fn new_private_file(path: &Path) -> Result<std::fs::File, ApiError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| {
        ApiError::usage(
            "The recovery key can't be written there.",
            format!("{}: {}.", path.display(), error.kind()),
            "Name a file that does not exist yet, in a folder you can write to.",
        )
    })
}

/// What is to be connected. `chosen` is the cloud and the way to sign in, where they are named.
async fn connection(
    app: &App,
    provider: String,
    label: Option<String>,
    chosen: (Option<String>, Option<String>),
    fields: &[String],
    secrets_file: Option<PathBuf>,
) -> Result<ConnectIntegration, ApiError> {
    let mut config = BTreeMap::new();
    for field in fields {
        let Some((key, value)) = field.split_once('=') else {
            return Err(ApiError::usage(
                "The command can't be read.",
                "--set needs KEY=VALUE.",
                "Write it like --set tenant_id=...",
            ));
        };
        config.insert(key.trim().to_owned(), value.to_owned());
    }
    refuse_secrets(app, &provider, &config).await?;
    let (cloud, auth) = chosen;
    for (name, value) in [("cloud", cloud), ("auth", auth)] {
        if let Some(value) = value {
            config.insert(name.to_owned(), value);
        }
    }
    Ok(ConnectIntegration {
        integration_type: provider,
        label,
        config,
        credentials: secrets_file
            .map(|file| read_fields(&file))
            .transpose()?
            .unwrap_or_default(),
    })
}

/// A secret on the command line is seen by every process of this computer: refused before anything else.
async fn refuse_secrets(
    app: &App,
    provider: &str,
    config: &BTreeMap<String, String>,
) -> Result<(), ApiError> {
    let secret = providers::secret_fields(app, provider)?;
    match config.keys().find(|key| secret.contains(key.as_str())) {
        None => Ok(()),
        Some(key) => Err(ApiError::usage(
            "A secret can't be given by --set.",
            format!("{key} is a secret, and other programs can read a command line."),
            "Put it into the file of --secrets-file.",
        )
        .about(key.clone())),
    }
}

/// The JSON object of fields in a file or on standard input.
fn read_fields(path: &Path) -> Result<BTreeMap<String, String>, ApiError> {
    let unreadable = |why: String| {
        ApiError::usage(
            "The secrets file can't be read.",
            why,
            "It is one JSON object of texts: {\"client_secret\": \"...\"}.",
        )
    };
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|error| unreadable(error.kind().to_string()))?;
    } else {
        text = std::fs::read_to_string(path)
            .map_err(|error| unreadable(format!("{}: {}.", path.display(), error.kind())))?;
    }
    // The parser's own message may repeat what it read.
    let fields = serde_json::from_str(&text)
        .map_err(|error| unreadable(format!("Line {} is not right.", error.line())));
    zeroize::Zeroize::zeroize(&mut text);
    fields
}

async fn evidence(app: &App, global: &Global, command: EvidenceCommand) -> Result<u8, ApiError> {
    match command {
        EvidenceCommand::List {
            integration,
            requirement,
            review,
            state,
        } => {
            open(app, global, ReadOnly).await?;
            let request = ListEvidence {
                integration,
                requirement,
                review,
                state,
            };
            print(
                global,
                &evidence_view::list(app, request).await?,
                show::evidence,
            )
        }
        EvidenceCommand::Show { id } => {
            open(app, global, ReadOnly).await?;
            print(
                global,
                &evidence_view::show(app, EvidenceRef { id }).await?,
                show::evidence_item,
            )
        }
        EvidenceCommand::Approve { id, by, why } => {
            review(app, global, id, "approved", by, why).await
        }
        EvidenceCommand::Reject { id, by, why } => {
            review(app, global, id, "rejected", by, Some(why)).await
        }
    }
}

async fn review(
    app: &App,
    global: &Global,
    id: String,
    review: &str,
    by: String,
    why: Option<String>,
) -> Result<u8, ApiError> {
    open(app, global, ReadWrite).await?;
    let newest = evidence_view::show(app, EvidenceRef { id: id.clone() })
        .await?
        .item
        .revision;
    let request = ReviewEvidence {
        id,
        revision: newest,
        review: review.to_owned(),
        by,
        why,
    };
    print(
        global,
        &evidence_view::review(app, request).await?,
        show::reviewed,
    )
}

async fn params(app: &App, global: &Global, command: ParamsCommand) -> Result<u8, ApiError> {
    match command {
        ParamsCommand::List => {
            open(app, global, ReadOnly).await?;
            print(
                global,
                &parameters::list(app, Nothing {}).await?,
                show::parameters,
            )
        }
        ParamsCommand::Set {
            key,
            value,
            by,
            why,
            until,
        } => {
            open(app, global, ReadWrite).await?;
            let value = serde_json::from_str(&value).unwrap_or(serde_json::Value::String(value));
            print(
                global,
                &parameters::set(
                    app,
                    SetParameter {
                        key,
                        value,
                        by,
                        why,
                        until,
                    },
                )
                .await?,
                show::parameters,
            )
        }
    }
}
