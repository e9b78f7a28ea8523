//! ENTRA-14. Administrators read their mail with another account.

use super::console;
use crate::{
    datasets::tenant::{LICENCES, Sku},
    parameters,
    privileged::{Holder, Privileged},
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

/// Per holder of a highly privileged role, active or eligible, emergency accounts aside:
///
/// | licence | verdict |
/// | --- | --- |
/// | includes a mailbox (a service plan named `EXCHANGE_...` that is not switched off for the account) | fail |
/// | none does | pass |
/// | a licence that is not among the subscriptions, or the account's licences are not said | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.roles.privileged_accounts_separate",
    alias: "ENTRA-14",
    version: 3,
    title: "Administrators have a separate account without a mailbox.",
    objectives: &["3.1.6[b]"],
    severity: Severity::Medium,
    remedy: "Give each listed administrator a second account without mail licenses for administration, and take the roles from the \
             everyday account.",
    console: console!("Microsoft_AAD_IAM/RolesManagementMenuBlade/~/AllRoles"),
    reperform: Reperform {
        portal: "Entra admin center > Roles & admins: open each privileged role, then each holder > Licenses.",
        command: "Get-MgUserLicenseDetail -UserId <holder> | Select-Object SkuPartNumber -ExpandProperty ServicePlans",
    },
    datasets: &[
        "entra-id.users",
        "entra-id.role-assignments",
        "entra-id.role-group-members",
        "entra-id.role-eligibility",
        "entra-id.role-group-eligibility",
        "entra-id.licences",
    ],
    parameters: &[parameters::BREAK_GLASS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (privileged, skus) = match (
        Privileged::read(collected),
        collected.rows::<Sku>(LICENCES.id),
    ) {
        (Ok(privileged), Ok(skus)) => (privileged, skus),
        (Err(reason), _) | (_, Err(reason)) => return Verdict::unknown(reason),
    };
    let exempt = collected.parameters.list(parameters::BREAK_GLASS);
    let mut judge = privileged.judge();
    judge.also(&skus);
    for holder in privileged
        .holders
        .iter()
        .filter(|holder| !holder.user.is_in(&exempt))
    {
        match mailbox(holder, &skus.rows) {
            Some(true) => {
                let note = format!("has a mailbox license and holds {}", holder.role_names());
                judge.fail(holder.user.key(), holder.user.label(), "user", note);
            }
            Some(false) => judge.pass(),
            None => judge.unknown(
                holder.user.key(),
                holder.user.label(),
                "user",
                "what the account's licenses include is not known",
            ),
        }
    }
    // All holders may be exempt: then no other account administers anything, which is what is wanted.
    judge.conclude(if privileged.holders.is_empty() {
        WhenEmpty::Unknown("No privileged account was found, which can't be.".to_owned())
    } else {
        WhenEmpty::Passes
    })
}

/// Whether a licence of the account includes a mailbox; `None` where that can't be told.
fn mailbox(holder: &Holder, skus: &[Sku]) -> Option<bool> {
    let mut certain = true;
    for licence in holder.user.assigned_licenses.as_ref()? {
        let sku = skus
            .iter()
            .find(|sku| licence.sku_id.is_some() && sku.sku_id == licence.sku_id);
        let (Some(plans), Some(disabled)) = (
            sku.and_then(|sku| sku.service_plans.as_ref()),
            &licence.disabled_plans,
        ) else {
            certain = false;
            continue;
        };
        for plan in plans {
            match (&plan.service_plan_name, &plan.service_plan_id) {
                (Some(name), Some(id)) if name.to_uppercase().starts_with("EXCHANGE_") => {
                    if !disabled.contains(id) {
                        return Some(true);
                    }
                }
                (Some(_), Some(_)) => {}
                _ => certain = false,
            }
        }
    }
    certain.then_some(false)
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::tell;
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn an_administrator_with_a_mailbox_fails() {
        tell(
            &CHECK,
            &[
                (
                    "a mailbox",
                    "users",
                    "/0/value/0/assignedLicenses",
                    json!([{"skuId": "8402e99c-5b52-4201-8079-4615a8161683", "disabledPlans": []}]),
                    Fail,
                ),
                (
                    "the mailbox switched off",
                    "users",
                    "/0/value/0/assignedLicenses",
                    json!([{"skuId": "8402e99c-5b52-4201-8079-4615a8161683", "disabledPlans": ["efb87545-963c-4e0d-99df-69c6916d9eb0"]}]),
                    Pass,
                ),
                (
                    "a license nobody knows",
                    "users",
                    "/0/value/0/assignedLicenses",
                    json!([{"skuId": "gone", "disabledPlans": []}]),
                    Unknown,
                ),
                (
                    "licenses not said",
                    "users",
                    "/0/value/0/assignedLicenses",
                    json!(null),
                    Unknown,
                ),
            ],
        );
    }
}
