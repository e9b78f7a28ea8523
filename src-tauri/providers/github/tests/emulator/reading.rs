//! What a sync reads, how often, and what it leaves out.

use crate::support::*;
use evidence::UnknownCode;
use github_emulator::{
    Company, Emulator, LEAKED_SECRET, Options, Plan, Product, Shape, Token, Visibility,
};
use provider_github::PROVIDER;
use provider_kit::{ErrorClass, Gathered, Provider};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

#[tokio::test]
async fn a_whole_sync_reads_every_dataset_once_and_only_reads() {
    let emulator = tidy();
    let session = open(&emulator).await;
    let company = emulator.company();
    assert_eq!(session.identity().id, company.id.to_string());
    assert_eq!(session.identity().name, company.login);
    for dataset in served() {
        let (_, result) = collect_with(session.as_ref(), dataset, &Arc::default()).await;
        let completeness = result.unwrap_or_else(|error| panic!("{}: {error:?}", dataset.id));
        assert!(
            completeness.complete || dataset.row_cap.is_some(),
            "{}: {completeness:?}",
            dataset.id
        );
    }
    let log = emulator.log();
    let different: BTreeSet<(&str, &str)> = log
        .iter()
        .map(|one| (one.path.as_str(), one.query.as_str()))
        .collect();
    assert!(
        log.len() * 10 <= different.len() * 11,
        "{} requests for {} questions",
        log.len(),
        different.len()
    );
    for request in &log {
        assert!(
            request.is_read_only(),
            "{} {}",
            request.method,
            request.path
        );
        assert_eq!(request.api_version.as_deref(), Some("2022-11-28"));
        assert!(request.user_agent.is_some());
        for never in ["/orgs/*/rulesets", "code-security/configurations"] {
            let org = never.replace('*', &company.login);
            assert!(!request.path.ends_with(&org), "{}", request.path);
        }
        assert!(
            matches!(request.status, 200 | 204 | 304 | 404 | 409 | 422),
            "{} {} {}",
            request.status,
            request.path,
            request.query
        );
    }
}

#[tokio::test]
async fn the_same_company_gives_the_same_pages_in_the_same_order_four_at_a_time() {
    let large = Shape {
        repos: 130,
        ..shape()
    };
    let emulator = Emulator::start(Company::tidy(&large), Options::default()).unwrap();
    let name = "branch_protection";
    let first = collect(open(&emulator).await.as_ref(), name)
        .await
        .unwrap()
        .0;
    let second = collect(open(&emulator).await.as_ref(), name)
        .await
        .unwrap()
        .0;
    assert_eq!(first.pages, second.pages);
    let used = emulator.company().repos;
    let used = used.iter().filter(|one| !one.archived && !one.fork).count();
    assert_eq!(first.pages.len(), used);
    assert!(
        emulator.peak_concurrency() <= 4,
        "{}",
        emulator.peak_concurrency()
    );
}

#[tokio::test]
async fn what_did_not_change_is_confirmed_and_evaluated_from_the_kept_bytes() {
    let emulator = tidy();
    let memory = Arc::default();
    let pages = |all: BTreeMap<&'static str, Gathered>| -> BTreeMap<&'static str, String> {
        all.into_iter()
            .filter_map(|(id, one)| match one {
                Gathered::Snapshot(records) => Some((id, records.snapshot.to_string())),
                Gathered::Missing(_) => None,
            })
            .collect()
    };
    let first = pages(everything(open(&emulator).await.as_ref(), "github", &memory).await);
    emulator.clear_log();
    let session = open(&emulator).await;
    let mut confirmed = 0;
    let mut second = BTreeMap::new();
    for dataset in served() {
        let (read, result) = collect_with(session.as_ref(), dataset, &memory).await;
        assert!(result.is_ok(), "{}", dataset.id);
        confirmed += read.confirmed;
        let digest = evidence::Digest::of_parts(read.pages.iter().map(|(_, body)| body.as_slice()));
        second.insert(dataset.id, digest.to_string());
    }
    assert_eq!(first, second);
    let log = emulator.log();
    let not_modified = log.iter().filter(|one| one.status == 304).count();
    assert!(confirmed > 100 && not_modified as u64 == confirmed);
    let whole = log.iter().filter(|one| one.status == 200).count();
    assert!(
        whole * 10 <= log.len(),
        "{whole} of {} sent whole",
        log.len()
    );

    // What changed comes whole.
    emulator.edit(|company| {
        let repo = company.repos.iter_mut().find(|one| one.counts()).unwrap();
        repo.keys
            .push(serde_json::json!({"id": 99, "title": "new", "read_only": false}));
    });
    let (read, _) = collect_with(
        open(&emulator).await.as_ref(),
        dataset("deploy_keys"),
        &memory,
    )
    .await;
    assert_eq!(read.confirmed + 1, read.pages.len() as u64);
}

