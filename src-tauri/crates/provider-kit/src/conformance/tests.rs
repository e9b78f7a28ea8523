#![allow(clippy::unwrap_used, clippy::expect_used)]
//! The suite finds what it is for: a made-up provider with one good and several wrong checks.

use super::*;
use crate::{
    Check, Clouds, Collected, Connection, Dataset, Judge, Malformed, Manifest, Origin,
    ProviderError, Reader, Reperform, Session, Verdict, WhenEmpty, manifest::tests::TEXT,
};
use async_trait::async_trait;
use evidence::Severity;
use serde::Deserialize;
use serde_json::Value;
use std::{fs, path::PathBuf, sync::LazyLock};

struct Acme {
    datasets: &'static [&'static Dataset],
    checks: &'static [&'static Check],
}

static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| Manifest::parse(TEXT).unwrap());

#[async_trait]
impl Provider for Acme {
    fn manifest(&self) -> &Manifest {
        &MANIFEST
    }

    fn datasets(&self) -> &'static [&'static Dataset] {
        self.datasets
    }

    fn checks(&self) -> &'static [&'static Check] {
        self.checks
    }

    async fn sign_in(&self, _: Connection) -> Result<Box<dyn Session>, ProviderError> {
        Err(ProviderError::cancelled())
    }
}

fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let page: Value = serde_json::from_slice(body).map_err(|error| Malformed(error.to_string()))?;
    page.get("value")
        .and_then(Value::as_array)
        .cloned()
        .ok_or_else(|| Malformed("no value".to_owned()))
}

