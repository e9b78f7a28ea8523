//! The main job: connect, collect, judge, review; Entra ID from the emulator and AWS from moto, side by side.

use end_to_end::answer::exit;
use end_to_end::{Desk, Entra, Moto, entra, moto};
use serde_json::Value;
use std::collections::BTreeSet;

/// The people without a usable second factor, by the emulator's own report.
fn without_mfa(entra: &Entra) -> BTreeSet<String> {
    let tenant = entra.emulator.tenant();
    tenant
        .registration_details
        .iter()
        .filter(|row| row["userType"] == "member" && row["isMfaCapable"] == false)
        .map(|row| row["userPrincipalName"].as_str().unwrap().to_owned())
        .collect()
}

fn finding<'a>(answer: &'a Value, check: &str) -> &'a Value {
    answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["check"] == check)
        .unwrap_or_else(|| panic!("no {check} in {answer:#}"))
}

fn failing(finding: &Value) -> BTreeSet<String> {
    finding["resources"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["outcome"] == "fail")
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

fn names(finding: &Value) -> BTreeSet<String> {
    finding["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

/// The audit trails and the security groups, by the ids that people still use.
fn trails_and_groups(desk: &Desk) {
    let audit = desk.cmmc(&["collect", "AU.2.041"]).ok();
    assert_eq!(audit["requirement"], "3.3.2");
    let trail = finding(&audit, "aws.cloudtrail.multi_region");
    assert_eq!(trail["outcome"], "pass", "{trail:#}");
    let shown = evidence(desk, "aws.cloudtrail_trails");
    let trails: BTreeSet<&str> = shown["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["Name"].as_str().unwrap())
        .collect();
    assert!(
        trails.len() >= 2,
        "one that records, one that does not: {trails:?}"
    );
    for page in shown["pages"].as_array().unwrap() {
        assert!(moto::REGIONS.contains(&page["place"].as_str().unwrap()));
    }

    let baseline = desk.cmmc(&["collect", "CM.2.061"]).ok();
    assert_eq!(baseline["requirement"], "3.4.1");
    let inventory = finding(&baseline, "aws.ec2.inventory_approved");
    assert_eq!(inventory["outcome"], "unknown");
    let groups = names(inventory);
    for region in moto::REGIONS {
        for group in ["open-ssh", "default"] {
            let name = format!("{group} ({region})");
            assert!(groups.contains(&name), "{name}: {groups:?}");
        }
    }
    assert_eq!(finding(&baseline, "aws.config.recorder")["outcome"], "pass");
}

fn evidence(desk: &Desk, dataset: &str) -> Value {
    let list = desk.cmmc(&["evidence", "list"]).ok();
    let item = list["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["dataset"] == dataset)
        .unwrap();
    desk.cmmc(&["evidence", "show", item["id"].as_str().unwrap()])
        .ok()
}

#[test]
fn the_main_job() {
    let desk = Desk::with_company();
    let (entra, moto) = (Entra::start(), Moto::start());

    // Connect.
    for (connected, kind, host) in [
        (entra.connect(&desk), "entra-id", entra.emulator.url()),
        (moto.connect(&desk), "aws", moto.url().to_owned()),
    ] {
        let integration = &connected["integration"];
        assert_eq!(integration["integrationType"], kind);
        assert_eq!(integration["status"], "connected");
        assert_eq!(
            integration["customHost"],
            host.trim_start_matches("http://")
        );
        let text = connected.to_string();
        assert!(!text.contains("credentialsEncrypted") && !text.contains(&entra.secret()));
        for permission in connected["permissions"].as_array().unwrap() {
            assert_ne!(permission["state"], "missing", "{permission}");
        }
    }
    let tested = desk.cmmc(&["test", entra::LABEL]).ok();
    assert_eq!(tested["identityId"], entra.tenant_id());
    let tested = desk.cmmc(&["test", moto::LABEL]).ok();
    assert_eq!(tested["identityId"], "123456789012");

    // Sync.
    let synced = desk.cmmc(&["sync", "--all"]).ok();
    let runs = synced["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2);
    for run in runs {
        assert_eq!(run["state"], "done", "{run:#}");
        for dataset in run["datasets"].as_array().unwrap() {
            assert_eq!(dataset["state"], "current", "{dataset}");
        }
    }
    let regions: BTreeSet<String> = moto
        .emulator()
        .requests()
        .into_iter()
        .filter(|request| request.service == "ec2")
        .map(|request| request.region)
        .collect();
    assert_eq!(regions, BTreeSet::from(moto::REGIONS.map(str::to_owned)));
    let list = desk.cmmc(&["list"]).ok();
    for one in list["integrations"].as_array().unwrap() {
        assert!(one["lastSyncAt"].is_string() && one["nextSyncAt"].is_string());
        assert!(one["evidenceCount"].as_u64().unwrap() > 0);
    }

    // Controls: by CMMC id and by the old ids.
    let control = desk.cmmc(&["collect", "IA.L2-3.5.3"]).ok();
    assert_eq!(control["requirement"], "3.5.3");
    assert_eq!(control["complianceStatus"], "non_compliant");
    assert_eq!(
        failing(finding(&control, "entra-id.users.members_mfa_capable")),
        without_mfa(&entra)
    );
    let console = finding(&control, "aws.iam.console_mfa");
    let without: BTreeSet<String> = moto
        .seeded
        .without_mfa()
        .into_iter()
        .map(str::to_owned)
        .collect();
    assert!(!without.is_empty());
    assert_eq!(failing(console), without);
    assert_eq!(console["custom"], true);
    assert_eq!(failing(finding(&control, "aws.iam.root_mfa")).len(), 1);

    let share = desk.cmmc(&["collect", "IA.1.076"]).ok();
    assert_eq!(share["requirement"], "3.5.1");
    let rule = &share["legacyRule"];
    let (registered, eligible) = (
        rule["registered"].as_u64().unwrap(),
        rule["eligible"].as_u64().unwrap(),
    );
    assert_eq!(eligible - registered, without_mfa(&entra).len() as u64);
    assert_eq!(rule["threshold"], 0.8);

    let access = desk.cmmc(&["collect", "AC.1.001"]).ok();
    assert_eq!(access["requirement"], "3.1.1");
    let disabled = finding(&access, "entra-id.roles.privileged_accounts_valid");
    let lorna = "lorna.fitchadmin@halyardprecision.onmicrosoft.com".to_owned();
    assert_eq!(
        failing(disabled),
        BTreeSet::from([lorna]),
        "the disabled administrator"
    );
    let authorised = finding(&access, "aws.iam.users_authorised");
    assert_eq!(authorised["outcome"], "unknown");
    assert_eq!(names(authorised), moto.users().into_iter().collect());
    trails_and_groups(&desk);

    // A parameter by name and reason changes the finding, and the finding names it.
    let people = Value::from(moto.users()).to_string();
    let set = desk.cmmc(&[
        "params",
        "set",
        "aws.authorised_users",
        &people,
        "--by",
        "Nora Quill",
        "--why",
        "The list of May.",
    ]);
    set.ok();
    let after = desk
        .cmmc(&[
            "findings",
            "--check",
            "aws.iam.users_authorised",
            "--reevaluate",
        ])
        .ok();
    let after = finding(&after, "aws.iam.users_authorised");
    assert_eq!(after["outcome"], "pass", "{after:#}");
    assert_eq!(
        after["parameters"]["aws.authorised_users"]
            .as_array()
            .unwrap()
            .len(),
        moto.users().len()
    );

    reviews(&desk);
    removal(&desk);
    assert_eq!(desk.cmmc(&["vault", "verify"]).ok()["ok"], true);
}

fn reviews(desk: &Desk) {
    let list = desk
        .cmmc(&["evidence", "list", "--requirement", "3.5.3"])
        .ok();
    let items = list["evidence"].as_array().unwrap();
    assert!(items.len() >= 2);
    let id = |at: usize| items[at]["id"].as_str().unwrap();
    let shown = desk.cmmc(&["evidence", "show", id(0)]).ok();
    assert!(!shown["pages"].as_array().unwrap().is_empty());
    assert!(
        shown["pages"][0]["request"]["host"]
            .as_str()
            .unwrap()
            .starts_with("127.0.0.1:")
    );

    let approved = desk
        .cmmc(&["evidence", "approve", id(0), "--by", "Nora Quill"])
        .ok();
    assert_eq!(approved["review"], "approved");
    let rejected = desk
        .cmmc(&[
            "evidence",
            "reject",
            id(1),
            "--by",
            "Nora Quill",
            "--why",
            "Of the wrong account.",
        ])
        .ok();
    assert_eq!(rejected["review"], "rejected");
    desk.cmmc(&["evidence", "approve", id(0), "--by", ""])
        .error(exit::USAGE);
    desk.cmmc(&["evidence", "reject", id(0), "--by", "Nora Quill"])
        .error(exit::USAGE);
    for (review, count) in [("approved", 1), ("rejected", 1)] {
        let list = desk.cmmc(&["evidence", "list", "--review", review]).ok();
        assert_eq!(list["evidence"].as_array().unwrap().len(), count);
    }
    // A review decides nothing.
    let status = desk.cmmc(&["status", "3.5.3"]).ok();
    assert_eq!(status["requirements"][0]["determination"], "not_assessed");
}

fn removal(desk: &Desk) {
    let count = |desk: &Desk| {
        desk.cmmc(&["evidence", "list"]).ok()["evidence"]
            .as_array()
            .unwrap()
            .len()
    };
    let before = count(desk);
    let removed = desk.cmmc(&["remove", moto::LABEL]).ok();
    assert_eq!(removed["status"], "disconnected");
    assert_eq!(count(desk), before, "evidence stays");
    let listed = |words: &[&str]| {
        desk.cmmc(words).ok()["integrations"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(listed(&["list"]), 1);
    assert_eq!(listed(&["list", "--all"]), 2);
    desk.cmmc(&["test", moto::LABEL]).error(exit::USAGE);
}

#[test]
fn collecting_for_a_control_asks_exactly_what_its_checks_declare() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    entra.connect(&desk);
    let providers = desk.cmmc(&["providers"]).ok();
    let card = providers["providers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|card| card["manifest"]["id"] == "entra-id")
        .unwrap();
    let declared: BTreeSet<&str> = card["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| {
            let objectives = check["objectives"].as_array().unwrap();
            objectives
                .iter()
                .any(|one| one.as_str().unwrap().starts_with("3.5.3["))
        })
        .flat_map(|check| check["datasets"].as_array().unwrap())
        .map(|id| id.as_str().unwrap())
        .collect();

    entra.emulator.clear_log();
    let collected = desk.cmmc(&["collect", "3.5.3"]).ok();
    let asked = entra.asked();
    let fetched: BTreeSet<&str> = collected["runs"][0]["datasets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(fetched, declared);

    // Every request is in the provenance of some page, but for the one that asks whose tenant it is.
    let mut recorded = BTreeSet::from(["organization".to_owned()]);
    let list = desk.cmmc(&["evidence", "list"]).ok();
    for item in list["evidence"].as_array().unwrap() {
        let shown = desk
            .cmmc(&["evidence", "show", item["id"].as_str().unwrap()])
            .ok();
        for page in shown["pages"].as_array().unwrap() {
            let path = page["request"]["path"].as_str().unwrap();
            recorded.insert(path.trim_start_matches("/v1.0/").to_owned());
        }
    }
    assert_eq!(asked.into_iter().collect::<BTreeSet<_>>(), recorded);
    let methods: BTreeSet<String> = entra
        .emulator
        .log()
        .into_iter()
        .filter(|request| request.path.starts_with("/v1.0/"))
        .map(|request| request.method)
        .collect();
    assert_eq!(methods, BTreeSet::from(["GET".to_owned()]));
}

#[test]
fn what_did_not_change_makes_no_new_revision_and_what_did_makes_one() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    entra.connect(&desk);
    desk.cmmc(&["sync"]).ok();
    let again = desk.cmmc(&["sync"]).ok();
    for dataset in again["runs"][0]["datasets"].as_array().unwrap() {
        assert_eq!(dataset["state"], "current", "{dataset}");
        assert_eq!(dataset["unchanged"], true, "{dataset}");
    }
    let gone = "dexter.halyard@halyardprecision.example";
    entra
        .emulator
        .edit(|tenant| assert!(tenant.remove_user(gone)));
    let control = desk.cmmc(&["collect", "3.5.3"]).ok();
    let left = failing(finding(&control, "entra-id.users.members_mfa_capable"));
    assert_eq!(left, without_mfa(&entra));
    assert!(!left.contains(gone));
    let list = desk.cmmc(&["evidence", "list"]).ok();
    let revision = |dataset: &str| {
        let items = list["evidence"].as_array().unwrap();
        items
            .iter()
            .find(|item| item["dataset"] == dataset)
            .unwrap()["revision"]
            .clone()
    };
    assert_eq!(revision("entra-id.users"), 2);
    assert_eq!(revision("entra-id.security-defaults"), 1);
}
