//! Damages to an XML page: its leaf elements are taken out or blanked. Works on the text, as well-formed fixtures need
//! no more.

use std::ops::Range;

/// A leaf element: the whole of it, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its name.
    pub name: String,
    /// From `<name` to `</name>`.
    pub whole: Range<usize>,
    /// What stands between.
    pub text: Range<usize>,
}

/// Every leaf element of `page` in order.
pub fn leaves(page: &str) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let mut from = 0;
    while let Some(start) = page[from..].find('<').map(|at| from + at) {
        from = start + 1;
        let Some(end) = page[start..].find('>').map(|at| start + at) else {
            break;
        };
        let tag = &page[start + 1..end];
        if tag.starts_with(['/', '?', '!']) || tag.ends_with('/') {
            continue;
        }
        let name = tag.split_whitespace().next().unwrap_or_default();
        let closing = format!("</{name}>");
        let text = end + 1;
        let Some(next) = page[text..].find('<').map(|at| text + at) else {
            break;
        };
        if page[next..].starts_with(&closing) {
            leaves.push(Leaf {
                name: name.to_owned(),
                whole: start..next + closing.len(),
                text: text..next,
            });
        }
    }
    leaves
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
        let names: Vec<&str> = found.iter().map(|leaf| leaf.name.as_str()).collect();
        assert_eq!(names, ["Name", "Truncated"]);
        let damaged = String::from_utf8_lossy(&without(page, &found[0].whole)).into_owned();
        assert!(
            damaged.contains("<User id=\"1\"><Path/></User>"),
            "{damaged}"
        );
        let blank = String::from_utf8_lossy(&without(page, &found[1].text)).into_owned();
        assert!(blank.contains("<Truncated></Truncated>"), "{blank}");
        assert!(leaves("<unclosed").is_empty());
    }
}
