//! One readable file with every piece of other people's software in the installer: name, version, licence and text.
//!
//! `cargo tree` tells which crates are in the programs, and `cargo about` under which licences. npm's lock file tells about
//! the pages' packages. A table here names C sources that crates bring along, which the licences of crates do not cover.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::bundle_notices::Notices;
use crate::process::Step;
use crate::random::TemporaryFolder;
use crate::{Failure, Outcome, workspace};

/// The version whose JSON is read here.
const CARGO_ABOUT: &str = "0.9.3";

/// What `cargo about` may accept, and how.
const ABOUT: &str = "src-tauri/packaging/about.toml";

/// Licences of npm packages beyond those of crates: fonts, and waivers.
const ALSO_IN_PAGES: [&str; 3] = ["0BSD", "OFL-1.1", "Unlicense"];

/// C sources that are compiled in: the crate that brings them, their name, their licence, and where its text is.
const C_SOURCES: [(&str, &str, &str, &str); 4] = [
    (
        "aws-lc-sys",
        "AWS-LC",
        "ISC AND Apache-2.0 AND MIT AND BSD-3-Clause",
        "aws-lc/LICENSE",
    ),
    (
        "libsqlite3-sys",
        "SQLCipher (with SQLite, which is in the public domain)",
        "BSD-3-Clause",
        "sqlcipher/LICENSE",
    ),
    (
        "openssl-src",
        "OpenSSL",
        "Apache-2.0",
        "openssl/LICENSE.txt",
    ),
    ("zstd-sys", "Zstandard", "BSD-3-Clause", "zstd/LICENSE"),
];

/// Gathers and writes the file.
pub fn write(file: &Path) -> Outcome {
    install_cargo_about()?;
    // What follows reads the sources of crates and asks no network.
    Step::cargo().args(["fetch", "--locked"]).run()?;
    let (compiler, _) = Step::new("rustc").arg("-vV").output()?;
    let host = line_after(&compiler, "host: ")?;
    let shipped = shipped_crates(&host)?;
    let mut notices = Notices::default();
    crates(&about(&host)?, &shipped, &mut notices)?;
    standard_library(&line_after(&compiler, "release: ")?, &mut notices)?;
    let (metadata, _) = Step::cargo()
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            &host,
        ])
        .output()?;
    c_sources(&read_json(&metadata, "cargo metadata")?, &mut notices)?;
    let lock = read(&workspace::ui().join("package-lock.json"))?;
    let accepted = quoted_list(&read(&workspace::root().join(ABOUT))?, "accepted");
    pages(
        &read_json(&lock, "package-lock.json")?,
        &workspace::ui(),
        &accepted,
        &mut notices,
    )?;
    fs::write(file, notices.told()).map_err(|error| {
        Failure::new(format!("{} could not be written: {error}", file.display()))
    })?;
    let (pieces, texts) = notices.counted();
    println!(
        "{pieces} pieces of other people's software, {texts} licence texts: {}",
        file.display()
    );
    Ok(())
}

fn install_cargo_about() -> Outcome {
    if Step::cargo().args(["about", "--version"]).succeeds() {
        return Ok(());
    }
    Step::cargo()
        .args([
            "install",
            "cargo-about",
            "--locked",
            "--version",
            CARGO_ABOUT,
            "--features",
            "cli",
        ])
        .run()
}

/// Name and version of the crates that both programs are made of on this platform. Neither ours nor what runs only in the
/// compiler.
fn shipped_crates(host: &str) -> Outcome<BTreeSet<(String, String)>> {
    let (tree, _) = Step::cargo()
        .args([
            "tree",
            "--locked",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--target",
            host,
        ])
        .args([
            "--package",
            "cmmcpro",
            "--package",
            "cli",
            "--features",
            workspace::APP_FEATURES,
        ])
        .output()?;
    let shipped = crates_in(&tree);
    if shipped.is_empty() {
        return Err(Failure::new(
            "`cargo tree` did not tell what the programs are made of",
        ));
    }
    Ok(shipped)
}

/// The crates in what `cargo tree` says: `name v1.2.3`, with the folder behind it when the crate is ours.
fn crates_in(tree: &str) -> BTreeSet<(String, String)> {
    tree.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next()?.to_owned();
            let version = words.next()?.strip_prefix('v')?.to_owned();
            let ours = words.any(|word| word.contains(['/', '\\']));
            (!ours).then_some((name, version))
        })
        .collect()
}

/// What `cargo about` finds out about every crate of the workspace; it takes minutes.
fn about(host: &str) -> Outcome<Value> {
    println!("Reading the licences in the sources of all crates...");
    // Into a file: it refuses to write to a stream that PowerShell might read.
    let folder = TemporaryFolder::new("licences")?;
    let file = folder.path().join("crates.json");
    Step::cargo()
        .args([
            "about",
            "generate",
            "--workspace",
            "--format",
            "json",
            "--fail",
            "--frozen",
        ])
        .args([
            "--config",
            ABOUT,
            "--target",
            host,
            "--features",
            workspace::APP_FEATURES,
        ])
        .arg("--output-file")
        .arg(&file)
        .run()?;
    read_json(&read(&file)?, "cargo about")
}

