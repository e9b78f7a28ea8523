//! The authorization code grant with PKCE (RFC 6749, 7636, 8252) through the system's browser.
//!
//! A flow is begun, its address is opened in the browser, and the flow waits at a loopback address for what the service
//! sends back. The code that comes is worth nothing to anybody else: the verifier never leaves this process.

use super::{
    Clock, Tokens, ask,
    loopback::{Callback, Loopback, Redirect},
    pkce, refusal,
    tokens::malformed,
};
use crate::{Answer, HttpClient, ProviderError};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::{fmt, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use url::Url;

/// How long a person has.
pub const LIMIT: Duration = Duration::from_secs(300);

/// Where the browser is sent, and for what.
#[derive(Clone, Debug)]
pub struct BrowserRequest {
    /// The authorization endpoint.
    pub authorize: Url,
    /// The token endpoint.
    pub token: Url,
    /// The client's id.
    pub client_id: String,
    /// The scopes, with spaces between.
    pub scope: Option<String>,
    /// How the registered redirect is written.
    pub redirect: Redirect,
    /// Further plain fields of the authorization address.
    pub extra: Vec<(String, String)>,
    /// Who must have answered, where the answer says who did (RFC 9207).
    pub issuer: Option<String>,
    /// How long a person has.
    pub limit: Duration,
    /// Turns a refusal into an error with a remedy.
    pub refusal: fn(&Answer) -> ProviderError,
}

/// A sign-in that waits for the browser.
pub struct BrowserFlow {
    http: HttpClient,
    clock: Arc<dyn Clock>,
    request: BrowserRequest,
    loopback: Loopback,
    redirect_uri: String,
    verifier: SecretString,
    nonce: Option<SecretString>,
    address: Url,
}

impl fmt::Debug for BrowserFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserFlow")
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

impl BrowserFlow {
    /// Opens the loopback address and makes the one for the browser.
    ///
    /// # Errors
    ///
    /// Configuration, where no port can be had.
    pub async fn begin(
        http: HttpClient,
        clock: Arc<dyn Clock>,
        request: BrowserRequest,
    ) -> Result<Self, ProviderError> {
        let state = pkce::random()?;
        let verifier = pkce::random()?;
        // An identity token is only sent where OpenID is asked for, and only there a nonce means anything.
        let openid = request
            .scope
            .as_deref()
            .is_some_and(|scope| scope.split(' ').any(|one| one == "openid"));
        let nonce = openid.then(pkce::random).transpose()?;
        let loopback = Loopback::open(request.redirect, state.clone()).await?;
        let redirect_uri = loopback.redirect_uri();
        let mut address = request.authorize.clone();
        {
            let mut query = address.query_pairs_mut();
            query
                .append_pair("client_id", &request.client_id)
                .append_pair("response_type", "code")
                .append_pair("redirect_uri", &redirect_uri)
                .append_pair("state", state.expose_secret())
                .append_pair("code_challenge", &pkce::challenge(&verifier))
                .append_pair("code_challenge_method", "S256");
            if let Some(scope) = &request.scope {
                query.append_pair("scope", scope);
            }
            if let Some(nonce) = &nonce {
                query.append_pair("nonce", nonce.expose_secret());
            }
            for (name, value) in &request.extra {
                query.append_pair(name, value);
            }
        }
        Ok(Self {
            http,
            clock,
            request,
            loopback,
            redirect_uri,
            verifier,
            nonce,
            address,
        })
    }

    /// What the browser opens. Holds no secret.
    #[must_use]
    pub const fn address(&self) -> &Url {
        &self.address
    }

    /// How long a person has.
    #[must_use]
    pub const fn life(&self) -> Duration {
        self.request.limit
    }

    /// Waits until the person has signed in, and exchanges the code for tokens.
    ///
    /// # Errors
    ///
    /// Cancelled; authentication with the code [`super::DECLINED`] or [`super::TOO_LATE`]; what `refusal` makes of the
    /// service's refusals; those of [`HttpClient::send`]; malformed answers.
    pub async fn wait(self, cancel: &CancellationToken) -> Result<Tokens, ProviderError> {
        let Self {
            http,
            clock,
            request,
            loopback,
            redirect_uri,
            verifier,
            nonce,
            ..
        } = self;
        let callback = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(ProviderError::cancelled()),
            callback = loopback.wait() => callback?,
            () = tokio::time::sleep(request.limit) => {
                let minutes = request.limit.as_secs() / 60;
                return Err(refusal::too_late(&format!(
                    "Nobody finished signing in within {minutes} minutes."
                )));
            }
        };
        let code = code(&callback, &request)?;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("client_id", request.client_id.as_str()),
            ("code", code.expose_secret()),
            ("redirect_uri", redirect_uri.as_str()),
            ("code_verifier", verifier.expose_secret()),
        ];
        if let Some(scope) = &request.scope {
            fields.push(("scope", scope));
        }
        // Not repeatable: a code works once.
        let answer = http
            .send(ask(request.token.clone(), &fields), cancel)
            .await?;
        if answer.status != 200 || refusal::code(&answer).is_some() {
            return Err((request.refusal)(&answer));
        }
        let tokens = Tokens::read(&answer, clock.now())?;
        if let Some(nonce) = &nonce {
            let now = clock.now().unix();
            check_identity(tokens.id_token.as_ref(), nonce, &request.client_id, now)?;
        }
        Ok(tokens)
    }
}

