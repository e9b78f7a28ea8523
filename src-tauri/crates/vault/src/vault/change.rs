//! What rewrites the header of an open vault: the head, the name, and the ways in.

use secrecy::SecretString;

use super::{Protection, Vault, check_name, protect};
use crate::files::{generation_on_disk, write_copies};
use crate::header::{Head, Header, Mode, seal_name};
use crate::kdf::KdfProfile;
use crate::slot::{Slot, SlotKind};
use crate::{KeyStore, RecoveryKey, VaultError};

impl Vault {
    /// Records how far the evidence chain has come: `seq` entries, the newest with `digest`. Any order is accepted:
    /// a restored database may be behind, and whether that is right is the caller's decision.
    ///
    /// # Errors
    /// `ChangedUnderneath`, or those of the file system; then the old header is still whole.
    pub fn set_head(&mut self, seq: u64, digest: [u8; 32]) -> Result<(), VaultError> {
        let mut header = self.next();
        header.head = Some(Head {
            seq,
            digest,
            generation: header.generation,
        });
        self.write(header)
    }

    /// Renames the company.
    ///
    /// # Errors
    /// `InvalidName`, or as [`Vault::set_head`].
    pub fn set_name(&mut self, name: &str) -> Result<(), VaultError> {
        check_name(name)?;
        let mut header = self.next();
        header.sealed_name = seal_name(&self.root, header.vault_id, name)?;
        self.write(header)?;
        self.name = name.to_owned();
        Ok(())
    }

    /// Writes both copies of the header again.
    ///
    /// # Errors
    /// As [`Vault::set_head`].
    pub fn repair(&mut self) -> Result<(), VaultError> {
        self.write(self.next())
    }

    /// Replaces the passphrase. The vault keeps its mode; nothing is encrypted again.
    ///
    /// # Errors
    /// `MethodNotSet` in a vault without passphrase; `WeakPassphrase`; the keyring's errors in a two-secret vault; or
    /// as [`Vault::set_head`].
    pub fn change_passphrase(
        &mut self,
        passphrase: SecretString,
        keyring: &dyn KeyStore,
        profile: KdfProfile,
    ) -> Result<(), VaultError> {
        let protection = match self.header.mode {
            Mode::Standard => {
                return Err(VaultError::MethodNotSet {
                    method: "a passphrase",
                });
            }
            Mode::Passphrase => Protection::Passphrase(passphrase),
            Mode::TwoSecret => Protection::TwoSecret(passphrase),
        };
        self.reprotect(protection, keyring, profile)
    }

    /// Puts a key into the keyring of this computer, after opening with the recovery key.
    ///
    /// # Errors
    /// `MethodNotSet` in a vault that needs a passphrase: there, use [`Vault::reprotect`]. Else as that one.
    pub fn add_keyring_slot(&mut self, keyring: &dyn KeyStore) -> Result<(), VaultError> {
        if self.header.mode != Mode::Standard {
            return Err(VaultError::MethodNotSet {
                method: "the keyring alone",
            });
        }
        self.reprotect(Protection::Keyring, keyring, KdfProfile::floor())
    }

    /// Changes how the vault is opened. The recovery key stays valid, every other old way in ends.
    ///
    /// The keyring's key is kept if it is this vault's; otherwise a new one is stored there. Should the program be
    /// killed between the keyring and the header, the vault opens with the recovery key, and this can be repeated.
    ///
    /// # Errors
    /// `WeakPassphrase`, `KdfTooCheap`, the keyring's errors, or as [`Vault::set_head`].
    pub fn reprotect(
        &mut self,
        protection: Protection,
        keyring: &dyn KeyStore,
        profile: KdfProfile,
    ) -> Result<(), VaultError> {
        profile.check_for_create()?;
        let mut header = self.next();
        let had_keyring = self.header.mode != Mode::Passphrase;
        let daily = protect(
            &mut header,
            &self.root,
            protection,
            keyring,
            profile,
            self.header.slots.first(),
        )?;
        header.slots.retain(|slot| slot.kind() == SlotKind::R);
        header.slots.insert(0, daily);
        self.write(header)?;
        if had_keyring && self.header.mode == Mode::Passphrase {
            // It opens nothing any more; a keyring that can't be reached may keep it.
            let _ = keyring.delete(self.vault_id());
        }
        Ok(())
    }

    /// Replaces the recovery key; the old one opens nothing afterwards, except copies made before.
    ///
    /// # Errors
    /// As [`Vault::set_head`].
    pub fn replace_recovery_key(&mut self) -> Result<RecoveryKey, VaultError> {
        let recovery = RecoveryKey::random()?;
        let mut header = self.next();
        let slot = Slot::recovery(header.vault_id, &self.root, &recovery)?;
        header.slots.retain(|slot| slot.kind() != SlotKind::R);
        header.slots.push(slot);
        self.write(header)?;
        Ok(recovery)
    }

    fn next(&self) -> Header {
        let mut header = self.header.clone();
        header.generation += 1;
        header.stamp();
        header
    }

    fn write(&mut self, header: Header) -> Result<(), VaultError> {
        self.write_stepwise(header, &mut |_| Ok(()))
    }

    pub(crate) fn write_stepwise(
        &mut self,
        header: Header,
        step: &mut dyn FnMut(crate::files::Step) -> std::io::Result<()>,
    ) -> Result<(), VaultError> {
        if generation_on_disk(&self.dir, &self.root)?
            .is_some_and(|generation| generation > self.header.generation)
        {
            return Err(VaultError::ChangedUnderneath);
        }
        let bytes = header.encode(&self.root)?;
        match write_copies(&self.dir, &bytes, step) {
            Ok(()) => {
                self.header = header;
                self.notice = None;
                Ok(())
            }
            Err(error) => {
                // If the first copy got through, the next write has to go on from it.
                if generation_on_disk(&self.dir, &self.root)
                    .is_ok_and(|generation| generation == Some(header.generation))
                {
                    self.header = header;
                }
                Err(error)
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn next_for_tests(&self) -> Header {
        self.next()
    }

    #[cfg(test)]
    pub(crate) fn root_for_tests(&self) -> &crate::Secret32 {
        &self.root
    }
}
