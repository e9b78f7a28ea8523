//! The service's own request limits, for clients that must pace themselves.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A group of addresses that share one limit.
struct Limit {
    prefixes: &'static [&'static str],
    requests: usize,
    window: Duration,
    /// Whether the refusal says how long to wait.
    says_when: bool,
}

const LIMITS: [Limit; 2] = [
    // Identity reports: the tightest limit there is.
    Limit {
        prefixes: &["/v1.0/auditLogs/", "/v1.0/reports/"],
        requests: 5,
        window: Duration::from_secs(10),
        says_when: true,
    },
    // Conditional Access refuses without saying when to come back.
    Limit {
        prefixes: &["/v1.0/identity/conditionalAccess/"],
        requests: 1,
        window: Duration::from_secs(1),
        says_when: false,
    },
];

/// When the latest requests of each group were let through.
#[derive(Default)]
pub(crate) struct Limits {
    passed: Mutex<[VecDeque<Instant>; LIMITS.len()]>,
}

/// A refusal, with the seconds to wait if the service says so.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) Option<u64>);

impl Limits {
    /// Lets a request through, or refuses it. Refused requests do not count.
    pub(crate) fn admit(&self, path: &str, now: Instant) -> Result<(), Refused> {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        for (limit, times) in LIMITS.iter().zip(passed.iter_mut()) {
            if !limit.prefixes.iter().any(|prefix| path.starts_with(prefix)) {
                continue;
            }
            while times
                .front()
                .is_some_and(|first| now.duration_since(*first) >= limit.window)
            {
                times.pop_front();
            }
            if times.len() >= limit.requests {
                let wait = times.front().map_or(limit.window, |first| {
                    limit.window - now.duration_since(*first)
                });
                return Err(Refused(limit.says_when.then(|| wait.as_secs() + 1)));
            }
            times.push_back(now);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_has_its_own_window() {
        let limits = Limits::default();
        let start = Instant::now();
        let at = |millis: u64| start + Duration::from_millis(millis);
        for number in 0..5 {
            assert_eq!(limits.admit("/v1.0/auditLogs/signIns", at(number)), Ok(()));
        }
        let reports = "/v1.0/reports/authenticationMethods/userRegistrationDetails";
        assert_eq!(limits.admit(reports, at(1000)), Err(Refused(Some(10))));
        assert_eq!(limits.admit(reports, at(10_000)), Ok(()));
        let policies = "/v1.0/identity/conditionalAccess/policies";
        assert_eq!(limits.admit(policies, at(0)), Ok(()));
        assert_eq!(limits.admit(policies, at(900)), Err(Refused(None)));
        assert_eq!(limits.admit(policies, at(1000)), Ok(()));
        for number in 0..50 {
            assert_eq!(limits.admit("/v1.0/users", at(number)), Ok(()));
        }
    }
}
