//! The token endpoint.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use graph_emulator::{ClientCertificate, Fault, Options, Tenant};
use serde_json::{Value, json};

use super::Bench;

const SCOPE: &str = "https://graph.microsoft.com/.default";

/// Posts the fields to the token endpoint of `tenant`: status and body.
async fn post(bench: &Bench, tenant: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let response = bench
        .client
        .post(format!(
            "{}/{tenant}/oauth2/v2.0/token",
            bench.emulator.login_url()
        ))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    let status = response.status().as_u16();
    (
        status,
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap(),
    )
}

fn code(body: &Value) -> u64 {
    let code = body["error_codes"][0].as_u64().unwrap_or_default();
    for name in [
        "error",
        "error_description",
        "timestamp",
        "trace_id",
        "correlation_id",
    ] {
        assert!(body[name].is_string(), "{name} is missing in {body}");
    }
    assert!(
        body["error_description"]
            .as_str()
            .unwrap()
            .starts_with(&format!("AADSTS{code}: "))
    );
    code
}

#[tokio::test]
async fn a_secret_gives_a_token_that_graph_accepts() {
    let bench = Bench::small();
    let options = bench.emulator.options().clone();
    let tenant = bench.emulator.tenant();
    let secret = options.client_secret.unwrap();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", options.client_id.as_str()),
        ("client_secret", secret.as_str()),
        ("scope", SCOPE),
    ];
    for name in [tenant.id.as_str(), "HalyardPrecision.example"] {
        let (status, body) = post(&bench, name, &fields).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["token_type"], "Bearer");
        assert_eq!(body["expires_in"], 3599);
        let token = body["access_token"].as_str().unwrap().to_owned();
        let claims: Value = serde_json::from_slice(
            &URL_SAFE_NO_PAD
                .decode(token.split('.').nth(1).unwrap())
                .unwrap(),
        )
        .unwrap();
        assert_eq!(claims["tid"], tenant.id.as_str());
        assert_eq!(claims["roles"], json!(options.roles));
        let answer = bench
            .client
            .get(bench.address("users"))
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
    }
    let log = bench.emulator.log();
    assert_eq!(log.len(), 4);
    assert!(
        log.iter()
            .all(|entry| entry.authorized && entry.status == 200)
    );
    assert!(!format!("{log:?}").contains(&secret));
}

