//! ENTRA-19. Guests who no longer come, or never came, lose their access.

use super::{console, moment};
use crate::{
    activity::last_seen,
    datasets::people::{ACTIVITY, Activity, USERS, User},
    parameters::{self, number},
};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeMap;

/// Per enabled guest, with N and M the company's days for guests and for open invitations:
///
/// | guest | verdict |
/// | --- | --- |
/// | invitation open for more than M days | fail |
/// | invitation open for at most M days | pass |
/// | signed in within N days, or never and created within N days | pass |
/// | longer ago | fail |
/// | dates missing | unknown |
///
/// Accounts that do not say whether they are guests are unknown; without any guest it passes.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.users.guests_in_use",
    alias: "ENTRA-19",
    version: 1,
    title: "Guests accepted their invitation and sign in.",
    objectives: &["3.1.1[a]", "3.1.1[d]", "3.5.6[b]"],
    severity: Severity::Medium,
    remedy: "Ask whoever invited each listed guest whether the access is still needed; disable or delete the others.",
    console: console!("Microsoft_AAD_UsersAndTenants/UserManagementMenuBlade/~/AllUsers"),
    reperform: Reperform {
        portal: "Entra admin center > Users > All users: filter User type: Guest; columns Invitation state and Last interactive sign-in time.",
        command: "Get-MgUser -All -Filter \"userType eq 'Guest'\" -Property userPrincipalName,externalUserState,createdDateTime,accountEnabled",
    },
    datasets: &["entra-id.users", "entra-id.user-sign-in-activity"],
    parameters: &[
        parameters::GUEST_INACTIVE_DAYS,
        parameters::GUEST_PENDING_DAYS,
    ],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let idle = number(collected, parameters::GUEST_INACTIVE_DAYS)?;
    let pending = number(collected, parameters::GUEST_PENDING_DAYS)?;
    let users = collected.rows::<User>(USERS.id)?;
    let activity = collected.rows::<Activity>(ACTIVITY.id)?;
    let by_id: BTreeMap<&str, &Activity> = activity
        .rows
        .iter()
        .filter_map(|row| Some((row.id.as_deref()?, row)))
        .collect();
    let mut judge = Judge::over(&users);
    judge.also(&activity);
    let age = |text: Option<&str>| moment(text).map(|at| collected.now.days_since(at));
    for user in users
        .rows
        .iter()
        .filter(|user| user.account_enabled != Some(false))
    {
        let mut unknown = |note: &str| judge.unknown(user.key(), user.label(), "user", note);
        if user.user_type.is_none() {
            unknown("whether it is a guest is not said");
            continue;
        }
        if !user.is_guest() {
            continue;
        }
        if user.account_enabled.is_none() {
            unknown("whether the account is enabled is not said");
            continue;
        }
        if user.external_user_state.as_deref() == Some("PendingAcceptance") {
            let since = user
                .external_user_state_change_date_time
                .as_deref()
                .or(user.created_date_time.as_deref());
            match age(since) {
                Some(days) if days > pending => {
                    judge.fail(
                        user.key(),
                        user.label(),
                        "user",
                        format!("left the invitation unanswered for {days} days"),
                    );
                }
                Some(_) => judge.pass(),
                None => unknown("when it was invited is not said"),
            }
            continue;
        }
        let Some(row) = user.id.as_deref().and_then(|id| by_id.get(id)) else {
            unknown("its last sign-in was not in the answer");
            continue;
        };
        let days = match last_seen(row) {
            Err(why) => {
                unknown(why);
                continue;
            }
            Ok(Some(at)) => Some(collected.now.days_since(at)),
            Ok(None) => age(user.created_date_time.as_deref()),
        };
        match days {
            Some(days) if days <= idle => judge.pass(),
            Some(days) => judge.fail(
                user.key(),
                user.label(),
                "user",
                format!("did not sign in for {days} days"),
            ),
            None => unknown("never signed in, and when it was created is not said"),
        }
    }
    Ok(judge.conclude(WhenEmpty::Passes))
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn guests_come_or_go() {
        tell(
            &CHECK,
            &[
                (
                    "pending for long",
                    "users",
                    "/1/value/1/externalUserState",
                    json!("PendingAcceptance"),
                    Fail,
                ),
                (
                    "idle",
                    "user-sign-in-activity",
                    "/0/value/4/signInActivity/lastSuccessfulSignInDateTime",
                    json!("2026-01-01T00:00:00Z"),
                    Fail,
                ),
                (
                    "never, and old",
                    "user-sign-in-activity",
                    "/0/value/4/signInActivity",
                    json!(null),
                    Fail,
                ),
                (
                    "a moment that is none",
                    "user-sign-in-activity",
                    "/0/value/4/signInActivity/lastSuccessfulSignInDateTime",
                    json!("x"),
                    Unknown,
                ),
                (
                    "disabled",
                    "users",
                    "/1/value/1/accountEnabled",
                    json!(false),
                    Pass,
                ),
                (
                    "enabled not said",
                    "users",
                    "/1/value/1/accountEnabled",
                    json!(null),
                    Unknown,
                ),
                (
                    "type not said",
                    "users",
                    "/1/value/1/userType",
                    json!(null),
                    Unknown,
                ),
                (
                    "no row",
                    "user-sign-in-activity",
                    "/0/value/4/id",
                    json!("gone"),
                    Unknown,
                ),
                (
                    "no guest at all",
                    "users",
                    "/1/value/1/userType",
                    json!("Member"),
                    Pass,
                ),
            ],
        );
    }

    #[test]
    fn a_fresh_invitation_may_be_open_and_one_without_a_date_is_unknown() {
        let open = || {
            Bench::good().set(
                "users",
                "/1/value/1/externalUserState",
                json!("PendingAcceptance"),
            )
        };
        assert_eq!(
            open()
                .set(
                    "users",
                    "/1/value/1/externalUserStateChangeDateTime",
                    json!("2026-11-10T00:00:00Z")
                )
                .outcome(&CHECK),
            Pass
        );
        let undated = open()
            .set(
                "users",
                "/1/value/1/externalUserStateChangeDateTime",
                json!(null),
            )
            .set("users", "/1/value/1/createdDateTime", json!(null));
        assert_eq!(undated.outcome(&CHECK), Unknown);
    }
}
