//! No secret of a request is in the log, in traces, in errors or in any `Debug` form.

use super::{
    super::*,
    client, policy,
    server::{Reply, Server, json, status},
};
use secrecy::SecretString;
use std::{
    io,
    sync::{Arc, Mutex},
};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Traces(Arc<Mutex<Vec<u8>>>);

impl io::Write for Traces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Traces {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn canaries_do_not_get_out() {
    let traces = Traces::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(traces.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut shown = String::new();
    let cancel = CancellationToken::new();
    for answer in [
        json("[]"),
        status("401 No", ""),
        status("500 Oops", ""),
        Reply::Close,
    ] {
        let server = Server::start(vec![answer]).await;
        let mut url = server.url.clone();
        url.set_path("/services/CANARYPATH/send");
        url.set_query(Some("api_key=CANARYQUERY&$skiptoken=CANARYSKIP"));
        let (client, log) = client(HttpPolicy {
            attempts: 2,
            ..policy()
        });
        let ask = Ask::form(url, &[("client_secret", "CANARYFORM"), ("scope", "x")])
            .bearer(&SecretString::from("CANARYBEARER"))
            .logged_as("/services/***/send")
            .repeatable();
        shown += &format!("{ask:?} {:?} {client:?}", ask.page_request());
        assert!(ask.headers["authorization"].is_sensitive());
        let result = client.send(ask, &cancel).await;
        if let Err(error) = &result {
            shown += &serde_json::to_string(error).unwrap();
        }
        shown += &format!("{result:?} {:?}", log.records());
        shown += &serde_json::to_string(&log.records()).unwrap();
        assert!(
            server.requests()[0].contains("CANARYFORM")
                && server.requests()[0].contains("Bearer CANARYBEARER"),
            "it was sent"
        );
    }
    shown += &String::from_utf8(traces.0.lock().unwrap().clone()).unwrap();
    assert!(
        shown.contains("Asked 127.0.0.1"),
        "the traces were looked at"
    );
    assert!(
        !shown.contains("CANARY"),
        "{}",
        shown.split_at(shown.find("CANARY").unwrap_or_default()).1
    );
}
