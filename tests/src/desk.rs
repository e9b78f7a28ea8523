//! One person's computer: a data directory, a home folder, and everything the commands ever printed on it.

use crate::{Answer, process, programs};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use tempfile::TempDir;

/// The passphrase of every company a desk makes.
pub const PASSPHRASE: &str = "copper lantern under a quiet orchard";

/// The name of the company that [`Desk::with_company`] makes.
pub const COMPANY: &str = "Halyard Precision Works";

/// A computer of its own. Its processes see no other home, configuration, key store or variables of ours.
#[derive(Debug)]
pub struct Desk {
    folder: TempDir,
    bus: Option<String>,
    log: bool,
    printed: Mutex<Vec<u8>>,
}

impl Desk {
    /// An empty one, without a key store.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("desk-").tempdir().unwrap();
        for name in ["data", "home", "files"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let desk = Self {
            folder,
            bus: None,
            log: false,
            printed: Mutex::default(),
        };
        desk.file("passphrase", &format!("{PASSPHRASE}\n"));
        desk
    }

    /// One with a Level 2 company that opens with [`PASSPHRASE`].
    #[must_use]
    pub fn with_company() -> Self {
        let desk = Self::new();
        desk.make_company();
        desk
    }

    /// Makes the company; the recovery key is in the file `recovery`.
    pub fn make_company(&self) {
        let recovery = self.path("recovery");
        let made = self.cmmc(&[
            "init",
            "--company",
            COMPANY,
            "--level",
            "2",
            "--zone",
            "America/New_York",
            "--recovery-out",
            recovery.to_str().unwrap(),
        ]);
        assert_eq!(made.ok()["company"]["profile"]["name"], COMPANY);
    }

    /// Gives its processes the session bus at this address, and with it a key store.
    #[must_use]
    pub fn with_bus(mut self, address: &str) -> Self {
        self.bus = Some(address.to_owned());
        self
    }

    /// Has its processes log everything they can.
    #[must_use]
    pub fn logging(mut self) -> Self {
        self.log = true;
        self
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The home folder.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Where a file of the person is, outside the data directory.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("files").join(name)
    }

    /// Writes a file of the person and says where it is.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The folder of the only company.
    #[must_use]
    pub fn vault(&self) -> PathBuf {
        let mut folders = std::fs::read_dir(self.data().join("companies"))
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let only = folders.next().expect("there is a company");
        assert_eq!(folders.next(), None, "there is one company");
        only
    }

    /// The recovery key.
    #[must_use]
    pub fn recovery_key(&self) -> String {
        std::fs::read_to_string(self.path("recovery"))
            .unwrap()
            .trim()
            .to_owned()
    }

    /// What a process of this computer finds in its environment.
    #[must_use]
    pub fn environment(&self) -> Vec<(OsString, OsString)> {
        let home = self.home();
        // Nothing listens there: without a bus of its own this computer has no key store.
        let no_bus = format!("unix:path={}", self.folder.path().join("no-bus").display());
        let mut pairs: Vec<(OsString, OsString)> = vec![
            ("HOME".into(), home.clone().into()),
            ("XDG_DATA_HOME".into(), home.join("data").into()),
            ("XDG_CONFIG_HOME".into(), home.join("config").into()),
            ("XDG_CACHE_HOME".into(), home.join("cache").into()),
            ("CMMCPRO_DATA_DIR".into(), self.data().into()),
            (
                "DBUS_SESSION_BUS_ADDRESS".into(),
                self.bus.clone().unwrap_or(no_bus).into(),
            ),
        ];
        if self.log {
            pairs.push(("CMMCPRO_LOG".into(), "trace".into()));
        }
        pairs
    }

    /// A program of this computer.
    #[must_use]
    pub fn program(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::null());
        for kept in ["PATH", "LANG", "DISPLAY", "XAUTHORITY", "TMPDIR", "TZ"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command
    }

    /// `cmmc` with the passphrase and JSON on, not started yet.
    #[must_use]
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = self.program(&programs::cmmc());
        command
            .args(words)
            .arg("--json")
            .arg("--passphrase-file")
            .arg(self.path("passphrase"));
        command
    }

    /// Runs `cmmc` with the passphrase, and with JSON on.
    pub fn cmmc(&self, words: &[&str]) -> Answer {
        self.finish(words, &mut self.command(words))
    }

    /// Runs `cmmc` with exactly these words.
    pub fn plain(&self, words: &[&str]) -> Answer {
        let mut command = self.program(&programs::cmmc());
        command.args(words);
        self.finish(words, &mut command)
    }

    /// Runs a command to its end and keeps what it printed.
    pub fn finish(&self, words: &[&str], command: &mut Command) -> Answer {
        let output = process::run(command);
        let mut printed = self.printed.lock().unwrap();
        printed.extend_from_slice(&output.stdout);
        printed.extend_from_slice(&output.stderr);
        drop(printed);
        Answer::new(words, output)
    }

    /// Keeps something a program printed that was not run by [`Desk::cmmc`].
    pub fn keep(&self, bytes: &[u8]) {
        self.printed.lock().unwrap().extend_from_slice(bytes);
    }

    /// Everything printed so far.
    #[must_use]
    pub fn printed(&self) -> Vec<u8> {
        self.printed.lock().unwrap().clone()
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

/// Copies a folder with everything in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
