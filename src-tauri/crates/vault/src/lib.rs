//! The keys of one company's vault: where they come from, what they open, and how they are stored.
//!
//! A vault has one random root key (VRK). It is never stored bare: *slots* in the header file hold it wrapped under
//! a key from the OS keyring (K), a passphrase (P), both at once (KP), and the recovery key (R). The root key opens
//! four working keys: the database key, the key that wraps credential keys, the signing seed and the chain key.
//!
//! **Why the working keys are random and wrapped, not derived from the root key.** A derived key can't change unless
//! the root key does, and then every slot has to be made again, which needs every passphrase and the recovery key at
//! hand. Wrapped keys can each be replaced alone: a new database key after a suspicion costs one header write and no
//! question to the user. Only what lives and dies with the header itself (its authentication key and the key of the
//! sealed name) is derived, by HKDF-SHA256 with the vault id as salt and a label naming format and purpose.
//!
//! What this crate refuses to do: hold SQL, write a key or a company name in the clear, make a new key for a vault
//! that already exists (a missing keyring item leads to the recovery key, see [`VaultError::KeyringEntryMissing`]),
//! and guess when a header looks damaged (a damaged copy is reported, the other one is read).
//!
//! Only this crate talks to the OS keyring.

#[cfg(all(feature = "test-kdf", not(debug_assertions)))]
compile_error!(
    "the feature `test-kdf` weakens passphrases and is for tests only: build without it"
);

mod credential;
mod error;
mod explain;
mod files;
mod harden;
mod header;
mod kdf;
mod keyring;
mod lock;
mod recovery;
mod rollback;
mod seal;
mod secret;
mod slot;
mod vault;

pub use credential::CredentialAad;
pub use error::{PassphraseWeakness, VaultError};
pub use explain::Explanation;
pub use files::{HEADER_BACKUP_FILE, HEADER_FILE};
pub use harden::harden_process;
pub use header::{FORMAT, Head, Header, HeaderNotice, Mode};
pub use kdf::{KdfProfile, PASSPHRASE_MAX_CHARS, PASSPHRASE_MIN_CHARS};
#[cfg(any(test, feature = "test-support"))]
pub use keyring::{Fault, FaultKeyring, MemoryKeyring, hanging_keyring};
pub use keyring::{KeyStore, KeyringError, OsKeyring, RollbackMarker};
pub use lock::{HOLDER_FILE, Holder, LOCK_FILE, VaultLock};
pub use recovery::{RecoveryKey, RecoveryKeyError};
pub use rollback::Rollback;
pub use secrecy::{ExposeSecret, SecretString};
pub use secret::{Secret32, SecretBytes};
pub use vault::{Protection, Unlock, Vault};

#[cfg(test)]
mod tests;
