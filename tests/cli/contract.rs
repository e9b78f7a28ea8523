//! Shapes and exit codes that other programs rely on.

use end_to_end::answer::exit;
use end_to_end::desk::COMPANY;
use end_to_end::{Desk, Entra};
use serde_json::Value;

#[test]
fn a_new_company_has_everything_to_do_and_an_intact_vault() {
    let desk = Desk::with_company();
    let status = desk.cmmc(&["status"]).ok();
    let requirements = status["requirements"].as_array().unwrap();
    assert_eq!(requirements.len(), 110);
    let objectives: usize = requirements
        .iter()
        .map(|one| one["objectives"].as_array().unwrap().len())
        .sum();
    assert_eq!(objectives, 320);
    for one in requirements {
        assert_eq!(one["weight"].is_null(), one["id"] == "3.12.4", "{one}");
        assert_eq!(one["collectionState"], "never");
        assert_eq!(one["indication"], "inconclusive");
        assert_eq!(one["determination"], "not_assessed");
    }
    let verified = desk.cmmc(&["vault", "verify"]).ok();
    assert_eq!(verified["ok"], true);
    assert!(verified["entries"].as_u64().unwrap() > 0);
    assert_eq!(verified["problems"], Value::Array(Vec::new()));
}

#[test]
fn every_command_prints_one_document_and_reads_global_options_on_both_sides() {
    let desk = Desk::with_company();
    let data = desk.data().display().to_string();
    let passphrase = desk.path("passphrase").display().to_string();
    let entra = Entra::start();
    entra.connect(&desk);
    desk.cmmc(&["sync"]).ok();
    let items = desk.cmmc(&["evidence", "list"]).ok();
    let item = items["evidence"][0]["id"].as_str().unwrap().to_owned();
    let commands: [(&[&str], &str); 16] = [
        (&["providers"], "providers"),
        (&["providers", "aws", "--policy"], "permissions"),
        (&["list"], "integrations"),
        (&["list", "--all"], "integrations"),
        (&["test", end_to_end::entra::LABEL], "permissions"),
        (&["findings", "--outcome", "fail"], "findings"),
        (&["findings", "--history"], "findings"),
        (&["findings", "--reevaluate"], "findings"),
        (&["evidence", "list", "--requirement", "3.5.3"], "evidence"),
        (&["evidence", "show", &item], "item"),
        (&["params", "list"], "parameters"),
        (&["status", "IA.L2-3.5.3"], "requirements"),
        (&["score"], "score"),
        (&["schedule", "run-due"], "due"),
        (&["collect", "3.5.3"], "complianceStatus"),
        (&["vault", "verify"], "ok"),
    ];
    let global = [
        "--json",
        "--data-dir",
        &data,
        "--company",
        COMPANY,
        "--passphrase-file",
        &passphrase,
    ];
    for (turn, (words, key)) in commands.into_iter().enumerate() {
        let answer = if turn % 2 == 0 {
            desk.plain(&[words, &global].concat())
        } else {
            desk.plain(&[&global, words].concat())
        };
        assert!(
            answer.ok().get(key).is_some(),
            "`{}` has no {key}: {answer:#?}",
            words.join(" ")
        );
        assert_eq!(
            answer.stderr, "",
            "messages only where there is something to say"
        );
    }
    for words in [
        &["findings"][..],
        &["evidence", "list"],
        &["status"],
        &["score"],
        &["list"],
    ] {
        let for_people = desk.plain(&[words, &global[1..]].concat());
        assert_eq!(for_people.code, Some(exit::DONE), "{for_people:#?}");
        assert!(!for_people.stdout.trim().is_empty());
        assert!(
            serde_json::from_str::<Value>(&for_people.stdout).is_err(),
            "{for_people:#?}"
        );
    }
}

#[test]
fn the_policy_of_one_check_grants_what_that_check_needs() {
    let desk = Desk::with_company();
    let words = [
        "providers",
        "aws",
        "--policy",
        "--check",
        "aws.iam.root_mfa",
    ];
    let printed = desk.plain(&words);
    assert_eq!(printed.code, Some(exit::DONE), "{printed:#?}");
    let policy: Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!(
        policy["Statement"][0]["Action"],
        serde_json::json!(["iam:GetAccountSummary"])
    );
}

