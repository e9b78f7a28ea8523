//! What the bench writes into `docs/benchmarks.md`.

use std::time::Duration;

use crate::{Failure, Outcome};

const BEGIN: &str = "<!-- bench:begin (written by `cargo xtask bench`) -->";
const END: &str = "<!-- bench:end -->";

/// A page for a working copy that has none yet.
pub const EMPTY_PAGE: &str = "\
# Benchmarks

How long a first collection takes, how much memory it needs and how many requests it sends, on made-up Microsoft
Entra ID tenants of two sizes. Run `cargo xtask bench` on a quiet Linux machine to measure again.

<!-- bench:begin (written by `cargo xtask bench`) -->
<!-- bench:end -->
";

/// One measured collection.
#[derive(Clone, Debug)]
pub struct Row {
    /// User accounts in the tenant.
    pub users: u32,
    /// What the emulator waits before each answer, in milliseconds.
    pub latency_ms: u32,
    /// Whether our own pacing was on.
    pub pacing: bool,
    /// From starting `cmmc sync` to its end.
    pub wall: Duration,
    /// Most memory resident at once, in KiB.
    pub peak_kib: Option<u64>,
    /// Whether that peak was counted from the moment the vault was open, not from the start.
    pub peak_after_unlock: bool,
    /// Requests the emulator answered during the collection.
    pub requests_sent: Option<u64>,
    /// One sign-in, and one request for each page that was stored.
    pub requests_needed: u64,
}

/// The machine, without anything that names it.
pub struct Machine {
    /// Processors this process may use.
    pub cores: usize,
    /// Runnable processes on average over the last minute, before the bench began.
    pub load: String,
    /// The kernel's release.
    pub kernel: String,
}

/// Puts the measurements between the page's markers and leaves the rest alone.
pub fn rewrite(page: &str, machine: &Machine, rows: &[Row]) -> Outcome<String> {
    let missing =
        || Failure::new("docs/benchmarks.md has lost its bench:begin and bench:end lines");
    let (before, rest) = page.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!(
        "{before}{BEGIN}\n\n{}\n{END}{after}",
        section(machine, rows)
    ))
}

fn section(machine: &Machine, rows: &[Row]) -> String {
    let mut text = format!(
        "Release build; {} cores, load {} before the start, Linux {}.\n\n\
         | users | answer delay | own pacing | wall | peak RSS after unlock | requests sent | requests needed |\n\
         | ---: | ---: | --- | ---: | ---: | ---: | ---: |\n",
        machine.cores, machine.load, machine.kernel
    );
    for row in rows {
        text.push_str(&format!(
            "| {} | {} ms | {} | {:.2} s | {} | {} | {} |\n",
            grouped(u64::from(row.users)),
            row.latency_ms,
            if row.pacing { "on" } else { "off" },
            row.wall.as_secs_f64(),
            memory(row),
            row.requests_sent
                .map_or_else(|| "not known".to_owned(), grouped),
            grouped(row.requests_needed),
        ));
    }
    if rows
        .iter()
        .any(|row| row.peak_kib.is_some() && !row.peak_after_unlock)
    {
        text.push_str(
            "\n(*) counted from the start, deriving the key from the passphrase included.\n",
        );
    }
    text
}

fn memory(row: &Row) -> String {
    match row.peak_kib {
        None => "not known".to_owned(),
        Some(kib) => {
            let note = if row.peak_after_unlock { "" } else { " (*)" };
            format!("{} MiB{note}", kib.div_ceil(1024))
        }
    }
}

/// 20000 as 20,000.
fn grouped(number: u64) -> String {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn machine() -> Machine {
        Machine {
            cores: 2,
            load: "0.10".to_owned(),
            kernel: "6.1.0".to_owned(),
        }
    }

    fn row() -> Row {
        Row {
            users: 20_000,
            latency_ms: 50,
            pacing: false,
            wall: Duration::from_millis(1_234),
            peak_kib: Some(2_049),
            peak_after_unlock: true,
            requests_sent: Some(1_021),
            requests_needed: 21,
        }
    }

    #[test]
    fn the_text_around_the_markers_stays_and_the_table_is_replaced() {
        let page = format!("# Title\n\n{BEGIN}\nold\n{END}\n\nafter\n");
        let new = rewrite(&page, &machine(), &[row()]).unwrap();
        assert!(new.starts_with("# Title\n") && new.ends_with("\n\nafter\n"));
        assert!(!new.contains("old"));
        assert!(new.contains("| 20,000 | 50 ms | off | 1.23 s | 3 MiB | 1,021 | 21 |"));
        assert!(new.contains("2 cores, load 0.10"));
        assert_eq!(
            rewrite(&new, &machine(), &[row()]).unwrap(),
            new,
            "writing twice changes nothing"
        );
    }

    #[test]
    fn an_unknown_figure_is_not_invented() {
        let unknown = Row {
            peak_kib: None,
            requests_sent: None,
            ..row()
        };
        let new = rewrite(EMPTY_PAGE, &machine(), &[unknown]).unwrap();
        assert!(new.contains("| not known | not known | 21 |"));
        let whole_life = Row {
            peak_after_unlock: false,
            ..row()
        };
        assert!(
            rewrite(EMPTY_PAGE, &machine(), &[whole_life])
                .unwrap()
                .contains("3 MiB (*)")
        );
    }

    #[test]
    fn a_page_without_markers_is_refused() {
        assert!(rewrite("# Title", &machine(), &[]).is_err());
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [grouped(7), grouped(999), grouped(1_000), grouped(1_234_567)],
            ["7", "999", "1,000", "1,234,567"]
        );
    }
}
