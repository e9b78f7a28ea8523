//! What holds of all checks at once, on the two cases of fixtures.
#![allow(clippy::unwrap_used)]

use super::testing::Org;
use crate::datasets::BRANCH_PROTECTION;
use evidence::{Completeness, Outcome, UnknownCode};
use provider_kit::{Check, Dataset, Manifest, conformance};
use std::collections::{BTreeMap, BTreeSet};

/// Datasets without which a check can pass, because another one decides.
const OPTIONAL: &[(&str, &str)] = &[
    (
        "github.org.outside_reviewed",
        "github.repository_outside_collaborators",
    ),
    ("github.org.new_repo_defaults", "github.repositories"),
    ("github.org.new_repo_defaults", "github.repository_settings"),
    (
        "github.org.new_repo_defaults",
        "github.vulnerability_alerts",
    ),
    (
        "github.actions.token_read_only",
        "github.repository_workflow_permissions",
    ),
    ("github.repo.security_updates", "github.repository_settings"),
    ("github.repo.code_scanning", "github.code_alerts"),
];

fn needed() -> impl Iterator<Item = (&'static Check, &'static Dataset)> {
    super::ALL.iter().flat_map(|check| {
        let needs = |dataset: &&&'static Dataset| {
            check.datasets.contains(&dataset.id) && !OPTIONAL.contains(&(check.id, dataset.id))
        };
        let datasets = crate::datasets::ALL.iter().filter(needs);
        datasets
            .map(move |dataset| (*check, *dataset))
            .collect::<Vec<_>>()
    })
}

#[test]
fn what_a_check_needs_and_was_refused_makes_it_unknown_for_that_reason() {
    let good = Org::case("good");
    for (check, dataset) in needed() {
        let says = good.clone().without(dataset).says(check);
        let expected = (Outcome::Unknown, Some(UnknownCode::PermissionMissing));
        assert_eq!(says, expected, "{} without {}", check.id, dataset.id);
    }
}

#[test]
fn half_of_what_a_check_needs_passes_nothing() {
    // An entry that was read is there, however long the log is; so is a group, a public repository, and a ruleset. Of
    // outside collaborators it only matters that they could be read.
    let shown = [
        ("github.actions.runners", "github.repositories"),
        ("github.repo.deploy_keys", "github.outside_collaborators"),
        ("github.org.audit_log", "github.audit_log"),
        ("github.actions.runners", "github.runner_groups"),
        ("github.branch.no_bypass", "github.rulesets"),
    ];
    let good = Org::case("good");
    for (check, dataset) in needed() {
        if shown.contains(&(check.id, dataset.id)) {
            continue;
        }
        let says = good.clone().halved(dataset).says(check);
        let expected = (Outcome::Unknown, Some(UnknownCode::Partial));
        assert_eq!(says, expected, "{} with half of {}", check.id, dataset.id);
    }
}

#[test]
fn a_repository_without_its_answer_is_unknown_although_nothing_is_said_to_be_missing() {
    let cases = conformance::load(&crate::PROVIDER, env!("CARGO_MANIFEST_DIR")).unwrap();
    let case = cases.into_iter().find(|case| case.name == "good").unwrap();
    let good = Org::case("good");
    let mut looked = 0;
    for (check, dataset) in needed() {
        let pages = &case.pages[dataset.id];
        if pages.iter().any(|(origin, _)| origin.subject.is_none()) {
            continue;
        }
        looked += 1;
        let says = good.clone().about(dataset, &[]).says(check);
        let expected = (Outcome::Unknown, Some(UnknownCode::NotCollected));
        assert_eq!(
            says, expected,
            "{} without answers of {}",
            check.id, dataset.id
        );
        // Rules protect the second repository, whatever classic protection does.
        if dataset.id == BRANCH_PROTECTION.id {
            continue;
        }
        // The last page only: the file that is there, the details of the ruleset, the second repository.
        let mut rest = pages.clone();
        rest.pop();
        let says = good
            .clone()
            .pages(dataset, rest, Completeness::complete())
            .says(check);
        assert_eq!(
            says.0,
            Outcome::Unknown,
            "{} without the last answer of {}",
            check.id,
            dataset.id
        );
    }
    assert!(looked > 30, "{looked}");
}

