//! The device authorization grant (RFC 8628): a code that a person enters on a page of the service, on any machine.
//!
//! How a provider gets it, with no code of its own:
//!
//! 1. Its manifest declares a way to sign in with `interactive = "device"` and an `[auth_method.oauth]` table
//!    ([`crate::manifest::OAuth`]): `device` and `token` addresses that begin with a host of the cloud (`{login}/...`),
//!    the field with the client id, the scopes.
//! 2. The engine runs it ([`super::Attempt`]), shows the code, and keeps what came back as the secret field
//!    [`super::SIGNED_IN`]. The provider's `refusal` turns the service's error codes into its own words.
//! 3. `sign_in` makes its token source from the connection's secrets:
//!
//!        let credential = ClientCredential::person(&secrets, renewed)?;
//!        let tokens = TokenSource::new(http, Arc::new(SystemClock), request, credential);
//!
//!    `secrets` and `renewed` are members of [`crate::Connection`]; `request` names token endpoint, client id and scope
//!    for renewing. `tokens.token(&cancel)` then gives a token that holds: the stored one, or a renewed one. A service
//!    without refresh tokens whose token has no end (or has ended) needs nothing else: when the token does not hold any
//!    more, the error says to sign in again.
//!
//! The pieces can be used without a manifest: [`DeviceFlow::begin`] asks for the code, [`DeviceFlow::wait`] for the
//! tokens.
//!
//! Services differ: GitHub answers "pending" with status 200, Entra ID calls a refusal `authorization_declined` and a
//! code that it forgot `bad_verification_code`. All of that is understood here.

use super::{Clock, Tokens, ask, refusal, tokens::malformed};
use crate::{Answer, HttpClient, ProviderError, http::check_address};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::{fmt, sync::Arc, time::Duration};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// Between two questions where the service does not say, and what "slow down" adds, in seconds.
const INTERVAL_S: u64 = 5;
/// Longest time between two questions, in seconds.
const LONGEST_INTERVAL_S: u64 = 60;
/// How long a code is taken to hold where the service does not say, in seconds.
const LIFE_S: u64 = 900;
/// Longest time that is waited for a person, in seconds.
const LONGEST_LIFE_S: u64 = 1800;

/// Where a code is asked for, and for what.
#[derive(Clone, Debug)]
pub struct DeviceRequest {
    /// The device authorization endpoint.
    pub device: Url,
    /// The token endpoint.
    pub token: Url,
    /// The client's id.
    pub client_id: String,
    /// The scopes, with spaces between, where the service wants some.
    pub scope: Option<String>,
    /// Further plain fields of the first request.
    pub extra: Vec<(String, String)>,
    /// Turns an answer that the standard does not know into an error with a remedy.
    pub refusal: fn(&Answer) -> ProviderError,
}

/// A code that waits for a person.
pub struct DeviceFlow {
    http: HttpClient,
    clock: Arc<dyn Clock>,
    request: DeviceRequest,
    device_code: SecretString,
    user_code: String,
    verification: Url,
    pace: Pace,
    /// One second; shorter in tests.
    second: Duration,
}

impl fmt::Debug for DeviceFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceFlow")
            .field("verification", &self.verification.as_str())
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct CodeAnswer {
    device_code: SecretString,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: String,
    expires_in: Option<u64>,
    interval: Option<u64>,
}

/// How often to ask, and until when: all in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pace {
    interval: u64,
    life: u64,
}

/// What to do after an answer to "has somebody signed in?".
#[derive(Debug)]
enum Step {
    Wait,
    Done(Box<Tokens>),
}

impl Pace {
    fn of(interval: Option<u64>, life: Option<u64>) -> Self {
        Self {
            interval: interval.unwrap_or(INTERVAL_S).clamp(1, LONGEST_INTERVAL_S),
            life: life.unwrap_or(LIFE_S).clamp(1, LONGEST_LIFE_S),
        }
    }

    /// Asks more slowly, for good; `wished` is what the service named, if it did.
    fn slow_down(&mut self, wished: Option<u64>) {
        self.interval = (self.interval + INTERVAL_S)
            .max(wished.unwrap_or(0))
            .min(LONGEST_INTERVAL_S);
    }

    /// The network failed: twice as long, as the standard asks.
    fn back_off(&mut self) {
        self.interval = (self.interval * 2).min(LONGEST_INTERVAL_S);
    }
}

