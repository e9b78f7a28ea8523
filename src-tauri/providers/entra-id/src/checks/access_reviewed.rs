//! ENTRA-31. Rights are looked through again and again, and the last time was not too long ago.

use super::{console, moment};
use crate::{
    datasets::reviews::{REVIEWS, Review},
    licences::{has_reviews, lacking},
    parameters::{self, number},
    privileged::HIGHLY_PRIVILEGED,
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use serde_json::Value;
use std::collections::BTreeSet;

/// Of reviews that recur and are about a highly privileged role, or about all guests:
///
/// | reviews | verdict |
/// | --- | --- |
/// | one has a round that ended within the company's days | unknown: whether its reviewers decided is for a person to look at |
/// | none has, or none ever ended | fail |
/// | there is none, and no other review recurs | fail |
/// | another review recurs | unknown: whether it is about such rights is for a person to look at |
/// | something about a review that might count is not said | unknown |
///
/// Unknown without the license, and where not all reviews and rounds were read. A review that happens once is none that
/// recurs.
///
/// It can't pass: a round ends whether or not anybody decided. So it speaks for an objective that a person has to judge
/// anyway (whether controls are monitored) and for no other.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.governance.access_reviewed",
    alias: "ENTRA-31",
    version: 2,
    title: "Rights of administrators or guests are reviewed regularly.",
    objectives: &["3.12.3[a]"],
    severity: Severity::Low,
    remedy: "Under Identity Governance > Access reviews create a recurring review of the administrator roles and one of guests, name \
             reviewers, and see to it that each is finished. A review on paper serves the same end: decide the objective yourself then.",
    console: console!("Microsoft_AAD_ERM/DashboardBlade/~/Controls"),
    reperform: Reperform {
        portal: "Entra admin center > Identity Governance > Access reviews: open each review, its history and its decisions.",
        command: "Get-MgIdentityGovernanceAccessReviewDefinition -All -ExpandProperty instances | ConvertTo-Json -Depth 8",
    },
    datasets: &["entra-id.access-reviews", "entra-id.licences"],
    parameters: &[parameters::REVIEW_DAYS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let days = number(collected, parameters::REVIEW_DAYS)?;
    let rows = collected.rows::<Review>(REVIEWS.id)?;
    let licensed = has_reviews(collected)?;
    if let Some(reason) = rows.missing {
        return Err(reason);
    }
    if rows.rows.is_empty() && !licensed {
        let what = "without which there are no access reviews";
        return Err(lacking("Microsoft Entra ID P2 or ID Governance", what));
    }
    let (definitions, instances): (Vec<&Review>, Vec<&Review>) = rows
        .rows
        .iter()
        .partition(|row| row.definition_id.is_empty());
    let listed: BTreeSet<&str> = definitions
        .iter()
        .filter_map(|one| one.id.as_deref())
        .collect();
    let mut judge = Judge::new();
    let mut doubt = None;
    if instances
        .iter()
        .any(|row| !listed.contains(row.definition_id.as_str()))
    {
        doubt = Some(unsaid(
            "A review whose rounds were read is not among the reviews.".to_owned(),
        ));
    }
    for definition in definitions {
        let id = definition.id.clone().unwrap_or_default();
        let name = definition
            .display_name
            .clone()
            .unwrap_or_else(|| id.clone());
        match subject(definition) {
            Subject::Rights => {}
            Subject::Once => continue,
            Subject::Another => {
                doubt.get_or_insert(look_at(format!(
                    "Whether the recurring review {name} is about administrator roles or guests has to be looked at."
                )));
                continue;
            }
            Subject::NotSaid => {
                doubt.get_or_insert(unsaid(format!(
                    "Of the review {name} it is not said what it is about, or whether it recurs."
                )));
                continue;
            }
        }
        let rounds: Vec<&Review> = instances
            .iter()
            .copied()
            .filter(|row| row.definition_id == id)
            .collect();
        if rounds.is_empty() {
            doubt.get_or_insert(unsaid(format!("How the review {name} went was not read.")));
            continue;
        }
        let mut newest: Option<(i64, &str)> = None;
        for round in rounds.iter().filter(|round| round.empty != Some(true)) {
            match ended(round, collected.now.unix()) {
                Ended::Not => {}
                Ended::Ago(age, end) => {
                    if newest.is_none_or(|(least, _)| age < least) {
                        newest = Some((age, end));
                    }
                }
                Ended::NotSaid => {
                    doubt.get_or_insert(unsaid(format!(
                        "Of a round of the review {name} it is not said how it stands, or when it ended."
                    )));
                }
            }
        }
        match newest {
            Some((age, end)) if age <= days => {
                // One is enough; those that are late are no failure beside it.
                let mut judge = Judge::new();
                let note = format!(
                    "a round ended on {end}; whether its reviewers decided has to be looked at"
                );
                judge.ask(id, name, "accessReview", note);
                return Ok(judge.conclude(WhenEmpty::Passes));
            }
            Some((age, _)) => {
                let note = format!("was last finished {age} days ago");
                judge.fail(id, name, "accessReview", note);
            }
            None => judge.fail(id, name, "accessReview", "was never finished"),
        }
    }
    match doubt {
        Some(reason) => Err(reason),
        None => Ok(judge.conclude(WhenEmpty::Fails(
            "No recurring review looks at administrator roles or guests.".to_owned(),
        ))),
    }
}

fn unsaid(detail: String) -> Reason {
    Reason::new(UnknownCode::MalformedAnswer, detail)
}

fn look_at(detail: String) -> Reason {
    Reason::new(UnknownCode::NeedsJudgement, detail)
}

/// How a round stands.
enum Ended<'a> {
    /// It goes on, or did not begin.
    Not,
    /// So many days ago, on that day.
    Ago(i64, &'a str),
    /// That can't be told.
    NotSaid,
}

fn ended(round: &Review, now: i64) -> Ended<'_> {
    match round.status.as_deref() {
        Some("NotStarted" | "Initializing" | "Starting" | "InProgress") => Ended::Not,
        Some("Completed" | "Applied" | "AutoReviewed") => {
            let text = round.end_date_time.as_deref();
            let age = moment(text).map(|end| (now - end.unix()).div_euclid(24 * 3600));
            match (age, text) {
                // An end to come is none yet, whatever the status says.
                (Some(age), Some(text)) if age >= 0 => {
                    Ended::Ago(age, text.split('T').next().unwrap_or(text))
                }
                _ => Ended::NotSaid,
            }
        }
        _ => Ended::NotSaid,
    }
}

