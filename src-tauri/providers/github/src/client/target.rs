//! Which organization, at which addresses.

use provider_kit::{Connection, ErrorClass, Manifest, ProviderError, manifest::CUSTOM};
use url::Url;

/// What the user connected to.
#[derive(Clone, Debug)]
pub struct Target {
    /// The organization's name in addresses.
    pub organization: String,
    /// Where the REST API is.
    pub base: Url,
    /// Where people go with a browser, and where signing in with one happens.
    pub web: Url,
}

impl Target {
    /// The target of a connection.
    ///
    /// # Errors
    ///
    /// Configuration, with the field that can't be used.
    pub fn of(manifest: &Manifest, connection: &Connection) -> Result<Self, ProviderError> {
        let cloud = manifest
            .resolve_cloud(&connection.cloud, &connection.config)
            .map_err(|error| bad_field(&error.field, &error.message))?;
        let field = |name: &str| {
            connection
                .config
                .get(name)
                .map(|value| value.trim())
                .filter(|value| !value.is_empty())
        };
        let organization =
            field("organization").ok_or_else(|| bad_field("organization", "It is empty."))?;
        // It becomes a part of addresses.
        if !is_name(organization) {
            return Err(bad_field(
                "organization",
                "It holds characters that no organization's name has.",
            ));
        }
        let (base, web) = if cloud.id == CUSTOM {
            let base = address("base_url", cloud.host("base").unwrap_or_default())?;
            let web = base.join("/").unwrap_or_else(|_| base.clone());
            (base, web)
        } else {
            match cloud.like.as_str() {
                "ghe" => {
                    let subdomain =
                        field("subdomain").ok_or_else(|| bad_field("subdomain", "It is empty."))?;
                    if !subdomain
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                    {
                        return Err(bad_field("subdomain", "It is the part before .ghe.com."));
                    }
                    (
                        address("subdomain", &format!("https://api.{subdomain}.ghe.com"))?,
                        address("subdomain", &format!("https://{subdomain}.ghe.com"))?,
                    )
                }
                "ghes" => {
                    let web = server(
                        field("server").ok_or_else(|| bad_field("server", "It is empty."))?,
                    )?;
                    let base = web
                        .join("/api/v3")
                        .map_err(|_| bad_field("server", "It is not an address."))?;
                    (base, web)
                }
                _ => (
                    address("cloud", cloud.host("api").unwrap_or_default())?,
                    address("cloud", cloud.host("base").unwrap_or_default())?,
                ),
            }
        };
        Ok(Self {
            organization: organization.to_owned(),
            base,
            web,
        })
    }

    /// `path` and `query` below the API's address, which may have a path of its own.
    ///
    /// # Errors
    ///
    /// Configuration, where no path can be added to the address.
    pub fn below(&self, path: &str, query: &str) -> Result<Url, ProviderError> {
        let mark = if query.is_empty() { "" } else { "?" };
        Url::parse(&format!(
            "{}{path}{mark}{query}",
            self.base.as_str().trim_end_matches('/')
        ))
        .map_err(|_| {
            bad_field(
                "base_url",
                "It is not an address that a path can be added to.",
            )
        })
    }
}

/// Whether a text can be the name of an organization or a repository: letters, digits, `-`, `_` and `.`, and no step to
/// another folder.
#[must_use]
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && text != "."
        && text != ".."
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// A server's address however it was copied: with or without scheme, with or without the API's path.
fn server(text: &str) -> Result<Url, ProviderError> {
    let text = text.trim_end_matches('/');
    let text = text.strip_suffix("/api/v3").unwrap_or(text);
    if text.contains("://") {
        address("server", text)
    } else {
        address("server", &format!("https://{text}"))
    }
}

fn address(field: &str, text: &str) -> Result<Url, ProviderError> {
    Url::parse(text)
        .ok()
        .filter(|url| url.host_str().is_some_and(|host| !host.is_empty()))
        .ok_or_else(|| bad_field(field, "It is not an address."))
}

/// A field that can't be right.
pub fn bad_field(name: &str, message: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::Configuration,
        "invalid_field",
        format!("The field {name} can't be used."),
        message,
        "Correct it in the connection.",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::client::testing::connection;

    fn target(cloud: &str, fields: &[(&str, &str)]) -> Result<Target, ProviderError> {
        let mut connection = connection("http://127.0.0.1:1");
        connection.cloud = cloud.to_owned();
        connection.config.remove("base_url");
        connection.config.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        Target::of(&crate::MANIFEST, &connection)
    }

    fn addresses(target: &Target) -> (&str, &str) {
        (target.base.as_str(), target.web.as_str())
    }

    #[test]
    fn each_cloud_has_its_addresses() {
        let of = |cloud: &str, fields: &[(&str, &str)]| target(cloud, fields).unwrap();
        assert_eq!(
            addresses(&of("github", &[])),
            ("https://api.github.com/", "https://github.com/")
        );
        assert_eq!(
            addresses(&of("ghe", &[("subdomain", "harborpoint")])),
            (
                "https://api.harborpoint.ghe.com/",
                "https://harborpoint.ghe.com/"
            )
        );
        for server in [
            "github.example.com",
            "https://github.example.com/",
            "https://github.example.com/api/v3",
            "github.example.com/api/v3/",
        ] {
            assert_eq!(
                addresses(&of("ghes", &[("server", server)])),
                (
                    "https://github.example.com/api/v3",
                    "https://github.example.com/"
                ),
                "{server}"
            );
        }
        let custom = of("custom", &[("base_url", "http://127.0.0.1:9/api/v3")]);
        assert_eq!(
            addresses(&custom),
            ("http://127.0.0.1:9/api/v3", "http://127.0.0.1:9/")
        );
        assert_eq!(
            custom.below("/orgs/x", "per_page=1").unwrap().as_str(),
            "http://127.0.0.1:9/api/v3/orgs/x?per_page=1"
        );
    }

    #[test]
    fn what_can_be_no_target_is_refused_by_name() {
        for (cloud, fields, field) in [
            ("github", &[("organization", "../x")][..], "organization"),
            ("github", &[("organization", "")], "organization"),
            ("ghe", &[], "subdomain"),
            ("ghe", &[("subdomain", "evil.example/")], "subdomain"),
            ("ghes", &[], "server"),
            ("nowhere", &[], "cloud"),
        ] {
            let error = target(cloud, fields).unwrap_err();
            assert_eq!(error.class, ErrorClass::Configuration);
            assert!(error.what.contains(field), "{error:?}");
        }
    }
}