const USERS: Dataset = Dataset {
    id: "acme.users",
    title: "Users",
    what: "Everybody who can sign in.",
    permissions: &["Users.Read", "Policies.Read"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(records),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.1[a]"],
};
static USERS_SET: Dataset = USERS;

const GOOD: Check = Check {
    id: "acme.users.mfa_registered",
    alias: "ACME-01",
    version: 1,
    title: "Every user has MFA registered.",
    objectives: &["3.5.3[b]"],
    severity: Severity::High,
    remedy: "Register it.",
    console: &[("*", "https://console.acme.example/users")],
    reperform: Reperform {
        portal: "Users > MFA",
        command: "acme users",
    },
    datasets: &["acme.users"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: good,
};
static GOOD_CHECK: Check = GOOD;
static USERS_ONLY: [&Dataset; 1] = [&USERS_SET];
static USERS_TWICE: [&Dataset; 2] = [&USERS_SET, &USERS_SET];
static GOOD_ONLY: [&Check; 1] = [&GOOD_CHECK];
static ACME: Acme = Acme {
    datasets: &USERS_ONLY,
    checks: &GOOD_ONLY,
};

#[derive(Deserialize)]
struct User {
    id: String,
    mfa: Option<bool>,
}

fn good(collected: &Collected<'_>) -> Verdict {
    let rows = match collected.rows::<User>("acme.users") {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&rows);
    for user in rows.rows {
        match user.mfa {
            Some(true) => judge.pass(),
            Some(false) => judge.fail(&user.id, &user.id, "user", "no MFA"),
            None => judge.unknown(&user.id, &user.id, "user", "does not say"),
        }
    }
    judge.conclude(WhenEmpty::Unknown("there is always a user".to_owned()))
}

/// Takes what it does not find for as it should be.
fn gullible(collected: &Collected<'_>) -> Verdict {
    let Ok(rows) = collected.rows::<Value>("acme.users") else {
        return Judge::new().conclude(WhenEmpty::Passes);
    };
    let mut judge = Judge::new();
    for row in rows.rows {
        if row.get("mfa") == Some(&Value::Bool(false)) {
            judge.fail("u", "u", "user", "no MFA");
        } else {
            judge.pass();
        }
    }
    judge.conclude(WhenEmpty::Passes)
}

/// Takes what it does not find for a failure.
fn strict(collected: &Collected<'_>) -> Verdict {
    let rows = collected
        .rows::<Value>("acme.users")
        .map(|rows| rows.rows)
        .unwrap_or_default();
    let mut judge = Judge::new();
    if rows.len() < 3 {
        judge.fail("u", "u", "user", "too few");
    } else {
        judge.pass();
    }
    judge.conclude(WhenEmpty::Passes)
}

fn fragile(collected: &Collected<'_>) -> Verdict {
    let rows = collected.rows::<Value>("acme.users").unwrap();
    assert!(rows.missing.is_none(), "as long as all is well");
    Judge::over(&rows).conclude(WhenEmpty::Passes)
}

fn secretive(collected: &Collected<'_>) -> Verdict {
    collected.parameters.integer("acme.stale_days");
    good(collected)
}

fn with(check: Check) -> Acme {
    Acme {
        datasets: &USERS_ONLY,
        checks: Vec::leak(vec![&*Box::leak(Box::new(check))]),
    }
}

fn case(mfa: [&str; 3]) -> Case {
    let user = |n: usize| format!("{{\"id\":\"u{n}\",\"mfa\":{}}}", mfa[n]);
    let page = |body: String| (Origin::default(), body.into_bytes());
    let pages = vec![
        page(format!(
            "{{\"value\":[{},{}],\"next\":\"x\"}}",
            user(0),
            user(1)
        )),
        page(format!("{{\"value\":[{}]}}", user(2))),
    ];
    let files = vec!["users.0.json".to_owned(), "users.1.json".to_owned()];
    Case {
        pages: BTreeMap::from([("acme.users", pages)]),
        files: BTreeMap::from([("acme.users", files)]),
        ..Case::empty(&ACME)
    }
}

fn truth_of(check: Check, mfa: [&str; 3]) -> Vec<String> {
    let mut problems = Vec::new();
    truth::holds_for(&with(check), &case(mfa), &mut problems);
    problems
}

#[test]
fn a_careful_check_withstands_every_damage() {
    for mfa in [
        ["true", "true", "true"],
        ["true", "false", "true"],
        ["true", "null", "true"],
        ["true", "true", "false"],
    ] {
        assert_eq!(truth_of(GOOD, mfa), Vec::<String>::new(), "{mfa:?}");
    }
    assert_eq!(missing_data(&ACME), Vec::<String>::new());
}

#[test]
fn a_gullible_check_is_found() {
    let problems = truth_of(
        Check {
            evaluate: gullible,
            ..GOOD
        },
        ["true", "false", "true"],
    );
    for expected in [
        "Remove at /value/1/mfa of users.0.json",
        "Null at /value/1/mfa",
        "Retype at",
        "cut after",
        "users.0.json not read",
        "the dataset refused",
    ] {
        assert!(
            problems.iter().any(|problem| problem.contains(expected)),
            "{expected}: {problems:#?}"
        );
    }
    assert!(
        problems
            .iter()
            .all(|problem| problem.contains("acme.users.mfa_registered"))
    );
    assert_eq!(
        missing_data(&with(Check {
            evaluate: gullible,
            ..GOOD
        }))
        .len(),
        2
    );
}

#[test]
fn a_documented_exception_is_let_through() {
    let mut case = case(["true", "false", "true"]);
    let count = |case: &Case| {
        let mut problems = Vec::new();
        truth::holds_for(
            &with(Check {
                evaluate: gullible,
                ..GOOD
            }),
            case,
            &mut problems,
        );
        problems
            .iter()
            .filter(|problem| problem.contains("/mfa"))
            .count()
    };
    assert_eq!(count(&case), 3);
    case.exceptions.push(Exception {
        check: GOOD.id.to_owned(),
        dataset: "acme.users".to_owned(),
        pointer: "/value/*/mfa".to_owned(),
        why: "documented".to_owned(),
    });
    assert_eq!(count(&case), 0);
}

/// The users of an XML page, which has to be whole.
fn xml_records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let text = str::from_utf8(body).map_err(|error| Malformed(error.to_string()))?;
    let users = text
        .strip_prefix("<users>")
        .and_then(|rest| rest.strip_suffix("</users>"))
        .ok_or_else(|| Malformed("no users".to_owned()))?;
    let user = |user: &str| {
        let mfa = (!user.contains("<mfa>true</mfa>")).then_some(false);
        serde_json::json!({"id": "u", "mfa": mfa.filter(|_| user.contains("<mfa>"))})
    };
    Ok(users.split_terminator("</user>").map(user).collect())
}

#[test]
fn a_documented_exception_can_name_an_element_of_an_xml_page() {
    let set: &'static Dataset = Box::leak(Box::new(Dataset {
        records: Reader::Body(xml_records),
        ..USERS
    }));
    let acme = Acme {
        datasets: Vec::leak(vec![set]),
        ..with(Check {
            evaluate: gullible,
            ..GOOD
        })
    };
    let page = b"<users><user><id>u</id><mfa>false</mfa></user></users>".to_vec();
    let mut case = Case {
        pages: BTreeMap::from([("acme.users", vec![(Origin::default(), page)])]),
        files: BTreeMap::from([("acme.users", vec!["users.1.xml".to_owned()])]),
        ..Case::empty(&acme)
    };
    let told = |case: &Case| {
        let mut problems = Vec::new();
        truth::holds_for(&acme, case, &mut problems);
        problems
            .iter()
            .filter(|problem| problem.contains("/users/user/mfa taken out"))
            .count()
    };
    let except = |check: &str, pointer: &str| Exception {
        check: check.to_owned(),
        dataset: "acme.users".to_owned(),
        pointer: pointer.to_owned(),
        why: "documented".to_owned(),
    };
    assert_eq!(told(&case), 1, "the element can't be lost unnoticed");
    for (check, pointer) in [
        (GOOD.id, "/users/user/id"),
        (GOOD.id, "/users/user/mf"),
        ("acme.users.other", "/users/user/mfa"),
    ] {
        case.exceptions = vec![except(check, pointer)];
        assert_eq!(told(&case), 1, "{check} at {pointer}");
    }
    for pointer in ["/users/user/mfa", "/users/user"] {
        case.exceptions = vec![except(GOOD.id, pointer)];
        assert_eq!(told(&case), 0, "{pointer}");
    }
}

