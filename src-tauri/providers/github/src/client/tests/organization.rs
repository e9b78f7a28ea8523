//! What is asked about the organization, signing in, and waiting.

use super::*;

#[tokio::test]
async fn pages_are_followed_on_the_same_service_only() {
    let github = GitHub::with(&[]).await;
    let page = |next: &str| {
        body(200, &json!([{"id": 1, "login": "a"}]))
            .insert_header("link", format!("<{next}>; rel=\"next\"").as_str())
    };
    // The path changes to the organization's number, as GitHub's does.
    let second = format!("{}/organizations/42/members?page=2", github.0.uri());
    github.get("/orgs/acme/members", page(&second)).await;
    github
        .get("/organizations/42/members", body(200, &json!([{"id": 2}])))
        .await;
    let (taken, completeness) = github.collect("members").await.unwrap();
    assert!(completeness.complete);
    assert_eq!(taken.rows, 2);
    for (next, name) in [
        (
            "https://192.0.2.7/orgs/acme/invitations?page=2",
            "invitations",
        ),
        ("/orgs/acme/hooks?per_page=100", "organization_hooks"),
    ] {
        let at = match name {
            "invitations" => "/orgs/acme/invitations",
            _ => "/orgs/acme/hooks",
        };
        let reply = body(200, &json!([{"id": 1}]))
            .insert_header("link", format!("<{next}>; rel=\"next\"").as_str());
        github.get(at, reply).await;
        let error = github.collect(name).await.err().unwrap();
        assert_eq!(error.class, ErrorClass::MalformedAnswer, "{name}");
    }
}

#[tokio::test]
async fn the_log_goes_back_a_month_by_githubs_clock_and_stops_at_its_cap() {
    let github = GitHub::with(&[]).await;
    let reply = body(200, &json!({"login": "acme", "id": 42}))
        .insert_header("date", "Tue, 24 Nov 2026 09:00:00 GMT");
    github.0.reset().await;
    github.get("/orgs/acme", reply).await;
    let entries = |from: u32| -> Value {
        (from..from + 600)
            .map(|n| json!({"_document_id": format!("d{n}")}))
            .collect()
    };
    let next = format!(
        "<{}/orgs/acme/audit-log?after=x>; rel=\"next\"",
        github.0.uri()
    );
    Mock::given(path("/orgs/acme/audit-log"))
        .and(query_param("phrase", "created:>=2026-10-25"))
        .respond_with(body(200, &entries(0)).insert_header("link", next.as_str()))
        .mount(&github.0)
        .await;
    let last = format!(
        "<{}/orgs/acme/audit-log?after=y>; rel=\"next\"",
        github.0.uri()
    );
    Mock::given(path("/orgs/acme/audit-log"))
        .and(query_param("after", "x"))
        .respond_with(body(200, &entries(600)).insert_header("link", last.as_str()))
        .mount(&github.0)
        .await;
    let (taken, completeness) = github.collect("audit_log").await.unwrap();
    assert_eq!(taken.pages.len(), 2);
    assert_eq!(completeness.reason.unwrap().code, UnknownCode::Partial);
}

#[tokio::test]
async fn without_enterprise_the_log_is_a_matter_of_the_plan() {
    let github = GitHub::with(&[]).await;
    github
        .get("/orgs/acme/audit-log", message(404, "Not Found"))
        .await;
    let error = github.collect("audit_log").await.err().unwrap();
    assert_eq!(error.reason().code, UnknownCode::LicenceMissing);
    assert!(error.why.contains("team") && error.what.contains(dataset("audit_log").title));
    github
        .get(
            "/orgs/acme/credential-authorizations",
            message(404, "Not Found"),
        )
        .await;
    let error = github
        .collect("credential_authorizations")
        .await
        .err()
        .unwrap();
    assert_eq!(error.reason().code, UnknownCode::LicenceMissing);
}

