//! AWS: moto, a stand-in that somebody else wrote, with our emulator before it for what moto lacks. Signatures are
//! verified.

use crate::Desk;
use aws_emulator::{Emulator, Options, RootMfa, RootUser, Seed, Seeded};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The label of the connection that [`Moto::connect`] makes.
pub const LABEL: &str = "Plant account";

/// The regions of the made-up account.
pub const REGIONS: [&str; 2] = ["us-east-1", "us-west-2"];

/// Users of the made-up account, the reading one among them.
const USERS: usize = 5;

/// A running moto with a made-up account.
pub struct Moto {
    // Dropped first: it passes requests on to the other.
    emulator: Option<Emulator>,
    server: Option<aws_emulator::Moto>,
    url: String,
    /// Who and what is in it.
    pub seeded: Seeded,
}

impl Moto {
    /// Starts it and fills it. The root user has no second factor.
    ///
    /// # Panics
    /// When moto is missing.
    #[must_use]
    pub fn start() -> Self {
        let server = aws_emulator::Moto::start().unwrap();
        let at = server.url().clone();
        // On a thread of its own: a test may be inside a runtime already.
        let seeding = std::thread::spawn(move || Seed::new(USERS, &REGIONS).run_blocking(&at));
        let seeded = seeding.join().unwrap().unwrap();
        let mut options = Options::new(server.url().clone());
        options.regions = REGIONS.map(str::to_owned).to_vec();
        options.keys = BTreeMap::from([(
            seeded.access_key_id.clone(),
            seeded.secret_access_key.clone(),
        )]);
        options.root = RootUser {
            mfa: RootMfa::None,
            ..RootUser::default()
        };
        let emulator = Emulator::start(options).unwrap();
        Self {
            url: emulator.url().to_owned(),
            emulator: Some(emulator),
            server: Some(server),
            seeded,
        }
    }

    /// What stands before it: faults, and the log of requests.
    ///
    /// # Panics
    /// After [`Moto::stop`].
    #[must_use]
    pub fn emulator(&self) -> &Emulator {
        self.emulator.as_ref().unwrap()
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The access key of the reading user: `access_key_id` or `secret_access_key`.
    #[must_use]
    pub fn key(&self, part: &str) -> String {
        match part {
            "access_key_id" => self.seeded.access_key_id.clone(),
            _ => self.seeded.secret_access_key.clone(),
        }
    }

    /// Names of all its users.
    #[must_use]
    pub fn users(&self) -> Vec<String> {
        let people = self.seeded.people.iter().map(|person| person.name.clone());
        let mut users: Vec<String> = people.chain(["compliance-reader".to_owned()]).collect();
        users.sort();
        users
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
        self.emulator = None;
        self.server = None;
    }
}
