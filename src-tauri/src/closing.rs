//! Closing the window and coming back. Where there is a tray, closing takes the window and its page away for good and
//! leaves the app, its schedule and the open vault; a hidden page would keep all its memory. Without a tray it quits.

use crate::{
    tray,
    window::{self, MAIN},
};
use engine::{App, api::Closing, companies};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tauri::{AppHandle, Emitter as _, Manager as _, Url};
use tokio_util::sync::CancellationToken;

/// The event that has the page ask what is meant by closing.
const CLOSING: &str = "closing";

/// Closing again sooner is the same closing: a double click on the window's button.
const SAME: Duration = Duration::from_secs(1);

/// The longest place that is remembered, in bytes.
const PLACE_MAX: usize = 4096;

/// What is known about the window that was closed, or is about to be.
#[derive(Default)]
pub(crate) struct Resident {
    /// When the page was asked, which has not answered.
    asked: Mutex<Option<Instant>>,
    /// The window is gone, or going, and the app stays.
    in_tray: AtomicBool,
    /// Another process has the vault: this one has nothing to stay for.
    elsewhere: AtomicBool,
    /// Where the page was.
    place: Mutex<String>,
    /// Ends the watch over the tray.
    back: Mutex<Option<CancellationToken>>,
    /// One coming or going of the window at a time: two that open would make two windows of one name.
    turn: tokio::sync::Mutex<()>,
}

/// What closing the window means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The page says what it means, and asks.
    Ask,
    /// The window goes, the app stays.
    ToTray,
    /// The app ends.
    Quit,
}

/// What closing means, by whether there is a tray, whether somebody was told, whether the page was asked already and did
/// not answer, and whether another process has the vault.
fn step(tray: bool, told: bool, asked: bool, elsewhere: bool) -> Step {
    match (tray && !elsewhere, told || asked) {
        (false, _) => Step::Quit,
        (true, true) => Step::ToTray,
        (true, false) => Step::Ask,
    }
}

/// Whether the page was asked long enough ago for closing again to be meant.
fn unanswered(asked: Option<Instant>, now: Instant) -> bool {
    asked.is_some_and(|asked| now.saturating_duration_since(asked) >= SAME)
}

/// Somebody closed the window. It is still there: what happens to it is decided here, beside the thread that draws it.
pub(crate) fn requested(tauri: &AppHandle) {
    let tauri = tauri.clone();
    tauri::async_runtime::spawn(async move {
        let app = Arc::clone(&tauri.state::<Arc<App>>());
        let resident = tauri.state::<Resident>();
        // Asked anew each time: desktops get and lose their tray while the app runs.
        let tray = tray::is_there(&tauri).await;
        let asked = unanswered(*locked(&resident.asked), Instant::now());
        // A vault that is open here is something to stay for, whatever was refused before.
        let elsewhere = resident.elsewhere.load(Ordering::SeqCst) && app.opened().is_none();
        match step(tray, companies::told_of_tray(&app), asked, elsewhere) {
            Step::Ask => {
                locked(&resident.asked).get_or_insert_with(Instant::now);
                // A page that is not there does not answer; the next closing is meant.
                let _ = tauri.emit(CLOSING, ());
            }
            Step::ToTray => to_tray(&tauri).await,
            Step::Quit => quit(&tauri),
        }
    });
}

/// The page's answer, which the engine has remembered.
pub(crate) fn answered(tauri: &AppHandle, answer: Closing) {
    let resident = tauri.state::<Resident>();
    // Only an answer to a question of ours moves the window.
    if locked(&resident.asked).take().is_none() {
        return;
    }
    match answer {
        Closing::KeepRunning => {
            let tauri = tauri.clone();
            tauri::async_runtime::spawn(async move { to_tray(&tauri).await });
        }
        Closing::Quit => quit(tauri),
        Closing::Stay => {}
    }
}

/// Whether the app goes on without a window.
pub(crate) fn stays(tauri: &AppHandle) -> bool {
    tauri.state::<Resident>().in_tray.load(Ordering::SeqCst)
}

/// Ends the app: work is stopped and the vault is closed (see `exit`).
pub(crate) fn quit(tauri: &AppHandle) {
    tauri.exit(0);
}

