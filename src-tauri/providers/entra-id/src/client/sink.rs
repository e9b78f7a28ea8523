//! Sinks between the pages and their taker.

use crate::datasets::{GROUP_MEMBER, list};
use async_trait::async_trait;
use bytes::Bytes;
use provider_kit::{Page, PageSink, ProviderError, paging::odata_next};
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
            .ok()
            .as_ref()
            .and_then(odata_next);
        self.inner.page(page).await?;
        self.next = next;
        Ok(())
    }

    fn rows(&self) -> u64 {
        self.inner.rows()
    }
}

/// Takes only the ids of records.
#[derive(Default)]
pub(super) struct Ids {
    pub(super) ids: Vec<String>,
}

#[async_trait]
impl PageSink for Ids {
    async fn page(&mut self, page: Page) -> Result<(), ProviderError> {
        let malformed = |why: String| {
            ProviderError::malformed("The role-assignable groups can't be read.", why)
        };
        let records = list(&page.body).map_err(|error| malformed(format!("{error}.")))?;
        for record in records {
            let id = record
                .get("id")
                .and_then(Value::as_str)
                .ok_or_else(|| malformed("A group has no id.".to_owned()))?;
            self.ids.push(id.to_owned());
        }
        Ok(())
    }

    fn rows(&self) -> u64 {
        self.ids.len() as u64
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
    use super::annotate;

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
}
