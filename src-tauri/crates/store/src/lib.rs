//! The encrypted database of one company: the only crate that knows SQL.
//!
//! The chain of entries is the record. Every projected table is made by [`chain::record`] from the event it appends,
//! in the same transaction, so that [`verify::verify`] can make all of them again from the entries and compare.
//! Query functions take a connection and never begin or commit: the use case owns the transaction.
//!
//! What this crate refuses to do: open a database with more than one writing connection (the SQLite inside the
//! SQLCipher that sqlx accepts is older than the fix of the WAL-reset bug, which needs two), show a key in a log or
//! an error, open a vault written by a newer product for writing, take an empty file for a vault, and decide anything
//! for a person: a determination or a review without a name is refused.

mod backup;
pub mod blobs;
pub mod chain;
pub mod company;
pub mod datasets;
pub mod determinations;
pub mod drafts;
mod error;
mod event;
pub mod evidence_items;
mod files;
pub mod findings;
mod guarded;
pub mod imports;
pub mod integrations;
pub mod kept_answers;
mod key_value;
mod open;
pub mod parameters;
mod project;
pub mod request_log;
mod row;
pub mod runs;
pub mod schedule_state;
mod schema;
pub mod settings;
pub mod snapshots;
mod store;
pub mod verify;

pub use error::{Result, StoreError};
pub use event::{CompanyProfile, ConfirmedFinding, Event, ImportedFile, RunState, Trigger};
pub use open::{Access, DATABASE_FILE};
pub use schema::KNOWN_SCHEMA;
/// The connection that query functions take. [`Tx`] and [`Reader`] dereference to it.
pub use sqlx::SqliteConnection as Connection;
pub use store::{Reader, Store, Tx};
