//! Signs in to AWS and reads datasets: only what is special here; bounds, repeats and logging are the kit's.

mod grants;
mod refusal;
mod target;
#[cfg(test)]
mod tests;
mod wire;

use crate::datasets::{
    ACCOUNT_ALIASES, ACCOUNT_SUMMARY, CREDENTIAL_REPORT, NO_SUCH_ENTITY, PASSWORD_POLICY, USERS,
    VIRTUAL_MFA_DEVICES, without_seeds,
};
use crate::xml;
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_iam::types::{AssignmentStatusType, ReportStateType};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use bytes::Bytes;
use evidence::Completeness;
use provider_kit::{
    Connection, Dataset, ErrorClass, Grant, HttpClient, Identity, Manifest, Page, PageSink,
    ProviderError, Session,
};
use refusal::Refusal;
use std::{collections::HashSet, time::Duration};
use target::Target;
use tokio_util::sync::CancellationToken;
use wire::{Exchange, NothingOfTheEnvironment, Wire};

/// The largest page IAM gives.
const PAGE_ITEMS: i32 = 1000;
/// An account has at most 5000 users; many more pages than that needs is a service that never ends.
const MAX_PAGES: usize = 1000;

/// A signed-in account.
pub struct Account {
    identity: Identity,
    arn: String,
    partition: String,
    config: SdkConfig,
    http: HttpClient,
    cancel: CancellationToken,
    manifest: Manifest,
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
        let Target { partition, config } = Target::of(manifest, &connection)?;
        let mut account = Self {
            identity: Identity {
                id: String::new(),
                name: String::new(),
            },
            arn: String::new(),
            partition,
            config,
            http: connection.http,
            cancel: connection.cancel,
            manifest: manifest.clone(),
            patience: (Duration::from_secs(2), 60),
        };
        let wire = account.wire();
        let config = aws_sdk_sts::config::Builder::from(&account.config)
            .http_client(wire.clone())
            .interceptor(NothingOfTheEnvironment)
            .build();
        let answer = aws_sdk_sts::Client::from_conf(config)
            .get_caller_identity()
            .send()
            .await;
        let (answer, _) = account.settle("sts:GetCallerIdentity", &wire, answer)?;
        let (Some(id), Some(arn)) = (answer.account(), answer.arn()) else {
            return Err(ProviderError::malformed(
                "AWS did not say who is signed in.",
                "The account or the ARN is missing.",
            ));
        };
        account.accept(id, arn)?;
        account.identity.name = account.alias().await?.unwrap_or_else(|| id.to_owned());
        Ok(account)
    }

    /// Takes who answered, if that is somebody we may ask as.
    fn accept(&mut self, id: &str, arn: &str) -> Result<(), ProviderError> {
        let mut parts = arn.splitn(6, ':').skip(1);
        let partition = parts.next().unwrap_or_default();
        if partition != self.partition {
            return Err(ProviderError::new(
                ErrorClass::Identity,
                "wrong_partition",
                "The account is in another part of AWS than the one chosen.",
                format!(
                    "It is in {partition}; the connection is for {}.",
                    self.partition
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
        let (iam, wire) = self.iam();
        let answer = iam.list_account_aliases().send().await;
        match self.settle("iam:ListAccountAliases", &wire, answer) {
            Ok((answer, _)) => Ok(answer.account_aliases().first().cloned()),
            Err(refusal) if refusal.is_denied() => Ok(None),
            Err(refusal) => Err(refusal.into()),
        }
    }

    fn wire(&self) -> Wire {
        Wire::new(self.http.clone(), self.cancel.clone())
    }

    /// An IAM client and what it is connected by. One at a time may use it: the wire keeps the last exchange.
    fn iam(&self) -> (aws_sdk_iam::Client, Wire) {
        let wire = self.wire();
        let config = aws_sdk_iam::config::Builder::from(&self.config)
            .http_client(wire.clone())
            .interceptor(NothingOfTheEnvironment)
            .build();
        (aws_sdk_iam::Client::from_conf(config), wire)
    }

    /// An operation's typed output with the exchange behind it, or why there is none.
    fn settle<O, E>(
        &self,
        permission: &str,
        wire: &Wire,
        result: Result<O, SdkError<E, HttpResponse>>,
    ) -> Result<(O, Exchange), Refusal> {
        let unreadable = |why: &str| {
            Refusal::other(ProviderError::malformed(
                format!("{permission} could not be read."),
                why,
            ))
        };
        let exchange = match wire.take() {
            Some(Ok(exchange)) => exchange,
            Some(Err(error)) => return Err(Refusal::other(error)),
            // Nothing of the user's is in it: the SDK refused to make the request.
            None => return Err(unreadable("The request could not be made.")),
        };
        match result {
            Ok(output) => Ok((output, exchange)),
            Err(_) => match xml::error(&exchange.body) {
                Some(answer) => Err(Refusal::answered(
                    permission,
                    &self.partition,
                    answer,
                    exchange,
                )),
                None => Err(unreadable("The answer is not of the documented shape.")),
            },
        }
    }

    async fn users(&self, sink: &mut dyn PageSink) -> Result<(), ProviderError> {
        let (iam, wire) = self.iam();
        let mut markers = Markers::default();
        loop {
            let answer = iam
                .list_users()
                .max_items(PAGE_ITEMS)
                .set_marker(markers.current())
                .send()
                .await;
            let (answer, exchange) = self.settle("iam:ListUsers", &wire, answer)?;
            let more = markers.advance(answer.is_truncated(), answer.marker())?;
            hand_over(&USERS, exchange, sink).await?;
            if !more {
                return Ok(());
            }
        }
    }

    async fn virtual_mfa_devices(&self, sink: &mut dyn PageSink) -> Result<(), ProviderError> {
        let (iam, wire) = self.iam();
        let mut markers = Markers::default();
        loop {
            let request = iam
                .list_virtual_mfa_devices()
                .assignment_status(AssignmentStatusType::Assigned);
            let answer = request
                .max_items(PAGE_ITEMS)
                .set_marker(markers.current())
                .send()
                .await;
            let (answer, mut exchange) = self.settle("iam:ListVirtualMFADevices", &wire, answer)?;
            let more = markers.advance(answer.is_truncated(), answer.marker())?;
            exchange.body = Bytes::from(without_seeds(&exchange.body));
            hand_over(&VIRTUAL_MFA_DEVICES, exchange, sink).await?;
            if !more {
                return Ok(());
            }
        }
    }

    async fn account_aliases(&self, sink: &mut dyn PageSink) -> Result<(), ProviderError> {
        let (iam, wire) = self.iam();
        let answer = iam.list_account_aliases().send().await;
        let (_, exchange) = self.settle("iam:ListAccountAliases", &wire, answer)?;
        hand_over(&ACCOUNT_ALIASES, exchange, sink).await
    }

    async fn account_summary(&self, sink: &mut dyn PageSink) -> Result<(), ProviderError> {
        let (iam, wire) = self.iam();
        let answer = iam.get_account_summary().send().await;
        let (_, exchange) = self.settle("iam:GetAccountSummary", &wire, answer)?;
        hand_over(&ACCOUNT_SUMMARY, exchange, sink).await
    }

    async fn password_policy(&self, sink: &mut dyn PageSink) -> Result<(), ProviderError> {
        let (iam, wire) = self.iam();
        let answer = iam.get_account_password_policy().send().await;
        let exchange = match self.settle("iam:GetAccountPasswordPolicy", &wire, answer) {
            Ok((_, exchange)) => exchange,
            // "There is none" is an answer, and evidence.
            Err(Refusal {
                code,
                exchange: Some(exchange),
                ..
            }) if code == NO_SUCH_ENTITY => *exchange,
            Err(refusal) => return Err(refusal.into()),
        };
        hand_over(&PASSWORD_POLICY, exchange, sink).await
    }

    /// Has the report written, waits for it within bounds, and reads it.
    async fn credential_report(&self, sink: &mut dyn PageSink) -> Result<(), ProviderError> {
        let (iam, wire) = self.iam();
        let (pause, times) = self.patience;
        for _ in 0..times.max(1) {
            let answer = iam.generate_credential_report().send().await;
            let (answer, _) = self.settle("iam:GenerateCredentialReport", &wire, answer)?;
            if answer.state() == Some(&ReportStateType::Complete) {
                let answer = iam.get_credential_report().send().await;
                match self.settle("iam:GetCredentialReport", &wire, answer) {
                    Ok((_, exchange)) => {
                        return hand_over(&CREDENTIAL_REPORT, exchange, sink).await;
                    }
                    // It expired in between, or is being written anew.
                    Err(Refusal { code, .. }) if is_not_ready(&code) => {}
                    Err(refusal) => return Err(refusal.into()),
                }
            }
            tokio::select! {
                () = self.cancel.cancelled() => return Err(ProviderError::cancelled()),
                () = tokio::time::sleep(pause) => {}
            }
        }
        Err(ProviderError::new(
            ErrorClass::ServiceOutage,
            "report_not_ready",
            "AWS has not finished the credential report.",
            format!("It was asked {times} times and still writes it."),
            "The next sync tries again; large accounts take some minutes.",
        ))
    }
}

/// Whether a code says that there is no report to read now.
fn is_not_ready(code: &str) -> bool {
    matches!(
        code,
        "ReportNotPresent" | "ReportExpired" | "ReportInProgress"
    )
}

/// Follows IAM's markers and never in a circle.
#[derive(Default)]
struct Markers {
    current: Option<String>,
    seen: HashSet<String>,
}

impl Markers {
    fn current(&self) -> Option<String> {
        self.current.clone()
    }

    /// Whether there is another page.
    fn advance(&mut self, truncated: bool, marker: Option<&str>) -> Result<bool, ProviderError> {
        let broken = |why: &str| {
            Err(ProviderError::malformed(
                "The pages of AWS's answer do not add up.",
                why,
            ))
        };
        match (truncated, marker.filter(|marker| !marker.is_empty())) {
            (false, None) => Ok(false),
            (false, Some(_)) => broken("It says where there is more, and not that there is."),
            (true, None) => broken("It says that there is more, and not where."),
            (true, Some(marker))
                if self.seen.len() >= MAX_PAGES || !self.seen.insert(marker.to_owned()) =>
            {
                broken("It leads to a page that was read before, or never ends.")
            }
            (true, Some(marker)) => {
                self.current = Some(marker.to_owned());
                Ok(true)
            }
        }
    }
}

/// Gives a page to the sink, if it can be read back: what is stored must be judgeable later.
async fn hand_over(
    dataset: &Dataset,
    exchange: Exchange,
    sink: &mut dyn PageSink,
) -> Result<(), ProviderError> {
    (dataset.records)(&exchange.body).map_err(|malformed| {
        ProviderError::malformed(
            format!("An answer for {} can't be read.", dataset.title),
            malformed.to_string(),
        )
    })?;
    sink.page(Page {
        request: exchange.request,
        status: exchange.status,
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
        match dataset.id {
            id if id == USERS.id => self.users(sink).await,
            id if id == ACCOUNT_ALIASES.id => self.account_aliases(sink).await,
            id if id == ACCOUNT_SUMMARY.id => self.account_summary(sink).await,
            id if id == CREDENTIAL_REPORT.id => self.credential_report(sink).await,
            id if id == VIRTUAL_MFA_DEVICES.id => self.virtual_mfa_devices(sink).await,
            id if id == PASSWORD_POLICY.id => self.password_policy(sink).await,
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
