//! A strict front for [moto](https://docs.getmoto.org), the AWS stand-in that somebody else wrote: for tests, the
//! benchmark and the headless tour. Not part of the product.
//!
//! [`Moto`] starts moto's server, [`Seed`] fills it with a made-up account, and [`Emulator`] stands before it. The
//! emulator passes requests on and serves itself, from made-up answers of the documented shape, what moto 5.2.5 does
//! not implement. It refuses what AWS refuses and moto lets through: requests without a complete version 4 signature,
//! a credential scope of the wrong service or region, times that are far off. With known secrets it verifies the
//! signature itself. [`Fault`]s make it misbehave on purpose. Every request is logged.
//!
//! What it corrects in moto's answers: the credential report has a row for the root user and the time it was made,
//! the account summary and the virtual devices agree with that row, `DescribeRegions` names the regions of
//! [`Options::regions`] only, Security Hub's findings are filtered and need the hub to be enabled, and JSON is called
//! JSON.

mod admit;
mod amend;
mod answer;
mod call;
mod compliance;
mod deliver;
mod events;
mod faults;
mod forward;
mod log;
mod moto;
mod options;
mod own;
mod pages;
mod protocol;
mod refusal;
mod rest;
mod scope;
mod seed;
mod server;
mod sigv4;
mod spoil;
mod state;

pub use answer::Answer;
pub use compliance::{Compliance, compliance_of};
pub use events::TrailEvent;
pub use faults::{Denial, Fault, Faults};
pub use log::LoggedRequest;
pub use moto::Moto;
pub use options::{Options, RootMfa, RootUser, Simulation};
pub use scope::Scope;
pub use seed::{Person, Seed, SeedError, Seeded};
pub use server::Emulator;

/// The account that moto plays.
pub const ACCOUNT: &str = "123456789012";

/// The partition of a region: `aws` or `aws-us-gov`.
#[must_use]
pub fn partition(region: &str) -> &'static str {
    if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// The region in which a partition's global services (IAM, Organizations, Account) are signed for.
#[must_use]
pub fn home_region(region: &str) -> &'static str {
    if partition(region) == "aws" {
        "us-east-1"
    } else {
        "us-gov-west-1"
    }
}
