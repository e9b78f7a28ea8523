//! What can be seen on the display, and keys typed on it.

use end_to_end::x11::Display;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, InputFocus, Window};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// Every so many lines of the window are looked at: fewer than a line of text is high.
const STEP: usize = 4;

/// How often.
const PERIOD: Duration = Duration::from_millis(10);

/// Text alone has dozens of shades; empty ground has one or two.
const SHADES: usize = 12;

/// So long after the first picture the window is looked at for the last time.
const WATCHED: Duration = Duration::from_millis(2_500);

/// Two pictures with fewer differing pixels than this share are the same one: a caret blinks.
const SAME: f64 = 0.002;

/// How long a window may take to show anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// An eye on the display.
pub struct Eye {
    display: Display,
    connection: RustConnection,
    root: Window,
}

/// When a window showed something.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// The first picture that is more than ground.
    pub first: Duration,
    /// The picture that stayed.
    pub settled: Duration,
}

impl Eye {
    /// Opens it on `DISPLAY`.
    pub fn open() -> Self {
        let (connection, screen) = x11rb::connect(None).expect("a display");
        let root = connection.setup().roots[screen].root;
        Self {
            display: Display::open(),
            connection,
            root,
        }
    }

    /// The display as a window manager has it.
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// Watches the window of a process that was started at `start`.
    pub fn watch(&self, process: u32, start: Instant) -> Seen {
        let mut pictures: Vec<(Duration, Vec<u8>)> = Vec::new();
        let mut first = None;
        let mut window = None;
        loop {
            let now = start.elapsed();
            if window.is_none() {
                window = self.display.windows(process).first().copied();
            }
            let picture = window.and_then(|window| self.lines(window));
            if let Some(picture) = picture
                && pictures.last().is_none_or(|(_, last)| *last != picture)
            {
                if first.is_none() && shades(&picture) >= SHADES {
                    first = Some(now);
                }
                pictures.push((now, picture));
            }
            match first {
                Some(first) if now > first + WATCHED => {
                    let settled = settled(&pictures).max(first);
                    return Seen { first, settled };
                }
                None => assert!(now < PATIENCE, "the window stayed empty"),
                Some(_) => {}
            }
            std::thread::sleep(PERIOD);
        }
    }

    /// Types lower-case words and a return into the one window of a process.
    pub fn type_line(&self, process: u32, text: &str) {
        let window = self.display.windows(process)[0];
        let focused =
            self.connection
                .set_input_focus(InputFocus::POINTER_ROOT, window, x11rb::CURRENT_TIME);
        focused.unwrap().check().unwrap();
        for character in text.chars() {
            self.press(u32::from(character));
        }
        // XK_Return
        self.press(0xff0d);
    }

    fn press(&self, symbol: u32) {
        let setup = self.connection.setup();
        let (low, high) = (setup.min_keycode, setup.max_keycode);
        let mapping = self
            .connection
            .get_keyboard_mapping(low, high - low + 1)
            .unwrap()
            .reply()
            .unwrap();
        let per_key = usize::from(mapping.keysyms_per_keycode);
        let at = mapping
            .keysyms
            .chunks(per_key)
            .position(|symbols| symbols.first() == Some(&symbol))
            .expect("a key for every character");
        let code = low + u8::try_from(at).unwrap();
        for event in [
            x11rb::protocol::xproto::KEY_PRESS_EVENT,
            x11rb::protocol::xproto::KEY_RELEASE_EVENT,
        ] {
            let sent = self.connection.xtest_fake_input(
                event,
                code,
                x11rb::CURRENT_TIME,
                self.root,
                0,
                0,
                0,
            );
            sent.unwrap().check().unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
    }

    /// Some lines of what a window shows; `None` where it can't be read at the moment.
    fn lines(&self, window: Window) -> Option<Vec<u8>> {
        let place = self.connection.get_geometry(window).ok()?.reply().ok()?;
        let asked: Vec<_> = (0..place.height)
            .step_by(STEP)
            .map(|line| {
                let line = i16::try_from(line).ok()?;
                self.connection
                    .get_image(ImageFormat::Z_PIXMAP, window, 0, line, place.width, 1, !0)
                    .ok()
            })
            .collect::<Option<_>>()?;
        let mut picture = Vec::new();
        for line in asked {
            picture.extend_from_slice(&line.reply().ok()?.data);
        }
        Some(picture)
    }
}

fn pixels(picture: &[u8]) -> impl Iterator<Item = &[u8]> {
    // The fourth byte has no meaning at this depth.
    picture.chunks_exact(4).map(|pixel| &pixel[..3])
}

/// Different colors, counted no further than needed.
fn shades(picture: &[u8]) -> usize {
    let mut found = BTreeSet::new();
    let mut last: &[u8] = &[];
    for pixel in pixels(picture) {
        if pixel != last {
            found.insert(pixel);
            last = pixel;
            if found.len() >= SHADES {
                break;
            }
        }
    }
    found.len()
}

/// When the picture came that is the last one's but for a caret.
fn settled(pictures: &[(Duration, Vec<u8>)]) -> Duration {
    let Some((mut at, last)) = pictures.last().cloned() else {
        return Duration::ZERO;
    };
    for (when, picture) in pictures.iter().rev() {
        if picture.len() != last.len() {
            break;
        }
        let differing = pixels(picture)
            .zip(pixels(&last))
            .filter(|(one, other)| one != other)
            .count();
        let all = (last.len() / 4) as f64;
        if differing as f64 / all > SAME {
            break;
        }
        at = *when;
    }
    at
}
