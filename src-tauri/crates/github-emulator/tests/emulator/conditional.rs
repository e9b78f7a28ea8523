//! Tags, what has not changed, and rate limits.

use std::time::Duration;

use github_emulator::{Company, Options, Plan, Secondary, Shape, Token, TokenKind};
use reqwest::Response;

use super::{Bench, header, read, shape};

impl Bench {
    async fn again(&self, path: &str, tag: &str) -> Response {
        self.request(path)
            .bearer_auth(self.emulator.token())
            .header("if-none-match", tag)
            .send()
            .await
            .unwrap()
    }
}

fn number(response: &Response, name: &str) -> i64 {
    header(response, name).unwrap().parse().unwrap()
}

#[tokio::test]
async fn what_has_not_changed_has_no_body_and_costs_nothing() {
    let bench = Bench::tidy();
    let path = "orgs/harborpoint-example/repos?per_page=5";
    let first = bench.get(path).await;
    let tag = header(&first, "etag").unwrap();
    assert!(tag.starts_with("W/\""));
    assert!(header(&first, "link").is_some());
    let used = number(&first, "x-ratelimit-used");
    let second = bench.again(path, &tag).await;
    assert_eq!(second.status(), 304);
    assert_eq!(header(&second, "etag").unwrap(), tag);
    assert_eq!(number(&second, "x-ratelimit-used"), used, "free");
    assert!(header(&second, "link").is_none());
    assert!(header(&second, "content-length").is_none());
    assert!(second.bytes().await.unwrap().is_empty());
    let other = bench.again(path, "W/\"other\", \"another\"").await;
    assert_eq!(other.status(), 200);
    let listed = bench
        .again(path, &format!("\"x\", {}", tag.trim_start_matches("W/")))
        .await;
    assert_eq!(listed.status(), 304);
    bench
        .emulator
        .edit(|company| company.repos[0].delete_branch_on_merge = false);
    assert_eq!(
        bench.again(path, &tag).await.status(),
        304,
        "not in the answer"
    );
    bench
        .emulator
        .edit(|company| company.repos[0].archived = true);
    let changed = bench.again(path, &tag).await;
    assert_eq!(changed.status(), 200);
    assert_ne!(header(&changed, "etag").unwrap(), tag);
    let entry = bench.emulator.log().pop().unwrap();
    assert_eq!(entry.if_none_match, Some(tag));
}

#[tokio::test]
async fn a_304_can_repeat_its_link() {
    let bench = Bench::new(
        Company::tidy(&shape()),
        Options {
            link_with_304: true,
            ..Options::default()
        },
    );
    let path = "orgs/harborpoint-example/repos?per_page=5";
    let first = bench.get(path).await;
    let again = bench.again(path, &header(&first, "etag").unwrap()).await;
    assert_eq!(again.status(), 304);
    assert_eq!(header(&again, "link"), header(&first, "link"));
}

#[tokio::test]
async fn errors_and_204_have_no_tag() {
    let bench = Bench::tidy();
    let off = bench.get("repos/harborpoint-example/nonsense").await;
    assert!(header(&off, "etag").is_none());
    let on = bench
        .get("repos/harborpoint-example/erp/vulnerability-alerts")
        .await;
    assert_eq!(on.status(), 204);
    assert!(header(&on, "etag").is_none());
    assert!(header(&on, "x-github-request-id").is_some());
}

#[tokio::test]
async fn the_hourly_limit_is_counted_told_and_enforced() {
    for status in [403, 429] {
        let bench = Bench::new(
            Company::tidy(&shape()),
            Options {
                rate_limit: Some(3),
                rate_limit_status: status,
                ..Options::default()
            },
        );
        for left in [2, 1, 0] {
            let response = bench.get("user").await;
            assert_eq!(response.status(), 200);
            assert_eq!(number(&response, "x-ratelimit-remaining"), left);
            assert_eq!(number(&response, "x-ratelimit-limit"), 3);
            assert_eq!(header(&response, "x-ratelimit-resource").unwrap(), "core");
        }
        let over = bench.get("user").await;
        assert_eq!(over.status(), status);
        assert_eq!(number(&over, "x-ratelimit-remaining"), 0);
        let reset = number(&over, "x-ratelimit-reset");
        assert!(reset > bench.emulator.company().now.timestamp() + 3_500);
        assert!(read(over).await.1.starts_with("API rate limit exceeded"));
        let (_, _, told) = bench.ask("rate_limit").await;
        assert_eq!(told["rate"]["remaining"], 0);
        assert_eq!(told["resources"]["audit_log"]["remaining"], 3);
        assert_eq!(bench.ask("orgs/harborpoint-example/audit-log").await.0, 200);
        bench.emulator.advance_clock(Duration::from_secs(3_601));
        assert_eq!(bench.get("user").await.status(), 200);
    }
}

#[tokio::test]
async fn every_kind_of_token_has_its_own_limit() {
    let make = |plan, members, repos| {
        let shape = Shape {
            plan,
            members,
            repos,
            ..Shape::default()
        };
        Bench::new(Company::tidy(&shape), Options::default())
    };
    for (plan, members, repos, kind, limit) in [
        (Plan::Team, 9, 12, TokenKind::FineGrained, 5_000),
        (Plan::Team, 9, 12, TokenKind::Installation, 5_000),
        (Plan::Team, 30, 25, TokenKind::Installation, 5_750),
        (Plan::Team, 400, 25, TokenKind::Installation, 12_500),
        (Plan::Enterprise, 9, 12, TokenKind::Installation, 15_000),
        (Plan::Enterprise, 9, 12, TokenKind::User, 15_000),
        (Plan::Enterprise, 9, 12, TokenKind::Classic, 5_000),
    ] {
        let bench = make(plan, members, repos);
        let secret = bench.with(Token::new(kind, "limit"));
        let response = bench.get_as(&secret, "orgs/harborpoint-example").await;
        assert_eq!(
            number(&response, "x-ratelimit-limit"),
            limit,
            "{plan:?} {kind:?}"
        );
    }
}

#[tokio::test]
async fn the_secondary_limit_refuses_bursts_and_crowds() {
    for retry_after in [Some(7), None] {
        let bench = Bench::new(
            Company::tidy(&shape()),
            Options {
                secondary: Some(Secondary {
                    requests: 2,
                    window: Duration::from_secs(60),
                    status: 429,
                    retry_after,
                }),
                ..Options::default()
            },
        );
        assert_eq!(bench.get("user").await.status(), 200);
        assert_eq!(bench.get("user").await.status(), 200);
        let refused = bench.get("user").await;
        assert_eq!(refused.status(), 429);
        assert_eq!(
            header(&refused, "retry-after"),
            retry_after.map(|seconds| seconds.to_string())
        );
        assert!(number(&refused, "x-ratelimit-remaining") > 0);
        assert!(read(refused).await.1.contains("secondary rate limit"));
    }
    let bench = Bench::new(
        Company::tidy(&shape()),
        Options {
            concurrent: 1,
            latency: Duration::from_millis(80),
            ..Options::default()
        },
    );
    let (a, b) = tokio::join!(bench.get("user"), bench.get("user"));
    assert!([a.status(), b.status()].contains(&reqwest::StatusCode::FORBIDDEN));
    assert_eq!(bench.emulator.peak_concurrency(), 2);
}
