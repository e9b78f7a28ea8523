//! The engine as its two faces use it: every rule of the service layer, against a made-up service whose answers are
//! switched, and against the strict Graph emulator.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod access;
mod attended;
mod collecting;
mod commands;
mod companies;
mod confirming;
mod connecting;
mod contract;
mod determinations;
mod entra;
mod evidence_items;
mod failing;
mod fake;
mod importing;
mod interrupting;
mod opening;
mod parameters;
mod properties;
mod reevaluating;
mod schedule;
mod standing;
mod support;
mod syncing;
mod up_to_date;
