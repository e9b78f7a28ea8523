//! Requests to GitHub over the kit's client: the headers, a token that holds, waiting as GitHub wishes, and what its
//! answers say beside their bodies.

use super::{
    credential::Credential,
    gate::{self, Gate, Wish},
    target::Target,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use evidence::Timestamp;
use http::{HeaderName, HeaderValue, header};
use provider_kit::{
    Answer, Ask, HttpClient, ProviderError,
    conditional::{self, Earlier, Told},
};
use secrecy::SecretString;
use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio_util::sync::CancellationToken;

/// The version of the interface that answers follow.
const VERSION: HeaderValue = HeaderValue::from_static("2022-11-28");
const ACCEPT: HeaderValue = HeaderValue::from_static("application/vnd.github+json");

/// With GitHub's headers and this token.
pub fn dressed(ask: Ask, token: &SecretString) -> Ask {
    ask.header(header::ACCEPT, ACCEPT)
        .header(HeaderName::from_static("x-github-api-version"), VERSION)
        .bearer(token)
        .throttled_when(gate::names_its_wait)
}

/// What answers said beside their bodies.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    /// Scopes of a classic token.
    pub scopes: Option<BTreeSet<String>>,
    /// When the token ends.
    pub expires: Option<Timestamp>,
    /// The newest moment that GitHub named.
    pub now: Option<DateTime<Utc>>,
}

/// The way to one organization.
#[derive(Debug)]
pub struct Reach {
    /// Where it is.
    pub target: Target,
    /// Who asks.
    pub credential: Credential,
    /// Stops everything.
    pub cancel: CancellationToken,
    http: HttpClient,
    gate: Gate,
    noted: Mutex<Noted>,
}

impl Reach {
    /// A way over `http`.
    #[must_use]
    pub fn new(
        target: Target,
        credential: Credential,
        http: HttpClient,
        cancel: CancellationToken,
    ) -> Self {
        Self {
            target,
            credential,
            cancel,
            gate: Gate::new(http.policy()),
            http,
            noted: Mutex::default(),
        }
    }

    /// Asks, with a token that is renewed once if it is refused and as often as GitHub wants to be waited for.
    /// Every status but those is the caller's to judge.
    ///
    /// # Errors
    ///
    /// Those of the client, of renewing the token, and throttled.
    pub async fn told(&self, ask: Ask, earlier: &dyn Earlier) -> Result<Told, ProviderError> {
        let (mut renewed, mut waited) = (false, 0);
        loop {
            self.gate.pass(&self.cancel).await?;
            let held = self.credential.token(&self.cancel).await?;
            let ready = dressed(ask.clone(), &held.token);
            let told = conditional::ask(&self.http, ready, earlier, &self.cancel).await?;
            self.note(&told.answer);
            if let Some(wish) = Wish::of(&told.answer) {
                self.gate.close(wish, waited, &told.answer)?;
                waited += 1;
            } else if told.answer.status == 401 && !renewed && self.credential.forget(&held).await {
                renewed = true;
            } else {
                return Ok(told);
            }
        }
    }

    /// What answers said beside their bodies so far.
    pub fn noted(&self) -> Noted {
        self.notes().clone()
    }

    fn notes(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, answer: &Answer) {
        let mut noted = self.notes();
        if let Some(at) = gate::date(answer) {
            noted.now = noted.now.max(Some(at));
        }
        if let Some(at) = answer
            .header("github-authentication-token-expiration")
            .and_then(expiration)
        {
            noted.expires = Some(at);
        }
        if let Some(scopes) = answer.header("x-oauth-scopes") {
            noted.scopes = Some(
                scopes
                    .split(',')
                    .map(|scope| scope.trim().to_owned())
                    .filter(|scope| !scope.is_empty())
                    .collect(),
            );
        }
    }
}

/// `2026-12-31 23:59:59 UTC`, or with an offset in place of the zone.
fn expiration(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let at = match text.strip_suffix(" UTC") {
        Some(text) => NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
            .ok()?
            .and_utc(),
        None => DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z")
            .ok()?
            .to_utc(),
    };
    Some(Timestamp::from_datetime(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_token_is_read_in_both_spellings() {
        let at = |text: &str| expiration(text).map(Timestamp::unix);
        assert_eq!(at("2026-12-31 23:59:59 UTC"), Some(1_798_761_599));
        assert_eq!(at("2026-12-31 18:59:59 -0500"), Some(1_798_761_599));
        for odd in ["", "never", "2026-12-31", "2026-13-31 00:00:00 UTC"] {
            assert_eq!(at(odd), None, "{odd}");
        }
    }
}
