//! Where things are in the working copy.

use std::path::{Path, PathBuf};

/// Features of every build that a person or a test runs: the bundled pages, no development server.
pub const APP_FEATURES: &str = "cmmcpro/custom-protocol";

/// Features of the build that WebDriver attaches to.
pub const AUTOMATED_APP_FEATURES: &str = "cmmcpro/custom-protocol,cmmcpro/automation";

/// The folder that holds the root `Cargo.toml`.
pub fn root() -> PathBuf {
    // Cargo sets the variable at run time; the compiled-in value serves a copied binary.
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().map(Path::to_path_buf).unwrap_or(xtask)
}

/// The UI's folder.
pub fn ui() -> PathBuf {
    root().join("ui")
}

/// Where Cargo puts what it builds.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(chosen) => root().join(chosen),
        None => root().join("target"),
    }
}

/// A program this workspace builds; `profile` is `debug` or `release`.
pub fn built(profile: &str, name: &str) -> PathBuf {
    target()
        .join(profile)
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// A program of the Python environment the tests use.
pub fn venv_program(name: &str) -> PathBuf {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    root()
        .join(".venv")
        .join(folder)
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
