//! Flaws in the company's own code: whether anything looks for them, and how long found ones stay.

use super::{
    ages::{in_time, number},
    jury::Jury,
    open_alerts,
    population::{Answers, Forks, Found, Repo, repositories, unexpected},
    told::Told,
};
use crate::datasets::{CODE_ALERTS, CODE_SCANNING_SETUP, CodeAlert, Says, ScanningSetup};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

const PAGE: &[(&str, &str)] = console!("code-security/code-scanning");
const CRITICAL: &str = "github.code_critical_days";
const HIGH: &str = "github.code_high_days";

/// The rule. Each repository:
///
/// | default setup | analyses that workflows delivered | it |
/// | --- | --- | --- |
/// | `configured` | any | passes |
/// | any other answer | one, or an alert of the repository | passes |
/// | `not-configured`, or 404, which is documented for "not there" | none, or GitHub says that there are none | fails |
/// | GitHub says that Advanced Security or Code Security has to be enabled | not asked for, none, or the same | fails: it was not bought or not switched on |
/// | `not-configured`, or 404 | not asked for | unknown: for a person to look at |
/// | another word or no answer | none, or not asked for | unknown |
///
/// Without a repository, all having been seen: not applicable.
pub static RUNS: Check = Check {
    id: "github.repo.code_scanning",
    alias: "GITHUB-47",
    version: 1,
    title: "Code scanning looks at every repository.",
    objectives: &["3.11.2[c]", "3.13.2[e]"],
    severity: Severity::Medium,
    remedy: "Settings > Code security > CodeQL analysis > Set up, for each listed repository. Private repositories need the product GitHub Code Security; another scanner can deliver its results by a workflow.",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Code security of each repository: CodeQL analysis; Security > Code scanning: tool status.",
        command: "gh api repos/ORG/REPO/code-scanning/default-setup --jq .state; gh api 'repos/ORG/REPO/code-scanning/analyses?per_page=1' --jq '.[].created_at'",
    },
    datasets: &[
        "github.repositories",
        "github.code_scanning_setup",
        "github.code_alerts",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: runs,
};

/// The rule. Each open alert of a repository that is judged, and of one that the list does not know:
///
/// | severity | open for | it |
/// | --- | --- | --- |
/// | critical, high | longer than the company's days for it | fails |
/// | critical, high | at most those days | passes |
/// | medium, low | any time | passes |
/// | not told, or a severity with days and no date | | unknown |
///
/// An alert that does not say that it is open is unknown where it would fail. Each repository beside that:
///
/// | code scanning, as the check on it says | it |
/// | --- | --- |
/// | runs | passes |
/// | does not | unknown: the service is not used there, so no alert says nothing |
/// | can't be told | unknown |
///
/// Without a repository, all having been seen: not applicable.
pub static ALERTS: Check = Check {
    id: "github.repo.code_alerts",
    alias: "GITHUB-48",
    version: 1,
    title: "No severe flaw that was found in code stays open for long.",
    objectives: &["3.11.3[b]", "3.14.1[f]"],
    severity: Severity::Medium,
    remedy: "Fix the listed flaws, or dismiss an alert with the reason why it is none.",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization > Security > Code scanning: open alerts, critical and high, by age.",
        command: "gh api --paginate 'orgs/ORG/code-scanning/alerts?state=open&severity=critical' --jq '.[] | [.repository.full_name, .number, .created_at]'; the same with severity=high",
    },
    datasets: &[
        "github.repositories",
        "github.code_scanning_setup",
        "github.code_alerts",
    ],
    parameters: &[CRITICAL, HIGH],
    clouds: Clouds::All,
    evaluate: |collected| alerts(collected).unwrap_or_else(Verdict::unknown),
};

const OFF: &str = "Code scanning does not run";
const PRODUCT: &str = "Code scanning does not run: Code Security (Advanced Security) is not enabled for the repository.";

