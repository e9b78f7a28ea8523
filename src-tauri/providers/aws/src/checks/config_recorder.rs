//! What the configuration was at a given time can only be shown if something kept it.

use super::{
    recording::{covers_all, covers_global, works},
    told::{Told, also},
};
use crate::datasets::{CONFIG_RECORDER_STATUS, CONFIG_RECORDERS, Recorder, RecorderStatus};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
///
/// The company's own recorders of each region that answered in full; those that a service made for itself do not count.
/// A recorder is right if it works and covers every kind of resource, or every kind but some that were chosen
/// (`recording.rs` says when).
///
/// | recorders of a region | judged |
/// | --- | --- |
/// | none | fail |
/// | one is right | pass |
/// | else one can't be told | unknown |
/// | else | fail: what the first one lacks |
///
/// | kinds of resources without a region | judged |
/// | --- | --- |
/// | there is no recorder of the company anywhere | not at all: the regions fail |
/// | a recorder that works covers them | nothing more |
/// | else one can't be told, or a region did not answer | unknown |
/// | else | fail: `global resources` |
pub static CHECK: Check = Check {
    id: "aws.config.recorder",
    alias: "AWS-40",
    version: 1,
    title: "AWS Config records every kind of resource in every region.",
    objectives: &["3.4.1[d]", "3.4.1[f]", "3.4.3[a]", "3.4.3[d]", "3.12.3[a]"],
    severity: Severity::High,
    remedy: "In each listed region, open AWS Config > Settings, record all resource types and switch the recorder on. In one region include the global resource types (IAM). A recorder whose last recording failed mostly lacks a right of its role.",
    console: &[
        (
            "aws",
            "https://console.aws.amazon.com/config/home#/settings",
        ),
        (
            "aws-us-gov",
            "https://console.amazonaws-us-gov.com/config/home#/settings",
        ),
    ],
    reperform: Reperform {
        portal: "AWS Config > Settings, in each region: Recording is on, and Recording strategy.",
        command: "for each region: aws configservice describe-configuration-recorders; aws configservice describe-configuration-recorder-status",
    },
    datasets: &["aws.config_recorders", "aws.config_recorder_status"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let recorders = match collected.rows::<Recorder>(CONFIG_RECORDERS.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&recorders);
    let statuses: Vec<RecorderStatus> = also(collected, &mut judge, CONFIG_RECORDER_STATUS.id);
    let mut global = Vec::new();
    for region in &recorders.places {
        let mut judged = Vec::new();
        for recorder in recorders
            .rows
            .iter()
            .filter(|recorder| recorder.region == *region && recorder.service_principal.is_none())
        {
            let status = statuses.iter().find(|status| {
                status.region == *region && status.name.is_some() && status.name == recorder.name
            });
            let (works, group) = (works(status), recorder.recording_group.as_ref());
            judged.push(Told::all([works.clone(), covers_all(group)]));
            global.push(Told::all([works, covers_global(group)]));
        }
        match best(judged) {
            None => judge.fail(region, region, "region", "AWS Config has no recorder here."),
            Some(Told::Yes) => judge.pass(),
            Some(Told::Unclear(why)) => judge.unknown(region, region, "region", why),
            Some(Told::No(why)) => judge.fail(region, region, "region", why),
        }
    }
    let (id, name, kind) = ("global", "global resources", "resourceTypes");
    match best(global) {
        None | Some(Told::Yes) => {}
        Some(Told::Unclear(why)) => judge.unknown(id, name, kind, why),
        // A region that did not answer may record them; that the judge lacks it is said already.
        Some(Told::No(_)) if recorders.missing.is_some() => {}
        Some(Told::No(_)) => judge.fail(
            id,
            name,
            kind,
            "No recorder that works covers resources without a region, such as IAM users.",
        ),
    }
    judge.conclude(WhenEmpty::Unknown("No region answered.".to_owned()))
}

/// The best of several: one that holds, else one that can't be told, else the first that does not; `None` of nothing.
fn best(told: Vec<Told>) -> Option<Told> {
    let rank = |told: &Told| match told {
        Told::Yes => 0,
        Told::Unclear(_) => 1,
        Told::No(_) => 2,
    };
    told.into_iter().min_by_key(rank)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome, Reason, UnknownCode};
    use serde_json::{Value, json};

    fn recorder(group: Value) -> Value {
        json!({"name": "default", "recordingGroup": group})
    }

    fn whole() -> Value {
        json!({"allSupported": true, "includeGlobalResourceTypes": true,
            "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}})
    }

    fn local() -> Value {
        json!({"allSupported": true, "includeGlobalResourceTypes": false,
            "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}})
    }

    fn works() -> Value {
        json!({"name": "default", "recording": true, "lastStatus": "SUCCESS"})
    }

    /// What a region answers: its name, its recorders, their statuses.
    type Region = (&'static str, Vec<Value>, Vec<Value>);

    /// An account whose regions answer so.
    fn account(regions: &[Region]) -> Account {
        let pages = |list: &str, of: fn(&Region) -> &Vec<Value>| {
            let page = |region: &Region| {
                let body = json!({list: of(region)}).to_string();
                (origin(200, region.0, None), body.into_bytes())
            };
            regions.iter().map(page).collect()
        };
        let recorders = pages("ConfigurationRecorders", |region| &region.1);
        let statuses = pages("ConfigurationRecordersStatus", |region| &region.2);
        Account::new()
            .pages(&CONFIG_RECORDERS, recorders, Completeness::complete())
            .pages(&CONFIG_RECORDER_STATUS, statuses, Completeness::complete())
    }

    fn one(group: Value) -> Account {
        account(&[("us-east-1", vec![recorder(group)], vec![works()])])
    }

    #[test]
    fn every_region_needs_a_recorder_that_covers_everything() {
        let good = ("us-east-1", vec![recorder(whole())], vec![works()]);
        let local = ("us-west-2", vec![recorder(local())], vec![works()]);
        let verdict = account(&[good.clone(), local]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Pass);
        assert_eq!(verdict.population.seen, 2);
        let none = ("us-west-2", vec![], vec![]);
        let verdict = account(&[good.clone(), none]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Fail);
        let failing = &verdict.resources[0];
        assert_eq!(
            (
                failing.name.as_str(),
                failing.kind.as_str(),
                failing.note.as_str()
            ),
            ("us-west-2", "region", "AWS Config has no recorder here.")
        );
        let mut of_a_service = recorder(whole());
        of_a_service["servicePrincipal"] = json!("securityhub.amazonaws.com");
        let only = ("us-west-2", vec![of_a_service], vec![works()]);
        assert_eq!(
            account(&[good, only]).outcome(&CHECK),
            (Outcome::Fail, vec!["us-west-2".to_owned()])
        );
    }

    #[test]
    fn a_recorder_must_work() {
        let with = |status: Vec<Value>| {
            account(&[("us-east-1", vec![recorder(whole())], status)])
                .judge(&CHECK)
                .outcome
        };
        assert_eq!(with(vec![works()]), Outcome::Pass);
        let off = json!({"name": "default", "recording": false, "lastStatus": "SUCCESS"});
        assert_eq!(with(vec![off]), Outcome::Fail);
        assert_eq!(with(vec![]), Outcome::Unknown);
        let another = json!({"name": "other", "recording": true, "lastStatus": "SUCCESS"});
        assert_eq!(with(vec![another]), Outcome::Unknown);
        let nameless = json!({"recording": true, "lastStatus": "SUCCESS"});
        let silent = json!({"recordingGroup": whole()});
        let account = account(&[("us-east-1", vec![silent], vec![nameless])]);
        assert_eq!(account.judge(&CHECK).outcome, Outcome::Unknown);
    }

    #[test]
    fn global_kinds_must_be_covered_somewhere() {
        assert_eq!(
            one(local()).outcome(&CHECK),
            (Outcome::Fail, vec!["global resources".to_owned()])
        );
        let silent = json!({"allSupported": true});
        assert_eq!(one(silent.clone()).judge(&CHECK).outcome, Outcome::Unknown);
        let good = ("us-east-1", vec![recorder(whole())], vec![works()]);
        let quiet = ("us-west-2", vec![recorder(silent)], vec![works()]);
        assert_eq!(account(&[good, quiet]).judge(&CHECK).outcome, Outcome::Pass);
        let off = json!({"name": "default", "recording": false, "lastStatus": "SUCCESS"});
        let off = ("us-east-1", vec![recorder(whole())], vec![off]);
        let on = ("us-west-2", vec![recorder(local())], vec![works()]);
        assert_eq!(
            account(&[off, on]).outcome(&CHECK).1,
            ["global resources", "us-east-1"],
            "one that is off covers nothing"
        );
    }

    #[test]
    fn a_region_that_did_not_answer_may_cover_global_kinds() {
        let page = json!({"ConfigurationRecorders": [recorder(local())]}).to_string();
        let pages = vec![(origin(200, "us-west-2", None), page.into_bytes())];
        let silent = Completeness::partial(Reason::new(UnknownCode::Throttled, "us-east-1"));
        let status = json!({"ConfigurationRecordersStatus": [works()]}).to_string();
        let verdict = Account::new()
            .pages(&CONFIG_RECORDERS, pages, silent)
            .regions(&CONFIG_RECORDER_STATUS, &[("us-west-2", &status)])
            .judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::Throttled);
    }

    #[test]
    fn a_recorder_that_cannot_be_read_is_not_an_absent_one() {
        let damaged = json!({"name": 7, "recordingGroup": whole()});
        let good = ("us-east-1", vec![recorder(whole())], vec![works()]);
        let odd = ("us-west-2", vec![damaged], vec![works()]);
        let verdict = account(&[good, odd]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::MalformedAnswer);
    }

    #[test]
    fn without_any_answer_nothing_is_known() {
        assert_eq!(account(&[]).judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &CONFIG_RECORDERS);
        refused_is_unknown(&CHECK, &CONFIG_RECORDER_STATUS);
        let none = account(&[("us-east-1", vec![], vec![])]).without(&CONFIG_RECORDER_STATUS);
        assert_eq!(
            none.judge(&CHECK).outcome,
            Outcome::Fail,
            "it was seen that there is none"
        );
    }
}
