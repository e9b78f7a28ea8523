//! Steps that several journeys share.

use end_to_end::desk::PASSPHRASE;
use end_to_end::{Desk, Window};
use std::time::Duration;

/// Opens the company that `Desk::with_company` made.
pub async fn unlocked(desk: &Desk) -> Window {
    unlocked_in(Window::open(desk).await).await
}

/// Opens the company in a window that is there.
pub async fn unlocked_in(window: Window) -> Window {
    window.see("Vault locked").await;
    window.fill("Passphrase", PASSPHRASE).await;
    window.button("Unlock").await;
    // A window that was just quit may hold the vault for a moment longer: it is closing it. A person tries again.
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        if window.maybe("heading", "Overview").await.is_some() {
            break;
        }
        if window
            .text()
            .await
            .contains("until that program has finished")
        {
            window.fill("Passphrase", PASSPHRASE).await;
            window.button("Unlock").await;
        }
    }
    window.find("heading", "Overview").await;
    window
}

/// Goes to a page of the side bar.
pub async fn go(window: &Window, page: &str) {
    window.link(&format!("~{page}")).await;
    let title = if page == "All settings" {
        "Settings"
    } else {
        page
    };
    window.find("heading", title).await;
    window.see_no_more("Reading the ").await;
}

/// Goes to the page of a requirement.
pub async fn control(window: &Window, id: &str) {
    window
        .script(
            "location.hash = '#/requirements/' + arguments[0]",
            vec![id.into()],
        )
        .await;
    window.see("Requirement result").await;
    window.see_no_more("Reading the ").await;
}

/// Waits until the running collection is over.
pub async fn collected(window: &Window) {
    window.button("Dismiss").await;
}

/// Fills the field whose label contains these words, whatever their case.
pub async fn fill_field(window: &Window, words: &str, text: &str) {
    let label = window
        .script(
            "return [...document.querySelectorAll('[role=dialog] label')].map((one) => one.textContent.trim())
               .find((one) => one.toLowerCase().includes(arguments[0])) ?? null",
            vec![words.into()],
        )
        .await;
    let label = label
        .as_str()
        .unwrap_or_else(|| panic!("no field is called {words}"))
        .to_owned();
    window.fill(&label, text).await;
}
