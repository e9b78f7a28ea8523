//! ENTRA-18. Accounts that nobody uses are switched off.

use super::{console, moment};
use crate::{
    activity::last_seen,
    datasets::people::{ACTIVITY, Activity, USERS, User},
    parameters::{self, number},
};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeMap;

/// Per account, with N the company's days:
///
/// | account | last successful sign-in | verdict |
/// | --- | --- | --- |
/// | disabled, guest (ENTRA-19), or exempt emergency account | | not looked at |
/// | enabled member | within N days | pass |
/// | enabled member | longer ago | fail |
/// | enabled member | never, created within N days | pass |
/// | enabled member | never, created longer ago | fail |
/// | enabled member | never, creation not said; or no row | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.users.inactive_members_disabled",
    alias: "ENTRA-18",
    version: 1,
    title: "Accounts without a recent sign-in are disabled.",
    objectives: &["3.5.6[a]", "3.5.6[b]", "3.1.1[d]", "3.9.2[b]"],
    severity: Severity::High,
    remedy: "Ask each listed person's manager whether the account is still needed, and disable those that are not.",
    console: console!("Microsoft_AAD_UsersAndTenants/UserManagementMenuBlade/~/AllUsers"),
    reperform: Reperform {
        portal: "Entra admin center > Users > All users: add the column Last interactive sign-in time, filter Account enabled: Yes.",
        command: "Get-MgUser -All -Property userPrincipalName,accountEnabled,userType,createdDateTime,signInActivity | Where-Object AccountEnabled | Select-Object UserPrincipalName, CreatedDateTime, @{n='Last';e={$_.SignInActivity.LastSuccessfulSignInDateTime}}",
    },
    datasets: &["entra-id.users", "entra-id.user-sign-in-activity"],
    parameters: &[parameters::BREAK_GLASS, parameters::INACTIVE_DAYS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let days = number(collected, parameters::INACTIVE_DAYS)?;
    let exempt = collected.parameters.list(parameters::BREAK_GLASS);
    let users = collected.rows::<User>(USERS.id)?;
    let activity = collected.rows::<Activity>(ACTIVITY.id)?;
    let by_id: BTreeMap<&str, &Activity> = activity
        .rows
        .iter()
        .filter_map(|row| Some((row.id.as_deref()?, row)))
        .collect();
    let mut judge = Judge::over(&users);
    judge.also(&activity);
    for user in &users.rows {
        if user.account_enabled == Some(false) || user.is_guest() || user.is_in(&exempt) {
            continue;
        }
        if user.account_enabled.is_none() {
            judge.unknown(
                user.key(),
                user.label(),
                "user",
                "whether the account is enabled is not said",
            );
            continue;
        }
        let Some(row) = user.id.as_deref().and_then(|id| by_id.get(id)) else {
            judge.unknown(
                user.key(),
                user.label(),
                "user",
                "its last sign-in was not in the answer",
            );
            continue;
        };
        match (last_seen(row), moment(user.created_date_time.as_deref())) {
            (Err(why), _) => judge.unknown(user.key(), user.label(), "user", why),
            (Ok(Some(at)), _) if collected.now.days_since(at) <= days => judge.pass(),
            (Ok(Some(at)), _) => {
                judge.fail(
                    user.key(),
                    user.label(),
                    "user",
                    format!("last signed in at {at}, more than {days} days before"),
                );
            }
            (Ok(None), Some(at)) if collected.now.days_since(at) <= days => judge.pass(),
            (Ok(None), Some(at)) => judge.fail(
                user.key(),
                user.label(),
                "user",
                format!("never signed in; created at {at}"),
            ),
            (Ok(None), None) => judge.unknown(
                user.key(),
                user.label(),
                "user",
                "never signed in, and when it was created is not said",
            ),
        }
    }
    Ok(judge.conclude(WhenEmpty::Unknown(
        "No enabled member was found.".to_owned(),
    )))
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn unused_accounts_are_off() {
        tell(
            &CHECK,
            &[
                (
                    "long ago",
                    "user-sign-in-activity",
                    "/0/value/2/signInActivity/lastSuccessfulSignInDateTime",
                    json!("2026-08-01T00:00:00Z"),
                    Fail,
                ),
                (
                    "just within",
                    "user-sign-in-activity",
                    "/0/value/2/signInActivity/lastSuccessfulSignInDateTime",
                    json!("2026-08-25T10:00:00Z"),
                    Pass,
                ),
                (
                    "only failed attempts lately count where success is not kept",
                    "user-sign-in-activity",
                    "/0/value/2/signInActivity/lastSuccessfulSignInDateTime",
                    json!(null),
                    Pass,
                ),
                (
                    "no moment at all",
                    "user-sign-in-activity",
                    "/0/value/2/signInActivity",
                    json!({}),
                    Unknown,
                ),
                (
                    "a moment that is none",
                    "user-sign-in-activity",
                    "/0/value/2/signInActivity/lastSuccessfulSignInDateTime",
                    json!("yesterday"),
                    Unknown,
                ),
                (
                    "never, and old",
                    "user-sign-in-activity",
                    "/0/value/2/signInActivity",
                    json!(null),
                    Fail,
                ),
                (
                    "enabled not said",
                    "users",
                    "/0/value/2/accountEnabled",
                    json!(null),
                    Unknown,
                ),
                (
                    "no row",
                    "user-sign-in-activity",
                    "/0/value/2/id",
                    json!("gone"),
                    Unknown,
                ),
                (
                    "disabled",
                    "users",
                    "/0/value/2/accountEnabled",
                    json!(false),
                    Pass,
                ),
            ],
        );
    }

    #[test]
    fn somebody_new_has_time_and_somebody_without_a_date_is_unknown() {
        let never = || {
            Bench::good().set(
                "user-sign-in-activity",
                "/0/value/2/signInActivity",
                json!(null),
            )
        };
        assert_eq!(
            never()
                .set(
                    "users",
                    "/0/value/2/createdDateTime",
                    json!("2026-11-01T00:00:00Z")
                )
                .outcome(&CHECK),
            Pass
        );
        assert_eq!(
            never()
                .set("users", "/0/value/2/createdDateTime", json!(null))
                .outcome(&CHECK),
            Unknown
        );
    }
}
