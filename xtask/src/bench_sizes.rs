//! The bench's look at the sizes of programs and installer.

use std::fs;
use std::path::PathBuf;

use crate::bench_page::{grouped, met, table};
use crate::{Failure, Outcome, workspace};

/// The largest that a program and the installer may be, in bytes, and times the bare window (performance.md, P7).
const PROGRAM_AIM: u64 = 15_000_000;
const INSTALLER_AIM: u64 = 8_000_000;
const TIMES_AIM: u64 = 5;

/// Measures and returns the section.
pub fn measure() -> Outcome<String> {
    let size = |name: &str| {
        fs::metadata(workspace::built("release", name))
            .map(|file| file.len())
            .map_err(|error| Failure::new(format!("{name}: {error}")))
    };
    Ok(section(
        size("cmmcpro")?,
        size("cmmc")?,
        size("bare-window")?,
        installer(),
    ))
}

/// The newest installer that `cargo xtask bundle` left.
fn installer() -> Option<u64> {
    let folder: PathBuf = workspace::target().join("release/bundle/deb");
    fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let file = fs::metadata(&path).ok()?;
            let is_one = path.extension().is_some_and(|kind| kind == "deb");
            is_one.then_some((file.modified().ok()?, file.len()))
        })
        .max()
        .map(|(_, size)| size)
}

fn section(app: u64, command: u64, bare: u64, installer: Option<u64>) -> String {
    let row = |name: &str, size: u64, aims: &[(u64, String)]| {
        let told: Vec<String> = aims
            .iter()
            .map(|(aim, text)| format!("{text}: {}", met(size <= *aim)))
            .collect();
        vec![
            name.to_owned(),
            grouped(size),
            format!("{:.2}", size as f64 / bare.max(1) as f64),
            told.join("; "),
        ]
    };
    let program = [
        (PROGRAM_AIM, "at most 15 MB".to_owned()),
        (TIMES_AIM * bare, format!("at most {TIMES_AIM} × bare")),
    ];
    let mut rows = vec![
        row("`bare-window`", bare, &[]),
        row("`cmmcpro`, the window", app, &program),
        row("`cmmc`, the command", command, &program),
    ];
    rows.push(match installer {
        Some(size) => row(
            "the `.deb` with both",
            size,
            &[(INSTALLER_AIM, "at most 8 MB".to_owned())],
        ),
        None => vec![
            "the `.deb` with both".to_owned(),
            "none was built".to_owned(),
            String::new(),
            String::new(),
        ],
    });
    table(&["file", ">bytes", ">times bare", "aim"], &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_beside_the_bare_window_and_the_aims() {
        let told = section(20_000_000, 10_000_000, 4_000_000, Some(8_000_000));
        assert!(told.contains("| `cmmcpro`, the window | 20,000,000 | 5.00 | at most 15 MB: **not met**; at most 5 × bare: met |"), "{told}");
        assert!(told.contains("| 10,000,000 | 2.50 | at most 15 MB: met;"));
        assert!(told.contains("| 8,000,000 | 2.00 | at most 8 MB: met |"));
    }

    #[test]
    fn an_installer_that_is_not_there_has_no_size() {
        assert!(section(1, 1, 1, None).contains("| none was built |"));
    }
}
