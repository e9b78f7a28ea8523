//! A tenant whose every text attacks: nothing of it runs, nothing breaks a screen.

use crate::journey::{collected, control, go, unlocked};
use end_to_end::{Desk, Entra, Window};
use graph_emulator::Tenant;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn hostile_texts_neither_run_nor_break_a_screen() {
    let desk = Desk::with_company();
    let entra = Entra::serving(Tenant::hostile(), Duration::ZERO);
    entra.connect(&desk);
    let window = unlocked(&desk).await;
    go(&window, "Integrations").await;
    window.button("~Sync now").await;
    collected(&window).await;
    look(&window, "hostile-integrations").await;
    window.link("~Manage").await;
    window.see("Collected").await;
    look(&window, "hostile-integration").await;

    for id in ["3.5.3", "3.1.1", "3.1.5"] {
        control(&window, id).await;
        // Everything that can be opened is opened.
        window
            .script(
                "for (const one of document.querySelectorAll('main [aria-expanded=false]')) one.click()",
                vec![],
            )
            .await;
        look(&window, &format!("hostile-control-{id}")).await;
    }
    go(&window, "Evidence").await;
    for item in ["Users", "Groups", "Conditional Access policies"] {
        window.button(item).await;
        window.see("Answered as").await;
        for tab in ["Records", "Raw", "Revisions"] {
            window.press("tab", tab).await;
            if tab == "Raw" {
                window.button("Show the page as it was stored").await;
                window.find("button", "Copy as stored").await;
            }
            look(&window, &format!("hostile-evidence-{tab}")).await;
        }
    }
    for page in ["Activity", "Overview", "All settings"] {
        go(&window, page).await;
        look(&window, &format!("hostile-{page}")).await;
    }
    window.quit().await;
}

/// No script ran, no dialog opened, no policy was breached, and the window still looks like the window.
async fn look(window: &Window, screen: &str) {
    window.see_no_more("Reading the ").await;
    window.assert_sound(screen).await;
    let broken = window
        .script(
            "const seen = [];
             const side = document.querySelector('nav[aria-label=Pages]')?.getBoundingClientRect();
             if (!side || side.width < 40 || side.width > 400 || side.left !== Math.max(0, side.left)) seen.push('side bar');
             const foot = document.querySelector('footer')?.getBoundingClientRect();
             if (!foot || foot.bottom > innerHeight + 1 || foot.height > 60) seen.push('status bar');
             if (document.querySelector('main script, main img, main iframe, main object, main embed')) seen.push('markup');
             for (const link of document.querySelectorAll('main a[href]'))
               if (!/^\\/?#/u.test(link.getAttribute('href'))) seen.push('link ' + link.getAttribute('href').slice(0, 80));
             if (/[\\u202a-\\u202e\\u2066-\\u2069\\u0000-\\u0008\\u001b]/u.test(document.body.innerText)) seen.push('control characters');
             return seen",
            vec![],
        )
        .await;
    assert_eq!(broken, serde_json::json!([]), "{screen}");
    window.keep_screenshot(screen).await;
}
