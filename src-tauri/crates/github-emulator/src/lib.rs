//! A strict stand-in for the REST API of GitHub, its device flow and its App tokens, for tests and for benches.
//!
//! It serves a made-up [`Company`] on the loopback and refuses what GitHub refuses: tokens without the permission,
//! two-factor data for those who are not owners, features that the plan lacks, requests without their headers, more than
//! the rate limit. [`Faults`] make it misbehave on purpose. Every request is logged.
//!
//! Where it is stricter than the real service: `Accept` must name GitHub's media type and `X-GitHub-Api-Version` must be
//! there, nothing but `/meta` and `/rate_limit` is answered without a token, a parameter with an unknown value is refused,
//! cursors belong to one list with its filters, and only GET is answered besides the three POSTs that give tokens.
//! Addresses inside rows stay those of github.com; page links name the emulator.

mod api;
mod auth;
mod company;
mod faults;
mod limits;
mod log;
mod options;
mod page;
mod permission;
mod query;
mod refusal;
mod route;
mod routes;
mod server;
mod service;
mod spoil;
mod state;
mod token;

pub use auth::device::DeviceAnswer;
pub use company::{
    Actions, Company, LEAKED_SECRET, OWNER, Person, Plan, Repo, Role, Shape, TwoFactor, Visibility,
    classic, rules, ruleset,
};
pub use faults::{Fault, Faults};
pub use log::LoggedRequest;
pub use options::{App, Options, Product, Secondary};
pub use permission::{Access, Permissions, READ_PERMISSIONS, read_everything};
pub use server::Emulator;
pub use stand_in::RetryAfter;
pub use token::{Selection, Token, TokenKind};
