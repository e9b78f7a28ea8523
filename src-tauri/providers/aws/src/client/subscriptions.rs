//! Who is told by SNS, without their addresses: they are cut out of an answer before anything is kept of it.

use super::{Account, regional};
use crate::datasets::{SUBSCRIPTIONS, SUBSCRIPTIONS_OPERATION, without_addresses};
use evidence::Completeness;
use futures::FutureExt as _;
use provider_kit::{PageSink, ProviderError};

/// Reads the subscriptions of every region.
///
/// # Errors
///
/// As [`regional::collect`].
pub async fn collect(
    account: &Account,
    sink: &mut dyn PageSink,
) -> Result<Completeness, ProviderError> {
    regional::collect(account, &SUBSCRIPTIONS, sink, |region| {
        of_region(account, region).boxed()
    })
    .await
}

async fn of_region(account: &Account, region: String) -> regional::OfRegion {
    let operation = SUBSCRIPTIONS_OPERATION;
    let asked = regional::pages(account, Some(&SUBSCRIPTIONS), operation, region, None).await;
    let (region, mut pages, refusal) = asked;
    for page in &mut pages {
        page.body = without_addresses(&page.body).into();
    }
    (region, pages, refusal)
}