#[test]
fn what_cannot_be_meant_is_a_usage_error() {
    let desk = Desk::with_company();
    for words in [
        &["no-such-command"][..],
        &["providers", "--policy"],
        &["providers", "aws", "--policy", "--check", "no.such"],
        &["status", "3.99.1"],
        &["collect", "nothing"],
        &["findings", "--outcome", "good"],
        &["evidence", "show", "no-such-item"],
        &["test", "no-such-connection"],
        &["remove", "no-such-connection"],
        &[
            "params",
            "set",
            "no.such.key",
            "1",
            "--by",
            "N",
            "--why",
            "W",
        ],
        &[
            "params",
            "set",
            "aws.access_key_max_age_days",
            "-1",
            "--by",
            "N",
            "--why",
            "W",
        ],
        &["init", "--company", "Second", "--level", "3"],
        &["--company", "Somebody else", "status"],
    ] {
        desk.cmmc(words).error(exit::USAGE);
    }
    let folder = desk.home().display().to_string();
    let none = desk.cmmc(&["status", "--data-dir", &folder]);
    assert_eq!(none.error_code(exit::USAGE), "no_company");
}

#[test]
fn a_wrong_or_missing_passphrase_is_exit_4() {
    let desk = Desk::with_company();
    desk.file("passphrase", "copper lantern under a quiet orchart\n");
    assert_eq!(
        desk.cmmc(&["status"]).error_code(exit::VAULT),
        "wrong_passphrase"
    );
    desk.plain(&["status", "--json"]).error(exit::VAULT);
    // One line end is stripped, and only one.
    desk.file(
        "passphrase",
        &format!("{}\r\n", end_to_end::desk::PASSPHRASE),
    );
    desk.cmmc(&["status"]).ok();
    desk.file(
        "passphrase",
        &format!("{}\n\n", end_to_end::desk::PASSPHRASE),
    );
    desk.cmmc(&["status"]).error(exit::VAULT);
}

#[test]
fn hostile_company_names_are_kept_whole_or_refused() {
    for name in [
        "<script>window.__pwned = 1</script>",
        "\u{202e}gnissap\u{2066}name\u{2069}",
        "../../../../tmp/escape",
        "'; DROP TABLE companies; --",
        "nul\u{7}bell\u{1b}[31m",
        "   ",
        &"A".repeat(10_000),
    ] {
        let desk = Desk::new();
        let made = desk.cmmc(&["init", "--company", name, "--level", "1"]);
        if made.code == Some(exit::DONE) {
            assert_eq!(made.ok()["company"]["profile"]["name"], name);
            assert!(!made.stdout.contains('\u{1b}'), "a terminal would obey it");
            desk.cmmc(&["status", "--company", name]).ok();
            let people = desk.plain(&[
                "vault",
                "verify",
                "--passphrase-file",
                desk.path("passphrase").to_str().unwrap(),
            ]);
            assert!(!people.stdout.contains('\u{1b}'));
        } else {
            made.error(exit::USAGE);
            let left = std::fs::read_dir(desk.data().join("companies")).map_or(0, Iterator::count);
            assert_eq!(left, 0, "nothing was made for {name:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_passphrase_from_a_pipe_opens_a_company_that_is_named() {
    let desk = Desk::with_company();
    let passphrase = desk.path("passphrase").display().to_string();
    let piped = |name: &str| {
        let script = format!(
            "cat '{passphrase}' | '{}' --company '{name}' --passphrase-file /dev/stdin --json determine '3.1.1[a]' not_met --by Nora",
            end_to_end::programs::cmmc().display()
        );
        desk.finish(
            &["by pipe"],
            desk.program("sh".as_ref()).arg("-c").arg(&script),
        )
    };
    assert_eq!(piped(COMPANY).ok()["id"], "3.1.1");
    assert_eq!(piped("Nobody").error_code(exit::USAGE), "no_such_company");
    // Two of one name are told apart by their ids alone.
    std::fs::remove_file(desk.path("recovery")).unwrap();
    desk.make_company();
    assert_eq!(
        desk.cmmc(&["--company", COMPANY, "status"])
            .error_code(exit::USAGE),
        "several_companies"
    );
}

#[test]
fn a_recovery_key_is_not_written_over_anything() {
    let desk = Desk::new();
    let taken = desk.file("taken", "mine").display().to_string();
    let words = [
        "init",
        "--company",
        "Full",
        "--level",
        "2",
        "--recovery-out",
        &taken,
    ];
    assert_eq!(desk.cmmc(&words).error_code(exit::USAGE), "usage");
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "mine");
    let made = std::fs::read_dir(desk.data().join("companies")).map_or(0, Iterator::count);
    assert_eq!(made, 0, "nothing is made without a place for its key");
}
