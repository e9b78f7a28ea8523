//! `cargo xtask run`: the app, or where there is no display, the main job told step by step.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cmmc::TemporaryCompany;
use crate::emulator::Emulator;
use crate::process::Step;
use crate::{Outcome, setup, workspace};

/// The control the tour collects for: multi-factor sign-in.
const TOUR_CONTROL: &str = "IA.L2-3.5.3";

/// Opens the window, or gives the tour.
pub fn run() -> Outcome {
    if has_display(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())) {
        open_the_window()
    } else {
        println!("There is no display here, so the main job runs without the window.\n");
        tour()
    }
}

fn has_display(is_set: impl Fn(&str) -> bool) -> bool {
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn open_the_window() -> Outcome {
    setup::for_the_window()?;
    setup::build_ui()?;
    Step::cargo()
        .args([
            "build",
            "--package",
            "cmmcpro",
            "--features",
            workspace::APP_FEATURES,
        ])
        .run()?;
    Step::new(workspace::built("debug", "cmmcpro")).run()
}

fn tour() -> Outcome {
    setup::for_the_command()?;
    Step::cargo()
        .args(["build", "--package", "graph-emulator", "--package", "cli"])
        .run()?;

    println!("\nStarting a made-up Microsoft Entra ID tenant on this machine...");
    let emulator = Emulator::start(&workspace::built("debug", "graph-emulator"), &[])?;
    println!("Creating an encrypted vault for a made-up company...");
    let company =
        TemporaryCompany::create(&workspace::built("debug", "cmmc"), "Tour Machine Shop")?;
    println!("Connecting the tenant, read-only...");
    company.connect(&emulator.tenant, "Tour tenant")?;
    println!("Collecting everything the tenant can tell...");
    let sync = company.json(&["sync", "--all"])?;
    println!("Collecting for {TOUR_CONTROL} alone (multi-factor sign-in)...");
    let collected = company.json(&["collect", TOUR_CONTROL])?;
    let status = company.json(&["status"])?;
    let score = company.json(&["score"])?;
    println!("\n{}", summary(&sync, &collected, &status, &score));
    Ok(())
}

/// What happened, for somebody who has never seen the product.
fn summary(sync: &Value, collected: &Value, status: &Value, score: &Value) -> String {
    let mut lines = vec![
        "What just happened".to_owned(),
        format!("  - {}", told_sync(sync)),
        format!("  - {}", told_mfa(collected)),
        format!("  - {}", told_status(status)),
        format!("  - {}", told_score(score)),
    ];
    lines.extend(
        [
            "",
            "All of it was made up, stayed on this machine, and is deleted again.",
            "",
            "What next",
            "  - The window: run `cargo xtask run` where there is a display.",
            "  - Your own hands: `cargo xtask emulate` keeps the made-up tenant running and prints the command to connect it.",
            "  - The tests: `cargo xtask test`.",
        ]
        .map(str::to_owned),
    );
    lines.join("\n")
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn told_sync(sync: &Value) -> String {
    let datasets: Vec<&Value> = list(sync, "runs")
        .iter()
        .flat_map(|run| list(run, "datasets"))
        .collect();
    let current = datasets
        .iter()
        .filter(|dataset| text(dataset, "state") == "current")
        .count();
    let users = datasets
        .iter()
        .find(|dataset| text(dataset, "id") == "entra-id.users")
        .and_then(|dataset| dataset.get("rows"))
        .and_then(Value::as_u64);
    let people = users.map_or_else(String::new, |users| format!(", with {users} user accounts"));
    format!(
        "{current} of {} datasets were collected completely{people}.",
        datasets.len()
    )
}

fn told_mfa(collected: &Value) -> String {
    let without: BTreeSet<&str> = list(collected, "findings")
        .iter()
        .filter(|finding| text(finding, "check").contains("mfa"))
        .flat_map(|finding| list(finding, "resources"))
        .filter(|resource| text(resource, "outcome") == "fail" && text(resource, "type") == "user")
        .map(|resource| text(resource, "name"))
        .collect();
    let names: Vec<&str> = without.iter().copied().take(10).collect();
    let more = without.len() - names.len();
    let (verb, rest) = match (without.len(), more) {
        (1, _) => ("account lacks", String::new()),
        (_, 0) => ("accounts lack", String::new()),
        (_, more) => ("accounts lack", format!(" and {more} more")),
    };
    let who = match (without.len(), text(collected, "complianceStatus")) {
        (0, "compliant") => "no account was found without multi-factor sign-in".to_owned(),
        // Nothing bad seen is not the same as nothing bad there.
        (0, _) => {
            "the collected data names no account without multi-factor sign-in, and proves nothing"
                .to_owned()
        }
        (count, _) => format!(
            "{count} {verb} multi-factor sign-in: {}{rest}",
            names.join(", ")
        ),
    };
    let suggestion = match text(collected, "complianceStatus") {
        "compliant" => "met",
        "non_compliant" => "not met",
        _ => "can't tell yet",
    };
    format!("{TOUR_CONTROL}: {who}. The checks suggest: {suggestion}. A person decides.")
}

fn told_status(status: &Value) -> String {
    let requirements = list(status, "requirements");
    let with_evidence = requirements
        .iter()
        .filter(|requirement| !matches!(text(requirement, "collectionState"), "never" | ""))
        .count();
    format!(
        "{with_evidence} of the {} requirements of CMMC Level 2 have evidence collected for them now.",
        requirements.len()
    )
}

fn told_score(score: &Value) -> String {
    let assessed = score.get("assessed").and_then(Value::as_u64).unwrap_or(0);
    match score.get("score").and_then(Value::as_i64) {
        Some(points) => {
            format!("The score so far is {points}, with {assessed} requirements assessed.")
        }
        None => format!(
            "There is no score yet ({assessed} requirements assessed): it needs a system security plan, requirement 3.12.4."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_display_is_either_kind_and_never_an_empty_word() {
        if cfg!(target_os = "linux") {
            assert!(has_display(|name| name == "WAYLAND_DISPLAY"));
            assert!(has_display(|name| name == "DISPLAY"));
            assert!(!has_display(|_| false));
        } else {
            assert!(has_display(|_| false));
        }
    }

    #[test]
    fn the_summary_tells_users_who_lacks_mfa_and_the_score() {
        let sync = json!({"runs": [{"integrationId": "i", "datasets": [
            {"id": "entra-id.users", "state": "current", "rows": 12, "pages": 1},
            {"id": "entra-id.audit_logs", "state": "failed", "rows": 0, "pages": 0}]}]});
        let collected = json!({"complianceStatus": "non_compliant", "findings": [
            {"check": "entra-id.mfa.members_registered", "resources": [
                {"type": "user", "name": "ben@example.com", "outcome": "fail"},
                {"type": "user", "name": "ann@example.com", "outcome": "fail"},
                {"type": "policy", "name": "CA02", "outcome": "fail"},
                {"type": "user", "name": "cy@example.com", "outcome": "unknown"}]},
            {"check": "entra-id.mfa.admins", "resources": [{"type": "user", "name": "ann@example.com", "outcome": "fail"}]},
            {"check": "entra-id.guests", "resources": [{"type": "user", "name": "dee@example.com", "outcome": "fail"}]}]});
        let status = json!({"requirements": [{"id": "3.5.3", "collectionState": "current"}, {"id": "3.5.4", "collectionState": "never"}]});
        let score = json!({"score": null, "final": false, "assessed": 0});
        let told = summary(&sync, &collected, &status, &score);
        assert!(told.contains("1 of 2 datasets were collected completely, with 12 user accounts."));
        assert!(told.contains("2 accounts lack multi-factor sign-in: ann@example.com, ben@example.com. The checks suggest: not met."));
        assert!(told.contains("1 of the 2 requirements"));
        assert!(told.contains("There is no score yet (0 requirements assessed)"));
    }

    #[test]
    fn nothing_seen_is_not_told_as_nothing_there() {
        let told = told_mfa(&json!({"complianceStatus": "inconclusive", "findings": []}));
        assert!(told.contains("proves nothing") && told.contains("can't tell yet"));
        let one = json!({"findings": [{"check": "x.mfa", "resources": [{"type": "user", "name": "ann", "outcome": "fail"}]}]});
        assert!(told_mfa(&one).contains("1 account lacks multi-factor sign-in: ann."));
    }

    #[test]
    fn a_long_list_is_cut() {
        let resources: Vec<Value> = (10..25)
            .map(|n| json!({"type": "user", "name": format!("u{n}"), "outcome": "fail"}))
            .collect();
        let told = told_mfa(&json!({"findings": [{"check": "x.mfa", "resources": resources}]}));
        assert!(
            told.contains("15 accounts lack multi-factor sign-in: u10")
                && told.contains("and 5 more")
        );
    }
}
