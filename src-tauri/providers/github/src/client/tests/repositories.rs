//! What is asked about repositories, and what counts as an answer.

use super::*;

#[tokio::test]
async fn the_organization_and_the_list_are_read_once() {
    let github = GitHub::with(&[repository("erp"), repository("web")]).await;
    for name in ["erp", "web"] {
        let keys = format!("/repos/acme/{name}/keys");
        github.get(&keys, body(200, &json!([]))).await;
    }
    let session = github.open().await;
    assert_eq!(session.identity().id, "42");
    assert_eq!(session.identity().name, "acme");
    let (keys, completeness) = collect(&session, "deploy_keys").await.unwrap();
    assert!(completeness.complete);
    assert_eq!(keys.subjects(), [("acme/erp", 200), ("acme/web", 200)]);
    let (list, _) = collect(&session, "repositories").await.unwrap();
    assert_eq!(list.rows, 2);
    let (organization, _) = collect(&session, "organization").await.unwrap();
    assert_eq!(organization.rows, 1);
    assert_eq!(github.asked("/orgs/acme/repos").await, 1);
    assert_eq!(github.asked("/orgs/acme").await, 1);
}

#[tokio::test]
async fn archived_repositories_and_forks_are_not_asked_about() {
    let github = GitHub::with(&[
        with(repository("old"), "archived", json!(true)),
        with(repository("copy"), "fork", json!(true)),
    ])
    .await;
    let (taken, completeness) = github.collect("deploy_keys").await.unwrap();
    assert!(completeness.complete && taken.pages.is_empty());
    assert_eq!(github.asked("/repos/acme/old/keys").await, 0);
}

#[tokio::test]
async fn pages_come_in_the_order_of_the_list_however_long_each_takes() {
    let names: Vec<String> = (0..12).map(|n| format!("r{n:02}")).collect();
    let all: Vec<Value> = names.iter().map(|name| repository(name)).collect();
    let github = GitHub::with(&all).await;
    for (at, name) in names.iter().enumerate() {
        let wait = std::time::Duration::from_millis(if at % 4 == 0 { 40 } else { 1 });
        let reply = body(200, &json!([])).set_delay(wait);
        github.get(&format!("/repos/acme/{name}/keys"), reply).await;
    }
    let (taken, _) = github.collect("deploy_keys").await.unwrap();
    let subjects: Vec<&str> = taken.subjects().into_iter().map(|(one, _)| one).collect();
    let expected: Vec<String> = names.iter().map(|name| format!("acme/{name}")).collect();
    assert_eq!(subjects, expected);
}

#[tokio::test]
async fn what_is_documented_to_mean_off_is_an_answer_and_a_refusal_leaves_a_gap() {
    let github = GitHub::with(&[
        repository("a"),
        repository("b"),
        repository("c"),
        repository("d"),
    ])
    .await;
    let at = |name: &str| format!("/repos/acme/{name}/branches/main/protection");
    github
        .get(&at("a"), message(404, "Branch not protected"))
        .await;
    github
        .get(
            &at("b"),
            message(
                403,
                "Upgrade to GitHub Pro or make this repository public to enable this feature.",
            ),
        )
        .await;
    github.get(&at("c"), message(404, "Not Found")).await;
    github
        .get(
            &at("d"),
            body(200, &json!({"enforce_admins": {"enabled": true}})),
        )
        .await;
    let (taken, completeness) = github.collect("branch_protection").await.unwrap();
    assert_eq!(
        taken.subjects(),
        [("acme/a", 404), ("acme/b", 403), ("acme/d", 200)]
    );
    let reason = completeness.reason.unwrap();
    assert_eq!(reason.code, UnknownCode::PermissionMissing);
    assert!(reason.detail.contains("acme/c"), "{}", reason.detail);
}

#[tokio::test]
async fn a_bare_not_found_counts_only_for_a_repository_that_is_shown() {
    let github = GitHub::with(&[
        repository("on"),
        repository("off"),
        repository("hidden"),
        with(repository("theirs"), "permissions", json!({"admin": false})),
    ])
    .await;
    let at = |name: &str| format!("/repos/acme/{name}/vulnerability-alerts");
    github.get(&at("on"), ResponseTemplate::new(204)).await;
    for name in ["off", "hidden", "theirs"] {
        github.get(&at(name), ResponseTemplate::new(404)).await;
    }
    for name in ["off", "theirs"] {
        github
            .get(&format!("/repos/acme/{name}"), body(200, &repository(name)))
            .await;
    }
    let session = github.open().await;
    let (taken, completeness) = collect(&session, "vulnerability_alerts").await.unwrap();
    assert_eq!(taken.subjects(), [("acme/on", 204), ("acme/off", 404)]);
    let reason = completeness.reason.unwrap();
    assert!(
        reason.detail.contains("acme/hidden, acme/theirs"),
        "{}",
        reason.detail
    );
    // What was found out once is not asked again.
    github
        .get(
            "/repos/acme/off/immutable-releases",
            message(404, "Not Found"),
        )
        .await;
    let (taken, _) = collect(&session, "immutable_releases").await.unwrap();
    assert!(taken.subjects().contains(&("acme/off", 404)));
    assert_eq!(github.asked("/repos/acme/off").await, 1);
    assert_eq!(github.asked("/repos/acme/on").await, 0, "it had answered");
}

