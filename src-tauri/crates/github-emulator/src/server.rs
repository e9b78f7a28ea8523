//! The emulator itself.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use serde_json::Value;
use stand_in::http1::{self, Exchange};
use stand_in::retry_after::http_date;
use stand_in::{Bound, KeyError, Reply, Request, Serving};
use tokio::net::TcpStream;

use crate::api::{self, Outcome};
use crate::auth::device::{self, DeviceAnswer};
use crate::auth::jwt;
use crate::company::Company;
use crate::faults::{Fault, Faults};
use crate::log::LoggedRequest;
use crate::options::Options;
use crate::refusal::Refusal;
use crate::spoil;
use crate::state::State;
use crate::token::Token;

/// A running emulator. Dropping it closes the listener and every connection.
pub struct Emulator {
    state: Arc<State>,
    /// Held for what happens when it is dropped.
    _serving: Serving,
}

impl Emulator {
    /// Starts serving `company` on 127.0.0.1. Needs no runtime; may be called inside one.
    ///
    /// # Errors
    /// When the port is taken or the system gives no sockets, threads or randomness.
    pub fn start(company: Company, options: Options) -> io::Result<Self> {
        let bound = Bound::to(options.port)?;
        let mut salt = [0; 8];
        getrandom::fill(&mut salt).map_err(|error| io::Error::other(error.to_string()))?;
        let salt = u64::from_le_bytes(salt);
        let state = Arc::new(State::new(company, options, bound.url().to_owned(), salt));
        let handler = Arc::clone(&state);
        let serving = bound.serve("github-emulator", move |stream| {
            let handler = Arc::clone(&handler);
            async move { http1::serve(stream, &*handler).await }
        })?;
        Ok(Self {
            state,
            _serving: serving,
        })
    }

    /// The root of the host, `http://127.0.0.1:port`, without a slash at the end: where the device flow is.
    #[must_use]
    pub fn url(&self) -> String {
        self.state.url.clone()
    }

    /// The root of the API, without a slash at the end: [`Emulator::url`] and the base path.
    #[must_use]
    pub fn api_url(&self) -> String {
        self.state.api_url()
    }

    /// The secret of the first token in the options; empty if there is none.
    #[must_use]
    pub fn token(&self) -> String {
        self.options()
            .tokens
            .first()
            .map(|token| token.secret.clone())
            .unwrap_or_default()
    }

    /// The set-up it was started with.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.state.options
    }

    /// A copy of the company as it is now.
    #[must_use]
    pub fn company(&self) -> Company {
        self.state.company().clone()
    }

    /// Changes the company while it is served.
    pub fn edit(&self, change: impl FnOnce(&mut Company)) {
        change(
            &mut self
                .state
                .company
                .write()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    /// Makes one more token good, and gives its secret.
    pub fn add_token(&self, token: Token) -> String {
        let secret = token.secret.clone();
        self.state.accept(token);
        secret
    }

    /// Changes the tokens that are good: revokes them, takes permissions away.
    pub fn edit_tokens(&self, change: impl FnOnce(&mut Vec<Token>)) {
        change(
            &mut self
                .state
                .tokens
                .write()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    /// The App's private key, as the PEM file that GitHub hands out.
    ///
    /// # Errors
    /// When the system has no randomness to make it from.
    pub fn app_key_pem(&self) -> Result<String, KeyError> {
        self.state.key()?.pkcs1_pem()
    }

    /// An assertion of the App as a careful client makes it; `change` may spoil header and claims first.
    ///
    /// # Errors
    /// When the system has no randomness to sign with.
    pub fn sign_jwt(
        &self,
        change: impl FnOnce(&mut Value, &mut Value),
    ) -> Result<String, KeyError> {
        jwt::sign(&self.state, change)
    }

    /// What the person at the browser says to the device flow from now on.
    pub fn answer_device(&self, answer: DeviceAnswer) {
        self.state.device.answer(answer);
    }

    /// Every request so far, in the order of arrival.
    #[must_use]
    pub fn log(&self) -> Vec<LoggedRequest> {
        self.state.log.entries()
    }

    /// Forgets the log. Only sensible while no request is under way.
    pub fn clear_log(&self) {
        self.state.log.clear();
    }

    /// The largest number of requests that were under way at the same time.
    #[must_use]
    pub fn peak_concurrency(&self) -> usize {
        self.state.log.peak()
    }

    /// The switchboard for faults.
    #[must_use]
    pub fn faults(&self) -> Arc<Faults> {
        Arc::clone(&self.state.faults)
    }

    /// Moves the emulator's clock forward (tokens and codes expire, limits are reset).
    pub fn advance_clock(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX / 4);
        self.state.ahead.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Stops it; dropping does the same.
    pub fn stop(self) {
        drop(self);
    }
}

impl Exchange for State {
    async fn exchange(&self, stream: &mut TcpStream, request: &Request) -> io::Result<bool> {
        exchange(self, stream, request).await
    }
}

/// One request and its answer. False when the connection cannot be used again.
async fn exchange(state: &State, stream: &mut TcpStream, request: &Request) -> io::Result<bool> {
    let header = |name: &str| request.header(name).map(str::to_owned);
    let number = state.log.begin(LoggedRequest {
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        status: 0,
        at: state.now(),
        token: None,
        user_agent: header("user-agent"),
        api_version: header("x-github-api-version"),
        if_none_match: header("if-none-match"),
        bytes: 0,
    });
    let _running = state.log.running();
    tokio::time::sleep(state.options.latency).await;
    let segments = api::named(state, &request.path);
    let fault_path = match &segments {
        Some(segments) => format!("/{}", segments.join("/")),
        None => request.path.clone(),
    };
    let faults = state.faults.take(&fault_path);
    if faults.contains(&Fault::Reset) {
        return Err(http1::reset(stream));
    }
    let Outcome { mut reply, token } = answer(state, request, segments, &faults);
    reply.set("Date", http_date(state.now()));
    reply.set("Server", "github.com");
    reply.set("x-github-request-id", state.request_id());
    spoil::change(&mut reply, &faults)?;
    state.log.decide(number, |entry| {
        entry.status = reply.status;
        entry.token = token;
        entry.bytes = reply.body.len();
    });
    http1::deliver(stream, request, &reply, &Fault::manner(&faults)).await
}

fn answer(
    state: &State,
    request: &Request,
    segments: Option<Vec<String>>,
    faults: &[Fault],
) -> Outcome {
    let plain = |reply: Reply| Outcome { reply, token: None };
    if let Some(reply) = faults
        .iter()
        .find_map(|fault| spoil::instead(state, &request.path, fault))
    {
        return plain(reply);
    }
    if let Some((reply, token)) = device::serve(state, request) {
        return Outcome { reply, token };
    }
    match segments {
        Some(segments) => api::serve(state, request, &segments, faults),
        None => plain(Refusal::not_found().reply()),
    }
}
