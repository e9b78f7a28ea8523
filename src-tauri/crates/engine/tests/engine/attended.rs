//! A person signs in: what is shown, what is kept, and when. The service is the strict Graph emulator, whose refresh
//! tokens work once: whoever loses a renewed one is found out.

use crate::support::{Bench, app_over, count, new_company};
use engine::{
    App, COMMANDS, ProgressSink,
    api::{
        ApiError, ConnectIntegration, Connected, ListIntegrations, Progress, ReconnectIntegration,
        SyncIntegration, TestIntegration, Unlock, UnlockWith,
    },
    companies, connect, dispatch, silent, sync,
};
use graph_emulator::{Emulator, Fault, Options, Tenant};
use provider_entra_id::PROVIDER;
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use store::Event;
use vault::MemoryKeyring;

struct Shop {
    bench: Bench,
    emulator: Arc<Emulator>,
    heard: Arc<Mutex<Vec<Progress>>>,
}

impl Shop {
    async fn open() -> Self {
        let emulator = Arc::new(Emulator::start(Tenant::sized(5), Options::default()).unwrap());
        let mut bench = Bench::empty();
        bench.app = app_over(
            bench.dir.path(),
            Arc::new(MemoryKeyring::new()),
            bench.clock.clone(),
            vec![&PROVIDER],
        );
        companies::create(&bench.app, new_company("Halyard"))
            .await
            .unwrap();
        Self {
            bench,
            emulator,
            heard: Arc::default(),
        }
    }

    fn app(&self) -> &App {
        &self.bench.app
    }

    fn config(&self, method: &str) -> BTreeMap<String, String> {
        [
            ("cloud", "custom".to_owned()),
            ("auth", method.to_owned()),
            ("login_url", self.emulator.login_url()),
            ("graph_url", self.emulator.graph_url()),
            ("tenant_id", self.emulator.tenant().id),
            ("client_id", self.emulator.options().client_id.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    fn request(&self, method: &str) -> ConnectIntegration {
        ConnectIntegration {
            integration_type: "entra-id".to_owned(),
            label: Some("tenant".to_owned()),
            config: self.config(method),
            credentials: BTreeMap::new(),
        }
    }

    fn test(&self, method: &str) -> TestIntegration {
        TestIntegration {
            id: None,
            integration_type: Some("entra-id".to_owned()),
            config: self.config(method),
            credentials: BTreeMap::new(),
        }
    }

    /// A person who does what is shown at once; `consents` says how.
    fn person(&self, consents: bool) -> ProgressSink {
        let (emulator, heard) = (Arc::clone(&self.emulator), Arc::clone(&self.heard));
        Arc::new(move |progress| {
            heard.lock().unwrap().push(progress.clone());
            if let Progress::SignIn {
                address, user_code, ..
            } = progress
            {
                match user_code {
                    Some(code) => assert!(emulator.enter_code(&code, consents)),
                    None => {
                        tokio::spawn(browse(address));
                    }
                }
            }
        })
    }

    /// Somebody who only looks.
    fn nobody(&self) -> ProgressSink {
        let heard = Arc::clone(&self.heard);
        Arc::new(move |progress| heard.lock().unwrap().push(progress))
    }

    fn heard(&self) -> Vec<Progress> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }

    async fn connect(&self, method: &str) -> Result<Connected, ApiError> {
        connect::connect_showing(self.app(), self.request(method), &self.person(true)).await
    }

    async fn reconnect(&self, progress: &ProgressSink) -> Result<Connected, ApiError> {
        let request = ReconnectIntegration {
            id: "tenant".to_owned(),
            credentials: BTreeMap::new(),
        };
        connect::reconnect(self.app(), request, progress).await
    }

    /// How the saved connection's permissions are read: which takes a new access token, and so a new refresh token.
    async fn use_it(&self) -> Result<(), ApiError> {
        let request = TestIntegration {
            id: Some("tenant".to_owned()),
            integration_type: None,
            config: BTreeMap::new(),
            credentials: BTreeMap::new(),
        };
        connect::test(self.app(), request).await.map(drop)
    }

    async fn saved(&self) -> usize {
        let all = connect::list(self.app(), ListIntegrations { all: true });
        all.await.unwrap().integrations.len()
    }

    async fn reopen(&self) {
        let id = self.bench.id();
        self.bench.lock().await;
        let with = UnlockWith::KeyStore;
        let request = Unlock {
            company_id: id,
            with,
        };
        companies::unlock(self.app(), request).await.unwrap();
    }

    /// Waits until the prompt is shown.
    async fn prompted(&self) {
        for _ in 0..500 {
            if !self.heard.lock().unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("nothing was shown");
    }
}

/// A browser: it goes where it is sent.
async fn browse(address: String) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut address = address;
    for _ in 0..3 {
        let rest = address.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_once('/').unwrap();
        let port = host.rsplit(':').next().unwrap();
        let mut stream = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}"))
            .await
            .unwrap();
        let ask = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(ask.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let next = answer.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("location")
                .then(|| value.to_owned())
        });
        match next {
            Some(next) => address = next,
            None => return,
        }
    }
}

