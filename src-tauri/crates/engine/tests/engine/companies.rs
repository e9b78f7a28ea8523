//! Making a company, opening it, closing it, and everything that can be wrong with that.

use crate::support::{Bench, PASSPHRASE, app_over, new_company};
use engine::{
    api::{
        ConfirmRecovery, CreateCompany, Nothing, Profile, Protection, RecoveryGroup, SetAppearance,
        UnlockWith, UpdateProfile,
    },
    companies, demo, recovery, silent,
};
use std::fs;

fn with_passphrase(name: &str) -> CreateCompany {
    CreateCompany {
        protection: Protection::Passphrase,
        passphrase: Some(PASSPHRASE.to_owned()),
        ..new_company(name)
    }
}

fn group(place: u8, text: &str) -> RecoveryGroup {
    RecoveryGroup {
        place,
        text: text.to_owned(),
    }
}

#[tokio::test]
async fn a_standard_vault_opens_by_the_key_store_and_by_its_recovery_key() {
    let bench = Bench::empty();
    let created = bench.create("Acme").await.unwrap();
    assert_eq!(created.company.profile.name, "Acme");
    assert_eq!(created.company.protection, Protection::Standard);
    assert_eq!(created.recovery_key.len(), 8);
    assert!(created.recovery_key.iter().all(|group| group.len() == 7));
    let shown = vec![
        group(0, &created.recovery_key[0]),
        group(1, &created.recovery_key[1]),
    ];
    recovery::confirm(&bench.app, ConfirmRecovery { groups: shown })
        .await
        .unwrap();
    let id = bench.id();
    bench.lock().await;
    assert!(bench.app.opened().is_none());
    assert_eq!(bench.app.company().err().unwrap().code, "locked");
    let company = bench.unlock(&id, UnlockWith::KeyStore).await.unwrap();
    assert_eq!(company.profile.name, "Acme");
    assert_eq!(company.warnings, Vec::<String>::new());
    bench.lock().await;
    let key = created.recovery_key.join("-");
    assert_eq!(
        bench
            .unlock(&id, UnlockWith::Recovery { key })
            .await
            .unwrap()
            .profile
            .name,
        "Acme"
    );
}

#[tokio::test]
async fn a_wrong_passphrase_opens_nothing_and_keeps_what_is_open() {
    let bench = Bench::empty();
    companies::create(&bench.app, with_passphrase("Locked away"))
        .await
        .unwrap();
    let id = bench.id();
    bench.lock().await;
    let wrong = UnlockWith::Passphrase {
        passphrase: "incorrect horse battery".to_owned(),
    };
    let error = bench.unlock(&id, wrong).await.unwrap_err();
    assert_eq!((error.class.as_str(), error.exit_code()), ("vault", 4));
    assert!(bench.app.opened().is_none());
    bench.create("Another").await.unwrap();
    let another = bench.id();
    let wrong = UnlockWith::Passphrase {
        passphrase: "incorrect horse battery".to_owned(),
    };
    bench.unlock(&id, wrong).await.unwrap_err();
    assert_eq!(bench.id(), another, "the open company stays open");
    let right = UnlockWith::Passphrase {
        passphrase: PASSPHRASE.to_owned(),
    };
    assert_eq!(
        bench.unlock(&id, right).await.unwrap().profile.name,
        "Locked away"
    );
}

#[tokio::test]
async fn a_company_that_is_replaced_by_a_new_one_is_closed() {
    let bench = Bench::company().await;
    let first = bench.id();
    bench.create("Second").await.unwrap();
    let other = bench.another();
    // Its lock is free again: another program may write it.
    other.unlock(&first, UnlockWith::KeyStore).await.unwrap();
}

