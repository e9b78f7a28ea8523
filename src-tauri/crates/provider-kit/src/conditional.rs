//! Asks for what may be unchanged: the tag of the answer kept from the last time goes along (`If-None-Match`), and a
//! service that has nothing new says so with a bodiless 304 (RFC 9110, 8.8.3 and 15.4.5).
//!
//! Who keeps answers is the sink: it lends them through [`PageSink::earlier`] and takes new ones with
//! [`PageSink::page_with`]. What is evaluated are the kept bytes, which the service just confirmed.

use crate::{
    Answer, Ask, HttpClient, Origin, Page, PageSink, ProviderError, http::shown_host,
    paging::link_next,
};
use async_trait::async_trait;
use bytes::Bytes;
use evidence::PageRequest;
use http::{HeaderValue, Method, header};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// A longer tag is not kept: services use some dozens of characters.
const LONGEST_TAG: usize = 256;

/// An answer kept from before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its tag, as it came.
    pub etag: String,
    /// The address of its next page, if there was one: a 304 need not repeat it.
    pub next: Option<String>,
    /// Its status.
    pub status: u16,
    /// Its body as stored.
    pub body: Bytes,
}

/// Lends the answers kept from before. Shared, so that several requests can be under way at once.
#[async_trait]
pub trait Earlier: Send + Sync {
    /// What is kept of the answer to `request`, if it may be offered to the service for confirmation.
    async fn kept(&self, request: &PageRequest) -> Option<Kept>;
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

#[async_trait]
impl Earlier for Nothing {
    async fn kept(&self, _: &PageRequest) -> Option<Kept> {
        None
    }
}

/// What lets an answer be confirmed the next time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The tag the service gave it.
    pub etag: String,
    /// The address of its next page.
    pub next: Option<String>,
    /// Whether the service said "as before" instead of sending it.
    pub confirmed: bool,
}

/// An answer, sent or confirmed.
#[derive(Clone, Debug)]
pub struct Told {
    /// Status and body are the kept ones where the service confirmed them.
    pub answer: Answer,
    /// The address of the next page (`Link`, RFC 8288), if there is one.
    pub next: Option<String>,
    /// Its tag, where it has one.
    pub tag: Option<Tag>,
}

impl Told {
    /// Gives it to the sink as the page that answers `request`. The status of `origin` is set from the answer.
    ///
    /// # Errors
    ///
    /// The sink's.
    pub async fn hand_over(
        self,
        request: PageRequest,
        origin: Origin,
        sink: &mut dyn PageSink,
    ) -> Result<(), ProviderError> {
        let page = Page {
            request,
            origin: Origin {
                status: self.answer.status,
                ..origin
            },
            body: self.answer.body,
        };
        match self.tag {
            Some(tag) => sink.page_with(page, tag).await,
            None => sink.page(page).await,
        }
    }
}

/// Sends `ask`, offering what `earlier` keeps of an answer to the same request.
///
/// # Errors
///
/// As [`HttpClient::send`]; malformed for a 304 to a request that offered nothing, and for a `Link` header that can't
/// be read.
pub async fn ask(
    client: &HttpClient,
    ask: Ask,
    earlier: &dyn Earlier,
    cancel: &CancellationToken,
) -> Result<Told, ProviderError> {
    let can_be_known = can_be_known_again(&ask);
    let kept = match can_be_known {
        true => earlier.kept(&ask.page_request()).await,
        false => None,
    };
    let kept = kept.filter(|kept| !may_go_on_now(&ask, kept));
    let offer = kept.and_then(|kept| Some((HeaderValue::from_str(&kept.etag).ok()?, kept)));
    let Some((value, kept)) = offer else {
        return sent(client.send(ask, cancel).await?, can_be_known);
    };
    let conditional = ask.clone().header(header::IF_NONE_MATCH, value);
    let answer = client.send(conditional, cancel).await?;
    if answer.status != 304 {
        return sent(answer, can_be_known);
    }
    if answer.header("etag").is_some_and(|etag| etag != kept.etag) {
        // It confirms something else than what was offered: only a whole answer can be trusted.
        return sent(client.send(ask, cancel).await?, can_be_known);
    }
    let next = match followed(&answer)? {
        Some(next) => Some(next),
        None => kept.next,
    };
    Ok(Told {
        tag: Some(Tag {
            etag: kept.etag,
            next: next.clone(),
            confirmed: true,
        }),
        next,
        answer: Answer {
            status: kept.status,
            body: kept.body,
            ..answer
        },
    })
}

