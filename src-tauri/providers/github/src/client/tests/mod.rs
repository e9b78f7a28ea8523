//! The session against scripted answers.
#![allow(clippy::unwrap_used)]

mod organization;
mod repositories;

use super::{testing::connection, *};
use async_trait::async_trait;
use bytes::Bytes;
use evidence::UnknownCode;
use provider_kit::{GrantState, Origin, Page, RawPage};
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path, query_param},
};

/// What a dataset was given: where each page came from, and its body.
#[derive(Default)]
struct Taken {
    pages: Vec<(Origin, Bytes)>,
    requests: Vec<String>,
    rows: u64,
    dataset: Option<&'static Dataset>,
}

#[async_trait]
impl PageSink for Taken {
    async fn page(&mut self, page: Page) -> Result<(), ProviderError> {
        if let Some(dataset) = self.dataset {
            let raw = RawPage {
                body: &page.body,
                origin: &page.origin,
            };
            let rows = dataset
                .read(&raw)
                .map_err(|error| ProviderError::malformed("A page.", error.0))?;
            self.rows += rows.len() as u64;
        }
        self.requests
            .push(format!("{}?{}", page.request.path, page.request.query));
        self.pages.push((page.origin, page.body));
        Ok(())
    }

    fn rows(&self) -> u64 {
        self.rows
    }
}

impl Taken {
    fn subjects(&self) -> Vec<(&str, u16)> {
        self.pages
            .iter()
            .map(|(origin, _)| (origin.subject.as_deref().unwrap_or_default(), origin.status))
            .collect()
    }
}

fn dataset(name: &str) -> &'static Dataset {
    datasets::ALL
        .iter()
        .find(|dataset| dataset.id == format!("github.{name}"))
        .unwrap()
}

fn body(status: u16, value: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(value.to_string(), "application/json")
}

fn message(status: u16, text: &str) -> ResponseTemplate {
    body(
        status,
        &json!({"message": text, "status": status.to_string()}),
    )
}

struct GitHub(MockServer);

impl GitHub {
    /// An organization with these repositories.
    async fn with(repositories: &[Value]) -> Self {
        let server = Self(MockServer::start().await);
        let organization = json!({"login": "acme", "id": 42, "two_factor_requirement_enabled": true, "plan": {"name": "team"}});
        server.get("/orgs/acme", body(200, &organization)).await;
        let list = json!(repositories);
        server.get("/orgs/acme/repos", body(200, &list)).await;
        server
    }

    async fn get(&self, at: &str, reply: ResponseTemplate) {
        Mock::given(method("GET"))
            .and(path(at))
            .respond_with(reply)
            .mount(&self.0)
            .await;
    }

    async fn open(&self) -> Organization {
        sign_in(&crate::MANIFEST, connection(&self.0.uri()))
            .await
            .unwrap()
    }

    async fn collect(&self, name: &str) -> Result<(Taken, Completeness), ProviderError> {
        collect(&self.open().await, name).await
    }

    /// How often a path was asked for.
    async fn asked(&self, at: &str) -> usize {
        let all = self.0.received_requests().await.unwrap_or_default();
        all.iter().filter(|one| one.url.path() == at).count()
    }
}

async fn collect(
    session: &Organization,
    name: &str,
) -> Result<(Taken, Completeness), ProviderError> {
    let mut taken = Taken {
        dataset: Some(dataset(name)),
        ..Taken::default()
    };
    let completeness = session.collect(dataset(name), &mut taken).await?;
    Ok((taken, completeness))
}

fn repository(name: &str) -> Value {
    json!({"id": name.len(), "name": name, "full_name": format!("acme/{name}"), "private": true, "visibility": "private",
        "archived": false, "fork": false, "default_branch": "main", "size": 10, "permissions": {"admin": true}})
}

fn with(mut value: Value, name: &str, to: Value) -> Value {
    value[name] = to;
    value
}