/// Whether code scanning looks at a repository. `alerted` are the repositories it found something in.
fn scanned(repo: &Repo, setup: &Answers<ScanningSetup>, alerted: &BTreeSet<String>) -> Told {
    if alerted.contains(&repo.name.to_lowercase()) {
        return Told::Yes;
    }
    // Where nobody asked for analyses, the default setup alone has to tell.
    let analyses = match setup.part(&repo.name, "analyses") {
        Found::There(ScanningSetup::Analyses(list)) => Some(Told::of(
            Some(!list.is_empty()),
            "Neither the default setup nor a workflow scans the code.",
            "",
        )),
        Found::There(ScanningSetup::Default { .. }) => {
            Some(Told::silent("GitHub's answer about analyses is none."))
        }
        Found::Says(Says::Off) => Some(Told::no(
            "Neither the default setup nor a workflow scans the code.",
        )),
        Found::Says(Says::Plan) => Some(Told::no(PRODUCT)),
        Found::Says(says) => Some(unexpected(says)),
        Found::Lacking(_) => None,
    };
    let default = match setup.about(repo) {
        Found::There(ScanningSetup::Default { state }) => match state.as_deref() {
            Some("configured") => return Told::Yes,
            Some("not-configured") => None,
            _ => Some(Told::silent(
                "GitHub does not say whether the default setup is on.",
            )),
        },
        Found::There(ScanningSetup::Analyses(_)) => Some(Told::silent(
            "GitHub's answer about the default setup is none.",
        )),
        Found::Says(Says::Plan) => Some(Told::no(PRODUCT)),
        Found::Says(Says::Off) => None,
        Found::Says(says) => Some(unexpected(says)),
        Found::Lacking(reason) => Some(Told::Unclear(reason)),
    };
    match (default, analyses) {
        (_, Some(Told::Yes)) => Told::Yes,
        (Some(unclear @ Told::Unclear(_)), _) => unclear,
        (_, Some(told)) => told,
        (Some(told), None) => told,
        (None, None) => Told::for_a_person(
            "The default setup is off, and whether a workflow scans the code was not asked for.",
        ),
    }
}

/// The repositories that code scanning found something in.
fn alerted(collected: &Collected<'_>) -> BTreeSet<String> {
    let rows = collected.rows::<CodeAlert>(CODE_ALERTS.id);
    rows.map(|rows| rows.rows)
        .unwrap_or_default()
        .into_iter()
        .filter(|alert| alert.number.is_some())
        .filter_map(|alert| Some(alert.repository?.to_lowercase()))
        .collect()
}

fn runs(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let setup = Answers::<ScanningSetup>::needed(collected, &mut jury, CODE_SCANNING_SETUP.id);
    let alerted = alerted(collected);
    for repo in &repos {
        jury.repository(repo, scanned(repo, &setup, &alerted));
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

fn alerts(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let (critical, high) = (number(collected, CRITICAL)?, number(collected, HIGH)?);
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let setup = Answers::<ScanningSetup>::needed(collected, &mut jury, CODE_SCANNING_SETUP.id);
    open_alerts::judge(
        collected,
        &mut jury,
        CODE_ALERTS.id,
        OFF,
        |alert: &CodeAlert| {
            let rule = alert.rule.as_ref();
            let level = rule.and_then(|rule| rule.security_severity_level.as_deref());
            let what = rule.and_then(|rule| rule.id.as_deref()).unwrap_or("flaw");
            match in_time(level, alert.created_at, collected.now, critical, high) {
                Told::No(why) => Told::no(format!("{what}: {why}")),
                told => told,
            }
        },
    );
    let alerted = alerted(collected);
    for repo in &repos {
        let told = match scanned(repo, &setup, &alerted) {
            Told::No(_) => Told::Unclear(open_alerts::not_used(OFF)),
            told => told,
        };
        jury.repository(repo, told);
    }
    Ok(jury.conclude(WhenEmpty::NotApplicable))
}

#[cfg(test)]
mod tests;
