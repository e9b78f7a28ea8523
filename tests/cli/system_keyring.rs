//! The key store for real: GNOME's keyring on a session bus of its own. A key that is gone, locked or not answered for
//! is an explanation and exit 4; it is never replaced.

use end_to_end::answer::exit;
use end_to_end::{Answer, Canary, Desk, SecretService};
use std::time::{Duration, Instant};

fn company(service: &SecretService) -> Desk {
    let desk = Desk::new().with_bus(service.address());
    let recovery = desk.path("recovery").display().to_string();
    let made = desk.plain(&[
        "init",
        "--company",
        "Keyring Works",
        "--level",
        "2",
        "--keyring",
        "--recovery-out",
        &recovery,
        "--json",
    ]);
    assert_eq!(made.ok()["company"]["protection"], "standard");
    desk
}

fn status(desk: &Desk) -> Answer {
    desk.plain(&["status", "3.5.3", "--json"])
}

/// The key is not to be had: exit 4 in time, and the vault is as it was.
fn assert_refused(desk: &Desk, why: &str) -> String {
    let header = std::fs::read(desk.vault().join("vault.hdr")).unwrap();
    let database = std::fs::read(desk.vault().join("vault.db")).unwrap();
    let start = Instant::now();
    let answer = status(desk);
    let took = start.elapsed();
    let code = answer.error_code(exit::VAULT);
    assert!(took < Duration::from_secs(8), "{why}: {took:?}");
    assert_eq!(
        std::fs::read(desk.vault().join("vault.hdr")).unwrap(),
        header,
        "{why}"
    );
    assert_eq!(
        std::fs::read(desk.vault().join("vault.db")).unwrap(),
        database,
        "{why}"
    );
    println!("{why}: {code} after {} ms", took.as_millis());
    code
}

#[test]
fn a_new_process_opens_the_vault_with_the_stored_key() {
    let service = SecretService::unlocked();
    let desk = company(&service);
    status(&desk).ok();
    let decided = desk.plain(&[
        "determine",
        "3.1.1[a]",
        "met",
        "--by",
        "Nora Quill",
        "--why",
        "Seen.",
        "--json",
    ]);
    decided.ok();
    status(&desk).ok();
    assert_eq!(desk.plain(&["vault", "verify", "--json"]).ok()["ok"], true);
    let hits = Canary::of("the recovery key", &desk.recovery_key()).in_folder(&desk.data());
    assert_eq!(hits, Vec::<String>::new());
}

#[test]
fn a_locked_key_is_not_a_missing_key() {
    let service = SecretService::unlocked();
    let desk = company(&service);
    service.lock();
    let locked = assert_refused(&desk, "locked");
    drop(service);
    let gone = assert_refused(&desk, "no bus");
    assert_ne!(locked, gone, "a person does different things about them");
}

#[test]
fn a_deleted_key_is_never_made_anew() {
    let mut service = SecretService::unlocked();
    let desk = company(&service);
    service.forget_everything();
    assert_refused(&desk, "the daemon is gone");
    service.start(Some("\n"));
    assert_refused(&desk, "the key was deleted");
    // Trying did not put another key in its place: it is refused the second time too.
    assert_refused(&desk, "the key was deleted, again");
}

#[test]
fn a_key_store_that_hangs_is_given_up_in_time() {
    let service = SecretService::unlocked();
    let desk = company(&service);
    service.freeze();
    assert_refused(&desk, "hangs");
    service.thaw();
    status(&desk).ok();
}

#[test]
fn without_a_key_store_a_passphrase_is_asked_for_and_nothing_is_left_unprotected() {
    let desk = Desk::new();
    let made = desk.plain(&[
        "init",
        "--company",
        "Nowhere",
        "--level",
        "2",
        "--keyring",
        "--json",
    ]);
    made.error(exit::VAULT);
    let left = std::fs::read_dir(desk.data().join("companies")).map_or(0, |entries| {
        entries
            .filter(|entry| entry.as_ref().unwrap().path().join("vault.db").exists())
            .count()
    });
    assert_eq!(left, 0);
    assert_eq!(
        desk.plain(&["status", "--json"]).error_code(exit::USAGE),
        "no_company"
    );
}
