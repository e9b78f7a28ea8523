//! Opening a vault beside others, with a failing key store, and after its files were put back.

use crate::support::{Bench, PASSPHRASE, app_over, new_company};
use engine::{
    api::{CreateCompany, KeyStoreState, Nothing, Protection, UnlockWith},
    companies,
};
use std::{fs, sync::Arc};
use store::{Access, Event};
use vault::{Fault, FaultKeyring, MemoryKeyring};

fn with_passphrase(name: &str) -> CreateCompany {
    CreateCompany {
        protection: Protection::Passphrase,
        passphrase: Some(PASSPHRASE.to_owned()),
        ..new_company(name)
    }
}

#[tokio::test]
async fn a_missing_key_store_entry_never_mints_a_key() {
    let bench = Bench::company().await;
    let id = bench.id();
    bench.lock().await;
    let empty = Arc::new(MemoryKeyring::new());
    let app = app_over(
        bench.dir.path(),
        empty.clone(),
        bench.clock.clone(),
        vec![bench.fake],
    );
    let request = engine::api::Unlock {
        company_id: id.clone(),
        with: UnlockWith::KeyStore,
    };
    let error = companies::unlock(&app, request).await.unwrap_err();
    assert_eq!(error.class, "vault");
    assert!(
        vault::KeyStore::get(empty.as_ref(), id.parse().unwrap())
            .unwrap()
            .is_none(),
        "no key was made"
    );
    bench.unlock(&id, UnlockWith::KeyStore).await.unwrap();
}

#[tokio::test]
async fn a_second_writer_is_refused_with_the_holder_and_a_reader_may_look() {
    let bench = Bench::synced().await;
    let id = bench.id();
    let other = bench.another();
    let error = other.unlock(&id, UnlockWith::KeyStore).await.unwrap_err();
    assert_eq!((error.class.as_str(), error.exit_code()), ("vault", 4));
    assert!(
        format!("{} {}", error.what, error.why).contains("engine-test"),
        "{error:?}"
    );
    assert!(other.app.opened().is_none());
    companies::open(
        &other.app,
        id.parse().unwrap(),
        UnlockWith::KeyStore,
        Access::ReadOnly,
    )
    .await
    .unwrap();
    assert_eq!(other.findings().await.len(), 4);
    assert!(
        engine::schedule::set(
            &other.app,
            engine::api::SetSchedule {
                enabled: false,
                daily_at: "08:00".into()
            }
        )
        .await
        .is_err()
    );
    assert!(other.verify().await.ok);
    bench.sync().await;
    bench.lock().await;
    // The same program may go on from reading to writing.
    other.unlock(&id, UnlockWith::KeyStore).await.unwrap();
    assert_eq!(other.sync().await.state, "done");
}

#[tokio::test]
async fn the_key_store_says_how_it_is() {
    for (fault, expected) in [
        (None, KeyStoreState::Available),
        (Some(Fault::Locked), KeyStoreState::Locked),
        (Some(Fault::Absent), KeyStoreState::Absent),
        (Some(Fault::TimedOut), KeyStoreState::NotAnswering),
    ] {
        let keyring = Arc::new(FaultKeyring::default());
        keyring.set_fault(fault);
        let bench = Bench::with_keyring(keyring);
        let state = companies::app_state(&bench.app, Nothing {}).await.unwrap();
        assert_eq!(state.key_store, expected);
        let created = bench.create("Acme").await;
        assert_eq!(created.is_ok(), fault.is_none());
        if let Err(error) = created {
            assert_eq!(error.class, "vault");
            assert!(
                companies::vaults(&bench.app).is_empty(),
                "no vault without its key"
            );
            // A passphrase works without it.
            companies::create(&bench.app, with_passphrase("Acme"))
                .await
                .unwrap();
        }
    }
}

#[tokio::test]
async fn a_key_store_that_really_hangs_is_bounded() {
    let keyring = vault::hanging_keyring(std::time::Duration::from_millis(50)).unwrap();
    let bench = Bench::with_keyring(Arc::new(keyring));
    let state = companies::app_state(&bench.app, Nothing {}).await.unwrap();
    assert_eq!(state.key_store, KeyStoreState::NotAnswering);
    assert_eq!(bench.create("Acme").await.err().unwrap().class, "vault");
}

