//! One flaw for each of the provider's checks: what a careless owner does.

use serde_json::{Value, json};

use super::{Company, Repo, TwoFactor, Visibility, records};

/// What makes one check find something.
struct Flaw {
    check: &'static str,
    make: fn(&mut Company),
}

impl Company {
    /// The ids of the checks that [`Company::spoil`] knows, in the order of the notes.
    pub fn flaws() -> impl Iterator<Item = &'static str> {
        FLAWS.iter().map(|flaw| flaw.check)
    }

    /// Makes this one check find something. False when no check has that id.
    pub fn spoil(&mut self, check: &str) -> bool {
        match FLAWS.iter().find(|flaw| flaw.check == check) {
            Some(flaw) => {
                (flaw.make)(self);
                true
            }
            None => false,
        }
    }

    fn set(&mut self, setting: &str, value: Value) {
        self.settings.insert(setting.to_owned(), value);
    }

    /// The first repository that checks look at.
    fn first(&mut self) -> Option<&mut Repo> {
        self.repos.iter_mut().find(|repo| repo.counts())
    }

    /// Changes every repository that classic protection or rules guard.
    fn guarded(&mut self, classic: fn(&mut Value), rules: fn(&mut Vec<Value>)) {
        for repo in &mut self.repos {
            if let Some(protection) = &mut repo.protection {
                classic(protection);
            }
            rules(&mut repo.rules);
            for ruleset in &mut repo.rulesets {
                if let Some(Value::Array(inner)) = ruleset.get_mut("rules") {
                    rules(inner);
                }
            }
        }
    }

    /// The first repository that counts, made public if none is.
    fn public(&mut self) -> Option<&mut Repo> {
        let is_public = |repo: &Repo| repo.counts() && repo.visibility == Visibility::Public;
        let at = self.repos.iter().position(is_public).or_else(|| {
            // The second one that counts, so that the first stays private.
            let mut counting = self
                .repos
                .iter()
                .enumerate()
                .filter(|(_, repo)| repo.counts());
            let first = counting.next();
            counting.next().or(first).map(|(at, _)| at)
        })?;
        let repo = self.repos.get_mut(at)?;
        if repo.visibility != Visibility::Public {
            repo.visibility = Visibility::Public;
            let policy = "# Security policy\n".to_owned();
            repo.files.insert("SECURITY.md".to_owned(), policy);
        }
        Some(repo)
    }
}

fn drop_rule(rules: &mut Vec<Value>, kind: &str) {
    rules.retain(|rule| rule["type"] != kind);
}

fn of_pull_request(rules: &mut [Value], parameter: &str, value: Value) {
    for rule in rules {
        if rule["type"] == "pull_request" {
            rule["parameters"][parameter] = value.clone();
        }
    }
}

macro_rules! flaws {
    ($($check:literal => |$company:ident| $body:expr;)*) => {
        &[$(Flaw { check: $check, make: |$company| { $body; } },)*]
    };
}

