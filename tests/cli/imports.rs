//! Result files of other tools, and judging again.

use end_to_end::answer::{Answer, exit};
use end_to_end::{Desk, Entra};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn row(check: &str, status: &str, at: i64) -> Value {
    json!({
        "metadata": {"event_code": check, "product": {"name": "Prowler", "version": "5.46.0"}},
        "status_code": status, "status": "New", "status_id": 1, "status_detail": "Seen by the tool.",
        "severity": "High", "time": at,
        "finding_info": {"title": "The root user has a second factor."},
        "resources": [{"uid": "arn:made-up:root", "name": "=root\u{1b}[2J", "type": "AwsIamUser", "region": "us-east-1"}],
        "cloud": {"provider": "aws", "account": {"uid": "123456789012", "name": "made-up"}}
    })
}

fn put(desk: &Desk, name: &str, bytes: &[u8]) -> PathBuf {
    let path = desk.path(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Seconds of a moment some days ago.
fn days_ago(days: i64) -> i64 {
    chrono::Utc::now().timestamp() - days * 86_400
}

fn import(desk: &Desk, format: &str, path: &Path) -> Answer {
    desk.cmmc(&[
        "import",
        format,
        path.to_str().unwrap(),
        "--by",
        "Nora Quill",
    ])
}

/// What a command prints for people.
fn text(desk: &Desk, words: &[&str]) -> Answer {
    let passphrase = desk.path("passphrase");
    let mut all = words.to_vec();
    all.extend(["--passphrase-file", passphrase.to_str().unwrap()]);
    desk.plain(&all)
}

#[test]
fn a_file_is_imported_kept_listed_and_verified() {
    let desk = Desk::with_company();
    let rows = json!([
        row("iam_root_mfa_enabled", "FAIL", days_ago(2)),
        row("s3_bucket_default_encryption", "PASS", days_ago(2))
    ]);
    let path = put(&desk, "prowler.ocsf.json", rows.to_string().as_bytes());
    let done = import(&desk, "prowler-ocsf", &path).ok();
    assert_eq!(done["added"], true);
    assert_eq!(
        done["checks"],
        json!({"pass": 1, "fail": 1, "notApplicable": 0, "unknown": 0})
    );
    assert_eq!(done["evidence"]["imported"]["by"], "Nora Quill");
    assert_eq!(done["evidence"]["imported"]["file"], "prowler.ocsf.json");

    let findings = desk.cmmc(&["findings", "--requirement", "3.5.3"]).ok();
    let finding = &findings["findings"][0];
    assert_eq!(finding["check"], "import.prowler.iam_root_mfa_enabled");
    assert_eq!(finding["outcome"], "fail");
    let imported = finding["imported"].as_object().unwrap();
    let mut members: Vec<&str> = imported.keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["at", "file", "sha256", "tool", "version"]);
    assert_eq!(
        finding["imported"]["sha256"],
        done["evidence"]["contentSha256"]
    );

    let status = desk.cmmc(&["status", "3.5.3"]).ok();
    let status = &status["requirements"][0];
    assert_eq!(
        status["indication"], "inconclusive",
        "it moves no indication"
    );
    assert_eq!(
        (&status["imported"]["fail"], &status["checks"]["fail"]),
        (&json!(1), &json!(0))
    );

    assert_eq!(import(&desk, "prowler-ocsf", &path).ok()["added"], false);
    let listed = desk.cmmc(&["evidence", "list"]).ok();
    assert_eq!(listed["evidence"].as_array().unwrap().len(), 1);
    let id = listed["evidence"][0]["id"].as_str().unwrap().to_owned();
    desk.cmmc(&["evidence", "show", &id]).ok();
    desk.cmmc(&["evidence", "approve", &id, "--by", "Nora Quill"])
        .ok();
    let again = desk.cmmc(&["findings", "--reevaluate"]).ok();
    assert_eq!(again["changes"], json!([]));
    assert_eq!(again["findings"], desk.cmmc(&["findings"]).ok()["findings"]);
    assert_eq!(desk.cmmc(&["vault", "verify"]).ok()["ok"], true);
    // On a terminal: nothing of the file moves the cursor, and it says who said it.
    let shown = text(&desk, &["status", "3.5.3"]);
    assert!(shown.stdout.contains("0 pass, 1 fail"), "{shown:?}");
    let shown = text(&desk, &["findings", "--requirement", "3.5.3"]);
    assert!(
        !shown.stdout.contains('\u{1b}') && shown.stdout.contains("imported: prowler"),
        "{shown:?}"
    );
}

#[test]
fn csv_and_scubagear_are_read_and_what_is_no_such_file_is_a_usage_error() {
    let desk = Desk::with_company();
    let csv = "TIMESTAMP;ACCOUNT_UID;PROVIDER;CHECK_ID;STATUS;MUTED;SEVERITY;RESOURCE_UID;PROWLER_VERSION\r\n\
               2026-09-21 13:33:20;210987654321;aws;iam_root_mfa_enabled;PASS;False;critical;=1+1;5.46.0\r\n";
    let path = put(&desk, "out.csv", csv.as_bytes());
    assert_eq!(
        import(&desk, "prowler-csv", &path).ok()["checks"]["pass"],
        1
    );
    let scuba = json!({
        "MetaData": {"TenantId": "00000000-0000-4000-8000-00000000abcd", "DisplayName": "Made-up", "Tool": "ScubaGear",
            "ToolVersion": "1.5.0", "TimestampZulu": "2026-09-21T13:33:20.138Z"},
        "Results": {"AAD": [{"Controls": [
            {"Control ID": "MS.AAD.1.1v1", "Requirement": "R", "Result": "Pass", "Criticality": "Shall", "Details": "d"},
            {"Control ID": "MS.AAD.3.2v2", "Requirement": "R", "Result": "N/A", "Criticality": "Shall", "Details": "d"}
        ]}]}
    });
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(scuba.to_string().encode_utf16().flat_map(u16::to_le_bytes));
    let path = put(&desk, "ScubaResults.json", &bytes);
    let done = import(&desk, "scubagear", &path).ok();
    assert_eq!(
        (&done["checks"]["pass"], &done["checks"]["unknown"]),
        (&json!(1), &json!(1))
    );

    let entries = desk.cmmc(&["vault", "verify"]).ok()["entries"].clone();
    let cut = put(&desk, "cut.json", &bytes[..bytes.len() - 8]);
    for (format, path) in [
        ("scubagear", cut),
        ("prowler-ocsf", path.clone()),
        ("prowler-csv", path.clone()),
        ("nessus", path.clone()),
        ("scubagear", desk.path("nothing.json")),
        ("scubagear", desk.data()),
    ] {
        import(&desk, format, &path).error(exit::USAGE);
    }
    let path = path.to_str().unwrap();
    desk.cmmc(&[
        "import",
        "scubagear",
        path,
        "--integration",
        "nothing",
        "--by",
        "Nora Quill",
    ])
    .ok();
    assert_eq!(desk.cmmc(&["vault", "verify"]).ok()["entries"], entries);
}

#[test]
fn a_demo_company_takes_no_real_file() {
    let desk = Desk::new();
    desk.cmmc(&["init", "--demo"]).ok();
    let path = put(
        &desk,
        "out.json",
        json!([row("iam_root_mfa_enabled", "PASS", days_ago(1))])
            .to_string()
            .as_bytes(),
    );
    assert_eq!(
        import(&desk, "prowler-ocsf", &path).error_code(exit::USAGE),
        "demo_company"
    );
}

#[test]
fn judging_again_gives_the_same_offline() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    entra.connect(&desk);
    let _ = desk.cmmc(&["sync"]);
    drop(entra);
    let recorded = desk.cmmc(&["findings"]).ok();
    let again = desk.cmmc(&["findings", "--reevaluate"]).ok();
    assert_eq!(
        again["findings"].to_string(),
        recorded["findings"].to_string()
    );
    assert_eq!(again["changes"], json!([]));
    let one = desk
        .cmmc(&["findings", "--reevaluate", "--outcome", "fail"])
        .ok();
    assert!(
        one["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|finding| finding["outcome"] == "fail")
    );
    let shown = text(&desk, &["findings", "--reevaluate"]);
    assert!(shown.stdout.contains("none is different"), "{shown:?}");
    desk.cmmc(&["findings", "--reevaluate", "--history"])
        .error(exit::USAGE);
}
