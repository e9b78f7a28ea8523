//! Bodies that are too large, too short, packed, or something else than expected.

use super::{
    super::*,
    client, get, policy,
    server::{Reply, Server, gzip, json, reply},
};
use crate::{ErrorClass, ProviderError};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const JSON: &str = "content-type: application/json\r\n";

async fn expecting(server: &Server, expects: Expects) -> Result<Answer, ProviderError> {
    client(policy())
        .0
        .send(
            Ask::get(server.url.clone()).expects(expects),
            &CancellationToken::new(),
        )
        .await
}

#[tokio::test]
async fn every_packing_is_unpacked() {
    let text = br#"{"value":["aaaaaaaaaaaaaaaaaaaaaaaa"]}"#;
    let zlib = {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, text).unwrap();
        encoder.finish().unwrap()
    };
    for (name, packed) in [
        ("gzip", gzip(text)),
        ("x-gzip", gzip(text)),
        ("deflate", zlib),
        ("zstd", zstd::encode_all(&text[..], 3).unwrap()),
        ("identity", text.to_vec()),
    ] {
        let server = Server::start(vec![reply(
            "200 OK",
            &format!("{JSON}content-encoding: {name}\r\n"),
            packed,
        )])
        .await;
        let answer = get(&server).await.unwrap();
        assert_eq!(&answer.body[..], text, "{name}");
        assert!(
            answer.header("content-encoding").is_none()
                && answer.header("content-length").is_none()
        );
    }
}

#[tokio::test]
async fn brotli_is_unpacked() {
    use tokio::io::AsyncReadExt;
    let text = b"{\"value\":[1,2,3]}";
    let mut packed = Vec::new();
    async_compression::tokio::bufread::BrotliEncoder::new(&text[..])
        .read_to_end(&mut packed)
        .await
        .unwrap();
    let server = Server::start(vec![reply(
        "200 OK",
        &format!("{JSON}content-encoding: br\r\n"),
        packed,
    )])
    .await;
    assert_eq!(&get(&server).await.unwrap().body[..], text);
}

#[tokio::test]
async fn bombs_are_given_up_early() {
    let zeros = vec![b' '; 64 << 20];
    for (name, packed) in [
        ("gzip", gzip(&zeros)),
        ("zstd", zstd::encode_all(&zeros[..], 19).unwrap()),
    ] {
        assert!(packed.len() < 100_000);
        let server = Server::start(vec![reply(
            "200 OK",
            &format!("{JSON}content-encoding: {name}\r\n"),
            packed,
        )])
        .await;
        let start = Instant::now();
        let error = get(&server).await.unwrap_err();
        assert_eq!(
            (error.class, error.code.as_str()),
            (ErrorClass::MalformedAnswer, "decompression_bomb"),
            "{name}"
        );
        assert!(
            start.elapsed() < Duration::from_secs(4),
            "{:?}",
            start.elapsed()
        );
        assert_eq!(
            server.count(),
            2,
            "malformed answers are asked for twice at most"
        );
    }
}

#[tokio::test]
async fn the_size_is_capped_packed_or_not_announced_or_not() {
    let policy = || HttpPolicy {
        max_body_bytes: 1000,
        attempts: 1,
        ..policy()
    };
    let large = format!("\"{}\"", "a".repeat(2000));
    let announced = reply("200 OK", JSON, &large);
    let open = Reply::Bytes(
        format!("HTTP/1.1 200 OK\r\n{JSON}connection: close\r\n\r\n{large}").into_bytes(),
    );
    let packed = reply(
        "200 OK",
        &format!("{JSON}content-encoding: gzip\r\n"),
        gzip(large.as_bytes()),
    );
    for answer in [announced, open, packed] {
        let server = Server::start(vec![answer]).await;
        let ask = Ask::get(server.url.clone());
        let error = client(policy())
            .0
            .send(ask, &CancellationToken::new())
            .await
            .unwrap_err();
        assert_eq!(
            (error.class, error.code.as_str()),
            (ErrorClass::MalformedAnswer, "too_large")
        );
    }
}

#[tokio::test]
async fn a_short_body_is_an_error_and_tried_again() {
    let head = format!("HTTP/1.1 200 OK\r\n{JSON}");
    let length = Reply::Bytes(format!("{head}content-length: 50\r\n\r\n[1,2]").into_bytes());
    let chunks = Reply::Bytes(
        format!("{head}transfer-encoding: chunked\r\n\r\n5\r\n[1,2]\r\n").into_bytes(),
    );
    let mut cut = gzip(b"[1,2,3,4,5,6,7,8,9]");
    cut.truncate(cut.len() - 9);
    let packed = reply("200 OK", &format!("{JSON}content-encoding: gzip\r\n"), cut);
    for short in [length, chunks, packed] {
        let server = Server::start(vec![short.clone(), json("[]")]).await;
        assert_eq!(&get(&server).await.unwrap().body[..], b"[]", "{short:?}");
        let server = Server::start(vec![short]).await;
        let error = get(&server).await.unwrap_err();
        assert_eq!(
            (error.class, error.code.as_str()),
            (ErrorClass::Network, "connection_broken")
        );
        assert_eq!(server.count(), 5);
    }
}