const FLAWS: &[Flaw] = flaws! {
    "github.org.mfa_required" => |c| c.set("two_factor_requirement_enabled", json!(false));
    "github.org.members_2fa" => |c| people(c, TwoFactor::Off, 1);
    "github.org.members_2fa_insecure" => |c| people(c, TwoFactor::Insecure, 2);
    "github.org.outside_2fa" => |c| if let Some(person) = c.outside.first_mut() {
        person.two_factor = TwoFactor::Off;
    };
    "github.org.owners_limited" => |c| {
        // In an organization of a few, one owner without a second is the finding.
        let many = c.members.len() > 5;
        for (number, person) in c.members.iter_mut().enumerate() {
            person.owner = number == 0 || (many && number < 6);
        }
    };
    "github.org.base_permission" => |c| c.set("default_repository_permission", json!("write"));
    "github.org.repo_creation" => |c| {
        c.set("members_can_create_public_repositories", json!(true));
        c.set("members_allowed_repository_creation_type", json!("all"));
    };
    "github.org.repo_deletion" => |c| c.set("members_can_delete_repositories", json!(true));
    "github.org.private_forks" => |c| c.set("members_can_fork_private_repositories", json!(true));
    "github.org.invite_outside" => |c| c.set("members_can_invite_outside_collaborators", json!(true));
    "github.org.outside_reviewed" => |c| if let (Some(person), Some(repo)) = (c.outside.get(1).cloned(), c.first()) {
        repo.outside.push((person.login, "write".to_owned()));
    };
    "github.org.public_pages" => |c| {
        c.set("members_can_create_pages", json!(true));
        c.set("members_can_create_public_pages", json!(true));
    };
    "github.org.new_repo_defaults" =>
        |c| c.set("secret_scanning_push_protection_enabled_for_new_repositories", json!(false));
    "github.org.verified_domain" => |c| c.is_verified = false;
    "github.org.apps_reviewed" => |c| {
        let app = records::installation(c, 31_000_009, "deploy-everything", "write");
        c.installations.push(app);
    };
    "github.org.webhooks_secure" => |c| {
        let mut hook = records::hook(c, 800_999, None);
        hook["config"] = json!({
            "url": "http://hooks.harborpoint.example/old", "content_type": "form", "insecure_ssl": "1",
        });
        c.hooks.push(hook);
    };
    "github.org.audit_log" => |c| {
        let old = (c.now - chrono::Duration::days(45)).timestamp_millis();
        c.audit_log.truncate(1);
        for entry in &mut c.audit_log {
            entry["@timestamp"] = json!(old);
            entry["created_at"] = json!(old);
        }
    };
    "github.org.stale_invites" => |c| {
        let old = records::invitation(c, 3_000_009, 9);
        let mut failed = records::invitation(c, 3_000_010, 20);
        failed["failed_at"] = json!(c.days_ago(13));
        failed["failed_reason"] = json!("Invitation expired. User did not accept this invite for 7 days.");
        c.invitations.push(old);
        c.failed_invitations.push(failed);
    };
    "github.actions.token_read_only" => |c| {
        c.actions.workflow["default_workflow_permissions"] = json!("write");
        if let Some(repo) = c.first() {
            repo.workflow["default_workflow_permissions"] = json!("write");
        }
    };
    "github.actions.no_self_approval" => |c| {
        c.actions.workflow["can_approve_pull_request_reviews"] = json!(true);
        if let Some(repo) = c.first() {
            repo.workflow["can_approve_pull_request_reviews"] = json!(true);
        }
    };
    "github.actions.allowed" => |c| c.actions.permissions["allowed_actions"] = json!("all");
    "github.actions.sha_pinning" => |c| c.actions.permissions["sha_pinning_required"] = json!(false);
    "github.actions.runners" => |c| {
        c.public();
        if let Some(group) = c.runner_groups.first_mut() {
            group["allows_public_repositories"] = json!(true);
        }
        if c.runners.is_empty() {
            c.runners = vec![json!({
                "id": 24, "name": "shop-floor-2", "os": "Windows", "status": "offline", "busy": false, "labels": [],
                "runner_group_id": 1,
            })];
        }
    };
    "github.actions.fork_approval" => |c| if let Some(repo) = c.public() {
        repo.fork_approval = "first_time_contributors".to_owned();
    };
    "github.repo.public_approved" => |c| { c.public(); };
    "github.repo.inactive_archived" => |c| {
        let old = json!(c.days_ago(260));
        if let Some(repo) = c.first() {
            repo.pushed_at = old;
        }
    };
    "github.repo.admin_collaborators" => |c| if let (Some(person), Some(repo)) = (c.outside.first().cloned(), c.first()) {
        repo.outside.retain(|(login, _)| *login != person.login);
        repo.outside.push((person.login, "admin".to_owned()));
    };
    "github.repo.deploy_keys" => |c| {
        let Some(repo) = c.repos.iter().find(|repo| repo.counts()) else { return };
        let mut key = super::repos::deploy_key(c, repo, 599_999);
        key["read_only"] = json!(false);
        key["last_used"] = Value::Null;
        key["added_by"] = json!("somebody-who-left");
        if let Some(repo) = c.first() {
            repo.keys.push(key);
        }
    };
    "github.branch.protected" => |c| if let Some(repo) = c.first() {
        repo.protection = None;
        repo.rules.clear();
        repo.rulesets.clear();
    };
    "github.branch.reviews" => |c| c.guarded(
        |p| p["required_pull_request_reviews"]["required_approving_review_count"] = json!(0),
        |r| of_pull_request(r, "required_approving_review_count", json!(0)),
    );
    "github.branch.dismiss_stale" => |c| c.guarded(
        |p| p["required_pull_request_reviews"]["dismiss_stale_reviews"] = json!(false),
        |r| of_pull_request(r, "dismiss_stale_reviews_on_push", json!(false)),
    );
    "github.branch.codeowners" => |c| {
        c.guarded(
            |p| p["required_pull_request_reviews"]["require_code_owner_reviews"] = json!(false),
            |r| of_pull_request(r, "require_code_owner_review", json!(false)),
        );
        if let Some(repo) = c.first() {
            repo.files.insert(".github/CODEOWNERS".to_owned(), "* @nobody-here\n".to_owned());
            repo.codeowners_errors = vec![json!({
                "line": 1, "column": 3, "source": "* @nobody-here", "kind": "Unknown owner",
                "suggestion": "make sure @nobody-here exists and has write access to the repository",
                "message": "Unknown owner on line 1", "path": ".github/CODEOWNERS",
            })];
        }
    };
    "github.branch.no_bypass" => |c| {
        c.guarded(|p| p["enforce_admins"]["enabled"] = json!(false), |_| ());
        for repo in &mut c.repos {
            for ruleset in &mut repo.rulesets {
                ruleset["bypass_actors"] =
                    json!([{"actor_id": 1, "actor_type": "OrganizationAdmin", "bypass_mode": "always"}]);
            }
        }
    };
    "github.branch.no_force_push" => |c| c.guarded(
        |p| p["allow_force_pushes"]["enabled"] = json!(true),
        |r| drop_rule(r, "non_fast_forward"),
    );
    "github.branch.no_deletion" => |c| c.guarded(
        |p| p["allow_deletions"]["enabled"] = json!(true),
        |r| drop_rule(r, "deletion"),
    );
    "github.branch.status_checks" => |c| c.guarded(
        |p| remove(p, "required_status_checks"),
        |r| drop_rule(r, "required_status_checks"),
    );
    "github.branch.signed" => |c| c.guarded(
        |p| p["required_signatures"]["enabled"] = json!(false),
        |r| drop_rule(r, "required_signatures"),
    );
    "github.branch.conversations" => |c| c.guarded(
        |p| p["required_conversation_resolution"]["enabled"] = json!(false),
        |r| of_pull_request(r, "required_review_thread_resolution", json!(false)),
    );
    "github.branch.linear" => |c| c.guarded(
        |p| p["required_linear_history"]["enabled"] = json!(false),
        |r| drop_rule(r, "required_linear_history"),
    );
    "github.repo.delete_on_merge" => |c| if let Some(repo) = c.first() {
        repo.delete_branch_on_merge = false;
    };
    "github.repo.dependabot_alerts" => |c| if let Some(repo) = c.repos.iter_mut().filter(|repo| repo.counts()).nth(1) {
        repo.vulnerability_alerts = false;
    };
    "github.repo.dependabot_overdue" => |c| {
        let make = c.clone_for_alerts();
        if let Some(repo) = c.first() {
            let mut malware = make.dependabot(&repo.name, 60, "critical", 1);
            malware["security_advisory"]["classification"] = json!("malware");
            repo.dependabot.extend([
                malware,
                make.dependabot(&repo.name, 61, "critical", 20),
                make.dependabot(&repo.name, 62, "high", 40),
            ]);
        }
    };
    "github.repo.security_updates" => |c| if let Some(repo) = c.first() {
        repo.security_fixes = json!({"enabled": false, "paused": false});
        repo.set_security("dependabot_security_updates", false);
    };
    "github.repo.secret_scanning" => |c| if let Some(repo) = c.repos.iter_mut().filter(|repo| repo.counts()).nth(1) {
        repo.set_security("secret_scanning", false);
    };
    "github.repo.push_protection" => |c| if let Some(repo) = c.first() {
        repo.set_security("secret_scanning_push_protection", false);
    };
    "github.repo.secret_alerts" => |c| {
        let make = c.clone_for_alerts();
        if let Some(repo) = c.first() {
            let mut active = make.secret(&repo.name, 70, 1);
            active["validity"] = json!("active");
            repo.secrets.extend([active, make.secret(&repo.name, 71, 12)]);
        }
    };
    "github.repo.code_scanning" => |c| if let Some(repo) = c.repos.iter_mut().filter(|repo| repo.counts()).nth(1) {
        repo.code_scanning = json!({
            "state": "not-configured", "languages": ["python"], "query_suite": "default", "updated_at": null,
            "schedule": null,
        });
        repo.analyzed = false;
        repo.code_alerts.clear();
    };
    "github.repo.code_alerts" => |c| {
        let make = c.clone_for_alerts();
        if let Some(repo) = c.first() {
            repo.code_alerts.extend([
                make.code(&repo.name, 80, "critical", 40),
                make.code(&repo.name, 81, "high", 70),
            ]);
        }
    };
    "github.repo.security_md" => |c| if let Some(repo) = c.public() {
        repo.files.remove("SECURITY.md");
    };
    "github.repo.immutable_releases" => |c| if let Some(repo) = c.first() {
        repo.immutable_releases = false;
    };
};

/// Every third member who is not an owner, from the one with this number on.
fn people(company: &mut Company, two_factor: TwoFactor, from: usize) {
    let mut found = false;
    for person in company
        .members
        .iter_mut()
        .skip(2)
        .enumerate()
        .filter(|(number, _)| number % 3 == from)
        .map(|(_, person)| person)
    {
        person.two_factor = two_factor;
        found = true;
    }
    if !found && let Some(person) = company.members.last_mut() {
        person.two_factor = two_factor;
    }
}

fn remove(object: &mut Value, member: &str) {
    if let Value::Object(members) = object {
        members.remove(member);
    }
}
