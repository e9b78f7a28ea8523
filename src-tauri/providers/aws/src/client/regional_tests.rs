//! Regions, roles and trails against scripted answers: each part on its own, and no part hiding another.
#![allow(clippy::unwrap_used)]

use super::{
    Account,
    tests::{Aws, Pages, manifest, result},
};
use crate::datasets::{
    CLOUDTRAIL_EVENTS, CLOUDTRAIL_STATUS, CONFIG_RECORDERS, INSTANCES, SECURITY_HUB_FINDINGS,
    SECURITY_HUB_STATUS, USERS, VOLUMES,
};
use evidence::{Completeness, UnknownCode};
use provider_kit::{Dataset, ErrorClass, ProviderError, Session as _};
use wiremock::{Mock, Request, ResponseTemplate};

/// Whether a request is signed for `service` in `region` and holds `part`.
fn is_for(request: &Request, service: &str, region: &str, part: &str) -> bool {
    let signed = request
        .headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let target = request
        .headers
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    signed.contains(&format!("/{region}/{service}/aws4_request"))
        && (target.ends_with(part)
            || request.url.path() == part
            || String::from_utf8_lossy(&request.body).contains(part))
}

impl Aws {
    /// Answers `part` of `service` in `region`.
    pub(super) async fn regional(&self, place: (&str, &str), part: &str, status: u16, body: &str) {
        let (service, region) = (place.0.to_owned(), place.1.to_owned());
        let part = part.to_owned();
        Mock::given(move |request: &Request| is_for(request, &service, &region, &part))
            .respond_with(ResponseTemplate::new(status).set_body_string(body))
            .mount(&self.0)
            .await;
    }

    pub(super) async fn regions(&self, names: &[&str]) {
        let items: String = names
            .iter()
            .map(|name| format!("<item><regionName>{name}</regionName></item>"))
            .collect();
        let body = format!(
            "<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
        );
        self.regional(("ec2", "us-east-1"), "Action=DescribeRegions", 200, &body)
            .await;
    }

    pub(super) async fn connect(&self, extra: &[(&str, &str)]) -> Result<Account, ProviderError> {
        Account::sign_in(&manifest(), self.connection(extra)).await
    }

    pub(super) async fn count(&self, service: &str, region: &str, part: &str) -> usize {
        let requests = self.0.received_requests().await.unwrap();
        requests
            .iter()
            .filter(|request| is_for(request, service, region, part))
            .count()
    }
}

fn volumes(id: &str, more: &str) -> String {
    format!(
        "<DescribeVolumesResponse><volumeSet><item><volumeId>{id}</volumeId></item></volumeSet>{more}</DescribeVolumesResponse>"
    )
}

fn denied(action: &str) -> String {
    format!(
        "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation. \
         User: arn:aws:iam::123456789012:user/reader is not authorized to perform: {action} because no identity-based policy \
         allows it</Message></Error></Errors><RequestID>r</RequestID></Response>"
    )
}

async fn read(
    account: &Account,
    dataset: &Dataset,
) -> (Result<Completeness, ProviderError>, Vec<(String, u16)>) {
    let mut pages = Pages::default();
    let completeness = account.collect(dataset, &mut pages).await;
    let places = pages
        .0
        .into_iter()
        .map(|page| {
            let place = page.origin.place.unwrap_or_default();
            (place, page.origin.status)
        })
        .collect();
    (completeness, places)
}

#[tokio::test]
async fn every_enabled_region_is_read_and_its_pages_say_so() {
    let aws = Aws::start().await;
    aws.regions(&["us-east-1", "eu-west-1"]).await;
    for region in ["us-east-1", "eu-west-1"] {
        let body = volumes(region, "");
        aws.regional(("ec2", region), "Action=DescribeVolumes", 200, &body)
            .await;
    }
    let account = aws.connect(&[]).await.unwrap();
    let (completeness, places) = read(&account, &VOLUMES).await;
    assert!(completeness.unwrap().complete);
    assert_eq!(
        places,
        [("us-east-1".to_owned(), 200), ("eu-west-1".to_owned(), 200)]
    );
    read(&account, &VOLUMES).await.0.unwrap();
    assert_eq!(
        aws.count("ec2", "us-east-1", "Action=DescribeRegions")
            .await,
        1,
        "they are listed once in a session"
    );
}

