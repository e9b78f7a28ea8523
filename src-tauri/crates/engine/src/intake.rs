//! Takes the pages of a dataset: removes what is declared never to be kept, hashes, and makes the snapshot.
//!
//! Raw before judged: what is kept here is what is evaluated later, offline and as often as wanted.

use crate::kept::KeptAnswers;
use async_trait::async_trait;
use bytes::Bytes;
use evidence::{Completeness, ContentDigest, IdentityStamp, PageRecord, Snapshot, Timestamp};
use provider_kit::{
    Dataset, Page, PageSink, ProviderError, RawPage,
    conditional::{Earlier, Tag},
};
use serde_json::Value;
use std::sync::Arc;
use store::{blobs::Prepared, kept_answers::KeptAnswer};

/// Pages of one dataset on their way into the store.
pub(crate) struct Intake<'a> {
    dataset: &'static Dataset,
    content: ContentDigest,
    records: Vec<PageRecord>,
    /// Compressed as they come: a whole dataset waits for its transaction.
    pages: Vec<Prepared>,
    earlier: Arc<KeptAnswers>,
    answers: Vec<KeptAnswer>,
    confirmed: u64,
    now: Timestamp,
    on_page: &'a (dyn Fn(u64, u64) + Send + Sync),
}

/// A dataset as it is kept.
pub(crate) struct Fetched {
    pub(crate) snapshot: Snapshot,
    pub(crate) pages: Vec<Prepared>,
    /// What can be confirmed the next time.
    pub(crate) answers: Vec<KeptAnswer>,
    /// How many of the pages were confirmed this time.
    pub(crate) confirmed: u64,
}

impl<'a> Intake<'a> {
    /// An intake at `now` that offers `earlier` answers for confirmation; `on_page` hears of rows and pages so far.
    pub(crate) fn new(
        dataset: &'static Dataset,
        earlier: Arc<KeptAnswers>,
        now: Timestamp,
        on_page: &'a (dyn Fn(u64, u64) + Send + Sync),
    ) -> Self {
        Self {
            dataset,
            content: ContentDigest::new(dataset.volatile),
            records: Vec::new(),
            pages: Vec::new(),
            earlier,
            answers: Vec::new(),
            confirmed: 0,
            now,
            on_page,
        }
    }

    /// Whether nothing was read.
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The snapshot and its pages.
    pub(crate) fn finish(
        self,
        identity: IdentityStamp,
        completeness: Completeness,
    ) -> Result<Fetched, ProviderError> {
        let rows = self.content.rows();
        let content_sha256 = self
            .content
            .finish()
            .map_err(|error| unusable(self.dataset, &error.to_string()))?;
        let snapshot = Snapshot {
            dataset: self.dataset.id.to_owned(),
            identity,
            pages: self.records,
            completeness,
            rows,
            content_sha256,
        };
        Ok(Fetched {
            snapshot,
            pages: self.pages,
            answers: self.answers,
            confirmed: self.confirmed,
        })
    }

    /// Takes a page; says under which digest it is kept.
    fn take(&mut self, page: Page) -> Result<PageRecord, ProviderError> {
        let body = strip(self.dataset, page.body)?;
        let raw = RawPage {
            body: &body,
            origin: &page.origin,
        };
        let records = self
            .dataset
            .read(&raw)
            .map_err(|error| unusable(self.dataset, &error.0))?;
        let prepared =
            Prepared::new(&body).map_err(|error| unusable(self.dataset, &error.to_string()))?;
        for record in records {
            let key = self.dataset.key_of(&record);
            self.content
                .add(key, record)
                .map_err(|error| unusable(self.dataset, &error.to_string()))?;
        }
        let record = PageRecord {
            request: page.request,
            status: page.origin.status,
            place: page.origin.place,
            subject: page.origin.subject,
            page_sha256: prepared.digest(),
            bytes: prepared.length(),
        };
        self.records.push(record.clone());
        self.pages.push(prepared);
        (self.on_page)(self.content.rows(), self.records.len() as u64);
        Ok(record)
    }
}

#[async_trait]
impl PageSink for Intake<'_> {
    async fn page(&mut self, page: Page) -> Result<(), ProviderError> {
        self.take(page).map(|_| ())
    }

    fn rows(&self) -> u64 {
        self.content.rows()
    }

    fn earlier(&self) -> Arc<dyn Earlier> {
        Arc::clone(&self.earlier) as Arc<dyn Earlier>
    }

    async fn page_with(&mut self, page: Page, tag: Tag) -> Result<(), ProviderError> {
        let kept = self.take(page)?;
        self.confirmed += u64::from(tag.confirmed);
        let sent_at = match tag.confirmed {
            true => self.earlier.sent_at(&kept.request),
            false => Some(self.now),
        };
        // Confirmed, and nobody knows when it was sent: it is not offered again.
        let Some(sent_at) = sent_at else {
            return Ok(());
        };
        self.answers.push(KeptAnswer {
            request: kept.request,
            etag: tag.etag,
            next: tag.next,
            status: kept.status,
            page: kept.page_sha256,
            sent_at,
        });
        Ok(())
    }
}