#[test]
fn the_good_case_passes_and_what_is_optional_is() {
    let good = Org::case("good");
    // It has a public repository, and runners of single repositories are not read.
    let runners = super::actions_runners::CHECK.id;
    assert_eq!(
        good.says(&super::actions_runners::CHECK),
        (
            Outcome::Unknown,
            Some(evidence::UnknownCode::NeedsJudgement)
        )
    );
    for check in super::ALL.iter().filter(|check| check.id != runners) {
        assert_eq!(
            good.told(check),
            (Outcome::Pass, vec![]),
            "{} on the good case",
            check.id
        );
    }
    for (check, dataset) in OPTIONAL {
        let check = super::ALL.iter().find(|one| one.id == *check).unwrap();
        let dataset = crate::datasets::ALL
            .iter()
            .find(|one| one.id == *dataset)
            .unwrap();
        let says = good.clone().without(dataset).says(check);
        assert_eq!(
            says,
            (Outcome::Pass, None),
            "{} without {}",
            check.id,
            dataset.id
        );
    }
}

#[test]
fn the_fifty_checks_are_those_of_the_notes_in_their_order() {
    let aliases: Vec<&str> = super::ALL.iter().map(|check| check.alias).collect();
    let expected: Vec<String> = (1..=50).map(|n| format!("GITHUB-{n}")).collect();
    assert_eq!(aliases, expected);
    let used: BTreeSet<&str> = super::ALL
        .iter()
        .flat_map(|check| check.parameters)
        .copied()
        .collect();
    let manifest = Manifest::parse(include_str!("../../provider.toml")).unwrap();
    for parameter in &manifest.parameters {
        assert!(
            used.contains(parameter.key.as_str()),
            "nothing reads {}",
            parameter.key
        );
    }
}