/// What a review is to this check.
#[derive(Debug, PartialEq, Eq)]
enum Subject {
    /// It recurs, and is about a highly privileged role or all guests.
    Rights,
    /// It does not recur.
    Once,
    /// It recurs, and is about something else, or about such rights in a way that is not understood.
    Another,
    NotSaid,
}

fn subject(definition: &Review) -> Subject {
    let recurrence = definition
        .settings
        .as_ref()
        .and_then(|settings| settings.recurrence.as_ref());
    match recurrence {
        None => return Subject::NotSaid,
        Some(None) => return Subject::Once,
        // A review that happens once has a range, and null for the pattern.
        Some(Some(Value::Object(members))) => match members.get("pattern") {
            Some(Value::Object(_)) => {}
            Some(Value::Null) => return Subject::Once,
            _ => return Subject::NotSaid,
        },
        Some(Some(_)) => return Subject::NotSaid,
    }
    let queries = definition.scope.as_ref().map(queries).unwrap_or_default();
    if queries.is_empty() {
        return Subject::NotSaid;
    }
    if queries.iter().any(|query| is_of_rights(query)) {
        return Subject::Rights;
    }
    Subject::Another
}

/// Whether a query asks for the holders of a highly privileged role, or for all guests.
fn is_of_rights(query: &str) -> bool {
    let query = decoded(query).to_lowercase();
    let path = query
        .trim_start_matches("/v1.0")
        .trim_start_matches("/beta");
    let excludes = path
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word == "not" || word == "ne");
    if excludes {
        return false;
    }
    if path.starts_with("/rolemanagement/directory/") {
        return path
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .any(|word| HIGHLY_PRIVILEGED.iter().any(|(role, _)| *role == word));
    }
    let Some((collection, rest)) = path.split_once('?') else {
        return false;
    };
    // The filter alone: one that asks for more leaves guests out.
    let filter = rest
        .split('&')
        .find_map(|part| part.strip_prefix("$filter="));
    let bare = filter.map(|filter| {
        let text = filter.trim_matches(|c: char| c == '(' || c == ')' || c == ' ');
        text.split(' ')
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
    });
    collection.trim_end_matches('/') == "/users"
        && bare.is_some_and(|bare| bare == ["usertype", "eq", "'guest'"])
}

/// A query without its encoding; what is no encoding stays.
fn decoded(query: &str) -> String {
    // Its only `=` and `&` may be those of the query itself, so it is taken as one name.
    let escaped = query.replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(escaped.as_bytes())
        .map(|(name, _)| name.into_owned())
        .collect()
}

