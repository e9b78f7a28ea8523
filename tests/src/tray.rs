//! A desktop's tray on the session bus: the list of icons, something that says it shows them, and a hand for their menus
//! (freedesktop.org, StatusNotifierItem; com.canonical.dbusmenu).

use crate::process;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use zbus::blocking::{Connection, Proxy, connection};
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";

/// Who registered an icon, and where it is.
type Registered = (String, String);

/// The tray. It goes away when it is dropped.
pub struct Tray {
    bus: Connection,
    items: Arc<Mutex<Vec<Registered>>>,
}

/// What the desktop keeps.
struct Watcher {
    items: Arc<Mutex<Vec<Registered>>>,
    host: AtomicBool,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().unwrap().to_string();
        // Either the path of the icon, or the name of who has it at the usual path.
        let item = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        self.items.lock().unwrap().push(item);
    }

    fn register_status_notifier_host(&self, _service: &str) {
        self.host.store(true, Ordering::SeqCst);
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.items.lock().unwrap();
        items.iter().map(|(who, path)| who.clone() + path).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        self.host.load(Ordering::SeqCst)
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

impl Tray {
    /// A tray that shows its icons.
    #[must_use]
    pub fn on(address: &str) -> Self {
        Self::started(address, true)
    }

    /// A list of icons that nothing shows.
    #[must_use]
    pub fn unseen(address: &str) -> Self {
        Self::started(address, false)
    }

    fn started(address: &str, host: bool) -> Self {
        let items = Arc::default();
        let watcher = Watcher {
            items: Arc::clone(&items),
            host: AtomicBool::new(host),
        };
        let bus = connection::Builder::address(address)
            .unwrap()
            .serve_at(PATH, watcher)
            .unwrap()
            .name(WATCHER)
            .unwrap()
            .build()
            .unwrap();
        Self { bus, items }
    }

    /// Every icon registered so far.
    #[must_use]
    pub fn registered(&self) -> usize {
        self.items.lock().unwrap().len()
    }

    /// The newest icon, once there is one.
    #[must_use]
    pub fn item(&self) -> Item {
        let (owner, path) = process::until("an icon in the tray", || {
            self.items.lock().unwrap().last().cloned()
        });
        Item {
            bus: self.bus.clone(),
            owner,
            path,
        }
    }
}

impl Drop for Tray {
    fn drop(&mut self) {
        // Icons that are still looked at share the connection.
        let _ = self.bus.release_name(WATCHER);
    }
}

/// An icon with its menu.
pub struct Item {
    bus: Connection,
    owner: String,
    path: String,
}

/// One line of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    id: i32,
    /// What it says; empty for a separator.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
}

impl Item {
    /// The lines of its menu, without separators.
    #[must_use]
    pub fn menu(&self) -> Vec<Line> {
        process::until("the menu of the icon", || self.try_menu())
    }

    /// Waits for a line that says this, in part.
    ///
    /// # Panics
    /// When it never does.
    pub fn until(&self, words: &str) -> Line {
        process::until(
            &format!("“{words}” in the menu: {:?}", self.menu()),
            || {
                let menu = self.try_menu()?;
                menu.into_iter().find(|line| line.label.contains(words))
            },
        )
    }

    /// Whether the line can be chosen now.
    #[must_use]
    pub fn is_enabled(&self, label: &str) -> bool {
        let menu = self.menu();
        let line = menu.iter().find(|line| line.label == label);
        line.unwrap_or_else(|| panic!("no “{label}” in {menu:?}"))
            .enabled
    }

    /// Chooses a line.
    ///
    /// # Panics
    /// When there is none that can be chosen.
    pub fn choose(&self, label: &str) {
        let line = process::until(
            &format!("“{label}” to choose: {:?}", self.menu()),
            || {
                let menu = self.try_menu()?;
                menu.into_iter()
                    .find(|line| line.label == label && line.enabled)
            },
        );
        let menu = self.menu_proxy().unwrap();
        // An app that quits by it may be gone before it answers.
        let _ = menu.call_noreply("Event", &(line.id, "clicked", Value::from(0_i32), 0_u32));
    }

    /// The picture that the panel shows.
    ///
    /// # Panics
    /// When there never is one.
    #[must_use]
    pub fn picture(&self) -> Vec<u8> {
        process::until("the picture of the icon", || {
            let item = Proxy::new(
                &self.bus,
                self.owner.as_str(),
                self.path.as_str(),
                "org.kde.StatusNotifierItem",
            )
            .ok()?;
            let name: String = item.get_property("IconName").ok()?;
            std::fs::read(PathBuf::from(name)).ok()
        })
    }

    fn menu_proxy(&self) -> Option<Proxy<'static>> {
        let item = Proxy::new(
            &self.bus,
            self.owner.as_str(),
            self.path.as_str(),
            "org.kde.StatusNotifierItem",
        )
        .ok()?;
        let menu: OwnedObjectPath = item.get_property("Menu").ok()?;
        Proxy::new(
            &self.bus,
            self.owner.clone(),
            menu,
            "com.canonical.dbusmenu",
        )
        .ok()
    }

    fn try_menu(&self) -> Option<Vec<Line>> {
        type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
        let (_, root): (u32, Node) = self
            .menu_proxy()?
            .call("GetLayout", &(0_i32, -1_i32, Vec::<&str>::new()))
            .ok()?;
        let mut lines = Vec::new();
        for child in root.2 {
            let child: Structure<'_> = Value::from(child).downcast().ok()?;
            let (id, mut says, _) = Node::try_from(child).ok()?;
            let label = says
                .remove("label")
                .and_then(|label| String::try_from(label).ok())
                .unwrap_or_default();
            let enabled = says
                .remove("enabled")
                .and_then(|enabled| bool::try_from(enabled).ok())
                .unwrap_or(true);
            if !label.is_empty() {
                lines.push(Line { id, label, enabled });
            }
        }
        (!lines.is_empty()).then_some(lines)
    }
}
