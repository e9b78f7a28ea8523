//! Repositories with everything that hangs on them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stand_in::seed::{before, mix, pick};

use super::{Company, Person, Plan, Shape, classic, rules, ruleset};

/// The id of the organization's ruleset.
const RULESET: u64 = 2231;

/// Who can see a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Those who were given access.
    Private,
    /// The enterprise's members.
    Internal,
}

impl Visibility {
    fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Internal => "internal",
        }
    }
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repo {
    /// The number, which page links name instead of owner and name.
    pub id: u64,
    /// The name without the owner.
    pub name: String,
    /// Who can see it.
    pub visibility: Visibility,
    /// Whether it is archived.
    pub archived: bool,
    /// Whether it is a fork.
    pub fork: bool,
    /// Whether nothing was ever pushed to it.
    pub empty: bool,
    /// The default branch.
    pub default_branch: String,
    /// When it was made.
    pub created_at: String,
    /// The latest push; `null` is possible.
    pub pushed_at: Value,
    /// Whether merged branches are deleted. Only answered to a token that may write.
    pub delete_branch_on_merge: bool,
    /// `security_and_analysis`. Only answered to an administrator.
    pub security: Value,
    /// Classic protection of the default branch.
    pub protection: Option<Value>,
    /// The effective rules of the default branch.
    pub rules: Vec<Value>,
    /// The rulesets that concern it, whole.
    pub rulesets: Vec<Value>,
    /// Outside collaborators with their `role_name`.
    pub outside: Vec<(String, String)>,
    /// Members with their own access, with their `role_name`.
    pub direct: Vec<(String, String)>,
    /// Deploy keys.
    pub keys: Vec<Value>,
    /// Webhooks.
    pub hooks: Vec<Value>,
    /// `enabled`, `allowed_actions`, `sha_pinning_required`.
    pub actions: Value,
    /// `default_workflow_permissions`, `can_approve_pull_request_reviews`.
    pub workflow: Value,
    /// `approval_policy` for workflows of forks.
    pub fork_approval: String,
    /// Whether Dependabot alerts are on.
    pub vulnerability_alerts: bool,
    /// `enabled`, `paused`.
    pub security_fixes: Value,
    /// The default set-up of code scanning.
    pub code_scanning: Value,
    /// Whether an analysis was ever uploaded.
    pub analyzed: bool,
    /// Whether private vulnerability reporting is on.
    pub private_reporting: bool,
    /// Whether releases are immutable.
    pub immutable_releases: bool,
    /// Files by their path.
    pub files: BTreeMap<String, String>,
    /// Mistakes in CODEOWNERS.
    pub codeowners_errors: Vec<Value>,
    /// Dependabot alerts, newest first, without `repository`.
    pub dependabot: Vec<Value>,
    /// Secret scanning alerts, newest first, with the secret.
    pub secrets: Vec<Value>,
    /// Code scanning alerts, newest first.
    pub code_alerts: Vec<Value>,
}

impl Repo {
    /// Whether not everybody can see it.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.visibility != Visibility::Public
    }

    /// Whether a feature of `security_and_analysis` is enabled.
    #[must_use]
    pub fn security_is_on(&self, feature: &str) -> bool {
        self.security[feature]["status"] == "enabled"
    }

    /// Switches a feature of `security_and_analysis` on or off.
    pub fn set_security(&mut self, feature: &str, on: bool) {
        self.security[feature] = json!({"status": if on { "enabled" } else { "disabled" }});
    }

    /// Whether checks look at it: not archived, not a fork, not empty.
    #[must_use]
    pub fn counts(&self) -> bool {
        !self.archived && !self.fork && !self.empty
    }

    /// The short form that alerts carry.
    pub(crate) fn minimal(&self, company: &Company) -> Value {
        let full_name = format!("{}/{}", company.login, self.name);
        let url = format!("https://api.github.com/repos/{full_name}");
        let mut minimal = json!({
            "id": self.id, "node_id": format!("R_kgDO{:x}", self.id), "name": self.name, "full_name": full_name,
            "owner": company.account(), "private": self.is_private(),
            "html_url": format!("https://github.com/{full_name}"), "description": null, "fork": self.fork, "url": url,
        });
        for (name, tail) in ADDRESSES {
            minimal[format!("{name}_url")] = json!(format!("{url}/{tail}"));
        }
        minimal
    }

    /// The row of a list: what everybody sees who may see the repository.
    pub(crate) fn row(&self, company: &Company) -> Value {
        let mut row = self.minimal(company);
        let full_name = row["full_name"].as_str().unwrap_or_default();
        let more = json!({
            "created_at": self.created_at, "updated_at": self.pushed_at, "pushed_at": self.pushed_at,
            "git_url": format!("git://github.com/{full_name}.git"), "ssh_url": format!("git@github.com:{full_name}.git"),
            "clone_url": format!("https://github.com/{full_name}.git"), "svn_url": row["html_url"], "mirror_url": null,
            "homepage": null, "size": if self.empty { 0 } else { 100 + mix(self.id) % 90_000 },
            "stargazers_count": 0, "watchers_count": 0, "forks_count": 0, "open_issues_count": 0, "forks": 0,
            "open_issues": 0, "watchers": 0,
            "language": if self.empty { Value::Null } else { json!("Python") },
            "has_issues": true, "has_projects": false, "has_wiki": false, "has_pages": false,
            "has_downloads": true, "has_discussions": false, "license": null,
            "allow_forking": false, "is_template": false, "topics": [],
            "visibility": self.visibility.word(), "archived": self.archived, "disabled": false,
            "default_branch": self.default_branch, "web_commit_signoff_required": true,
        });
        if let (Value::Object(row), Value::Object(more)) = (&mut row, more) {
            row.extend(more);
        }
        row
    }
}

