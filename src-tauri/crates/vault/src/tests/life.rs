//! Making and opening.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::{Made, PASSPHRASE, make, pass, secret};
use crate::*;

const CHEAP: KdfProfile = KdfProfile::cheap_for_tests();

fn code(result: Result<Vault, VaultError>) -> &'static str {
    result.err().map_or("opened", |error| error.code())
}

#[test]
fn every_mode_opens_by_its_own_ways_and_gives_the_same_keys() {
    for mode in [Mode::Standard, Mode::Passphrase, Mode::TwoSecret] {
        let keyring = MemoryKeyring::new();
        let protection = match mode {
            Mode::Standard => Protection::Keyring,
            Mode::Passphrase => Protection::Passphrase(secret(PASSPHRASE)),
            Mode::TwoSecret => Protection::TwoSecret(secret(PASSPHRASE)),
        };
        let (made, vault) = Made::new(protection, &keyring);
        let daily = if mode == Mode::Standard {
            Unlock::Keyring
        } else {
            pass()
        };
        for unlock in [daily, made.recover()] {
            let again = Vault::open(&made.dir, unlock, &keyring).unwrap();
            assert!(again.database_key().same_as(vault.database_key()));
            assert!(again.signing_seed().same_as(vault.signing_seed()));
            assert!(again.chain_key().same_as(vault.chain_key()));
            assert_eq!(
                (again.name(), again.vault_id()),
                ("Acme Machining", vault.vault_id())
            );
            assert_eq!((again.notice(), again.header().mode), (None, mode));
        }
        let other = if mode == Mode::Standard {
            pass()
        } else {
            Unlock::Keyring
        };
        assert_eq!(
            code(Vault::open(&made.dir, other, &keyring)),
            "method_not_set"
        );
    }
}

#[test]
fn the_working_keys_all_differ() {
    let (_made, vault) = Made::new(Protection::Keyring, &MemoryKeyring::new());
    let keys = [
        vault.database_key(),
        vault.signing_seed(),
        vault.chain_key(),
        vault.root_for_tests(),
    ];
    for (index, key) in keys.iter().enumerate() {
        assert!(keys[index + 1..].iter().all(|other| !other.same_as(key)));
    }
}

#[test]
fn a_uuid_folder_names_its_vault() {
    let root = tempfile::tempdir().unwrap();
    let id = Uuid::from_u128(0x1234_5678_9abc);
    let (vault, _) = make(
        &root.path().join(id.to_string()),
        Protection::Keyring,
        &MemoryKeyring::new(),
    )
    .unwrap();
    assert_eq!(vault.vault_id(), id);
}

#[test]
fn wrong_secrets_are_named_as_what_they_are() {
    let keyring = MemoryKeyring::new();
    let (made, _) = Made::new(Protection::Passphrase(secret(PASSPHRASE)), &keyring);
    let wrong = Unlock::Passphrase(secret("correct horse battery stapl"));
    assert_eq!(
        code(Vault::open(&made.dir, wrong, &keyring)),
        "wrong_passphrase"
    );
    let short = Unlock::Passphrase(secret("short"));
    assert_eq!(
        code(Vault::open(&made.dir, short, &keyring)),
        "wrong_passphrase"
    );
    let (other, _) = Made::new(Protection::Keyring, &keyring);
    assert_eq!(
        code(Vault::open(&made.dir, other.recover(), &keyring)),
        "wrong_recovery_key"
    );
}

#[test]
fn two_secrets_need_both() {
    let keyring = MemoryKeyring::new();
    let (made, vault) = Made::new(Protection::TwoSecret(secret(PASSPHRASE)), &keyring);
    assert_eq!(
        code(Vault::open(&made.dir, Unlock::Keyring, &keyring)),
        "method_not_set"
    );
    assert_eq!(
        code(Vault::open(&made.dir, pass(), &MemoryKeyring::new())),
        "keyring_entry_missing"
    );
    let stranger = MemoryKeyring::new();
    stranger
        .set(vault.vault_id(), &Secret32::from_bytes([1; 32]))
        .unwrap();
    assert_eq!(
        code(Vault::open(&made.dir, pass(), &stranger)),
        "keyring_wrong_key"
    );
    let wrong = Unlock::Passphrase(secret("incorrect horse battery"));
    assert_eq!(
        code(Vault::open(&made.dir, wrong, &keyring)),
        "wrong_passphrase"
    );
}

