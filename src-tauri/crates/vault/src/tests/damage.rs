//! Changed, cut, swapped and newer headers.

use std::path::Path;

use super::{Made, PASSPHRASE, make, pass, secret};
use crate::header::ReadHeader;
use crate::*;

fn put(dir: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(dir.join(name), bytes).unwrap();
}

fn code(result: Result<Vault, VaultError>) -> &'static str {
    result.err().map_or("opened", |error| error.code())
}

#[test]
fn every_changed_byte_in_both_copies_is_refused_as_damage() {
    let keyring = MemoryKeyring::new();
    for (protection, unlock) in [
        (Protection::Keyring, (|| Unlock::Keyring) as fn() -> Unlock),
        (Protection::Passphrase(secret(PASSPHRASE)), pass),
    ] {
        let (made, mut vault) = Made::new(protection, &keyring);
        vault.set_head(3, [9; 32]).unwrap();
        let good = std::fs::read(made.dir.join(HEADER_FILE)).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            put(&made.dir, HEADER_FILE, &bad);
            put(&made.dir, HEADER_BACKUP_FILE, &bad);
            let answer = code(Vault::open(&made.dir, unlock(), &keyring));
            assert_eq!(
                answer,
                "header_damaged",
                "byte {at}: {}",
                String::from_utf8_lossy(&bad)
            );
            // The other bits without the way through the file system.
            for bit in 1..8 {
                bad[at] = good[at] ^ (1 << bit);
                assert_eq!(
                    ReadHeader::parse(&bad).unwrap(),
                    None,
                    "byte {at}, bit {bit}"
                );
            }
        }
    }
}

#[test]
fn every_truncation_and_every_extension_is_refused() {
    let keyring = MemoryKeyring::new();
    let (made, _) = Made::new(Protection::Keyring, &keyring);
    let good = std::fs::read(made.dir.join(HEADER_FILE)).unwrap();
    let mut longer = good.clone();
    longer.push(b' ');
    let mut huge = good.clone();
    huge.resize(1 << 20, b' ');
    let cut = (0..good.len()).map(|length| good[..length].to_vec());
    for bad in cut.chain([longer, huge]) {
        put(&made.dir, HEADER_FILE, &bad);
        put(&made.dir, HEADER_BACKUP_FILE, &bad);
        let answer = Vault::open(&made.dir, Unlock::Keyring, &keyring);
        assert!(
            matches!(answer, Err(VaultError::HeaderDamaged { both: true })),
            "{} bytes",
            bad.len()
        );
    }
}

#[test]
fn the_other_copy_is_read_said_and_repaired() {
    let keyring = MemoryKeyring::new();
    for (name, remove, expected) in [
        (HEADER_FILE, false, HeaderNotice::FirstCopyDamaged),
        (HEADER_FILE, true, HeaderNotice::FirstCopyMissing),
        (HEADER_BACKUP_FILE, false, HeaderNotice::SecondCopyUnusable),
        (HEADER_BACKUP_FILE, true, HeaderNotice::SecondCopyUnusable),
    ] {
        let (made, _) = Made::new(Protection::Keyring, &keyring);
        if remove {
            std::fs::remove_file(made.dir.join(name)).unwrap();
        } else {
            put(&made.dir, name, b"{}");
        }
        let mut vault = Vault::open(&made.dir, Unlock::Keyring, &keyring).unwrap();
        assert_eq!(vault.notice(), Some(expected));
        assert_eq!(Header::read(&made.dir).unwrap().1, Some(expected));
        vault.repair().unwrap();
        assert_eq!(vault.notice(), None);
        assert_eq!(
            Vault::open(&made.dir, Unlock::Keyring, &keyring)
                .unwrap()
                .notice(),
            None
        );
    }
}

#[test]
fn one_damaged_and_one_missing_copy_is_not_both() {
    let keyring = MemoryKeyring::new();
    let (made, _) = Made::new(Protection::Keyring, &keyring);
    std::fs::remove_file(made.dir.join(HEADER_BACKUP_FILE)).unwrap();
    put(&made.dir, HEADER_FILE, b"{}");
    let answer = Vault::open(&made.dir, Unlock::Keyring, &keyring);
    assert!(matches!(
        answer,
        Err(VaultError::HeaderDamaged { both: false })
    ));
    std::fs::remove_file(made.dir.join(HEADER_FILE)).unwrap();
    assert_eq!(
        code(Vault::open(&made.dir, Unlock::Keyring, &keyring)),
        "not_a_vault"
    );
}

#[test]
fn an_old_first_copy_is_noticed() {
    let keyring = MemoryKeyring::new();
    let (made, mut vault) = Made::new(Protection::Keyring, &keyring);
    let old = std::fs::read(made.dir.join(HEADER_FILE)).unwrap();
    vault.set_head(1, [1; 32]).unwrap();
    put(&made.dir, HEADER_FILE, &old);
    let again = Vault::open(&made.dir, Unlock::Keyring, &keyring).unwrap();
    assert_eq!(again.notice(), Some(HeaderNotice::FirstCopyOlder));
    assert_eq!(again.header().generation, 2);
}

