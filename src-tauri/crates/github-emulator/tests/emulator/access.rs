//! Who may ask, and what requests must carry.

use github_emulator::{Access, Options, Product, READ_PERMISSIONS, Selection, Token, TokenKind};

use super::{Bench, header, read};

#[tokio::test]
async fn requests_without_their_headers_are_refused() {
    let bench = Bench::tidy();
    let token = bench.emulator.token();
    let without = async |name: &str| {
        let mut request = bench.request("user").bearer_auth(&token).build().unwrap();
        request.headers_mut().remove(name);
        read(bench.client.execute(request).await.unwrap()).await
    };
    assert_eq!(without("nothing").await.0, 200);
    let (status, message, _) = without("user-agent").await;
    assert_eq!(status, 403);
    assert!(message.contains("User-Agent"));
    assert_eq!(without("accept").await.0, 415);
    assert_eq!(without("x-github-api-version").await.0, 400);
    assert_eq!(
        without("authorization").await,
        (
            401,
            "Requires authentication".to_owned(),
            serde_json::json!({
                "message": "Requires authentication", "documentation_url": "https://docs.github.com/rest",
                "status": "401",
            })
        )
    );
    let other = bench
        .client
        .get(format!("{}/user", bench.emulator.api_url()))
        .header("accept", "application/vnd.github+json")
        .header("x-github-api-version", "2026-03-10")
        .header("user-agent", "tests/1")
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), 400);
}

#[tokio::test]
async fn only_known_tokens_in_date_are_accepted() {
    let bench = Bench::tidy();
    let now = bench.emulator.company().now;
    for (secret, status) in [("github_pat_other", 401), ("", 401)] {
        let (have, message, _) = bench.ask_as(secret, "user").await;
        assert_eq!((have, message.as_str()), (status, "Bad credentials"));
    }
    let soon = Token {
        expires_at: Some(now + chrono::Duration::days(2)),
        ..Token::fine_grained("soon")
    };
    let secret = bench.with(soon);
    let response = bench.get_as(&secret, "user").await;
    assert_eq!(response.status(), 200);
    let told = header(&response, "github-authentication-token-expiration").unwrap();
    assert!(told.ends_with(" UTC") && told.len() == 23, "{told}");
    bench
        .emulator
        .advance_clock(std::time::Duration::from_secs(3 * 86_400));
    assert_eq!(bench.ask_as(&secret, "user").await.0, 401);
    assert_eq!(bench.ask("user").await.0, 200);
    bench.emulator.edit_tokens(Vec::clear);
    assert_eq!(bench.ask("user").await.0, 401);
}

#[tokio::test]
async fn each_address_needs_its_permission_and_names_it() {
    let bench = Bench::tidy();
    for (path, permission) in [
        ("orgs/harborpoint-example/members", "members"),
        ("orgs/harborpoint-example/hooks", "organization_hooks"),
        (
            "orgs/harborpoint-example/actions/runners",
            "organization_self_hosted_runners",
        ),
        (
            "orgs/harborpoint-example/audit-log",
            "organization_administration",
        ),
        (
            "orgs/harborpoint-example/organization-roles",
            "organization_custom_org_roles",
        ),
        (
            "orgs/harborpoint-example/dependabot/alerts",
            "vulnerability_alerts",
        ),
        (
            "orgs/harborpoint-example/secret-scanning/alerts",
            "secret_scanning_alerts",
        ),
        (
            "orgs/harborpoint-example/code-scanning/alerts",
            "security_events",
        ),
        ("repos/harborpoint-example/erp/keys", "administration"),
        ("repos/harborpoint-example/erp/hooks", "repository_hooks"),
        (
            "repos/harborpoint-example/erp/contents/README.md",
            "contents",
        ),
    ] {
        assert!(READ_PERMISSIONS.contains(&permission));
        for (kind, by) in [
            (TokenKind::FineGrained, "personal access token"),
            (TokenKind::Installation, "integration"),
        ] {
            let all = bench.with(Token::new(kind, &format!("all{permission}")));
            assert_eq!(bench.ask_as(&all, path).await.0, 200, "{path}");
            let token = Token::new(kind, &format!("no{permission}")).without(permission);
            let response = bench.get_as(&bench.with(token), path).await;
            assert_eq!(response.status(), 403, "{path}");
            assert_eq!(
                header(&response, "x-accepted-github-permissions").unwrap(),
                format!("{permission}=read")
            );
            assert_eq!(
                read(response).await.1,
                format!("Resource not accessible by {by}")
            );
        }
    }
    let response = bench.get("orgs/harborpoint-example/rulesets").await;
    assert_eq!(response.status(), 403, "reading is not enough");
    assert_eq!(
        header(&response, "x-accepted-github-permissions").unwrap(),
        "organization_administration=write"
    );
}