#[tokio::test]
async fn files_are_looked_for_in_their_order_and_no_further_than_needed() {
    let github = GitHub::with(&[repository("a"), repository("b")]).await;
    for name in ["a", "b"] {
        github
            .get(&format!("/repos/acme/{name}"), body(200, &repository(name)))
            .await;
        github
            .get(
                &format!("/repos/acme/{name}/contents/.github/CODEOWNERS"),
                message(404, "Not Found"),
            )
            .await;
    }
    let file = json!({"type": "file", "path": "CODEOWNERS"});
    github
        .get("/repos/acme/a/contents/CODEOWNERS", body(200, &file))
        .await;
    for place in ["", "docs/"] {
        github
            .get(
                &format!("/repos/acme/b/contents/{place}CODEOWNERS"),
                message(404, "Not Found"),
            )
            .await;
    }
    let (taken, completeness) = github.collect("codeowners").await.unwrap();
    assert!(completeness.complete, "{completeness:?}");
    assert_eq!(
        taken.subjects(),
        [
            ("acme/a:.github/CODEOWNERS", 404),
            ("acme/a:CODEOWNERS", 200),
            ("acme/b:.github/CODEOWNERS", 404),
            ("acme/b:CODEOWNERS", 404),
            ("acme/b:docs/CODEOWNERS", 404),
        ]
    );
    assert_eq!(
        github.asked("/repos/acme/a/contents/docs/CODEOWNERS").await,
        0
    );
}

#[tokio::test]
async fn the_organizations_own_policy_stands_in_where_a_public_repository_has_none() {
    let public = |name: &str| with(repository(name), "visibility", json!("public"));
    let github = GitHub::with(&[
        with(public(".github"), "fork", json!(true)),
        public("a"),
        repository("secret"),
    ])
    .await;
    for name in ["a", ".github"] {
        github
            .get(&format!("/repos/acme/{name}"), body(200, &public(name)))
            .await;
        for place in ["", ".github/", "docs/"] {
            github
                .get(
                    &format!("/repos/acme/{name}/contents/{place}SECURITY.md"),
                    message(404, "Not Found"),
                )
                .await;
        }
    }
    let (taken, completeness) = github.collect("security_policies").await.unwrap();
    assert!(completeness.complete);
    let subjects = taken.subjects();
    assert_eq!(subjects.len(), 6);
    assert!(
        subjects[..3]
            .iter()
            .all(|(one, _)| one.starts_with("acme/a:"))
    );
    assert!(
        subjects[3..]
            .iter()
            .all(|(one, status)| one.starts_with("acme/.github:") && *status == 404)
    );
    assert_eq!(
        github
            .asked("/repos/acme/secret/contents/SECURITY.md")
            .await,
        0
    );
}

#[tokio::test]
async fn a_ruleset_of_the_organization_is_asked_for_once() {
    let github = GitHub::with(&[repository("a"), repository("b")]).await;
    let shared = json!({"id": 9, "name": "All", "source_type": "Organization"});
    let own = json!({"id": 5, "name": "Own", "source_type": "Repository"});
    github
        .get("/repos/acme/a/rulesets", body(200, &json!([shared])))
        .await;
    github
        .get("/repos/acme/b/rulesets", body(200, &json!([shared, own])))
        .await;
    github
        .get("/repos/acme/a/rulesets/9", body(200, &shared))
        .await;
    github
        .get("/repos/acme/b/rulesets/5", body(200, &own))
        .await;
    let (taken, completeness) = github.collect("rulesets").await.unwrap();
    assert!(completeness.complete);
    assert_eq!(
        taken.subjects(),
        [
            ("acme/a", 200),
            ("acme/b", 200),
            ("acme/a#9", 200),
            ("acme/b#5", 200)
        ]
    );
    assert_eq!(github.asked("/repos/acme/b/rulesets/9").await, 0);
}