#[tokio::test]
async fn json_that_ends_with_the_connection_is_not_taken_for_whole() {
    let open = Reply::Bytes(
        format!("HTTP/1.1 200 OK\r\n{JSON}connection: close\r\n\r\n{{\"value\":[1,").into_bytes(),
    );
    let server = Server::start(vec![open, json("[]")]).await;
    assert_eq!(&get(&server).await.unwrap().body[..], b"[]");
}

#[tokio::test]
async fn silence_is_not_waited_out() {
    let drip =
        Reply::Hang(format!("HTTP/1.1 200 OK\r\n{JSON}content-length: 50\r\n\r\n[1").into_bytes());
    for silent in [drip, Reply::Hang(Vec::new())] {
        let server = Server::start(vec![silent, json("[]")]).await;
        let policy = HttpPolicy {
            connect_timeout: Duration::from_millis(400),
            ..policy()
        };
        let start = Instant::now();
        let answer = client(policy)
            .0
            .send(Ask::get(server.url.clone()), &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(&answer.body[..], b"[]");
        assert!(start.elapsed() < Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_document_that_is_called_a_page_is_a_document_if_it_is_whole() {
    let called = "content-type: text/html; charset=utf-8\r\n";
    let server = Server::start(vec![reply("200 OK", called, r#"{"a":1}"#)]).await;
    assert_eq!(get(&server).await.unwrap().body, r#"{"a":1}"#);
    let server = Server::start(vec![reply("200 OK", called, r#"{"a":"#)]).await;
    assert_eq!(
        get(&server).await.unwrap_err().class,
        ErrorClass::MalformedAnswer
    );
    let server = Server::start(vec![reply("200 OK", called, "Sign in first")]).await;
    assert_eq!(get(&server).await.unwrap_err().class, ErrorClass::Proxy);
}

#[tokio::test]
async fn a_web_page_is_never_data() {
    let page = "<!DOCTYPE html><html><body>Sign in to Hotel Wi-Fi</body></html>";
    for headers in ["content-type: text/html; charset=utf-8\r\n", JSON, ""] {
        for expects in [Expects::Json, Expects::Xml] {
            let server = Server::start(vec![reply("200 OK", headers, page)]).await;
            let error = expecting(&server, expects).await.unwrap_err();
            assert_eq!(
                (error.class, error.code.as_str()),
                (ErrorClass::Proxy, "captive_portal"),
                "{headers} {expects:?}"
            );
            assert_eq!(server.count(), 2);
        }
    }
    let server = Server::start(vec![reply("200 OK", "content-type: text/html\r\n", page)]).await;
    assert!(expecting(&server, Expects::Any).await.is_ok());
    let server = Server::start(vec![reply("403 No", "content-type: text/html\r\n", page)]).await;
    assert_eq!(
        get(&server).await.unwrap().status,
        403,
        "a refusal is the caller's to judge, whatever it looks like"
    );
}

#[tokio::test]
async fn what_is_not_of_the_expected_type_is_malformed() {
    for (body, expects) in [
        ("", Expects::Json),
        ("   ", Expects::Json),
        ("OK", Expects::Json),
        ("{} {}", Expects::Json),
        ("{}", Expects::Xml),
        ("<a><b>", Expects::Json),
        ("<a><b", Expects::Xml),
    ] {
        let server = Server::start(vec![reply("200 OK", "", body)]).await;
        let error = expecting(&server, expects).await.unwrap_err();
        assert_eq!(
            error.class,
            ErrorClass::MalformedAnswer,
            "{body:?} {expects:?}"
        );
        assert_eq!(server.count(), 2);
    }
    let server = Server::start(vec![reply("200 OK", "", "<?xml version=\"1.0\"?><a/>\n")]).await;
    assert!(expecting(&server, Expects::Xml).await.is_ok());
    let server = Server::start(vec![reply("200 OK", JSON, "oops"), json("[]")]).await;
    assert!(get(&server).await.is_ok(), "a passing fault");
}

#[tokio::test]
async fn an_unknown_packing_is_refused() {
    for headers in [
        "content-encoding: lzma\r\n",
        "content-encoding: gzip, gzip\r\n",
        "content-encoding: gzip\r\ncontent-encoding: gzip\r\n",
    ] {
        let server = Server::start(vec![reply("200 OK", headers, "[]")]).await;
        assert_eq!(
            get(&server).await.unwrap_err().code,
            "unknown_encoding",
            "{headers}"
        );
    }
}
