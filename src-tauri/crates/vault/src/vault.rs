//! Making, opening and changing a vault's keys.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use uuid::Uuid;

use crate::credential::{CredentialAad, open_credential, seal_credential};
use crate::files::{check_dir, prepare_dir, read_copies, write_copies};
use crate::header::{
    Header, HeaderNotice, Kdf, KdfName, Mode, Sealed, WrappedKeys, open_name, seal_name,
};
use crate::kdf::{KdfProfile, check_new_passphrase};
use crate::seal::{fields, open_key, seal};
use crate::secret::fill_random;
use crate::slot::{Slot, open_by_keyring, open_by_passphrase, open_by_recovery};
use crate::{KeyStore, RecoveryKey, Secret32, SecretBytes, VaultError};

mod change;

const NAME_MAX_BYTES: usize = 200;
/// How long checking a passphrase should take on the machine that sets it.
const UNLOCK_TARGET: Duration = Duration::from_millis(500);

/// How a vault shall be protected from day to day.
#[derive(Debug)]
pub enum Protection {
    /// By the OS keyring: opens silently.
    Keyring,
    /// By a passphrase.
    Passphrase(SecretString),
    /// By a passphrase and the OS keyring, neither being enough.
    TwoSecret(SecretString),
}

/// What is brought along to open a vault.
#[derive(Debug)]
pub enum Unlock {
    /// The OS keyring.
    Keyring,
    /// A passphrase. In a two-secret vault the OS keyring is asked as well.
    Passphrase(SecretString),
    /// The recovery key.
    Recovery(RecoveryKey),
}

/// The four working keys.
struct Keys {
    database: Secret32,
    credentials: Secret32,
    signing: Secret32,
    chain: Secret32,
}

/// An open vault: its keys, until dropped.
///
/// Methods taking `&mut self` rewrite the header. Whoever calls them holds the [`crate::VaultLock`].
pub struct Vault {
    dir: PathBuf,
    header: Header,
    root: Secret32,
    keys: Keys,
    name: String,
    notice: Option<HeaderNotice>,
}

impl Vault {
    /// Makes a new vault in `dir`. If the folder's name is a UUID, that is the vault's id.
    ///
    /// Show the recovery key and have it confirmed before the vault is used: it is never available again.
    ///
    /// # Errors
    /// `AlreadyAVault`, `WeakPassphrase`, `InvalidName`, the keyring's errors, or those of the file system. After an
    /// error no vault exists; a keyring item that could not be removed again is harmless.
    pub fn create(
        dir: &Path,
        protection: Protection,
        name: &str,
        keyring: &dyn KeyStore,
    ) -> Result<(Self, RecoveryKey), VaultError> {
        let profile = match &protection {
            Protection::Keyring => KdfProfile::floor(),
            Protection::Passphrase(passphrase) | Protection::TwoSecret(passphrase) => {
                check_new_passphrase(passphrase)?;
                KdfProfile::calibrated(UNLOCK_TARGET)?
            }
        };
        Self::create_with(dir, protection, name, keyring, profile)
    }

