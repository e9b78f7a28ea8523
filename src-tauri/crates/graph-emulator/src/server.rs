//! The emulator itself: a listener on the loopback with its own runtime, so it works from any kind of test.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use serde_json::Value;
use stand_in::form::percent_decode;
use stand_in::http1::{self, Exchange};
use stand_in::retry_after::http_date;
use stand_in::{Bound, Reply, Request, Serving, bomb, spoil};
use tokio::net::TcpStream;

use crate::auth::{access, person, token};
use crate::faults::{Fault, Faults};
use crate::graph;
use crate::limits::Refused;
use crate::log::LoggedRequest;
use crate::options::Options;
use crate::reply::GraphError;
use crate::state::State;
use crate::tenant::{Tenant, stamp};

/// A running emulator. Dropping it closes the listener and every connection.
pub struct Emulator {
    state: Arc<State>,
    /// Held for what happens when it is dropped.
    _serving: Serving,
}

impl Emulator {
    /// Starts serving `tenant` on 127.0.0.1.
    ///
    /// # Errors
    /// When the port is taken or the system gives no sockets, threads or randomness.
    pub fn start(tenant: Tenant, options: Options) -> io::Result<Self> {
        let bound = Bound::to(options.port)?;
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
        let state = Arc::new(State::new(
            tenant,
            options,
            bound.url().to_owned(),
            hmac::Key::new(hmac::HMAC_SHA256, &key),
        ));
        let handler = Arc::clone(&state);
        let serving = bound.serve("graph-emulator", move |stream| {
            let handler = Arc::clone(&handler);
            async move { http1::serve(stream, &*handler).await }
        })?;
        Ok(Self {
            state,
            _serving: serving,
        })
    }

    /// The root address, `http://127.0.0.1:port`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        self.state.url.clone()
    }

    /// The sign-in authority: `{login_url}/{tenant}/oauth2/v2.0/token`.
    #[must_use]
    pub fn login_url(&self) -> String {
        self.url()
    }

    /// The Graph root: `{graph_url}/v1.0/users`.
    #[must_use]
    pub fn graph_url(&self) -> String {
        self.url()
    }

    /// The set-up it was started with.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.state.options
    }

    /// A copy of the tenant as it is now.
    #[must_use]
    pub fn tenant(&self) -> Tenant {
        self.state.tenant().clone()
    }

    /// Changes the tenant while it is served.
    pub fn edit(&self, change: impl FnOnce(&mut Tenant)) {
        change(
            &mut self
                .state
                .tenant
                .write()
                .unwrap_or_else(PoisonError::into_inner),
        );
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

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// Moves the emulator's clock forward (tokens expire, assertions become too old).
    pub fn advance_clock(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX / 4);
        self.state.ahead.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Issues an access token without asking for credentials; `change` may spoil its claims first.
    #[must_use]
    pub fn mint_token(&self, change: impl FnOnce(&mut Value)) -> String {
        let tid = self.state.tenant().id.clone();
        let mut claims = access::claims(&self.state, &tid);
        change(&mut claims);
        access::mint(&self.state, &claims)
    }
}

impl Exchange for State {
    async fn exchange(&self, stream: &mut TcpStream, request: &Request) -> io::Result<bool> {
        exchange(self, stream, request).await
    }
}

/// One request and its answer. False when the connection cannot be used again.
async fn exchange(state: &State, stream: &mut TcpStream, request: &Request) -> io::Result<bool> {
    let number = state.log.begin(LoggedRequest {
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        status: 0,
        at: state.now(),
        authorized: false,
        client_request_id: request.header("client-request-id").map(str::to_owned),
        user_agent: request.header("user-agent").map(str::to_owned),
    });
    let _running = state.log.running();
    tokio::time::sleep(state.options.latency).await;
    let faults = state.faults.take(&request.path);
    if faults.contains(&Fault::Reset) {
        return Err(http1::reset(stream));
    }
    let (mut reply, authorized) = dispatch(state, request, &faults);
    change_body(&mut reply, &faults)?;
    decorate(state, request, &mut reply);
    state.log.decide(number, |entry| {
        entry.status = reply.status;
        entry.authorized = authorized;
    });
    http1::deliver(stream, request, &reply, &Fault::manner(&faults)).await
}

