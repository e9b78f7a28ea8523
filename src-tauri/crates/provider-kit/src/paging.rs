//! Reads a collection page by page along its next links.

use crate::{
    Answer, Ask, HttpClient, Malformed, Origin, PageSink, ProviderError,
    conditional::{self, Told},
    http::{same_origin, shown_host},
};
use evidence::{Completeness, Reason, UnknownCode};
use http::{HeaderMap, header};
use serde_json::Value;
use std::collections::HashSet;
use tokio_util::sync::CancellationToken;

/// Pages that are read at most: more is a service that never ends, not a collection.
pub const MAX_PAGES: u64 = 20_000;

/// Where a page says which comes next: an address, absolute or relative to the page's own.
#[derive(Clone, Copy)]
pub enum Next {
    /// In its body.
    Body(fn(&Value) -> Result<Option<String>, Malformed>),
    /// In its `Link` header (RFC 8288). Such pages are asked for conditionally (see [`conditional`]).
    Link,
}

/// How a collection is followed.
pub struct Pages<'a> {
    /// The client.
    pub client: &'a HttpClient,
    /// Where a page says which comes next.
    pub next: Next,
    /// Turns an answer other than 200 into an error with a remedy.
    pub refusal: fn(&Answer) -> ProviderError,
    /// At most so many rows are read (see `Dataset::row_cap`).
    pub row_cap: Option<u64>,
    /// At most so many pages are read.
    pub page_cap: u64,
    /// Where its pages come from, beside their status: a region, a subject.
    pub origin: Origin,
}

impl<'a> Pages<'a> {
    /// Pages along these links, up to [`MAX_PAGES`].
    #[must_use]
    pub const fn new(
        client: &'a HttpClient,
        next: fn(&Value) -> Result<Option<String>, Malformed>,
        refusal: fn(&Answer) -> ProviderError,
    ) -> Self {
        Self::along(client, Next::Body(next), refusal)
    }

    /// Pages along the links of their headers, up to [`MAX_PAGES`]; what did not change is confirmed, not sent again.
    #[must_use]
    pub const fn by_link(client: &'a HttpClient, refusal: fn(&Answer) -> ProviderError) -> Self {
        Self::along(client, Next::Link, refusal)
    }

    const fn along(
        client: &'a HttpClient,
        next: Next,
        refusal: fn(&Answer) -> ProviderError,
    ) -> Self {
        Self {
            client,
            next,
            refusal,
            row_cap: None,
            page_cap: MAX_PAGES,
            origin: Origin {
                status: 200,
                place: None,
                subject: None,
            },
        }
    }

    /// Of pages about `subject`, which their bodies do not repeat.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.origin.subject = Some(subject.into());
        self
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
        let earlier = sink.earlier();
        let mut pages = 0;
        loop {
            let request = ask.page_request();
            let ready = prepare(ask.clone()).await?;
            let told = match self.next {
                Next::Body(_) => Told {
                    answer: self.client.send(ready, cancel).await?,
                    next: None,
                    tag: None,
                },
                Next::Link => {
                    conditional::ask(self.client, ready, earlier.as_ref(), cancel).await?
                }
            };
            let answer = &told.answer;
            if answer.status != 200 {
                return Err((self.refusal)(answer));
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
            let next = match self.next {
                Next::Body(next) => next(&document),
                Next::Link => Ok(told.next.clone()),
            };
            drop(document);
            let here = answer.url.clone();
            told.hand_over(request, self.origin.clone(), sink).await?;
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
            let target = here
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

/// The address with the relation `next` in the `Link` headers (RFC 8288), if there is one.
///
/// # Errors
///
/// A header that can't be read, or two different next pages: whether there is more can't be told then.
pub fn link_next(headers: &HeaderMap) -> Result<Option<String>, Malformed> {
    let unreadable = || Malformed("the Link header can't be read".to_owned());
    let mut found: Option<String> = None;
    for value in headers.get_all(header::LINK) {
        let mut rest = value.to_str().map_err(|_| unreadable())?.trim();
        while !rest.is_empty() {
            let (target, after) = rest
                .strip_prefix('<')
                .and_then(|rest| rest.split_once('>'))
                .ok_or_else(unreadable)?;
            // The next link begins behind a comma; a comma within quotes belongs to a parameter.
            let mut quoted = false;
            let end = after.find(|c| {
                quoted ^= c == '"';
                c == ',' && !quoted
            });
            let (parameters, others) = match end {
                Some(end) => (&after[..end], &after[end + 1..]),
                None => (after, ""),
            };
            rest = others.trim();
            if !is_next(parameters) {
                continue;
            }
            if found.as_deref().is_some_and(|found| found != target) {
                return Err(Malformed("a page names two next pages".to_owned()));
            }
            found = Some(target.to_owned());
        }
    }
    Ok(found)
}

/// Whether a link's parameters name the relation `next`; only the first `rel` counts.
fn is_next(parameters: &str) -> bool {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("rel"))
        .is_some_and(|(_, value)| {
            value
                .trim()
                .trim_matches('"')
                .split_ascii_whitespace()
                .any(|relation| relation.eq_ignore_ascii_case("next"))
        })
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
