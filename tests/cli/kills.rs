//! Killed at any moment: nothing acknowledged is lost, nothing half-written is visible.

use end_to_end::{Desk, Entra, kill};
use graph_emulator::Tenant;
use std::time::Duration;

#[test]
fn killed_at_twenty_moments_of_a_first_sync() {
    let desk = Desk::with_company();
    let entra = Entra::serving(
        Tenant::small_at(chrono::Utc::now()),
        Duration::from_millis(15),
    );
    entra.connect(&desk);
    kill::many(&desk, 20, 37);
}
