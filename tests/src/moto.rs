//! AWS: moto, a stand-in that somebody else wrote, with signatures and permissions really checked.

use crate::process::{self, Running};
use crate::{Desk, programs};
use serde_json::{Value, json};
use std::process::Command;

/// The label of the connection that [`Moto::connect`] makes.
pub const LABEL: &str = "Plant account";

/// A running moto with a few made-up users.
pub struct Moto {
    server: Running,
    url: String,
    seed: Value,
}

impl Moto {
    /// Starts it and makes the users of `seed_moto.py`.
    ///
    /// # Panics
    /// When moto or boto3 is missing.
    #[must_use]
    pub fn start() -> Self {
        let program = programs::moto_server();
        let port = process::free_port();
        let server = Running::quiet(
            Command::new(&program)
                .args(["--host", "127.0.0.1", "--port", &port.to_string()])
                .env_remove("AWS_PROFILE"),
        );
        process::until_listening(port);
        let url = format!("http://127.0.0.1:{port}");
        // boto3 is there because moto needs it.
        let python = program.with_file_name("python");
        let seeded = process::run(
            Command::new(python)
                .arg(programs::in_repository("tests/seed_moto.py"))
                .arg(&url),
        );
        assert!(
            seeded.status.success(),
            "{}",
            String::from_utf8_lossy(&seeded.stderr)
        );
        let seed = serde_json::from_slice(&seeded.stdout).unwrap();
        Self { server, url, seed }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The access key of the reading user: `access_key_id` or `secret_access_key`.
    #[must_use]
    pub fn key(&self, part: &str) -> String {
        self.seed[part].as_str().unwrap().to_owned()
    }

    /// The words that connect to it with `secret`.
    #[must_use]
    pub fn words(&self, desk: &Desk, secret: &str) -> Vec<String> {
        let fields =
            json!({"access_key_id": self.key("access_key_id"), "secret_access_key": secret});
        let secrets = desk.file("aws.json", &fields.to_string());
        let mut words: Vec<String> = [
            "connect", "aws", "--label", LABEL, "--cloud", "custom", "--set",
        ]
        .map(str::to_owned)
        .to_vec();
        words.push(format!("endpoint_url={}", self.url));
        words.extend(["--secrets-file".to_owned(), secrets.display().to_string()]);
        words
    }

    /// Connects a company to it.
    #[track_caller]
    pub fn connect(&self, desk: &Desk) -> Value {
        let words = self.words(desk, &self.key("secret_access_key"));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        desk.cmmc(&words).ok()
    }

    /// Stops it, as a network that goes away does.
    pub fn stop(&mut self) {
        self.server.kill();
    }
}