fn dispatch(state: &State, request: &Request, faults: &[Fault]) -> (Reply, bool) {
    let is_graph = request.path.starts_with("/v1.0/");
    let signed_in = is_graph && access::check(state, request.header("authorization")).is_ok();
    for fault in faults {
        let refusal = match fault {
            Fault::Throttle { retry_after, .. } => {
                let mut reply = envelope(state, request, &too_many());
                if let Some(wait) = retry_after {
                    reply = reply.with("Retry-After", wait.value(state.now()));
                }
                reply
            }
            Fault::ServerError { .. } => envelope(
                state,
                request,
                &GraphError::new(503, "serviceNotAvailable", "The service is unavailable."),
            ),
            Fault::Unauthorized { .. } => envelope(
                state,
                request,
                &GraphError::unauthorized("Lifetime validation failed, the token is expired."),
            ),
            Fault::Forbidden => envelope(
                state,
                request,
                &GraphError::new(
                    403,
                    "Authorization_RequestDenied",
                    "Insufficient privileges to complete the operation.",
                ),
            ),
            Fault::HtmlPage => spoil::captive_portal(),
            _ => continue,
        };
        return (refusal, signed_in);
    }
    if state.options.limits
        && let Err(Refused(wait)) = state.limits.admit(&request.path, Instant::now())
    {
        let mut reply = envelope(state, request, &too_many());
        if let Some(seconds) = wait {
            reply = reply.with("Retry-After", seconds.to_string());
        }
        return (reply, signed_in);
    }
    if is_graph {
        let (result, authorized) = graph::serve(state, request, faults);
        return (
            result.unwrap_or_else(|error| envelope(state, request, &error)),
            authorized,
        );
    }
    let segments: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
    match segments.as_slice() {
        [tenant, "oauth2", "v2.0", "token"] => {
            token::serve(state, request, &percent_decode(tenant), faults)
        }
        [tenant, "oauth2", "v2.0", "authorize"] if request.method == "GET" => {
            person::authorize(state, request, &percent_decode(tenant))
        }
        [tenant, "oauth2", "v2.0", "devicecode"] if request.method == "POST" => {
            person::device_code(state, request, &percent_decode(tenant))
        }
        [tenant, "v2.0", ".well-known", "openid-configuration"] if request.method == "GET" => {
            token::discovery(state, &percent_decode(tenant))
        }
        _ => (
            envelope(
                state,
                request,
                &GraphError::new(404, "BadRequest", "Nothing is here."),
            ),
            false,
        ),
    }
}

fn too_many() -> GraphError {
    GraphError::new(429, "TooManyRequests", "Too many requests.")
}

fn envelope(state: &State, request: &Request, error: &GraphError) -> Reply {
    let client = request.header("client-request-id").unwrap_or_default();
    error.reply(&stamp(state.now()), &state.request_id(), client)
}

/// Applies the faults that change a body.
fn change_body(reply: &mut Reply, faults: &[Fault]) -> io::Result<()> {
    for fault in faults {
        match fault {
            Fault::EmptyBody => reply.body.clear(),
            Fault::WrongContentType => reply.set("Content-Type", "text/plain"),
            Fault::InvalidJson => spoil::stop_in_the_middle(reply),
            Fault::GzipBomb { mebibytes } => {
                reply.body = bomb::gzip(br#"{"value":[{"id":""#, br#""}]}"#, *mebibytes)?;
                reply.set("Content-Encoding", "gzip");
            }
            _ => {}
        }
    }
    Ok(())
}

fn decorate(state: &State, request: &Request, reply: &mut Reply) {
    let id = state.request_id();
    reply.set("Date", http_date(state.now()));
    reply.set("request-id", id.as_str());
    reply.set(
        "client-request-id",
        request.header("client-request-id").unwrap_or(&id),
    );
    if request.path.starts_with("/v1.0/") {
        reply.set("OData-Version", "4.0");
        reply.set("Cache-Control", "no-cache");
    }
}
