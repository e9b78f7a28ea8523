//! `cargo xtask bundle`: this platform's installer, with both programs and the licences of everything in them.
//!
//! Tauri's own prebuilt CLI does the bundling; it comes with the UI's packages.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::process::{Step, is_on_path};
use crate::random::TemporaryFolder;
use crate::{Failure, Outcome, bundle_check, bundle_licences, setup, workspace};

/// What Tauri is asked to make: the kind of installer that people of this platform expect.
const KIND: &str = if cfg!(target_os = "linux") {
    "deb"
} else if cfg!(windows) {
    "nsis"
} else {
    "dmg"
};

/// How a Debian package of ours is called, and what its files are named after.
pub const PACKAGE: &str = "cmmcpro";

/// With `--check`: tries out the package that an earlier call made. Otherwise makes it.
pub fn bundle(options: &[&str]) -> Outcome {
    match options {
        [] => make(),
        ["--check"] => bundle_check::check(),
        _ => Err(Failure::new("`bundle` takes nothing, or --check")),
    }
}

fn make() -> Outcome {
    setup::for_the_window()?;
    let staged = staging();
    fs::create_dir_all(&staged).map_err(|error| {
        Failure::new(format!("{} could not be made: {error}", staged.display()))
    })?;
    bundle_licences::write(&staged.join("third-party-licences.txt"))?;
    // Both programs at once: Cargo then compiles what they share once, with the same features.
    tauri(&["build", "--ci", "--no-bundle"])
        .args(["--", "--locked", "--package", "cmmcpro", "--package", "cli"])
        .run()?;
    let cmmc = workspace::built("release", "cmmc");
    let copy = staged.join(format!("cmmc{}", std::env::consts::EXE_SUFFIX));
    fs::copy(&cmmc, copy).map_err(|error| {
        Failure::new(format!("{} could not be copied: {error}", cmmc.display()))
    })?;
    let configuration = overlay(
        std::env::consts::OS,
        &depends_of_the_configuration()?,
        needed_glibc()?,
    );
    let started = std::time::SystemTime::now();
    tauri(&["bundle", "--ci", "--bundles", KIND, "--config"])
        .arg(configuration.to_string())
        .run()?;
    let made = installers(started)?;
    for installer in &made {
        squeeze(installer)?;
    }
    if made.is_empty() {
        return Err(Failure::new("the Tauri CLI left no installer behind"));
    }
    println!("\nsizes");
    for file in [workspace::built("release", PACKAGE), cmmc]
        .iter()
        .chain(&made)
    {
        println!("  {}", told_size(file)?);
    }
    Ok(())
}

/// The prebuilt Tauri CLI, in the root folder, where it finds `tauri.conf.json`.
fn tauri(words: &[&str]) -> Step {
    Step::new("node")
        .arg(Path::new("ui/node_modules/@tauri-apps/cli/tauri.js"))
        .args(words)
}

/// Where files wait that `tauri.conf.json` names as parts of the installer.
pub fn staging() -> PathBuf {
    workspace::root().join("target/packaging")
}

/// Where Tauri leaves installers of this platform's kind.
pub fn installer_folder() -> PathBuf {
    workspace::target().join("release/bundle").join(KIND)
}

/// What the configuration says differently on this platform, as a JSON merge patch.
fn overlay(platform: &str, depends: &[String], glibc: Option<String>) -> Value {
    match platform {
        "linux" => {
            let mut depends = depends.to_vec();
            depends.extend(glibc.map(|version| format!("libc6 (>= {version})")));
            // Debian's names are lower case, and Tauri would make `cmmc-pro` of the product's name.
            json!({"productName": PACKAGE, "bundle": {"linux": {"deb": {"depends": depends}}}})
        }
        // As resources: they land beside the app's program.
        "windows" => json!({"bundle": {"resources": {
            "target/packaging/cmmc.exe": "cmmc.exe",
            "target/packaging/third-party-licences.txt": "third-party-licences.txt"}}}),
        _ => json!({}),
    }
}

fn depends_of_the_configuration() -> Outcome<Vec<String>> {
    let text = fs::read_to_string(workspace::root().join("tauri.conf.json"))
        .map_err(|error| Failure::new(format!("tauri.conf.json could not be read: {error}")))?;
    let configuration: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("tauri.conf.json is not JSON: {error}")))?;
    let depends = configuration
        .pointer("/bundle/linux/deb/depends")
        .and_then(Value::as_array)
        .ok_or_else(|| Failure::new("tauri.conf.json names no dependencies of the .deb"))?;
    Ok(depends
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect())
}

/// The oldest C library that both programs start with. It depends on the machine they were built on.
fn needed_glibc() -> Outcome<Option<String>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let mut newest = None;
    for program in [PACKAGE, "cmmc"] {
        let (symbols, _) = Step::new("objdump")
            .arg("-T")
            .arg(workspace::built("release", program))
            .output()?;
        newest = newest.max(newest_glibc(&symbols));
    }
    Ok(newest.map(|(major, minor)| format!("{major}.{minor}")))
}