#[test]
fn a_missing_keyring_item_never_makes_a_new_key() {
    let keyring = MemoryKeyring::new();
    let (made, vault) = Made::new(Protection::Keyring, &keyring);
    keyring.delete(vault.vault_id()).unwrap();
    let before = std::fs::read(made.dir.join(HEADER_FILE)).unwrap();
    assert_eq!(
        code(Vault::open(&made.dir, Unlock::Keyring, &keyring)),
        "keyring_entry_missing"
    );
    assert!(
        keyring.get(vault.vault_id()).unwrap().is_none(),
        "nothing may be minted"
    );
    assert_eq!(std::fs::read(made.dir.join(HEADER_FILE)).unwrap(), before);
}

#[test]
fn every_fault_of_the_keyring_has_its_own_answer() {
    let keyring = FaultKeyring::default();
    let (made, _) = Made::new(Protection::Keyring, &keyring);
    for (fault, expected) in [
        (Fault::Absent, "keyring_absent"),
        (Fault::Locked, "keyring_locked"),
        (Fault::TimedOut, "keyring_timeout"),
        (Fault::Ambiguous, "keyring_ambiguous"),
        (Fault::Malformed, "keyring_wrong_key"),
        (Fault::WrongValue, "keyring_wrong_key"),
    ] {
        keyring.set_fault(Some(fault));
        assert_eq!(
            code(Vault::open(&made.dir, Unlock::Keyring, &keyring)),
            expected,
            "{fault:?}"
        );
        assert_eq!(
            code(Vault::open(&made.dir, made.recover(), &keyring)),
            "opened",
            "{fault:?}"
        );
    }
    keyring.set_fault(None);
    assert_eq!(
        code(Vault::open(&made.dir, Unlock::Keyring, &keyring)),
        "opened"
    );
}

