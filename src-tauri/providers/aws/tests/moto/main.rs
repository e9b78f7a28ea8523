//! The whole way against an AWS that somebody else wrote: seed, sign in, test, collect, judge.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod faults;
mod profile;
mod regions;
mod support;

use evidence::{Outcome, UnknownCode};
use provider_aws::{Aws, datasets};
use provider_kit::{ErrorClass, Gathered, GrantState, Provider};
use std::process::Command;
use support::{Moto, Pages, connection, gather, judge};

/// Requests that [`seed`] makes.
const SEEDING: u32 = 11;
const SECRET: &str = "made-up-secret";

/// An SDK client that changes things, which the product itself never does.
fn seeder(url: &str) -> aws_sdk_iam::Client {
    use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
    let credentials = Credentials::new("AKIASEEDSEEDSEEDSEED", SECRET, None, None, "test");
    let config = aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
        .region(aws_config::Region::new("us-east-1"))
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(support::PlainHttp::new())
        .build();
    aws_sdk_iam::Client::new(&config)
}

/// Three people and a robot; `reader` is who connects and may do what `actions` says. Gives the reader's key.
async fn seed(url: &str, actions: &str) -> (String, String) {
    let iam = seeder(url);
    for name in ["avery", "blake", "reader"] {
        iam.create_user().user_name(name).send().await.unwrap();
    }
    for name in ["avery", "blake"] {
        iam.create_login_profile()
            .user_name(name)
            .password("made-up-Passw0rd")
            .send()
            .await
            .unwrap();
    }
    let device = iam
        .create_virtual_mfa_device()
        .virtual_mfa_device_name("avery")
        .send()
        .await
        .unwrap();
    let serial = device
        .virtual_mfa_device()
        .unwrap()
        .serial_number()
        .to_owned();
    iam.enable_mfa_device()
        .user_name("avery")
        .serial_number(serial)
        .authentication_code1("123456")
        .authentication_code2("654321")
        .send()
        .await
        .unwrap();
    iam.create_account_alias()
        .account_alias("example-shop")
        .send()
        .await
        .unwrap();
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":[{actions}],"Resource":"*"}}]}}"#
    );
    iam.put_user_policy()
        .user_name("reader")
        .policy_name("p")
        .policy_document(policy)
        .send()
        .await
        .unwrap();
    let key = iam
        .create_access_key()
        .user_name("reader")
        .send()
        .await
        .unwrap();
    let key = key.access_key().unwrap();
    // One more, so that the number of requests before moto checks them is fixed.
    iam.list_users().send().await.unwrap();
    (
        key.access_key_id().to_owned(),
        key.secret_access_key().to_owned(),
    )
}

