//! The real window, driven by WebKitWebDriver as Tauri's own driver does it: the driver starts the app with
//! automation on, and the app's one webview becomes the driver's browser.
//!
//! Things are found as a person finds them: by what they are and what they are called.

use crate::process::{self, Running};
use crate::webdriver::{Element, Session};
use crate::{Desk, axe, programs};
use base64::Engine as _;
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How long a screen may take to show something.
const PATIENCE: Duration = Duration::from_secs(45);

/// See [`Window::policy_breaches`]. It happens once a page, at the first address or at the one of a window that came back.
const KNOWN_BREACHES: [&str; 2] = [
    "style-src-elem | inline | user-script |  | tauri://localhost",
    "style-src-elem | inline | user-script |  | tauri://localhost/index.html",
];

/// Finds what is visible by role and accessible name. A name matches whole; with `~` before it, in part.
const FIND: &str = include_str!("find.js");

/// Where [`Window::open_watched`] writes down how the app ended.
const ENDED: &str = "ended";

/// The app without a driver. It is killed when this is dropped.
#[derive(Debug)]
pub struct App(pub u32, Option<File>);

impl App {
    /// The app whose window is still driven.
    #[must_use]
    pub fn of(window: &Window) -> Self {
        Self(window.app(), None)
    }

    /// The processes that show its pages.
    #[must_use]
    pub fn pages(&self) -> Vec<u32> {
        process::descendants(self.0)
            .into_iter()
            .filter(|pid| process::name(*pid).is_some_and(|name| name == "WebKitWebProces"))
            .collect()
    }

    /// Waits for its end, and says with which code. The next window's turn begins then.
    ///
    /// # Panics
    /// When it does not end, or was not started by [`Window::open_watched`].
    #[must_use]
    pub fn ended(self, desk: &Desk) -> i32 {
        process::until("the app's end", || {
            let code = std::fs::read_to_string(desk.path(ENDED)).ok()?;
            code.trim().parse().ok()
        })
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if process::is_alive(self.0) {
            process::terminate(self.0);
        }
        // The next one's turn begins when this one is gone.
        drop(self.1.take());
    }
}

/// The app's window. One at a time over all test processes: windows would take each other's keyboard focus.
pub struct Window {
    session: Session,
    driver: Running,
    /// The keyboard has one focus: one app at a time is on the display, until it has ended.
    turn: Option<File>,
}

/// Waits for the turn on the display.
fn turn() -> File {
    let turn = File::create(std::env::temp_dir().join("cmmcpro-end-to-end-window.lock")).unwrap();
    turn.lock().unwrap();
    turn
}

impl Window {
    /// Starts the app on this computer and waits for its first screen.
    ///
    /// # Panics
    /// When the driver or the app does not start.
    pub async fn open(desk: &Desk) -> Self {
        Self::open_by(desk, &programs::app(), Some(turn())).await
    }

    /// Starts the app beside one that has the turn already.
    ///
    /// # Panics
    /// When the driver or the app does not start.
    pub async fn open_beside(desk: &Desk, _: &App) -> Self {
        Self::open_by(desk, &programs::app(), None).await
    }

    /// The same, by a script that writes down how the app ended: its parent, which would know, is the driver.
    ///
    /// # Panics
    /// When the driver or the app does not start.
    pub async fn open_watched(desk: &Desk) -> Self {
        let script = format!(
            "#!/bin/sh\n'{}' \"$@\"\necho $? > '{ended}.part'\nmv '{ended}.part' '{ended}'\n",
            programs::app().display(),
            ended = desk.path(ENDED).display(),
        );
        let _ = std::fs::remove_file(desk.path(ENDED));
        let script = desk.file("watched", &script);
        process::make_runnable(&script);
        Self::open_by(desk, &script, Some(turn())).await
    }

    async fn open_by(desk: &Desk, program: &Path, turn: Option<File>) -> Self {
        let port = process::free_port();
        let said = File::options()
            .create(true)
            .append(true)
            .open(desk.path("window.log"))
            .unwrap();
        let driver = desk
            .program("WebKitWebDriver".as_ref())
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(Stdio::from(said.try_clone().unwrap()))
            .stderr(Stdio::from(said))
            .spawn()
            .expect("WebKitWebDriver is installed");
        let driver = Running(driver);
        process::until_listening(port);
        let capabilities = json!({
            "webkitgtk:browserOptions": {"binary": program, "args": []},
            "timeouts": {"script": 60_000},
        });
        let session = Session::start(port, &capabilities)
            .unwrap_or_else(|error| panic!("the app gave no window to the driver: {error}"));
        // Nothing is asked of the page before the app's own one is there.
        process::until("the app's page", || {
            let address = session.get("url").ok()?;
            address.as_str()?.starts_with("tauri://").then_some(())
        });
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let window = Self {
            session,
            driver,
            turn,
        };
        window.begin().await;
        window
    }

