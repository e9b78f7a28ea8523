//! One row of a tool's file, before rows of a check are put together.

use crate::text::clean;
use evidence::{Outcome, Reason, Severity, Timestamp, UnknownCode};

/// Characters of a title that are kept.
pub(crate) const TITLE: usize = 300;
/// Characters of an id or a name that are kept.
pub(crate) const NAME: usize = 512;
/// Characters of a note that are kept.
pub(crate) const NOTE: usize = 500;

/// What a tool says of one resource.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub check: String,
    pub title: String,
    pub severity: Severity,
    pub verdict: Verdict,
    /// When the tool looked, where the row says so.
    pub at: Option<Timestamp>,
    pub id: String,
    pub name: String,
    pub kind: String,
    pub note: String,
    /// The requirements that the tool itself names, e.g. `3.5.3`.
    pub claimed: Vec<String>,
}

/// An outcome, and why it is unknown where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub outcome: Outcome,
    pub reason: Option<Reason>,
}

impl Verdict {
    pub(crate) const fn plain(outcome: Outcome) -> Self {
        Self {
            outcome,
            reason: None,
        }
    }

    pub(crate) fn unknown(code: UnknownCode, detail: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Unknown,
            reason: Some(Reason::new(code, detail)),
        }
    }
}

/// What Prowler's word for a result means. `muted` says that somebody told Prowler not to count it: then neither a pass nor
/// a fail is left of it, and a person has to look.
pub(crate) fn prowler_verdict(status: Option<&str>, muted: Muted) -> Verdict {
    match muted {
        Muted::Yes => {
            return Verdict::unknown(
                UnknownCode::NeedsJudgement,
                "The result was muted in Prowler.",
            );
        }
        Muted::Unreadable => {
            return Verdict::unknown(
                UnknownCode::ToolError,
                "Whether the result was muted can't be read.",
            );
        }
        Muted::No => {}
    }
    match status {
        Some("PASS") => Verdict::plain(Outcome::Pass),
        Some("FAIL") => Verdict::plain(Outcome::Fail),
        Some("MANUAL") => Verdict::unknown(
            UnknownCode::NeedsJudgement,
            "Prowler leaves it to a person.",
        ),
        Some("MUTED") => Verdict::unknown(
            UnknownCode::NeedsJudgement,
            "The result was muted in Prowler.",
        ),
        Some(other) => Verdict::unknown(
            UnknownCode::ToolError,
            format!(
                "Prowler says \"{}\", which is neither pass nor fail.",
                clean(other, 40)
            ),
        ),
        None => Verdict::unknown(UnknownCode::ToolError, "The row has no readable result."),
    }
}

/// Whether a result was muted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Muted {
    Yes,
    No,
    Unreadable,
}

/// A severity by its word; what is not known counts as medium, so that it neither shouts nor hides.
pub(crate) fn severity(word: Option<&str>) -> Severity {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("critical" | "fatal") => Severity::Critical,
        Some("high") => Severity::High,
        Some("low") => Severity::Low,
        Some("informational" | "info") => Severity::Info,
        _ => Severity::Medium,
    }
}

/// Whether a text can be a check's id: nothing that a person could not tell from another one.
pub(crate) fn is_check_id(text: &str) -> bool {
    (1..=150).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

/// Whether a text can be a tool's version.
pub(crate) fn is_version(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+' | b'_'))
}

/// A moment out of range is none: the file can say anything.
pub(crate) fn moment(seconds: i64) -> Option<Timestamp> {
    // 2015, before either tool existed, to 2100.
    (1_420_070_400..4_102_444_800)
        .contains(&seconds)
        .then(|| Timestamp::from_unix(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_plain_word_passes_and_nothing_that_was_muted() {
        let outcome = |status, muted| prowler_verdict(status, muted).outcome;
        assert_eq!(outcome(Some("PASS"), Muted::No), Outcome::Pass);
        assert_eq!(outcome(Some("FAIL"), Muted::No), Outcome::Fail);
        for status in [
            Some("pass"),
            Some("MANUAL"),
            Some("MUTED"),
            Some(""),
            Some("INFO"),
            None,
        ] {
            let verdict = prowler_verdict(status, Muted::No);
            assert_eq!(verdict.outcome, Outcome::Unknown, "{status:?}");
            assert!(verdict.reason.is_some());
        }
        for status in [Some("PASS"), Some("FAIL"), None] {
            assert_eq!(outcome(status, Muted::Yes), Outcome::Unknown);
            assert_eq!(outcome(status, Muted::Unreadable), Outcome::Unknown);
        }
    }

    #[test]
    fn moments_that_cant_be_are_none() {
        assert!(moment(1_790_000_000).is_some());
        assert!(moment(0).is_none());
        assert!(moment(i64::MAX).is_none());
    }
}
