//! A GitHub App: a statement signed with its key gives a token of its installation, for an hour.

use super::{
    gate,
    refusal::{self, text},
    target::{Target, bad_field},
};
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use evidence::Timestamp;
use provider_kit::{
    Answer, Ask, ErrorClass, HttpClient, ProviderError,
    auth::{Clock, SystemClock},
};
use rustls_pki_types::{PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, pem::PemObject};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt, sync::Arc};
use tokio::sync::{Mutex, OnceCell};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

/// A statement begins to hold so long before now: clocks differ a little. In seconds.
const SKEW_S: i64 = 60;
/// It holds for so long from now on; GitHub accepts ten minutes at most. In seconds.
const LIFETIME_S: i64 = 9 * 60;
/// A token is renewed so long before its end: one of an hour at 55 minutes. In seconds.
const EARLY_S: i64 = 300;
/// Longest life of a token that is believed, in seconds.
const LONGEST_LIFE_S: i64 = 3600;

/// The app's private key. Never shown.
pub struct SigningKey(RsaKeyPair);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    /// Reads PEM text with an RSA key, as PKCS#1 (what GitHub hands out) or PKCS#8.
    ///
    /// # Errors
    ///
    /// Configuration, with what is wrong; never any of the text.
    pub fn from_pem(pem: &SecretString) -> Result<Self, ProviderError> {
        let wrong = |why: &str| bad_field("private_key", why);
        let text = pem.expose_secret().as_bytes();
        let pair = if let Ok(key) = PrivatePkcs1KeyDer::from_pem_slice(text) {
            let der = Zeroizing::new(key.secret_pkcs1_der().to_vec());
            RsaKeyPair::from_der(&der)
        } else if let Ok(key) = PrivatePkcs8KeyDer::from_pem_slice(text) {
            let der = Zeroizing::new(key.secret_pkcs8_der().to_vec());
            RsaKeyPair::from_pkcs8(&der)
        } else {
            return Err(wrong(
                "There is no unencrypted private key in it. It needs a block that begins with -----BEGIN RSA PRIVATE KEY----- or -----BEGIN PRIVATE KEY-----.",
            ));
        };
        let pair = pair.map_err(|_| wrong("It is not an RSA key that can be used."))?;
        if pair.public_modulus_len() < KeySize::Rsa2048.len() {
            return Err(wrong("It is shorter than 2048 bits."));
        }
        Ok(Self(pair))
    }

    /// The statement "the app `issuer` is asking", valid for a few minutes around `now`.
    fn statement(&self, issuer: &str, now: Timestamp) -> Result<SecretString, ProviderError> {
        let header = json!({"alg": "RS256", "typ": "JWT"});
        let at = now.unix();
        let claims = json!({"iat": at - SKEW_S, "exp": at + LIFETIME_S, "iss": issuer});
        let mut statement = [header, claims]
            .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()))
            .join(".");
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                statement.as_bytes(),
                &mut signature,
            )
            .map_err(|_| bad_field("private_key", "It could not sign."))?;
        statement.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut statement);
        Ok(SecretString::from(statement))
    }
}

/// The app as it is installed in the organization.
#[derive(Clone, Debug)]
pub struct Installation {
    id: u64,
    /// What it was granted: permission and level (`read`, `write`, `admin`).
    pub permissions: BTreeMap<String, String>,
    /// Whether only some repositories were chosen.
    pub selected: bool,
}

struct Token {
    token: SecretString,
    renew_at: Timestamp,
}

/// Gets tokens of the installation and keeps the newest in memory.
pub struct App {
    issuer: String,
    key: SigningKey,
    target: Target,
    /// The permissions that are of use here: a token is asked for these alone, to read.
    wanted: Vec<String>,
    http: HttpClient,
    clock: Arc<dyn Clock>,
    installation: OnceCell<Installation>,
    newest: Mutex<Option<Token>>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl App {
    /// An app that signs with `key`.
    #[must_use]
    pub fn new(
        issuer: String,
        key: SigningKey,
        target: Target,
        wanted: Vec<String>,
        http: HttpClient,
    ) -> Self {
        Self {
            issuer,
            key,
            target,
            wanted,
            http,
            clock: Arc::new(SystemClock),
            installation: OnceCell::new(),
            newest: Mutex::new(None),
        }
    }

    /// With another clock.
    #[cfg(test)]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// A token that holds for some minutes: the kept one, or a new one.
    ///
    /// # Errors
    ///
    /// Those of the client, and what GitHub refuses the app.
    pub async fn token(&self, cancel: &CancellationToken) -> Result<SecretString, ProviderError> {
        let mut newest = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(ProviderError::cancelled()),
            newest = self.newest.lock() => newest,
        };
        if let Some(kept) = newest
            .as_ref()
            .filter(|kept| self.clock.now() < kept.renew_at)
        {
            return Ok(kept.token.clone());
        }
        *newest = None;
        let token = self.fetch(cancel).await?;
        let text = token.token.clone();
        *newest = Some(token);
        Ok(text)
    }

    /// Forgets a token that GitHub refused; another one that came in meanwhile stays.
    pub async fn forget(&self, token: &SecretString) {
        let mut newest = self.newest.lock().await;
        if newest
            .as_ref()
            .is_some_and(|kept| kept.token.expose_secret() == token.expose_secret())
        {
            *newest = None;
        }
    }

