//! The window: closed to everything but the app's own pages.

use engine::{App, api::Appearance, companies};
use tauri::{
    AppHandle, Theme, Url, WebviewUrl, WebviewWindowBuilder, webview::NewWindowResponse,
    window::Color,
};

/// The window's label, which the capability names.
pub(crate) const MAIN: &str = "main";

// The app background of the tokens: painted before the page is there, so that nothing flashes.
const LIGHT: Color = Color(0xf3, 0xf4, 0xf6, 0xff);
const DARK: Color = Color(0x0f, 0x12, 0x16, 0xff);

/// Opens the window at a place of the page: nothing, or what stands behind its address from `#` on.
pub(crate) fn open(tauri: &AppHandle, app: &App, place: &str) -> tauri::Result<()> {
    let appearance = companies::appearance(app);
    let theme = match appearance {
        Appearance::System => None,
        Appearance::Light => Some(Theme::Light),
        Appearance::Dark => Some(Theme::Dark),
    };
    let page = WebviewUrl::App(format!("index.html{place}").into());
    let window = WebviewWindowBuilder::new(tauri, MAIN, page)
        .title("CMMCPro")
        .inner_size(1280.0, 800.0)
        .min_inner_size(960.0, 640.0)
        // WebDriver can't drive a private context: wry makes a fresh one with automation off. Only test builds differ.
        .incognito(cfg!(not(feature = "automation")))
        .theme(theme)
        .visible(false)
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .build()?;
    let dark = match theme {
        Some(theme) => theme == Theme::Dark,
        None => window.theme().is_ok_and(|theme| theme == Theme::Dark),
    };
    // The window is there from here on; what follows only makes it nicer, and must not count as "none".
    let _ = window.set_background_color(Some(if dark { DARK } else { LIGHT }));
    let _ = window.show();
    Ok(())
}

/// The app's own pages and the isolation frame; nothing else is ever loaded.
fn is_ours(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "tauri" => host == "localhost",
        // Windows serves custom schemes as http(s)://<scheme>.localhost.
        "http" | "https" => {
            host == "tauri.localhost"
                || (host.starts_with("isolation-") && host.ends_with(".localhost"))
        }
        scheme => scheme.starts_with("isolation-") && host == "localhost",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::is_ours;

    #[test]
    fn only_the_apps_own_pages_are_loaded() {
        for ours in [
            "tauri://localhost/",
            "tauri://localhost/requirements",
            "http://tauri.localhost/",
            "isolation-0b1c://localhost/",
        ] {
            assert!(is_ours(&ours.parse().unwrap()), "{ours}");
        }
        for other in [
            "https://example.test/",
            "http://127.0.0.1:1420/",
            "http://tauri.localhost.example.test/",
            "http://tauri.evil.test/",
            "tauri://evil/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "javascript:alert(1)",
        ] {
            assert!(!is_ours(&other.parse().unwrap()), "{other}");
        }
    }
}
