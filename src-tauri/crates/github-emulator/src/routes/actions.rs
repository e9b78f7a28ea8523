//! Actions: the organization's policy, each repository's, and runners.

use serde_json::{Value, json};

use super::{READ, everywhere, from_3_19};
use crate::refusal::Refusal;
use crate::route::{Call, Given, Place, Route, Whose};

/// An address of the organization's policy.
const fn of_organization(
    path: &'static str,
    serve: for<'a> fn(&Call<'a>) -> Result<Given<'a>, Refusal>,
) -> Route {
    Route {
        place: Place::Org,
        path,
        needs: &[&[("organization_administration", READ)]],
        scopes: &["admin:org"],
        whose: Whose::Administrator,
        on: everywhere,
        serve,
    }
}

/// An address of a repository's policy.
const fn of_repository(
    path: &'static str,
    serve: for<'a> fn(&Call<'a>) -> Result<Given<'a>, Refusal>,
) -> Route {
    Route {
        place: Place::Repo,
        path,
        needs: &[&[("administration", READ)]],
        scopes: &["repo"],
        whose: Whose::Administrator,
        on: everywhere,
        serve,
    }
}

pub(super) const ROUTES: &[Route] = &[
    of_organization("actions/permissions", |call| {
        let mut permissions = call.company.actions.permissions.clone();
        if permissions["enabled_repositories"] == "none"
            && let Value::Object(members) = &mut permissions
        {
            members.remove("allowed_actions");
        }
        Ok(Given::One(permissions))
    }),
    of_organization("actions/permissions/workflow", |call| {
        Ok(Given::One(call.company.actions.workflow.clone()))
    }),
    of_organization("actions/permissions/selected-actions", |call| {
        let actions = &call.company.actions;
        if actions.permissions["allowed_actions"] != "selected" {
            return Err(Refusal::new(409, "Conflict"));
        }
        Ok(Given::One(actions.selected.clone()))
    }),
    Route {
        needs: &[&[("organization_self_hosted_runners", READ)]],
        ..of_organization("actions/runners", |call| {
            Ok(Given::rows(&call.company.runners).inside("runners"))
        })
    },
    Route {
        needs: &[&[("organization_self_hosted_runners", READ)]],
        ..of_organization("actions/runner-groups", |call| {
            Ok(Given::rows(&call.company.runner_groups).inside("runner_groups"))
        })
    },
    of_repository("actions/permissions", |call| {
        let repo = call.repo()?;
        let mut permissions = repo.actions.clone();
        if permissions["enabled"] == false
            && let Value::Object(members) = &mut permissions
        {
            members.remove("allowed_actions");
        }
        Ok(Given::One(permissions))
    }),
    of_repository("actions/permissions/workflow", |call| {
        Ok(Given::One(call.repo()?.workflow.clone()))
    }),
    Route {
        on: from_3_19,
        ..of_repository("actions/permissions/fork-pr-contributor-approval", |call| {
            let policy = &call.repo()?.fork_approval;
            Ok(Given::One(json!({"approval_policy": policy})))
        })
    },
];
