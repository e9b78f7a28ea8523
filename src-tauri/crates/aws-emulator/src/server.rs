//! The emulator itself: a listener on the loopback with its own runtime, so it works from any kind of test.

use std::io;
use std::sync::Arc;

use chrono::Utc;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use stand_in::retry_after::http_date;
use stand_in::{Bound, Serving};
use tokio::net::TcpStream;

use crate::admit::admit;
use crate::amend::amend;
use crate::answer::Answer;
use crate::call::{Call, Wire};
use crate::deliver::Delivery;
use crate::faults::{Fault, Faults};
use crate::forward::{forward, resigned};
use crate::log::LoggedRequest;
use crate::options::{Options, RootUser, Simulation};
use crate::own;
use crate::refusal::Refusal;
use crate::scope::Scope;
use crate::spoil;
use crate::state::State;

/// Longest body of a request, in bytes.
const BODY: usize = 16 * 1024 * 1024;

/// A running emulator. Dropping it closes the listener and every connection.
pub struct Emulator {
    state: Arc<State>,
    /// Held for what happens when it is dropped.
    _serving: Serving,
}

impl Emulator {
    /// Starts serving on 127.0.0.1. Needs no runtime; may be called inside one.
    ///
    /// # Errors
    /// When the port is taken or the system gives no sockets or threads.
    pub fn start(options: Options) -> io::Result<Self> {
        let bound = Bound::to(options.port)?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(io::Error::other)?;
        let state = Arc::new(State::new(options, bound.url().to_owned(), http));
        let serving = Arc::clone(&state);
        let serving = bound.serve("aws-emulator", move |stream| {
            connection(Arc::clone(&serving), stream)
        })?;
        Ok(Self {
            state,
            _serving: serving,
        })
    }

    /// The address to use as the AWS endpoint, `http://127.0.0.1:port`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.state.url
    }

    /// Every request so far, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.state.log.entries()
    }

    /// Forgets the requests. Only sensible while none is under way.
    pub fn clear_requests(&self) {
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

    /// Switches a fault on: `set_fault("ec2:DescribeVolumes@us-east-2", Fault::Truncate)`.
    pub fn set_fault(&self, scope: impl Into<Scope>, fault: Fault) {
        self.state.faults.set(scope, fault);
    }

    /// Switches off every fault set with exactly this scope.
    pub fn clear_fault(&self, scope: impl Into<Scope>) {
        self.state.faults.clear(scope);
    }

    /// Switches every fault off.
    pub fn clear_faults(&self) {
        self.state.faults.clear_all();
    }

    /// Denies an operation in one region or in all: `deny("config:DescribeConfigRules", None)`.
    pub fn deny(&self, call: &str, region: Option<&str>) {
        let scope = Scope::from(call);
        let scope = match region {
            Some(region) => scope.in_region(region),
            None => scope,
        };
        self.set_fault(scope, Fault::Denied(crate::Denial::NoPolicy));
    }

    /// Makes Security Hub in a region answer that the account is not subscribed.
    pub fn not_subscribed(&self, region: &str) {
        self.set_fault(
            Scope::from("securityhub").in_region(region),
            Fault::NotSubscribed,
        );
    }

    /// Makes every service in a region refuse every key, as where a region is not enabled.
    pub fn region_not_enabled(&self, region: &str) {
        self.set_fault(Scope::all().in_region(region), Fault::RegionNotEnabled);
    }

    /// Answers what the scope covers with this, before anything else answers it. Errors and headers are possible too.
    pub fn set_answer(&self, scope: impl Into<Scope>, answer: Answer) {
        self.state.set_answer(scope.into(), answer);
    }

    /// Forgets what [`Emulator::set_answer`] set.
    pub fn clear_answers(&self) {
        self.state.clear_answers();
    }

    /// Changes the root user.
    pub fn set_root(&self, root: RootUser) {
        self.state.set_root(root);
    }

    /// Changes what the policy simulator says.
    pub fn set_simulation(&self, simulation: Simulation) {
        self.state.set_simulation(simulation);
    }

    /// Makes a key known. From the first one on, signatures are verified and other keys refused.
    pub fn add_key(&self, id: &str, secret: &str) {
        self.state.add_key(id, secret);
    }

    /// Puts the emulator's clock so many seconds ahead of the system's, or behind it: what it says in `Date`, and what
    /// the times of requests are compared with.
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.state.set_clock_ahead(seconds);
    }

    /// Stops it; dropping does the same.
    pub fn stop(self) {
        drop(self);
    }
}

async fn connection(state: Arc<State>, stream: TcpStream) -> io::Result<()> {
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move { exchange(&state, request).await }
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let Err(error) = (&mut connection).await else {
        return Ok(());
    };
    if is_reset(&error) {
        return Err(stand_in::http1::reset(
            &connection.into_parts().io.into_inner(),
        ));
    }
    Err(io::Error::other(error))
}

fn is_reset(error: &hyper::Error) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|error| error.kind() == io::ErrorKind::ConnectionReset)
}

