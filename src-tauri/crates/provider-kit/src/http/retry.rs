//! When to try again, and after how long.

use super::HttpPolicy;
use chrono::{DateTime, Utc};
use http::{HeaderMap, header};
use std::time::Duration;

/// What a service says about waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// Nothing, or nothing that makes sense.
    Absent,
    /// So long.
    Wait(Duration),
}

/// Reads `Retry-After`: seconds (also with a fraction) or an HTTP date, which is compared with the answer's own `Date`
/// where there is one, so that a wrong clock here does no harm. A past date and a negative number count as absent.
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> RetryAfter {
    let Some(text) = headers
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
    else {
        return RetryAfter::Absent;
    };
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        // NaN and negative numbers fail the comparison; what no duration can hold is as good as for ever.
        return if seconds >= 0.0 {
            RetryAfter::Wait(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
        } else {
            RetryAfter::Absent
        };
    }
    let date = |text: &str| {
        DateTime::parse_from_rfc2822(text)
            .ok()
            .map(|at| at.to_utc())
    };
    let Some(until) = date(text) else {
        return RetryAfter::Absent;
    };
    let from = headers
        .get(header::DATE)
        .and_then(|value| value.to_str().ok())
        .and_then(date)
        .unwrap_or(now);
    match (until - from).to_std() {
        Ok(wait) => RetryAfter::Wait(wait),
        Err(_) => RetryAfter::Absent,
    }
}

/// The pause before attempt `next` (2 for the second): doubled each time, capped, shortened by up to a half by `luck`
/// in 0..1, so that many clients do not come back together.
pub fn backoff(policy: &HttpPolicy, next: u32, luck: f64) -> Duration {
    let doublings = next.saturating_sub(2).min(20);
    let full = policy
        .backoff_base
        .saturating_mul(1 << doublings)
        .min(policy.backoff_cap);
    full.mul_f64(1.0 - luck.clamp(0.0, 1.0) / 2.0)
}

/// Whether a status says that another attempt may succeed.
pub const fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 500 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use http::HeaderValue;

    fn read(value: &str, date: Option<&str>) -> RetryAfter {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_str(value).unwrap());
        if let Some(date) = date {
            headers.insert(header::DATE, HeaderValue::from_str(date).unwrap());
        }
        retry_after(&headers, "2026-11-23T09:00:00Z".parse().unwrap())
    }

    #[test]
    fn every_form_is_read() {
        let wait = |seconds| RetryAfter::Wait(Duration::from_secs(seconds));
        assert_eq!(read("7", None), wait(7));
        assert_eq!(read(" 0 ", None), wait(0));
        assert_eq!(
            read("1.5", None),
            RetryAfter::Wait(Duration::from_millis(1500))
        );
        assert_eq!(read("-5", None), RetryAfter::Absent);
        assert_eq!(read("soon", None), RetryAfter::Absent);
        assert_eq!(read("NaN", None), RetryAfter::Absent);
        assert_eq!(read("1e300", None), RetryAfter::Wait(Duration::MAX));
        assert_eq!(
            read("99999999999999999999999", None),
            RetryAfter::Wait(Duration::MAX)
        );
        assert_eq!(read("Mon, 23 Nov 2026 09:00:30 GMT", None), wait(30));
        assert_eq!(
            read("Mon, 23 Nov 2026 08:00:30 GMT", None),
            RetryAfter::Absent
        );
        let their_clock = Some("Mon, 23 Nov 2026 11:00:00 GMT");
        assert_eq!(
            read("Mon, 23 Nov 2026 11:00:10 GMT", their_clock),
            wait(10),
            "their clock, not ours"
        );
        assert_eq!(
            retry_after(&HeaderMap::new(), Utc::now()),
            RetryAfter::Absent
        );
    }

    #[test]
    fn pauses_double_up_to_the_cap() {
        let policy = HttpPolicy::default();
        let pauses: Vec<u64> = (2..=10)
            .map(|next| u64::try_from(backoff(&policy, next, 0.0).as_millis()).unwrap())
            .collect();
        assert_eq!(
            pauses,
            [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]
        );
        assert_eq!(backoff(&policy, 2, 1.0), Duration::from_millis(250));
        assert_eq!(backoff(&policy, u32::MAX, 0.0), policy.backoff_cap);
    }
}
