//! Sign-ins and directory audits of the last week, newest first.

use serde_json::{Value, json};

use super::Tenant;
use super::seed::{before, guid, mix, pick};

/// Sign-ins per user; the largest tenants are capped so that building one stays fast.
const PER_USER: usize = 8;
const MOST_SIGN_INS: usize = 5_000;
const AUDITS: u64 = 60;

pub(super) fn fill(tenant: &mut Tenant) {
    let count = (tenant.users.len() * PER_USER).min(MOST_SIGN_INS);
    let active: Vec<Value> = tenant
        .users
        .iter()
        .filter(|user| user["accountEnabled"] == true && user.get("signInActivity").is_some())
        .take(MOST_SIGN_INS)
        .cloned()
        .collect();
    if active.is_empty() {
        return;
    }
    for number in 0..count {
        if let Some(user) = active.get(number % active.len()) {
            // Spread over seven days, falling strictly so that the list is newest first.
            let minutes = i64::try_from(number * 7 * 24 * 60 / count.max(1)).unwrap_or(0);
            tenant
                .sign_ins
                .push(sign_in(tenant, number as u64, user, minutes + 5));
        }
    }
    for number in 0..AUDITS {
        tenant.directory_audits.push(audit(tenant, number));
    }
}

fn sign_in(tenant: &Tenant, number: u64, user: &Value, minutes: i64) -> Value {
    let luck = mix(number ^ 0x51_9717);
    let failed = luck.is_multiple_of(17);
    // One legacy protocol success: what a check for old protocols must find.
    let client = if number == 3 {
        "IMAP4"
    } else {
        pick(&["Browser", "Mobile Apps and Desktop clients"], luck)
    };
    let app = pick(
        &[
            "Office 365 Exchange Online",
            "Office 365 SharePoint Online",
            "Quoting tool",
        ],
        luck ^ 9,
    );
    json!({
        "id": guid("signIn", number),
        "createdDateTime": before(tenant.reference, 0, minutes),
        "userDisplayName": user["displayName"],
        "userPrincipalName": user["userPrincipalName"].as_str().unwrap_or_default().to_lowercase(),
        "userId": user["id"],
        "appId": guid("signInApp", luck % 3),
        "appDisplayName": app,
        "ipAddress": format!("198.51.100.{}", luck % 250),
        "clientAppUsed": client,
        "correlationId": guid("correlation", number),
        "conditionalAccessStatus": if failed { "failure" } else if number == 3 { "notApplied" } else { "success" },
        "isInteractive": true,
        "riskDetail": "none",
        "riskLevelAggregated": "none",
        "riskLevelDuringSignIn": "none",
        "riskState": "none",
        "riskEventTypes": [],
        "riskEventTypes_v2": [],
        "resourceDisplayName": app,
        "resourceId": guid("signInResource", luck % 3),
        "status": if failed {
            json!({"errorCode": 50126, "failureReason": "Wrong user name or password.", "additionalDetails": null})
        } else {
            json!({"errorCode": 0, "failureReason": "Other.", "additionalDetails": null})
        },
        "deviceDetail": {
            "deviceId": "", "displayName": "", "operatingSystem": "Windows 11", "browser": "Edge",
            "isCompliant": false, "isManaged": false, "trustType": "",
        },
        "location": {
            "city": "Marrowport", "state": "Ohio", "countryOrRegion": "US",
            "geoCoordinates": {"altitude": null, "latitude": 40.0, "longitude": -82.0},
        },
        "appliedConditionalAccessPolicies": [],
    })
}

fn audit(tenant: &Tenant, number: u64) -> Value {
    let (category, activity, operation) = match number % 3 {
        0 => ("RoleManagement", "Add member to role", "Assign"),
        1 => ("UserManagement", "Update user", "Update"),
        _ => ("ApplicationManagement", "Add service principal", "Add"),
    };
    let by_app = number % 5 == 4;
    json!({
        "id": format!("Directory_{}_{number}", guid("audit", number)),
        "activityDateTime": before(tenant.reference, 0, i64::try_from(number * 160).unwrap_or(0) + 11),
        "activityDisplayName": activity,
        "additionalDetails": [],
        "category": category,
        "correlationId": guid("auditCorrelation", number),
        "initiatedBy": if by_app {
            json!({"user": null, "app": {
                "appId": null, "displayName": "Quoting tool",
                "servicePrincipalId": guid("servicePrincipal", 1), "servicePrincipalName": null,
            }})
        } else {
            json!({"app": null, "user": {
                "id": guid("user", 0), "displayName": null, "ipAddress": "198.51.100.20",
                "userPrincipalName": tenant.users.first().map(|user| user["userPrincipalName"].clone()),
            }})
        },
        "loggedByService": "Core Directory",
        "operationType": operation,
        "result": "success",
        "resultReason": "",
        "targetResources": [{
            "id": guid("user", number % 20), "displayName": null, "groupType": null, "type": "User",
            "userPrincipalName": null,
            "modifiedProperties": [{"displayName": "Role.DisplayName", "oldValue": null, "newValue": "\"Security Reader\""}],
        }],
    })
}
