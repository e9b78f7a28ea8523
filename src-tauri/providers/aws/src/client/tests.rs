//! The client against scripted answers: what moto does not do.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::datasets::{CREDENTIAL_REPORT, PASSWORD_POLICY, USERS};
use evidence::UnknownCode;
use provider_kit::{HttpClient, HttpPolicy, MemoryLog};
use secrecy::SecretString;
use std::{collections::BTreeMap, sync::Arc};
use tokio_util::sync::CancellationToken;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::body_string_contains};

const ID: &str = "AKIAEXAMPLEEXAMPLE00";

pub(super) struct Aws(pub(super) MockServer);

impl Aws {
    /// Answers who is signed in, and that there is no alias.
    pub(super) async fn start() -> Self {
        let aws = Self(MockServer::start().await);
        aws.identity("arn:aws:iam::123456789012:user/reader").await;
        let none = result(
            "ListAccountAliases",
            "<IsTruncated>false</IsTruncated><AccountAliases/>",
        );
        aws.answer("Action=ListAccountAliases", 200, &none, None)
            .await;
        aws
    }

    async fn identity(&self, arn: &str) {
        let who = format!("<Arn>{arn}</Arn><UserId>AIDA</UserId><Account>123456789012</Account>");
        self.answer(
            "Action=GetCallerIdentity",
            200,
            &result("GetCallerIdentity", &who),
            None,
        )
        .await;
    }

    pub(super) async fn answer(&self, part: &str, status: u16, body: &str, times: Option<u64>) {
        let answer = ResponseTemplate::new(status).set_body_raw(body.to_owned(), "text/xml");
        let mock = Mock::given(body_string_contains(part)).respond_with(answer);
        match times {
            Some(times) => mock.up_to_n_times(times).mount(&self.0).await,
            None => mock.mount(&self.0).await,
        }
    }

