//! Slots: the root key, wrapped once for each way in.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::header::{FORMAT, Header, Kdf, Sealed};
use crate::seal::{derive, fields, key_check, open_key, seal};
use crate::secret::same_bytes;
use crate::{KeyStore, RecoveryKey, Secret32, VaultError};

/// What opens a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SlotKind {
    /// The key in the OS keyring.
    K,
    /// A passphrase.
    P,
    /// Both, neither being enough.
    #[serde(rename = "KP")]
    Kp,
    /// The recovery key.
    R,
}

/// One wrapped copy of the root key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slot {
    kind: SlotKind,
    /// Recognises the keyring's key (256 random bits, so this reveals nothing useful): tells "the keyring holds
    /// another key" from "the passphrase is wrong" and from a damaged slot.
    keyring_check: Option<Sealed>,
    wrapped: Sealed,
}

impl Slot {
    pub(crate) fn kind(&self) -> SlotKind {
        self.kind
    }

    /// A slot for the keyring's key alone.
    pub(crate) fn keyring(id: Uuid, root: &Secret32, kek: &Secret32) -> Result<Self, VaultError> {
        Self::wrap(
            id,
            SlotKind::K,
            None,
            Some(kek),
            &derive(kek.expose(), id, "cmmcpro/1/slot/K"),
            root,
        )
    }

    /// A slot for a passphrase, or for a passphrase and the keyring's key.
    pub(crate) fn passphrase(
        id: Uuid,
        root: &Secret32,
        kdf: &Kdf,
        passphrase: &SecretString,
        kek: Option<&Secret32>,
    ) -> Result<Self, VaultError> {
        let kind = if kek.is_some() {
            SlotKind::Kp
        } else {
            SlotKind::P
        };
        Self::wrap(
            id,
            kind,
            Some(kdf),
            kek,
            &passphrase_key(id, kdf, passphrase, kek)?,
            root,
        )
    }

    /// A slot for the recovery key.
    pub(crate) fn recovery(
        id: Uuid,
        root: &Secret32,
        key: &RecoveryKey,
    ) -> Result<Self, VaultError> {
        Self::wrap(id, SlotKind::R, None, None, &recovery_key(id, key), root)
    }

    fn wrap(
        id: Uuid,
        kind: SlotKind,
        kdf: Option<&Kdf>,
        kek: Option<&Secret32>,
        key: &Secret32,
        root: &Secret32,
    ) -> Result<Self, VaultError> {
        let keyring_check = kek.map(|kek| Sealed(key_check(kek).to_vec()));
        let wrapped = Sealed(seal(
            key,
            &aad(id, kind, kdf, keyring_check.as_ref())?,
            root.expose(),
        )?);
        Ok(Self {
            kind,
            keyring_check,
            wrapped,
        })
    }

    fn unwrap(&self, id: Uuid, kdf: Option<&Kdf>, key: &Secret32) -> Option<Secret32> {
        let aad = aad(id, self.kind, kdf, self.keyring_check.as_ref()).ok()?;
        open_key(key, &aad, &self.wrapped.0).ok()
    }

    /// Whether this is the keyring key the slot was made with.
    pub(crate) fn knows(&self, kek: &Secret32) -> bool {
        self.keyring_check
            .as_ref()
            .is_some_and(|check| same_bytes(&check.0, &key_check(kek)))
    }
}

/// Opens the root key with the keyring.
pub(crate) fn open_by_keyring(
    header: &Header,
    keyring: &dyn KeyStore,
) -> Result<Secret32, VaultError> {
    let slot = find(header, SlotKind::K, "the keyring alone")?;
    let kek = fetch(slot, header.vault_id, keyring)?;
    slot.unwrap(
        header.vault_id,
        None,
        &derive(kek.expose(), header.vault_id, "cmmcpro/1/slot/K"),
    )
    .ok_or(VaultError::HeaderDamaged { both: false })
}

