//! IAM by its SDK: users, devices, policies, the credential report.

use super::{Account, hand_over, paging::Tokens, refusal::Refusal};
use crate::datasets::{
    ACCOUNT_ALIASES, ACCOUNT_SUMMARY, AUTHORIZATION_DETAILS, CREDENTIAL_REPORT, NO_SUCH_ENTITY,
    OIDC_PROVIDERS, ORGANIZATIONS_FEATURES, PASSWORD_POLICY, ROLES, SAML_PROVIDERS,
    SERVER_CERTIFICATES, USERS, VIRTUAL_MFA_DEVICES, is_answer_of_organizations, without_seeds,
};
use aws_sdk_iam::{
    Client,
    types::{AssignmentStatusType, EntityType, ReportStateType},
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use bytes::Bytes;
use provider_kit::{Dataset, ErrorClass, PageSink, ProviderError};

/// The largest page IAM gives.
const PAGE_ITEMS: i32 = 1000;

impl Account {
    /// Every page of a list. `ask` asks for the page at a marker, `more` reads whether and where there is a next one,
    /// `keep` is what is kept of a body.
    async fn walk<O, E, Asked>(
        &self,
        (dataset, permission): (&Dataset, &str),
        sink: &mut dyn PageSink,
        ask: impl Fn(Client, Option<String>) -> Asked + Send + Sync,
        more: fn(&O) -> (bool, Option<&str>),
        keep: fn(Bytes) -> Bytes,
    ) -> Result<(), ProviderError>
    where
        O: Send,
        E: Send,
        Asked: Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send,
    {
        let mut tokens = Tokens::default();
        loop {
            // Anew for each page: a walk can outlast a role's session.
            let (iam, wire) = self.reach.iam().await?;
            let answer = ask(iam, tokens.current()).await;
            let (answer, mut exchange) = self.reach.settle(permission, &wire, answer)?;
            let (truncated, marker) = more(&answer);
            let goes_on = tokens.advance_marker(truncated, marker)?;
            exchange.body = keep(exchange.body);
            hand_over(dataset, exchange, None, None, sink).await?;
            if !goes_on {
                return Ok(());
            }
        }
    }

    pub(super) async fn users(&self, sink: &mut dyn PageSink) -> Result<(), ProviderError> {
        self.walk(
            (&USERS, "iam:ListUsers"),
            sink,
            |iam, marker| {
                let request = iam.list_users().max_items(PAGE_ITEMS);
                request.set_marker(marker).send()
            },
            |answer| (answer.is_truncated(), answer.marker()),
            |body| body,
        )
        .await
    }

    pub(super) async fn virtual_mfa_devices(
        &self,
        sink: &mut dyn PageSink,
    ) -> Result<(), ProviderError> {
        self.walk(
            (&VIRTUAL_MFA_DEVICES, "iam:ListVirtualMFADevices"),
            sink,
            |iam, marker| {
                let request = iam.list_virtual_mfa_devices();
                let request = request.assignment_status(AssignmentStatusType::Assigned);
                request.max_items(PAGE_ITEMS).set_marker(marker).send()
            },
            |answer| (answer.is_truncated(), answer.marker()),
            |body| Bytes::from(without_seeds(&body)),
        )
        .await
    }

    /// Users, groups, roles and the company's own policies with their documents, in one walk.
    pub(super) async fn authorization_details(
        &self,
        sink: &mut dyn PageSink,
    ) -> Result<(), ProviderError> {
        self.walk(
            (&AUTHORIZATION_DETAILS, "iam:GetAccountAuthorizationDetails"),
            sink,
            |iam, marker| {
                let request = iam.get_account_authorization_details();
                let request = request.set_filter(Some(vec![
                    EntityType::User,
                    EntityType::Group,
                    EntityType::Role,
                    EntityType::LocalManagedPolicy,
                ]));
                request.max_items(PAGE_ITEMS).set_marker(marker).send()
            },
            |answer| (answer.is_truncated(), answer.marker()),
            |body| body,
        )
        .await
    }

    /// Roles with their last use.
    pub(super) async fn roles(&self, sink: &mut dyn PageSink) -> Result<(), ProviderError> {
        self.walk(
            (&ROLES, "iam:GetAccountAuthorizationDetails"),
            sink,
            |iam, marker| {
                let request = iam.get_account_authorization_details();
                let request = request.filter(EntityType::Role);
                request.max_items(PAGE_ITEMS).set_marker(marker).send()
            },
            |answer| (answer.is_truncated(), answer.marker()),
            |body| body,
        )
        .await
    }

    pub(super) async fn server_certificates(
        &self,
        sink: &mut dyn PageSink,
    ) -> Result<(), ProviderError> {
        self.walk(
            (&SERVER_CERTIFICATES, "iam:ListServerCertificates"),
            sink,
            |iam, marker| {
                let request = iam.list_server_certificates().max_items(PAGE_ITEMS);
                request.set_marker(marker).send()
            },
            |answer| (answer.is_truncated(), answer.marker()),
            |body| body,
        )
        .await
    }

    pub(super) async fn saml_providers(
        &self,
        sink: &mut dyn PageSink,
    ) -> Result<(), ProviderError> {
        let (iam, wire) = self.reach.iam().await?;
        let answer = iam.list_saml_providers().send().await;
        let (_, exchange) = self.reach.settle("iam:ListSAMLProviders", &wire, answer)?;
        hand_over(&SAML_PROVIDERS, exchange, None, None, sink).await
    }

    pub(super) async fn oidc_providers(
        &self,
        sink: &mut dyn PageSink,
    ) -> Result<(), ProviderError> {
        let (iam, wire) = self.reach.iam().await?;
        let answer = iam.list_open_id_connect_providers().send().await;
        let (_, exchange) = self
            .reach
            .settle("iam:ListOpenIDConnectProviders", &wire, answer)?;
        hand_over(&OIDC_PROVIDERS, exchange, None, None, sink).await
    }

    /// What the organization manages of root users. That the account is not told, or that there is no organization, is
    /// an answer, and evidence.
    pub(super) async fn organizations_features(
        &self,
        sink: &mut dyn PageSink,
    ) -> Result<(), ProviderError> {
        let (iam, wire) = self.reach.iam().await?;
        let answer = iam.list_organizations_features().send().await;
        let exchange = match self
            .reach
            .settle("iam:ListOrganizationsFeatures", &wire, answer)
        {
            Ok((_, exchange)) => exchange,
            Err(Refusal {
                code,
                exchange: Some(exchange),
                ..
            }) if is_answer_of_organizations(&code) => *exchange,
            Err(refusal) => return Err(refusal.into()),
        };
        hand_over(&ORGANIZATIONS_FEATURES, exchange, None, None, sink).await
    }

    pub(super) async fn account_aliases(
        &self,
        sink: &mut dyn PageSink,
    ) -> Result<(), ProviderError> {
        let (iam, wire) = self.reach.iam().await?;
        let answer = iam.list_account_aliases().send().await;
        let (_, exchange) = self.reach.settle("iam:ListAccountAliases", &wire, answer)?;
        hand_over(&ACCOUNT_ALIASES, exchange, None, None, sink).await
    }

    pub(super) async fn account_summary(
        &self,
        sink: &mut dyn PageSink,
    ) -> Result<(), ProviderError> {
        let (iam, wire) = self.reach.iam().await?;
        let answer = iam.get_account_summary().send().await;
        let (_, exchange) = self.reach.settle("iam:GetAccountSummary", &wire, answer)?;
        hand_over(&ACCOUNT_SUMMARY, exchange, None, None, sink).await
    }

    pub(super) async fn password_policy(
        &self,
        sink: &mut dyn PageSink,
    ) -> Result<(), ProviderError> {
        let (iam, wire) = self.reach.iam().await?;
        let answer = iam.get_account_password_policy().send().await;
        let exchange = match self
            .reach
            .settle("iam:GetAccountPasswordPolicy", &wire, answer)
        {
            Ok((_, exchange)) => exchange,
            // "There is none" is an answer, and evidence.
            Err(Refusal {
                code,
                exchange: Some(exchange),
                ..
            }) if code == NO_SUCH_ENTITY => *exchange,
            Err(refusal) => return Err(refusal.into()),
        };
        hand_over(&PASSWORD_POLICY, exchange, None, None, sink).await
    }

    /// Has the report written, waits for it within bounds, and reads it.
    pub(super) async fn credential_report(
        &self,
        sink: &mut dyn PageSink,
    ) -> Result<(), ProviderError> {
        let (iam, wire) = self.reach.iam().await?;
        let (pause, times) = self.patience;
        for _ in 0..times.max(1) {
            let answer = iam.generate_credential_report().send().await;
            let (answer, _) = self
                .reach
                .settle("iam:GenerateCredentialReport", &wire, answer)?;
            if answer.state() == Some(&ReportStateType::Complete) {
                let answer = iam.get_credential_report().send().await;
                match self.reach.settle("iam:GetCredentialReport", &wire, answer) {
                    Ok((_, exchange)) => {
                        return hand_over(&CREDENTIAL_REPORT, exchange, None, None, sink).await;
                    }
                    // It expired in between, or is being written anew.
                    Err(Refusal { code, .. }) if is_not_ready(&code) => {}
                    Err(refusal) => return Err(refusal.into()),
                }
            }
            tokio::select! {
                () = self.reach.cancel.cancelled() => return Err(ProviderError::cancelled()),
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
pub(super) fn is_not_ready(code: &str) -> bool {
    matches!(
        code,
        "ReportNotPresent" | "ReportExpired" | "ReportInProgress"
    )
}
