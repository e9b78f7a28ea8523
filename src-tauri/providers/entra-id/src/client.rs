//! The session: a token, who answers, which permissions there are, and the datasets.

mod eligibility;
mod parts;
mod reviews;
mod sink;

use crate::{
    datasets::{
        Pace, SOURCES, Shape, Source, list, roles::MEMBERS_QUERY, tenant::ORGANIZATION_SOURCE,
    },
    grants,
    pace::Paces,
    provider::MANIFEST,
    refusal::{self, NOT_PREMIUM, TOKEN_REFUSED},
    token::{Claims, Kind},
};
use async_trait::async_trait;
use evidence::Completeness;
use parts::{
    address, bad_field, below, credential, endless, field, has_domain, is_guid, kind,
    name_permission, other_tenant, partial, scope,
};
use provider_kit::{
    Ask, Connection, Dataset, ErrorClass, Grant, GrantState, HttpClient, Identity, PageSink, Pages,
    ProviderError, Session,
    auth::{SystemClock, TokenRequest, TokenSource},
    paging::{MAX_PAGES, odata_next},
};
use serde_json::Value;
use sink::{Annotated, Listing, Onward};
use std::{collections::HashSet, sync::Arc};
use tokio_util::sync::CancellationToken;
use url::Url;

/// Attempts at an answer that licensed tenants sometimes get too.
const PREMIUM_ATTEMPTS: u32 = 3;

/// A signed-in connection to one tenant.
pub(crate) struct EntraSession {
    http: HttpClient,
    tokens: TokenSource,
    graph: Url,
    cancel: CancellationToken,
    identity: Identity,
    /// Whose permissions the tokens name.
    kind: Kind,
    paces: Paces,
}

/// Signs in and reads which tenant answers.
pub(crate) async fn sign_in(connection: Connection) -> Result<EntraSession, ProviderError> {
    let Connection {
        cloud,
        config,
        secrets,
        http,
        cancel,
        renewed,
    } = connection;
    let cloud = MANIFEST
        .resolve_cloud(&cloud, &config)
        .map_err(|error| bad_field(&error.field, &error.message))?;
    let tenant = field(&config, "tenant_id")?;
    let client_id = field(&config, "client_id")?;
    // The tenant becomes a part of the address.
    if !tenant
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
        || tenant.starts_with('.')
    {
        return Err(bad_field(
            "tenant_id",
            "It holds characters that no tenant has.",
        ));
    }
    let login = address(cloud.host("login"), "login_url")?;
    let graph = address(cloud.host("graph"), "graph_url")?;
    let audience = cloud
        .audience
        .clone()
        .unwrap_or_else(|| graph.as_str().trim_end_matches('/').to_owned());
    let request = TokenRequest {
        endpoint: below(&login, &format!("/{tenant}/oauth2/v2.0/token"), "")?,
        client_id: client_id.to_owned(),
        scope: Some(scope(&config, &cloud, &audience)),
        extra: Vec::new(),
        refusal: refusal::of_sign_in,
    };
    let tokens = TokenSource::new(
        http.clone(),
        Arc::new(SystemClock),
        request,
        credential(&config, &secrets, renewed)?,
    );
    drop(secrets);
    let paces = Paces::new(http.policy().pacing);
    let nobody = Identity {
        id: String::new(),
        name: String::new(),
    };
    let mut session = EntraSession {
        http,
        tokens,
        graph,
        cancel,
        identity: nobody,
        kind: kind(&config),
        paces,
    };
    session.identity = session.identify(tenant).await?;
    Ok(session)
}

