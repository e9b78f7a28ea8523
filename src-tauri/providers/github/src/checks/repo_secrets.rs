//! Secrets in code: whether GitHub looks for them, keeps them out, and how long found ones stay.

use super::{
    ages::{age, number},
    jury::Jury,
    open_alerts,
    population::{Answers, Forks, Found, Repo, repositories, unexpected},
    told::Told,
};
use crate::datasets::{
    REPOSITORY_SETTINGS, Repository, SECRET_ALERTS, SecretAlert, SecurityFeatures,
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

const PAGE: &[(&str, &str)] = console!("code-security/secret-scanning");
const DAYS: &str = "github.secret_alert_days";

/// The rule. Each repository, by its own settings or else by the list:
///
/// | `security_and_analysis.secret_scanning.status` | it |
/// | --- | --- |
/// | `enabled` | passes |
/// | `disabled` | fails; a private repository needs Secret Protection for it |
/// | absent, or another word | unknown |
/// | the whole of `security_and_analysis` absent in both | unknown: only an administrator's token sees it |
/// | no answer about the repository, and nothing in the list | unknown |
///
/// Without a repository, all having been seen: not applicable.
pub static SCANNING: Check = Check {
    id: "github.repo.secret_scanning",
    alias: "GITHUB-44",
    version: 1,
    title: "GitHub looks for secrets in every repository.",
    objectives: &["3.5.10[a]", "3.13.10[b]", "3.14.6[a]"],
    severity: Severity::High,
    remedy: "Settings > Code security of each listed repository: enable Secret Protection. Private repositories need the product GitHub Secret Protection, which is sold for Team and Enterprise.",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Code security of each repository: Secret Protection.",
        command: "gh api repos/ORG/REPO --jq .security_and_analysis.secret_scanning.status",
    },
    datasets: &["github.repositories", "github.repository_settings"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| scan(collected, Scan::Secrets),
};

/// The rule: as for secret scanning, with `security_and_analysis.secret_scanning_push_protection.status`.
pub static PUSH_PROTECTION: Check = Check {
    id: "github.repo.push_protection",
    alias: "GITHUB-45",
    version: 1,
    title: "A push that holds a secret is refused.",
    objectives: &["3.13.10[b]", "3.1.3[e]"],
    severity: Severity::Medium,
    remedy: "Settings > Code security of each listed repository: enable push protection.",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Code security of each repository: Push protection.",
        command: "gh api repos/ORG/REPO --jq .security_and_analysis.secret_scanning_push_protection.status",
    },
    datasets: &["github.repositories", "github.repository_settings"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| scan(collected, Scan::Pushes),
};

/// The rule. Each open alert of a repository that is judged, and of one that the list does not know:
///
/// | the secret | open for | it |
/// | --- | --- | --- |
/// | `validity` is `active`, or `publicly_leaked` is `true` | any time | fails |
/// | any other | longer than the company's days | fails |
/// | `inactive` or `unknown`, and not leaked | at most those days | passes |
/// | one of the two null or absent, or no date | at most those days | unknown |
///
/// An alert that does not say that it is open is unknown where it would fail. Each repository beside that:
///
/// | secret scanning | it |
/// | --- | --- |
/// | on | passes |
/// | off, or refused with 404 | unknown: the service is not used there, so no alert says nothing |
/// | can't be told | unknown |
///
/// Without a repository, all having been seen: not applicable.
pub static ALERTS: Check = Check {
    id: "github.repo.secret_alerts",
    alias: "GITHUB-46",
    version: 1,
    title: "No secret that was found in code stays open.",
    objectives: &["3.5.10[a]", "3.11.3[b]", "3.6.1[g]"],
    severity: Severity::High,
    remedy: "For each listed alert: revoke the secret where it opens something, make a new one, look whether somebody used it, and then resolve the alert. Deleting it from the code is not enough.",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization > Security > Secret scanning: open alerts.",
        command: "gh api --paginate 'orgs/ORG/secret-scanning/alerts?state=open&hide_secret=true' --jq '.[] | [.repository.full_name, .number, .secret_type, .validity, .created_at]'",
    },
    datasets: &[
        "github.repositories",
        "github.repository_settings",
        "github.secret_alerts",
    ],
    parameters: &[DAYS],
    clouds: Clouds::All,
    evaluate: |collected| alerts(collected).unwrap_or_else(Verdict::unknown),
};

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) enum Scan {
    /// Secrets in what is there.
    Secrets,
    /// Secrets in what is pushed.
    Pushes,
}

