//! Microsoft Entra ID: accounts, administrators, sign-in policies and logs of a Microsoft 365 tenant, read-only.
//!
//! What is special here: one tenant in one of five clouds, application permissions that the token names, and licences
//! without which Microsoft refuses some answers. A refusal is a reason, never a result.

mod activity;
mod checks;
mod client;
mod conditional_access;
mod datasets;
mod grants;
mod licences;
mod may_join;
mod mfa_share;
mod pace;
mod parameters;
mod privileged;
mod provider;
mod refusal;
mod token;

pub use provider::{EntraId, PROVIDER};
