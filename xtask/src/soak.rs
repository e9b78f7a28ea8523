//! `cargo xtask soak`: the long end-to-end runs, which nobody wants to wait for on every change.

use crate::process::Step;
use crate::test::{build_for_end_to_end, has_nextest, on_a_display};
use crate::{Outcome, setup};

/// Runs the `soak` test target; its progress is shown as it comes.
pub fn soak() -> Outcome {
    setup::for_tests()?;
    setup::build_ui()?;
    build_for_end_to_end()?;
    let target = [
        "--package",
        "end-to-end",
        "--features",
        "soak",
        "--test",
        "soak",
    ];
    let step: Step = if has_nextest() {
        on_a_display(&[&["nextest", "run"], target.as_slice(), &["--no-capture"]].concat())?
    } else {
        on_a_display(&[&["test"], target.as_slice(), &["--", "--nocapture"]].concat())?
    };
    step.env("CMMC_SOAK", "1").run()
}
