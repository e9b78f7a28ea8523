//! What all connections share.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use chrono::{DateTime, Duration, Utc};
use stand_in::seed::{guid, mix};
use stand_in::{KeyError, Log, RsaKey};

use crate::auth::device::Device;
use crate::company::Company;
use crate::faults::Faults;
use crate::limits::Limits;
use crate::log::LoggedRequest;
use crate::options::Options;
use crate::token::Token;

pub(crate) struct State {
    pub(crate) company: RwLock<Company>,
    pub(crate) options: Options,
    pub(crate) faults: Arc<Faults>,
    pub(crate) log: Log<LoggedRequest>,
    pub(crate) tokens: RwLock<Vec<Token>>,
    pub(crate) limits: Limits,
    pub(crate) device: Device,
    /// `http://127.0.0.1:port`.
    pub(crate) url: String,
    /// Seconds the emulator's clock runs ahead of the system's.
    pub(crate) ahead: AtomicI64,
    /// Made when it is first needed, which takes a while.
    key: OnceLock<Result<RsaKey, KeyError>>,
    requests: AtomicU64,
    issued: AtomicU64,
    /// Random, so that tokens of another emulator are refused.
    salt: u64,
}

impl State {
    pub(crate) fn new(company: Company, options: Options, url: String, salt: u64) -> Self {
        Self {
            company: RwLock::new(company),
            faults: Arc::default(),
            log: Log::default(),
            tokens: RwLock::new(options.tokens.clone()),
            limits: Limits::default(),
            device: Device::default(),
            url,
            ahead: AtomicI64::new(0),
            key: OnceLock::new(),
            requests: AtomicU64::new(0),
            issued: AtomicU64::new(0),
            salt,
            options,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + Duration::seconds(self.ahead.load(Ordering::SeqCst))
    }

    pub(crate) fn company(&self) -> RwLockReadGuard<'_, Company> {
        self.company.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The App's key.
    pub(crate) fn key(&self) -> Result<&RsaKey, KeyError> {
        self.key
            .get_or_init(RsaKey::generate)
            .as_ref()
            .map_err(|_| KeyError)
    }

    /// The root of the API, without a slash at the end.
    pub(crate) fn api_url(&self) -> String {
        format!("{}{}", self.url, self.options.base_path())
    }

    /// The accepted token with that secret.
    pub(crate) fn token(&self, secret: &str) -> Option<Token> {
        self.tokens
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .find(|token| token.secret == secret)
            .cloned()
    }

    pub(crate) fn accept(&self, token: Token) {
        self.tokens
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(token);
    }

    /// Forty letters and digits that were not given out before.
    pub(crate) fn fresh(&self) -> String {
        let number = self.issued.fetch_add(1, Ordering::SeqCst);
        let word = |step: u64| mix(self.salt ^ mix(number.wrapping_mul(3) + step));
        format!("{:016x}{:016x}{:08x}", word(0), word(1), word(2) >> 32)
    }

    /// An id for one answer.
    pub(crate) fn request_id(&self) -> String {
        let id = guid("answer", self.requests.fetch_add(1, Ordering::SeqCst)).to_uppercase();
        let parts: Vec<&str> = id.split('-').collect();
        parts.join(":")
    }
}
