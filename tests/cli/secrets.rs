//! Secrets are nowhere: not in files, not in what is printed at the most talkative level, not where processes can be watched.

use end_to_end::desk::PASSPHRASE;
use end_to_end::{Canary, Desk, Entra, Moto, entra, process};
use graph_emulator::{Fault, Tenant};
use std::process::Stdio;
use std::time::Duration;

#[test]
fn no_secret_is_in_any_file_output_or_process_listing() {
    let desk = Desk::new().logging();
    desk.make_company();
    let entra = Entra::serving(
        Tenant::small_at(chrono::Utc::now()),
        Duration::from_millis(20),
    );
    let moto = Moto::start();
    let recovery = desk.recovery_key();
    let canaries = [
        Canary::of("the passphrase", PASSPHRASE),
        Canary::of("the recovery key", &recovery),
        Canary::of(
            "the recovery key without hyphens",
            &recovery.replace('-', ""),
        ),
        Canary::of("the client secret", &entra.secret()),
        Canary::of("the secret access key", &moto.key("secret_access_key")),
        Canary::of(
            "the wrong client secret",
            "wrong~secret.value-9876543210zyxwvut",
        ),
    ];

    let wrong = entra.words(&desk, "wrong~secret.value-9876543210zyxwvut");
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
    desk.cmmc(&wrong).error(end_to_end::answer::exit::REFUSED);
    entra.connect(&desk);
    moto.connect(&desk);

    // A sync, watched from outside while it runs.
    let mut sync = desk
        .command(&["sync", "--progress", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (stdout, stderr) = (
        process::drain(sync.stdout.take().unwrap()),
        process::drain(sync.stderr.take().unwrap()),
    );
    let mut looks = 0;
    let mut seen = Vec::new();
    while sync.try_wait().unwrap().is_none() {
        for name in ["cmdline", "environ"] {
            if let Ok(bytes) = std::fs::read(format!("/proc/{}/{name}", sync.id())) {
                looks += usize::from(!bytes.is_empty());
                seen.extend(bytes);
            }
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(looks > 4, "the process was seen {looks} times");
    desk.keep(&stdout.join().unwrap());
    desk.keep(&stderr.join().unwrap());

    // Things go wrong, and errors talk.
    entra.emulator.faults().set("/users", Fault::InvalidJson);
    entra.emulator.faults().set("/groups", Fault::HtmlPage);
    let _ = desk.cmmc(&["sync", entra::LABEL]);
    for words in [
        &["list"][..],
        &["providers"],
        &["test", entra::LABEL],
        &["findings"],
        &["evidence", "list"],
        &["collect", "3.5.3"],
        &["vault", "verify"],
        &["remove", entra::LABEL],
    ] {
        let _ = desk.cmmc(words);
    }

    let printed = desk.printed();
    let text = String::from_utf8_lossy(&printed);
    assert!(
        text.contains("TRACE") && text.contains("DEBUG"),
        "the logs were on"
    );
    let mut hits = Vec::new();
    for canary in &canaries {
        hits.extend(canary.in_bytes("what was printed", &printed));
        hits.extend(canary.in_bytes("/proc", &seen));
        hits.extend(canary.in_folder(&desk.data()));
        hits.extend(canary.in_folder(&desk.home()));
    }
    assert_eq!(hits, Vec::<String>::new());

    // Nothing of the evidence either, at rest.
    let person = Canary::of(
        "a person's address",
        "dexter.halyard@halyardprecision.example",
    );
    assert_eq!(person.in_folder(&desk.data()), Vec::<String>::new());
    let company = Canary::of("the company's name", end_to_end::desk::COMPANY);
    assert_eq!(company.in_folder(&desk.data()), Vec::<String>::new());
}

#[test]
fn a_killed_sync_leaves_nothing_readable_behind() {
    let desk = Desk::with_company();
    let entra = Entra::serving(
        Tenant::small_at(chrono::Utc::now()),
        Duration::from_millis(15),
    );
    entra.connect(&desk);
    let killed = end_to_end::kill::sync(&desk, 8, Duration::from_millis(5));
    assert!(!killed.had_finished);
    let log = desk.vault().join("vault.db-wal");
    assert!(
        log.metadata().unwrap().len() > 0,
        "the log of the killed process is still there"
    );
    for canary in [
        Canary::of("the client secret", &entra.secret()),
        Canary::of(
            "a person's address",
            "dexter.halyard@halyardprecision.example",
        ),
        Canary::of("a field of an answer", "userPrincipalName"),
    ] {
        assert_eq!(canary.in_folder(&desk.data()), Vec::<String>::new());
        assert_eq!(canary.in_folder(&desk.home()), Vec::<String>::new());
    }
}
