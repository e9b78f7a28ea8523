//! A header write that is cut off at any moment leaves the old or the new header, never neither.

use std::io;

use super::{Made, PASSPHRASE, pass, secret};
use crate::files::Step;
use crate::*;

/// The moments of one write, found by writing once without being cut off.
fn moments(vault: &mut Vault) -> Vec<Step> {
    let mut seen = Vec::new();
    let header = vault.next_for_tests();
    vault
        .write_stepwise(header, &mut |step| {
            seen.push(step);
            Ok(())
        })
        .unwrap();
    seen
}

fn cut_off(vault: &mut Vault, at: usize, error: io::ErrorKind) -> VaultError {
    let mut header = vault.next_for_tests();
    header.head = Some(Head {
        seq: 77,
        digest: [7; 32],
        generation: header.generation,
    });
    let mut count = 0;
    vault
        .write_stepwise(header, &mut |_| {
            count += 1;
            if count > at {
                Err(error.into())
            } else {
                Ok(())
            }
        })
        .unwrap_err()
}

#[test]
fn old_or_new_opens_after_every_cut_and_the_next_write_repairs() {
    let keyring = MemoryKeyring::new();
    let (_made, mut vault) = Made::new(Protection::Keyring, &keyring);
    let steps = moments(&mut vault);
    assert_eq!(steps.len(), 9, "{steps:?}");
    for (at, moment) in steps.iter().enumerate() {
        for state in [None, Some(HEADER_FILE), Some(HEADER_BACKUP_FILE)] {
            let (made, mut vault) = Made::new(Protection::Keyring, &keyring);
            vault.set_head(1, [1; 32]).unwrap();
            if let Some(damaged) = state {
                std::fs::write(made.dir.join(damaged), b"{").unwrap();
            }
            cut_off(&mut vault, at, io::ErrorKind::Interrupted);
            let mut again = Vault::open(&made.dir, Unlock::Keyring, &keyring).unwrap();
            let seq = again.header().head.as_ref().unwrap().seq;
            assert!(seq == 1 || seq == 77, "{moment:?}: {seq}");
            again.set_head(78, [8; 32]).unwrap();
            let repaired = Vault::open(&made.dir, Unlock::Keyring, &keyring).unwrap();
            assert_eq!(
                (
                    repaired.notice(),
                    repaired.header().head.as_ref().unwrap().seq
                ),
                (None, 78)
            );
        }
    }
}

#[test]
fn the_same_vault_can_go_on_after_a_failed_write() {
    let keyring = MemoryKeyring::new();
    for at in 0..9 {
        let (made, mut vault) = Made::new(Protection::Keyring, &keyring);
        let error = cut_off(&mut vault, at, io::ErrorKind::StorageFull);
        assert_eq!(error.code(), "no_space");
        vault.set_head(78, [8; 32]).unwrap();
        let again = Vault::open(&made.dir, Unlock::Keyring, &keyring).unwrap();
        assert_eq!(
            (again.notice(), again.header().head.as_ref().unwrap().seq),
            (None, 78)
        );
    }
}

#[test]
fn a_passphrase_change_cut_off_between_the_copies_leaves_one_that_opens() {
    let keyring = MemoryKeyring::new();
    let (made, mut vault) = Made::new(Protection::Passphrase(secret(PASSPHRASE)), &keyring);
    let old = std::fs::read(made.dir.join(HEADER_BACKUP_FILE)).unwrap();
    vault
        .change_passphrase(
            secret("another horse entirely"),
            &keyring,
            KdfProfile::cheap_for_tests(),
        )
        .unwrap();
    std::fs::write(made.dir.join(HEADER_BACKUP_FILE), old).unwrap();
    let new = Unlock::Passphrase(secret("another horse entirely"));
    Vault::open(&made.dir, new, &keyring).unwrap();
    assert_eq!(
        Vault::open(&made.dir, pass(), &keyring).unwrap_err().code(),
        "wrong_passphrase"
    );
}

#[test]
fn a_leftover_temporary_file_is_no_obstacle() {
    let keyring = MemoryKeyring::new();
    let (made, mut vault) = Made::new(Protection::Keyring, &keyring);
    for name in [HEADER_FILE, HEADER_BACKUP_FILE] {
        std::fs::write(made.dir.join(format!("{name}.tmp")), b"half").unwrap();
    }
    vault.set_head(1, [1; 32]).unwrap();
    let left: Vec<_> = std::fs::read_dir(&made.dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}
