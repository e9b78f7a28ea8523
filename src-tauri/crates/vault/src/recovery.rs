//! The recovery key: 256 random bits, written so that a person can copy them from paper.
//!
//! Crockford's base32 alphabet (no I, L, O, U), 52 characters of key and 4 of check, in 8 groups of 7. The check is a
//! 20-bit CRC: a CRC of that width catches *every* error confined to 20 bits in a row, so every single wrong
//! character and every swap of neighbours is caught, not just most of them. It need not be cryptographic: whoever
//! sees it also sees the key.

use std::fmt;

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{Secret32, VaultError};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DATA_CHARS: usize = 52;
const CHECK_CHARS: usize = 4;
const CHARS: usize = DATA_CHARS + CHECK_CHARS;
const GROUP: usize = 7;
/// The low 20 bits of the generator; its top bit is implied and its lowest is set, as burst detection needs.
const CRC_POLYNOMIAL: u32 = 0x6_B04F;
const CRC_MASK: u32 = 0xF_FFFF;

/// What was typed can't be a recovery key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryKeyError {
    /// Another number of characters than 56, spaces and dashes aside.
    #[error("it has {got} characters instead of 56")]
    Length {
        /// How many there are.
        got: usize,
    },
    /// A character that no recovery key contains.
    #[error("character {position} can't occur in a recovery key")]
    Character {
        /// Which one, counted from 1 without spaces and dashes.
        position: usize,
    },
    /// The check characters do not match: at least one character is wrong.
    #[error("its check characters do not match")]
    Checksum,
}

/// The key that opens a vault when everything else is lost.
pub struct RecoveryKey(Secret32);

impl RecoveryKey {
    pub(crate) fn random() -> Result<Self, VaultError> {
        Ok(Self(Secret32::random()?))
    }

    pub(crate) fn secret(&self) -> &Secret32 {
        &self.0
    }

    /// The key as 8 groups of 7 characters. The one way to text: shown once, printed, never stored.
    #[must_use]
    pub fn reveal(&self) -> SecretString {
        let symbols = encode(self.0.expose());
        let mut text = String::with_capacity(CHARS + CHARS / GROUP);
        for (index, symbol) in symbols.iter().enumerate() {
            if index > 0 && index % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(*symbol & 31)]));
        }
        SecretString::from(text)
    }

    /// Reads a key as people type it: any case, O for 0, I and L for 1, spaces and dashes anywhere.
    ///
    /// # Errors
    /// Says whether the length, a character or the check is wrong. A key that passes may still be another vault's.
    pub fn parse(text: &str) -> Result<Self, RecoveryKeyError> {
        let mut symbols = Zeroizing::new([0u8; CHARS]);
        let mut count = 0;
        let mut stranger = None;
        for char in text.chars().filter(|char| !is_separator(*char)) {
            match (symbol(char), symbols.get_mut(count)) {
                (Some(value), Some(place)) => *place = value,
                (None, _) if stranger.is_none() => stranger = Some(count + 1),
                _ => {}
            }
            count += 1;
        }
        if let Some(position) = stranger {
            return Err(RecoveryKeyError::Character { position });
        }
        if count != CHARS {
            return Err(RecoveryKeyError::Length { got: count });
        }
        let key = decode(&symbols);
        // Encoding again also settles the four spare bits of the last data character, which must be zero.
        if *encode(key.expose()) != *symbols {
            return Err(RecoveryKeyError::Checksum);
        }
        Ok(Self(key))
    }
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey([redacted])")
    }
}

fn is_separator(char: char) -> bool {
    char.is_whitespace()
        || matches!(
            char,
            '-' | '_' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{AD}'
        )
}

fn symbol(char: char) -> Option<u8> {
    let wanted = match char.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let position = ALPHABET
        .iter()
        .position(|letter| char::from(*letter) == wanted)?;
    u8::try_from(position).ok()
}

/// 256 key bits, four zero bits and the check, five bits a symbol.
fn encode(key: &[u8; 32]) -> Zeroizing<[u8; CHARS]> {
    let mut symbols = Zeroizing::new([0; CHARS]);
    for (index, symbol) in symbols.iter_mut().take(DATA_CHARS).enumerate() {
        for bit in index * 5..index * 5 + 5 {
            let set = key
                .get(bit / 8)
                .is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0);
            *symbol = (*symbol << 1) | u8::from(set);
        }
    }
    let check = crc(&symbols[..DATA_CHARS]);
    for (index, symbol) in symbols.iter_mut().skip(DATA_CHARS).enumerate() {
        *symbol = (check >> (15 - 5 * index) & 31) as u8;
    }
    symbols
}

fn decode(symbols: &[u8; CHARS]) -> Secret32 {
    let mut key = Zeroizing::new([0u8; 32]);
    for bit in 0..256 {
        if symbols[bit / 5] & (16 >> (bit % 5)) != 0 {
            key[bit / 8] |= 0x80 >> (bit % 8);
        }
    }
    Secret32::from_bytes(*key)
}

