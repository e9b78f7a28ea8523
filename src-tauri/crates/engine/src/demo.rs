//! The demo company: a vault of its own with made-up answers, judged by the real checks.
//!
//! The bundle holds answers of services and nothing else: no finding, no score. At load every moment in them is moved so
//! that they look collected now.

use crate::{
    App, OpenCompany,
    api::{ApiError, Company, KeyStoreState, Nothing, Protection},
    companies::{self, describe, make},
    progress::silent,
    providers::datasets_in,
    sync::{Assignment, Cause, like, run_all},
};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use evidence::{Completeness, IntegrationId, PageRequest, Timestamp};
use provider_kit::{
    Dataset, ErrorClass, Grant, Identity, Origin, Page, PageSink, ProviderError, Session,
};
use secrecy::SecretString;
use std::{collections::BTreeMap, sync::Arc};
use store::{CompanyProfile, Event, Trigger, chain};

/// The passphrase of a demo vault where the system has no key store: its data is made up, so this hides nothing.
pub const PASSPHRASE: &str = "made-up demo data";

/// When the bundled answers were made up for.
const MADE_UP_FOR: &str = "2026-11-24T09:14:00Z";

/// One bundled page.
#[derive(Clone, Copy)]
pub(crate) struct BundledPage {
    provider: &'static str,
    dataset: &'static str,
    /// Where it came from, as far as its body does not say so.
    place: Option<&'static str>,
    subject: Option<&'static str>,
    status: u16,
    body: &'static [u8],
}

/// The bundled answers of every provider that has some.
pub(crate) static PAGES: &[BundledPage] = bundle::PAGES;

mod bundle {
    include!(concat!(env!("OUT_DIR"), "/demo_bundle.rs"));
}

/// Makes the demo company, fills it through the real path, and opens it.
pub async fn create(app: &App, _: Nothing) -> Result<Company, ApiError> {
    create_with(app, None).await
}

/// As [`create`], with a passphrase of the caller's.
pub async fn create_with(app: &App, passphrase: Option<SecretString>) -> Result<Company, ApiError> {
    companies::lock(app, Nothing {}).await?;
    let state = companies::app_state(app, Nothing {}).await?;
    let (protection, passphrase) = match (passphrase, state.key_store) {
        (Some(passphrase), _) => (Protection::Passphrase, Some(passphrase)),
        (None, KeyStoreState::Available) => (Protection::Standard, None),
        (None, _) => (Protection::Passphrase, Some(SecretString::from(PASSPHRASE))),
    };
    let profile = CompanyProfile {
        name: "Demo: Halyard Precision Works".to_owned(),
        level: 2,
        zone: "America/New_York".to_owned(),
        cage_code: Some("0DEM0".to_owned()),
        uei: None,
        scope: Some("A made-up machine shop with made-up answers.".to_owned()),
        demo: true,
    };
    let made = make(app, profile.clone(), protection, passphrase).await;
    let (open, _) = match made {
        // It answered before, and keeps nothing: made-up data does not have to wait for a better one.
        Err(error) if protection == Protection::Standard && error.code.starts_with("keyring_") => {
            let known = Some(SecretString::from(PASSPHRASE));
            make(app, profile, Protection::Passphrase, known).await?
        }
        made => made?,
    };
    fill(app, &open, app.demo_pages).await?;
    describe(app, &open).await
}

async fn fill(app: &App, open: &Arc<OpenCompany>, pages: &[BundledPage]) -> Result<(), ApiError> {
    let mut assignments = Vec::new();
    for provider in app.options.providers {
        let manifest = provider.manifest();
        if !pages.iter().any(|page| page.provider == manifest.id) {
            continue;
        }
        let cloud = manifest
            .clouds
            .first()
            .map(|cloud| cloud.id.clone())
            .unwrap_or_default();
        let id = IntegrationId::random();
        let mut tx = open.store.begin().await?;
        let event = Event::IntegrationConnected {
            integration_id: id,
            provider: manifest.id.clone(),
            label: format!("{} (demo)", manifest.name),
            config: BTreeMap::from([("cloud".to_owned(), cloud.clone())]),
            cloud,
            identity_id: identity().id,
            identity_name: identity().name,
            custom_host: None,
        };
        chain::record(&mut tx, app.now(), &event).await?;
        // A connection always has sealed credentials; these are of nothing.
        let sealed = crate::signing_in::seal(
            &*open.vault.lock().await,
            id,
            &manifest.id,
            1,
            &BTreeMap::new(),
        )?;
        store::integrations::set_credentials(&mut tx, id, &sealed).await?;
        let integration = store::integrations::get(&mut tx, id).await?;
        tx.commit().await?;
        let datasets = datasets_in(*provider, &like(*provider, &integration)?).collect();
        assignments.push(Assignment {
            integration,
            datasets,
        });
    }
    run_all(
        app,
        open,
        assignments,
        Cause {
            trigger: Trigger::Demo,
            scheduled_for: None,
        },
        &silent(),
    )
    .await?;
    Ok(())
}

fn identity() -> Identity {
    Identity {
        id: "demo".to_owned(),
        name: "Halyard Precision Works (made up)".to_owned(),
    }
}

/// A session that answers from the bundle.
pub(crate) struct DemoSession {
    provider: String,
    identity: Identity,
    now: Timestamp,
    pages: &'static [BundledPage],
}

impl DemoSession {
    pub(crate) fn new(provider: &str, now: Timestamp, pages: &'static [BundledPage]) -> Self {
        Self {
            provider: provider.to_owned(),
            identity: identity(),
            now,
            pages,
        }
    }
}

