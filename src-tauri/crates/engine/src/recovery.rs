//! The recovery key: shown once, shown back, and made anew when nobody knows whether it was kept.

use crate::{
    App, OpenCompany,
    api::{
        ApiError, ConfirmRecovery, RecoveryConfirmed, RecoveryKeyShown, RenewRecoveryKey,
        UnlockWith,
    },
    opening::unlock_of,
};
use secrecy::ExposeSecret as _;
use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
};
use vault::{RecoveryKey, Vault};

/// The setting that says whether somebody showed that the key was kept.
pub(crate) const SETTING: &str = "recoveryKeyKept";

/// Said while nobody has.
const UNKNOWN: &str = "Nobody has shown that this vault's recovery key was written down. Make a new one in the settings: \
                       without it a lost passphrase or key store means lost evidence.";

/// The key in its eight groups, kept until it is shown back.
pub(crate) fn shown(app: &App, key: RecoveryKey) -> Vec<String> {
    let groups = key
        .reveal()
        .expose_secret()
        .split('-')
        .map(str::to_owned)
        .collect();
    *app.unconfirmed
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = Some(key);
    groups
}

/// What to say of a vault whose recovery key may be lost. A key that is being shown right now is not lost.
pub(crate) async fn warning(app: &App, open: &OpenCompany) -> Result<Option<String>, ApiError> {
    let pending = app
        .unconfirmed
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .is_some();
    let kept: Option<bool> = store::settings::get(&mut *open.store.read().await?, SETTING).await?;
    Ok((kept == Some(false) && !pending).then(|| UNKNOWN.to_owned()))
}

/// Remembers whether the key was kept.
pub async fn remember(open: &OpenCompany, kept: bool) -> Result<(), ApiError> {
    let mut tx = open.store.begin().await?;
    store::settings::set(&mut tx, SETTING, &kept).await?;
    Ok(tx.commit().await?)
}

/// Shows that the recovery key was written down.
pub async fn confirm(app: &App, request: ConfirmRecovery) -> Result<RecoveryConfirmed, ApiError> {
    let open = app.company()?;
    let wrong = compare(app, &request)?;
    if wrong.is_empty() {
        remember(&open, true).await?;
        *app.unconfirmed
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }
    Ok(RecoveryConfirmed { wrong })
}

/// The places that do not match the key that was shown.
fn compare(app: &App, request: &ConfirmRecovery) -> Result<Vec<u8>, ApiError> {
    let pending = app
        .unconfirmed
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let Some(key) = pending.as_ref() else {
        return Err(ApiError::usage(
            "There is no recovery key to confirm.",
            "It is confirmed already, or it was shown in another session.",
            "If it was not kept, make a new one in the settings.",
        ));
    };
    let places: BTreeSet<u8> = request.groups.iter().map(|group| group.place).collect();
    if places.len() < 2 {
        return Err(ApiError::usage(
            "The recovery key is not confirmed yet.",
            "Two different groups of it are asked for.",
            "Type the groups as they were written down.",
        )
        .about("groups"));
    }
    let revealed = key.reveal();
    let groups: Vec<&str> = revealed.expose_secret().split('-').collect();
    let differs = |place: u8, text: &str| {
        groups
            .get(usize::from(place))
            .is_none_or(|right| plain(right) != plain(text))
    };
    Ok(request
        .groups
        .iter()
        .filter(|group| differs(group.place, &group.text))
        .map(|group| group.place)
        .collect())
}

/// As the key is read: without separators, without case, with the letters that look like digits as digits.
fn plain(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect()
}

/// Makes a new recovery key. Whoever asks for it opens the vault once more first: a window left open is not enough.
pub async fn renew(app: &App, request: RenewRecoveryKey) -> Result<RecoveryKeyShown, ApiError> {
    let open = app.company()?;
    if open.lock.is_none() {
        return Err(ApiError::usage(
            "No new recovery key was made.",
            "The vault is open for reading only.",
            "Close it in the other program first.",
        ));
    }
    prove(app, &open, request.with).await?;
    // Said first: a key that was made and never shown must not count as kept.
    remember(&open, false).await?;
    let key = open.vault.lock().await.replace_recovery_key()?;
    Ok(RecoveryKeyShown {
        recovery_key: shown(app, key),
    })
}

async fn prove(app: &App, open: &OpenCompany, with: UnlockWith) -> Result<(), ApiError> {
    let unlock = unlock_of(with)?;
    let (dir, key_store) = (open.dir.clone(), Arc::clone(&app.options.key_store));
    tokio::task::spawn_blocking(move || Vault::open(&dir, unlock, key_store.as_ref()))
        .await
        .map_err(|error| ApiError::bug(error.to_string()))??;
    Ok(())
}
