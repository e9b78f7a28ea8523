//! What GitHub serves: one file a subject. Pages are GitHub's JSON answers; `read` says what becomes of each.

mod actions;
mod alerts;
mod audit_log;
mod branches;
mod collaborators;
mod files;
mod hooks;
mod organization;
mod people;
mod read;
mod repositories;
mod security;

pub use actions::{
    ACTIONS_PERMISSIONS, ACTIONS_SELECTED, ACTIONS_WORKFLOW, ActionsPermissions, FORK_APPROVAL,
    ForkApproval, REPOSITORY_WORKFLOW_PERMISSIONS, RUNNER_GROUPS, RUNNERS, Runner, RunnerGroup,
    SelectedActions, WorkflowPermissions,
};
pub use alerts::{
    Advisory, CODE_ALERTS, CodeAlert, DEPENDABOT_ALERTS, DependencyAlert, Rule as CodeRule,
    SECRET_ALERTS, SecretAlert,
};
pub use audit_log::{AUDIT_LOG, AuditEntry};
pub use branches::{
    BRANCH_PROTECTION, BRANCH_RULES, Bypass, BypassActor, Check as RequiredCheck, Enabled,
    Protection, RULESETS, Reviews, Rule, RuleParameters, Ruleset, StatusChecks,
};
pub use collaborators::{
    Collaborator, DEPLOY_KEYS, DeployKey, REPOSITORY_DIRECT_COLLABORATORS,
    REPOSITORY_OUTSIDE_COLLABORATORS,
};
pub use files::{CODEOWNERS, CODEOWNERS_ERRORS, CodeownersErrors, File, PLACES, SECURITY_POLICIES};
pub use hooks::{
    Hook, HookConfig, MASK, ORGANIZATION_HOOKS, REPOSITORY_HOOKS, without_hook_secrets,
};
pub use organization::{
    CREDENTIAL_AUTHORIZATIONS, INSTALLATIONS, Installation, ORGANIZATION, ORGANIZATION_ROLES,
    Organization,
};
pub use people::{
    FAILED_INVITATIONS, INVITATIONS, Invitation, MEMBERS, MEMBERS_INSECURE_2FA,
    MEMBERS_WITHOUT_2FA, OUTSIDE_COLLABORATORS, OUTSIDE_WITHOUT_2FA, OWNERS, Person,
};
pub use read::{Answer, Each, Says, Setting};
pub use repositories::{Feature, REPOSITORIES, REPOSITORY_SETTINGS, Repository, SecurityFeatures};
pub use security::{
    CODE_SCANNING_SETUP, IMMUTABLE_RELEASES, SECURITY_UPDATES, ScanningSetup, SecurityUpdates,
    Switch, VULNERABILITY_ALERTS, VULNERABILITY_REPORTING,
};

use provider_kit::Dataset;

/// Every dataset.
pub static ALL: &[&Dataset] = &[
    &ORGANIZATION,
    &MEMBERS,
    &OWNERS,
    &MEMBERS_WITHOUT_2FA,
    &MEMBERS_INSECURE_2FA,
    &OUTSIDE_COLLABORATORS,
    &OUTSIDE_WITHOUT_2FA,
    &INVITATIONS,
    &FAILED_INVITATIONS,
    &REPOSITORIES,
    &REPOSITORY_SETTINGS,
    &BRANCH_PROTECTION,
    &BRANCH_RULES,
    &RULESETS,
    &REPOSITORY_OUTSIDE_COLLABORATORS,
    &REPOSITORY_DIRECT_COLLABORATORS,
    &DEPLOY_KEYS,
    &ACTIONS_PERMISSIONS,
    &ACTIONS_WORKFLOW,
    &ACTIONS_SELECTED,
    &REPOSITORY_WORKFLOW_PERMISSIONS,
    &FORK_APPROVAL,
    &VULNERABILITY_ALERTS,
    &SECURITY_UPDATES,
    &DEPENDABOT_ALERTS,
    &SECRET_ALERTS,
    &CODE_ALERTS,
    &CODE_SCANNING_SETUP,
    &AUDIT_LOG,
    &INSTALLATIONS,
    &ORGANIZATION_HOOKS,
    &REPOSITORY_HOOKS,
    &RUNNERS,
    &RUNNER_GROUPS,
    &CREDENTIAL_AUTHORIZATIONS,
    &CODEOWNERS,
    &CODEOWNERS_ERRORS,
    &VULNERABILITY_REPORTING,
    &IMMUTABLE_RELEASES,
    &ORGANIZATION_ROLES,
    &SECURITY_POLICIES,
];

/// GitHub Enterprise Server has it not.
const NOT_ON_A_SERVER: provider_kit::Clouds = provider_kit::Clouds::Only(&["github", "ghe"]);
