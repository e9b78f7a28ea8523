//! One writer at a time, readers beside it, and stopping it.

use end_to_end::answer::exit;
use end_to_end::{Desk, Entra, process};
use graph_emulator::Tenant;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A sync that takes its time: it has begun when this returns.
fn slow_sync(desk: &Desk) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut child = desk
        .command(&["sync", "--progress", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut reports = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("\"kept\"") {
        line.clear();
        assert!(
            reports.read_line(&mut line).unwrap() > 0,
            "the sync ended early"
        );
    }
    (child, reports)
}

fn slow_company(latency: Duration) -> (Desk, Entra) {
    let desk = Desk::with_company();
    let entra = Entra::serving(Tenant::small_at(chrono::Utc::now()), latency);
    entra.connect(&desk);
    (desk, entra)
}

#[test]
fn a_second_writer_is_told_who_holds_the_vault_and_readers_are_not_kept_out() {
    // Long enough for all that happens beside it, on a slow machine too.
    let (desk, _entra) = slow_company(Duration::from_secs(2));
    let (mut sync, _reports) = slow_sync(&desk);
    let second = desk.cmmc(&["determine", "3.1.1[a]", "not_met", "--by", "Nora Quill"]);
    let error = second.error(exit::VAULT);
    let holder = sync.id().to_string();
    assert!(
        error.to_string().contains("cmmc") && error.to_string().contains(&holder),
        "{error:#} names {holder}"
    );
    for words in [
        &["status"][..],
        &["score"],
        &["evidence", "list"],
        &["findings"],
        &["list"],
    ] {
        desk.cmmc(words).ok();
    }
    assert!(
        sync.try_wait().unwrap().is_none(),
        "the holder was still at work"
    );
    sync.kill().unwrap();
    sync.wait().unwrap();
    // The lock of a dead process holds nobody up.
    let third = desk.cmmc(&["determine", "3.1.1[a]", "not_met", "--by", "Nora Quill"]);
    third.ok();
    assert_eq!(desk.cmmc(&["vault", "verify"]).ok()["ok"], true);
}

#[test]
fn an_interrupted_sync_keeps_what_it_kept_and_says_so() {
    let (desk, _entra) = slow_company(Duration::from_millis(250));
    let (mut sync, reports) = slow_sync(&desk);
    let interrupted = Command::new("kill")
        .args(["-INT", &sync.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    let rest = process::drain(reports.into_inner());
    let stdout = process::drain(sync.stdout.take().unwrap());
    let status = process::wait(&mut sync, "the interrupted sync");
    rest.join().unwrap();
    assert_eq!(status.code(), Some(exit::IN_PART));
    let document: serde_json::Value = serde_json::from_slice(&stdout.join().unwrap()).unwrap();
    assert_eq!(document["runs"][0]["state"], "cancelled", "{document:#}");
    let kept = desk.cmmc(&["evidence", "list"]).ok();
    assert!(!kept["evidence"].as_array().unwrap().is_empty());
    assert_eq!(desk.cmmc(&["vault", "verify"]).ok()["ok"], true);
}
