use super::*;
use crate::checks::testing::{Org, repository};
use evidence::{
    Outcome::{Fail, NotApplicable, Pass, Unknown},
    UnknownCode,
};
use serde_json::{Value, json};

const MALFORMED: (evidence::Outcome, Option<UnknownCode>) =
    (Unknown, Some(UnknownCode::MalformedAnswer));

fn org(status: u16, answer: Value) -> Org {
    Org::new()
        .repositories(&[
            repository("erp", json!({})),
            repository("old", json!({"archived": true})),
        ])
        .about(&VULNERABILITY_ALERTS, &[("harbor/erp", status, answer)])
}

fn alert(changes: Value) -> Value {
    let mut alert = json!({
        "number": 12, "state": "open", "created_at": "2026-11-13T09:00:00Z",
        "security_advisory": {"severity": "high", "classification": "general", "summary": "Prototype pollution"},
        "repository": {"full_name": "harbor/erp"},
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        match name.as_str() {
            "severity" | "classification" => {
                alert["security_advisory"][name.as_str()] = value.clone()
            }
            name => alert[name] = value.clone(),
        }
    }
    alert
}

fn with(alerts: Value) -> Org {
    org(204, json!(null)).list(&DEPENDABOT_ALERTS, alerts)
}

#[test]
fn alerts_are_on_off_or_unknown() {
    for (status, answer, expected) in [
        (204, json!(null), (Pass, None)),
        (404, json!(null), (Fail, None)),
        (
            404,
            json!({"message": "Vulnerability alerts are disabled."}),
            (Fail, None),
        ),
        (404, json!({"message": "Not Found"}), (Fail, None)),
        (404, json!({}), MALFORMED),
        (403, json!({"message": "Forbidden"}), MALFORMED),
    ] {
        let says = org(status, answer.clone()).says(&ALERTS_ON);
        assert_eq!(says, expected, "{status} {answer}");
    }
    let unasked = org(204, json!(null)).about(&VULNERABILITY_ALERTS, &[]);
    assert_eq!(
        unasked.says(&ALERTS_ON),
        (Unknown, Some(UnknownCode::NotCollected))
    );
    let none = org(204, json!(null)).repositories(&[]);
    assert_eq!(none.says(&ALERTS_ON), (NotApplicable, None));
}

#[test]
fn an_alert_fails_by_age_and_malware_at_once() {
    for (changes, expected) in [
        (json!({}), (Pass, None)),
        (json!({"created_at": "2026-10-01T09:00:00Z"}), (Fail, None)),
        (json!({"severity": "critical"}), (Pass, None)),
        (
            json!({"severity": "critical", "created_at": "2026-11-07T08:00:00Z"}),
            (Fail, None),
        ),
        (
            json!({"severity": "critical", "classification": null}),
            MALFORMED,
        ),
        (
            json!({"severity": "high", "classification": null}),
            (Pass, None),
        ),
        (
            json!({"severity": "low", "created_at": "2020-01-01T00:00:00Z"}),
            (Pass, None),
        ),
        (
            json!({"severity": "low", "classification": "malware"}),
            (Fail, None),
        ),
        (json!({"severity": null}), MALFORMED),
        (json!({"created_at": null}), MALFORMED),
        (json!({"security_advisory": null}), MALFORMED),
        (json!({"number": null}), MALFORMED),
        (
            json!({"state": "fixed", "classification": "malware"}),
            (Pass, None),
        ),
        (json!({"state": null}), (Pass, None)),
        (
            json!({"state": null, "classification": "malware"}),
            MALFORMED,
        ),
        (
            json!({"repository": {"full_name": "harbor/old"}, "classification": "malware"}),
            (Pass, None),
        ),
        (
            json!({"repository": {"full_name": "harbor/new"}, "classification": "malware"}),
            (Fail, None),
        ),
        (
            json!({"repository": null, "classification": "malware"}),
            MALFORMED,
        ),
    ] {
        let says = with(json!([alert(changes.clone())])).says(&OVERDUE);
        assert_eq!(says, expected, "{changes}");
    }
    let longer = with(json!([alert(
        json!({"created_at": "2026-10-01T09:00:00Z"})
    )]))
    .with(HIGH, json!(60));
    assert_eq!(longer.says(&OVERDUE), (Pass, None));
    let unset = with(json!([])).with(CRITICAL, json!(null));
    assert_eq!(
        unset.says(&OVERDUE),
        (Unknown, Some(UnknownCode::NeedsJudgement))
    );
}

#[test]
fn no_alert_says_something_only_where_alerts_are_on() {
    assert_eq!(with(json!([])).says(&OVERDUE), (Pass, None));
    let unused = (Unknown, Some(UnknownCode::ServiceNotUsed));
    let off = org(404, json!(null)).list(&DEPENDABOT_ALERTS, json!([]));
    assert_eq!(off.says(&OVERDUE), unused);
    let bad = org(404, json!(null)).list(
        &DEPENDABOT_ALERTS,
        json!([alert(json!({"classification": "malware"}))]),
    );
    assert_eq!(bad.says(&OVERDUE).0, Fail);
    let refused = with(json!([])).refused(&DEPENDABOT_ALERTS, 404, json!({"message": "Not Found"}));
    assert_eq!(refused.says(&OVERDUE), unused);
    let unclear = org(404, json!({})).list(&DEPENDABOT_ALERTS, json!([]));
    assert_eq!(unclear.says(&OVERDUE), MALFORMED);
    let own = with(json!([])).about(&DEPENDABOT_ALERTS, &[("harbor/erp", 200, json!([]))]);
    assert_eq!(
        own.says(&OVERDUE),
        (Pass, None),
        "a repository that answered by itself"
    );
    let half = with(json!([])).half(&DEPENDABOT_ALERTS, json!([]));
    assert_eq!(half.says(&OVERDUE), (Unknown, Some(UnknownCode::Partial)));
    let none = with(json!([])).repositories(&[]);
    assert_eq!(none.says(&OVERDUE), (NotApplicable, None));
}

#[test]
fn an_alert_fails_only_where_its_repository_is_known_to_count() {
    let bad = || with(json!([alert(json!({"classification": "malware"}))]));
    let refused = bad().without(&crate::datasets::REPOSITORIES);
    assert_eq!(
        refused.says(&OVERDUE),
        (Unknown, Some(UnknownCode::PermissionMissing))
    );
    let half = bad().half(&crate::datasets::REPOSITORIES, json!([]));
    assert_eq!(half.says(&OVERDUE), (Unknown, Some(UnknownCode::Partial)));
    let listed = json!([repository("erp", json!({}))]);
    let seen = bad()
        .half(&crate::datasets::REPOSITORIES, listed)
        .judge(&OVERDUE);
    assert_eq!((seen.outcome, seen.population.complete), (Fail, false));
    for silent in [
        json!({"archived": null}),
        json!({"fork": null}),
        json!({"full_name": null}),
    ] {
        let org = bad().repositories(&[repository("erp", silent.clone())]);
        assert_eq!(org.says(&OVERDUE), MALFORMED, "{silent}");
    }
}

#[test]
fn updates_are_on_and_not_paused() {
    let org = |status, answer: Value, listed: Value| {
        Org::new()
            .repositories(&[repository("erp", json!({"security_and_analysis": {"dependabot_security_updates": {"status": listed}}}))])
            .about(&SECURITY_UPDATES, &[("harbor/erp", status, answer)])
            .about(&REPOSITORY_SETTINGS, &[("harbor/erp", 200, json!({}))])
    };
    let missing = || json!({"message": "Not Found"});
    for (status, answer, listed, expected) in [
        (
            200,
            json!({"enabled": true, "paused": false}),
            json!(null),
            (Pass, None),
        ),
        (
            200,
            json!({"enabled": true, "paused": true}),
            json!("enabled"),
            (Fail, None),
        ),
        (
            200,
            json!({"enabled": false, "paused": false}),
            json!("enabled"),
            (Fail, None),
        ),
        (200, json!({"enabled": true}), json!("enabled"), MALFORMED),
        (200, json!({"paused": false}), json!("enabled"), MALFORMED),
        (404, missing(), json!("enabled"), (Pass, None)),
        (404, missing(), json!("disabled"), (Fail, None)),
        (404, missing(), json!(null), (Fail, None)),
        (404, json!(null), json!("disabled"), (Fail, None)),
        (403, missing(), json!("enabled"), MALFORMED),
    ] {
        let says = org(status, answer.clone(), listed.clone()).says(&SECURITY_UPDATES_ON);
        assert_eq!(says, expected, "{status} {answer} {listed}");
    }
    let settings =
        json!({"security_and_analysis": {"dependabot_security_updates": {"status": "disabled"}}});
    let asked = org(404, missing(), json!("enabled"))
        .about(&REPOSITORY_SETTINGS, &[("harbor/erp", 200, settings)]);
    assert_eq!(
        asked.says(&SECURITY_UPDATES_ON),
        (Fail, None),
        "the repository itself knows better than the list"
    );
    let unasked = org(404, missing(), json!("enabled")).about(&SECURITY_UPDATES, &[]);
    assert_eq!(
        unasked.says(&SECURITY_UPDATES_ON),
        (Unknown, Some(UnknownCode::NotCollected))
    );
}