fn expected() -> BTreeMap<&'static str, Vec<String>> {
    let table: &[(&str, &[&str])] = &[
        ("github.actions.allowed", &["organization"]),
        ("github.actions.fork_approval", &["harborlight-example/web"]),
        ("github.actions.no_self_approval", &["organization"]),
        ("github.actions.runners", &["build-1"]),
        ("github.actions.sha_pinning", &["organization"]),
        (
            "github.actions.token_read_only",
            &["organization", "harborlight-example/erp"],
        ),
        (
            "github.branch.codeowners",
            &[
                "harborlight-example/erp",
                "harborlight-example/web",
                "harborlight-example/tools",
            ],
        ),
        (
            "github.branch.conversations",
            &[
                "harborlight-example/erp",
                "harborlight-example/web",
                "harborlight-example/tools",
            ],
        ),
        (
            "github.branch.dismiss_stale",
            &["harborlight-example/erp", "harborlight-example/web"],
        ),
        (
            "github.branch.no_bypass",
            &[
                "harborlight-example/erp",
                "harborlight-example/web",
                "harborlight-example/tools",
            ],
        ),
        (
            "github.branch.no_deletion",
            &[
                "harborlight-example/erp",
                "harborlight-example/web",
                "harborlight-example/tools",
            ],
        ),
        (
            "github.branch.no_force_push",
            &[
                "harborlight-example/erp",
                "harborlight-example/web",
                "harborlight-example/tools",
            ],
        ),
        ("github.branch.protected", &["harborlight-example/tools"]),
        (
            "github.branch.reviews",
            &[
                "harborlight-example/erp",
                "harborlight-example/web",
                "harborlight-example/tools",
            ],
        ),
        (
            "github.branch.signed",
            &[
                "harborlight-example/erp",
                "harborlight-example/web",
                "harborlight-example/tools",
            ],
        ),
        (
            "github.branch.status_checks",
            &[
                "harborlight-example/erp",
                "harborlight-example/web",
                "harborlight-example/tools",
            ],
        ),
        (
            "github.org.apps_reviewed",
            &["harborlight-ci", "old-helper"],
        ),
        ("github.org.audit_log", &["audit log"]),
        ("github.org.base_permission", &["harborlight-example"]),
        ("github.org.invite_outside", &["harborlight-example"]),
        ("github.org.members_2fa", &["mokafor"]),
        ("github.org.members_2fa_insecure", &["owner-a"]),
        ("github.org.mfa_required", &["harborlight-example"]),
        ("github.org.new_repo_defaults", &["harborlight-example"]),
        ("github.org.outside_2fa", &["kim-ext"]),
        ("github.org.outside_reviewed", &["kim-ext"]),
        ("github.org.owners_limited", &["owners"]),
        ("github.org.private_forks", &["harborlight-example"]),
        ("github.org.public_pages", &["harborlight-example"]),
        ("github.org.repo_creation", &["harborlight-example"]),
        ("github.org.repo_deletion", &["harborlight-example"]),
        (
            "github.org.webhooks_secure",
            &[
                "organization, webhook 4001",
                "harborlight-example/erp, webhook 4002",
            ],
        ),
        (
            "github.repo.admin_collaborators",
            &["kim-ext in harborlight-example/erp"],
        ),
        ("github.repo.code_alerts", &["harborlight-example/erp#7"]),
        (
            "github.repo.code_scanning",
            &[
                "harborlight-example/web",
                "harborlight-example/tools",
                "harborlight-example/plans",
            ],
        ),
        (
            "github.repo.dependabot_alerts",
            &["harborlight-example/web"],
        ),
        (
            "github.repo.dependabot_overdue",
            &["harborlight-example/erp#12", "harborlight-example/tools#13"],
        ),
        (
            "github.repo.deploy_keys",
            &[
                "build server in harborlight-example/erp",
                "copy of 2025 in harborlight-example/erp",
            ],
        ),
        ("github.repo.public_approved", &["harborlight-example/web"]),
        (
            "github.repo.push_protection",
            &[
                "harborlight-example/erp",
                "harborlight-example/web",
                "harborlight-example/tools",
                "harborlight-example/plans",
            ],
        ),
        (
            "github.repo.secret_alerts",
            &["harborlight-example/web#4", "harborlight-example/web#5"],
        ),
        (
            "github.repo.secret_scanning",
            &[
                "harborlight-example/erp",
                "harborlight-example/tools",
                "harborlight-example/plans",
            ],
        ),
        ("github.repo.security_md", &["harborlight-example/web"]),
        (
            "github.repo.security_updates",
            &[
                "harborlight-example/erp",
                "harborlight-example/web",
                "harborlight-example/tools",
                "harborlight-example/plans",
            ],
        ),
    ];
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    table.iter().map(|(id, of)| (*id, names(of))).collect()
}

#[test]
fn the_mixed_case_fails_what_it_is_made_to_fail() {
    let mixed = Org::case("mixed");
    let failing: BTreeMap<&str, Vec<String>> = super::ALL
        .iter()
        .filter_map(|check| {
            let verdict = mixed.judge(check);
            let failing = verdict.resources.into_iter();
            let failing = failing.filter(|resource| resource.outcome == Outcome::Fail);
            let names = failing.map(|resource| resource.name).collect();
            (verdict.outcome == Outcome::Fail).then_some((check.id, names))
        })
        .collect();
    assert_eq!(failing, expected());
    // Information, and what GitHub shows to nobody who only reads, fails nowhere.
    let unknown = super::ALL
        .iter()
        .filter(|check| !failing.contains_key(check.id));
    let unknown: Vec<&str> = unknown.map(|check| check.id).collect();
    assert_eq!(
        unknown,
        [
            "github.org.verified_domain",
            "github.org.stale_invites",
            "github.repo.inactive_archived",
            "github.branch.linear",
            "github.repo.delete_on_merge",
            "github.repo.immutable_releases",
        ]
    );
    for id in unknown {
        let check = super::ALL.iter().find(|check| check.id == id).unwrap();
        let says = mixed.says(check);
        assert_eq!(
            says,
            (Outcome::Unknown, Some(UnknownCode::NeedsJudgement)),
            "{id}"
        );
    }
}
