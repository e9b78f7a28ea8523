//! Signing in as a person: the page or the code that is shown, the waiting, and what came of it until it is saved.
//!
//! One sign-in at a time. What it gave stays in memory for some minutes, so that testing a connection and then saving
//! it asks a person once; it is forgotten when it was saved, given up, or the vault is locked.

use crate::{
    App, ProgressSink,
    api::{ApiError, Nothing, Progress},
    links,
};
use evidence::Timestamp;
use provider_kit::{
    Cleaned, HttpClient, Provider, ProviderError,
    auth::{Attempt, MemorySink, SystemClock},
    manifest::Interactive,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio_util::sync::CancellationToken;

/// How long what a sign-in gave waits to be saved, in seconds.
const HELD_S: i64 = 600;

/// The sign-in that is under way, and what the last one gave.
#[derive(Default)]
pub(crate) struct Attended(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    pending: Option<Pending>,
    held: Option<Held>,
    count: u64,
}

struct Pending {
    number: u64,
    cancel: CancellationToken,
    /// The page that may be opened for it.
    page: Option<String>,
}

struct Held {
    provider: String,
    config: BTreeMap<String, String>,
    sink: Arc<MemorySink>,
    until: Timestamp,
}

impl Attended {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends what is under way and forgets what was held.
    pub(crate) fn forget(&self) {
        let mut inner = self.lock();
        inner.held = None;
        if let Some(pending) = inner.pending.take() {
            pending.cancel.cancel();
        }
    }

    /// Forgets what was held: it was saved, or is of no use.
    pub(crate) fn spent(&self) {
        self.lock().held = None;
    }

    /// A new sign-in takes the place of one that is under way.
    fn begin(&self, cancel: CancellationToken, page: Option<String>) -> u64 {
        let mut inner = self.lock();
        inner.held = None;
        inner.count += 1;
        let number = inner.count;
        let before = inner.pending.replace(Pending {
            number,
            cancel,
            page,
        });
        if let Some(before) = before {
            before.cancel.cancel();
        }
        number
    }

    fn end(&self, number: u64) {
        let mut inner = self.lock();
        if inner
            .pending
            .as_ref()
            .is_some_and(|pending| pending.number == number)
        {
            inner.pending = None;
        }
    }

    /// What a person just did for exactly this connection.
    fn held(
        &self,
        provider: &str,
        config: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Option<Arc<MemorySink>> {
        let mut inner = self.lock();
        inner.held.take_if(|held| held.until <= now);
        inner
            .held
            .as_ref()
            .filter(|held| held.provider == provider && held.config == *config)
            .map(|held| Arc::clone(&held.sink))
    }
}

/// Has a person sign in where the chosen way wants that, unless one just did for this connection. `None` for the other
/// ways.
pub(crate) async fn sign_in(
    app: &App,
    provider: &'static dyn Provider,
    cleaned: &Cleaned,
    http: &HttpClient,
    progress: &ProgressSink,
    cancel: &CancellationToken,
) -> Result<Option<Arc<MemorySink>>, ApiError> {
    let manifest = provider.manifest();
    let cloud = manifest.resolve_cloud(&cleaned.cloud, &cleaned.config)?;
    let request =
        manifest.sign_in_request(&cleaned.auth, &cloud, &cleaned.config, provider.refusal())?;
    let Some(request) = request else {
        return Ok(None);
    };
    if let Some(sink) = app.attended.held(&manifest.id, &cleaned.config, app.now()) {
        return Ok(Some(sink));
    }
    // Ends with the work it belongs to, or when it alone is given up.
    let cancel = cancel.child_token();
    let number = app.attended.begin(cancel.clone(), None);
    let signed_in = async {
        let attempt = Attempt::begin(http.clone(), Arc::new(SystemClock), request, &cancel).await?;
        let prompt = attempt.prompt();
        let may_open = match prompt.interactive {
            Interactive::Browser => true,
            Interactive::Device => manifest.may_verify_at(&cleaned.auth, &cloud, &prompt.address),
        };
        if may_open {
            app.attended.show(number, prompt.address.as_str());
        }
        let life = i64::try_from(prompt.life.as_secs()).unwrap_or(i64::MAX);
        progress(Progress::SignIn {
            method: crate::providers::word(&prompt.interactive),
            address: prompt.address.to_string(),
            user_code: prompt.user_code,
            expires_at: Timestamp::from_unix(app.now().unix().saturating_add(life)).to_string(),
            may_open,
        });
        let tokens = attempt.wait(&cancel).await?;
        progress(Progress::SignedIn {});
        tokens.secrets()
    };
    let signed_in = signed_in.await;
    app.attended.end(number);
    let sink = Arc::new(MemorySink::new(signed_in.map_err(told)?));
    app.attended.lock().held = Some(Held {
        provider: manifest.id.clone(),
        config: cleaned.config.clone(),
        sink: Arc::clone(&sink),
        until: Timestamp::from_unix(app.now().unix() + HELD_S),
    });
    Ok(Some(sink))
}

/// A sign-in that was given up is not a collection that was stopped.
fn told(error: ProviderError) -> ApiError {
    let mut error = ApiError::from(error);
    if error.class == "cancelled" {
        error.what = "The sign-in was given up.".to_owned();
        error.why = "You or another sign-in ended it.".to_owned();
        error.fix = "Start it again whenever you like; nothing was saved.".to_owned();
    }
    error
}

impl Attended {
    fn show(&self, number: u64, page: &str) {
        let mut inner = self.lock();
        if let Some(pending) = inner
            .pending
            .as_mut()
            .filter(|pending| pending.number == number)
        {
            pending.page = Some(page.to_owned());
        }
    }
}

/// The page of the sign-in that is under way. The engine made or checked its address: none can be named from outside.
fn page(app: &App) -> Result<String, ApiError> {
    app.attended
        .lock()
        .pending
        .as_ref()
        .and_then(|pending| pending.page.clone())
        .ok_or_else(|| {
            ApiError::usage(
                "There is no page to open.",
                "Nobody is signing in, or the page is not one of the service's own.",
                "Start the sign-in again, or open the address shown yourself.",
            )
            .coded("no_sign_in")
        })
}

/// Opens the page of the sign-in that is under way in the system's browser.
pub async fn open_sign_in(app: &App, _: Nothing) -> Result<Nothing, ApiError> {
    links::open(&page(app)?)?;
    Ok(Nothing {})
}

/// Gives up the sign-in that is under way, and forgets one that was not saved.
pub async fn cancel_sign_in(app: &App, _: Nothing) -> Result<Nothing, ApiError> {
    app.attended.forget();
    Ok(Nothing {})
}
