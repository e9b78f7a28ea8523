//! Signs in to AWS and reads datasets: only what is special here; bounds, repeats and logging are the kit's.

#[cfg(test)]
mod account_tests;
mod config;
mod events;
mod grants;
mod iam;
mod keys;
mod operation;
mod paging;
mod protocol;
mod reach;
mod refusal;
mod regional;
#[cfg(test)]
mod regional_tests;
mod regions;
mod service;
mod sso;
mod subjects;
#[cfg(test)]
mod subjects_tests;
mod subscriptions;
mod target;
#[cfg(test)]
mod tests;
mod wire;

pub(crate) use config::Question as ConfigQuestion;
pub(crate) use operation::{ACCOUNT, Operation, Paging, Request, SUBJECTS};
pub(crate) use protocol::in_body as refusal_in;
pub(crate) use service::{
    ACCESS_ANALYZER, ACCOUNT_MANAGEMENT, BACKUP, CLOUD_TRAIL, CLOUD_WATCH, CONFIG, EC2, GUARD_DUTY,
    INSPECTOR, KMS, LOAD_BALANCING, LOGS, ORGANIZATIONS, RDS, S3, S3_CONTROL, SECURITY_HUB, SNS,
    SYSTEMS_MANAGER,
};
pub(crate) use subjects::{Asked, Probe, Question, Scope, Subject, Subjects};

use crate::datasets::{self, REGIONS};
use async_trait::async_trait;
use evidence::Completeness;
use futures::FutureExt as _;
use keys::Keys;
use provider_kit::{
    Connection, Dataset, ErrorClass, Grant, Identity, Manifest, Origin, Page, PageSink,
    ProviderError, RawPage, Session,
};
use reach::Reach;
use regions::Regions;
use std::time::Duration;
use target::Target;
use tokio::sync::OnceCell;
use wire::{Exchange, NothingOfTheEnvironment};

/// A signed-in account.
pub struct Account {
    identity: Identity,
    arn: String,
    reach: Reach,
    manifest: Manifest,
    /// Listed once in a session.
    regions: OnceCell<Regions>,
    /// Each read once in a session.
    lists: subjects::Lists,
    /// How long the credential report is waited for: pause and number of pauses.
    patience: (Duration, u32),
}

/// Signs in and reads who answers.
///
/// # Errors
///
/// As [`Target::of`] and AWS's refusals; configuration for a key of the root user; identity where another partition
/// answered.
pub async fn sign_in(
    manifest: &Manifest,
    connection: Connection,
) -> Result<Box<dyn Session>, ProviderError> {
    Ok(Box::new(Account::sign_in(manifest, connection).await?))
}

impl Account {
    async fn sign_in(manifest: &Manifest, connection: Connection) -> Result<Self, ProviderError> {
        let target = Target::of(manifest, &connection)?;
        let mut account = Self {
            identity: Identity {
                id: String::new(),
                name: String::new(),
            },
            arn: String::new(),
            reach: Reach {
                target,
                keys: Keys::default(),
                http: connection.http,
                cancel: connection.cancel,
            },
            manifest: manifest.clone(),
            regions: OnceCell::new(),
            lists: subjects::Lists::default(),
            patience: (Duration::from_secs(2), 60),
        };
        let (id, arn) = account.who().await?;
        account.accept(&id, &arn)?;
        account.identity.name = account.alias().await?.unwrap_or(id);
        Ok(account)
    }

    /// Account number and ARN of whoever signs (STS `GetCallerIdentity`, which needs no permission).
    async fn who(&self) -> Result<(String, String), ProviderError> {
        let reach = &self.reach;
        let home = &reach.target.home;
        let wire = reach.wire("sts", home);
        let sdk = reach.sdk(home, reach.keys.current(reach).await?);
        let config = aws_sdk_sts::config::Builder::from(&sdk)
            .http_client(wire.clone())
            .interceptor(NothingOfTheEnvironment)
            .build();
        let answer = aws_sdk_sts::Client::from_conf(config)
            .get_caller_identity()
            .send()
            .await;
        let (answer, _) = reach.settle("sts:GetCallerIdentity", &wire, answer)?;
        match (answer.account(), answer.arn()) {
            (Some(id), Some(arn)) => Ok((id.to_owned(), arn.to_owned())),
            _ => Err(ProviderError::malformed(
                "AWS did not say who is signed in.",
                "The account or the ARN is missing.",
            )),
        }
    }

    /// Takes who answered, if that is somebody we may ask as.
    fn accept(&mut self, id: &str, arn: &str) -> Result<(), ProviderError> {
        let mut parts = arn.splitn(6, ':').skip(1);
        let partition = parts.next().unwrap_or_default();
        if partition != self.reach.target.partition {
            return Err(ProviderError::new(
                ErrorClass::Identity,
                "wrong_partition",
                "The account is in another part of AWS than the one chosen.",
                format!(
                    "It is in {partition}; the connection is for {}.",
                    self.reach.target.partition
                ),
                "Choose the cloud the account is in (for a custom endpoint the cloud it is like) and connect again.",
            ));
        }
        if arn.ends_with(":root") {
            return Err(ProviderError::new(
                ErrorClass::Configuration,
                "root_key",
                "This is a key of the root user, and this app does not use it.",
                "A root key can do everything in the account, and can't be limited to reading.",
                "Delete the root key in the console, and make a key of an IAM user with the read-only policy.",
            ));
        }
        id.clone_into(&mut self.identity.id);
        arn.clone_into(&mut self.arn);
        Ok(())
    }