/// Whether an answer that was the last page of a list may have one behind it now, with its own bytes unchanged. A tag is
/// of the bytes, and a 304 need not repeat the `Link` header: a full last page that is confirmed would hide what was
/// added behind it. A page that was not full can't: what is added changes it first.
fn may_go_on_now(ask: &Ask, kept: &Kept) -> bool {
    if kept.next.is_some() {
        return false;
    }
    let rows = match serde_json::from_slice::<Value>(&kept.body) {
        Ok(Value::Array(items)) => items.len(),
        Ok(Value::Object(members)) => members
            .values()
            .filter_map(|member| Some(member.as_array()?.len()))
            .max()
            .unwrap_or(0),
        _ => 0,
    };
    let asked_for = ask.url.query_pairs().find(|(name, _)| name == "per_page");
    let is_full = match asked_for {
        Some((_, size)) => size.parse().map_or(true, |size: usize| rows >= size),
        // Whatever the service's own page size is, it is a multiple of ten.
        None => rows % 10 == 0,
    };
    rows > 0 && is_full
}

fn sent(answer: Answer, can_be_known: bool) -> Result<Told, ProviderError> {
    if answer.status == 304 {
        return Err(ProviderError::malformed(
            format!(
                "{} said \"as before\" without being asked.",
                shown_host(&answer.url)
            ),
            "It answered with status 304 to a request that offered no earlier answer.",
        ));
    }
    let next = followed(&answer)?;
    let etag = answer
        .header("etag")
        .filter(|etag| !etag.is_empty() && etag.len() <= LONGEST_TAG)
        .filter(|_| answer.status == 200 && can_be_known && leads_on(next.as_deref(), &answer));
    Ok(Told {
        tag: etag.map(|etag| Tag {
            etag: etag.to_owned(),
            next: next.clone(),
            confirmed: false,
        }),
        next,
        answer,
    })
}

fn followed(answer: &Answer) -> Result<Option<String>, ProviderError> {
    link_next(&answer.headers).map_err(|error| {
        ProviderError::malformed(
            format!("A page of {} can't be followed.", shown_host(&answer.url)),
            format!("{error}."),
        )
    })
}

/// A request that is shown with `***` can't be told from another one that is shown so, and neither can one whose values
/// look like further parameters; only a `GET` is what its address says.
fn can_be_known_again(ask: &Ask) -> bool {
    let request = ask.page_request();
    let plain = |text: &str| !text.contains(['&', '=']);
    ask.method == Method::GET
        && is_shown(&request)
        && ask
            .url
            .query_pairs()
            .all(|(name, value)| plain(&name) && plain(&value))
}

fn is_shown(request: &PageRequest) -> bool {
    !request.path.contains("***") && !request.query.contains("***")
}

/// Whether an answer may be confirmed together with the link it was sent with. A cursor in it, which is shown as `***`, may
/// be over by then, and every run would fail behind a page that is confirmed.
fn leads_on(next: Option<&str>, answer: &Answer) -> bool {
    let Some(next) = next else { return true };
    answer
        .url
        .join(next)
        .is_ok_and(|next| is_shown(&Ask::get(next).page_request()))
}

#[cfg(test)]
#[path = "conditional_tests.rs"]
mod tests;
