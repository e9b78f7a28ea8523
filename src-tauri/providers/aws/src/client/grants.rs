//! What the key may do: each needed action is tried with the smallest request; what is in excess, AWS is asked.

use super::{Account, config, events, iam::is_not_ready, refusal::Refusal, regional, subjects};
use crate::datasets::{self, NO_SUCH_ENTITY, is_answer_of_organizations};
use aws_sdk_iam::types::PolicyEvaluationDecisionType;
use futures::{FutureExt as _, StreamExt as _};
use provider_kit::{ErrorClass, Grant, GrantState, ProviderError};

/// Not needed, and so not in the policy. A key that may do too much may do this as well, and then AWS says what else.
const SIMULATE: &str = "iam:SimulatePrincipalPolicy";

/// Permissions that are tried at the same time.
const AT_ONCE: usize = 4;

/// The permissions of the manifest in its order, then what is in excess, or that nobody knows.
pub async fn of(account: &Account) -> Result<Vec<Grant>, ProviderError> {
    let probes: Vec<_> = account
        .manifest
        .permissions
        .iter()
        .map(|permission| {
            async move { (permission, probe(account, &permission.grant).await) }.boxed()
        })
        .collect();
    let mut outcomes = futures::stream::iter(probes).buffered(AT_ONCE);
    let mut grants = Vec::new();
    while let Some((permission, outcome)) = outcomes.next().await {
        grants.push(grant(&permission.grant, &permission.why, outcome)?);
    }
    match simulate(account).await {
        Ok(excess) => grants.extend(excess),
        Err(refusal) if refusal.error.class == ErrorClass::Cancelled => return Err(*refusal.error),
        Err(_) => grants.push(Grant {
            permission: SIMULATE.to_owned(),
            state: GrantState::Unknown,
            why: "With it AWS would say whether the key may do more than it needs; reading works without it.".to_owned(),
            fix: String::new(),
        }),
    }
    Ok(grants)
}

fn grant(
    permission: &str,
    why: &str,
    outcome: Result<(), Refusal>,
) -> Result<Grant, ProviderError> {
    let (state, fix) = match outcome {
        Ok(()) => (GrantState::Granted, String::new()),
        Err(refusal) if refusal.is_denied() => (GrantState::Missing, refusal.error.fix),
        // Whoever stopped it wants no table.
        Err(refusal) if refusal.error.class == ErrorClass::Cancelled => return Err(*refusal.error),
        Err(refusal) => (
            GrantState::Unknown,
            format!("{} {}", refusal.error.why, refusal.error.fix),
        ),
    };
    Ok(Grant {
        permission: permission.to_owned(),
        state,
        why: why.to_owned(),
        fix,
    })
}

/// Tries a permission with the smallest request that needs it. Answers that say "there is none" or "not switched on" are
/// given only to those who may ask.
async fn probe(account: &Account, permission: &str) -> Result<(), Refusal> {
    let home = &account.reach.target.home;
    if permission.starts_with("iam:") {
        return iam(account, permission).await;
    }
    if permission == "ec2:DescribeRegions" {
        return super::regions::ask(account).await.map(drop);
    }
    if let Some(question) = config::Question::of(permission) {
        return config::probe(account, question, home).await;
    }
    if let Some(tried) = subjects::probe(account, permission).await {
        return tried;
    }
    let operation = match permission {
        "cloudtrail:LookupEvents" => Some(events::PROBE),
        _ => datasets::OPERATIONS
            .iter()
            .map(|(_, operation)| **operation)
            .find(|operation| operation.permission == permission),
    };
    match operation {
        Some(operation) => regional::first_page(account, operation, home, None).await,
        None => Err(Refusal::other(ProviderError::malformed(
            format!("{permission} can't be tested."),
            "This app does not know a request for it.",
        ))),
    }
}