/// The addresses that every repository names, by their name and what follows the repository's own.
const ADDRESSES: [(&str, &str); 36] = [
    ("archive", "{archive_format}{/ref}"),
    ("assignees", "assignees{/user}"),
    ("blobs", "git/blobs{/sha}"),
    ("branches", "branches{/branch}"),
    ("collaborators", "collaborators{/collaborator}"),
    ("comments", "comments{/number}"),
    ("commits", "commits{/sha}"),
    ("compare", "compare/{base}...{head}"),
    ("contents", "contents/{+path}"),
    ("contributors", "contributors"),
    ("deployments", "deployments"),
    ("downloads", "downloads"),
    ("events", "events"),
    ("forks", "forks"),
    ("git_commits", "git/commits{/sha}"),
    ("git_refs", "git/refs{/sha}"),
    ("git_tags", "git/tags{/sha}"),
    ("hooks", "hooks"),
    ("issue_comment", "issues/comments{/number}"),
    ("issue_events", "issues/events{/number}"),
    ("issues", "issues{/number}"),
    ("keys", "keys{/key_id}"),
    ("labels", "labels{/name}"),
    ("languages", "languages"),
    ("merges", "merges"),
    ("milestones", "milestones{/number}"),
    ("notifications", "notifications{?since,all,participating}"),
    ("pulls", "pulls{/number}"),
    ("releases", "releases{/id}"),
    ("stargazers", "stargazers"),
    ("statuses", "statuses/{sha}"),
    ("subscribers", "subscribers"),
    ("subscription", "subscription"),
    ("tags", "tags"),
    ("teams", "teams"),
    ("trees", "git/trees{/sha}"),
];

/// The repositories of a company: a few special ones first, then plain ones that are protected in turns by classic
/// protection and by the organization's ruleset.
pub(super) fn make(company: &Company, shape: &Shape) -> Vec<Repo> {
    (0..shape.repos.max(1))
        .map(|number| one(company, shape, number))
        .collect()
}

const NAMES: [&str; 10] = [
    "erp",
    "website",
    "jigs",
    "cam-posts",
    "quotes",
    "gauge-log",
    "portal",
    "mes",
    "labels",
    "firmware",
];