    /// As [`Vault::create`], with a chosen cost of passphrase guessing, at least [`KdfProfile::floor`].
    ///
    /// # Errors
    /// As [`Vault::create`], and `KdfTooCheap`.
    pub fn create_with(
        dir: &Path,
        protection: Protection,
        name: &str,
        keyring: &dyn KeyStore,
        profile: KdfProfile,
    ) -> Result<(Self, RecoveryKey), VaultError> {
        profile.check_for_create()?;
        check_name(name)?;
        prepare_dir(dir)?;
        let id = dir
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| Uuid::parse_str(name).ok())
            .unwrap_or_else(Uuid::new_v4);
        let root = Secret32::random()?;
        let keys = Keys {
            database: Secret32::random()?,
            credentials: Secret32::random()?,
            signing: Secret32::random()?,
            chain: Secret32::random()?,
        };
        let mut header = Header::new(
            id,
            Mode::Standard,
            &root,
            wrap_keys(&root, id, &keys)?,
            seal_name(&root, id, name)?,
        );
        let recovery = RecoveryKey::random()?;
        let fresh = !matches!(protection, Protection::Passphrase(_));
        if fresh && keyring.get(id)?.is_some() {
            return Err(VaultError::KeyringOccupied);
        }
        let wrap = |header: &mut Header| -> Result<(), VaultError> {
            let daily = protect(header, &root, protection, keyring, profile, None)?;
            header.slots = vec![daily, Slot::recovery(id, &root, &recovery)?];
            write_copies(dir, &header.encode(&root)?, &mut |_| Ok(()))
        };
        if let Err(error) = wrap(&mut header) {
            // The second copy may be what failed: a vault that nobody was told about must not stay.
            discard(dir);
            if fresh {
                let _ = keyring.delete(id);
            }
            return Err(error);
        }
        tracing::info!(vault.id = %id, "Made vault {id}.");
        Ok((
            Self {
                dir: dir.to_owned(),
                header,
                root,
                keys,
                name: name.to_owned(),
                notice: None,
            },
            recovery,
        ))
    }

    /// Opens the vault in `dir`. Writes nothing, needs no lock.
    ///
    /// # Errors
    /// Each way of failing has its own variant, see [`VaultError`]. A missing keyring item never makes a new key.
    pub fn open(dir: &Path, unlock: Unlock, keyring: &dyn KeyStore) -> Result<Self, VaultError> {
        check_dir(dir)?;
        let copies = read_copies(dir)?;
        let attempt = |read: &crate::header::ReadHeader| -> Result<Secret32, VaultError> {
            let root = match &unlock {
                Unlock::Keyring => open_by_keyring(&read.header, keyring)?,
                Unlock::Passphrase(passphrase) => {
                    open_by_passphrase(&read.header, passphrase, keyring)?
                }
                Unlock::Recovery(key) => open_by_recovery(&read.header, key)?,
            };
            if read.is_sealed_by(&root) {
                Ok(root)
            } else {
                Err(VaultError::HeaderDamaged { both: false })
            }
        };
        let (read, root, notice) = match (attempt(&copies.best), copies.other) {
            (Ok(root), _) => (copies.best, root, copies.notice),
            // Someone rewrote one copy with a fitting checksum; the other may still be genuine.
            (Err(VaultError::HeaderDamaged { .. }), Some(other)) => {
                let root = attempt(&other).map_err(|error| match error {
                    VaultError::HeaderDamaged { .. } => VaultError::HeaderDamaged { both: true },
                    error => error,
                })?;
                let notice = match copies.notice {
                    // Then the better copy was the second one.
                    Some(HeaderNotice::FirstCopyOlder) => HeaderNotice::SecondCopyUnusable,
                    _ => HeaderNotice::FirstCopyDamaged,
                };
                (other, root, Some(notice))
            }
            (Err(error), _) => return Err(error),
        };
        let header = read.header;
        let damaged = || VaultError::HeaderDamaged { both: false };
        let keys = unwrap_keys(&root, &header).ok_or_else(damaged)?;
        let name = open_name(&root, header.vault_id, &header.sealed_name).ok_or_else(damaged)?;
        if let Some(notice) = notice {
            tracing::warn!(vault.id = %header.vault_id, ?notice, "The header of vault {} needs repair.", header.vault_id);
        }
        Ok(Self {
            dir: dir.to_owned(),
            header,
            root,
            keys,
            name,
            notice,
        })
    }

    /// The vault's id.
    #[must_use]
    pub fn vault_id(&self) -> Uuid {
        self.header.vault_id
    }

    /// The folder it was opened from.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The authenticated header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The header as it stands in its file, for a backup. Holds no bare key.
    ///
    /// # Errors
    /// None in practice; the header was encoded before.
    pub fn header_bytes(&self) -> Result<Vec<u8>, VaultError> {
        self.header.encode(&self.root)
    }

    /// What was wrong with the header's copies, if anything. The next write repairs it, as does [`Vault::repair`].
    #[must_use]
    pub fn notice(&self) -> Option<HeaderNotice> {
        self.notice
    }

    /// The company's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SQLCipher's raw key.
    #[must_use]
    pub fn database_key(&self) -> &Secret32 {
        &self.keys.database
    }

    /// The seed of the Ed25519 key that signs packages and checkpoints.
    #[must_use]
    pub fn signing_seed(&self) -> &Secret32 {
        &self.keys.signing
    }

    /// The key for authenticating chain checkpoints outside the vault.
    #[must_use]
    pub fn chain_key(&self) -> &Secret32 {
        &self.keys.chain
    }

    /// Seals a credential for its place, under a key of its own. The answer starts with a version byte.
    ///
    /// # Errors
    /// `CredentialRefused` when `aad` names another vault; `TooLarge` beyond 1 MiB; `NoRandomness`.
    pub fn seal_credential(
        &self,
        aad: &CredentialAad<'_>,
        value: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        if aad.vault_id != self.vault_id() {
            return Err(VaultError::CredentialRefused);
        }
        seal_credential(&self.keys.credentials, aad, value)
    }

    /// Opens a credential in its place.
    ///
    /// # Errors
    /// `CredentialRefused` when it was sealed for another place, is an older version, or was changed.
    pub fn open_credential(
        &self,
        aad: &CredentialAad<'_>,
        sealed: &[u8],
    ) -> Result<SecretBytes, VaultError> {
        if aad.vault_id != self.vault_id() {
            return Err(VaultError::CredentialRefused);
        }
        open_credential(&self.keys.credentials, aad, sealed)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("vault_id", &self.header.vault_id)
            .field("keys", &"[redacted]")
            .finish_non_exhaustive()
    }
}

