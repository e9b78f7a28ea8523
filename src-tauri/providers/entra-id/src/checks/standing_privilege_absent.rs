//! ENTRA-15. Highly privileged roles are activated when needed and not held all the time.

use super::console;
use crate::{
    datasets::{
        people::{USERS, User},
        roles::{SCHEDULES, ScheduledAssignment},
    },
    parameters,
    privileged::{HIGHLY_PRIVILEGED, role_name},
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Per assignment of a highly privileged role to a person or group, emergency accounts aside:
///
/// | how | end | verdict |
/// | --- | --- | --- |
/// | activated | any | pass |
/// | assigned | has one | pass |
/// | assigned | none | fail |
/// | not said, or held by an account that was not read | | unknown |
///
/// Applications can't activate roles and are not looked at. Without Privileged Identity Management it is unknown.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.roles.standing_privilege_absent",
    alias: "ENTRA-15",
    version: 1,
    title: "Nobody holds a highly privileged role permanently.",
    objectives: &["3.1.5[b]", "3.1.7[c]"],
    severity: Severity::High,
    remedy: "In Privileged Identity Management make the listed holders eligible instead of active, and let them activate the role for \
             some hours. Keep only the emergency accounts permanent.",
    console: console!("Microsoft_Azure_PIMCommon/CommonMenuBlade/~/quickStart"),
    reperform: Reperform {
        portal: "Entra admin center > Identity Governance > Privileged Identity Management > Microsoft Entra roles > Assignments > Active assignments: column End time.",
        command: "Get-MgRoleManagementDirectoryRoleAssignmentScheduleInstance -All -ExpandProperty principal | Where-Object { $_.AssignmentType -eq 'Assigned' -and -not $_.EndDateTime }",
    },
    datasets: &["entra-id.role-assignment-schedules", "entra-id.users"],
    parameters: &[parameters::BREAK_GLASS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (rows, users) = match (
        collected.rows::<ScheduledAssignment>(SCHEDULES.id),
        collected.rows::<User>(USERS.id),
    ) {
        (Ok(rows), Ok(users)) => (rows, users),
        (Err(reason), _) | (_, Err(reason)) => return Verdict::unknown(reason),
    };
    let exempt = collected.parameters.list(parameters::BREAK_GLASS);
    let mut judge = Judge::over(&rows);
    judge.also(&users);
    for row in &rows.rows {
        let id = row.principal_id.clone().unwrap_or_default();
        let principal = row.principal.as_ref();
        let user = users
            .rows
            .iter()
            .find(|user| user.id.is_some() && user.id == row.principal_id);
        let name = user
            .map(User::label)
            .or_else(|| principal.and_then(|one| one.display_name.clone()))
            .unwrap_or_else(|| id.clone());
        let Some(role) = row.role_definition_id.as_deref() else {
            judge.unknown(id, name, "roleAssignment", "the role is not said");
            continue;
        };
        let privileged = HIGHLY_PRIVILEGED
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(role));
        let application = principal.and_then(|one| one.kind.as_deref())
            == Some("#microsoft.graph.servicePrincipal");
        let is_exempt =
            user.is_some_and(|user| user.is_in(&exempt)) || exempt.contains(&id.to_lowercase());
        if !privileged || application || is_exempt {
            continue;
        }
        // Without its name nobody can say that an account is not one of the exempt ones.
        let nameless = user.is_none_or(|user| user.user_principal_name.is_none());
        if nameless
            && !exempt.is_empty()
            && principal.and_then(|one| one.kind.as_deref()) != Some("#microsoft.graph.group")
        {
            judge.unknown(
                id,
                name,
                "roleAssignment",
                "whose account it is was not read",
            );
            continue;
        }
        match (row.assignment_type.as_deref(), row.end_date_time.as_deref()) {
            (Some("Activated"), _) | (Some("Assigned"), Some(_)) => judge.pass(),
            (Some("Assigned"), None) => judge.fail(
                id,
                name,
                "roleAssignment",
                format!("holds {} without an end", role_name(role)),
            ),
            _ => judge.unknown(
                id,
                name,
                "roleAssignment",
                "how the role was given is not said",
            ),
        }
    }
    judge.conclude(WhenEmpty::Passes)
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Unknown};
    use serde_json::json;

    #[test]
    fn a_role_without_end_fails() {
        tell(
            &CHECK,
            &[
                (
                    "assigned for good",
                    "role-assignment-schedules",
                    "/0/value/2/endDateTime",
                    json!(null),
                    Fail,
                ),
                (
                    "how it was given not said",
                    "role-assignment-schedules",
                    "/0/value/1/assignmentType",
                    json!(null),
                    Unknown,
                ),
                (
                    "the role not said",
                    "role-assignment-schedules",
                    "/0/value/1/roleDefinitionId",
                    json!(null),
                    Unknown,
                ),
                (
                    "another kind",
                    "role-assignment-schedules",
                    "/0/value/1/assignmentType",
                    json!("Inherited"),
                    Unknown,
                ),
                (
                    "a holder nobody knows",
                    "role-assignment-schedules",
                    "/0/value/1/principalId",
                    json!("gone"),
                    Unknown,
                ),
            ],
        );
    }

    #[test]
    fn an_emergency_account_holds_it_for_good_only_while_declared() {
        let bench = Bench::good().parameter(crate::parameters::BREAK_GLASS, json!([]));
        assert_eq!(
            bench.notes(&CHECK),
            [
                "emergency.one@northfieldmachining.example: holds Global Administrator without an end"
            ]
        );
    }
}