/// The newest `GLIBC_x.y` among the versioned symbols that `objdump -T` lists.
fn newest_glibc(symbols: &str) -> Option<(u32, u32)> {
    symbols
        .split("GLIBC_")
        .skip(1)
        .filter_map(|rest| {
            let version = rest.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
            let (major, minor) = version.into_iter().next()?.split_once('.')?;
            let minor = minor.split('.').next()?;
            Some((major.parse().ok()?, minor.parse().ok()?))
        })
        .max()
}

/// Packs a .deb again: Tauri's CLI only knows gzip, which makes it half as big again.
fn squeeze(deb: &Path) -> Outcome {
    // Where there is no dpkg, nobody installs it either.
    if deb.extension().is_none_or(|ending| ending != "deb") || !is_on_path("dpkg-deb") {
        return Ok(());
    }
    let folder = TemporaryFolder::new("deb")?;
    let content = folder.path().join("content");
    Step::new("dpkg-deb")
        .arg("--raw-extract")
        .arg(deb)
        .arg(&content)
        .run()?;
    // dpkg refuses folders that a strict umask closed.
    for folder in [content.clone(), content.join("DEBIAN")] {
        Step::new("chmod").arg("0755").arg(&folder).run()?;
    }
    Step::new("dpkg-deb")
        .args(["--root-owner-group", "-Zxz", "-z9", "-Sextreme", "--build"])
        .arg(&content)
        .arg(deb)
        .run()
}

/// The installers that were written since then.
fn installers(since: std::time::SystemTime) -> Outcome<Vec<PathBuf>> {
    let folder = installer_folder();
    let unreadable =
        |error| Failure::new(format!("{} could not be read: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let about = entry.metadata().map_err(unreadable)?;
        if about.is_file() && about.modified().is_ok_and(|modified| modified >= since) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// A file's name and size, in millions of bytes as the aims are.
pub fn told_size(file: &Path) -> Outcome<String> {
    let bytes = fs::metadata(file)
        .map_err(|error| Failure::new(format!("{} could not be read: {error}", file.display())))?
        .len();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let hundredths = bytes / 10_000;
    Ok(format!(
        "{name}: {}.{:02} MB ({bytes} bytes)",
        hundredths / 100,
        hundredths % 100
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_debian_package_is_called_as_its_folders_are() {
        let linux = overlay(
            "linux",
            &["libayatana-appindicator3-1".to_owned()],
            Some("2.34".to_owned()),
        );
        assert_eq!(linux["productName"], PACKAGE);
        assert_eq!(
            linux["bundle"]["linux"]["deb"]["depends"],
            json!(["libayatana-appindicator3-1", "libc6 (>= 2.34)"])
        );
    }

    #[test]
    fn the_command_and_the_licences_are_part_of_every_platforms_installer() {
        let text = fs::read_to_string(workspace::root().join("tauri.conf.json")).unwrap();
        let configuration: Value = serde_json::from_str(&text).unwrap();
        let bundle = &configuration["bundle"];
        for platform in [&bundle["linux"]["deb"], &bundle["macOS"]] {
            let files: Vec<&Value> = platform["files"].as_object().unwrap().values().collect();
            for wanted in [
                "target/packaging/cmmc",
                "target/packaging/third-party-licences.txt",
            ] {
                assert!(files.iter().any(|file| *file == wanted), "{wanted}");
            }
        }
        let windows = &overlay("windows", &[], None)["bundle"]["resources"];
        assert_eq!(windows["target/packaging/cmmc.exe"], "cmmc.exe");
        assert_eq!(
            windows["target/packaging/third-party-licences.txt"],
            "third-party-licences.txt"
        );
    }

    #[test]
    fn every_size_that_desktops_look_for_has_an_icon() {
        let text = fs::read_to_string(workspace::root().join("tauri.conf.json")).unwrap();
        let configuration: Value = serde_json::from_str(&text).unwrap();
        let mut sizes: Vec<(u32, u32)> = configuration["bundle"]["icon"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .filter(|file| file.ends_with(".png"))
            .map(|file| {
                let bytes = fs::read(workspace::root().join(file)).unwrap();
                // A PNG starts with its signature, then the header chunk: width and height, big-endian.
                let number =
                    |from: usize| u32::from_be_bytes(bytes[from..from + 4].try_into().unwrap());
                (number(16), number(20))
            })
            .collect();
        sizes.sort_unstable();
        assert_eq!(sizes, bundle_check::ICON_SIZES.map(|size| (size, size)));
    }

    #[test]
    fn the_newest_needed_c_library_is_found() {
        let symbols = "\
0000 DF *UND* 0000 (GLIBC_2.2.5) free
0000 DF *UND* 0000 (GLIBC_2.34) pthread_create
0000 DF *UND* 0000 (GLIBC_2.9)  pipe2
0000 w  D  *UND* 0000 __gmon_start__";
        assert_eq!(newest_glibc(symbols), Some((2, 34)));
        assert_eq!(newest_glibc("no versions"), None);
    }

    #[test]
    fn anything_but_a_check_is_refused() {
        assert!(bundle(&["--chek"]).is_err());
    }
}