fn crc(symbols: &[u8]) -> u32 {
    // A start value other than zero, so leading zeros count.
    let mut register = CRC_MASK;
    for symbol in symbols {
        for shift in (0..5).rev() {
            let bit = u32::from(symbol >> shift & 1);
            let carry = register >> 19 ^ bit;
            register = register << 1 & CRC_MASK;
            if carry & 1 == 1 {
                register ^= CRC_POLYNOMIAL;
            }
        }
    }
    register
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    fn key(bytes: [u8; 32]) -> RecoveryKey {
        RecoveryKey(Secret32::from_bytes(bytes))
    }

    fn same(text: &str, bytes: [u8; 32]) -> bool {
        RecoveryKey::parse(text).is_ok_and(|parsed| parsed.0.expose() == &bytes)
    }

    #[test]
    fn the_text_has_eight_groups_of_seven_from_the_alphabet() {
        let text = key([0x5A; 32]).reveal();
        let groups: Vec<&str> = text.expose_secret().split('-').collect();
        assert_eq!(groups.len(), 8);
        assert!(groups.iter().all(|group| group.len() == 7));
        assert!(
            text.expose_secret()
                .bytes()
                .all(|byte| byte == b'-' || ALPHABET.contains(&byte))
        );
    }

    #[test]
    fn debug_and_errors_show_nothing_of_the_key() {
        let shown = format!("{:?}", key([0x5A; 32]));
        assert_eq!(shown, "RecoveryKey([redacted])");
        let revealed = key([0x5A; 32]).reveal();
        assert!(!format!("{revealed:?}").contains(&revealed.expose_secret()[..7]));
    }

    #[test]
    fn every_single_wrong_character_is_caught() {
        let text: Vec<u8> = key([0x5A; 32])
            .reveal()
            .expose_secret()
            .bytes()
            .filter(|byte| *byte != b'-')
            .collect();
        for position in 0..CHARS {
            for letter in ALPHABET {
                let mut typed = text.clone();
                typed[position] = *letter;
                if typed != text {
                    let typed = String::from_utf8(typed).unwrap();
                    assert_eq!(
                        RecoveryKey::parse(&typed).unwrap_err(),
                        RecoveryKeyError::Checksum,
                        "{typed}"
                    );
                }
            }
        }
    }

    #[test]
    fn wrong_lengths_and_strange_characters_have_their_own_message() {
        let text = key([3; 32]).reveal();
        let text = text.expose_secret();
        assert_eq!(
            RecoveryKey::parse("").unwrap_err(),
            RecoveryKeyError::Length { got: 0 }
        );
        assert_eq!(
            RecoveryKey::parse(&text[1..]).unwrap_err(),
            RecoveryKeyError::Length { got: 55 }
        );
        assert_eq!(
            RecoveryKey::parse(&format!("{text}0")).unwrap_err(),
            RecoveryKeyError::Length { got: 57 }
        );
        let strange = |typed: String| RecoveryKey::parse(&typed).unwrap_err();
        assert_eq!(
            strange(format!("U{}", &text[1..])),
            RecoveryKeyError::Character { position: 1 }
        );
        assert_eq!(
            strange(format!("{}\u{e9}", &text[..text.len() - 1])),
            RecoveryKeyError::Character { position: 56 }
        );
    }

    proptest! {
        #[test]
        fn what_is_revealed_is_read_back(bytes: [u8; 32]) {
            prop_assert!(same(key(bytes).reveal().expose_secret(), bytes));
        }

        #[test]
        fn sloppy_typing_is_forgiven(bytes: [u8; 32], lower: bool, gaps in proptest::collection::vec(0usize..60, 0..6)) {
            let mut typed = key(bytes).reveal().expose_secret().replace('0', "O").replace('1', "l");
            if lower {
                typed = typed.to_lowercase();
            }
            for gap in gaps {
                typed.insert(gap.min(typed.len()), ' ');
            }
            let typed = typed.replacen('l', "I", 1).replace('-', "\u{2013} ");
            prop_assert!(same(&typed, bytes));
        }

        #[test]
        fn swapped_neighbours_are_caught(bytes: [u8; 32], at in 0..CHARS - 1) {
            let mut typed: Vec<u8> = key(bytes).reveal().expose_secret().bytes().filter(|byte| *byte != b'-').collect();
            prop_assume!(typed[at] != typed[at + 1]);
            typed.swap(at, at + 1);
            prop_assert_eq!(
                RecoveryKey::parse(&String::from_utf8(typed).unwrap()).unwrap_err(),
                RecoveryKeyError::Checksum
            );
        }

        #[test]
        fn arbitrary_text_never_panics(text: String) {
            let _ = RecoveryKey::parse(&text);
        }
    }
}
