//! A named profile: the one way in which AWS's files on this computer count.

use crate::support::connection;
use provider_aws::Aws;
use provider_kit::{ErrorClass, Provider as _};
use std::{path::Path, process::Command};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_string_contains, header, path},
};

const FILES: &str = "[plant]\naws_access_key_id = AKIAPROFILEPROFILE00\naws_secret_access_key = made-up-secret\n\
                     endpoint_url = http://127.0.0.1:9/\n";

/// Runs itself once more with AWS's files in a folder of its own.
#[tokio::test]
async fn a_profile_signs_and_its_endpoints_do_not_count() {
    let own = "profile::a_profile_signs_and_its_endpoints_do_not_count";
    if std::env::var_os("PROFILE_CHILD").is_none() {
        let folder = std::env::temp_dir().join(format!("cmmcpro-profile-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (credentials, config) = (folder.join("credentials"), folder.join("config"));
        std::fs::write(&credentials, FILES).unwrap();
        std::fs::write(&config, "[profile plant]\nregion = eu-west-1\n").unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", own, "--nocapture"])
            .env("PROFILE_CHILD", "1")
            .env("AWS_SHARED_CREDENTIALS_FILE", &credentials)
            .env("AWS_CONFIG_FILE", &config)
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9/")
            .output()
            .unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{text}"
        );
        return;
    }
    let who = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/r</Arn>\
               <UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let aliases = "<ListAccountAliasesResponse><ListAccountAliasesResult><IsTruncated>false</IsTruncated><AccountAliases/>\
                   </ListAccountAliasesResult></ListAccountAliasesResponse>";
    let server = wiremock::MockServer::start().await;
    for (action, body) in [("GetCallerIdentity", who), ("ListAccountAliases", aliases)] {
        wiremock::Mock::given(wiremock::matchers::body_string_contains(action))
            .respond_with(wiremock::ResponseTemplate::new(200).set_body_raw(body, "text/xml"))
            .mount(&server)
            .await;
    }
    let of_profile = |name: &str| {
        let (mut connection, _) = connection(&server.uri(), "", "");
        connection.secrets.clear();
        connection
            .config
            .insert("profile".to_owned(), name.to_owned());
        connection
    };
    let session = Aws.sign_in(of_profile("plant")).await.unwrap();
    assert_eq!(session.identity().id, "123456789012");
    for request in server.received_requests().await.unwrap() {
        let headers = format!("{:?}", request.headers);
        assert!(
            headers.contains("Credential=AKIAPROFILEPROFILE00/") && headers.contains("/us-east-1/"),
            "signed by the profile, for the region of the connection: {headers}"
        );
    }
    let error = Aws.sign_in(of_profile("nobody")).await.err().unwrap();
    assert_eq!(
        (error.class, error.code.as_str()),
        (ErrorClass::Authentication, "profile_unusable")
    );
    assert!(error.why.contains("nobody") && error.fix.contains("--profile nobody"));
}

/// The token's files are named by the SHA-1 of the sign-on's name.
const TOKENS: [(&str, &str, &str); 4] = [
    (
        "plant",
        "baf0bf92eb79156bdc34cddba390e31738b942f1",
        "2099-01-01T00:00:00Z",
    ),
    (
        "ended",
        "ba92ed73c97b30bcc4639724ab6aa8ae87f92601",
        "2020-01-01T00:00:00Z",
    ),
    (
        "refused",
        "a503bc1da23a6a8fafc646f69e65cc7d22fd4b53",
        "2099-01-01T00:00:00Z",
    ),
    (
        "stranger",
        "ed5acfe897a4c94a0dfe385ec1ab2087fdf23678",
        "2099-01-01T00:00:00Z",
    ),
];
const SIGN_ON: &str = "PROFILE_SIGN_ON";

/// AWS's files of somebody who signed in, and of some who did not.
fn sign_ons(home: &Path) {
    let cache = home.join(".aws/sso/cache");
    std::fs::create_dir_all(&cache).unwrap();
    let mut config = String::new();
    for name in TOKENS.map(|(name, ..)| name).into_iter().chain(["nobody"]) {
        config += &format!(
            "[profile {name}]\nsso_session = {name}\nsso_account_id = 123456789012\nsso_role_name = Reader\n\
             [sso-session {name}]\nsso_region = us-east-1\nsso_start_url = https://made-up.example/start\n"
        );
    }
    config +=
        "[profile chain]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = nobody\n";
    std::fs::write(home.join(".aws/config"), config).unwrap();
    for (name, file, until) in TOKENS {
        let token = format!(
            r#"{{"accessToken":"made-up-{name}","expiresAt":"{until}","region":"us-east-1","startUrl":"https://made-up.example/start"}}"#
        );
        std::fs::write(cache.join(format!("{file}.json")), token).unwrap();
    }
}

/// A sign-on's portal, and an account, at one address.
async fn portal() -> MockServer {
    let server = MockServer::start().await;
    let given = r#"{"roleCredentials":{"accessKeyId":"ASIASIGNONSIGNON0000","secretAccessKey":"made-up","sessionToken":"made-up-session","expiration":4102444800000}}"#;
    let refusal = |code: &str| format!(r#"{{"__type":"com.example#{code}","message":"m"}}"#);
    for (token, status, body) in [
        ("made-up-plant", 200, given.to_owned()),
        ("made-up-refused", 401, refusal("UnauthorizedException")),
        ("made-up-stranger", 403, refusal("ForbiddenException")),
    ] {
        Mock::given(path("/federation/credentials"))
            .and(header("x-amz-sso_bearer_token", token))
            .respond_with(ResponseTemplate::new(status).set_body_raw(body, "application/json"))
            .mount(&server)
            .await;
    }
    let who = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/Reader/r</Arn>\
               <UserId>AROA</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let aliases = "<ListAccountAliasesResponse><ListAccountAliasesResult><IsTruncated>false</IsTruncated><AccountAliases/>\
                   </ListAccountAliasesResult></ListAccountAliasesResponse>";
    for (action, body) in [("GetCallerIdentity", who), ("ListAccountAliases", aliases)] {
        Mock::given(body_string_contains(action))
            .respond_with(ResponseTemplate::new(200).set_body_raw(body, "text/xml"))
            .mount(&server)
            .await;
    }
    server
}

/// Runs itself once more with AWS's files in a home of its own.
#[tokio::test]
async fn a_single_sign_on_is_used_while_it_lasts_and_told_when_it_has_ended() {
    let own = "profile::a_single_sign_on_is_used_while_it_lasts_and_told_when_it_has_ended";
    let Ok(url) = std::env::var(SIGN_ON) else {
        let home = std::env::temp_dir().join(format!("cmmcpro-sign-on-{}", std::process::id()));
        sign_ons(&home);
        let server = portal().await;
        let mut child = Command::new(std::env::current_exe().unwrap());
        child
            .args(["--exact", own, "--nocapture"])
            .env(SIGN_ON, server.uri())
            .env("HOME", &home)
            .env("USERPROFILE", &home)
            .env_remove("AWS_CONFIG_FILE")
            .env_remove("AWS_SHARED_CREDENTIALS_FILE")
            .env("AWS_ENDPOINT_URL_SSO", server.uri());
        let output = tokio::task::spawn_blocking(move || child.output().unwrap())
            .await
            .unwrap();
        std::fs::remove_dir_all(&home).unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{text}"
        );
        for request in server.received_requests().await.unwrap() {
            let headers = format!("{:?}", request.headers);
            let is_portal = request.url.path() == "/federation/credentials";
            assert!(is_portal || !headers.contains("made-up-plant"), "{headers}");
            assert!(
                is_portal || headers.contains("Credential=ASIASIGNONSIGNON0000/"),
                "{headers}"
            );
        }
        return;
    };
    let of_profile = |name: &str| {
        let (mut connection, log) = connection(&url, "", "");
        connection.secrets.clear();
        connection
            .config
            .insert("profile".to_owned(), name.to_owned());
        (connection, log)
    };
    let (connection, log) = of_profile("plant");
    let session = Aws.sign_in(connection).await.unwrap();
    assert_eq!(session.identity().id, "123456789012");
    let logged = serde_json::to_string(&log.records()).unwrap();
    assert!(logged.contains("/federation/credentials"), "{logged}");
    assert!(!logged.contains("made-up-"), "{logged}");
    for (profile, code, to_run) in [
        ("ended", "sso_sign_in_needed", "ended"),
        ("nobody", "sso_sign_in_needed", "nobody"),
        ("refused", "sso_sign_in_needed", "refused"),
        ("chain", "sso_sign_in_needed", "nobody"),
        ("stranger", "sso_role_refused", ""),
    ] {
        let error = Aws.sign_in(of_profile(profile).0).await.err().unwrap();
        assert_eq!(
            (error.class, error.code.as_str()),
            (ErrorClass::Authentication, code),
            "{profile}: {error:?}"
        );
        let command = format!("aws sso login --profile {to_run}");
        assert!(
            to_run.is_empty() || error.fix.contains(&command),
            "{error:?}"
        );
        assert!(!format!("{error:?}").contains("made-up-"), "{error:?}");
    }
}
