#![allow(clippy::unwrap_used)]

use super::*;

fn shape() -> Shape {
    Shape {
        now: "2026-11-20T12:00:00Z".parse().unwrap(),
        ..Shape::default()
    }
}

#[test]
fn the_same_shape_gives_the_same_company_and_another_seed_another() {
    assert_eq!(Company::new(&shape()), Company::new(&shape()));
    let other = Company::new(&Shape { seed: 2, ..shape() });
    assert_ne!(Company::new(&shape()), other);
}

#[test]
fn sizes_are_exact_and_ids_distinct() {
    for (members, repos) in [(1, 1), (2, 2), (9, 12), (1_000, 300)] {
        let company = Company::new(&Shape {
            members,
            repos,
            ..shape()
        });
        assert_eq!(
            (company.members.len(), company.repos.len()),
            (members, repos)
        );
        let logins: std::collections::HashSet<&str> = company
            .members
            .iter()
            .map(|person| person.login.as_str())
            .collect();
        assert_eq!(logins.len(), members);
        let names: std::collections::HashSet<&str> = company
            .repos
            .iter()
            .map(|repo| repo.name.as_str())
            .collect();
        assert_eq!(names.len(), repos);
    }
}

#[test]
fn there_are_fifty_flaws_and_each_changes_the_tidy_company() {
    let tidy = Company::tidy(&shape());
    let checks: std::collections::HashSet<&str> = Company::flaws().collect();
    assert_eq!((checks.len(), Company::flaws().count()), (50, 50));
    for check in Company::flaws() {
        let mut spoiled = tidy.clone();
        assert!(spoiled.spoil(check));
        assert_ne!(spoiled, tidy, "{check}");
    }
    assert!(!tidy.clone().spoil("github.org.nonsense"));
}

#[test]
fn every_kind_of_repository_and_both_kinds_of_protection_are_there() {
    let company = Company::tidy(&Shape {
        public: 1,
        ..shape()
    });
    let any = |test: fn(&Repo) -> bool| company.repos.iter().any(test);
    assert!(any(|repo| repo.visibility == Visibility::Public));
    assert!(any(|repo| repo.visibility == Visibility::Internal));
    assert!(any(|repo| repo.archived) && any(|repo| repo.fork) && any(|repo| repo.empty));
    assert!(any(
        |repo| repo.protection.is_some() && repo.rules.is_empty()
    ));
    assert!(any(
        |repo| repo.protection.is_none() && !repo.rules.is_empty()
    ));
    assert!(any(|repo| !repo.keys.is_empty()) && any(|repo| !repo.hooks.is_empty()));
    assert!(any(|repo| !repo.outside.is_empty()) && any(|repo| !repo.direct.is_empty()));
}
