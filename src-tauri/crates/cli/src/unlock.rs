//! Which company, and how its vault is opened.

use crate::args::Global;
use engine::{
    App, Options, SystemClock,
    api::{ApiError, Protection, UnlockWith, VaultEntry},
    companies,
};
use evidence::CompanyId;
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    io::IsTerminal as _,
    sync::{Arc, OnceLock},
};
use store::Access;

/// The app over the data directory of the options.
pub(crate) fn app(global: &Global) -> Result<App, ApiError> {
    Ok(App::new(Options {
        data_dir: App::data_dir(global.data_dir.clone())?,
        key_store: Arc::new(vault::OsKeyring::new()),
        clock: Arc::new(SystemClock),
        pacing: !global.no_pacing,
        program: "cmmc",
        providers: registry::providers(),
        kdf: None,
    }))
}

/// The passphrase that was given, read once: a pipe gives it only once, and looking for a company by name opens several.
static GIVEN: OnceLock<Result<Option<SecretString>, ApiError>> = OnceLock::new();

/// What a person typed, asked once.
static TYPED: OnceLock<Result<String, ApiError>> = OnceLock::new();

/// The passphrase of `--passphrase-file` or of the descriptor `CMMCPRO_PASSPHRASE_FD`, without one trailing line end.
pub(crate) fn passphrase(global: &Global) -> Result<Option<SecretString>, ApiError> {
    GIVEN.get_or_init(|| read_passphrase(global)).clone()
}

fn read_passphrase(global: &Global) -> Result<Option<SecretString>, ApiError> {
    let (path, name) = match (
        &global.passphrase_file,
        std::env::var("CMMCPRO_PASSPHRASE_FD"),
    ) {
        (Some(path), _) => (path.clone(), path.display().to_string()),
        (None, Ok(fd)) if fd.chars().all(|c| c.is_ascii_digit()) && !fd.is_empty() => (
            format!("/dev/fd/{fd}").into(),
            "CMMCPRO_PASSPHRASE_FD".to_owned(),
        ),
        _ => return Ok(None),
    };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        ApiError::usage(
            "The passphrase can't be read.",
            format!("{name}: {}.", error.kind()),
            "Name a file with one line.",
        )
    })?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let secret = SecretString::from(line.strip_suffix('\r').unwrap_or(line).to_owned());
    zeroize::Zeroize::zeroize(&mut { text });
    Ok(Some(secret))
}

/// Opens the company that the options name.
pub(crate) async fn open(app: &App, global: &Global, access: Access) -> Result<(), ApiError> {
    let vaults = companies::vaults(app);
    if vaults.is_empty() {
        return Err(ApiError::usage(
            "There is no company here.",
            format!("{} holds no vault.", app.dir().display()),
            "Make one with `cmmc init`, or name the right folder with --data-dir.",
        )
        .coded("no_company"));
    }
    match &global.company {
        None if vaults.len() == 1 => open_one(app, global, &vaults[0], access).await,
        None => Err(ApiError::usage(
            "Which company?",
            format!(
                "There are {} here: {}.",
                vaults.len(),
                vaults
                    .iter()
                    .map(|vault| vault.company_id.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            "Name one with --company NAME-OR-ID.",
        )
        .coded("several_companies")),
        Some(name) => match vaults.iter().find(|vault| vault.company_id == *name) {
            Some(vault) => open_one(app, global, vault, access).await,
            None => open_by_name(app, global, &vaults, name, access).await,
        },
    }
}

/// Names are sealed: each vault that opens is asked for its own.
async fn open_by_name(
    app: &App,
    global: &Global,
    vaults: &[VaultEntry],
    name: &str,
    access: Access,
) -> Result<(), ApiError> {
    let (mut refused, mut found) = (None, Vec::new());
    for vault in vaults {
        match open_one(app, global, vault, Access::ReadOnly).await {
            Ok(()) => {
                if companies::name(&*app.company()?).await? == name {
                    found.push(vault);
                }
            }
            Err(error) => refused = Some(error),
        }
    }
    match found.as_slice() {
        [vault] => return open_one(app, global, vault, access).await,
        [] => {}
        several => {
            let ids: Vec<&str> = several
                .iter()
                .map(|vault| vault.company_id.as_str())
                .collect();
            return Err(ApiError::usage(
                "Which company?",
                format!(
                    "{} companies are called {name}: {}.",
                    ids.len(),
                    ids.join(", ")
                ),
                "Name one by its id with --company.",
            )
            .coded("several_companies"));
        }
    }
    Err(refused.unwrap_or_else(|| {
        ApiError::usage(
            "There is no such company here.",
            format!("No vault in this folder is called {name}."),
            "Check the name, or make it with `cmmc init`.",
        )
        .coded("no_such_company")
    }))
}

async fn open_one(
    app: &App,
    global: &Global,
    vault: &VaultEntry,
    access: Access,
) -> Result<(), ApiError> {
    if let Some(problem) = &vault.problem {
        return Err(problem.clone());
    }
    let given = passphrase(global)?;
    let with = match (vault.protection, given) {
        (Protection::Standard, _) => UnlockWith::KeyStore,
        (_, Some(passphrase)) => UnlockWith::Passphrase {
            passphrase: passphrase.expose_secret().to_owned(),
        },
        (_, None) => UnlockWith::Passphrase {
            passphrase: TYPED.get_or_init(ask).clone()?,
        },
    };
    let id: CompanyId = vault
        .company_id
        .parse()
        .map_err(|_| ApiError::bug("company id"))?;
    companies::open(app, id, with, access).await?;
    Ok(())
}

/// Asks on a terminal; elsewhere says what is missing.
fn ask() -> Result<String, ApiError> {
    if !std::io::stdin().is_terminal() {
        return Err(ApiError {
            code: "locked".to_owned(),
            class: "vault".to_owned(),
            what: "The vault is locked.".to_owned(),
            why: "It is protected by a passphrase, and none was given.".to_owned(),
            fix: "Name a file that holds it with --passphrase-file.".to_owned(),
            detail: None,
            field: None,
        });
    }
    rpassword::prompt_password("Passphrase: ").map_err(|error| {
        ApiError::usage(
            "The passphrase can't be read.",
            error.kind().to_string(),
            "Use --passphrase-file.",
        )
    })
}
