//! What the tenant's subscriptions allow: whether a plan can be there at all, and whether one can be used now.

use crate::{
    datasets::tenant::{LICENCES, ServicePlan, Sku},
    privileged::whole,
};
use evidence::{Reason, UnknownCode};
use provider_kit::Collected;

/// A service plan by its id, and the beginning of its name in upper case.
#[derive(Clone, Copy, Debug)]
struct Plan {
    id: &'static str,
    name: &'static str,
}

/// Entra ID P2: Identity Protection, Privileged Identity Management, access reviews.
const P2: Plan = Plan {
    id: "eec0eb4f-6444-4f95-aba0-50c24d67f998",
    name: "AAD_PREMIUM_P2",
};

/// Entra ID Governance: Privileged Identity Management, access reviews.
const GOVERNANCE: Plan = Plan {
    id: "e866a266-3cff-43a3-acca-0c90a7e00c8b",
    name: "ENTRA_IDENTITY_GOVERNANCE",
};

/// Whether policies can go by risk, and Microsoft looks for it: the tenant has Entra ID P2 that can be used now.
///
/// # Errors
///
/// The list of subscriptions is not there or not whole, or does not say.
pub(crate) fn sees_risk(collected: &Collected<'_>) -> Result<bool, Reason> {
    usable(collected, &[P2])
}

/// Whether the tenant can have access reviews.
///
/// # Errors
///
/// The list of subscriptions is not there or not whole, or does not say.
pub(crate) fn has_reviews(collected: &Collected<'_>) -> Result<bool, Reason> {
    usable(collected, &[P2, GOVERNANCE])
}

/// The reason where the tenant can't have what needs `plan`.
pub(crate) fn lacking(plan: &str, what: &str) -> Reason {
    let detail = format!("The tenant has no subscription with {plan} that can be used, {what}.");
    Reason::new(UnknownCode::LicenceMissing, detail)
}

/// Whether an eligibility report that the service refuses for want of a licence proves that nobody is eligible:
/// only when the complete list of subscriptions holds no plan with Privileged Identity Management, in whatever state.
/// Microsoft removes eligible assignments when the last such plan ends, so without one there are none.
pub(crate) fn pim_cannot_exist(collected: &Collected<'_>, refusal: &Reason) -> bool {
    if refusal.code != UnknownCode::LicenceMissing {
        return false;
    }
    let plans = [P2, GOVERNANCE];
    whole::<Sku>(collected, LICENCES.id).is_ok_and(|skus| {
        skus.rows.iter().all(|sku| {
            // A subscription whose plans the answer does not give could hold one.
            let held = sku.service_plans.as_ref();
            held.is_some_and(|held| {
                held.iter()
                    .all(|plan| plan.service_plan_id.is_some() && !is_one_of(plan, &plans))
            })
        })
    })
}

fn is_one_of(plan: &ServicePlan, plans: &[Plan]) -> bool {
    let id = plan.service_plan_id.as_deref().unwrap_or_default();
    let name = plan.service_plan_name.as_deref().unwrap_or_default();
    let name = name.to_uppercase();
    plans
        .iter()
        .any(|wanted| wanted.id.eq_ignore_ascii_case(id) || name.starts_with(wanted.name))
}

/// Whether a subscription that is enabled (or in its days of grace) holds one of the plans, and the plan is not off.
fn usable(collected: &Collected<'_>, plans: &[Plan]) -> Result<bool, Reason> {
    let skus = whole::<Sku>(collected, LICENCES.id)?;
    let mut unsaid = false;
    for sku in &skus.rows {
        let status = sku.capability_status.as_deref();
        let on = status.map(|status| ["Enabled", "Warning"].contains(&status));
        let Some(held) = &sku.service_plans else {
            unsaid |= on != Some(false);
            continue;
        };
        for plan in held {
            if plan.service_plan_id.is_none() && plan.service_plan_name.is_none() {
                unsaid |= on != Some(false);
            }
            if !is_one_of(plan, plans) {
                continue;
            }
            match (on, plan.provisioning_status.as_deref()) {
                (Some(false), _) | (_, Some("Disabled")) => {}
                (Some(true), Some(_)) => return Ok(true),
                _ => unsaid = true,
            }
        }
    }
    if unsaid {
        let detail = "The list of subscriptions does not say which plans there are, and whether they can be used.";
        return Err(Reason::new(UnknownCode::MalformedAnswer, detail));
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::Bench;
    use serde_json::{Value, json};

    const SKU: &str = "/0/value/1";

    fn sees(bench: &Bench) -> Result<bool, UnknownCode> {
        bench.with(sees_risk).map_err(|reason| reason.code)
    }

    fn with(part: &str, value: Value) -> Bench {
        Bench::good().set("licences", &format!("{SKU}/{part}"), value)
    }

    #[test]
    fn only_a_plan_that_is_on_in_a_subscription_that_is_on_can_be_used() {
        let plan = |part: &str| format!("servicePlans/0/{part}");
        let malformed = Err(UnknownCode::MalformedAnswer);
        assert_eq!(sees(&Bench::good()), Ok(true));
        for (part, value, expected) in [
            ("capabilityStatus".to_owned(), json!("Warning"), Ok(true)),
            ("capabilityStatus".to_owned(), json!("Suspended"), Ok(false)),
            ("capabilityStatus".to_owned(), json!("Deleted"), Ok(false)),
            ("capabilityStatus".to_owned(), json!(null), malformed),
            ("servicePlans".to_owned(), json!(null), malformed),
            ("servicePlans".to_owned(), json!([]), Ok(false)),
            (plan("provisioningStatus"), json!("Disabled"), Ok(false)),
            (plan("provisioningStatus"), json!("PendingInput"), Ok(true)),
            (plan("provisioningStatus"), json!(null), malformed),
            (plan("servicePlanId"), json!("another"), Ok(true)),
            (plan("servicePlanName"), json!("ANOTHER"), Ok(true)),
        ] {
            assert_eq!(
                sees(&with(&part, value.clone())),
                expected,
                "{part} {value}"
            );
        }
        let another = with(&plan("servicePlanId"), json!("another")).set(
            "licences",
            &format!("{SKU}/servicePlans/0/servicePlanName"),
            json!("ANOTHER"),
        );
        assert_eq!(sees(&another), Ok(false));
    }

    #[test]
    fn a_plan_in_any_state_keeps_eligibility_from_being_impossible() {
        let refusal = Reason::new(UnknownCode::LicenceMissing, "x");
        let impossible = |bench: &Bench| bench.with(|all| pim_cannot_exist(all, &refusal));
        assert!(!impossible(&Bench::good()));
        assert!(!impossible(&with("capabilityStatus", json!("Suspended"))));
        assert!(!impossible(&with(
            "servicePlans/0/servicePlanId",
            json!("x")
        )));
        assert!(impossible(&Bench::good().cut("licences", SKU)));
        let governance = with("servicePlans/0/servicePlanId", json!("x")).set(
            "licences",
            &format!("{SKU}/servicePlans/0/servicePlanName"),
            json!("Entra_Identity_Governance"),
        );
        assert!(!impossible(&governance));
        assert_eq!(sees(&governance), Ok(false));
        assert_eq!(governance.with(has_reviews), Ok(true));
    }
}
