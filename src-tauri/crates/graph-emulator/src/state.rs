//! What all connections share.

use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use aws_lc_rs::hmac;
use chrono::{DateTime, Duration, Utc};
use stand_in::Log;

use crate::auth::person::SignIns;
use crate::faults::Faults;
use crate::limits::Limits;
use crate::log::LoggedRequest;
use crate::options::Options;
use crate::tenant::{Tenant, guid};

pub(crate) struct State {
    pub(crate) tenant: RwLock<Tenant>,
    pub(crate) options: Options,
    pub(crate) faults: Arc<Faults>,
    pub(crate) log: Log<LoggedRequest>,
    pub(crate) limits: Limits,
    /// Signs access tokens and skip tokens; new for every emulator, so tokens of another one are refused.
    pub(crate) key: hmac::Key,
    /// Seconds the emulator's clock runs ahead of the system's.
    pub(crate) ahead: AtomicI64,
    /// Assertion ids already seen.
    pub(crate) used_ids: Mutex<HashSet<String>>,
    /// People who sign in.
    pub(crate) sign_ins: Mutex<SignIns>,
    /// `http://127.0.0.1:port`.
    pub(crate) url: String,
    requests: AtomicU64,
}

impl State {
    pub(crate) fn new(tenant: Tenant, options: Options, url: String, key: hmac::Key) -> Self {
        Self {
            tenant: RwLock::new(tenant),
            options,
            faults: Arc::default(),
            log: Log::default(),
            limits: Limits::default(),
            key,
            ahead: AtomicI64::new(0),
            used_ids: Mutex::default(),
            sign_ins: Mutex::default(),
            url,
            requests: AtomicU64::new(0),
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + Duration::seconds(self.ahead.load(Ordering::SeqCst))
    }

    pub(crate) fn tenant(&self) -> RwLockReadGuard<'_, Tenant> {
        self.tenant.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A fresh id for one answer.
    pub(crate) fn request_id(&self) -> String {
        guid("answer", self.requests.fetch_add(1, Ordering::SeqCst))
    }

    /// Remembers an assertion id; false when it was used before.
    pub(crate) fn first_use(&self, id: &str) -> bool {
        self.used_ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.to_owned())
    }
}
