//! `cargo xtask bundle --check`: installs the .deb on this machine, uses it as a person would, and removes it again.
//!
//! Needs root, or `sudo` without a password, so it is no part of `cargo xtask test`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::bundle::{self, PACKAGE};
use crate::bundle_display::Session;
use crate::process::Step;
use crate::{Failure, Outcome, bundle_doors, bundle_libraries, packages};

/// The sizes of icons that desktops look for, in pixels.
pub const ICON_SIZES: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];

/// Debian packages that the check itself uses.
const FOR_THE_CHECK: [&str; 7] = [
    "binutils",
    "dbus",
    "desktop-file-utils",
    "imagemagick",
    "webkit2gtk-driver",
    "x11-utils",
    "xvfb",
];

/// The title of the app's window.
const TITLE: &str = "CMMCPro";

/// The smallest window the app allows itself.
const SMALLEST: (u32, u32) = (960, 640);

const MENU_ENTRY: &str = "/usr/share/applications/cmmcpro.desktop";
const DOCUMENTS: &str = "/usr/share/doc/cmmcpro";

/// Tries out the newest .deb that `cargo xtask bundle` made.
pub fn check() -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new(
            "only the .deb can be tried out by this task, on Debian or Ubuntu",
        ));
    }
    packages::require(&FOR_THE_CHECK)?;
    let deb = newest_deb()?;
    if is_installed()? {
        return Err(Failure::new(format!(
            "{PACKAGE} is installed on this machine; the check would remove it. Remove it yourself first."
        )));
    }
    seen(&format!("the package is {}", bundle::told_size(&deb)?));
    told_by_the_package(&deb)?;
    let used = install(&deb).and_then(|()| use_it());
    // Whatever was found wrong, the package goes again; what apt brought in for it stays.
    let removed = if is_installed()? { remove() } else { Ok(()) };
    let kept = used?;
    removed?;
    kept.untouched()?;
    println!("\nThe package is good.");
    Ok(())
}

fn install(deb: &Path) -> Outcome {
    let (said, code) = as_root("env")?
        .args([
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "install",
            "--yes",
            "--no-install-recommends",
            "--no-remove",
        ])
        .arg(deb)
        .output()?;
    if code != Some(0) {
        return Err(Failure::new(format!(
            "apt-get could not install {}:\n{said}",
            deb.display()
        )));
    }
    seen("it installs");
    Ok(())
}

/// What the fresh user had before the package was removed.
struct Kept {
    session: Session,
    data: Vec<(PathBuf, Vec<u8>)>,
}

impl Kept {
    fn untouched(&self) -> Outcome {
        if files_in(&data_folder(&self.session))? != self.data {
            return Err(Failure::new("removing the package changed the user's data"));
        }
        seen(&format!(
            "the user's data ({} files) is as it was",
            self.data.len()
        ));
        Ok(())
    }
}

fn use_it() -> Outcome<Kept> {
    files_are_in_place()?;
    let entry = menu_entry()?;
    let libraries = bundle_libraries::come_with_the_package()?;
    seen(&format!(
        "its dependencies bring all {libraries} libraries the programs are linked with"
    ));
    let session = Session::start()?;
    starts_from_the_menu(&session, &entry)?;
    works_on_the_command_line(&session)?;
    bundle_doors::inspector_stays_away(&session, "/usr/bin/cmmcpro", TITLE)?;
    seen("WebKit's inspector does not listen, though the environment asks for it");
    let why = bundle_doors::driver_is_refused(&session, "/usr/bin/cmmcpro", TITLE)?;
    seen(&format!(
        "WebDriver starts it, sees the window come up and gets no session ({why})"
    ));
    let data = files_in(&data_folder(&session))?;
    Ok(Kept { session, data })
}

fn told_by_the_package(deb: &Path) -> Outcome {
    let field = |name: &str| -> Outcome<String> {
        let (answer, _) = Step::new("dpkg-deb")
            .arg("--field")
            .arg(deb)
            .arg(name)
            .output()?;
        Ok(answer.trim().to_owned())
    };
    for (name, expected) in [
        ("Package", PACKAGE),
        ("Version", env!("CARGO_PKG_VERSION")),
        ("Section", "misc"),
    ] {
        let found = field(name)?;
        if found != expected {
            return Err(Failure::new(format!(
                "its {name} is {found:?}, not {expected:?}"
            )));
        }
    }
    let depends = field("Depends")?;
    for wanted in [
        "libwebkit2gtk-4.1-0",
        "libgtk-3-0",
        "libayatana-appindicator3-1",
        "libc6 (>= ",
    ] {
        if depends.matches(wanted).count() != 1 {
            return Err(Failure::new(format!(
                "its dependencies do not name {wanted} once: {depends}"
            )));
        }
    }
    seen(&format!(
        "it is {PACKAGE} {} and depends on {depends}",
        env!("CARGO_PKG_VERSION")
    ));
    Ok(())
}

