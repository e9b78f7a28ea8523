//! Microsoft Entra ID: the Graph emulator in this process, and the words that connect to it.

use crate::Desk;
use graph_emulator::{Emulator, Options, Tenant};
use serde_json::{Value, json};
use std::time::Duration;

/// The label of the connection that [`Entra::connect`] makes.
pub const LABEL: &str = "Office tenant";

/// A tenant and the service in front of it.
pub struct Entra {
    /// The service: its tenant can be edited, its faults switched, its log read.
    pub emulator: Emulator,
}

impl Entra {
    /// The made-up machine shop, as it is today.
    #[must_use]
    pub fn start() -> Self {
        Self::serving(Tenant::small_at(chrono::Utc::now()), Duration::ZERO)
    }

    /// Any tenant, with a pause before each answer.
    #[must_use]
    pub fn serving(tenant: Tenant, latency: Duration) -> Self {
        let options = Options {
            latency,
            ..Options::default()
        };
        Self {
            emulator: Emulator::start(tenant, options).unwrap(),
        }
    }

    /// The client secret that works.
    #[must_use]
    pub fn secret(&self) -> String {
        self.emulator.options().client_secret.clone().unwrap()
    }

    /// The tenant's id.
    #[must_use]
    pub fn tenant_id(&self) -> String {
        self.emulator.tenant().id
    }

    /// The client's id.
    #[must_use]
    pub fn client_id(&self) -> String {
        self.emulator.options().client_id.clone()
    }

    /// The words that connect to it with `secret`.
    #[must_use]
    pub fn words(&self, desk: &Desk, secret: &str) -> Vec<String> {
        let fields = json!({"client_id": self.client_id(), "client_secret": secret});
        let secrets = desk.file("entra.json", &fields.to_string());
        let url = self.emulator.url();
        let mut words: Vec<String> = ["connect", "entra-id", "--label", LABEL, "--cloud", "custom"]
            .map(str::to_owned)
            .to_vec();
        for set in [
            format!("login_url={url}"),
            format!("graph_url={url}"),
            format!("tenant_id={}", self.tenant_id()),
        ] {
            words.extend(["--set".to_owned(), set]);
        }
        words.extend(["--secrets-file".to_owned(), secrets.display().to_string()]);
        words
    }

    /// Connects a company to it.
    #[track_caller]
    pub fn connect(&self, desk: &Desk) -> Value {
        let words = self.words(desk, &self.secret());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        desk.cmmc(&words).ok()
    }

    /// What was asked of Graph since the log was cleared: paths below `/v1.0`, sorted, each once.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        let mut paths: Vec<String> = self
            .emulator
            .log()
            .into_iter()
            .filter_map(|request| request.path.strip_prefix("/v1.0/").map(str::to_owned))
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }
}