#[test]
fn a_hanging_keyring_ends_in_a_timeout() {
    let (made, _) = Made::new(Protection::Keyring, &MemoryKeyring::new());
    let hanging = hanging_keyring(Duration::from_millis(30)).unwrap();
    let start = Instant::now();
    assert_eq!(
        code(Vault::open(&made.dir, Unlock::Keyring, &hanging)),
        "keyring_timeout"
    );
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn making_a_vault_fails_cleanly_when_the_keyring_does() {
    for (fault, expected) in [
        (Fault::Absent, "keyring_absent"),
        (Fault::Locked, "keyring_locked"),
        (Fault::ForgetsWrites, "keyring_failed"),
        (Fault::RefusesWrites, "keyring_failed"),
        (Fault::WrongValue, "keyring_occupied"),
    ] {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("company");
        let error = make(&dir, Protection::Keyring, &FaultKeyring::new(fault))
            .err()
            .unwrap();
        assert_eq!(error.code(), expected, "{fault:?}");
        assert!(
            matches!(Header::read(&dir), Err(VaultError::NotAVault)),
            "{fault:?} left a header"
        );
        make(
            &dir,
            Protection::Passphrase(secret(PASSPHRASE)),
            &FaultKeyring::new(fault),
        )
        .unwrap();
    }
}

#[test]
fn an_existing_vault_or_key_is_never_overwritten() {
    let keyring = MemoryKeyring::new();
    let (made, vault) = Made::new(Protection::Keyring, &keyring);
    let again = make(&made.dir, Protection::Keyring, &keyring)
        .err()
        .unwrap();
    assert_eq!(again.code(), "already_a_vault");
    let moved = made.root.path().join(vault.vault_id().to_string());
    let occupied = make(&moved, Protection::Keyring, &keyring).err().unwrap();
    assert_eq!(occupied.code(), "keyring_occupied");
    assert_eq!(
        code(Vault::open(&made.dir, Unlock::Keyring, &keyring)),
        "opened"
    );
}

#[test]
fn weak_inputs_are_refused_before_anything_is_written() {
    let root = tempfile::tempdir().unwrap();
    let (dir, keyring) = (root.path().join("company"), MemoryKeyring::new());
    let with = |protection, name: &str, profile| {
        Vault::create_with(&dir, protection, name, &keyring, profile)
            .err()
            .unwrap()
            .code()
    };
    assert_eq!(
        with(Protection::Passphrase(secret("too short")), "A", CHEAP),
        "weak_passphrase"
    );
    assert_eq!(with(Protection::Keyring, "  ", CHEAP), "invalid_name");
    assert_eq!(
        with(Protection::Keyring, &"x".repeat(201), CHEAP),
        "invalid_name"
    );
    let below = KdfProfile::new(65535, 3, 1);
    assert_eq!(
        with(Protection::Passphrase(secret(PASSPHRASE)), "A", below),
        "kdf_too_cheap"
    );
    assert!(matches!(Header::read(&dir), Err(VaultError::NotAVault)));
}

#[test]
fn the_header_shows_no_name_and_no_key_and_stays_small() {
    let keyring = MemoryKeyring::new();
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("company");
    let name = "Zw\u{f6}lf ".repeat(28);
    let protection = Protection::TwoSecret(secret(PASSPHRASE));
    let (mut vault, _) =
        Vault::create_with(&dir, protection, name.trim(), &keyring, CHEAP).unwrap();
    vault.set_head(u64::MAX, [0xFF; 32]).unwrap();
    let text = std::fs::read_to_string(dir.join(HEADER_FILE)).unwrap();
    assert!(text.len() < 4096, "{}", text.len());
    for leak in [
        "Zw\u{f6}lf",
        &*vault.database_key().expose_hex(),
        PASSPHRASE,
    ] {
        assert!(!text.contains(leak));
    }
}

#[test]
fn a_credential_belongs_to_its_vault() {
    let keyring = MemoryKeyring::new();
    let ((_one, first), (_two, second)) = (
        Made::new(Protection::Keyring, &keyring),
        Made::new(Protection::Keyring, &keyring),
    );
    let place = |vault: &Vault| CredentialAad {
        vault_id: vault.vault_id(),
        integration_id: "i",
        provider_type: "aws",
        field_type: "secret_access_key",
        version: 1,
    };
    let sealed = first.seal_credential(&place(&first), b"key").unwrap();
    assert_eq!(
        first
            .open_credential(&place(&first), &sealed)
            .unwrap()
            .expose_str(),
        Some("key")
    );
    assert!(second.open_credential(&place(&second), &sealed).is_err());
    assert!(second.open_credential(&place(&first), &sealed).is_err());
    assert!(first.seal_credential(&place(&second), b"key").is_err());
}

#[test]
fn nothing_secret_shows_in_debug() {
    let keyring = MemoryKeyring::new();
    let (made, vault) = Made::new(Protection::TwoSecret(secret(PASSPHRASE)), &keyring);
    let protection = Protection::Passphrase(secret(PASSPHRASE));
    let shown = format!(
        "{vault:?} {vault:#?} {protection:?} {:?} {:?} {:?}",
        pass(),
        made.recover(),
        made.recovery
    );
    for leak in [PASSPHRASE, "Acme", &*vault.database_key().expose_hex()] {
        assert!(!shown.contains(leak), "{leak} in {shown}");
    }
    let key = made.recovery.reveal();
    assert!(!shown.contains(&key.expose_secret()[..7]));
}

#[test]
fn a_vault_made_the_usual_way_is_at_or_above_the_floor() {
    let root = tempfile::tempdir().unwrap();
    let (dir, keyring) = (
        root.path().join("company"),
        FaultKeyring::new(Fault::Absent),
    );
    let protection = Protection::Passphrase(secret(PASSPHRASE));
    let (vault, _) = Vault::create(&dir, protection, "Acme", &keyring).unwrap();
    let profile = vault.header().kdf.as_ref().unwrap().profile;
    assert_ne!(profile, CHEAP);
    assert!(!profile.is_below_floor(), "{profile:?}");
    assert_eq!(code(Vault::open(&dir, pass(), &keyring)), "opened");
}
