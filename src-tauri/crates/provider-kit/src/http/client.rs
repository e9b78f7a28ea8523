//! Sends a request as often as it takes, within limits.

use super::{
    Answer, Ask, HttpPolicy, RequestLog,
    address::{check_address, is_loopback, same_origin},
    attempt::Logged,
    bounded, content, failure,
    pacing::{Lane, Lanes},
    redact,
    retry::{self, RetryAfter},
};
use crate::{ErrorClass, ProviderError};
use chrono::Utc;
use http::{HeaderValue, Method, header};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use url::Url;

/// Hops within one origin that are followed.
const MAX_HOPS: u32 = 3;
/// A malformed answer is asked for once more: it can be a passing fault of something in between.
const MALFORMED_ATTEMPTS: u32 = 2;

/// The client. Clones share pace, connections, log and counters.
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
}

struct Inner {
    policy: HttpPolicy,
    /// Honours the system's proxy.
    outside: reqwest::Client,
    /// Never uses one: this computer is not reached through a proxy.
    loopback: reqwest::Client,
    log: Arc<dyn RequestLog>,
    lanes: Lanes,
    counters: Counters,
    issuers: Mutex<BTreeMap<String, String>>,
}

#[derive(Default)]
struct Counters {
    sent: AtomicU64,
    retried: AtomicU64,
    throttled: AtomicU64,
    bytes: AtomicU64,
}

/// What went through a client so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Attempts sent.
    pub sent: u64,
    /// Those that were not the first.
    pub retried: u64,
    /// Answers that said "slow down".
    pub throttled: u64,
    /// Decoded bytes read.
    pub bytes: u64,
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

/// How an attempt ended, if not with an answer to return.
enum Outcome {
    Again {
        error: ProviderError,
        wait: Option<Duration>,
        slow: bool,
    },
    Final(ProviderError),
}

impl HttpClient {
    /// A client with these limits that writes every attempt to `log`.
    ///
    /// # Errors
    ///
    /// Configuration, where the extra certificates can't be read or TLS can't be set up.
    pub fn new(policy: HttpPolicy, log: Arc<dyn RequestLog>) -> Result<Self, ProviderError> {
        let outside = build(&policy, false)?;
        let loopback = build(&policy, true)?;
        Ok(Self {
            inner: Arc::new(Inner {
                policy,
                outside,
                loopback,
                log,
                lanes: Lanes::default(),
                counters: Counters::default(),
                issuers: Mutex::default(),
            }),
        })
    }

    /// The limits.
    #[must_use]
    pub fn policy(&self) -> &HttpPolicy {
        &self.inner.policy
    }

