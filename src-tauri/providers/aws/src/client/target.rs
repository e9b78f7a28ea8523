//! What a connection points at: partition, regions, endpoints, and what signs in.

use super::service::Fips;
use aws_credential_types::Credentials;
use provider_kit::{Connection, ErrorClass, FieldError, Manifest, ProviderError};
use secrecy::ExposeSecret;
use url::Url;

/// Everything the user decided about a connection, and nothing from anywhere else.
#[derive(Debug)]
pub struct Target {
    /// `aws` or `aws-us-gov`: decides hosts and what AWS offers.
    pub partition: String,
    /// The region that answers for the whole account.
    pub home: String,
    /// The regions that are read; `None` for every enabled one.
    pub limit: Option<Vec<String>>,
    /// Whether validated cryptography is asked for.
    pub fips: Fips,
    /// What answers in place of AWS.
    pub endpoint: Option<Url>,
    /// What is signed in with at first.
    pub base: Base,
    /// The role that is taken on then.
    pub role: Option<Role>,
}

/// What is signed in with at first.
pub enum Base {
    /// A key that was entered.
    Entered(Credentials),
    /// A profile of AWS's files on this computer, which the user named.
    Profile(String),
}

impl std::fmt::Debug for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Entered(_) => f.write_str("Entered"),
            Self::Profile(name) => f.debug_tuple("Profile").field(name).finish(),
        }
    }
}

/// A role to take on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// What its owner asks of whoever takes it on.
    pub external_id: Option<String>,
}

impl Target {
    /// Reads a connection.
    ///
    /// # Errors
    ///
    /// Configuration, naming the field: one is missing, or a region or role belongs to another partition.
    pub fn of(manifest: &Manifest, connection: &Connection) -> Result<Self, ProviderError> {
        let cloud = manifest
            .resolve_cloud(&connection.cloud, &connection.config)
            .map_err(wrong)?;
        let partition = cloud.like.clone();
        let text = |name: &str| {
            connection
                .config
                .get(name)
                .map(|value| value.trim())
                .filter(|value| !value.is_empty())
        };
        let home = text("region").unwrap_or(if partition == "aws-us-gov" {
            "us-gov-west-1"
        } else {
            "us-east-1"
        });
        let limit: Option<Vec<String>> = text("regions").map(|list| {
            let mut regions: Vec<String> = Vec::new();
            for region in list
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
            {
                if !regions.iter().any(|known| known == region) {
                    regions.push(region.to_owned());
                }
            }
            regions
        });
        let named = limit
            .iter()
            .flatten()
            .map(|region| ("regions", region.as_str()));
        for (field, region) in [("region", home)].into_iter().chain(named) {
            if partition_of(region) != partition {
                let message = format!(
                    "{region} is not a region of the chosen cloud. Choose the other cloud, or leave the region empty."
                );
                return Err(wrong(FieldError::new(field, message)));
            }
        }
        let role = match (text("role_arn"), text("external_id")) {
            (Some(arn), external_id) => Some(role(arn, external_id, &partition)?),
            (None, Some(_)) => {
                let message = "An external ID belongs to a role. Enter the role's ARN too.";
                return Err(wrong(FieldError::new("role_arn", message)));
            }
            (None, None) => None,
        };
        let endpoint = cloud
            .host("endpoint")
            .filter(|_| cloud.custom_host.is_some())
            .map(|address| {
                Url::parse(address)
                    .map_err(|_| wrong(FieldError::new("endpoint_url", "This is not an address.")))
            })
            .transpose()?;
        Ok(Self {
            home: home.to_owned(),
            limit: limit.filter(|regions| !regions.is_empty()),
            fips: match text("fips") {
                Some("off") => Fips::Never,
                _ => Fips::WhereOffered,
            },
            base: match text("profile") {
                Some(profile) => Base::Profile(profile.to_owned()),
                None => Base::Entered(entered(manifest, connection)?),
            },
            partition,
            endpoint,
            role,
        })
    }

    /// Whether FIPS endpoints are used in `region`: never in place of a custom one.
    #[must_use]
    pub fn fips_in(&self, region: &str) -> bool {
        self.endpoint.is_none() && self.fips.in_region(region)
    }
}

fn role(arn: &str, external_id: Option<&str>, partition: &str) -> Result<Role, ProviderError> {
    let mut parts = arn.splitn(6, ':');
    let (arn_mark, of, service) = (parts.next(), parts.next(), parts.next());
    let is_role = parts
        .nth(2)
        .is_some_and(|resource| resource.starts_with("role/"));
    if arn_mark != Some("arn") || service != Some("iam") || !is_role {
        let message = "It looks like arn:aws:iam::123456789012:role/ComplianceReader.";
        return Err(wrong(FieldError::new("role_arn", message)));
    }
    if of != Some(partition) {
        let message = "The role is in another part of AWS than the chosen cloud.";
        return Err(wrong(FieldError::new("role_arn", message)));
    }
    Ok(Role {
        arn: arn.to_owned(),
        external_id: external_id.map(str::to_owned),
    })
}

fn entered(manifest: &Manifest, connection: &Connection) -> Result<Credentials, ProviderError> {
    let secret = |name: &str| {
        connection
            .secrets
            .get(name)
            .map(ExposeSecret::expose_secret)
            .filter(|text| !text.is_empty())
    };
    let needed = |name: &str| {
        secret(name).ok_or_else(|| {
            let label = manifest
                .field(name)
                .map_or(name, |field| field.label.as_str());
            wrong(FieldError::new(name, format!("Enter {label}.")))
        })
    };
    let (id, key, token) = (
        needed("access_key_id")?,
        needed("secret_access_key")?,
        secret("session_token"),
    );
    if id.starts_with("ASIA") && token.is_none() {
        let message = "An access key ID that begins with ASIA is temporary and works only with its session token.";
        return Err(wrong(FieldError::new("session_token", message)));
    }
    Ok(Credentials::new(
        id,
        key,
        token.map(str::to_owned),
        None,
        "entered",
    ))
}

/// The partition of a region, by AWS's own naming.
pub fn partition_of(region: &str) -> &'static str {
    if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else if region.starts_with("cn-") || region.contains("-iso") || region.starts_with("eusc-") {
        "another"
    } else {
        "aws"
    }
}

fn wrong(error: FieldError) -> ProviderError {
    ProviderError::new(
        ErrorClass::Configuration,
        "wrong_field",
        "The connection can't be used as it is.",
        format!("{}: {}", error.field, error.message),
        "Correct the field and try again.",
    )
    .with_detail(error.field)
}
