//! Things that go wrong on purpose, switched on and off while the emulator runs.

use std::time::Duration;

use stand_in::switchboard::{Misbehaviour, Switchboard, spend};
use stand_in::{Manner, RetryAfter};

/// One way to misbehave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 429.
    Throttle {
        /// For how many requests.
        times: u32,
        /// What the header says; without it the header is missing.
        retry_after: Option<RetryAfter>,
    },
    /// 503 with Graph's envelope.
    ServerError {
        /// For how many requests.
        times: u32,
    },
    /// 401, as for a token revoked early.
    Unauthorized {
        /// For how many requests.
        times: u32,
    },
    /// 403 for want of privileges.
    Forbidden,
    /// The full length is announced, half the body is sent, the connection closes.
    Truncate,
    /// The answer comes late, or drop by drop.
    Slow {
        /// The wait before the first byte.
        delay: Duration,
        /// How many bytes come at a time; 0 means all at once.
        piece: usize,
        /// The wait after each piece.
        pause: Duration,
    },
    /// 200 with an HTML page, as a captive portal gives.
    HtmlPage,
    /// Tokens and organisation of another tenant.
    WrongTenant,
    /// Every page's next link points at the same page again.
    RepeatNextLink,
    /// Next links point at this host (and port) instead.
    ForeignNextLink(String),
    /// Every page's next link is a number.
    NumberNextLink,
    /// A small compressed body that grows large.
    GzipBomb {
        /// The expanded size in MiB.
        mebibytes: u32,
    },
    /// The connection is reset without an answer.
    Reset,
    /// 200 with an empty body.
    EmptyBody,
    /// The right body, called `text/plain`.
    WrongContentType,
    /// A body that stops being JSON in the middle, with a matching length.
    InvalidJson,
    /// The first next link skips a whole page, without a word.
    DropPage,
    /// The first page is empty but has a next link, which is legal.
    EmptyPage,
}

impl Fault {
    /// The fault a command line names, with ordinary numbers.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let second = Duration::from_secs(1);
        Some(match name {
            "throttle" => Self::Throttle {
                times: 2,
                retry_after: Some(RetryAfter::Seconds(1)),
            },
            "throttle-silent" => Self::Throttle {
                times: 2,
                retry_after: None,
            },
            "throttle-date" => Self::Throttle {
                times: 2,
                retry_after: Some(RetryAfter::Date(2 * second)),
            },
            "throttle-forever" => Self::Throttle {
                times: u32::MAX,
                retry_after: Some(RetryAfter::Seconds(1)),
            },
            "server-error" => Self::ServerError { times: 2 },
            "server-error-forever" => Self::ServerError { times: u32::MAX },
            "unauthorized" => Self::Unauthorized { times: u32::MAX },
            "unauthorized-once" => Self::Unauthorized { times: 1 },
            "forbidden" => Self::Forbidden,
            "truncate" => Self::Truncate,
            "slow" => Self::Slow {
                delay: Duration::ZERO,
                piece: 16,
                pause: Duration::from_millis(100),
            },
            "hang" => Self::Slow {
                delay: 600 * second,
                piece: 0,
                pause: Duration::ZERO,
            },
            "html" => Self::HtmlPage,
            "wrong-tenant" => Self::WrongTenant,
            "repeat-next-link" => Self::RepeatNextLink,
            "foreign-next-link" => Self::ForeignNextLink("192.0.2.7".to_owned()),
            "number-next-link" => Self::NumberNextLink,
            "gzip-bomb" => Self::GzipBomb { mebibytes: 2048 },
            "reset" => Self::Reset,
            "empty-body" => Self::EmptyBody,
            "wrong-content-type" => Self::WrongContentType,
            "invalid-json" => Self::InvalidJson,
            "drop-page" => Self::DropPage,
            "empty-page" => Self::EmptyPage,
            _ => return None,
        })
    }

    /// How an answer goes out under these faults.
    pub(crate) fn manner(faults: &[Self]) -> Manner {
        let mut manner = Manner {
            cut: faults.contains(&Self::Truncate),
            ..Manner::default()
        };
        if let Some(Self::Slow {
            delay,
            piece,
            pause,
        }) = faults
            .iter()
            .find(|fault| matches!(fault, Self::Slow { .. }))
        {
            (manner.delay, manner.piece, manner.pause) = (*delay, *piece, *pause);
        }
        manner
    }
}

impl Misbehaviour for Fault {
    fn spend(&mut self) -> bool {
        match self {
            Self::Throttle { times, .. }
            | Self::ServerError { times }
            | Self::Unauthorized { times } => spend(times),
            _ => true,
        }
    }

    fn refuses(&self) -> bool {
        matches!(
            self,
            Self::Throttle { .. }
                | Self::ServerError { .. }
                | Self::Unauthorized { .. }
                | Self::Forbidden
        )
    }
}

/// The switchboard. A prefix is a path such as `/v1.0/users`; the `/v1.0` may be left out, and `/` means everything.
/// Several faults on one path take effect together.
#[derive(Debug, Default)]
pub struct Faults(Switchboard<String, Fault>);

impl Faults {
    /// Switches a fault on for every path that starts with `prefix`.
    pub fn set(&self, prefix: &str, fault: Fault) {
        self.0.set(prefix.to_owned(), fault);
    }

    /// Switches off every fault set with exactly this prefix.
    pub fn clear(&self, prefix: &str) {
        self.0.clear(|have| have == prefix);
    }

    /// Switches everything off.
    pub fn clear_all(&self) {
        self.0.clear_all();
    }

    /// The faults for one request; limited ones are used up by this call.
    pub(crate) fn take(&self, path: &str) -> Vec<Fault> {
        let short = path.strip_prefix("/v1.0").unwrap_or(path);
        self.0.take(|prefix, _| {
            path.starts_with(prefix.as_str()) || short.starts_with(prefix.as_str())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limited_faults_run_out_and_prefixes_may_leave_the_version_out() {
        let faults = Faults::default();
        faults.set("/users", Fault::ServerError { times: 1 });
        faults.set("/v1.0/groups", Fault::Reset);
        assert_eq!(faults.take("/v1.0/users").len(), 1);
        assert!(faults.take("/v1.0/users").is_empty());
        assert_eq!(faults.take("/v1.0/groups/x/members"), [Fault::Reset]);
        faults.clear("/v1.0/groups");
        assert!(faults.take("/v1.0/groups").is_empty());
    }

    #[test]
    fn refusals_queue_up() {
        let faults = Faults::default();
        faults.set("/", Fault::ServerError { times: 1 });
        faults.set("/", Fault::Unauthorized { times: 1 });
        assert_eq!(faults.take("/a"), [Fault::ServerError { times: 0 }]);
        assert_eq!(faults.take("/a"), [Fault::Unauthorized { times: 0 }]);
        assert!(faults.take("/a").is_empty());
    }
}
