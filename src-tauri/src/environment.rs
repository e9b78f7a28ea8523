//! Doors that the environment could open into the window.

/// Variables that let another program of the same user drive or inspect the webview, or load code into it.
#[cfg(not(feature = "automation"))]
const DOORS: &[&str] = &[
    "TAURI_WEBVIEW_AUTOMATION",
    "WEBKIT_INSPECTOR_SERVER",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
    "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS",
    "WEBVIEW2_BROWSER_EXECUTABLE_FOLDER",
    "WEBVIEW2_USER_DATA_FOLDER",
    "GTK_MODULES",
];

/// Clears them. Only test builds, which have the feature `automation`, leave them open.
#[cfg(not(feature = "automation"))]
#[expect(
    unsafe_code,
    reason = "changing the environment is unsafe while other threads run; see the proof below"
)]
pub(crate) fn close_doors() {
    for door in DOORS {
        if std::env::var_os(door).is_some() {
            // SAFETY: this is the first statement of the program. No other thread exists yet that could read or
            // write the environment.
            unsafe { std::env::remove_var(door) };
        }
    }
}

/// Test builds are driven by WebDriver.
#[cfg(feature = "automation")]
pub(crate) fn close_doors() {}
