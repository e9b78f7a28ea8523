//! Vaults of format 1 as they were once written: every later version must open them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::secret;
use crate::*;

/// What is known about a stored vault. All of it was made up for this test and protects nothing.
#[derive(Serialize, Deserialize)]
struct Known {
    vault_id: Uuid,
    name: String,
    keyring_key_hex: Option<String>,
    passphrase: Option<String>,
    recovery_key: String,
    database_key_hex: String,
    signing_seed_hex: String,
    chain_key_hex: String,
    head_seq: u64,
    head_digest_hex: String,
    credential_hex: String,
    credential_value: String,
}

const MODES: [&str; 3] = ["standard", "passphrase", "two_secret"];

fn folder(mode: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/format1")
        .join(mode)
}

fn place(vault_id: Uuid) -> CredentialAad<'static> {
    CredentialAad {
        vault_id,
        integration_id: "5f0c7a52-0d2e-4bb0-9a6c-3f6a3c1f0001",
        provider_type: "entra-id",
        field_type: "client_secret",
        version: 1,
    }
}

fn unhex32(text: &str) -> [u8; 32] {
    hex::decode(text).unwrap().try_into().unwrap()
}

#[test]
fn vaults_of_format_1_open_in_every_way() {
    for mode in MODES {
        let stored = folder(mode);
        let known: Known =
            serde_json::from_slice(&std::fs::read(stored.join("known.json")).unwrap()).unwrap();
        // A copy: files in a checkout may belong to another user, and reading must not depend on that.
        let temporary = tempfile::tempdir().unwrap();
        let dir = temporary.path().join(known.vault_id.to_string());
        std::fs::create_dir(&dir).unwrap();
        for name in [HEADER_FILE, HEADER_BACKUP_FILE] {
            std::fs::write(dir.join(name), std::fs::read(stored.join(name)).unwrap()).unwrap();
        }
        let keyring = MemoryKeyring::new();
        if let Some(key) = &known.keyring_key_hex {
            keyring
                .set(known.vault_id, &Secret32::from_bytes(unhex32(key)))
                .unwrap();
        }
        let daily = known
            .passphrase
            .as_deref()
            .map_or(Unlock::Keyring, |text| Unlock::Passphrase(secret(text)));
        let recovery = Unlock::Recovery(RecoveryKey::parse(&known.recovery_key).unwrap());
        for unlock in [daily, recovery] {
            let vault = Vault::open(&dir, unlock, &keyring).unwrap();
            assert_eq!((vault.name(), vault.notice()), (known.name.as_str(), None));
            assert_eq!(*vault.database_key().expose_hex(), known.database_key_hex);
            assert_eq!(*vault.signing_seed().expose_hex(), known.signing_seed_hex);
            assert_eq!(*vault.chain_key().expose_hex(), known.chain_key_hex);
            let head = vault.header().head.as_ref().unwrap();
            assert_eq!(
                (head.seq, hex::encode(head.digest)),
                (known.head_seq, known.head_digest_hex.clone())
            );
            let credential = hex::decode(&known.credential_hex).unwrap();
            let opened = vault
                .open_credential(&place(known.vault_id), &credential)
                .unwrap();
            assert_eq!(opened.expose_str(), Some(known.credential_value.as_str()));
        }
    }
}

/// Made the vectors once, when asked to by `CMMC_WRITE_VECTORS`. It refuses to replace them: they are a promise.
#[test]
fn write_vectors() {
    if std::env::var_os("CMMC_WRITE_VECTORS").is_none() {
        return;
    }
    for mode in MODES {
        let stored = folder(mode);
        assert!(!stored.exists(), "vectors are never replaced");
        let temporary = tempfile::tempdir().unwrap();
        let passphrase = "Four unrelated words: caf\u{e9}";
        let protection = match mode {
            "standard" => Protection::Keyring,
            "passphrase" => Protection::Passphrase(secret(passphrase)),
            _ => Protection::TwoSecret(secret(passphrase)),
        };
        let keyring = MemoryKeyring::new();
        let made = Vault::create_with(
            &temporary.path().join("v"),
            protection,
            "Blue Ridge Machining, LLC",
            &keyring,
            KdfProfile::floor(),
        );
        let (mut vault, recovery) = made.unwrap();
        vault.set_head(12, [0xC5; 32]).unwrap();
        let value = "made-up client secret";
        let known = Known {
            vault_id: vault.vault_id(),
            name: vault.name().into(),
            keyring_key_hex: keyring
                .get(vault.vault_id())
                .unwrap()
                .map(|key| key.expose_hex().to_string()),
            passphrase: (mode != "standard").then(|| passphrase.into()),
            recovery_key: recovery.reveal().expose_secret().into(),
            database_key_hex: vault.database_key().expose_hex().to_string(),
            signing_seed_hex: vault.signing_seed().expose_hex().to_string(),
            chain_key_hex: vault.chain_key().expose_hex().to_string(),
            head_seq: 12,
            head_digest_hex: hex::encode([0xC5; 32]),
            credential_hex: hex::encode(
                vault
                    .seal_credential(&place(vault.vault_id()), value.as_bytes())
                    .unwrap(),
            ),
            credential_value: value.into(),
        };
        std::fs::create_dir_all(&stored).unwrap();
        for name in [HEADER_FILE, HEADER_BACKUP_FILE] {
            std::fs::copy(vault.dir().join(name), stored.join(name)).unwrap();
        }
        let mut text = serde_json::to_string_pretty(&known).unwrap();
        text.push('\n');
        std::fs::write(stored.join("known.json"), text).unwrap();
    }
}