/// Remembers whether opening a vault found it in another process's hands.
pub(crate) fn found_elsewhere(tauri: &AppHandle, elsewhere: bool) {
    let resident = tauri.state::<Resident>();
    resident.elsewhere.store(elsewhere, Ordering::SeqCst);
}

async fn to_tray(tauri: &AppHandle) {
    let resident = tauri.state::<Resident>();
    let _turn = resident.turn.lock().await;
    let Some(window) = tauri.get_webview_window(MAIN) else {
        return;
    };
    *locked(&resident.asked) = None;
    if let Ok(address) = window.url() {
        *locked(&resident.place) = place(&address);
    }
    resident.in_tray.store(true, Ordering::SeqCst);
    if window.destroy().is_err() {
        resident.in_tray.store(false, Ordering::SeqCst);
        return;
    }
    watch(tauri, &resident);
}

/// A tray that goes away would take the app out of everybody's reach: then the window comes back.
fn watch(tauri: &AppHandle, resident: &Resident) {
    let back = CancellationToken::new();
    *locked(&resident.back) = Some(back.clone());
    let tauri = tauri.clone();
    tauri::async_runtime::spawn(async move {
        tokio::select! {
            () = back.cancelled() => {}
            () = tray::gone() => show(&tauri).await,
        }
    });
}

/// Brings the window to the front, or makes a new one where the last one was.
pub(crate) async fn show(tauri: &AppHandle) {
    let resident = tauri.state::<Resident>();
    let _turn = resident.turn.lock().await;
    if stays(tauri) {
        // A window that is on its way out still has its name.
        while tauri.get_webview_window(MAIN).is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let app = Arc::clone(&tauri.state::<Arc<App>>());
        let place = locked(&resident.place).clone();
        if window::open(tauri, &app, &place).is_ok() {
            // Not before: until the old window's end was heard, this is what keeps the app running.
            resident.in_tray.store(false, Ordering::SeqCst);
            if let Some(back) = locked(&resident.back).take() {
                back.cancel();
            }
        }
    } else if let Some(window) = tauri.get_webview_window(MAIN) {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// What of the page's address says where it is: all behind `#`, which the router keeps there.
fn place(address: &Url) -> String {
    address
        .fragment()
        .filter(|place| place.starts_with('/') && place.len() <= PLACE_MAX)
        .map(|place| format!("#{place}"))
        .unwrap_or_default()
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn closing_quits_without_a_tray_and_asks_once_with_one() {
        for (tray, told, asked, elsewhere, expected) in [
            (false, false, false, false, Step::Quit),
            (false, true, true, false, Step::Quit),
            (true, false, false, false, Step::Ask),
            (true, true, false, false, Step::ToTray),
            // The page did not answer: the second time is meant.
            (true, false, true, false, Step::ToTray),
            // Two icons of which one can do nothing would be a riddle.
            (true, true, false, true, Step::Quit),
            (true, false, false, true, Step::Quit),
        ] {
            assert_eq!(
                step(tray, told, asked, elsewhere),
                expected,
                "tray {tray}, told {told}, asked {asked}, elsewhere {elsewhere}"
            );
        }
    }

    #[test]
    fn a_double_click_is_one_closing() {
        let now = Instant::now();
        assert!(!unanswered(None, now));
        assert!(!unanswered(Some(now), now + SAME / 2));
        assert!(unanswered(Some(now), now + SAME));
    }

    #[test]
    fn the_place_is_what_the_router_wrote_and_nothing_else() {
        let of = |address: &str| place(&address.parse().unwrap());
        assert_eq!(
            of("tauri://localhost/index.html#/requirements/3.5.3?objective=%5Ba%5D"),
            "#/requirements/3.5.3?objective=%5Ba%5D"
        );
        assert_eq!(of("http://tauri.localhost/#/evidence"), "#/evidence");
        assert_eq!(of("tauri://localhost/"), "");
        assert_eq!(of("tauri://localhost/#https://evil.test/"), "");
        let long = format!("tauri://localhost/#/{}", "a".repeat(PLACE_MAX));
        assert_eq!(of(&long), "");
    }
}
