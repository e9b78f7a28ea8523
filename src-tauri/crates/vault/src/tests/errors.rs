//! Every error has a code of its own and says what, why and what to do.

use std::collections::HashSet;
use std::io::ErrorKind;

use crate::*;

fn all() -> Vec<VaultError> {
    vec![
        VaultError::WrongPassphrase,
        VaultError::WrongRecoveryKey,
        VaultError::RecoveryKeyMistyped(RecoveryKeyError::Checksum),
        VaultError::KeyringAbsent,
        VaultError::KeyringLocked,
        VaultError::KeyringTimeout,
        VaultError::KeyringEntryMissing,
        VaultError::KeyringWrongKey,
        VaultError::KeyringAmbiguous,
        VaultError::KeyringOccupied,
        VaultError::KeyringFailed {
            detail: "detail".into(),
        },
        VaultError::HeaderDamaged { both: true },
        VaultError::ForeignHeader,
        VaultError::NewerFormat {
            made_by: "9.9.9".into(),
        },
        VaultError::weak(PassphraseWeakness::TooShort),
        VaultError::KdfTooExpensive,
        VaultError::KdfTooCheap,
        VaultError::MethodNotSet {
            method: "a passphrase",
        },
        VaultError::InUse(Holder {
            pid: 7,
            program: "cmmc".into(),
            since_unix_s: 1,
        }),
        VaultError::ChangedUnderneath,
        VaultError::NotAVault,
        VaultError::AlreadyAVault,
        VaultError::UnsafeFile { what: "vault.hdr" },
        VaultError::InvalidName { max_bytes: 200 },
        VaultError::CredentialRefused,
        VaultError::TooLarge,
        VaultError::NoRandomness,
        VaultError::OutOfMemory,
        VaultError::NoSpace { what: "vault.hdr" },
        VaultError::ReadOnly { what: "vault.hdr" },
        VaultError::Io {
            what: "vault.hdr",
            kind: ErrorKind::TimedOut,
        },
    ]
}

#[test]
fn codes_are_unique_and_explanations_complete() {
    let errors = all();
    let codes: HashSet<_> = errors.iter().map(VaultError::code).collect();
    assert_eq!(codes.len(), errors.len());
    for error in errors {
        let Explanation { what, why, fix } = error.explain();
        for sentence in [&what, &why, &fix] {
            assert!(sentence.ends_with('.'), "{}: {sentence}", error.code());
            for jargon in ["VRK", "AES", "GCM", "Argon", "slot", "panic", "Err("] {
                assert!(!sentence.contains(jargon), "{}: {sentence}", error.code());
            }
        }
    }
}

#[test]
fn the_holder_and_the_newer_version_are_named() {
    let in_use = VaultError::InUse(Holder {
        pid: 7,
        program: "cmmc".into(),
        since_unix_s: 1,
    });
    assert!(in_use.explain().why.contains("cmmc (process 7)"));
    assert!(!in_use.explain().fix.contains("tray"));
    let window = VaultError::InUse(Holder {
        pid: 8,
        program: "CMMCPro".into(),
        since_unix_s: 1,
    });
    assert!(window.explain().fix.contains("icon in the system tray"));
    assert!(
        VaultError::NewerFormat {
            made_by: "9.9.9".into()
        }
        .explain()
        .why
        .contains("9.9.9")
    );
}