impl EntraSession {
    /// Compares the tenant that was entered, the one the token names and the one that Graph answers for.
    async fn identify(&self, entered: &str) -> Result<Identity, ProviderError> {
        let claimed = Claims::of(&self.tokens.token(&self.cancel).await?.token).tenant;
        let by_id = is_guid(entered);
        if by_id
            && let Some(claimed) = claimed
                .as_deref()
                .filter(|claimed| !claimed.eq_ignore_ascii_case(entered))
        {
            return Err(other_tenant(entered, claimed));
        }
        let ask = Ask::get(below(
            &self.graph,
            ORGANIZATION_SOURCE.path,
            ORGANIZATION_SOURCE.query,
        )?);
        let answer = match self.send(ask, Pace::Directory).await {
            Ok(answer) => answer,
            Err(error) if error.class == ErrorClass::Permission => {
                // Everything else may work; the token says whose it is.
                let id = claimed
                    .filter(|id| is_guid(id))
                    .ok_or_else(|| name_permission(error, &ORGANIZATION_SOURCE, None))?;
                return Ok(Identity {
                    name: format!("Tenant {id}"),
                    id: id.to_lowercase(),
                });
            }
            Err(error) => return Err(error),
        };
        let malformed =
            |why: &str| ProviderError::malformed("Which tenant answers can't be read.", why);
        let records = list(&answer).map_err(|error| malformed(&format!("{error}.")))?;
        let [record] = records.as_slice() else {
            return Err(malformed(
                "The answer should hold exactly one organization.",
            ));
        };
        let id = record
            .get("id")
            .and_then(Value::as_str)
            .ok_or_else(|| malformed("The organization has no id."))?;
        if let Some(expected) = claimed.as_deref().or(by_id.then_some(entered))
            && !expected.eq_ignore_ascii_case(id)
        {
            return Err(other_tenant(expected, id));
        }
        if !by_id && !has_domain(record, entered) {
            return Err(other_tenant(entered, id));
        }
        let name = record
            .get("displayName")
            .and_then(Value::as_str)
            .filter(|name| !name.trim().is_empty())
            .unwrap_or(id);
        Ok(Identity {
            id: id.to_lowercase(),
            name: name.to_owned(),
        })
    }

    /// One `GET` with a token that is renewed once if it is refused.
    async fn send(&self, ask: Ask, pace: Pace) -> Result<bytes::Bytes, ProviderError> {
        let mut renewed = false;
        loop {
            self.paces.wait(pace, &self.cancel).await?;
            let token = self.tokens.token(&self.cancel).await?;
            let answer = self
                .http
                .send(ask.clone().bearer(&token.token), &self.cancel)
                .await?;
            if answer.status == 200 {
                return Ok(answer.body);
            }
            let error = refusal::of_graph(&answer);
            if error.code != TOKEN_REFUSED || renewed {
                return Err(error);
            }
            self.tokens.forget(&token).await;
            renewed = true;
        }
    }

    /// Reads a collection from `first` on, page by page, each with a token that is renewed once if it is refused.
    async fn read(
        &self,
        first: Ask,
        pace: Pace,
        cap: Option<u64>,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let mut sink = Onward::new(sink);
        let mut seen = HashSet::from([first.url.clone()]);
        let mut ask = first;
        loop {
            let completeness = self.page(&ask, pace, &mut sink).await?;
            let Some(next) = sink.next() else {
                return Ok(completeness);
            };
            let address = ask
                .url
                .join(next)
                .map_err(|_| endless("A page names a next one that is no address."))?;
            if !seen.insert(address.clone()) {
                return Err(endless(
                    "A page names one that was read before as the next.",
                ));
            }
            if let Some(cap) = cap.filter(|cap| sink.rows() >= *cap) {
                return Ok(partial(format!(
                    "Only the newest {} rows were read (the limit is {cap}); there are more.",
                    sink.rows()
                )));
            }
            if seen.len() as u64 > MAX_PAGES {
                return Ok(partial(format!(
                    "Only the first {MAX_PAGES} pages were read; there are more."
                )));
            }
            ask.url = address;
        }
    }

    /// One page. That its next link stays with the same host is checked by the kit.
    async fn page(
        &self,
        ask: &Ask,
        pace: Pace,
        sink: &mut Onward<'_>,
    ) -> Result<Completeness, ProviderError> {
        let pages = Pages::new(&self.http, odata_next, refusal::of_graph).page_cap(1);
        let (mut renewed, mut attempt) = (false, 1);
        loop {
            self.paces.wait(pace, &self.cancel).await?;
            let token = self.tokens.token(&self.cancel).await?;
            match pages
                .follow(ask.clone().bearer(&token.token), sink, &self.cancel)
                .await
            {
                Err(error) if error.code == TOKEN_REFUSED && !renewed => {
                    renewed = true;
                    self.tokens.forget(&token).await;
                }
                Err(error) if error.code == NOT_PREMIUM && attempt < PREMIUM_ATTEMPTS => {
                    attempt += 1
                }
                result => return result,
            }
        }
    }

    /// The first page of a collection, of which nothing else is wanted: that there is more does not make it less.
    async fn newest(
        &self,
        source: &Source,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let ask = Ask::get(below(&self.graph, source.path, source.query)?);
        self.page(&ask, source.pace, &mut Onward::new(sink)).await?;
        Ok(Completeness::complete())
    }

