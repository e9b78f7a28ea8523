//! What a token endpoint answers, and how a person's sign-in is kept: one secret field with everything in it, so that
//! replacing a refresh token is one write.

use crate::{Answer, ErrorClass, ProviderError};
use evidence::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// A token is renewed so many seconds before its end, or at half of a short life.
const EARLY_S: i64 = 300;
/// What a token's life is taken to be where the service does not say and a new one can be had, in seconds.
const UNSAID_LIFE_S: i64 = 300;
/// Longest life that is believed of a token that can be renewed, in seconds.
const LONGEST_LIFE_S: i64 = 24 * 3600;
/// Stands for "no end is known", in seconds: some services issue tokens that hold until they are revoked.
const ENDLESS_S: i64 = 100 * 365 * 24 * 3600;

/// The secret field in which a person's sign-in is kept. No manifest can have a field of this name, so that nobody is
/// asked for it and nothing entered can take its place.
pub const SIGNED_IN: &str = "signed_in";

/// A token. Its `Debug` form does not show it.
#[derive(Clone)]
pub struct BearerToken {
    /// The token.
    pub token: SecretString,
    /// When it ends.
    pub expires_at: Timestamp,
    pub(super) renew_at: Timestamp,
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerToken")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// What signing in gave: an access token, and where the service offers it a token to renew it with.
#[derive(Clone)]
pub struct Tokens {
    /// The access token.
    pub access: BearerToken,
    /// Renews the access token. Services may replace it with each use.
    pub refresh: Option<SecretString>,
    /// When the refresh token ends, where the service says so.
    pub refresh_expires_at: Option<Timestamp>,
    /// Whether the access token holds until it is revoked, as far as the service says.
    pub endless: bool,
    /// What was granted, where the service says so.
    pub scope: Option<String>,
    /// Who signed in, as OpenID Connect says it. Not kept.
    pub id_token: Option<SecretString>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("access", &self.access)
            .field("refresh", &self.refresh.is_some())
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    token_type: Option<String>,
    expires_in: Option<serde_json::Value>,
    refresh_token: Option<SecretString>,
    refresh_token_expires_in: Option<serde_json::Value>,
    scope: Option<String>,
    id_token: Option<SecretString>,
}

/// The kept form. Borrowed when written, so that no copy is left behind.
#[derive(Serialize)]
struct Kept<'a> {
    access_token: &'a str,
    expires_at: i64,
    renew_at: i64,
    refresh_token: Option<&'a str>,
    refresh_expires_at: Option<i64>,
    endless: bool,
    scope: Option<&'a str>,
}

#[derive(Deserialize)]
struct Read {
    access_token: SecretString,
    expires_at: i64,
    renew_at: i64,
    refresh_token: Option<SecretString>,
    refresh_expires_at: Option<i64>,
    endless: bool,
    scope: Option<String>,
}

impl Tokens {
    /// Reads the answer of a token endpoint that said 200.
    ///
    /// # Errors
    ///
    /// Malformed answer. No part of the answer is repeated.
    pub fn read(answer: &Answer, now: Timestamp) -> Result<Self, ProviderError> {
        let parsed = parse(answer)?;
        let refresh = parsed
            .refresh_token
            .filter(|token| !token.expose_secret().is_empty());
        let life = seconds(parsed.expires_in.as_ref());
        let endless = life.is_none() && refresh.is_none();
        let life = match (life, &refresh) {
            (Some(life), None) => life.clamp(0, ENDLESS_S),
            (Some(life), Some(_)) => life.clamp(0, LONGEST_LIFE_S),
            (None, Some(_)) => UNSAID_LIFE_S,
            (None, None) => ENDLESS_S,
        };
        Ok(Self {
            access: bearer(parsed.access_token, life, now),
            endless,
            refresh,
            refresh_expires_at: seconds(parsed.refresh_token_expires_in.as_ref())
                .map(|life| Timestamp::from_unix(now.unix() + life.clamp(0, ENDLESS_S))),
            scope: parsed.scope.filter(|scope| !scope.trim().is_empty()),
            id_token: parsed.id_token,
        })
    }

    /// When a person has to sign in again at the latest: the end of the refresh token, or of an access token that nothing
    /// renews. `None` where no end is known.
    #[must_use]
    pub fn ends(&self) -> Option<Timestamp> {
        match &self.refresh {
            Some(_) => self.refresh_expires_at,
            None => (!self.endless).then_some(self.access.expires_at),
        }
    }

