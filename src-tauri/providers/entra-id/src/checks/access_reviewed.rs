//! ENTRA-31. Rights are looked through again and again, and the last time was not too long ago.

use super::{console, moment};
use crate::{
    datasets::reviews::{REVIEWS, Review},
    parameters::{self, number},
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use serde_json::Value;
use std::collections::BTreeSet;

/// What a scope says where it is about administrator roles or guests.
const ABOUT: [&str; 3] = ["roledefinitions", "usertype eq 'guest'", "rolemanagement"];

/// | reviews | verdict |
/// | --- | --- |
/// | a recurring one of roles or guests with an instance finished within the company's days | pass |
/// | recurring ones of roles or guests, none finished in time | fail |
/// | none that recurs, or none of roles or guests; all having been read | fail |
/// | something about a review that might count is not said | unknown |
///
/// Unknown without the license, and where not all reviews and instances were read.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.governance.access_reviewed",
    alias: "ENTRA-31",
    version: 1,
    title: "Rights of administrators or guests are reviewed regularly.",
    objectives: &["3.1.5[b]", "3.1.1[d]", "3.12.3[a]"],
    severity: Severity::Low,
    remedy: "Under Identity Governance > Access reviews create a recurring review of the administrator roles and one of guests, name \
             reviewers, and see to it that each is finished. A review on paper serves the same end: decide the objective yourself then.",
    console: console!("Microsoft_AAD_ERM/DashboardBlade/~/Controls"),
    reperform: Reperform {
        portal: "Entra admin center > Identity Governance > Access reviews: open each review, its history.",
        command: "Get-MgIdentityGovernanceAccessReviewDefinition -All -ExpandProperty instances | ConvertTo-Json -Depth 8",
    },
    datasets: &["entra-id.access-reviews"],
    parameters: &[parameters::REVIEW_DAYS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (days, rows) = match (
        number(collected, parameters::REVIEW_DAYS),
        collected.rows::<Review>(REVIEWS.id),
    ) {
        (Ok(days), Ok(rows)) => (days, rows),
        (Err(reason), _) | (_, Err(reason)) => return Verdict::unknown(reason),
    };
    if let Some(reason) = rows.missing {
        return Verdict::unknown(reason);
    }
    let mut judge = Judge::new();
    let mut doubt = None;
    let (definitions, instances): (Vec<&Review>, Vec<&Review>) = rows
        .rows
        .iter()
        .partition(|row| row.definition_id.is_empty());
    let listed: BTreeSet<&str> = definitions
        .iter()
        .filter_map(|one| one.id.as_deref())
        .collect();
    if instances
        .iter()
        .any(|row| !listed.contains(row.definition_id.as_str()))
    {
        doubt.get_or_insert("A review whose rounds were read is not among the reviews.".to_owned());
    }
    for definition in definitions {
        let id = definition.id.clone().unwrap_or_default();
        let name = definition
            .display_name
            .clone()
            .unwrap_or_else(|| id.clone());
        match recurs_over_rights(definition) {
            Some(true) => {}
            Some(false) => continue,
            None => {
                doubt.get_or_insert(format!(
                    "Of the review {name} it is not said what it is about, or whether it recurs."
                ));
                continue;
            }
        }
        let own: Vec<&Review> = instances
            .iter()
            .copied()
            .filter(|row| row.definition_id == id)
            .collect();
        if own.is_empty() {
            doubt.get_or_insert(format!("How the review {name} went was not read."));
            continue;
        }
        if own
            .iter()
            .any(|row| row.empty != Some(true) && row.status.is_none())
        {
            doubt.get_or_insert(format!(
                "Of a round of the review {name} it is not said how it stands."
            ));
        }
        let finished = own
            .iter()
            .filter(|row| row.empty != Some(true))
            .filter_map(|row| match row.status.as_deref() {
                Some("Completed" | "Applied" | "AutoReviewed") => {
                    moment(row.end_date_time.as_deref())
                }
                _ => None,
            })
            .map(|end| (collected.now.unix() - end.unix()).div_euclid(24 * 3600))
            // An end to come is none yet.
            .filter(|age| *age >= 0)
            .min();
        match finished {
            Some(age) if age <= days => {
                // One is enough; those that are late are no failure beside it.
                let mut judge = Judge::new();
                judge.pass();
                return judge.conclude(WhenEmpty::Passes);
            }
            Some(age) => {
                let note = format!("was last finished {age} days ago");
                judge.fail(id, name, "accessReview", note);
            }
            None => judge.fail(id, name, "accessReview", "was never finished"),
        }
    }
    if let Some(detail) = doubt {
        return Verdict::unknown(Reason::new(UnknownCode::MalformedAnswer, detail));
    }
    judge.conclude(WhenEmpty::Fails(
        "No recurring review looks at administrator roles or guests.".to_owned(),
    ))
}

/// Whether a review happens again and again and is about administrator roles or guests; `None` where that is not said.
fn recurs_over_rights(definition: &Review) -> Option<bool> {
    let scope = definition.scope.as_ref()?;
    let recurrence = &definition.settings.as_ref()?.recurrence;
    let recurs = recurrence.as_ref().is_some_and(|value| !value.is_null());
    let text = queries(scope).to_lowercase().replace("%20", " ");
    if text.is_empty() {
        return None;
    }
    Some(recurs && ABOUT.iter().any(|about| text.contains(about)))
}

/// Every query in a scope: scopes come in several kinds, and all name what they are about in queries.
fn queries(value: &Value) -> String {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| match member {
                Value::String(text) if name == "query" => format!("{text}\n"),
                other => queries(other),
            })
            .collect(),
        Value::Array(items) => items.iter().map(queries).collect(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    const REVIEWS: &str = "access-reviews";
    const SCOPE: &str = "/0/value/0/scope/query";

    #[test]
    fn a_recurring_review_was_finished_in_time() {
        tell(
            &CHECK,
            &[
                (
                    "guests",
                    REVIEWS,
                    SCOPE,
                    json!("/users?$filter=(userType%20eq%20'Guest')"),
                    Pass,
                ),
                (
                    "something else",
                    REVIEWS,
                    SCOPE,
                    json!("/groups/1/members"),
                    Fail,
                ),
                (
                    "scope not said",
                    REVIEWS,
                    "/0/value/0/scope",
                    json!(null),
                    Unknown,
                ),
                (
                    "scope without a query",
                    REVIEWS,
                    "/0/value/0/scope",
                    json!({}),
                    Unknown,
                ),
                (
                    "settings not said",
                    REVIEWS,
                    "/0/value/0/settings",
                    json!(null),
                    Unknown,
                ),
                (
                    "once",
                    REVIEWS,
                    "/0/value/0/settings/recurrence",
                    json!(null),
                    Fail,
                ),
                (
                    "long ago",
                    REVIEWS,
                    "/1/value/0/endDateTime",
                    json!("2020-01-01T00:00:00Z"),
                    Fail,
                ),
                (
                    "in the future",
                    REVIEWS,
                    "/1/value/0/endDateTime",
                    json!("2090-01-01T00:00:00Z"),
                    Fail,
                ),
                (
                    "still going on",
                    REVIEWS,
                    "/1/value/0/status",
                    json!("InProgress"),
                    Fail,
                ),
                (
                    "status not said",
                    REVIEWS,
                    "/1/value/0/status",
                    json!(null),
                    Unknown,
                ),
                (
                    "rounds of a review that is not listed",
                    REVIEWS,
                    "/0/value",
                    json!([]),
                    Unknown,
                ),
            ],
        );
        let rare = Bench::good().parameter(crate::parameters::REVIEW_DAYS, json!(1));
        assert_eq!(rare.outcome(&CHECK), Fail);
        assert_eq!(
            Bench::good()
                .partly("entra-id.access-reviews")
                .outcome(&CHECK),
            Unknown
        );
    }
}
