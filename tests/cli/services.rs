//! Every service at once: what each check says of its made-up company, and what it says when things go wrong. No fault
//! may make anything look better, and when it is over everything is as before.

use end_to_end::{Desk, Entra, GitHub, Moto};
use serde_json::Value;
use std::collections::BTreeMap;

/// What each check says, by its id.
type Outcomes = BTreeMap<String, String>;

/// One computer that is connected to all of them.
struct Services {
    desk: Desk,
    entra: Entra,
    moto: Moto,
    github: GitHub,
}

impl Services {
    fn connected() -> Self {
        let services = Self {
            desk: Desk::with_company(),
            entra: Entra::start(),
            moto: Moto::start(),
            github: GitHub::start(),
        };
        services.entra.connect(&services.desk);
        services.moto.connect(&services.desk);
        services.github.connect(&services.desk);
        services
    }

    /// Syncs everything; says how each run ended.
    fn sync(&self) -> Vec<String> {
        let answer = self.desk.cmmc(&["sync", "--all", "--no-pacing"]).json();
        let runs = answer["runs"].as_array().unwrap();
        runs.iter()
            .map(|run| run["state"].as_str().unwrap().to_owned())
            .collect()
    }

    fn outcomes(&self) -> Outcomes {
        let answer = self.desk.cmmc(&["findings"]).ok();
        let findings = answer["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|finding| {
                let text = |key: &str| finding[key].as_str().unwrap().to_owned();
                (text("check"), text("outcome"))
            })
            .collect()
    }

    /// Every finding says where its data comes from and, if it is unknown, why.
    fn every_finding_is_whole(&self) {
        let answer = self.desk.cmmc(&["findings"]).ok();
        for finding in answer["findings"].as_array().unwrap() {
            assert_eq!(finding["custom"], true, "{finding:#}");
            let unknown = finding["outcome"] == "unknown";
            assert_eq!(unknown, !finding["reason"].is_null(), "{finding:#}");
            if finding["outcome"] == "fail" {
                let resources = finding["resources"].as_array().unwrap();
                assert!(resources.iter().any(|one| one["outcome"] == "fail"));
            }
        }
    }

    fn clear(&self) {
        self.entra.emulator.faults().clear_all();
        self.moto.emulator().faults().clear_all();
        self.github.emulator.faults().clear_all();
    }
}

/// How good it looks: a fault may take away, and never add.
fn rank(outcome: &str) -> u8 {
    match outcome {
        "pass" => 3,
        "not_applicable" => 2,
        "unknown" => 1,
        _ => 0,
    }
}

#[track_caller]
fn never_better(fault: &str, before: &Outcomes, after: &Outcomes) {
    for (check, outcome) in after {
        let was = &before[check];
        let better = rank(outcome) > rank(was).max(1);
        // What was not seen failing does not fail because something could not be read.
        let made_up = outcome == "fail" && was != "fail";
        assert!(
            !better && !made_up,
            "{fault}: {check} was {was} and is {outcome}"
        );
    }
}

#[test]
fn every_check_of_every_service_has_its_outcome() {
    let services = Services::connected();
    assert_eq!(services.sync(), ["done", "done", "done"]);
    let found = services.outcomes();
    let expected: Outcomes = serde_json::from_str(include_str!("expected/outcomes.json")).unwrap();
    let differing: Vec<_> = expected
        .iter()
        .filter(|(check, outcome)| found.get(*check) != Some(*outcome))
        .map(|(check, outcome)| format!("{check}: {outcome}, and is {:?}", found.get(check)))
        .chain(
            found
                .iter()
                .filter(|(check, _)| !expected.contains_key(*check))
                .map(|(check, outcome)| format!("{check}: not expected, and is {outcome}")),
        )
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
    services.every_finding_is_whole();
    // The second time, what GitHub did not change is confirmed and not sent again, and nothing else is different.
    let again = services
        .desk
        .cmmc(&["sync", end_to_end::github::LABEL, "--no-pacing"])
        .ok();
    let run = &again["runs"][0];
    let confirmed: u64 = datasets(run, "confirmed");
    let pages: u64 = datasets(run, "pages");
    // Answers that say "off" or "none" by their status have no tag.
    assert!(confirmed * 4 >= pages * 3, "{confirmed} of {pages}");
    assert_eq!(services.outcomes(), found);
    assert!(
        services
            .github
            .emulator
            .log()
            .iter()
            .all(|one| one.is_read_only())
    );
    services.desk.cmmc(&["vault", "verify"]).ok();
}

fn datasets(run: &Value, key: &str) -> u64 {
    let datasets = run["datasets"].as_array().unwrap();
    datasets.iter().map(|one| one[key].as_u64().unwrap()).sum()
}

#[test]
fn no_fault_makes_anything_look_better_and_all_of_them_pass() {
    use aws_emulator::{Denial, Fault as Aws};
    use github_emulator::Fault as GitHubFault;
    use graph_emulator::Fault as Graph;
    let services = Services::connected();
    assert_eq!(services.sync(), ["done", "done", "done"]);
    let before = services.outcomes();
    let modes: [(&str, Graph, Aws, GitHubFault); 6] = [
        (
            "denied",
            Graph::Forbidden,
            Aws::Denied(Denial::NoPolicy),
            GitHubFault::Forbidden,
        ),
        (
            "a web page",
            Graph::HtmlPage,
            Aws::HtmlPage,
            GitHubFault::HtmlPage,
        ),
        (
            "cut off",
            Graph::InvalidJson,
            Aws::InvalidBody,
            GitHubFault::InvalidJson,
        ),
        (
            "empty",
            Graph::EmptyBody,
            Aws::EmptyBody,
            GitHubFault::EmptyBody,
        ),
        (
            "going round",
            Graph::RepeatNextLink,
            Aws::RepeatToken,
            GitHubFault::RepeatNext,
        ),
        (
            "refused",
            Graph::Unauthorized { times: u32::MAX },
            Aws::Expired,
            GitHubFault::Unauthorized,
        ),
    ];
    for (name, graph, aws, github) in modes {
        services.entra.emulator.faults().set("/v1.0/", graph);
        // Behind a repeated token the stand-in asks moto, which knows less of EC2 than the stand-in's own answers.
        let scope = if name == "going round" { "iam" } else { "*" };
        services.moto.emulator().faults().set(scope, aws);
        services.github.emulator.faults().set("/", github);
        services.sync();
        never_better(name, &before, &services.outcomes());
        services.every_finding_is_whole();
        services.clear();
    }
    assert_eq!(services.sync(), ["done", "done", "done"]);
    assert_eq!(services.outcomes(), before, "everything is as before");
    services.desk.cmmc(&["vault", "verify"]).ok();
}

#[test]
fn being_told_to_slow_down_changes_nothing() {
    use aws_emulator::Fault as Aws;
    use github_emulator::Fault as GitHubFault;
    use graph_emulator::Fault as Graph;
    let services = Services::connected();
    let slow = Graph::Throttle {
        times: 2,
        retry_after: Some(stand_in::RetryAfter::Seconds(1)),
    };
    services.entra.emulator.faults().set("/v1.0/", slow);
    services
        .moto
        .emulator()
        .faults()
        .set("*", Aws::Throttle { times: 2 });
    let limit = GitHubFault::SecondaryLimit {
        status: 403,
        retry_after: Some(1),
    };
    services.github.emulator.faults().set_times("/", limit, 2);
    assert_eq!(services.sync(), ["done", "done", "done"]);
    let expected: Outcomes = serde_json::from_str(include_str!("expected/outcomes.json")).unwrap();
    assert_eq!(services.outcomes(), expected);
}