#[tokio::test]
async fn an_account_is_read_and_judged() {
    let moto = Moto::start(u32::MAX);
    let (id, secret) = seed(&moto.url, r#""*""#).await;
    let (connection, log) = connection(&moto.url, &id, &secret);
    let session = Aws.sign_in(connection).await.unwrap();
    assert_eq!(
        (
            session.identity().id.as_str(),
            session.identity().name.as_str()
        ),
        ("123456789012", "example-shop")
    );

    let gathered = gather(session.as_ref()).await;
    // What moto lacks, the emulator before it serves in the other tests.
    let lacking: Vec<&str> = gathered
        .iter()
        .filter_map(|(dataset, entry)| match entry {
            Gathered::Snapshot(_) => None,
            Gathered::Missing(reason) => {
                assert_eq!(
                    reason.code,
                    UnknownCode::MalformedAnswer,
                    "{dataset}: {reason}"
                );
                Some(*dataset)
            }
        })
        .collect();
    assert_eq!(
        lacking,
        [
            "aws.access_analyzer_analyzers",
            "aws.access_analyzer_findings",
            "aws.backup_resources",
            "aws.cloudtrail_events",
            "aws.config_conformance_packs",
            "aws.config_delivery_status",
            "aws.config_pack_compliance",
            "aws.config_rule_compliance",
            "aws.ebs_snapshot_public_access",
            "aws.ec2_client_vpn_endpoints",
            "aws.ec2_image_public_access",
            "aws.iam_organizations_features",
            "aws.securityhub_standards",
            "aws.ssm_instances",
            "aws.ssm_patch_compliance",
        ]
    );
    let judged = judge(&gathered, "aws");
    let of = |id: &str| {
        (
            judged[id].0,
            judged[id].1.iter().map(String::as_str).collect::<Vec<_>>(),
        )
    };
    assert_eq!(of("aws.iam.console_mfa"), (Outcome::Fail, vec!["blake"]));
    assert_eq!(of("aws.iam.root_mfa"), (Outcome::Fail, vec!["root user"]));
    assert_eq!(
        of("aws.iam.users_authorised"),
        (Outcome::Unknown, vec!["avery", "blake", "reader"])
    );
    assert_eq!(of("aws.iam.password_length").0, Outcome::Fail);
    for id in [
        "aws.iam.key_rotation",
        "aws.iam.unused_credentials",
        "aws.iam.one_active_key",
        "aws.iam.root_not_used",
    ] {
        assert_eq!(
            of(id),
            (Outcome::Unknown, vec![]),
            "{id}: moto's report has no row for root, so it may lack others"
        );
    }

    // Neither what was stored nor what was logged holds a secret.
    let records = log.records();
    let logged = serde_json::to_string(&records).unwrap();
    assert!(
        !logged.contains(&secret) && !logged.contains("Signature"),
        "{logged}"
    );
    assert!(
        records
            .iter()
            .any(|record| record.path.contains("Action=GenerateCredentialReport")),
        "{logged}"
    );
}

#[tokio::test]
async fn pages_say_what_was_asked_and_hold_no_seed() {
    let moto = Moto::start(u32::MAX);
    let (id, secret) = seed(&moto.url, r#""*""#).await;
    let (connection, _) = connection(&moto.url, &id, &secret);
    let session = Aws.sign_in(connection).await.unwrap();
    let mut pages = Pages::default();
    session.collect(&datasets::USERS, &mut pages).await.unwrap();
    let request = &pages.0[0].request;
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/")
    );
    assert_eq!(
        request.query,
        "Action=ListUsers&Version=2010-05-08&MaxItems=1000"
    );
    assert!(request.host.starts_with("127.0.0.1:"));
    let mut pages = Pages::default();
    session
        .collect(&datasets::VIRTUAL_MFA_DEVICES, &mut pages)
        .await
        .unwrap();
    let body = String::from_utf8(pages.0[0].body.to_vec()).unwrap();
    assert!(body.contains("mfa/avery"), "{body}");
    for name in datasets::SEEDS {
        let kept = body
            .split(&format!("<{name}>"))
            .skip(1)
            .any(|rest| !rest.starts_with("</"));
        assert!(!kept, "{body}");
    }
}

#[tokio::test]
async fn a_missing_permission_is_named_and_only_its_dataset_is_missing() {
    let moto = Moto::start(SEEDING);
    let actions = r#""sts:GetCallerIdentity","iam:ListAccountAliases","iam:GetAccountSummary","iam:ListVirtualMFADevices","iam:GenerateCredentialReport","iam:GetCredentialReport""#;
    let (id, secret) = seed(&moto.url, actions).await;
    let (connection, _) = connection(&moto.url, &id, &secret);
    let session = Aws.sign_in(connection).await.unwrap();
    let error = session
        .collect(&datasets::USERS, &mut Pages::default())
        .await
        .unwrap_err();
    assert_eq!(
        (error.class, error.code.as_str()),
        (ErrorClass::Permission, "permission_missing")
    );
    assert!(error.fix.contains("iam:ListUsers"), "{error:?}");
    session
        .collect(&datasets::ACCOUNT_SUMMARY, &mut Pages::default())
        .await
        .unwrap();

    let grants = session.grants().await.unwrap();
    let state = |name: &str| {
        grants
            .iter()
            .find(|grant| grant.permission == name)
            .unwrap()
            .state
    };
    assert_eq!(state("iam:ListUsers"), GrantState::Missing);
    assert_eq!(state("iam:GetAccountPasswordPolicy"), GrantState::Missing);
    assert_eq!(state("iam:GetAccountSummary"), GrantState::Granted);
    assert_eq!(state("iam:GetCredentialReport"), GrantState::Granted);
    let judged = judge(&gather(session.as_ref()).await, "aws");
    assert_eq!(judged["aws.iam.users_authorised"].0, Outcome::Unknown);
    assert_eq!(judged["aws.iam.root_mfa"].0, Outcome::Fail);
}

#[tokio::test]
async fn wrong_credentials_are_told_apart() {
    let moto = Moto::start(SEEDING);
    let (id, secret) = seed(&moto.url, r#""*""#).await;
    for (id, secret, code) in [
        (
            "AKIANOBODYNOBODY0000",
            secret.as_str(),
            "unknown_access_key",
        ),
        (id.as_str(), "not-the-secret-of-it", "wrong_secret"),
    ] {
        let (connection, _) = connection(&moto.url, id, secret);
        let error = Aws.sign_in(connection).await.err().unwrap();
        assert_eq!(
            (error.class, error.code.as_str()),
            (ErrorClass::Authentication, code),
            "{error:?}"
        );
        assert!(!format!("{error:?}").contains(secret));
    }
}

/// Runs itself once more with an environment that would lead any SDK elsewhere.
#[tokio::test]
async fn the_environment_leads_nowhere() {
    let own = "the_environment_leads_nowhere";
    if std::env::var_os("HOSTILE_CHILD").is_none() {
        let trap = "http://127.0.0.1:9/";
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", own, "--nocapture"])
            .env("HOSTILE_CHILD", "1")
            .envs([
                ("AWS_ACCESS_KEY_ID", "AKIAHOSTILEHOSTILE00"),
                ("AWS_SECRET_ACCESS_KEY", "hostile"),
                ("AWS_SESSION_TOKEN", "hostile"),
                ("AWS_REGION", "us-gov-west-1"),
                ("AWS_PROFILE", "hostile"),
                ("AWS_CONFIG_FILE", "/dev/null"),
                ("AWS_EXECUTION_ENV", "hostile-environment"),
                ("AWS_ENDPOINT_URL", trap),
                ("AWS_ENDPOINT_URL_IAM", trap),
                ("AWS_ENDPOINT_URL_STS", trap),
                ("AWS_EC2_METADATA_SERVICE_ENDPOINT", trap),
                ("AWS_USE_FIPS_ENDPOINT", "true"),
                ("HTTP_PROXY", trap),
            ])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{text}"
        );
        return;
    }
    let answer = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/r</Arn>\
                  <UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let aliases = "<ListAccountAliasesResponse><ListAccountAliasesResult><IsTruncated>false</IsTruncated><AccountAliases/>\
                   </ListAccountAliasesResult></ListAccountAliasesResponse>";
    let server = wiremock::MockServer::start().await;
    for (action, body) in [
        ("GetCallerIdentity", answer),
        ("ListAccountAliases", aliases),
    ] {
        wiremock::Mock::given(wiremock::matchers::body_string_contains(action))
            .respond_with(wiremock::ResponseTemplate::new(200).set_body_raw(body, "text/xml"))
            .mount(&server)
            .await;
    }
    let (connection, _) = connection(&server.uri(), "AKIAENTEREDENTERED00", SECRET);
    let session = Aws.sign_in(connection).await.unwrap();
    assert_eq!(session.identity().id, "123456789012");
    for request in server.received_requests().await.unwrap() {
        let headers = format!("{:?}", request.headers).to_lowercase();
        assert!(
            headers.contains("credential=akiaenteredentered00/"),
            "{headers}"
        );
        assert!(headers.contains("/us-east-1/"), "{headers}");
        assert!(!headers.contains("hostile"), "{headers}");
    }
}
