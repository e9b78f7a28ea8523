use super::*;
use crate::checks::testing::{Org, repository};
use evidence::{
    Outcome::{Fail, NotApplicable, Pass, Unknown},
    UnknownCode,
};
use serde_json::{Value, json};

const MALFORMED: (evidence::Outcome, Option<UnknownCode>) =
    (Unknown, Some(UnknownCode::MalformedAnswer));

fn org(pages: &[(&str, u16, Value)], alerts: Value) -> Org {
    Org::new()
        .repositories(&[repository("erp", json!({}))])
        .about(&CODE_SCANNING_SETUP, pages)
        .list(&CODE_ALERTS, alerts)
}

fn says(
    default: Option<(u16, Value)>,
    analyses: Option<(u16, Value)>,
) -> (evidence::Outcome, Option<UnknownCode>) {
    let mut pages = Vec::new();
    pages.extend(default.map(|(status, body)| ("harbor/erp", status, body)));
    pages.extend(analyses.map(|(status, body)| ("harbor/erp:analyses", status, body)));
    org(&pages, json!([])).says(&RUNS)
}

#[test]
fn the_default_setup_or_a_workflow_scans() {
    let message = |text: &str| json!({ "message": text });
    let on = || Some((200, json!({"state": "configured"})));
    let off = || Some((200, json!({"state": "not-configured"})));
    let unbought = || {
        Some((
            403,
            message("Advanced Security must be enabled for this repository."),
        ))
    };
    let none = || Some((404, message("no analysis found")));
    let unseen = || Some((404, message("Not Found")));
    let some = || Some((200, json!([{"id": 1}])));
    for (default, analyses, expected) in [
        (on(), None, (Pass, None)),
        (on(), none(), (Pass, None)),
        (off(), some(), (Pass, None)),
        (unseen(), some(), (Pass, None)),
        (off(), none(), (Fail, None)),
        (off(), Some((200, json!([]))), (Fail, None)),
        (off(), unbought(), (Fail, None)),
        (unbought(), None, (Fail, None)),
        (unbought(), none(), (Fail, None)),
        (off(), None, (Unknown, Some(UnknownCode::NeedsJudgement))),
        (off(), unseen(), (Fail, None)),
        (unseen(), None, (Unknown, Some(UnknownCode::NeedsJudgement))),
        (unseen(), none(), (Fail, None)),
        (Some((404, json!({}))), none(), MALFORMED),
        (Some((200, json!({"state": "paused"}))), None, MALFORMED),
        (Some((200, json!({}))), None, MALFORMED),
        (None, none(), (Unknown, Some(UnknownCode::NotCollected))),
        (None, None, (Unknown, Some(UnknownCode::NotCollected))),
    ] {
        assert_eq!(
            says(default.clone(), analyses.clone()),
            expected,
            "{default:?} {analyses:?}"
        );
    }
}

fn alert(changes: Value) -> Value {
    let mut alert = json!({
        "number": 3, "state": "open", "created_at": "2026-11-13T09:00:00Z",
        "rule": {"id": "js/sql-injection", "security_severity_level": "high"},
        "repository": {"full_name": "harbor/erp"},
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        match name.as_str() {
            "level" => alert["rule"]["security_severity_level"] = value.clone(),
            name => alert[name] = value.clone(),
        }
    }
    alert
}

#[test]
fn an_alert_shows_that_something_scans() {
    let off = [("harbor/erp", 200, json!({"state": "not-configured"}))];
    assert_eq!(
        org(&off, json!([alert(json!({}))])).says(&RUNS),
        (Pass, None)
    );
    let refused = org(&off, json!([])).without(&CODE_ALERTS);
    assert_eq!(
        refused.says(&RUNS),
        (Unknown, Some(UnknownCode::NeedsJudgement))
    );
    let nobody = org(&off, json!([])).repositories(&[]);
    assert_eq!(nobody.says(&RUNS), (NotApplicable, None));
}

#[test]
fn an_alert_fails_by_age() {
    let on = [("harbor/erp", 200, json!({"state": "configured"}))];
    for (changes, expected) in [
        (json!({}), (Pass, None)),
        (json!({"created_at": "2026-09-23T08:00:00Z"}), (Fail, None)),
        (json!({"created_at": "2026-10-20T08:00:00Z"}), (Pass, None)),
        (
            json!({"level": "critical", "created_at": "2026-10-20T08:00:00Z"}),
            (Fail, None),
        ),
        (
            json!({"level": "low", "created_at": "2020-10-20T08:00:00Z"}),
            (Pass, None),
        ),
        (json!({"level": null}), MALFORMED),
        (json!({"rule": null}), MALFORMED),
        (json!({"created_at": null}), MALFORMED),
        (
            json!({"state": "dismissed", "created_at": "2020-10-20T08:00:00Z"}),
            (Pass, None),
        ),
        (
            json!({"state": null, "created_at": "2020-10-20T08:00:00Z"}),
            MALFORMED,
        ),
    ] {
        let says = org(&on, json!([alert(changes.clone())])).says(&ALERTS);
        assert_eq!(says, expected, "{changes}");
    }
    let unset = org(&on, json!([])).with(HIGH, json!(null));
    assert_eq!(
        unset.says(&ALERTS),
        (Unknown, Some(UnknownCode::NeedsJudgement))
    );
}

#[test]
fn no_alert_says_something_only_where_something_scans() {
    let on = [("harbor/erp", 200, json!({"state": "configured"}))];
    assert_eq!(org(&on, json!([])).says(&ALERTS), (Pass, None));
    let unused = (Unknown, Some(UnknownCode::ServiceNotUsed));
    let unbought = json!({"message": "Code Security must be enabled for this repository to use code scanning."});
    let off = [("harbor/erp", 403, unbought.clone())];
    assert_eq!(org(&off, json!([])).says(&ALERTS), unused);
    let whole =
        org(&on, json!([])).refused(&CODE_ALERTS, 404, json!({"message": "no analysis found"}));
    assert_eq!(whole.says(&ALERTS), unused);
    let own = org(&on, json!([])).about(&CODE_ALERTS, &[("harbor/erp", 403, unbought)]);
    assert_eq!(own.says(&ALERTS), unused);
    let perhaps = org(
        &[("harbor/erp", 200, json!({"state": "not-configured"}))],
        json!([]),
    );
    assert_eq!(
        perhaps.says(&ALERTS),
        (Unknown, Some(UnknownCode::NeedsJudgement))
    );
}
