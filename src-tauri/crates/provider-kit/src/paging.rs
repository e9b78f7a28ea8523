//! Reads a collection page by page along its next links.

use crate::{
    Answer, Ask, HttpClient, Malformed, Origin, Page, PageSink, ProviderError,
    http::{same_origin, shown_host},
};
use evidence::{Completeness, Reason, UnknownCode};
use serde_json::Value;
use std::collections::HashSet;
use tokio_util::sync::CancellationToken;

/// Pages that are read at most: more is a service that never ends, not a collection.
pub const MAX_PAGES: u64 = 20_000;

/// How a collection is followed.
pub struct Pages<'a> {
    /// The client.
    pub client: &'a HttpClient,
    /// The next page's address in a page's body: absolute, or relative to the page's own.
    pub next: fn(&Value) -> Result<Option<String>, Malformed>,
    /// Turns an answer other than 200 into an error with a remedy.
    pub refusal: fn(&Answer) -> ProviderError,
    /// At most so many rows are read (see `Dataset::row_cap`).
    pub row_cap: Option<u64>,
    /// At most so many pages are read.
    pub page_cap: u64,
}

impl<'a> Pages<'a> {
    /// Pages along these links, up to [`MAX_PAGES`].
    #[must_use]
    pub const fn new(
        client: &'a HttpClient,
        next: fn(&Value) -> Result<Option<String>, Malformed>,
        refusal: fn(&Answer) -> ProviderError,
    ) -> Self {
        Self {
            client,
            next,
            refusal,
            row_cap: None,
            page_cap: MAX_PAGES,
        }
    }

    /// Up to so many rows.
    #[must_use]
    pub const fn row_cap(mut self, rows: Option<u64>) -> Self {
        self.row_cap = rows;
        self
    }

    /// Up to so many pages.
    #[must_use]
    pub const fn page_cap(mut self, pages: u64) -> Self {
        self.page_cap = pages;
        self
    }

    /// Reads from `first` on into `sink`; its headers go with every page. Says whether that is all there is.
    ///
    /// # Errors
    ///
    /// Those of [`HttpClient::send`] and of the sink, what `refusal` makes of other answers, and malformed for a next
    /// link that leads to another origin (which is not asked) or to a page that was read before.
    pub async fn follow(
        &self,
        first: Ask,
        sink: &mut dyn PageSink,
        cancel: &CancellationToken,
    ) -> Result<Completeness, ProviderError> {
        self.follow_with(first, sink, cancel, async |ask| Ok(ask))
            .await
    }

    /// As [`Pages::follow`], with every request passing through `prepare` first: it puts a token on that may have been
    /// renewed meanwhile.
    ///
    /// # Errors
    ///
    /// As [`Pages::follow`], and those of `prepare`.
    pub async fn follow_with(
        &self,
        first: Ask,
        sink: &mut dyn PageSink,
        cancel: &CancellationToken,
        prepare: impl AsyncFn(Ask) -> Result<Ask, ProviderError> + Send + Sync,
    ) -> Result<Completeness, ProviderError> {
        let base = first.url.clone();
        let mut seen = HashSet::from([base.clone()]);
        let mut ask = first;
        let mut pages = 0;
        loop {
            let request = ask.page_request();
            let answer = self
                .client
                .send(prepare(ask.clone()).await?, cancel)
                .await?;
            if answer.status != 200 {
                return Err((self.refusal)(&answer));
            }
            let document: Value = serde_json::from_slice(&answer.body).map_err(|error| {
                ProviderError::malformed(
                    format!("A page of {} can't be read.", shown_host(&base)),
                    format!(
                        "Its JSON is wrong at line {}, column {}.",
                        error.line(),
                        error.column()
                    ),
                )
            })?;
            let next = (self.next)(&document);
            drop(document);
            sink.page(Page {
                request,
                origin: Origin {
                    status: answer.status,
                    ..Origin::default()
                },
                body: answer.body,
            })
            .await?;
            pages += 1;
            // The page itself is kept: a failing resource on it was seen, whatever comes after.
            let next = next.map_err(|error| {
                ProviderError::malformed(
                    format!("A page of {} can't be followed.", shown_host(&base)),
                    format!("{error}."),
                )
            })?;
            let Some(next) = next else {
                return Ok(Completeness::complete());
            };
            let target = answer
                .url
                .join(&next)
                .ok()
                .filter(|target| same_origin(target, &base));
            let Some(target) = target else {
                return Err(elsewhere(&shown_host(&base)));
            };
            if !seen.insert(target.clone()) {
                return Err(ProviderError::malformed(
                    format!("The pages of {} never end.", shown_host(&base)),
                    "A page names one that was read before as the next.",
                ));
            }
            if let Some(cap) = self.row_cap.filter(|cap| sink.rows() >= *cap) {
                return Ok(capped(format!(
                    "Only the first {cap} rows were read; there are more."
                )));
            }
            if pages >= self.page_cap {
                return Ok(capped(format!(
                    "Only the first {pages} pages were read; there are more."
                )));
            }
            ask.url = target;
        }
    }
}

/// Reads along next links (see [`Pages`]), at most `cap` rows.
///
/// # Errors
///
/// As [`Pages::follow`].
pub async fn follow(
    client: &HttpClient,
    first: Ask,
    next: fn(&Value) -> Result<Option<String>, Malformed>,
    refusal: fn(&Answer) -> ProviderError,
    sink: &mut dyn PageSink,
    cap: Option<u64>,
    cancel: &CancellationToken,
) -> Result<Completeness, ProviderError> {
    Pages::new(client, next, refusal)
        .row_cap(cap)
        .follow(first, sink, cancel)
        .await
}

/// The next link of OData: `@odata.nextLink`.
///
/// # Errors
///
/// It is there and is no text: whether there is more can't be told, so the page must not pass for the last one.
pub fn odata_next(page: &Value) -> Result<Option<String>, Malformed> {
    match page.get("@odata.nextLink") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(link)) => Ok(Some(link.clone())),
        Some(_) => Err(Malformed(
            "the link to the next page is not a text".to_owned(),
        )),
    }
}

fn capped(detail: String) -> Completeness {
    Completeness::partial(Reason::new(UnknownCode::Partial, detail))
}

fn elsewhere(host: &str) -> ProviderError {
    ProviderError::malformed(
        format!("A page of {host} names its next page at another address."),
        "Requests with credentials are not sent to another scheme, host or port.",
    )
}

#[cfg(test)]
#[path = "paging_tests.rs"]
mod tests;
