//! What the addresses answer.

use graph_emulator::{Nullable, Options, Tenant};
use serde_json::{Value, json};

use super::{Bench, read};

fn keys(row: &Value) -> Vec<&str> {
    row.as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test]
async fn unselected_properties_are_left_out() {
    let bench = Bench::small();
    let (_, _, body) = bench.ask("users").await;
    assert_eq!(body["value"].as_array().unwrap().len(), 26);
    let row = &body["value"][0];
    assert_eq!(keys(row).len(), 11);
    assert!(row.get("accountEnabled").is_none() && row.get("userType").is_none());
    assert!(
        body["@odata.context"]
            .as_str()
            .unwrap()
            .ends_with("/v1.0/$metadata#users")
    );
    let (_, _, body) = bench
        .ask("users?$select=id,accountEnabled,signInActivity")
        .await;
    let rows = body["value"].as_array().unwrap();
    assert!(
        rows.iter()
            .any(|row| keys(row) == ["accountEnabled", "id", "signInActivity"])
    );
    assert!(
        rows.iter().any(|row| keys(row) == ["accountEnabled", "id"]),
        "never signed in: no activity at all"
    );
    let (status, code, body) = bench.ask("users?$select=id,isMfaRegistered").await;
    assert_eq!((status, code.as_str()), (400, "Request_BadRequest"));
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("Could not find a property named 'isMfaRegistered'")
    );
}