async fn iam(account: &Account, permission: &str) -> Result<(), Refusal> {
    let reach = &account.reach;
    let (iam, wire) = reach.iam().await.map_err(Refusal::other)?;
    let wire = &wire;
    let tried = match permission {
        "iam:ListUsers" => reach
            .settle(permission, wire, iam.list_users().max_items(1).send().await)
            .map(drop),
        "iam:GenerateCredentialReport" => reach
            .settle(
                permission,
                wire,
                iam.generate_credential_report().send().await,
            )
            .map(drop),
        "iam:GetCredentialReport" => reach
            .settle(permission, wire, iam.get_credential_report().send().await)
            .map(drop),
        "iam:GetAccountSummary" => reach
            .settle(permission, wire, iam.get_account_summary().send().await)
            .map(drop),
        "iam:GetAccountAuthorizationDetails" => reach
            .settle(
                permission,
                wire,
                iam.get_account_authorization_details()
                    .max_items(1)
                    .send()
                    .await,
            )
            .map(drop),
        "iam:ListVirtualMFADevices" => reach
            .settle(
                permission,
                wire,
                iam.list_virtual_mfa_devices().max_items(1).send().await,
            )
            .map(drop),
        "iam:GetAccountPasswordPolicy" => reach
            .settle(
                permission,
                wire,
                iam.get_account_password_policy().send().await,
            )
            .map(drop),
        "iam:ListServerCertificates" => reach
            .settle(
                permission,
                wire,
                iam.list_server_certificates().max_items(1).send().await,
            )
            .map(drop),
        "iam:ListSAMLProviders" => reach
            .settle(permission, wire, iam.list_saml_providers().send().await)
            .map(drop),
        "iam:ListOpenIDConnectProviders" => reach
            .settle(
                permission,
                wire,
                iam.list_open_id_connect_providers().send().await,
            )
            .map(drop),
        "iam:ListOrganizationsFeatures" => reach
            .settle(
                permission,
                wire,
                iam.list_organizations_features().send().await,
            )
            .map(drop),
        "iam:ListAccountAliases" => reach
            .settle(
                permission,
                wire,
                iam.list_account_aliases().max_items(1).send().await,
            )
            .map(drop),
        other => Err(Refusal::other(ProviderError::malformed(
            format!("{other} can't be tested."),
            "This app does not know a request for it.",
        ))),
    };
    match tried {
        // Allowed to read, and nothing there (yet).
        Err(refusal)
            if (permission == "iam:GetCredentialReport" && is_not_ready(&refusal.code))
                || (permission == "iam:GetAccountPasswordPolicy"
                    && refusal.code == NO_SUCH_ENTITY)
                || (permission == "iam:ListOrganizationsFeatures"
                    && is_answer_of_organizations(&refusal.code)) =>
        {
            Ok(())
        }
        other => other,
    }
}

/// Which of the harmful actions of the manifest AWS would allow to this key.
async fn simulate(account: &Account) -> Result<Vec<Grant>, Refusal> {
    let actions: Vec<&str> = account
        .manifest
        .excess
        .iter()
        .flat_map(|excess| excess.grants.iter().map(String::as_str))
        .collect();
    let (iam, wire) = account.reach.iam().await.map_err(Refusal::other)?;
    let request = iam
        .simulate_principal_policy()
        .policy_source_arn(policy_source(&account.arn))
        .set_action_names(Some(
            actions.iter().map(|action| (*action).to_owned()).collect(),
        ));
    let (answer, _) = account
        .reach
        .settle(SIMULATE, &wire, request.send().await)?;
    let allowed = answer
        .evaluation_results()
        .iter()
        .filter(|result| *result.eval_decision() == PolicyEvaluationDecisionType::Allowed)
        .map(aws_sdk_iam::types::EvaluationResult::eval_action_name);
    Ok(allowed
        .filter_map(|action| {
            let why = account.manifest.excess_of(action)?;
            Some(Grant {
                permission: action.to_owned(),
                state: GrantState::Excess,
                why: why.to_owned(),
                fix: format!("Take {action} away from this key: attach the policy ComplianceEvidenceReadOnly and nothing else."),
            })
        })
        .collect())
}

/// Policies belong to the role, not to its session. The role's path is not in the session's ARN, so a role with a
/// path is not found, and what is in excess stays unknown.
fn policy_source(arn: &str) -> String {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        [_, partition, "sts", _, account, resource] if resource.starts_with("assumed-role/") => {
            let role = resource.split('/').nth(1).unwrap_or_default();
            format!("arn:{partition}:iam::{account}:role/{role}")
        }
        _ => arn.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::policy_source;

    #[test]
    fn a_session_stands_for_its_role() {
        assert_eq!(
            policy_source("arn:aws-us-gov:sts::123456789012:assumed-role/Reader/x"),
            "arn:aws-us-gov:iam::123456789012:role/Reader"
        );
        let user = "arn:aws:iam::123456789012:user/team/reader";
        assert_eq!(policy_source(user), user);
    }
}
