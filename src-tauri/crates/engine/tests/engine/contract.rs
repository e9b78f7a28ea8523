//! The TypeScript of the contract, as the window compiles against it.

use evidence::{
    Digest, Finding, IdentityStamp, Imported, IntegrationId, LastKnown, Outcome, PageRecord,
    PageRequest, Population, Reason, Resource, Severity, Timestamp, UnknownCode,
};
use std::{fs, path::PathBuf};

fn generated() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/ipc/generated")
}

/// With `CMMC_WRITE_CONTRACT=1` it writes the table instead of comparing it.
#[test]
fn the_command_table_in_typescript_is_the_one_in_rust() {
    let (path, expected) = (generated().join("commands.ts"), engine::typescript());
    if std::env::var_os("CMMC_WRITE_CONTRACT").is_some_and(|value| value == "1") {
        fs::write(&path, &expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "ui/src/ipc/generated/commands.ts is not what the command table says: run the engine's tests once with CMMC_WRITE_CONTRACT=1"
    );
}

#[test]
fn every_type_that_a_generated_file_imports_is_there() {
    let mut checked = 0;
    for entry in fs::read_dir(generated()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "ts") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for from in text
            .split("from \"")
            .skip(1)
            .chain(text.split("import(\"").skip(1))
        {
            let target = from.split('"').next().unwrap();
            let file = generated().join(format!("{target}.ts"));
            assert!(
                file.exists(),
                "{} imports {target}, which is not there",
                path.display()
            );
            checked += 1;
        }
    }
    assert!(checked > 100, "only {checked} imports were looked at");
}

/// The evidence crate's types are written by hand on the window's side: here they are held against the real ones.
#[test]
fn the_hand_written_types_name_every_member() {
    let reason = Reason::new(UnknownCode::Partial, "x");
    let known = LastKnown {
        outcome: Outcome::Pass,
        collected_at: Timestamp::from_unix(0),
    };
    let resource = Resource {
        id: "".into(),
        name: "".into(),
        kind: "".into(),
        outcome: Outcome::Fail,
        note: "".into(),
    };
    let finding = Finding {
        check: String::new(),
        check_version: 1,
        integration_id: IntegrationId::random(),
        outcome: Outcome::Unknown,
        reason: Some(reason),
        title: String::new(),
        severity: Severity::High,
        requirements: Vec::new(),
        objectives: Vec::new(),
        parameters: Default::default(),
        resources: vec![resource],
        population: Population::nothing(),
        snapshots: Vec::new(),
        collected_at: Timestamp::from_unix(0),
        custom: false,
        imported: Some(Imported {
            tool: "".into(),
            version: None,
            file: "".into(),
            sha256: Digest::of(b""),
            at: Timestamp::from_unix(0),
        }),
        last_known: Some(known),
    };
    let request = PageRequest {
        method: "".into(),
        host: "".into(),
        path: "".into(),
        query: "".into(),
    };
    let record = PageRecord {
        request,
        status: 200,
        place: None,
        subject: None,
        page_sha256: Digest::of(b""),
        bytes: 0,
    };
    let stamp = IdentityStamp {
        id: "".into(),
        name: "".into(),
        cloud: "".into(),
        custom_host: None,
    };
    let text = fs::read_to_string(generated().join("../evidence.ts")).unwrap();
    let ambient = fs::read_to_string(generated().join("../global.d.ts")).unwrap();
    for (name, value) in [
        ("Finding", serde_json::to_value(finding).unwrap()),
        ("PageRecord", serde_json::to_value(record).unwrap()),
        ("IdentityStamp", serde_json::to_value(stamp).unwrap()),
    ] {
        assert!(
            ambient.contains(&format!("type {name} =")),
            "{name} is not declared"
        );
        let mut values = vec![value];
        while let Some(value) = values.pop() {
            match value {
                serde_json::Value::Object(members) => {
                    for (member, inside) in members {
                        assert!(
                            text.contains(&format!("  {member}:")),
                            "evidence.ts lacks {name}'s {member}"
                        );
                        values.push(inside);
                    }
                }
                serde_json::Value::Array(items) => values.extend(items),
                _ => {}
            }
        }
    }
}
