//! Whether something holds, as far as the data tells.

use provider_kit::{Collected, Judge};
use serde::de::DeserializeOwned;

/// What the data says about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It holds.
    Yes,
    /// It does not; a sentence says why.
    No(String),
    /// The data does not say; a sentence says what is lacking.
    Unclear(String),
}

impl Told {
    /// A truth value: `no` is the sentence for `false`, `unclear` the one for a value that is not there.
    pub(super) fn of(value: Option<bool>, no: &str, unclear: &str) -> Self {
        match value {
            Some(true) => Self::Yes,
            Some(false) => Self::No(no.to_owned()),
            None => Self::Unclear(unclear.to_owned()),
        }
    }

    /// All of these: one that does not hold decides, then one that can't be told. Sentences of one kind are joined.
    pub(super) fn all<const N: usize>(parts: [Self; N]) -> Self {
        let sentences =
            |of: fn(&Self) -> Option<&str>| -> Vec<&str> { parts.iter().filter_map(of).collect() };
        let lacking = sentences(Self::why_not);
        if !lacking.is_empty() {
            return Self::No(lacking.join(" "));
        }
        let open = sentences(|part| match part {
            Self::Unclear(why) => Some(why),
            _ => None,
        });
        match open.is_empty() {
            true => Self::Yes,
            false => Self::Unclear(open.join(" ")),
        }
    }

    fn why_not(&self) -> Option<&str> {
        match self {
            Self::No(why) => Some(why),
            _ => None,
        }
    }
}

/// A dataset that is needed beside the first: what it lacks, the verdict lacks. One that was refused has no rows, and
/// whoever looks for one finds the data silent.
pub(super) fn also<T: DeserializeOwned>(
    collected: &Collected<'_>,
    judge: &mut Judge,
    dataset: &str,
) -> Vec<T> {
    match collected.rows::<T>(dataset) {
        Ok(rows) => {
            judge.also(&rows);
            rows.rows
        }
        Err(reason) => {
            judge.lacks(reason);
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_decides_before_unclear_and_unclear_before_yes() {
        let no = |why: &str| Told::No(why.to_owned());
        let unclear = |why: &str| Told::Unclear(why.to_owned());
        assert_eq!(Told::all([Told::Yes, Told::Yes]), Told::Yes);
        assert_eq!(Told::all([unclear("U."), no("A."), no("B.")]), no("A. B."));
        assert_eq!(Told::all([Told::Yes, unclear("U.")]), unclear("U."));
        assert_eq!(Told::of(None, "n", "u"), unclear("u"));
    }
}
