//! How each dataset is asked for.

use super::repositories::Repository;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a step of a path.
const STEP: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An answer other than success that GitHub documents to mean something: it is kept as a page.
#[derive(Clone, Copy, Debug)]
pub struct Documented {
    /// Its status.
    pub status: u16,
    /// A part of its message, in lower case. Where it is empty the answer says nothing of its own (404, "Not Found"):
    /// it counts only for a repository that is known to be visible, to somebody who may administer it if `own` says so.
    pub says: &'static str,
    /// Whether whoever may not administer the repository gets the same answer.
    pub own: bool,
}

const fn says(status: u16, says: &'static str) -> Documented {
    Documented {
        status,
        says,
        own: false,
    }
}

/// There is no such thing in a repository that is visible.
const ABSENT: Documented = says(404, "");
/// It is off, or whoever asks may not administer the repository.
const OFF: Documented = Documented {
    own: true,
    ..ABSENT
};
const PLAN: Documented = says(403, "upgrade to");
/// Nothing was ever pushed to it.
const EMPTY: Documented = says(404, "is empty");
const NO_BRANCH: Documented = says(404, "branch not found");
const UNLICENSED: Documented = says(403, "must be enabled");
const NOT_ENABLED: Documented = says(403, "not enabled");
const NOT_PROTECTED: Documented = says(404, "branch not protected");
const NOT_SELECTED: Documented = says(409, "");
const SAID_OFF: Documented = says(404, "disabled");
const REFUSED_OFF: Documented = says(403, "disabled");
const NO_ANALYSIS: Documented = says(404, "no analysis found");
const NOT_PUBLIC: Documented = says(422, "");

/// Whose question it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every repository that is in use: neither archived nor a fork.
    InUse,
    /// Of those the public ones.
    Public,
}

/// A question: a path, its queries (asked one after the other), and what else counts as an answer.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// With `{org}`, and `{repo}` (`owner/name`) and `{branch}` of a repository.
    pub path: &'static str,
    /// The queries; none is one without any.
    pub queries: &'static [&'static str],
    /// Whether its answers go on.
    pub list: bool,
    /// What else counts as an answer.
    pub documented: &'static [Documented],
}

impl Question {
    const fn list(path: &'static str, queries: &'static [&'static str]) -> Self {
        Self {
            path,
            queries,
            list: true,
            documented: &[],
        }
    }

    const fn one(path: &'static str) -> Self {
        Self {
            path,
            queries: &[],
            list: false,
            documented: &[],
        }
    }

    const fn or(self, documented: &'static [Documented]) -> Self {
        Self { documented, ..self }
    }

    /// The path in this organization, about this repository.
    #[must_use]
    pub fn path(&self, organization: &str, repository: Option<&Repository>) -> String {
        let path = self.path.replace("{org}", organization);
        match repository {
            Some(repository) => path.replace("{repo}", &repository.full_name).replace(
                "{branch}",
                &utf8_percent_encode(&repository.branch, STEP).to_string(),
            ),
            None => path,
        }
    }
}

/// How a dataset is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// The organization itself, which was read at sign-in.
    Organization,
    /// The list of repositories, which others need too.
    Repositories,
    /// Once.
    Once(Question),
    /// About each repository.
    Each(Which, Question),
    /// Once; where that is refused, about each repository.
    OnceOrEach(Question, Question),
    /// What workflows may do in the organization, which decides whether the repositories are asked.
    Workflow,
    /// What workflows may do in each repository, where the organization does not say it.
    RepositoryWorkflow(Question),
    /// The rulesets of each repository, then each ruleset once.
    Rulesets(Question, Question),
    /// The default setup of each repository; where it is off, the newest analysis that a workflow delivered.
    CodeScanning(Question, Question),
    /// The first of these files that each repository has.
    Codeowners,
    /// The first of these files that each public repository has, or else the organization's own.
    SecurityPolicies,
    /// The newest part of a log.
    AuditLog,
}

/// Who answers for code.
pub const CODEOWNERS: &str = "CODEOWNERS";
/// How to report a flaw.
pub const SECURITY_POLICY: &str = "SECURITY.md";
/// The repository whose files stand in for those that others lack.
pub const DEFAULTS_REPOSITORY: &str = ".github";