fn one(company: &Company, shape: &Shape, number: usize) -> Repo {
    let word = mix(shape.seed ^ (number as u64).wrapping_mul(0x9e37));
    let name = match NAMES.get(number) {
        Some(name) => (*name).to_owned(),
        None => format!("{}-{number:04}", pick(&NAMES, word)),
    };
    let public =
        (1..=shape.public).contains(&number) || (number == 0 && shape.public >= shape.repos);
    let special = |at: usize| !public && number >= 2 && number % 40 == at;
    let (archived, fork, empty) = (special(2), special(3), special(4));
    let visibility = if public {
        Visibility::Public
    } else if number % 40 == 5 && company.plan == Plan::Enterprise {
        Visibility::Internal
    } else {
        Visibility::Private
    };
    let pushed = i64::try_from(word % 60).unwrap_or(0) + if archived { 400 } else { 1 };
    let branch = if number % 10 == 9 { "master" } else { "main" };
    let org = &company.login;
    let by_ruleset = number % 2 == 1;
    let org_rules = rules(org, RULESET);
    let mut repo = Repo {
        id: 700_100_000 + number as u64,
        name: name.clone(),
        visibility,
        archived,
        fork,
        empty,
        default_branch: branch.to_owned(),
        created_at: before(company.now, 900 + i64::try_from(word % 300).unwrap_or(0), 0),
        pushed_at: json!(before(company.now, pushed, 30)),
        delete_branch_on_merge: true,
        security: json!({}),
        protection: (!by_ruleset && !empty).then(|| classic(org, &name, branch)),
        rulesets: if by_ruleset {
            vec![ruleset(org, RULESET, &org_rules)]
        } else {
            Vec::new()
        },
        rules: if by_ruleset { org_rules } else { Vec::new() },
        outside: Vec::new(),
        direct: Vec::new(),
        keys: Vec::new(),
        hooks: Vec::new(),
        actions: json!({"enabled": true, "allowed_actions": "selected", "sha_pinning_required": true}),
        workflow: company.actions.workflow.clone(),
        fork_approval: "all_external_contributors".to_owned(),
        vulnerability_alerts: true,
        security_fixes: json!({"enabled": true, "paused": false}),
        code_scanning: json!({
            "state": "configured", "languages": ["actions", "python"], "query_suite": "default",
            "schedule": "weekly", "updated_at": before(company.now, 40, 0), "runner_type": "standard",
            "runner_label": null, "threat_model": "remote",
        }),
        analyzed: true,
        private_reporting: public,
        immutable_releases: true,
        files: BTreeMap::new(),
        codeowners_errors: Vec::new(),
        dependabot: Vec::new(),
        secrets: Vec::new(),
        code_alerts: Vec::new(),
    };
    for feature in [
        "advanced_security",
        "code_security",
        "dependabot_security_updates",
        "secret_scanning",
        "secret_scanning_push_protection",
        "secret_scanning_non_provider_patterns",
        "secret_scanning_validity_checks",
    ] {
        let paid = match feature {
            "dependabot_security_updates" => true,
            "advanced_security" | "code_security" => company.code_security || public,
            _ => company.secret_protection || public,
        };
        repo.set_security(feature, paid);
    }
    people_and_things(company, &mut repo, number);
    repo
}

/// Collaborators, keys, hooks and files.
fn people_and_things(company: &Company, repo: &mut Repo, number: usize) {
    let login = |person: &Person| person.login.clone();
    if !repo.empty {
        let owners = "* @harborpoint-example/engineering\n".to_owned();
        repo.files.insert(".github/CODEOWNERS".to_owned(), owners);
        repo.files.insert(
            ".github/workflows/ci.yml".to_owned(),
            "on: push\njobs: {}\n".to_owned(),
        );
        repo.files
            .insert("README.md".to_owned(), format!("# {}\n", repo.name));
    }
    if repo.visibility == Visibility::Public {
        let policy = "# Security policy\n\nWrite to security@harborpoint.example.\n".to_owned();
        repo.files.insert("SECURITY.md".to_owned(), policy);
    }
    if number.is_multiple_of(6)
        && let Some(person) = company.outside.first()
    {
        repo.outside.push((login(person), "write".to_owned()));
    }
    if number.is_multiple_of(5) {
        repo.direct = company
            .members
            .iter()
            .skip(3)
            .take(2)
            .map(|person| (login(person), "maintain".to_owned()))
            .collect();
    }
    if number.is_multiple_of(4) {
        repo.keys
            .push(deploy_key(company, repo, 500_001 + number as u64));
    }
    if number.is_multiple_of(8) {
        repo.hooks.push(super::records::hook(
            company,
            800_001 + number as u64,
            Some(&repo.name),
        ));
    }
}

/// A deploy key that reads and is used.
pub(super) fn deploy_key(company: &Company, repo: &Repo, id: u64) -> Value {
    json!({
        "id": id, "key": format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{:016x}example", mix(id)),
        "url": format!("https://api.github.com/repos/{}/{}/keys/{id}", company.login, repo.name),
        "title": "build server", "verified": true, "created_at": before(company.now, 300, 0), "read_only": true,
        "added_by": company.members.first().map(|person| person.login.clone()),
        "last_used": before(company.now, 2, 0), "enabled": true,
    })
}
