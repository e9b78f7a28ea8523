//! Reads a dataset from every region: some regions at a time, each region's pages in order. A region that refuses makes
//! its own part unknown and nothing else.

use super::{
    Account, hand_over,
    operation::{About, Fill, Operation, next_token},
    paging::Tokens,
    refusal::Refusal,
    regions::Regions,
    wire::Exchange,
};
use crate::datasets;
use evidence::{Completeness, Reason, UnknownCode};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture};
use provider_kit::{Dataset, ErrorClass, Origin, PageSink, ProviderError, RawPage};

/// Regions that are asked at the same time.
const AT_ONCE: usize = 4;
/// Our code for "more than is read": it cuts a dataset short as a cap on rows does.
pub const TOO_MANY: &str = "too_many_events";
/// Regions named in a reason; more would be a wall of text.
const NAMED: usize = 4;

/// What came from one region: the pages read, and what stopped it.
pub type OfRegion = (String, Vec<Exchange>, Option<Refusal>);

/// Every page of an operation in one region, about something or not, up to the cap on rows of the dataset it is for.
pub async fn pages(
    account: &Account,
    dataset: Option<&Dataset>,
    operation: Operation,
    region: String,
    about: Option<&About>,
) -> OfRegion {
    let mut pages = Vec::new();
    let mut tokens = Tokens::default();
    let mut rows = 0;
    let fill = Fill {
        about,
        ..account.fill(&region)
    };
    loop {
        let call = operation
            .request
            .call(operation.paging, tokens.current().as_deref(), &fill);
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
        let token = match operation.paging.names() {
            None => Ok(None),
            Some((_, answered)) => next_token(&exchange.body, answered),
        };
        rows += dataset.map_or(0, |dataset| rows_of(dataset, &exchange, &region));
        pages.push(exchange);
        let more = token.and_then(|token| tokens.advance(token.as_deref()));
        match more {
            Ok(false) => return (region, pages, None),
            Ok(true) => match dataset.and_then(|dataset| dataset.row_cap) {
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

/// A cap of our own was met.
pub fn too_many(cap: u64) -> ProviderError {
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

/// The first page of an operation in one region, about something or not: whether it may be asked at all.
pub async fn first_page(
    account: &Account,
    operation: Operation,
    region: &str,
    about: Option<&About>,
) -> Result<(), Refusal> {
    let fill = Fill {
        about,
        ..account.fill(region)
    };
    let call = operation.request.call(operation.paging, None, &fill);
    let asked = account
        .reach
        .ask(operation.service, region, operation.permission, &call)
        .await;
    match asked {
        Err(refusal) if !refusal.says(operation.not_used) => Err(refusal),
        _ => Ok(()),
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
pub async fn collect_operation<'a>(
    account: &'a Account,
    dataset: &'a Dataset,
    operation: &'static Operation,
    sink: &mut dyn PageSink,
) -> Result<Completeness, ProviderError> {
    collect(account, dataset, sink, |region| {
        async move { pages(account, Some(dataset), *operation, region, None).await }.boxed()
    })
    .await
}

/// Whether the sink has as many rows as the dataset may have.
pub fn at_cap(dataset: &Dataset, sink: &dyn PageSink) -> bool {
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

    /// Something was not asked about, and nothing refused.
    pub fn lacks(&mut self, reason: Reason) {
        self.lacking.get_or_insert(reason);
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
