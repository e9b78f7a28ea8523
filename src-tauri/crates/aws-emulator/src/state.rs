//! Everything the connections of one emulator share.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use stand_in::Log;

use crate::ACCOUNT;
use crate::answer::Answer;
use crate::call::Call;
use crate::faults::Faults;
use crate::log::LoggedRequest;
use crate::options::{Options, RootUser, Simulation};
use crate::scope::Scope;

/// Looks into the event history in a second, for each region: CloudTrail's documented limit.
const LOOKUPS: usize = 2;

pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) faults: Arc<Faults>,
    pub(crate) log: Log<LoggedRequest>,
    pub(crate) http: reqwest::Client,
    /// `http://127.0.0.1:port`.
    pub(crate) url: String,
    live: RwLock<Live>,
    repeated: Mutex<HashMap<(String, String), Answer>>,
    requests: AtomicU64,
    /// Seconds the emulator's clock is ahead of the system's; negative when behind.
    ahead: AtomicI64,
    /// When `LookupEvents` was last asked, by region.
    lookups: Mutex<HashMap<String, Vec<Instant>>>,
}

/// What can change while it runs.
struct Live {
    root: RootUser,
    simulation: Simulation,
    keys: BTreeMap<String, String>,
    answers: Vec<(Scope, Answer)>,
}

impl State {
    pub(crate) fn new(options: Options, url: String, http: reqwest::Client) -> Self {
        let live = Live {
            root: options.root.clone(),
            simulation: options.simulation.clone(),
            keys: options.keys.clone(),
            answers: Vec::new(),
        };
        Self {
            options,
            faults: Arc::default(),
            log: Log::default(),
            http,
            url,
            live: RwLock::new(live),
            repeated: Mutex::default(),
            requests: AtomicU64::new(0),
            ahead: AtomicI64::new(0),
            lookups: Mutex::default(),
        }
    }

    /// A fresh id for one answer.
    pub(crate) fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        format!("ea5e0000-0000-4000-8000-{number:012x}")
    }

    /// What the emulator's clock says.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.ahead.load(Ordering::SeqCst))
    }

    pub(crate) fn set_clock_ahead(&self, seconds: i64) {
        self.ahead.store(seconds, Ordering::SeqCst);
    }

    /// Counts a look into the event history. False when it is one too many for this second.
    pub(crate) fn may_look_up(&self, region: &str) -> bool {
        if !self.options.limits {
            return true;
        }
        let mut lookups = self.lookups.lock().unwrap_or_else(PoisonError::into_inner);
        let times = lookups.entry(region.to_owned()).or_default();
        times.retain(|at| at.elapsed() < Duration::from_secs(1));
        let may = times.len() < LOOKUPS;
        if may {
            times.push(Instant::now());
        }
        may
    }

    pub(crate) fn root(&self) -> RootUser {
        self.read(|live| live.root.clone())
    }

    pub(crate) fn set_root(&self, root: RootUser) {
        self.write(|live| live.root = root);
    }

    pub(crate) fn simulation(&self) -> Simulation {
        self.read(|live| live.simulation.clone())
    }

    pub(crate) fn set_simulation(&self, simulation: Simulation) {
        self.write(|live| live.simulation = simulation);
    }

    pub(crate) fn add_key(&self, id: &str, secret: &str) {
        self.write(|live| live.keys.insert(id.to_owned(), secret.to_owned()));
    }

    /// A key's secret. The outer option is none while no key is known at all: then nothing can be verified.
    pub(crate) fn secret(&self, id: &str) -> Option<Option<String>> {
        self.read(|live| (!live.keys.is_empty()).then(|| live.keys.get(id).cloned()))
    }

    /// Adds an answer that goes before all others; a later one goes before an earlier one.
    pub(crate) fn set_answer(&self, scope: Scope, answer: Answer) {
        self.write(|live| {
            live.answers.retain(|(have, _)| *have != scope);
            live.answers.insert(0, (scope, answer));
        });
    }

    pub(crate) fn clear_answers(&self) {
        self.write(|live| live.answers.clear());
    }

    /// The answer set for a call, filled in.
    pub(crate) fn answer(&self, call: &Call) -> Option<Answer> {
        let mut answer = self.read(|live| {
            live.answers
                .iter()
                .find(|(scope, _)| scope.covers(&call.service, &call.operation, &call.region))
                .map(|(_, answer)| answer.clone())
        })?;
        if let Ok(text) = std::str::from_utf8(&answer.body) {
            answer.body = self.filled(text, call).into();
        }
        Some(answer)
    }

    /// A text with its placeholders replaced.
    pub(crate) fn filled(&self, text: &str, call: &Call) -> String {
        let now = self.now();
        [
            ("{account}", ACCOUNT),
            ("{partition}", call.partition()),
            ("{region}", &*call.region),
            ("{request_id}", &*self.request_id()),
            ("{now}", &*now.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            ("{epoch}", &*now.timestamp().to_string()),
        ]
        .iter()
        .fold(text.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        })
    }

    /// The first page of an operation whose pages repeat.
    pub(crate) fn repeated(&self, call: &Call) -> Option<Answer> {
        self.pages().get(&place(call)).cloned()
    }

    pub(crate) fn keep_repeated(&self, call: &Call, answer: &Answer) {
        self.pages().insert(place(call), answer.clone());
    }

    fn pages(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Answer>> {
        self.repeated.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, look: impl FnOnce(&Live) -> T) -> T {
        look(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Live) -> T) -> T {
        change(&mut self.live.write().unwrap_or_else(PoisonError::into_inner))
    }
}

fn place(call: &Call) -> (String, String) {
    (
        format!("{}:{}", call.service, call.operation),
        call.region.clone(),
    )
}
