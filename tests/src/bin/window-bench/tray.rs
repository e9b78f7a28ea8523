//! What the app takes with its main screen open, and without a window in the tray, after one sync of everything;
//! beside a bare window, open and closed.

use crate::place::{Place, Program};
use crate::tree::{self, Moment};
use end_to_end::{Entra, desk::PASSPHRASE};
use graph_emulator::Tenant;
use serde_json::{Value, json};
use std::time::Duration;

/// Measures after `settle` seconds, then `rounds` times over `round` seconds.
pub fn measure(users: usize, settle: u64, rounds: u64, round: u64) -> Value {
    let place = Place::new();
    let tenant = Tenant::sized_at(users, chrono::Utc::now());
    let entra = Entra::serving(tenant, Duration::ZERO);
    entra.connect(&place.desk);

    let app = place.start(Program::App);
    let item = place.tray.item();
    place.eye.type_line(app.id(), PASSPHRASE);
    item.until("Nothing was collected yet");
    eprintln!("the vault is open; collecting");
    item.choose("Sync now");
    item.until("last sync");
    // The page shows what came.
    pause(settle.min(10));
    let app_open = tree::private_dirty(app.id());
    let bare = place.start(Program::Bare);
    pause(settle.min(10));
    let bare_open = tree::private_dirty(bare.id());

    place.close(&app);
    place.close(&bare);
    eprintln!("both windows are closed; settling for {settle} s");
    pause(settle);
    let closed = [&app, &bare].map(|window| tree::private_dirty(window.id()));
    let mut measured = Vec::new();
    for _ in 0..rounds {
        let before = [&app, &bare].map(|window| Moment::of(window.id()));
        pause(round);
        let work = [&app, &bare].map(|window| Moment::of(window.id()));
        let [app, bare] = [0, 1].map(|at| {
            let work = work[at].since(&before[at]);
            json!({"switches": work.switches, "ticks": work.ticks, "threads": work.by_name})
        });
        eprintln!("{round} s: app {app}, bare {bare}");
        measured.push(json!({"app": app, "bare": bare}));
    }
    json!({
        "users": users,
        "settle": settle,
        "round": round,
        "open": {"app": app_open, "bare": bare_open},
        "closed": {"app": closed[0], "bare": closed[1]},
        "rounds": measured,
    })
}

fn pause(seconds: u64) {
    std::thread::sleep(Duration::from_secs(seconds));
}
