//! What the made-up account has once: roles, sign-ons, a certificate, a security contact, and its organization.

use http::Method;
use serde_json::{Value, json};

use super::SeedError;
use super::client::Client;

const ORGANIZATIONS: &str = "AWSOrganizationsV20161128";
/// A service may take this role on.
const BUILDER: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"codebuild.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
/// Another company's account may take this one on, and nobody asks it for an external ID.
const PARTNER: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"sts:AssumeRole"}]}"#;

/// Makes all of it; `home` is the region in which global services are asked, `regions` those that the organization
/// allows.
pub(super) async fn make(client: &Client, home: &str, regions: &[String]) -> Result<(), SeedError> {
    for (name, document) in [("site-builder", BUILDER), ("partner-access", PARTNER)] {
        let pairs = [("RoleName", name), ("AssumeRolePolicyDocument", document)];
        client.iam(home, "CreateRole", &pairs).await?;
    }
    let certificate = [
        ("ServerCertificateName", "made-up-shop"),
        ("CertificateBody", "made-up"),
        ("PrivateKey", "made-up"),
    ];
    client
        .iam(home, "UploadServerCertificate", &certificate)
        .await?;
    let sign_on = [
        ("Name", "made-up-sign-on"),
        ("SAMLMetadataDocument", "<made-up/>"),
    ];
    client.iam(home, "CreateSAMLProvider", &sign_on).await?;
    let builds = [
        ("Url", "https://token.actions.githubusercontent.com"),
        ("ClientIDList.member.1", "sts.amazonaws.com"),
        (
            "ThumbprintList.member.1",
            "0000000000000000000000000000000000000000",
        ),
    ];
    client
        .iam(home, "CreateOpenIDConnectProvider", &builds)
        .await?;
    let contact = json!({
        "AlternateContactType": "SECURITY",
        "EmailAddress": "security@made-up-works.example",
        "Name": "Security desk",
        "PhoneNumber": "+15550100",
        "Title": "Security",
    });
    let scope = ("account", home);
    client
        .rest(
            scope,
            Method::POST,
            "/putAlternateContact",
            contact.to_string(),
        )
        .await?;
    organization(client, home, regions).await
}

/// An organization of which this is the management account, with a policy that keeps its accounts to these regions.
async fn organization(client: &Client, home: &str, regions: &[String]) -> Result<(), SeedError> {
    let ask = async |operation: &str, body: Value| {
        let scope = ("organizations", home);
        client.target(scope, ORGANIZATIONS, operation, body).await
    };
    let part = |what: &str, answer: &str, pointer: &str| {
        serde_json::from_str::<Value>(answer)
            .ok()
            .and_then(|answer| Some(answer.pointer(pointer)?.as_str()?.to_owned()))
            .ok_or_else(|| SeedError::Incomplete {
                what: what.to_owned(),
                part: "id",
            })
    };
    ask("CreateOrganization", json!({"FeatureSet": "ALL"})).await?;
    let roots = ask("ListRoots", json!({})).await?;
    let root = part("ListRoots", &roots, "/Roots/0/Id")?;
    let content = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny",
        "NotAction": ["iam:*", "organizations:*", "sts:*", "support:*"],
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": regions}},
    }]});
    let policy = json!({
        "Name": "approved-regions",
        "Description": "Made up",
        "Type": "SERVICE_CONTROL_POLICY",
        "Content": content.to_string(),
    });
    let made = ask("CreatePolicy", policy).await?;
    let id = part("CreatePolicy", &made, "/Policy/PolicySummary/Id")?;
    ask("AttachPolicy", json!({"PolicyId": id, "TargetId": root})).await?;
    Ok(())
}
