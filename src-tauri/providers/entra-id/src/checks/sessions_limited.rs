//! ENTRA-28. A sign-in ends after a while, an administrator's sooner.

use super::console;
use crate::{
    conditional_access::{Access, Reach, join, seek, session},
    parameters::{self, number},
    privileged::Privileged,
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// Both have to hold:
///
/// | who | enforced policy for all applications | otherwise |
/// | --- | --- | --- |
/// | privileged roles in use | signs in again within the company's hours for administrators, browsers never stay signed in | fail |
/// | all users | signs in again within the company's hours | fail |
///
/// Unknown where a policy is not understood, where the one for administrators leaves out guests or goes by a role that
/// somebody holds for a part of the directory only, or where any dataset was not read in full.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.conditional_access.sessions_limited",
    alias: "ENTRA-28",
    version: 3,
    title: "Sign-in sessions end after a defined time.",
    objectives: &["3.1.11[a]", "3.1.11[b]", "3.13.9[c]"],
    severity: Severity::Medium,
    remedy: "Set Session > Sign-in frequency in a Conditional Access policy for all users, and a shorter one with Persistent browser \
             session: Never persistent for the privileged roles.",
    console: console!("Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Conditional Access > Policies: open each policy that is On, Session.",
        command: "Get-MgIdentityConditionalAccessPolicy -All | Select-Object DisplayName, State -ExpandProperty SessionControls | ConvertTo-Json -Depth 6",
    },
    datasets: &[
        "entra-id.conditional-access-policies",
        "entra-id.security-defaults",
        "entra-id.users",
        "entra-id.role-assignments",
        "entra-id.role-group-members",
        "entra-id.role-eligibility",
        "entra-id.role-group-eligibility",
        "entra-id.licences",
    ],
    parameters: &[
        parameters::BREAK_GLASS,
        parameters::CONDITIONAL_ACCESS_EXEMPTIONS,
        parameters::ADMIN_SESSION_HOURS,
        parameters::SESSION_HOURS,
    ],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, evidence::Reason> {
    let admin_hours = number(collected, parameters::ADMIN_SESSION_HOURS)?;
    let hours = number(collected, parameters::SESSION_HOURS)?;
    let access = Access::read(collected)?;
    let privileged = Privileged::read(collected)?;
    if let Some(reason) = privileged.missing() {
        return Ok(Verdict::unknown(reason));
    }
    let admins = Reach::holders(&access.exempt, &privileged);
    let everyone = Reach::everyone(&access.exempt);
    Ok(join([
        seek(
            &access.policies,
            |policy| session(policy, admin_hours, true),
            |policy| admins.of(policy),
            &format!("No policy ends administrators' sessions within {admin_hours} hours."),
        ),
        seek(
            &access.policies,
            |policy| session(policy, hours, false),
            |policy| everyone.of(policy),
            &format!("No policy ends everybody's sessions within {hours} hours."),
        ),
    ]))
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, narrow, reach_by_role, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn sessions_end_in_time() {
        narrow(&CHECK, &Bench::good(), 2);
        reach_by_role(&CHECK, &Bench::good(), 2);
        tell(
            &CHECK,
            &[
                (
                    "administrators too long",
                    "conditional-access-policies",
                    "/0/value/2/sessionControls/signInFrequency/value",
                    json!(13),
                    Fail,
                ),
                (
                    "administrators every time",
                    "conditional-access-policies",
                    "/0/value/2/sessionControls/signInFrequency/frequencyInterval",
                    json!("everyTime"),
                    Pass,
                ),
                (
                    "browsers stay signed in",
                    "conditional-access-policies",
                    "/0/value/2/sessionControls/persistentBrowser/mode",
                    json!("always"),
                    Fail,
                ),
                (
                    "browsers not said",
                    "conditional-access-policies",
                    "/0/value/2/sessionControls/persistentBrowser/isEnabled",
                    json!(null),
                    Unknown,
                ),
                (
                    "browsers not limited",
                    "conditional-access-policies",
                    "/0/value/2/sessionControls/persistentBrowser",
                    json!(null),
                    Fail,
                ),
                (
                    "everybody for days",
                    "conditional-access-policies",
                    "/0/value/0/sessionControls/signInFrequency/unit",
                    json!("x"),
                    Pass,
                ),
                (
                    "everybody for twenty-four days",
                    "conditional-access-policies",
                    "/0/value/0/sessionControls/signInFrequency/type",
                    json!("days"),
                    Fail,
                ),
                (
                    "an unknown unit",
                    "conditional-access-policies",
                    "/0/value/0/sessionControls/signInFrequency/type",
                    json!("weeks"),
                    Unknown,
                ),
                (
                    "nothing",
                    "conditional-access-policies",
                    "/0/value/0/sessionControls/signInFrequency/value",
                    json!(0),
                    Unknown,
                ),
                (
                    "not enabled",
                    "conditional-access-policies",
                    "/0/value/0/sessionControls/signInFrequency/isEnabled",
                    json!(false),
                    Fail,
                ),
                (
                    "enabled not said",
                    "conditional-access-policies",
                    "/0/value/0/sessionControls/signInFrequency/isEnabled",
                    json!(null),
                    Unknown,
                ),
                (
                    "an interval of tomorrow",
                    "conditional-access-policies",
                    "/0/value/0/sessionControls/signInFrequency/frequencyInterval",
                    json!("lunar"),
                    Unknown,
                ),
                (
                    "no session control",
                    "conditional-access-policies",
                    "/0/value/0/sessionControls",
                    json!(null),
                    Fail,
                ),
            ],
        );
    }
}
