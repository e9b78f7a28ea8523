//! A session bus of its own with the real GNOME keyring on it, or without any.

use crate::process::{self, Running};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Services are never started on demand here: what a test did not start is absent.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// The bus, and the keyring daemon while it runs.
pub struct SecretService {
    folder: TempDir,
    address: String,
    daemon: Option<Running>,
    bus: Running,
}

impl SecretService {
    /// Starts the bus, with nothing on it.
    ///
    /// # Panics
    /// When `dbus-daemon` is missing.
    #[must_use]
    pub fn bus() -> Self {
        let folder = tempfile::Builder::new().prefix("bus-").tempdir().unwrap();
        let socket = folder.path().join("bus");
        let config = folder.path().join("bus.conf");
        std::fs::write(&config, BUS.replace("SOCKET", socket.to_str().unwrap())).unwrap();
        let bus = Running::quiet(
            Command::new("dbus-daemon")
                .arg("--config-file")
                .arg(&config)
                .arg("--nofork"),
        );
        process::until("the session bus", || socket.exists().then_some(()));
        let address = format!("unix:path={}", socket.display());
        Self {
            folder,
            address,
            daemon: None,
            bus,
        }
    }

    /// The bus and an unlocked keyring on it.
    #[must_use]
    pub fn unlocked() -> Self {
        let mut service = Self::bus();
        service.start(Some("\n"));
        service
    }

    /// The address of the bus.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Starts the keyring daemon; with a password it is unlocked, and the keyring is made if there is none. The daemon
    /// makes none for an empty password, so the simplest one is a line end.
    ///
    /// # Panics
    /// When `gnome-keyring-daemon` is missing or does not take its name on the bus.
    pub fn start(&mut self, password: Option<&str>) {
        let home = self.folder.path();
        let mut command = Command::new("gnome-keyring-daemon");
        command
            .args(["--foreground", "--components=secrets"])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_RUNTIME_DIR", home)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if password.is_some() {
            command.arg("--unlock");
        }
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("gnome-keyring-daemon: {error}"));
        let mut stdin = child.stdin.take().unwrap();
        stdin
            .write_all(password.unwrap_or_default().as_bytes())
            .unwrap();
        drop(stdin);
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            let mut line = String::new();
            while stdout.read_line(&mut line).is_ok_and(|read| read > 0) {}
        });
        self.daemon = Some(Running(child));
        process::until("the keyring's name on the bus", || {
            self.ask("/", "org.freedesktop.DBus.Peer.Ping", &[])
                .then_some(())
        });
        if password.is_some() {
            process::until("the unlocked keyring", || {
                self.ask(
                    "/org/freedesktop/secrets/aliases/default",
                    "org.freedesktop.DBus.Properties.Get",
                    &["org.freedesktop.Secret.Collection", "Locked"],
                )
                .then_some(())
            });
        }
    }

    /// Locks the keyring, as a screen lock may.
    ///
    /// # Panics
    /// When it refuses.
    pub fn lock(&self) {
        assert!(self.ask(
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            &["['/org/freedesktop/secrets/collection/login']"],
        ));
    }

    /// Kills the keyring daemon.
    pub fn stop(&mut self) {
        self.daemon = None;
    }

    /// Deletes every stored item, with the daemon stopped.
    pub fn forget_everything(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(self.keyrings());
    }

    /// Where the keyrings are.
    #[must_use]
    pub fn keyrings(&self) -> PathBuf {
        self.folder.path().join("data/keyrings")
    }

    /// Stops the daemon in its tracks: it keeps its name on the bus and answers nothing.
    ///
    /// # Panics
    /// When no daemon runs.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    ///
    /// # Panics
    /// When no daemon runs.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, name: &str) {
        let pid = self.daemon.as_ref().expect("a daemon runs").0.id();
        let sent = Command::new("kill")
            .args([name, &pid.to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    fn ask(&self, path: &str, method: &str, arguments: &[&str]) -> bool {
        Command::new("gdbus")
            .args(["call", "--address", &self.address, "--timeout", "5"])
            .args(["--dest", "org.freedesktop.secrets", "--object-path", path])
            .args(["--method", method])
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

impl Drop for SecretService {
    fn drop(&mut self) {
        self.daemon = None;
        self.bus.kill();
    }
}
