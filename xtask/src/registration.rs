//! Adding a line to a sorted list in a source file, and touching nothing else.

use crate::{Failure, Outcome};

/// Puts `line` into the first run of lines that `belongs` picks, in alphabetical order.
pub fn insert_in_block(text: &str, belongs: impl Fn(&str) -> bool, line: &str) -> Outcome<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let start = lines
        .iter()
        .position(|existing| belongs(existing))
        .ok_or_else(|| Failure::new(format!("found no list to add `{}` to", line.trim())))?;
    let place = lines
        .iter()
        .enumerate()
        .skip(start)
        .find(|(_, existing)| !belongs(existing) || **existing > line)
        .map_or(lines.len(), |(index, _)| index);
    lines.insert(place, line);
    Ok(joined(&lines))
}

/// Repeats every line of code that names `known`, with `new` in its place, each in its own list.
/// So the new one is registered in exactly the way the known one is.
pub fn repeat_lines(text: &str, known: &str, new: &str) -> Outcome<String> {
    let patterns: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//") && names(line, known))
        .collect();
    if patterns.is_empty() {
        return Err(Failure::new(format!(
            "found no line with `{known}` to follow"
        )));
    }
    // The part before the name tells one list from another.
    let family = known.split_inclusive('_').next().unwrap_or(known);
    patterns.into_iter().try_fold(
        joined(&text.lines().collect::<Vec<_>>()),
        |text, pattern| {
            let before = pattern.split(known).next().unwrap_or_default();
            let start = format!("{before}{family}");
            insert_in_block(
                &text,
                |line| line.starts_with(&start),
                &pattern.replace(known, new),
            )
        },
    )
}

/// Whether the line holds the word, not merely a longer word that begins with it.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        !line[at + word.len()..]
            .starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
    })
}

fn joined(lines: &[&str]) -> String {
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_line_goes_where_the_alphabet_puts_it() {
        let text = "[dependencies]\nprovider-kit.workspace = true\nprovider-aws.workspace = true\nprovider-okta.workspace = true\n\n[lints]\n";
        let belongs =
            |line: &str| line.starts_with("provider-") && !line.starts_with("provider-kit");
        let new = insert_in_block(text, belongs, "provider-gcp.workspace = true").unwrap();
        assert_eq!(
            new,
            text.replace(
                "provider-okta",
                "provider-gcp.workspace = true\nprovider-okta"
            )
        );
        let last = insert_in_block(text, belongs, "provider-veeam.workspace = true").unwrap();
        assert_eq!(
            last,
            text.replace(
                "\n\n[lints]",
                "\nprovider-veeam.workspace = true\n\n[lints]"
            )
        );
    }

    #[test]
    fn each_list_that_names_the_known_one_gets_its_line() {
        let text = "//! provider_aws is the pattern.\nuse provider_aws as _;\nuse provider_entra_id as _;\n\nstatic ALL: &[&P] = &[\n    &provider_aws::PROVIDER,\n    &provider_entra_id::PROVIDER,\n];\n";
        let new = repeat_lines(text, "provider_aws", "provider_okta").unwrap();
        assert_eq!(
            new,
            "//! provider_aws is the pattern.\nuse provider_aws as _;\nuse provider_entra_id as _;\nuse provider_okta as _;\n\nstatic ALL: &[&P] = &[\n    &provider_aws::PROVIDER,\n    &provider_entra_id::PROVIDER,\n    &provider_okta::PROVIDER,\n];\n"
        );
    }

    #[test]
    fn a_longer_name_is_another_name() {
        assert!(
            repeat_lines(
                "use provider_aws_extra as _;\n",
                "provider_aws",
                "provider_okta"
            )
            .is_err()
        );
    }

    #[test]
    fn the_registry_as_it_is_takes_one_more_line() {
        let now = include_str!("../../src-tauri/crates/registry/src/lib.rs");
        let then = repeat_lines(now, "provider_aws", "provider_okta").unwrap();
        assert_eq!(then.lines().count(), now.lines().count() + 1);
        assert!(then.contains("\n    &provider_okta::PROVIDER,\n"));
    }
}
