//! Things that go wrong on purpose, switched on and off while the emulator runs.

use std::time::Duration;

use stand_in::switchboard::{Misbehaviour, Switchboard, spend};

use crate::call::Call;
use crate::scope::Scope;

/// Why a permission is missing, which tells whom to ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// No policy of the caller allows it.
    NoPolicy,
    /// The organisation forbids it.
    ServiceControlPolicy,
    /// The caller's boundary leaves it out.
    PermissionsBoundary,
}

/// One way to misbehave. `times: u32::MAX` means for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The documented denial of the service's protocol. `sts:GetCallerIdentity` is never denied, as at AWS.
    Denied(Denial),
    /// Security Hub is not enabled: `InvalidAccessException`, 401. Other services are not touched.
    NotSubscribed,
    /// The region is not enabled for the account: it knows no key of it.
    RegionNotEnabled,
    /// The temporary credentials are over.
    Expired,
    /// Too many requests, in the service's own words.
    Throttle {
        /// For how many requests.
        times: u32,
    },
    /// A failure of the service.
    ServerError {
        /// For how many requests.
        times: u32,
        /// 500, 502, 503 or 504.
        status: u16,
    },
    /// Any other error, written as the service's protocol does.
    Refuse {
        /// For how many requests.
        times: u32,
        /// The HTTP status.
        status: u16,
        /// The error's code.
        code: String,
        /// Its text.
        message: String,
    },
    /// The full length is announced, half the body is sent, the connection closes.
    Truncate,
    /// A body that stops in the middle, with a matching length.
    InvalidBody,
    /// 200 with an empty body.
    EmptyBody,
    /// 200 with an HTML page, as a captive portal gives.
    HtmlPage,
    /// The answer comes late, or drop by drop.
    Slow {
        /// The wait before the first byte.
        delay: Duration,
        /// How many bytes come at a time; 0 means all at once.
        piece: usize,
        /// The wait after each piece.
        pause: Duration,
    },
    /// Every page names the same next page, and that page is the first one again.
    RepeatToken,
    /// The last page names an empty token, which means that there is no next one.
    EmptyToken,
    /// `sts:GetCallerIdentity` answers with this account. Other operations are not touched.
    WrongAccount(String),
    /// The connection is reset without an answer.
    Reset,
    /// A small compressed body that grows large.
    GzipBomb {
        /// The expanded size in MiB.
        mebibytes: u32,
    },
}

impl Fault {
    /// The fault a command line names, with ordinary numbers.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let second = Duration::from_secs(1);
        Some(match name {
            "denied" => Self::Denied(Denial::NoPolicy),
            "denied-by-organization" => Self::Denied(Denial::ServiceControlPolicy),
            "denied-by-boundary" => Self::Denied(Denial::PermissionsBoundary),
            "not-subscribed" => Self::NotSubscribed,
            "region-not-enabled" => Self::RegionNotEnabled,
            "expired" => Self::Expired,
            "throttle" => Self::Throttle { times: 2 },
            "throttle-forever" => Self::Throttle { times: u32::MAX },
            "server-error" => Self::ServerError {
                times: 2,
                status: 500,
            },
            "server-error-forever" => Self::ServerError {
                times: u32::MAX,
                status: 503,
            },
            "truncate" => Self::Truncate,
            "invalid-body" => Self::InvalidBody,
            "empty-body" => Self::EmptyBody,
            "html" => Self::HtmlPage,
            "slow" => Self::Slow {
                delay: Duration::ZERO,
                piece: 64,
                pause: Duration::from_millis(100),
            },
            "hang" => Self::Slow {
                delay: 600 * second,
                piece: 0,
                pause: Duration::ZERO,
            },
            "repeat-token" => Self::RepeatToken,
            "empty-token" => Self::EmptyToken,
            "wrong-account" => Self::WrongAccount("210987654321".to_owned()),
            "reset" => Self::Reset,
            "gzip-bomb" => Self::GzipBomb { mebibytes: 2048 },
            _ => return None,
        })
    }

    /// Whether it means anything for this request.
    fn concerns(&self, call: &Call) -> bool {
        match self {
            Self::Denied(_) => !call.is("sts", "GetCallerIdentity"),
            Self::WrongAccount(_) => call.is("sts", "GetCallerIdentity"),
            Self::NotSubscribed => call.service == "securityhub",
            _ => true,
        }
    }
}

impl Misbehaviour for Fault {
    fn spend(&mut self) -> bool {
        match self {
            Self::Throttle { times }
            | Self::ServerError { times, .. }
            | Self::Refuse { times, .. } => spend(times),
            _ => true,
        }
    }

    fn refuses(&self) -> bool {
        matches!(
            self,
            Self::Denied(_)
                | Self::NotSubscribed
                | Self::RegionNotEnabled
                | Self::Expired
                | Self::Throttle { .. }
                | Self::ServerError { .. }
                | Self::Refuse { .. }
        )
    }
}

/// The switchboard. Several faults on one request take effect together; of those that refuse, the first set goes first.
#[derive(Debug, Default)]
pub struct Faults(Switchboard<Scope, Fault>);

impl Faults {
    /// Switches a fault on for every request that the scope covers.
    pub fn set(&self, scope: impl Into<Scope>, fault: Fault) {
        self.0.set(scope.into(), fault);
    }

    /// Switches off every fault set with exactly this scope.
    pub fn clear(&self, scope: impl Into<Scope>) {
        let scope = scope.into();
        self.0.clear(|have| *have == scope);
    }

    /// Switches everything off.
    pub fn clear_all(&self) {
        self.0.clear_all();
    }

    /// The faults for one request; limited ones are used up by this call.
    pub(crate) fn take(&self, call: &Call) -> Vec<Fault> {
        self.0.take(|scope, fault| {
            scope.covers(&call.service, &call.operation, &call.region) && fault.concerns(call)
        })
    }

    /// Whether an operation is denied in a region, which the policy simulator must agree with.
    pub(crate) fn denies(&self, service: &str, operation: &str, region: &str) -> bool {
        self.0.any(|scope, fault| {
            matches!(fault, Fault::Denied(_)) && scope.covers(service, operation, region)
        })
    }
}