impl DeviceFlow {
    /// Asks the service for a code.
    ///
    /// # Errors
    ///
    /// Those of [`HttpClient::send`], malformed answers, and what `refusal` makes of other ones.
    pub async fn begin(
        http: HttpClient,
        clock: Arc<dyn Clock>,
        request: DeviceRequest,
        cancel: &CancellationToken,
    ) -> Result<Self, ProviderError> {
        let mut fields = vec![("client_id", request.client_id.as_str())];
        if let Some(scope) = &request.scope {
            fields.push(("scope", scope));
        }
        fields.extend(
            request
                .extra
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        // A second code does no harm: the first one is never shown to anybody.
        let ask = ask(request.device.clone(), &fields).repeatable();
        let answer = http.send(ask, cancel).await?;
        if answer.status != 200 || refusal::code(&answer).is_some() {
            return Err((request.refusal)(&answer));
        }
        let code: CodeAnswer = serde_json::from_slice(&answer.body)
            .map_err(|_| malformed("It is not of the documented shape."))?;
        let user_code = code.user_code.trim().to_owned();
        let can_be_shown = user_code
            .bytes()
            .all(|byte| byte.is_ascii_graphic() || byte == b' ');
        if user_code.is_empty() || user_code.len() > 40 || !can_be_shown {
            return Err(malformed("Its code is not one that a person can enter."));
        }
        if code.device_code.expose_secret().is_empty() {
            return Err(malformed("It holds no code to ask with."));
        }
        let verification = Url::parse(&code.verification_uri)
            .ok()
            // A person is about to be sent there.
            .filter(|url| check_address(url).is_ok() && is_as_safe(url, &request.device))
            .ok_or_else(|| malformed("The page it names is not one to enter a code on."))?;
        Ok(Self {
            pace: Pace::of(code.interval, code.expires_in),
            http,
            clock,
            request,
            device_code: code.device_code,
            user_code,
            verification,
            second: Duration::from_secs(1),
        })
    }

    /// What the person enters.
    #[must_use]
    pub fn user_code(&self) -> &str {
        &self.user_code
    }

    /// Where the person enters it.
    #[must_use]
    pub const fn verification(&self) -> &Url {
        &self.verification
    }

    /// How long the code holds.
    #[must_use]
    pub const fn life(&self) -> Duration {
        Duration::from_secs(self.pace.life)
    }

    /// Asks, at the pace the service wants, until the person has signed in.
    ///
    /// # Errors
    ///
    /// Cancelled; authentication with the code [`super::DECLINED`] or [`super::TOO_LATE`]; what `refusal` makes of
    /// other answers; and where the network failed until the code had ended, that failure.
    pub async fn wait(mut self, cancel: &CancellationToken) -> Result<Tokens, ProviderError> {
        let deadline = Instant::now() + self.second * seconds(self.pace.life);
        let mut failed = None;
        loop {
            let next = Instant::now() + self.second * seconds(self.pace.interval);
            tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(ProviderError::cancelled()),
                () = tokio::time::sleep_until(next.min(deadline)) => {}
            }
            if next > deadline {
                return Err(failed.unwrap_or_else(expired));
            }
            match self.ask(cancel).await {
                Ok(Step::Done(tokens)) => return Ok(*tokens),
                Ok(Step::Wait) => failed = None,
                Err(error) if error.is_passing() && is_network(&error) => {
                    self.pace.back_off();
                    failed = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn ask(&mut self, cancel: &CancellationToken) -> Result<Step, ProviderError> {
        let fields = [
            ("grant_type", GRANT),
            ("client_id", self.request.client_id.as_str()),
            ("device_code", self.device_code.expose_secret()),
        ];
        let ask = ask(self.request.token.clone(), &fields);
        let answer = self.http.send(ask, cancel).await?;
        judge(&answer, &mut self.pace, &self.request, self.clock.as_ref())
    }
}

/// Seconds as a factor; the limits above keep them small.
fn seconds(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Only a failure to reach the service may pass while the code still holds.
fn is_network(error: &ProviderError) -> bool {
    use crate::ErrorClass::{Network, ServiceOutage, Throttled};
    matches!(error.class, Network | ServiceOutage | Throttled)
}

/// `http` is for services on this computer that were asked that way themselves.
fn is_as_safe(page: &Url, asked: &Url) -> bool {
    page.scheme() == "https" || asked.scheme() == "http"
}

fn expired() -> ProviderError {
    refusal::too_late("The code ended before it was entered.")
}

fn judge(
    answer: &Answer,
    pace: &mut Pace,
    request: &DeviceRequest,
    clock: &dyn Clock,
) -> Result<Step, ProviderError> {
    let Some(code) = refusal::code(answer) else {
        if answer.status == 200 {
            return Tokens::read(answer, clock.now()).map(|tokens| Step::Done(Box::new(tokens)));
        }
        return Err((request.refusal)(answer));
    };
    match code.as_str() {
        "authorization_pending" => Ok(Step::Wait),
        "slow_down" => {
            let wished = answer.json().ok();
            pace.slow_down(wished.and_then(|body| body.get("interval")?.as_u64()));
            Ok(Step::Wait)
        }
        "expired_token" | "bad_verification_code" => Err(expired()),
        "access_denied" | "authorization_declined" => {
            let told = (request.refusal)(answer);
            // A provider may know a better reason than a person's no: a policy, say.
            if told.code == "sign_in_refused" {
                Err(refusal::declined())
            } else {
                Err(told)
            }
        }
        _ => Err((request.refusal)(answer)),
    }
}

#[cfg(test)]
#[path = "device_tests.rs"]
mod tests;