#[tokio::test]
async fn both_ways_connect_and_go_on_after_the_vault_was_closed() {
    for method in ["browser", "device"] {
        let shop = Shop::open().await;
        let connected = shop.connect(method).await.unwrap();
        assert_eq!(connected.integration.config["auth"], method);
        let heard = shop.heard();
        let Progress::SignIn {
            method: shown,
            address,
            user_code,
            expires_at,
            may_open,
        } = &heard[0]
        else {
            panic!("{heard:?}");
        };
        assert_eq!(shown, method);
        assert!(address.starts_with(&shop.emulator.url()) && *may_open);
        assert_eq!(user_code.is_some(), method == "device");
        assert!(expires_at.as_str() > "2026-11-23T14:04:00Z");
        assert!(matches!(heard[1], Progress::SignedIn {}));
        // Each use renews, and each renewal is kept: the refresh token before it works no more.
        shop.use_it().await.unwrap();
        shop.reopen().await;
        shop.use_it().await.unwrap();
        let all = SyncIntegration { ids: Vec::new() };
        let runs = sync::sync(shop.app(), all, &silent()).await.unwrap().runs;
        assert!(runs[0].error.is_none(), "{:?}", runs[0].error);
        assert!(shop.bench.verify().await.ok);
        let events = shop.bench.events().await;
        let changed = count(&events, |event| {
            matches!(event, Event::IntegrationChanged { .. })
        });
        assert_eq!(changed, 0, "renewing is nothing that the record tells");
    }
}

#[tokio::test]
async fn testing_and_then_saving_asks_a_person_once() {
    let shop = Shop::open().await;
    let tested = connect::test_showing(shop.app(), shop.test("device"), &shop.person(true))
        .await
        .unwrap();
    assert_eq!(tested.identity_id, shop.emulator.tenant().id);
    assert_eq!(shop.saved().await, 0);
    assert_eq!(shop.heard().len(), 2);
    shop.connect("device").await.unwrap();
    assert!(shop.heard().is_empty(), "nobody is asked again");
    shop.use_it().await.unwrap();
    // It was for that connection, and is spent.
    let again = ConnectIntegration {
        label: Some("other".to_owned()),
        ..shop.request("device")
    };
    connect::connect_showing(shop.app(), again, &shop.person(true))
        .await
        .unwrap();
    assert_eq!(shop.heard().len(), 2);
}

#[tokio::test]
async fn what_was_tested_is_not_saved_for_another_connection_or_much_later_or_after_locking() {
    let shop = Shop::open().await;
    let test = async || {
        connect::test_showing(shop.app(), shop.test("device"), &shop.person(true))
            .await
            .unwrap();
        shop.heard();
    };
    let asked = async |method: &str| {
        let _ = connect::test_showing(shop.app(), shop.test(method), &shop.person(true)).await;
        shop.heard().len() == 2
    };
    test().await;
    assert!(!asked("device").await);
    assert!(asked("browser").await);
    test().await;
    shop.bench.at("2026-11-23T14:10:01Z");
    assert!(asked("device").await);
    shop.reopen().await;
    assert!(asked("device").await);
    dispatch(shop.app(), "cancel_sign_in", json!({}), &silent())
        .await
        .unwrap();
    assert!(asked("device").await);
}

