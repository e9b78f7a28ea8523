//! GitHub: the emulator in this process, and the words that connect to it.

use crate::Desk;
use github_emulator::{Company, Emulator, Options, Shape};
use serde_json::{Value, json};

/// The label of the connection that [`GitHub::connect`] makes.
pub const LABEL: &str = "Source code";

/// An organization and the service in front of it.
pub struct GitHub {
    /// The service: its faults can be switched, its log read.
    pub emulator: Emulator,
}

impl GitHub {
    /// The made-up organization with its usual gaps.
    #[must_use]
    pub fn start() -> Self {
        Self::serving(Options::default())
    }

    /// The same organization, served as `options` say.
    #[must_use]
    pub fn serving(options: Options) -> Self {
        Self {
            emulator: Emulator::start(Company::new(&Shape::default()), options).unwrap(),
        }
    }

    /// Every token that works there.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        let mut all = Vec::new();
        self.emulator
            .edit_tokens(|tokens| all.extend(tokens.iter().map(|one| one.secret.clone())));
        all
    }

    /// The words that connect to it with `token`.
    #[must_use]
    pub fn words(&self, desk: &Desk, token: &str) -> Vec<String> {
        let secrets = desk.file("github.json", &json!({"token": token}).to_string());
        let mut words: Vec<String> = ["connect", "github", "--label", LABEL, "--cloud", "custom"]
            .map(str::to_owned)
            .to_vec();
        let organization = self.emulator.company().login.clone();
        for set in [
            format!("base_url={}", self.emulator.api_url()),
            format!("organization={organization}"),
        ] {
            words.extend(["--set".to_owned(), set]);
        }
        words.extend(["--secrets-file".to_owned(), secrets.display().to_string()]);
        words
    }

    /// Connects a company to it.
    #[track_caller]
    pub fn connect(&self, desk: &Desk) -> Value {
        let words = self.words(desk, &self.emulator.token());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        desk.cmmc(&words).ok()
    }
}
