//! What a refusal says about waiting.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// The `Retry-After` of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u64),
    /// An HTTP date this far ahead.
    Date(Duration),
    /// Any text, valid or not.
    Text(String),
}

impl RetryAfter {
    /// The header's value at this time.
    #[must_use]
    pub fn value(&self, now: DateTime<Utc>) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Date(ahead) => {
                http_date(now + chrono::Duration::from_std(*ahead).unwrap_or_default())
            }
            Self::Text(text) => text.clone(),
        }
    }
}

/// A time as HTTP headers write it.
#[must_use]
pub fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_its_text() {
        let now = DateTime::<Utc>::default();
        assert_eq!(RetryAfter::Seconds(7).value(now), "7");
        assert_eq!(
            RetryAfter::Date(Duration::from_secs(60)).value(now),
            "Thu, 01 Jan 1970 00:01:00 GMT"
        );
        assert_eq!(RetryAfter::Text("soon".into()).value(now), "soon");
    }
}