#[tokio::test]
async fn scopes_decide_for_classic_tokens() {
    let bench = Bench::tidy();
    let classic = bench.with(Token::new(TokenKind::Classic, "all"));
    let response = bench
        .get_as(&classic, "orgs/harborpoint-example/members")
        .await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        header(&response, "x-oauth-scopes").unwrap(),
        "admin:org, admin:org_hook, repo"
    );
    let narrow = bench.with(Token {
        scopes: vec!["read:org".to_owned()],
        ..Token::new(TokenKind::Classic, "narrow")
    });
    let response = bench
        .get_as(&narrow, "orgs/harborpoint-example/hooks")
        .await;
    assert_eq!(response.status(), 404);
    assert_eq!(
        header(&response, "x-accepted-oauth-scopes").unwrap(),
        "admin:org_hook"
    );
    let (status, _, repos) = bench
        .ask_as(&narrow, "orgs/harborpoint-example/repos")
        .await;
    assert_eq!(
        (status, repos.as_array().unwrap().len()),
        (200, 1),
        "the public one"
    );
    let (_, _, org) = bench.ask_as(&narrow, "orgs/harborpoint-example").await;
    assert!(org.get("default_repository_permission").is_none());
    let response = bench.get("user").await;
    assert!(header(&response, "x-oauth-scopes").is_none());
}

#[tokio::test]
async fn two_factor_data_is_for_owners() {
    let bench = Bench::tidy();
    let member = bench.with(Token::fine_grained("member").of_member("somebody"));
    let app = bench.with(Token::new(TokenKind::Installation, "app"));
    let user = bench.with(Token::new(TokenKind::User, "owner"));
    let owner = bench.emulator.token();
    let org = "orgs/harborpoint-example";
    let setting = async |secret: &str| {
        let (_, _, body) = bench.ask_as(secret, org).await;
        body.get("two_factor_requirement_enabled").cloned()
    };
    assert_eq!(setting(&owner).await, Some(true.into()));
    assert_eq!(setting(&user).await, Some(true.into()));
    assert_eq!(setting(&app).await, Some(serde_json::Value::Null));
    assert_eq!(setting(&member).await, None);
    let (_, _, seen) = bench.ask_as(&app, org).await;
    assert_eq!(seen["default_repository_permission"], "read");
    for list in ["members", "outside_collaborators"] {
        for filter in ["2fa_disabled", "2fa_insecure"] {
            let path = format!("{org}/{list}?filter={filter}");
            assert_eq!(bench.ask(&path).await.0, 200);
            assert_eq!(bench.ask_as(&user, &path).await.0, 200);
            for other in [&app, &member] {
                let (status, message, _) = bench.ask_as(other, &path).await;
                assert_eq!(
                    (status, message.as_str()),
                    (422, "Only owners can use this filter.")
                );
            }
        }
    }
    assert_eq!(
        bench.ask(&format!("{org}/members?filter=nonsense")).await.0,
        422
    );
}

#[tokio::test]
async fn members_who_are_not_administrators_see_less() {
    let bench = Bench::tidy();
    let member = bench.with(Token::fine_grained("member").of_member("somebody"));
    let repo = "repos/harborpoint-example/erp";
    let (_, _, body) = bench.ask_as(&member, repo).await;
    assert!(body.get("security_and_analysis").is_none());
    assert_eq!(body["permissions"]["admin"], false);
    let (_, _, body) = bench.ask(repo).await;
    assert_eq!(
        body["security_and_analysis"]["secret_scanning"]["status"],
        "enabled"
    );
    assert!(
        body.get("delete_branch_on_merge").is_none(),
        "needs writing"
    );
    for path in [
        format!("{repo}/keys"),
        format!("{repo}/branches/main/protection"),
        "orgs/harborpoint-example/installations".to_owned(),
    ] {
        let (status, message, _) = bench.ask_as(&member, &path).await;
        assert_eq!(status, 403, "{path}: {message}");
    }
    let mut writer = Token::fine_grained("writer");
    writer
        .permissions
        .insert("administration".to_owned(), Access::Write);
    let writer = bench.with(writer);
    let (_, _, body) = bench.ask_as(&writer, repo).await;
    assert_eq!(body["delete_branch_on_merge"], true);
    let website = "repos/harborpoint-example/website/rulesets/2231";
    let (_, _, body) = bench.ask_as(&writer, website).await;
    assert_eq!(body["bypass_actors"], serde_json::json!([]));
    assert!(body["rules"].as_array().unwrap().len() > 3);
    let (_, _, body) = bench.ask(website).await;
    assert!(body.get("bypass_actors").is_none());
}

