//! ENTRA-25. No application can change the directory, the policies, mail or files by itself unless the company said so.

use super::console;
use crate::{
    datasets::apps::{
        APP_PERMISSIONS, AppPermission, GRAPH_PERMISSIONS, GraphPermissions, SERVICE_PRINCIPALS,
        ServicePrincipal,
    },
    datasets::roles::{ASSIGNMENTS, Assignment},
    parameters,
    privileged::{APPLICATION, HIGHLY_PRIVILEGED, role_name},
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::{BTreeMap, BTreeSet};

/// Whose applications Microsoft's own are.
const MICROSOFT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// Permissions that only read, and with which an application can read what people keep in the tenant, or keys to it.
const READS_TOO_MUCH: [&str; 4] = [
    "BitlockerKey.Read.All",
    "DeviceLocalCredential.Read.All",
    "Files.Read.All",
    "Sites.Read.All",
];

/// What an application may do with a permission of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Power {
    /// Take the tenant over, weaken it, act as somebody, or read or change what people keep in it.
    Great,
    /// Read something else.
    Reading,
    NotKnown,
}

/// By its name alone: Microsoft adds permissions all the time, and a new one that writes must not pass.
fn power(name: &str) -> Power {
    // The first part of a name says what it is about (`DeviceManagementApps`), the rest what may be done with it.
    let done = name.split_once('.').map_or(name, |(_, done)| done);
    let acts = done.split('.').any(|part| {
        ["Write", "Manage", "Send"]
            .iter()
            .any(|start| part.starts_with(start))
            || [
                "ReadWrite",
                "FullControl",
                "Impersonat",
                "PrivilegedOperations",
                "full_access",
                "AsApp",
            ]
            .iter()
            .any(|mark| part.contains(mark))
    });
    if acts || READS_TOO_MUCH.contains(&name) || name.starts_with("Mail.Read") {
        Power::Great
    } else if done.starts_with("Read") || done.contains(".Read") {
        Power::Reading
    } else {
        Power::NotKnown
    }
}

/// Per permission of Microsoft Graph, and per highly privileged role, that an application of somebody other than
/// Microsoft holds:
///
/// | permission or role | application | verdict |
/// | --- | --- | --- |
/// | a permission that only reads, and not mail, files, sites or keys | any | pass |
/// | any other | approved, by application id | pass |
/// | a powerful permission, or such a role | not approved | fail |
/// | a permission of which it is not known what it allows | not approved | unknown |
/// | any other | not among the enterprise applications that were read, or its id not said | unknown |
/// | one whose name is not known, or not said | not Microsoft's | unknown |
///
/// Permissions on Exchange Online, SharePoint and other services of their own are not read, nor are applications that
/// hold a role through a group: what was not read is not judged, and the title says so.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.applications.app_permissions_approved",
    alias: "ENTRA-25",
    version: 1,
    title: "Applications that are powerful through Microsoft Graph or by an administrator role are approved.",
    objectives: &["3.1.1[b]", "3.1.1[e]", "3.1.5[b]"],
    severity: Severity::High,
    remedy: "Find out who needs each listed application. Remove the permission, the role or the application, or record its application id \
             as approved with the reason. Look at permissions on Exchange Online and SharePoint themselves as well: they are not read here.",
    console: console!("Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview"),
    reperform: Reperform {
        portal: "Entra admin center > Applications > Enterprise applications > the application > Permissions > Admin consent: type Application; Roles & admins > each role > Assignments.",
        command: "$graph = Get-MgServicePrincipal -Filter \"appId eq '00000003-0000-0000-c000-000000000000'\"; Get-MgServicePrincipalAppRoleAssignedTo -ServicePrincipalId $graph.Id -All | Select-Object PrincipalDisplayName, PrincipalId, @{n='Permission';e={$id=$_.AppRoleId; ($graph.AppRoles | Where-Object Id -eq $id).Value}}",
    },
    datasets: &[
        "entra-id.app-permissions",
        "entra-id.graph-permissions",
        "entra-id.service-principals",
        "entra-id.role-assignments",
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
    let applications = Applications { by_id, approved };
    for row in &rows.rows {
        let id = row.principal_id.clone().unwrap_or_default();
        let name = row
            .principal_display_name
            .clone()
            .unwrap_or_else(|| id.clone());
        if applications.is_microsofts(&id) {
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
        match power(permission) {
            Power::Reading => judge.pass(),
            power => applications.hold(&mut judge, id, name, &format!("may {permission}"), power),
        }
    }
    let assignments = collected.rows::<Assignment>(ASSIGNMENTS.id)?;
    judge.also(&assignments);
    for row in &assignments.rows {
        of_role(&applications, &mut judge, row);
    }
    Ok(judge.conclude(WhenEmpty::Passes))
}

/// The enterprise applications, and which of them the company approved.
struct Applications<'a> {
    by_id: BTreeMap<&'a str, &'a ServicePrincipal>,
    /// Application ids, lower case.
    approved: BTreeSet<String>,
}

impl Applications<'_> {
    fn is_microsofts(&self, id: &str) -> bool {
        self.by_id
            .get(id)
            .and_then(|one| one.app_owner_organization_id.as_deref())
            .is_some_and(|owner| owner.eq_ignore_ascii_case(MICROSOFT))
    }

    /// One thing that an application may do by itself, and that needs an approval.
    fn hold(&self, judge: &mut Judge, id: String, name: String, what: &str, power: Power) {
        let kind = "application";
        let app = self.by_id.get(id.as_str());
        match app.and_then(|one| one.app_id.as_deref()) {
            Some(app) if self.approved.contains(&app.to_lowercase()) => judge.pass(),
            Some(app) if power == Power::Great => {
                let note = format!("{what} by itself; its application id {app} is not approved");
                judge.fail(id, name, kind, note);
            }
            Some(app) => {
                let note = format!(
                    "{what} by itself; what that allows is not known, and its application id {app} is not approved"
                );
                judge.unknown(id, name, kind, note);
            }
            None => {
                let note = format!("{what} by itself; which application it is was not read");
                judge.unknown(id, name, kind, note);
            }
        }
    }
}

