//! A vault as its users see it: made, opened, refused, damaged, cut off in the middle of a write.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod change;
mod crash;
mod damage;
mod errors;
mod life;
mod vectors;

use std::path::PathBuf;

use tempfile::TempDir;

use crate::{
    KdfProfile, KeyStore, Protection, RecoveryKey, SecretString, Unlock, Vault, VaultError,
};

pub(crate) const PASSPHRASE: &str = "correct horse battery staple";

pub(crate) fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

pub(crate) fn pass() -> Unlock {
    Unlock::Passphrase(secret(PASSPHRASE))
}

/// A folder with one vault in it.
pub(crate) struct Made {
    pub root: TempDir,
    pub dir: PathBuf,
    pub recovery: RecoveryKey,
}

impl Made {
    pub(crate) fn new(protection: Protection, keyring: &dyn KeyStore) -> (Self, Vault) {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("company");
        let (vault, recovery) = make(&dir, protection, keyring).unwrap();
        (
            Self {
                root,
                dir,
                recovery,
            },
            vault,
        )
    }

    pub(crate) fn recover(&self) -> Unlock {
        Unlock::Recovery(
            RecoveryKey::parse(secrecy::ExposeSecret::expose_secret(
                &self.recovery.reveal(),
            ))
            .unwrap(),
        )
    }
}

pub(crate) fn make(
    dir: &std::path::Path,
    protection: Protection,
    keyring: &dyn KeyStore,
) -> Result<(Vault, RecoveryKey), VaultError> {
    Vault::create_with(
        dir,
        protection,
        "Acme Machining",
        keyring,
        KdfProfile::cheap_for_tests(),
    )
}
