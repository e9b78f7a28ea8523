//! `cargo xtask new provider ID NAME`: the folder of a provider, and its lines in the registry.

use std::fs;
use std::path::Path;

use crate::process::Step;
use crate::registration::{insert_in_block, repeat_lines};
use crate::{Failure, Outcome, workspace};

/// The provider whose registry lines serve as the pattern: it is always there.
const PATTERN: &str = "aws";

/// What the folder holds: where each file goes and its template.
const FILES: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        include_str!("../templates/provider/Cargo.toml.template"),
    ),
    (
        "provider.toml",
        include_str!("../templates/provider/provider.toml.template"),
    ),
    (
        "README.md",
        include_str!("../templates/provider/README.md.template"),
    ),
    (
        "src/lib.rs",
        include_str!("../templates/provider/lib.rs.template"),
    ),
    (
        "src/client.rs",
        include_str!("../templates/provider/client.rs.template"),
    ),
    (
        "src/datasets/mod.rs",
        include_str!("../templates/provider/datasets_mod.rs.template"),
    ),
    (
        "src/datasets/accounts.rs",
        include_str!("../templates/provider/accounts.rs.template"),
    ),
    (
        "src/checks/mod.rs",
        include_str!("../templates/provider/checks_mod.rs.template"),
    ),
    (
        "src/checks/accounts_have_mfa.rs",
        include_str!("../templates/provider/accounts_have_mfa.rs.template"),
    ),
    (
        "tests/conformance.rs",
        include_str!("../templates/provider/conformance.rs.template"),
    ),
    (
        "fixtures/mixed/accounts.1.json",
        include_str!("../templates/provider/accounts.json.template"),
    ),
];

/// Makes the folder and registers it.
pub fn create(id: &str, name: &str) -> Outcome {
    create_in(&workspace::root(), id, name)?;
    Step::cargo()
        .args(["fmt", "--package"])
        .arg(format!("provider-{id}"))
        .run()?;
    println!(
        "\nsrc-tauri/providers/{id} is there and registered. Next:\n\
         \x20 1. provider.toml: the card, the fields, the permissions with the reason for each.\n\
         \x20 2. src/datasets and src/checks: one small file each; fixtures/: answers with made-up data.\n\
         \x20 3. cargo test --package provider-{id} runs the promises every provider keeps, and says what is missing."
    );
    Ok(())
}

fn create_in(root: &Path, id: &str, name: &str) -> Outcome {
    let names = Names::new(id, name)?;
    let folder = root.join("src-tauri/providers").join(id);
    if folder.exists() {
        return Err(Failure::new(format!("there is a provider {id} already")));
    }
    // Every edit is worked out before the first file is written: a refusal leaves nothing half done.
    let edits = registrations(root, &names)?;
    for (file, template) in FILES {
        write(&folder.join(file), &names.fill(template))?;
    }
    for (file, text) in edits {
        write(&root.join(file), &text)?;
    }
    Ok(())
}

/// The files that list providers, with the new one in them.
fn registrations(root: &Path, names: &Names) -> Outcome<[(&'static str, String); 3]> {
    let workspace_file = "Cargo.toml";
    let registry_manifest = "src-tauri/crates/registry/Cargo.toml";
    let registry = "src-tauri/crates/registry/src/lib.rs";
    let id = &names.id;
    Ok([
        (
            workspace_file,
            insert_in_block(
                &read(&root.join(workspace_file))?,
                |line| line.starts_with("provider-") && line.contains("\"src-tauri/providers/"),
                &format!("provider-{id} = {{ path = \"src-tauri/providers/{id}\" }}"),
            )?,
        ),
        (
            registry_manifest,
            insert_in_block(
                &read(&root.join(registry_manifest))?,
                |line| line.starts_with("provider-") && !line.starts_with("provider-kit"),
                &format!("provider-{id}.workspace = true"),
            )?,
        ),
        (
            registry,
            repeat_lines(
                &read(&root.join(registry))?,
                &format!("provider_{PATTERN}"),
                &format!("provider_{}", names.identifier),
            )?,
        ),
    ])
}

/// The new provider under each of its names.
struct Names {
    id: String,
    name: String,
    identifier: String,
    type_name: String,
    monogram: String,
}

impl Names {
    fn new(id: &str, name: &str) -> Outcome<Self> {
        let in_order = id.split('-').all(|word| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit())
        });
        if !in_order || !id.starts_with(|first: char| first.is_ascii_lowercase()) {
            return Err(Failure::new(
                "an id is lower-case words joined by `-`, like entra-id",
            ));
        }
        // The name lands in TOML and Rust strings.
        if name.trim().is_empty()
            || name
                .chars()
                .any(|character| character.is_control() || "\"\\".contains(character))
        {
            return Err(Failure::new(
                "the name is what people read on the card, without quotes or backslashes",
            ));
        }
        Ok(Self {
            id: id.to_owned(),
            name: name.trim().to_owned(),
            identifier: id.replace('-', "_"),
            type_name: id.split('-').map(capitalised).collect(),
            monogram: monogram(name),
        })
    }

    fn fill(&self, template: &str) -> String {
        template
            .replace("{{id}}", &self.id)
            .replace("{{name}}", &self.name)
            .replace("{{identifier}}", &self.identifier)
            .replace("{{type}}", &self.type_name)
            .replace("{{monogram}}", &self.monogram)
            .replace("{{alias}}", &self.id.to_ascii_uppercase())
    }
}

