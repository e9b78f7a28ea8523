//! Answers as people read them on a terminal.

use engine::api::{
    Access, Collected, Connected, DueRun, EvidenceDetail, EvidenceItem, EvidenceList,
    FindingChange, FindingSide, Findings, ImportDone, Integration, Integrations, ParameterList,
    PermissionState, Providers, RequirementStatus, RunReport, ScoreReport, Status, Tested,
    VaultVerified,
};
use evidence::{Finding, Outcome};
use std::fmt::Write as _;

/// Resources listed for a finding; the JSON has all.
const RESOURCES: usize = 20;

macro_rules! put {
    ($out:ident, $($arg:tt)*) => { let _ = writeln!($out, $($arg)*); };
}

/// A text of a service without characters that could move the cursor or hide something.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
                '\u{fffd}'
            } else {
                c
            }
        })
        .take(200)
        .collect()
}

pub(crate) fn created(answer: &crate::run::InitAnswer) -> String {
    let mut out = format!(
        "Made the company \"{}\" (Level {}).\n",
        clean(&answer.company.profile.name),
        answer.company.profile.level
    );
    if let Some(key) = &answer.recovery_key {
        put!(
            out,
            "\nRecovery key, shown once. Without it a lost passphrase or key store means lost evidence:\n\n  {key}\n"
        );
    }
    out
}

pub(crate) fn providers(answer: &Providers) -> String {
    let mut out = String::new();
    for card in &answer.providers {
        let text = |name: &str| {
            card.manifest
                .get(name)
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        put!(
            out,
            "{:<12} {} - {} checks, {} objectives",
            text("id"),
            text("name"),
            card.checks.len(),
            card.objectives.len()
        );
    }
    out
}

/// The scripts alone, so that they can be piped; the permissions where the provider has no script.
pub(crate) fn policy(answer: &Access) -> String {
    let scripts: Vec<&str> = answer
        .scripts
        .iter()
        .map(|script| script.text.trim_matches('\n'))
        .collect();
    if !scripts.is_empty() {
        return scripts.join("\n\n");
    }
    let grants: Vec<&str> = answer
        .permissions
        .iter()
        .map(|permission| permission.grant.as_str())
        .collect();
    grants.join("\n")
}

/// How much a policy grants, and what can't be checked with it.
pub(crate) fn left_out(answer: &Access) -> String {
    let mut out = format!("Permissions granted: {}.\n", answer.permissions.len());
    if !answer.lost_checks.is_empty() {
        put!(
            out,
            "{} of {} checks will say \"could not check: permission missing\".",
            answer.lost_checks.len(),
            answer.checks.len()
        );
    }
    out
}

fn permissions(out: &mut String, permissions: &[PermissionState]) {
    for permission in permissions {
        put!(
            out,
            "  {:<8} {}  {}",
            permission.state,
            clean(&permission.permission),
            permission.why
        );
        if !permission.fix.is_empty() {
            put!(out, "           Fix: {}", permission.fix);
        }
    }
}

pub(crate) fn connected(answer: &Connected) -> String {
    let one = &answer.integration;
    let mut out = format!(
        "Connected \"{}\": {} ({}).\n",
        clean(&one.label),
        clean(&one.identity_name),
        clean(&one.identity_id)
    );
    for notice in &answer.notices {
        put!(out, "  {notice}");
    }
    permissions(&mut out, &answer.permissions);
    out
}

pub(crate) fn tested(answer: &Tested) -> String {
    let mut out = format!(
        "{} ({}) answers.\n",
        clean(&answer.identity_name),
        clean(&answer.identity_id)
    );
    for warning in &answer.warnings {
        put!(out, "  {warning}");
    }
    permissions(&mut out, &answer.permissions);
    out
}

pub(crate) fn integrations(answer: &Integrations) -> String {
    if answer.integrations.is_empty() {
        return "Nothing is connected yet. See `cmmc providers`.".to_owned();
    }
    let mut out = String::new();
    for one in &answer.integrations {
        let checks = &one.checks;
        put!(
            out,
            "{}  {} [{}] {}  last sync {}  checks: {} pass, {} fail, {} could not check",
            one.id,
            clean(&one.label),
            one.integration_type,
            one.status,
            one.last_sync_at.as_deref().unwrap_or("never"),
            checks.pass,
            checks.fail,
            checks.unknown
        );
        if let Some(error) = &one.error_message {
            put!(out, "    {}", clean(error));
        }
    }
    out
}

pub(crate) fn removed(answer: &Integration) -> String {
    format!(
        "Removed \"{}\": its credentials are destroyed. Its {} evidence items are kept.",
        clean(&answer.label),
        answer.evidence_count
    )
}

pub(crate) fn runs(runs: &[RunReport]) -> String {
    if runs.is_empty() {
        return "Nothing is connected yet. See `cmmc providers`.".to_owned();
    }
    let mut out = String::new();
    for run in runs {
        put!(out, "{}: {}", clean(&run.label), run.state);
        if let Some(error) = &run.error {
            put!(out, "  {} {}\n  Fix: {}", error.what, error.why, error.fix);
        }
        for dataset in &run.datasets {
            put!(
                out,
                "  {:<11} {} ({} rows)",
                dataset.state,
                dataset.id,
                dataset.rows
            );
            if let Some(reason) = &dataset.reason {
                put!(out, "              {}", clean(&reason.detail));
            }
        }
    }
    out
}

fn finding(out: &mut String, finding: &Finding) {
    let word = match finding.outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "FAIL",
        Outcome::NotApplicable => "n/a",
        Outcome::Unknown => "could not check",
    };
    put!(
        out,
        "{word}: {} [{}]",
        clean(&finding.title),
        clean(&finding.check)
    );
    if let Some(from) = &finding.imported {
        put!(
            out,
            "  imported: {} {} said so in {} ({}), not CMMCPro",
            from.tool,
            clean(from.version.as_deref().unwrap_or_default()),
            clean(&from.file),
            from.sha256
        );
    }
    if let Some(reason) = &finding.reason {
        put!(out, "  {}", clean(&reason.detail));
    }
    for resource in finding.resources.iter().take(RESOURCES) {
        put!(
            out,
            "  - {}: {}",
            clean(&resource.name),
            clean(&resource.note)
        );
    }
    if finding.resources.len() > RESOURCES {
        put!(
            out,
            "  ... and {} more (see --json)",
            finding.resources.len() - RESOURCES
        );
    }
    let population = &finding.population;
    let total = population
        .total
        .map_or_else(|| "an unknown number".to_owned(), |total| total.to_string());
    put!(
        out,
        "  seen {} of {total}, collected {}",
        population.seen,
        finding.collected_at
    );
}

