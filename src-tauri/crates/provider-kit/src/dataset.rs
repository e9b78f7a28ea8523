//! A dataset: a named collection a provider serves, and the records of a fetched one.

use evidence::{Completeness, Digest, Timestamp};
use serde_json::Value;
use std::{borrow::Cow, sync::Arc};

/// In which clouds something exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clouds {
    /// In every cloud of the provider.
    All,
    /// Only in these (cloud ids of the manifest).
    Only(&'static [&'static str]),
}

impl Clouds {
    /// Whether `cloud` is among them. For a custom endpoint the caller passes the cloud it is like.
    #[must_use]
    pub fn has(self, cloud: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(clouds) => clouds.contains(&cloud),
        }
    }
}

/// A page that is not of the documented shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

/// What a provider serves under a name: what is asked, which permission it needs, what is kept of it.
#[derive(Clone, Copy)]
pub struct Dataset {
    /// `<provider id>.<name>`.
    pub id: &'static str,
    /// A name for people, e.g. "Users".
    pub title: &'static str,
    /// One sentence: what an assessor sees in it.
    pub what: &'static str,
    /// Grants of the manifest that it needs, all of them.
    pub permissions: &'static [&'static str],
    /// The licence the service wants for it, in the service's words.
    pub licence: Option<&'static str>,
    /// The JSON pointers whose values together identify a record; empty for a single record.
    pub key: &'static [&'static str],
    /// The records of one page's body as JSON values.
    pub records: fn(&[u8]) -> Result<Vec<Value>, Malformed>,
    /// Members (JSON pointers into a record, `*` for every element) that change without anything having changed.
    pub volatile: &'static [&'static str],
    /// Members removed before storage: never needed, or too personal to keep.
    pub removed: &'static [&'static str],
    /// At most so many rows are read; a capped dataset never proves that something does not exist.
    pub row_cap: Option<u64>,
    /// In which clouds it exists.
    pub clouds: Clouds,
    /// Objectives the evidence item supports by itself.
    pub objectives: &'static [&'static str],
}

impl std::fmt::Debug for Dataset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Dataset").field(&self.id).finish()
    }
}

impl Dataset {
    /// The key of a record: the values of its key members, joined; empty for a dataset that has one record.
    #[must_use]
    pub fn key_of(&self, record: &Value) -> String {
        let parts: Vec<String> = self
            .key
            .iter()
            .map(|pointer| match record.pointer(pointer) {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => String::new(),
            })
            .collect();
        // A unit separator can't occur in the ids of any service we know; a space could.
        parts.join("\u{1f}")
    }
}

/// The stored page bodies of a snapshot. The store serves them compressed, tests from memory.
pub trait PageSource: Send + Sync {
    /// How many pages there are.
    fn count(&self) -> usize;
    /// The decoded body bytes of page `index`.
    fn body(&self, index: usize) -> Result<Cow<'_, [u8]>, Malformed>;
}

impl PageSource for Vec<Vec<u8>> {
    fn count(&self) -> usize {
        self.len()
    }

    fn body(&self, index: usize) -> Result<Cow<'_, [u8]>, Malformed> {
        self.get(index)
            .map(|body| Cow::Borrowed(body.as_slice()))
            .ok_or_else(|| Malformed(format!("page {index} is missing")))
    }
}

/// A fetched dataset as checks see it.
#[derive(Clone)]
pub struct Records {
    /// The dataset.
    pub dataset: &'static Dataset,
    /// The snapshot's id.
    pub snapshot: Digest,
    /// Its pages.
    pub pages: Arc<dyn PageSource>,
    /// Whether it is all there is.
    pub completeness: Completeness,
    /// When it was collected.
    pub collected_at: Timestamp,
}
