//! ENTRA-25. No application can change the directory, the policies, mail or files by itself unless the company said so.

use super::console;
use crate::{
    datasets::apps::{
        APP_PERMISSIONS, AppPermission, GRAPH_PERMISSIONS, GraphPermissions, SERVICE_PRINCIPALS,
        ServicePrincipal,
    },
    parameters,
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::{BTreeMap, BTreeSet};

/// Whose applications Microsoft's own are.
const MICROSOFT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// Permissions with which an application can take the tenant over, weaken it, or read and change what people keep in it.
const POWERFUL: [&str; 25] = [
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
    "Device.ReadWrite.All",
    "DeviceManagementConfiguration.ReadWrite.All",
    "DeviceManagementManagedDevices.PrivilegedOperations.All",
    "Directory.ReadWrite.All",
    "Domain.ReadWrite.All",
    "Files.Read.All",
    "Files.ReadWrite.All",
    "Group.ReadWrite.All",
    "GroupMember.ReadWrite.All",
    "Mail.Read",
    "Mail.ReadWrite",
    "Mail.Send",
    "Policy.ReadWrite.AuthenticationMethod",
    "Policy.ReadWrite.ConditionalAccess",
    "PrivilegedAccess.ReadWrite.AzureADGroup",
    "RoleManagement.ReadWrite.Directory",
    "RoleManagementPolicy.ReadWrite.Directory",
    "Sites.FullControl.All",
    "Sites.ReadWrite.All",
    "User.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
    "full_access_as_app",
];

/// Per permission of Microsoft Graph that an application of somebody other than Microsoft holds:
///
/// | permission | application | verdict |
/// | --- | --- | --- |
/// | not powerful | any | pass |
/// | powerful | approved, by application id | pass |
/// | powerful | not approved | fail |
/// | powerful | not among the enterprise applications that were read, or its id not said | unknown |
/// | whose name is not known, or not said | not Microsoft's | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.applications.app_permissions_approved",
    alias: "ENTRA-25",
    version: 1,
    title: "Applications with powerful permissions are approved.",
    objectives: &["3.1.1[b]", "3.1.1[e]", "3.1.5[b]"],
    severity: Severity::High,
    remedy: "Find out who needs each listed application. Remove the permission or the application, or record its application id as approved \
             with the reason.",
    console: console!("Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview"),
    reperform: Reperform {
        portal: "Entra admin center > Applications > Enterprise applications > the application > Permissions > Admin consent: type Application.",
        command: "$graph = Get-MgServicePrincipal -Filter \"appId eq '00000003-0000-0000-c000-000000000000'\"; Get-MgServicePrincipalAppRoleAssignedTo -ServicePrincipalId $graph.Id -All | Select-Object PrincipalDisplayName, PrincipalId, @{n='Permission';e={$id=$_.AppRoleId; ($graph.AppRoles | Where-Object Id -eq $id).Value}}",
    },
    datasets: &[
        "entra-id.app-permissions",
        "entra-id.graph-permissions",
        "entra-id.service-principals",
    ],
    parameters: &[parameters::APPROVED_APPS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let names = names(collected)?;
    let rows = collected.rows::<AppPermission>(APP_PERMISSIONS.id)?;
    let principals = collected.rows::<ServicePrincipal>(SERVICE_PRINCIPALS.id)?;
    let approved: BTreeSet<String> = collected
        .parameters
        .list(parameters::APPROVED_APPS)
        .into_iter()
        .collect();
    let by_id: BTreeMap<&str, &ServicePrincipal> = principals
        .rows
        .iter()
        .filter_map(|principal| Some((principal.id.as_deref()?, principal)))
        .collect();
    let mut judge = Judge::over(&rows);
    judge.also(&principals);
    for row in &rows.rows {
        let id = row.principal_id.clone().unwrap_or_default();
        let name = row
            .principal_display_name
            .clone()
            .unwrap_or_else(|| id.clone());
        let principal = by_id.get(id.as_str());
        let owner = principal.and_then(|one| one.app_owner_organization_id.as_deref());
        if owner.is_some_and(|owner| owner.eq_ignore_ascii_case(MICROSOFT)) {
            continue;
        }
        let permission = row
            .app_role_id
            .as_deref()
            .and_then(|role| names.get(&role.to_lowercase()));
        let Some(permission) = permission else {
            judge.unknown(
                id,
                name,
                "application",
                "holds a permission whose name is not known",
            );
            continue;
        };
        if !POWERFUL.contains(&permission.as_str()) {
            judge.pass();
            continue;
        }
        match principal.and_then(|one| one.app_id.as_deref()) {
            Some(app) if approved.contains(&app.to_lowercase()) => judge.pass(),
            Some(app) => judge.fail(
                id,
                name,
                "application",
                format!("may {permission} by itself; its application id {app} is not approved"),
            ),
            None => judge.unknown(
                id,
                name,
                "application",
                format!("may {permission} by itself; which application it is was not read"),
            ),
        }
    }
    Ok(judge.conclude(WhenEmpty::Passes))
}

/// The permissions' names by id, lower case.
fn names(collected: &Collected<'_>) -> Result<BTreeMap<String, String>, Reason> {
    let graph = collected.one::<GraphPermissions>(GRAPH_PERMISSIONS.id)?;
    let roles = graph.app_roles.ok_or_else(|| {
        let detail = "The answer does not list the permissions of Microsoft Graph.";
        Reason::new(UnknownCode::MalformedAnswer, detail)
    })?;
    Ok(roles
        .into_iter()
        .filter_map(|role| Some((role.id?.to_lowercase(), role.value?)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    const GIVEN: &str = "app-permissions";

    #[test]
    fn a_powerful_permission_needs_an_approval() {
        tell(
            &CHECK,
            &[
                ("none given", GIVEN, "/0/value", json!([]), Pass),
                (
                    "an unknown permission",
                    GIVEN,
                    "/0/value/0/appRoleId",
                    json!("x"),
                    Unknown,
                ),
                (
                    "a permission not said",
                    GIVEN,
                    "/0/value/0/appRoleId",
                    json!(null),
                    Unknown,
                ),
                (
                    "an unknown application",
                    GIVEN,
                    "/0/value/1/principalId",
                    json!("gone"),
                    Unknown,
                ),
                (
                    "names not said",
                    "graph-permissions",
                    "/0/appRoles",
                    json!(null),
                    Unknown,
                ),
                (
                    "no names",
                    "graph-permissions",
                    "/0/appRoles",
                    json!([]),
                    Unknown,
                ),
            ],
        );
        let unapproved = Bench::good().parameter(crate::parameters::APPROVED_APPS, json!([]));
        assert_eq!(unapproved.outcome(&CHECK), Fail);
        assert_eq!(
            unapproved.notes(&CHECK),
            [
                "Machine planning: may Sites.ReadWrite.All by itself; its application id 5b6d0c1e-7a44-4f0e-9d35-1c2e8f7a9b10 is not approved"
            ]
        );
    }

    #[test]
    fn half_a_list_never_passes() {
        for dataset in ["entra-id.app-permissions", "entra-id.service-principals"] {
            assert_eq!(Bench::good().partly(dataset).outcome(&CHECK), Unknown);
        }
    }
}