#[tokio::test]
async fn every_mistake_has_its_own_error() {
    let options = Options {
        expired_secret: Some("old~secret".into()),
        ..Options::default()
    };
    let bench = Bench::new(Tenant::small(), options);
    let options = bench.emulator.options().clone();
    let tenant = bench.emulator.tenant().id;
    let good = [
        ("grant_type", "client_credentials"),
        ("client_id", options.client_id.as_str()),
        ("client_secret", options.client_secret.as_deref().unwrap()),
        ("scope", SCOPE),
    ];
    let with = |name: &'static str, value: &'static str| -> Vec<(&str, &str)> {
        good.iter()
            .map(|(have, old)| (*have, if *have == name { value } else { old }))
            .collect()
    };
    let without = |name: &str| -> Vec<(&str, &str)> {
        good.iter()
            .copied()
            .filter(|(have, _)| *have != name)
            .collect()
    };
    for (fields, status, expected, error) in [
        (
            with("grant_type", "password"),
            400,
            70003,
            "unsupported_grant_type",
        ),
        (without("grant_type"), 400, 900_144, "invalid_request"),
        (
            with("client_id", "7b0c0f7e-0000-4000-8000-000000000000"),
            400,
            700_016,
            "unauthorized_client",
        ),
        (
            with("client_secret", "wrong"),
            401,
            7_000_215,
            "invalid_client",
        ),
        (
            with("client_secret", "old~secret"),
            401,
            7_000_222,
            "invalid_client",
        ),
        (without("client_secret"), 401, 7_000_216, "invalid_client"),
        (without("scope"), 400, 900_144, "invalid_request"),
        (
            with("scope", "User.Read.All"),
            400,
            1_002_012,
            "invalid_scope",
        ),
        (
            with("scope", "https://graph.microsoft.com//.default"),
            400,
            500_011,
            "invalid_resource",
        ),
        (
            with("scope", "https://graph.microsoft.us/.default"),
            400,
            500_011,
            "invalid_resource",
        ),
        (
            with(
                "scope",
                "https://graph.microsoft.com/.default offline_access",
            ),
            400,
            70011,
            "invalid_scope",
        ),
        (
            [good.as_slice(), &[("scope", SCOPE)]].concat(),
            400,
            9_000_411,
            "invalid_request",
        ),
    ] {
        let (got, body) = post(&bench, &tenant, &fields).await;
        assert_eq!(
            (got, code(&body), body["error"].as_str().unwrap()),
            (status, expected, error),
            "{fields:?}"
        );
        assert!(body.get("access_token").is_none());
    }
    for (name, expected) in [
        ("common", 50059),
        ("11111111-2222-4333-8444-555555555555", 90002),
        ("another.example", 90002),
        ("not_a_tenant", 900_023),
    ] {
        let (status, body) = post(&bench, name, &good).await;
        assert_eq!((status, code(&body)), (400, expected), "{name}");
    }
    assert!(bench.emulator.log().iter().all(|entry| !entry.authorized));
    // JSON is not a form.
    let response = bench
        .client
        .post(format!(
            "{}/{tenant}/oauth2/v2.0/token",
            bench.emulator.login_url()
        ))
        .header("content-type", "application/json")
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 400);
}

struct Assertion {
    header: Value,
    claims: Value,
    encoding: &'static dyn RsaEncoding,
}

fn sign(certificate: &ClientCertificate, assertion: &Assertion) -> String {
    let key = RsaKeyPair::from_pkcs8(certificate.private_key_pkcs8().unwrap()).unwrap();
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(assertion.header.to_string()),
        URL_SAFE_NO_PAD.encode(assertion.claims.to_string())
    );
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        assertion.encoding,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn a_certificate_works_only_with_a_correct_assertion() {
    let certificate = ClientCertificate::generate().unwrap();
    let stranger = ClientCertificate::generate().unwrap();
    let registered = ClientCertificate::from_pem(&certificate.to_pem()).unwrap();
    let bench = Bench::new(
        Tenant::small(),
        Options {
            certificate: Some(registered),
            ..Options::default()
        },
    );
    let client_id = bench.emulator.options().client_id.clone();
    let tenant = bench.emulator.tenant().id;
    let endpoint = format!("{}/{tenant}/oauth2/v2.0/token", bench.emulator.login_url());
    let now = chrono::Utc::now().timestamp();
    let good = |jti: &str| Assertion {
        header: json!({"alg": "PS256", "typ": "JWT", "x5t#S256": certificate.thumbprint()}),
        claims: json!({"aud": endpoint, "iss": client_id, "sub": client_id, "jti": jti, "nbf": now - 60, "iat": now, "exp": now + 540}),
        encoding: &RSA_PSS_SHA256,
    };
    let send = async |assertion: &str| {
        post(
            &bench,
            &tenant,
            &[
                ("grant_type", "client_credentials"),
                ("client_id", &client_id),
                (
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ),
                ("client_assertion", assertion),
                ("scope", SCOPE),
            ],
        )
        .await
    };
    let first = sign(&certificate, &good("1"));
    assert_eq!(send(&first).await.0, 200);
    assert_eq!(code(&send(&first).await.1), 50027, "the same jti twice");
    let mut official = good("official");
    official.claims["aud"] = json!(format!(
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
    ));
    assert_eq!(send(&sign(&certificate, &official)).await.0, 200);
    let mut older = good("older");
    older.header["alg"] = json!("RS256");
    older.encoding = &RSA_PKCS1_SHA256;
    assert_eq!(send(&sign(&certificate, &older)).await.0, 200);

    let spoil = |pointer: &str, value: Value| {
        let mut assertion = good(pointer);
        let mut whole = json!({"h": assertion.header, "c": assertion.claims});
        *whole.pointer_mut(pointer).unwrap() = value;
        assertion.header = whole["h"].take();
        assertion.claims = whole["c"].take();
        sign(&certificate, &assertion)
    };
    for (jwt, expected) in [
        (spoil("/h/x5t#S256", json!(stranger.thumbprint())), 700_027),
        (spoil("/h/alg", json!("RS256")), 700_027),
        (spoil("/h/alg", json!("none")), 50027),
        (spoil("/h/typ", json!("at+jwt")), 50027),
        (
            spoil("/c/aud", json!("https://graph.microsoft.com")),
            700_023,
        ),
        (spoil("/c/iss", json!("someone")), 700_021),
        (spoil("/c/sub", json!("someone")), 700_021),
        (spoil("/c/exp", json!(now - 400)), 700_024),
        (spoil("/c/nbf", json!(now + 400)), 700_024),
        (spoil("/c/exp", json!(now + 7200)), 700_024),
        (spoil("/c/jti", json!("")), 50027),
        (sign(&stranger, &good("stranger")), 700_027),
        ("not-a-jwt".to_owned(), 50027),
    ] {
        let (status, body) = send(&jwt).await;
        assert_eq!((status, code(&body)), (401, expected), "{body}");
    }
    let (status, body) = post(
        &bench,
        &tenant,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", &client_id),
            ("client_assertion", &sign(&certificate, &good("untyped"))),
            ("scope", SCOPE),
        ],
    )
    .await;
    assert_eq!((status, code(&body)), (400, 900_144));
    bench.emulator.advance_clock(Duration::from_secs(3600));
    assert_eq!(
        code(&send(&sign(&certificate, &good("late"))).await.1),
        700_024
    );
}

