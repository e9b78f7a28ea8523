//! Pages and the links between them.

use std::collections::HashSet;

use github_emulator::{Company, Options, Plan, Shape};

use super::{Bench, link, rows_of, shape};

fn large() -> Bench {
    let shape = Shape {
        members: 250,
        repos: 101,
        ..shape()
    };
    Bench::new(Company::new(&shape), Options::default())
}

#[tokio::test]
async fn links_lead_over_numbers_through_everything_exactly_once() {
    let bench = large();
    let company = bench.emulator.company();
    let first = bench
        .get("orgs/harborpoint-example/members?per_page=100")
        .await;
    let next = link(&first, "next").unwrap();
    assert_eq!(
        next,
        format!(
            "{}/organizations/{}/members?per_page=100&page=2",
            bench.emulator.api_url(),
            company.id
        )
    );
    assert!(link(&first, "last").unwrap().ends_with("&page=3"));
    assert!(link(&first, "prev").is_none());
    let (rows, pages) = bench
        .all("orgs/harborpoint-example/members?per_page=100")
        .await;
    assert_eq!((rows.len(), pages), (250, 3));
    let ids: HashSet<u64> = rows.iter().map(|row| row["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), 250);
    let (rows, pages) = bench
        .all("orgs/harborpoint-example/repos?type=all&sort=full_name&per_page=100")
        .await;
    assert_eq!((rows.len(), pages), (101, 2));
    let names: Vec<&str> = rows
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert!(names.is_sorted());
    let id = rows.iter().find(|row| row["name"] == "erp").unwrap()["id"].clone();
    let (status, _, repo) = bench.ask(&format!("repositories/{id}")).await;
    assert_eq!((status, &repo["name"]), (200, &"erp".into()));
    assert_eq!(bench.ask(&format!("repositories/{id}/keys")).await.0, 200);
    assert_eq!(bench.ask("repositories/1").await.0, 404);
    assert_eq!(bench.ask("organizations/1/repos").await.0, 404);
}

#[tokio::test]
async fn a_page_has_thirty_rows_unless_asked_and_never_more_than_a_hundred() {
    let bench = large();
    for (query, rows) in [
        ("", 30),
        ("?per_page=7", 7),
        ("?per_page=1000", 100),
        ("?per_page=100&page=3", 50),
        ("?per_page=100&page=4", 0),
    ] {
        let path = format!("orgs/harborpoint-example/members{query}");
        assert_eq!(rows_of(bench.ask(&path).await.2).len(), rows, "{path}");
    }
    let past = bench
        .get("orgs/harborpoint-example/members?per_page=100&page=4")
        .await;
    assert!(link(&past, "next").is_none());
    assert!(link(&past, "prev").unwrap().ends_with("page=3"));
    let whole = bench.get("orgs/harborpoint-example/hooks").await;
    assert!(whole.headers().get("link").is_none());
}

#[tokio::test]
async fn alerts_and_the_audit_log_go_by_cursors_that_cannot_be_invented() {
    let bench = large();
    for path in [
        "orgs/harborpoint-example/dependabot/alerts?state=open&per_page=10",
        "orgs/harborpoint-example/audit-log?per_page=10&include=all",
        "orgs/harborpoint-example/code-scanning/alerts?state=open&per_page=10",
        "orgs/harborpoint-example/secret-scanning/alerts?per_page=10&hide_secret=true",
    ] {
        bench.emulator.edit(|company| {
            let company_of = Company::tidy(&Shape {
                members: 250,
                repos: 101,
                ..shape()
            });
            company.audit_log = company_of.audit_log;
        });
        let first = bench.get(path).await;
        let next = link(&first, "next").unwrap_or_else(|| panic!("{path}"));
        assert!(
            next.contains("after=") && !next.contains("page=2"),
            "{next}"
        );
        assert!(next.contains("/organizations/"));
        let second = bench.get(&next).await;
        assert!(link(&second, "prev").unwrap().contains("before="));
        let back = bench.ask(&link(&second, "prev").unwrap()).await.2;
        assert_eq!(back, bench.ask(path).await.2);
        let (rows, pages) = bench.all(path).await;
        assert!(pages > 1 && rows.len() > 10);
        let distinct: HashSet<String> = rows.iter().map(ToString::to_string).collect();
        assert_eq!(distinct.len(), rows.len(), "{path}");
        assert_eq!(bench.ask(&format!("{path}&page=2")).await.0, 400);
        assert_eq!(bench.ask(&format!("{path}&after=invented")).await.0, 422);
        let moved = next.replace("per_page=10", "per_page=10&order=asc&direction=asc");
        assert_eq!(bench.ask(&moved).await.0, 422, "another list");
    }
}

#[tokio::test]
async fn filters_leave_what_they_name() {
    let bench = large();
    let count = async |path: &str| {
        bench
            .all(&format!("orgs/harborpoint-example/{path}"))
            .await
            .0
    };
    let company = bench.emulator.company();
    let owners = company.members.iter().filter(|person| person.owner).count();
    assert_eq!(count("members?role=admin&per_page=100").await.len(), owners);
    assert_eq!(
        count("members?role=member&per_page=100").await.len(),
        250 - owners
    );
    assert!(
        !count("members?filter=2fa_disabled&per_page=100")
            .await
            .is_empty()
    );
    let high = count("dependabot/alerts?state=open&severity=critical,high&per_page=100").await;
    assert!(high.iter().all(|alert| {
        let severity = &alert["security_advisory"]["severity"];
        alert["state"] == "open" && (*severity == "high" || *severity == "critical")
    }));
    let all = count("dependabot/alerts?per_page=100").await;
    assert!(all.len() > high.len());
    let created: Vec<&str> = all
        .iter()
        .map(|alert| alert["created_at"].as_str().unwrap())
        .collect();
    assert!(created.is_sorted_by(|a, b| a >= b), "newest first");
    assert!(
        all.iter()
            .all(|alert| alert["repository"]["full_name"].is_string())
    );
    for nonsense in [
        "dependabot/alerts?severity=bad",
        "dependabot/alerts?state=bad",
        "code-scanning/alerts?severity=bad",
        "repos?type=bad",
        "members?role=bad",
    ] {
        let path = format!("orgs/harborpoint-example/{nonsense}");
        assert_eq!(bench.ask(&path).await.0, 422, "{nonsense}");
    }
}

#[tokio::test]
async fn a_thousand_repositories_are_served_in_reasonable_time() {
    let shape = Shape {
        repos: 1_000,
        ..Shape::default()
    };
    let bench = Bench::new(Company::new(&shape), Options::default());
    let start = std::time::Instant::now();
    let (rows, pages) = bench
        .all("orgs/harborpoint-example/repos?per_page=100")
        .await;
    assert_eq!((rows.len(), pages), (1_000, 10));
    let (alerts, _) = bench
        .all("orgs/harborpoint-example/dependabot/alerts?per_page=100")
        .await;
    assert!(alerts.len() > 1_000);
    assert!(start.elapsed() < std::time::Duration::from_secs(5));
}

#[tokio::test]
async fn a_hundred_thousand_members_are_served_in_reasonable_time() {
    let shape = Shape {
        members: 100_000,
        repos: 1,
        plan: Plan::Team,
        ..Shape::default()
    };
    let bench = Bench::new(Company::tidy(&shape), Options::default());
    let start = std::time::Instant::now();
    for page in [1, 500, 1_000] {
        let path = format!("orgs/harborpoint-example/members?per_page=100&page={page}");
        assert_eq!(rows_of(bench.ask(&path).await.2).len(), 100);
    }
    assert!(start.elapsed() < std::time::Duration::from_secs(3));
}