#[test]
fn a_check_that_blames_missing_data_is_found() {
    let problems = truth_of(
        Check {
            evaluate: strict,
            ..GOOD
        },
        ["true", "true", "true"],
    );
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("from Pass to Fail")),
        "{problems:#?}"
    );
}

#[test]
fn a_check_that_panics_or_reads_what_it_does_not_declare_is_found() {
    let problems = truth_of(
        Check {
            evaluate: fragile,
            ..GOOD
        },
        ["true", "true", "true"],
    );
    assert!(
        problems.iter().any(|problem| problem.contains("panicked")),
        "{problems:#?}"
    );
    let problems = truth_of(
        Check {
            evaluate: secretive,
            ..GOOD
        },
        ["true", "true", "true"],
    );
    assert!(
        problems[0].contains("acme.stale_days without declaring"),
        "{problems:#?}"
    );
}

#[test]
fn damages_cover_members_leaves_elements_pages_and_cuts() {
    let here = Origin {
        place: Some("here".to_owned()),
        subject: Some("this".to_owned()),
        ..Origin::default()
    };
    let all = truth::mutations(&[
        (
            Origin::default(),
            br#"{"value":[{"id":"a","deep":{"x":1}}],"s":null}"#.to_vec(),
        ),
        (here, b"<a><b>1</b></a>".to_vec()),
    ]);
    let told: Vec<String> = all.iter().map(|mutation| format!("{mutation:?}")).collect();
    let json = |what: &str| {
        told.iter()
            .filter(|text| text.contains("Json") && text.contains(what))
            .count()
    };
    assert_eq!(
        (json("Remove"), json("Null"), json("Retype")),
        (5, 3, 2),
        "{told:#?}"
    );
    assert_eq!(
        told.iter().filter(|text| text.contains("DropPage")).count(),
        2
    );
    assert_eq!(told.iter().filter(|text| text.contains("Xml")).count(), 2);
    assert!(told.iter().filter(|text| text.contains("Cut")).count() > 20);
    assert!(told.iter().any(|text| text == "NoPlace { page: 1 }"));
    assert!(told.iter().any(|text| text == "NoSubject { page: 1 }"));
    assert!(
        !told
            .iter()
            .any(|text| text.starts_with("No") && text.contains("page: 0")),
        "only what is there can be taken away"
    );
}

#[test]
fn right_declarations_have_no_problem() {
    for rule in [
        ids,
        objectives,
        references,
        parameters,
        permissions,
        access,
        clouds,
        links,
        sentences,
    ] {
        assert_eq!(rule(&ACME), Vec::<String>::new());
    }
}

