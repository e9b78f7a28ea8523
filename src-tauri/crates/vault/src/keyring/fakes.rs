//! Keyrings for tests: one in memory, one that fails as told, one that never answers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::bounded::{Backend, BoundedKeyring};
use super::{KeyStore, KeyringError, RollbackMarker};
use crate::Secret32;

/// A keyring that forgets everything with the process.
#[derive(Default)]
pub struct MemoryKeyring {
    keys: Mutex<HashMap<Uuid, [u8; 32]>>,
    markers: Mutex<HashMap<Uuid, RollbackMarker>>,
}

impl MemoryKeyring {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl KeyStore for MemoryKeyring {
    fn get(&self, vault_id: Uuid) -> Result<Option<Secret32>, KeyringError> {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(keys.get(&vault_id).copied().map(Secret32::from_bytes))
    }

    fn set(&self, vault_id: Uuid, key: &Secret32) -> Result<(), KeyringError> {
        self.keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(vault_id, *key.expose());
        Ok(())
    }

    fn delete(&self, vault_id: Uuid) -> Result<(), KeyringError> {
        self.keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&vault_id);
        self.markers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&vault_id);
        Ok(())
    }

    fn marker(&self, vault_id: Uuid) -> Result<Option<RollbackMarker>, KeyringError> {
        Ok(self
            .markers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&vault_id)
            .copied())
    }

    fn set_marker(&self, vault_id: Uuid, marker: RollbackMarker) -> Result<(), KeyringError> {
        self.markers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(vault_id, marker);
        Ok(())
    }
}

/// What a [`FaultKeyring`] does instead of working.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No keyring in this session.
    Absent,
    /// Locked, or its question dismissed.
    Locked,
    /// As if it hung: answers at once that the time is up.
    TimedOut,
    /// Two items match.
    Ambiguous,
    /// The item holds something that is no key.
    Malformed,
    /// Every read answers a well-formed key that is not the right one.
    WrongValue,
    /// Says that it stored the key, and did not.
    ForgetsWrites,
    /// Reads work, writes are refused.
    RefusesWrites,
}

/// A [`MemoryKeyring`] with a switch for faults.
#[derive(Default)]
pub struct FaultKeyring {
    memory: MemoryKeyring,
    fault: Mutex<Option<Fault>>,
}

impl FaultKeyring {
    /// A keyring that has this fault from the start.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        let keyring = Self::default();
        keyring.set_fault(Some(fault));
        keyring
    }

    /// Switches the fault on, to another one, or off.
    pub fn set_fault(&self, fault: Option<Fault>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    fn fault(&self) -> Option<Fault> {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self) -> Result<(), KeyringError> {
        match self.fault() {
            Some(Fault::Absent) => Err(KeyringError::Absent),
            Some(Fault::Locked) => Err(KeyringError::Locked),
            Some(Fault::TimedOut) => Err(KeyringError::Timeout),
            Some(Fault::Ambiguous) => Err(KeyringError::Ambiguous),
            _ => Ok(()),
        }
    }
}

impl KeyStore for FaultKeyring {
    fn get(&self, vault_id: Uuid) -> Result<Option<Secret32>, KeyringError> {
        self.fail()?;
        match self.fault() {
            Some(Fault::Malformed) => Err(KeyringError::Malformed),
            Some(Fault::WrongValue) => Ok(Some(Secret32::from_bytes([0x55; 32]))),
            _ => self.memory.get(vault_id),
        }
    }

    fn set(&self, vault_id: Uuid, key: &Secret32) -> Result<(), KeyringError> {
        self.fail()?;
        match self.fault() {
            Some(Fault::ForgetsWrites) => Ok(()),
            Some(Fault::RefusesWrites) => Err(KeyringError::Failed {
                detail: "no writing today".into(),
            }),
            _ => self.memory.set(vault_id, key),
        }
    }

    fn delete(&self, vault_id: Uuid) -> Result<(), KeyringError> {
        self.fail()?;
        self.memory.delete(vault_id)
    }

    fn marker(&self, vault_id: Uuid) -> Result<Option<RollbackMarker>, KeyringError> {
        self.fail()?;
        self.memory.marker(vault_id)
    }

    fn set_marker(&self, vault_id: Uuid, marker: RollbackMarker) -> Result<(), KeyringError> {
        self.fail()?;
        self.memory.set_marker(vault_id, marker)
    }
}

struct Never;

impl Never {
    fn hang() -> ! {
        loop {
            std::thread::park();
        }
    }
}

impl Backend for Never {
    fn read(&mut self, _: &str) -> Result<Option<Zeroizing<String>>, KeyringError> {
        Self::hang()
    }

    fn write(&mut self, _: &str, _: &str) -> Result<(), KeyringError> {
        Self::hang()
    }

    fn remove(&mut self, _: &str) -> Result<(), KeyringError> {
        Self::hang()
    }
}

/// A keyring that really never answers, behind the same time limit as the real one.
///
/// # Errors
/// When no thread can be started.
pub fn hanging_keyring(limit: Duration) -> Result<impl KeyStore, KeyringError> {
    BoundedKeyring::start(Never, limit)
}
