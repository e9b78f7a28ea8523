//! The keyring of the operating system: Secret Service, Credential Manager, Keychain.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::bounded::{Backend, BoundedKeyring};
use super::{KeyStore, KeyringError, RollbackMarker};
use crate::Secret32;

const SERVICE: &str = "CMMCPro";
const LIMIT: Duration = Duration::from_secs(5);

/// The keyring of the current user. All values of this type share one thread, so there is never more than one call
/// under way, and each call answers within 5 seconds. A `Timeout` often means that the keyring is asking the user
/// something: show that, and try again.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsKeyring;

impl OsKeyring {
    /// Touches nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self
    }

    fn shared() -> Result<&'static BoundedKeyring, KeyringError> {
        static SHARED: OnceLock<Result<BoundedKeyring, KeyringError>> = OnceLock::new();
        SHARED
            .get_or_init(|| BoundedKeyring::start(Os, LIMIT))
            .as_ref()
            .map_err(Clone::clone)
    }
}

impl KeyStore for OsKeyring {
    fn get(&self, vault_id: Uuid) -> Result<Option<Secret32>, KeyringError> {
        Self::shared()?.get(vault_id)
    }

    fn set(&self, vault_id: Uuid, key: &Secret32) -> Result<(), KeyringError> {
        Self::shared()?.set(vault_id, key)
    }

    fn delete(&self, vault_id: Uuid) -> Result<(), KeyringError> {
        Self::shared()?.delete(vault_id)
    }

    fn marker(&self, vault_id: Uuid) -> Result<Option<RollbackMarker>, KeyringError> {
        Self::shared()?.marker(vault_id)
    }

    fn set_marker(&self, vault_id: Uuid, marker: RollbackMarker) -> Result<(), KeyringError> {
        Self::shared()?.set_marker(vault_id, marker)
    }
}

struct Os;

impl Os {
    /// Runs `act` on the named item. A keyring service that started or restarted since the last call is looked for
    /// once more: `keyring` connects only once in the life of a process.
    fn with<T>(
        &self,
        account: &str,
        act: impl Fn(&keyring::Entry) -> Result<T, keyring::Error>,
    ) -> Result<Option<T>, KeyringError> {
        let attempt = || entry(account).and_then(|entry| act(&entry));
        let outcome = match attempt() {
            Err(keyring::Error::NoDefaultStore | keyring::Error::PlatformFailure(_))
                if reconnect() =>
            {
                attempt()
            }
            // Older versions of libsecret answer nothing to the first question after a cold start.
            Err(keyring::Error::NoEntry) => attempt(),
            outcome => outcome,
        };
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(classify(&error)),
        }
    }
}

impl Backend for Os {
    fn read(&mut self, account: &str) -> Result<Option<Zeroizing<String>>, KeyringError> {
        self.with(account, |entry| entry.get_password().map(Zeroizing::new))
    }

    fn write(&mut self, account: &str, value: &str) -> Result<(), KeyringError> {
        self.with(account, |entry| entry.set_password(value))?
            .ok_or(KeyringError::Absent)
    }

    fn remove(&mut self, account: &str) -> Result<(), KeyringError> {
        self.with(account, keyring::Entry::delete_credential)
            .map(drop)
    }
}

fn entry(account: &str) -> Result<keyring::Entry, keyring::Error> {
    // Connects on the first call. Its failure is not final, see `reconnect`; without any store the next line fails.
    let _ = keyring::Entry::store_status();
    let inner = keyring_core::Entry::new_with_modifiers(SERVICE, account, &modifiers())?;
    Ok(keyring::Entry { inner })
}

/// What each platform needs beyond service and account.
fn modifiers() -> HashMap<&'static str, &'static str> {
    if cfg!(target_os = "windows") {
        // The default there is to roam with the user's profile.
        HashMap::from([("persistence", "Local")])
    } else if cfg!(target_os = "linux") {
        HashMap::from([("label", "CMMCPro vault")])
    } else {
        HashMap::new()
    }
}

#[cfg(target_os = "linux")]
fn reconnect() -> bool {
    match zbus_secret_service_keyring_store::Store::new() {
        Ok(store) => {
            keyring_core::set_default_store(store);
            true
        }
        Err(_) => false,
    }
}

#[cfg(not(target_os = "linux"))]
fn reconnect() -> bool {
    false
}

fn classify(error: &keyring::Error) -> KeyringError {
    use keyring::Error;
    match error {
        Error::NoDefaultStore => KeyringError::Absent,
        Error::NoStorageAccess(reason) => {
            by_words(&reason.to_string()).unwrap_or(KeyringError::Locked)
        }
        Error::PlatformFailure(reason) => {
            let words = reason.to_string();
            by_words(&words).unwrap_or(KeyringError::Failed { detail: words })
        }
        Error::Ambiguous(_) => KeyringError::Ambiguous,
        // Never by their own words: those can contain the item's bytes.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => KeyringError::Malformed,
        other => KeyringError::Failed {
            detail: other.to_string(),
        },
    }
}

/// The Secret Service reports these by text only; the types differ between its client libraries.
fn by_words(words: &str) -> Option<KeyringError> {
    const ABSENT: [&str; 8] = [
        "no secret service provider",
        "ServiceUnknown",
        "was not provided by any .service files",
        "NameHasNoOwner",
        // No default collection: only one for the session exists, as under WSL.
        "result not returned",
        "No such file or directory",
        "Connection refused",
        "unix:",
    ];
    const LOCKED: [&str; 5] = [
        "IsLocked",
        "object locked",
        "prompt dismissed",
        "before prompt completed",
        "is locked",
    ];
    let has = |list: &[&str]| list.iter().any(|part| words.contains(part));
    if has(&LOCKED) {
        Some(KeyringError::Locked)
    } else if has(&ABSENT) {
        Some(KeyringError::Absent)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: &str) -> Box<dyn std::error::Error + Send + Sync> {
        words.into()
    }

    #[test]
    fn absent_locked_and_broken_are_told_apart() {
        use keyring::Error::{
            Ambiguous, BadEncoding, NoDefaultStore, NoStorageAccess, PlatformFailure,
        };
        let dbus = "zbus error: org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.secrets was not provided by any .service files";
        for (error, expected) in [
            (NoDefaultStore, KeyringError::Absent),
            (PlatformFailure(said(dbus)), KeyringError::Absent),
            (
                PlatformFailure(said("no secret service provider or dbus session found")),
                KeyringError::Absent,
            ),
            (
                NoStorageAccess(said("SS error: result not returned from SS API")),
                KeyringError::Absent,
            ),
            (
                NoStorageAccess(said("SS Error: object locked")),
                KeyringError::Locked,
            ),
            (
                NoStorageAccess(said("SS error: prompt dismissed")),
                KeyringError::Locked,
            ),
            (
                PlatformFailure(said("SS error: connection closed before prompt completed")),
                KeyringError::Locked,
            ),
            (
                PlatformFailure(said("org.freedesktop.Secret.Error.IsLocked")),
                KeyringError::Locked,
            ),
            (
                NoStorageAccess(said("User interaction is not allowed")),
                KeyringError::Locked,
            ),
            (
                PlatformFailure(said("1783")),
                KeyringError::Failed {
                    detail: "1783".into(),
                },
            ),
            (Ambiguous(Vec::new()), KeyringError::Ambiguous),
            (BadEncoding(b"secret".to_vec()), KeyringError::Malformed),
        ] {
            assert_eq!(classify(&error), expected, "{error}");
        }
    }
}