    async fn begin(&self) {
        self.watch_policy().await;
        self.until(
            "the first screen",
            "return document.querySelector('h1') !== null",
        )
        .await;
    }

    /// Goes on in the window that the app opened after its last one was closed.
    ///
    /// # Panics
    /// When there is none.
    pub async fn reattach(&self) {
        process::until("the new window", || {
            let handles = self.session.get("window/handles").ok()?;
            let handle = handles.as_array()?.first()?.clone();
            self.session.post("window", &json!({"handle": handle})).ok()
        });
        self.begin().await;
    }

    /// The process of the app.
    ///
    /// # Panics
    /// When it is gone.
    #[must_use]
    pub fn app(&self) -> u32 {
        let app = std::fs::canonicalize(programs::app()).unwrap();
        process::until("the app's process", || {
            process::descendants(self.driver.0.id())
                .into_iter()
                .find(|pid| process::program(*pid).is_some_and(|program| program == app))
        })
    }

    /// Ends the driver alone: a window that was closed leaves it nothing to drive. The app is the caller's from here on.
    #[must_use]
    pub fn leave(mut self) -> App {
        let app = App(self.app(), self.turn.take());
        self.driver.kill();
        app
    }

    /// Ends the app and the driver.
    pub async fn quit(mut self) {
        let apps = process::descendants(self.driver.0.id());
        let _ = self.session.end();
        // The driver ends the app it started; a driver that was killed too early would leave it behind with its vault.
        for _ in 0..50 {
            if !apps.iter().any(|pid| process::is_alive(*pid)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        for pid in apps.into_iter().filter(|pid| process::is_alive(*pid)) {
            process::terminate(pid);
        }
        self.driver.kill();
    }

    /// The WebDriver session, for what has no words here.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Runs a function body in the page.
    ///
    /// # Panics
    /// When it throws.
    pub async fn script(&self, body: &str, arguments: Vec<Value>) -> Value {
        self.session
            .post("execute/sync", &json!({"script": body, "args": arguments}))
            .unwrap_or_else(|error| panic!("{}: {error}", &body[..body.len().min(200)]))
    }

    /// Runs a function body that calls its last argument when it is done.
    ///
    /// # Panics
    /// When it throws or never calls.
    pub async fn script_async(&self, body: &str, arguments: Vec<Value>) -> Value {
        self.session
            .post("execute/async", &json!({"script": body, "args": arguments}))
            .unwrap_or_else(|error| panic!("{}: {error}", &body[..body.len().min(200)]))
    }

    /// Writes down every breach of the content security policy from now on.
    async fn watch_policy(&self) {
        self.script(
            "if (!window.__breaches) {
               window.__breaches = [];
               document.addEventListener('securitypolicyviolation', (event) => (window.__policy = event.originalPolicy, window.__breaches).push(
                 [event.effectiveDirective, event.blockedURI, event.sourceFile, event.sample, event.documentURI].join(' | ')));
             }",
            vec![],
        )
        .await;
    }

    /// The breaches of the content security policy so far, but for one from a script that is injected into the page. It is taken
    /// for Tauri's hiding of the isolation frame (a style element, which the policy refuses); that is not proven here.
    pub async fn policy_breaches(&self) -> Vec<String> {
        let found = self.script("return window.__breaches", vec![]).await;
        let mut found: Vec<String> = serde_json::from_value(found).unwrap();
        if let Some(known) = found
            .iter()
            .position(|breach| KNOWN_BREACHES.contains(&breach.as_str()))
        {
            found.remove(known);
        }
        found
    }

    /// Waits until a function body gives true.
    ///
    /// # Panics
    /// When it never does.
    pub async fn until(&self, what: &str, body: &str) {
        let start = Instant::now();
        while self.script(body, vec![]).await != true {
            if start.elapsed() > PATIENCE {
                self.keep_screenshot("failed").await;
                panic!(
                    "waited in vain for {what}. On the screen:\n{}",
                    self.text().await
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What can be read on the screen.
    pub async fn text(&self) -> String {
        let text = self.script("return document.body.innerText", vec![]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until this can be read.
    ///
    /// # Panics
    /// When it never can.
    pub async fn see(&self, words: &str) {
        let body = format!("return document.body.innerText.includes({})", json!(words));
        self.until(&format!("“{words}”"), &body).await;
    }

    /// Waits until this can't be read.
    ///
    /// # Panics
    /// When it always can.
    pub async fn see_no_more(&self, words: &str) {
        let body = format!("return !document.body.innerText.includes({})", json!(words));
        self.until(&format!("“{words}” to go"), &body).await;
    }

    /// The first visible thing of this kind and name, or nothing.
    pub async fn maybe(&self, role: &str, name: &str) -> Option<Element> {
        let found = self.script(FIND, vec![json!(role), json!(name)]).await;
        self.session.element(&found)
    }

    /// Waits for the first visible thing of this kind and name.
    ///
    /// # Panics
    /// When there never is one.
    pub async fn find(&self, role: &str, name: &str) -> Element {
        let start = Instant::now();
        loop {
            if let Some(element) = self.maybe(role, name).await {
                return element;
            }
            if start.elapsed() > PATIENCE {
                self.keep_screenshot("failed").await;
                panic!(
                    "there is no {role} “{name}”. On the screen:\n{}",
                    self.text().await
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses the first visible thing of this kind and name.
    ///
    /// # Panics
    /// When it can't be pressed.
    pub async fn press(&self, role: &str, name: &str) {
        let start = Instant::now();
        loop {
            // A screen may redraw between finding and pressing: then it is looked for again.
            let element = self.find(role, name).await;
            match element.click() {
                Ok(_) => return,
                Err(error) if start.elapsed() > PATIENCE => {
                    panic!("{role} “{name}” can't be pressed: {error}")
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Presses a button.
    pub async fn button(&self, name: &str) {
        self.press("button", name).await;
    }

    /// Follows a link.
    pub async fn link(&self, name: &str) {
        self.press("link", name).await;
    }

    /// Chooses a radio button.
    pub async fn choose(&self, name: &str) {
        self.press("radio", name).await;
    }

    /// Puts a text into a field in place of what is in it.
    ///
    /// # Panics
    /// When it does not take it.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.find("textbox", label).await;
        // Set through the page: how keys behave under a display without a window manager is not settled.
        self.script(
            "const [field, text] = arguments;
             const kind = field.tagName === 'TEXTAREA' ? HTMLTextAreaElement : HTMLInputElement;
             Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, text);
             field.dispatchEvent(new Event('input', { bubbles: true }));",
            vec![field.reference(), json!(text)],
        )
        .await;
        let took = field.property("value").unwrap();
        assert_eq!(took, text, "what the field “{label}” took");
    }

    /// Looks at the screen as it is now, in light and in dark: axe, layout, script, policy; and keeps pictures of it.
    ///
    /// # Panics
    /// When something is wrong with it.
    pub async fn audit(&self, screen: &str) {
        for theme in ["light", "dark"] {
            // Colours change at once while they are audited: one caught on its way has a contrast nobody ever sees.
            self.script_async(
                "const [theme, done] = arguments;
                 const root = document.documentElement;
                 for (const time of ['--t-fast', '--t-base', '--t-slow']) root.style.setProperty(time, '0ms');
                 requestAnimationFrame(() => requestAnimationFrame(() => {
                   root.dataset.theme = theme;
                   requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100)));
                 }))",
                vec![json!(theme)],
            )
            .await;
            // Colours may fade over; the audit is of how they end.
            self.until(
                "colors at rest",
                "return document.getAnimations().every((one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity)",
            )
            .await;
            axe::audit(self, &format!("{screen}, {theme}")).await;
            self.keep_screenshot(&format!("{screen}-{theme}")).await;
        }
        self.script(
            "delete document.documentElement.dataset.theme; document.documentElement.removeAttribute('style')",
            vec![],
        )
        .await;
        self.assert_sound(screen).await;
    }

    /// Checks that nothing hostile happened: no script ran, no policy was breached, the page is not wider than the window.
    ///
    /// # Panics
    /// When something did.
    pub async fn assert_sound(&self, screen: &str) {
        let state = self
            .script(
                "return {
                   pwned: window.__pwned ?? null,
                   wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
                   frame: document.querySelector('iframe')?.getBoundingClientRect().height ?? 0,
                   origin: location.origin,
                 }",
                vec![],
            )
            .await;
        assert_eq!(
            state,
            json!({"pwned": null, "wide": 0, "frame": 0, "origin": "tauri://localhost"}),
            "{screen}"
        );
        assert_eq!(
            self.policy_breaches().await,
            Vec::<String>::new(),
            "{screen}"
        );
        assert!(
            self.session.get("alert/text").is_err(),
            "{screen}: a dialog is open"
        );
    }

    /// Keeps a picture of the window where `CMMCPRO_SCREENSHOTS` says.
    ///
    /// # Panics
    /// When it can't be written.
    pub async fn keep_screenshot(&self, name: &str) {
        let Some(folder) = std::env::var_os("CMMCPRO_SCREENSHOTS").map(std::path::PathBuf::from)
        else {
            return;
        };
        std::fs::create_dir_all(&folder).unwrap();
        let picture = self.session.get("screenshot").unwrap();
        let picture = base64::engine::general_purpose::STANDARD
            .decode(picture.as_str().unwrap())
            .unwrap();
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }
}