    /// The secret field that keeps them.
    ///
    /// # Errors
    ///
    /// Our bug, if they can't be written as JSON.
    pub fn secrets(&self) -> Result<BTreeMap<String, SecretString>, ProviderError> {
        let kept = Kept {
            access_token: self.access.token.expose_secret(),
            expires_at: self.access.expires_at.unix(),
            renew_at: self.access.renew_at.unix(),
            refresh_token: self.refresh.as_ref().map(ExposeSecret::expose_secret),
            refresh_expires_at: self.refresh_expires_at.map(|at| at.unix()),
            endless: self.endless,
            scope: self.scope.as_deref(),
        };
        // Room for all of it: a growing string leaves copies of a secret behind.
        let room = 512
            + 2 * (kept.access_token.len()
                + kept.refresh_token.map_or(0, str::len)
                + kept.scope.map_or(0, str::len));
        let mut text = Vec::with_capacity(room);
        let written = serde_json::to_writer(&mut text, &kept)
            .ok()
            .and_then(|()| String::from_utf8(text).ok());
        let text = written.ok_or_else(|| {
            ProviderError::new(
                ErrorClass::OurBug,
                "our_bug",
                "The sign-in can't be kept.",
                "It can't be written down.",
                "Report it.",
            )
        })?;
        Ok(BTreeMap::from([(
            SIGNED_IN.to_owned(),
            SecretString::from(text),
        )]))
    }

    /// Reads what [`Tokens::secrets`] wrote.
    ///
    /// # Errors
    ///
    /// Authentication with the code [`super::SIGN_IN_AGAIN`], where nobody signed in or what was kept can't be read.
    pub fn kept(secrets: &BTreeMap<String, SecretString>) -> Result<Self, ProviderError> {
        let read: Read = secrets
            .get(SIGNED_IN)
            .and_then(|text| serde_json::from_str(text.expose_secret()).ok())
            .ok_or_else(|| {
                super::sign_in_again("Nobody has signed in yet, or it can't be read.")
            })?;
        Ok(Self {
            access: BearerToken {
                token: read.access_token,
                expires_at: Timestamp::from_unix(read.expires_at),
                renew_at: Timestamp::from_unix(read.renew_at),
            },
            refresh: read.refresh_token,
            refresh_expires_at: read.refresh_expires_at.map(Timestamp::from_unix),
            endless: read.endless,
            scope: read.scope,
            id_token: None,
        })
    }
}

/// Reads the answer to client credentials, which is asked for again whenever it is needed.
pub(super) fn read_unattended(
    answer: &Answer,
    now: Timestamp,
) -> Result<BearerToken, ProviderError> {
    let parsed = parse(answer)?;
    let life = seconds(parsed.expires_in.as_ref()).unwrap_or(UNSAID_LIFE_S);
    Ok(bearer(
        parsed.access_token,
        life.clamp(0, LONGEST_LIFE_S),
        now,
    ))
}

fn parse(answer: &Answer) -> Result<TokenAnswer, ProviderError> {
    // The parser's message could repeat a part of the answer, so it is left out.
    let parsed: TokenAnswer = serde_json::from_slice(&answer.body)
        .map_err(|_| malformed("It is not of the documented shape."))?;
    if parsed
        .token_type
        .as_deref()
        .is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer"))
    {
        return Err(malformed("Its token is not a bearer token."));
    }
    if !fits_a_header(&parsed.access_token) {
        return Err(malformed("Its token is not one that a header can carry."));
    }
    Ok(parsed)
}

fn bearer(token: SecretString, life: i64, now: Timestamp) -> BearerToken {
    let early = EARLY_S.min(life / 2);
    BearerToken {
        token,
        expires_at: Timestamp::from_unix(now.unix() + life),
        renew_at: Timestamp::from_unix(now.unix() + life - early),
    }
}

/// Seconds, which some services write as text.
fn seconds(value: Option<&serde_json::Value>) -> Option<i64> {
    match value? {
        serde_json::Value::Number(seconds) => seconds.as_i64(),
        serde_json::Value::String(seconds) => seconds.parse().ok(),
        _ => None,
    }
}

fn fits_a_header(token: &SecretString) -> bool {
    let token = token.expose_secret();
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(super) fn malformed(why: &str) -> ProviderError {
    ProviderError::malformed("The answer to the sign-in can't be used.", why)
}
