//! The tray: one icon, and a menu from which everything can be reached. No click on the icon means anything, for not every
//! desktop delivers one.
//!
//! The icon is Tauri's own on every platform. On Linux that is libayatana-appindicator: under a strict watcher it registers,
//! serves its menu and changes both, as `tests/window/tray.rs` shows; what it lacks (clicks, tooltips) is not used.
//! Nothing is polled: whoever changes something says so, and the tray reads how things stand.

mod desktop;
mod glance;
mod icon;

use crate::{closing, schedule::CHANGED};
use desktop::has_tray;
use engine::{
    App, ProgressSink,
    api::{Nothing, Progress, SyncIntegration},
    companies,
    standing::{Standing, standing},
    sync,
};
use glance::{Glance, glance};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use tauri::{
    AppHandle, Emitter as _, Manager as _, Wry,
    image::Image,
    menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem},
    tray::{TrayIcon, TrayIconBuilder},
};
use tokio::sync::Notify;

pub(crate) use desktop::gone;

const OPEN: &str = "open";
const SYNC: &str = "sync";
const LOCK: &str = "lock";
const QUIT: &str = "quit";

/// The tray, if the desktop has one.
#[derive(Default)]
pub(crate) struct Tray {
    changed: Notify,
    made: tokio::sync::Mutex<Option<Made>>,
    trouble: Mutex<Option<String>>,
}

/// What changes in a tray that was made.
struct Made {
    icon: TrayIcon,
    company: MenuItem<Wry>,
    state: MenuItem<Wry>,
    sync: MenuItem<Wry>,
    next: MenuItem<Wry>,
    lock: MenuItem<Wry>,
    shown: Glance,
}

/// Makes the tray where there is one, and keeps it true for as long as the app runs.
pub(crate) fn keep(tauri: AppHandle) {
    tauri::async_runtime::spawn(async move {
        is_there(&tauri).await;
        let tray = tauri.state::<Tray>();
        loop {
            tray.changed.notified().await;
            refresh(&tauri).await;
        }
    });
}

/// Whether the app can be reached by its icon right now. A desktop may have got its tray after the app started.
pub(crate) async fn is_there(tauri: &AppHandle) -> bool {
    if !has_tray().await {
        return false;
    }
    let tray = tauri.state::<Tray>();
    let mut made = tray.made.lock().await;
    if made.is_none() {
        *made = make(tauri, look(tauri).await).ok();
        // What changed while it was made (a vault that was locked) is shown next.
        changed(tauri);
    }
    made.is_some()
}

/// Says that something may have changed that the tray shows.
pub(crate) fn changed(tauri: &AppHandle) {
    tauri.state::<Tray>().changed.notify_one();
}

/// A sink that passes everything on and has the tray follow the runs.
pub(crate) fn following(tauri: &AppHandle, sink: ProgressSink) -> ProgressSink {
    let tauri = tauri.clone();
    Arc::new(move |event| {
        if matches!(event, Progress::Started { .. } | Progress::Finished { .. }) {
            changed(&tauri);
        }
        sink(event);
    })
}

/// Remembers what stopped an attempt that left no run behind, or that the newest one was not stopped.
pub(crate) fn trouble(tauri: &AppHandle, what: Option<String>) {
    *tauri
        .state::<Tray>()
        .trouble
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = what;
    changed(tauri);
}

/// Takes the icon's files away.
pub(crate) fn clean(app: &App) {
    let _ = std::fs::remove_dir_all(files(app));
}

async fn look(tauri: &AppHandle) -> Glance {
    let app = Arc::clone(&tauri.state::<Arc<App>>());
    let trouble = tauri
        .state::<Tray>()
        .trouble
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    match standing(&app).await {
        Ok(standing) => glance(&standing, trouble.as_deref()),
        // A vault that is closing while it is asked: the next change tells.
        Err(_) => glance(&Standing::Locked, None),
    }
}

/// On Linux panels read the icon from a file. Each process has its own, and other people's panels read none.
fn files(app: &App) -> PathBuf {
    let name = format!("cmmcpro-tray-{}", std::process::id());
    match std::env::var_os("XDG_RUNTIME_DIR") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder).join(name),
        _ => app.dir().join(name),
    }
}

