//! One answer: the asked-for rows and properties, and the link to the next page.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use stand_in::Reply;

use crate::auth::access;
use crate::faults::Fault;
use crate::odata::query::Query;
use crate::options::Nullable;
use crate::reply::{GraphError, graph_json};
use crate::route::{Route, Row, Shape};
use crate::state::State;
use crate::tenant::Tenant;

/// Everything one answer depends on.
pub(crate) struct Page<'a> {
    pub(crate) state: &'a State,
    pub(crate) tenant: &'a Tenant,
    pub(crate) route: &'a Route,
    pub(crate) query: &'a Query,
    pub(crate) path: &'a str,
    pub(crate) faults: &'a [Fault],
}

impl Page<'_> {
    fn context(&self, suffix: &str) -> String {
        let select = self
            .query
            .select
            .as_ref()
            .map(|names| format!("({})", names.join(",")))
            .unwrap_or_default();
        let path = self.path.strip_prefix("/v1.0/").unwrap_or_default();
        format!("{}/v1.0/$metadata#{path}{select}{suffix}", self.state.url)
    }

    /// The answer of an address with one object.
    pub(crate) fn single(&self, rows: &[Row<'_>]) -> Result<Reply, GraphError> {
        let row = rows
            .first()
            .ok_or_else(|| GraphError::new(404, "Request_ResourceNotFound", "Not found."))?;
        let mut object = Map::new();
        object.insert("@odata.context".to_owned(), json!(self.context("/$entity")));
        object.extend(self.project(row));
        Ok(graph_json(200, &Value::Object(object)))
    }

    /// One page of a collection.
    pub(crate) fn list(&self, rows: &[Row<'_>], eventual: bool) -> Result<Reply, GraphError> {
        let advanced = self.query.count && eventual;
        let size = match self.route.shape {
            Shape::Paged { default, .. } => {
                let wanted = self
                    .query
                    .top
                    .or(self.state.options.page_size)
                    .unwrap_or(default);
                let activity = self
                    .query
                    .select
                    .iter()
                    .flatten()
                    .any(|name| name == "signInActivity");
                // With sign-in activity a page holds at most 500 users, whatever was asked for.
                if activity { wanted.min(500) } else { wanted }
            }
            _ => rows.len().max(1),
        };
        let offset = match &self.query.skip_token {
            Some(token) => self.read_token(token, advanced)?,
            None => 0,
        };
        let mut end = (offset + size).min(rows.len());
        if offset == 0 && self.faults.contains(&Fault::EmptyPage) && self.query.skip_token.is_none()
        {
            end = 0;
        }
        let shown = rows.get(offset..end).unwrap_or_default();
        let mut body = Map::new();
        body.insert("@odata.context".to_owned(), json!(self.context("")));
        if advanced && self.query.skip_token.is_none() {
            body.insert("@odata.count".to_owned(), json!(rows.len()));
        }
        let mut next = (end < rows.len()).then_some(end);
        if offset == 0 && self.faults.contains(&Fault::DropPage) {
            next = next
                .map(|next| next + size)
                .filter(|next| *next < rows.len());
        }
        if self.faults.contains(&Fault::RepeatNextLink) {
            next = Some(offset);
        }
        let mut host = self.state.url.clone();
        for fault in self.faults {
            if let Fault::ForeignNextLink(foreign) = fault {
                host = format!("http://{foreign}");
                next = next.or(Some(offset));
            }
        }
        if let Some(next) = next {
            body.insert(
                "@odata.nextLink".to_owned(),
                json!(self.next_link(&host, next, advanced)),
            );
        }
        if self.faults.contains(&Fault::NumberNextLink) {
            body.insert("@odata.nextLink".to_owned(), json!(7));
        }
        body.insert(
            "value".to_owned(),
            Value::Array(
                shown
                    .iter()
                    .map(|row| Value::Object(self.project(row)))
                    .collect(),
            ),
        );
        if self.faults.contains(&Fault::WrongTenant) && self.route.path == "organization" {
            let other = access::other_tenant();
            for row in body
                .get_mut("value")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                row["id"] = json!(other);
                row["displayName"] = json!("Somebody else's company");
            }
        }
        Ok(graph_json(200, &Value::Object(body)))
    }

    fn next_link(&self, host: &str, offset: usize, advanced: bool) -> String {
        let mut link = format!("{host}{}?", self.path);
        for (name, value) in &self.query.carried {
            // Graph writes option names with a bare dollar sign and encodes the values.
            let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            link.push_str(&format!("{name}={value}&"));
        }
        link.push_str(&format!("$skiptoken={}", self.make_token(offset, advanced)));
        link
    }

    /// A token is bound to address, options and consistency: changing any of them makes it worthless.
    fn seal(&self, offset: usize, advanced: bool) -> Vec<u8> {
        let text = format!(
            "skip:{}:{}:{offset}:{advanced}",
            self.path, self.query.canonical
        );
        hmac::sign(&self.state.key, text.as_bytes())
            .as_ref()
            .iter()
            .take(16)
            .copied()
            .collect()
    }

    fn make_token(&self, offset: usize, advanced: bool) -> String {
        let seal = self.seal(offset, advanced);
        // The offset is masked so that nobody is tempted to count in it.
        let mask = seal
            .iter()
            .take(8)
            .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let hidden = (offset as u64) ^ mask;
        URL_SAFE_NO_PAD.encode([seal.as_slice(), &hidden.to_be_bytes()].concat())
    }

    fn read_token(&self, token: &str, advanced: bool) -> Result<usize, GraphError> {
        let bad = || {
            GraphError::new(
                400,
                "Directory_ExpiredPageToken",
                "The specified page token value has expired and can no longer be included in your request.",
            )
        };
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| bad())?;
        let (seal, hidden) = bytes.split_at_checked(16).ok_or_else(bad)?;
        let hidden = u64::from_be_bytes(hidden.try_into().map_err(|_| bad())?);
        let mask = seal
            .iter()
            .take(8)
            .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let offset = usize::try_from(hidden ^ mask).map_err(|_| bad())?;
        if self.seal(offset, advanced) == seal {
            Ok(offset)
        } else {
            Err(bad())
        }
    }

    /// The asked-for (or default) properties of one row, with what was expanded.
    fn project(&self, (kind, row): &Row<'_>) -> Map<String, Value> {
        let entity = self.route.entity;
        let mut out = Map::new();
        let empty = Map::new();
        let source = row.as_object().unwrap_or(&empty);
        // Rows of mixed collections carry their type, and properties that only some types have.
        if let Some(kind) = kind {
            out.insert("@odata.type".to_owned(), json!(kind));
        } else if let Some(own) = source.get("@odata.type") {
            out.insert("@odata.type".to_owned(), own.clone());
        }
        let mut add = |name: &str| {
            let value = source.get(name).unwrap_or(&Value::Null);
            let fixed = name == "id" || name.starts_with('@') || entity.required.contains(&name);
            match self.state.options.nullable {
                // Someone who never signed in has no sign-in activity at all, and other types lack each other's properties.
                Nullable::Values
                    if !source.contains_key(name)
                        && (name == "signInActivity" || kind.is_some()) => {}
                Nullable::Null if !fixed => {
                    out.insert(name.to_owned(), Value::Null);
                }
                Nullable::Omitted if !fixed => {}
                _ => {
                    if name != "id" || source.contains_key("id") {
                        out.insert(name.to_owned(), value.clone());
                    }
                }
            }
        };
        match (&self.query.select, entity.default) {
            (Some(names), _) => names.iter().for_each(|name| add(name)),
            (None, Some(names)) => names.iter().for_each(|name| add(name)),
            (None, None) => source
                .keys()
                .filter(|name| *name != "@odata.type")
                .for_each(|name| add(name)),
        }
        if let Some((name, inner)) = &self.query.expand {
            out.insert(name.clone(), self.expanded(name, inner.as_deref(), row));
        }
        out
    }

    fn expanded(&self, name: &str, inner: Option<&[String]>, row: &Value) -> Value {
        match name {
            "principal" => {
                let Some((kind, object)) = row["principalId"]
                    .as_str()
                    .and_then(|id| self.tenant.principal(id))
                else {
                    return Value::Null;
                };
                let mut out = Map::new();
                out.insert("@odata.type".to_owned(), json!(kind));
                for (key, value) in object.as_object().into_iter().flatten() {
                    let wanted = match inner {
                        Some(names) => names.iter().any(|name| name == key),
                        // An expanded user comes with more than a listed one, but never with sign-in activity.
                        None => key != "signInActivity",
                    };
                    if wanted {
                        let keep = self.state.options.nullable == Nullable::Values || key == "id";
                        out.insert(key.clone(), if keep { value.clone() } else { Value::Null });
                    }
                }
                Value::Object(out)
            }
            "policy" => row["policy"].clone(),
            "roleDefinition" => self
                .tenant
                .role_definitions
                .iter()
                .find(|role| role["id"] == row["roleDefinitionId"])
                .cloned()
                .unwrap_or(Value::Null),
            _ => Value::Null,
        }
    }
}
