//! The tray: the window closes, the app stays, and everything is reached from the icon's menu. Without a tray, closing
//! quits.

use crate::journey::{control, go, unlocked_in};
use end_to_end::tray::{Item, Tray};
use end_to_end::window::App;
use end_to_end::x11::Display;
use end_to_end::{Desk, Entra, SecretService, Window, process};
use graph_emulator::Tenant;
use std::time::Duration;

const TOLD: &str = "CMMCPro keeps collecting from the tray";

/// The menu's lines that can be chosen, in order.
fn choices(item: &Item) -> Vec<String> {
    let lines = item.menu().into_iter();
    lines
        .filter(|line| line.enabled)
        .map(|line| line.label)
        .collect()
}

/// Closes the app's window as its button does.
fn close(display: &Display, app: u32) {
    let window = process::until("the window on the display", || {
        display.windows(app).first().copied()
    });
    display.close(window);
}

/// Waits until the app has neither a window nor a process for its pages.
fn without_a_page(display: &Display, app: &App) {
    process::until("the end of the page", || {
        (app.pages().is_empty() && display.windows(app.0).is_empty()).then_some(())
    });
    assert!(process::is_alive(app.0), "the app stays");
}

/// Waits until the app has a window again.
fn with_a_page(display: &Display, app: &App) {
    process::until("a new window", || {
        (!app.pages().is_empty() && !display.windows(app.0).is_empty()).then_some(())
    });
}

/// Whether another program could write the vault.
fn is_free(desk: &Desk) -> bool {
    let words = ["determine", "3.1.1[a]", "not_met", "--by", "Nora Quill"];
    process::run(&mut desk.command(&words)).status.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_window_leaves_the_app_in_the_tray_until_it_is_quit() {
    let bus = SecretService::bus();
    let tray = Tray::on(bus.address());
    let desk = Desk::new().with_bus(bus.address());
    desk.make_company();
    let entra = Entra::serving(Tenant::small_at(chrono::Utc::now()), Duration::ZERO);
    entra.connect(&desk);
    let display = Display::open();

    let window = Window::open_watched(&desk).await;
    let item = tray.item();
    assert_eq!(tray.registered(), 1);
    item.until("Locked");
    assert_eq!(choices(&item), ["Open CMMCPro", "Quit CMMCPro"]);
    let locked = item.picture();

    let window = unlocked_in(window).await;
    item.until("Nothing was collected yet");
    assert_eq!(
        choices(&item),
        ["Open CMMCPro", "Sync now", "Lock", "Quit CMMCPro"]
    );
    assert!(item.until("Next run: ").label.contains("9:00 AM"));
    let open = process::until("another picture", || {
        let now = item.picture();
        (now != locked).then_some(now)
    });

    // The first closing is told about, and can be taken back.
    go(&window, "Requirements").await;
    let app = window.app();
    close(&display, app);
    window.see(TOLD).await;
    window.audit("closing").await;
    window.button("Cancel").await;
    window.see_no_more(TOLD).await;
    close(&display, app);
    window.see(TOLD).await;
    window.button("Keep running").await;
    let app = window.leave();
    without_a_page(&display, &app);
    assert!(!is_free(&desk), "the vault stays open");

    // Nobody is there, nothing is due: nothing is done.
    std::thread::sleep(Duration::from_secs(1));
    let before = process::ticks(app.0).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    let worked = process::ticks(app.0).unwrap() - before;
    assert!(worked <= 15, "idle, and {worked} ticks of work in 3 s");

    // It collects without a window.
    item.choose("Sync now");
    let state = item.until("last sync");
    assert!(!state.enabled, "{state:?}");
    let evidence = desk.cmmc(&["evidence", "list"]).ok();
    assert!(!evidence["evidence"].as_array().unwrap().is_empty());
    assert_eq!(item.picture(), open, "nobody is needed");

    // A second one is told where the first is, and does not stay.
    let second = Window::open_beside(&desk, &app).await;
    second.see("Vault locked").await;
    second
        .fill("Passphrase", end_to_end::desk::PASSPHRASE)
        .await;
    second.button("Unlock").await;
    second.see("Another program has this vault open.").await;
    second.see(&format!("CMMCPro (process {})", app.0)).await;
    second.see("look for its icon in the system tray").await;
    let second = second.leave();
    close(&display, second.0);
    process::until("the end of the second one", || {
        (!process::is_alive(second.0)).then_some(())
    });
    assert!(!is_free(&desk), "the first one has it still");

    // Back, and away again: nothing is told a second time.
    item.choose("Open CMMCPro");
    with_a_page(&display, &app);
    close(&display, app.0);
    without_a_page(&display, &app);

    item.choose("Lock");
    item.until("Locked");
    process::until("the free vault", || is_free(&desk).then_some(()));
    item.choose("Quit CMMCPro");
    assert_eq!(app.ended(&desk), 0);
    assert_eq!(desk.cmmc(&["vault", "verify"]).ok()["ok"], true);
    let mut left: Vec<_> = std::fs::read_dir(desk.data())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["app.json", "companies"], "the icon's file is gone");
}

