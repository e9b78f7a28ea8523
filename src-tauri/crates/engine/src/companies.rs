//! Use cases of companies: make one, open one, lock it, change its profile.

use crate::{
    App, OpenCompany,
    api::{
        ApiError, Appearance, AppState, Company, CompanyCreated, ConfirmRecovery, CreateCompany, KeyStoreState, Nothing,
        Profile, Protection, RecoveryConfirmed, SetAppearance, Unlock, UnlockWith, UpdateProfile, VaultEntry,
    },
    data_dir::{self, company_dir},
};
use evidence::{CompanyId, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use std::{path::PathBuf, sync::{Arc, PoisonError}};
use store::{Access, CompanyProfile, Event, Store, chain};
use vault::{Header, HeaderNotice, KeyringError, RecoveryKey, Rollback, Vault, VaultLock};

/// The longest company name, in characters.
const NAME_MAX: usize = 200;

/// What the app knows before a vault is open.
pub async fn app_state(app: &App, _: Nothing) -> Result<AppState, ApiError> {
    let company = match app.opened() {
        Some(open) => Some(describe(&open).await?),
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
                protection: header.as_ref().map_or(Protection::Standard, |(header, _)| protection_of(header)),
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
    // A key that can't exist: the question is only whether the store answers.
    let probed = tokio::task::spawn_blocking(move || key_store.get(uuid::Uuid::nil())).await;
    match probed {
        Ok(Ok(_)) => KeyStoreState::Available,
        Ok(Err(KeyringError::Locked)) => KeyStoreState::Locked,
        Ok(Err(KeyringError::Timeout)) | Err(_) => KeyStoreState::NotAnswering,
        Ok(Err(_)) => KeyStoreState::Absent,
    }
}

fn protection_of(header: &Header) -> Protection {
    match header.mode {
        vault::Mode::Standard => Protection::Standard,
        vault::Mode::Passphrase => Protection::Passphrase,
        vault::Mode::TwoSecret => Protection::TwoSecret,
    }
}

/// A company as people see it.
pub(crate) async fn describe(open: &OpenCompany) -> Result<Company, ApiError> {
    let mut reader = open.store.read().await?;
    let row = stored(&mut reader).await?;
    let protection = protection_of(open.vault.lock().await.header());
    Ok(Company { id: open.id.to_string(), protection, profile: profile(&row), warnings: open.warnings.clone() })
}

/// The profile as it is stored. Every vault has one from its first entry on.
pub(crate) async fn stored(connection: &mut store::Connection) -> Result<CompanyProfile, ApiError> {
    let company = store::company::get(connection).await?;
    company.map(|company| company.profile).ok_or_else(|| ApiError {
        code: "damaged".to_owned(),
        class: "vault".to_owned(),
        what: "This vault holds no company.".to_owned(),
        why: "Its first entry is missing.".to_owned(),
        fix: "Restore a backup.".to_owned(),
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
    if name.chars().count() > NAME_MAX {
        return wrong("name", "The name is too long.", "Use at most 200 characters.");
    }
    if !matches!(profile.level, 1 | 2) {
        return wrong("level", "The level is not 1 or 2.", "Choose Level 1 (FCI) or Level 2 (CUI).");
    }
    if profile.zone.parse::<chrono_tz::Tz>().is_err() {
        return wrong("zone", "The time zone is not known.", "Use a name like America/New_York.");
    }
    let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
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
    let groups = key.reveal().expose_secret().split('-').map(str::to_owned).collect();
    *app.unconfirmed.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
    let company = describe(&open).await?;
    Ok(CompanyCreated { company, recovery_key: groups })
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
    match finished {
        Ok((vault, key)) => Ok((enter(app, id, dir, vault, Access::ReadWrite).await?, key)),
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
    let head = chain::record(&mut tx, app.now(), &Event::CompanyCreated { company_id: id, profile }).await?;
    tx.commit().await?;
    store.close().await?;
    vault.set_head(head.seq, *head.digest.as_bytes())?;
    Ok((vault, key))
}

/// Shows that the recovery key was written down.
pub async fn confirm_recovery(app: &App, request: ConfirmRecovery) -> Result<RecoveryConfirmed, ApiError> {
    let mut pending = app.unconfirmed.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(key) = pending.as_ref() else {
        return Err(ApiError::usage(
            "There is no recovery key to confirm.",
            "It is confirmed already, or the company was made in another session.",
            "Go on; a new recovery key can be made in the settings.",
        ));
    };
    let shown = key.reveal();
    let groups: Vec<&str> = shown.expose_secret().split('-').collect();
    let plain = |text: &str| {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            })
            .collect::<String>()
    };
    let wrong: Vec<u8> = request
        .groups
        .iter()
        .filter(|group| groups.get(usize::from(group.place)).is_none_or(|right| plain(right) != plain(&group.text)))
        .map(|group| group.place)
        .collect();
    if wrong.is_empty() && request.groups.len() >= 2 {
        *pending = None;
    }
    Ok(RecoveryConfirmed { wrong })
}

/// Opens a vault for working in it.
pub async fn unlock(app: &App, request: Unlock) -> Result<Company, ApiError> {
    let id: CompanyId = request.company_id.parse().map_err(|_| no_such_company(&request.company_id))?;
    let open = open(app, id, request.with, Access::ReadWrite).await?;
    describe(&open).await
}

/// Opens a vault and makes it the open one. A reader can open beside a writer.
pub async fn open(app: &App, id: CompanyId, with: UnlockWith, access: Access) -> Result<Arc<OpenCompany>, ApiError> {
    let dir = company_dir(app.dir(), id);
    if !dir.join(vault::HEADER_FILE).exists() && !dir.join(vault::HEADER_BACKUP_FILE).exists() {
        return Err(no_such_company(&id.to_string()));
    }
    if let Some(open) = app.opened() {
        if open.id == id && (open.lock.is_some() || access == Access::ReadOnly) {
            return Ok(open);
        }
        lock(app, Nothing {}).await?;
    }
    let unlock = match with {
        UnlockWith::KeyStore => vault::Unlock::Keyring,
        UnlockWith::Passphrase { passphrase } => vault::Unlock::Passphrase(SecretString::from(passphrase)),
        UnlockWith::Recovery { key } => vault::Unlock::Recovery(RecoveryKey::parse(&key).map_err(vault::VaultError::RecoveryKeyMistyped)?),
    };
    let key_store = Arc::clone(&app.options.key_store);
    let place = dir.clone();
    let vault = tokio::task::spawn_blocking(move || Vault::open(&place, unlock, key_store.as_ref()))
        .await
        .map_err(|error| ApiError::bug(error.to_string()))??;
    enter(app, id, dir, vault, access).await
}

async fn enter(
    app: &App,
    id: CompanyId,
    dir: PathBuf,
    vault: Vault,
    access: Access,
) -> Result<Arc<OpenCompany>, ApiError> {
    let lock = match access {
        Access::ReadWrite => Some(VaultLock::acquire(&dir, app.options.program)?),
        Access::ReadOnly => None,
    };
    let mut warnings: Vec<String> = vault.notice().map(notice_text).into_iter().collect();
    let (vault, rollback) = compare_marker(app, vault).await?;
    warnings.extend(rollback);
    let store = Store::open(&dir, vault.database_key(), access).await?;
    let demo = stored(&mut *store.read().await?).await?.demo;
    let mut open = OpenCompany::new(id, dir, vault, store, lock, demo);
    if let Some(warning) = compare_head(app, &open).await? {
        warnings.push(warning);
    }
    open.warnings = warnings;
    let open = Arc::new(open);
    app.set_open(Some(Arc::clone(&open)));
    if open.lock.is_some() {
        let mut file = app.app_file();
        if file.last_company != Some(id) {
            file.last_company = Some(id);
            data_dir::write_app_file(app.dir(), &file)?;
        }
    }
    Ok(open)
}

/// Compares the vault with the marker that the key store keeps: a copy of the whole folder that was put back is noticed.
/// A key store that does not answer is no reason to keep a vault closed that is open already.
async fn compare_marker(app: &App, vault: Vault) -> Result<(Vault, Option<String>), ApiError> {
    if protection_of(vault.header()) == Protection::Passphrase {
        return Ok((vault, None));
    }
    let key_store = Arc::clone(&app.options.key_store);
    let (vault, found) = tokio::task::spawn_blocking(move || {
        let found = vault.check_rollback(key_store.as_ref());
        (vault, found)
    })
    .await
    .map_err(|error| ApiError::bug(error.to_string()))?;
    let warning = matches!(found, Ok(Rollback::Restored { .. })).then(|| {
        "This vault is older than the one that was last open here: a copy was put back. What was collected since then is \
         missing."
            .to_owned()
    });
    Ok((vault, warning))
}

/// Tells the key store how far the vault has come.
async fn publish_marker(app: &App, open: &Arc<OpenCompany>) {
    let (open, key_store) = (Arc::clone(open), Arc::clone(&app.options.key_store));
    // Where the key store does not answer, the next closing tries again: a missing marker only notices less.
    let _ = tokio::task::spawn_blocking(move || {
        let vault = open.vault.blocking_lock();
        if protection_of(vault.header()) != Protection::Passphrase {
            let _ = vault.publish_marker(key_store.as_ref());
        }
    })
    .await;
}

fn notice_text(notice: HeaderNotice) -> String {
    match notice {
        HeaderNotice::FirstCopyDamaged | HeaderNotice::FirstCopyMissing => {
            "One of the two header files of this vault was damaged or missing; the other one was used.".to_owned()
        }
        HeaderNotice::FirstCopyOlder => {
            "The header file of this vault is older than its second copy: somebody put an old file back.".to_owned()
        }
        _ => "The second copy of this vault's header can't be used; the next change writes it again.".to_owned(),
    }
}

/// An older database under a newer header means that a copy was put back: said loudly, and kept in the chain.
async fn compare_head(app: &App, open: &OpenCompany) -> Result<Option<String>, ApiError> {
    let Some((expected, digest)) = open.expected_head().await else { return Ok(None) };
    let mut reader = open.store.read().await?;
    let head = chain::head(&mut reader).await?;
    let there = chain::entries(&mut reader, expected, 1).await?;
    drop(reader);
    if there.first().is_some_and(|entry| entry.digest == digest) {
        return Ok(None);
    }
    if open.lock.is_some() {
        let mut tx = open.store.begin().await?;
        let event = Event::HistoryRestored { expected_seq: expected, found_seq: head.seq };
        chain::record(&mut tx, app.now(), &event).await?;
        tx.commit().await?;
        open.keep_head().await?;
    }
    Ok(Some(format!(
        "This vault's history was restored from an older copy: entry {expected} was expected, {} entries are there.",
        head.seq
    )))
}

/// Closes the open company: its keys are dropped.
pub async fn lock(app: &App, _: Nothing) -> Result<Nothing, ApiError> {
    if let Some(open) = app.set_open(None) {
        open.stop_work();
        // Work that is under way ends within half a second; the vault closes behind it.
        drop(open.work.lock().await);
        open.keep_head().await?;
        if open.lock.is_some() {
            publish_marker(app, &open).await;
        }
        open.store.clone().close().await?;
    }
    *app.unconfirmed.lock().unwrap_or_else(PoisonError::into_inner) = None;
    Ok(Nothing {})
}

/// Changes the profile of the open company.
pub async fn update_profile(app: &App, request: UpdateProfile) -> Result<Company, ApiError> {
    let open = app.company()?;
    let mut tx = open.store.begin().await?;
    let before = stored(&mut tx).await?;
    let profile = checked(Profile { demo: before.demo, ..request.profile })?;
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
    describe(&open).await
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

pub(crate) fn no_such_company(name: &str) -> ApiError {
    ApiError::usage(
        "There is no such company here.",
        format!("No vault in this folder is called {name}."),
        "Check the name or id, or make it with `cmmc init`.",
    )
    .coded("no_such_company")
}
