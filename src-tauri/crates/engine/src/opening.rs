//! Opening a vault and closing it: keys, lock, and whether its history is the one that was left.

use crate::{
    App, OpenCompany,
    api::{ApiError, Company, Nothing, Protection, Unlock, UnlockWith},
    companies::{describe, no_such_company, protection_of, stored},
    data_dir::{self, company_dir},
    parameters::settle_expired,
};
use evidence::CompanyId;
use secrecy::SecretString;
use std::{
    path::PathBuf,
    sync::{Arc, PoisonError},
    time::Duration,
};
use store::{Access, Event, Store, chain};
use vault::{HeaderNotice, RecoveryKey, Rollback, Vault, VaultLock};

/// Longest time that locking waits for a service that is renewing a sign-in.
const RENEWING: Duration = Duration::from_secs(5);

/// Opens a vault for working in it.
pub async fn unlock(app: &App, request: Unlock) -> Result<Company, ApiError> {
    let id: CompanyId = request
        .company_id
        .parse()
        .map_err(|_| no_such_company(&request.company_id))?;
    let open = open(app, id, request.with, Access::ReadWrite).await?;
    describe(app, &open).await
}

/// Opens a vault and makes it the open one. A reader can open beside a writer.
pub async fn open(
    app: &App,
    id: CompanyId,
    with: UnlockWith,
    access: Access,
) -> Result<Arc<OpenCompany>, ApiError> {
    let dir = company_dir(app.dir(), id);
    if !dir.join(vault::HEADER_FILE).exists() && !dir.join(vault::HEADER_BACKUP_FILE).exists() {
        return Err(no_such_company(&id.to_string()));
    }
    if let Some(open) = app.opened()
        && open.id == id
        && (open.lock.is_some() || access == Access::ReadOnly)
    {
        return Ok(open);
    }
    let unlock = unlock_of(with)?;
    let key_store = Arc::clone(&app.options.key_store);
    let place = dir.clone();
    let vault =
        tokio::task::spawn_blocking(move || Vault::open(&place, unlock, key_store.as_ref()))
            .await
            .map_err(|error| ApiError::bug(error.to_string()))??;
    enter(app, id, dir, vault, access).await
}

/// What a vault is opened with, as the vault takes it.
pub(crate) fn unlock_of(with: UnlockWith) -> Result<vault::Unlock, ApiError> {
    Ok(match with {
        UnlockWith::KeyStore => vault::Unlock::Keyring,
        UnlockWith::Passphrase { passphrase } => {
            vault::Unlock::Passphrase(SecretString::from(passphrase))
        }
        UnlockWith::Recovery { key } => vault::Unlock::Recovery(
            RecoveryKey::parse(&key).map_err(vault::VaultError::RecoveryKeyMistyped)?,
        ),
    })
}

/// Opens the database of a vault whose keys are there, makes it the open one and closes the one before.
pub(crate) async fn enter(
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
    if !dir.join(store::DATABASE_FILE).exists() {
        return Err(database_missing());
    }
    let store = Store::open(&dir, vault.database_key(), access).await?;
    let demo = stored(&mut *store.read().await?).await?.demo;
    let mut open = OpenCompany::new(id, dir, vault, store, lock, demo);
    if let Some(warning) = compare_head(app, &open).await? {
        warnings.push(warning);
    }
    open.warnings = warnings;
    let open = Arc::new(open);
    if open.lock.is_some() {
        settle_expired(app, &open).await?;
        let mut file = app.app_file();
        if file.last_company != Some(id) {
            file.last_company = Some(id);
            // It only saves a click next time: no reason to keep a vault closed.
            let _ = data_dir::write_app_file(app.dir(), &file);
        }
    }
    if let Some(before) = app.set_open(Some(Arc::clone(&open))) {
        close(app, before).await?;
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

/// The header is there and opens, the database is not: nothing may quietly take its place.
fn database_missing() -> ApiError {
    ApiError {
        code: "database_missing".to_owned(),
        class: "vault".to_owned(),
        what: "This vault's data is missing.".to_owned(),
        why: format!("The file {} is not in the vault's folder.", store::DATABASE_FILE),
        fix: "Put the whole folder back from your last copy of it. Do not make a new company in its place.".to_owned(),
        detail: None,
        field: None,
    }
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
    let Some((expected, digest)) = open.expected_head().await else {
        return Ok(None);
    };
    let mut reader = open.store.read().await?;
    let head = chain::head(&mut reader).await?;
    let there = chain::entries(&mut reader, expected, 1).await?;
    drop(reader);
    if there.first().is_some_and(|entry| entry.digest == digest) {
        return Ok(None);
    }
    if open.lock.is_some() {
        let mut tx = open.store.begin().await?;
        let event = Event::HistoryRestored {
            expected_seq: expected,
            found_seq: head.seq,
        };
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
        close(app, open).await?;
    }
    *app.unconfirmed
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = None;
    Ok(Nothing {})
}

async fn close(app: &App, open: Arc<OpenCompany>) -> Result<(), ApiError> {
    app.attended.forget();
    open.stop_work();
    // Work that is under way ends within half a second; the vault closes behind it.
    open.work_ended().await;
    // A service that just replaced a refresh token refuses the old one: the new one is kept first. A service that takes
    // longer to answer keeps nobody from locking.
    let _ = tokio::time::timeout(RENEWING, open.renewing.write()).await;
    open.keep_head().await?;
    if open.lock.is_some() {
        publish_marker(app, &open).await;
    }
    Ok(open.store.clone().close().await?)
}
