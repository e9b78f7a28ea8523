//! The key is in no log line and no error, at any level, from any thread.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};
use std::{
    io::Write,
    sync::{Arc, Mutex},
};
use store::{Access, DATABASE_FILE, Store, verify};
use tracing_subscriber::fmt::MakeWriter;
use vault::Secret32;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Captured {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

const RAW: [u8; 32] = *b"canary-key-canary-key-canary-key";

#[tokio::test]
async fn the_key_is_never_logged() {
    let log = Captured::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .init();

    // The capture works, and sqlx left alone does print the key: otherwise this test would prove nothing.
    let plain = tempfile::tempdir().unwrap();
    let loud = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let careless = SqliteConnectOptions::new()
        .filename(plain.path().join("x.db"))
        .create_if_missing(true)
        .pragma("key", format!("\"x'{loud}'\""));
    careless.connect().await.unwrap().close().await.unwrap();
    assert!(
        log.text().contains(loud),
        "the statement log of sqlx shows the key pragma"
    );

    let dir = tempfile::tempdir().unwrap();
    let key = Secret32::from_bytes(RAW);
    let wrong = Secret32::from_bytes([0xC3; 32]);
    let mut errors = String::new();
    let store = Store::create(dir.path(), &key).await.unwrap();
    // Longer than sqlx's idea of a slow statement, which it would print as a warning.
    let mut reader = store.read().await.unwrap();
    let slow = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT count(*) FROM n";
    let mut rows = 2_000_000_i64;
    let begun = std::time::Instant::now();
    while begun.elapsed().as_millis() < 1100 {
        let _: i64 = sqlx::query_scalar(slow)
            .bind(rows)
            .fetch_one(&mut *reader)
            .await
            .unwrap();
        if begun.elapsed().as_millis() < 1100 {
            rows *= 2;
        }
    }
    drop(reader);
    store.copy_to(&dir.path().join("copy.db")).await.unwrap();
    assert!(verify::verify(&store, None).await.unwrap().ok);
    store.close().await.unwrap();
    for access in [Access::ReadWrite, Access::ReadOnly] {
        Store::open(dir.path(), &key, access)
            .await
            .unwrap()
            .close()
            .await
            .unwrap();
        let refused = Store::open(dir.path(), &wrong, access).await.err().unwrap();
        errors += &format!("{refused} {refused:?} {:?}", refused.explain());
    }
    std::fs::write(dir.path().join(DATABASE_FILE), b"not a database").unwrap();
    let refused = Store::open(dir.path(), &key, Access::ReadWrite)
        .await
        .err()
        .unwrap();
    errors += &format!("{refused} {refused:?} {:?}", refused.explain());

    let seen = log.text() + &errors;
    for key in [key, wrong] {
        let hex = key.expose_hex();
        let raw = String::from_utf8_lossy(key.expose()).into_owned();
        for form in [
            hex.to_lowercase(),
            hex.to_uppercase(),
            raw,
            hex[..16].to_owned(),
            hex[48..].to_owned(),
        ] {
            assert!(!seen.contains(&form), "a form of the key was printed");
        }
    }
    for word in ["slow statement", "PRAGMA key = \"x'63", "WITH RECURSIVE"] {
        assert!(!seen.contains(word), "{word}");
    }
}
