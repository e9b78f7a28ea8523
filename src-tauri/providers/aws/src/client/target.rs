//! What a connection points at, and the SDK configuration for exactly that.

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use provider_kit::{Connection, ErrorClass, FieldError, Manifest, ProviderError};
use secrecy::ExposeSecret;

/// The partition, the region and what signs for us.
#[derive(Debug)]
pub struct Target {
    /// `aws` or `aws-us-gov`: decides hosts and what AWS offers.
    pub partition: String,
    /// Made of what the user entered, of nothing else.
    pub config: SdkConfig,
}

impl Target {
    /// Reads a connection.
    ///
    /// # Errors
    ///
    /// Configuration, naming the field: one is missing, or the region belongs to another partition.
    pub fn of(manifest: &Manifest, connection: &Connection) -> Result<Self, ProviderError> {
        let cloud = manifest
            .resolve_cloud(&connection.cloud, &connection.config)
            .map_err(wrong)?;
        let partition = cloud.like.clone();
        let home = if partition == "aws-us-gov" {
            "us-gov-west-1"
        } else {
            "us-east-1"
        };
        let region = connection.config.get("region").map_or(home, String::as_str);
        if partition_of(region) != partition {
            let message = format!(
                "{region} is not a region of the chosen cloud. Choose the other cloud, or leave the region empty."
            );
            return Err(wrong(FieldError::new("region", message)));
        }
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
        let credentials = Credentials::new(id, key, token.map(str::to_owned), None, "entered");
        let mut builder = SdkConfig::builder()
            // Fixed, so that an upgrade can't change how requests are made.
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            // The kit's client repeats and times out; two that do would multiply.
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled());
        if let Some(endpoint) = cloud
            .host("endpoint")
            .filter(|_| cloud.custom_host.is_some())
        {
            builder = builder.endpoint_url(endpoint);
        }
        Ok(Self {
            partition,
            config: builder.build(),
        })
    }
}

/// The partition of a region, by AWS's own naming.
fn partition_of(region: &str) -> &'static str {
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
