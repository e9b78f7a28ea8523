//! Each flaw is seen in the answers that its check reads, and only what a check reads tells a tidy company from a flawed
//! one.

use github_emulator::{Access, Company, Options, Token};

use super::{Bench, shape};

/// Everything the provider reads, in one text.
async fn everything(company: Company) -> String {
    let mut writer = Token::fine_grained("writer");
    // With it, merged branches and bypassing are seen as well.
    writer
        .permissions
        .insert("administration".to_owned(), Access::Write);
    let bench = Bench::new(
        company,
        Options {
            tokens: vec![writer],
            ..Options::default()
        },
    );
    let mut text = String::new();
    let org = "orgs/harborpoint-example";
    let mut paths: Vec<String> = [
        "",
        "/members?filter=2fa_disabled",
        "/members?filter=2fa_insecure",
        "/members?role=admin",
        "/outside_collaborators",
        "/outside_collaborators?filter=2fa_disabled",
        "/invitations",
        "/failed_invitations",
        "/repos?per_page=100",
        "/actions/permissions",
        "/actions/permissions/workflow",
        "/actions/permissions/selected-actions",
        "/dependabot/alerts?state=open&severity=critical,high",
        "/secret-scanning/alerts?state=open&hide_secret=true",
        "/code-scanning/alerts?state=open",
        "/audit-log",
        "/installations",
        "/hooks",
        "/actions/runners",
    ]
    .iter()
    .map(|path| format!("{org}{path}"))
    .collect();
    let names: Vec<String> = bench
        .emulator
        .company()
        .repos
        .iter()
        .filter(|repo| repo.counts())
        .take(2)
        .map(|repo| format!("repos/harborpoint-example/{}", repo.name))
        .collect();
    for repo in names {
        for path in [
            "",
            "/branches/main/protection",
            "/rules/branches/main",
            "/rulesets/2231",
            "/collaborators?affiliation=outside",
            "/keys",
            "/hooks",
            "/actions/permissions",
            "/actions/permissions/workflow",
            "/actions/permissions/fork-pr-contributor-approval",
            "/vulnerability-alerts",
            "/automated-security-fixes",
            "/code-scanning/default-setup",
            "/contents/SECURITY.md",
            "/codeowners/errors",
            "/immutable-releases",
        ] {
            paths.push(format!("{repo}{path}"));
        }
    }
    for path in paths {
        let (status, _, body) = bench.ask(&path).await;
        text.push_str(&format!("{path} {status} {body}\n"));
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_flaw_is_seen_from_outside() {
    let shape = github_emulator::Shape {
        public: 0,
        ..shape()
    };
    let tidy = Company::tidy(&shape);
    let seen = everything(tidy.clone()).await;
    let mut tasks = Vec::new();
    for check in Company::flaws() {
        let mut company = tidy.clone();
        assert!(company.spoil(check));
        tasks.push((check, tokio::spawn(everything(company))));
    }
    for (check, task) in tasks {
        assert_ne!(task.await.unwrap(), seen, "{check}");
    }
}