/// Every query in a scope: scopes come in several kinds, and all name what they are about in queries.
fn queries(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| match member {
                Value::String(text) if name == "query" => vec![text.clone()],
                other => queries(other),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(queries).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::CHECK;
    use crate::checks::testing::Bench;
    use evidence::{
        Outcome::{Fail, Unknown},
        UnknownCode::{self, LicenceMissing, MalformedAnswer, NeedsJudgement},
    };
    use serde_json::{Value, json};

    const REVIEWS: &str = "access-reviews";
    const SCOPE: &str = "/0/value/0/scope/query";
    const RECURRENCE: &str = "/0/value/0/settings/recurrence";
    const END: &str = "/1/value/0/endDateTime";
    const STATUS: &str = "/1/value/0/status";
    const RANGE: &str = r#"{"type": "endDate", "startDate": "2026-01-01"}"#;

    /// The reason's code; `None` for a failure.
    #[track_caller]
    fn told(bench: &Bench) -> Option<UnknownCode> {
        let verdict = bench.judge(&CHECK);
        match verdict.outcome {
            Fail => None,
            Unknown => Some(verdict.reason.unwrap().code),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn tell(stories: &[(&str, Value, Option<UnknownCode>)]) {
        for (pointer, value, expected) in stories {
            let bench = Bench::good().set(REVIEWS, pointer, value.clone());
            assert_eq!(told(&bench), *expected, "{pointer} {value}");
        }
    }

    #[test]
    fn a_round_that_ended_in_time_is_for_a_person_to_look_at() {
        assert_eq!(told(&Bench::good()), Some(NeedsJudgement));
        assert_eq!(
            Bench::good().notes(&CHECK),
            [
                "Administrators, every quarter: a round ended on 2026-08-15; whether its reviewers decided has to be looked at"
            ]
        );
        tell(&[
            (END, json!("2020-01-01T00:00:00Z"), None),
            (STATUS, json!("InProgress"), None),
            ("/1/value", json!([]), None),
            (END, json!("2090-01-01T00:00:00Z"), Some(MalformedAnswer)),
            (END, json!("lately"), Some(MalformedAnswer)),
            (END, json!(null), Some(MalformedAnswer)),
            (STATUS, json!("Applying"), Some(MalformedAnswer)),
            (STATUS, json!(null), Some(MalformedAnswer)),
            ("/0/value", json!([]), Some(MalformedAnswer)),
        ]);
        let rare = Bench::good().parameter(crate::parameters::REVIEW_DAYS, json!(1));
        assert_eq!(told(&rare), None);
        let half = Bench::good().partly("entra-id.access-reviews");
        assert_eq!(told(&half), Some(UnknownCode::Partial));
    }

    #[test]
    fn a_review_that_happens_once_is_none_that_recurs() {
        let range: Value = serde_json::from_str(RANGE).unwrap();
        let with = |pattern: Value| json!({"pattern": pattern, "range": range});
        tell(&[
            (RECURRENCE, json!(null), None),
            (RECURRENCE, with(json!(null)), None),
            (RECURRENCE, with(json!("weekly")), Some(MalformedAnswer)),
            (RECURRENCE, json!({"range": range}), Some(MalformedAnswer)),
            (RECURRENCE, json!("weekly"), Some(MalformedAnswer)),
            ("/0/value/0/settings", json!({}), Some(MalformedAnswer)),
            ("/0/value/0/settings", json!(null), Some(MalformedAnswer)),
        ]);
    }

    #[test]
    fn only_powerful_roles_and_all_guests_are_such_rights() {
        let reader =
            "/roleManagement/directory/roleDefinitions/88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
        let ended_long_ago = Bench::good().set(REVIEWS, END, json!("2020-01-01T00:00:00Z"));
        for (query, fits) in [
            (
                "/roleManagement/directory/roleDefinitions/62e90394-69f5-4237-9190-012177145e10",
                true,
            ),
            (
                "/beta/roleManagement/directory/roleAssignmentScheduleInstances?$filter=(roleDefinitionId%20eq%20'62E90394-69f5-4237-9190-012177145e10')",
                true,
            ),
            (reader, false),
            ("/users?$filter=(userType%20eq%20'Guest')", true),
            ("/v1.0/users?$filter=userType+eq+%27Guest%27", true),
            ("/users?$count=true&$filter=(userType eq 'Guest')", true),
            ("/users?$filter=not(userType eq 'Guest')", false),
            ("/users?$filter=(userType ne 'Guest')", false),
            (
                "/users?$filter=userType eq 'Guest' and accountEnabled eq true",
                false,
            ),
            (
                "/groups/1/members/microsoft.graph.user/?$filter=(userType eq 'Guest')",
                false,
            ),
            ("/groups/1/members", false),
        ] {
            let bench = ended_long_ago.clone().set(REVIEWS, SCOPE, json!(query));
            let expected = (!fits).then_some(NeedsJudgement);
            assert_eq!(told(&bench), expected, "{query}");
        }
        tell(&[
            ("/0/value/0/scope", json!(null), Some(MalformedAnswer)),
            ("/0/value/0/scope", json!({}), Some(MalformedAnswer)),
        ]);
    }

    #[test]
    fn an_empty_list_says_nothing_where_there_can_be_none() {
        let none = Bench::good()
            .set(REVIEWS, "/0/value", json!([]))
            .cut(REVIEWS, "/1");
        assert_eq!(told(&none), None);
        let unlicensed = none.set("licences", "/0/value", json!([]));
        assert_eq!(told(&unlicensed), Some(LicenceMissing));
    }
}