/// A file of a repository: whether it is there.
pub const FILE: Question = Question::one("/repos/{repo}/contents/").or(&[EMPTY, ABSENT]);
/// The organization.
pub const ORGANIZATION: Question = Question::one("/orgs/{org}");
/// The repositories.
pub const REPOSITORIES: Question = Question::list(
    "/orgs/{org}/repos",
    &["type=all&sort=full_name&per_page=100"],
);
/// One repository.
pub const REPOSITORY: Question = Question::one("/repos/{repo}");
/// What workflows may do in the organization.
pub const WORKFLOW: Question = Question::one("/orgs/{org}/actions/permissions/workflow");
/// The log; the query is made when it is asked.
pub const AUDIT_LOG: Question = Question::list("/orgs/{org}/audit-log", &[]);

const FULL: &[&str] = &["per_page=100"];
const WITHOUT_2FA: &[&str] = &["filter=2fa_disabled&per_page=100"];
const INSECURE_2FA: &[&str] = &["filter=2fa_insecure&per_page=100"];

/// How the dataset is asked for; `None` for one that this client does not know.
#[must_use]
pub fn of(dataset: &str) -> Option<Way> {
    use Way::{Each, Once, OnceOrEach};
    use Which::{InUse, Public};
    let name = dataset.strip_prefix("github.")?;
    let each = |question| Each(InUse, question);
    Some(match name {
        "organization" => Way::Organization,
        "members" => Once(Question::list(
            "/orgs/{org}/members",
            &["filter=all&role=all&per_page=100"],
        )),
        "owners" => Once(Question::list(
            "/orgs/{org}/members",
            &["filter=all&role=admin&per_page=100"],
        )),
        "members_without_2fa" => Once(Question::list("/orgs/{org}/members", WITHOUT_2FA)),
        "members_insecure_2fa" => Once(Question::list("/orgs/{org}/members", INSECURE_2FA)),
        "outside_collaborators" => Once(Question::list(
            "/orgs/{org}/outside_collaborators",
            &["filter=all&per_page=100"],
        )),
        "outside_without_2fa" => Once(Question::list(
            "/orgs/{org}/outside_collaborators",
            WITHOUT_2FA,
        )),
        "invitations" => Once(Question::list("/orgs/{org}/invitations", FULL)),
        "failed_invitations" => Once(Question::list("/orgs/{org}/failed_invitations", FULL)),
        "repositories" => Way::Repositories,
        "repository_settings" => each(REPOSITORY),
        "branch_protection" => each(
            Question::one("/repos/{repo}/branches/{branch}/protection").or(&[
                NOT_PROTECTED,
                NO_BRANCH,
                PLAN,
            ]),
        ),
        "branch_rules" => each(
            Question::list("/repos/{repo}/rules/branches/{branch}", FULL).or(&[NO_BRANCH, PLAN]),
        ),
        "rulesets" => Way::Rulesets(
            Question::list(
                "/repos/{repo}/rulesets",
                &["includes_parents=true&per_page=100"],
            )
            .or(&[PLAN]),
            Question {
                queries: &["includes_parents=true"],
                ..Question::one("/repos/{repo}/rulesets/")
            },
        ),
        "repository_outside_collaborators" => each(Question::list(
            "/repos/{repo}/collaborators",
            &["affiliation=outside&per_page=100"],
        )),
        "repository_direct_collaborators" => each(Question::list(
            "/repos/{repo}/collaborators",
            &["affiliation=direct&per_page=100"],
        )),
        "deploy_keys" => each(Question::list("/repos/{repo}/keys", FULL)),
        "actions_permissions" => Once(Question::one("/orgs/{org}/actions/permissions")),
        "actions_workflow" => Way::Workflow,
        "actions_selected" => Once(
            Question::one("/orgs/{org}/actions/permissions/selected-actions").or(&[NOT_SELECTED]),
        ),
        "repository_workflow_permissions" => {
            Way::RepositoryWorkflow(Question::one("/repos/{repo}/actions/permissions/workflow"))
        }
        "fork_approval" => Each(
            Public,
            // Servers before 3.19 do not know it.
            Question::one("/repos/{repo}/actions/permissions/fork-pr-contributor-approval")
                .or(&[ABSENT]),
        ),
        "vulnerability_alerts" => {
            each(Question::one("/repos/{repo}/vulnerability-alerts").or(&[SAID_OFF, OFF]))
        }
        "security_updates" => {
            each(Question::one("/repos/{repo}/automated-security-fixes").or(&[SAID_OFF, OFF]))
        }
        "dependabot_alerts" => OnceOrEach(
            Question::list(
                "/orgs/{org}/dependabot/alerts",
                &["state=open&severity=critical,high&sort=created&per_page=100"],
            ),
            Question::list(
                "/repos/{repo}/dependabot/alerts",
                &["state=open&severity=critical,high&sort=created&per_page=100"],
            )
            .or(&[REFUSED_OFF]),
        ),
        "secret_alerts" => Once(Question::list(
            "/orgs/{org}/secret-scanning/alerts",
            &["state=open&hide_secret=true&per_page=100"],
        )),
        "code_alerts" => Once(Question::list(
            "/orgs/{org}/code-scanning/alerts",
            &[
                "state=open&severity=critical&per_page=100",
                "state=open&severity=high&per_page=100",
            ],
        )),
        "code_scanning_setup" => Way::CodeScanning(
            Question::one("/repos/{repo}/code-scanning/default-setup").or(&[
                UNLICENSED,
                NOT_ENABLED,
                OFF,
            ]),
            Question {
                queries: &["per_page=1"],
                ..Question::one("/repos/{repo}/code-scanning/analyses")
            }
            .or(&[UNLICENSED, NOT_ENABLED, NO_ANALYSIS, OFF]),
        ),
        "audit_log" => Way::AuditLog,
        "installations" => Once(Question::list("/orgs/{org}/installations", FULL)),
        "organization_hooks" => Once(Question::list("/orgs/{org}/hooks", FULL)),
        "repository_hooks" => each(Question::list("/repos/{repo}/hooks", FULL)),
        "runners" => Once(Question::list("/orgs/{org}/actions/runners", FULL)),
        "runner_groups" => Once(Question::list("/orgs/{org}/actions/runner-groups", FULL)),
        "credential_authorizations" => Once(Question::list(
            "/orgs/{org}/credential-authorizations",
            FULL,
        )),
        "codeowners" => Way::Codeowners,
        "codeowners_errors" => {
            each(Question::one("/repos/{repo}/codeowners/errors").or(&[EMPTY, ABSENT]))
        }
        "vulnerability_reporting" => Each(
            Public,
            Question::one("/repos/{repo}/private-vulnerability-reporting")
                .or(&[NOT_PUBLIC, ABSENT]),
        ),
        "immutable_releases" => each(Question::one("/repos/{repo}/immutable-releases").or(&[OFF])),
        "organization_roles" => Once(Question::one("/orgs/{org}/organization-roles")),
        "security_policies" => Way::SecurityPolicies,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_dataset_has_a_way() {
        for dataset in crate::datasets::ALL {
            assert!(of(dataset.id).is_some(), "{}", dataset.id);
        }
        assert!(of("github.nothing").is_none() && of("aws.users").is_none());
    }

    #[test]
    fn a_branch_is_one_step_of_a_path() {
        let repository = Repository {
            branch: "release/1.0 ä?".to_owned(),
            ..Repository::made_up("acme/erp")
        };
        let question = Question::one("/repos/{repo}/branches/{branch}/protection");
        assert_eq!(
            question.path("acme", Some(&repository)),
            "/repos/acme/erp/branches/release%2F1.0%20%C3%A4%3F/protection"
        );
    }

    /// Organization rulesets and security configurations can be read with a permission to write only.
    #[test]
    fn what_needs_a_permission_to_write_is_never_asked() {
        for dataset in crate::datasets::ALL {
            let text = format!("{:?}", of(dataset.id).unwrap());
            for never in ["/orgs/{org}/rulesets", "code-security/configurations"] {
                assert!(!text.contains(never), "{}: {never}", dataset.id);
            }
        }
    }

    #[test]
    fn secrets_are_asked_to_be_hidden() {
        let Some(Way::Once(question)) = of("github.secret_alerts") else {
            panic!("not asked once");
        };
        assert!(
            question
                .queries
                .iter()
                .all(|query| query.contains("hide_secret=true"))
        );
    }
}