#[tokio::test]
async fn single_objects_have_a_context_and_their_properties() {
    let bench = Bench::small();
    bench
        .emulator
        .edit(|tenant| tenant.set_security_defaults(true));
    let (_, _, body) = bench
        .ask("policies/identitySecurityDefaultsEnforcementPolicy")
        .await;
    assert_eq!(body["isEnabled"], true);
    assert!(
        body["@odata.context"]
            .as_str()
            .unwrap()
            .ends_with("/$entity")
    );
    let (_, _, body) = bench.ask("policies/authorizationPolicy").await;
    assert_eq!(body["id"], "authorizationPolicy");
    let (_, _, body) = bench.ask("policies/authenticationMethodsPolicy").await;
    assert!(body["authenticationMethodConfigurations"][0]["@odata.type"].is_string());
    let (status, ..) = bench.ask("policies/authorizationPolicy?$top=1").await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn members_and_principals_carry_their_type() {
    let bench = Bench::small();
    let tenant = bench.emulator.tenant();
    let group = tenant.groups[1]["id"].as_str().unwrap();
    let (_, _, body) = bench.ask(&format!("groups/{group}/members")).await;
    let kinds: Vec<&str> = body["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["@odata.type"].as_str().unwrap())
        .collect();
    assert!(kinds.contains(&"#microsoft.graph.user") && kinds.contains(&"#microsoft.graph.group"));
    let (_, _, body) = bench
        .ask(&format!(
            "groups/{group}/transitiveMembers/microsoft.graph.user?$select=id,accountEnabled"
        ))
        .await;
    assert_eq!(body["value"].as_array().unwrap().len(), 5);

    let (_, _, plain) = bench.ask("roleManagement/directory/roleAssignments").await;
    assert!(plain["value"][0].get("principal").is_none());
    let (_, _, body) = bench
        .ask("roleManagement/directory/roleAssignments?$expand=principal")
        .await;
    let first = &body["value"][0];
    assert_eq!(first["principal"]["id"], first["principalId"]);
    assert_eq!(first["principal"]["accountEnabled"], true);
    let role = tenant.directory_roles[0]["id"].as_str().unwrap();
    let (_, _, body) = bench.ask(&format!("directoryRoles/{role}/members")).await;
    assert_eq!(
        body["value"].as_array().unwrap().len(),
        3,
        "Global Administrators"
    );
    let (status, ..) = bench
        .ask("servicePrincipals(appId='00000003-0000-0000-c000-000000000000')?$select=id,appRoles")
        .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn filters_counts_and_orders() {
    let bench = Bench::small();
    let (_, _, body) = bench
        .ask("users?$filter=userType eq 'Guest'&$select=userType")
        .await;
    assert_eq!(body["value"].as_array().unwrap().len(), 4);
    assert_eq!(bench.get("users/$count").await.status(), 400);
    let count = bench
        .client
        .get(bench.address("users/$count"))
        .bearer_auth(&bench.token)
        .header("ConsistencyLevel", "eventual")
        .send()
        .await
        .unwrap();
    assert_eq!(count.headers()["content-type"], "text/plain");
    assert_eq!(count.bytes().await.unwrap(), "26");
    let (_, _, body) = bench.ask("users?$count=true").await;
    assert!(
        body.get("@odata.count").is_none(),
        "without the header the count is not there"
    );
    let counted = bench
        .client
        .get(bench.address("users?$count=true&$filter=userType ne 'Guest'"))
        .bearer_auth(&bench.token)
        .header("ConsistencyLevel", "eventual")
        .send()
        .await
        .unwrap();
    assert_eq!(read(counted).await.2["@odata.count"], 22);
    let newest = bench.emulator.tenant().sign_ins[0]["createdDateTime"]
        .as_str()
        .unwrap()
        .to_owned();
    let (_, _, body) = bench
        .ask(&format!(
            "auditLogs/signIns?$filter=createdDateTime ge {newest}"
        ))
        .await;
    assert_eq!(body["value"].as_array().unwrap().len(), 1);
    let (_, _, body) = bench
        .ask("users?$orderby=displayName desc&$select=displayName")
        .await;
    let names: Vec<&str> = body["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["displayName"].as_str().unwrap())
        .collect();
    assert!(names.is_sorted_by(|a, b| a >= b));
}

#[tokio::test]
async fn nullable_properties_can_be_null_or_missing() {
    let path = "users?$select=id,accountEnabled,userType,assignedLicenses";
    let bench = Bench::new(
        Tenant::small(),
        Options {
            nullable: Nullable::Null,
            ..Options::default()
        },
    );
    let (_, _, body) = bench.ask(path).await;
    let row = &body["value"][0];
    assert!(row["id"].is_string());
    assert_eq!(row["accountEnabled"], Value::Null);
    assert_eq!(row["assignedLicenses"], Value::Null);
    let (_, _, body) = bench
        .ask("policies/identitySecurityDefaultsEnforcementPolicy")
        .await;
    assert_eq!(
        (&body["isEnabled"], &body["displayName"]),
        (&json!(false), &Value::Null)
    );
    let bench = Bench::new(
        Tenant::small(),
        Options {
            nullable: Nullable::Omitted,
            ..Options::default()
        },
    );
    let (_, _, body) = bench.ask(path).await;
    assert_eq!(keys(&body["value"][0]), ["id"]);
}

#[tokio::test]
async fn answers_carry_request_ids_and_the_log_has_the_clients() {
    let bench = Bench::small();
    let response = bench
        .client
        .get(bench.address("organization"))
        .bearer_auth(&bench.token)
        .header("client-request-id", "11112222-3333-4444-5555-666677778888")
        .send()
        .await
        .unwrap();
    let headers = response.headers();
    assert!(headers.contains_key("request-id") && headers["odata-version"] == "4.0");
    assert_eq!(
        headers["client-request-id"],
        "11112222-3333-4444-5555-666677778888"
    );
    assert!(
        headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("application/json;odata.metadata=minimal")
    );
    let log = bench.emulator.log();
    assert_eq!(
        log[0].client_request_id.as_deref(),
        Some("11112222-3333-4444-5555-666677778888")
    );
    assert_eq!(
        (log[0].method.as_str(), log[0].path.as_str(), log[0].status),
        ("GET", "/v1.0/organization", 200)
    );
}

#[tokio::test]
async fn hostile_text_arrives_unchanged() {
    let tenant = Tenant::hostile();
    let bench = Bench::new(tenant.clone(), Options::default());
    let (_, _, body) = bench.ask("users?$select=id,displayName&$top=999").await;
    for (sent, row) in tenant.users.iter().zip(body["value"].as_array().unwrap()) {
        assert_eq!(sent["displayName"], row["displayName"]);
    }
}
