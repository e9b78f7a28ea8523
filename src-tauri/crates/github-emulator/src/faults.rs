//! Things that go wrong on purpose, switched on and off while the emulator runs.

use std::time::Duration;

use stand_in::switchboard::{Misbehaviour, Switchboard, spend};
use stand_in::{Manner, RetryAfter};

/// One way to misbehave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 429 with this `Retry-After`, or without one.
    Throttle(Option<RetryAfter>),
    /// The secondary limit with this status (403 or 429) and these seconds in `Retry-After`.
    SecondaryLimit {
        /// 403 or 429.
        status: u16,
        /// Seconds to wait; without it the header is missing.
        retry_after: Option<u64>,
    },
    /// The hourly limit is used up: the status (403 or 429), `x-ratelimit-remaining: 0`, and a reset this far ahead.
    PrimaryLimit {
        /// 403 or 429.
        status: u16,
        /// How far ahead the reset is.
        reset: Duration,
    },
    /// 401 "Bad credentials", as for a token that was revoked.
    Unauthorized,
    /// 403 for want of a permission, with the header that names it.
    Forbidden,
    /// 404 "Not Found".
    NotFound,
    /// 403 because the organization's IP allow list keeps the client out.
    IpAllowList,
    /// 403 because the token is not authorized for single sign-on.
    SsoRequired,
    /// 403 of a plan that lacks the feature.
    Upgrade,
    /// Any other status of the service, with GitHub's envelope: 500, 502, 503, 504, 422, 451.
    Status(u16),
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
    /// 200 with an empty body.
    EmptyBody,
    /// The right body, called `text/plain`.
    WrongContentType,
    /// A body that stops being JSON in the middle, with a matching length.
    InvalidJson,
    /// Good JSON of another shape: an object where a list is due, and a list where an object is.
    OtherShape,
    /// A small compressed body that grows large.
    GzipBomb {
        /// The expanded size in MiB.
        mebibytes: u32,
    },
    /// A large body, not compressed.
    Oversized {
        /// The size in MiB.
        mebibytes: u32,
    },
    /// The connection is reset without an answer.
    Reset,
    /// Every page names itself as the next one.
    RepeatNext,
    /// Every page names the first one as the next one.
    LoopNext,
    /// Every page names a next one on this host, over https.
    ForeignNext(String),
    /// There is always a next page, empty ones after the last.
    EndlessNext,
    /// The next page is not named, though there is one.
    MissingNext,
    /// The `Link` header is not one.
    BrokenLink,
    /// A redirect to this address; an empty one means to the same address again.
    Redirect {
        /// 301, 302 or 307.
        status: u16,
        /// The `Location`.
        location: String,
    },
    /// The organization that answers has another number.
    WrongOrganization,
    /// The `ETag` header is left out.
    NoEtag,
    /// 304 whatever was asked.
    AlwaysNotModified,
}

impl Fault {
    /// The fault a command line names, with ordinary numbers, and how many times it happens.
    #[must_use]
    pub fn named(name: &str) -> Option<(Self, u32)> {
        let second = Duration::from_secs(1);
        let ever = u32::MAX;
        Some(match name {
            "throttle" => (Self::Throttle(Some(RetryAfter::Seconds(1))), 2),
            "throttle-silent" => (Self::Throttle(None), 2),
            "throttle-date" => (Self::Throttle(Some(RetryAfter::Date(2 * second))), 2),
            "throttle-forever" => (Self::Throttle(Some(RetryAfter::Seconds(1))), ever),
            "secondary" => (
                Self::SecondaryLimit {
                    status: 403,
                    retry_after: Some(1),
                },
                2,
            ),
            "secondary-forever" => (
                Self::SecondaryLimit {
                    status: 403,
                    retry_after: Some(1),
                },
                ever,
            ),
            "primary" => (
                Self::PrimaryLimit {
                    status: 403,
                    reset: second,
                },
                2,
            ),
            "unauthorized" => (Self::Unauthorized, ever),
            "unauthorized-once" => (Self::Unauthorized, 1),
            "forbidden" => (Self::Forbidden, ever),
            "not-found" => (Self::NotFound, ever),
            "ip-allow-list" => (Self::IpAllowList, ever),
            "sso" => (Self::SsoRequired, ever),
            "upgrade" => (Self::Upgrade, ever),
            "server-error" => (Self::Status(502), 2),
            "server-error-forever" => (Self::Status(503), ever),
            "truncate" => (Self::Truncate, ever),
            "slow" => (
                Self::Slow {
                    delay: Duration::ZERO,
                    piece: 64,
                    pause: Duration::from_millis(100),
                },
                ever,
            ),
            "hang" => (
                Self::Slow {
                    delay: 600 * second,
                    piece: 0,
                    pause: Duration::ZERO,
                },
                ever,
            ),
            "html" => (Self::HtmlPage, ever),
            "empty-body" => (Self::EmptyBody, ever),
            "wrong-content-type" => (Self::WrongContentType, ever),
            "invalid-json" => (Self::InvalidJson, ever),
            "other-shape" => (Self::OtherShape, ever),
            "gzip-bomb" => (Self::GzipBomb { mebibytes: 2048 }, ever),
            "oversized" => (Self::Oversized { mebibytes: 64 }, ever),
            "reset" => (Self::Reset, ever),
            "repeat-next" => (Self::RepeatNext, ever),
            "loop-next" => (Self::LoopNext, ever),
            "foreign-next" => (Self::ForeignNext("192.0.2.7".to_owned()), ever),
            "endless-next" => (Self::EndlessNext, ever),
            "missing-next" => (Self::MissingNext, ever),
            "broken-link" => (Self::BrokenLink, ever),
            "redirect" => (
                Self::Redirect {
                    status: 301,
                    location: "https://192.0.2.7/".to_owned(),
                },
                ever,
            ),
            "redirect-loop" => (
                Self::Redirect {
                    status: 302,
                    location: String::new(),
                },
                ever,
            ),
            "wrong-organization" => (Self::WrongOrganization, ever),
            "no-etag" => (Self::NoEtag, ever),
            "always-not-modified" => (Self::AlwaysNotModified, ever),
            _ => return None,
        })
    }

