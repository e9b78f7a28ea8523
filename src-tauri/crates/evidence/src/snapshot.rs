//! One fetched dataset: what was asked, what came back, of whom, and whether it is all there is.

use crate::{CanonicalError, Digest, Reason, canonical_json};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request as evidence names it: never a header, never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageRequest {
    /// `GET` or `POST`.
    pub method: String,
    /// Host and port.
    pub host: String,
    /// Path, with secret parts as `***`.
    pub path: String,
    /// Query or operation parameters, with secret and opaque parts (tokens) as `***`.
    pub query: String,
}

/// One page of a snapshot without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageRecord {
    /// What was asked.
    pub request: PageRequest,
    /// The answer's status.
    pub status: u16,
    /// The part of the service that answered, where the dataset is read from several: a region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What was asked about, where the answer does not repeat it: a trail, a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// SHA-256 of the decoded body bytes as stored (after the declared removals).
    pub page_sha256: Digest,
    /// Length of those bytes.
    pub bytes: u64,
}

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityStamp {
    /// Tenant or account id as the service gives it.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// The cloud, e.g. `gcc-high`.
    pub cloud: String,
    /// The host of a custom endpoint; `None` for the provider's own.
    pub custom_host: Option<String>,
}

/// Whether a snapshot is all there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Completeness {
    /// Whether every page was read and no cap was met.
    pub complete: bool,
    /// Why not.
    pub reason: Option<Reason>,
}

impl Completeness {
    /// Everything was read.
    #[must_use]
    pub const fn complete() -> Self {
        Self {
            complete: true,
            reason: None,
        }
    }

    /// Something is missing, for this reason.
    #[must_use]
    pub const fn partial(reason: Reason) -> Self {
        Self {
            complete: false,
            reason: Some(reason),
        }
    }
}

/// One fetched dataset without its bytes. Times belong to the run, so that equal content is equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The dataset's id, e.g. `entra-id.users`.
    pub dataset: String,
    /// Who answered.
    pub identity: IdentityStamp,
    /// Its pages in order.
    pub pages: Vec<PageRecord>,
    /// Whether it is all.
    pub completeness: Completeness,
    /// Records in all pages.
    pub rows: u64,
    /// SHA-256 over the parsed records (see [`content_digest`]): decides sharing and drift.
    pub content_sha256: Digest,
}

/// A snapshot's id: the SHA-256 of its canonical JSON.
pub fn snapshot_id(snapshot: &Snapshot) -> Result<Digest, CanonicalError> {
    Ok(Digest::of(&canonical_json(snapshot)?))
}

/// Takes the records of a snapshot one by one and gives their digest: sorted by key, without the volatile members
/// (JSON pointers into a record). The order of pages and of records in a page does not matter; a duplicate record does.
#[derive(Debug)]
pub struct ContentDigest {
    volatile: &'static [&'static str],
    lines: Vec<(String, Digest)>,
}

impl ContentDigest {
    /// A digest of no records yet.
    #[must_use]
    pub const fn new(volatile: &'static [&'static str]) -> Self {
        Self {
            volatile,
            lines: Vec::new(),
        }
    }

    /// Takes one record under its key.
    pub fn add(&mut self, key: String, mut record: Value) -> Result<(), CanonicalError> {
        for pointer in self.volatile {
            remove_pointer(&mut record, pointer);
        }
        self.lines
            .push((key, Digest::of(&canonical_json(&record)?)));
        Ok(())
    }

    /// Records taken so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.lines.len() as u64
    }

    /// The digest.
    pub fn finish(mut self) -> Result<Digest, CanonicalError> {
        self.lines.sort();
        Ok(Digest::of(&canonical_json(&self.lines)?))
    }
}

/// Removes the member that a JSON pointer names; nothing happens where it is absent.
/// A `*` token stands for every element of an array or every member of an object.
pub(crate) fn remove_pointer(value: &mut Value, pointer: &str) {
    let mut tokens: Vec<&str> = pointer.split('/').skip(1).collect();
    let Some(last) = tokens.pop() else { return };
    walk(value, &tokens, last);
}

fn walk(value: &mut Value, path: &[&str], last: &str) {
    let Some((head, rest)) = path.split_first() else {
        if let Value::Object(members) = value {
            members.remove(last);
        }
        return;
    };
    match (value, *head) {
        (Value::Array(items), "*") => items.iter_mut().for_each(|item| walk(item, rest, last)),
        (Value::Object(members), "*") => {
            members.values_mut().for_each(|item| walk(item, rest, last))
        }
        (Value::Object(members), name) => {
            if let Some(member) = members.get_mut(name) {
                walk(member, rest, last);
            }
        }
        _ => {}
    }
}

impl Snapshot {
    /// Removes a declared member from a record before it is stored (see `remove_pointer`).
    pub fn strip(record: &mut Value, removed: &[&str]) {
        for pointer in removed {
            remove_pointer(record, pointer);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    fn digest(records: &[(&str, Value)]) -> Digest {
        let mut digest = ContentDigest::new(&["/seen", "/deep/*/at"]);
        for (key, record) in records {
            digest.add((*key).to_owned(), record.clone()).unwrap();
        }
        digest.finish().unwrap()
    }

    #[test]
    fn order_and_volatile_members_do_not_matter_but_content_does() {
        let a = (
            "1",
            json!({"id": "1", "seen": 5, "deep": [{"at": 1, "x": 2}]}),
        );
        let b = ("2", json!({"id": "2"}));
        let a_later = (
            "1",
            json!({"id": "1", "seen": 6, "deep": [{"at": 9, "x": 2}]}),
        );
        let a_other = (
            "1",
            json!({"id": "1", "seen": 5, "deep": [{"at": 1, "x": 3}]}),
        );
        let base = digest(&[a.clone(), b.clone()]);
        assert_eq!(base, digest(&[b.clone(), a.clone()]));
        assert_eq!(base, digest(&[a_later, b.clone()]));
        assert_ne!(base, digest(&[a_other, b.clone()]));
        assert_ne!(
            base,
            digest(&[a.clone(), b.clone(), b]),
            "a duplicate is a difference"
        );
        assert_ne!(base, digest(&[a]));
    }
}
