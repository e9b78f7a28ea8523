//! The OS keyring: one item per vault with 32 random bytes, one more for the rollback marker.

mod bounded;
#[cfg(any(test, feature = "test-support"))]
mod fakes;
mod os;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::Secret32;
#[cfg(any(test, feature = "test-support"))]
pub use fakes::{Fault, FaultKeyring, MemoryKeyring, hanging_keyring};
pub use os::OsKeyring;

/// The keyring did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// There is no keyring in this session, or none that outlasts it.
    #[error("no keyring")]
    Absent,
    /// It is locked, or its question was dismissed.
    #[error("the keyring is locked")]
    Locked,
    /// It did not answer in time. Whether it acted is unknown.
    #[error("the keyring did not answer in time")]
    Timeout,
    /// Several items have the vault's name.
    #[error("several items match")]
    Ambiguous,
    /// The item is there, but holds no 256-bit key.
    #[error("the item is no key of ours")]
    Malformed,
    /// Anything else, in the keyring's words, which never include the item's value.
    #[error("{detail}")]
    Failed {
        /// What it said.
        detail: String,
    },
}

/// What the keyring knows about the newest state of a vault: enough to notice an old copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RollbackMarker {
    /// The header's generation.
    pub generation: u64,
    /// The digest of the newest chain entry; zero when there is none.
    pub digest: [u8; 32],
}

/// A place that keeps one key per vault for the current user.
pub trait KeyStore: Send + Sync {
    /// The vault's key; `None` when there is none.
    ///
    /// # Errors
    /// Why the keyring could not tell.
    fn get(&self, vault_id: Uuid) -> Result<Option<Secret32>, KeyringError>;

    /// Stores the vault's key, replacing another.
    ///
    /// # Errors
    /// Why it could not; after a timeout it may have been stored all the same.
    fn set(&self, vault_id: Uuid, key: &Secret32) -> Result<(), KeyringError>;

    /// Removes the vault's key and marker. Removing what is not there is no error.
    ///
    /// # Errors
    /// Why it could not.
    fn delete(&self, vault_id: Uuid) -> Result<(), KeyringError>;

    /// The rollback marker; `None` when there is none or this store keeps none.
    ///
    /// # Errors
    /// Why the keyring could not tell.
    fn marker(&self, vault_id: Uuid) -> Result<Option<RollbackMarker>, KeyringError> {
        let _ = vault_id;
        Ok(None)
    }

    /// Stores the rollback marker.
    ///
    /// # Errors
    /// Why it could not.
    fn set_marker(&self, vault_id: Uuid, marker: RollbackMarker) -> Result<(), KeyringError> {
        let _ = (vault_id, marker);
        Ok(())
    }
}

fn key_account(vault_id: Uuid) -> String {
    format!("vault/{vault_id}")
}

fn marker_account(vault_id: Uuid) -> String {
    format!("marker/{vault_id}")
}

/// 44 ASCII characters, far below the 1,280 that Windows allows.
fn encode_key(key: &Secret32) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(key.expose()))
}

fn decode_key(text: &str) -> Result<Secret32, KeyringError> {
    let bytes = Zeroizing::new(
        STANDARD
            .decode(text.trim())
            .map_err(|_| KeyringError::Malformed)?,
    );
    Secret32::from_slice(&bytes).ok_or(KeyringError::Malformed)
}

fn encode_marker(marker: RollbackMarker) -> Zeroizing<String> {
    let mut bytes = marker.generation.to_be_bytes().to_vec();
    bytes.extend_from_slice(&marker.digest);
    Zeroizing::new(STANDARD.encode(bytes))
}

fn decode_marker(text: &str) -> Result<RollbackMarker, KeyringError> {
    let bytes = STANDARD
        .decode(text.trim())
        .map_err(|_| KeyringError::Malformed)?;
    let (generation, digest) = bytes
        .split_first_chunk::<8>()
        .ok_or(KeyringError::Malformed)?;
    let digest = digest.try_into().map_err(|_| KeyringError::Malformed)?;
    Ok(RollbackMarker {
        generation: u64::from_be_bytes(*generation),
        digest,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_key_is_44_ascii_characters_and_comes_back() {
        let key = Secret32::from_bytes([0xF0; 32]);
        let text = encode_key(&key);
        assert_eq!(text.len(), 44);
        assert!(text.is_ascii());
        assert!(decode_key(&text).unwrap().same_as(&key));
    }

    #[test]
    fn anything_else_is_malformed() {
        for text in ["", "hello", "AAAA", &"A".repeat(43), "geh\u{e9}im"] {
            assert_eq!(
                decode_key(text).unwrap_err(),
                KeyringError::Malformed,
                "{text}"
            );
            assert_eq!(
                decode_marker(text).unwrap_err(),
                KeyringError::Malformed,
                "{text}"
            );
        }
    }

    #[test]
    fn a_marker_comes_back() {
        let marker = RollbackMarker {
            generation: 7,
            digest: [3; 32],
        };
        assert_eq!(decode_marker(&encode_marker(marker)).unwrap(), marker);
    }
}
