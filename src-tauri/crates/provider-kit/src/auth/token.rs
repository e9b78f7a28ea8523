//! Bearer tokens: asked for once, kept in memory, renewed before they end.

use super::{BearerToken, CertificateKey, Clock, SecretsSink, Tokens, sign_in_again, tokens};
use crate::{Answer, Ask, ErrorClass, HttpClient, ProviderError};
use evidence::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use std::{collections::BTreeMap, fmt, sync::Arc};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;
use url::Url;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What proves who is asking.
pub enum ClientCredential {
    /// A shared secret.
    Secret(SecretString),
    /// A certificate's key. `Arc`, as the session may show its fingerprint.
    Certificate(Arc<CertificateKey>),
    /// A person who signed in: what that gave, and where what replaces it is kept.
    Person(Box<Tokens>, Arc<dyn SecretsSink>),
}

impl fmt::Debug for ClientCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret",
            Self::Certificate(_) => "Certificate",
            Self::Person(..) => "Person",
        })
    }
}

impl ClientCredential {
    /// A person's sign-in as the engine keeps it among the secrets of a connection.
    ///
    /// # Errors
    ///
    /// Authentication, where nobody signed in.
    pub fn person(
        secrets: &BTreeMap<String, SecretString>,
        renewed: Arc<dyn SecretsSink>,
    ) -> Result<Self, ProviderError> {
        Ok(Self::Person(Box::new(Tokens::kept(secrets)?), renewed))
    }
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
    asking: Arc<Asking>,
    newest: Arc<Mutex<Newest>>,
}

struct Asking {
    http: HttpClient,
    clock: Arc<dyn Clock>,
    request: TokenRequest,
    credential: Unattended,
}

/// How a token is asked for without what a person's sign-in gave.
enum Unattended {
    Secret(SecretString),
    Certificate(Arc<CertificateKey>),
    Person(Arc<dyn SecretsSink>),
}

#[derive(Default)]
struct Newest {
    /// What is used.
    token: Option<BearerToken>,
    /// What a person's sign-in gave last.
    person: Option<Box<Tokens>>,
    /// Whether that is kept already: nothing is used before.
    unkept: bool,
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSource")
            .field("client_id", &self.asking.request.client_id)
            .finish_non_exhaustive()
    }
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
        let mut newest = Newest::default();
        let credential = match credential {
            ClientCredential::Secret(secret) => Unattended::Secret(secret),
            ClientCredential::Certificate(key) => Unattended::Certificate(key),
            ClientCredential::Person(tokens, sink) => {
                newest.token = Some(tokens.access.clone());
                newest.person = Some(tokens);
                Unattended::Person(sink)
            }
        };
        Self {
            asking: Arc::new(Asking {
                http,
                clock,
                request,
                credential,
            }),
            newest: Arc::new(Mutex::new(newest)),
        }
    }

    /// A token that holds for at least some minutes: the kept one, or a new one.
    ///
    /// # Errors
    ///
    /// Those of [`HttpClient::send`], and what `refusal` makes of other answers. Where a person has to sign in again,
    /// authentication with the code [`super::SIGN_IN_AGAIN`].
    pub async fn token(&self, cancel: &CancellationToken) -> Result<BearerToken, ProviderError> {
        let mut newest = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(ProviderError::cancelled()),
            newest = Arc::clone(&self.newest).lock_owned() => newest,
        };
        if let Some(token) = newest
            .token
            .as_ref()
            .filter(|token| self.asking.clock.now() < token.renew_at)
        {
            return Ok(token.clone());
        }
        // An old one is of no use to anybody, even if the new one can't be had.
        newest.token = None;
        let asking = Arc::clone(&self.asking);
        if newest.person.is_none() {
            let token = asking.fetch(cancel).await?;
            newest.token = Some(token.clone());
            return Ok(token);
        }
        // The service may replace the refresh token with its answer. Work that is stopped between the answer and the
        // writing would lose it, so this goes on by itself, with the lock in its hands.
        let renewing = tokio::spawn(async move { asking.renew(newest).await });
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(ProviderError::cancelled()),
            renewed = renewing => renewed.unwrap_or_else(|_| Err(ProviderError::cancelled())),
        }
    }

    /// When a person has to sign in again at the latest, where the service says so.
    pub async fn sign_in_ends(&self) -> Option<Timestamp> {
        self.newest.lock().await.person.as_ref()?.ends()
    }

    /// Forgets `token`, which the service refused; another one that came in meanwhile stays.
    pub async fn forget(&self, token: &BearerToken) {
        let mut newest = self.newest.lock().await;
        if newest
            .token
            .as_ref()
            .is_some_and(|kept| kept.token.expose_secret() == token.token.expose_secret())
        {
            newest.token = None;
        }
    }
}