/// Keeps what is said of shipped crates, and wants to hear of each.
fn crates(answer: &Value, shipped: &BTreeSet<(String, String)>, notices: &mut Notices) -> Outcome {
    let odd = || {
        Failure::new(format!(
            "`cargo about` answers otherwise than version {CARGO_ABOUT} did"
        ))
    };
    let named = |package: &Value| Some((field(package, "name")?, field(package, "version")?));
    let mut silent = shipped.clone();
    for one in list(answer, "crates").ok_or_else(odd)? {
        let key = one.get("package").and_then(named).ok_or_else(odd)?;
        if shipped.contains(&key) {
            silent.remove(&key);
            notices.piece(
                "Rust crates",
                &key.0,
                &key.1,
                &field(one, "license").ok_or_else(odd)?,
            );
        }
    }
    for licence in list(answer, "licenses").ok_or_else(odd)? {
        let id = field(licence, "id").ok_or_else(odd)?;
        let text = field(licence, "text").ok_or_else(odd)?;
        for user in list(licence, "used_by").ok_or_else(odd)? {
            let key = user.get("crate").and_then(named).ok_or_else(odd)?;
            if shipped.contains(&key) {
                notices.text(&id, &text, format!("{} {}", key.0, key.1));
            }
        }
    }
    if let Some((name, version)) = silent.first() {
        return Err(Failure::new(format!(
            "`cargo about` says nothing of {name} {version}, which is in the programs"
        )));
    }
    Ok(())
}

/// Rust's own library, which is in every Rust program; its texts come with the compiler.
fn standard_library(version: &str, notices: &mut Notices) -> Outcome {
    let (root, _) = Step::new("rustc").args(["--print", "sysroot"]).output()?;
    let texts = Path::new(root.trim()).join("share/doc/rust/licenses");
    notices.piece(
        "Rust crates",
        "std (the Rust standard library)",
        version,
        "MIT OR Apache-2.0",
    );
    for licence in ["MIT", "Apache-2.0"] {
        let text = read(&texts.join(format!("{licence}.txt")))?;
        notices.text(licence, &text, format!("std {version}"));
    }
    Ok(())
}

fn c_sources(metadata: &Value, notices: &mut Notices) -> Outcome {
    for (name, what, licence, path) in C_SOURCES {
        let found = list(metadata, "packages")
            .into_iter()
            .flatten()
            .find(|package| field(package, "name").as_deref() == Some(name))
            .ok_or_else(|| Failure::new(format!("{name} is no longer built; mend C_SOURCES")))?;
        let manifest = field(found, "manifest_path")
            .map(PathBuf::from)
            .unwrap_or_default();
        let version = field(found, "version").unwrap_or_default();
        notices.piece(
            "C libraries",
            what,
            &format!("as in {name} {version}"),
            licence,
        );
        notices.text(
            licence,
            &read(&manifest.with_file_name("").join(path))?,
            what.to_owned(),
        );
    }
    Ok(())
}

/// Packages that npm installs for the pages, not for building them.
fn pages(lock: &Value, ui: &Path, accepted: &[String], notices: &mut Notices) -> Outcome {
    let packages = lock
        .get("packages")
        .and_then(Value::as_object)
        .ok_or_else(|| Failure::new("package-lock.json lists no packages"))?;
    for (folder, package) in packages {
        let is = |flag: &str| package.get(flag) == Some(&Value::Bool(true));
        let at = ui.join(folder);
        // The entry without a folder is the UI itself. Optional packages are only there on their platform.
        if folder.is_empty() || is("dev") || is("devOptional") || (is("optional") && !at.is_dir()) {
            continue;
        }
        let name = folder.rsplit("node_modules/").next().unwrap_or(folder);
        let version = field(package, "version").unwrap_or_default();
        let licence = field(package, "license").unwrap_or_default();
        if !licence
            .split(" OR ")
            .any(|one| accepted.iter().any(|fine| fine == one) || ALSO_IN_PAGES.contains(&one))
        {
            return Err(Failure::new(format!(
                "the npm package {name} {version} has the licence {licence:?}, which nobody has agreed to"
            )));
        }
        notices.piece("npm packages", name, &version, &licence);
        for file in licence_files(&at)? {
            notices.text(&licence, &read(&file)?, format!("{name} {version}"));
        }
    }
    Ok(())
}

fn licence_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let unreadable =
        |error| Failure::new(format!("{} could not be read: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_uppercase();
        if path.is_file()
            && ["LICENSE", "LICENCE", "COPYING", "NOTICE"]
                .iter()
                .any(|start| name.starts_with(start))
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read(file: &Path) -> Outcome<String> {
    fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("{} could not be read: {error}", file.display())))
}