    /// What went through so far, all clones together.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let Counters {
            sent,
            retried,
            throttled,
            bytes,
        } = &self.inner.counters;
        Stats {
            sent: sent.load(Ordering::Relaxed),
            retried: retried.load(Ordering::Relaxed),
            throttled: throttled.load(Ordering::Relaxed),
            bytes: bytes.load(Ordering::Relaxed),
        }
    }

    /// Who issued the certificates of the hosts that answered so far: what a run's provenance records, and where an
    /// inspection proxy shows.
    #[must_use]
    pub fn tls_issuers(&self) -> BTreeMap<String, String> {
        self.inner
            .issuers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Sends `ask` and returns the first answer that another attempt would not better: every status but 429, 500, 502,
    /// 503 and 504 is the caller's to judge. A 2xx answer is complete and of the expected type.
    ///
    /// # Errors
    ///
    /// Of class network, TLS, proxy, throttled, outage, malformed answer or configuration; cancelled within half a
    /// second of `cancel`.
    pub async fn send(
        &self,
        ask: Ask,
        cancel: &CancellationToken,
    ) -> Result<Answer, ProviderError> {
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(ProviderError::cancelled()),
            result = self.persist(ask) => result,
        }
    }

    async fn persist(&self, ask: Ask) -> Result<Answer, ProviderError> {
        check_address(&ask.url)?;
        let policy = &self.inner.policy;
        let host = redact::host(&ask.url);
        let lane = match &ask.lane {
            Some(lane) => format!("{host} {lane}"),
            None => host,
        };
        let lane = self.inner.lanes.lane(&lane, policy);
        let mut malformed = 0;
        let mut attempt = 1;
        loop {
            let outcome = match self.attempt(&ask, attempt, &lane).await {
                Ok(answer) => {
                    lane.speed_up();
                    return Ok(answer);
                }
                Err(Outcome::Final(error)) => return Err(error),
                Err(Outcome::Again { error, wait, slow }) => (error, wait, slow),
            };
            let (error, wait, slow) = outcome;
            if error.class == ErrorClass::MalformedAnswer || error.class == ErrorClass::Proxy {
                malformed += 1;
            }
            let too_long = wait.is_some_and(|wait| wait > policy.max_retry_after);
            let pause = wait.unwrap_or_else(|| retry::backoff(policy, attempt + 1, rand::random()));
            if slow {
                self.inner
                    .counters
                    .throttled
                    .fetch_add(1, Ordering::Relaxed);
                // A wish that we don't fulfil ends this request; it must not block the host for hours.
                lane.slow_down(if too_long { Duration::ZERO } else { pause });
            }
            if too_long || attempt >= policy.attempts.max(1) || malformed >= MALFORMED_ATTEMPTS {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    async fn attempt(&self, ask: &Ask, attempt: u32, lane: &Lane) -> Result<Answer, Outcome> {
        let _place = lane.enter().await;
        let counters = &self.inner.counters;
        let mut url = ask.url.clone();
        let mut hops = 0;
        loop {
            counters.sent.fetch_add(1, Ordering::Relaxed);
            if attempt > 1 {
                counters.retried.fetch_add(1, Ordering::Relaxed);
            }
            let hop = Ask {
                url: url.clone(),
                ..ask.clone()
            };
            let mut logged = Logged::begin(self.inner.log.as_ref(), &hop, attempt);
            let result = self.exchange(&hop, &mut logged).await;
            let result = result.and_then(|answer| self.judge(ask, answer, attempt));
            match &result {
                Ok(answer) => logged.read(answer.body.len()),
                Err(Outcome::Again { error, .. } | Outcome::Final(error)) => logged.failed(error),
            }
            let answer = result?;
            counters
                .bytes
                .fetch_add(answer.body.len() as u64, Ordering::Relaxed);
            match next_hop(ask, &answer, hops).map_err(Outcome::Final)? {
                None => return Ok(answer),
                Some(target) => {
                    url = target;
                    hops += 1;
                }
            }
        }
    }

    /// One request on the wire and its body.
    async fn exchange(&self, ask: &Ask, logged: &mut Logged<'_>) -> Result<Answer, Outcome> {
        let policy = &self.inner.policy;
        let host = redact::host(&ask.url);
        let client = if is_loopback(&ask.url) {
            &self.inner.loopback
        } else {
            &self.inner.outside
        };
        let mut request = client
            .request(ask.method.clone(), ask.url.clone())
            .headers(ask.headers.clone());
        if !ask.headers.contains_key(header::ACCEPT_ENCODING) {
            request = request.header(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static(bounded::ACCEPTED),
            );
        }
        if let Some(body) = &ask.body {
            request = request.body(body.clone());
        }
        let work = async {
            let response = tokio::time::timeout(
                policy.idle_timeout.max(policy.connect_timeout),
                request.send(),
            )
            .await
            .map_err(|_| failure::timed_out(&host, Some(policy.idle_timeout)))
            .map_err(|error| (error, false))?
            .map_err(|error| {
                // Nothing was sent where no connection was made.
                let unsent = error.is_connect();
                (failure::from_reqwest(&host, error), unsent)
            })?;
            let status = response.status().as_u16();
            logged.status(status);
            let mut headers = response.headers().clone();
            let url = response.url().clone();
            let tls_issuer = super::issuer::of(&response);
            if let Some(issuer) = &tls_issuer {
                let mut issuers = self
                    .inner
                    .issuers
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                issuers.insert(host.clone(), issuer.clone());
            }
            let body = bounded::read(&host, response, policy)
                .await
                .map_err(|error| (error, false))?;
            headers.remove(header::CONTENT_ENCODING);
            headers.remove(header::CONTENT_LENGTH);
            headers.remove(header::TRANSFER_ENCODING);
            Ok(Answer {
                status,
                headers,
                body,
                url,
                tls_issuer,
            })
        };
        match tokio::time::timeout(policy.total_timeout, work).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err((error, unsent))) => Err(self.repeatable(ask, error, unsent)),
            Err(_) => Err(self.repeatable(
                ask,
                failure::timed_out(&host, Some(policy.total_timeout)),
                false,
            )),
        }
    }

    /// A failed exchange is worth another attempt if it may pass and repeating does no harm.
    fn repeatable(&self, ask: &Ask, error: ProviderError, unsent: bool) -> Outcome {
        let harmless = ask.idempotent || unsent;
        if error.is_passing() && harmless {
            Outcome::Again {
                error,
                wait: None,
                slow: false,
            }
        } else {
            Outcome::Final(error)
        }
    }

    /// Sorts answers: to return, to try again, or to refuse.
    fn judge(&self, ask: &Ask, answer: Answer, attempt: u32) -> Result<Answer, Outcome> {
        let host = redact::host(&ask.url);
        let status = answer.status;
        if status == 407 {
            return Err(Outcome::Final(failure::proxy_sign_in(&host)));
        }
        let told = ask
            .throttled_when
            .is_some_and(|throttled| throttled(&answer));
        if status == 500 && ask.own_failure.is_some_and(|own| !own(&answer)) {
            let error = failure::not_its_own(&host, status);
            return Err(once_more(ask, error));
        }
        if told || retry::is_passing(status) {
            let wait = match retry::retry_after(&answer.headers, Utc::now()) {
                RetryAfter::Wait(wait) => Some(wait),
                RetryAfter::Absent => None,
            };
            let slow = told || status == 429 || (status == 503 && wait.is_some());
            let error = if slow {
                failure::throttled(&host, status, wait, attempt)
            } else {
                failure::outage(&host, status, attempt)
            };
            // 429 and 503 with a wish say that nothing was done; after another 5xx something may have been.
            return Err(if slow || ask.idempotent {
                Outcome::Again { error, wait, slow }
            } else {
                Outcome::Final(error)
            });
        }
        if answer.is_success()
            && let Err(error) =
                content::judge(&host, status, &answer.headers, &answer.body, ask.expects)
        {
            return Err(once_more(ask, error));
        }
        Ok(answer)
    }
}

