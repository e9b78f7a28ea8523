//! Throw-away secrets and folders for vaults that live a minute.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

use crate::{Failure, Outcome};

/// 256 bits as hexadecimal, from the random keys the standard library asks the system for.
/// Good enough for a vault of made-up data that is deleted again; not used for anything else.
pub fn passphrase() -> String {
    (0..4_u8)
        .map(|word| format!("{:016x}", RandomState::new().hash_one(word)))
        .collect()
}

/// A folder of our own under the system's temporary folder, deleted when dropped.
pub struct TemporaryFolder {
    path: PathBuf,
}

impl TemporaryFolder {
    /// Makes an empty folder that only this user can read.
    pub fn new(purpose: &str) -> Outcome<Self> {
        let name = format!(
            "cmmcpro-{purpose}-{:016x}",
            RandomState::new().hash_one(0_u8)
        );
        let path = std::env::temp_dir().join(name);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&path)
            .map_err(|error| Failure::new(format!("no temporary folder could be made: {error}")))?;
        Ok(Self { path })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file in it and returns the file's path.
    pub fn write(&self, name: &str, content: &str) -> Outcome<PathBuf> {
        let file = self.path.join(name);
        fs::write(&file, content)
            .map_err(|error| Failure::new(format!("{name} could not be written: {error}")))?;
        Ok(file)
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // Nothing to be done about a file that another program still holds.
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn two_passphrases_differ() {
        assert_ne!(passphrase(), passphrase());
        assert_eq!(passphrase().len(), 64);
    }

    #[test]
    fn the_folder_goes_with_its_owner() {
        let folder = TemporaryFolder::new("test").unwrap();
        let file = folder.write("a", "b").unwrap();
        assert!(file.is_file());
        drop(folder);
        assert!(!file.exists());
    }
}