/// Two letters in place of a logo: the initials of two words, or the first two letters of one.
fn monogram(name: &str) -> String {
    let letters = |word: &str| {
        word.chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect::<Vec<_>>()
    };
    let words: Vec<Vec<char>> = name
        .split_whitespace()
        .map(letters)
        .filter(|word| !word.is_empty())
        .collect();
    let mut chosen: Vec<char> = match words.as_slice() {
        [first, second, ..] => vec![first[0], second[0]],
        [only] => only.iter().copied().take(2).collect(),
        [] => Vec::new(),
    };
    chosen.resize(2, 'X');
    chosen.into_iter().collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

fn read(file: &Path) -> Outcome<String> {
    fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("{} could not be read: {error}", file.display())))
}

fn write(file: &Path, text: &str) -> Outcome {
    file.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(file, text))
        .map_err(|error| Failure::new(format!("{} could not be written: {error}", file.display())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::random::TemporaryFolder;

    fn workspace() -> TemporaryFolder {
        let folder = TemporaryFolder::new("new-provider").unwrap();
        write(
            &folder.path().join("Cargo.toml"),
            "provider-kit = { path = \"src-tauri/crates/provider-kit\" }\nprovider-aws = { path = \"src-tauri/providers/aws\" }\n",
        )
        .unwrap();
        let registry = folder.path().join("src-tauri/crates/registry");
        write(
            &registry.join("Cargo.toml"),
            "provider-kit.workspace = true\nprovider-aws.workspace = true\n",
        )
        .unwrap();
        write(
            &registry.join("src/lib.rs"),
            "//! The list.\nuse provider_aws::PROVIDER as _;\n",
        )
        .unwrap();
        folder
    }

    #[test]
    fn every_file_is_made_filled_and_registered() {
        let folder = workspace();
        create_in(folder.path(), "google-workspace", "Google Workspace").unwrap();
        let provider = folder.path().join("src-tauri/providers/google-workspace");
        for (file, _) in FILES {
            let text = read(&provider.join(file)).unwrap();
            assert!(!text.contains("{{"), "{file} still has a blank");
        }
        assert!(
            read(&provider.join("provider.toml"))
                .unwrap()
                .contains("Google Workspace")
        );
        assert!(read(&folder.path().join("Cargo.toml")).unwrap().contains(
            "provider-google-workspace = { path = \"src-tauri/providers/google-workspace\" }"
        ));
        let registry = folder.path().join("src-tauri/crates/registry");
        assert!(
            read(&registry.join("Cargo.toml"))
                .unwrap()
                .contains("provider-google-workspace.workspace = true")
        );
        assert!(
            read(&registry.join("src/lib.rs"))
                .unwrap()
                .contains("use provider_google_workspace::PROVIDER as _;")
        );
    }

    #[test]
    fn a_second_time_is_refused_and_changes_nothing() {
        let folder = workspace();
        create_in(folder.path(), "okta", "Okta").unwrap();
        let before = read(&folder.path().join("Cargo.toml")).unwrap();
        assert!(create_in(folder.path(), "okta", "Okta").is_err());
        assert_eq!(read(&folder.path().join("Cargo.toml")).unwrap(), before);
    }

    #[test]
    fn nothing_is_written_where_the_registry_has_no_pattern() {
        let folder = workspace();
        write(
            &folder.path().join("src-tauri/crates/registry/src/lib.rs"),
            "//! Empty.\n",
        )
        .unwrap();
        assert!(create_in(folder.path(), "okta", "Okta").is_err());
        assert!(!folder.path().join("src-tauri/providers").exists());
    }

    #[test]
    fn ids_and_names_that_would_break_something_are_refused() {
        for id in ["", "Okta", "a b", "../x", "-x", "x-", "9x", "x--y"] {
            assert!(Names::new(id, "Name").is_err(), "{id}");
        }
        for name in ["", " ", "a\"b", "a\\b", "a\nb"] {
            assert!(Names::new("okta", name).is_err(), "{name:?}");
        }
        assert_eq!(
            ["Google Workspace", "Okta", "X", "!"].map(monogram),
            ["GW", "Ok", "XX", "XX"]
        );
        assert_eq!(Names::new("entra-id", "x").unwrap().type_name, "EntraId");
    }
}
