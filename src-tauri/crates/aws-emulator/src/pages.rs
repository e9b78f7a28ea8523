//! Paging of what the emulator serves itself. A token is opaque, and good for its own operation only.

/// Some records and the token of the next ones.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

/// The page that `token` names; the first one without a token. None if the token is not one of ours.
pub(crate) fn cut<T: Clone>(
    all: &[T],
    operation: &str,
    token: Option<&str>,
    size: usize,
) -> Option<Page<T>> {
    let start = match token {
        None => 0,
        Some(token) => offset(operation, token)?,
    };
    let rest = all.get(start..)?;
    let items: Vec<T> = rest.iter().take(size.max(1)).cloned().collect();
    let end = start + items.len();
    Some(Page {
        next: (end < all.len()).then(|| hex::encode(format!("{operation}/{end}"))),
        items,
    })
}

fn offset(operation: &str, token: &str) -> Option<usize> {
    let text = String::from_utf8(hex::decode(token).ok()?).ok()?;
    let (of, number) = text.split_once('/')?;
    (of == operation).then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pages_follow_each_other_and_end() {
        let all = [1, 2, 3, 4, 5];
        let first = cut(&all, "A", None, 2).unwrap();
        let second = cut(&all, "A", first.next.as_deref(), 2).unwrap();
        let third = cut(&all, "A", second.next.as_deref(), 2).unwrap();
        assert_eq!([first.items, second.items, third.items].concat(), all);
        assert_eq!(third.next, None);
        assert_eq!(cut::<u8>(&[], "A", None, 2).unwrap().next, None);
    }

    #[test]
    fn other_tokens_are_refused() {
        let token = cut(&[1, 2], "A", None, 1).unwrap().next.unwrap();
        assert_eq!(cut(&[1, 2], "B", Some(&token), 1), None);
        assert_eq!(cut(&[1, 2], "A", Some("invented"), 1), None);
    }
}
