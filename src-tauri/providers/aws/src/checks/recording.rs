//! What a recorder of AWS Config covers, and whether it works.

use super::told::Told;
use crate::datasets::{RecorderStatus, RecordingGroup};

/// Kinds of resources that belong to no region and have to be asked for.
const GLOBAL: [&str; 4] = [
    "AWS::IAM::User",
    "AWS::IAM::Group",
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
];

/// How a recorder chooses what it records.
enum Strategy<'a> {
    /// Every kind.
    All,
    /// Every kind but these.
    Except(Option<&'a [String]>),
    /// These.
    Only(&'a [String]),
    Unclear(&'static str),
}

/// | `recordingStrategy.useOnly` | `allSupported` | strategy |
/// | --- | --- | --- |
/// | all | not false | all |
/// | exclusion | any | all but the excluded |
/// | inclusion | not true | the listed |
/// | absent | true | all |
/// | absent | false, and kinds are listed | the listed |
/// | anything else | anything else | unclear |
fn strategy(group: &RecordingGroup) -> Strategy<'_> {
    let only = group
        .recording_strategy
        .as_ref()
        .map(|strategy| strategy.use_only.as_deref());
    let listed = group.resource_types.as_deref().unwrap_or_default();
    match (only, group.all_supported) {
        (Some(Some("ALL_SUPPORTED_RESOURCE_TYPES")), None | Some(true)) | (None, Some(true)) => {
            Strategy::All
        }
        (Some(Some("EXCLUSION_BY_RESOURCE_TYPES")), _) => Strategy::Except(
            group
                .exclusion_by_resource_types
                .as_ref()
                .and_then(|excluded| excluded.resource_types.as_deref()),
        ),
        (Some(Some("INCLUSION_BY_RESOURCE_TYPES")), None | Some(false)) => Strategy::Only(listed),
        (None, Some(false)) if !listed.is_empty() => Strategy::Only(listed),
        (Some(Some("ALL_SUPPORTED_RESOURCE_TYPES" | "INCLUSION_BY_RESOURCE_TYPES")), _) => {
            Strategy::Unclear("AWS says two different things about what its recorder covers.")
        }
        _ => Strategy::Unclear("AWS does not say what its recorder covers."),
    }
}

const NO_GROUP: &str = "AWS does not say what its recorder covers.";

/// Whether it covers every kind of resource. Kinds that someone excluded by name were decided about, and are no gap.
pub(super) fn covers_all(group: Option<&RecordingGroup>) -> Told {
    match group.map(strategy) {
        None => Told::Unclear(NO_GROUP.to_owned()),
        Some(Strategy::All | Strategy::Except(Some(_))) => Told::Yes,
        Some(Strategy::Except(None)) => {
            Told::Unclear("AWS does not say which kinds are excluded.".to_owned())
        }
        Some(Strategy::Only(_)) => {
            Told::No("Its recorder covers only chosen kinds of resources.".to_owned())
        }
        Some(Strategy::Unclear(why)) => Told::Unclear(why.to_owned()),
    }
}

/// Whether it covers the kinds without a region. `includeGlobalResourceTypes` says so where every kind is recorded, and
/// AWS documents that it means nothing where kinds are excluded.
pub(super) fn covers_global(group: Option<&RecordingGroup>) -> Told {
    let Some(group) = group else {
        return Told::Unclear(NO_GROUP.to_owned());
    };
    let no = || Told::No("Its recorder leaves out kinds without a region.".to_owned());
    let names = |list: &[String], kind: &str| list.iter().any(|listed| listed == kind);
    match strategy(group) {
        Strategy::All => match group.include_global_resource_types {
            Some(true) => Told::Yes,
            Some(false) => no(),
            None => Told::Unclear(
                "AWS does not say whether resources without a region are recorded.".to_owned(),
            ),
        },
        Strategy::Except(None) => {
            Told::Unclear("AWS does not say which kinds are excluded.".to_owned())
        }
        Strategy::Except(Some(excluded)) if GLOBAL.iter().any(|kind| names(excluded, kind)) => no(),
        Strategy::Except(Some(_)) => Told::Yes,
        Strategy::Only(listed) if GLOBAL.iter().all(|kind| names(listed, kind)) => Told::Yes,
        Strategy::Only(_) => no(),
        Strategy::Unclear(why) => Told::Unclear(why.to_owned()),
    }
}

/// Whether a recorder with this status works: it is on, and its last recording did not fail.
pub(super) fn works(status: Option<&RecorderStatus>) -> Told {
    let Some(status) = status else {
        return Told::Unclear("Whether its recorder is on was not read.".to_owned());
    };
    let on = Told::of(
        status.recording,
        "Its recorder is switched off.",
        "AWS does not say whether its recorder is on.",
    );
    if let Told::No(_) = on {
        // What one that is off did last says nothing more.
        return on;
    }
    let last = status
        .last_status
        .as_ref()
        .map(|last| last.to_lowercase().replace('_', ""));
    let last = match last.as_deref() {
        Some("success" | "pending" | "notapplicable") => Told::Yes,
        Some("failure") => Told::No("The last recording failed.".to_owned()),
        _ => Told::Unclear("AWS does not say whether the last recording failed.".to_owned()),
    };
    Told::all([on, last])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::{Value, json};

    #[derive(Debug, PartialEq)]
    enum Short {
        Yes,
        No,
        Unclear,
    }

    fn short(told: &Told) -> Short {
        match told {
            Told::Yes => Short::Yes,
            Told::No(_) => Short::No,
            Told::Unclear(_) => Short::Unclear,
        }
    }

    /// Whether it covers every kind, and those without a region.
    fn covers(group: Value) -> (Short, Short) {
        let group: RecordingGroup = serde_json::from_value(group).unwrap();
        (
            short(&covers_all(Some(&group))),
            short(&covers_global(Some(&group))),
        )
    }

    fn by(strategy: &str, mut group: Value) -> (Short, Short) {
        group["recordingStrategy"] = json!({"useOnly": strategy});
        covers(group)
    }

    #[test]
    fn everything_is_said_in_two_ways() {
        use Short::{No, Unclear, Yes};
        let all = "ALL_SUPPORTED_RESOURCE_TYPES";
        let global = json!({"allSupported": true, "includeGlobalResourceTypes": true});
        assert_eq!(covers(global.clone()), (Yes, Yes));
        assert_eq!(by(all, global), (Yes, Yes));
        let local = json!({"allSupported": true, "includeGlobalResourceTypes": false});
        assert_eq!(by(all, local), (Yes, No));
        assert_eq!(by(all, json!({})), (Yes, Unclear));
        assert_eq!(by(all, json!({"allSupported": false})), (Unclear, Unclear));
        assert_eq!(covers(json!({})), (Unclear, Unclear));
        assert_eq!(covers(json!({"allSupported": false})), (Unclear, Unclear));
        assert_eq!(
            by("OTHER", json!({"allSupported": true})),
            (Unclear, Unclear)
        );
        assert_eq!(
            covers(json!({"allSupported": true, "recordingStrategy": {}})),
            (Unclear, Unclear)
        );
        assert_eq!(short(&covers_all(None)), Unclear);
        assert_eq!(short(&covers_global(None)), Unclear);
    }

    #[test]
    fn chosen_kinds_are_not_everything() {
        use Short::{No, Unclear, Yes};
        let only = "INCLUSION_BY_RESOURCE_TYPES";
        let some = json!({"allSupported": false, "resourceTypes": ["AWS::EC2::Instance"]});
        assert_eq!(by(only, some.clone()), (No, No));
        assert_eq!(
            covers(some),
            (No, No),
            "as recorders said it before there were strategies"
        );
        let iam = json!({"allSupported": false, "resourceTypes": GLOBAL});
        assert_eq!(by(only, iam), (No, Yes));
        assert_eq!(by(only, json!({"allSupported": true})), (Unclear, Unclear));
    }

    #[test]
    fn excluded_kinds_were_decided_about() {
        use Short::{No, Unclear, Yes};
        let except = "EXCLUSION_BY_RESOURCE_TYPES";
        let without = |kind: &str| {
            json!({"allSupported": false, "includeGlobalResourceTypes": false,
                "exclusionByResourceTypes": {"resourceTypes": [kind]}})
        };
        assert_eq!(
            by(except, without("AWS::EC2::NetworkInterface")),
            (Yes, Yes)
        );
        assert_eq!(by(except, without("AWS::IAM::Role")), (Yes, No));
        assert_eq!(
            by(except, json!({"allSupported": false})),
            (Unclear, Unclear)
        );
    }

    #[test]
    fn it_works_if_it_is_on_and_did_not_fail() {
        use Short::{No, Unclear, Yes};
        let status = |recording: Value, last: Value| {
            let status: RecorderStatus = serde_json::from_value(
                json!({"@region": "r", "recording": recording, "lastStatus": last}),
            )
            .unwrap();
            short(&works(Some(&status)))
        };
        for last in [
            "Success",
            "SUCCESS",
            "Pending",
            "NotApplicable",
            "NOT_APPLICABLE",
        ] {
            assert_eq!(status(json!(true), json!(last)), Yes, "{last}");
            assert_eq!(status(Value::Null, json!(last)), Unclear);
        }
        assert_eq!(status(json!(true), json!("FAILURE")), No);
        assert_eq!(status(json!(true), Value::Null), Unclear);
        assert_eq!(status(json!(true), json!("Odd")), Unclear);
        assert_eq!(status(json!(false), Value::Null), No);
        assert_eq!(short(&works(None)), Unclear);
    }
}
