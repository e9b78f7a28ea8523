//! Changing what is in the header: passphrases, keyrings, recovery keys, the head.

use super::{Made, PASSPHRASE, pass, secret};
use crate::*;

const CHEAP: KdfProfile = KdfProfile::cheap_for_tests();

fn code(result: Result<Vault, VaultError>) -> &'static str {
    result.err().map_or("opened", |error| error.code())
}

#[test]
fn a_new_passphrase_replaces_the_old_one_in_both_copies() {
    let keyring = MemoryKeyring::new();
    for two in [false, true] {
        let old = secret(PASSPHRASE);
        let (made, mut vault) = Made::new(
            if two {
                Protection::TwoSecret(old)
            } else {
                Protection::Passphrase(old)
            },
            &keyring,
        );
        vault
            .change_passphrase(secret("another horse entirely"), &keyring, CHEAP)
            .unwrap();
        let new = || Unlock::Passphrase(secret("another horse entirely"));
        for gone in [HEADER_BACKUP_FILE, HEADER_FILE] {
            let saved = std::fs::read(made.dir.join(gone)).unwrap();
            std::fs::remove_file(made.dir.join(gone)).unwrap();
            assert_eq!(
                code(Vault::open(&made.dir, pass(), &keyring)),
                "wrong_passphrase"
            );
            let again = Vault::open(&made.dir, new(), &keyring).unwrap();
            assert!(again.database_key().same_as(vault.database_key()));
            std::fs::write(made.dir.join(gone), saved).unwrap();
        }
        let weak = vault
            .change_passphrase(secret("short"), &keyring, CHEAP)
            .unwrap_err();
        assert_eq!(weak.code(), "weak_passphrase");
        assert_eq!(code(Vault::open(&made.dir, new(), &keyring)), "opened");
    }
    let (_made, mut standard) = Made::new(Protection::Keyring, &keyring);
    assert_eq!(
        standard
            .change_passphrase(secret(PASSPHRASE), &keyring, CHEAP)
            .unwrap_err()
            .code(),
        "method_not_set"
    );
}

#[test]
fn after_recovery_a_new_keyring_takes_over() {
    let (made, old) = Made::new(Protection::Keyring, &MemoryKeyring::new());
    for wrong in [false, true] {
        let keyring = MemoryKeyring::new();
        if wrong {
            keyring
                .set(old.vault_id(), &Secret32::from_bytes([1; 32]))
                .unwrap();
        }
        let mut vault = Vault::open(&made.dir, made.recover(), &keyring).unwrap();
        vault.add_keyring_slot(&keyring).unwrap();
        let again = Vault::open(&made.dir, Unlock::Keyring, &keyring).unwrap();
        assert!(again.database_key().same_as(old.database_key()));
        assert_eq!(
            code(Vault::open(&made.dir, made.recover(), &keyring)),
            "opened"
        );
        let planted = keyring.get(old.vault_id()).unwrap().unwrap();
        assert!(
            !planted.same_as(&Secret32::from_bytes([1; 32])),
            "an unknown key must not be trusted"
        );
    }
    let passphrase = Protection::Passphrase(secret(PASSPHRASE));
    let (_made, mut vault) = Made::new(passphrase, &MemoryKeyring::new());
    assert_eq!(
        vault
            .add_keyring_slot(&MemoryKeyring::new())
            .unwrap_err()
            .code(),
        "method_not_set"
    );
}