#[tokio::test]
async fn no_secret_is_kept() {
    let emulator = Emulator::start(Company::new(&shape()), Options::default()).unwrap();
    let token = emulator.token();
    let session = open(&emulator).await;
    let mut secrets = 0;
    for dataset in served() {
        let (read, _) = collect_with(session.as_ref(), dataset, &Arc::default()).await;
        for (_, body) in &read.pages {
            let text = String::from_utf8_lossy(body);
            assert!(!text.contains(LEAKED_SECRET), "{}", dataset.id);
            assert!(!text.contains(&token), "{}", dataset.id);
        }
        if dataset.id == "github.secret_alerts" {
            secrets = read.rows;
        }
    }
    assert!(secrets > 0, "there were alerts to hide something of");
}

/// A server of version 3.17 has no parameter that hides the secret: it is removed all the same.
#[tokio::test]
async fn an_old_server_shows_secrets_and_none_is_kept() {
    let options = Options {
        product: Product::Server(17),
        ..Options::default()
    };
    let emulator = Emulator::start(Company::new(&shape()), options).unwrap();
    let session = open(&emulator).await;
    let datasets = everything(session.as_ref(), "ghes", &Arc::default()).await;
    let Some(Gathered::Snapshot(alerts)) = datasets.get("github.secret_alerts") else {
        panic!("no alerts");
    };
    let body = alerts.pages.body(0).unwrap();
    assert!(!String::from_utf8_lossy(&body).contains(LEAKED_SECRET));
    for (id, gathered) in &datasets {
        match gathered {
            Gathered::Snapshot(records) => assert!(
                records.completeness.complete || records.dataset.row_cap.is_some(),
                "{id}: {:?}",
                records.completeness
            ),
            // Version 3.17 does not know which second factors are weak.
            Gathered::Missing(reason) => assert_eq!(
                (*id, reason.code),
                ("github.members_insecure_2fa", UnknownCode::ServiceNotUsed)
            ),
        }
    }
    assert!(
        emulator
            .log()
            .iter()
            .all(|one| one.path.starts_with("/api/v3/"))
    );
}

#[tokio::test]
async fn a_free_plan_hides_protection_and_has_no_log() {
    let free = Shape {
        plan: Plan::Free,
        ..shape()
    };
    let emulator = Emulator::start(Company::tidy(&free), Options::default()).unwrap();
    let session = open(&emulator).await;
    for name in ["branch_protection", "branch_rules", "rulesets"] {
        let (read, completeness) = collect(session.as_ref(), name).await.unwrap();
        assert!(completeness.complete, "{name}: {completeness:?}");
        assert!(
            read.pages.iter().any(|(origin, _)| origin.status == 403),
            "{name}: that the plan hides it is an answer"
        );
    }
    for name in ["audit_log", "credential_authorizations"] {
        let error = failure(session.as_ref(), name).await;
        assert_eq!(
            error.reason().code,
            UnknownCode::LicenceMissing,
            "{name}: {error:?}"
        );
        assert!(error.why.contains("free"));
    }
}

#[tokio::test]
async fn one_repository_that_refuses_makes_its_own_part_unknown() {
    let emulator = tidy();
    let company = emulator.company();
    let name = &company.repos.iter().find(|one| one.counts()).unwrap().name;
    let session = open(&emulator).await;
    for (dataset, path) in [
        ("deploy_keys", "keys"),
        ("branch_protection", "branches"),
        ("repository_hooks", "hooks"),
        ("codeowners", "contents"),
        ("rulesets", "rulesets"),
    ] {
        let pattern = format!("/repos/*/{name}/{path}");
        emulator
            .faults()
            .set(&pattern, github_emulator::Fault::Forbidden);
        let (read, completeness) = collect(session.as_ref(), dataset).await.unwrap();
        emulator.faults().clear_all();
        let reason = completeness
            .reason
            .unwrap_or_else(|| panic!("{dataset} is whole"));
        assert_eq!(reason.code, UnknownCode::PermissionMissing);
        assert!(
            reason.detail.contains(&format!("/{name}:")),
            "{}",
            reason.detail
        );
        assert!(read.pages.len() > 3, "the others are there");
    }
}