#[tokio::test]
async fn a_region_that_refuses_makes_its_part_unknown_and_hides_nothing() {
    let aws = Aws::start().await;
    aws.regions(&["us-east-1", "us-west-2", "eu-west-1"]).await;
    let action = "Action=DescribeVolumes";
    aws.regional(("ec2", "us-east-1"), action, 200, &volumes("v", ""))
        .await;
    let refused = denied("ec2:DescribeVolumes");
    aws.regional(("ec2", "us-west-2"), action, 403, &refused)
        .await;
    let off = "<Response><Errors><Error><Code>AuthFailure</Code><Message>m</Message></Error></Errors></Response>";
    aws.regional(("ec2", "eu-west-1"), action, 401, off).await;
    let account = aws.connect(&[]).await.unwrap();
    let (completeness, places) = read(&account, &VOLUMES).await;
    let reason = completeness.unwrap().reason.unwrap();
    assert_eq!(reason.code, UnknownCode::PermissionMissing);
    for named in ["us-west-2", "eu-west-1", "ec2:DescribeVolumes"] {
        assert!(reason.detail.contains(named), "{}", reason.detail);
    }
    assert_eq!(places, [("us-east-1".to_owned(), 200)]);
}

#[tokio::test]
async fn a_dataset_that_every_region_refuses_is_refused() {
    let aws = Aws::start().await;
    aws.regions(&["us-east-1"]).await;
    let refused = denied("ec2:DescribeInstances");
    aws.regional(
        ("ec2", "us-east-1"),
        "Action=DescribeInstances",
        403,
        &refused,
    )
    .await;
    let account = aws.connect(&[]).await.unwrap();
    let error = read(&account, &INSTANCES).await.0.unwrap_err();
    assert_eq!(error.class, ErrorClass::Permission);
    assert!(error.fix.contains("ec2:DescribeInstances"));
}

#[tokio::test]
async fn without_the_list_of_regions_nothing_is_proven_about_the_others() {
    let aws = Aws::start().await;
    let refused = denied("ec2:DescribeRegions");
    aws.regional(
        ("ec2", "us-east-1"),
        "Action=DescribeRegions",
        403,
        &refused,
    )
    .await;
    aws.regional(
        ("ec2", "us-east-1"),
        "Action=DescribeVolumes",
        200,
        &volumes("v", ""),
    )
    .await;
    let account = aws.connect(&[]).await.unwrap();
    let (completeness, places) = read(&account, &VOLUMES).await;
    let reason = completeness.unwrap().reason.unwrap();
    assert_eq!(
        (reason.code, places.len()),
        (UnknownCode::PermissionMissing, 1)
    );
    assert!(reason.detail.contains("ec2:DescribeRegions"));
}

#[tokio::test]
async fn a_list_of_the_users_limits_reading() {
    let aws = Aws::start().await;
    for region in ["us-east-2", "us-west-2"] {
        let body = volumes(region, "");
        aws.regional(("ec2", region), "Action=DescribeVolumes", 200, &body)
            .await;
    }
    aws.regions(&["us-west-2", "us-east-2"]).await;
    let limit = [("regions", "us-west-2, us-east-2,us-west-2")];
    let account = aws.connect(&limit).await.unwrap();
    let (completeness, places) = read(&account, &VOLUMES).await;
    assert!(completeness.unwrap().complete, "there is no other one");
    let account = aws.connect(&[("regions", "us-west-2")]).await.unwrap();
    let reason = read(&account, &VOLUMES).await.0.unwrap().reason.unwrap();
    assert_eq!(reason.code, UnknownCode::Partial);
    assert!(reason.detail.contains("1 other regions"), "{reason}");
    assert_eq!(
        places
            .into_iter()
            .map(|(place, _)| place)
            .collect::<Vec<_>>(),
        ["us-west-2", "us-east-2"]
    );
    let error = aws
        .connect(&[("regions", "us-gov-west-1")])
        .await
        .err()
        .unwrap();
    assert_eq!(error.detail.as_deref(), Some("regions"));
}

