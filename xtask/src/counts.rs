//! How many tests passed, failed and were skipped, read from what the test runners print.

use std::fmt;
use std::ops::AddAssign;

use serde_json::Value;

/// The outcome of a number of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ran and held.
    pub passed: u64,
    /// Ran and did not hold, or could not run.
    pub failed: u64,
    /// Did not run.
    pub skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(
            formatter,
            "{passed} passed, {failed} failed, {skipped} skipped"
        )
    }
}

impl Counts {
    /// Something ran, all of it held and nothing was left out.
    pub fn is_clean(self) -> bool {
        self.passed > 0 && self.failed == 0 && self.skipped == 0
    }

    /// Nothing counted but one failure: a layer that could not run at all.
    pub fn broken() -> Self {
        Self {
            failed: 1,
            ..Self::default()
        }
    }

    /// A runner that reports failure always counts as at least one failed test.
    pub fn with_exit(mut self, success: bool) -> Self {
        if !success && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

/// Reads cargo-nextest's summary: `Summary [ 0.1s] 5/6 tests run: 3 passed (1 slow), 2 failed, 1 skipped`.
pub fn from_nextest(output: &str) -> Option<Counts> {
    let plain = without_colours(output);
    let line = plain
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Summary ["))?;
    let (before, after) = line.split_once(" run: ")?;
    let mut counts = Counts::default();
    for part in without_brackets(after).split(',') {
        let Some((number, what)) = part.trim().split_once(' ') else {
            continue;
        };
        let Ok(number) = number.parse::<u64>() else {
            continue;
        };
        match what.split_whitespace().next() {
            Some("passed") => counts.passed += number,
            Some("skipped") => counts.skipped += number,
            // failed, timed out, exec failed, ...: whatever is not a pass is a failure.
            _ => counts.failed += number,
        }
    }
    // `3/5 tests run`: the run was cut short, and two never had their turn.
    let fraction = before.rsplit(']').next()?.split_whitespace().next()?;
    if let Some((ran, total)) = fraction.split_once('/') {
        let (ran, total): (u64, u64) = (ran.parse().ok()?, total.parse().ok()?);
        counts.skipped += total.saturating_sub(ran);
    }
    Some(counts)
}

/// Adds up libtest's lines: `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; ...`.
pub fn from_cargo_test(output: &str) -> Option<Counts> {
    let plain = without_colours(output);
    let mut counts = None;
    for line in plain
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: "))
    {
        let total: &mut Counts = counts.get_or_insert_default();
        let (_, numbers) = line.split_once(". ")?;
        for part in numbers.split(';') {
            let Some((number, what)) = part.trim().split_once(' ') else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match what {
                "passed" => total.passed += number,
                "failed" => total.failed += number,
                "ignored" | "filtered out" => total.skipped += number,
                _ => {}
            }
        }
    }
    counts
}

/// Reads Vitest's JSON report.
pub fn from_vitest(report: &str) -> Option<Counts> {
    let report: Value = serde_json::from_str(report).ok()?;
    let number = |key: &str| report.get(key).and_then(Value::as_u64);
    Some(Counts {
        passed: number("numPassedTests")?,
        failed: number("numFailedTests")?,
        skipped: number("numPendingTests")? + number("numTodoTests").unwrap_or(0),
    })
}

/// Drops terminal colour sequences (`ESC [ ... letter`).
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|character| match character {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Option<Counts> {
        Some(Counts {
            passed,
            failed,
            skipped,
        })
    }

    #[test]
    fn nextest_all_well() {
        let text =
            "    PASS [   0.01s] a b\n     Summary [   0.012s] 5 tests run: 5 passed, 0 skipped\n";
        assert_eq!(from_nextest(text), counts(5, 0, 0));
        assert_eq!(
            from_nextest("     Summary [   0.012s] 1 test run: 1 passed, 0 skipped"),
            counts(1, 0, 0)
        );
    }

    #[test]
    fn nextest_with_everything_that_can_go_wrong() {
        let text = "     Summary [  12.3s] 7/9 tests run: 3 passed (1 slow, 1 flaky), 2 failed, 1 timed out, 1 exec failed, 4 skipped\n        FAIL a b\n";
        assert_eq!(from_nextest(text), counts(3, 4, 6));
    }

    #[test]
    fn nextest_in_colour() {
        let text = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.0s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m1\u{1b}[0m skipped";
        assert_eq!(from_nextest(text), counts(2, 0, 1));
    }

    #[test]
    fn nextest_without_a_summary_is_not_a_result() {
        assert_eq!(from_nextest("error: could not compile"), None);
    }

    #[test]
    fn cargo_test_adds_up_and_counts_what_was_left_out() {
        let text = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.00s\n";
        assert_eq!(from_cargo_test(text), counts(6, 2, 4));
        assert_eq!(from_cargo_test("nothing"), None);
    }

    #[test]
    fn vitest_report() {
        let report = r#"{"numTotalTests":6,"numPassedTests":3,"numFailedTests":1,"numPendingTests":1,"numTodoTests":1,"success":false}"#;
        assert_eq!(from_vitest(report), counts(3, 1, 2));
        assert_eq!(from_vitest("{}"), None);
    }

    #[test]
    fn clean_means_some_passed_and_nothing_else() {
        assert!(
            Counts {
                passed: 1,
                ..Counts::default()
            }
            .is_clean()
        );
        assert!(!Counts::default().is_clean());
        assert!(
            !Counts {
                passed: 1,
                failed: 0,
                skipped: 1
            }
            .is_clean()
        );
        assert!(
            !Counts {
                passed: 9,
                ..Counts::default()
            }
            .with_exit(false)
            .is_clean()
        );
    }
}
