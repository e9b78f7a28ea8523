//! CloudTrail's trails, and what is asked about each of them in its home region.

use super::{
    Account, hand_over,
    reach::Call,
    refusal::Refusal,
    regional::{self, Gaps, Operation},
    service::CLOUD_TRAIL,
    wire::Exchange,
};
use crate::datasets::{CLOUDTRAIL_TRAILS, CLOUDTRAIL_TRAILS_OPERATION, TrailRef, trail_refs};
use evidence::Completeness;
use futures::{FutureExt as _, StreamExt as _};
use provider_kit::{Dataset, PageSink, ProviderError};
use serde_json::json;
use std::collections::BTreeMap;

/// Trails that are asked about at the same time; an account has few.
const AT_ONCE: usize = 4;

/// What is asked about a trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether it records and delivers.
    Status,
    /// Which events it records.
    Selectors,
}

impl Question {
    const fn permission(self) -> &'static str {
        match self {
            Self::Status => "cloudtrail:GetTrailStatus",
            Self::Selectors => "cloudtrail:GetEventSelectors",
        }
    }

    /// The question that needs `permission`.
    pub fn of(permission: &str) -> Option<Self> {
        [Self::Status, Self::Selectors]
            .into_iter()
            .find(|question| question.permission() == permission)
    }

    fn call(self, arn: &str) -> Call {
        match self {
            Self::Status => Call::Document("GetTrailStatus", json!({"Name": arn})),
            Self::Selectors => Call::Document("GetEventSelectors", json!({"TrailName": arn})),
        }
    }
}

/// The answers of every region about its trails; asked once in a session, whichever dataset needs them first.
pub async fn list(account: &Account) -> Result<&[regional::OfRegion], ProviderError> {
    let answers = account
        .trails
        .get_or_try_init(|| async {
            let regions = account.regions().await?;
            let operation: Operation = CLOUDTRAIL_TRAILS_OPERATION;
            let reading: Vec<_> = regions
                .names
                .iter()
                .map(|region| {
                    regional::pages(account, &CLOUDTRAIL_TRAILS, operation, region.clone()).boxed()
                })
                .collect();
            let answers: Vec<regional::OfRegion> = futures::stream::iter(reading)
                .buffered(AT_ONCE)
                .collect()
                .await;
            // What was stopped or is offline now is asked for again by the next dataset.
            match answers
                .iter()
                .find_map(|(_, pages, refusal)| refusal.as_ref().filter(|_| pages.is_empty()))
            {
                Some(refusal) if answers.iter().all(|(_, pages, _)| pages.is_empty()) => {
                    Err((*refusal.error).clone())
                }
                _ => Ok(answers),
            }
        })
        .await?;
    Ok(answers)
}

/// Reads the trails.
///
/// # Errors
///
/// Nothing could be read.
pub async fn collect(
    account: &Account,
    dataset: &Dataset,
    sink: &mut dyn PageSink,
) -> Result<Completeness, ProviderError> {
    let mut gaps = Gaps::of(account.regions().await?);
    for (region, pages, refusal) in list(account).await? {
        for page in pages {
            match hand_over(dataset, page.clone(), Some(region), None, sink).await {
                Ok(()) => gaps.kept = true,
                Err(error) => gaps.add(region, error)?,
            }
        }
        if let Some(refusal) = refusal {
            gaps.add(region, (*refusal.error).clone())?;
        }
    }
    gaps.conclude(dataset, false)
}

/// Asks about one trail.
///
/// # Errors
///
/// What AWS or the network refused.
pub async fn ask(
    account: &Account,
    question: Question,
    arn: &str,
    home: &str,
) -> Result<Exchange, Refusal> {
    account
        .reach
        .ask(
            &CLOUD_TRAIL,
            home,
            question.permission(),
            &question.call(arn),
        )
        .await
}

/// Asks about each trail. A trail of the organization that only its own account may ask about leaves a gap; the trail
/// itself still counts.
///
/// # Errors
///
/// The trails can't be listed, or nothing could be read about any.
pub async fn collect_about(
    account: &Account,
    question: Question,
    dataset: &Dataset,
    sink: &mut dyn PageSink,
) -> Result<Completeness, ProviderError> {
    let mut gaps = Gaps::of(account.regions().await?);
    let mut trails: BTreeMap<String, TrailRef> = BTreeMap::new();
    for (region, pages, refusal) in list(account).await? {
        for page in pages {
            match trail_refs(&page.body, region) {
                Ok(found) => {
                    trails.extend(found.into_iter().map(|trail| (trail.arn.clone(), trail)))
                }
                Err(malformed) => gaps.add(
                    region,
                    ProviderError::malformed("The list of trails can't be read.", malformed.0),
                )?,
            }
        }
        if let Some(refusal) = refusal {
            gaps.add(region, (*refusal.error).clone())?;
        }
    }
    // No trail at all is an answer too: there is nothing to ask about.
    gaps.kept = trails.is_empty();
    let asking: Vec<_> = trails
        .into_values()
        .map(|trail| {
            async move {
                let answer = ask(account, question, &trail.arn, &trail.home).await;
                (trail, answer)
            }
            .boxed()
        })
        .collect();
    let mut answers = futures::stream::iter(asking).buffered(AT_ONCE);
    while let Some((trail, answer)) = answers.next().await {
        let taken = match answer {
            Ok(page) => hand_over(dataset, page, Some(&trail.home), Some(&trail.arn), sink).await,
            Err(refusal) => Err(refusal.into()),
        };
        match taken {
            Ok(()) => gaps.kept = true,
            Err(error) => gaps.add(&trail.arn, error)?,
        }
    }
    gaps.conclude(dataset, false)
}