    /// How an answer goes out under these faults.
    pub(crate) fn manner(faults: &[Self]) -> Manner {
        let mut manner = Manner {
            cut: faults.contains(&Self::Truncate),
            ..Manner::default()
        };
        for fault in faults {
            if let Self::Slow {
                delay,
                piece,
                pause,
            } = fault
            {
                (manner.delay, manner.piece, manner.pause) = (*delay, *piece, *pause);
            }
        }
        manner
    }
}

/// A fault with the number of times that are left.
#[derive(Debug, Clone)]
struct Armed {
    fault: Fault,
    times: u32,
}

impl Misbehaviour for Armed {
    fn spend(&mut self) -> bool {
        spend(&mut self.times)
    }

    fn refuses(&self) -> bool {
        matches!(
            self.fault,
            Fault::Throttle(_)
                | Fault::SecondaryLimit { .. }
                | Fault::PrimaryLimit { .. }
                | Fault::Unauthorized
                | Fault::Forbidden
                | Fault::NotFound
                | Fault::IpAllowList
                | Fault::SsoRequired
                | Fault::Upgrade
                | Fault::Status(_)
                | Fault::Redirect { .. }
        )
    }
}

/// The switchboard. A pattern is a path of the API such as `/orgs/*/members`, without the base path: `*` stands for one
/// segment, what follows does not matter, and `/` means everything. Addresses with numbers count as the ones with names.
/// Several faults on one path take effect together; of those that refuse, the first set goes first.
#[derive(Debug, Default)]
pub struct Faults(Switchboard<String, Armed>);

impl Faults {
    /// Switches a fault on for every path that the pattern fits.
    pub fn set(&self, pattern: &str, fault: Fault) {
        self.set_times(pattern, fault, u32::MAX);
    }

    /// The same for so many requests.
    pub fn set_times(&self, pattern: &str, fault: Fault, times: u32) {
        self.0.set(pattern.to_owned(), Armed { fault, times });
    }

    /// Switches off every fault set with exactly this pattern.
    pub fn clear(&self, pattern: &str) {
        self.0.clear(|have| have == pattern);
    }

    /// Switches everything off.
    pub fn clear_all(&self) {
        self.0.clear_all();
    }

    /// The faults for one request; limited ones are used up by this call.
    pub(crate) fn take(&self, path: &str) -> Vec<Fault> {
        self.0
            .take(|pattern, _| fits(pattern, path))
            .into_iter()
            .map(|armed| armed.fault)
            .collect()
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    let mut have = path.split('/').filter(|part| !part.is_empty());
    pattern
        .split('/')
        .filter(|part| !part.is_empty())
        .all(|want| have.next().is_some_and(|part| want == "*" || want == part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_by_segments() {
        assert!(fits("/", "/anything"));
        assert!(fits("/orgs/*/members", "/orgs/acme/members"));
        assert!(fits("/orgs/*", "/orgs/acme/members"));
        assert!(!fits("/orgs/*/members", "/orgs/acme"));
        assert!(!fits("/orgs/*/mem", "/orgs/acme/members"));
    }

    #[test]
    fn counted_faults_run_out() {
        let faults = Faults::default();
        faults.set_times("/user", Fault::NotFound, 1);
        faults.set("/user", Fault::Truncate);
        assert_eq!(faults.take("/user"), [Fault::NotFound, Fault::Truncate]);
        assert_eq!(faults.take("/user"), [Fault::Truncate]);
        faults.clear("/user");
        assert!(faults.take("/user").is_empty());
    }
}
