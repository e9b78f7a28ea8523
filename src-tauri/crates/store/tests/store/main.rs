//! The store on real SQLCipher files.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod crashes;
mod files;
mod imports;
mod judgements;
mod queries;
mod record;
mod support;
mod tampering;
mod transactions;
mod verifying;
