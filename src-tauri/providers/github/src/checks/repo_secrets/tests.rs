use super::*;
use crate::checks::testing::{Org, repository};
use evidence::Outcome::{Fail, NotApplicable, Pass, Unknown};
use serde_json::{Value, json};

const MALFORMED: (evidence::Outcome, Option<UnknownCode>) =
    (Unknown, Some(UnknownCode::MalformedAnswer));

fn features_of(scanning: Value, pushes: Value) -> Value {
    json!({"security_and_analysis": {
        "secret_scanning": {"status": scanning},
        "secret_scanning_push_protection": {"status": pushes},
    }})
}

fn org(listed: Value, asked: Value) -> Org {
    Org::new()
        .repositories(&[repository("erp", listed)])
        .about(&REPOSITORY_SETTINGS, &[("harbor/erp", 200, asked)])
        .list(&SECRET_ALERTS, json!([]))
}

#[test]
fn each_feature_is_what_its_status_says() {
    for (status, expected) in [
        (json!("enabled"), (Pass, None)),
        (json!("disabled"), (Fail, None)),
        (json!("paused"), MALFORMED),
        (json!(null), MALFORMED),
    ] {
        let scanning = features_of(status.clone(), json!("enabled"));
        let pushes = features_of(json!("enabled"), status.clone());
        for at in [org(json!({}), scanning.clone()), org(scanning, json!({}))] {
            assert_eq!(at.says(&SCANNING), expected, "{status}");
            assert_eq!(at.says(&PUSH_PROTECTION).0, Pass);
        }
        for at in [org(json!({}), pushes.clone()), org(pushes, json!({}))] {
            assert_eq!(at.says(&PUSH_PROTECTION), expected, "{status}");
            assert_eq!(at.says(&SCANNING).0, Pass);
        }
    }
}

#[test]
fn the_repository_knows_better_than_the_list_and_silence_is_a_missing_right() {
    let (on, off) = (
        features_of(json!("enabled"), json!("enabled")),
        features_of(json!("disabled"), json!("disabled")),
    );
    assert_eq!(org(on.clone(), off.clone()).says(&SCANNING), (Fail, None));
    assert_eq!(org(off, on.clone()).says(&SCANNING), (Pass, None));
    let hidden = (Unknown, Some(UnknownCode::PermissionMissing));
    assert_eq!(org(json!({}), json!({})).says(&SCANNING), hidden);
    let null = json!({"security_and_analysis": null});
    assert_eq!(org(null.clone(), null).says(&PUSH_PROTECTION), hidden);
    let unasked = |listed| org(listed, json!({})).about(&REPOSITORY_SETTINGS, &[]);
    assert_eq!(unasked(on).says(&SCANNING), (Pass, None));
    assert_eq!(
        unasked(json!({})).says(&SCANNING),
        (Unknown, Some(UnknownCode::NotCollected))
    );
    let none = org(json!({}), json!({})).repositories(&[]);
    assert_eq!(none.says(&SCANNING), (NotApplicable, None));
}

#[test]
fn a_private_repository_is_told_what_it_needs() {
    let off = || features_of(json!("disabled"), json!("disabled"));
    let private = org(json!({}), off()).judge(&SCANNING);
    assert!(private.resources[0].note.contains("Secret Protection"));
    let open = json!({"visibility": "public", "private": false});
    let public = org(open, off()).judge(&SCANNING);
    assert_eq!(public.resources[0].note, "Secret scanning is off.");
}

fn with(alerts: Value) -> Org {
    org(json!({}), features_of(json!("enabled"), json!("enabled"))).list(&SECRET_ALERTS, alerts)
}

#[test]
fn an_alert_fails_at_once_or_after_its_days() {
    for (changes, expected) in [
        (json!({}), (Pass, None)),
        (json!({"validity": "inactive"}), (Pass, None)),
        (json!({"validity": "active"}), (Fail, None)),
        (json!({"publicly_leaked": true}), (Fail, None)),
        (json!({"validity": null}), MALFORMED),
        (json!({"validity": "odd"}), MALFORMED),
        (json!({"publicly_leaked": null}), MALFORMED),
        (json!({"created_at": null}), MALFORMED),
        (json!({"created_at": "2027-11-20T09:00:00Z"}), MALFORMED),
        (
            json!({"state": "reopened", "validity": "active"}),
            MALFORMED,
        ),
        (json!({"created_at": "2026-11-16T09:00:00Z"}), (Pass, None)),
        (json!({"created_at": "2026-11-15T08:00:00Z"}), (Fail, None)),
        (
            json!({"created_at": "2026-11-15T08:00:00Z", "validity": null}),
            (Fail, None),
        ),
        (
            json!({"state": "resolved", "validity": "active"}),
            (Pass, None),
        ),
        (json!({"state": null, "validity": "active"}), MALFORMED),
        (json!({"number": null}), MALFORMED),
    ] {
        let mut alert = json!({
            "number": 4, "state": "open", "created_at": "2026-11-20T09:00:00Z", "validity": "unknown",
            "publicly_leaked": false, "secret_type_display_name": "Build token",
            "repository": {"full_name": "harbor/erp"},
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            alert[name.as_str()] = value.clone();
        }
        assert_eq!(with(json!([alert])).says(&ALERTS), expected, "{changes}");
    }
    let unset = with(json!([])).with(DAYS, json!(null));
    assert_eq!(
        unset.says(&ALERTS),
        (Unknown, Some(UnknownCode::NeedsJudgement))
    );
}

#[test]
fn no_alert_says_something_only_where_somebody_looks() {
    assert_eq!(with(json!([])).says(&ALERTS), (Pass, None));
    let unused = (Unknown, Some(UnknownCode::ServiceNotUsed));
    let off = org(json!({}), features_of(json!("disabled"), json!("disabled")));
    assert_eq!(off.says(&ALERTS), unused);
    let gone = || json!({"message": "Secret scanning is disabled on this repository."});
    let whole = with(json!([])).refused(&SECRET_ALERTS, 404, gone());
    assert_eq!(whole.says(&ALERTS), unused);
    let own = with(json!([])).about(&SECRET_ALERTS, &[("harbor/erp", 404, gone())]);
    assert_eq!(own.says(&ALERTS), unused);
    let archived = with(json!([]))
        .repositories(&[
            repository("erp", json!({})),
            repository("old", json!({"archived": true})),
        ])
        .about(&SECRET_ALERTS, &[("harbor/old", 404, gone())]);
    assert_eq!(archived.says(&ALERTS), (Pass, None));
    let half = with(json!([])).half(&SECRET_ALERTS, json!([]));
    assert_eq!(half.says(&ALERTS), (Unknown, Some(UnknownCode::Partial)));
}
