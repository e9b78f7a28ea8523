//! The long runs of `cargo xtask soak`.

use end_to_end::{Desk, Entra, kill};
use graph_emulator::Tenant;
use std::time::Duration;

#[test]
fn killed_at_two_hundred_moments_of_a_first_sync() {
    let desk = Desk::with_company();
    let entra = Entra::serving(
        Tenant::small_at(chrono::Utc::now()),
        Duration::from_millis(15),
    );
    entra.connect(&desk);
    kill::many(&desk, 200, 37);
}
