//! The GitHub App: its assertion, its installation, its tokens.

use github_emulator::{App, Company, Emulator, Options, Selection};
use serde_json::{Value, json};

use super::{Bench, read, shape};

impl Bench {
    async fn post_as(&self, secret: &str, path: &str, body: &str) -> (u16, String, Value) {
        let response = self
            .client
            .post(format!("{}/{path}", self.emulator.api_url()))
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .header("user-agent", "tests/1")
            .bearer_auth(secret)
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        read(response).await
    }
}

fn jwt(emulator: &Emulator) -> String {
    emulator.sign_jwt(|_, _| ()).unwrap()
}

#[tokio::test]
async fn an_assertion_gives_a_token_that_works_for_an_hour() {
    let bench = Bench::tidy();
    let jwt = jwt(&bench.emulator);
    let (status, _, app) = bench.ask_as(&jwt, "app").await;
    assert_eq!((status, &app["slug"]), (200, &"evidence-reader".into()));
    let (status, _, installation) = bench
        .ask_as(&jwt, "orgs/harborpoint-example/installation")
        .await;
    assert_eq!(status, 200);
    assert_eq!(installation["permissions"]["members"], "read");
    assert_eq!(installation["suspended_at"], Value::Null);
    let path = format!("app/installations/{}/access_tokens", installation["id"]);
    let (status, _, token) = bench.post_as(&jwt, &path, "").await;
    assert_eq!(
        (status, &token["repository_selection"]),
        (201, &"all".into())
    );
    let secret = token["token"].as_str().unwrap();
    assert!(secret.starts_with("ghs_"));
    assert_eq!(
        bench
            .ask_as(secret, "orgs/harborpoint-example/members")
            .await
            .0,
        200
    );
    let (status, _, body) = bench.ask_as(secret, "installation/repositories").await;
    assert_eq!((status, body["total_count"].as_u64()), (200, Some(12)));
    assert_eq!(bench.ask("installation/repositories").await.0, 403);
    let (status, message, _) = bench.ask_as(secret, "user").await;
    assert_eq!(
        (status, message.as_str()),
        (403, "Resource not accessible by integration")
    );
    bench
        .emulator
        .advance_clock(std::time::Duration::from_secs(3600));
    assert_eq!(
        bench
            .ask_as(secret, "orgs/harborpoint-example/members")
            .await
            .0,
        401
    );
    assert!(
        bench
            .emulator
            .log()
            .iter()
            .all(|entry| entry.is_read_only())
    );
}

#[tokio::test]
async fn every_mistake_in_an_assertion_has_its_own_text() {
    let bench = Bench::tidy();
    let try_it = async |change: fn(&mut Value, &mut Value)| {
        let jwt = bench.emulator.sign_jwt(change).unwrap();
        let (status, message, _) = bench.ask_as(&jwt, "app").await;
        (status, message)
    };
    assert_eq!(try_it(|_, _| ()).await.0, 200);
    assert_eq!(
        try_it(|_, claims| claims["iss"] = json!("4210077")).await.0,
        200
    );
    assert_eq!(
        try_it(|_, claims| claims["iss"] = json!(4_210_077)).await.0,
        200
    );
    type Change = fn(&mut Value, &mut Value);
    let cases: [(Change, u16, &str); 6] = [
        (
            |_, claims| {
                let exp = claims["exp"].as_i64().unwrap();
                claims["exp"] = json!(exp + 120);
            },
            401,
            "'Expiration time' claim ('exp') is too far in the future",
        ),
        (
            |_, claims| claims["exp"] = json!(1),
            401,
            "representing the future time",
        ),
        (
            |_, claims| {
                let iat = claims["iat"].as_i64().unwrap();
                claims["iat"] = json!(iat + 180);
            },
            401,
            "'Issued at' claim ('iat') must be an Integer",
        ),
        (
            |_, claims| claims["iss"] = json!("another"),
            404,
            "Integration not found",
        ),
        (
            |header, _| header["alg"] = json!("none"),
            401,
            "could not be decoded",
        ),
        (
            |_, claims| {
                claims.as_object_mut().unwrap().remove("iss");
            },
            401,
            "Missing 'issuer' claim",
        ),
    ];
    for (change, status, text) in cases {
        let (have, message) = try_it(change).await;
        assert_eq!(have, status, "{message}");
        assert!(message.contains(text), "{message}");
    }
    // A good assertion of another App, one with a changed claim, and no assertion at all.
    let other = Emulator::start(Company::tidy(&shape()), Options::default()).unwrap();
    let foreign = jwt(&other);
    let mine = jwt(&bench.emulator);
    let (head, rest) = mine.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let (_, foreign_rest) = foreign.split_once('.').unwrap();
    let (foreign_claims, _) = foreign_rest.split_once('.').unwrap();
    let moved = format!("{head}.{foreign_claims}x.{signature}");
    for bad in [foreign.as_str(), moved.as_str(), "nonsense"] {
        let (status, message, _) = bench.ask_as(bad, "app").await;
        assert_eq!(status, 401);
        assert_eq!(message, "A JSON web token could not be decoded");
    }
    assert_eq!(bench.ask_as(&mine, "user").await.0, 401, "it is no token");
    assert_eq!(bench.ask("app").await.0, 401, "a token is no assertion");
}

