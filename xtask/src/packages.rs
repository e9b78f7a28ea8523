//! System packages: which are needed, which are there, how the missing ones get in.

use std::collections::BTreeSet;

use crate::process::{Step, is_on_path};
use crate::{Failure, Outcome};

/// For everything: the compiler's tools and the libraries of the `cmmc` command.
pub const FOR_BUILDING: &[&str] = &[
    "build-essential",
    "cmake",
    "curl",
    "libdbus-1-dev",
    "pkg-config",
];

/// For the window.
pub const FOR_THE_WINDOW: &[&str] = &[
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "libxdo-dev",
];

/// For the tests.
pub const FOR_TESTS: &[&str] = &[
    "dbus-x11",
    "faketime",
    "gnome-keyring",
    "python3-venv",
    "webkit2gtk-driver",
    "xauth",
    "xvfb",
];

/// The kind of Linux, as far as installing packages goes.
#[derive(Debug, PartialEq, Eq)]
pub enum Linux {
    /// Debian, Ubuntu and what derives from them.
    Debian,
    /// Any other, with the name it gives itself.
    Other(String),
}

/// Reads `/etc/os-release` (os-release(5)).
pub fn linux_from_os_release(text: &str) -> Linux {
    let value = |key: &str| {
        text.lines()
            .filter_map(|line| line.trim().split_once('='))
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value.trim().trim_matches(['"', '\'']).to_owned())
            .unwrap_or_default()
    };
    let id = value("ID");
    let family = format!("{id} {}", value("ID_LIKE"));
    if family
        .split_whitespace()
        .any(|word| matches!(word, "debian" | "ubuntu"))
    {
        Linux::Debian
    } else if id.is_empty() {
        Linux::Other("this Linux".to_owned())
    } else {
        Linux::Other(id)
    }
}

/// The wanted packages that `dpkg-query` (`Package Status` a line) does not call installed.
pub fn missing<'a>(wanted: &[&'a str], dpkg_answer: &str) -> Vec<&'a str> {
    let installed: BTreeSet<&str> = dpkg_answer
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(_, status)| status.trim() == "installed")
        .map(|(name, _)| name)
        .collect();
    wanted
        .iter()
        .copied()
        .filter(|name| !installed.contains(name))
        .collect()
}

/// Makes sure the packages are installed, or says in one command how to install them.
pub fn require(wanted: &[&str]) -> Outcome {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    match linux_from_os_release(&release) {
        Linux::Debian => require_on_debian(wanted),
        Linux::Other(name) => require_elsewhere(&name, wanted),
    }
}

fn require_on_debian(wanted: &[&str]) -> Outcome {
    let (answer, _) = Step::new("dpkg-query")
        .args(["-W", "-f=${Package} ${db:Status-Status}\n"])
        .args(wanted)
        .quiet()
        .output()?;
    let missing = missing(wanted, &answer);
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing system packages: {}", missing.join(" "));
    if is_root() {
        apt_get(&[], &["update"])?;
        return apt_get(&[], &[&["install", "--yes"], missing.as_slice()].concat());
    }
    if is_on_path("sudo") && Step::new("sudo").args(["-n", "true"]).succeeds() {
        apt_get(&["sudo", "-n"], &["update"])?;
        return apt_get(
            &["sudo", "-n"],
            &[&["install", "--yes"], missing.as_slice()].concat(),
        );
    }
    Err(Failure::new(format!(
        "system packages are missing and may not be installed from here. Run this once, then try again:\n\n  \
         sudo apt-get update && sudo apt-get install --yes {}",
        missing.join(" ")
    )))
}

fn apt_get(before: &[&str], arguments: &[&str]) -> Outcome {
    // `env` rather than our environment: sudo drops variables it is not told to keep.
    let line = [
        before,
        &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
        arguments,
    ]
    .concat();
    let mut words = line.into_iter();
    let program = words.next().unwrap_or("apt-get");
    Step::new(program).args(words).run()
}

/// Other distributions name their packages differently: look for what the packages bring.
fn require_elsewhere(name: &str, wanted: &[&str]) -> Outcome {
    let absent: Vec<&str> = wanted
        .iter()
        .copied()
        .filter(|package| !is_present(package))
        .collect();
    if absent.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{name} lacks what these Debian packages bring; install its own packages for them, then try again:\n\n  {}",
        absent.join(" ")
    )))
}

fn is_present(package: &str) -> bool {
    let library = |name: &str| Step::new("pkg-config").args(["--exists", name]).succeeds();
    match package {
        "build-essential" => is_on_path("cc") && is_on_path("make") && is_on_path("perl"),
        "libdbus-1-dev" => library("dbus-1"),
        "libwebkit2gtk-4.1-dev" => library("webkit2gtk-4.1"),
        "libayatana-appindicator3-dev" => library("ayatana-appindicator3-0.1"),
        "librsvg2-dev" => library("librsvg-2.0"),
        // It has no pkg-config file; its absence shows when linking.
        "libxdo-dev" => true,
        "xvfb" => is_on_path("xvfb-run"),
        "dbus-x11" => is_on_path("dbus-run-session"),
        "gnome-keyring" => is_on_path("gnome-keyring-daemon"),
        "webkit2gtk-driver" => is_on_path("WebKitWebDriver"),
        "python3-venv" => Step::new("python3")
            .args(["-c", "import ensurepip, venv"])
            .succeeds(),
        program => is_on_path(program),
    }
}

fn is_root() -> bool {
    Step::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|(answer, _)| answer.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_ubuntu_and_their_children_are_one_family() {
        assert_eq!(
            linux_from_os_release("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n"),
            Linux::Debian
        );
        assert_eq!(
            linux_from_os_release("ID=ubuntu\nID_LIKE=debian\n"),
            Linux::Debian
        );
        assert_eq!(
            linux_from_os_release("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"),
            Linux::Debian
        );
    }

    #[test]
    fn another_linux_keeps_its_name() {
        assert_eq!(
            linux_from_os_release("NAME=\"Fedora Linux\"\nID=fedora\nVERSION_ID=42\n"),
            Linux::Other("fedora".to_owned())
        );
        assert_eq!(
            linux_from_os_release(""),
            Linux::Other("this Linux".to_owned())
        );
    }

    #[test]
    fn only_installed_counts_as_there() {
        let answer = "cmake installed\ncurl config-files\n";
        assert_eq!(
            missing(&["cmake", "curl", "xvfb"], answer),
            ["curl", "xvfb"]
        );
    }
}
