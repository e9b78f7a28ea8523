//! Everything that can go wrong with a vault's keys, told apart because somebody acts on the difference.

use std::io;

use crate::kdf::{PASSPHRASE_MAX_CHARS, PASSPHRASE_MIN_CHARS};
use crate::keyring::KeyringError;
use crate::lock::Holder;
use crate::recovery::RecoveryKeyError;

/// Why a passphrase is not accepted for a new vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassphraseWeakness {
    /// Fewer than [`PASSPHRASE_MIN_CHARS`] characters.
    TooShort,
    /// More than [`PASSPHRASE_MAX_CHARS`] characters.
    TooLong,
    /// Long enough, but made of fewer than five different characters.
    TooUniform,
}

/// A vault can't be made, opened, locked or changed. No variant carries a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The passphrase does not open this vault.
    #[error("the passphrase does not open this vault")]
    WrongPassphrase,
    /// A well-formed recovery key that belongs to another vault, or was replaced since.
    #[error("the recovery key does not open this vault")]
    WrongRecoveryKey,
    /// What was typed can't be any recovery key.
    #[error("the recovery key is mistyped: {0}")]
    RecoveryKeyMistyped(#[from] RecoveryKeyError),
    /// This computer offers no keyring that keeps a key.
    #[error("this computer offers no system keyring")]
    KeyringAbsent,
    /// The keyring exists, but is locked or its question was dismissed.
    #[error("the system keyring is locked")]
    KeyringLocked,
    /// The keyring did not answer in time. It may be waiting for the user.
    #[error("the system keyring did not answer in time")]
    KeyringTimeout,
    /// The vault exists, the keyring answers, and holds no key for it. A new key is never made here.
    #[error("the system keyring holds no key for this vault")]
    KeyringEntryMissing,
    /// The keyring holds something under this vault's name, but not this vault's key.
    #[error("the key in the system keyring does not belong to this vault")]
    KeyringWrongKey,
    /// The keyring holds several items under this vault's name.
    #[error("the system keyring holds several keys for this vault")]
    KeyringAmbiguous,
    /// A new vault would overwrite a key that the keyring already holds.
    #[error("the system keyring already holds a key under this vault's id")]
    KeyringOccupied,
    /// The keyring failed in another way.
    #[error("the system keyring failed: {detail}")]
    KeyringFailed {
        /// What the keyring said.
        detail: String,
    },
    /// No copy of the header is usable.
    #[error("the vault's header is damaged")]
    HeaderDamaged {
        /// Both copies are there and damaged; otherwise one is damaged and the other missing.
        both: bool,
    },
    /// The header belongs to another vault than this folder, or its two copies belong to different ones.
    #[error("the header belongs to another vault")]
    ForeignHeader,
    /// A newer version of the program wrote this vault. Nothing was touched.
    #[error(
        "this vault was written by version {made_by}, which is newer than this program understands"
    )]
    NewerFormat {
        /// The version that wrote the header.
        made_by: String,
    },
    /// The passphrase is not accepted for protecting a vault.
    #[error("the passphrase is too weak: {why:?} (from {min} to {max} characters)")]
    WeakPassphrase {
        /// The least number of characters.
        min: usize,
        /// The greatest number of characters.
        max: usize,
        /// What is wrong with it.
        why: PassphraseWeakness,
    },
    /// The header asks for more memory or time than any vault of ours needs.
    #[error("the header asks for an unreasonably expensive key derivation")]
    KdfTooExpensive,
    /// A new vault may not have a key derivation below the floor.
    #[error("the key derivation is below the floor")]
    KdfTooCheap,
    /// The vault has no such way in, e.g. a passphrase for a vault that the keyring alone opens.
    #[error("this vault is not opened by {method}")]
    MethodNotSet {
        /// `keyring`, `passphrase` or `recovery key`.
        method: &'static str,
    },
    /// Another program has the vault open for writing.
    #[error("the vault is in use by {0}")]
    InUse(Holder),
    /// Another program rewrote the header since this one opened the vault.
    #[error("the vault's header was changed by another program")]
    ChangedUnderneath,
    /// The folder holds no vault.
    #[error("the folder holds no vault")]
    NotAVault,
    /// The folder already holds a vault.
    #[error("the folder already holds a vault")]
    AlreadyAVault,
    /// A vault file is a link, not a regular file, or belongs to another user.
    #[error("{what} is not a plain file or folder of the current user")]
    UnsafeFile {
        /// Which file.
        what: &'static str,
    },
    /// The company name is empty or longer than 200 bytes.
    #[error("the company name must have 1 to {max_bytes} bytes")]
    InvalidName {
        /// The greatest length in bytes of UTF-8.
        max_bytes: usize,
    },
    /// A stored credential did not open where it stands: moved, replayed, changed or damaged.
    #[error("a stored credential does not belong where it stands, or was changed")]
    CredentialRefused,
    /// More data than one sealed value or one header may hold.
    #[error("the value is too large to be sealed")]
    TooLarge,
    /// The operating system gave no random numbers.
    #[error("the operating system gave no random numbers")]
    NoRandomness,
    /// Not enough memory for the key derivation.
    #[error("not enough memory for the key derivation")]
    OutOfMemory,
    /// The disk is full.
    #[error("no space left while writing {what}")]
    NoSpace {
        /// Which file.
        what: &'static str,
    },
    /// The folder can't be written to.
    #[error("{what} is on a read-only disk or may not be written")]
    ReadOnly {
        /// Which file.
        what: &'static str,
    },
    /// Any other failure of the file system.
    #[error("{what}: {kind}")]
    Io {
        /// Which file or step.
        what: &'static str,
        /// The kind of failure.
        kind: io::ErrorKind,
    },
}

