//! The identity platform: the token endpoint, client assertions and access tokens.

pub(crate) mod access;
mod assertion;
pub(crate) mod person;
pub(crate) mod token;