fn read_json(text: &str, whose: &str) -> Outcome<Value> {
    serde_json::from_str(text)
        .map_err(|error| Failure::new(format!("{whose} gave no JSON: {error}")))
}

fn field(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

fn list<'a>(value: &'a Value, name: &str) -> Option<&'a Vec<Value>> {
    value.get(name)?.as_array()
}

fn line_after(text: &str, start: &str) -> Outcome<String> {
    text.lines()
        .find_map(|line| line.strip_prefix(start))
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("rustc does not tell its {start}")))
}

/// The quoted words of a list in a TOML file: `name = [ "a", "b" ]`.
fn quoted_list(toml: &str, name: &str) -> Vec<String> {
    let start = format!("{name} = [");
    let Some((_, rest)) = toml.split_once(&start) else {
        return Vec::new();
    };
    let list = rest.split(']').next().unwrap_or_default();
    list.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn what_may_be_linked_is_what_may_be_shipped() {
        let root = workspace::root();
        let mut linked = quoted_list(&read(&root.join("deny.toml")).unwrap(), "allow");
        let mut shipped = quoted_list(&read(&root.join(ABOUT)).unwrap(), "accepted");
        linked.sort();
        shipped.sort();
        assert!(!shipped.is_empty());
        assert_eq!(linked, shipped);
    }

    fn crates_named(names: &[&str]) -> BTreeSet<(String, String)> {
        names
            .iter()
            .map(|name| ((*name).to_owned(), "1.0.0".to_owned()))
            .collect()
    }

    #[test]
    fn a_shipped_crate_is_listed_with_its_licence_and_its_text() {
        let krate = |name: &str| json!({"name": name, "version": "1.0.0"});
        let answer = json!({
            "crates": [{"package": krate("one"), "license": "MIT OR Apache-2.0"}, {"package": krate("test"), "license": "MIT"}],
            "licenses": [
                {"id": "MIT", "text": "Permission is granted.\r\n\n", "used_by": [{"crate": krate("one")}]},
                {"id": "MIT", "text": "Of a test.", "used_by": [{"crate": krate("test")}]}]});
        let mut notices = Notices::default();
        crates(&answer, &crates_named(&["one"]), &mut notices).unwrap();
        let told = notices.told();
        assert!(told.contains("  one 1.0.0: MIT OR Apache-2.0\n"), "{told}");
        assert!(told.contains("MIT\nfor one 1.0.0\n"), "{told}");
        assert!(
            told.ends_with("\nPermission is granted.\n") && !told.contains("test"),
            "{told}"
        );
        let failure = crates(&answer, &crates_named(&["one", "two"]), &mut notices).unwrap_err();
        assert!(failure.to_string().contains("two 1.0.0"), "{failure}");
    }

    #[test]
    fn an_answer_of_another_shape_is_refused() {
        let answer = json!({"crates": [{}], "licenses": []});
        assert!(crates(&answer, &BTreeSet::new(), &mut Notices::default()).is_err());
    }

    #[test]
    fn our_own_crates_are_not_other_peoples() {
        let tree = "cli v0.1.0 (/somewhere/cli)\none v1.0.0\none v1.0.0 (*)\nmacros v1.0.0 (proc-macro)\n\n";
        assert_eq!(crates_in(tree), crates_named(&["one", "macros"]));
    }

    #[test]
    fn packages_that_only_build_the_pages_are_left_out() {
        let folder = TemporaryFolder::new("licences-test").unwrap();
        let shipped = folder.path().join("node_modules/@a/shipped");
        fs::create_dir_all(&shipped).unwrap();
        fs::write(shipped.join("license.md"), "Take it.").unwrap();
        let lock = json!({"packages": {
            "": {"name": "ui"},
            "node_modules/@a/shipped": {"version": "2.0.0", "license": "MIT"},
            "node_modules/builder": {"version": "1.0.0", "license": "Odd-1.0", "dev": true},
            "node_modules/elsewhere": {"version": "1.0.0", "license": "MIT", "optional": true}}});
        let mut notices = Notices::default();
        pages(&lock, folder.path(), &["MIT".to_owned()], &mut notices).unwrap();
        let told = notices.told();
        assert!(
            told.contains("  @a/shipped 2.0.0: MIT\n") && told.ends_with("\nTake it.\n"),
            "{told}"
        );
        assert_eq!(notices.counted(), (1, 1));
    }

    #[test]
    fn a_licence_nobody_agreed_to_stops_the_bundle() {
        let folder = TemporaryFolder::new("licences-test").unwrap();
        let lock =
            json!({"packages": {"node_modules/odd": {"version": "1.0.0", "license": "Odd-1.0"}}});
        let failure = pages(
            &lock,
            folder.path(),
            &["MIT".to_owned()],
            &mut Notices::default(),
        )
        .unwrap_err();
        assert!(failure.to_string().contains("odd 1.0.0"), "{failure}");
    }
}
