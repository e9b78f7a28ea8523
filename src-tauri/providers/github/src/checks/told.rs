//! Whether something holds, as far as the data tells, and why not where it does not.

use evidence::{Reason, UnknownCode};

/// What the data says about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It holds.
    Yes,
    /// It does not; a sentence says why.
    No(String),
    /// The data does not say, for this reason.
    Unclear(Reason),
}

impl Told {
    /// It does not hold.
    pub(super) fn no(why: impl Into<String>) -> Self {
        Self::No(why.into())
    }

    /// GitHub left out what it documents.
    pub(super) fn silent(what: impl Into<String>) -> Self {
        Self::Unclear(Reason::new(UnknownCode::MalformedAnswer, what))
    }

    /// A person has to judge it.
    pub(super) fn for_a_person(what: impl Into<String>) -> Self {
        Self::Unclear(Reason::new(UnknownCode::NeedsJudgement, what))
    }

    /// A truth value: `no` is the sentence for `false`, `silent` the one for a value that is not there.
    pub(super) fn of(value: Option<bool>, no: &str, silent: &str) -> Self {
        match value {
            Some(true) => Self::Yes,
            Some(false) => Self::no(no),
            None => Self::silent(silent),
        }
    }

    /// All of these: one that does not hold decides, then one that is unclear.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut whole = Self::Yes;
        for part in parts {
            whole = match (whole, part) {
                (Self::No(one), Self::No(other)) => Self::No(format!("{one} {other}")),
                (no @ Self::No(_), _) | (_, no @ Self::No(_)) => no,
                (unclear @ Self::Unclear(_), _) | (_, unclear @ Self::Unclear(_)) => unclear,
                (Self::Yes, Self::Yes) => Self::Yes,
            };
        }
        whole
    }

    /// One of these: one that holds decides, then one that is unclear. `no` is the sentence where none does.
    pub(super) fn any(parts: impl IntoIterator<Item = Self>, no: &str) -> Self {
        let mut whole = Self::no(no);
        for part in parts {
            match part {
                Self::Yes => return Self::Yes,
                Self::Unclear(_) if matches!(whole, Self::No(_)) => whole = part,
                Self::No(_) | Self::Unclear(_) => {}
            }
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_and_any() {
        let (no, open) = (|| Told::no("N."), || Told::silent("U."));
        assert_eq!(Told::all([Told::Yes, Told::Yes]), Told::Yes);
        assert_eq!(Told::all([open(), no(), Told::no("M.")]), Told::no("N. M."));
        assert_eq!(Told::all([Told::Yes, open(), Told::Yes]), open());
        assert_eq!(Told::any([no(), open(), Told::Yes], "X."), Told::Yes);
        assert_eq!(Told::any([no(), open()], "X."), open());
        assert_eq!(Told::any([no(), no()], "X."), Told::no("X."));
        assert_eq!(Told::any([], "X."), Told::no("X."));
    }

    #[test]
    fn a_value_that_is_not_there_is_unclear() {
        assert_eq!(Told::of(Some(true), "N.", "U."), Told::Yes);
        assert_eq!(Told::of(Some(false), "N.", "U."), Told::no("N."));
        assert_eq!(Told::of(None, "N.", "U."), Told::silent("U."));
    }
}