fn suggestion(indication: &str) -> &'static str {
    match indication {
        "compliant" => "checks suggest met",
        "non_compliant" => "checks suggest not met",
        _ => "checks can't tell",
    }
}

pub(crate) fn collected(answer: &Collected) -> String {
    let mut out = format!(
        "{}: {} ({} evidence items). A person decides.\n",
        answer.requirement,
        suggestion(&answer.compliance_status),
        answer.evidence_count
    );
    if let Some(rule) = &answer.legacy_rule {
        put!(
            out,
            "Old rule: {} of {} enabled members have MFA registered (threshold {:.0} %): {}",
            rule.registered,
            rule.eligible,
            rule.threshold * 100.0,
            rule.compliance_status
        );
    }
    for one in &answer.findings {
        finding(&mut out, one);
    }
    for run in &answer.runs {
        if let Some(error) = &run.error {
            put!(out, "{}: {} {}", clean(&run.label), error.what, error.why);
        }
    }
    out
}

pub(crate) fn findings(answer: &Findings) -> String {
    if let Some(changes) = &answer.changes {
        return again(answer.findings.len(), changes);
    }
    if answer.findings.is_empty() {
        return "No findings. Sync a connection first, or widen the filter.".to_owned();
    }
    let mut out = String::new();
    for one in &answer.findings {
        finding(&mut out, one);
    }
    out
}

