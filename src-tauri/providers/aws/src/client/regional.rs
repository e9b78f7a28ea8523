//! Reads a dataset from every region: some regions at a time, each region's pages in order. A region that refuses makes
//! its own part unknown and nothing else.

use super::{
    Account, hand_over, paging::Tokens, reach::Call, refusal::Refusal, regions::Regions,
    service::Service, wire::Exchange,
};
use crate::{datasets, xml};
use evidence::{Completeness, Reason, UnknownCode};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture};
use provider_kit::{Dataset, ErrorClass, Origin, PageSink, ProviderError, RawPage};
use serde_json::Value;

/// Regions that are asked at the same time.
const AT_ONCE: usize = 4;
/// Our code for "more than is read": it cuts a dataset short as a cap on rows does.
pub const TOO_MANY: &str = "too_many_events";
/// Regions named in a reason; more would be a wall of text.
const NAMED: usize = 4;

/// An operation that is asked in each region.
#[derive(Clone, Copy)]
pub struct Operation {
    /// The service.
    pub service: &'static Service,
    /// The permission it needs.
    pub permission: &'static str,
    /// What is asked.
    pub request: Request,
    /// How it goes on.
    pub paging: Paging,
    /// Whether a code and message say "not switched on here": a documented answer, kept like any other.
    pub not_used: fn(&str, &str) -> bool,
}

/// Stands for the account's number in an argument.
pub const ACCOUNT: &str = "{account}";

/// What is asked.
#[derive(Clone, Copy)]
pub enum Request {
    /// A form with these arguments (EC2). [`ACCOUNT`] in one stands for the account's number.
    Form(&'static str, &'static [(&'static str, &'static str)]),
    /// A JSON 1.1 operation.
    Document(&'static str, fn() -> Value),
    /// `GET` of a path.
    Get(&'static str),
    /// `POST` of a document to a path.
    Post(&'static str, fn() -> Value),
}

/// How a list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// There is one page.
    None,
    /// The answer names the next token under this name, and `NextToken` asks with it.
    NextToken(&'static str),
}

/// What came from one region: the pages read, and what stopped it.
pub type OfRegion = (String, Vec<Exchange>, Option<Refusal>);

impl Request {
    fn with(self, token: Option<String>, account: &str) -> Call {
        let put = |document: Value| {
            let mut document = of_account(document, account);
            if let (Some(token), Some(members)) = (&token, document.as_object_mut()) {
                members.insert("NextToken".to_owned(), Value::String(token.clone()));
            }
            document
        };
        match self {
            Self::Form(action, arguments) => {
                let mut form: Vec<(String, String)> = arguments
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.replace(ACCOUNT, account)))
                    .collect();
                form.extend(token.map(|token| ("NextToken".to_owned(), token)));
                Call::Form(action, form)
            }
            Self::Document(action, document) => Call::Document(action, put(document())),
            Self::Get(path) => Call::Path(path, None),
            Self::Post(path, document) => Call::Path(path, Some(put(document()))),
        }
    }
}

/// A document with the account's number in the place of [`ACCOUNT`].
fn of_account(document: Value, account: &str) -> Value {
    match document {
        Value::String(text) if text == ACCOUNT => Value::String(account.to_owned()),
        Value::Array(items) => items
            .into_iter()
            .map(|item| of_account(item, account))
            .collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, of_account(value, account)))
            .collect(),
        other => other,
    }
}

/// Every page of an operation in one region, up to the dataset's cap on rows.
pub async fn pages(
    account: &Account,
    dataset: &Dataset,
    operation: Operation,
    region: String,
) -> OfRegion {
    let mut pages = Vec::new();
    let mut tokens = Tokens::default();
    let mut rows = 0;
    loop {
        let call = operation
            .request
            .with(tokens.current(), &account.identity.id);
        let asked = account
            .reach
            .ask(operation.service, &region, operation.permission, &call)
            .await;
        let exchange = match asked {
            Ok(exchange) => exchange,
            Err(refusal) if refusal.says(operation.not_used) => {
                pages.extend(refusal.exchange.map(|exchange| *exchange));
                return (region, pages, None);
            }
            Err(refusal) => return (region, pages, Some(refusal)),
        };
        let token = match operation.paging {
            Paging::None => Ok(None),
            Paging::NextToken(name) => next_token(&exchange.body, name),
        };
        rows += rows_of(dataset, &exchange, &region);
        pages.push(exchange);
        let more = token.and_then(|token| tokens.advance(token.as_deref()));
        match more {
            Ok(false) => return (region, pages, None),
            Ok(true) => match dataset.row_cap {
                // More would be held for nothing.
                Some(cap) if rows >= cap => {
                    return (region, pages, Some(Refusal::other(too_many(cap))));
                }
                _ => {}
            },
            Err(error) => return (region, pages, Some(Refusal::other(error))),
        }
    }
}

fn too_many(cap: u64) -> ProviderError {
    ProviderError::new(
        ErrorClass::Throttled,
        TOO_MANY,
        format!("Only the first {cap} records were read."),
        "There are more.",
        "Nothing needs to be mended.",
    )
}

/// How many records a page has; only datasets with a cap are counted here.
fn rows_of(dataset: &Dataset, exchange: &Exchange, region: &str) -> u64 {
    if dataset.row_cap.is_none() {
        return 0;
    }
    let origin = Origin {
        status: exchange.status,
        place: Some(region.to_owned()),
        subject: None,
    };
    let raw = RawPage {
        body: &exchange.body,
        origin: &origin,
    };
    dataset.read(&raw).map_or(0, |rows| rows.len() as u64)
}