/// A computer on this bus whose person was told already.
fn told(bus: &SecretService) -> Desk {
    let desk = Desk::new().with_bus(bus.address());
    std::fs::write(desk.data().join("app.json"), r#"{"toldOfTray": true}"#).unwrap();
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tray_closing_quits() {
    let bus = SecretService::bus();
    let display = Display::open();
    for with_a_watcher in [false, true] {
        // Made in its own round: on the bus it would be there for the other one too.
        let tray = with_a_watcher.then(|| Tray::unseen(bus.address()));
        let desk = Desk::new().with_bus(bus.address());
        let window = Window::open_watched(&desk).await;
        assert_eq!(tray.as_ref().map_or(0, Tray::registered), 0);
        let app = window.leave();
        close(&display, app.0);
        assert_eq!(app.ended(&desk), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_there_is_a_tray_is_asked_when_the_window_closes() {
    let bus = SecretService::bus();
    let display = Display::open();
    let desk = told(&bus);
    let window = Window::open_watched(&desk).await;
    let app = window.leave();
    // The desktop's tray was late.
    let tray = Tray::on(bus.address());
    close(&display, app.0);
    without_a_page(&display, &app);
    tray.item().choose("Open CMMCPro");
    with_a_page(&display, &app);
    // And it is gone before the window is.
    drop(tray);
    close(&display, app.0);
    assert_eq!(app.ended(&desk), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_twice_at_once_opens_one_window_that_can_be_closed() {
    let bus = SecretService::bus();
    let tray = Tray::on(bus.address());
    let display = Display::open();
    let desk = told(&bus);
    let app = Window::open_watched(&desk).await.leave();
    close(&display, app.0);
    without_a_page(&display, &app);
    let item = tray.item();
    item.choose("Open CMMCPro");
    item.choose("Open CMMCPro");
    with_a_page(&display, &app);
    assert_eq!(display.windows(app.0).len(), 1);
    close(&display, app.0);
    without_a_page(&display, &app);
    tokio::time::sleep(Duration::from_secs(2)).await;
    without_a_page(&display, &app);
    item.choose("Quit CMMCPro");
    assert_eq!(app.ended(&desk), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tray_that_goes_away_gives_the_window_back() {
    let bus = SecretService::bus();
    let tray = Tray::on(bus.address());
    let display = Display::open();
    let desk = told(&bus);
    let app = Window::open_watched(&desk).await.leave();
    close(&display, app.0);
    without_a_page(&display, &app);
    drop(tray);
    with_a_page(&display, &app);
    close(&display, app.0);
    assert_eq!(app.ended(&desk), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_does_not_answer_is_closed_by_closing_again_and_nobody_counts_as_told() {
    let bus = SecretService::bus();
    let tray = Tray::on(bus.address());
    let display = Display::open();
    let desk = Desk::new().with_bus(bus.address());
    let window = Window::open_watched(&desk).await;
    let item = tray.item();
    item.until("Not open");
    close(&display, window.app());
    window.see(TOLD).await;
    let app = window.leave();
    // Sooner it would be a double click.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    close(&display, app.0);
    without_a_page(&display, &app);
    item.choose("Quit CMMCPro");
    assert_eq!(app.ended(&desk), 0);

    // So it is told again, and "Quit instead" quits.
    let window = Window::open_watched(&desk).await;
    let app = App::of(&window);
    close(&display, app.0);
    window.see(TOLD).await;
    window.button("Quit instead").await;
    assert_eq!(app.ended(&desk), 0);
    window.quit().await;
    let kept = std::fs::read_to_string(desk.data().join("app.json")).unwrap();
    assert!(kept.contains("\"toldOfTray\": true"), "{kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn collecting_goes_on_without_the_window_which_comes_back_where_it_was() {
    let bus = SecretService::bus();
    let tray = Tray::on(bus.address());
    let display = Display::open();
    let desk = told(&bus);
    desk.make_company();
    let latency = Duration::from_millis(400);
    let entra = Entra::serving(Tenant::small_at(chrono::Utc::now()), latency);
    entra.connect(&desk);
    let window = unlocked_in(Window::open_watched(&desk).await).await;
    let app = App::of(&window);
    let item = tray.item();
    item.until("Nothing was collected yet");
    let waiting = item.picture();
    go(&window, "Integrations").await;
    window.button("~Sync now").await;
    let state = item.until("Collecting…");
    assert!(!item.is_enabled("Sync now"), "{state:?}");
    process::until("another picture", || {
        (item.picture() != waiting).then_some(())
    });
    control(&window, "3.5.3").await;
    close(&display, app.0);
    without_a_page(&display, &app);
    item.until("Collecting…");
    item.until("last sync");
    assert!(item.is_enabled("Sync now"));

    item.choose("Open CMMCPro");
    with_a_page(&display, &app);
    window.reattach().await;
    window.see("Requirement result").await;
    let address = window.session().get("url").unwrap();
    assert_eq!(address, "tauri://localhost/index.html#/requirements/3.5.3");
    // The new window is as closed as the first one, and works.
    window.see("Checks suggest").await;
    window.audit("back-from-the-tray").await;
    go(&window, "Evidence").await;
    window.quit().await;
}