#[tokio::test]
async fn tokens_are_followed_and_a_circle_ends_that_region_alone() {
    let aws = Aws::start().await;
    aws.regions(&["us-east-1", "us-west-2"]).await;
    let first = volumes("a", "<nextToken>t1</nextToken>");
    aws.regional(("ec2", "us-west-2"), "NextToken=t1", 200, &first)
        .await;
    for region in ["us-east-1", "us-west-2"] {
        let body = if region == "us-west-2" {
            first.clone()
        } else {
            volumes("b", "<nextToken></nextToken>")
        };
        aws.regional(("ec2", region), "Action=DescribeVolumes", 200, &body)
            .await;
    }
    let account = aws.connect(&[]).await.unwrap();
    let (completeness, places) = read(&account, &VOLUMES).await;
    let reason = completeness.unwrap().reason.unwrap();
    assert_eq!(reason.code, UnknownCode::MalformedAnswer);
    assert!(reason.detail.contains("us-west-2") && !reason.detail.contains("us-east-1"));
    assert_eq!(places.len(), 3, "what was read stays");
}

#[tokio::test]
async fn what_is_not_aws_is_asked_for_twice_and_never_taken_for_an_empty_answer() {
    let aws = Aws::start().await;
    aws.regions(&["us-east-1"]).await;
    let page = "<!DOCTYPE html><html><body>Sign in to the guest network</body></html>";
    aws.regional(("ec2", "us-east-1"), "Action=DescribeVolumes", 200, page)
        .await;
    aws.regional(
        ("config", "us-east-1"),
        "DescribeConfigurationRecorders",
        404,
        page,
    )
    .await;
    aws.regional(("securityhub", "us-east-1"), "/accounts", 500, page)
        .await;
    let account = aws.connect(&[]).await.unwrap();
    for (dataset, class) in [
        (&VOLUMES, ErrorClass::Proxy),
        (&CONFIG_RECORDERS, ErrorClass::MalformedAnswer),
        (&SECURITY_HUB_STATUS, ErrorClass::MalformedAnswer),
    ] {
        let error = read(&account, dataset).await.0.unwrap_err();
        assert_eq!(error.class, class, "{}: {error}", dataset.id);
    }
    assert_eq!(
        aws.count("ec2", "us-east-1", "Action=DescribeVolumes")
            .await,
        2
    );
    assert_eq!(aws.count("securityhub", "us-east-1", "/accounts").await, 2);
    assert_eq!(
        aws.count("config", "us-east-1", "DescribeConfigurationRecorders")
            .await,
        2
    );
}

#[tokio::test]
async fn a_hub_that_is_off_is_an_answer_and_a_denial_is_none() {
    let aws = Aws::start().await;
    aws.regions(&["us-east-1", "us-west-2"]).await;
    let off = r#"{"Code":"InvalidAccessException","Message":"Account 123456789012 is not subscribed to AWS Security Hub"}"#;
    let refused = r#"{"Code":"AccessDeniedException","Message":"User: x is not authorized to perform: securityhub:GetFindings"}"#;
    for (path, west) in [("/accounts", off), ("/findings", refused)] {
        aws.regional(("securityhub", "us-east-1"), path, 401, off)
            .await;
        aws.regional(("securityhub", "us-west-2"), path, 403, west)
            .await;
    }
    let account = aws.connect(&[]).await.unwrap();
    let (completeness, places) = read(&account, &SECURITY_HUB_STATUS).await;
    assert!(completeness.unwrap().complete);
    assert_eq!(
        places,
        [("us-east-1".to_owned(), 401), ("us-west-2".to_owned(), 403)]
    );
    let (completeness, places) = read(&account, &SECURITY_HUB_FINDINGS).await;
    let reason = completeness.unwrap().reason.unwrap();
    assert_eq!(
        (reason.code, places.len()),
        (UnknownCode::PermissionMissing, 1)
    );
}