fn of_role(applications: &Applications<'_>, judge: &mut Judge, row: &Assignment) {
    let principal = row.principal.as_ref();
    let id = row.principal_id.clone().unwrap_or_default();
    let name = principal
        .and_then(|one| one.display_name.clone())
        .unwrap_or_else(|| id.clone());
    let kind = principal.and_then(|one| one.kind.as_deref());
    let is_application = kind == Some(APPLICATION) || applications.by_id.contains_key(id.as_str());
    if !is_application && kind.is_some_and(|kind| !kind.is_empty()) {
        return;
    }
    let Some(role) = row.role_definition_id.as_deref() else {
        judge.unknown(id, name, "application", "holds a role that is not said");
        return;
    };
    let known = HIGHLY_PRIVILEGED
        .iter()
        .any(|(known, _)| known.eq_ignore_ascii_case(role));
    if !known || applications.is_microsofts(&id) {
        return;
    }
    let what = format!("holds the role {}", role_name(role));
    if is_application {
        applications.hold(judge, id, name, &what, Power::Great);
    } else {
        let note = format!("{what}; whether it is an application is not said");
        judge.unknown(id, name, "principal", note);
    }
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
    use super::{CHECK, Power, power};
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
                "Directory sync: holds the role Application Administrator by itself; its application id 182470f8-6459-498c-84dc-8ee21202107c is not approved",
                "Machine planning: may Sites.ReadWrite.All by itself; its application id 5b6d0c1e-7a44-4f0e-9d35-1c2e8f7a9b10 is not approved"
            ]
        );
    }

    #[test]
    fn the_name_says_what_a_permission_allows() {
        for (name, expected) in [
            ("Directory.ReadWrite.All", Power::Great),
            ("Group-Conversation.ReadWrite.All", Power::Great),
            ("Directory.Write.Restricted", Power::Great),
            ("Sites.FullControl.All", Power::Great),
            ("Sites.Manage.All", Power::Great),
            ("User.ManageIdentities.All", Power::Great),
            ("Mail.Send", Power::Great),
            ("Mail.ReadBasic.All", Power::Great),
            ("Files.Read.All", Power::Great),
            ("Sites.Read.All", Power::Great),
            ("Exchange.ManageAsApp", Power::Great),
            ("full_access_as_app", Power::Great),
            (
                "DeviceManagementManagedDevices.PrivilegedOperations.All",
                Power::Great,
            ),
            ("BitlockerKey.Read.All", Power::Great),
            // The name of what is read is not what is done with it.
            ("DeviceManagementManagedDevices.Read.All", Power::Reading),
            ("RoleManagement.Read.Directory", Power::Reading),
            ("User.ReadBasic.All", Power::Reading),
            ("Sites.Selected", Power::NotKnown),
            ("User.Invite.All", Power::NotKnown),
            ("Tomorrow.All", Power::NotKnown),
        ] {
            assert_eq!(power(name), expected, "{name}");
        }
    }

    #[test]
    fn a_permission_that_is_not_understood_is_unknown_unless_it_is_approved() {
        let named = |role: usize, name: &str| {
            let pointer = format!("/0/appRoles/{role}/value");
            Bench::good().set("graph-permissions", &pointer, json!(name))
        };
        let strange = named(1, "Sites.Selected");
        assert_eq!(strange.outcome(&CHECK), Pass, "its application is approved");
        let unapproved = strange.parameter(
            crate::parameters::APPROVED_APPS,
            json!(["182470f8-6459-498c-84dc-8ee21202107c"]),
        );
        assert_eq!(unapproved.outcome(&CHECK), Unknown);
        assert!(unapproved.notes(&CHECK)[0].contains("what that allows is not known"));
    }

    #[test]
    fn a_role_counts_as_much_as_a_permission() {
        const ROLES: &str = "role-assignments";
        let only = Bench::good().parameter(
            crate::parameters::APPROVED_APPS,
            json!(["5b6d0c1e-7a44-4f0e-9d35-1c2e8f7a9b10"]),
        );
        assert_eq!(only.outcome(&CHECK), Fail);
        let part = |name: &str| format!("/0/value/3/{name}");
        let reader = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
        let microsofts = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";
        for (dataset, pointer, value, expected) in [
            (ROLES, part("roleDefinitionId"), json!(reader), Pass),
            (ROLES, part("roleDefinitionId"), json!(null), Unknown),
            (ROLES, part("principalId"), json!("gone"), Unknown),
            (ROLES, part("principal"), json!(null), Fail),
            (
                "service-principals",
                "/0/value/0/appOwnerOrganizationId".to_owned(),
                json!(microsofts),
                Pass,
            ),
        ] {
            let bench = only.clone().set(dataset, &pointer, value.clone());
            assert_eq!(bench.outcome(&CHECK), expected, "{pointer} {value}");
        }
        let unclear = only
            .clone()
            .set(ROLES, &part("principal"), json!(null))
            .set(ROLES, &part("principalId"), json!("gone"));
        assert_eq!(unclear.outcome(&CHECK), Unknown);
    }

    #[test]
    fn half_a_list_never_passes() {
        for dataset in [
            "entra-id.app-permissions",
            "entra-id.service-principals",
            "entra-id.role-assignments",
        ] {
            assert_eq!(Bench::good().partly(dataset).outcome(&CHECK), Unknown);
        }
    }
}