#[test]
fn a_vault_changes_its_protection() {
    let keyring = MemoryKeyring::new();
    let (made, mut vault) = Made::new(Protection::Keyring, &keyring);
    vault
        .reprotect(Protection::TwoSecret(secret(PASSPHRASE)), &keyring, CHEAP)
        .unwrap();
    assert_eq!(
        code(Vault::open(&made.dir, Unlock::Keyring, &keyring)),
        "method_not_set"
    );
    assert_eq!(code(Vault::open(&made.dir, pass(), &keyring)), "opened");
    vault
        .reprotect(Protection::Passphrase(secret(PASSPHRASE)), &keyring, CHEAP)
        .unwrap();
    assert!(
        keyring.get(vault.vault_id()).unwrap().is_none(),
        "the useless key is removed"
    );
    assert_eq!(
        code(Vault::open(
            &made.dir,
            pass(),
            &FaultKeyring::new(Fault::Absent)
        )),
        "opened"
    );
    vault
        .reprotect(Protection::Keyring, &keyring, CHEAP)
        .unwrap();
    assert_eq!(
        code(Vault::open(&made.dir, Unlock::Keyring, &keyring)),
        "opened"
    );
    assert_eq!(
        code(Vault::open(&made.dir, made.recover(), &keyring)),
        "opened"
    );
}

#[test]
fn a_replaced_recovery_key_opens_nothing() {
    let keyring = MemoryKeyring::new();
    let (made, mut vault) = Made::new(Protection::Keyring, &keyring);
    let new = vault.replace_recovery_key().unwrap();
    assert_eq!(
        code(Vault::open(&made.dir, made.recover(), &keyring)),
        "wrong_recovery_key"
    );
    assert_eq!(
        code(Vault::open(&made.dir, Unlock::Recovery(new), &keyring)),
        "opened"
    );
    assert_eq!(
        code(Vault::open(&made.dir, Unlock::Keyring, &keyring)),
        "opened"
    );
}

#[test]
fn head_and_name_are_kept() {
    let keyring = MemoryKeyring::new();
    let (made, mut vault) = Made::new(Protection::Keyring, &keyring);
    assert_eq!(vault.header().head, None);
    vault.set_head(41, [7; 32]).unwrap();
    vault.set_name("Acme Aerospace").unwrap();
    let again = Vault::open(&made.dir, Unlock::Keyring, &keyring).unwrap();
    assert_eq!(
        again.header().head,
        Some(Head {
            seq: 41,
            digest: [7; 32],
            generation: 2
        })
    );
    assert_eq!(
        (again.name(), again.header().generation),
        ("Acme Aerospace", 3)
    );
}

#[test]
fn a_second_writer_can_not_undo_the_first() {
    let keyring = MemoryKeyring::new();
    let (made, mut first) = Made::new(Protection::Keyring, &keyring);
    let mut second = Vault::open(&made.dir, Unlock::Keyring, &keyring).unwrap();
    first.set_head(1, [1; 32]).unwrap();
    assert_eq!(
        second.set_head(2, [2; 32]).unwrap_err().code(),
        "changed_underneath"
    );
    assert_eq!(Header::read(&made.dir).unwrap().0.head.unwrap().seq, 1);
}

#[test]
fn an_old_copy_put_back_is_noticed() {
    let keyring = MemoryKeyring::new();
    let (made, mut vault) = Made::new(Protection::Keyring, &keyring);
    assert_eq!(vault.check_rollback(&keyring).unwrap(), Rollback::NoMarker);
    let old = std::fs::read(made.dir.join(HEADER_FILE)).unwrap();
    vault.set_head(5, [5; 32]).unwrap();
    vault.publish_marker(&keyring).unwrap();
    assert_eq!(vault.check_rollback(&keyring).unwrap(), Rollback::Current);
    vault.set_head(6, [6; 32]).unwrap();
    assert_eq!(vault.check_rollback(&keyring).unwrap(), Rollback::Ahead);
    for name in [HEADER_FILE, HEADER_BACKUP_FILE] {
        std::fs::write(made.dir.join(name), &old).unwrap();
    }
    let restored = Vault::open(&made.dir, Unlock::Keyring, &keyring).unwrap();
    assert_eq!(
        restored.check_rollback(&keyring).unwrap(),
        Rollback::Restored {
            known_generation: 2
        }
    );
}