/// Opens the root key with a passphrase, and with the keyring's key where the vault asks for both.
pub(crate) fn open_by_passphrase(
    header: &Header,
    passphrase: &SecretString,
    keyring: &dyn KeyStore,
) -> Result<Secret32, VaultError> {
    let id = header.vault_id;
    let slot = find(header, SlotKind::P, "a passphrase")
        .or_else(|_| find(header, SlotKind::Kp, "a passphrase"))?;
    let kdf = header
        .kdf
        .as_ref()
        .ok_or(VaultError::HeaderDamaged { both: false })?;
    // The keyring first: when its key is missing, no passphrase helps, and the user should not be told otherwise.
    let kek = match slot.kind {
        SlotKind::Kp => Some(fetch(slot, id, keyring)?),
        _ => None,
    };
    let key = passphrase_key(id, kdf, passphrase, kek.as_ref())?;
    slot.unwrap(id, Some(kdf), &key)
        .ok_or(VaultError::WrongPassphrase)
}

/// Opens the root key with the recovery key.
pub(crate) fn open_by_recovery(header: &Header, key: &RecoveryKey) -> Result<Secret32, VaultError> {
    let slot = find(header, SlotKind::R, "a recovery key")?;
    slot.unwrap(header.vault_id, None, &recovery_key(header.vault_id, key))
        .ok_or(VaultError::WrongRecoveryKey)
}

fn find<'a>(
    header: &'a Header,
    kind: SlotKind,
    method: &'static str,
) -> Result<&'a Slot, VaultError> {
    header
        .slots
        .iter()
        .find(|slot| slot.kind == kind)
        .ok_or(VaultError::MethodNotSet { method })
}

/// The keyring's key, recognised. A missing one is never replaced here: the vault exists, so its key did too.
fn fetch(slot: &Slot, id: Uuid, keyring: &dyn KeyStore) -> Result<Secret32, VaultError> {
    let kek = keyring.get(id)?.ok_or(VaultError::KeyringEntryMissing)?;
    if slot.knows(&kek) {
        Ok(kek)
    } else {
        Err(VaultError::KeyringWrongKey)
    }
}

fn passphrase_key(
    id: Uuid,
    kdf: &Kdf,
    passphrase: &SecretString,
    kek: Option<&Secret32>,
) -> Result<Secret32, VaultError> {
    let salt: &[u8; 16] = kdf
        .salt
        .0
        .as_slice()
        .try_into()
        .map_err(|_| VaultError::HeaderDamaged { both: false })?;
    let stretched = kdf.profile.derive(passphrase, salt)?;
    Ok(match kek {
        None => derive(stretched.expose(), id, "cmmcpro/1/slot/P"),
        Some(kek) => {
            let mut both = zeroize::Zeroizing::new([0; 64]);
            both[..32].copy_from_slice(stretched.expose());
            both[32..].copy_from_slice(kek.expose());
            derive(both.as_slice(), id, "cmmcpro/1/slot/KP")
        }
    })
}

fn recovery_key(id: Uuid, key: &RecoveryKey) -> Secret32 {
    derive(key.secret().expose(), id, "cmmcpro/1/slot/R")
}

/// Binds a slot to its vault, kind and derivation, so none of them can be changed under it.
fn aad(
    id: Uuid,
    kind: SlotKind,
    kdf: Option<&Kdf>,
    check: Option<&Sealed>,
) -> Result<Vec<u8>, VaultError> {
    let damaged = |_| VaultError::HeaderDamaged { both: false };
    let kind = serde_json::to_vec(&kind).map_err(damaged)?;
    let kdf = serde_json::to_vec(&kdf).map_err(damaged)?;
    let check = check.map_or(&[][..], |check| &check.0);
    Ok(fields(&[
        b"cmmcpro/slot",
        &FORMAT.to_be_bytes(),
        id.as_bytes(),
        &kind,
        &kdf,
        check,
    ]))
}
