//! That a .deb depends on all its programs are linked with.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::bundle::PACKAGE;
use crate::process::Step;
use crate::{Failure, Outcome};

/// Makes sure that every library the installed programs are linked with comes with what the package depends on, and counts them.
pub fn come_with_the_package() -> Outcome<usize> {
    let (tree, _) = Step::new("apt-cache")
        .args([
            "depends",
            "--recurse",
            "--installed",
            "--no-recommends",
            "--no-suggests",
            "--no-conflicts",
        ])
        .args(["--no-breaks", "--no-replaces", "--no-enhances", PACKAGE])
        .output()?;
    let reached = reached(&tree);
    let (known, _) = Step::new("ldconfig").arg("-p").output()?;
    let mut libraries = BTreeSet::new();
    for program in ["/usr/bin/cmmcpro", "/usr/bin/cmmc"] {
        let (dynamic, _) = Step::new("readelf").args(["--dynamic", program]).output()?;
        libraries.extend(needed(&dynamic).map(str::to_owned));
    }
    for library in &libraries {
        let file = place_of(library, &known)
            .and_then(|path| fs::canonicalize(path).ok())
            .ok_or_else(|| Failure::new(format!("{library} is nowhere on this machine")))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let (owners, _) = Step::new("dpkg")
            .args(["--search", &format!("*/{name}")])
            .output()?;
        let owner = owners
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(owners, _)| {
                owners
                    .split(", ")
                    .any(|owner| reached.contains(bare(owner)))
            });
        if owner.is_none() {
            return Err(Failure::new(format!(
                "nothing the package depends on brings {library} ({owners})"
            )));
        }
    }
    Ok(libraries.len())
}

/// The packages in what `apt-cache depends` says: each line ends with one, virtual ones in angle brackets.
fn reached(tree: &str) -> BTreeSet<&str> {
    tree.lines()
        .filter_map(|line| line.split_whitespace().last())
        .map(|name| bare(name.trim_matches(['<', '>'])))
        .collect()
}

/// A package's name without its architecture.
fn bare(package: &str) -> &str {
    package.split(':').next().unwrap_or(package)
}

/// The libraries in what `readelf --dynamic` says.
fn needed(dynamic: &str) -> impl Iterator<Item = &str> {
    dynamic
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .filter_map(|line| line.split_once('[')?.1.split(']').next())
}

/// Where a library is, in what `ldconfig -p` says.
fn place_of<'a>(library: &str, known: &'a str) -> Option<&'a str> {
    known
        .lines()
        .filter(|line| line.split_whitespace().next() == Some(library))
        .find_map(|line| line.split_once("=> "))
        .map(|(_, path)| path.trim())
        .or_else(|| {
            // The loader itself is not in the list of some systems.
            ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"]
                .into_iter()
                .find(|path| path.ends_with(library) && Path::new(path).exists())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_read_from_the_dynamic_section_and_found() {
        let dynamic = "
 0x0000000000000001 (NEEDED)             Shared library: [libgtk-3.so.0]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
 0x000000000000000c (INIT)               0x1000";
        assert_eq!(
            needed(dynamic).collect::<Vec<_>>(),
            ["libgtk-3.so.0", "libc.so.6"]
        );
        let known = "\tlibgtk-3.so.0 (libc6,x86-64) => /lib/x86_64-linux-gnu/libgtk-3.so.0\n";
        assert_eq!(
            place_of("libgtk-3.so.0", known),
            Some("/lib/x86_64-linux-gnu/libgtk-3.so.0")
        );
        assert_eq!(place_of("libnone.so.1", known), None);
        let tree = "cmmcpro\n  Depends: <libgtk-3-0>\n    libgtk-3-0t64\nlibgtk-3-0t64:amd64\n  Depends: libc6\n";
        let expected = ["cmmcpro", "libc6", "libgtk-3-0", "libgtk-3-0t64"];
        assert_eq!(reached(tree), BTreeSet::from(expected));
    }
}
