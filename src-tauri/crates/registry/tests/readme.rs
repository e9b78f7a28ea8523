//! The table of checks in the project's README is made from the code.
//!
//! `CMMC_WRITE_README=1 cargo nextest run -p registry` writes it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fmt::Write as _;

const BEGIN: &str = "<!-- checks: made from the code -->\n";
const END: &str = "<!-- end of checks -->\n";

/// Text in a cell: a bar would end it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn table() -> String {
    let mut out = String::new();
    for provider in registry::providers() {
        let manifest = provider.manifest();
        let checks = provider.checks();
        writeln!(
            out,
            "\n<details><summary>{}: {} checks over {} datasets</summary>\n",
            manifest.name,
            checks.len(),
            provider.datasets().len()
        )
        .unwrap();
        out.push_str(
            "| check | what it shows | objectives | severity |\n| --- | --- | --- | --- |\n",
        );
        for check in checks {
            writeln!(
                out,
                "| `{}` | {} | {} | {} |",
                check.id,
                cell(check.title),
                check.objectives.join(", "),
                format!("{:?}", check.severity).to_lowercase()
            )
            .unwrap();
        }
        out.push_str("\n</details>\n");
    }
    out.push('\n');
    out
}

#[test]
fn the_readme_lists_the_checks_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    let made = table();
    if std::env::var_os("CMMC_WRITE_README").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{made}{END}{after}")).unwrap();
    } else if found.replace("\r\n", "\n") != made {
        panic!(
            "the README's table of checks is not the code's: CMMC_WRITE_README=1 cargo nextest run -p registry"
        );
    }
}