#[tokio::test]
async fn weak_and_missing_passphrases_leave_no_folder() {
    let bench = Bench::empty();
    for passphrase in [
        None,
        Some("short".to_owned()),
        Some("aaaaaaaaaaaaaaaa".to_owned()),
    ] {
        let request = CreateCompany {
            passphrase,
            ..with_passphrase("Acme")
        };
        let error = companies::create(&bench.app, request).await.err().unwrap();
        assert_eq!(error.class, "usage");
        assert_eq!(error.field.as_deref(), Some("passphrase"));
        assert!(companies::vaults(&bench.app).is_empty());
    }
    let left = fs::read_dir(bench.dir.path().join("companies")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing stays behind");
}

#[tokio::test]
async fn the_recovery_key_is_confirmed_by_two_different_groups() {
    let bench = Bench::empty();
    let created = bench.create("Acme").await.unwrap();
    let key = created.recovery_key;
    let confirm = async |groups| recovery::confirm(&bench.app, ConfirmRecovery { groups }).await;
    let wrong = confirm(vec![group(1, &key[1]), group(5, "ZZZZZZZ"), group(9, "x")])
        .await
        .unwrap();
    assert_eq!(wrong.wrong, [5, 9]);
    assert_eq!(
        confirm(vec![group(1, &key[1])]).await.unwrap_err().class,
        "usage"
    );
    assert_eq!(
        confirm(vec![group(1, &key[1]), group(1, &key[1])])
            .await
            .unwrap_err()
            .class,
        "usage"
    );
    let typed = format!(" {} ", key[5].to_lowercase());
    assert_eq!(
        confirm(vec![group(1, &key[1]), group(5, &typed)])
            .await
            .unwrap()
            .wrong,
        Vec::<u8>::new()
    );
    // It is gone now.
    assert_eq!(
        confirm(vec![group(1, &key[1]), group(5, &key[5])])
            .await
            .unwrap_err()
            .class,
        "usage"
    );
}

#[tokio::test]
async fn locking_forgets_an_unconfirmed_recovery_key() {
    let bench = Bench::empty();
    let key = bench.create("Acme").await.unwrap().recovery_key;
    bench.lock().await;
    let groups = vec![group(0, &key[0]), group(1, &key[1])];
    assert!(
        recovery::confirm(&bench.app, ConfirmRecovery { groups })
            .await
            .is_err()
    );
}

#[tokio::test]
async fn hostile_names_are_kept_as_text_or_refused_with_the_field() {
    let bench = Bench::empty();
    let long = "x".repeat(200);
    let kept = [
        "<script>alert(1)</script>\"'&",
        "../../etc/passwd",
        "C:\\con\\aux",
        "\u{202e}gnirut\u{202c} \u{5e9}\u{5dc}",
        "工場精密株式会社",
        "'; DROP TABLE company; --",
        long.as_str(),
    ];
    for name in kept {
        let created = bench.create(name).await.unwrap();
        assert_eq!(created.company.profile.name, name);
        let id = bench.id();
        bench.lock().await;
        assert_eq!(
            bench
                .unlock(&id, UnlockWith::KeyStore)
                .await
                .unwrap()
                .profile
                .name,
            name
        );
    }
    assert_eq!(companies::vaults(&bench.app).len(), kept.len());
    let many = "x".repeat(10_000);
    let wide = "語".repeat(67);
    for name in [
        "",
        "   ",
        "\n",
        "a\u{0}b",
        "bell\u{7}",
        "\u{1b}[31mred",
        many.as_str(),
        wide.as_str(),
    ] {
        let error = bench.create(name).await.err().unwrap();
        assert_eq!(
            (error.class.as_str(), error.field.as_deref()),
            ("usage", Some("name")),
            "{name:?}"
        );
    }
    assert_eq!(
        companies::vaults(&bench.app).len(),
        kept.len(),
        "a refused name leaves nothing"
    );
    let folders: Vec<_> = fs::read_dir(bench.dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        folders
            .iter()
            .all(|name| name == "companies" || name == "app.json"),
        "{folders:?}"
    );
}

#[tokio::test]
async fn company_names_are_not_readable_outside_the_vault() {
    let bench = Bench::empty();
    bench.create("Unmistakable Widgets").await.unwrap();
    bench.lock().await;
    let mut folders = vec![bench.dir.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                assert!(
                    !bytes.windows(12).any(|part| part == b"Unmistakable"),
                    "{}",
                    path.display()
                );
            }
        }
    }
}

#[tokio::test]
async fn an_unfinished_folder_is_invisible_and_an_abandoned_one_is_cleared() {
    let bench = Bench::company().await;
    let dir = bench.dir.path().join("companies").join(bench.id());
    bench.lock().await;
    fs::write(dir.join(".unfinished"), b"").unwrap();
    assert!(companies::vaults(&bench.app).is_empty());
    let aged = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    fs::File::options()
        .write(true)
        .open(dir.join(".unfinished"))
        .unwrap()
        .set_modified(aged)
        .unwrap();
    bench.create("Next").await.unwrap();
    assert!(!dir.exists(), "nothing of it was ever acknowledged");
}

