//! ENTRA-03. Every person who can sign in has a second factor that works.

use super::console;
use crate::{
    datasets::people::{REGISTRATION, Registration, USERS, User},
    parameters,
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeMap;

/// Per account:
///
/// | account | registration | verdict |
/// | --- | --- | --- |
/// | disabled | | not looked at: nobody can sign in with it |
/// | guest | | not looked at: the home tenant registers its methods |
/// | exempt (emergency or declared service account) | | not looked at |
/// | enabled member, or without a type | capable of MFA | pass |
/// | enabled member, or without a type | not capable | fail |
/// | enabled member, or without a type | no row, or it does not say | unknown |
/// | does not say whether it is enabled | | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.users.members_mfa_capable",
    alias: "ENTRA-03",
    version: 1,
    title: "Every enabled member can use multifactor authentication.",
    objectives: &["3.5.3[c]", "3.5.3[d]"],
    severity: Severity::High,
    remedy: "Ask each listed person to register a method at https://aka.ms/mfasetup, or disable the account. Declare service and \
             emergency accounts as exempt, with a reason.",
    console: console!("Microsoft_AAD_IAM/AuthenticationMethodsMenuBlade/~/UserRegistrationDetails"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Authentication methods > User registration details: filter MFA capable: Not capable.",
        command: "Get-MgReportAuthenticationMethodUserRegistrationDetail -All | Where-Object { -not $_.IsMfaCapable } | Select-Object UserPrincipalName, IsMfaRegistered",
    },
    datasets: &["entra-id.users", "entra-id.mfa-registration"],
    parameters: &[parameters::BREAK_GLASS, parameters::MFA_EXEMPT],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (users, registrations) = match (
        collected.rows::<User>(USERS.id),
        collected.rows::<Registration>(REGISTRATION.id),
    ) {
        (Ok(users), Ok(registrations)) => (users, registrations),
        (Err(reason), _) | (_, Err(reason)) => return Verdict::unknown(reason),
    };
    let mut exempt = collected.parameters.list(parameters::BREAK_GLASS);
    exempt.extend(collected.parameters.list(parameters::MFA_EXEMPT));
    let by_id: BTreeMap<&str, &Registration> = registrations
        .rows
        .iter()
        .filter_map(|row| Some((row.id.as_deref()?, row)))
        .collect();
    let mut judge = Judge::over(&users);
    judge.also(&registrations);
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
        let row = user.id.as_deref().and_then(|id| by_id.get(id));
        match row.map(|row| (row.is_mfa_capable, row.is_mfa_registered)) {
            Some((Some(true), _)) => judge.pass(),
            Some((Some(false), Some(true))) => {
                judge.fail(
                    user.key(),
                    user.label(),
                    "user",
                    "registered a method that the policy does not allow",
                );
            }
            Some((Some(false), _)) => judge.fail(
                user.key(),
                user.label(),
                "user",
                "has no usable method registered",
            ),
            Some((None, _)) => {
                judge.unknown(user.key(), user.label(), "user", "the report does not say")
            }
            None => judge.unknown(
                user.key(),
                user.label(),
                "user",
                "not in the registration report, which can lag by hours",
            ),
        }
    }
    judge.conclude(WhenEmpty::Unknown(
        "No enabled member was found.".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn each_enabled_member_counts() {
        tell(
            &CHECK,
            &[
                (
                    "not capable",
                    "mfa-registration",
                    "/0/value/2/isMfaCapable",
                    json!(false),
                    Fail,
                ),
                (
                    "not said",
                    "mfa-registration",
                    "/0/value/2/isMfaCapable",
                    json!(null),
                    Unknown,
                ),
                (
                    "a guest without MFA is another tenant's",
                    "users",
                    "/1/value/1/accountEnabled",
                    json!(true),
                    Pass,
                ),
                (
                    "a disabled member does not count",
                    "users",
                    "/0/value/2/accountEnabled",
                    json!(false),
                    Pass,
                ),
                (
                    "enabled not said",
                    "users",
                    "/0/value/2/accountEnabled",
                    json!(null),
                    Unknown,
                ),
                (
                    "enabled again without a row",
                    "users",
                    "/1/value/0/accountEnabled",
                    json!(true),
                    Unknown,
                ),
                (
                    "a guest that no longer is one",
                    "users",
                    "/1/value/1/userType",
                    json!(null),
                    Fail,
                ),
            ],
        );
    }

    #[test]
    fn an_account_is_exempt_only_while_it_is_declared_and_the_note_says_what_is_wrong() {
        let bench = Bench::good().parameter(crate::parameters::BREAK_GLASS, json!([]));
        assert_eq!(
            bench.notes(&CHECK),
            ["emergency.one@northfieldmachining.example: has no usable method registered"]
        );
        let declared = bench.parameter(
            crate::parameters::MFA_EXEMPT,
            json!(["Emergency.One@northfieldmachining.example"]),
        );
        assert_eq!(declared.outcome(&CHECK), Pass);
        let not_allowed =
            Bench::good().set("mfa-registration", "/0/value/2/isMfaCapable", json!(false));
        assert_eq!(
            not_allowed.notes(&CHECK),
            [
                "casey.moreno@northfieldmachining.example: registered a method that the policy does not allow"
            ]
        );
    }

    #[test]
    fn nobody_at_all_is_unknown() {
        let bench =
            Bench::good()
                .set("users", "/0/value", json!([]))
                .set("users", "/1/value", json!([]));
        assert_eq!(bench.outcome(&CHECK), Unknown);
    }
}