/// The code that came, or why none did.
fn code(callback: &Callback, request: &BrowserRequest) -> Result<SecretString, ProviderError> {
    if let (Some(expected), Some(found)) = (&request.issuer, callback.get("iss"))
        && expected != found
    {
        return Err(malformed("It says that another service answered."));
    }
    if let Some(error) = callback.get("error") {
        let body = serde_json::json!({
            "error": error,
            "error_description": callback.get("error_description"),
        });
        // As if the token endpoint had said so: the provider's table of codes serves both.
        let told = (request.refusal)(&Answer {
            status: 400,
            headers: HeaderMap::new(),
            body: Bytes::from(body.to_string()),
            url: request.authorize.clone(),
            tls_issuer: None,
        });
        return Err(
            if error == "access_denied" && told.code == "sign_in_refused" {
                refusal::declined()
            } else {
                told
            },
        );
    }
    callback
        .get("code")
        .filter(|code| !code.is_empty())
        .map(SecretString::from)
        .ok_or_else(|| malformed("It holds no code."))
}

#[derive(Deserialize)]
struct IdentityClaims {
    aud: Option<serde_json::Value>,
    nonce: Option<String>,
    exp: Option<i64>,
}

/// The identity token belongs to this very sign-in. Its signature is not checked: it came from the token endpoint over
/// TLS, which OpenID Connect (3.1.3.7) accepts in its place.
fn check_identity(
    token: Option<&SecretString>,
    nonce: &SecretString,
    client_id: &str,
    now: i64,
) -> Result<(), ProviderError> {
    /// Clocks differ a little, in seconds.
    const SKEW_S: i64 = 300;
    let claims: IdentityClaims = token
        .and_then(|token| token.expose_secret().split('.').nth(1))
        .and_then(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok())
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| {
            malformed("It says nothing about who signed in, although that was asked.")
        })?;
    let for_us = match &claims.aud {
        Some(serde_json::Value::String(one)) => one.eq_ignore_ascii_case(client_id),
        Some(serde_json::Value::Array(all)) => all.iter().any(|one| {
            one.as_str()
                .is_some_and(|one| one.eq_ignore_ascii_case(client_id))
        }),
        _ => false,
    };
    let ours = claims
        .nonce
        .is_some_and(|found| pkce::same(&found, nonce.expose_secret()));
    if !for_us || !ours {
        return Err(malformed("It belongs to another sign-in."));
    }
    if claims.exp.is_none_or(|end| end + SKEW_S < now) {
        return Err(malformed(
            "It has ended already. Check this computer's date and time.",
        ));
    }
    Ok(())
}

#[cfg(test)]
#[path = "browser_tests.rs"]
mod tests;