#[tokio::test]
async fn the_profile_changes_and_the_sealed_name_with_it() {
    let bench = Bench::company().await;
    let profile = Profile {
        name: "Acme & Sons".to_owned(),
        level: 1,
        zone: "America/New_York".to_owned(),
        cage_code: Some(" 1ABC2 ".to_owned()),
        uei: Some(String::new()),
        scope: None,
        demo: true,
    };
    let changed = companies::update_profile(
        &bench.app,
        UpdateProfile {
            profile: profile.clone(),
        },
    )
    .await
    .unwrap();
    assert_eq!(changed.profile.cage_code.as_deref(), Some("1ABC2"));
    assert_eq!(changed.profile.uei, None);
    assert!(!changed.profile.demo, "a company does not become a demo");
    let dir = bench.app.opened().unwrap().dir.clone();
    let entries = bench.events().await.len();
    companies::update_profile(
        &bench.app,
        UpdateProfile {
            profile: profile.clone(),
        },
    )
    .await
    .unwrap();
    assert_eq!(
        bench.events().await.len(),
        entries,
        "the same again is no change"
    );
    for (field, wrong) in [
        (
            "name",
            Profile {
                name: "é".repeat(101),
                ..profile.clone()
            },
        ),
        (
            "level",
            Profile {
                level: 3,
                ..profile.clone()
            },
        ),
        (
            "zone",
            Profile {
                zone: "Mars/Olympus".to_owned(),
                ..profile.clone()
            },
        ),
    ] {
        let error = companies::update_profile(&bench.app, UpdateProfile { profile: wrong })
            .await
            .unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field));
    }
    assert_eq!(bench.events().await.len(), entries);
    bench.lock().await;
    let vault = vault::Vault::open(&dir, vault::Unlock::Keyring, bench.keyring.as_ref()).unwrap();
    assert_eq!(vault.name(), "Acme & Sons");
}

#[tokio::test]
async fn a_place_that_can_t_be_written_is_named() {
    let bench = Bench::empty();
    let file = bench.dir.path().join("a-file");
    fs::write(&file, b"").unwrap();
    for place in [file.join("data"), "/proc/cmmcpro-test".into()] {
        let app = app_over(
            &place,
            bench.keyring.clone(),
            bench.clock.clone(),
            vec![bench.fake],
        );
        let error = companies::create(&app, new_company("Acme"))
            .await
            .err()
            .unwrap();
        assert_eq!(
            (error.class.as_str(), error.code.as_str()),
            ("storage", "data_dir_unusable")
        );
        assert!(error.why.contains(&place.display().to_string()));
        assert!(app.opened().is_none());
        let appearance = engine::api::Appearance::Dark;
        assert_eq!(
            companies::set_appearance(&app, SetAppearance { appearance })
                .await
                .unwrap_err()
                .class,
            "storage"
        );
        companies::app_state(&app, Nothing {}).await.unwrap();
    }
}

#[tokio::test]
async fn what_closing_does_is_told_once_and_staying_is_no_answer() {
    use engine::api::{AnswerClosing, Closing};
    for (answer, told) in [
        (Closing::Stay, false),
        (Closing::KeepRunning, true),
        (Closing::Quit, true),
    ] {
        let bench = Bench::empty();
        let appearance = engine::api::Appearance::Dark;
        companies::set_appearance(&bench.app, SetAppearance { appearance })
            .await
            .unwrap();
        assert!(!companies::told_of_tray(&bench.app));
        companies::answer_closing(&bench.app, AnswerClosing { answer })
            .await
            .unwrap();
        // Another process of the same computer knows it too, and nothing else was forgotten.
        let another = bench.another();
        assert_eq!(companies::told_of_tray(&another.app), told, "{answer:?}");
        assert_eq!(companies::appearance(&another.app), appearance);
    }
}

#[tokio::test]
async fn the_demo_company_is_badged_and_refuses_real_connections() {
    let bench = Bench::empty();
    let company = demo::create(&bench.app, Nothing {}).await.unwrap();
    assert!(company.profile.demo);
    let error = bench.connect("real").await.err().unwrap();
    assert_eq!(error.code, "demo_company");
    let request = engine::api::SyncIntegration { ids: Vec::new() };
    engine::sync::sync(&bench.app, request, &silent())
        .await
        .unwrap();
    assert!(bench.verify().await.ok);
}
