//! Whether the stored bytes that checks would read are the recorded ones.

use super::difference::cause_with;
use crate::api::{ApiError, ChangeCause};
use evidence::{Digest, IntegrationId};
use provider_kit::Check;
use std::collections::{BTreeMap, BTreeSet};
use store::{Connection, StoreError};

/// Stored bytes that are not there as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// The dataset.
    dataset: String,
    /// The digest that the bytes should have.
    digest: Digest,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The bytes are other ones.
    Damaged,
    /// The bytes are gone, and nobody purged them.
    Missing,
    /// A person purged them.
    Purged,
}

impl Flaw {
    pub(super) fn what(&self) -> String {
        let Self {
            dataset, digest, ..
        } = self;
        match self.kind {
            Kind::Damaged => format!(
                "What is stored for {dataset} is damaged: the bytes of {digest} are not the recorded ones."
            ),
            Kind::Missing => {
                format!(
                    "What is stored for {dataset} is damaged: the bytes of {digest} are missing."
                )
            }
            Kind::Purged => {
                format!(
                    "A page of {dataset} was purged: {digest}. Its entry in the record says by whom and why."
                )
            }
        }
    }

    pub(super) fn cause(&self) -> ChangeCause {
        let code = match self.kind {
            Kind::Damaged | Kind::Missing => "damaged",
            Kind::Purged => "purged",
        };
        cause_with(code, self.what(), self.digest)
    }
}

/// The flaws of the datasets that `checks` read, by dataset.
pub(super) async fn flaws_of(
    reader: &mut Connection,
    integration: IntegrationId,
    checks: &[&'static Check],
) -> Result<BTreeMap<String, Vec<Flaw>>, ApiError> {
    let wanted: BTreeSet<&str> = checks
        .iter()
        .flat_map(|check| check.datasets)
        .copied()
        .collect();
    let mut flaws = BTreeMap::new();
    for dataset in wanted {
        let status = store::datasets::get(reader, integration, dataset).await?;
        let Some(collected) = status.and_then(|status| status.attempt.collected) else {
            continue;
        };
        let found = flaws_in(reader, dataset, collected.snapshot).await?;
        if !found.is_empty() {
            flaws.insert(dataset.to_owned(), found);
        }
    }
    Ok(flaws)
}

async fn flaws_in(
    reader: &mut Connection,
    dataset: &str,
    id: Digest,
) -> Result<Vec<Flaw>, ApiError> {
    let flaw = |digest, kind| Flaw {
        dataset: dataset.to_owned(),
        digest,
        kind,
    };
    let snapshot = match store::snapshots::get(reader, id).await {
        Ok(snapshot) => snapshot,
        Err(StoreError::Damaged { .. }) => return Ok(vec![flaw(id, Kind::Damaged)]),
        Err(StoreError::Missing { .. }) => return Ok(vec![flaw(id, Kind::Missing)]),
        Err(other) => return Err(other.into()),
    };
    let mut found = Vec::new();
    for page in &snapshot.pages {
        let digest = page.page_sha256;
        if let Some(kind) = state_of(reader, digest, page.bytes).await? {
            found.push(flaw(digest, kind));
        }
    }
    Ok(found)
}

/// What is wrong with a blob, if anything is.
async fn state_of(
    reader: &mut Connection,
    digest: Digest,
    length: u64,
) -> Result<Option<Kind>, ApiError> {
    let blob = match store::blobs::get(reader, digest).await {
        Ok(blob) => blob,
        Err(StoreError::Missing { .. }) => return Ok(Some(Kind::Missing)),
        Err(StoreError::Damaged { .. }) => return Ok(Some(Kind::Damaged)),
        Err(other) => return Err(other.into()),
    };
    Ok(match blob.bytes() {
        Ok(_) if blob.length == length => None,
        Ok(_) | Err(StoreError::Damaged { .. }) => Some(Kind::Damaged),
        // The bytes are gone: by a purge, or else they would not be marked as gone.
        Err(StoreError::Missing { .. }) => Some(Kind::Purged),
        Err(other) => return Err(other.into()),
    })
}