/// The security features of a repository: what it says itself, or else the list.
pub(super) fn features<'a>(
    repo: &'a Repo,
    settings: &'a Answers<Repository>,
) -> Result<&'a SecurityFeatures, Told> {
    let listed = repo.row.security_and_analysis.as_ref();
    let own = match settings.about(repo) {
        Found::There(row) => Ok(row.security_and_analysis.as_ref()),
        Found::Lacking(reason) => Err(Told::Unclear(reason)),
        Found::Says(says) => Err(unexpected(says)),
    };
    match (own, listed) {
        (Ok(Some(features)), _) | (Ok(None) | Err(_), Some(features)) => Ok(features),
        (Ok(None), None) => Err(Told::Unclear(Reason::new(
            UnknownCode::PermissionMissing,
            "GitHub shows security features only to an administrator of the repository: use an owner's token, or an app that may read Administration.",
        ))),
        (Err(told), None) => Err(told),
    }
}

/// Whether a feature is on.
pub(super) fn is_on(features: &Result<&SecurityFeatures, Told>, scan: Scan) -> Told {
    let features = match features {
        Ok(features) => features,
        Err(told) => return told.clone(),
    };
    let (feature, name) = match scan {
        Scan::Secrets => (&features.secret_scanning, "Secret scanning"),
        Scan::Pushes => (&features.secret_scanning_push_protection, "Push protection"),
    };
    let status = feature
        .as_ref()
        .and_then(|feature| feature.status.as_deref());
    match status {
        Some("enabled") => Told::Yes,
        Some("disabled") => Told::no(format!("{name} is off.")),
        _ => Told::silent(format!(
            "GitHub does not say whether {} is on.",
            name.to_lowercase()
        )),
    }
}

fn scan(collected: &Collected<'_>, scan: Scan) -> Verdict {
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let settings = Answers::<Repository>::needed(collected, &mut jury, REPOSITORY_SETTINGS.id);
    for repo in &repos {
        let told = match is_on(&features(repo, &settings), scan) {
            Told::No(why) if repo.row.is_public() != Some(true) => Told::no(format!(
                "{why} A private repository needs GitHub Secret Protection for it."
            )),
            told => told,
        };
        jury.repository(repo, told);
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

fn alerts(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let days = number(collected, DAYS)?;
    let off = "Secret scanning is off";
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let settings = Answers::<Repository>::needed(collected, &mut jury, REPOSITORY_SETTINGS.id);
    open_alerts::judge(collected, &mut jury, SECRET_ALERTS.id, off, |alert| {
        found(alert, collected, days)
    });
    for repo in &repos {
        let told = match is_on(&features(repo, &settings), Scan::Secrets) {
            Told::No(_) => Told::Unclear(open_alerts::not_used(off)),
            told => told,
        };
        jury.repository(repo, told);
    }
    Ok(jury.conclude(WhenEmpty::NotApplicable))
}

fn found(alert: &SecretAlert, collected: &Collected<'_>, days: i64) -> Told {
    let what = alert
        .secret_type_display_name
        .as_deref()
        .unwrap_or("A secret");
    if alert.validity.as_deref() == Some("active") {
        return Told::no(format!("{what}: it still works."));
    }
    if alert.publicly_leaked == Some(true) {
        return Told::no(format!("{what}: it was found in public."));
    }
    match alert.created_at.and_then(|at| age(collected.now, at)) {
        Some(age) if age > days => {
            Told::no(format!("{what}: open for {age} days; at most {days}."))
        }
        Some(_) => match (alert.validity.as_deref(), alert.publicly_leaked) {
            (Some("inactive" | "unknown"), Some(false)) => Told::Yes,
            _ => Told::silent(
                "GitHub does not say whether the secret works, or was found in public.",
            ),
        },
        None => Told::silent("GitHub does not say since when it is open."),
    }
}

#[cfg(test)]
mod tests;
