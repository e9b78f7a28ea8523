//! Faults on the wire.

use std::time::{Duration, Instant};

use graph_emulator::{Emulator, Fault, Options, RetryAfter, Tenant};
use stand_in::trial::unpacked_size;

use super::Bench;

#[tokio::test]
async fn throttling_counts_down_with_every_kind_of_header() {
    let bench = Bench::small();
    let faults = bench.emulator.faults();
    for (wait, check) in [
        (Some(RetryAfter::Seconds(7)), "7"),
        (Some(RetryAfter::Date(Duration::from_secs(60))), "GMT"),
        (Some(RetryAfter::Text("soon".into())), "soon"),
        (None, ""),
    ] {
        faults.set(
            "/users",
            Fault::Throttle {
                times: 2,
                retry_after: wait.clone(),
            },
        );
        for _ in 0..2 {
            let response = bench.get("users").await;
            assert_eq!(response.status(), 429);
            let header = response
                .headers()
                .get("retry-after")
                .map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(header.is_some(), wait.is_some());
            assert!(header.unwrap_or_default().ends_with(check));
        }
        assert_eq!(bench.get("users").await.status(), 200);
        assert_eq!(bench.get("groups").await.status(), 200);
        faults.clear_all();
    }
}

#[tokio::test]
async fn refusals_have_the_right_status_and_envelope() {
    let bench = Bench::small();
    let faults = bench.emulator.faults();
    for (fault, status, code) in [
        (Fault::ServerError { times: 1 }, 503, "serviceNotAvailable"),
        (
            Fault::Unauthorized { times: 1 },
            401,
            "InvalidAuthenticationToken",
        ),
        (Fault::Forbidden, 403, "Authorization_RequestDenied"),
    ] {
        faults.set("/v1.0/users", fault);
        let (got, have, _) = bench.ask("users").await;
        assert_eq!((got, have.as_str()), (status, code));
        faults.clear("/v1.0/users");
    }
    assert!(
        bench.emulator.log().iter().all(|entry| entry.authorized),
        "the token itself was good"
    );
}

#[tokio::test]
async fn bodies_are_spoiled_as_named() {
    let bench = Bench::small();
    let faults = bench.emulator.faults();
    let spoiled = async |fault: Fault| {
        faults.clear_all();
        faults.set("/users", fault);
        let response = bench.get("users").await;
        assert_eq!(response.status(), 200);
        let kind = response.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        (kind, response.bytes().await.unwrap())
    };
    let (kind, body) = spoiled(Fault::HtmlPage).await;
    assert!(kind.starts_with("text/html") && body.starts_with(b"<!doctype html>"));
    assert!(spoiled(Fault::EmptyBody).await.1.is_empty());
    let (kind, body) = spoiled(Fault::WrongContentType).await;
    assert_eq!(kind, "text/plain");
    assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
    assert!(
        serde_json::from_slice::<serde_json::Value>(&spoiled(Fault::InvalidJson).await.1).is_err()
    );
    let bomb = spoiled(Fault::GzipBomb { mebibytes: 4 }).await.1;
    assert_eq!(unpacked_size(&bomb).unwrap(), 4 * 1024 * 1024 + 21);
}

#[tokio::test]
async fn broken_connections_are_errors_for_the_client() {
    let bench = Bench::small();
    let faults = bench.emulator.faults();
    faults.set("/users", Fault::Truncate);
    let response = bench.get("users").await;
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    faults.clear_all();
    faults.set("/users", Fault::Reset);
    assert!(bench.try_get("users").await.is_err());
    let last = bench.emulator.log().pop().unwrap();
    assert_eq!((last.path.as_str(), last.status), ("/v1.0/users", 0));
    faults.clear_all();
    assert_eq!(bench.get("users").await.status(), 200);
}

#[tokio::test]
async fn slow_answers_take_their_time() {
    let bench = Bench::small();
    let pause = Duration::from_millis(20);
    bench.emulator.faults().set(
        "/organization",
        Fault::Slow {
            delay: 2 * pause,
            piece: 200,
            pause,
        },
    );
    let start = Instant::now();
    let body = bench.get("organization").await.bytes().await.unwrap();
    assert!(start.elapsed() > 4 * pause);
    assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
    bench.emulator.faults().clear_all();
    bench
        .emulator
        .faults()
        .set("/users", Fault::named("hang").unwrap());
    let waiting = tokio::time::timeout(Duration::from_millis(100), bench.get("users")).await;
    assert!(waiting.is_err());
}

#[tokio::test]
async fn concurrency_is_measured_and_dropping_closes_everything() {
    let options = Options {
        latency: Duration::from_millis(150),
        ..Options::default()
    };
    let bench = Bench::new(Tenant::small(), options);
    let (a, b, c) = tokio::join!(
        bench.get("users"),
        bench.get("groups"),
        bench.get("domains")
    );
    assert!([a, b, c].iter().all(|response| response.status() == 200));
    assert_eq!(bench.emulator.peak_concurrency(), 3);
    assert_eq!(bench.emulator.log().len(), 3);
    bench.emulator.clear_log();
    assert!(bench.emulator.log().is_empty());
    let Bench {
        emulator,
        client,
        token,
    } = bench;
    let address = format!("{}/v1.0/users", emulator.graph_url());
    drop(emulator);
    assert!(client.get(address).bearer_auth(token).send().await.is_err());
}

#[test]
fn it_starts_without_a_runtime_and_on_a_given_port() {
    let first = Emulator::start(Tenant::small(), Options::default()).unwrap();
    let port: u16 = first.url().rsplit(':').next().unwrap().parse().unwrap();
    assert!(
        Emulator::start(
            Tenant::small(),
            Options {
                port,
                ..Options::default()
            }
        )
        .is_err(),
        "the port is taken"
    );
    drop(first);
    let second = Emulator::start(
        Tenant::small(),
        Options {
            port,
            ..Options::default()
        },
    )
    .unwrap();
    assert!(second.url().ends_with(&port.to_string()));
}

#[test]
fn nonsense_on_the_wire_is_refused() {
    use std::io::{Read as _, Write as _};
    let emulator = Emulator::start(Tenant::small(), Options::default()).unwrap();
    for (sent, status) in [
        ("NONSENSE\r\n\r\n", "400"),
        ("GET /v1.0/users HTTP/1.1\r\n\r\n", "400"),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
            "411",
        ),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n",
            "413",
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "404",
        ),
    ] {
        let mut stream =
            std::net::TcpStream::connect(emulator.url().trim_start_matches("http://")).unwrap();
        stream.write_all(sent.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{sent:?}: {answer}"
        );
    }
}

#[tokio::test]
async fn the_services_own_limits_can_be_switched_on() {
    let bench = Bench::new(
        Tenant::small(),
        Options {
            limits: true,
            ..Options::default()
        },
    );
    for _ in 0..5 {
        assert_eq!(bench.get("auditLogs/directoryAudits").await.status(), 200);
    }
    let refused = bench.get("auditLogs/signIns").await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(
        bench
            .get("identity/conditionalAccess/policies")
            .await
            .status(),
        200
    );
    let refused = bench.get("identity/conditionalAccess/namedLocations").await;
    assert_eq!(refused.status(), 429);
    assert!(!refused.headers().contains_key("retry-after"));
    assert_eq!(bench.get("users").await.status(), 200);
}