/// The first page of an operation in one region: whether it may be asked at all.
pub async fn first_page(
    account: &Account,
    operation: Operation,
    region: &str,
) -> Result<(), Refusal> {
    let call = operation.request.with(None, &account.identity.id);
    let asked = account
        .reach
        .ask(operation.service, region, operation.permission, &call)
        .await;
    match asked {
        Err(refusal) if !refusal.says(operation.not_used) => Err(refusal),
        _ => Ok(()),
    }
}

/// The next token in a body. One that is there and no text is no end.
///
/// # Errors
///
/// It is there twice, or is something else than text.
pub fn next_token(body: &[u8], name: &str) -> Result<Option<String>, ProviderError> {
    let odd = || {
        Err(ProviderError::malformed(
            "The pages of AWS's answer do not add up.",
            "Where it goes on is not said in words.",
        ))
    };
    if let Ok(root) = xml::parse(body) {
        let mut found = root.children.iter().filter(|child| child.name == name);
        return match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(token), None) if token.children.is_empty() => {
                Ok(Some(token.text.trim().to_owned()))
            }
            _ => odd(),
        };
    }
    match serde_json::from_slice::<Value>(body)
        .ok()
        .as_mut()
        .and_then(|document| document.get_mut(name))
        .map(Value::take)
    {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(token)) => Ok(Some(token)),
        Some(_) => odd(),
    }
}

/// Reads `dataset` from every region by `read`.
///
/// # Errors
///
/// Whoever stopped it, and what refused where nothing at all could be read.
pub async fn collect<'a, R>(
    account: &'a Account,
    dataset: &Dataset,
    sink: &mut dyn PageSink,
    read: R,
) -> Result<Completeness, ProviderError>
where
    R: Fn(String) -> BoxFuture<'a, OfRegion>,
{
    let regions = account.regions().await?;
    let reading: Vec<BoxFuture<'a, OfRegion>> = regions.names.iter().cloned().map(read).collect();
    let mut answers = futures::stream::iter(reading).buffered(AT_ONCE);
    let mut gaps = Gaps::of(regions);
    while let Some((region, pages, refusal)) = answers.next().await {
        for page in pages {
            if at_cap(dataset, sink) {
                // What was seen so far stands; nothing more is asked.
                return gaps.conclude(dataset, true);
            }
            match hand_over(dataset, page, Some(&region), None, sink).await {
                Ok(()) => gaps.kept = true,
                Err(error) => gaps.add(&region, error)?,
            }
        }
        if let Some(refusal) = refusal {
            gaps.add(&region, refusal.into())?;
        }
    }
    gaps.conclude(dataset, at_cap(dataset, sink))
}

/// As [`collect`], by an operation.
///
/// # Errors
///
/// As [`collect`].
pub async fn collect_operation(
    account: &Account,
    dataset: &Dataset,
    operation: &'static Operation,
    sink: &mut dyn PageSink,
) -> Result<Completeness, ProviderError> {
    collect(account, dataset, sink, |region| {
        pages(account, dataset, *operation, region).boxed()
    })
    .await
}

fn at_cap(dataset: &Dataset, sink: &dyn PageSink) -> bool {
    dataset.row_cap.is_some_and(|cap| sink.rows() >= cap)
}

/// What could not be read, and where.
#[derive(Debug, Default)]
pub struct Gaps {
    /// Whether anything was kept.
    pub kept: bool,
    lacking: Option<Reason>,
    /// A cap of our own was met.
    cut: Option<Reason>,
    first: Option<ProviderError>,
    places: Vec<String>,
}

impl Gaps {
    /// None yet, apart from regions that nobody asked.
    pub fn of(regions: &Regions) -> Self {
        Self {
            lacking: regions.lacking.clone(),
            ..Self::default()
        }
    }

    /// One more. Whoever stopped the run stops the dataset.
    ///
    /// # Errors
    ///
    /// `error`, where it says that the run was stopped.
    pub fn add(&mut self, place: &str, error: ProviderError) -> Result<(), ProviderError> {
        if error.class == ErrorClass::Cancelled {
            return Err(error);
        }
        if error.code == TOO_MANY {
            self.cut = Some(Reason::new(
                UnknownCode::Partial,
                format!("{} {}", error.what, error.why),
            ));
            return Ok(());
        }
        if !self.places.iter().any(|known| known == place) {
            self.places.push(place.to_owned());
        }
        self.first.get_or_insert(error);
        Ok(())
    }

    /// What the dataset is worth.
    ///
    /// # Errors
    ///
    /// The first refusal, where nothing could be read.
    pub fn conclude(self, dataset: &Dataset, capped: bool) -> Result<Completeness, ProviderError> {
        let Some(error) = self.first else {
            return Ok(match self.lacking.or(self.cut) {
                Some(reason) => Completeness::partial(reason),
                None if capped => Completeness::partial(Reason::new(
                    UnknownCode::Partial,
                    format!(
                        "Only the first {} records were read.",
                        dataset.row_cap.unwrap_or_default()
                    ),
                )),
                None => Completeness::complete(),
            });
        };
        if !self.kept {
            return Err(error);
        }
        let named: Vec<&str> = self.places.iter().take(NAMED).map(String::as_str).collect();
        let more = self.places.len().saturating_sub(NAMED);
        let mut places = named.join(", ");
        if more > 0 {
            places.push_str(&format!(" and {more} more"));
        }
        let reason = error.reason();
        Ok(Completeness::partial(Reason::new(
            reason.code,
            format!("Not read for {places}: {}", reason.detail),
        )))
    }
}

/// How each regional dataset is asked for, where that is one operation.
pub fn operation_of(dataset: &Dataset) -> Option<&'static Operation> {
    datasets::OPERATIONS
        .iter()
        .find(|(known, _)| known.id == dataset.id)
        .map(|(_, operation)| *operation)
}