impl Asking {
    /// A new access token in a person's name. What is new is kept before it is used.
    async fn renew(
        &self,
        mut newest: OwnedMutexGuard<Newest>,
    ) -> Result<BearerToken, ProviderError> {
        let Unattended::Person(sink) = &self.credential else {
            return Err(sign_in_again("Nobody has signed in yet."));
        };
        // Held until what is new is kept.
        let turn = sink.turn().await?;
        if !newest.unkept {
            if let Some(token) = self.taken_over(&mut newest, turn.newest.as_ref()) {
                return Ok(token);
            }
            let tokens = self.refresh(newest.person.as_deref()).await?;
            newest.person = Some(Box::new(tokens));
            newest.unkept = true;
        }
        let Some(person) = newest.person.as_deref() else {
            return Err(sign_in_again("Nobody has signed in yet."));
        };
        sink.keep(person.secrets()?).await?;
        let token = person.access.clone();
        newest.unkept = false;
        newest.token = Some(token.clone());
        Ok(token)
    }

    /// Takes over what another session of this connection renewed meanwhile; gives its access token where that holds.
    fn taken_over(
        &self,
        newest: &mut Newest,
        kept: Option<&BTreeMap<String, SecretString>>,
    ) -> Option<BearerToken> {
        let kept = Tokens::kept(kept?).ok()?;
        let own = newest.person.as_deref()?;
        if own.access.token.expose_secret() == kept.access.token.expose_secret() {
            return None;
        }
        let token = kept.access.clone();
        newest.person = Some(Box::new(kept));
        let holds = self.clock.now() < token.renew_at;
        newest.token = holds.then_some(token);
        newest.token.clone()
    }

    async fn refresh(&self, before: Option<&Tokens>) -> Result<Tokens, ProviderError> {
        let Some((before, refresh)) =
            before.and_then(|before| Some((before, before.refresh.as_ref()?)))
        else {
            return Err(sign_in_again(
                "The access token has ended or was revoked, and the service gave none to renew it with.",
            ));
        };
        let now = self.clock.now();
        if before.refresh_expires_at.is_some_and(|end| end <= now) {
            return Err(sign_in_again(
                "The sign-in was too long ago for the service.",
            ));
        }
        let request = &self.request;
        let mut fields = vec![
            ("grant_type", "refresh_token"),
            ("client_id", request.client_id.as_str()),
            ("refresh_token", refresh.expose_secret()),
        ];
        if let Some(scope) = &request.scope {
            fields.push(("scope", scope));
        }
        // Not repeatable: a refresh token that was replaced may work once, and using it again can revoke them all.
        let ask = super::ask(request.endpoint.clone(), &fields);
        let answer = self.http.send(ask, &CancellationToken::new()).await?;
        if let Some(code) = super::refused_with(&answer) {
            let told = (request.refusal)(&answer);
            return Err(match code.as_str() {
                // What each of them means is that nothing but a person helps.
                "invalid_grant"
                | "interaction_required"
                | "login_required"
                | "bad_refresh_token" => super::again_because(&told),
                _ => told,
            });
        }
        if answer.status != 200 {
            return Err((request.refusal)(&answer));
        }
        let mut tokens = Tokens::read(&answer, now)?;
        // A service that sends none goes on with the one before.
        if tokens.refresh.is_none() {
            tokens.refresh = before.refresh.clone();
            tokens.refresh_expires_at = before.refresh_expires_at;
        }
        tokens.scope = tokens.scope.or_else(|| before.scope.clone());
        Ok(tokens)
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
            Unattended::Secret(secret) => fields.push(("client_secret", secret.expose_secret())),
            Unattended::Certificate(key) => {
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
            Unattended::Person(_) => return Err(sign_in_again("Nobody has signed in yet.")),
        }
        // A second token does no harm: nothing is used up by asking.
        let ask = Ask::form(request.endpoint.clone(), &fields).repeatable();
        let answer = self.http.send(ask, cancel).await?;
        if answer.status != 200 {
            return Err((request.refusal)(&answer));
        }
        tokens::read_unattended(&answer, now)
    }
}

#[cfg(test)]
#[path = "person_tests.rs"]
mod person_tests;
