//! The program around the emulator.

use stand_in::trial::{Trial, refusal};

const PROGRAM: &str = env!("CARGO_BIN_EXE_graph-emulator");

#[tokio::test]
async fn it_prints_one_line_serves_and_ends_with_standard_input() {
    let trial = Trial::start(
        PROGRAM,
        &[
            "--users",
            "40",
            "--certificate",
            "--fault",
            "throttle-silent@/groups",
        ],
    )
    .unwrap();
    let text = |name: &str| trial.text(name);
    assert!(text("certificatePem").contains("-----BEGIN PRIVATE KEY-----"));
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", &text("clientId"))
        .append_pair("client_secret", &text("clientSecret"))
        .append_pair("scope", &format!("{}/.default", text("audience")))
        .finish();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = client
        .post(format!(
            "{}/{}/oauth2/v2.0/token",
            text("loginUrl"),
            text("tenantId")
        ))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    let (status, _, body) = super::read(response).await;
    assert_eq!(status, 200, "{body}");
    let token = body["access_token"].as_str().unwrap();
    let get = async |path: &str| {
        client
            .get(format!("{}/v1.0/{path}", text("graphUrl")))
            .bearer_auth(token)
            .send()
            .await
            .unwrap()
    };
    let (_, _, body) = super::read(get("users?$top=999").await).await;
    assert_eq!(body["value"].as_array().unwrap().len(), 40);
    assert_eq!(get("groups").await.status(), 429);
    assert!(trial.end().unwrap().success());
}

#[test]
fn wrong_arguments_are_a_usage_error() {
    for arguments in [
        vec!["--nonsense"],
        vec!["--users"],
        vec!["--users", "x"],
        vec!["--fault", "nonsense"],
    ] {
        let (code, out, error) = refusal(PROGRAM, &arguments).unwrap();
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(error.contains("--fault"));
    }
}
