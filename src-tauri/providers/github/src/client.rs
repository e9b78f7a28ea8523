//! Signs in to GitHub and reads datasets: only what is special here; bounds, repeats, paging and logging are the kit's.

mod app;
mod collect;
mod credential;
mod gaps;
mod gate;
mod grants;
mod plan;
mod reach;
mod refusal;
mod repositories;
mod sheets;
mod target;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod workflow;

use crate::datasets;
use async_trait::async_trait;
use credential::Credential;
use evidence::Completeness;
use provider_kit::{
    Ask, Connection, Dataset, ErrorClass, Expiry, Grant, Identity, Manifest, PageSink,
    ProviderError, Session, conditional::Nothing,
};
use reach::Reach;
use repositories::{Repositories, Visible};
use serde_json::Value;
use sheets::Sheet;
use std::sync::Mutex;
use target::Target;
use workflow::Workflow;

/// A signed-in connection to one organization.
#[derive(Debug)]
pub struct Organization {
    identity: Identity,
    manifest: Manifest,
    reach: Reach,
    /// Its plan, where GitHub says.
    plan: Option<String>,
    /// Whether whoever asks sees what only owners see.
    owner: bool,
    /// The answer that said who it is, until its dataset takes it.
    itself: Mutex<Option<Sheet>>,
    repositories: Repositories,
    visible: Visible,
    workflow: Workflow,
}

/// Signs in and reads which organization answers.
///
/// # Errors
///
/// Configuration for fields that can't be right, and whatever GitHub refuses.
pub async fn sign_in(
    manifest: &Manifest,
    connection: Connection,
) -> Result<Organization, ProviderError> {
    let target = Target::of(manifest, &connection)?;
    let own_server = connection.cloud == "ghes";
    let credential = Credential::of(manifest, &connection, &target, &connection.http)?;
    let reach = Reach::new(target, credential, connection.http, connection.cancel);
    Organization::open(manifest, reach)
        .await
        .map_err(|error| of_server(error, own_server))
}

/// Servers of a company's own often have a certificate of its own.
fn of_server(mut error: ProviderError, own_server: bool) -> ProviderError {
    if own_server && error.class == ErrorClass::TlsInterception {
        error.fix = format!(
            "Install your company's CA certificate in the operating system. {}",
            error.fix
        );
    }
    error
}

impl Organization {
    async fn open(manifest: &Manifest, reach: Reach) -> Result<Self, ProviderError> {
        // An app's token is made for the organization that it is installed in; without one there is nobody to ask as.
        let installation = reach.credential.installation(&reach.cancel).await?;
        let chosen = installation.is_some_and(|installation| installation.selected);
        let path = plan::ORGANIZATION.path(&reach.target.organization, None);
        let ask = Ask::get(reach.target.below(&path, "")?);
        let request = ask.page_request();
        let told = reach.told(ask, &Nothing).await?;
        match told.answer.status {
            200 => {}
            404 => {
                return Err(refusal::no_organization(
                    &reach.target.organization,
                    &told.answer,
                ));
            }
            _ => {
                return Err(refusal::about(
                    refusal::of(&told.answer),
                    "The organization",
                ));
            }
        }
        let malformed =
            |why: &str| ProviderError::malformed("Which organization answers can't be read.", why);
        let body = told
            .answer
            .json()
            .map_err(|error| malformed(&format!("{error}.")))?;
        let login =
            refusal::text(&body, "login").ok_or_else(|| malformed("It does not say its name."))?;
        let id = body
            .get("id")
            .and_then(Value::as_u64)
            .ok_or_else(|| malformed("It does not say its number."))?;
        if !login.eq_ignore_ascii_case(&reach.target.organization) {
            return Err(ProviderError::new(
                ErrorClass::Identity,
                "identity_mismatch",
                "Another organization answered; nothing was collected.",
                format!(
                    "The connection is for {}, the answer came from another one.",
                    reach.target.organization
                ),
                "Check the organization's name and the address of the connection.",
            ));
        }
        let owner = body
            .get("two_factor_requirement_enabled")
            .is_some_and(Value::is_boolean);
        let plan = body
            .pointer("/plan/name")
            .and_then(Value::as_str)
            .map(str::to_owned);
        Ok(Self {
            identity: Identity {
                id: id.to_string(),
                name: login.to_owned(),
            },
            manifest: manifest.clone(),
            plan,
            owner,
            itself: Mutex::new(Some(Sheet::new(request, None, told))),
            reach,
            repositories: Repositories::of(&body, chosen),
            visible: Visible::default(),
            workflow: Workflow::default(),
        })
    }
}

#[async_trait]
impl Session for Organization {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    async fn grants(&self) -> Result<Vec<Grant>, ProviderError> {
        grants::of(self).await
    }

    async fn expiry(&self) -> Option<Expiry> {
        let at = self.reach.noted().expires?;
        Some(Expiry {
            what: "This token".to_owned(),
            at,
            fix: "Before then make a new token with the same permissions and enter it in the connection: Settings > Developer settings > Personal access tokens."
                .to_owned(),
        })
    }

    async fn collect(
        &self,
        dataset: &Dataset,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        self.read(dataset, sink).await.map_err(|error| {
            let error = if dataset.id == datasets::CREDENTIAL_AUTHORIZATIONS.id {
                refusal::enterprise_needed(error, "Single sign-on", self.plan.as_deref())
            } else if dataset.id == datasets::MEMBERS_INSECURE_2FA.id {
                refusal::too_old(error)
            } else {
                error
            };
            refusal::about(error, dataset.title)
        })
    }
}

#[cfg(test)]
mod server_tests {
    use super::*;

    #[test]
    fn a_certificate_of_the_companys_own_is_what_a_server_often_has() {
        let refused = |own| {
            let error = ProviderError::new(
                ErrorClass::TlsInterception,
                "tls_unknown_issuer",
                "It was refused.",
                "It is not trusted.",
                "Ask IT.",
            );
            of_server(error, own).fix
        };
        assert!(refused(true).starts_with("Install your company's CA certificate"));
        assert_eq!(refused(false), "Ask IT.");
    }
}