fn unusable(dataset: &Dataset, why: &str) -> ProviderError {
    ProviderError::malformed(
        format!("The answer for \"{}\" can't be used.", dataset.title),
        format!("{why}."),
    )
}

/// The body without the members that are declared removed. Without such members the bytes stay as they came.
fn strip(dataset: &Dataset, body: Bytes) -> Result<Bytes, ProviderError> {
    if dataset.removed.is_empty() {
        return Ok(body);
    }
    let mut page: Value =
        serde_json::from_slice(&body).map_err(|error| unusable(dataset, &error.to_string()))?;
    let records = match &mut page {
        Value::Object(members) if members.get("value").is_some_and(Value::is_array) => {
            members.get_mut("value").and_then(Value::as_array_mut)
        }
        Value::Array(items) => Some(items),
        _ => None,
    };
    match records {
        Some(records) => records
            .iter_mut()
            .for_each(|record| Snapshot::strip(record, dataset.removed)),
        None => Snapshot::strip(&mut page, dataset.removed),
    }
    serde_json::to_vec(&page)
        .map(Bytes::from)
        .map_err(|error| unusable(dataset, &error.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use evidence::PageRequest;
    use provider_kit::{Clouds, Malformed, Origin, Reader};
    use serde_json::json;

    fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
        let page: Value =
            serde_json::from_slice(body).map_err(|error| Malformed(error.to_string()))?;
        page["value"]
            .as_array()
            .cloned()
            .ok_or_else(|| Malformed("no value".to_owned()))
    }

    static PEOPLE: Dataset = Dataset {
        id: "x.people",
        title: "People",
        what: "",
        permissions: &[],
        licence: None,
        key: &["/id"],
        records: Reader::Body(records),
        volatile: &["/seen"],
        removed: &["/phone"],
        row_cap: None,
        clouds: Clouds::All,
        objectives: &[],
    };

    fn intake(dataset: &'static Dataset) -> Intake<'static> {
        let nothing = Arc::new(KeptAnswers::none());
        Intake::new(dataset, nothing, Timestamp::from_unix(0), &|_, _| {})
    }

    async fn taken(pages: &[Value]) -> Fetched {
        let mut intake = intake(&PEOPLE);
        for page in pages {
            let request = PageRequest {
                method: "GET".into(),
                host: "h".into(),
                path: "/p".into(),
                query: String::new(),
            };
            intake
                .page(Page {
                    request,
                    origin: Origin::default(),
                    body: Bytes::from(page.to_string()),
                })
                .await
                .unwrap();
        }
        let identity = IdentityStamp {
            id: "t".into(),
            name: "T".into(),
            cloud: "global".into(),
            custom_host: None,
        };
        intake.finish(identity, Completeness::complete()).unwrap()
    }

    #[tokio::test]
    async fn removed_members_are_never_kept_and_volatile_ones_change_nothing() {
        let one = taken(&[json!({"value": [{"id": "1", "phone": "555", "seen": 1}]})]).await;
        let two = taken(&[json!({"value": [{"id": "1", "phone": "556", "seen": 2}]})]).await;
        let without = Prepared::new(br#"{"value":[{"id":"1","seen":1}]}"#).unwrap();
        assert_eq!(one.pages, [without]);
        let (one, two) = (one.snapshot, two.snapshot);
        assert_eq!(one.content_sha256, two.content_sha256);
        assert_ne!(one.pages[0].page_sha256, two.pages[0].page_sha256);
        assert_eq!(one.rows, 1);
    }

    #[tokio::test]
    async fn where_a_page_came_from_is_kept_and_read_with_it() {
        static PLACES: Dataset = Dataset {
            records: Reader::Page(|page| Ok(vec![json!({"id": page.place()?})])),
            removed: &[],
            ..PEOPLE
        };
        let page = |origin| Page {
            request: PageRequest {
                method: "GET".into(),
                host: "h".into(),
                path: "/p".into(),
                query: String::new(),
            },
            origin,
            body: Bytes::from_static(b"{}"),
        };
        let mut intake = intake(&PLACES);
        let east = Origin {
            status: 401,
            place: Some("east".to_owned()),
            subject: Some("trail".to_owned()),
        };
        intake.page(page(east.clone())).await.unwrap();
        let kept = &intake.records[0];
        assert_eq!(crate::judge::origin_of(kept), east);
        assert_eq!(intake.rows(), 1);
        assert!(intake.page(page(Origin::default())).await.is_err());
    }

    #[tokio::test]
    async fn a_page_that_is_not_of_the_shape_is_refused() {
        let mut intake = intake(&PEOPLE);
        let request = PageRequest {
            method: "GET".into(),
            host: "h".into(),
            path: "/p".into(),
            query: String::new(),
        };
        let error = intake
            .page(Page {
                request,
                origin: Origin::default(),
                body: Bytes::from_static(b"{\"value\": 3}"),
            })
            .await
            .unwrap_err();
        assert_eq!(error.code, "malformed_answer");
        assert!(intake.is_empty());
    }
}
