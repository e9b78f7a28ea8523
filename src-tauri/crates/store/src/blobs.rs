//! Page bytes, kept once per content, compressed.

use crate::{
    Result, StoreError, Tx,
    row::{count, to_column},
};
use evidence::Digest;
use sqlx::{Row as _, SqliteConnection};
use std::io::Read as _;

/// The largest page that is kept, uncompressed: a service's answer of this size is not one page.
pub const MAX_BLOB_BYTES: u64 = 256 * 1024 * 1024;

/// How hard to compress: zstd's own default, the knee of its curve.
const LEVEL: i32 = zstd::DEFAULT_COMPRESSION_LEVEL;

/// A page as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// SHA-256 of the uncompressed bytes.
    pub digest: Digest,
    /// Length of the uncompressed bytes.
    pub length: u64,
    /// The compressed bytes; `None` when they were purged.
    pub compressed: Option<Vec<u8>>,
}

impl Blob {
    /// The page's bytes, checked against their digest.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when they were purged, [`StoreError::Damaged`] when they are not what was stored.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        let compressed = self
            .compressed
            .as_deref()
            .ok_or_else(|| StoreError::missing("The page, which was purged,"))?;
        let bytes = decompress(compressed, self.length)?;
        if Digest::of(&bytes) != self.digest {
            return Err(StoreError::damaged(
                "a stored page does not have its digest",
            ));
        }
        Ok(bytes)
    }
}

/// Bytes on their way into the store: compressed as they come, so that what waits for its transaction is small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    digest: Digest,
    length: u64,
    compressed: Vec<u8>,
}

impl Prepared {
    /// These bytes.
    ///
    /// # Errors
    /// [`StoreError::Refused`] beyond [`MAX_BLOB_BYTES`].
    pub fn new(bytes: &[u8]) -> Result<Self> {
        let length = bytes.len() as u64;
        if length > MAX_BLOB_BYTES {
            return Err(StoreError::refused(
                "One page is larger than anything a service sends as a page.",
            ));
        }
        Ok(Self {
            digest: Digest::of(bytes),
            length,
            compressed: zstd::bulk::compress(bytes, LEVEL)?,
        })
    }

    /// SHA-256 of the uncompressed bytes.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Length of the uncompressed bytes.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }
}

/// Decompresses exactly `length` bytes and never more: compressed data can claim to be anything.
///
/// # Errors
/// [`StoreError::Damaged`] when it is not that.
pub fn decompress(compressed: &[u8], length: u64) -> Result<Vec<u8>> {
    let damaged = || StoreError::damaged("a stored page can't be decompressed");
    if length > MAX_BLOB_BYTES {
        return Err(damaged());
    }
    let mut bytes = Vec::new();
    zstd::stream::read::Decoder::with_buffer(compressed)
        .and_then(|decoder| decoder.take(length + 1).read_to_end(&mut bytes))
        .map_err(|_| damaged())?;
    if bytes.len() as u64 == length {
        Ok(bytes)
    } else {
        Err(damaged())
    }
}

/// Keeps `page` unless it is kept already. Bytes that were purged are not kept again.
///
/// # Errors
/// What the database says.
pub async fn put(tx: &mut Tx, page: &Prepared) -> Result<()> {
    tx.check()?;
    let kept = keep(tx, page).await;
    tx.note(kept)
}

async fn keep(tx: &mut Tx, page: &Prepared) -> Result<()> {
    let name = page.digest.to_string();
    let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM blobs WHERE digest = ?1)")
        .bind(&name)
        .fetch_one(&mut **tx)
        .await?;
    if known {
        return Ok(());
    }
    sqlx::query("INSERT INTO blobs (digest, length, bytes, purged) VALUES (?1, ?2, ?3, 0)")
        .bind(&name)
        .bind(to_column(page.length)?)
        .bind(&page.compressed)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// One page.
///
/// # Errors
/// [`StoreError::Missing`] when it was never kept.
pub async fn get(connection: &mut SqliteConnection, digest: Digest) -> Result<Blob> {
    let row = sqlx::query("SELECT length, bytes FROM blobs WHERE digest = ?1")
        .bind(digest.to_string())
        .fetch_optional(connection)
        .await?
        .ok_or_else(|| StoreError::missing("The page"))?;
    Ok(Blob {
        digest,
        length: count(&row, "length")?,
        compressed: row.try_get("bytes")?,
    })
}

/// Removes the bytes of a purged page; its digest and length stay.
pub(crate) async fn erase(tx: &mut Tx, digest: Digest) -> Result<()> {
    let changed = sqlx::query("UPDATE blobs SET bytes = NULL, purged = 1 WHERE digest = ?1")
        .bind(digest.to_string())
        .execute(&mut **tx)
        .await?;
    if changed.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StoreError::missing("The page"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_small_file_that_would_grow_without_end_is_stopped_at_its_stated_length() {
        let bomb = zstd::bulk::compress(&vec![0; 8 << 20], LEVEL).unwrap();
        assert!(bomb.len() < 2048);
        assert_eq!(decompress(&bomb, 1000).unwrap_err().code(), "vault_damaged");
        assert_eq!(
            decompress(&bomb, MAX_BLOB_BYTES + 1).unwrap_err().code(),
            "vault_damaged"
        );
        assert_eq!(decompress(&bomb, 8 << 20).unwrap().len(), 8 << 20);
    }

    #[test]
    fn purged_bytes_are_missing_and_changed_bytes_are_damage() {
        let compressed = zstd::bulk::compress(b"page", LEVEL).unwrap();
        let kept = Blob {
            digest: Digest::of(b"page"),
            length: 4,
            compressed: Some(compressed),
        };
        assert_eq!(kept.bytes().unwrap(), b"page");
        let other = Blob {
            digest: Digest::of(b"pagf"),
            ..kept.clone()
        };
        assert_eq!(other.bytes().unwrap_err().code(), "vault_damaged");
        assert_eq!(
            Blob {
                compressed: None,
                ..kept
            }
            .bytes()
            .unwrap_err()
            .code(),
            "missing"
        );
    }
}
