//! Alerts: vulnerable dependencies, leaked secrets, findings in code.

use chrono::Duration;
use serde_json::{Value, json};
use stand_in::seed::{before, mix};

use super::{Company, LEAKED_SECRET};

/// A few alerts on the first repositories that count: open ones that are young, and old ones that are dealt with.
pub(super) fn fill(company: &mut Company) {
    let now = company.clone_for_alerts();
    for (index, repo) in company
        .repos
        .iter_mut()
        .filter(|repo| repo.counts())
        .enumerate()
        .filter(|(index, _)| index % 3 == 0)
    {
        let first = index as u64 * 100;
        repo.dependabot = vec![
            now.dependabot(&repo.name, first + 3, "critical", 1),
            now.dependabot(&repo.name, first + 2, "high", 3),
            now.dependabot(&repo.name, first + 1, "low", 200),
            now.fixed(now.dependabot(&repo.name, first, "critical", 300)),
        ];
        repo.code_alerts = vec![
            now.code(&repo.name, first + 2, "high", 2),
            now.code(&repo.name, first + 1, "low", 200),
            now.fixed(now.code(&repo.name, first, "critical", 300)),
        ];
        repo.secrets = vec![now.resolved(now.secret(&repo.name, first, 300))];
    }
}

/// What alerts are made from: they outlive the borrow of the company.
pub(super) struct Maker {
    org: String,
    now: chrono::DateTime<chrono::Utc>,
}

impl Company {
    pub(super) fn clone_for_alerts(&self) -> Maker {
        Maker {
            org: self.login.clone(),
            now: self.now,
        }
    }
}

impl Maker {
    fn number(number: u64) -> u64 {
        number % 100 + 1
    }