    /// The app as it is installed in the organization; looked up once.
    ///
    /// # Errors
    ///
    /// As [`App::token`].
    pub async fn installation(
        &self,
        cancel: &CancellationToken,
    ) -> Result<&Installation, ProviderError> {
        self.installation
            .get_or_try_init(|| async {
                let path = format!("/orgs/{}/installation", self.target.organization);
                let ask = Ask::get(self.target.below(&path, "")?);
                let answer = self.send(ask, cancel).await?;
                match answer.status {
                    200 => installation(&answer),
                    404 => Err(ProviderError::new(
                        ErrorClass::Configuration,
                        "app_not_installed",
                        "The app is not installed in the organization.",
                        format!(
                            "GitHub knows no installation of this app in {}.",
                            self.target.organization
                        ),
                        "Check the organization's name, then install the app: the app's page > Install App > All repositories.",
                    )
                    .with_detail(refusal::detail(&answer))),
                    _ => Err(of_app(&answer)),
                }
            })
            .await
    }

    async fn fetch(&self, cancel: &CancellationToken) -> Result<Token, ProviderError> {
        let installation = self.installation(cancel).await?;
        let mut narrow: BTreeMap<&str, &str> = self
            .wanted
            .iter()
            .filter(|name| installation.permissions.contains_key(*name))
            .map(|name| (name.as_str(), "read"))
            .collect();
        let path = format!("/app/installations/{}/access_tokens", installation.id);
        let url = self.target.below(&path, "")?;
        // Without a list the token could do everything that the app may, writing too. Every app has this one.
        if narrow.is_empty() {
            narrow.insert("metadata", "read");
        }
        let document = json!({ "permissions": narrow });
        // Another token does no harm: nothing is used up by asking.
        let ask = Ask::json(url, &document).repeatable();
        let answer = self.send(ask, cancel).await?;
        if answer.status != 201 && answer.status != 200 {
            return Err(of_app(&answer));
        }
        self.read(&answer)
    }

    async fn send(&self, ask: Ask, cancel: &CancellationToken) -> Result<Answer, ProviderError> {
        let statement = self.key.statement(&self.issuer, self.clock.now())?;
        let ask = super::reach::dressed(ask, &statement);
        self.http.send(ask, cancel).await
    }

    fn read(&self, answer: &Answer) -> Result<Token, ProviderError> {
        let malformed =
            |why: &str| ProviderError::malformed("GitHub's token for the app can't be used.", why);
        let body = answer
            .json()
            .map_err(|_| malformed("It is not of the documented shape."))?;
        let token = text(&body, "token")
            .filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()))
            .ok_or_else(|| malformed("It is not one that a header can carry."))?;
        let ends = text(&body, "expires_at")
            .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
            .ok_or_else(|| malformed("It does not say when it ends."))?;
        let now = self.clock.now();
        // By their clock, so that a wrong one here neither keeps an ended token nor renews a good one.
        let from = gate::date(answer).map_or(now.unix(), |at| at.timestamp());
        let life = (ends.with_timezone(&Utc).timestamp() - from).clamp(0, LONGEST_LIFE_S);
        Ok(Token {
            token: SecretString::from(token.to_owned()),
            renew_at: Timestamp::from_unix(now.unix() + life - EARLY_S.min(life / 2)),
        })
    }
}

fn installation(answer: &Answer) -> Result<Installation, ProviderError> {
    let malformed = || {
        ProviderError::malformed(
            "How the app is installed can't be read.",
            "The answer is not of the documented shape.",
        )
    };
    let body = answer.json().map_err(|_| malformed())?;
    if body.get("suspended_at").is_some_and(|at| !at.is_null()) {
        return Err(ProviderError::new(
            ErrorClass::Authentication,
            "app_suspended",
            "The app's installation is suspended.",
            "An owner of the organization suspended it, or GitHub did.",
            "Organization settings > GitHub Apps > Configure > Unsuspend your installation.",
        ));
    }
    Ok(Installation {
        id: body
            .get("id")
            .and_then(Value::as_u64)
            .ok_or_else(malformed)?,
        permissions: body
            .get("permissions")
            .and_then(Value::as_object)
            .ok_or_else(malformed)?
            .iter()
            .filter_map(|(name, level)| Some((name.clone(), level.as_str()?.to_owned())))
            .collect(),
        selected: text(&body, "repository_selection") == Some("selected"),
    })
}

/// What GitHub refuses an app that shows its statement.
fn of_app(answer: &Answer) -> ProviderError {
    let error = refusal::of(answer);
    if error.code != refusal::TOKEN_REFUSED {
        return error;
    }
    ProviderError::new(
        ErrorClass::Authentication,
        "app_refused",
        "GitHub did not accept the app's signature.",
        "The private key is not one of this app's, or the Client ID (or App ID) is another app's.",
        "On the app's page compare the Client ID, and generate a new private key if the old one is lost or was deleted.",
    )
    .with_detail(refusal::detail(answer))
}

#[cfg(test)]
#[path = "app_tests.rs"]
mod tests;
