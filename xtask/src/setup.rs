//! Everything that must be there before the first build: system packages, the UI's packages, a Python environment.

use std::fs;
use std::path::Path;

use crate::packages::{self, FOR_BUILDING, FOR_TESTS, FOR_THE_WINDOW};
use crate::process::{Step, is_on_path};
use crate::{Failure, Outcome, workspace};

/// The oldest Node whose release line the UI's tools support.
const OLDEST_NODE: u32 = 20;

/// All of it: `cargo xtask setup`.
pub fn everything() -> Outcome {
    for_tests()?;
    println!("Everything is in place.");
    Ok(())
}

/// For the `cmmc` command alone.
pub fn for_the_command() -> Outcome {
    system(&[FOR_BUILDING])
}

/// For the window.
pub fn for_the_window() -> Outcome {
    system(&[FOR_BUILDING, FOR_THE_WINDOW])?;
    ui_packages()
}

/// For every test layer.
pub fn for_tests() -> Outcome {
    system(&[FOR_BUILDING, FOR_THE_WINDOW, FOR_TESTS])?;
    ui_packages()?;
    python_environment()
}

fn system(wanted: &[&[&str]]) -> Outcome {
    if cfg!(target_os = "linux") {
        packages::require(&wanted.concat())
    } else if cfg!(windows) {
        report_missing(windows_lacks())
    } else {
        report_missing(macos_lacks())
    }
}

fn report_missing(lacks: Vec<&str>) -> Outcome {
    if lacks.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "this machine lacks:\n\n  - {}\n\nInstall it, open a new terminal and try again.",
        lacks.join("\n  - ")
    )))
}

fn windows_lacks() -> Vec<&'static str> {
    let mut lacks = Vec::new();
    let vswhere = std::env::var_os("ProgramFiles(x86)")
        .map(|folder| Path::new(&folder).join("Microsoft Visual Studio/Installer/vswhere.exe"));
    let compiler = vswhere
        .filter(|file| file.is_file())
        .is_some_and(|vswhere| {
            Step::new(vswhere)
                .args([
                    "-latest",
                    "-products",
                    "*",
                    "-property",
                    "installationPath",
                    "-requires",
                ])
                .arg("Microsoft.VisualStudio.Component.VC.Tools.x86.x64")
                .output()
                .is_ok_and(|(answer, _)| !answer.trim().is_empty())
        });
    if !compiler {
        lacks.push("Visual Studio Build Tools with \"Desktop development with C++\": winget install Microsoft.VisualStudio.2022.BuildTools");
    }
    // The runtime's own client id, documented for detecting it; per machine or per user.
    let webview = ["HKLM\\SOFTWARE\\WOW6432Node", "HKCU\\Software"].iter().any(|hive| {
        Step::new("reg")
            .arg("query")
            .arg(format!("{hive}\\Microsoft\\EdgeUpdate\\Clients\\{{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}}"))
            .args(["/v", "pv"])
            .succeeds()
    });
    if !webview {
        lacks.push("the WebView2 runtime: winget install Microsoft.EdgeWebView2Runtime");
    }
    if !is_on_path("cmake") {
        lacks.push("CMake: winget install Kitware.CMake");
    }
    if !is_on_path("perl") {
        lacks.push(
            "Perl, which building OpenSSL needs: winget install StrawberryPerl.StrawberryPerl",
        );
    }
    lacks
}

fn macos_lacks() -> Vec<&'static str> {
    let mut lacks = Vec::new();
    if !Step::new("xcode-select").arg("-p").succeeds() {
        lacks.push("the Xcode command line tools: xcode-select --install");
    }
    if !is_on_path("cmake") {
        lacks.push("CMake: brew install cmake");
    }
    lacks
}

fn ui_packages() -> Outcome {
    require_node()?;
    let lock = workspace::ui().join("package-lock.json");
    let stamp = workspace::ui().join("node_modules/.installed-package-lock.json");
    once_per_content(&lock, &stamp, || {
        // No install scripts: nothing we use needs one, and they run as whoever builds.
        Step::npm()
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .run()
    })
}

fn require_node() -> Outcome {
    let too_old = || {
        Failure::new(format!(
            "Node {OLDEST_NODE} or newer with npm is needed (nodejs.org)"
        ))
    };
    let (version, _) = Step::new("node")
        .arg("--version")
        .output()
        .map_err(|_| too_old())?;
    if node_major(&version).is_some_and(|major| major >= OLDEST_NODE) && is_on_path("npm") {
        Ok(())
    } else {
        Err(too_old())
    }
}

fn node_major(version: &str) -> Option<u32> {
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

fn python_environment() -> Outcome {
    let environment = workspace::root().join(".venv");
    let wanted = workspace::root().join("tests/requirements.txt");
    let stamp = environment.join("installed-requirements.txt");
    let python = workspace::venv_program("python");
    once_per_content(&wanted, &stamp, || {
        let system_python = if cfg!(windows) { "python" } else { "python3" };
        // `--clear`: an environment without our stamp is one that was interrupted.
        Step::new(system_python)
            .args(["-m", "venv", "--clear"])
            .arg(&environment)
            .run()?;
        Step::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(&wanted)
            .run()
    })
}

/// Does the work unless the stamp says it was done for this very content of the source file.
fn once_per_content(source: &Path, stamp: &Path, work: impl FnOnce() -> Outcome) -> Outcome {
    let content = fs::read(source).map_err(|error| {
        Failure::new(format!("{} could not be read: {error}", source.display()))
    })?;
    if fs::read(stamp).is_ok_and(|done| done == content) {
        return Ok(());
    }
    work()?;
    fs::write(stamp, content)
        .map_err(|error| Failure::new(format!("{} could not be written: {error}", stamp.display())))
}

/// Bundles the pages into `ui/dist`, which the app embeds.
pub fn build_ui() -> Outcome {
    Step::npm().args(["run", "build"]).run()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::random::TemporaryFolder;

    #[test]
    fn work_is_done_once_per_content() {
        let folder = TemporaryFolder::new("setup-test").unwrap();
        let source = folder.write("lock", "one").unwrap();
        let stamp = folder.path().join("stamp");
        let mut runs = 0;
        for content in ["one", "one", "two"] {
            fs::write(&source, content).unwrap();
            once_per_content(&source, &stamp, || {
                runs += 1;
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(runs, 2);
    }

    #[test]
    fn failed_work_leaves_no_stamp() {
        let folder = TemporaryFolder::new("setup-test").unwrap();
        let source = folder.write("lock", "one").unwrap();
        let stamp = folder.path().join("stamp");
        assert!(once_per_content(&source, &stamp, || Err(Failure::new("no"))).is_err());
        assert!(!stamp.exists());
    }

    #[test]
    fn the_node_version_is_read() {
        assert_eq!(node_major("v20.20.2\n"), Some(20));
        assert_eq!(node_major("nonsense"), None);
    }
}
