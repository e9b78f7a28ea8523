//! Bytes to text, and foreign texts made harmless.

use crate::ImportError;
use std::borrow::Cow;

/// The text of a file: UTF-8, with or without its mark, or UTF-16 with its mark (as Windows PowerShell writes it).
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ImportError> {
    let wide = |units: &[u8], read: fn([u8; 2]) -> u16| {
        if !units.len().is_multiple_of(2) {
            return Err(ImportError::NotText);
        }
        char::decode_utf16(units.chunks_exact(2).map(|pair| read([pair[0], pair[1]])))
            .collect::<Result<String, _>>()
            .map(Cow::Owned)
            .map_err(|_| ImportError::NotText)
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => std::str::from_utf8(rest)
            .map(Cow::Borrowed)
            .map_err(|_| ImportError::NotText)?,
    };
    // A text file of another encoding, or a binary one, shows by its zero characters.
    if text.contains('\0') {
        return Err(ImportError::NotText);
    }
    Ok(text)
}

/// A foreign text on one line, at most `most` characters, without what moves a cursor, turns the direction of writing or
/// can't be seen. What a spreadsheet would take for a formula stays what it is: a text.
#[must_use]
pub fn clean(text: &str, most: usize) -> String {
    let mut out = String::new();
    for (at, c) in text.trim().chars().enumerate() {
        if at == most {
            out.push('…');
            break;
        }
        out.push(match c {
            '\n' | '\r' | '\t' => ' ',
            c if hidden(c) => '\u{fffd}',
            c => c,
        });
    }
    out
}

fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A file's name without its folder, whichever system wrote it; never empty.
#[must_use]
pub fn file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = clean(name, 200);
    if name.is_empty() || name == "." || name == ".." {
        "file".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn marks_and_wide_encodings_are_read_and_others_refused() {
        let wide = |text: &str, write: fn(u16) -> [u8; 2], mark: [u8; 2]| {
            let mut bytes = mark.to_vec();
            bytes.extend(text.encode_utf16().flat_map(write));
            bytes
        };
        let little = wide("é[1]", u16::to_le_bytes, [0xff, 0xfe]);
        let big = wide("é[1]", u16::to_be_bytes, [0xfe, 0xff]);
        assert_eq!(decode(&little).unwrap(), "é[1]");
        assert_eq!(decode(&big).unwrap(), "é[1]");
        assert_eq!(decode("\u{feff}é[1]".as_bytes()).unwrap(), "é[1]");
        assert_eq!(decode("é[1]".as_bytes()).unwrap(), "é[1]");
        for bytes in [
            &b"caf\xe9"[..],
            &little[..little.len() - 1],
            &little[2..],
            &[0xff, 0xfe, 0x00, 0xd8],
            b"a\0b",
        ] {
            assert_eq!(decode(bytes), Err(ImportError::NotText), "{bytes:?}");
        }
    }

    #[test]
    fn what_hides_is_shown_and_a_formula_stays_a_text() {
        assert_eq!(
            clean(" a\r\nb\u{202e}c\u{1b}[2J ", 50),
            "a  b\u{fffd}c\u{fffd}[2J"
        );
        assert_eq!(clean("=HYPERLINK(\"x\")", 50), "=HYPERLINK(\"x\")");
        assert_eq!(clean("abcdef", 3), "abc…");
    }

    #[test]
    fn a_file_name_has_no_folder() {
        assert_eq!(file_name("C:\\Users\\pat\\out.csv"), "out.csv");
        assert_eq!(file_name("/tmp/../a b.json"), "a b.json");
        assert_eq!(file_name("folder/"), "file");
        assert_eq!(file_name(".."), "file");
    }
}
