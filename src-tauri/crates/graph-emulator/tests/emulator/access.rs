//! Tokens, permissions, licences and methods at Graph.

use std::time::Duration;

use graph_emulator::{Options, Tenant};
use serde_json::json;

use super::{Bench, read};

#[tokio::test]
async fn only_good_tokens_are_accepted() {
    let bench = Bench::small();
    let other = Bench::small();
    let minted = |name: &str, value: serde_json::Value| {
        bench.emulator.mint_token(|claims| claims[name] = value)
    };
    for (token, message) in [
        ("", "empty"),
        ("plain", "well formed"),
        (&other.token, "signature"),
        (
            &minted("aud", json!("https://graph.microsoft.us")),
            "audience",
        ),
        (&minted("exp", json!(1_000_000)), "expired"),
        (&minted("nbf", json!(99_999_999_999_i64)), "not yet valid"),
        (&minted("tid", json!("someone-else")), "tenant"),
    ] {
        let response = bench
            .client
            .get(bench.address("users"))
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        assert!(response.headers().contains_key("www-authenticate"));
        let (status, code, body) = read(response).await;
        assert_eq!(
            (status, code.as_str()),
            (401, "InvalidAuthenticationToken"),
            "{message}"
        );
        assert!(
            body["error"]["message"].as_str().unwrap().contains(message),
            "{message}: {body}"
        );
    }
    let bare = bench
        .client
        .get(bench.address("users"))
        .send()
        .await
        .unwrap();
    assert_eq!(bare.status(), 401);
    assert!(
        bench
            .emulator
            .log()
            .iter()
            .all(|entry| entry.status == 401 && !entry.authorized)
    );
    assert_eq!(bench.get("users").await.status(), 200);
    bench.emulator.advance_clock(Duration::from_secs(3600));
    assert_eq!(bench.get("users").await.status(), 401, "tokens expire");
}

#[tokio::test]
async fn each_address_needs_its_permission() {
    let bench = Bench::small();
    let asked = async |roles: serde_json::Value, path: &str| {
        let token = bench.emulator.mint_token(|claims| claims["roles"] = roles);
        read(
            bench
                .client
                .get(bench.address(path))
                .bearer_auth(token)
                .send()
                .await
                .unwrap(),
        )
        .await
    };
    for (role, path, code) in [
        ("User.Read.All", "users", "Authorization_RequestDenied"),
        (
            "GroupMember.Read.All",
            "groups",
            "Authorization_RequestDenied",
        ),
        (
            "RoleManagement.Read.Directory",
            "directoryRoles",
            "Authorization_RequestDenied",
        ),
        (
            "RoleManagement.Read.Directory",
            "roleManagement/directory/roleAssignments",
            "Authorization_RequestDenied",
        ),
        (
            "RoleManagement.Read.Directory",
            "roleManagement/directory/roleEligibilityScheduleInstances",
            "Authorization_RequestDenied",
        ),
        (
            "AuditLog.Read.All",
            "reports/authenticationMethods/userRegistrationDetails",
            "Authentication_MSGraphPermissionMissing",
        ),
        (
            "AuditLog.Read.All",
            "auditLogs/signIns",
            "Authentication_MSGraphPermissionMissing",
        ),
        (
            "AuditLog.Read.All",
            "auditLogs/directoryAudits",
            "Authentication_MSGraphPermissionMissing",
        ),
        (
            "Policy.Read.All",
            "identity/conditionalAccess/policies",
            "AccessDenied",
        ),
        (
            "Policy.Read.All",
            "identity/conditionalAccess/namedLocations",
            "AccessDenied",
        ),
        (
            "Policy.Read.All",
            "policies/identitySecurityDefaultsEnforcementPolicy",
            "AccessDenied",
        ),
        (
            "Policy.Read.AuthenticationMethod",
            "policies/authenticationMethodsPolicy",
            "AccessDenied",
        ),
        (
            "Policy.Read.All",
            "policies/authorizationPolicy",
            "Authorization_RequestDenied",
        ),
        (
            "Organization.Read.All",
            "organization",
            "Authorization_RequestDenied",
        ),
        ("Domain.Read.All", "domains", "Authorization_RequestDenied"),
        (
            "Application.Read.All",
            "applications",
            "Authorization_RequestDenied",
        ),
        (
            "Application.ReadWrite.All",
            "servicePrincipals",
            "Authorization_RequestDenied",
        ),
        (
            "GroupSettings.Read.All",
            "groupSettings",
            "Authorization_RequestDenied",
        ),
    ] {
        let (status, _, body) = asked(json!([role]), path).await;
        assert_eq!(status, 200, "{role} {path} {body}");
        let (status, got, body) = asked(json!(["Mail.Read"]), path).await;
        assert_eq!((status, got.as_str()), (403, code), "{path}");
        assert!(body["error"]["innerError"]["request-id"].is_string());
    }
    let (status, ..) = asked(serde_json::Value::Null, "users").await;
    assert_eq!(
        status, 403,
        "a token without roles is legal and may do nothing"
    );
    let (status, code, _) =
        asked(json!(["User.Read.All"]), "users?$select=id,signInActivity").await;
    assert_eq!(
        (status, code.as_str()),
        (403, "Authentication_MSGraphPermissionMissing")
    );
}

#[tokio::test]
async fn licences_are_asked_for_where_graph_asks_for_them() {
    let mut tenant = Tenant::small();
    tenant.remove_licences();
    let bench = Bench::new(tenant, Options::default());
    let premium = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";
    for (path, status, code) in [
        ("auditLogs/signIns", 403, premium),
        ("users?$select=id,signInActivity", 403, premium),
        (
            "reports/authenticationMethods/userRegistrationDetails",
            403,
            premium,
        ),
        (
            "roleManagement/directory/roleEligibilityScheduleInstances",
            400,
            "AadPremiumLicenseRequired",
        ),
        ("auditLogs/directoryAudits", 200, ""),
        ("identity/conditionalAccess/policies", 200, ""),
        ("users", 200, ""),
    ] {
        let (got, have, _) = bench.ask(path).await;
        assert_eq!((got, have.as_str()), (status, code), "{path}");
    }
    let (_, _, body) = bench.ask("subscribedSkus").await;
    assert_eq!(body["value"], json!([]));
}

#[tokio::test]
async fn nothing_can_be_written_and_unknown_addresses_are_404() {
    let bench = Bench::small();
    for method in ["POST", "PATCH", "DELETE", "PUT"] {
        let response = bench
            .client
            .request(method.parse().unwrap(), bench.address("users"))
            .bearer_auth(&bench.token)
            .body("{}")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 405, "{method}");
    }
    for path in [
        "nothing",
        "users/x/y/z",
        "Users",
        "identity/conditionalAccess",
    ] {
        let (status, _, body) = bench.ask(path).await;
        assert_eq!(status, 404, "{path}");
        assert!(
            body["error"]["message"]
                .as_str()
                .unwrap()
                .contains("Resource not found for the segment")
        );
    }
    let (status, code, _) = bench
        .ask("groups/00000000-0000-0000-0000-000000000000/members")
        .await;
    assert_eq!((status, code.as_str()), (404, "Request_ResourceNotFound"));
    let beta = format!("{}/beta/users", bench.emulator.graph_url());
    assert_eq!(bench.get(&beta).await.status(), 404);
    let log = bench.emulator.log();
    assert_eq!(log.iter().filter(|entry| entry.method != "GET").count(), 4);
}
