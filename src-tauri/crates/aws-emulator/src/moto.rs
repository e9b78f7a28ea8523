//! A moto server of one's own: started on a free port of the loopback, stopped by its process id. It also ends by
//! itself when whoever started it is gone, however that ended.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use url::Url;

/// Runs moto's server until standard input closes.
const RUN: &str = "import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
from moto.server import main
sys.exit(main())";

/// A running moto server. It ends when this is dropped.
#[derive(Debug)]
pub struct Moto {
    child: Child,
    url: Url,
}

impl Moto {
    /// Starts the one that `cargo xtask setup` installed in `.venv`, or that `MOTO_SERVER` names. Takes about a
    /// second, and blocks the thread for it.
    ///
    /// # Errors
    /// When it is not installed (the error says how to install it) or does not start.
    pub fn start() -> io::Result<Self> {
        let program = std::env::var_os("MOTO_SERVER").map_or_else(installed, PathBuf::from);
        Self::start_program(&program)
    }

    /// Starts a given `moto_server`.
    ///
    /// # Errors
    /// As [`Moto::start`].
    pub fn start_program(program: &Path) -> io::Result<Self> {
        if !program.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!(
                    "moto_server is not at {}: run `cargo xtask setup`, or set MOTO_SERVER to its path",
                    program.display()
                ),
            ));
        }
        // The interpreter beside it is the one that has moto. One elsewhere runs moto without watching its input.
        let python = program.with_file_name(if cfg!(windows) {
            "python.exe"
        } else {
            "python"
        });
        let mut command = if python.is_file() {
            let mut command = Command::new(python);
            command.args(["-c", RUN]);
            command
        } else {
            Command::new(program)
        };
        let mut child = command
            .args(["--host", "127.0.0.1", "--port", "0"])
            // AWS's own policies, such as AdministratorAccess, exist only then.
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .env_remove("INITIAL_NO_AUTH_ACTION_COUNT")
            .env_remove("AWS_PROFILE")
            // Held open by the child's handle until it is dropped.
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let output = child.stderr.take();
        // From here on, dropping ends the process.
        let mut moto = Self {
            child,
            url: Url::parse("http://127.0.0.1/").map_err(io::Error::other)?,
        };
        let mut lines = BufReader::new(output.ok_or(io::ErrorKind::BrokenPipe)?).lines();
        let mut said = String::new();
        loop {
            let Some(line) = lines.next().transpose()? else {
                return Err(io::Error::other(format!("moto_server ended: {said}")));
            };
            if let Some((_, url)) = line.split_once("Running on ") {
                moto.url = Url::parse(url.trim()).map_err(io::Error::other)?;
                break;
            }
            said.push_str(&line);
        }
        // Its log is read to the end, or the pipe would fill and stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(moto)
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Makes moto check keys, signatures and policies from now on. Seed first: afterwards only keys that exist work.
    ///
    /// # Errors
    /// When moto does not answer.
    pub async fn enforce_permissions(&self) -> Result<(), reqwest::Error> {
        self.switch("moto-api/reset-auth", "0").await
    }

    /// The same for callers without a runtime.
    ///
    /// # Errors
    /// When moto does not answer or no runtime can be made.
    ///
    /// # Panics
    /// When called inside a runtime; use [`Moto::enforce_permissions`] there.
    pub fn enforce_permissions_blocking(&self) -> io::Result<()> {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(self.enforce_permissions())
            .map_err(io::Error::other)
    }

    /// Forgets everything, keys and all, and checks nothing any more.
    ///
    /// # Errors
    /// When moto does not answer.
    pub async fn reset(&self) -> Result<(), reqwest::Error> {
        self.switch("moto-api/reset-auth", "inf").await?;
        self.switch("moto-api/reset", "").await
    }

    async fn switch(&self, path: &str, body: &'static str) -> Result<(), reqwest::Error> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        client
            .post(format!("{}{path}", self.url))
            .header("content-type", "text/plain")
            .body(body)
            .send()
            .await?
            .error_for_status()
            .map(drop)
    }

    /// Ends it at once, as a network that goes away does. Dropping does the same.
    pub fn stop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.stop();
    }
}

fn installed() -> PathBuf {
    let program = if cfg!(windows) {
        "Scripts/moto_server.exe"
    } else {
        "bin/moto_server"
    };
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../.venv")).join(program)
}
