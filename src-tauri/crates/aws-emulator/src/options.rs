//! How an emulator is set up.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::compliance::Compliance;
use crate::events::TrailEvent;

/// The set-up of an emulator.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address of moto.
    pub upstream: Url,
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The regions that `DescribeRegions` and `ListRegions` name, of whichever partition is asked.
    pub regions: Vec<String>,
    /// The root user of the credential report, which moto leaves out.
    pub root: RootUser,
    /// Known keys: id to secret. With any, signatures are verified and unknown ids refused; without, signatures need
    /// only be complete.
    pub keys: BTreeMap<String, String>,
    /// What `SimulatePrincipalPolicy` says.
    pub simulation: Simulation,
    /// What `LookupEvents` finds.
    pub events: Vec<TrailEvent>,
    /// How Config judges a rule by name, where [`crate::compliance_of`] should not decide.
    pub compliance: BTreeMap<String, Compliance>,
    /// The most records on a page of what the emulator serves itself. The services' own maximum if none is given.
    pub page_size: Option<usize>,
    /// A folder of answers that go before the built-in ones: `service.Operation.json` or `.xml`, and with
    /// `service.Operation@region` for one region only.
    pub answers: Option<PathBuf>,
    /// Whether `LookupEvents` is throttled beyond its documented two requests a second in each region.
    pub limits: bool,
    /// A wait before every answer.
    pub latency: Duration,
}

impl Options {
    /// The ordinary set-up before the moto at `upstream`: four commercial and both GovCloud regions.
    #[must_use]
    pub fn new(upstream: Url) -> Self {
        Self {
            upstream,
            port: 0,
            regions: [
                "us-east-1",
                "us-east-2",
                "us-west-1",
                "us-west-2",
                "us-gov-west-1",
                "us-gov-east-1",
            ]
            .map(str::to_owned)
            .to_vec(),
            root: RootUser::default(),
            keys: BTreeMap::new(),
            simulation: Simulation::default(),
            events: TrailEvent::ordinary(Utc::now()),
            compliance: BTreeMap::new(),
            page_size: None,
            answers: None,
            limits: false,
            latency: Duration::ZERO,
        }
    }
}

/// The second factor of the root user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootMfa {
    /// None.
    None,
    /// An application on a phone: it is among the virtual devices.
    Virtual,
    /// A device of its own.
    Hardware,
}

/// The root user as report, summary and list of virtual devices show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootUser {
    /// Whether the credential report has its row; moto's own has none.
    pub in_report: bool,
    /// The second factor.
    pub mfa: RootMfa,
    /// Active access keys: 0, 1 or 2.
    pub access_keys: u8,
    /// When somebody last signed in as root; none means never.
    pub password_last_used: Option<DateTime<Utc>>,
}

impl Default for RootUser {
    /// As it should be: a hardware device, no keys, not used for a year.
    fn default() -> Self {
        Self {
            in_report: true,
            mfa: RootMfa::Hardware,
            access_keys: 0,
            password_last_used: Some(Utc::now() - TimeDelta::days(365)),
        }
    }
}

/// What the policy simulator allows. What is denied by a fault is never allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Simulation {
    /// `implicitDeny` for everything.
    #[default]
    Nothing,
    /// `allowed` for everything.
    Everything,
    /// `allowed` for these actions only, such as `iam:ListUsers`.
    Only(Vec<String>),
}
