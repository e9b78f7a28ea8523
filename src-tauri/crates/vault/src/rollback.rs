//! Noticing that an older copy of the whole vault was put back. A detector, not a lock-out: restoring a backup is
//! legitimate, it only must not go unnoticed.

use crate::keyring::{KeyringError, RollbackMarker};
use crate::{KeyStore, Vault, VaultError};

/// How the vault on the disk compares with the marker in the keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rollback {
    /// There is no marker: a new computer, or a vault that never published one.
    NoMarker,
    /// The same generation and head.
    Current,
    /// The vault went on since the marker was set, as after a crash between the two. Publish again.
    Ahead,
    /// The vault is older than the marker, or its history differs: a copy was put back.
    Restored {
        /// The generation that the vault once had.
        known_generation: u64,
    },
}

impl Vault {
    /// Compares the header with the marker in the keyring.
    ///
    /// # Errors
    /// The keyring's own.
    pub fn check_rollback(&self, keyring: &dyn KeyStore) -> Result<Rollback, VaultError> {
        let known = match keyring.marker(self.vault_id()) {
            Ok(Some(known)) => known,
            // An unreadable marker says as little as none; the next one replaces it.
            Ok(None) | Err(KeyringError::Malformed) => return Ok(Rollback::NoMarker),
            Err(error) => return Err(error.into()),
        };
        let here = self.marker();
        Ok(if here == known {
            Rollback::Current
        } else if here.generation > known.generation {
            Rollback::Ahead
        } else {
            Rollback::Restored {
                known_generation: known.generation,
            }
        })
    }

    /// Writes the marker to the keyring, e.g. after a run or when the vault is closed.
    ///
    /// # Errors
    /// The keyring's own.
    pub fn publish_marker(&self, keyring: &dyn KeyStore) -> Result<(), VaultError> {
        Ok(keyring.set_marker(self.vault_id(), self.marker())?)
    }

    fn marker(&self) -> RollbackMarker {
        let digest = self
            .header()
            .head
            .as_ref()
            .map_or([0; 32], |head| head.digest);
        RollbackMarker {
            generation: self.header().generation,
            digest,
        }
    }
}
