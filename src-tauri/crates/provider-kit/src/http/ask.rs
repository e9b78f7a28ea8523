//! A request and its answer.

use super::redact;
use bytes::Bytes;
use evidence::PageRequest;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

/// What an answer with a success status must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expects {
    /// One JSON document.
    Json,
    /// An XML document.
    Xml,
    /// Anything, even nothing.
    Any,
}

/// A request. Its `Debug` form shows neither headers nor body.
#[derive(Clone)]
pub struct Ask {
    /// The method.
    pub method: Method,
    /// Where to. Never with a user name or password in it.
    pub url: Url,
    /// Headers; those with credentials are marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Bytes>,
    /// What a successful answer must be.
    pub expects: Expects,
    /// The path as logs and evidence show it, where a part of the real one is secret.
    pub log_path: Option<String>,
    /// Whose budget it draws on, where one address serves several that are limited apart (a stand-in for all of AWS);
    /// the host's otherwise.
    pub lane: Option<String>,
    /// Whether sending it twice does no harm. Others are repeated only when the service surely did not act on them.
    pub idempotent: bool,
    /// Says that an answer with an unusual status means "slow down" (AWS answers 400, GitHub 403): it is tried again.
    pub throttled_when: Option<fn(&Answer) -> bool>,
    /// Says whether an answer with status 500 is the service's own. Another's (a stand-in that lacks the operation, a
    /// broken proxy) is malformed: tried once more, and not for minutes.
    pub own_failure: Option<fn(&Answer) -> bool>,
    /// Whether 3xx answers are handed to the caller instead of being judged (S3 says the right region that way).
    pub hands_over_redirects: bool,
}

impl Ask {
    /// A request with this method; idempotent exactly when the method is by definition.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        let idempotent = method.is_idempotent();
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            expects: Expects::Json,
            log_path: None,
            lane: None,
            idempotent,
            throttled_when: None,
            own_failure: None,
            hands_over_redirects: false,
        }
    }

    /// A `GET` that expects JSON.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A form `POST` that expects JSON. The encoded body is wiped from memory when the last copy is dropped.
    /// Not taken as idempotent: codes and rotating tokens work once.
    #[must_use]
    pub fn form(url: Url, fields: &[(&str, &str)]) -> Self {
        // Room for everything percent-encoded: a string that grows leaves copies behind that nobody wipes.
        let room = fields
            .iter()
            .map(|(key, value)| 3 * (key.len() + value.len()) + 2)
            .sum();
        let mut form = form_urlencoded::Serializer::new(String::with_capacity(room));
        for (key, value) in fields {
            form.append_pair(key, value);
        }
        let body = Zeroizing::new(form.finish().into_bytes());
        let mut ask = Self::new(Method::POST, url);
        ask.body = Some(Bytes::from_owner(body));
        ask.header(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        )
    }

    /// A `POST` of a JSON document that expects JSON.
    #[must_use]
    pub fn json(url: Url, document: &serde_json::Value) -> Self {
        let mut ask = Self::new(Method::POST, url);
        ask.body = Some(Bytes::from(document.to_string()));
        ask.header(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )
    }

    /// With this bearer token. A token that no header can carry is left out: the service answers 401.
    #[must_use]
    pub fn bearer(self, token: &SecretString) -> Self {
        let text = Zeroizing::new(format!("Bearer {}", token.expose_secret()));
        match HeaderValue::from_str(&text) {
            Ok(value) => self.secret_header(header::AUTHORIZATION, value),
            Err(_) => self,
        }
    }

    /// With this header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With this header, whose value is a secret.
    #[must_use]
    pub fn secret_header(self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.header(name, value)
    }

    /// Expecting this.
    #[must_use]
    pub const fn expects(mut self, expects: Expects) -> Self {
        self.expects = expects;
        self
    }

    /// Shown with this path in logs and evidence.
    #[must_use]
    pub fn logged_as(mut self, path: impl Into<String>) -> Self {
        self.log_path = Some(path.into());
        self
    }

    /// Drawing on the budget `lane` of the host.
    #[must_use]
    pub fn in_lane(mut self, lane: impl Into<String>) -> Self {
        self.lane = Some(lane.into());
        self
    }

    /// Harmless to repeat: a `POST` that only reads.
    #[must_use]
    pub const fn repeatable(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Tried again when `throttled` says so of an answer that would otherwise be returned.
    #[must_use]
    pub const fn throttled_when(mut self, throttled: fn(&Answer) -> bool) -> Self {
        self.throttled_when = Some(throttled);
        self
    }

    /// Taking a failure that `own` does not know for a malformed answer.
    #[must_use]
    pub const fn own_failure_when(mut self, own: fn(&Answer) -> bool) -> Self {
        self.own_failure = Some(own);
        self
    }

    /// Handing 3xx answers to the caller.
    #[must_use]
    pub const fn handing_over_redirects(mut self) -> Self {
        self.hands_over_redirects = true;
        self
    }

    /// The request as evidence and the log name it: secret and opaque values are `***`.
    #[must_use]
    pub fn page_request(&self) -> PageRequest {
        PageRequest {
            method: self.method.to_string(),
            host: redact::host(&self.url),
            path: self
                .log_path
                .clone()
                .unwrap_or_else(|| self.url.path().to_owned()),
            query: redact::query(&self.url),
        }
    }
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PageRequest {
            method,
            host,
            path,
            query,
        } = self.page_request();
        f.debug_struct("Ask")
            .field("method", &method)
            .field("host", &host)
            .field("path", &path)
            .field("query", &query)
            .finish_non_exhaustive()
    }
}

/// What a service answered: complete, decoded, and of the expected type if the status says success.
#[derive(Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, without those that describe the transfer encoding.
    pub headers: HeaderMap,
    /// The decoded body.
    pub body: Bytes,
    /// Where it came from, after redirects within the same origin.
    pub url: Url,
    /// Who issued the certificate of an `https` service, as far as it could be read: shows an inspection proxy.
    pub tls_issuer: Option<String>,
}

impl Answer {
    /// Whether the status is 2xx.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; for answers to requests that expect JSON it is always a document.
    pub fn json(&self) -> Result<serde_json::Value, crate::Malformed> {
        serde_json::from_slice(&self.body)
            .map_err(|error| crate::Malformed(format!("not readable as JSON: {error}")))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("host", &redact::host(&self.url))
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
