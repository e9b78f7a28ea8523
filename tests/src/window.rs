//! The real window, driven by WebKitWebDriver as Tauri's own driver does it: the driver starts the app with
//! automation on, and the app's one webview becomes the driver's browser.
//!
//! Things are found as a person finds them: by what they are and what they are called.

use crate::process::{self, Running};
use crate::{Desk, axe, programs};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};
use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How long a screen may take to show something.
const PATIENCE: Duration = Duration::from_secs(45);

/// Finds what is visible by role and accessible name. A name matches whole; with `~` before it, in part.
const FIND: &str = include_str!("find.js");

/// The app's window. One at a time over all test processes: windows would take each other's keyboard focus.
pub struct Window {
    client: Client,
    driver: Running,
    _turn: File,
}

impl Window {
    /// Starts the app on this computer and waits for its first screen.
    ///
    /// # Panics
    /// When the driver or the app does not start.
    pub async fn open(desk: &Desk) -> Self {
        let turn = File::create(std::env::temp_dir().join("cmmcpro-end-to-end-window.lock")).unwrap();
        turn.lock().unwrap();
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
            // Without a graphics card the compositor only costs time.
            .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
            .stdout(Stdio::from(said.try_clone().unwrap()))
            .stderr(Stdio::from(said))
            .spawn()
            .expect("WebKitWebDriver is installed");
        let driver = Running(driver);
        process::until_listening(port);
        let capabilities = json!({
            "webkitgtk:browserOptions": {"binary": programs::app(), "args": []},
            "timeouts": {"script": 60_000},
        });
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap_or_else(|error| panic!("the app gave no window to the driver: {error}"));
        let window = Self {
            client,
            driver,
            _turn: turn,
        };
        window.watch_policy().await;
        window.until("the first screen", "return document.querySelector('h1') !== null").await;
        window
    }

    /// Ends the app and the driver.
    pub async fn quit(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(10), self.client.clone().close()).await;
        self.driver.kill();
    }

    /// The WebDriver session, for what has no words here.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Runs a function body in the page.
    ///
    /// # Panics
    /// When it throws.
    pub async fn script(&self, body: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute(body, arguments)
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", &body[..body.len().min(200)]))
    }

    /// Runs a function body that calls its last argument when it is done.
    ///
    /// # Panics
    /// When it throws or never calls.
    pub async fn script_async(&self, body: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute_async(body, arguments)
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", &body[..body.len().min(200)]))
    }

    /// Writes down every breach of the content security policy from now on.
    async fn watch_policy(&self) {
        self.script(
            "if (!window.__breaches) {
               window.__breaches = [];
               document.addEventListener('securitypolicyviolation', (event) => window.__breaches.push(
                 [event.effectiveDirective, event.blockedURI, event.sourceFile, event.sample, event.documentURI].join(' | ')));
             }",
            vec![],
        )
        .await;
    }

    /// The breaches of the content security policy so far.
    pub async fn policy_breaches(&self) -> Vec<String> {
        let found = self.script("return window.__breaches", vec![]).await;
        serde_json::from_value(found).unwrap()
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
                panic!("waited in vain for {what}. On the screen:\n{}", self.text().await);
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
        // The one key of a WebDriver element reference.
        let id = found.as_object()?.values().next()?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client.clone(), ElementRef::from(id)))
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
                panic!("there is no {role} “{name}”. On the screen:\n{}", self.text().await);
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
            match element.click().await {
                Ok(()) => return,
                Err(error) if start.elapsed() > PATIENCE => panic!("{role} “{name}” can't be pressed: {error}"),
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
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
        let took = field.prop("value").await.unwrap().unwrap_or_default();
        assert_eq!(took, text, "what the field “{label}” took");
    }

    /// Looks at the screen as it is now, in light and in dark: axe, layout, script, policy; and keeps pictures of it.
    ///
    /// # Panics
    /// When something is wrong with it.
    pub async fn audit(&self, screen: &str) {
        for theme in ["light", "dark"] {
            self.script(
                "document.documentElement.dataset.theme = arguments[0]",
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
        self.script("delete document.documentElement.dataset.theme", vec![]).await;
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
        assert_eq!(self.policy_breaches().await, Vec::<String>::new(), "{screen}");
        assert!(self.client.get_alert_text().await.is_err(), "{screen}: a dialog is open");
    }

    /// Keeps a picture of the window where `CMMCPRO_SCREENSHOTS` says.
    ///
    /// # Panics
    /// When it can't be written.
    pub async fn keep_screenshot(&self, name: &str) {
        let Some(folder) = std::env::var_os("CMMCPRO_SCREENSHOTS").map(std::path::PathBuf::from) else {
            return;
        };
        std::fs::create_dir_all(&folder).unwrap();
        let picture = self.client.screenshot().await.unwrap();
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }
}
