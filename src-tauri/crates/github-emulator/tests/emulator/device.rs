//! The device flow.

use std::time::Duration;

use github_emulator::{App, Company, DeviceAnswer, OWNER, Options, TokenKind};
use serde_json::Value;

use super::{Bench, shape};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

impl Bench {
    fn form(fields: &[(&str, &str)]) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        form.finish()
    }

    async fn login(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let response = self
            .client
            .post(format!("{}/login/{path}", self.emulator.url()))
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Self::form(fields))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }

    async fn poll(&self, client_id: &str, code: &str) -> Value {
        let fields = [
            ("client_id", client_id),
            ("device_code", code),
            ("grant_type", GRANT),
        ];
        self.login("oauth/access_token", &fields).await
    }
}

fn bench() -> Bench {
    Bench::new(
        Company::tidy(&shape()),
        Options {
            device_interval: 0,
            ..Options::default()
        },
    )
}

fn client_id(bench: &Bench) -> String {
    bench.emulator.options().app.client_id.clone()
}

#[tokio::test]
async fn an_owner_approves_and_the_token_is_theirs_for_eight_hours() {
    let bench = bench();
    let id = client_id(&bench);
    let start = bench.login("device/code", &[("client_id", &id)]).await;
    assert_eq!(
        (start["expires_in"].as_u64(), start["interval"].as_u64()),
        (Some(900), Some(0))
    );
    let user_code = start["user_code"].as_str().unwrap();
    assert_eq!((user_code.len(), user_code.find('-')), (9, Some(4)));
    let code = start["device_code"].as_str().unwrap();
    assert_eq!(
        bench.poll(&id, code).await["error"],
        "authorization_pending"
    );
    bench.emulator.answer_device(DeviceAnswer::Approved {
        login: OWNER.to_owned(),
        owner: true,
    });
    let token = bench.poll(&id, code).await;
    let secret = token["access_token"].as_str().unwrap();
    assert!(secret.starts_with("ghu_"));
    assert_eq!(token["expires_in"], 28_800);
    let (_, _, user) = bench.ask_as(secret, "user").await;
    assert_eq!(user["login"], OWNER);
    let (_, _, org) = bench.ask_as(secret, "orgs/harborpoint-example").await;
    assert_eq!(org["two_factor_requirement_enabled"], true);
    assert_eq!(
        bench.poll(&id, code).await["error"],
        "incorrect_device_code",
        "a code works once"
    );
    let last = bench.emulator.log();
    assert!(
        last.iter()
            .any(|entry| entry.token == Some(TokenKind::User))
    );
    assert!(last.iter().all(|entry| entry.is_read_only()));
    bench.emulator.advance_clock(Duration::from_secs(28_800));
    assert_eq!(bench.ask_as(secret, "user").await.0, 401);
    let refresh = token["refresh_token"].as_str().unwrap();
    let fields = [
        ("client_id", id.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
    ];
    let again = bench.login("oauth/access_token", &fields).await;
    let secret = again["access_token"].as_str().unwrap();
    assert_eq!(bench.ask_as(secret, "user").await.0, 200);
    let spent = bench.login("oauth/access_token", &fields).await;
    assert_eq!(spent["error"], "bad_refresh_token");
}

#[tokio::test]
async fn polling_too_fast_slows_down_and_codes_expire() {
    let bench = Bench::tidy();
    let id = client_id(&bench);
    let start = bench.login("device/code", &[("client_id", &id)]).await;
    assert_eq!(start["interval"], 5);
    let code = start["device_code"].as_str().unwrap();
    assert_eq!(
        bench.poll(&id, code).await["error"],
        "authorization_pending"
    );
    let early = bench.poll(&id, code).await;
    assert_eq!(
        (&early["error"], &early["interval"]),
        (&"slow_down".into(), &10.into())
    );
    bench.emulator.advance_clock(Duration::from_secs(6));
    assert_eq!(
        bench.poll(&id, code).await["error"],
        "slow_down",
        "ten seconds by now"
    );
    bench.emulator.advance_clock(Duration::from_secs(16));
    assert_eq!(
        bench.poll(&id, code).await["error"],
        "authorization_pending"
    );
    bench.emulator.advance_clock(Duration::from_secs(900));
    assert_eq!(bench.poll(&id, code).await["error"], "expired_token");
}

#[tokio::test]
async fn every_other_end_has_its_error() {
    let bench = bench();
    let id = client_id(&bench);
    let start = bench.login("device/code", &[("client_id", &id)]).await;
    let code = start["device_code"].as_str().unwrap();
    assert_eq!(
        bench.poll("another", code).await["error"],
        "incorrect_client_credentials"
    );
    assert_eq!(
        bench.poll(&id, "another").await["error"],
        "incorrect_device_code"
    );
    let fields = [("client_id", id.as_str()), ("grant_type", "password")];
    assert_eq!(
        bench.login("oauth/access_token", &fields).await["error"],
        "unsupported_grant_type"
    );
    bench.emulator.answer_device(DeviceAnswer::Denied);
    assert_eq!(bench.poll(&id, code).await["error"], "access_denied");
    let wrong = bench
        .login("device/code", &[("client_id", "another")])
        .await;
    assert_eq!(wrong["error"], "incorrect_client_credentials");
    let off = Bench::new(
        Company::tidy(&shape()),
        Options {
            app: App {
                device_flow: false,
                ..App::default()
            },
            ..Options::default()
        },
    );
    let id = client_id(&off);
    let refused = off.login("device/code", &[("client_id", &id)]).await;
    assert_eq!(refused["error"], "device_flow_disabled");
}

#[tokio::test]
async fn an_oauth_app_gives_scopes_and_a_form_comes_without_accept() {
    let bench = bench();
    bench.emulator.answer_device(DeviceAnswer::Approved {
        login: "somebody".to_owned(),
        owner: false,
    });
    let id = bench.emulator.options().oauth_client_id.clone();
    let fields = [("client_id", id.as_str()), ("scope", "read:org repo")];
    let start = bench.login("device/code", &fields).await;
    let token = bench
        .poll(&id, start["device_code"].as_str().unwrap())
        .await;
    assert!(token["access_token"].as_str().unwrap().starts_with("gho_"));
    assert_eq!(token["scope"], "read:org,repo");
    assert!(token.get("expires_in").is_none());
    let secret = token["access_token"].as_str().unwrap();
    assert_eq!(
        bench
            .ask_as(secret, "orgs/harborpoint-example/members")
            .await
            .0,
        200
    );
    let response = bench
        .client
        .post(format!("{}/login/device/code", bench.emulator.url()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bench::form(&[("client_id", &id)]))
        .send()
        .await
        .unwrap();
    let text = response.text().await.unwrap();
    assert!(
        text.contains("device_code=") && text.contains("&interval=0"),
        "{text}"
    );
}