#[tokio::test]
async fn a_token_for_some_repositories_takes_no_hidden_one_for_switched_off() {
    let emulator = tidy();
    let mut token = Token::fine_grained("11SOME0REPOSITORIES");
    let company = emulator.company();
    let shown: Vec<String> = company
        .repos
        .iter()
        .filter(|one| one.counts())
        .take(3)
        .map(|one| one.name.clone())
        .collect();
    token.repositories = github_emulator::Selection::Named(shown.clone());
    let secret = emulator.add_token(token);
    let connection = connection(&emulator, |it| {
        it.secrets.insert("token".to_owned(), secret.into());
    });
    let session = PROVIDER.sign_in(connection).await.unwrap();
    let (read, _) = collect(session.as_ref(), "vulnerability_alerts")
        .await
        .unwrap();
    for (origin, _) in &read.pages {
        let name = origin
            .subject
            .as_deref()
            .unwrap()
            .split_once('/')
            .unwrap()
            .1;
        assert_eq!(origin.status, 204, "{name}");
    }
    // A repository that the list names and that then is not found is not one without alerts.
    let hidden = &shown[0];
    let pattern = format!("/repos/*/{hidden}");
    emulator
        .faults()
        .set(&pattern, github_emulator::Fault::NotFound);
    let connection = crate::support::connection(&emulator, |_| {});
    let session = PROVIDER.sign_in(connection).await.unwrap();
    for name in ["vulnerability_alerts", "codeowners", "immutable_releases"] {
        let (read, completeness) = collect(session.as_ref(), name).await.unwrap();
        assert!(!completeness.complete, "{name}");
        let about = |origin: &provider_kit::Origin| {
            let subject = origin.subject.clone().unwrap_or_default();
            subject
                .split([':', '#'])
                .next()
                .unwrap()
                .ends_with(&format!("/{hidden}"))
        };
        assert!(
            !read.pages.iter().any(|(origin, _)| about(origin)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn what_only_an_owner_sees_is_refused_by_name_to_others() {
    let emulator = tidy();
    let login = emulator
        .company()
        .members
        .iter()
        .find(|one| !one.owner)
        .unwrap()
        .login
        .clone();
    let secret = emulator.add_token(Token::fine_grained("11A0MEMBERS0TOKEN").of_member(&login));
    let connection = connection(&emulator, |it| {
        it.secrets.insert("token".to_owned(), secret.into());
    });
    let session = PROVIDER.sign_in(connection).await.unwrap();
    let error = failure(session.as_ref(), "members_without_2fa").await;
    assert_eq!(error.class, ErrorClass::Permission, "{error:?}");
    assert!(
        error.why.contains("owner") && error.fix.contains("owner"),
        "{error:?}"
    );
    assert!(collect(session.as_ref(), "repositories").await.is_ok());
}

#[tokio::test]
async fn archived_repositories_and_forks_cost_nothing() {
    let emulator = tidy();
    let company = emulator.company();
    assert!(
        company.repos.iter().any(|one| one.archived) && company.repos.iter().any(|one| one.fork)
    );
    everything(open(&emulator).await.as_ref(), "github", &Arc::default()).await;
    for repo in company.repos.iter().filter(|one| one.archived || one.fork) {
        let part = format!("/repos/{}/{}/", company.login, repo.name);
        let asked = emulator
            .log()
            .into_iter()
            .find(|one| one.path.starts_with(&part));
        assert!(asked.is_none(), "{asked:?}");
    }
    let public = company
        .repos
        .iter()
        .filter(|one| one.visibility == Visibility::Public);
    let asked = emulator
        .log()
        .iter()
        .filter(|one| one.path.ends_with("/fork-pr-contributor-approval"))
        .count();
    assert_eq!(asked, public.count());
}
