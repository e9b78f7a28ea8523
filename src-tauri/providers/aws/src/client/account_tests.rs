//! What is asked once for the account, about its organization, and of its analyzers, against scripted answers.
#![allow(clippy::unwrap_used)]

use super::tests::{Aws, Pages, error, result};
use super::*;
use crate::datasets::{
    ANALYZER_FINDINGS, ORGANIZATION, ORGANIZATIONS_FEATURES, ROLES, SERVICE_CONTROL_POLICIES,
};
use evidence::UnknownCode;
use provider_kit::GrantState;

const HOME: (&str, &str) = ("organizations", "us-east-1");

async fn read(account: &Account, dataset: &Dataset) -> Result<Vec<Page>, ProviderError> {
    let mut pages = Pages::default();
    account.collect(dataset, &mut pages).await?;
    Ok(pages.0)
}

#[tokio::test]
async fn an_organization_is_asked_where_it_answers_whatever_regions_are_read() {
    let aws = Aws::start().await;
    let account = aws
        .connect(&[("region", "us-west-2"), ("regions", "us-west-2")])
        .await
        .unwrap();
    let organization = r#"{"Organization":{"Id":"o-1","FeatureSet":"ALL"}}"#;
    aws.regional(
        HOME,
        "SERVICE_CONTROL_POLICY",
        200,
        r#"{"Policies":[{"Id":"p-1"}]}"#,
    )
    .await;
    let policy = r#"{"Policy":{"PolicySummary":{"Name":"n"},"Content":"{}"},"Targets":[]}"#;
    aws.regional(HOME, "p-1", 200, policy).await;
    aws.regional(HOME, "{}", 200, organization).await;
    let pages = read(&account, &SERVICE_CONTROL_POLICIES).await.unwrap();
    let subjects: Vec<Option<&str>> = pages
        .iter()
        .map(|page| page.origin.subject.as_deref())
        .collect();
    assert_eq!(subjects, [Some("p-1"), Some("p-1")], "content and targets");
    let pages = read(&account, &ORGANIZATION).await.unwrap();
    assert_eq!(pages[0].origin.place.as_deref(), Some("us-east-1"));
}

#[tokio::test]
async fn no_organization_is_kept_and_only_a_denial_is_refused() {
    let none = r#"{"__type":"AWSOrganizationsNotInUseException","Message":"m"}"#;
    let aws = Aws::start().await;
    let account = aws.connect(&[]).await.unwrap();
    aws.regional(HOME, "", 400, none).await;
    assert_eq!(
        read(&account, &ORGANIZATION).await.unwrap()[0]
            .origin
            .status,
        400
    );
    let mut pages = Pages::default();
    let policies = account.collect(&SERVICE_CONTROL_POLICIES, &mut pages).await;
    assert!(policies.unwrap().complete && pages.0.is_empty());
    let aws = Aws::start().await;
    let account = aws.connect(&[]).await.unwrap();
    let denied = r#"{"__type":"AccessDeniedException","Message":"You don't have permissions to access this resource."}"#;
    aws.regional(HOME, "", 400, denied).await;
    let error = read(&account, &SERVICE_CONTROL_POLICIES).await.unwrap_err();
    assert_eq!(error.reason().code, UnknownCode::PermissionMissing);
    assert!(error.why.contains("management account"), "{error:?}");
}

#[tokio::test]
async fn what_the_organization_does_not_tell_of_root_users_is_an_answer() {
    for (code, kept) in [
        ("OrganizationNotFoundException", true),
        (
            "AccountNotManagementOrDelegatedAdministratorException",
            true,
        ),
        ("AccessDenied", false),
    ] {
        let aws = Aws::start().await;
        let account = aws.sign_in().await.unwrap();
        aws.answer("Action=ListOrganizationsFeatures", 403, &error(code), None)
            .await;
        let pages = read(&account, &ORGANIZATIONS_FEATURES).await;
        assert_eq!(pages.is_ok(), kept, "{code}");
        aws.answer("", 403, &error("AccessDenied"), None).await;
        let grants = account.grants().await.unwrap();
        let grant = grants
            .iter()
            .find(|grant| grant.permission == "iam:ListOrganizationsFeatures")
            .unwrap();
        assert_eq!(grant.state == GrantState::Granted, kept, "{code}");
    }
}

#[tokio::test]
async fn only_roles_are_asked_for_and_their_pages_are_followed() {
    let aws = Aws::start().await;
    let account = aws.sign_in().await.unwrap();
    let page = |more: &str| {
        let role =
            "<RoleDetailList><member><RoleName>r</RoleName><Arn>a</Arn></member></RoleDetailList>";
        let lists = "<UserDetailList/><GroupDetailList/><Policies/>";
        result(
            "GetAccountAuthorizationDetails",
            &format!("{lists}{role}{more}"),
        )
    };
    let last = page("<IsTruncated>false</IsTruncated>");
    aws.answer("Marker=m1", 200, &last, None).await;
    let first = page("<IsTruncated>true</IsTruncated><Marker>m1</Marker>");
    aws.answer("Filter.member.1=Role", 200, &first, None).await;
    assert_eq!(read(&account, &ROLES).await.unwrap().len(), 2);
    assert_eq!(aws.asked("Filter.member.2").await, 0);
}

#[tokio::test]
async fn only_working_analyzers_of_access_from_outside_are_asked() {
    let aws = Aws::start().await;
    aws.regions(&["us-east-1", "us-west-2"]).await;
    let account = aws.connect(&[]).await.unwrap();
    let list = |name: &str, kind: &str| {
        format!(r#"{{"analyzers":[{{"arn":"{name}","type":"{kind}","status":"ACTIVE"}}]}}"#)
    };
    let (east, west) = (
        ("access-analyzer", "us-east-1"),
        ("access-analyzer", "us-west-2"),
    );
    aws.regional(east, "/analyzer", 200, &list("a-1", "ACCOUNT"))
        .await;
    aws.regional(
        west,
        "/analyzer",
        200,
        &list("a-2", "ACCOUNT_UNUSED_ACCESS"),
    )
    .await;
    aws.regional(east, "t2", 200, r#"{"findings":[{"id":"2"}]}"#)
        .await;
    let first = r#"{"findings":[{"id":"1"}],"nextToken":"t2"}"#;
    aws.regional(east, "a-1", 200, first).await;
    let pages = read(&account, &ANALYZER_FINDINGS).await.unwrap();
    assert_eq!(pages.len(), 2);
    assert!(
        pages
            .iter()
            .all(|page| page.origin.subject.as_deref() == Some("a-1"))
    );
    assert!(
        pages[0].request.query.contains("123456789012"),
        "of this account only: {}",
        pages[0].request.query
    );
    assert_eq!(aws.count("access-analyzer", "us-west-2", "a-2").await, 0);
}