#[test]
fn wrong_declarations_are_found() {
    type Rule = fn(&dyn Provider) -> Vec<String>;
    let checks: [(Rule, Check); 16] = [
        (
            ids,
            Check {
                id: "other.users.mfa",
                ..GOOD
            },
        ),
        (
            ids,
            Check {
                id: "acme.mfa",
                ..GOOD
            },
        ),
        (
            ids,
            Check {
                id: "acme.users.MFA",
                ..GOOD
            },
        ),
        (ids, Check { version: 0, ..GOOD }),
        (ids, Check { alias: "", ..GOOD }),
        (
            objectives,
            Check {
                objectives: &["3.5.3[z]"],
                ..GOOD
            },
        ),
        (
            objectives,
            Check {
                objectives: &["3.4.4"],
                ..GOOD
            },
        ),
        (
            objectives,
            Check {
                objectives: &[],
                ..GOOD
            },
        ),
        (
            references,
            Check {
                datasets: &["acme.nothing"],
                ..GOOD
            },
        ),
        (
            references,
            Check {
                datasets: &[],
                ..GOOD
            },
        ),
        (
            parameters,
            Check {
                parameters: &["acme.nothing"],
                ..GOOD
            },
        ),
        (
            clouds,
            Check {
                clouds: Clouds::Only(&["moon"]),
                ..GOOD
            },
        ),
        (
            clouds,
            Check {
                console: &[("moon", "https://acme.example/")],
                ..GOOD
            },
        ),
        (
            links,
            Check {
                console: &[("*", "http://acme.example/")],
                ..GOOD
            },
        ),
        (
            sentences,
            Check {
                title: "No full stop",
                ..GOOD
            },
        ),
        (
            sentences,
            Check {
                reperform: Reperform {
                    portal: "",
                    command: "x",
                },
                ..GOOD
            },
        ),
    ];
    for (rule, check) in checks {
        assert_eq!(rule(&with(check)).len(), 1);
    }
    let datasets: [(Rule, Dataset); 6] = [
        (
            ids,
            Dataset {
                id: "acme.Users",
                ..USERS
            },
        ),
        (
            permissions,
            Dataset {
                permissions: &["Users.Read", "Policies.Read", "Mail.Read"],
                ..USERS
            },
        ),
        (
            permissions,
            Dataset {
                permissions: &["Users.Read"],
                ..USERS
            },
        ),
        (
            access,
            Dataset {
                permissions: &["Users.Read"],
                ..USERS
            },
        ),
        (sentences, Dataset { what: "", ..USERS }),
        (
            references,
            Dataset {
                clouds: Clouds::Only(&["global"]),
                ..USERS
            },
        ),
    ];
    for (rule, dataset) in datasets {
        let dataset: &'static Dataset = Box::leak(Box::new(dataset));
        let acme = Acme {
            datasets: Vec::leak(vec![dataset]),
            checks: &GOOD_ONLY,
        };
        assert_eq!(rule(&acme).len(), 1, "{dataset:?}");
    }
    let twice = Acme {
        datasets: &USERS_TWICE,
        checks: &[],
    };
    assert_eq!(ids(&twice).len(), 1);
}

/// A folder that is gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, files: &[(&str, &str)]) -> Self {
        let folder =
            std::env::temp_dir().join(format!("provider-kit-{name}-{}", std::process::id()));
        for (file, text) in files {
            let path = folder.join("fixtures").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn fixtures_are_read_in_the_order_of_their_numbers() {
    let page = |id: &str| format!("{{\"value\":[{{\"id\":\"{id}\",\"mfa\":true}}]}}");
    let folder = Folder::with(
        "order",
        &[
            ("small/users.2.json", &page("b")),
            ("small/users.10.json", &page("c")),
            ("small/users.1.json", &page("a")),
            (
                "small/case.json",
                r#"{"now": "2026-01-02T03:04:05Z", "cloud": "gov", "parameters": {"acme.stale_days": 30}}"#,
            ),
        ],
    );
    let cases = load(&ACME, folder.path()).unwrap();
    assert_eq!(
        (cases.len(), cases[0].name.as_str(), cases[0].cloud.as_str()),
        (1, "small", "gov")
    );
    assert_eq!(
        (
            cases[0].now.to_string().as_str(),
            &cases[0].parameters["acme.stale_days"]
        ),
        ("2026-01-02T03:04:05Z", &Value::from(30))
    );
    assert_eq!(
        cases[0].files["acme.users"],
        ["users.1.json", "users.2.json", "users.10.json"]
    );
    assert_eq!(fixtures(&ACME, folder.path()), Vec::<String>::new());
    assert_eq!(truth::holds(&ACME, folder.path()), Vec::<String>::new());
}

#[test]
fn wrong_fixtures_are_found() {
    let key = format!("{}{}", "AKIA", "QWERTYUIOPASDFGH");
    let secret = format!("{{\"value\":[{{\"id\":\"{key}\"}}]}}");
    for (name, file, text) in [
        ("unread", "a/users.1.json", "{}"),
        ("stray", "a/nothing.1.json", "{}"),
        ("unnumbered", "a/users.json", "{}"),
        ("keyless", "a/users.1.json", "{\"value\":[{\"mfa\":true}]}"),
        ("secret", "a/users.1.json", &secret),
        ("about", "a/case.json", "{\"when\": 1}"),
        ("none", "a/case.json", "{}"),
    ] {
        let folder = Folder::with(name, &[(file, text)]);
        assert_eq!(fixtures(&ACME, folder.path()).len(), 1, "{name}");
    }
    assert_eq!(fixtures(&ACME, "no-such-folder").len(), 1);
}

/// The suite as a provider runs it, on the fixtures of this crate.
mod as_a_provider_runs_it {
    crate::conformance!(super::ACME);
}

#[test]
#[should_panic(expected = "2 problems:\none\ntwo")]
fn problems_fail_a_test() {
    expect_none(&["one".to_owned(), "two".to_owned()]);
}
