//! Use cases of companies: make one, say which there are, change a profile.

use crate::{
    App, OpenCompany,
    api::{
        AnswerClosing, ApiError, AppState, Appearance, Closing, Company, CompanyCreated,
        CreateCompany, KeyStoreState, Nothing, Profile, Protection, SetAppearance, UpdateProfile,
        VaultEntry,
    },
    data_dir::{self, company_dir},
    opening, recovery,
};
use evidence::{CompanyId, Timestamp};
use secrecy::SecretString;
use std::sync::Arc;
use store::{Access, CompanyProfile, Event, Store, chain};
use vault::{Header, KeyringError, RecoveryKey, Secret32, Vault};

pub use opening::{lock, open, unlock};

/// The longest company name, in bytes of UTF-8: what the vault's header holds.
const NAME_MAX_BYTES: usize = 200;

/// What the app knows before a vault is open.
pub async fn app_state(app: &App, _: Nothing) -> Result<AppState, ApiError> {
    let company = match app.opened() {
        Some(open) => Some(describe(app, &open).await?),
        None => None,
    };
    Ok(AppState {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        vaults: vaults(app),
        company,
        key_store: key_store_state(app).await,
        appearance: app.app_file().appearance,
        data_dir: app.dir().display().to_string(),
    })
}

/// The vaults of this computer, newest first.
#[must_use]
pub fn vaults(app: &App) -> Vec<VaultEntry> {
    data_dir::companies(app.dir())
        .into_iter()
        .map(|(id, dir, changed)| {
            let header = Header::read(&dir);
            VaultEntry {
                company_id: id.to_string(),
                protection: header
                    .as_ref()
                    .map_or(Protection::Standard, |(header, _)| protection_of(header)),
                changed_at: changed
                    .map(|at| Timestamp::from_datetime(at.into()).to_string())
                    .unwrap_or_default(),
                problem: header.err().map(ApiError::from),
            }
        })
        .collect()
}

async fn key_store_state(app: &App) -> KeyStoreState {
    let key_store = Arc::clone(&app.options.key_store);
    // Before the first company a store has to show that it keeps something: one without a lasting collection answers
    // questions and keeps nothing. Later a question about a key that can't exist is enough.
    let first = data_dir::companies(app.dir()).is_empty();
    let probed = tokio::task::spawn_blocking(move || {
        let nobody = uuid::Uuid::nil();
        let found = key_store.get(nobody)?;
        if first {
            key_store.set(
                nobody,
                &Secret32::random().map_err(|_| KeyringError::Absent)?,
            )?;
            key_store.delete(nobody)?;
        }
        Ok(found)
    })
    .await;
    match probed {
        Ok(Ok(_)) => KeyStoreState::Available,
        Ok(Err(KeyringError::Locked)) => KeyStoreState::Locked,
        Ok(Err(KeyringError::Timeout)) | Err(_) => KeyStoreState::NotAnswering,
        Ok(Err(_)) => KeyStoreState::Absent,
    }
}

pub(crate) fn protection_of(header: &Header) -> Protection {
    match header.mode {
        vault::Mode::Standard => Protection::Standard,
        vault::Mode::Passphrase => Protection::Passphrase,
        vault::Mode::TwoSecret => Protection::TwoSecret,
    }
}

/// A company as people see it.
pub(crate) async fn describe(app: &App, open: &OpenCompany) -> Result<Company, ApiError> {
    let mut reader = open.store.read().await?;
    let row = stored(&mut reader).await?;
    drop(reader);
    let protection = protection_of(open.vault.lock().await.header());
    let mut warnings = open.warnings.clone();
    warnings.extend(recovery::warning(app, open).await?);
    Ok(Company {
        id: open.id.to_string(),
        protection,
        profile: profile(&row),
        warnings,
    })
}

/// The profile as it is stored. Every vault has one from its first entry on.
pub(crate) async fn stored(connection: &mut store::Connection) -> Result<CompanyProfile, ApiError> {
    let company = store::company::get(connection).await?;
    company
        .map(|company| company.profile)
        .ok_or_else(|| ApiError {
            code: "damaged".to_owned(),
            class: "vault".to_owned(),
            what: "This vault holds no company.".to_owned(),
            why: "Its first entry is missing.".to_owned(),
            fix: "Put the whole folder back from your last copy of it.".to_owned(),
            detail: None,
            field: None,
        })
}