/// Every file the package may have, and no other.
fn expected_files() -> BTreeSet<String> {
    let icons = ICON_SIZES
        .iter()
        .map(|size| format!("/usr/share/icons/hicolor/{size}x{size}/apps/{PACKAGE}.png"));
    [
        "/usr/bin/cmmc",
        "/usr/bin/cmmcpro",
        MENU_ENTRY,
        "/usr/share/doc/cmmcpro/copyright",
        "/usr/share/doc/cmmcpro/third-party-licences.txt",
        "/usr/share/icons/hicolor/scalable/apps/cmmcpro.svg",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(icons)
    .collect()
}

fn files_are_in_place() -> Outcome {
    let found: BTreeSet<String> = installed_paths()?
        .into_iter()
        .filter(|path| Path::new(path).is_file())
        .collect();
    let expected = expected_files();
    if found != expected {
        let missing: Vec<_> = expected.difference(&found).collect();
        let unknown: Vec<_> = found.difference(&expected).collect();
        return Err(Failure::new(format!(
            "missing files: {missing:?}; files nobody expects: {unknown:?}"
        )));
    }
    let notices = fs::read_to_string(Path::new(DOCUMENTS).join("third-party-licences.txt"))
        .unwrap_or_default();
    for piece in [
        "tauri ",
        "react ",
        "OpenSSL",
        "SQLCipher",
        "Apache License",
        "SIL OPEN FONT LICENSE",
    ] {
        if !notices.contains(piece) {
            return Err(Failure::new(format!("the licences say nothing of {piece}")));
        }
    }
    seen(&format!(
        "its {} files are in place, licences included",
        found.len()
    ));
    Ok(())
}

/// What the menu entry says that matters here.
#[derive(Debug, PartialEq, Eq)]
struct MenuEntry {
    command: Vec<String>,
    class: String,
}

fn menu_entry() -> Outcome<MenuEntry> {
    let (complaints, code) = Step::new("desktop-file-validate")
        .arg(MENU_ENTRY)
        .output()?;
    if code != Some(0) || !complaints.trim().is_empty() {
        return Err(Failure::new(format!("desktop-file-validate: {complaints}")));
    }
    let text = fs::read_to_string(MENU_ENTRY)
        .map_err(|error| Failure::new(format!("{MENU_ENTRY} could not be read: {error}")))?;
    let entry = read_menu_entry(&text)
        .ok_or_else(|| Failure::new(format!("{MENU_ENTRY} lacks something:\n{text}")))?;
    seen(&format!(
        "its menu entry is valid and starts `{}`",
        entry.command.join(" ")
    ));
    Ok(entry)
}

fn read_menu_entry(text: &str) -> Option<MenuEntry> {
    let value = |key: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
            .filter(|value| !value.is_empty())
    };
    for key in ["Name", "Comment", "Categories", "Icon"] {
        value(key)?;
    }
    Some(MenuEntry {
        // Field codes stand for files a person dropped on the icon: none here.
        command: value("Exec")?
            .split_whitespace()
            .filter(|word| !word.starts_with('%'))
            .map(str::to_owned)
            .collect(),
        class: value("StartupWMClass")?.to_owned(),
    })
}

fn starts_from_the_menu(session: &Session, entry: &MenuEntry) -> Outcome {
    let (program, arguments) = entry
        .command
        .split_first()
        .ok_or_else(|| Failure::new("the menu entry starts nothing"))?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let app = session.open(program, &arguments, &[])?;
    let window = session.window(TITLE)?;
    if window.size.0 < SMALLEST.0 || window.size.1 < SMALLEST.1 {
        return Err(Failure::new(format!(
            "its window is only {:?}",
            window.size
        )));
    }
    if !window.class.contains(&entry.class) {
        return Err(Failure::new(format!(
            "the menu entry expects windows of the class {}, and they are {:?}",
            entry.class, window.class
        )));
    }
    let picture = bundle::staging().join("window.png");
    session.picture(&window, &picture)?;
    drop(app);
    seen(&format!(
        "its window comes up for a new user ({} x {}, {})",
        window.size.0,
        window.size.1,
        picture.display()
    ));
    Ok(())
}

