//! Retries, waiting, addresses, redirects, cancelling.

use super::{
    super::*,
    client, get, policy,
    server::{Reply, Server, json, reply, status},
};
use crate::ErrorClass;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use url::Url;

#[tokio::test]
async fn a_good_answer_comes_at_once_and_is_logged() {
    let server = Server::start(vec![json("{\"a\":1}")]).await;
    let (client, log) = client(policy());
    let answer = client
        .send(Ask::get(server.url.clone()), &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!((answer.status, &answer.body[..]), (200, &b"{\"a\":1}"[..]));
    let records = log.records();
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!(
        (
            record.method.as_str(),
            record.path.as_str(),
            record.query.as_str()
        ),
        ("GET", "/v1/items", "x=1")
    );
    assert_eq!(
        (
            record.status,
            record.attempt,
            record.bytes,
            &record.error_code
        ),
        (Some(200), 1, 7, &None)
    );
    assert_eq!(
        client.stats(),
        Stats {
            sent: 1,
            retried: 0,
            throttled: 0,
            bytes: 7
        }
    );
}

#[tokio::test]
async fn passing_statuses_are_tried_again() {
    for failing in [
        "429 Too Many",
        "500 Oops",
        "502 Bad",
        "503 Busy",
        "504 Late",
    ] {
        let server =
            Server::start(vec![status(failing, ""), status(failing, ""), json("[]")]).await;
        let (client, log) = client(policy());
        let answer = client
            .send(Ask::get(server.url.clone()), &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(answer.status, 200, "{failing}");
        assert_eq!(
            log.records()
                .iter()
                .map(|record| record.attempt)
                .collect::<Vec<_>>(),
            [1, 2, 3]
        );
        assert_eq!(client.stats().retried, 2);
        assert_eq!(
            client.stats().throttled,
            if failing.starts_with("429") { 2 } else { 0 }
        );
    }
}

#[tokio::test]
async fn other_statuses_are_the_callers_to_judge() {
    for other in [
        "400 Bad", "401 No", "403 No", "404 No", "409 No", "501 No", "304 Same",
    ] {
        let server = Server::start(vec![status(other, "")]).await;
        let answer = get(&server).await.unwrap();
        assert!(other.starts_with(&answer.status.to_string()));
        assert_eq!(server.count(), 1, "{other}");
    }
}

#[tokio::test]
async fn attempts_are_bounded() {
    let server = Server::start(vec![status("500 Oops", "")]).await;
    let error = get(&server).await.unwrap_err();
    assert_eq!(
        (error.class, server.count()),
        (ErrorClass::ServiceOutage, 5)
    );
    let server = Server::start(vec![status("429 Slow", "")]).await;
    let error = get(&server).await.unwrap_err();
    assert_eq!((error.class, server.count()), (ErrorClass::Throttled, 5));
    let server = Server::start(vec![Reply::Close]).await;
    let error = get(&server).await.unwrap_err();
    assert_eq!((error.class, server.count()), (ErrorClass::Network, 5));
}

#[tokio::test]
async fn a_wish_to_wait_is_honoured_even_without_pacing() {
    let server = Server::start(vec![status("429 Slow", "retry-after: 1\r\n"), json("[]")]).await;
    let start = Instant::now();
    get(&server).await.unwrap();
    assert!(
        start.elapsed() >= Duration::from_millis(990),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn lanes_of_one_host_do_not_slow_each_other() {
    let server = Server::start(vec![
        status("429 Slow", "retry-after: 1\r\n"),
        json("[]"),
        json("[]"),
    ])
    .await;
    let (client, _) = client(policy());
    let ask = |lane: &str| Ask::get(server.url.clone()).in_lane(lane);
    let never = CancellationToken::new();
    let slowed = client.send(ask("east"), &never);
    let other = async {
        while server.count() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let start = Instant::now();
        client.send(ask("west"), &never).await.unwrap();
        start.elapsed()
    };
    let (answer, waited) = tokio::join!(slowed, other);
    answer.unwrap();
    assert!(waited < Duration::from_millis(700), "{waited:?}");
}

#[tokio::test]
async fn senseless_wishes_fall_back_to_our_own_pause() {
    for wish in ["-5", "soon", "Mon, 23 Nov 2020 08:00:00 GMT"] {
        let server = Server::start(vec![
            status("429 Slow", &format!("retry-after: {wish}\r\n")),
            json("[]"),
        ])
        .await;
        let start = Instant::now();
        get(&server).await.unwrap();
        assert!(start.elapsed() < Duration::from_millis(900), "{wish}");
    }
}

#[tokio::test]
async fn a_huge_wish_ends_the_request_and_says_how_long() {
    let server = Server::start(vec![
        status("429 Slow", "retry-after: 86400\r\n"),
        json("[]"),
    ])
    .await;
    let (client, _) = client(policy());
    let error = client
        .send(Ask::get(server.url.clone()), &CancellationToken::new())
        .await
        .unwrap_err();
    assert_eq!(
        (error.class, error.retry_after_s, server.count()),
        (ErrorClass::Throttled, Some(86_400), 1)
    );
    // The host is not blocked for a day for everything else.
    assert!(
        client
            .send(Ask::get(server.url.clone()), &CancellationToken::new())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn what_is_not_idempotent_is_repeated_only_when_nothing_was_done() {
    let post = |server: &Server| Ask::form(server.url.clone(), &[("code", "once")]);
    let send = async |server: &Server| {
        client(policy())
            .0
            .send(post(server), &CancellationToken::new())
            .await
    };
    let server = Server::start(vec![status("500 Oops", ""), json("[]")]).await;
    assert_eq!(
        send(&server).await.unwrap_err().class,
        ErrorClass::ServiceOutage
    );
    assert_eq!(server.count(), 1);
    let server = Server::start(vec![Reply::Close, json("[]")]).await;
    assert_eq!(send(&server).await.unwrap_err().class, ErrorClass::Network);
    let server = Server::start(vec![status("429 Slow", ""), json("[]")]).await;
    assert_eq!(send(&server).await.unwrap().status, 200);
    assert!(
        server.requests()[1].ends_with("code=once"),
        "the body goes again"
    );
}

#[tokio::test]
async fn a_provider_can_name_its_own_way_of_saying_slow_down() {
    let server = Server::start(vec![
        reply("400 Bad", "", "{\"code\":\"Throttling\"}"),
        json("[]"),
    ])
    .await;
    let (client, _) = client(policy());
    let ask = Ask::get(server.url.clone())
        .throttled_when(|answer| answer.body.ends_with(b"\"Throttling\"}"));
    assert_eq!(
        client
            .send(ask, &CancellationToken::new())
            .await
            .unwrap()
            .status,
        200
    );
    assert_eq!(client.stats().throttled, 1);
}

#[tokio::test]
async fn plain_http_goes_to_this_computer_only_and_addresses_hold_no_password() {
    for address in [
        "http://graph.example.com/x",
        "http://192.168.1.5/x",
        "http://127.0.0.1.example.com/x",
        "https://user:pw@h.example/x",
        "ftp://h.example/x",
        "file:///etc/passwd",
    ] {
        let (client, log) = client(policy());
        let error = client
            .send(
                Ask::get(Url::parse(address).unwrap()),
                &CancellationToken::new(),
            )
            .await
            .unwrap_err();
        assert_eq!(error.class, ErrorClass::Configuration, "{address}");
        assert!(log.records().is_empty(), "{address}: nothing is sent");
        assert!(!error.to_string().contains("pw@"));
    }
}

#[tokio::test]
async fn redirects_stay_within_their_origin() {
    let elsewhere = Server::start(vec![json("[]")]).await;
    let location = format!("location: {}\r\n", elsewhere.url);
    let server = Server::start(vec![status("302 Found", &location)]).await;
    let error = get(&server).await.unwrap_err();
    assert_eq!(
        (error.code.as_str(), elsewhere.count()),
        ("redirected", 0),
        "another port is another origin"
    );

    let server = Server::start(vec![
        status("302 Found", "location: /v2/items\r\n"),
        json("[]"),
    ])
    .await;
    let answer = get(&server).await.unwrap();
    assert_eq!((answer.url.path(), server.count()), ("/v2/items", 2));

    let server = Server::start(vec![status("302 Found", "location: /again\r\n")]).await;
    assert_eq!(get(&server).await.unwrap_err().code, "redirected");
    assert_eq!(server.count(), 4, "three hops at most");

    let server = Server::start(vec![status(
        "301 Moved",
        "location: https://h.example/\r\n",
    )])
    .await;
    let ask = Ask::get(server.url.clone()).handing_over_redirects();
    assert_eq!(
        client(policy())
            .0
            .send(ask, &CancellationToken::new())
            .await
            .unwrap()
            .status,
        301
    );
}

#[tokio::test]
async fn a_proxy_that_wants_a_sign_in_is_named() {
    let server = Server::start(vec![status("407 Proxy", "")]).await;
    let error = get(&server).await.unwrap_err();
    assert_eq!(
        (error.class, error.code.as_str(), server.count()),
        (ErrorClass::Proxy, "proxy_sign_in", 1)
    );
}

#[tokio::test]
async fn a_closed_port_and_a_name_that_does_not_exist_are_told_apart() {
    let (client, _) = client(HttpPolicy {
        attempts: 1,
        ..policy()
    });
    let port = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let ask = |address: &str| Ask::get(Url::parse(address).unwrap());
    let cancel = CancellationToken::new();
    let refused = client
        .send(ask(&format!("http://127.0.0.1:{port}/")), &cancel)
        .await
        .unwrap_err();
    assert_eq!(
        (refused.class, refused.code.as_str()),
        (ErrorClass::Network, "connection_refused"),
        "{refused:?}"
    );
    let unknown = client
        .send(ask("http://nobody.localhost:1/"), &cancel)
        .await
        .unwrap_err();
    assert!(
        matches!(unknown.code.as_str(), "dns_failed" | "connection_refused"),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn a_server_without_tls_is_told_apart() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        // Dropped at once, unread data would reset the connection before the answer is read.
        tokio::time::sleep(Duration::from_secs(5)).await;
    });
    let (client, _) = client(HttpPolicy {
        attempts: 1,
        ..policy()
    });
    let error = client
        .send(Ask::get(url), &CancellationToken::new())
        .await
        .unwrap_err();
    assert_eq!(
        (error.class, error.code.as_str()),
        (ErrorClass::TlsInterception, "tls_not_spoken"),
        "{error:?}"
    );
}

#[tokio::test]
async fn cancelling_ends_everything_within_half_a_second_and_stays_in_the_log() {
    for replies in [
        vec![Reply::Hang(Vec::new())],
        vec![status("429 Slow", "retry-after: 2\r\n")],
    ] {
        let server = Server::start(replies).await;
        let (client, log) = client(HttpPolicy {
            idle_timeout: Duration::from_secs(30),
            ..policy()
        });
        let cancel = CancellationToken::new();
        let stop = cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            stop.cancel();
        });
        let start = Instant::now();
        let error = client
            .send(Ask::get(server.url.clone()), &cancel)
            .await
            .unwrap_err();
        assert_eq!(error.class, ErrorClass::Cancelled);
        assert!(
            start.elapsed() < Duration::from_millis(600),
            "{:?}",
            start.elapsed()
        );
        assert_eq!(log.records().len(), 1, "also a cancelled request was sent");
    }
}

#[tokio::test]
async fn a_storm_of_refusals_is_weathered_without_many_more_requests_than_needed() {
    // Three of ten requests are refused, the first time each.
    let replies = (0..200)
        .map(|n| {
            if n % 10 < 3 {
                status("429 Slow", "retry-after: 0\r\n")
            } else {
                json("[]")
            }
        })
        .collect();
    let server = Server::start(replies).await;
    let (client, _) = client(policy());
    for _ in 0..100 {
        client
            .send(Ask::get(server.url.clone()), &CancellationToken::new())
            .await
            .unwrap();
    }
    assert!(client.stats().sent <= 150, "{:?}", client.stats());
}
