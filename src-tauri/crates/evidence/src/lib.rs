//! What was collected and what it says: snapshots, findings, evidence items, and the chain that keeps them.
//!
//! Pure: no files, no clock, no network. Callers bring the time and the bytes. The words are those of the design:
//! service -> snapshot -> finding -> evidence -> indication. A person's determination is not made here
//! (see the `catalog` crate); nothing in this crate can set one.

mod canonical;
mod chain;
mod confidence;
mod digest;
mod finding;
mod ids;
mod indication;
mod item;
mod outcome;
mod snapshot;
mod timestamp;

pub use canonical::{CanonicalError, canonical_json};
pub use chain::{ChainError, Entry, EntryKind, GENESIS, verify_links};
pub use confidence::{Confidence, ObjectiveSupport, confidence};
pub use digest::{Digest, DigestParseError};
pub use finding::{Finding, Imported, LastKnown, Population, Resource};
pub use ids::{CompanyId, EvidenceId, IntegrationId, RunId};
pub use indication::{ComplianceStatus, indication};
pub use item::{CollectionState, Review, roll_up};
pub use outcome::{Outcome, Reason, Severity, UnknownCode};
pub use snapshot::{
    Completeness, ContentDigest, IdentityStamp, PageRecord, PageRequest, Snapshot, snapshot_id,
};
pub use timestamp::Timestamp;
