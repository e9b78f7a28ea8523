//! A strict stand-in for Microsoft Graph and its token endpoint, for tests and for the headless tour.
//!
//! It serves a made-up [`Tenant`] on the loopback and refuses what the real services refuse: unknown properties,
//! oversized pages, invented page tokens, tokens for another audience, permissions that were not granted, logs
//! without a licence. [`Faults`] make it misbehave on purpose. Every request is logged.
//!
//! Where it is stricter than the real service: an assertion may live eleven minutes at most, its `jti` cannot be used
//! twice, `typ` must be `JWT`, and only GET is answered. An unknown address is a 404.

mod auth;
mod certificate;
mod faults;
mod graph;
mod limits;
mod log;
mod odata;
mod options;
mod page;
mod reply;
mod route;
mod routes;
mod schema;
mod server;
mod state;
mod tenant;

pub use certificate::{CertificateError, ClientCertificate};
pub use faults::{Fault, Faults};
pub use log::LoggedRequest;
pub use options::{CORE_ROLES, Nullable, Options};
pub use server::Emulator;
pub use stand_in::RetryAfter;
pub use tenant::{GLOBAL_ADMINISTRATOR, Tenant};