#[tokio::test]
async fn nothing_is_saved_where_the_person_refuses_or_the_service_does() {
    let shop = Shop::open().await;
    let error = connect::connect_showing(shop.app(), shop.request("device"), &shop.person(false))
        .await
        .err()
        .unwrap();
    assert_eq!(
        (error.code.as_str(), error.class.as_str()),
        ("sign_in_declined", "authentication")
    );
    shop.emulator.people_decline(true);
    let error = shop.connect("browser").await.err().unwrap();
    assert_eq!(error.code, "sign_in_declined");
    shop.emulator.people_decline(false);
    let mut elsewhere = shop.request("device");
    elsewhere
        .config
        .insert("tenant_id".to_owned(), "nowhere.example".to_owned());
    let error = connect::connect_showing(shop.app(), elsewhere, &shop.person(true))
        .await
        .err()
        .unwrap();
    assert_eq!(error.code, "unknown_tenant");
    assert_eq!(shop.saved().await, 0);
    // The requests are listed all the same, without what was secret in them.
    let activity = dispatch(shop.app(), "get_activity", json!({}), &silent())
        .await
        .unwrap();
    let activity = activity.to_string();
    assert!(activity.contains("/oauth2/v2.0/devicecode") && !activity.contains("device_code="));
}

#[tokio::test]
async fn giving_up_ends_the_wait_and_nothing_else() {
    let shop = Arc::new(Shop::open().await);
    for command in ["cancel_sign_in", "cancel_work", "lock"] {
        let waiting = tokio::spawn({
            let shop = Arc::clone(&shop);
            async move {
                let nobody = shop.nobody();
                connect::connect_showing(shop.app(), shop.request("browser"), &nobody).await
            }
        });
        shop.prompted().await;
        dispatch(shop.app(), command, json!({}), &silent())
            .await
            .unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(2), waiting).await;
        let error = ended.unwrap().unwrap().err().unwrap();
        assert_eq!(
            (error.class.as_str(), error.what.as_str()),
            ("cancelled", "The sign-in was given up.")
        );
        // The loopback port is closed with it.
        let Progress::SignIn { address, .. } = &shop.heard()[0] else {
            panic!();
        };
        let port = address
            .split("localhost%3A")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap();
        assert!(
            tokio::net::TcpStream::connect(format!("127.0.0.1:{port}"))
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn a_second_sign_in_takes_the_place_of_the_first() {
    let shop = Arc::new(Shop::open().await);
    let first = tokio::spawn({
        let shop = Arc::clone(&shop);
        async move {
            let nobody = shop.nobody();
            connect::test_showing(shop.app(), shop.test("browser"), &nobody).await
        }
    });
    shop.prompted().await;
    shop.heard();
    shop.connect("device").await.unwrap();
    assert_eq!(first.await.unwrap().err().unwrap().class, "cancelled");
    assert_eq!(shop.saved().await, 1);
}

#[tokio::test]
async fn only_the_page_of_a_sign_in_that_is_under_way_is_opened() {
    let shop = Shop::open().await;
    let error = dispatch(
        shop.app(),
        "open_sign_in",
        json!({"url": "https://evil.example"}),
        &silent(),
    )
    .await
    .unwrap_err();
    assert_eq!(error.code, "no_sign_in");
    shop.connect("device").await.unwrap();
    let error = dispatch(shop.app(), "open_sign_in", json!({}), &silent())
        .await
        .unwrap_err();
    assert_eq!(error.code, "no_sign_in", "it is over");
    assert!(
        COMMANDS
            .iter()
            .any(|one| one.name == "open_sign_in" && !one.streams)
    );
}

#[tokio::test]
async fn signing_in_again_mends_a_revoked_sign_in_and_keeps_the_connection() {
    let shop = Shop::open().await;
    let before = shop.connect("browser").await.unwrap().integration;
    shop.emulator.revoke_sign_ins();
    let error = shop.use_it().await.err().unwrap();
    assert_eq!(
        (
            error.code.as_str(),
            error.class.as_str(),
            error.fix.as_str()
        ),
        ("sign_in_again", "authentication", "Sign in again.")
    );
    let after = shop
        .reconnect(&shop.person(true))
        .await
        .unwrap()
        .integration;
    assert_eq!((before.id, before.label), (after.id, after.label));
    shop.use_it().await.unwrap();
    shop.reopen().await;
    shop.use_it().await.unwrap();
    let events = shop.bench.events().await;
    assert!(events.iter().any(|event| matches!(
        event,
        Event::IntegrationChanged {
            credential_version: 2,
            ..
        }
    )));
    assert!(shop.bench.verify().await.ok);
}

#[tokio::test]
async fn another_tenant_is_refused_when_signing_in_again() {
    let shop = Shop::open().await;
    shop.connect("device").await.unwrap();
    shop.emulator.faults().set("/", Fault::WrongTenant);
    let error = shop.reconnect(&shop.person(true)).await.err().unwrap();
    assert_eq!(error.class, "identity");
    shop.emulator.faults().clear_all();
    shop.use_it().await.unwrap();
    let events = shop.bench.events().await;
    let changed = count(&events, |event| {
        matches!(event, Event::IntegrationChanged { .. })
    });
    assert_eq!(changed, 0, "the connection stays as it was");
    // A refusal leaves it as it was, too.
    let error = shop.reconnect(&shop.person(false)).await.err().unwrap();
    assert_eq!(error.code, "sign_in_declined");
    shop.use_it().await.unwrap();
}

#[tokio::test]
async fn tokens_are_in_no_answer_and_nothing_entered_can_be_one() {
    let shop = Shop::open().await;
    let connected = shop.connect("device").await.unwrap();
    let mut said = format!("{connected:?}{:?}", shop.heard());
    for (command, request) in [
        ("get_integration", json!({"id": "tenant"})),
        ("get_activity", json!({})),
        ("list_integrations", json!({"all": true})),
    ] {
        let answer = dispatch(shop.app(), command, request, &silent())
            .await
            .unwrap();
        said.push_str(&answer.to_string());
    }
    for secret in ["0.refresh-", "eyJ", "device_code\":", "signed_in"] {
        assert!(!said.contains(secret), "{secret}");
    }
    let mut forged = shop.request("device");
    forged
        .credentials
        .insert("signed_in".to_owned(), "{}".to_owned());
    let error = connect::connect_showing(shop.app(), forged, &shop.person(true))
        .await
        .err()
        .unwrap();
    assert_eq!(
        (error.class.as_str(), error.field.as_deref()),
        ("usage", Some("signed_in"))
    );
}

#[tokio::test]
async fn a_client_secret_is_replaced_without_a_person() {
    let shop = Shop::open().await;
    let secret = shop.emulator.options().client_secret.clone().unwrap();
    let mut request = shop.request("client_secret");
    request
        .credentials
        .insert("client_secret".to_owned(), secret.clone());
    connect::connect(shop.app(), request).await.unwrap();
    let with = |secret: &str| ReconnectIntegration {
        id: "tenant".to_owned(),
        credentials: BTreeMap::from([("client_secret".to_owned(), secret.to_owned())]),
    };
    let error = connect::reconnect(shop.app(), with("wrong"), &silent())
        .await
        .err()
        .unwrap();
    assert_eq!(error.code, "wrong_secret");
    shop.use_it().await.unwrap();
    connect::reconnect(shop.app(), with(&secret), &silent())
        .await
        .unwrap();
    shop.use_it().await.unwrap();
    let removed = engine::api::IntegrationRef {
        id: "tenant".to_owned(),
    };
    let id = connect::remove(shop.app(), removed).await.unwrap().id;
    let gone = ReconnectIntegration {
        id,
        credentials: BTreeMap::new(),
    };
    assert_eq!(
        connect::reconnect(shop.app(), gone, &silent())
            .await
            .err()
            .unwrap()
            .class,
        "usage"
    );
}

#[tokio::test]
async fn locking_waits_for_a_renewal_that_is_under_way() {
    let shop = Arc::new(Shop::open().await);
    shop.connect("device").await.unwrap();
    // The service answers late: locking finds the renewal between question and answer.
    let slow = Fault::Slow {
        delay: Duration::from_millis(400),
        piece: 0,
        pause: Duration::ZERO,
    };
    let path = format!("/{}/oauth2/v2.0/token", shop.emulator.tenant().id);
    shop.emulator.faults().set(&path, slow);
    shop.emulator.clear_log();
    let using = tokio::spawn({
        let shop = Arc::clone(&shop);
        async move { shop.use_it().await }
    });
    while shop.emulator.log().iter().all(|one| one.path != path) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    shop.reopen().await;
    assert!(using.await.unwrap().is_err());
    shop.emulator.faults().clear_all();
    shop.use_it().await.unwrap();
}

#[tokio::test]
async fn several_sessions_of_one_connection_share_what_is_renewed() {
    let shop = Shop::open().await;
    shop.connect("device").await.unwrap();
    let uses = futures::future::join_all((0..4).map(|_| shop.use_it())).await;
    assert!(uses.iter().all(Result::is_ok), "{uses:?}");
    shop.reopen().await;
    shop.use_it().await.unwrap();
}
