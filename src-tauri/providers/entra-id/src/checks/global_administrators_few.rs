//! ENTRA-12. Enough Global Administrators to survive one leaving, few enough to watch.

use super::console;
use crate::{
    parameters::{self, number},
    privileged::{GLOBAL_ADMINISTRATOR, Privileged},
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

/// Counts distinct enabled users who are, or may become, Global Administrator: directly, through a group, or eligible.
/// Declared emergency accounts and disabled accounts do not count (ENTRA-17 reports the latter).
///
/// | count | verdict |
/// | --- | --- |
/// | surely above the most allowed | fail, listing them |
/// | surely below the fewest, and everybody was seen | fail |
/// | in between, and everybody was seen | pass |
/// | can't be told: somebody's state or a dataset is missing | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.roles.global_administrators_few",
    alias: "ENTRA-12",
    version: 3,
    title: "There are two to four Global Administrators.",
    objectives: &["3.1.5[a]", "3.1.5[b]"],
    severity: Severity::High,
    remedy: "Give people the narrower role they need instead of Global Administrator, and keep at least two holders besides the \
             emergency accounts.",
    console: console!("Microsoft_AAD_IAM/RolesManagementMenuBlade/~/AllRoles"),
    reperform: Reperform {
        portal: "Entra admin center > Roles & admins > Global Administrator: Assignments, tabs Active and Eligible.",
        command: "Get-MgRoleManagementDirectoryRoleAssignment -All -Filter \"roleDefinitionId eq '62e90394-69f5-4237-9190-012177145e10'\" -ExpandProperty principal",
    },
    datasets: &[
        "entra-id.users",
        "entra-id.role-assignments",
        "entra-id.role-group-members",
        "entra-id.role-eligibility",
        "entra-id.role-group-eligibility",
        "entra-id.licences",
    ],
    parameters: &[
        parameters::BREAK_GLASS,
        parameters::MIN_GLOBAL_ADMINS,
        parameters::MAX_GLOBAL_ADMINS,
    ],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let fewest = number(collected, parameters::MIN_GLOBAL_ADMINS)?;
    let most = number(collected, parameters::MAX_GLOBAL_ADMINS)?;
    let exempt = collected.parameters.list(parameters::BREAK_GLASS);
    let mut privileged = Privileged::read(collected)?;
    privileged
        .unresolved
        .retain(|one| one.role == GLOBAL_ADMINISTRATOR);
    let holders: Vec<_> = privileged
        .holders
        .iter()
        .filter(|holder| holder.is_global_administrator() && !holder.user.is_in(&exempt))
        .collect();
    let sure: Vec<_> = holders
        .iter()
        .filter(|holder| holder.user.account_enabled == Some(true))
        .collect();
    let count = i64::try_from(sure.len()).unwrap_or(i64::MAX);
    let mut judge = privileged.judge();
    let unsure: Vec<_> = holders
        .iter()
        .filter(|holder| holder.user.account_enabled.is_none())
        .collect();
    for holder in &unsure {
        judge.unknown(
            holder.user.key(),
            holder.user.label(),
            "user",
            "whether the account is enabled is not said",
        );
    }
    if count > most {
        for holder in sure {
            let note = format!("one of {count} Global Administrators; at most {most} are wanted");
            judge.fail(holder.user.key(), holder.user.label(), "user", note);
        }
    } else {
        sure.iter().for_each(|_| judge.pass());
        if count < fewest && privileged.missing().is_none() && unsure.is_empty() {
            judge.fail("", "", "absence", format!("There are {count} Global Administrators besides the emergency accounts; at least {fewest} are wanted."));
        }
    }
    if count == 0 && fewest == 0 {
        judge.lacks(Reason::new(
            UnknownCode::NeedsJudgement,
            "No Global Administrator was found, which can't be.",
        ));
    }
    Ok(judge.conclude(WhenEmpty::Unknown(
        "No Global Administrator was found, which can't be.".to_owned(),
    )))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::CHECK;
    use crate::checks::testing::Bench;
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn two_to_four_pass_and_the_limits_are_the_companys() {
        assert_eq!(Bench::good().outcome(&CHECK), Pass);
        let one = Bench::good().cut("role-eligibility", "/0/value/1");
        assert_eq!(one.outcome(&CHECK), Fail);
        assert_eq!(
            one.notes(&CHECK),
            [
                ": There are 1 Global Administrators besides the emergency accounts; at least 2 are wanted."
            ]
        );
        assert_eq!(
            one.parameter(crate::parameters::MIN_GLOBAL_ADMINS, json!(1))
                .outcome(&CHECK),
            Pass
        );
        let strict = Bench::good().parameter(crate::parameters::MAX_GLOBAL_ADMINS, json!(1));
        assert_eq!(strict.outcome(&CHECK), Fail);
        assert_eq!(strict.notes(&CHECK).len(), 2);
    }

    #[test]
    fn emergency_and_disabled_accounts_do_not_count() {
        let disabled = Bench::good().set("users", "/0/value/1/accountEnabled", json!(false));
        assert_eq!(disabled.outcome(&CHECK), Fail);
        let undeclared = disabled.parameter(crate::parameters::BREAK_GLASS, json!([]));
        assert_eq!(
            undeclared.outcome(&CHECK),
            Pass,
            "the emergency account is the second one now"
        );
    }

    #[test]
    fn somebody_whose_state_is_not_said_leaves_it_open() {
        assert_eq!(
            Bench::good()
                .set("users", "/0/value/1/accountEnabled", json!(null))
                .outcome(&CHECK),
            Unknown
        );
        assert_eq!(
            Bench::good()
                .set(
                    "role-assignments",
                    "/0/value/0/roleDefinitionId",
                    json!(null)
                )
                .outcome(&CHECK),
            Unknown
        );
        assert_eq!(
            Bench::good()
                .set("role-assignments", "/0/value/0/principalId", json!("gone"))
                .outcome(&CHECK),
            Unknown
        );
    }

    #[test]
    fn members_of_a_group_count() {
        let bench = Bench::good()
            .set(
                "role-assignments",
                "/0/value/1/roleDefinitionId",
                json!("62e90394-69f5-4237-9190-012177145e10"),
            )
            .cut("role-eligibility", "/0/value/0");
        assert_eq!(
            bench.outcome(&CHECK),
            Pass,
            "Alex through the group, Blair by right to activate"
        );
        let unread = bench.set("role-group-members", "/1/@cmmcpro.group", json!("another"));
        assert_eq!(unread.outcome(&CHECK), Unknown);
        assert_eq!(
            unread.notes(&CHECK),
            [
                "Tier 0 administrators: Global Administrator: the members of this group were not read"
            ]
        );
    }

    #[test]
    fn a_listed_group_whose_members_were_not_read_keeps_it_from_passing() {
        // The second group of the listing is empty, which its page says.
        let unread = Bench::good().cut("role-group-members", "/2");
        let reason = unread.judge(&CHECK).reason.unwrap();
        assert_eq!(reason.code, evidence::UnknownCode::Partial);
        assert!(
            reason
                .detail
                .contains("78733d0d-d44e-4bbc-81d9-31c569676531"),
            "{reason:?}"
        );
    }

    #[test]
    fn without_any_plan_that_has_pim_nobody_can_be_eligible() {
        use evidence::UnknownCode;
        let limits = |bench: Bench| {
            bench
                .parameter(crate::parameters::BREAK_GLASS, json!([]))
                .parameter(crate::parameters::MIN_GLOBAL_ADMINS, json!(1))
        };
        let refused = |bench: Bench, code| {
            limits(bench)
                .without("entra-id.role-eligibility", code)
                .outcome(&CHECK)
        };
        assert_eq!(
            refused(Bench::good(), UnknownCode::LicenceMissing),
            Unknown,
            "a plan is there: the refusal is not explained"
        );
        let without_p2 = || Bench::good().cut("licences", "/0/value/1");
        assert_eq!(refused(without_p2(), UnknownCode::LicenceMissing), Pass);
        assert_eq!(
            refused(without_p2(), UnknownCode::PermissionMissing),
            Unknown
        );
        assert_eq!(
            refused(
                without_p2().set("licences", "/0/value/0/servicePlans", json!(null)),
                UnknownCode::LicenceMissing
            ),
            Unknown
        );
        assert_eq!(
            refused(
                without_p2().partly("entra-id.licences"),
                UnknownCode::LicenceMissing
            ),
            Unknown
        );
    }
}
