//! Vulnerable dependencies: whether GitHub warns of them, proposes updates, and how long warnings stay open.

use super::{
    ages::{in_time, number},
    jury::Jury,
    open_alerts,
    population::{Answers, Forks, Found, Repo, repositories, told, unexpected},
    told::Told,
};
use crate::datasets::{
    DEPENDABOT_ALERTS, DependencyAlert, REPOSITORY_SETTINGS, Repository, SECURITY_UPDATES, Says,
    SecurityUpdates, Switch, VULNERABILITY_ALERTS,
};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

const PAGE: &[(&str, &str)] = console!("code-security/dependabot");
const CRITICAL: &str = "github.dependabot_critical_days";
const HIGH: &str = "github.dependabot_high_days";

/// The rule. Each repository:
///
/// | GitHub's answer | it |
/// | --- | --- |
/// | 204 | passes |
/// | 404, which is documented for "not enabled" | fails |
/// | any other refusal, or no answer about the repository | unknown |
///
/// Without a repository, all having been seen: not applicable.
pub static ALERTS_ON: Check = Check {
    id: "github.repo.dependabot_alerts",
    alias: "GITHUB-41",
    version: 1,
    title: "GitHub warns of vulnerable dependencies in every repository.",
    objectives: &["3.11.2[c]", "3.11.2[e]", "3.14.1[b]"],
    severity: Severity::High,
    remedy: "Settings > Code security of each listed repository: enable Dependabot alerts. Or apply a security configuration to all repositories of the organization.",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Code security of each repository: Dependabot alerts.",
        command: "gh api -i repos/ORG/REPO/vulnerability-alerts: status 204 is on, 404 is off",
    },
    datasets: &["github.repositories", "github.vulnerability_alerts"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: alerts_on,
};

/// The rule. Each open alert of a repository that is judged, and of one that the list does not know:
///
/// | classification | severity | open for | it |
/// | --- | --- | --- | --- |
/// | `malware` | any | any time | fails |
/// | any other or none | critical, high | longer than the company's days for it | fails |
/// | any other; none with another severity than critical | critical, high | at most those days | passes |
/// | any other or none | medium, low | any time | passes |
/// | none | critical | at most those days | unknown: malware is always critical |
/// | any | not told, or a severity with days and no date | | unknown |
///
/// An alert that does not say that it is open is unknown where it would fail, and passes nowhere else than an open one.
/// Each repository beside that:
///
/// | Dependabot alerts | it |
/// | --- | --- |
/// | on | passes |
/// | off | unknown: the service is not used there, so no alert says nothing |
/// | can't be told | unknown |
///
/// Without a repository, all having been seen: not applicable.
pub static OVERDUE: Check = Check {
    id: "github.repo.dependabot_overdue",
    alias: "GITHUB-42",
    version: 1,
    title: "No severe warning of a vulnerable dependency stays open for long.",
    objectives: &["3.11.3[b]", "3.14.1[f]", "3.14.2[b]"],
    severity: Severity::High,
    remedy: "Update the listed dependencies: merge Dependabot's pull request, or replace what has no fix. Remove malware at once, and look what it could reach. Dismiss an alert only with a reason.",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization > Security > Dependabot: open alerts, critical and high, by age.",
        command: "gh api --paginate 'orgs/ORG/dependabot/alerts?state=open&severity=critical,high' --jq '.[] | [.repository.full_name, .number, .security_advisory.severity, .created_at]'",
    },
    datasets: &[
        "github.repositories",
        "github.vulnerability_alerts",
        "github.dependabot_alerts",
    ],
    parameters: &[CRITICAL, HIGH],
    clouds: Clouds::All,
    evaluate: |collected| overdue(collected).unwrap_or_else(Verdict::unknown),
};

/// The rule. Each repository:
///
/// | GitHub's answer | status in the repository's settings | it |
/// | --- | --- | --- |
/// | enabled and not paused | any | passes |
/// | not enabled, or paused | any | fails |
/// | one of the two null or absent | any | unknown |
/// | 404 | `enabled` | passes |
/// | 404, which is documented for "not enabled" | absent, or another word | fails |
/// | no answer about the repository | any | unknown |
///
/// Without a repository, all having been seen: not applicable.
pub static SECURITY_UPDATES_ON: Check = Check {
    id: "github.repo.security_updates",
    alias: "GITHUB-43",
    version: 1,
    title: "GitHub proposes the update that closes a vulnerability.",
    objectives: &["3.14.1[f]", "3.11.3[b]"],
    severity: Severity::Low,
    remedy: "Settings > Code security of each listed repository: enable Dependabot security updates; where they are paused, merge or close an open pull request of Dependabot.",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Code security of each repository: Dependabot security updates.",
        command: "gh api repos/ORG/REPO/automated-security-fixes --jq '[.enabled, .paused]'",
    },
    datasets: &[
        "github.repositories",
        "github.security_updates",
        "github.repository_settings",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: security_updates,
};

