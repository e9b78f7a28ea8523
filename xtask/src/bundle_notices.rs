//! What is told of other people's software: the pieces, and the texts of their licences, each text once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Everything, as it is written down.
#[derive(Debug, Default)]
pub struct Notices {
    /// Kind, name and version to licence.
    pieces: BTreeMap<(&'static str, String, String), String>,
    /// Licence and text to who uses it.
    texts: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Notices {
    /// Adds a piece of software.
    pub fn piece(&mut self, kind: &'static str, name: &str, version: &str, licence: &str) {
        let key = (kind, name.to_owned(), version.to_owned());
        self.pieces.insert(key, licence.to_owned());
    }

    /// Adds a licence's text for somebody who uses it.
    pub fn text(&mut self, licence: &str, text: &str, user: String) {
        // The same text with other line ends or blank lines around it is the same text.
        let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
        self.texts
            .entry((licence.to_owned(), lines.join("\n")))
            .or_default()
            .insert(user);
    }

    /// The file, for somebody who reads it from the top.
    pub fn told(&self) -> String {
        let mut text = String::from(
            "Software of others in CMMCPro\n\n\
             The programs contain the software listed here. The licence texts follow, each with who it is for. The sources\n\
             are public, by name and version: crates at crates.io, npm packages at npmjs.com.\n",
        );
        let mut kind = "";
        for ((this, name, version), licence) in &self.pieces {
            if *this != kind {
                kind = this;
                let _ = write!(text, "\n{kind}\n\n");
            }
            let _ = writeln!(text, "  {name} {version}: {licence}");
        }
        for ((licence, body), users) in &self.texts {
            let users: Vec<&str> = users.iter().map(String::as_str).collect();
            let line = "-".repeat(100);
            let _ = write!(
                text,
                "\n{line}\n{licence}\nfor {}\n{line}\n\n{body}\n",
                users.join(", ")
            );
        }
        text
    }

    /// How many pieces and how many texts there are.
    pub fn counted(&self) -> (usize, usize) {
        (self.pieces.len(), self.texts.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_told_once_for_all_who_use_it() {
        let mut notices = Notices::default();
        notices.text("MIT", "one\ntwo\n", "b 1".to_owned());
        notices.text("MIT", "one \r\ntwo", "a 1".to_owned());
        assert_eq!(notices.counted(), (0, 1));
        assert!(notices.told().contains("for a 1, b 1\n"));
    }
}
