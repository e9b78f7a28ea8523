//! The emulator itself: a listener on the loopback with its own runtime, so it works from any kind of test.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::auth::{access, token};
use crate::bomb;
use crate::faults::{Fault, Faults, RetryAfter};
use crate::graph;
use crate::http1::{self, Read, Request};
use crate::limits::Refused;
use crate::log::LoggedRequest;
use crate::options::Options;
use crate::reply::{GraphError, Reply};
use crate::state::State;
use crate::tenant::{Tenant, stamp};

/// A running emulator. Dropping it closes the listener and every connection.
pub struct Emulator {
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts serving `tenant` on 127.0.0.1.
    ///
    /// # Errors
    /// When the port is taken or the system gives no sockets, threads or randomness.
    pub fn start(tenant: Tenant, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
        let state = Arc::new(State::new(
            tenant,
            options,
            url,
            hmac::Key::new(hmac::HMAC_SHA256, &key),
        ));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&state);
        let thread = std::thread::Builder::new()
            .name("graph-emulator".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    let accepting = tokio::spawn(accept(listener, serving));
                    // An error means the emulator was dropped without a word: stop just the same.
                    let _ = stopped.await;
                    accepting.abort();
                });
                runtime.shutdown_background();
            })?;
        Ok(Self {
            state,
            stop: Some(stop),
            thread: Some(thread),
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

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The receiver is gone only when the thread has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "the listener could not be used");
            return;
        }
    };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let state = Arc::clone(&state);
                tokio::spawn(async move {
                    if let Err(error) = connection(&state, stream).await {
                        tracing::debug!(%error, "connection ended");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}

/// Counts a request as under way for as long as it lives.
struct Running<'a>(&'a State);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.log.finish();
    }
}

async fn connection(state: &State, mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    loop {
        match http1::read(&mut stream, &mut buffer).await? {
            Read::Closed => return Ok(()),
            Read::Bad(status) => {
                stream.write_all(&http1::head(status, &[], 0, true)).await?;
                return stream.shutdown().await;
            }
            Read::Request(request) => {
                if !exchange(state, &mut stream, &request).await? || request.close {
                    return stream.shutdown().await;
                }
            }
        }
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
    let _running = Running(state);
    tokio::time::sleep(state.options.latency).await;
    let faults = state.faults.take(&request.path);
    if faults.contains(&Fault::Reset) {
        stream.set_zero_linger()?;
        // Leaving without shutting down makes the kernel send a reset.
        return Err(io::Error::from(io::ErrorKind::ConnectionReset));
    }
    let (mut reply, authorized) = dispatch(state, request, &faults);
    spoil(&mut reply, &faults)?;
    decorate(state, request, &mut reply);
    state.log.decide(number, reply.status, authorized);
    deliver(stream, request, &reply, &faults).await
}

fn dispatch(state: &State, request: &Request, faults: &[Fault]) -> (Reply, bool) {
    let is_graph = request.path.starts_with("/v1.0/");
    let signed_in = is_graph && access::check(state, request.header("authorization")).is_ok();
    for fault in faults {
        let refusal = match fault {
            Fault::Throttle { retry_after, .. } => {
                let mut reply = envelope(state, request, &too_many());
                if let Some(wait) = retry_after {
                    let text = match wait {
                        RetryAfter::Seconds(seconds) => seconds.to_string(),
                        RetryAfter::Date(ahead) => {
                            let at = state.now()
                                + chrono::Duration::from_std(*ahead).unwrap_or_default();
                            at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
                        }
                        RetryAfter::Text(text) => text.clone(),
                    };
                    reply = reply.with("Retry-After", text);
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
            Fault::HtmlPage => Reply::text(
                200,
                "text/html; charset=utf-8",
                "<!doctype html><title>Guest network</title><form action=/login><button>Accept</button></form>",
            ),
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
            token::serve(state, request, &http1::percent_decode(tenant), faults)
        }
        [tenant, "v2.0", ".well-known", "openid-configuration"] if request.method == "GET" => {
            token::discovery(state, &http1::percent_decode(tenant))
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
fn spoil(reply: &mut Reply, faults: &[Fault]) -> io::Result<()> {
    for fault in faults {
        match fault {
            Fault::EmptyBody => reply.body.clear(),
            Fault::WrongContentType => reply.set("Content-Type", "text/plain"),
            Fault::InvalidJson => reply.body.truncate(reply.body.len() * 2 / 3),
            Fault::GzipBomb { mebibytes } => {
                reply.body = bomb::gzip(*mebibytes)?;
                reply.set("Content-Encoding", "gzip");
            }
            _ => {}
        }
    }
    Ok(())
}

fn decorate(state: &State, request: &Request, reply: &mut Reply) {
    let id = state.request_id();
    reply.set(
        "Date",
        &state.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
    );
    reply.set("request-id", &id);
    reply.set(
        "client-request-id",
        request.header("client-request-id").unwrap_or(&id),
    );
    if request.path.starts_with("/v1.0/") {
        reply.set("OData-Version", "4.0");
        reply.set("Cache-Control", "no-cache");
    }
}

async fn deliver(
    stream: &mut TcpStream,
    request: &Request,
    reply: &Reply,
    faults: &[Fault],
) -> io::Result<bool> {
    let head = http1::head(
        reply.status,
        &reply.headers,
        reply.body.len(),
        request.close,
    );
    let slow = faults.iter().find_map(|fault| match fault {
        Fault::Slow {
            delay,
            piece,
            pause,
        } => Some((*delay, *piece, *pause)),
        _ => None,
    });
    if let Some((delay, ..)) = slow {
        tokio::time::sleep(delay).await;
    }
    stream.write_all(&head).await?;
    if faults.contains(&Fault::Truncate) {
        stream
            .write_all(reply.body.get(..reply.body.len() / 2).unwrap_or_default())
            .await?;
        return Ok(false);
    }
    match slow {
        Some((_, piece, pause)) if piece > 0 => {
            for part in reply.body.chunks(piece) {
                stream.write_all(part).await?;
                tokio::time::sleep(pause).await;
            }
        }
        _ => stream.write_all(&reply.body).await?,
    }
    Ok(true)
}
