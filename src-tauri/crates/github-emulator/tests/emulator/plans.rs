//! What depends on the plan, on licences, and on the product.

use github_emulator::{Company, Options, Plan, Product, Shape};

use super::{Bench, shape};

fn with_plan(plan: Plan) -> Bench {
    let shape = Shape { plan, ..shape() };
    Bench::new(Company::tidy(&shape), Options::default())
}

#[tokio::test]
async fn a_free_plan_protects_public_repositories_only() {
    let bench = with_plan(Plan::Free);
    for path in [
        "branches/main/protection",
        "rules/branches/main",
        "rulesets?includes_parents=true",
    ] {
        let (status, message, _) = bench
            .ask(&format!("repos/harborpoint-example/erp/{path}"))
            .await;
        assert_eq!(status, 403, "{path}");
        assert_eq!(
            message,
            "Upgrade to GitHub Pro or make this repository public to enable this feature."
        );
        let path = path.replace("branches/main/protection", "rules/branches/main");
        let path = format!("repos/harborpoint-example/website/{path}");
        assert_eq!(bench.ask(&path).await.0, 200, "{path}");
    }
    let team = with_plan(Plan::Team);
    let path = "repos/harborpoint-example/erp/branches/main/protection";
    assert_eq!(team.ask(path).await.0, 200);
}

#[tokio::test]
async fn the_audit_log_and_single_sign_on_are_for_enterprises() {
    for (plan, status) in [
        (Plan::Free, 404),
        (Plan::Team, 404),
        (Plan::Enterprise, 200),
    ] {
        let bench = with_plan(plan);
        for path in ["audit-log", "credential-authorizations"] {
            let path = format!("orgs/harborpoint-example/{path}");
            assert_eq!(bench.ask(&path).await.0, status, "{plan:?} {path}");
        }
        let (_, _, org) = bench.ask("orgs/harborpoint-example").await;
        let name = format!("{plan:?}").to_lowercase();
        assert_eq!(org["plan"]["name"], name);
    }
    let bench = with_plan(Plan::Enterprise);
    bench.emulator.edit(|company| company.saml = false);
    let path = "orgs/harborpoint-example/credential-authorizations";
    assert_eq!(bench.ask(path).await.0, 404);
}

#[tokio::test]
async fn scanning_of_private_repositories_is_paid_for() {
    let bench = with_plan(Plan::Free);
    let (status, message, _) = bench
        .ask("repos/harborpoint-example/erp/code-scanning/default-setup")
        .await;
    assert_eq!(status, 403);
    assert!(message.starts_with("Advanced Security must be enabled"));
    let (status, ..) = bench
        .ask("repos/harborpoint-example/website/code-scanning/default-setup")
        .await;
    assert_eq!(status, 200);
    let (status, message, _) = bench
        .ask("repos/harborpoint-example/erp/secret-scanning/alerts")
        .await;
    assert_eq!(
        (status, message.as_str()),
        (404, "Secret scanning is disabled on this repository.")
    );
    bench.emulator.edit(|company| {
        for repo in &mut company.repos {
            repo.set_security("secret_scanning", false);
            repo.analyzed = false;
        }
    });
    let (status, ..) = bench
        .ask("orgs/harborpoint-example/secret-scanning/alerts")
        .await;
    assert_eq!(status, 404);
    let (status, message, _) = bench
        .ask("orgs/harborpoint-example/code-scanning/alerts")
        .await;
    assert_eq!((status, message.as_str()), (404, "no analysis found"));
    let (status, message, _) = bench
        .ask("repos/harborpoint-example/website/code-scanning/alerts")
        .await;
    assert_eq!((status, message.as_str()), (404, "no analysis found"));
}

#[tokio::test]
async fn servers_lack_what_came_later_and_what_is_sold_as_a_service() {
    let server = |minor| {
        Bench::new(
            Company::tidy(&shape()),
            Options {
                product: Product::Server(minor),
                ..Options::default()
            },
        )
    };
    let org = "orgs/harborpoint-example";
    let repo = "repos/harborpoint-example/erp";
    for minor in [17, 18, 19] {
        let bench = server(minor);
        for path in [
            format!("{org}/invitations"),
            format!("{org}/failed_invitations"),
            format!("{org}/credential-authorizations"),
            format!("{repo}/private-vulnerability-reporting"),
            format!("{repo}/immutable-releases"),
        ] {
            assert_eq!(bench.ask(&path).await.0, 404, "{minor} {path}");
        }
        assert_eq!(bench.ask(&format!("{org}/audit-log")).await.0, 200);
        let (_, _, alerts) = bench.ask(&format!("{org}/dependabot/alerts")).await;
        assert!(
            alerts[0]["security_advisory"]
                .get("classification")
                .is_none()
        );
        let fork = format!("{repo}/actions/permissions/fork-pr-contributor-approval");
        assert_eq!(
            bench.ask(&fork).await.0,
            if minor >= 19 { 200 } else { 404 }
        );
        let insecure = format!("{org}/members?filter=2fa_insecure");
        assert_eq!(
            bench.ask(&insecure).await.0,
            if minor >= 18 { 200 } else { 422 }
        );
        let hidden = format!("{org}/secret-scanning/alerts?hide_secret=true");
        let (_, _, body) = bench.ask(&hidden).await;
        assert_eq!(body[0].get("secret").is_some(), minor < 18, "{minor}");
    }
}
