//! Rate limits: the hourly one of each token, and the secondary one of all.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use chrono::{DateTime, Utc};
use stand_in::Reply;

use crate::company::{Company, Plan};
use crate::options::{Options, Secondary};
use crate::token::{Token, TokenKind};

/// An hour, in seconds.
const HOUR: i64 = 3600;

/// What a token has used of one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) limit: u32,
    pub(crate) used: u32,
    /// UTC epoch seconds.
    pub(crate) reset: i64,
    pub(crate) resource: &'static str,
}

impl Standing {
    pub(crate) fn remaining(&self) -> u32 {
        self.limit.saturating_sub(self.used)
    }

    pub(crate) fn write(&self, reply: &mut Reply) {
        reply.set("x-ratelimit-limit", self.limit.to_string());
        reply.set("x-ratelimit-remaining", self.remaining().to_string());
        reply.set("x-ratelimit-used", self.used.min(self.limit).to_string());
        reply.set("x-ratelimit-reset", self.reset.to_string());
        reply.set("x-ratelimit-resource", self.resource);
    }
}

/// A token and a resource.
type Key = (String, &'static str);
/// How many requests, and when the count starts again.
type Used = (u32, i64);

/// What every token has used, and when the latest requests were let through.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    used: Mutex<HashMap<Key, Used>>,
    passed: Mutex<VecDeque<Instant>>,
}

impl Limits {
    /// Looks, or charges one request with `by` = 1, or gives one back with -1.
    pub(crate) fn charge(
        &self,
        secret: &str,
        resource: &'static str,
        limit: u32,
        now: DateTime<Utc>,
        by: i32,
    ) -> Standing {
        let now = now.timestamp();
        let mut all = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let (used, reset) = all
            .entry((secret.to_owned(), resource))
            .or_insert((0, now + HOUR));
        if *reset <= now {
            (*used, *reset) = (0, now + HOUR);
        }
        *used = used.saturating_add_signed(by);
        Standing {
            limit,
            used: *used,
            reset: *reset,
            resource,
        }
    }

    /// Lets a request through the secondary limit. Refused requests do not count.
    pub(crate) fn admit(&self, secondary: &Secondary, now: Instant) -> bool {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        while passed
            .front()
            .is_some_and(|first| now.duration_since(*first) >= secondary.window)
        {
            passed.pop_front();
        }
        if passed.len() >= secondary.requests {
            return false;
        }
        passed.push_back(now);
        true
    }
}

/// How many requests an hour GitHub grants a token; `None` where rates are not limited.
pub(crate) fn granted(
    options: &Options,
    company: &Company,
    token: Option<&Token>,
    resource: &str,
) -> Option<u32> {
    if let Some(limit) = options.rate_limit {
        return Some(limit);
    }
    if options.product.is_server() {
        return None;
    }
    if resource == "audit_log" {
        return Some(1750);
    }
    let enterprise = company.plan == Plan::Enterprise;
    Some(match token.map(|token| token.kind) {
        None => 60,
        Some(TokenKind::User | TokenKind::Installation) if enterprise => 15_000,
        Some(TokenKind::Installation) => {
            let above = |count: usize| u32::try_from(count.saturating_sub(20)).unwrap_or(u32::MAX);
            let more = above(company.repos.len()).saturating_add(above(company.members.len()));
            5_000_u32
                .saturating_add(more.saturating_mul(50))
                .min(12_500)
        }
        Some(_) => 5_000,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_hour_later_everything_is_there_again() {
        let limits = Limits::default();
        let now = DateTime::<Utc>::default();
        limits.charge("a", "core", 10, now, 1);
        let standing = limits.charge("a", "core", 10, now, 1);
        assert_eq!((standing.remaining(), standing.reset), (8, HOUR));
        assert_eq!(limits.charge("a", "core", 10, now, -1).used, 1);
        assert_eq!(limits.charge("b", "core", 10, now, 0).used, 0);
        assert_eq!(limits.charge("a", "audit_log", 10, now, 0).used, 0);
        let later = now + chrono::Duration::seconds(HOUR);
        assert_eq!(limits.charge("a", "core", 10, later, 0).used, 0);
    }

    #[test]
    fn the_secondary_limit_slides() {
        let limits = Limits::default();
        let secondary = Secondary {
            requests: 2,
            window: Duration::from_secs(1),
            status: 403,
            retry_after: None,
        };
        let start = Instant::now();
        let at = |millis: u64| start + Duration::from_millis(millis);
        assert!(limits.admit(&secondary, at(0)) && limits.admit(&secondary, at(1)));
        assert!(!limits.admit(&secondary, at(999)));
        assert!(limits.admit(&secondary, at(1000)));
    }
}