/// An answer that can't be used is asked for again where that does no harm.
fn once_more(ask: &Ask, error: ProviderError) -> Outcome {
    if ask.idempotent {
        Outcome::Again {
            error,
            wait: None,
            slow: false,
        }
    } else {
        Outcome::Final(error)
    }
}

/// Where a redirect leads, if there is one to follow.
fn next_hop(ask: &Ask, answer: &Answer, hops: u32) -> Result<Option<Url>, ProviderError> {
    if ask.hands_over_redirects || !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let host = redact::host(&ask.url);
    let target = answer
        .header("location")
        .and_then(|location| answer.url.join(location).ok());
    let Some(target) = target else {
        return Err(failure::redirected(&host, "no address"));
    };
    // A changed method would be another request than the one asked for.
    let same_method =
        matches!(ask.method, Method::GET | Method::HEAD) || matches!(answer.status, 307 | 308);
    if same_origin(&target, &ask.url)
        && same_method
        && hops < MAX_HOPS
        && check_address(&target).is_ok()
    {
        Ok(Some(target))
    } else {
        Err(failure::redirected(&host, &redact::host(&target)))
    }
}

fn build(policy: &HttpPolicy, loopback: bool) -> Result<reqwest::Client, ProviderError> {
    let broken = |why: String| {
        ProviderError::new(
            ErrorClass::Configuration,
            "tls_setup",
            "Secure connections can't be set up.",
            why,
            "Check the extra certificates in the settings; they are PEM text with one or more certificates.",
        )
    };
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("CMMCPro/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .tls_info(true)
        .connect_timeout(policy.connect_timeout)
        .pool_max_idle_per_host(policy.max_concurrent_per_host);
    if loopback {
        builder = builder.no_proxy();
    }
    if let Some(pem) = &policy.extra_ca_pem {
        let certificates = reqwest::Certificate::from_pem_bundle(pem.as_bytes())
            .map_err(|_| broken("The extra certificates are not readable.".to_owned()))?;
        if certificates.is_empty() {
            return Err(broken(
                "The extra certificates hold no certificate.".to_owned(),
            ));
        }
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map_err(|error| {
        broken("The system's certificates could not be used.".to_owned())
            .with_detail(error.to_string())
    })
}