/// The name of an open company.
pub async fn name(open: &OpenCompany) -> Result<String, ApiError> {
    Ok(stored(&mut *open.store.read().await?).await?.name)
}

fn profile(stored: &CompanyProfile) -> Profile {
    Profile {
        name: stored.name.clone(),
        level: stored.level,
        zone: stored.zone.clone(),
        cage_code: stored.cage_code.clone(),
        uei: stored.uei.clone(),
        scope: stored.scope.clone(),
        demo: stored.demo,
    }
}

/// The profile as it is stored, or what is wrong with it.
fn checked(profile: Profile) -> Result<CompanyProfile, ApiError> {
    let name = profile.name.trim().to_owned();
    let wrong = |field: &str, why: &str, fix: &str| {
        Err(ApiError::usage("The company can't be saved like this.", why, fix).about(field))
    };
    if name.is_empty() {
        return wrong("name", "It has no name.", "Enter the company's name.");
    }
    if name.len() > NAME_MAX_BYTES {
        return wrong(
            "name",
            "The name is too long.",
            "Use at most 200 characters, fewer where they are not plain letters.",
        );
    }
    if name.chars().any(char::is_control) {
        return wrong(
            "name",
            "The name holds characters that can't be shown.",
            "Type it instead of pasting it.",
        );
    }
    if !matches!(profile.level, 1 | 2) {
        return wrong(
            "level",
            "The level is not 1 or 2.",
            "Choose Level 1 (FCI) or Level 2 (CUI).",
        );
    }
    if profile.zone.parse::<chrono_tz::Tz>().is_err() {
        return wrong(
            "zone",
            "The time zone is not known.",
            "Use a name like America/New_York.",
        );
    }
    let filled = |text: Option<String>| {
        text.map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    Ok(CompanyProfile {
        name,
        level: profile.level,
        zone: profile.zone,
        cage_code: filled(profile.cage_code),
        uei: filled(profile.uei),
        scope: filled(profile.scope),
        demo: profile.demo,
    })
}

/// The system's time zone, UTC where it does not say.
fn system_zone() -> String {
    iana_time_zone::get_timezone()
        .ok()
        .filter(|zone| zone.parse::<chrono_tz::Tz>().is_ok())
        .unwrap_or_else(|| "UTC".to_owned())
}

/// Makes a company with an empty vault and opens it.
pub async fn create(app: &App, request: CreateCompany) -> Result<CompanyCreated, ApiError> {
    let profile = checked(Profile {
        name: request.name,
        level: request.level,
        zone: request.zone.unwrap_or_else(system_zone),
        cage_code: None,
        uei: None,
        scope: None,
        demo: false,
    })?;
    let passphrase = request.passphrase.map(SecretString::from);
    let (open, key) = make(app, profile, request.protection, passphrase).await?;
    recovery::remember(&open, false).await?;
    let groups = recovery::shown(app, key);
    let company = describe(app, &open).await?;
    Ok(CompanyCreated {
        company,
        recovery_key: groups,
    })
}

/// Makes the vault in its place. Until it holds its first entry a marker says that it is unfinished, so that a killed
/// attempt leaves no half company.
pub(crate) async fn make(
    app: &App,
    profile: CompanyProfile,
    protection: Protection,
    passphrase: Option<SecretString>,
) -> Result<(Arc<OpenCompany>, RecoveryKey), ApiError> {
    let protection = match (protection, passphrase) {
        (Protection::Standard, _) => vault::Protection::Keyring,
        (Protection::Passphrase, Some(passphrase)) => vault::Protection::Passphrase(passphrase),
        (Protection::TwoSecret, Some(passphrase)) => vault::Protection::TwoSecret(passphrase),
        (Protection::Passphrase | Protection::TwoSecret, None) => {
            return Err(ApiError::usage(
                "The vault can't be protected like this.",
                "This way of protecting it needs a passphrase.",
                "Enter a passphrase of at least 12 characters.",
            )
            .about("passphrase"));
        }
    };
    data_dir::discard_unfinished(app.dir());
    let id = CompanyId::random();
    let dir = company_dir(app.dir(), id);
    data_dir::begin_company(&dir)?;
    let key_store = Arc::clone(&app.options.key_store);
    let (kdf, place, name) = (app.options.kdf, dir.clone(), profile.name.clone());
    let made = tokio::task::spawn_blocking(move || match kdf {
        Some(kdf) => Vault::create_with(&place, protection, &name, key_store.as_ref(), kdf),
        None => Vault::create(&place, protection, &name, key_store.as_ref()),
    })
    .await
    .map_err(|error| ApiError::bug(error.to_string()))?;
    let filled = match made {
        Ok((vault, key)) => first_entry(app, &dir, id, profile, vault, key).await,
        Err(error) => Err(error.into()),
    };
    let finished = filled.and_then(|filled| data_dir::finish_company(&dir).map(|()| filled));
    let entered = match finished {
        Ok((vault, key)) => opening::enter(app, id, dir.clone(), vault, Access::ReadWrite)
            .await
            .map(|open| (open, key)),
        Err(error) => Err(error),
    };
    match entered {
        Ok(made) => Ok(made),
        Err(error) => {
            // Nothing of it was acknowledged to anybody.
            let _ = std::fs::remove_dir_all(&dir);
            let _ = app.options.key_store.delete(id.0);
            Err(error)
        }
    }
}

async fn first_entry(
    app: &App,
    dir: &std::path::Path,
    id: CompanyId,
    profile: CompanyProfile,
    mut vault: Vault,
    key: RecoveryKey,
) -> Result<(Vault, RecoveryKey), ApiError> {
    let store = Store::create(dir, vault.database_key()).await?;
    let mut tx = store.begin().await?;
    let head = chain::record(
        &mut tx,
        app.now(),
        &Event::CompanyCreated {
            company_id: id,
            profile,
        },
    )
    .await?;
    tx.commit().await?;
    store.close().await?;
    vault.set_head(head.seq, *head.digest.as_bytes())?;
    Ok((vault, key))
}

/// Changes the profile of the open company.
pub async fn update_profile(app: &App, request: UpdateProfile) -> Result<Company, ApiError> {
    let open = app.company()?;
    let mut tx = open.store.begin().await?;
    let before = stored(&mut tx).await?;
    let profile = checked(Profile {
        demo: before.demo,
        ..request.profile
    })?;
    if profile != before {
        let renamed = profile.name != before.name;
        let name = profile.name.clone();
        chain::record(&mut tx, app.now(), &Event::CompanyChanged { profile }).await?;
        tx.commit().await?;
        if renamed {
            open.vault.lock().await.set_name(&name)?;
        }
        open.keep_head().await?;
    }
    describe(app, &open).await
}

/// Changes the colours.
pub async fn set_appearance(app: &App, request: SetAppearance) -> Result<Nothing, ApiError> {
    let mut file = app.app_file();
    file.appearance = request.appearance;
    data_dir::write_app_file(app.dir(), &file)?;
    Ok(Nothing {})
}

/// The colours, for the window before its page is there.
#[must_use]
pub fn appearance(app: &App) -> Appearance {
    app.app_file().appearance
}

/// Remembers that somebody read what closing the window does, unless the window stays open.
pub async fn answer_closing(app: &App, request: AnswerClosing) -> Result<Nothing, ApiError> {
    let mut file = app.app_file();
    if request.answer != Closing::Stay && !file.told_of_tray {
        file.told_of_tray = true;
        // It only saves being told a second time: no reason to keep a window open.
        let _ = data_dir::write_app_file(app.dir(), &file);
    }
    Ok(Nothing {})
}

/// Whether somebody was told that closing the window leaves the app in the tray.
#[must_use]
pub fn told_of_tray(app: &App) -> bool {
    app.app_file().told_of_tray
}

pub(crate) fn no_such_company(name: &str) -> ApiError {
    ApiError::usage(
        "There is no such company here.",
        format!("No vault in this folder is called {name}."),
        "Check the name or id, or make it with `cmmc init`.",
    )
    .coded("no_such_company")
}