#[tokio::test]
async fn trails_are_asked_about_at_home_and_one_that_refuses_leaves_a_gap() {
    let aws = Aws::start().await;
    aws.regions(&["us-east-1", "us-west-2"]).await;
    let list = r#"{"trailList":[
        {"TrailARN":"arn:aws:cloudtrail:us-west-2:1:trail/ours","HomeRegion":"us-west-2"},
        {"TrailARN":"arn:aws:cloudtrail:us-east-1:2:trail/organization","HomeRegion":"us-east-1"}]}"#;
    for region in ["us-east-1", "us-west-2"] {
        aws.regional(("cloudtrail", region), "DescribeTrails", 200, list)
            .await;
    }
    aws.regional(
        ("cloudtrail", "us-west-2"),
        "GetTrailStatus",
        200,
        r#"{"IsLogging":true}"#,
    )
    .await;
    let refused = r#"{"__type":"TrailNotFoundException","message":"m"}"#;
    aws.regional(("cloudtrail", "us-east-1"), "GetTrailStatus", 400, refused)
        .await;
    let account = aws.connect(&[]).await.unwrap();
    let mut pages = Pages::default();
    let completeness = account
        .collect(&CLOUDTRAIL_STATUS, &mut pages)
        .await
        .unwrap();
    let reason = completeness.reason.unwrap();
    assert!(reason.detail.contains("trail/organization"), "{reason}");
    let origin = &pages.0[0].origin;
    assert_eq!(pages.0.len(), 1);
    assert_eq!(origin.place.as_deref(), Some("us-west-2"));
    assert_eq!(
        origin.subject.as_deref(),
        Some("arn:aws:cloudtrail:us-west-2:1:trail/ours")
    );
    assert!(pages.0[0].request.query.contains("trail/ours"));
    assert_eq!(
        aws.count("cloudtrail", "us-west-2", "DescribeTrails").await,
        1,
        "the list is shared"
    );
}

fn role_answer(end: &str) -> String {
    let credentials = format!(
        "<Credentials><AccessKeyId>ASIAROLEROLEROLEROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>role-token</SessionToken><Expiration>{end}</Expiration></Credentials>\
         <AssumedRoleUser><Arn>a</Arn><AssumedRoleId>i</AssumedRoleId></AssumedRoleUser>"
    );
    result("AssumeRole", &credentials)
}

const ROLE: &str = "arn:aws:iam::123456789012:role/ComplianceReader";

#[tokio::test]
async fn a_role_is_taken_on_once_with_its_external_id_and_signs_from_then_on() {
    let aws = Aws::start().await;
    aws.answer(
        "Action=AssumeRole",
        200,
        &role_answer("2099-01-01T00:00:00Z"),
        None,
    )
    .await;
    let none = result("ListUsers", "<IsTruncated>false</IsTruncated><Users/>");
    aws.answer("Action=ListUsers", 200, &none, None).await;
    let role = [("role_arn", ROLE), ("external_id", "halyard-4821")];
    let account = aws.connect(&role).await.unwrap();
    read(&account, &USERS).await.0.unwrap();
    assert_eq!(aws.asked("Action=AssumeRole").await, 1);
    assert_eq!(aws.asked("ExternalId=halyard-4821").await, 1);
    let requests = aws.0.received_requests().await.unwrap();
    let last = requests.last().unwrap();
    assert_eq!(last.headers["x-amz-security-token"], "role-token");
    assert!(
        last.headers["authorization"]
            .to_str()
            .unwrap()
            .contains("Credential=ASIAROLEROLEROLEROLE/")
    );
}

#[tokio::test]
async fn a_role_that_runs_out_is_taken_on_again() {
    let aws = Aws::start().await;
    aws.answer(
        "Action=AssumeRole",
        200,
        &role_answer("2020-01-01T00:00:00Z"),
        None,
    )
    .await;
    let account = aws.connect(&[("role_arn", ROLE)]).await.unwrap();
    let before = aws.asked("Action=AssumeRole").await;
    account.alias().await.unwrap();
    assert_eq!(aws.asked("Action=AssumeRole").await, before + 1);
}

#[tokio::test]
async fn a_role_that_does_not_trust_us_is_told_from_a_missing_permission() {
    let aws = Aws::start().await;
    let refused = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: u is not authorized to perform: \
         sts:AssumeRole on resource: r</Message></Error></ErrorResponse>";
    aws.answer("Action=AssumeRole", 403, refused, None).await;
    let role = [("role_arn", ROLE), ("external_id", "halyard-4821")];
    let error = aws.connect(&role).await.err().unwrap();
    assert_eq!(
        (error.class, error.code.as_str()),
        (ErrorClass::Authentication, "role_refused")
    );
    assert!(error.fix.contains("halyard-4821"));
}