/// What judging again shows: only what is different.
fn again(judged: usize, changes: &[FindingChange]) -> String {
    let mut out = String::new();
    for change in changes {
        let side = |side: &Option<FindingSide>| {
            side.as_ref()
                .map_or_else(|| "nothing".to_owned(), |side| side.outcome.clone())
        };
        put!(
            out,
            "{} -> {}: {} [{}] ({})",
            side(&change.before),
            side(&change.after),
            clean(&change.title),
            clean(&change.check),
            clean(&change.integration_label)
        );
        for cause in &change.why {
            put!(out, "  {}", clean(&cause.what));
        }
        for (sign, resources) in [
            ("-", &change.resources_gone),
            ("+", &change.resources_added),
        ] {
            for resource in resources.iter().take(RESOURCES) {
                put!(
                    out,
                    "  {sign} {}: {}",
                    clean(&resource.name),
                    clean(&resource.note)
                );
            }
            if resources.len() > RESOURCES {
                put!(
                    out,
                    "  {sign} ... and {} more (see --json)",
                    resources.len() - RESOURCES
                );
            }
        }
    }
    put!(
        out,
        "Judged {judged} findings again: {} different from what was recorded.",
        if changes.is_empty() {
            "none is".to_owned()
        } else if changes.len() == 1 {
            "1 is".to_owned()
        } else {
            format!("{} are", changes.len())
        }
    );
    out
}

pub(crate) fn imported(answer: &ImportDone) -> String {
    let item = &answer.evidence;
    let mut out = String::new();
    if let Some(from) = &item.imported {
        put!(
            out,
            "{} {} of {} (made {}): {}",
            from.tool,
            clean(from.version.as_deref().unwrap_or_default()),
            clean(&from.account),
            from.made_at,
            if answer.added {
                format!("imported as revision {}", item.revision)
            } else {
                "this file was imported before, nothing was added".to_owned()
            }
        );
        put!(out, "  evidence  {}", item.id);
        put!(out, "  file      {} {}", clean(&from.file), from.sha256);
    }
    let checks = &answer.checks;
    put!(
        out,
        "  checks    {} pass, {} fail, {} can't tell; {} map to no objective",
        checks.pass,
        checks.fail,
        checks.unknown,
        answer.unmapped
    );
    for one in &answer.disagreements {
        put!(out, "  disagrees {}", clean(&one.what));
    }
    put!(
        out,
        "They are shown beside the product's own findings and decide nothing."
    );
    out
}

pub(crate) fn evidence(answer: &EvidenceList) -> String {
    if answer.evidence.is_empty() {
        return "No evidence. Sync a connection first, or widen the filter.".to_owned();
    }
    let mut out = String::new();
    for item in &answer.evidence {
        put!(
            out,
            "{}  {} ({}{})  revision {}, {} rows, {}, {}",
            item.id,
            item.title,
            if item.imported.is_some() {
                "imported, "
            } else {
                ""
            },
            clean(&item.integration_label),
            item.revision,
            item.rows,
            item.state,
            item.review
        );
    }
    out
}

pub(crate) fn evidence_item(answer: &EvidenceDetail) -> String {
    let item = &answer.item;
    let mut out = format!("{}: {}\n", item.title, item.what);
    put!(
        out,
        "  from      {} ({}), cloud {}",
        clean(&answer.identity.name),
        clean(&answer.identity.id),
        answer.identity.cloud
    );
    if let Some(host) = &item.custom_host {
        put!(out, "  endpoint  custom: {}", clean(host));
    }
    put!(
        out,
        "  collected {}, last seen unchanged {}",
        item.collected_at,
        item.confirmed_at
    );
    put!(out, "  state     {}, review {}", item.state, item.review);
    put!(
        out,
        "  content   {} ({} rows, {} pages)",
        item.content_sha256,
        item.rows,
        item.pages
    );
    put!(out, "  snapshot  {}", item.snapshot);
    put!(out, "  supports  {}", item.objectives.join(", "));
    for page in &answer.pages {
        put!(
            out,
            "  page      {} {} {} {}",
            page.request.method,
            page.request.host,
            page.request.path,
            page.page_sha256
        );
    }
    out
}