#[tokio::test]
async fn a_locked_key_store_keeps_the_vault_closed_and_says_so() {
    let keyring = Arc::new(FaultKeyring::default());
    let bench = Bench::with_keyring(keyring.clone());
    bench.create("Acme").await.unwrap();
    let id = bench.id();
    bench.lock().await;
    let mut codes = Vec::new();
    for fault in [
        Fault::Locked,
        Fault::Absent,
        Fault::TimedOut,
        Fault::WrongValue,
    ] {
        keyring.set_fault(Some(fault));
        let error = bench.unlock(&id, UnlockWith::KeyStore).await.unwrap_err();
        assert_eq!(error.class, "vault");
        codes.push(error.code);
    }
    codes.dedup();
    assert_eq!(codes.len(), 4, "each has its own code: {codes:?}");
    keyring.set_fault(None);
    bench.unlock(&id, UnlockWith::KeyStore).await.unwrap();
}

#[tokio::test]
async fn a_vault_opens_although_the_last_company_can_t_be_noted() {
    let bench = Bench::company().await;
    let id = bench.id();
    bench.lock().await;
    // A folder in the file's place: nobody can write the file.
    fs::remove_file(bench.dir.path().join("app.json")).unwrap();
    fs::create_dir(bench.dir.path().join("app.json")).unwrap();
    bench.unlock(&id, UnlockWith::KeyStore).await.unwrap();
}

#[tokio::test]
async fn an_older_database_put_back_is_said_and_recorded() {
    let bench = Bench::connected().await;
    let (id, dir) = (bench.id(), bench.app.opened().unwrap().dir.clone());
    bench.lock().await;
    let old = fs::read(dir.join(store::DATABASE_FILE)).unwrap();
    bench.unlock(&id, UnlockWith::KeyStore).await.unwrap();
    bench.sync().await;
    bench.lock().await;
    for left in ["-wal", "-shm"] {
        let _ = fs::remove_file(dir.join(format!("{}{left}", store::DATABASE_FILE)));
    }
    fs::write(dir.join(store::DATABASE_FILE), old).unwrap();
    let reader = bench.another();
    let open = companies::open(
        &reader.app,
        id.parse().unwrap(),
        UnlockWith::KeyStore,
        Access::ReadOnly,
    )
    .await
    .unwrap();
    let seen = reader.verify().await;
    assert!(
        !seen.ok
            && seen
                .problems
                .iter()
                .any(|problem| problem.what.contains("older copy")),
        "{seen:?}"
    );
    drop(open);
    reader.lock().await;
    let company = bench.unlock(&id, UnlockWith::KeyStore).await.unwrap();
    assert!(
        company
            .warnings
            .iter()
            .any(|warning| warning.contains("restored")),
        "{:?}",
        company.warnings
    );
    assert!(
        matches!(bench.events().await.last(), Some(Event::HistoryRestored { expected_seq, found_seq }) if expected_seq > found_seq)
    );
    let verified = bench.verify().await;
    assert!(
        verified.ok,
        "the restoration is on the record from here on: {verified:?}"
    );
}

#[tokio::test]
async fn an_older_copy_of_the_whole_folder_is_noticed() {
    let bench = Bench::connected().await;
    let (id, dir) = (bench.id(), bench.app.opened().unwrap().dir.clone());
    bench.lock().await;
    let names = [
        vault::HEADER_FILE,
        vault::HEADER_BACKUP_FILE,
        store::DATABASE_FILE,
    ];
    let old: Vec<_> = names
        .iter()
        .map(|name| fs::read(dir.join(name)).unwrap())
        .collect();
    bench.unlock(&id, UnlockWith::KeyStore).await.unwrap();
    bench.sync().await;
    bench.lock().await;
    for (name, bytes) in names.iter().zip(&old) {
        fs::write(dir.join(name), bytes).unwrap();
    }
    let company = bench.unlock(&id, UnlockWith::KeyStore).await.unwrap();
    assert!(
        company
            .warnings
            .iter()
            .any(|warning| warning.contains("older")),
        "{:?}",
        company.warnings
    );
}
