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

/// Where a page came from, as far as its body does not say so itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The answer's status: a documented "it is not switched on" is data.
    pub status: u16,
    /// The part of the service that answered, where a dataset is read from several: a region.
    pub place: Option<String>,
    /// What was asked about, where the answer does not repeat it: a trail, a repository.
    pub subject: Option<String>,
}

impl Default for Origin {
    fn default() -> Self {
        Self {
            status: 200,
            place: None,
            subject: None,
        }
    }
}

/// A page as a dataset reads it.
#[derive(Clone, Copy, Debug)]
pub struct RawPage<'a> {
    /// The decoded body.
    pub body: &'a [u8],
    /// Where it came from.
    pub origin: &'a Origin,
}

impl RawPage<'_> {
    /// The part of the service that answered.
    ///
    /// # Errors
    ///
    /// It is not recorded: the records would belong nowhere.
    pub fn place(&self) -> Result<&str, Malformed> {
        self.origin
            .place
            .as_deref()
            .ok_or_else(|| Malformed("the page does not say which region it is of".to_owned()))
    }

    /// What was asked about.
    ///
    /// # Errors
    ///
    /// It is not recorded: the record would be about nothing.
    pub fn subject(&self) -> Result<&str, Malformed> {
        self.origin
            .subject
            .as_deref()
            .ok_or_else(|| Malformed("the page does not say what it is about".to_owned()))
    }
}

/// How a page becomes records.
#[derive(Clone, Copy)]
pub enum Reader {
    /// The body says everything.
    Body(fn(&[u8]) -> Result<Vec<Value>, Malformed>),
    /// What was asked is needed too: region, subject or status.
    Page(fn(&RawPage<'_>) -> Result<Vec<Value>, Malformed>),
}

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
    /// How the records of a page are read as JSON values.
    pub records: Reader,
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
    /// The records of a page.
    ///
    /// # Errors
    ///
    /// The page is not of the documented shape.
    pub fn read(&self, page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
        match self.records {
            Reader::Body(read) => read(page.body),
            Reader::Page(read) => read(page),
        }
    }

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
    /// Where page `index` came from.
    fn origin(&self, index: usize) -> Origin;
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

    fn origin(&self, _: usize) -> Origin {
        Origin::default()
    }
}

impl PageSource for Vec<(Origin, Vec<u8>)> {
    fn count(&self) -> usize {
        self.len()
    }

    fn body(&self, index: usize) -> Result<Cow<'_, [u8]>, Malformed> {
        self.get(index)
            .map(|(_, body)| Cow::Borrowed(body.as_slice()))
            .ok_or_else(|| Malformed(format!("page {index} is missing")))
    }

    fn origin(&self, index: usize) -> Origin {
        self.get(index)
            .map(|(origin, _)| origin.clone())
            .unwrap_or_default()
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
