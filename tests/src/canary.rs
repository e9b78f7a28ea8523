//! Secrets that must not turn up anywhere, in any of the shapes they could turn up in.

use base64::Engine as _;
use std::path::Path;

/// One secret and the byte strings that would give it away.
#[derive(Clone)]
pub struct Canary {
    name: &'static str,
    shapes: Vec<(&'static str, Vec<u8>)>,
}

impl Canary {
    /// Looks for `secret` as it is, in UTF-16, in base64 at any of the three offsets, and in hexadecimal.
    ///
    /// # Panics
    /// When the secret is too short to be told from chance.
    #[must_use]
    pub fn of(name: &'static str, secret: &str) -> Self {
        assert!(secret.len() >= 12, "{name} is too short to look for");
        let bytes = secret.as_bytes();
        let mut shapes = vec![
            ("raw", bytes.to_vec()),
            (
                "utf-16le",
                secret.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            ),
            (
                "utf-16be",
                secret.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            ),
            ("hex", hex::encode(bytes).into_bytes()),
            ("hex upper", hex::encode_upper(bytes).into_bytes()),
        ];
        for skipped in 0..3 {
            // Only whole groups of three bytes keep their letters whatever stands around them.
            let whole = &bytes[skipped..skipped + (bytes.len() - skipped) / 3 * 3];
            for engine in [
                base64::engine::general_purpose::STANDARD,
                base64::engine::general_purpose::URL_SAFE,
            ] {
                shapes.push(("base64", engine.encode(whole).into_bytes()));
            }
        }
        Self { name, shapes }
    }

    /// Where the secret shows in `bytes`, if it does.
    #[must_use]
    pub fn in_bytes(&self, place: &str, bytes: &[u8]) -> Vec<String> {
        self.shapes
            .iter()
            .filter(|(_, shape)| contains(bytes, shape))
            .map(|(form, _)| format!("{} ({form}) in {place}", self.name))
            .collect()
    }

    /// Where the secret shows in the files below `folder`, and in their names.
    #[must_use]
    pub fn in_folder(&self, folder: &Path) -> Vec<String> {
        let mut hits = Vec::new();
        let Ok(entries) = std::fs::read_dir(folder) else {
            return hits;
        };
        for entry in entries.map(Result::unwrap) {
            let path = entry.path();
            hits.extend(self.in_bytes("a file name", path.as_os_str().as_encoded_bytes()));
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                hits.extend(self.in_folder(&path));
            } else if kind.is_file() {
                // A file may vanish between listing and reading.
                let bytes = std::fs::read(&path).unwrap_or_default();
                hits.extend(self.in_bytes(&path.display().to_string(), &bytes));
            }
        }
        hits
    }
}

/// Whether `needle` stands somewhere in `hay`.
fn contains(hay: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else {
        return false;
    };
    let mut from = 0;
    while let Some(at) = hay[from..].iter().position(|byte| byte == first) {
        let after = from + at + 1;
        if hay[after..].starts_with(rest) {
            return true;
        }
        from = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "emulated~secret.value-0123";

    #[test]
    fn every_shape_is_found_and_nothing_else() {
        let canary = Canary::of("the secret", SECRET);
        let standard = base64::engine::general_purpose::STANDARD;
        for text in [
            format!("x{SECRET}y").into_bytes(),
            hex::encode(SECRET).into_bytes(),
            hex::encode_upper(SECRET).into_bytes(),
            SECRET.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            standard.encode(SECRET).into_bytes(),
            standard.encode(format!("a{SECRET}bb")).into_bytes(),
            standard.encode(format!("ab{SECRET}b")).into_bytes(),
        ] {
            assert!(!canary.in_bytes("here", &text).is_empty(), "{text:?}");
        }
        assert!(
            canary
                .in_bytes("here", b"emulated~secret.value-0124")
                .is_empty()
        );
    }

    #[test]
    fn files_in_folders_are_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        std::fs::write(folder.path().join("deep/file"), format!("..{SECRET}..")).unwrap();
        assert_eq!(
            Canary::of("the secret", SECRET)
                .in_folder(folder.path())
                .len(),
            1
        );
    }
}