fn picture(shown: &Glance) -> Image<'static> {
    Image::new_owned(
        icon::draw(shown.shape, icon::LOOK, icon::SIDE),
        icon::SIDE,
        icon::SIDE,
    )
}

/// A menu takes `&` as the mark of a key.
fn label(text: &str) -> String {
    text.replace('&', "&&")
}

fn make(tauri: &AppHandle, shown: Glance) -> tauri::Result<Made> {
    let item = |id: &str, text: &str, enabled: bool| {
        MenuItem::with_id(tauri, id, label(text), enabled, None::<&str>)
    };
    let line = || PredefinedMenuItem::separator(tauri);
    let company = item("company", &shown.company, false)?;
    let state = item("state", &shown.state, false)?;
    let sync = item(SYNC, "Sync now", shown.can_sync)?;
    let next = item("next", &shown.next, false)?;
    let lock = item(LOCK, "Lock", shown.can_lock)?;
    let menu = Menu::with_items(
        tauri,
        &[
            &company,
            &state,
            &line()?,
            &item(OPEN, "Open CMMCPro", true)?,
            &sync,
            &next,
            &line()?,
            &lock,
            &item(QUIT, "Quit CMMCPro", true)?,
        ],
    )?;
    let app = tauri.state::<Arc<App>>();
    let icon = TrayIconBuilder::with_id("cmmcpro")
        .menu(&menu)
        .icon(picture(&shown))
        .icon_as_template(icon::LOOK == icon::Look::Template)
        .tooltip("CMMCPro")
        .temp_dir_path(files(&app))
        .on_menu_event(on_menu)
        .build(tauri)?;
    Ok(Made {
        icon,
        company,
        state,
        sync,
        next,
        lock,
        shown,
    })
}

async fn refresh(tauri: &AppHandle) {
    let now = look(tauri).await;
    let tray = tauri.state::<Tray>();
    let mut made = tray.made.lock().await;
    if let Some(made) = made.as_mut()
        && made.shown != now
        && made.show(&now).is_ok()
    {
        made.shown = now;
    }
}

impl Made {
    fn show(&self, now: &Glance) -> tauri::Result<()> {
        if now.shape != self.shown.shape {
            self.icon.set_icon_with_as_template(
                Some(picture(now)),
                icon::LOOK == icon::Look::Template,
            )?;
        }
        self.company.set_text(label(&now.company))?;
        self.state.set_text(label(&now.state))?;
        self.next.set_text(label(&now.next))?;
        self.sync.set_enabled(now.can_sync)?;
        self.lock.set_enabled(now.can_lock)
    }
}

fn on_menu(tauri: &AppHandle, event: MenuEvent) {
    let tauri = tauri.clone();
    let chosen = event.id().0.clone();
    // Windows are made and vaults are closed beside the thread that draws the menu.
    tauri::async_runtime::spawn(async move {
        match chosen.as_str() {
            OPEN => closing::show(&tauri).await,
            SYNC => sync_all(&tauri).await,
            LOCK => lock(&tauri).await,
            QUIT => closing::quit(&tauri),
            _ => {}
        }
    });
}

async fn sync_all(tauri: &AppHandle) {
    let app = Arc::clone(&tauri.state::<Arc<App>>());
    let sink = following(tauri, engine::silent());
    let stopped = match sync::sync(&app, SyncIntegration { ids: Vec::new() }, &sink).await {
        Ok(_) => None,
        // Somebody is collecting already, or locked the vault meanwhile: the menu says so by itself.
        Err(error) if matches!(error.code.as_str(), "busy" | "locked") => None,
        Err(error) => Some(error.what),
    };
    trouble(tauri, stopped);
    let _ = tauri.emit(CHANGED, ());
}

async fn lock(tauri: &AppHandle) {
    let app = Arc::clone(&tauri.state::<Arc<App>>());
    let stopped = companies::lock(&app, Nothing {}).await.err();
    trouble(tauri, stopped.map(|error| error.what));
    // The page finds the vault closed as soon as it reads anything.
    let _ = tauri.emit(CHANGED, ());
}
