//! Windows as a window manager sees and closes them. Tests run on a display without one, so they do its part.

use std::time::{SystemTime, UNIX_EPOCH};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, ImageFormat, MapState,
    Window,
};
use x11rb::rust_connection::RustConnection;

/// The display of the test.
pub struct Display {
    connection: RustConnection,
    root: Window,
}

impl Display {
    /// Connects to `DISPLAY`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn open() -> Self {
        let (connection, screen) = x11rb::connect(None).expect("a display");
        let root = connection.setup().roots[screen].root;
        Self { connection, root }
    }

    /// The windows of a process that are on the screen and can be closed.
    #[must_use]
    pub fn windows(&self, process: u32) -> Vec<Window> {
        let (pid, protocols) = (self.atom("_NET_WM_PID"), self.atom("WM_PROTOCOLS"));
        let tree = self.connection.query_tree(self.root).unwrap();
        let children = tree.reply().unwrap().children;
        children
            .into_iter()
            .filter(|window| {
                let attributes = self.connection.get_window_attributes(*window).unwrap();
                // One that went away since the list was made has none.
                attributes
                    .reply()
                    .is_ok_and(|found| found.map_state == MapState::VIEWABLE)
                    && self.numbers(*window, pid).contains(&process)
                    && !self.numbers(*window, protocols).is_empty()
            })
            .collect()
    }

    /// Asks a window to close, as its button does.
    ///
    /// # Panics
    /// When the display refuses.
    pub fn close(&self, window: Window) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let data = [
            self.atom("WM_DELETE_WINDOW"),
            u32::try_from(now.as_secs() & 0xffff_ffff).unwrap(),
            0,
            0,
            0,
        ];
        let event = ClientMessageEvent::new(32, window, self.atom("WM_PROTOCOLS"), data);
        self.connection
            .send_event(false, window, EventMask::NO_EVENT, event)
            .unwrap()
            .check()
            .unwrap();
    }

    /// What a window shows: four bytes a pixel. `None` where it can't be read at the moment.
    #[must_use]
    pub fn picture(&self, window: Window) -> Option<Vec<u8>> {
        let place = self.connection.get_geometry(window).ok()?.reply().ok()?;
        let image = self.connection.get_image(
            ImageFormat::Z_PIXMAP,
            window,
            0,
            0,
            place.width,
            place.height,
            !0,
        );
        Some(image.ok()?.reply().ok()?.data)
    }

    fn atom(&self, name: &str) -> Atom {
        let asked = self.connection.intern_atom(false, name.as_bytes()).unwrap();
        asked.reply().unwrap().atom
    }

    fn numbers(&self, window: Window, property: Atom) -> Vec<u32> {
        let asked = self
            .connection
            .get_property(false, window, property, AtomEnum::ANY, 0, 64)
            .unwrap();
        match asked.reply() {
            Ok(found) => found.value32().map(Iterator::collect).unwrap_or_default(),
            Err(_) => Vec::new(),
        }
    }
}
