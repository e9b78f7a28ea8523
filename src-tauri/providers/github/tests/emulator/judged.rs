//! From GitHub's answers to findings: every check passes for a tidy company, and none for a careless one.

use crate::support::*;
use evidence::{Outcome, Timestamp};
use github_emulator::{Company, Emulator, Options, Shape};
use provider_github::PROVIDER;
use provider_kit::{Gathered, Provider};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

async fn gathered(company: Company) -> (BTreeMap<&'static str, Gathered>, Timestamp) {
    let now = Timestamp::from_datetime(company.now);
    let emulator = Emulator::start(company, Options::default()).unwrap();
    let session = open(&emulator).await;
    (
        everything(session.as_ref(), "github", &Arc::default()).await,
        now,
    )
}

/// As nobody public is approved, there is none.
fn closed() -> Shape {
    Shape::default()
}

/// What this company approved: its apps.
fn approved_apps(company: &Company) -> (&'static str, Value) {
    let apps: Vec<&str> = company
        .installations
        .iter()
        .filter_map(|one| one["app_slug"].as_str())
        .collect();
    ("github.approved_apps", json!(apps))
}

/// And everybody from outside.
fn approved_external(company: &Company) -> (&'static str, Value) {
    let outside: Vec<&str> = company
        .outside
        .iter()
        .map(|one| one.login.as_str())
        .collect();
    ("github.approved_external", json!(outside))
}

#[tokio::test]
async fn nothing_fails_in_a_tidy_company() {
    let company = Company::tidy(&closed());
    let parameters = [approved_apps(&company), approved_external(&company)];
    let (datasets, now) = gathered(company).await;
    let mut unknown = Vec::new();
    for check in PROVIDER.checks() {
        let verdict = judge(&datasets, now, &parameters, check);
        assert_ne!(verdict.outcome, Outcome::Fail, "{}: {verdict:?}", check.id);
        if verdict.outcome == Outcome::Unknown {
            unknown.push(check.id);
        }
    }
    // What only a token that may write is shown.
    let hidden = ["github.branch.no_bypass", "github.repo.delete_on_merge"];
    unknown.retain(|id| !hidden.contains(id));
    assert_eq!(unknown, [""; 0]);
}

#[tokio::test]
async fn every_flaw_is_found_by_its_check() {
    let mut passing = Vec::new();
    for id in Company::flaws() {
        let mut company = Company::tidy(&closed());
        let parameters = [approved_apps(&company)];
        company.spoil(id);
        // What this check reads, as collecting for one control does.
        let now = Timestamp::from_datetime(company.now);
        let emulator = Emulator::start(company, Options::default()).unwrap();
        let session = open(&emulator).await;
        let wanted = served().filter(|dataset| check(id).datasets.contains(&dataset.id));
        let datasets = gather(session.as_ref(), wanted, &Arc::default()).await;
        let verdict = judge(&datasets, now, &parameters, check(id));
        if verdict.outcome == Outcome::Pass {
            passing.push(id);
        }
    }
    assert_eq!(passing, [""; 0]);
}

#[tokio::test]
async fn a_careless_company_passes_no_check_that_a_flaw_belongs_to() {
    let tidy = Company::tidy(&closed());
    let parameters = [approved_apps(&tidy)];
    let (datasets, now) = gathered(Company::new(&closed())).await;
    for id in Company::flaws() {
        let verdict = judge(&datasets, now, &parameters, check(id));
        assert_ne!(verdict.outcome, Outcome::Pass, "{id}: {verdict:?}");
    }
}