    /// The role-assignable groups, and the members of each. The pages of the list are kept as they came; a page of
    /// members is marked with its group: the service does not say it.
    async fn group_members(
        &self,
        source: &Source,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let mut listing = Listing::of(&mut *sink, "The role-assignable groups can't be read.");
        let groups = Ask::get(below(&self.graph, source.path, source.query)?);
        let mut completeness = self.read(groups, source.pace, None, &mut listing).await?;
        for id in listing.into_ids() {
            // The id becomes a part of the address.
            if !is_guid(&id) {
                completeness = partial("A group has an id that is none.".to_owned());
                continue;
            }
            let path = format!(
                "{}/{id}/transitiveMembers/microsoft.graph.user",
                source.path
            );
            let ask = Ask::get(below(&self.graph, &path, MEMBERS_QUERY)?).header(
                http::HeaderName::from_static("consistencylevel"),
                http::HeaderValue::from_static("eventual"),
            );
            match self
                .read(
                    ask,
                    source.pace,
                    None,
                    &mut Annotated {
                        group: &id,
                        inner: sink,
                    },
                )
                .await
            {
                Ok(members) if members.complete => {}
                Ok(members) => completeness = members,
                Err(error) if error.class == ErrorClass::ServiceNotUsed => {
                    completeness = partial(format!(
                        "The group {id} was deleted while its members were read."
                    ));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(completeness)
    }

    /// Asks for one answer that needs `permission`: for tokens that can't be read.
    async fn probe(&self, permission: &str, why: &str) -> Result<Grant, ProviderError> {
        let unknown = |why: String| Grant {
            permission: permission.to_owned(),
            state: GrantState::Unknown,
            why,
            fix: String::new(),
        };
        let source = SOURCES.iter().find(|source| {
            source.dataset.permissions == [permission] && source.dataset.licence.is_none()
        });
        let Some(source) = source else {
            return Ok(unknown(format!(
                "{why} The token does not say whether it is there."
            )));
        };
        match self
            .send(
                Ask::get(below(&self.graph, source.path, source.query)?),
                source.pace,
            )
            .await
        {
            Ok(_) => Ok(grants::granted(permission, why.to_owned())),
            Err(error) if error.class == ErrorClass::Permission => {
                Ok(grants::missing(permission, why, self.kind))
            }
            Err(error) if error.class == ErrorClass::Cancelled => Err(error),
            Err(error) => Ok(unknown(format!(
                "{why} Trying it out did not tell: {error}"
            ))),
        }
    }
}

#[async_trait]
impl Session for EntraSession {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    async fn grants(&self) -> Result<Vec<Grant>, ProviderError> {
        // Claims are frozen when a token is issued, and an administrator may just have consented.
        let old = self.tokens.token(&self.cancel).await?;
        self.tokens.forget(&old).await;
        let token = self.tokens.token(&self.cancel).await?;
        if let Some(granted) = Claims::of(&token.token).granted {
            return Ok(grants::from_token(&MANIFEST, &granted));
        }
        let mut found = Vec::new();
        for permission in &MANIFEST.permissions {
            found.push(self.probe(&permission.grant, &permission.why).await?);
        }
        Ok(found)
    }

    async fn collect(
        &self,
        dataset: &Dataset,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let Some(source) = SOURCES
            .iter()
            .find(|source| source.dataset.id == dataset.id)
        else {
            return Err(ProviderError::new(
                ErrorClass::OurBug,
                "unknown_dataset",
                format!("{} can't be read.", dataset.id),
                "Microsoft Entra ID has no such dataset.",
                "Report it.",
            ));
        };
        let result = match source.shape {
            Shape::List | Shape::Single => {
                let first = Ask::get(below(&self.graph, source.path, source.query)?);
                self.read(first, source.pace, source.dataset.row_cap, sink)
                    .await
            }
            Shape::RoleGroups => self.group_members(source, sink).await,
            Shape::GroupEligibility => self.group_eligibility(source, sink).await,
            Shape::Newest => self.newest(source, sink).await,
            Shape::Reviews => self.reviews(source, sink).await,
        };
        match result {
            Err(error) if error.class == ErrorClass::Permission => {
                let token = self.tokens.token(&self.cancel).await?;
                Err(name_permission(
                    error,
                    source,
                    Claims::of(&token.token).granted.as_ref(),
                ))
            }
            Err(mut error) if error.class == ErrorClass::Licence => {
                error.what = format!("{} can't be read.", source.dataset.title);
                if let Some(licence) = source.dataset.licence {
                    error.why = format!("Microsoft wants a license for it: {licence}.");
                }
                Err(error)
            }
            result => result,
        }
    }
}
