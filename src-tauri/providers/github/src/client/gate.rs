//! Waits that GitHub asks for without saying `Retry-After`: until the hour's budget is renewed, or for at least a minute
//! after too many requests at once. Everybody of the session waits together.

use chrono::{DateTime, SecondsFormat, Utc};
use provider_kit::{Answer, ErrorClass, HttpPolicy, ProviderError};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The shortest wait after a secondary limit that names none.
const SECONDARY: Duration = Duration::from_secs(60);

/// What an answer says about waiting, where the client of the kit does not see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The budget is used up until this long from now.
    Budget(Duration),
    /// Too many requests at once; no time is named.
    Slower,
}

impl Wish {
    /// The wish in an answer, if there is one.
    #[must_use]
    pub fn of(answer: &Answer) -> Option<Self> {
        if answer.status != 403 {
            return None;
        }
        if answer.header("x-ratelimit-remaining") == Some("0") {
            let reset: i64 = answer.header("x-ratelimit-reset")?.parse().ok()?;
            // Their clock, so that a wrong one here does no harm.
            let now = date(answer).unwrap_or_else(Utc::now).timestamp();
            let left = u64::try_from(reset.saturating_sub(now)).unwrap_or(0);
            return Some(Self::Budget(Duration::from_secs(left.saturating_add(1))));
        }
        let message = super::refusal::message(answer);
        ["rate limit", "abuse detection"]
            .iter()
            .any(|words| message.contains(words))
            .then_some(Self::Slower)
    }
}

/// Whether the kit's client sees for itself how long to wait.
#[must_use]
pub fn names_its_wait(answer: &Answer) -> bool {
    answer.status == 403 && answer.headers.contains_key(http::header::RETRY_AFTER)
}

/// The moment the service says it is.
#[must_use]
pub fn date(answer: &Answer) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(answer.header("date")?)
        .ok()
        .map(|at| at.to_utc())
}

/// The gate of one session.
#[derive(Debug)]
pub struct Gate {
    slower: Duration,
    longest: Duration,
    attempts: u32,
    opens: Mutex<Option<Instant>>,
}

impl Gate {
    /// An open gate.
    #[must_use]
    pub fn new(policy: &HttpPolicy) -> Self {
        Self {
            // Unpaced clients talk to stand-ins, which are not patient.
            slower: if policy.pacing {
                SECONDARY
            } else {
                policy.backoff_base
            },
            longest: policy.max_retry_after,
            attempts: policy.attempts.max(1),
            opens: Mutex::new(None),
        }
    }

    /// Waits until the gate is open.
    ///
    /// # Errors
    ///
    /// Cancelled.
    pub async fn pass(&self, cancel: &CancellationToken) -> Result<(), ProviderError> {
        let opens = *self.opens.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(opens) = opens.filter(|opens| *opens > Instant::now()) else {
            return Ok(());
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(ProviderError::cancelled()),
            () = tokio::time::sleep_until(opens) => Ok(()),
        }
    }

    /// Closes the gate as wished, after `before` earlier wishes about the same request.
    ///
    /// # Errors
    ///
    /// Throttled, where the wish is longer or more frequent than is waited for.
    pub fn close(&self, wish: Wish, before: u32, answer: &Answer) -> Result<(), ProviderError> {
        let wait = match wish {
            Wish::Budget(wait) => wait,
            Wish::Slower => self.slower.saturating_mul(1 << before.min(10)),
        };
        if wait > self.longest || before + 1 >= self.attempts {
            return Err(throttled(wish, wait, answer));
        }
        let until = Instant::now() + wait;
        let mut opens = self.opens.lock().unwrap_or_else(PoisonError::into_inner);
        *opens = Some(opens.map_or(until, |opens| opens.max(until)));
        Ok(())
    }
}

fn throttled(wish: Wish, wait: Duration, answer: &Answer) -> ProviderError {
    let why = match wish {
        Wish::Budget(_) => {
            let until = date(answer).unwrap_or_else(Utc::now)
                + chrono::TimeDelta::from_std(wait).unwrap_or_default();
            format!(
                "GitHub asked us to wait until {}: the requests of this hour are used up.",
                until.to_rfc3339_opts(SecondsFormat::Secs, true)
            )
        }
        Wish::Slower => {
            "GitHub asked us to wait: too many requests came at once, from here or from another program with the same account."
                .to_owned()
        }
    };
    let mut error = ProviderError::new(
        ErrorClass::Throttled,
        "throttled",
        "GitHub limits how fast it may be asked.",
        why,
        "Nothing needs to be mended. The next sync tries again; other programs that use the same account can be the cause.",
    )
    .with_detail(super::refusal::detail(answer));
    error.retry_after_s = Some(wait.as_secs());
    error
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::client::testing::answer;

    const NOW: &str = "Tue, 24 Nov 2026 09:00:00 GMT";

    fn spent(reset: &str) -> Answer {
        answer(
            403,
            r#"{"message":"API rate limit exceeded for user ID 1."}"#,
            &[
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", reset),
                ("date", NOW),
            ],
        )
    }

    #[test]
    fn a_wish_is_told_from_a_refusal() {
        // 2026-11-24T09:01:00Z
        assert_eq!(
            Wish::of(&spent("1795510860")),
            Some(Wish::Budget(Duration::from_secs(61)))
        );
        assert_eq!(
            Wish::of(&spent("1")),
            Some(Wish::Budget(Duration::from_secs(1))),
            "over already"
        );
        let secondary = answer(
            403,
            r#"{"message":"You have exceeded a secondary rate limit. Please wait."}"#,
            &[],
        );
        assert_eq!(Wish::of(&secondary), Some(Wish::Slower));
        assert!(!names_its_wait(&secondary));
        let named = answer(403, "{}", &[("retry-after", "7")]);
        assert!(names_its_wait(&named) && Wish::of(&named).is_none());
        let refused = answer(
            403,
            r#"{"message":"Resource not accessible by integration"}"#,
            &[("x-ratelimit-remaining", "17")],
        );
        assert_eq!(Wish::of(&refused), None);
    }

    #[tokio::test(start_paused = true)]
    async fn everybody_waits_and_longer_each_time() {
        let gate = Gate::new(&HttpPolicy::default());
        let (cancel, start) = (CancellationToken::new(), Instant::now());
        gate.pass(&cancel).await.unwrap();
        let secondary = answer(403, "{}", &[]);
        gate.close(Wish::Slower, 0, &secondary).unwrap();
        gate.pass(&cancel).await.unwrap();
        assert_eq!(start.elapsed().as_secs(), 60);
        gate.close(Wish::Slower, 1, &secondary).unwrap();
        gate.pass(&cancel).await.unwrap();
        assert_eq!(start.elapsed().as_secs(), 180);
        gate.close(Wish::Slower, 2, &secondary).unwrap();
        cancel.cancel();
        assert!(gate.pass(&cancel).await.is_err());
    }

    #[test]
    fn an_hour_is_not_waited_for_and_the_time_is_named() {
        let gate = Gate::new(&HttpPolicy::default());
        // 2026-11-24T09:50:00Z
        let answer = spent("1795513800");
        let error = gate
            .close(Wish::of(&answer).unwrap(), 0, &answer)
            .unwrap_err();
        assert_eq!(error.class, ErrorClass::Throttled);
        assert_eq!(error.retry_after_s, Some(3001));
        assert!(error.why.contains("2026-11-24T09:50:01Z"), "{}", error.why);
        let often = gate.close(Wish::Slower, 4, &answer).unwrap_err();
        assert_eq!(often.code, "throttled");
    }
}