#[test]
fn another_vaults_header_is_foreign() {
    let keyring = MemoryKeyring::new();
    let root = tempfile::tempdir().unwrap();
    let ids = [uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2)];
    let [one, two] = ids.map(|id| root.path().join(id.to_string()));
    make(&one, Protection::Keyring, &keyring).unwrap();
    make(&two, Protection::Keyring, &keyring).unwrap();
    let theirs = std::fs::read(two.join(HEADER_FILE)).unwrap();
    // One copy swapped: the copies disagree. Both swapped: the folder's name disagrees.
    for name in [HEADER_FILE, HEADER_BACKUP_FILE] {
        put(&one, name, &theirs);
        assert_eq!(
            code(Vault::open(&one, Unlock::Keyring, &keyring)),
            "foreign_header"
        );
    }
    assert_eq!(code(Vault::open(&two, Unlock::Keyring, &keyring)), "opened");
}

type Change = (&'static str, fn(&mut Header));

#[test]
fn copies_of_different_vaults_are_foreign_in_any_folder() {
    let keyring = MemoryKeyring::new();
    let ((one, _), (two, _)) = (
        Made::new(Protection::Keyring, &keyring),
        Made::new(Protection::Keyring, &keyring),
    );
    for name in [HEADER_FILE, HEADER_BACKUP_FILE] {
        let own = std::fs::read(one.dir.join(name)).unwrap();
        put(&one.dir, name, &std::fs::read(two.dir.join(name)).unwrap());
        assert_eq!(
            code(Vault::open(&one.dir, Unlock::Keyring, &keyring)),
            "foreign_header"
        );
        assert_eq!(
            code(Vault::open(&one.dir, one.recover(), &keyring)),
            "foreign_header"
        );
        put(&one.dir, name, &own);
    }
    assert_eq!(
        code(Vault::open(&one.dir, Unlock::Keyring, &keyring)),
        "opened"
    );
}

/// Rewrites the header as someone would who knows the format but no key: with a fitting checksum.
fn forge(dir: &Path, change: impl Fn(&mut Header)) -> Vec<u8> {
    let (mut header, _) = Header::read(dir).unwrap();
    change(&mut header);
    header.encode(&Secret32::from_bytes([0; 32])).unwrap()
}

#[test]
fn a_forged_header_with_a_fitting_checksum_is_refused() {
    let keyring = MemoryKeyring::new();
    let (made, mut vault) = Made::new(Protection::Keyring, &keyring);
    vault.set_head(9, [9; 32]).unwrap();
    let good = std::fs::read(made.dir.join(HEADER_FILE)).unwrap();
    let changes: [Change; 5] = [
        ("head", |header| header.head = None),
        ("generation", |header| header.generation += 1),
        ("database key", |header| {
            header.keys.database = header.keys.chain.clone()
        }),
        ("name", |header| header.sealed_name.0[0] ^= 1),
        ("app_version", |header| header.app_version = "0.0.1".into()),
    ];
    for (what, change) in changes {
        put(&made.dir, HEADER_FILE, &good);
        put(&made.dir, HEADER_BACKUP_FILE, &good);
        let forged = forge(&made.dir, change);
        put(&made.dir, HEADER_FILE, &forged);
        let vault = Vault::open(&made.dir, Unlock::Keyring, &keyring).unwrap();
        assert_eq!(
            vault.notice(),
            Some(HeaderNotice::FirstCopyDamaged),
            "{what}: the genuine copy is used"
        );
        assert_eq!(vault.header().head.as_ref().unwrap().seq, 9);
        put(&made.dir, HEADER_BACKUP_FILE, &forged);
        let answer = Vault::open(&made.dir, Unlock::Keyring, &keyring);
        assert!(
            matches!(answer, Err(VaultError::HeaderDamaged { both: true })),
            "{what}"
        );
    }
}

#[test]
fn a_forged_generation_neither_wins_nor_blocks_the_repair() {
    let keyring = MemoryKeyring::new();
    for forged_copy in [HEADER_FILE, HEADER_BACKUP_FILE] {
        let (made, _) = Made::new(Protection::Keyring, &keyring);
        let forged = forge(&made.dir, |header| header.generation = 1_000_000);
        put(&made.dir, forged_copy, &forged);
        let mut vault = Vault::open(&made.dir, Unlock::Keyring, &keyring).unwrap();
        let notice = if forged_copy == HEADER_FILE {
            HeaderNotice::FirstCopyDamaged
        } else {
            HeaderNotice::SecondCopyUnusable
        };
        assert_eq!(
            (vault.notice(), vault.header().generation),
            (Some(notice), 1)
        );
        vault.repair().unwrap();
        let again = Vault::open(&made.dir, Unlock::Keyring, &keyring).unwrap();
        assert_eq!((again.notice(), again.header().generation), (None, 2));
    }
}

#[test]
fn a_derivation_can_not_be_made_dear_or_cheap_by_a_forger() {
    let keyring = MemoryKeyring::new();
    let (made, _) = Made::new(Protection::Passphrase(secret(PASSPHRASE)), &keyring);
    let with = |profile| {
        let forged = forge(&made.dir, |header| {
            header.kdf.as_mut().unwrap().profile = profile
        });
        put(&made.dir, HEADER_FILE, &forged);
        put(&made.dir, HEADER_BACKUP_FILE, &forged);
        code(Vault::open(&made.dir, pass(), &keyring))
    };
    assert_eq!(
        with(KdfProfile::new(2 * 1024 * 1024, 3, 1)),
        "kdf_too_expensive"
    );
    assert_eq!(with(KdfProfile::new(65536, 51, 1)), "kdf_too_expensive");
    assert_eq!(with(KdfProfile::new(0, 0, 0)), "header_damaged");
    assert_eq!(with(KdfProfile::new(16, 1, 1)), "wrong_passphrase");
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let keyring = MemoryKeyring::new();
    let (made, mut vault) = Made::new(Protection::Keyring, &keyring);
    let newer = br#"{"header":{"format":2,"app_version":"3.1.0","min_app":"3.0.0","other":[1]},"seal":"x"}"#;
    for name in [HEADER_FILE, HEADER_BACKUP_FILE] {
        put(&made.dir, name, newer);
        let answer = Vault::open(&made.dir, Unlock::Keyring, &keyring);
        assert!(
            matches!(&answer, Err(VaultError::NewerFormat { made_by }) if made_by == "3.1.0"),
            "{answer:?}"
        );
    }
    assert_eq!(
        vault.set_head(1, [1; 32]).unwrap_err().code(),
        "newer_format"
    );
    for name in [HEADER_FILE, HEADER_BACKUP_FILE] {
        assert_eq!(std::fs::read(made.dir.join(name)).unwrap(), newer);
    }
}

#[test]
fn a_vault_that_asks_for_a_newer_program_is_refused() {
    let keyring = MemoryKeyring::new();
    let (made, _) = Made::new(Protection::Keyring, &keyring);
    let forged = forge(&made.dir, |header| {
        header.min_app = "99.0.0".into();
        header.app_version = "99.1.0".into();
    });
    put(&made.dir, HEADER_FILE, &forged);
    let answer = Vault::open(&made.dir, Unlock::Keyring, &keyring);
    assert!(
        matches!(&answer, Err(VaultError::NewerFormat { made_by }) if made_by == "99.1.0"),
        "{answer:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_linked_header_is_refused_for_reading_and_writing() {
    let keyring = MemoryKeyring::new();
    let (made, mut vault) = Made::new(Protection::Keyring, &keyring);
    let elsewhere = made.root.path().join("elsewhere");
    std::fs::rename(made.dir.join(HEADER_FILE), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, made.dir.join(HEADER_FILE)).unwrap();
    assert_eq!(
        code(Vault::open(&made.dir, Unlock::Keyring, &keyring)),
        "unsafe_file"
    );
    let before = std::fs::read(&elsewhere).unwrap();
    assert_eq!(
        vault.set_head(1, [1; 32]).unwrap_err().code(),
        "unsafe_file"
    );
    assert_eq!(std::fs::read(&elsewhere).unwrap(), before);
}

#[test]
fn a_large_header_of_a_newer_format_is_still_recognised() {
    let filler = "x".repeat(9000);
    let newer = format!(
        r#"{{"header":{{"format":2,"app_version":"3.1.0","min_app":"3.0.0","o":"{filler}"}}}}"#
    );
    let (made, _) = Made::new(Protection::Keyring, &MemoryKeyring::new());
    put(&made.dir, HEADER_FILE, newer.as_bytes());
    assert_eq!(
        code(Vault::open(
            &made.dir,
            made.recover(),
            &MemoryKeyring::new()
        )),
        "newer_format"
    );
}

#[test]
fn a_header_from_a_backup_is_installed_into_an_empty_folder_of_its_name_only() {
    let keyring = MemoryKeyring::new();
    let (made, vault) = Made::new(Protection::Keyring, &keyring);
    let bytes = vault.header_bytes().unwrap();
    assert_eq!(bytes, std::fs::read(made.dir.join(HEADER_FILE)).unwrap());
    let root = made.root.path();
    let stranger = root.join(uuid::Uuid::from_u128(9).to_string());
    assert_eq!(
        Header::install(&stranger, &bytes).unwrap_err().code(),
        "foreign_header"
    );
    assert!(!stranger.exists());
    assert_eq!(
        Header::install(&root.join("x"), &bytes[1..])
            .unwrap_err()
            .code(),
        "header_damaged"
    );
    assert_eq!(
        Header::install(&made.dir, &bytes).unwrap_err().code(),
        "already_a_vault"
    );
    let restored = root.join(vault.vault_id().to_string());
    assert_eq!(
        Header::install(&restored, &bytes).unwrap().vault_id,
        vault.vault_id()
    );
    assert_eq!(
        code(Vault::open(&restored, Unlock::Keyring, &keyring)),
        "opened"
    );
}
