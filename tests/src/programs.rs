//! Where the programs under test are: named by `cargo xtask test`, else where a debug build puts them.

use std::path::{Path, PathBuf};

/// The command line program.
#[must_use]
pub fn cmmc() -> PathBuf {
    named("CMMC_BIN", "target/debug/cmmc")
}

/// The desktop app, built with the features `custom-protocol` and `automation`.
#[must_use]
pub fn app() -> PathBuf {
    named("CMMCPRO_APP_BIN", "target/debug/cmmcpro")
}

/// The AWS stand-in.
#[must_use]
pub fn moto_server() -> PathBuf {
    named("MOTO_SERVER", ".venv/bin/moto_server")
}

/// A file of the repository.
#[must_use]
pub fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this package is a folder of the repository")
        .join(path)
}

fn named(variable: &str, built: &str) -> PathBuf {
    let path = std::env::var_os(variable).map_or_else(|| in_repository(built), PathBuf::from);
    assert!(path.is_file(), "{variable}: there is no {}", path.display());
    path
}
