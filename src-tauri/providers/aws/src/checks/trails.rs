//! What the checks of CloudTrail share: each trail once, however many regions see it, and whether it records.

use super::told::Told;
use crate::datasets::{CLOUDTRAIL_TRAILS, Trail, TrailStatus};
use evidence::{Reason, UnknownCode};
use provider_kit::{Collected, Judge};
use std::collections::BTreeMap;

/// Where trails are seen and changed.
pub(super) const TRAILS_PAGE: &[(&str, &str)] = &[
    (
        "aws",
        "https://console.aws.amazon.com/cloudtrailv2/home#/trails",
    ),
    (
        "aws-us-gov",
        "https://console.amazonaws-us-gov.com/cloudtrailv2/home#/trails",
    ),
];

/// A trail, from all regions that see it. What they contradict each other about is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OneTrail {
    /// Its ARN.
    pub(super) arn: String,
    /// Its home region.
    pub(super) home: Option<String>,
    /// The bucket it delivers to.
    pub(super) bucket: Option<String>,
    /// Whether it records in every region.
    pub(super) multi_region: Option<bool>,
    /// Whether events of services without a region are recorded.
    pub(super) global_events: Option<bool>,
    /// Whether its files carry digests.
    pub(super) validation: Option<bool>,
    /// Whether somebody changed what it records.
    pub(super) custom_selectors: Option<bool>,
    /// Whether it names a KMS key.
    pub(super) encrypted: Option<bool>,
    /// The ARN of its log group; within, `None` where it has none.
    pub(super) log_group: Option<Option<String>>,
}

impl OneTrail {
    /// Its name.
    pub(super) fn name(&self) -> &str {
        name_of(&self.arn)
    }
}

/// The name of a trail in its ARN.
pub(super) fn name_of(arn: &str) -> &str {
    arn.rsplit_once('/').map_or(arn, |(_, name)| name)
}

/// Every trail, by ARN, and whether there can be no other.
pub(super) struct Trails {
    /// The trails.
    pub(super) list: Vec<OneTrail>,
    /// Whether every region's answer was read to the end.
    pub(super) complete: bool,
}

/// The trails, and a judge who knows what their list lacks.
pub(super) fn trails(collected: &Collected<'_>) -> Result<(Trails, Judge), Reason> {
    let rows = collected.rows::<Trail>(CLOUDTRAIL_TRAILS.id)?;
    let mut judge = Judge::over(&rows);
    let mut views: BTreeMap<&str, Vec<&Trail>> = BTreeMap::new();
    let mut complete = rows.missing.is_none();
    for row in &rows.rows {
        match &row.arn {
            Some(arn) => views.entry(arn).or_default().push(row),
            None => {
                complete = false;
                judge.lacks(Reason::new(
                    UnknownCode::MalformedAnswer,
                    "A trail has no ARN, so nothing can be told about it.",
                ));
            }
        }
    }
    let list = views
        .into_iter()
        .map(|(arn, views)| OneTrail {
            arn: arn.to_owned(),
            home: agreed(views.iter().map(|view| view.home_region.as_ref())).cloned(),
            bucket: agreed(views.iter().map(|view| named(&view.s3_bucket_name))),
            multi_region: agreed(views.iter().map(|view| view.is_multi_region_trail)),
            global_events: agreed(views.iter().map(|view| view.include_global_service_events)),
            validation: agreed(views.iter().map(|view| view.log_file_validation_enabled)),
            custom_selectors: agreed(views.iter().map(|view| view.has_custom_event_selectors)),
            // Absence is what AWS says where there is none, so it is a word like any other.
            encrypted: agreed(
                views
                    .iter()
                    .map(|view| Some(named(&view.kms_key_id).is_some())),
            ),
            log_group: agreed(
                views
                    .iter()
                    .map(|view| Some(named(&view.cloud_watch_logs_log_group_arn))),
            ),
        })
        .collect();
    Ok((Trails { list, complete }, judge))
}

/// A name that is not empty.
fn named(name: &Option<String>) -> Option<String> {
    name.clone().filter(|name| !name.is_empty())
}

/// What everybody who says something says.
fn agreed<T: PartialEq>(said: impl Iterator<Item = Option<T>>) -> Option<T> {
    let mut said = said.flatten();
    let first = said.next()?;
    said.all(|other| other == first).then_some(first)
}

/// Whether the trail with this ARN records.
pub(super) fn records(statuses: &[TrailStatus], arn: &str) -> Told {
    match statuses.iter().find(|status| status.trail == arn) {
        None => Told::Unclear("Its status was not read.".to_owned()),
        Some(status) => Told::of(
            status.is_logging,
            "It is switched off.",
            "AWS does not say whether it records.",
        ),
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        checks::testing::{Account, origin},
        datasets::{CLOUDTRAIL_SELECTORS, CLOUDTRAIL_STATUS},
    };
    use evidence::Completeness;
    use provider_kit::Dataset;
    use serde_json::{Value, json};

    pub(in crate::checks) fn arn(name: &str, home: &str) -> String {
        format!("arn:aws:cloudtrail:{home}:123456789012:trail/{name}")
    }

    /// A trail as CloudTrail lists it, with these members changed.
    pub(in crate::checks) fn trail(name: &str, home: &str, members: Value) -> Value {
        let mut trail = json!({
            "Name": name,
            "TrailARN": arn(name, home),
            "HomeRegion": home,
            "IsMultiRegionTrail": true,
            "IncludeGlobalServiceEvents": true,
            "LogFileValidationEnabled": true
        });
        for (member, value) in members.as_object().unwrap() {
            trail[member] = value.clone();
        }
        trail
    }

    /// An account in which one region answered with these trails.
    pub(in crate::checks) fn listed(trails: &[Value]) -> Account {
        let body = json!({"trailList": trails}).to_string();
        Account::new().regions(&CLOUDTRAIL_TRAILS, &[("us-east-1", &body)])
    }

    /// Answers about trails.
    pub(in crate::checks) fn about(
        account: Account,
        dataset: &'static Dataset,
        answers: &[(&str, Value)],
    ) -> Account {
        let pages = answers
            .iter()
            .map(|(arn, body)| {
                let origin = origin(200, "us-east-1", Some(arn));
                (origin, body.to_string().into_bytes())
            })
            .collect();
        account.pages(dataset, pages, Completeness::complete())
    }

    /// Statuses.
    pub(in crate::checks) fn stand(account: Account, answers: &[(&str, Value)]) -> Account {
        about(account, &CLOUDTRAIL_STATUS, answers)
    }

    /// What the trail of this name takes in: every management event, or none.
    pub(in crate::checks) fn taking_in(account: Account, name: &str, management: bool) -> Account {
        let arn = arn(name, "us-east-1");
        let selector = json!({"ReadWriteType": "All", "IncludeManagementEvents": management});
        let body = json!({"TrailARN": arn, "EventSelectors": [selector]});
        about(account, &CLOUDTRAIL_SELECTORS, &[(&arn, body)])
    }

    #[test]
    fn regions_that_see_a_trail_must_agree_about_it() {
        assert_eq!(
            agreed([Some(true), None, Some(true)].into_iter()),
            Some(true)
        );
        assert_eq!(agreed([Some(true), Some(false)].into_iter()), None);
        assert_eq!(agreed([None::<bool>].into_iter()), None);
        assert_eq!(name_of("arn:aws:cloudtrail:us-east-1:1:trail/a"), "a");
    }
}
