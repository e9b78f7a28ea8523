//! The emulator seen from outside: every refusal a real client would meet, and every fault.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod access;
mod binary;
mod collections;
mod faults;
mod paging;
mod people;
mod sign_in;

use graph_emulator::{Emulator, Options, Tenant};
use reqwest::{Client, Response};
use serde_json::Value;

/// An emulator with a client that holds a good token.
struct Bench {
    emulator: Emulator,
    client: Client,
    token: String,
}

impl Bench {
    fn new(tenant: Tenant, options: Options) -> Self {
        let emulator = Emulator::start(tenant, options).unwrap();
        let token = emulator.mint_token(|_| {});
        let client = Client::builder().no_proxy().build().unwrap();
        Self {
            emulator,
            client,
            token,
        }
    }

    fn small() -> Self {
        Self::new(Tenant::small(), Options::default())
    }

    /// Asks Graph; `path` starts after `/v1.0/` or is a whole address.
    async fn get(&self, path: &str) -> Response {
        self.try_get(path).await.unwrap()
    }

    async fn try_get(&self, path: &str) -> Result<Response, reqwest::Error> {
        self.client
            .get(self.address(path))
            .bearer_auth(&self.token)
            .send()
            .await
    }

    fn address(&self, path: &str) -> String {
        if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}/v1.0/{path}", self.emulator.graph_url())
        }
    }

    /// Status, error code (or empty) and body.
    async fn ask(&self, path: &str) -> (u16, String, Value) {
        read(self.get(path).await).await
    }
}

async fn read(response: Response) -> (u16, String, Value) {
    let status = response.status().as_u16();
    let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    (
        status,
        body["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        body,
    )
}
