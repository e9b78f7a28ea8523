//! The emulator seen from outside: every refusal a real client would meet, and every fault.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod access;
mod app;
mod binary;
mod conditional;
mod datasets;
mod device;
mod faults;
mod flaws;
mod paging;
mod plans;

use github_emulator::{Company, Emulator, Options, Shape, Token};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

/// An emulator with a client that holds the owner's token.
struct Bench {
    emulator: Emulator,
    client: Client,
}

impl Bench {
    fn new(company: Company, options: Options) -> Self {
        let emulator = Emulator::start(company, options).unwrap();
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { emulator, client }
    }

    /// A tidy company with one public repository.
    fn tidy() -> Self {
        Self::new(Company::tidy(&shape()), Options::default())
    }

    /// A request with everything it must carry but the token; `path` starts after the base path or is a whole address.
    fn request(&self, path: &str) -> RequestBuilder {
        let address = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}/{path}", self.emulator.api_url())
        };
        self.client
            .get(address)
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .header("user-agent", "tests/1")
    }

    async fn get(&self, path: &str) -> Response {
        self.get_as(&self.emulator.token(), path).await
    }

    async fn get_as(&self, secret: &str, path: &str) -> Response {
        self.request(path).bearer_auth(secret).send().await.unwrap()
    }

    /// Status, message (or empty) and body of what the owner asks.
    async fn ask(&self, path: &str) -> (u16, String, Value) {
        read(self.get(path).await).await
    }

    async fn ask_as(&self, secret: &str, path: &str) -> (u16, String, Value) {
        read(self.get_as(secret, path).await).await
    }

    /// Adds a token and gives its secret.
    fn with(&self, token: Token) -> String {
        self.emulator.add_token(token)
    }

    /// All rows of a list, following the links, and how many pages there were.
    async fn all(&self, path: &str) -> (Vec<Value>, usize) {
        let (mut rows, mut pages) = (Vec::new(), 0);
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let response = self.get(&path).await;
            assert_eq!(response.status(), 200, "{path}");
            next = link(&response, "next");
            rows.extend(rows_of(read(response).await.2));
            pages += 1;
        }
        (rows, pages)
    }
}

fn shape() -> Shape {
    Shape {
        public: 1,
        ..Shape::default()
    }
}

/// The rows of a bare list, or of the list in an object with a total.
fn rows_of(body: Value) -> Vec<Value> {
    match body {
        Value::Array(rows) => rows,
        Value::Object(members) => members
            .into_iter()
            .find_map(|(_, value)| match value {
                Value::Array(rows) => Some(rows),
                _ => None,
            })
            .unwrap(),
        _ => panic!("not a list"),
    }
}

async fn read(response: Response) -> (u16, String, Value) {
    let status = response.status().as_u16();
    let bytes = response.bytes().await.unwrap();
    let body: Value = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).unwrap()
    };
    let message = body["message"].as_str().unwrap_or_default().to_owned();
    (status, message, body)
}

fn header(response: &Response, name: &str) -> Option<String> {
    response
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap().to_owned())
}

/// The address that the `Link` header gives for a relation.
fn link(response: &Response, relation: &str) -> Option<String> {
    let text = header(response, "link")?;
    text.split(", ").find_map(|part| {
        let (address, rest) = part.split_once(">; ")?;
        (rest == format!("rel=\"{relation}\"")).then(|| address.trim_start_matches('<').to_owned())
    })
}
