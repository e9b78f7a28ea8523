//! The same errors in plain English: what happened, why, and what to do.

use crate::VaultError;
use crate::error::PassphraseWeakness;
use crate::recovery::RecoveryKeyError;

/// An error as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What happened, in one sentence.
    pub what: String,
    /// The likely cause.
    pub why: String,
    /// What to do next.
    pub fix: String,
}

const RECOVERY: &str = "Open the vault with its recovery key, then store a new key in the keyring.";
const RETRY: &str = "Unlock or answer the keyring's own window, then try again. The recovery key opens the vault too.";

impl VaultError {
    /// What happened, why, and what to do, without jargon and without a secret.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        let (what, why, fix): (&str, &str, &str) = match self {
            Self::WrongPassphrase => (
                "The passphrase is not right.",
                "It differs from the one this vault was protected with. The data itself is not affected.",
                "Check the keyboard layout and Caps Lock and try again, or use the recovery key.",
            ),
            Self::WrongRecoveryKey => (
                "This recovery key belongs to another vault.",
                "It is a correctly typed key, but not this vault's, or it was replaced by a newer one.",
                "Compare the vault id printed on the recovery sheet with the one shown here.",
            ),
            Self::RecoveryKeyMistyped(reason) => (
                "The recovery key is mistyped.",
                match reason {
                    RecoveryKeyError::Length { .. } => {
                        "A recovery key has 56 letters and digits in 8 groups of 7; this one does not."
                    }
                    RecoveryKeyError::Character { .. } => {
                        "It contains a character that no recovery key has."
                    }
                    RecoveryKeyError::Checksum => {
                        "Its built-in check does not match, so at least one character is wrong."
                    }
                },
                "Compare it with the printed sheet, group by group.",
            ),
            Self::KeyringAbsent => (
                "This computer offers no keyring that could keep the vault's key.",
                "No keyring service answers in this session, or it has no place that lasts beyond the session.",
                "Start the keyring service, or use a passphrase instead. A vault that exists already opens with its recovery key.",
            ),
            Self::KeyringLocked => (
                "The system keyring is locked.",
                "It is waiting to be unlocked, or its question was dismissed.",
                RETRY,
            ),
            Self::KeyringTimeout => (
                "The system keyring did not answer.",
                "It may be showing a question behind another window, or it hangs.",
                RETRY,
            ),
            Self::KeyringEntryMissing => (
                "The system keyring holds no key for this vault.",
                "The keyring was reset or replaced, or the vault came from another computer. The data is still there.",
                RECOVERY,
            ),
            Self::KeyringWrongKey => (
                "The key in the system keyring does not open this vault.",
                "Something else was stored under this vault's name. The data is still there.",
                RECOVERY,
            ),
            Self::KeyringAmbiguous => (
                "The system keyring holds several keys for this vault.",
                "A copied or merged keyring can contain the same item twice.",
                "Remove the extra \"CMMCPro\" item in the keyring's own program, or use the recovery key.",
            ),
            Self::KeyringOccupied => (
                "The system keyring already holds a key for this company id.",
                "An earlier attempt may have been interrupted. Keys are never overwritten when a vault is made.",
                "Add the company again; it gets a new id.",
            ),
            Self::KeyringFailed { detail } => {
                return Explanation {
                    what: "The system keyring failed.".into(),
                    why: format!("It said: {}.", detail.trim_end_matches('.')),
                    fix: RETRY.into(),
                };
            }
            Self::HeaderDamaged { both } => (
                "The file that opens this vault is damaged.",
                if *both {
                    "Both copies of the header were changed or only partly written."
                } else {
                    "One copy of the header is damaged and the other is missing."
                },
                "Restore the header from the newest backup. Nothing was changed or deleted.",
            ),
            Self::ForeignHeader => (
                "This folder holds the header of another vault.",
                "A file was copied or restored into the wrong company's folder.",
                "Put the right vault.hdr and vault.hdr.bak back from a backup.",
            ),
            Self::NewerFormat { made_by } => {
                return Explanation {
                    what: "This vault was written by a newer version.".into(),
                    why: format!(
                        "Version {made_by} wrote it, and this version can't read it safely. Nothing was touched."
                    ),
                    fix: "Update this program and open the vault again.".into(),
                };
            }
            Self::WeakPassphrase { min, max, why } => {
                return Explanation {
                    what: "This passphrase is not accepted.".into(),
                    why: match why {
                        PassphraseWeakness::TooShort => {
                            format!("It has fewer than {min} characters.")
                        }
                        PassphraseWeakness::TooLong => {
                            format!("It has more than {max} characters.")
                        }
                        PassphraseWeakness::TooUniform => {
                            "It repeats a few characters and is quickly guessed.".into()
                        }
                    },
                    fix: "Four or five unrelated words make a good passphrase.".into(),
                };
            }
            Self::KdfTooExpensive => (
                "The vault asks for an unreasonable amount of memory or time to open.",
                "Its header was changed: this program never writes such a demand.",
                "Restore the header from a backup.",
            ),
            Self::KdfTooCheap => (
                "The passphrase would be protected too weakly.",
                "The chosen cost of guessing is below the floor.",
                "Use the standard setting.",
            ),
            Self::MethodNotSet { method } => {
                return Explanation {
                    what: format!("This vault is not opened by {method}."),
                    why: "It was set up with another protection.".into(),
                    fix: "Use the way in that this vault was set up with, or the recovery key."
                        .into(),
                };
            }
            Self::InUse(holder) => {
                let fix = "Close the vault there, or wait until that program has finished.";
                // The command ends by itself; the window may be closed and its program still there.
                let fix = match holder.program.as_str() {
                    "cmmc" => fix.to_owned(),
                    _ => format!(
                        "{fix} If no window of CMMCPro is open, look for its icon in the system tray: its menu opens the \
                         window again, locks the vault and quits."
                    ),
                };
                return Explanation {
                    what: "Another program has this vault open.".into(),
                    why: format!("It is held by {holder}."),
                    fix,
                };
            }
            Self::ChangedUnderneath => (
                "The vault was changed by another program.",
                "Its header is newer than when this program opened it.",
                "Close the vault and open it again.",
            ),
            Self::NotAVault => (
                "There is no vault in this folder.",
                "The folder is empty, was moved, or is not a company's folder.",
                "Choose another folder.",
            ),
            Self::AlreadyAVault => (
                "There is already a vault in this folder.",
                "A vault is never overwritten.",
                "Open it, or choose another folder.",
            ),
            Self::UnsafeFile { .. } => (
                "A file of this vault is not safe to use.",
                "It is a link, not a plain file, or it belongs to another user of this computer.",
                "Put a plain copy that belongs to you in its place.",
            ),
            Self::InvalidName { .. } => (
                "The company name can't be used.",
                "It is empty or too long.",
                "Choose a name of up to about 200 letters.",
            ),
            Self::CredentialRefused => (
                "A stored sign-in can't be opened.",
                "It was moved, changed or damaged in the database.",
                "Enter the credentials of this integration again.",
            ),
            Self::TooLarge => (
                "The value is too large to be stored.",
                "It exceeds what one sealed value may hold.",
                "Check that the right text was entered.",
            ),
            Self::NoRandomness => (
                "The computer gave no random numbers.",
                "The operating system's source failed, and keys can't be made without it.",
                "Restart the computer and try again.",
            ),
            Self::OutOfMemory => (
                "There was not enough memory to check the passphrase.",
                "Checking needs at least 64 MB of free memory.",
                "Close other programs and try again.",
            ),
            Self::NoSpace { .. } => (
                "The disk is full.",
                "The change could not be written. What was saved before is still there.",
                "Free some space and try again.",
            ),
            Self::ReadOnly { .. } => (
                "The vault's folder can't be written to.",
                "The disk is read-only or the permissions forbid it.",
                "Make the folder writable, or move the vault.",
            ),
            Self::Io { what, kind } => {
                return Explanation {
                    what: "A file of the vault could not be read or written.".into(),
                    why: format!("{what}: {kind}."),
                    fix: "Check that the disk is connected and healthy, then try again.".into(),
                };
            }
        };
        Explanation {
            what: what.into(),
            why: why.into(),
            fix: fix.into(),
        }
    }
}
