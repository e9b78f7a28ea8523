//! ENTRA-21. Guests do not see the directory as members do.

use super::console;
use crate::datasets::settings::{AUTHORIZATION, Authorization};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Role templates that decide what guests see.
const MEMBER: &str = "a0b1b346-4d3e-4e8b-98f8-753987be4970";
const GUEST: &str = "10dae51f-b6af-4016-8d66-8c2a99b929b3";
const RESTRICTED: &str = "2af84b1e-32c8-42b7-82bc-daa82404023b";

/// | guests' role | verdict |
/// | --- | --- |
/// | guest, or restricted guest | pass |
/// | the same as members | fail |
/// | another one, or not said | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.external.guest_access_limited",
    alias: "ENTRA-21",
    version: 1,
    title: "Guests have limited access to the directory.",
    objectives: &["3.1.2[b]", "3.1.20[e]"],
    severity: Severity::Medium,
    remedy: "Set External collaboration settings > Guest user access to limited or, better, to restricted.",
    console: console!("Microsoft_AAD_IAM/CompanyRelationshipsMenuBlade/~/Settings"),
    reperform: Reperform {
        portal: "Entra admin center > External Identities > External collaboration settings > Guest user access.",
        command: "(Get-MgPolicyAuthorizationPolicy).GuestUserRoleId",
    },
    datasets: &["entra-id.authorization-policy"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let policy = match collected.one::<Authorization>(AUTHORIZATION.id) {
        Ok(policy) => policy,
        Err(reason) => return Verdict::unknown(reason),
    };
    let mut judge = Judge::new();
    let (id, name, kind) = ("guestUserRoleId", "Guest user access", "setting");
    match policy
        .guest_user_role_id
        .as_deref()
        .map(str::to_lowercase)
        .as_deref()
    {
        Some(GUEST | RESTRICTED) => judge.pass(),
        Some(MEMBER) => judge.fail(id, name, kind, "guests have the same access as members"),
        Some(other) => judge.unknown(id, name, kind, format!("has the unknown value {other}")),
        None => judge.unknown(id, name, kind, "is not said"),
    }
    judge.conclude(WhenEmpty::Unknown(
        "The setting was not looked at.".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::tell;
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn guests_see_less_than_members() {
        tell(
            &CHECK,
            &[
                (
                    "guest",
                    "authorization-policy",
                    "/0/guestUserRoleId",
                    json!("10DAE51F-b6af-4016-8d66-8c2a99b929b3"),
                    Pass,
                ),
                (
                    "like members",
                    "authorization-policy",
                    "/0/guestUserRoleId",
                    json!("a0b1b346-4d3e-4e8b-98f8-753987be4970"),
                    Fail,
                ),
                (
                    "another",
                    "authorization-policy",
                    "/0/guestUserRoleId",
                    json!("x"),
                    Unknown,
                ),
                (
                    "not said",
                    "authorization-policy",
                    "/0/guestUserRoleId",
                    json!(null),
                    Unknown,
                ),
            ],
        );
    }
}
