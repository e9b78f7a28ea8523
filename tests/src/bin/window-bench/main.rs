//! Looks at the app's window and at a bare Tauri window from outside, the same way: through the display and `/proc`.
//! The programs have no hooks for it. Prints one JSON document; what it is doing goes to the error stream.
//!
//! `window-bench start PAIRS` and `window-bench tray USERS SETTLE_S ROUNDS ROUND_S`, on a display of their own, with
//! `CMMC_BIN`, `CMMCPRO_APP_BIN` and `BARE_WINDOW_BIN` in the environment.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "as in the library: a broken assumption ends the measurement"
)]

#[cfg(target_os = "linux")]
mod eye;
#[cfg(target_os = "linux")]
mod place;
#[cfg(target_os = "linux")]
mod start;
#[cfg(target_os = "linux")]
mod tray;
#[cfg(target_os = "linux")]
mod tree;

#[cfg(target_os = "linux")]
fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<u64>().expect("a number");
    let measured = match words.as_slice() {
        ["start", pairs] => start::measure(number(pairs)),
        ["tray", users, settle, rounds, round] => tray::measure(
            usize::try_from(number(users)).unwrap(),
            number(settle),
            number(rounds),
            number(round),
        ),
        _ => panic!("window-bench start PAIRS | tray USERS SETTLE_S ROUNDS ROUND_S"),
    };
    println!("{measured}");
}

#[cfg(not(target_os = "linux"))]
fn main() {
    panic!("windows are measured on Linux only");
}
