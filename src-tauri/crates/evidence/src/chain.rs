//! The append-only chain: every entry keeps its exact canonical bytes for ever and names the digest of the one before.

use crate::{CanonicalError, Digest, Timestamp, canonical_json};
use serde::{Deserialize, Serialize};

/// What an entry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The company was created; its profile.
    CompanyCreated,
    /// The company's profile was changed.
    CompanyChanged,
    /// A connection was made.
    IntegrationConnected,
    /// A connection's state or settings changed.
    IntegrationChanged,
    /// A connection was removed and its credentials destroyed.
    IntegrationRemoved,
    /// A run began.
    RunStarted,
    /// A run ended.
    RunFinished,
    /// A dataset was fetched: the snapshot's id and content digest.
    DatasetCollected,
    /// A dataset could not be fetched: the reason.
    DatasetFailed,
    /// A check's result changed or was made for the first time.
    FindingRecorded,
    /// Checks were run again on newer data and said the same.
    FindingsConfirmed,
    /// An evidence item got a new revision.
    EvidenceRevised,
    /// An evidence item's content was seen unchanged.
    EvidenceConfirmed,
    /// A person approved or rejected a revision.
    EvidenceReviewed,
    /// A result file of another tool was imported; what it says.
    FileImported,
    /// A payload was purged by name and reason; its digest stays.
    PayloadPurged,
    /// A person decided an objective.
    DeterminationMade,
    /// A person set a parameter or exemption.
    ParameterSet,
    /// The history was restored from an older copy.
    HistoryRestored,
}

/// The digest the first entry names as the one before it.
pub const GENESIS: Digest = Digest::from_bytes([0; 32]);

/// One entry. Its bytes are the canonical JSON of this value; its digest is the SHA-256 of those bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Format of the entry.
    pub v: u32,
    /// 1 for the first, then without gaps.
    pub seq: u64,
    /// Digest of the entry before, [`GENESIS`] for the first.
    pub prev: Digest,
    /// When it was written, by this machine's clock.
    pub at: Timestamp,
    /// What it records.
    pub kind: EntryKind,
    /// The recorded facts: the projection tables are made from these alone.
    pub body: serde_json::Value,
}

impl Entry {
    /// The entry that follows `prev` (sequence number and digest), its bytes and its digest.
    pub fn next(
        prev: (u64, Digest),
        at: Timestamp,
        kind: EntryKind,
        body: serde_json::Value,
    ) -> Result<(Self, Vec<u8>, Digest), CanonicalError> {
        let entry = Self {
            v: 1,
            seq: prev.0 + 1,
            prev: prev.1,
            at,
            kind,
            body,
        };
        let bytes = canonical_json(&entry)?;
        let digest = Digest::of(&bytes);
        Ok((entry, bytes, digest))
    }
}

/// What is wrong with a chain, and at which entry.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// An entry is not the canonical JSON of an entry.
    #[error("entry {seq} is not readable: {detail}")]
    Unreadable {
        /// Position in the chain, from 1.
        seq: u64,
        /// What the parser said.
        detail: String,
    },
    /// An entry's number is not the one expected.
    #[error("entry {expected} is missing: found {found} in its place")]
    Gap {
        /// The number expected.
        expected: u64,
        /// The number found.
        found: u64,
    },
    /// An entry does not follow the one before it.
    #[error("entry {seq} does not follow the entry before it")]
    BrokenLink {
        /// Position in the chain.
        seq: u64,
    },
    /// An entry's bytes do not have the digest stored for them.
    #[error("entry {seq} was changed after it was written")]
    Changed {
        /// Position in the chain.
        seq: u64,
    },
}

/// Checks one entry's bytes against its stored digest and its place after `prev`; returns the entry.
pub fn verify_links(
    prev: (u64, Digest),
    bytes: &[u8],
    stored: Digest,
) -> Result<Entry, ChainError> {
    let expected = prev.0 + 1;
    if Digest::of(bytes) != stored {
        return Err(ChainError::Changed { seq: expected });
    }
    let entry: Entry = serde_json::from_slice(bytes).map_err(|error| ChainError::Unreadable {
        seq: expected,
        detail: error.to_string(),
    })?;
    if entry.seq != expected {
        return Err(ChainError::Gap {
            expected,
            found: entry.seq,
        });
    }
    if entry.prev != prev.1 {
        return Err(ChainError::BrokenLink { seq: expected });
    }
    match canonical_json(&entry) {
        Ok(again) if again == bytes => Ok(entry),
        _ => Err(ChainError::Unreadable {
            seq: expected,
            detail: "not in canonical form".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn chain(length: u64) -> Vec<(Vec<u8>, Digest)> {
        let mut prev = (0, GENESIS);
        (0..length)
            .map(|i| {
                let (entry, bytes, digest) = Entry::next(
                    prev,
                    Timestamp::from_unix(1_700_000_000),
                    EntryKind::ParameterSet,
                    json!({"n": i}),
                )
                .unwrap();
                prev = (entry.seq, digest);
                (bytes, digest)
            })
            .collect()
    }

    fn verify(chain: &[(Vec<u8>, Digest)]) -> Result<(), ChainError> {
        let mut prev = (0, GENESIS);
        for (bytes, digest) in chain {
            let entry = verify_links(prev, bytes, *digest)?;
            prev = (entry.seq, *digest);
        }
        Ok(())
    }

    #[test]
    fn a_whole_chain_verifies_and_a_removed_entry_is_named() {
        let mut entries = chain(5);
        assert_eq!(verify(&entries), Ok(()));
        entries.remove(2);
        assert_eq!(
            verify(&entries),
            Err(ChainError::Gap {
                expected: 3,
                found: 4
            })
        );
    }

    #[test]
    fn the_first_entry_keeps_its_bytes() {
        let (bytes, digest) = chain(1).remove(0);
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            r#"{"at":"2023-11-14T22:13:20Z","body":{"n":0},"kind":"parameter_set","prev":"sha256:0000000000000000000000000000000000000000000000000000000000000000","seq":1,"v":1}"#
        );
        assert_eq!(
            digest.to_string(),
            "sha256:6d61c030745c0a794abfa6d7d2a129952dc80686e94a3a86edc62da2032bebb7"
        );
    }

    proptest! {
        #[test]
        fn any_changed_byte_is_caught(entry in 0usize..6, at in any::<prop::sample::Index>(), flip in 1u8..=255, fix_digest in any::<bool>()) {
            let mut entries = chain(6);
            let byte = at.index(entries[entry].0.len());
            entries[entry].0[byte] ^= flip;
            if fix_digest {
                entries[entry].1 = Digest::of(&entries[entry].0);
            }
            // Re-hashing the last entry alone is caught by the head kept in the header, not by the links.
            prop_assume!(!(fix_digest && entry == 5));
            prop_assert!(verify(&entries).is_err());
        }
    }
}
