//! Bearer tokens: asked for once, kept in memory, renewed before they end.

use super::{CertificateKey, Clock};
use crate::{Answer, Ask, ErrorClass, HttpClient, ProviderError};
use evidence::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::{fmt, sync::Arc};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use url::Url;

/// A token is renewed so many seconds before its end, or at half of a short life.
const EARLY_S: i64 = 300;
/// What a token's life is taken to be where the service does not say, in seconds.
const UNSAID_LIFE_S: i64 = 300;
/// Longest life that is believed, in seconds.
const LONGEST_LIFE_S: i64 = 24 * 3600;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A token. Its `Debug` form does not show it.
#[derive(Clone)]
pub struct BearerToken {
    /// The token.
    pub token: SecretString,
    /// When it ends.
    pub expires_at: Timestamp,
    renew_at: Timestamp,
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerToken")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// What proves who the client is.
#[derive(Debug)]
pub enum ClientCredential {
    /// A shared secret.
    Secret(SecretString),
    /// A certificate's key. `Arc`, as the session may show its fingerprint.
    Certificate(Arc<CertificateKey>),
}

/// Where and for what a token is asked.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// The token endpoint, which is also the audience of assertions.
    pub endpoint: Url,
    /// The client's id.
    pub client_id: String,
    /// The scope, where the service wants one.
    pub scope: Option<String>,
    /// Further plain fields.
    pub extra: Vec<(String, String)>,
    /// Turns an answer other than 200 into an error with a remedy.
    pub refusal: fn(&Answer) -> ProviderError,
}

/// Gets tokens and keeps the newest in memory. Shared by everything of one session; asked for once at a time.
pub struct TokenSource {
    http: HttpClient,
    clock: Arc<dyn Clock>,
    request: TokenRequest,
    credential: ClientCredential,
    newest: Mutex<Option<BearerToken>>,
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSource")
            .field("client_id", &self.request.client_id)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    token_type: Option<String>,
    expires_in: Option<serde_json::Value>,
}

impl TokenSource {
    /// A source for this request.
    #[must_use]
    pub fn new(
        http: HttpClient,
        clock: Arc<dyn Clock>,
        request: TokenRequest,
        credential: ClientCredential,
    ) -> Self {
        Self {
            http,
            clock,
            request,
            credential,
            newest: Mutex::new(None),
        }
    }

    /// A token that holds for at least some minutes: the kept one, or a new one.
    ///
    /// # Errors
    ///
    /// Those of [`HttpClient::send`], and what `refusal` makes of other answers.
    pub async fn token(&self, cancel: &CancellationToken) -> Result<BearerToken, ProviderError> {
        let mut newest = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(ProviderError::cancelled()),
            newest = self.newest.lock() => newest,
        };
        if let Some(token) = newest
            .as_ref()
            .filter(|token| self.clock.now() < token.renew_at)
        {
            return Ok(token.clone());
        }
        // An old one is of no use to anybody, even if the new one can't be had.
        *newest = None;
        let token = self.fetch(cancel).await?;
        *newest = Some(token.clone());
        Ok(token)
    }

    /// Forgets `token`, which the service refused; another one that came in meanwhile stays.
    pub async fn forget(&self, token: &BearerToken) {
        let mut newest = self.newest.lock().await;
        if newest
            .as_ref()
            .is_some_and(|kept| kept.token.expose_secret() == token.token.expose_secret())
        {
            *newest = None;
        }
    }

    async fn fetch(&self, cancel: &CancellationToken) -> Result<BearerToken, ProviderError> {
        let request = &self.request;
        let mut fields = vec![
            ("grant_type", "client_credentials"),
            ("client_id", request.client_id.as_str()),
        ];
        if let Some(scope) = &request.scope {
            fields.push(("scope", scope));
        }
        fields.extend(
            request
                .extra
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        let now = self.clock.now();
        let assertion;
        match &self.credential {
            ClientCredential::Secret(secret) => {
                fields.push(("client_secret", secret.expose_secret()))
            }
            ClientCredential::Certificate(key) => {
                assertion = key
                    .assertion(&request.client_id, request.endpoint.as_str(), now)
                    .map_err(|error| {
                        ProviderError::new(
                            ErrorClass::Configuration,
                            "certificate_unusable",
                            "Signing in with the certificate did not work.",
                            error.to_string(),
                            "Enter the certificate and its private key again.",
                        )
                    })?;
                fields.push(("client_assertion_type", ASSERTION_TYPE));
                fields.push(("client_assertion", assertion.expose_secret()));
            }
        }
        // A second token does no harm: nothing is used up by asking.
        let ask = Ask::form(request.endpoint.clone(), &fields).repeatable();
        let answer = self.http.send(ask, cancel).await?;
        if answer.status != 200 {
            return Err((request.refusal)(&answer));
        }
        read(&answer, now)
    }
}

fn read(answer: &Answer, now: Timestamp) -> Result<BearerToken, ProviderError> {
    let malformed =
        |why: &str| ProviderError::malformed("The answer to the sign-in can't be used.", why);
    // The parser's message could repeat a part of the answer, so it is left out.
    let parsed: TokenAnswer = serde_json::from_slice(&answer.body)
        .map_err(|_| malformed("It is not of the documented shape."))?;
    if parsed
        .token_type
        .is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer"))
    {
        return Err(malformed("Its token is not a bearer token."));
    }
    let token = parsed.access_token.expose_secret();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(malformed("Its token is not one that a header can carry."));
    }
    let life = match parsed.expires_in {
        Some(serde_json::Value::Number(seconds)) => seconds.as_i64().unwrap_or(UNSAID_LIFE_S),
        // Some services write the number as text.
        Some(serde_json::Value::String(seconds)) => seconds.parse().unwrap_or(UNSAID_LIFE_S),
        _ => UNSAID_LIFE_S,
    }
    .clamp(0, LONGEST_LIFE_S);
    let early = EARLY_S.min(life / 2);
    Ok(BearerToken {
        token: parsed.access_token,
        expires_at: Timestamp::from_unix(now.unix() + life),
        renew_at: Timestamp::from_unix(now.unix() + life - early),
    })
}