#[tokio::test]
async fn a_token_can_be_narrowed_and_never_widened() {
    let bench = Bench::tidy();
    let jwt = jwt(&bench.emulator);
    let path = "app/installations/70010442/access_tokens";
    let (status, _, token) = bench
        .post_as(
            &jwt,
            path,
            r#"{"permissions":{"members":"read"},"repositories":["erp"]}"#,
        )
        .await;
    assert_eq!(status, 201);
    assert_eq!(
        token["permissions"],
        json!({"members": "read", "metadata": "read"})
    );
    let secret = token["token"].as_str().unwrap();
    assert_eq!(
        bench
            .ask_as(secret, "orgs/harborpoint-example/members")
            .await
            .0,
        200
    );
    assert_eq!(
        bench
            .ask_as(secret, "orgs/harborpoint-example/hooks")
            .await
            .0,
        403
    );
    assert_eq!(
        bench
            .ask_as(secret, "repos/harborpoint-example/jigs")
            .await
            .0,
        404
    );
    for body in [
        r#"{"permissions":{"members":"write"}}"#,
        r#"{"permissions":{"issues":"read"}}"#,
        r#"{"repositories":["nonsense"]}"#,
    ] {
        assert_eq!(bench.post_as(&jwt, path, body).await.0, 422, "{body}");
    }
    assert_eq!(bench.post_as(&jwt, path, "{").await.0, 400);
    assert_eq!(
        bench
            .post_as(&jwt, "app/installations/1/access_tokens", "")
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn suspended_and_missing_installations_give_nothing() {
    let with = |app: App| {
        Bench::new(
            Company::tidy(&shape()),
            Options {
                app,
                ..Options::default()
            },
        )
    };
    let path = "app/installations/70010442/access_tokens";
    let suspended = with(App {
        suspended: true,
        ..App::default()
    });
    let jwt_one = jwt(&suspended.emulator);
    let (_, _, installation) = suspended
        .ask_as(&jwt_one, "orgs/harborpoint-example/installation")
        .await;
    assert!(installation["suspended_at"].is_string());
    let (status, message, _) = suspended.post_as(&jwt_one, path, "").await;
    assert_eq!(
        (status, message.as_str()),
        (403, "This installation has been suspended")
    );
    let missing = with(App {
        installed: false,
        ..App::default()
    });
    let jwt_two = jwt(&missing.emulator);
    let (status, ..) = missing
        .ask_as(&jwt_two, "orgs/harborpoint-example/installation")
        .await;
    assert_eq!(status, 404);
    assert_eq!(missing.post_as(&jwt_two, path, "").await.0, 404);
    let selected = with(App {
        repositories: Selection::Named(vec!["erp".to_owned()]),
        ..App::default()
    });
    let jwt_three = jwt(&selected.emulator);
    let (_, _, token) = selected.post_as(&jwt_three, path, "").await;
    assert_eq!(token["repository_selection"], "selected");
}

#[test]
fn the_key_is_a_pkcs1_file_and_another_one_for_every_emulator() {
    let start = || Emulator::start(Company::tidy(&shape()), Options::default()).unwrap();
    let (one, two) = (start(), start());
    let pem = one.app_key_pem().unwrap();
    assert!(pem.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    assert_eq!(pem, one.app_key_pem().unwrap());
    assert_ne!(pem, two.app_key_pem().unwrap());
}
