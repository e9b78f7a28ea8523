//! ENTRA-20. Not everybody can let strangers in.

use super::console;
use crate::datasets::settings::{AUTHORIZATION, Authorization};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// | who may invite | verdict |
/// | --- | --- |
/// | nobody, or administrators and guest inviters | pass |
/// | all members, or everyone | fail |
/// | anything else, or not said | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.external.guest_invitations_restricted",
    alias: "ENTRA-20",
    version: 1,
    title: "Only administrators and guest inviters may invite guests.",
    objectives: &["3.1.1[d]", "3.1.20[e]"],
    severity: Severity::Medium,
    remedy: "Set External collaboration settings > Guest invite restrictions to \"Only users assigned to specific admin roles\" or to nobody.",
    console: console!("Microsoft_AAD_IAM/CompanyRelationshipsMenuBlade/~/Settings"),
    reperform: Reperform {
        portal: "Entra admin center > External Identities > External collaboration settings > Guest invite settings.",
        command: "(Get-MgPolicyAuthorizationPolicy).AllowInvitesFrom",
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
    let (id, name, kind) = ("allowInvitesFrom", "Guest invite settings", "setting");
    match policy.allow_invites_from.as_deref() {
        Some("none" | "adminsAndGuestInviters") => judge.pass(),
        Some("adminsGuestInvitersAndAllMembers") => {
            judge.fail(id, name, kind, "every member may invite guests")
        }
        Some("everyone") => judge.fail(
            id,
            name,
            kind,
            "everyone, guests included, may invite guests",
        ),
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
    fn only_the_responsible_invite() {
        tell(
            &CHECK,
            &[
                (
                    "nobody",
                    "authorization-policy",
                    "/0/allowInvitesFrom",
                    json!("none"),
                    Pass,
                ),
                (
                    "members",
                    "authorization-policy",
                    "/0/allowInvitesFrom",
                    json!("adminsGuestInvitersAndAllMembers"),
                    Fail,
                ),
                (
                    "everyone",
                    "authorization-policy",
                    "/0/allowInvitesFrom",
                    json!("everyone"),
                    Fail,
                ),
                (
                    "tomorrow",
                    "authorization-policy",
                    "/0/allowInvitesFrom",
                    json!("unknownFutureValue"),
                    Unknown,
                ),
                (
                    "not said",
                    "authorization-policy",
                    "/0/allowInvitesFrom",
                    json!(null),
                    Unknown,
                ),
            ],
        );
    }
}