#[tokio::test]
async fn a_list_that_shows_the_same_again_is_no_list() {
    let github = GitHub::with(&[]).await;
    // Each address is new, as a service that counts along can make them.
    let base = github.0.uri();
    Mock::given(path("/orgs/acme/members"))
        .respond_with(move |request: &Request| {
            let query = request.url.query().unwrap_or_default();
            let next = format!("<{base}/orgs/acme/members?{query}&again=1>; rel=\"next\"");
            body(200, &json!([{"id": 1}])).insert_header("link", next.as_str())
        })
        .mount(&github.0)
        .await;
    let error = github.collect("members").await.err().unwrap();
    assert_eq!(error.class, ErrorClass::MalformedAnswer);
    assert_eq!(github.asked("/orgs/acme/members").await, 2);
}

#[tokio::test]
async fn a_server_too_old_to_tell_is_not_a_mistake_of_ours() {
    let github = GitHub::with(&[]).await;
    github
        .get("/orgs/acme/members", message(422, "Validation Failed"))
        .await;
    let error = github.collect("members_insecure_2fa").await.err().unwrap();
    assert_eq!(error.class, ErrorClass::ServiceNotUsed);
    let error = github.collect("members").await.err().unwrap();
    assert_eq!(error.class, ErrorClass::OurBug);
}

#[tokio::test]
async fn only_owners_see_second_factors() {
    let github = GitHub::with(&[]).await;
    github
        .get(
            "/orgs/acme/members",
            message(422, "Only owners can use this filter."),
        )
        .await;
    let error = github.collect("members_without_2fa").await.err().unwrap();
    assert_eq!(
        (error.class, error.code.as_str()),
        (ErrorClass::Permission, "owner_needed")
    );
    assert!(error.why.contains("owner"));
}

#[tokio::test]
async fn the_secret_of_a_hook_does_not_get_as_far_as_the_sink() {
    let github = GitHub::with(&[repository("a")]).await;
    let hooks =
        json!([{"id": 1, "config": {"url": "https://h.example/CANARY", "secret": "CANARY"}}]);
    github.get("/orgs/acme/hooks", body(200, &hooks)).await;
    github.get("/repos/acme/a/hooks", body(200, &hooks)).await;
    for name in ["organization_hooks", "repository_hooks"] {
        let (taken, _) = github.collect(name).await.unwrap();
        assert_eq!(taken.pages.len(), 1);
        assert!(!String::from_utf8_lossy(&taken.pages[0].1).contains("CANARY"));
    }
}

