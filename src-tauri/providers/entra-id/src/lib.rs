//! Microsoft Entra ID: accounts, administrators, sign-in policies and logs of a Microsoft 365 tenant, read-only.
//!
//! What is special here: one tenant in one of five clouds, application permissions that the token names, and licences
//! without which Microsoft refuses some answers. A refusal is a reason, never a result.

mod activity;
mod checks;
mod conditional_access;
mod datasets;
mod mfa_share;
mod parameters;
mod privileged;

pub use mfa_share::{LegacyShare, legacy_rule};
