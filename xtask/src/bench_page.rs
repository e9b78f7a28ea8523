//! `docs/benchmarks.md`: a text that people write, with one measured section for each part of the bench.

use crate::{Failure, Outcome};

/// A page for a working copy that has none yet.
pub const EMPTY_PAGE: &str = include_str!("../templates/benchmarks.md");

/// The machine, without anything that names it.
pub struct Machine {
    /// Processors this process may use.
    pub cores: usize,
    /// What kind they are.
    pub processor: String,
    /// Memory in KiB.
    pub memory_kib: u64,
    /// The kernel's release.
    pub kernel: String,
    /// Programs and libraries that matter, with their versions.
    pub versions: Vec<String>,
}

impl Machine {
    /// One line about it, and about how busy it was: runnable processes on average over the last minute.
    pub fn told(&self, load: &str) -> String {
        let mut versions = self.versions.join(", ");
        if !versions.is_empty() {
            versions.insert_str(0, ", ");
        }
        format!(
            "Release build; {} cores ({}), {} GiB of memory, Linux {}{versions}; load {load} before the start.",
            self.cores,
            self.processor,
            (self.memory_kib + 524_288) / 1_048_576,
            self.kernel,
        )
    }
}

/// Puts a part's section between its markers and leaves the rest of the page alone.
pub fn rewrite(page: &str, part: &str, section: &str) -> Outcome<String> {
    let missing = || {
        Failure::new(format!(
            "docs/benchmarks.md has lost its bench:{part}:begin and bench:{part}:end lines"
        ))
    };
    let (begin, end) = (
        format!("<!-- bench:{part}:begin (written by `cargo xtask bench`) -->"),
        format!("<!-- bench:{part}:end -->"),
    );
    let (before, rest) = page.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!(
        "{before}{begin}\n\n{}\n\n{end}{after}",
        section.trim()
    ))
}

/// A table: names of columns (`>` before one sets it to the right), then its rows.
pub fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let names: Vec<String> = columns
        .iter()
        .map(|name| name.trim_start_matches('>').to_owned())
        .collect();
    let sides: Vec<String> = columns
        .iter()
        .map(|name| if name.starts_with('>') { "---:" } else { "---" }.to_owned())
        .collect();
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{}{rows}", line(&names), line(&sides))
}

/// 20000 as 20,000.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Whether an aim is met, in a word.
pub fn met(yes: bool) -> String {
    if yes { "met" } else { "**not met**" }.to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_section_is_replaced_and_all_other_text_stays() {
        let new = rewrite(EMPTY_PAGE, "aws", "| new |").unwrap();
        assert!(new.contains("| new |"));
        assert_eq!(rewrite(&new, "aws", "| new |").unwrap(), new);
        let newer = rewrite(&new, "aws", "| newer |").unwrap();
        assert!(!newer.contains("| new |"));
        assert_eq!(newer.replace("| newer |", "| new |"), new);
    }

    #[test]
    fn every_part_has_its_place_on_the_page() {
        for part in crate::bench::Part::ALL {
            assert!(rewrite(EMPTY_PAGE, part.name(), "x").is_ok(), "{part:?}");
        }
        let refused = rewrite("# Title", "aws", "x").unwrap_err().to_string();
        assert!(refused.contains("bench:aws:begin"), "{refused}");
    }

    #[test]
    fn a_table_has_its_columns_and_sides() {
        assert_eq!(
            table(&["a", ">b"], &[vec!["x".to_owned(), "1".to_owned()]]),
            "| a | b |\n| --- | ---: |\n| x | 1 |\n"
        );
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [grouped(7), grouped(999), grouped(1_000), grouped(1_234_567)],
            ["7", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn the_machine_is_told_in_a_line() {
        let machine = Machine {
            cores: 2,
            processor: "Some CPU".to_owned(),
            memory_kib: 8_100_000,
            kernel: "6.1.0".to_owned(),
            versions: vec!["tauri 2.1".to_owned()],
        };
        assert_eq!(
            machine.told("0.10"),
            "Release build; 2 cores (Some CPU), 8 GiB of memory, Linux 6.1.0, tauri 2.1; load 0.10 before the start."
        );
    }
}
