//! Names in sentences: some of them, so that nobody meets a wall of text.

/// Names that are told; the others are counted.
const NAMED: usize = 4;

/// Some by name, the others by number.
pub(super) fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.into_iter().collect();
    let first = all
        .iter()
        .take(NAMED)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    match all.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// A number of days in words.
pub(super) fn days(number: i64) -> String {
    match number {
        1 => "1 day".to_owned(),
        more => format!("{more} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::{days, named};

    #[test]
    fn one_day_is_no_days() {
        assert_eq!([days(0), days(1), days(2)], ["0 days", "1 day", "2 days"]);
    }

    #[test]
    fn a_long_list_is_cut_short() {
        assert_eq!(named(["a", "b"]), "a, b");
        assert_eq!(
            named(["a", "b", "c", "d", "e", "f"]),
            "a, b, c, d and 2 more"
        );
        assert_eq!(named([]), "");
    }
}