/// Makes the daily slot and sets the header's mode and derivation to match.
fn protect(
    header: &mut Header,
    root: &Secret32,
    protection: Protection,
    keyring: &dyn KeyStore,
    profile: KdfProfile,
    known: Option<&Slot>,
) -> Result<Slot, VaultError> {
    let id = header.vault_id;
    let (mode, passphrase) = match protection {
        Protection::Keyring => (Mode::Standard, None),
        Protection::Passphrase(passphrase) => (Mode::Passphrase, Some(passphrase)),
        Protection::TwoSecret(passphrase) => (Mode::TwoSecret, Some(passphrase)),
    };
    header.mode = mode;
    header.kdf = None;
    if let Some(passphrase) = &passphrase {
        check_new_passphrase(passphrase)?;
        let mut salt = vec![0; 16];
        fill_random(&mut salt)?;
        header.kdf = Some(Kdf {
            name: KdfName::Argon2id,
            profile,
            salt: Sealed(salt),
        });
    }
    let kek = match mode {
        Mode::Passphrase => None,
        Mode::Standard | Mode::TwoSecret => Some(keyring_key(id, keyring, known)?),
    };
    match (&header.kdf, &passphrase, &kek) {
        (Some(kdf), Some(passphrase), kek) => {
            Slot::passphrase(id, root, kdf, passphrase, kek.as_ref())
        }
        (_, _, Some(kek)) => Slot::keyring(id, root, kek),
        // Every mode has a passphrase or a keyring key; there is no third kind.
        _ => Err(VaultError::MethodNotSet { method: "nothing" }),
    }
}

/// The keyring's key if it is the one that the slot in use knows; otherwise a new one, stored and read back.
fn keyring_key(
    id: Uuid,
    keyring: &dyn KeyStore,
    known: Option<&Slot>,
) -> Result<Secret32, VaultError> {
    match keyring.get(id).map_err(VaultError::from) {
        Ok(Some(kek)) if known.is_some_and(|slot| slot.knows(&kek)) => return Ok(kek),
        // Missing, or another key: what is stored opens nothing here.
        Ok(_) | Err(VaultError::KeyringWrongKey) => {}
        Err(error) => return Err(error),
    }
    let kek = Secret32::random()?;
    keyring.set(id, &kek)?;
    match keyring.get(id)? {
        Some(stored) if stored.same_as(&kek) => Ok(kek),
        Some(_) => Err(VaultError::KeyringWrongKey),
        None => Err(VaultError::KeyringFailed {
            detail: "it did not keep the key".into(),
        }),
    }
}

fn key_aad(id: Uuid, name: &str) -> Vec<u8> {
    fields(&[
        b"cmmcpro/key",
        &crate::FORMAT.to_be_bytes(),
        id.as_bytes(),
        name.as_bytes(),
    ])
}

fn wrap_keys(root: &Secret32, id: Uuid, keys: &Keys) -> Result<WrappedKeys, VaultError> {
    let wrap = |name, key: &Secret32| seal(root, &key_aad(id, name), key.expose()).map(Sealed);
    Ok(WrappedKeys {
        database: wrap("database", &keys.database)?,
        credentials: wrap("credentials", &keys.credentials)?,
        signing: wrap("signing", &keys.signing)?,
        chain: wrap("chain", &keys.chain)?,
    })
}

fn unwrap_keys(root: &Secret32, header: &Header) -> Option<Keys> {
    let open =
        |name, sealed: &Sealed| open_key(root, &key_aad(header.vault_id, name), &sealed.0).ok();
    Some(Keys {
        database: open("database", &header.keys.database)?,
        credentials: open("credentials", &header.keys.credentials)?,
        signing: open("signing", &header.keys.signing)?,
        chain: open("chain", &header.keys.chain)?,
    })
}

fn check_name(name: &str) -> Result<(), VaultError> {
    if name.trim().is_empty() || name.len() > NAME_MAX_BYTES {
        return Err(VaultError::InvalidName {
            max_bytes: NAME_MAX_BYTES,
        });
    }
    Ok(())
}

/// Removes the header files of a vault that could not be finished. `prepare_dir` saw that there were none before.
fn discard(dir: &Path) {
    for name in [crate::HEADER_FILE, crate::HEADER_BACKUP_FILE] {
        let _ = std::fs::remove_file(dir.join(name));
        let _ = std::fs::remove_file(dir.join(format!("{name}.tmp")));
    }
}
