//! One process writes a vault at a time. The operating system's lock on a file is the truth; it ends with the
//! process, however that ends. Who holds it stands in a second file, because Windows lets nobody read a locked one.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::VaultError;
use crate::files::{check_dir, open_plain, private};

/// The file that is locked. It stays, empty, after the lock is released.
pub const LOCK_FILE: &str = "vault.lock";
/// Who holds the lock. Only meaningful while it is held.
pub const HOLDER_FILE: &str = "vault.holder";

/// The program that has a vault open for writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Holder {
    /// Its process id; 0 when it could not be read.
    pub pid: u32,
    /// Its name, e.g. `cmmc` or `CMMCPro`.
    pub program: String,
    /// Since when, in seconds of Unix time; 0 when it could not be read.
    pub since_unix_s: u64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pid == 0 {
            return f.write_str("another program");
        }
        write!(f, "{} (process {})", self.program, self.pid)
    }
}

/// The right to write a vault, until dropped. Readers do not need it.
#[derive(Debug)]
pub struct VaultLock {
    // Closing the file releases the lock.
    _file: File,
    holder: PathBuf,
}

impl VaultLock {
    /// Takes the lock without waiting. `who` is the program's name as the loser will read it.
    ///
    /// # Errors
    /// [`VaultError::InUse`] with the holder; `NotAVault`, `UnsafeFile`, `NoSpace`, `ReadOnly` or `Io` otherwise.
    pub fn acquire(dir: &Path, who: &str) -> Result<Self, VaultError> {
        check_dir(dir)?;
        let path = dir.join(LOCK_FILE);
        if path.is_symlink() {
            return Err(VaultError::UnsafeFile { what: LOCK_FILE });
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private(&mut options);
        let file = options
            .open(&path)
            .map_err(|error| VaultError::writing(LOCK_FILE, &error))?;
        drop(open_plain(&path, LOCK_FILE)?);
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(VaultError::InUse(read_holder(dir))),
            Err(TryLockError::Error(error)) => return Err(VaultError::writing(LOCK_FILE, &error)),
        }
        let lock = Self {
            _file: file,
            holder: dir.join(HOLDER_FILE),
        };
        lock.write_holder(who)?;
        Ok(lock)
    }

    fn write_holder(&self, who: &str) -> Result<(), VaultError> {
        let holder = Holder {
            pid: std::process::id(),
            program: who
                .chars()
                .filter(|char| !char.is_control())
                .take(64)
                .collect(),
            since_unix_s: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs()),
        };
        let write = || -> std::io::Result<()> {
            let temporary = self.holder.with_extension("holder.tmp");
            match fs::remove_file(&temporary) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            private(&mut options);
            options
                .open(&temporary)?
                .write_all(&serde_json::to_vec(&holder)?)?;
            fs::rename(&temporary, &self.holder)
        };
        write().map_err(|error| VaultError::writing(HOLDER_FILE, &error))
    }
}

impl Drop for VaultLock {
    fn drop(&mut self) {
        // Before the lock goes: afterwards the file might already be the next holder's.
        let _ = fs::remove_file(&self.holder);
    }
}

fn read_holder(dir: &Path) -> Holder {
    let read = || {
        let mut bytes = Vec::new();
        open_plain(&dir.join(HOLDER_FILE), HOLDER_FILE)
            .ok()??
            .take(1024)
            .read_to_end(&mut bytes)
            .ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    read().unwrap_or(Holder {
        pid: 0,
        program: String::new(),
        since_unix_s: 0,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use super::*;

    const CHILD_DIR: &str = "VAULT_LOCK_TEST_DIR";

    #[test]
    fn the_second_one_is_told_who_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let lock = VaultLock::acquire(dir.path(), "CMMCPro\n").unwrap();
        let Err(VaultError::InUse(holder)) = VaultLock::acquire(dir.path(), "cmmc") else {
            panic!("two writers");
        };
        assert_eq!(
            (holder.pid, holder.program.as_str()),
            (std::process::id(), "CMMCPro")
        );
        assert!(holder.since_unix_s > 1_700_000_000);
        drop(lock);
        assert!(!dir.path().join(HOLDER_FILE).exists());
        VaultLock::acquire(dir.path(), "cmmc").unwrap();
    }

    #[test]
    fn an_unreadable_holder_is_still_in_use() {
        let dir = tempfile::tempdir().unwrap();
        let _lock = VaultLock::acquire(dir.path(), "a").unwrap();
        std::fs::write(dir.path().join(HOLDER_FILE), b"{").unwrap();
        let Err(VaultError::InUse(holder)) = VaultLock::acquire(dir.path(), "b") else {
            panic!()
        };
        assert_eq!(holder.to_string(), "another program");
    }

    #[test]
    fn no_folder_no_lock() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(
            VaultLock::acquire(&dir.path().join("x"), "a"),
            Err(VaultError::NotAVault)
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_linked_lock_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(dir.path().join("else"), dir.path().join(LOCK_FILE)).unwrap();
        assert!(matches!(
            VaultLock::acquire(dir.path(), "a"),
            Err(VaultError::UnsafeFile { .. })
        ));
        assert!(!dir.path().join("else").exists());
    }

    /// What the next test starts as another process, and kills. By itself it does nothing.
    #[test]
    fn child_that_holds_the_lock() {
        let Some(dir) = std::env::var_os(CHILD_DIR) else {
            return;
        };
        let _lock = VaultLock::acquire(Path::new(&dir), "child").unwrap();
        std::fs::write(Path::new(&dir).join("ready"), b"").unwrap();
        std::thread::sleep(Duration::from_secs(60));
    }

    #[test]
    fn a_killed_holder_leaves_no_lock() {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "lock::tests::child_that_holds_the_lock"])
            .env(CHILD_DIR, dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..1000 {
            if dir.path().join("ready").exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let held = VaultLock::acquire(dir.path(), "parent");
        let pid = child.id();
        child.kill().unwrap();
        child.wait().unwrap();
        let Err(VaultError::InUse(holder)) = held else {
            panic!("the child did not hold the lock")
        };
        assert_eq!((holder.pid, holder.program.as_str()), (pid, "child"));
        VaultLock::acquire(dir.path(), "parent").unwrap();
    }
}
