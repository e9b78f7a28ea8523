//! The program around the emulator.

use stand_in::trial::{Trial, refusal};

const PROGRAM: &str = env!("CARGO_BIN_EXE_github-emulator");

#[tokio::test]
async fn it_prints_one_line_serves_and_ends_with_standard_input() {
    let trial = Trial::start(
        PROGRAM,
        &[
            "--members",
            "40",
            "--repos",
            "20",
            "--tidy",
            "--without",
            "organization_hooks",
            "--fault",
            "server-error@/orgs/*/repos",
        ],
    )
    .unwrap();
    let text = |name: &str| trial.text(name);
    assert!(text("appKeyPem").starts_with("-----BEGIN RSA PRIVATE KEY-----"));
    assert!(text("classicToken").starts_with("ghp_"));
    assert_eq!(text("url"), text("apiUrl"));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = async |path: &str| {
        client
            .get(format!(
                "{}/orgs/{}{path}",
                text("apiUrl"),
                text("organization")
            ))
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .header("user-agent", "tests/1")
            .bearer_auth(text("token"))
            .send()
            .await
            .unwrap()
    };
    let (status, _, body) = super::read(get("/members?per_page=100").await).await;
    assert_eq!((status, body.as_array().unwrap().len()), (200, 40));
    assert_eq!(get("/hooks").await.status(), 403);
    for status in [502, 502, 200] {
        assert_eq!(get("/repos").await.status(), status);
    }
    assert!(trial.end().unwrap().success());
}

#[test]
fn wrong_arguments_are_a_usage_error() {
    for arguments in [
        vec!["--nonsense"],
        vec!["--members"],
        vec!["--members", "x"],
        vec!["--plan", "gold"],
        vec!["--fault", "nonsense"],
    ] {
        let (code, out, error) = refusal(PROGRAM, &arguments).unwrap();
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(error.contains("--fault"));
    }
    let (code, ..) = refusal(PROGRAM, &["--flaw", "github.org.nonsense"]).unwrap();
    assert_eq!(code, Some(1));
}
