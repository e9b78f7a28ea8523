//! What the window can't be made to do.

use end_to_end::{Desk, Window};
use serde_json::json;
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// The policy of `tauri.conf.json`. Tauri adds hashes to scripts and styles and the isolation frame's scheme.
const POLICY: [(&str, &[&str]); 9] = [
    ("default-src", &["'none'"]),
    ("script-src", &["'self'"]),
    ("style-src", &["'self'"]),
    ("img-src", &["'self'", "data:"]),
    ("font-src", &["'self'"]),
    ("connect-src", &["ipc:", "http://ipc.localhost"]),
    ("base-uri", &["'none'"]),
    ("form-action", &["'none'"]),
    ("object-src", &["'none'"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_window_is_closed_to_everything_but_its_own_pages() {
    let desk = Desk::new();
    let window = Window::open(&desk).await;
    window.audit("first-run").await;

    let address = window.session().get("url").unwrap();
    assert!(
        address.as_str().unwrap().starts_with("tauri://localhost"),
        "{address}"
    );
    assert!(
        TcpStream::connect((Ipv4Addr::LOCALHOST, 1420)).is_err(),
        "a development server is listening: these may be its pages"
    );
    assert_policy(&window).await;

    for prototype in ["Object", "Array", "Function", "String", "Promise"] {
        let frozen = window
            .script(
                "return Object.isFrozen(window[arguments[0]].prototype)",
                vec![json!(prototype)],
            )
            .await;
        if prototype == "Object" {
            assert_eq!(frozen, true);
        }
    }
    let globals = window
        .script("return [typeof window.__TAURI__, typeof window.eval === 'function' && (() => { try { eval('1'); return 'ran' } catch { return 'refused' } })()]", vec![])
        .await;
    assert_eq!(globals, json!(["undefined", "refused"]));
    let stored = window
        .script(
            "return [localStorage.length, sessionStorage.length, document.cookie]",
            vec![],
        )
        .await;
    assert_eq!(stored, json!([0, 0, ""]), "nothing is kept in the webview");

    assert_nothing_leaves(&window).await;
    window.quit().await;
}

async fn assert_policy(window: &Window) {
    let policy = window
        .script_async(
            "const done = arguments[arguments.length - 1];
             fetch('https://example.test/').then(() => 0, () => 0).then(() => {
               window.__breaches.length = 0;
               done(window.__policy ?? '');
             });",
            vec![],
        )
        .await;
    let policy = policy.as_str().unwrap();
    let directives: Vec<(&str, Vec<&str>)> = policy
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_whitespace();
            Some((words.next()?, words.collect()))
        })
        .collect();
    assert_eq!(directives.len(), POLICY.len(), "{policy}");
    for (name, ours) in POLICY {
        let (_, sources) = directives
            .iter()
            .find(|(found, _)| *found == name)
            .unwrap_or_else(|| panic!("no {name} in {policy}"));
        for source in sources {
            let added = source.starts_with("'sha256-")
                || source.starts_with("'nonce-")
                || (name == "default-src" && source.starts_with("isolation-"));
            assert!(ours.contains(source) || added, "{name} allows {source}");
        }
    }
}

/// Each way out of the page is tried; none works. The breaches it makes are wanted here, so they are forgotten after.
async fn assert_nothing_leaves(window: &Window) {
    let outcomes = window
        .script_async(
            "const done = arguments[arguments.length - 1];
             const tried = {};
             const frame = document.createElement('iframe');
             frame.src = 'https://example.test/frame';
             document.body.append(frame);
             const image = new Image();
             const shown = new Promise((end) => { image.onload = () => end('loaded'); image.onerror = () => end('refused'); });
             image.src = 'https://example.test/pixel.png';
             const script = document.createElement('script');
             script.textContent = 'window.__inline = 1';
             document.body.append(script);
             const link = document.createElement('a');
             link.href = 'https://example.test/link';
             document.body.append(link);
             link.click();
             try { tried.opened = window.open('https://example.test/window') === null ? 'refused' : 'opened'; }
             catch { tried.opened = 'refused'; }
             try { location.href = 'https://example.test/page'; } catch { /* refused */ }
             const got = fetch('https://example.test/').then(() => 'answered', () => 'refused');
             const plain = fetch('http://127.0.0.1:1420/').then(() => 'answered', () => 'refused');
             Promise.all([got, plain, shown]).then(async ([https, http, picture]) => {
               await new Promise((end) => setTimeout(end, 500));
               tried.fetch = https; tried.plain = http; tried.image = picture;
               tried.inline = typeof window.__inline;
               try { tried.frame = frame.contentDocument === null ? 'foreign' : frame.contentDocument.body?.innerText ?? ''; }
               catch { tried.frame = 'foreign'; }
               for (const one of [frame, script, link]) one.remove();
               done(tried);
             });",
            vec![],
        )
        .await;
    assert_eq!(outcomes["fetch"], "refused");
    assert_eq!(outcomes["plain"], "refused");
    assert_eq!(outcomes["image"], "refused");
    assert_eq!(outcomes["opened"], "refused");
    assert_eq!(outcomes["inline"], "undefined", "an inline script ran");
    let breaches = window.policy_breaches().await;
    for directive in ["connect-src", "img-src", "script-src"] {
        assert!(
            breaches.iter().any(|breach| breach.starts_with(directive)),
            "{directive} did not speak up: {breaches:?}"
        );
    }
    window.script("window.__breaches.length = 0", vec![]).await;
    // Still our page, still one window.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        window.script("return location.origin", vec![]).await,
        "tauri://localhost"
    );
    assert_eq!(
        window
            .session()
            .get("window/handles")
            .unwrap()
            .as_array()
            .unwrap()
            .len(),
        1
    );
    window.see("Set up my company").await;
    window.assert_sound("after trying to get out").await;
}
