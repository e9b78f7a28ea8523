//! A small compressed body that grows without end in a client that does not count.

use std::io::{self, Write as _};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// One block of the repeated part.
const BLOCK: usize = 1024 * 1024;

/// A gzip body that expands to `start`, about `mebibytes` MiB of the letter a, and `end`. Its checksum is right.
///
/// # Errors
/// When the encoder fails, which it does not on memory.
pub fn gzip(start: &[u8], end: &[u8], mebibytes: u32) -> io::Result<Vec<u8>> {
    let block = vec![b'a'; BLOCK];
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(start)?;
    encoder.write_all(&block)?;
    encoder.flush()?;
    let head = std::mem::take(encoder.get_mut());
    // From here on the history is one letter, so the same compressed bytes can be repeated any number of times.
    encoder.write_all(&block)?;
    encoder.flush()?;
    let middle = std::mem::take(encoder.get_mut());
    encoder.write_all(end)?;
    let tail = encoder.finish()?;

    let repeats = mebibytes.saturating_sub(1);
    let mut one = Crc::new();
    one.update(&block);
    let mut last = Crc::new();
    last.update(end);
    let mut crc = Crc::new();
    crc.update(start);
    for _ in 0..=repeats {
        crc.combine(&one);
    }
    crc.combine(&last);

    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
    out.extend_from_slice(&head);
    for _ in 0..repeats {
        out.extend_from_slice(&middle);
    }
    out.extend_from_slice(&tail);
    out.extend_from_slice(&crc.sum().to_le_bytes());
    out.extend_from_slice(&crc.amount().to_le_bytes());
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Read as _;

    use super::*;

    #[test]
    fn it_is_small_valid_and_large() {
        for mebibytes in [1, 3] {
            let body = gzip(br#"{"id":""#, br#""}"#, mebibytes).unwrap();
            assert!(body.len() < 10_000);
            let mut text = String::new();
            flate2::read::GzDecoder::new(body.as_slice())
                .read_to_string(&mut text)
                .unwrap();
            assert_eq!(text.len(), mebibytes as usize * BLOCK + 9);
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        }
    }
}