fn works_on_the_command_line(session: &Session) -> Outcome {
    let passphrase = session.home().join("passphrase");
    fs::write(&passphrase, format!("{}\n", crate::random::passphrase()))
        .map_err(|error| Failure::new(format!("no passphrase could be kept: {error}")))?;
    let passphrase = passphrase.to_string_lossy().into_owned();
    let run = |words: &[&str]| -> Outcome<Value> {
        let options = ["--json", "--passphrase-file", &passphrase];
        let text = session.run("/usr/bin/cmmc", &[words, &options].concat())?;
        serde_json::from_str(&text).map_err(|error| {
            Failure::new(format!("`cmmc {}` gave no JSON: {error}", words.join(" ")))
        })
    };
    run(&["init", "--demo"])?;
    let status = run(&["status"])?;
    let requirements = status
        .get("requirements")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    if requirements != 110 {
        return Err(Failure::new(format!(
            "`cmmc status` tells of {requirements} requirements, not of 110"
        )));
    }
    if run(&["vault", "verify"])?.get("ok") != Some(&Value::Bool(true)) {
        return Err(Failure::new("the demo company's vault does not verify"));
    }
    seen(
        "the installed cmmc makes the demo company, tells the status of 110 requirements and verifies the vault",
    );
    Ok(())
}

fn remove() -> Outcome {
    let paths = installed_paths()?;
    as_root("dpkg")?.args(["--purge", PACKAGE]).output()?;
    if is_installed()? {
        return Err(Failure::new(format!("dpkg did not remove {PACKAGE}")));
    }
    // Folders that other packages share stay.
    let left: Vec<&String> = paths
        .iter()
        .filter(|path| {
            Path::new(path).exists() && (path.contains(PACKAGE) || !Path::new(path).is_dir())
        })
        .collect();
    if left.is_empty() {
        seen("it is removed, and nothing of it is left");
        Ok(())
    } else {
        Err(Failure::new(format!("removing it left {left:?}")))
    }
}

/// Files and folders, as dpkg lists them.
fn installed_paths() -> Outcome<Vec<String>> {
    let (paths, _) = Step::new("dpkg").args(["--listfiles", PACKAGE]).output()?;
    Ok(paths.lines().map(str::to_owned).collect())
}

fn is_installed() -> Outcome<bool> {
    let (status, _) = Step::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", PACKAGE])
        .quiet()
        .output()?;
    Ok(!matches!(status.as_str(), "" | "not-installed"))
}

fn newest_deb() -> Outcome<PathBuf> {
    let folder = bundle::installer_folder();
    let modified = |path: &PathBuf| fs::metadata(path).and_then(|about| about.modified()).ok();
    fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "deb"))
        .max_by_key(modified)
        .ok_or_else(|| {
            Failure::new(format!(
                "there is no .deb in {}: run `cargo xtask bundle` first",
                folder.display()
            ))
        })
}

fn as_root(program: &str) -> Outcome<Step> {
    let (id, _) = Step::new("id").arg("-u").output()?;
    Ok(if id.trim() == "0" {
        Step::new(program)
    } else {
        Step::new("sudo").args(["-n", program])
    })
}

/// Where the documentation says that a user's data is.
fn data_folder(session: &Session) -> PathBuf {
    session.home().join(".local/share/cmmcpro")
}

/// Every file below a folder, with its content.
fn files_in(folder: &Path) -> Outcome<Vec<(PathBuf, Vec<u8>)>> {
    let unreadable =
        |error| Failure::new(format!("{} could not be read: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            found.extend(files_in(&path)?);
        } else {
            let bytes = fs::read(&path).map_err(unreadable)?;
            found.push((path, bytes));
        }
    }
    found.sort();
    Ok(found)
}

fn seen(what: &str) {
    println!("ok  {what}");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::workspace;

    #[test]
    fn our_menu_entry_says_everything_desktops_ask_for() {
        let template =
            fs::read_to_string(workspace::root().join("src-tauri/packaging/cmmcpro.desktop"))
                .unwrap();
        let lines: Vec<&str> = template
            .lines()
            .filter(|line| !line.starts_with("{{#") && !line.starts_with("{{/"))
            .collect();
        let text = lines
            .join("\n")
            .replace("{{exec}}", "cmmcpro %U")
            .replace("{{icon}}", "cmmcpro");
        let entry = read_menu_entry(&text).unwrap();
        assert_eq!(entry.command, ["cmmcpro"]);
        assert!(read_menu_entry(&text.replace("Categories=", "X=")).is_none());
        assert!(read_menu_entry(&text.replace("StartupWMClass=", "X=")).is_none());
    }

    #[test]
    fn changed_data_is_noticed() {
        let folder = crate::random::TemporaryFolder::new("bundle-test").unwrap();
        fs::create_dir(folder.path().join("companies")).unwrap();
        fs::write(folder.path().join("companies/vault.db"), "one").unwrap();
        let before = files_in(folder.path()).unwrap();
        fs::write(folder.path().join("companies/vault.db"), "two").unwrap();
        assert_ne!(files_in(folder.path()).unwrap(), before);
    }
}
