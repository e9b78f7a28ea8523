//! The company's own policies that are in force: attached ones and those inside users, groups and roles.

use super::{
    policy_document::{Allows, allows, version_in_force},
    rights::{aws_policy, filled, inline_name},
};
use crate::datasets::Entity;
use provider_kit::Judge;
use std::collections::BTreeSet;

/// A policy to judge.
pub struct Own<'a> {
    /// Its ARN; of an inline policy the holder's, with the name behind `#`.
    pub id: String,
    /// Its name; of an inline policy the holder's before it.
    pub name: String,
    /// `policy` or `inlinePolicy`.
    pub kind: &'static str,
    /// The percent-encoded document that is in force, or why none is known.
    pub document: Result<Option<&'a str>, &'static str>,
    /// Why it can't be told whether it counts.
    pub doubt: Option<&'static str>,
}

impl Own<'_> {
    /// What its document allows.
    #[must_use]
    pub fn allows(&self) -> Allows {
        match self.document {
            Ok(encoded) => allows(encoded),
            Err(why) => Allows::unclear(why),
        }
    }
}

/// Has `tell` judge each policy of the company's own.
///
/// | policy | told |
/// | --- | --- |
/// | attached: AWS counts it, or a user, group or role names it | yes |
/// | attached nowhere: AWS counts none | passed without looking |
/// | AWS does not count, and nobody names it | yes, with that doubt |
/// | inside a user, group or role | yes |
/// | inside a role of which AWS does not say whether it is its own | yes, with that doubt |
/// | inside a role of AWS's own (below `/aws-service-role/`), or a policy of AWS's own | no |
///
/// A user, group or role whose policies AWS does not list, and a policy that is attached and not in the answer, are
/// unknown.
pub fn each<'a>(
    judge: &mut Judge,
    details: &'a [Entity],
    mut tell: impl FnMut(&mut Judge, &Own<'a>),
) {
    let named: BTreeSet<&str> = details
        .iter()
        .filter_map(|entity| entity.attached_managed_policies.as_deref())
        .flatten()
        .filter_map(|policy| filled(&policy.policy_arn))
        .collect();
    for entity in details {
        if entity.kind == "policy" {
            managed(judge, entity, &named, &mut tell);
        } else {
            inline(judge, entity, &mut tell);
            let whole = entity
                .attached_managed_policies
                .as_deref()
                .is_some_and(|all| all.iter().all(|one| filled(&one.policy_arn).is_some()));
            if !whole {
                let note = "AWS does not say which policies are attached to it.";
                judge.unknown(entity.id(), entity.name(), &entity.kind, note);
            }
        }
    }
    let known: BTreeSet<&str> = details
        .iter()
        .filter(|entity| entity.kind == "policy")
        .filter_map(|policy| filled(&policy.arn))
        .collect();
    for arn in named.difference(&known) {
        if aws_policy(arn).is_none() {
            let note = "It is attached, and its document is not in AWS's answer.";
            judge.unknown(*arn, *arn, "policy", note);
        }
    }
}

fn managed<'a>(
    judge: &mut Judge,
    policy: &'a Entity,
    named: &BTreeSet<&str>,
    tell: &mut impl FnMut(&mut Judge, &Own<'a>),
) {
    let arn = filled(&policy.arn);
    if arn.is_some_and(|arn| aws_policy(arn).is_some()) {
        return;
    }
    let is_named = arn.is_some_and(|arn| named.contains(arn));
    let attached = match policy.attachment_count {
        _ if is_named => Some(true),
        Some(0) => Some(false),
        Some(1..) => Some(true),
        Some(_) | None => None,
    };
    if attached == Some(false) {
        judge.pass();
        return;
    }
    let own = Own {
        id: policy.id().to_owned(),
        name: policy.name().to_owned(),
        kind: "policy",
        document: version_in_force(policy),
        doubt: attached
            .is_none()
            .then_some("AWS does not say whether it is attached to anything"),
    };
    tell(judge, &own);
}

fn inline<'a>(judge: &mut Judge, holder: &'a Entity, tell: &mut impl FnMut(&mut Judge, &Own<'a>)) {
    let service = is_service_role(holder);
    if service == Some(true) {
        return;
    }
    let Some(policies) = holder.inline() else {
        judge.unknown(
            holder.id(),
            holder.name(),
            &holder.kind,
            "AWS does not list its inline policies.",
        );
        return;
    };
    for policy in policies {
        let name = filled(&policy.policy_name).unwrap_or_default();
        let own = Own {
            id: format!("{}#{name}", holder.id()),
            name: format!("{}, {}", holder.name(), inline_name(policy)),
            kind: "inlinePolicy",
            document: Ok(policy.policy_document.as_deref()),
            doubt: service
                .is_none()
                .then_some("AWS does not say whether the role is its own"),
        };
        tell(judge, &own);
    }
}

/// Whether it is a role that AWS made for a service of its own; `None` where the answer does not say.
#[must_use]
pub fn is_service_role(holder: &Entity) -> Option<bool> {
    match (
        holder.kind.as_str(),
        filled(&holder.path),
        filled(&holder.arn),
    ) {
        ("role", Some(path), _) => Some(path.starts_with("/aws-service-role/")),
        ("role", None, Some(arn)) => Some(arn.contains(":role/aws-service-role/")),
        ("role", None, None) => None,
        _ => Some(false),
    }
}
