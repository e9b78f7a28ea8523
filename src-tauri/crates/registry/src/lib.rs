//! The list of providers.