impl VaultError {
    /// Sorts a file system failure: full and read-only disks have their own remedies.
    pub(crate) fn reading(what: &'static str, error: &io::Error) -> Self {
        Self::Io {
            what,
            kind: error.kind(),
        }
    }

    /// As [`VaultError::reading`], for steps that write.
    pub(crate) fn writing(what: &'static str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace { what },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::ReadOnly { what }
            }
            kind => Self::Io { what, kind },
        }
    }

    pub(crate) fn weak(why: PassphraseWeakness) -> Self {
        Self::WeakPassphrase {
            min: PASSPHRASE_MIN_CHARS,
            max: PASSPHRASE_MAX_CHARS,
            why,
        }
    }

    /// A stable word for programs: the `code` of IPC answers and of the command line's JSON.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongPassphrase => "wrong_passphrase",
            Self::WrongRecoveryKey => "wrong_recovery_key",
            Self::RecoveryKeyMistyped(_) => "recovery_key_mistyped",
            Self::KeyringAbsent => "keyring_absent",
            Self::KeyringLocked => "keyring_locked",
            Self::KeyringTimeout => "keyring_timeout",
            Self::KeyringEntryMissing => "keyring_entry_missing",
            Self::KeyringWrongKey => "keyring_wrong_key",
            Self::KeyringAmbiguous => "keyring_ambiguous",
            Self::KeyringOccupied => "keyring_occupied",
            Self::KeyringFailed { .. } => "keyring_failed",
            Self::HeaderDamaged { .. } => "header_damaged",
            Self::ForeignHeader => "foreign_header",
            Self::NewerFormat { .. } => "newer_format",
            Self::WeakPassphrase { .. } => "weak_passphrase",
            Self::KdfTooExpensive => "kdf_too_expensive",
            Self::KdfTooCheap => "kdf_too_cheap",
            Self::MethodNotSet { .. } => "method_not_set",
            Self::InUse(_) => "vault_in_use",
            Self::ChangedUnderneath => "changed_underneath",
            Self::NotAVault => "not_a_vault",
            Self::AlreadyAVault => "already_a_vault",
            Self::UnsafeFile { .. } => "unsafe_file",
            Self::InvalidName { .. } => "invalid_name",
            Self::CredentialRefused => "credential_refused",
            Self::TooLarge => "too_large",
            Self::NoRandomness => "no_randomness",
            Self::OutOfMemory => "out_of_memory",
            Self::NoSpace { .. } => "no_space",
            Self::ReadOnly { .. } => "read_only",
            Self::Io { .. } => "io",
        }
    }
}

impl From<KeyringError> for VaultError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Absent => Self::KeyringAbsent,
            KeyringError::Locked => Self::KeyringLocked,
            KeyringError::Timeout => Self::KeyringTimeout,
            KeyringError::Ambiguous => Self::KeyringAmbiguous,
            KeyringError::Malformed => Self::KeyringWrongKey,
            KeyringError::Failed { detail } => Self::KeyringFailed { detail },
        }
    }
}
