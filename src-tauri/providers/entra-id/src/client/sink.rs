//! Sinks between the pages and their taker.

use crate::datasets::{GROUP_MEMBER, list};
use async_trait::async_trait;
use bytes::Bytes;
use provider_kit::{Malformed, Page, PageSink, ProviderError, paging::odata_next};
use serde_json::Value;

/// Remembers where to go on.
pub(super) struct Onward<'a> {
    inner: &'a mut dyn PageSink,
    next: Option<String>,
}

impl<'a> Onward<'a> {
    pub(super) fn new(inner: &'a mut dyn PageSink) -> Self {
        Self { inner, next: None }
    }

    /// The address that the last page names as the next.
    pub(super) fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

#[async_trait]
impl PageSink for Onward<'_> {
    async fn page(&mut self, page: Page) -> Result<(), ProviderError> {
        let next = serde_json::from_slice::<Value>(&page.body)
            .map_err(|error| Malformed(format!("the answer is not JSON ({error})")))
            .and_then(|document| odata_next(&document));
        self.inner.page(page).await?;
        // What the page shows was seen; whether there is more can't be told, so it is not the last one.
        self.next = next.map_err(|error| {
            ProviderError::malformed(
                "A page of Microsoft Graph can't be followed.",
                format!("{error}."),
            )
        })?;
        Ok(())
    }

    fn rows(&self) -> u64 {
        self.inner.rows()
    }
}

/// Hands on the pages of a list as they came, and keeps the ids in it.
pub(super) struct Listing<'a> {
    inner: &'a mut dyn PageSink,
    ids: Vec<String>,
    unreadable: &'static str,
}

impl<'a> Listing<'a> {
    /// A list about which `unreadable` is said where it can't be read.
    pub(super) fn of(inner: &'a mut dyn PageSink, unreadable: &'static str) -> Self {
        Self {
            inner,
            ids: Vec::new(),
            unreadable,
        }
    }

    /// The ids, in the order they were listed.
    pub(super) fn into_ids(self) -> Vec<String> {
        self.ids
    }
}

#[async_trait]
impl PageSink for Listing<'_> {
    async fn page(&mut self, page: Page) -> Result<(), ProviderError> {
        let malformed = |why: String| ProviderError::malformed(self.unreadable, why);
        let records = list(&page.body).map_err(|error| malformed(format!("{error}.")))?;
        self.inner.page(page).await?;
        for record in records {
            let id = record
                .get("id")
                .and_then(Value::as_str)
                .ok_or_else(|| malformed("A record has no id.".to_owned()))?;
            self.ids.push(id.to_owned());
        }
        Ok(())
    }

    fn rows(&self) -> u64 {
        self.inner.rows()
    }
}

/// Says of each page what it is about.
pub(super) struct About<'a, 'b> {
    pub(super) subject: &'b str,
    pub(super) inner: &'a mut dyn PageSink,
}

#[async_trait]
impl PageSink for About<'_, '_> {
    async fn page(&mut self, mut page: Page) -> Result<(), ProviderError> {
        page.origin.subject = Some(self.subject.to_owned());
        self.inner.page(page).await
    }

    fn rows(&self) -> u64 {
        self.inner.rows()
    }
}

/// Writes into each page whose members it holds; the rest of the bytes stays as it came.
pub(super) struct Annotated<'a, 'b> {
    pub(super) group: &'b str,
    pub(super) inner: &'a mut dyn PageSink,
}

#[async_trait]
impl PageSink for Annotated<'_, '_> {
    async fn page(&mut self, mut page: Page) -> Result<(), ProviderError> {
        page.body = annotate(&page.body, self.group).ok_or_else(|| {
            ProviderError::malformed(
                "The members of a group can't be read.",
                "The answer is not a JSON object.",
            )
        })?;
        self.inner.page(page).await
    }

    fn rows(&self) -> u64 {
        self.inner.rows()
    }
}

fn annotate(body: &[u8], group: &str) -> Option<Bytes> {
    let start = body.iter().position(|byte| *byte == b'{')?;
    if !body.get(..start)?.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    let rest = body.get(start + 1..)?;
    let last = rest.iter().find(|byte| !byte.is_ascii_whitespace())? == &b'}';
    let mut out = Vec::with_capacity(body.len() + group.len() + 24);
    out.push(b'{');
    out.extend(serde_json::to_vec(GROUP_MEMBER).ok()?);
    out.push(b':');
    out.extend(serde_json::to_vec(group).ok()?);
    if !last {
        out.push(b',');
    }
    out.extend(rest);
    Some(Bytes::from(out))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use evidence::PageRequest;
    use provider_kit::{ErrorClass, Origin};

    #[derive(Default)]
    struct Kept(Vec<Bytes>);

    #[async_trait]
    impl PageSink for Kept {
        async fn page(&mut self, page: Page) -> Result<(), ProviderError> {
            self.0.push(page.body);
            Ok(())
        }

        fn rows(&self) -> u64 {
            self.0.len() as u64
        }
    }

    fn page(body: &'static str) -> Page {
        Page {
            request: PageRequest {
                method: "GET".to_owned(),
                host: String::new(),
                path: String::new(),
                query: String::new(),
            },
            origin: Origin::default(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn the_group_is_written_before_the_bytes_as_they_came() {
        let page = annotate(br#"{ "value": [1.50] }"#, "g").unwrap();
        assert_eq!(&page[..], br#"{"@cmmcpro.group":"g", "value": [1.50] }"#);
        assert_eq!(
            &annotate(b"{}", "g").unwrap()[..],
            br#"{"@cmmcpro.group":"g"}"#
        );
        assert!(annotate(b"[{}]", "g").is_none());
        assert!(annotate(b"", "g").is_none());
    }

    #[tokio::test]
    async fn the_listing_is_handed_on_as_it_came_and_its_ids_are_kept() {
        let mut kept = Kept::default();
        let mut listing = Listing::of(&mut kept, "The groups can't be read.");
        let body = "{ \"value\": [ {\"id\": \"g\", \"n\": 1.50} ] }\n";
        listing.page(page(body)).await.unwrap();
        assert_eq!(listing.rows(), 1);
        assert_eq!(listing.into_ids(), ["g"]);
        assert_eq!(kept.0, [body]);
        let error = Listing::of(&mut kept, "The groups can't be read.")
            .page(page("{\"value\":[{}]}"))
            .await
            .unwrap_err();
        assert_eq!(error.class, ErrorClass::MalformedAnswer);
    }

    #[tokio::test]
    async fn a_next_link_that_is_no_text_is_not_the_end() {
        let mut kept = Kept::default();
        let mut onward = Onward::new(&mut kept);
        for body in ["{}", "{\"@odata.nextLink\":null}"] {
            onward.page(page(body)).await.unwrap();
            assert_eq!(onward.next(), None);
        }
        onward
            .page(page("{\"@odata.nextLink\":\"/b\"}"))
            .await
            .unwrap();
        assert_eq!(onward.next(), Some("/b"));
        let error = onward
            .page(page("{\"@odata.nextLink\":7}"))
            .await
            .unwrap_err();
        assert_eq!(error.class, ErrorClass::MalformedAnswer);
        assert_eq!(kept.0.len(), 4, "what the page shows was seen all the same");
    }
}