#[tokio::test]
async fn discovery_describes_the_tenant() {
    let bench = Bench::small();
    let get = async |tenant: &str| {
        let address = format!(
            "{}/{tenant}/v2.0/.well-known/openid-configuration",
            bench.emulator.login_url()
        );
        super::read(bench.client.get(address).send().await.unwrap()).await
    };
    let (status, _, body) = get("halyardprecision.example").await;
    assert_eq!(status, 200);
    assert!(
        body["issuer"]
            .as_str()
            .unwrap()
            .contains(&bench.emulator.tenant().id)
    );
    assert_eq!(body["msgraph_host"], "graph.microsoft.com");
    let (status, _, body) = get("unknown.example").await;
    assert_eq!(
        (status, body["error"].as_str()),
        (400, Some("invalid_tenant"))
    );
}

#[tokio::test]
async fn the_wrong_tenant_fault_reaches_token_and_organisation() {
    let bench = Bench::small();
    bench.emulator.faults().set("/", Fault::WrongTenant);
    let options = bench.emulator.options().clone();
    let tenant = bench.emulator.tenant().id;
    let (_, body) = post(
        &bench,
        &tenant,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", &options.client_id),
            ("client_secret", options.client_secret.as_deref().unwrap()),
            ("scope", SCOPE),
        ],
    )
    .await;
    let token = body["access_token"].as_str().unwrap();
    let claims: Value = serde_json::from_slice(
        &URL_SAFE_NO_PAD
            .decode(token.split('.').nth(1).unwrap())
            .unwrap(),
    )
    .unwrap();
    assert_ne!(claims["tid"], tenant.as_str());
    let answer = bench
        .client
        .get(bench.address("organization"))
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    let (status, _, body) = super::read(answer).await;
    assert_eq!(status, 200);
    assert_eq!(body["value"][0]["id"], claims["tid"]);
}