#[tokio::test]
async fn what_a_token_does_not_reach_is_not_found() {
    let bench = Bench::tidy();
    let selected = bench.with(Token {
        repositories: Selection::Named(vec!["erp".to_owned()]),
        ..Token::fine_grained("selected")
    });
    let unapproved = bench.with(Token {
        approved: false,
        ..Token::fine_grained("unapproved")
    });
    let elsewhere = bench.with(Token {
        of_this_organization: false,
        ..Token::fine_grained("elsewhere")
    });
    let status = async |secret: &str, path: &str| bench.ask_as(secret, path).await.0;
    assert_eq!(
        status(&selected, "repos/harborpoint-example/erp").await,
        200
    );
    assert_eq!(
        status(&selected, "repos/harborpoint-example/jigs").await,
        404
    );
    assert_eq!(
        status(&selected, "repos/harborpoint-example/website").await,
        200
    );
    for other in [&unapproved, &elsewhere] {
        assert_eq!(status(other, "repos/harborpoint-example/erp").await, 404);
        assert_eq!(status(other, "orgs/harborpoint-example/members").await, 404);
        assert_eq!(status(other, "orgs/harborpoint-example").await, 200);
        let (_, _, body) = bench.ask_as(other, "orgs/harborpoint-example").await;
        assert!(body.get("plan").is_none());
    }
    assert_eq!(bench.ask("orgs/another").await.0, 404);
    assert_eq!(bench.ask("repos/another/erp").await.0, 404);
    assert_eq!(bench.ask("orgs/harborpoint-example/nonsense").await.0, 404);
}

#[tokio::test]
async fn single_sign_on_and_the_allow_list_keep_tokens_out() {
    let bench = Bench::tidy();
    let secret = bench.with(Token {
        sso_authorized: false,
        ..Token::fine_grained("unauthorized")
    });
    let response = bench.get_as(&secret, "orgs/harborpoint-example").await;
    assert_eq!(response.status(), 403);
    let told = header(&response, "x-github-sso").unwrap();
    assert!(told.starts_with("required; url=https://github.com/orgs/harborpoint-example/sso?"));
    bench.emulator.edit(|company| company.saml = false);
    assert_eq!(
        bench.ask_as(&secret, "orgs/harborpoint-example").await.0,
        200
    );
    bench.emulator.edit(|company| company.ip_blocked = true);
    let (status, message, _) = bench.ask("orgs/harborpoint-example").await;
    assert_eq!(status, 403);
    assert!(message.contains("IP allow list"));
}

#[tokio::test]
async fn nothing_can_be_written_and_everything_is_logged() {
    let bench = Bench::tidy();
    let token = bench.emulator.token();
    for method in ["POST", "PUT", "PATCH", "DELETE", "HEAD"] {
        let request = bench
            .client
            .request(
                method.parse().unwrap(),
                format!("{}/orgs/harborpoint-example", bench.emulator.api_url()),
            )
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .header("user-agent", "tests/1")
            .bearer_auth(&token);
        // A HEAD has no body to read, and the connection cannot be kept.
        if method != "HEAD" {
            assert_eq!(request.send().await.unwrap().status(), 405, "{method}");
        }
    }
    assert!(
        bench
            .emulator
            .log()
            .iter()
            .all(|entry| !entry.is_read_only())
    );
    bench.emulator.clear_log();
    let _ = bench
        .get("orgs/harborpoint-example/members?per_page=2")
        .await;
    let log = bench.emulator.log();
    assert_eq!(log.len(), 1);
    let entry = &log[0];
    assert!(entry.is_read_only() && entry.bytes > 100);
    assert_eq!(
        (
            entry.method.as_str(),
            entry.path.as_str(),
            entry.query.as_str(),
            entry.status
        ),
        (
            "GET",
            "/orgs/harborpoint-example/members",
            "per_page=2",
            200
        )
    );
    assert_eq!(entry.token, Some(TokenKind::FineGrained));
    assert_eq!(entry.user_agent.as_deref(), Some("tests/1"));
    assert_eq!(entry.api_version.as_deref(), Some("2022-11-28"));
}

#[tokio::test]
async fn the_base_path_is_where_the_api_is() {
    let company = github_emulator::Company::tidy(&super::shape());
    let server = Bench::new(
        company.clone(),
        Options {
            product: Product::Server(19),
            ..Options::default()
        },
    );
    assert!(server.emulator.api_url().ends_with("/api/v3"));
    assert_eq!(server.ask("user").await.0, 200);
    let (status, _, meta) = server.ask("meta").await;
    assert_eq!(
        (status, &meta["installed_version"]),
        (200, &"3.19.1".into())
    );
    let root = format!("{}/user", server.emulator.url());
    assert_eq!(server.ask(&root).await.0, 404);
    let response = server
        .get("orgs/harborpoint-example/members?per_page=2")
        .await;
    let next = super::link(&response, "next").unwrap();
    let start = format!("{}/organizations/", server.emulator.api_url());
    assert!(next.starts_with(&start), "{next}");
    assert!(header(&response, "x-ratelimit-limit").is_none());
    assert_eq!(server.ask("rate_limit").await.0, 404);
    let other = Bench::new(
        company,
        Options {
            base_path: Some("/github".to_owned()),
            ..Options::default()
        },
    );
    assert!(other.emulator.api_url().ends_with("/github"));
    assert_eq!(other.ask("user").await.0, 200);
}
