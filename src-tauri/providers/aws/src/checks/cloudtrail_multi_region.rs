//! What nobody records, nobody can look into afterwards: every call that changes or reads the account's settings.

use super::{
    selectors::records_management,
    told::{Told, also},
    trails::{OneTrail, TRAILS_PAGE, records, trails},
};
use crate::datasets::{CLOUDTRAIL_SELECTORS, CLOUDTRAIL_STATUS, TrailSelectors, TrailStatus};
use evidence::{Outcome, Population, Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
///
/// A trail is *whole* if it records every region, events of services without a region, is switched on, and takes in
/// every management event (`all_management` says when).
///
/// | trails | verdict |
/// | --- | --- |
/// | one is whole | pass |
/// | in GovCloud: of those that are on and take in every management event, one is of each region, and one of these two records events of services without a region | pass |
/// | else not all were listed, or one can't be told | unknown: each that can't be told |
/// | else there are some | fail: each, with what it lacks |
/// | else | fail: there is none |
///
/// One whole trail is proof by itself, so the population of a pass is the trails that prove it: a region that did not
/// answer can't take away what another one showed. A fail says that there is none, and so needs all of them.
/// Event data stores of CloudTrail Lake are not looked at.
pub static CHECK: Check = Check {
    id: "aws.cloudtrail.multi_region",
    alias: "AWS-29",
    version: 1,
    title: "A trail records every management event in every region.",
    objectives: &[
        "3.3.1[a]",
        "3.3.1[c]",
        "3.3.1[d]",
        "3.3.2[a]",
        "3.3.2[b]",
        "3.1.7[d]",
        "3.1.12[d]",
    ],
    severity: Severity::Critical,
    remedy: "In CloudTrail, create a trail that applies to all regions, with management events for read and write and no excluded events; or change an existing trail to this, and switch its logging on.",
    console: TRAILS_PAGE,
    reperform: Reperform {
        portal: "CloudTrail > Trails > open each trail: Multi-region trail, Trail logging, and Management events (API activity, excluded events).",
        command: "aws cloudtrail describe-trails; for each trail, in its home region: aws cloudtrail get-trail-status --name ARN; aws cloudtrail get-event-selectors --trail-name ARN",
    },
    datasets: &[
        "aws.cloudtrail_trails",
        "aws.cloudtrail_status",
        "aws.cloudtrail_selectors",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

const GOVCLOUD: &str = "aws-us-gov";
const GOVCLOUD_REGIONS: [&str; 2] = ["us-gov-west-1", "us-gov-east-1"];

/// A trail and what is told about it.
struct Judged {
    trail: OneTrail,
    /// It is on and takes in every management event.
    here: Told,
    /// It records events of services without a region.
    global: Told,
    /// It is whole.
    whole: Told,
}

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (trails, mut judge) = match trails(collected) {
        Ok(found) => found,
        Err(reason) => return reason.into(),
    };
    let statuses: Vec<TrailStatus> = also(collected, &mut judge, CLOUDTRAIL_STATUS.id);
    let selectors: Vec<TrailSelectors> = also(collected, &mut judge, CLOUDTRAIL_SELECTORS.id);
    let judged: Vec<Judged> = trails
        .list
        .into_iter()
        .map(|trail| judged(trail, &statuses, &selectors))
        .collect();
    if judged.iter().any(|trail| trail.whole == Told::Yes) {
        return proof(judge, 1);
    }
    if collected.cloud == GOVCLOUD {
        match together(&judged) {
            Told::Yes => return proof(judge, GOVCLOUD_REGIONS.len() as u64),
            Told::Unclear(why) => judge.lacks(Reason::new(UnknownCode::MalformedAnswer, why)),
            Told::No(_) => return conclude(judge, &judged, trails.complete),
        }
        return unclear(judge, &judged);
    }
    conclude(judge, &judged, trails.complete)
}

fn judged(trail: OneTrail, statuses: &[TrailStatus], selectors: &[TrailSelectors]) -> Judged {
    let management = records_management(&trail, selectors);
    let here = Told::all([records(statuses, &trail.arn), management]);
    let everywhere = Told::of(
        trail.multi_region,
        "It records one region only.",
        "AWS does not say whether it records every region.",
    );
    let global = Told::of(
        trail.global_events,
        "It leaves out services without a region, such as IAM.",
        "AWS does not say whether it records services without a region.",
    );
    Judged {
        whole: Told::all([everywhere, global.clone(), here.clone()]),
        trail,
        here,
        global,
    }
}

/// Whether trails of single regions cover both regions of GovCloud between them.
fn together(judged: &[Judged]) -> Told {
    // Trails that may be of the region, and may record there.
    let of = |region: &'static str| {
        judged.iter().filter(move |one| {
            one.trail.home.as_deref().is_none_or(|home| home == region)
                && !matches!(one.here, Told::No(_))
        })
    };
    let certain = |one: &&Judged| one.trail.home.is_some() && one.here == Told::Yes;
    if GOVCLOUD_REGIONS
        .iter()
        .any(|region| of(region).next().is_none())
    {
        return Told::No("No trail records one of the two regions.".to_owned());
    }
    let candidates = || GOVCLOUD_REGIONS.iter().flat_map(|region| of(region));
    if candidates().all(|one| matches!(one.global, Told::No(_))) {
        return Told::No("No trail records services without a region.".to_owned());
    }
    let covered = GOVCLOUD_REGIONS
        .iter()
        .all(|region| of(region).any(|one| certain(&one)));
    let global = candidates().any(|one| certain(&one) && one.global == Told::Yes);
    if covered && global {
        Told::Yes
    } else {
        Told::Unclear("Whether trails record both regions of GovCloud can't be told.".to_owned())
    }
}

/// Passes by so many trails, whatever else there is.
pub(super) fn proof(judge: Judge, by: u64) -> Verdict {
    let Population { pages, .. } = judge.conclude(WhenEmpty::Passes).population;
    Verdict {
        outcome: Outcome::Pass,
        reason: None,
        resources: Vec::new(),
        population: Population {
            seen: by,
            total: Some(by),
            pages,
            complete: true,
        },
    }
}

/// There is no whole trail, as far as the data tells.
fn conclude(mut judge: Judge, judged: &[Judged], complete: bool) -> Verdict {
    let told = |one: &Judged| matches!(one.whole, Told::No(_));
    if !complete || !judged.iter().all(told) {
        return unclear(judge, judged);
    }
    for one in judged {
        if let Told::No(why) = &one.whole {
            judge.fail(&one.trail.arn, one.trail.name(), "trail", why);
        }
    }
    judge.conclude(WhenEmpty::Fails("The account has no trail.".to_owned()))
}

/// A trail that can't be told may be whole: those that are not prove nothing then.
fn unclear(mut judge: Judge, judged: &[Judged]) -> Verdict {
    for one in judged {
        if let Told::Unclear(why) = &one.whole {
            judge.unknown(&one.trail.arn, one.trail.name(), "trail", why);
        }
    }
    judge.conclude(WhenEmpty::Unknown("The trails can't be told.".to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        checks::{
            testing::{Account, origin, refused_is_unknown},
            trails::tests::{about, arn, listed, stand, trail},
        },
        datasets::CLOUDTRAIL_TRAILS,
    };
    use evidence::{Completeness, Reason};
    use serde_json::{Value, json};

    fn on() -> Value {
        json!({"IsLogging": true})
    }

    fn all() -> Value {
        json!({"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true,
            "ExcludeManagementEventSources": [], "DataResources": []}]})
    }

    fn writes() -> Value {
        json!({"EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true,
            "ExcludeManagementEventSources": [], "DataResources": []}]})
    }

    /// One trail with these changes, status and selectors.
    fn one(members: Value, status: Value, selectors: Value) -> Account {
        let arn = arn("t", "us-east-1");
        let account = listed(&[trail("t", "us-east-1", members)]);
        let account = stand(account, &[(&arn, status)]);
        about(account, &CLOUDTRAIL_SELECTORS, &[(&arn, selectors)])
    }

    fn note(account: &Account) -> (Outcome, String) {
        let verdict = account.judge(&CHECK);
        let note = verdict.resources.first().map(|first| first.note.clone());
        (verdict.outcome, note.unwrap_or_default())
    }

    #[test]
    fn a_whole_trail_passes_and_each_lack_fails() {
        let verdict = one(json!({}), on(), all()).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Pass);
        assert_eq!(
            (verdict.population.seen, verdict.population.total),
            (1, Some(1))
        );
        assert_eq!(verdict.population.pages, 3);
        for (account, why) in [
            (
                one(json!({"IsMultiRegionTrail": false}), on(), all()),
                "It records one region only.",
            ),
            (
                one(json!({"IncludeGlobalServiceEvents": false}), on(), all()),
                "It leaves out services without a region, such as IAM.",
            ),
            (
                one(json!({}), json!({"IsLogging": false}), all()),
                "It is switched off.",
            ),
            (
                one(json!({}), on(), writes()),
                "It records only management events that write.",
            ),
            (
                one(
                    json!({"IsMultiRegionTrail": false}),
                    json!({"IsLogging": false}),
                    all(),
                ),
                "It records one region only. It is switched off.",
            ),
        ] {
            assert_eq!(note(&account), (Outcome::Fail, why.to_owned()));
        }
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        for account in [
            one(json!({"IsMultiRegionTrail": null}), on(), all()),
            one(json!({"IncludeGlobalServiceEvents": null}), on(), all()),
            one(json!({}), json!({"IsLogging": null}), all()),
            one(json!({}), on(), json!({"EventSelectors": []})),
            one(json!({"TrailARN": null}), on(), all()),
            about(one(json!({}), on(), all()), &CLOUDTRAIL_STATUS, &[]),
            about(one(json!({}), on(), all()), &CLOUDTRAIL_SELECTORS, &[]),
        ] {
            let verdict = account.judge(&CHECK);
            assert_eq!(verdict.outcome, Outcome::Unknown);
            assert_eq!(verdict.reason.unwrap().code, UnknownCode::MalformedAnswer);
        }
        for dataset in [
            &CLOUDTRAIL_TRAILS,
            &CLOUDTRAIL_STATUS,
            &CLOUDTRAIL_SELECTORS,
        ] {
            refused_is_unknown(&CHECK, dataset);
        }
    }

    #[test]
    fn a_known_lack_needs_no_status() {
        let account = one(json!({"IsMultiRegionTrail": false}), on(), all());
        let verdict = account.without(&CLOUDTRAIL_STATUS).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Fail);
        assert!(!verdict.population.complete);
    }

    #[test]
    fn no_trail_at_all_is_a_failure_if_every_region_answered() {
        let none = |completeness| {
            let page = (
                origin(200, "us-east-1", None),
                br#"{"trailList":[]}"#.to_vec(),
            );
            let account = listed(&[]).pages(&CLOUDTRAIL_TRAILS, vec![page], completeness);
            about(stand(account, &[]), &CLOUDTRAIL_SELECTORS, &[]).judge(&CHECK)
        };
        let verdict = none(Completeness::complete());
        assert_eq!(verdict.outcome, Outcome::Fail);
        assert_eq!(verdict.resources[0].kind, "absence");
        let half = Completeness::partial(Reason::new(UnknownCode::Throttled, "slow"));
        let verdict = none(half);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::Throttled);
    }

    #[test]
    fn one_whole_trail_proves_it_though_a_region_is_silent_and_another_trail_is_unclear() {
        let (good, odd) = (arn("good", "us-east-1"), arn("odd", "us-west-2"));
        let body = json!({"trailList": [
            trail("good", "us-east-1", json!({})),
            trail("odd", "us-west-2", json!({"IsMultiRegionTrail": false}))
        ]});
        let judge = |status: &[(&str, Value)]| {
            let page = (
                origin(200, "us-east-1", None),
                body.to_string().into_bytes(),
            );
            let silent = Completeness::partial(Reason::new(UnknownCode::Offline, "us-west-2"));
            let account = Account::new().pages(&CLOUDTRAIL_TRAILS, vec![page], silent);
            let selectors = [(good.as_str(), all()), (odd.as_str(), all())];
            about(stand(account, status), &CLOUDTRAIL_SELECTORS, &selectors).judge(&CHECK)
        };
        let verdict = judge(&[(&good, on())]);
        assert_eq!(verdict.outcome, Outcome::Pass);
        assert!(verdict.population.complete);
        let verdict = judge(&[(&good, json!({"IsLogging": false})), (&odd, on())]);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert!(verdict.resources.is_empty(), "nothing known fails");
    }

    #[test]
    fn a_trail_seen_from_several_regions_is_one() {
        let arn = arn("t", "us-east-1");
        let seen =
            |members: Value| json!({"trailList": [trail("t", "us-east-1", members)]}).to_string();
        let account = Account::new().regions(
            &CLOUDTRAIL_TRAILS,
            &[
                ("us-east-1", &seen(json!({}))),
                ("us-west-2", &seen(json!({}))),
            ],
        );
        let account = stand(account, &[(&arn, json!({"IsLogging": false}))]);
        let account = about(account, &CLOUDTRAIL_SELECTORS, &[(&arn, all())]);
        assert_eq!(
            account.outcome(&CHECK),
            (Outcome::Fail, vec!["t".to_owned()])
        );
    }

    /// Trails of single regions in GovCloud: home, changes, whether it is on.
    fn govcloud(trails: &[(&str, Value, Value)]) -> Verdict {
        let named: Vec<(String, &(&str, Value, Value))> = trails
            .iter()
            .enumerate()
            .map(|(index, given)| (format!("t{index}"), given))
            .collect();
        let list: Vec<Value> = named
            .iter()
            .map(|(name, (home, members, _))| {
                let mut one = trail(name, home, json!({"IsMultiRegionTrail": false}));
                for (member, value) in members.as_object().unwrap() {
                    one[member] = value.clone();
                }
                one
            })
            .collect();
        let arns: Vec<String> = named
            .iter()
            .map(|(name, (home, ..))| arn(name, home))
            .collect();
        let status: Vec<(&str, Value)> = arns
            .iter()
            .zip(trails)
            .map(|(arn, (_, _, on))| (arn.as_str(), json!({"IsLogging": on})))
            .collect();
        let selectors: Vec<(&str, Value)> = arns.iter().map(|arn| (arn.as_str(), all())).collect();
        let account = stand(listed(&list), &status).in_cloud(GOVCLOUD);
        about(account, &CLOUDTRAIL_SELECTORS, &selectors).judge(&CHECK)
    }

    #[test]
    fn in_govcloud_a_trail_in_each_region_is_as_good() {
        let west = ("us-gov-west-1", json!({}), json!(true));
        let east = ("us-gov-east-1", json!({}), json!(true));
        let verdict = govcloud(&[west.clone(), east.clone()]);
        assert_eq!(verdict.outcome, Outcome::Pass);
        assert_eq!(verdict.population.seen, 2);
        assert_eq!(govcloud(std::slice::from_ref(&west)).outcome, Outcome::Fail);
        let off = ("us-gov-east-1", json!({}), json!(false));
        assert_eq!(govcloud(&[west.clone(), off]).outcome, Outcome::Fail);
        let silent = ("us-gov-east-1", json!({}), Value::Null);
        assert_eq!(govcloud(&[west.clone(), silent]).outcome, Outcome::Unknown);
        let homeless = ("us-gov-east-1", json!({"HomeRegion": null}), json!(true));
        assert_eq!(
            govcloud(&[west.clone(), homeless]).outcome,
            Outcome::Unknown
        );
        let whole = (
            "us-gov-west-1",
            json!({"IsMultiRegionTrail": true}),
            json!(true),
        );
        assert_eq!(govcloud(&[whole]).outcome, Outcome::Pass);
        let local = |home, said: Value| {
            (
                home,
                json!({"IncludeGlobalServiceEvents": said}),
                json!(true),
            )
        };
        let pair = |said: Value| {
            [
                local("us-gov-west-1", said.clone()),
                local("us-gov-east-1", said),
            ]
        };
        assert_eq!(govcloud(&pair(json!(false))).outcome, Outcome::Fail);
        assert_eq!(govcloud(&pair(Value::Null)).outcome, Outcome::Unknown);
        assert_eq!(govcloud(&[]).outcome, Outcome::Fail);
    }

    #[test]
    fn elsewhere_trails_of_single_regions_are_not_enough() {
        let arns = [arn("a", "us-gov-west-1"), arn("b", "us-gov-east-1")];
        let single = json!({"IsMultiRegionTrail": false});
        let account = listed(&[
            trail("a", "us-gov-west-1", single.clone()),
            trail("b", "us-gov-east-1", single),
        ]);
        let account = stand(account, &[(&arns[0], on()), (&arns[1], on())]);
        let selectors = [(arns[0].as_str(), all()), (arns[1].as_str(), all())];
        let account = about(account, &CLOUDTRAIL_SELECTORS, &selectors);
        assert_eq!(account.judge(&CHECK).outcome, Outcome::Fail);
    }
}
