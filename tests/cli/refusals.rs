//! Refused: what, why, fix, and nothing saved.

use end_to_end::answer::{Answer, exit};
use end_to_end::{Desk, Entra, Moto, entra};
use graph_emulator::Fault;

fn nothing_saved(desk: &Desk) {
    let list = desk.cmmc(&["list", "--all"]).ok();
    assert_eq!(list["integrations"].as_array().unwrap().len(), 0);
}

fn connect(desk: &Desk, words: &[String]) -> Answer {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    desk.cmmc(&words)
}

#[test]
fn a_wrong_secret_is_refused_and_nothing_is_saved() {
    let desk = Desk::with_company();
    let (entra, moto) = (Entra::start(), Moto::start());
    for words in [
        entra.words(&desk, "not~the.secret-0123456789abcdefghij"),
        moto.words(&desk, "NotTheSecretNotTheSecretNotTheSecret1234"),
    ] {
        let error = connect(&desk, &words).error(exit::REFUSED);
        assert_eq!(error["class"], "authentication", "{error:#}");
        nothing_saved(&desk);
    }
    // The right secret right after it is not held against anybody.
    entra.connect(&desk);
    moto.connect(&desk);
}

#[test]
fn another_tenant_than_the_one_asked_for_is_refused() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    entra.emulator.faults().set("/", Fault::WrongTenant);
    let words = entra.words(&desk, &entra.secret());
    connect(&desk, &words).error(exit::REFUSED);
    nothing_saved(&desk);
    // The same after it was connected: the sync stops before it reads anything.
    entra.emulator.faults().clear_all();
    entra.connect(&desk);
    entra.emulator.faults().set("/", Fault::WrongTenant);
    let synced = desk.cmmc(&["sync"]).with_code(exit::REFUSED);
    assert_eq!(synced["runs"][0]["state"], "failed");
    let list = desk.cmmc(&["evidence", "list"]).ok();
    assert_eq!(list["evidence"].as_array().unwrap().len(), 0);
}

#[test]
fn secrets_on_the_command_line_and_unreadable_secrets_files_are_usage_errors() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    let mut words = entra.words(&desk, &entra.secret());
    words.extend([
        "--set".to_owned(),
        "client_secret=on-the-command-line".to_owned(),
    ]);
    let error = connect(&desk, &words).error(exit::USAGE);
    assert_eq!(error["field"], "client_secret");
    assert!(!error.to_string().contains("on-the-command-line"));
    for text in ["", "not json", "[1]", "{\"client_secret\": 5}"] {
        let words = entra.words(&desk, "x");
        desk.file("entra.json", text);
        connect(&desk, &words).error(exit::USAGE);
    }
    let mut plain = entra.words(&desk, &entra.secret());
    let at = plain
        .iter()
        .position(|word| word.starts_with("login_url="))
        .unwrap();
    plain[at] = "login_url=http://login.example.test".to_owned();
    connect(&desk, &plain).error(exit::USAGE);
    nothing_saved(&desk);
}

#[test]
fn a_sync_that_loses_a_permission_is_done_in_part() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    entra.connect(&desk);
    entra
        .emulator
        .faults()
        .set("/identity/conditionalAccess", Fault::Forbidden);
    let synced = desk.cmmc(&["sync"]).with_code(exit::IN_PART);
    let run = &synced["runs"][0];
    assert_eq!(run["state"], "partial");
    let failed: Vec<_> = run["datasets"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["state"] == "failed")
        .collect();
    assert!(!failed.is_empty());
    for dataset in failed {
        assert_eq!(
            dataset["reason"]["code"], "permission_missing",
            "{dataset:#}"
        );
    }
    let findings = desk.cmmc(&["findings", "--check", "ENTRA-01"]).ok();
    assert_eq!(findings["findings"][0]["outcome"], "unknown");
    desk.cmmc(&["test", entra::LABEL]).ok();
}