/// One request and its answer. An error ends the connection.
async fn exchange(state: &State, request: Request<Incoming>) -> io::Result<Response<Delivery>> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY).collect().await else {
        return respond(state, Answer::with_status(413, ""), &[]);
    };
    let wire = Wire {
        method: head.method,
        uri: head.uri,
        headers: head.headers,
        body: body.to_bytes(),
    };
    // Not AWS: the emulator's own log, and moto's switches.
    if wire.path() == "/__emulator/log" {
        let log = serde_json::to_vec(&state.log.entries())?;
        return respond(
            state,
            Answer::ok(log).with("content-type", "application/json"),
            &[],
        );
    }
    if wire.path().starts_with("/moto-api/") {
        return respond(state, forward(state, &wire).await, &[]);
    }
    let _running = state.log.running();
    let admitted = admit(state, &wire);
    let number = state.log.begin(logged(&wire, admitted.as_ref().ok()));
    tokio::time::sleep(state.options.latency).await;
    let call = match admitted {
        Ok(call) => call,
        Err((protocol, refusal)) => {
            let mut answer = refusal.write(protocol, &state.request_id());
            answer.set("content-type", protocol.content_type());
            decide(state, number, &answer, false);
            return respond(state, answer, &[]);
        }
    };
    let faults = state.faults.take(&call);
    if faults.contains(&Fault::Reset) {
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    let (mut answer, forwarded) = answer(state, &call, &wire, &faults).await;
    if answer.header("content-type").is_none() {
        answer.set("content-type", call.protocol.content_type());
    }
    spoil::spoil(&call, &mut answer, &faults)?;
    decide(state, number, &answer, forwarded);
    for fault in &faults {
        if let Fault::Slow { delay, .. } = fault {
            tokio::time::sleep(*delay).await;
        }
    }
    respond(state, answer, &faults)
}

fn decide(state: &State, number: usize, answer: &Answer, forwarded: bool) {
    state.log.decide(number, |entry| {
        entry.status = answer.status;
        entry.forwarded = forwarded;
    });
}

/// The answer, and whether moto gave it.
async fn answer(state: &State, call: &Call, wire: &Wire, faults: &[Fault]) -> (Answer, bool) {
    if let Some(refusal) = faults.iter().find_map(|fault| refused(call, fault)) {
        return (refusal.write(call.protocol, &state.request_id()), false);
    }
    if faults.contains(&Fault::HtmlPage) {
        return (spoil::captive_portal(), false);
    }
    let repeats = faults.contains(&Fault::RepeatToken);
    if repeats
        && spoil::asks_again(wire)
        && let Some(again) = state.repeated(call)
    {
        return (again, false);
    }
    let (mut answer, forwarded) = match own::serve(state, call).await {
        Some(Ok(answer)) => (answer, false),
        Some(Err(refusal)) => (refusal.write(call.protocol, &state.request_id()), false),
        None => {
            let mut answer = forward(state, &resigned(state, call, wire)).await;
            amend(state, call, &mut answer);
            (answer, true)
        }
    };
    if answer.header("x-amzn-requestid").is_none() {
        answer.set("x-amzn-requestid", state.request_id());
    }
    if faults.contains(&Fault::EmptyToken) {
        spoil::empty_token(call, &mut answer);
    }
    if repeats {
        spoil::repeat_token(call, &mut answer);
        state.keep_repeated(call, &answer);
    }
    (answer, forwarded)
}

/// The error that a fault stands for, if it is one.
fn refused(call: &Call, fault: &Fault) -> Option<Refusal> {
    let protocol = call.protocol;
    Some(match fault {
        Fault::Denied(why) => Refusal::denied(call, *why),
        Fault::NotSubscribed => Refusal::not_subscribed(),
        Fault::RegionNotEnabled => Refusal::unknown_key(protocol),
        Fault::Expired => Refusal::expired(protocol),
        Fault::Throttle { .. } => Refusal::throttled(&call.service, protocol),
        Fault::ServerError { status, .. } => Refusal::broken(protocol, *status),
        Fault::Refuse {
            status,
            code,
            message,
            ..
        } => Refusal::new(*status, code, message),
        _ => return None,
    })
}

fn logged(wire: &Wire, call: Option<&Call>) -> LoggedRequest {
    let part = |part: fn(&Call) -> &String| call.map(part).cloned().unwrap_or_default();
    LoggedRequest {
        method: wire.method.to_string(),
        path: wire.path().to_owned(),
        service: part(|call| &call.service),
        region: part(|call| &call.region),
        operation: part(|call| &call.operation),
        access_key_id: part(|call| &call.key_id),
        status: 0,
        forwarded: false,
        at: Utc::now(),
    }
}

fn respond(state: &State, answer: Answer, faults: &[Fault]) -> io::Result<Response<Delivery>> {
    let mut response = Response::builder()
        .status(answer.status)
        .header("date", http_date(state.now()));
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response
        .body(Delivery::new(answer.body, faults))
        .map_err(io::Error::other)
}