#[async_trait]
impl Session for DemoSession {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    async fn grants(&self) -> Result<Vec<Grant>, ProviderError> {
        Ok(Vec::new())
    }

    async fn collect(
        &self,
        dataset: &Dataset,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let mut found = false;
        let pages = self.pages.iter();
        for page in
            pages.filter(|page| page.provider == self.provider && page.dataset == dataset.id)
        {
            found = true;
            let request = PageRequest {
                method: "GET".to_owned(),
                host: "demo".to_owned(),
                path: format!("/{}", dataset.id),
                query: String::new(),
            };
            sink.page(Page {
                request,
                origin: Origin {
                    status: page.status,
                    place: page.place.map(str::to_owned),
                    subject: page.subject.map(str::to_owned),
                },
                body: Bytes::from(redate(page.body, self.now)),
            })
            .await?;
        }
        if found {
            return Ok(Completeness::complete());
        }
        Err(ProviderError::new(
            ErrorClass::Permission,
            "not_in_demo",
            format!("\"{}\" was not collected.", dataset.title),
            "The demo company did not grant this permission.",
            "In a company of yours, grant it as the connection dialog shows.",
        ))
    }
}

/// Moves every UTC moment in a body by the time since the bundle was made up.
fn redate(body: &[u8], now: Timestamp) -> Vec<u8> {
    let Ok(made) = MADE_UP_FOR.parse::<Timestamp>() else {
        return body.to_vec();
    };
    let shift = chrono::TimeDelta::seconds(now.unix() - made.unix());
    let text = String::from_utf8_lossy(body);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find("T") {
        let start = at
            .checked_sub(10)
            .filter(|start| rest.is_char_boundary(*start));
        let moved = start.and_then(|start| {
            let candidate = rest.get(start..)?;
            let end = candidate
                .find(['Z', '+'])
                .filter(|end| (19..=28).contains(end))?;
            let with_zone = if candidate.get(end..end + 6) == Some("+00:00") {
                end + 6
            } else {
                end + 1
            };
            let moment = DateTime::parse_from_rfc3339(candidate.get(..with_zone)?)
                .ok()?
                .with_timezone(&Utc);
            Some((start, start + with_zone, moment.checked_add_signed(shift)?))
        });
        match moved {
            Some((start, end, moment)) => {
                out.push_str(&rest[..start]);
                out.push_str(&moment.to_rfc3339_opts(SecondsFormat::Secs, true));
                rest = &rest[end..];
            }
            None => {
                out.push_str(&rest[..=at]);
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{FixedClock, Options, api::ListFindings, findings};
    use evidence::Outcome;
    use provider_kit::Provider;

    static PROVIDERS: &[&dyn Provider] = &[&provider_entra_id::PROVIDER];

    /// Who fails a check in the demo company made from these answers.
    async fn failing(pages: &'static [BundledPage], check: &str) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let mut app = App::new(Options {
            data_dir: dir.path().to_owned(),
            key_store: Arc::new(vault::MemoryKeyring::new()),
            clock: Arc::new(FixedClock::at("2027-03-01T12:00:00Z".parse().unwrap())),
            pacing: false,
            program: "test",
            providers: PROVIDERS,
            kdf: Some(vault::KdfProfile::cheap_for_tests()),
        });
        app.demo_pages = pages;
        create(&app, Nothing {}).await.unwrap();
        let request = ListFindings {
            check: Some(check.to_owned()),
            ..Default::default()
        };
        let found = findings::list(&app, request).await.unwrap().findings;
        let resources = found.into_iter().flat_map(|finding| finding.resources);
        resources
            .filter(|resource| resource.outcome == Outcome::Fail)
            .map(|resource| resource.name)
            .collect()
    }

    #[tokio::test]
    async fn findings_of_the_demo_are_judged_from_its_answers_and_not_bundled() {
        const CHECK: &str = "entra-id.users.members_mfa_capable";
        const WHO: &str = "dexter.halyard@halyardprecision.example";
        assert!(failing(PAGES, CHECK).await.iter().any(|name| name == WHO));
        let without: Vec<BundledPage> = PAGES
            .iter()
            .map(|bundled| {
                if bundled.dataset != "entra-id.users" {
                    return *bundled;
                }
                let mut page: serde_json::Value = serde_json::from_slice(bundled.body).unwrap();
                page["value"]
                    .as_array_mut()
                    .unwrap()
                    .retain(|user| user["userPrincipalName"] != WHO);
                BundledPage {
                    body: serde_json::to_vec(&page).unwrap().leak(),
                    ..*bundled
                }
            })
            .collect();
        let after = failing(without.leak(), CHECK).await;
        assert!(
            !after.is_empty() && !after.iter().any(|name| name == WHO),
            "{after:?}"
        );
    }

    #[test]
    fn moments_move_and_other_text_stays() {
        let body = br#"{"a":"2026-11-23T14:02:00Z","b":"The T2026-XX","c":"2026-11-22T14:02:00.1234567Z","d":"2026-11-23T13:02:00+00:00"}"#;
        let moved = redate(body, "2027-01-01T19:12:00Z".parse().unwrap());
        assert_eq!(
            String::from_utf8(moved).unwrap(),
            r#"{"a":"2027-01-01T00:00:00Z","b":"The T2026-XX","c":"2026-12-31T00:00:00Z","d":"2026-12-31T23:00:00Z"}"#
        );
    }
}