    /// The account's alias; `None` where there is none or the key may not read it: a name is only for comfort.
    async fn alias(&self) -> Result<Option<String>, ProviderError> {
        let (iam, wire) = self.reach.iam().await?;
        let answer = iam.list_account_aliases().send().await;
        match self.reach.settle("iam:ListAccountAliases", &wire, answer) {
            Ok((answer, _)) => Ok(answer.account_aliases().first().cloned()),
            Err(refusal) if refusal.is_denied() => Ok(None),
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// What stands in the place of names in requests to `region`.
    fn fill<'a>(&'a self, region: &'a str) -> operation::Fill<'a> {
        operation::Fill {
            account: &self.identity.id,
            partition: &self.reach.target.partition,
            region,
            about: None,
        }
    }

    /// The regions to read.
    async fn regions(&self) -> Result<&Regions, ProviderError> {
        self.regions.get_or_try_init(|| regions::of(self)).await
    }

    /// The list of regions as evidence.
    async fn list_regions(&self, sink: &mut dyn PageSink) -> Result<(), ProviderError> {
        let exchange = regions::ask(self).await?;
        hand_over(&REGIONS, exchange, None, None, sink).await
    }
}

/// Gives a page to the sink, if it can be read back: what is stored must be judgeable later.
async fn hand_over(
    dataset: &Dataset,
    exchange: Exchange,
    place: Option<&str>,
    subject: Option<&str>,
    sink: &mut dyn PageSink,
) -> Result<(), ProviderError> {
    let origin = Origin {
        status: exchange.status,
        place: place.map(str::to_owned),
        subject: subject.map(str::to_owned),
    };
    let raw = RawPage {
        body: &exchange.body,
        origin: &origin,
    };
    dataset.read(&raw).map_err(|malformed| {
        ProviderError::malformed(
            format!("An answer for {} can't be read.", dataset.title),
            malformed.to_string(),
        )
    })?;
    sink.page(Page {
        request: exchange.request,
        origin,
        body: exchange.body,
    })
    .await
}

#[async_trait]
impl Session for Account {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    async fn grants(&self) -> Result<Vec<Grant>, ProviderError> {
        grants::of(self).await
    }

    async fn collect(
        &self,
        dataset: &Dataset,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        if dataset.id == datasets::SUBSCRIPTIONS.id {
            return subscriptions::collect(self, sink).await;
        }
        if let Some(operation) = regional::operation_of(dataset) {
            return regional::collect_operation(self, dataset, operation, sink).await;
        }
        if let Some(asked) = subjects::asked_for(dataset) {
            return subjects::collect(self, dataset, asked, sink).await;
        }
        if let Some(question) = datasets::config_question(dataset) {
            return regional::collect(self, dataset, sink, |region| {
                config::pages(self, question, region).boxed()
            })
            .await;
        }
        match dataset.id {
            id if id == datasets::CLOUDTRAIL_EVENTS.id => {
                return events::collect(self, dataset, sink).await;
            }
            id if id == datasets::USERS.id => self.users(sink).await,
            id if id == datasets::ACCOUNT_ALIASES.id => self.account_aliases(sink).await,
            id if id == datasets::ACCOUNT_SUMMARY.id => self.account_summary(sink).await,
            id if id == datasets::CREDENTIAL_REPORT.id => self.credential_report(sink).await,
            id if id == datasets::VIRTUAL_MFA_DEVICES.id => self.virtual_mfa_devices(sink).await,
            id if id == datasets::PASSWORD_POLICY.id => self.password_policy(sink).await,
            id if id == datasets::AUTHORIZATION_DETAILS.id => {
                self.authorization_details(sink).await
            }
            id if id == datasets::ROLES.id => self.roles(sink).await,
            id if id == datasets::SAML_PROVIDERS.id => self.saml_providers(sink).await,
            id if id == datasets::OIDC_PROVIDERS.id => self.oidc_providers(sink).await,
            id if id == datasets::SERVER_CERTIFICATES.id => self.server_certificates(sink).await,
            id if id == datasets::ORGANIZATIONS_FEATURES.id => {
                self.organizations_features(sink).await
            }
            id if id == REGIONS.id => self.list_regions(sink).await,
            other => Err(ProviderError::new(
                ErrorClass::OurBug,
                "unknown_dataset",
                "This version can't collect that from AWS.",
                format!("{other} is no dataset of it."),
                "Update the app.",
            )),
        }?;
        Ok(Completeness::complete())
    }
}
