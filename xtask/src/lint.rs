//! `cargo xtask lint`: everything that can be said about the code without running it.

use crate::process::Step;
use crate::workspace::{APP_FEATURES, AUTOMATED_APP_FEATURES};
use crate::{Outcome, setup};

/// The version that `deny.toml` was written for.
const CARGO_DENY: &str = "0.20.2";

/// Formatting, clippy, dependency policy, UI lint and types.
pub fn lint() -> Outcome {
    setup::for_the_window()?;
    Step::cargo().args(["fmt", "--all", "--check"]).run()?;
    Step::npm().args(["run", "lint"]).run()?;
    Step::npm().args(["run", "typecheck"]).run()?;
    // With the bundled pages compiled in, clippy reads them: they must exist.
    setup::build_ui()?;
    clippy(&["--workspace", "--features", APP_FEATURES])?;
    // Only the app knows this feature, so only the app is looked at again.
    clippy(&["--package", "cmmcpro", "--features", AUTOMATED_APP_FEATURES])?;
    deny()
}

fn clippy(scope: &[&str]) -> Outcome {
    Step::cargo()
        .arg("clippy")
        .args(scope)
        .args(["--all-targets", "--", "--deny", "warnings"])
        .run()
}

fn deny() -> Outcome {
    if !Step::cargo().args(["deny", "--version"]).succeeds() {
        Step::cargo()
            .args(["install", "cargo-deny", "--locked", "--version", CARGO_DENY])
            .run()?;
    }
    // Advisories need a Git clone of their database: the hosted workflow checks them.
    Step::cargo()
        .args(["deny", "check", "bans", "licenses", "sources"])
        .run()
}