    pub(super) fn connection(&self, extra: &[(&str, &str)]) -> Connection {
        let policy = HttpPolicy {
            pacing: false,
            attempts: 2,
            backoff_base: Duration::from_millis(1),
            ..HttpPolicy::default()
        };
        let mut config = BTreeMap::from([("endpoint_url".to_owned(), self.0.uri())]);
        config.extend(
            extra
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        Connection {
            cloud: "custom".to_owned(),
            config,
            secrets: [("access_key_id", ID), ("secret_access_key", "made-up")]
                .map(|(name, value)| (name.to_owned(), SecretString::from(value)))
                .into(),
            renewed: provider_kit::auth::unkept(),
            http: HttpClient::new(policy, Arc::new(MemoryLog::default())).unwrap(),
            cancel: CancellationToken::new(),
        }
    }

    pub(super) async fn sign_in(&self) -> Result<Account, ProviderError> {
        let mut account = Account::sign_in(&manifest(), self.connection(&[])).await?;
        account.patience = (Duration::from_millis(1), 3);
        Ok(account)
    }

    pub(super) async fn asked(&self, part: &str) -> usize {
        let requests = self.0.received_requests().await.unwrap();
        requests
            .iter()
            .filter(|request| String::from_utf8_lossy(&request.body).contains(part))
            .count()
    }
}

pub(super) fn manifest() -> Manifest {
    Manifest::parse(include_str!("../../provider.toml")).unwrap()
}

pub(super) fn result(action: &str, inner: &str) -> String {
    format!("<{action}Response><{action}Result>{inner}</{action}Result></{action}Response>")
}

pub(super) fn error(code: &str) -> String {
    format!(
        "<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    )
}

fn page(name: &str, more: &str) -> String {
    result(
        "ListUsers",
        &format!(
            "<Users><member><UserName>{name}</UserName><Arn>{name}</Arn></member></Users>{more}"
        ),
    )
}

#[derive(Default)]
pub(super) struct Pages(pub(super) Vec<Page>);

#[async_trait]
impl PageSink for Pages {
    async fn page(&mut self, page: Page) -> Result<(), ProviderError> {
        self.0.push(page);
        Ok(())
    }

    fn rows(&self) -> u64 {
        0
    }
}

#[tokio::test]
async fn markers_are_followed_hidden_and_never_in_a_circle() {
    let aws = Aws::start().await;
    let account = aws.sign_in().await.unwrap();
    aws.answer(
        "Marker=m1",
        200,
        &page("b", "<IsTruncated>false</IsTruncated>"),
        Some(1),
    )
    .await;
    aws.answer(
        "Marker=m1",
        200,
        &page("b", "<IsTruncated>true</IsTruncated><Marker>m1</Marker>"),
        None,
    )
    .await;
    aws.answer(
        "Action=ListUsers",
        200,
        &page("a", "<IsTruncated>true</IsTruncated><Marker>m1</Marker>"),
        None,
    )
    .await;
    let mut pages = Pages::default();
    assert!(account.collect(&USERS, &mut pages).await.unwrap().complete);
    assert_eq!(pages.0.len(), 2);
    assert!(
        pages.0[1].request.query.contains("Marker=***"),
        "{}",
        pages.0[1].request.query
    );
    let error = account
        .collect(&USERS, &mut Pages::default())
        .await
        .unwrap_err();
    assert_eq!(
        error.class,
        ErrorClass::MalformedAnswer,
        "a marker that repeats"
    );
}

#[tokio::test]
async fn half_of_truncated_and_marker_is_not_the_end() {
    let aws = Aws::start().await;
    let account = aws.sign_in().await.unwrap();
    for more in [
        "<IsTruncated>true</IsTruncated>",
        "<IsTruncated>false</IsTruncated><Marker>m1</Marker>",
        "<Marker>m1</Marker>",
    ] {
        aws.0.reset().await;
        aws.answer("Action=ListUsers", 200, &page("a", more), None)
            .await;
        let mut pages = Pages::default();
        let error = account.collect(&USERS, &mut pages).await.unwrap_err();
        assert_eq!(error.class, ErrorClass::MalformedAnswer, "{more}");
        assert!(pages.0.is_empty(), "{more}");
    }
}

#[tokio::test]
async fn an_empty_marker_leads_nowhere() {
    let aws = Aws::start().await;
    let account = aws.sign_in().await.unwrap();
    let last = page("a", "<IsTruncated>false</IsTruncated><Marker/>");
    aws.answer("Action=ListUsers", 200, &last, None).await;
    let mut pages = Pages::default();
    assert!(account.collect(&USERS, &mut pages).await.unwrap().complete);
}

#[tokio::test]
async fn an_answer_that_is_not_awss_is_asked_for_twice_and_refused() {
    let aws = Aws::start().await;
    let account = aws.sign_in().await.unwrap();
    for (index, (status, body)) in [
        (200, "<Other/>".to_owned()),
        (404, "<html/>".to_owned()),
        (403, "nothing".to_owned()),
    ]
    .into_iter()
    .enumerate()
    {
        aws.0.reset().await;
        aws.answer("Action=ListUsers", status, &body, None).await;
        let error = account
            .collect(&USERS, &mut Pages::default())
            .await
            .unwrap_err();
        assert_eq!(error.class, ErrorClass::MalformedAnswer, "case {index}");
        assert_eq!(error.reason().code, UnknownCode::MalformedAnswer);
        assert_eq!(aws.asked("Action=ListUsers").await, 2, "case {index}");
    }
}

#[tokio::test]
async fn throttling_is_waited_out_and_then_told() {
    let aws = Aws::start().await;
    let account = aws.sign_in().await.unwrap();
    aws.answer("Action=ListUsers", 400, &error("Throttling"), Some(1))
        .await;
    aws.answer(
        "Action=ListUsers",
        200,
        &page("a", "<IsTruncated>false</IsTruncated>"),
        None,
    )
    .await;
    account
        .collect(&USERS, &mut Pages::default())
        .await
        .unwrap();
    aws.0.reset().await;
    aws.answer("Action=ListUsers", 400, &error("ThrottlingException"), None)
        .await;
    let told = account
        .collect(&USERS, &mut Pages::default())
        .await
        .unwrap_err();
    assert_eq!(told.class, ErrorClass::Throttled);
}

#[tokio::test]
async fn a_report_in_progress_is_waited_for_within_bounds() {
    let aws = Aws::start().await;
    let account = aws.sign_in().await.unwrap();
    let state = |word: &str| {
        result(
            "GenerateCredentialReport",
            &format!("<State>{word}</State>"),
        )
    };
    aws.answer(
        "Action=GenerateCredentialReport",
        200,
        &state("STARTED"),
        Some(1),
    )
    .await;
    aws.answer(
        "Action=GenerateCredentialReport",
        200,
        &state("COMPLETE"),
        None,
    )
    .await;
    aws.answer(
        "Action=GetCredentialReport",
        404,
        &error("ReportInProgress"),
        Some(1),
    )
    .await;
    let report = include_str!("../../fixtures/good/iam_credential_report.1.xml");
    aws.answer("Action=GetCredentialReport", 200, report, None)
        .await;
    let mut pages = Pages::default();
    account
        .collect(&CREDENTIAL_REPORT, &mut pages)
        .await
        .unwrap();
    assert_eq!(pages.0.len(), 1, "only the report itself is evidence");
    assert_eq!(
        pages.0[0].body,
        report.as_bytes(),
        "byte for byte as it came"
    );
    assert_eq!(aws.asked("Action=GenerateCredentialReport").await, 3);

    aws.0.reset().await;
    aws.answer(
        "Action=GenerateCredentialReport",
        200,
        &state("INPROGRESS"),
        None,
    )
    .await;
    let late = account
        .collect(&CREDENTIAL_REPORT, &mut Pages::default())
        .await
        .unwrap_err();
    assert_eq!(late.code, "report_not_ready");
    assert_eq!(
        aws.asked("Action=GenerateCredentialReport").await,
        3,
        "no more often than its patience"
    );
}

#[tokio::test]
async fn no_password_policy_is_a_page_and_a_refusal_is_not() {
    let aws = Aws::start().await;
    let account = aws.sign_in().await.unwrap();
    aws.answer(
        "Action=GetAccountPasswordPolicy",
        404,
        &error("NoSuchEntity"),
        Some(1),
    )
    .await;
    aws.answer(
        "Action=GetAccountPasswordPolicy",
        403,
        &error("AccessDenied"),
        None,
    )
    .await;
    let mut pages = Pages::default();
    account.collect(&PASSWORD_POLICY, &mut pages).await.unwrap();
    assert_eq!(pages.0[0].origin.status, 404);
    let denied = account
        .collect(&PASSWORD_POLICY, &mut pages)
        .await
        .unwrap_err();
    assert_eq!(denied.class, ErrorClass::Permission);
    assert!(denied.fix.contains("iam:GetAccountPasswordPolicy"));
    assert_eq!(pages.0.len(), 1);
}

#[tokio::test]
async fn root_keys_and_other_partitions_are_refused() {
    for (arn, code) in [
        ("arn:aws:iam::123456789012:root", "root_key"),
        (
            "arn:aws-us-gov:iam::123456789012:user/reader",
            "wrong_partition",
        ),
        ("nonsense", "wrong_partition"),
    ] {
        let aws = Aws(MockServer::start().await);
        aws.identity(arn).await;
        assert_eq!(aws.sign_in().await.err().unwrap().code, code, "{arn}");
    }
}

#[tokio::test]
async fn fields_that_can_not_be_right_are_named_and_nothing_is_sent() {
    let aws = Aws(MockServer::start().await);
    let refused = async |connection| {
        let error = Account::sign_in(&manifest(), connection)
            .await
            .err()
            .unwrap();
        assert_eq!(error.class, ErrorClass::Configuration);
        error.detail.unwrap()
    };
    assert_eq!(
        refused(aws.connection(&[("region", "us-gov-west-1")])).await,
        "region"
    );
    assert_eq!(
        refused(aws.connection(&[("region", "cn-north-1")])).await,
        "region"
    );
    assert_eq!(
        refused(aws.connection(&[("like", "aws-us-gov"), ("region", "us-east-1")])).await,
        "region"
    );
    let mut temporary = aws.connection(&[]);
    temporary.secrets.insert(
        "access_key_id".to_owned(),
        SecretString::from("ASIAEXAMPLEEXAMPLE00"),
    );
    assert_eq!(refused(temporary).await, "session_token");
    let mut keyless = aws.connection(&[]);
    keyless.secrets.remove("secret_access_key");
    assert_eq!(refused(keyless).await, "secret_access_key");
    assert!(aws.0.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_in_excess_is_named_with_what_it_could_do() {
    let aws = Aws::start().await;
    let account = aws.sign_in().await.unwrap();
    let judged = |action: &str, decision: &str| {
        format!(
            "<member><EvalActionName>{action}</EvalActionName><EvalDecision>{decision}</EvalDecision></member>"
        )
    };
    let inner = format!(
        "<IsTruncated>false</IsTruncated><EvaluationResults>{}{}</EvaluationResults>",
        judged("s3:GetObject", "allowed"),
        judged("iam:CreateUser", "implicitDeny")
    );
    aws.answer(
        "Action=SimulatePrincipalPolicy",
        200,
        &result("SimulatePrincipalPolicy", &inner),
        None,
    )
    .await;
    aws.answer("", 403, &error("AccessDenied"), None).await;
    let grants = account.grants().await.unwrap();
    let excess: Vec<&str> = grants
        .iter()
        .filter(|grant| grant.state == provider_kit::GrantState::Excess)
        .map(|grant| grant.permission.as_str())
        .collect();
    assert_eq!(excess, ["s3:GetObject"]);
    let of = |state| -> Vec<&str> {
        grants
            .iter()
            .filter(|grant| grant.state == state)
            .map(|grant| grant.permission.as_str())
            .collect()
    };
    use provider_kit::GrantState::{Granted, Missing, Unknown};
    assert_eq!(of(Granted), ["iam:ListAccountAliases"]);
    assert_eq!(
        of(Missing).len() + of(Unknown).len() + 1,
        manifest().permissions.len()
    );
    for permission in [
        "ec2:DescribeInstances",
        "s3:ListAllMyBuckets",
        "kms:ListKeys",
    ] {
        assert!(of(Missing).contains(&permission), "{permission}");
    }
    assert!(
        of(Unknown).contains(&"s3:GetBucketPolicy"),
        "what can't be listed can't be tried on"
    );
    assert!(grants.iter().all(|grant| !grant.why.is_empty()));
}

#[tokio::test]
async fn a_cancelled_collection_says_so() {
    let aws = Aws::start().await;
    let account = aws.sign_in().await.unwrap();
    account.reach.cancel.cancel();
    let error = account
        .collect(&USERS, &mut Pages::default())
        .await
        .unwrap_err();
    assert_eq!(error.class, ErrorClass::Cancelled);
    assert_eq!(
        account.grants().await.unwrap_err().class,
        ErrorClass::Cancelled
    );
}

#[test]
fn the_policy_to_paste_holds_exactly_the_permissions() {
    for cloud in ["aws", "aws-us-gov"] {
        let scripts = manifest().scripts_for(cloud);
        assert_eq!(scripts.len(), 1);
        let policy: serde_json::Value = serde_json::from_str(&scripts[0].text).unwrap();
        let actions: Vec<String> =
            serde_json::from_value(policy["Statement"][0]["Action"].clone()).unwrap();
        let grants: Vec<String> = manifest()
            .permissions
            .into_iter()
            .map(|permission| permission.grant)
            .collect();
        assert_eq!(actions, grants);
    }
}
