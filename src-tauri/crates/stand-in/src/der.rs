//! The little of DER and PEM that keys and certificates for tests need.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One DER element around the parts.
#[must_use]
pub fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    let bytes = length.to_be_bytes();
    if length < 128 {
        out.extend(bytes.last());
    } else {
        let skip = bytes.iter().take_while(|byte| **byte == 0).count();
        out.push(0x80 | u8::try_from(bytes.len() - skip).unwrap_or(8));
        out.extend(bytes.iter().skip(skip));
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// Takes one DER element off the front: its tag, its content, and what follows. `None` when it is not well formed.
#[must_use]
pub fn take(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = input.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 {
            return None;
        }
        let (digits, after) = rest.split_at_checked(count)?;
        length = digits
            .iter()
            .fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
        rest = after;
    }
    let (content, after) = rest.split_at_checked(length)?;
    Some((tag, content, after))
}

/// A PEM block with this label.
#[must_use]
pub fn pem(label: &str, bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let mut out = format!("-----BEGIN {label}-----\n");
    for (index, c) in text.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            out.push('\n');
        }
        out.push(c);
    }
    out.push_str(&format!("\n-----END {label}-----\n"));
    out
}

/// The bytes of the first PEM block with this label. `None` when there is none, or when it is not base64.
#[must_use]
pub fn from_pem(label: &str, text: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let body: String = body.split_whitespace().collect();
    STANDARD.decode(body).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![7; length];
            let mut bytes = element(0x04, &[&content]);
            bytes.push(9);
            assert_eq!(
                take(&bytes),
                Some((0x04, content.as_slice(), [9].as_slice()))
            );
            for end in 0..bytes.len().min(300) - 1 {
                assert_eq!(take(&bytes[..end]), None);
            }
        }
        let block = pem("THING", &[1; 100]);
        assert!(block.lines().all(|line| line.len() <= 64));
        assert_eq!(from_pem("THING", &block).unwrap(), [1; 100]);
        assert_eq!(from_pem("OTHER", &block), None);
    }
}