    /// An open alert about a vulnerable dependency that was found so many days ago.
    pub(super) fn dependabot(&self, repo: &str, number: u64, severity: &str, days: i64) -> Value {
        let id = Self::number(number);
        let found = before(
            self.now,
            days,
            i64::try_from(mix(number) % 600).unwrap_or(0),
        );
        let published = before(self.now, days + 20, 0);
        let ghsa = format!("GHSA-{:04x}-{:04x}-{:04x}", number % 0xffff, 0x1a2b, 0x3c4d);
        let score = match severity {
            "critical" => 9.8,
            "high" => 7.5,
            "medium" => 5.3,
            _ => 3.1,
        };
        let package = json!({"ecosystem": "npm", "name": format!("example-lib-{id}")});
        json!({
            "number": id, "state": "open",
            "dependency": {
                "package": package, "manifest_path": "web/package-lock.json", "scope": "runtime",
                "relationship": "direct",
            },
            "security_advisory": {
                "ghsa_id": ghsa, "cve_id": format!("CVE-2026-{:05}", 10_000 + number % 80_000),
                "summary": "Prototype pollution", "description": "Merging untrusted objects changes all objects.",
                "vulnerabilities": [], "severity": severity, "classification": "general",
                "cvss": {"score": score, "vector_string": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"},
                "cvss_severities": {"cvss_v3": {"score": score, "vector_string": null}, "cvss_v4": null},
                "epss": {"percentage": 0.001, "percentile": 0.3},
                "cwes": [{"cwe_id": "CWE-1321", "name": "Prototype Pollution"}],
                "identifiers": [{"type": "GHSA", "value": ghsa}],
                "references": [{"url": "https://example.org/advisory"}],
                "published_at": published, "updated_at": published, "withdrawn_at": null,
            },
            "security_vulnerability": {
                "package": package, "severity": severity, "vulnerable_version_range": "< 2.1.4",
                "first_patched_version": {"identifier": "2.1.4"},
            },
            "url": format!("https://api.github.com/repos/{}/{repo}/dependabot/alerts/{id}", self.org),
            "html_url": format!("https://github.com/{}/{repo}/security/dependabot/{id}", self.org),
            "created_at": found, "updated_at": found, "dismissed_at": null, "dismissed_by": null,
            "dismissed_reason": null, "dismissed_comment": null, "fixed_at": null, "auto_dismissed_at": null,
        })
    }

    /// An open alert about a secret that was found so many days ago, of unknown validity.
    pub(super) fn secret(&self, repo: &str, number: u64, days: i64) -> Value {
        let id = Self::number(number);
        let found = before(self.now, days, 15);
        json!({
            "number": id, "created_at": found, "updated_at": found,
            "url": format!("https://api.github.com/repos/{}/{repo}/secret-scanning/alerts/{id}", self.org),
            "html_url": format!("https://github.com/{}/{repo}/security/secret-scanning/{id}", self.org),
            "locations_url": format!(
                "https://api.github.com/repos/{}/{repo}/secret-scanning/alerts/{id}/locations", self.org
            ),
            "state": "open", "resolution": null, "resolved_at": null, "resolved_by": null,
            "resolution_comment": null, "secret_type": "example_service_key",
            "secret_type_display_name": "Example Service Key",
            "secret": format!("{LEAKED_SECRET}{:016x}", mix(number ^ 77)),
            "validity": "unknown", "publicly_leaked": false, "multi_repo": false,
            "push_protection_bypassed": false, "push_protection_bypassed_by": null,
            "push_protection_bypassed_at": null, "is_base64_encoded": false,
        })
    }

    /// An open finding in code from so many days ago.
    pub(super) fn code(&self, repo: &str, number: u64, severity: &str, days: i64) -> Value {
        let id = Self::number(number);
        let found = before(self.now, days, 45);
        json!({
            "number": id, "created_at": found, "updated_at": found,
            "url": format!("https://api.github.com/repos/{}/{repo}/code-scanning/alerts/{id}", self.org),
            "html_url": format!("https://github.com/{}/{repo}/security/code-scanning/{id}", self.org),
            "state": "open", "fixed_at": null, "dismissed_by": null, "dismissed_at": null,
            "dismissed_reason": null, "dismissed_comment": null,
            "rule": {
                "id": "py/path-injection", "name": "py/path-injection", "severity": "error",
                "security_severity_level": severity, "description": "A path depends on what a user sends.",
                "tags": ["security", "external/cwe/cwe-022"],
            },
            "tool": {"name": "CodeQL", "guid": null, "version": "2.23.1"},
            "most_recent_instance": {
                "ref": "refs/heads/main", "analysis_key": "dynamic/github-code-scanning/codeql:analyze",
                "environment": "{}", "category": "/language:python", "state": "open",
                "commit_sha": format!("{:016x}{:016x}{:08x}", mix(number), mix(number + 1), mix(number + 2) >> 32),
                "message": {"text": "This path depends on a value from outside."},
                "location": {"path": "src/files.py", "start_line": 41, "end_line": 41, "start_column": 9, "end_column": 30},
                "classifications": [],
            },
            "instances_url": format!(
                "https://api.github.com/repos/{}/{repo}/code-scanning/alerts/{id}/instances", self.org
            ),
        })
    }

    /// The same alert, fixed ten days ago.
    fn fixed(&self, mut alert: Value) -> Value {
        alert["state"] = json!("fixed");
        alert["fixed_at"] = json!(before(self.now, 10, 0));
        alert
    }

    /// The same alert about a secret, revoked ten days ago.
    fn resolved(&self, mut alert: Value) -> Value {
        alert["state"] = json!("resolved");
        alert["resolution"] = json!("revoked");
        alert["resolved_at"] = json!(before(self.now, 10, 0));
        alert["validity"] = json!("inactive");
        alert
    }
}

impl Company {
    /// An age in days, for what is older than a limit.
    pub(super) fn days_ago(&self, days: i64) -> String {
        stand_in::seed::stamp(self.now - Duration::days(days))
    }
}
