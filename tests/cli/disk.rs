//! A full disk and a folder that can't be written to: said in words, and nothing is broken afterwards.
//!
//! Both need a mount of their own, in a mount namespace of its own: the rest of the machine never sees it.

use end_to_end::answer::exit;
use end_to_end::{Desk, Entra, process, programs};
use serde_json::Value;
use std::process::Command;

/// Runs a shell script in a mount namespace. `$cmmc`, `$data`, `$passphrase` and `$out` are set.
fn in_namespace(desk: &Desk, script: &str) {
    let root = process::run(Command::new("id").arg("-u")).stdout == b"0\n";
    // Without root a user namespace gives the right to mount.
    let flags: &[&str] = if root {
        &["--mount"]
    } else {
        &["--map-root-user", "--mount"]
    };
    let mut command = desk.program("unshare".as_ref());
    command
        .args(flags)
        .args(["sh", "-eu", "-c", script])
        .env("cmmc", programs::cmmc())
        .env("data", desk.data())
        .env("passphrase", desk.path("passphrase"))
        .env("out", desk.path("out"));
    std::fs::create_dir_all(desk.path("out")).unwrap();
    let output = process::run(&mut command);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The document and the exit code that a step of the script left.
fn step(desk: &Desk, name: &str) -> (Value, i32) {
    let read = |extension: &str| {
        std::fs::read_to_string(desk.path("out").join(format!("{name}.{extension}"))).unwrap()
    };
    let document = serde_json::from_str(&read("json"))
        .unwrap_or_else(|error| panic!("{name}: {error}: {} {}", read("json"), read("err")));
    assert!(!read("err").contains("panicked"), "{}", read("err"));
    (document, read("code").trim().parse().unwrap())
}

const STEP: &str = r#"
step() {
  name=$1; shift
  code=0
  "$cmmc" --json --passphrase-file "$passphrase" "$@" >"$out/$name.json" 2>"$out/$name.err" || code=$?
  echo "$code" >"$out/$name.code"
}
"#;

#[test]
fn a_full_disk_is_said_and_the_vault_is_whole_afterwards() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    entra.connect(&desk);
    in_namespace(
        &desk,
        &format!(
            r#"{STEP}
            cp -a "$data" "$out/copy"
            mount -t tmpfs -o size=8m,mode=700 none "$data"
            cp -a "$out/copy/." "$data"
            dd if=/dev/zero of="$data/filler" bs=4096 2>/dev/null || true
            # A little room is left, so that the sync begins and then meets the end of it.
            truncate -s -131072 "$data/filler"
            step full sync
            step full-verify vault verify
            step full-status status 3.5.3
            rm "$data/filler"
            step verify vault verify
            step again sync
            step verify-again vault verify
            "#
        ),
    );
    let (full, code) = step(&desk, "full");
    let text = full.to_string().to_lowercase();
    assert!(
        text.contains("full") || text.contains("space"),
        "exit {code}: {full:#}"
    );
    assert!(
        [exit::OTHER, exit::IN_PART].contains(&code),
        "exit {code}: {full:#}"
    );
    for name in ["verify", "verify-again"] {
        let (verified, code) = step(&desk, name);
        assert_eq!(
            (code, &verified["ok"]),
            (exit::DONE, &true.into()),
            "{name}: {verified:#}"
        );
    }
    let (again, code) = step(&desk, "again");
    assert_eq!(
        (code, &again["runs"][0]["state"]),
        (exit::DONE, &"done".into()),
        "{again:#}"
    );
}

#[test]
fn a_folder_that_can_only_be_read_is_said_and_can_still_be_read() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    entra.connect(&desk);
    desk.cmmc(&["sync"]).ok();
    in_namespace(
        &desk,
        &format!(
            r#"{STEP}
            mount --bind "$data" "$data"
            mount -o remount,bind,ro "$data"
            step write determine '3.1.1[a]' not_met --by 'Nora Quill'
            step init init --company Other --level 1
            step sync sync
            step read status 3.5.3
            step evidence evidence list
            "#
        ),
    );
    for name in ["write", "init", "sync"] {
        let (failed, code) = step(&desk, name);
        assert!(
            [exit::OTHER, exit::VAULT].contains(&code),
            "{name}, exit {code}: {failed:#}"
        );
        for part in ["what", "why", "fix"] {
            assert!(
                !failed["error"][part]
                    .as_str()
                    .unwrap_or_default()
                    .is_empty(),
                "{failed:#}"
            );
        }
    }
    let (read, code) = step(&desk, "read");
    assert_eq!(code, exit::DONE, "{read:#}");
    let (evidence, code) = step(&desk, "evidence");
    assert_eq!(code, exit::DONE, "{evidence:#}");
    assert!(!evidence["evidence"].as_array().unwrap().is_empty());
}
