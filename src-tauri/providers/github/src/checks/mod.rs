//! What is judged: one file a subject, every check with its table and its tests.
//!
//! `told` and `jury` draw conclusions, `population` says which repositories count and joins answers to them, `effective`
//! says what protects a default branch.

/// Where a setting is changed. On github.com every organization's settings start from one list; the addresses of an
/// enterprise or a server are its own, so that GitHub's manual says the way there.
macro_rules! console {
    ($page:literal) => {
        &[
            ("github", "https://github.com/settings/organizations"),
            (
                "ghe",
                concat!("https://docs.github.com/en/enterprise-cloud@latest/", $page),
            ),
            (
                "ghes",
                concat!(
                    "https://docs.github.com/en/enterprise-server@latest/",
                    $page
                ),
            ),
        ]
    };
}

mod actions_forks;
mod actions_policy;
mod actions_runners;
mod actions_token;
mod ages;
mod branch_bypass;
mod branch_codeowners;
mod branch_reviews;
mod branch_rules;
mod effective;
mod jury;
mod open_alerts;
mod optional;
mod org_apps;
mod org_audit_log;
mod org_invitations;
mod org_new_repositories;
mod org_outside;
mod org_owners;
mod org_settings;
mod org_two_factor;
mod org_webhooks;
mod population;
mod repo_code_scanning;
mod repo_collaborators;
mod repo_dependabot;
mod repo_deploy_keys;
mod repo_exposure;
mod repo_options;
mod repo_secrets;
mod repo_security_policy;
#[cfg(test)]
mod suite;
#[cfg(test)]
mod testing;
mod told;

use provider_kit::Check;

/// Every check.
pub static ALL: &[&Check] = &[
    &org_two_factor::REQUIRED,
    &org_two_factor::MEMBERS,
    &org_two_factor::INSECURE,
    &org_two_factor::OUTSIDE,
    &org_owners::CHECK,
    &org_settings::BASE_PERMISSION,
    &org_settings::REPO_CREATION,
    &org_settings::REPO_DELETION,
    &org_settings::PRIVATE_FORKS,
    &org_settings::INVITE_OUTSIDE,
    &org_outside::CHECK,
    &org_settings::PUBLIC_PAGES,
    &org_new_repositories::CHECK,
    &org_settings::VERIFIED_DOMAIN,
    &org_apps::CHECK,
    &org_webhooks::CHECK,
    &org_audit_log::CHECK,
    &org_invitations::CHECK,
    &actions_token::READ_ONLY,
    &actions_token::NO_SELF_APPROVAL,
    &actions_policy::ALLOWED,
    &actions_policy::SHA_PINNING,
    &actions_runners::CHECK,
    &actions_forks::CHECK,
    &repo_exposure::PUBLIC_APPROVED,
    &repo_exposure::INACTIVE_ARCHIVED,
    &repo_collaborators::CHECK,
    &repo_deploy_keys::CHECK,
    &branch_rules::PROTECTED,
    &branch_reviews::REVIEWS,
    &branch_reviews::DISMISS_STALE,
    &branch_codeowners::CHECK,
    &branch_bypass::CHECK,
    &branch_rules::NO_FORCE_PUSH,
    &branch_rules::NO_DELETION,
    &branch_rules::STATUS_CHECKS,
    &branch_rules::SIGNED,
    &branch_rules::CONVERSATIONS,
    &branch_rules::LINEAR,
    &repo_options::DELETE_ON_MERGE,
    &repo_dependabot::ALERTS_ON,
    &repo_dependabot::OVERDUE,
    &repo_dependabot::SECURITY_UPDATES_ON,
    &repo_secrets::SCANNING,
    &repo_secrets::PUSH_PROTECTION,
    &repo_secrets::ALERTS,
    &repo_code_scanning::RUNS,
    &repo_code_scanning::ALERTS,
    &repo_security_policy::CHECK,
    &repo_options::IMMUTABLE_RELEASES_ON,
];