#[tokio::test]
async fn workflow_permissions_of_repositories_are_asked_where_the_organization_does_not_say() {
    let github = GitHub::with(&[repository("a")]).await;
    let at = "/orgs/acme/actions/permissions/workflow";
    let said = json!({"default_workflow_permissions": "read"});
    github.get(at, body(200, &said)).await;
    let session = github.open().await;
    let (none, completeness) = collect(&session, "repository_workflow_permissions")
        .await
        .unwrap();
    assert!(completeness.complete && none.pages.is_empty());
    assert_eq!(
        collect(&session, "actions_workflow").await.unwrap().0.rows,
        1
    );
    assert_eq!(github.asked(at).await, 1);

    let github = GitHub::with(&[repository("a")]).await;
    let refused = message(403, "Resource not accessible by personal access token");
    github.get(at, refused).await;
    github
        .get(
            "/repos/acme/a/actions/permissions/workflow",
            body(200, &said),
        )
        .await;
    let session = github.open().await;
    let error = collect(&session, "actions_workflow").await.err().unwrap();
    assert_eq!(error.class, ErrorClass::Permission);
    let (one, _) = collect(&session, "repository_workflow_permissions")
        .await
        .unwrap();
    assert_eq!(one.subjects(), [("acme/a", 200)]);
    assert_eq!(github.asked(at).await, 1);
}

#[tokio::test]
async fn dependency_alerts_come_from_the_repositories_where_the_organization_refuses() {
    let github = GitHub::with(&[repository("a"), repository("b")]).await;
    github
        .get(
            "/orgs/acme/dependabot/alerts",
            message(403, "Resource not accessible by personal access token"),
        )
        .await;
    github
        .get(
            "/repos/acme/a/dependabot/alerts",
            body(200, &json!([{"number": 1}])),
        )
        .await;
    github
        .get(
            "/repos/acme/b/dependabot/alerts",
            message(403, "Dependabot alerts are disabled for this repository."),
        )
        .await;
    let (taken, completeness) = github.collect("dependabot_alerts").await.unwrap();
    assert!(completeness.complete);
    assert_eq!(taken.subjects(), [("acme/a", 200), ("acme/b", 403)]);
}

#[tokio::test]
async fn both_severities_of_code_alerts_are_read_and_analyses_where_the_setup_is_off() {
    let github = GitHub::with(&[repository("a"), repository("b")]).await;
    for (severity, number) in [("critical", 1), ("high", 2)] {
        Mock::given(path("/orgs/acme/code-scanning/alerts"))
            .and(query_param("severity", severity))
            .respond_with(body(200, &json!([{"number": number}])))
            .mount(&github.0)
            .await;
    }
    let (taken, _) = github.collect("code_alerts").await.unwrap();
    assert_eq!((taken.pages.len(), taken.rows), (2, 2));

    let setup = |state: &str| body(200, &json!({"state": state}));
    github
        .get(
            "/repos/acme/a/code-scanning/default-setup",
            setup("configured"),
        )
        .await;
    github
        .get(
            "/repos/acme/b/code-scanning/default-setup",
            setup("not-configured"),
        )
        .await;
    github
        .get(
            "/repos/acme/b/code-scanning/analyses",
            message(404, "no analysis found"),
        )
        .await;
    let (taken, completeness) = github.collect("code_scanning_setup").await.unwrap();
    assert!(completeness.complete);
    assert_eq!(
        taken.subjects(),
        [("acme/a", 200), ("acme/b", 200), ("acme/b:analyses", 404)]
    );
}

#[tokio::test]
async fn repositories_that_a_token_was_not_given_are_missed() {
    for (public, private, whole) in [(0, 2, true), (0, 3, false), (1, 2, false)] {
        let github = GitHub(MockServer::start().await);
        let organization = json!({"login": "acme", "id": 42, "public_repos": public, "total_private_repos": private});
        github.get("/orgs/acme", body(200, &organization)).await;
        let list = json!([repository("erp"), repository("site")]);
        github.get("/orgs/acme/repos", body(200, &list)).await;
        for name in ["repositories", "deploy_keys"] {
            for one in ["erp", "site"] {
                let at = format!("/repos/acme/{one}/keys");
                github.get(&at, body(200, &json!([]))).await;
            }
            let (_, completeness) = github.collect(name).await.unwrap();
            let code = completeness.reason.map(|reason| reason.code);
            let expected = (!whole).then_some(UnknownCode::PermissionMissing);
            assert_eq!(code, expected, "{name} {public} {private}");
        }
    }
}

#[tokio::test]
async fn not_found_says_nothing_where_administering_is_not_told() {
    let silent = with(repository("erp"), "permissions", json!(null));
    let github = GitHub::with(&[silent]).await;
    github
        .get("/repos/acme/erp", body(200, &json!({"id": 3})))
        .await;
    let at = "/repos/acme/erp/vulnerability-alerts";
    github.get(at, message(404, "Not Found")).await;
    assert!(github.collect("vulnerability_alerts").await.is_err());
}
