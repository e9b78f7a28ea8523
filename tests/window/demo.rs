//! The demo company: one button, and always told from a real one.

use crate::journey::{control, go};
use end_to_end::{Desk, Window};

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_company_is_one_button_away_and_badged_on_every_screen() {
    let desk = Desk::new();
    let window = Window::open(&desk).await;
    window.button("~Look at a demo company").await;
    window.find("heading", "Overview").await;
    for page in [
        "Overview",
        "Requirements",
        "Evidence",
        "Activity",
        "Integrations",
        "All settings",
    ] {
        go(&window, page).await;
        window.see("its people and its services are made up").await;
        window
            .audit(&format!("demo-{}", page.to_lowercase().replace(' ', "-")))
            .await;
    }
    control(&window, "3.5.3").await;
    window.see("its people and its services are made up").await;
    window.see("Checks suggest").await;
    window.audit("demo-control").await;
    window.quit().await;
}
