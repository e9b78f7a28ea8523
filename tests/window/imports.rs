//! A result file of another tool is brought in, and what is stored is judged again.

use crate::journey::{control, go, unlocked};
use end_to_end::Desk;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_result_file_is_imported_and_everything_stored_is_judged_again() {
    let desk = Desk::with_company();
    let at = chrono::Utc::now().timestamp() - 2 * 86_400;
    let row = |check: &str, status: &str| {
        json!({
            "metadata": {"event_code": check, "product": {"name": "Prowler", "version": "5.46.0"}},
            "status_code": status, "status": "New", "status_id": 1, "status_detail": "<b>Seen</b> by the tool.",
            "severity": "High", "time": at, "finding_info": {"title": "The root user has a second factor."},
            "resources": [{"uid": "arn:made-up:root", "name": "<i>root</i>", "type": "AwsIamUser", "region": "us-east-1"}],
            "cloud": {"provider": "aws", "account": {"uid": "123456789012", "name": "made-up"}}
        })
    };
    let rows = json!([
        row("iam_root_mfa_enabled", "FAIL"),
        row("s3_bucket_default_encryption", "PASS")
    ]);
    let good = desk.file("prowler.ocsf.json", &rows.to_string());
    let page = desk.file("page.ocsf.json", "<!doctype html><title>Sign in</title>");

    let window = unlocked(&desk).await;
    go(&window, "Evidence").await;
    window.see("No evidence yet").await;
    window.button("Import").await;
    window.audit("import").await;
    window.button("Import").await;
    window.see("Choose the file that the tool wrote.").await;
    window.see("Write your name").await;
    window.audit("import-incomplete").await;

    window.fill("Your name", "Nora Quill").await;
    window
        .find("textbox", "File")
        .await
        .put_file(&page)
        .unwrap();
    window.button("Import").await;
    for word in ["What", "Why", "Fix"] {
        window.see(word).await;
    }
    window.audit("import-refused").await;
    assert_eq!(desk.cmmc(&["evidence", "list"]).ok()["evidence"], json!([]));

    window
        .find("textbox", "File")
        .await
        .put_file(&good)
        .unwrap();
    window.button("Import").await;
    window.see("1 failing, 1 passing, 0 that can't tell.").await;
    window.audit("import-done").await;
    window.button("Show the item").await;
    window.see("Nora Quill").await;
    window.see("prowler.ocsf.json").await;
    window.audit("import-item").await;

    window.button("Judge again").await;
    window.see("All are as they were recorded.").await;
    window.audit("judged-again").await;
    window.button("Close").await;

    // It is shown beside the requirement, and suggests nothing.
    control(&window, "3.5.3").await;
    window.see("Prowler").await;
    assert!(!window.text().await.contains("Checks suggest"));
    window.audit("import-control").await;
    window.quit().await;
}