/// Whether Dependabot alerts are on in a repository.
fn is_on(switches: &Answers<Switch>, repo: &Repo) -> Told {
    let off = "Dependabot alerts are off.";
    told(
        switches.about(repo),
        |says| match says {
            Says::Off => Told::no(off),
            says => unexpected(says),
        },
        |switch| {
            Told::of(
                switch.enabled,
                off,
                "GitHub does not say whether they are on.",
            )
        },
    )
}

fn alerts_on(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let switches = Answers::<Switch>::needed(collected, &mut jury, VULNERABILITY_ALERTS.id);
    for repo in &repos {
        jury.repository(repo, is_on(&switches, repo));
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

fn overdue(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let (critical, high) = (number(collected, CRITICAL)?, number(collected, HIGH)?);
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let switches = Answers::<Switch>::needed(collected, &mut jury, VULNERABILITY_ALERTS.id);
    open_alerts::judge(
        collected,
        &mut jury,
        DEPENDABOT_ALERTS.id,
        "Dependabot alerts are off",
        |alert| severe(alert, collected, critical, high),
    );
    for repo in &repos {
        let told = match is_on(&switches, repo) {
            Told::No(_) => Told::Unclear(open_alerts::not_used("Dependabot alerts are off")),
            told => told,
        };
        jury.repository(repo, told);
    }
    Ok(jury.conclude(WhenEmpty::NotApplicable))
}

fn severe(alert: &DependencyAlert, collected: &Collected<'_>, critical: i64, high: i64) -> Told {
    let Some(advisory) = &alert.security_advisory else {
        return Told::silent("GitHub does not say what it is about.");
    };
    let severity = advisory.severity.as_deref();
    let what = advisory.summary.as_deref().or(advisory.ghsa_id.as_deref());
    let what = what
        .unwrap_or("vulnerable dependency")
        .trim_end_matches('.');
    let age = in_time(severity, alert.created_at, collected.now, critical, high);
    match (advisory.classification.as_deref(), age) {
        (Some("malware"), _) => Told::no(format!("{what}: malware.")),
        (_, Told::No(why)) => Told::no(format!("{what}: {why}")),
        (None, Told::Yes) if severity == Some("critical") => {
            Told::silent("GitHub does not say whether it is malware.")
        }
        (_, age) => age,
    }
}

fn security_updates(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let updates = Answers::<SecurityUpdates>::needed(collected, &mut jury, SECURITY_UPDATES.id);
    let settings = Answers::<Repository>::optional(collected, REPOSITORY_SETTINGS.id);
    for repo in &repos {
        let told = told(
            updates.about(repo),
            |says| match says {
                Says::Off => by_settings(&settings, repo),
                says => unexpected(says),
            },
            |updates| {
                Told::all([
                    Told::of(
                        updates.enabled,
                        "Dependabot security updates are off.",
                        "GitHub does not say whether they are on.",
                    ),
                    Told::of(
                        updates.paused.map(|paused| !paused),
                        "Dependabot security updates are paused.",
                        "GitHub does not say whether they are paused.",
                    ),
                ])
            },
        );
        jury.repository(repo, told);
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

fn by_settings(settings: &Answers<Repository>, repo: &Repo) -> Told {
    let asked = match settings.about(repo) {
        Found::There(row) => row.security_and_analysis.as_ref(),
        Found::Says(_) | Found::Lacking(_) => None,
    };
    let features = asked.or(repo.row.security_and_analysis.as_ref());
    let feature = features.and_then(|features| features.dependabot_security_updates.as_ref());
    match feature.and_then(|feature| feature.status.as_deref()) {
        Some("enabled") => Told::Yes,
        _ => Told::no("Dependabot security updates are off."),
    }
}

#[cfg(test)]
mod tests;
