//! Without the services: what was collected is there, and nothing pretends to be new.

use end_to_end::answer::exit;
use end_to_end::{Desk, Entra, Moto};
use serde_json::Value;

#[test]
fn offline_everything_can_be_read_and_findings_turn_unknown() {
    let desk = Desk::with_company();
    let (entra, mut moto) = (Entra::start(), Moto::start());
    entra.connect(&desk);
    moto.connect(&desk);
    desk.cmmc(&["sync"]).ok();
    let before = desk.cmmc(&["findings"]).ok();
    let evidence = desk.cmmc(&["evidence", "list"]).ok();

    drop(entra);
    moto.stop();
    assert_eq!(desk.cmmc(&["findings"]).ok(), before);
    let again = desk.cmmc(&["findings", "--reevaluate"]).ok();
    assert_eq!(again["findings"], before["findings"]);
    assert_eq!(again["changes"], serde_json::json!([]));
    assert_eq!(desk.cmmc(&["evidence", "list"]).ok(), evidence);
    let items = evidence["evidence"].as_array().unwrap();
    let users = items
        .iter()
        .find(|item| item["dataset"] == "entra-id.users")
        .unwrap();
    let item = users["id"].as_str().unwrap();
    assert!(
        !desk.cmmc(&["evidence", "show", item]).ok()["records"]
            .as_array()
            .unwrap()
            .is_empty()
    );

    let synced = desk.cmmc(&["sync"]).with_code(exit::REFUSED);
    for run in synced["runs"].as_array().unwrap() {
        assert_eq!(run["state"], "failed");
        for part in ["what", "why", "fix"] {
            assert!(!run["error"][part].as_str().unwrap().is_empty(), "{run:#}");
        }
    }
    let after = desk.cmmc(&["findings"]).ok();
    let known = |document: &Value, check: &Value| {
        let all = document["findings"].as_array().unwrap();
        all.iter()
            .find(|one| one["check"] == *check)
            .unwrap()
            .clone()
    };
    let mut remembered = 0;
    for finding in after["findings"].as_array().unwrap() {
        assert_eq!(finding["outcome"], "unknown", "{finding:#}");
        assert_eq!(finding["reason"]["code"], "offline", "{finding:#}");
        let earlier = known(&before, &finding["check"]);
        if earlier["outcome"] != "unknown" {
            assert_eq!(finding["lastKnown"]["outcome"], earlier["outcome"]);
            remembered += 1;
        }
    }
    assert!(remembered > 10);
    // The evidence itself is still there, and says that the last attempt failed.
    let evidence_after = desk.cmmc(&["evidence", "list"]).ok();
    let count = |document: &Value| document["evidence"].as_array().unwrap().len();
    assert_eq!(count(&evidence_after), count(&evidence));
    let status = desk.cmmc(&["status", "3.5.3"]).ok();
    assert_eq!(status["requirements"][0]["collectionState"], "failed");
    assert_eq!(status["requirements"][0]["indication"], "inconclusive");
    assert_eq!(desk.cmmc(&["vault", "verify"]).ok()["ok"], true);
}
