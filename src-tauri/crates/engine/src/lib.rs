//! The service layer: companies, connections, syncs, status, score, schedule. The window and the command line are two
//! faces of it; whatever one can do, so can the other.
//!
//! What it refuses to do: know Tauri, SQL or the keyring; set a determination without a person's name; judge anything
//! that was not stored first.

pub mod access;
pub mod activity;
pub mod api;
mod app;
mod attended;
pub mod catalogue;
mod clock;
pub mod collect;
pub mod commands;
pub mod companies;
pub mod connect;
pub mod control;
mod data_dir;
pub mod demo;
mod error;
pub mod evidence_view;
mod expiry;
pub mod findings;
mod freshness;
pub mod imports;
mod intake;
mod judge;
mod kept;
mod links;
mod opening;
pub mod parameters;
mod progress;
pub mod providers;
mod reading;
pub mod recovery;
mod reevaluation;
mod renewing;
mod request_log;
mod run;
pub mod schedule;
pub mod score;
mod signing_in;
pub mod standing;
pub mod status;
pub mod sync;
pub mod ticker;
mod up_to_date;

pub use app::{App, OpenCompany, Options};
pub use clock::{Clock, FixedClock, SystemClock};
pub use commands::{COMMANDS, CommandInfo, dispatch, typescript};
pub use progress::{ProgressSink, silent};