#[tokio::test]
async fn roles_that_can_not_be_right_are_refused_before_anything_is_sent() {
    let aws = Aws::start().await;
    for (extra, field) in [
        (vec![("external_id", "x")], "role_arn"),
        (vec![("role_arn", "arn:aws:iam::1:user/x")], "role_arn"),
        (
            vec![("role_arn", "arn:aws-us-gov:iam::123456789012:role/x")],
            "role_arn",
        ),
    ] {
        let error = aws.connect(&extra).await.err().unwrap();
        assert_eq!(error.detail.as_deref(), Some(field), "{extra:?}");
    }
    assert!(aws.0.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn waiting_for_the_network_is_not_taken_for_hanging() {
    let aws = Aws::start().await;
    let account = aws.connect(&[]).await.unwrap();
    let keys = account.reach.keys.current(&account.reach).await.unwrap();
    let sdk = account.reach.sdk("us-east-1", keys);
    // The SDK's watch drops a request that waits longer than its grace, and nobody hears why.
    assert!(!sdk.stalled_stream_protection().unwrap().is_enabled());
    assert!(
        !sdk.use_fips().unwrap_or_default(),
        "never with an endpoint of the user's"
    );
}

#[tokio::test]
async fn a_token_that_is_no_text_is_no_end() {
    let aws = Aws::start().await;
    aws.regions(&["us-east-1"]).await;
    let odd = r#"{"Findings":[],"NextToken":7}"#;
    aws.regional(("securityhub", "us-east-1"), "/findings", 200, odd)
        .await;
    let twice = volumes("v", "<nextToken>a</nextToken><nextToken>b</nextToken>");
    aws.regional(("ec2", "us-east-1"), "Action=DescribeVolumes", 200, &twice)
        .await;
    let account = aws.connect(&[]).await.unwrap();
    for dataset in [&SECURITY_HUB_FINDINGS, &VOLUMES] {
        let (completeness, places) = read(&account, dataset).await;
        let reason = completeness.unwrap().reason.unwrap();
        assert_eq!(reason.code, UnknownCode::MalformedAnswer, "{}", dataset.id);
        assert_eq!(places.len(), 1, "what was read stays");
    }
}

#[tokio::test]
async fn very_many_sign_ins_do_not_hide_who_switched_off_the_record() {
    let aws = Aws::start().await;
    aws.regions(&["us-east-1"]).await;
    let sign_ins = |request: &Request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let next = body.len() + request.body.iter().filter(|byte| **byte == b'x').count();
        let token = "x".repeat(next % 97 + body.matches('x').count() + 1);
        ResponseTemplate::new(200)
            .set_body_string(format!(r#"{{"Events":[],"NextToken":"{token}"}}"#))
    };
    Mock::given(|request: &Request| {
        is_for(request, "cloudtrail", "us-east-1", "LookupEvents")
            && String::from_utf8_lossy(&request.body).contains("ConsoleLogin")
    })
    .respond_with(sign_ins)
    .mount(&aws.0)
    .await;
    aws.regional(
        ("cloudtrail", "us-east-1"),
        "LookupEvents",
        200,
        r#"{"Events":[]}"#,
    )
    .await;
    let account = aws.connect(&[]).await.unwrap();
    let (completeness, _) = read(&account, &CLOUDTRAIL_EVENTS).await;
    let reason = completeness.unwrap().reason.unwrap();
    assert_eq!(reason.code, UnknownCode::Partial, "{reason}");
    let requests = aws.0.received_requests().await.unwrap();
    for name in ["StopLogging", "DeleteTrail"] {
        let asked = requests
            .iter()
            .any(|request| String::from_utf8_lossy(&request.body).contains(name));
        assert!(asked, "{name}");
    }
}

#[tokio::test]
async fn no_more_is_held_than_the_cap_of_a_dataset() {
    static CAPPED: Dataset = Dataset {
        row_cap: Some(2),
        ..SECURITY_HUB_FINDINGS
    };
    let aws = Aws::start().await;
    aws.regions(&["us-east-1"]).await;
    let first = r#"{"Findings":[{"Id":"a"},{"Id":"b"}],"NextToken":"t1"}"#;
    aws.regional(("securityhub", "us-east-1"), "/findings", 200, first)
        .await;
    let account = aws.connect(&[]).await.unwrap();
    let (completeness, places) = read(&account, &CAPPED).await;
    let reason = completeness.unwrap().reason.unwrap();
    assert_eq!((reason.code, places.len()), (UnknownCode::Partial, 1));
    assert_eq!(aws.count("securityhub", "us-east-1", "/findings").await, 1);
}
