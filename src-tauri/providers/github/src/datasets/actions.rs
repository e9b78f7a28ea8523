//! GitHub Actions: which actions may run, what a workflow's token may do, where it runs, and who has to approve.

use super::{
    read::{self, Each, Refusal, Says, Shape},
    repositories::ONE_EACH,
};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

const ORGANIZATION: Dataset = Dataset {
    id: "",
    title: "",
    what: "",
    permissions: &["organization_administration:read"],
    licence: None,
    key: &[],
    records: Reader::Page(read::single),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.4.8[c]", "3.4.7[c]"],
};

/// Which actions may run.
pub static ACTIONS_PERMISSIONS: Dataset = Dataset {
    id: "github.actions_permissions",
    title: "Actions policy",
    what: "In which repositories GitHub Actions may run, and which actions.",
    ..ORGANIZATION
};

/// What a workflow's token may do unless it asks for more.
pub static ACTIONS_WORKFLOW: Dataset = Dataset {
    id: "github.actions_workflow",
    title: "Workflow permissions",
    what: "What the token of a workflow may do by default, and whether a workflow may approve pull requests.",
    objectives: &["3.1.5[b]", "3.4.6[b]"],
    ..ORGANIZATION
};

/// Which actions are allowed where only selected ones are.
pub static ACTIONS_SELECTED: Dataset = Dataset {
    id: "github.actions_selected",
    title: "Allowed actions",
    what: "Which actions may run where the policy allows selected ones.",
    // 409: the policy does not allow "selected" ones.
    records: Reader::Page(|page| read::setting(page, &[(409, "", Says::Off)])),
    ..ORGANIZATION
};

/// What a workflow's token may do in each repository.
pub static REPOSITORY_WORKFLOW_PERMISSIONS: Dataset = Dataset {
    id: "github.repository_workflow_permissions",
    title: "Workflow permissions by repository",
    what: "What the token of a workflow may do by default in each repository.",
    objectives: &["3.1.5[b]", "3.4.6[b]"],
    ..ONE_EACH
};

const NOT_FOUND: Refusal = (404, "", Says::NotFound);

/// Whose workflows wait for an approval.
pub static FORK_APPROVAL: Dataset = Dataset {
    id: "github.fork_approval",
    title: "Approval of workflows from forks",
    what: "Which outside contributors' workflows wait for an approval in each repository.",
    // A server before 3.19 does not know it.
    records: Reader::Page(|page| read::about(page, Shape::Object, &[NOT_FOUND])),
    objectives: &["3.14.2[b]"],
    ..ONE_EACH
};

/// The company's own machines.
pub static RUNNERS: Dataset = Dataset {
    id: "github.runners",
    title: "Self-hosted runners",
    what: "The company's own machines that run workflows, and the group of each.",
    permissions: &["organization_self_hosted_runners:read"],
    key: &["/id"],
    records: Reader::Page(|page| read::list_in(page, "runners")),
    volatile: &["/status", "/busy"],
    objectives: &["3.13.5[b]", "3.4.1[d]"],
    ..ORGANIZATION
};

/// Which repositories may use the company's own machines.
pub static RUNNER_GROUPS: Dataset = Dataset {
    id: "github.runner_groups",
    title: "Runner groups",
    what: "Which repositories may use the self-hosted runners of each group.",
    permissions: &["organization_self_hosted_runners:read"],
    key: &["/id"],
    records: Reader::Page(|page| read::list_in(page, "runner_groups")),
    objectives: &["3.13.5[b]"],
    ..ORGANIZATION
};

/// Which actions may run.
#[derive(Clone, Debug, Deserialize)]
pub struct ActionsPermissions {
    /// `all`, `none` or `selected`.
    pub enabled_repositories: Option<String>,
    /// `all`, `local_only` or `selected`.
    pub allowed_actions: Option<String>,
    /// Whether an action has to be named by the hash of its commit; absent where the server does not know it.
    pub sha_pinning_required: Option<bool>,
}

/// Which actions may run where selected ones may.
#[derive(Clone, Debug, Deserialize)]
pub struct SelectedActions {
    /// Names of actions, with `*` for any.
    pub patterns_allowed: Option<Each<String>>,
}

/// What a workflow's token may do.
#[derive(Clone, Debug, Deserialize)]
pub struct WorkflowPermissions {
    /// `read` or `write`.
    pub default_workflow_permissions: Option<String>,
    /// Whether a workflow may approve pull requests.
    pub can_approve_pull_request_reviews: Option<bool>,
}

/// Whose workflows wait for an approval.
#[derive(Clone, Debug, Deserialize)]
pub struct ForkApproval {
    /// `all_external_contributors`, `first_time_contributors` or `first_time_contributors_new_to_github`.
    pub approval_policy: Option<String>,
}

/// A machine.
#[derive(Clone, Debug, Deserialize)]
pub struct Runner {
    /// Its number.
    pub id: Option<u64>,
    /// Its name.
    pub name: Option<String>,
    /// Its group.
    pub runner_group_id: Option<u64>,
}

/// A group of machines.
#[derive(Clone, Debug, Deserialize)]
pub struct RunnerGroup {
    /// Its number.
    pub id: Option<u64>,
    /// Its name.
    pub name: Option<String>,
    /// Whether public repositories may use it.
    pub allows_public_repositories: Option<bool>,
}