pub(crate) fn reviewed(answer: &EvidenceItem) -> String {
    format!(
        "{}: revision {} is {}.",
        answer.title, answer.revision, answer.review
    )
}

pub(crate) fn requirement(answer: &RequirementStatus) -> String {
    let mut out = format!(
        "{}: {}{}, {}, collection {}\n",
        answer.id,
        answer.determination,
        if answer.partial {
            " (partial credit)"
        } else {
            ""
        },
        suggestion(&answer.indication),
        answer.collection_state
    );
    for objective in &answer.objectives {
        let by = objective
            .decided
            .as_ref()
            .map_or_else(String::new, |decided| {
                format!(" by {} on {}", clean(&decided.by), decided.at)
            });
        put!(out, "  {} {}{by}", objective.id, objective.determination);
    }
    let imported = &answer.imported;
    if imported.pass + imported.fail + imported.unknown + imported.not_applicable > 0 {
        put!(
            out,
            "  imported from other tools, beside that: {} pass, {} fail, {} can't tell",
            imported.pass,
            imported.fail,
            imported.unknown
        );
    }
    out
}

pub(crate) fn status(answer: &Status) -> String {
    if let [one] = answer.requirements.as_slice() {
        return requirement(one);
    }
    let mut out = String::new();
    for one in &answer.requirements {
        put!(
            out,
            "{:<8} {:<14} {:<24} collection {}",
            one.id,
            one.determination,
            suggestion(&one.indication),
            one.collection_state
        );
    }
    out
}

pub(crate) fn score(answer: &ScoreReport) -> String {
    let mut out = String::new();
    match (answer.score, answer.level_one_met) {
        (Some(score), _) => {
            let provisional = if answer.is_final {
                ""
            } else {
                " (provisional)"
            };
            put!(
                out,
                "Score {score}{provisional}: {} of {} requirements assessed.",
                answer.assessed,
                answer.total
            );
        }
        (None, Some(met)) => {
            put!(
                out,
                "Level 1: {met} of {} requirements met, {} assessed.",
                answer.total,
                answer.assessed
            );
        }
        (None, None) => {
            put!(
                out,
                "No score. {}",
                answer.reason.as_deref().unwrap_or_default()
            );
        }
    }
    for deduction in answer
        .deductions
        .iter()
        .filter(|deduction| deduction.why != "Not assessed yet.")
    {
        put!(
            out,
            "  -{} {}: {}",
            deduction.points,
            deduction.requirement,
            deduction.why
        );
    }
    if let Some(projected) = answer.projected.score {
        put!(
            out,
            "Projected {projected}, if the checks are right. That is not the score."
        );
    }
    out
}

pub(crate) fn parameters(answer: &ParameterList) -> String {
    let mut out = String::new();
    for one in &answer.parameters {
        put!(out, "{} = {}  {}", one.key, one.value, one.label);
        if let Some(set) = &one.set {
            let until = one
                .until
                .as_deref()
                .map_or_else(String::new, |until| format!(", until {until}"));
            put!(
                out,
                "    set by {} on {}{until}: {}",
                clean(&set.by),
                set.at,
                clean(set.why.as_deref().unwrap_or_default())
            );
        }
    }
    out
}

pub(crate) fn due(answer: &DueRun) -> String {
    match &answer.due {
        None => "Nothing is due.".to_owned(),
        Some(due) => {
            let mut out = format!("Ran what was due at {due}.\n");
            if answer.missed > 0 {
                put!(
                    out,
                    "It stands for {} earlier ones that were missed.",
                    answer.missed
                );
            }
            out.push_str(&runs(&answer.runs));
            out
        }
    }
}

pub(crate) fn verified(answer: &VaultVerified) -> String {
    if answer.ok {
        return format!(
            "The vault is intact: {} entries, head {}.",
            answer.entries, answer.head
        );
    }
    let mut out = format!(
        "The vault is NOT intact: {} problems.\n",
        answer.problems.len()
    );
    for problem in &answer.problems {
        put!(out, "  {}: {}", problem.place, problem.what);
    }
    out
}
