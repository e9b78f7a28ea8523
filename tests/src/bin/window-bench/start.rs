//! Pairs of cold starts: from starting the process to the first screen, and the memory it then takes.

use crate::place::{Place, Program};
use crate::tree;
use serde_json::{Value, json};

/// Measures so many pairs after one that does not count: its programs make their folders and come from the disk.
pub fn measure(pairs: u64) -> Value {
    let place = Place::new();
    let mut measured = Vec::new();
    for pair in 0..=pairs {
        let order = if pair.is_multiple_of(2) {
            [Program::App, Program::Bare]
        } else {
            [Program::Bare, Program::App]
        };
        let mut of = [Value::Null, Value::Null];
        for program in order {
            let window = place.start(program);
            of[usize::from(program == Program::Bare)] = json!({
                "first": window.seen.first.as_secs_f64(),
                "settled": window.seen.settled.as_secs_f64(),
                "dirty": tree::private_dirty(window.id()),
            });
        }
        let [app, bare] = of;
        eprintln!("pair {pair}: app {app}, bare {bare}");
        if pair > 0 {
            measured.push(json!({"app": app, "bare": bare}));
        }
    }
    json!({"pairs": measured})
}
