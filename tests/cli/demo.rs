//! The demo company: made-up answers, judged by the real checks.

use end_to_end::Desk;

#[test]
fn the_demo_company_is_judged_for_real_and_says_that_it_is_made_up() {
    let desk = Desk::new();
    let made = desk.cmmc(&["init", "--demo"]).ok();
    assert_eq!(made["company"]["profile"]["demo"], true);

    let collected = desk.cmmc(&["evidence", "list"]).ok();
    assert!(!collected["evidence"].as_array().unwrap().is_empty());
    let findings = desk.cmmc(&["findings"]).ok();
    let findings = findings["findings"].as_array().unwrap();
    for outcome in ["pass", "fail"] {
        assert!(
            findings.iter().any(|one| one["outcome"] == outcome),
            "no {outcome}"
        );
    }
    // The same snapshots judged again give the same findings, byte for byte.
    let again = desk.cmmc(&["findings", "--reevaluate"]).ok();
    assert_eq!(again["findings"].as_array().unwrap(), findings);
    let status = desk.cmmc(&["status"]).ok();
    assert_eq!(status["requirements"].as_array().unwrap().len(), 110);
    assert_eq!(desk.cmmc(&["vault", "verify"]).ok()["ok"], true);
}

#[test]
fn a_real_company_beside_the_demo_stays_as_it_is() {
    let desk = Desk::with_company();
    let vault = desk.vault();
    let before = std::fs::read(vault.join("vault.db")).unwrap();
    let demo = desk.cmmc(&["init", "--demo"]).ok();
    assert_eq!(std::fs::read(vault.join("vault.db")).unwrap(), before);
    let name = demo["company"]["profile"]["name"].as_str().unwrap();
    for company in [name, end_to_end::desk::COMPANY] {
        desk.cmmc(&["status", "3.5.3", "--company", company]).ok();
    }
    let real = desk
        .cmmc(&["evidence", "list", "--company", end_to_end::desk::COMPANY])
        .ok();
    assert_eq!(real["evidence"].as_array().unwrap().len(), 0);
}