#[tokio::test]
async fn a_used_up_budget_is_waited_for_if_it_is_short_and_named_if_it_is_long() {
    let github = GitHub::with(&[]).await;
    let spent = |reset: &str| {
        message(403, "API rate limit exceeded for user ID 1.")
            .insert_header("x-ratelimit-remaining", "0")
            .insert_header("x-ratelimit-reset", reset)
            .insert_header("date", "Tue, 24 Nov 2026 09:00:00 GMT")
    };
    let tries = AtomicU32::new(0);
    let (short, long) = (spent("1795510800"), spent("1795513800"));
    Mock::given(path("/orgs/acme/members"))
        .respond_with(
            move |_: &Request| match tries.fetch_add(1, Ordering::SeqCst) {
                0 => short.clone(),
                1 => message(403, "You have exceeded a secondary rate limit."),
                _ => body(200, &json!([])),
            },
        )
        .mount(&github.0)
        .await;
    assert!(github.collect("members").await.unwrap().1.complete);
    github.get("/orgs/acme/invitations", long).await;
    let error = github.collect("invitations").await.err().unwrap();
    assert_eq!(error.class, ErrorClass::Throttled);
    assert!(error.why.contains("2026-11-24T09:50:01Z") && error.retry_after_s == Some(3001));
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_ends_the_dataset() {
    let github = GitHub::with(&[repository("a"), repository("b")]).await;
    github
        .get("/repos/acme/a/keys", body(200, &json!([])))
        .await;
    github
        .get("/repos/acme/b/keys", message(401, "Bad credentials"))
        .await;
    let error = github.collect("deploy_keys").await.err().unwrap();
    assert_eq!(
        (error.class, error.code.as_str()),
        (ErrorClass::Authentication, "token_refused")
    );
}

#[tokio::test]
async fn signing_in_says_what_is_wrong() {
    let github = GitHub(MockServer::start().await);
    let error = async |reply: ResponseTemplate| {
        github.0.reset().await;
        github.get("/orgs/acme", reply).await;
        sign_in(&crate::MANIFEST, connection(&github.0.uri()))
            .await
            .unwrap_err()
    };
    let found = error(message(404, "Not Found")).await;
    assert_eq!(
        (found.class, found.code.as_str()),
        (ErrorClass::Configuration, "unknown_organization")
    );
    let found = error(message(401, "Bad credentials")).await;
    assert_eq!(found.code, "token_refused");
    assert!(found.fix.contains("Create a new one"));
    let found = error(body(200, &json!({"login": "other", "id": 1}))).await;
    assert_eq!(found.class, ErrorClass::Identity);
    for odd in [json!({"login": "acme"}), json!({"id": 1}), json!([])] {
        assert_eq!(
            error(body(200, &odd)).await.class,
            ErrorClass::MalformedAnswer
        );
    }
}

#[tokio::test]
async fn the_end_of_the_token_is_told() {
    let github = GitHub(MockServer::start().await);
    let reply = body(200, &json!({"login": "acme", "id": 42})).insert_header(
        "github-authentication-token-expiration",
        "2026-12-31 23:59:59 UTC",
    );
    github.get("/orgs/acme", reply).await;
    let expiry = github.open().await.expiry().await.unwrap();
    assert_eq!(expiry.at.unix(), 1_798_761_599);
    assert!(!expiry.fix.is_empty());
}

#[tokio::test]
async fn a_classic_token_works_and_its_scopes_are_too_much() {
    let github = GitHub::with(&[repository("a")]).await;
    github.0.reset().await;
    let organization = json!({"login": "acme", "id": 42, "two_factor_requirement_enabled": null});
    let reply =
        body(200, &organization).insert_header("x-oauth-scopes", "repo, admin:org, read:org");
    github.get("/orgs/acme", reply).await;
    github
        .get("/orgs/acme/repos", body(200, &json!([repository("a")])))
        .await;
    github
        .get(
            "/repos/acme/a/keys",
            message(403, "Must have admin rights to Repository."),
        )
        .await;
    github
        .get(
            "/orgs/acme/hooks",
            message(403, "Resource not accessible by personal access token")
                .insert_header("x-accepted-github-permissions", "organization_hooks=read"),
        )
        .await;
    github
        .get("/orgs/acme/actions/permissions", body(200, &json!({})))
        .await;
    let grants = github.open().await.grants().await.unwrap();
    let state = |name: &str| {
        let grant = grants
            .iter()
            .find(|grant| grant.permission == name)
            .unwrap();
        assert!(!grant.why.is_empty());
        assert_eq!(
            grant.fix.is_empty(),
            matches!(grant.state, GrantState::Granted | GrantState::Unknown),
            "{grant:?}"
        );
        grant.state
    };
    assert_eq!(state("metadata:read"), GrantState::Granted);
    assert_eq!(
        state("organization_administration:read"),
        GrantState::Granted
    );
    assert_eq!(state("administration:read"), GrantState::Missing);
    assert_eq!(state("organization_hooks:read"), GrantState::Missing);
    assert_eq!(
        state("members:read"),
        GrantState::Unknown,
        "404 says nothing"
    );
    assert_eq!(state("contents:read"), GrantState::Granted, "404 of a file");
    assert_eq!(state(grants::OWNER), GrantState::Missing);
    for scope in ["repo", "admin:org", "read:org"] {
        assert_eq!(state(scope), GrantState::Excess);
    }
}
