//! Damages to an XML page: its leaf elements are taken out or blanked. Works on the text, as well-formed fixtures need
//! no more.

use std::ops::Range;

/// A leaf element: the whole of it, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The names of the elements it is in and its own: `/List/User/Name`.
    pub path: String,
    /// From `<name` to `</name>`.
    pub whole: Range<usize>,
    /// What stands between.
    pub text: Range<usize>,
}

/// Every leaf element of `page` in order.
pub fn leaves(page: &str) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut from = 0;
    while let Some(start) = page[from..].find('<').map(|at| from + at) {
        from = start + 1;
        let Some(end) = page[start..].find('>').map(|at| start + at) else {
            break;
        };
        let tag = &page[start + 1..end];
        if tag.starts_with('/') {
            open.pop();
        }
        if tag.starts_with(['/', '?', '!']) || tag.ends_with('/') {
            continue;
        }
        let name = tag.split_whitespace().next().unwrap_or_default();
        open.push(name);
        let closing = format!("</{name}>");
        let text = end + 1;
        let Some(next) = page[text..].find('<').map(|at| text + at) else {
            break;
        };
        if page[next..].starts_with(&closing) {
            leaves.push(Leaf {
                path: open.iter().map(|name| format!("/{name}")).collect(),
                whole: start..next + closing.len(),
                text: text..next,
            });
        }
    }
    leaves
}

/// Whether the path `place` names the element at `path` or one that holds it. The elements of a list share their name,
/// so a path means all of them.
pub fn is_at(path: &str, place: &str) -> bool {
    path.strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `page` without these bytes.
pub fn without(page: &str, range: &Range<usize>) -> Vec<u8> {
    [
        &page.as_bytes()[..range.start],
        &page.as_bytes()[range.end..],
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_are_found_and_taken_out() {
        let page = "<?xml version=\"1.0\"?><List><User id=\"1\"><Name>ann</Name><Path/></User><Truncated>false</Truncated></List>";
        let found = leaves(page);
        let paths: Vec<&str> = found.iter().map(|leaf| leaf.path.as_str()).collect();
        assert_eq!(paths, ["/List/User/Name", "/List/Truncated"]);
        let damaged = String::from_utf8_lossy(&without(page, &found[0].whole)).into_owned();
        assert!(
            damaged.contains("<User id=\"1\"><Path/></User>"),
            "{damaged}"
        );
        let blank = String::from_utf8_lossy(&without(page, &found[1].text)).into_owned();
        assert!(blank.contains("<Truncated></Truncated>"), "{blank}");
        assert!(leaves("<unclosed").is_empty());
    }

    #[test]
    fn a_place_is_an_element_and_what_is_in_it() {
        assert!(is_at("/List/User/Name", "/List/User/Name"));
        assert!(is_at("/List/User/Name", "/List/User"));
        assert!(!is_at("/List/User/Name", "/List/User/Na"));
        assert!(!is_at("/List/User", "/List/User/Name"));
        assert!(
            !is_at("/List/User/Name", "/User/Name"),
            "it starts at the root"
        );
    }
}
