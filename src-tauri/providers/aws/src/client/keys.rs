//! What requests are signed with: an entered key, a named profile, or a role taken on with either.

use super::{
    reach::Reach,
    refusal::Refusal,
    sso,
    target::{Base, Role},
    wire::{Exchange, NothingOfTheEnvironment},
};
use aws_config::{profile::ProfileFileCredentialsProvider, provider_config::ProviderConfig};
use aws_credential_types::{Credentials, provider::ProvideCredentials as _};
use provider_kit::{ErrorClass, ProviderError};
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// Credentials that end sooner than this are renewed first.
const MARGIN: Duration = Duration::from_secs(300);
/// The name of our sessions in the account's own record (CloudTrail).
const SESSION: &str = "cmmcpro-evidence";

/// The current credentials, renewed when they run out.
#[derive(Default)]
pub struct Keys(Mutex<Option<Credentials>>);

impl Keys {
    /// Credentials that work for some minutes at least.
    ///
    /// # Errors
    ///
    /// A profile that can't be used, AWS's refusal of the role, or the network's.
    pub async fn current(&self, reach: &Reach) -> Result<Credentials, ProviderError> {
        let mut kept = self.0.lock().await;
        if let Some(credentials) = kept.as_ref().filter(|credentials| lasts(credentials)) {
            return Ok(credentials.clone());
        }
        let base = match &reach.target.base {
            Base::Entered(credentials) => credentials.clone(),
            Base::Profile(name) => of_profile(reach, name).await?,
        };
        let credentials = match &reach.target.role {
            None => base,
            Some(role) => take_on(reach, base, role).await?,
        };
        *kept = Some(credentials.clone());
        Ok(credentials)
    }
}

fn lasts(credentials: &Credentials) -> bool {
    credentials
        .expiry()
        .is_none_or(|end| end > SystemTime::now() + MARGIN)
}

/// The credentials of a profile. Here, and only here, AWS's files and variables of this computer are read: the user
/// named the profile.
async fn of_profile(reach: &Reach, name: &str) -> Result<Credentials, ProviderError> {
    let wire = reach.wire("sts", &reach.target.home);
    let config = ProviderConfig::without_region()
        .with_region(Some(aws_config::Region::new(reach.target.home.clone())))
        .with_use_fips(Some(reach.target.fips_in(&reach.target.home)))
        .with_http_client(wire.clone());
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(&config)
        .profile_name(name)
        .build();
    let provided = tokio::select! {
        () = reach.cancel.cancelled() => return Err(ProviderError::cancelled()),
        provided = provider.provide_credentials() => provided,
    };
    match provided {
        Ok(credentials) => Ok(credentials),
        // The SDK's own text may repeat a command.
        Err(_) => Err(unusable(reach, name, wire.take()).await),
    }
}

/// Why a profile gave no credentials. A request that it made and that failed says more than the SDK does.
async fn unusable(
    reach: &Reach,
    name: &str,
    last: Option<Result<Exchange, ProviderError>>,
) -> ProviderError {
    let exchange = match last {
        Some(Err(error)) => return error,
        Some(Ok(exchange)) => Some(exchange),
        None => None,
    };
    if let Some(profile) = sso::profile_of(name).await {
        let Some(exchange) = exchange else {
            return sso::sign_in_needed(&profile);
        };
        let asked = match exchange.request.path.as_str() {
            "/token" | "/federation/credentials" => "sso:GetRoleCredentials",
            _ => "sts:AssumeRole",
        };
        return match exchange.refusal.clone() {
            Some((code, _)) if sso::is_about_sign_in(&code) => sso::sign_in_needed(&profile),
            Some((code, _)) if sso::is_about_role(&code) => sso::role_refused(&profile),
            Some(refusal) => {
                Refusal::answered(asked, &reach.target.partition, refusal, exchange).into()
            }
            None => ProviderError::malformed(
                "The single sign-on gave no credentials.",
                format!("The answer to {asked} holds none."),
            ),
        };
    }
    ProviderError::new(
        ErrorClass::Authentication,
        "profile_unusable",
        "The AWS profile can't be used.",
        format!(
            "There is no profile {name} in AWS's files on this computer, or it holds no credentials that work now."
        ),
        format!("Run `aws sts get-caller-identity --profile {name}` and mend what it says."),
    )
}

/// Takes on a role (STS `AssumeRole`).
async fn take_on(
    reach: &Reach,
    base: Credentials,
    role: &Role,
) -> Result<Credentials, ProviderError> {
    const PERMISSION: &str = "sts:AssumeRole";
    let wire = reach.wire("sts", &reach.target.home);
    let config = aws_sdk_sts::config::Builder::from(&reach.sdk(&reach.target.home, base))
        .http_client(wire.clone())
        .interceptor(NothingOfTheEnvironment)
        .build();
    let answer = aws_sdk_sts::Client::from_conf(config)
        .assume_role()
        .role_arn(&role.arn)
        .role_session_name(SESSION)
        .set_external_id(role.external_id.clone())
        .send()
        .await;
    let (answer, _) = reach
        .settle(PERMISSION, &wire, answer)
        .map_err(|refusal| refused(role, refusal))?;
    let given = answer.credentials().ok_or_else(|| {
        ProviderError::malformed(
            "AWS did not give credentials for the role.",
            "The answer holds none.",
        )
    })?;
    let end = SystemTime::try_from(*given.expiration()).ok();
    Ok(Credentials::new(
        given.access_key_id(),
        given.secret_access_key(),
        Some(given.session_token().to_owned()),
        end,
        "role",
    ))
}

/// A denial here is not a missing permission but a role that does not trust us.
fn refused(role: &Role, refusal: Refusal) -> ProviderError {
    if !refusal.is_denied() {
        return refusal.into();
    }
    let fix = match &role.external_id {
        Some(id) => format!(
            "In IAM > Roles > the role > Trust relationships, allow sts:AssumeRole to this key's user, and check that sts:ExternalId there is {id}."
        ),
        None => "In IAM > Roles > the role > Trust relationships, allow sts:AssumeRole to this key's user. If the role asks for an external ID, enter it here.".to_owned(),
    };
    ProviderError::new(
        ErrorClass::Authentication,
        "role_refused",
        "AWS did not let us take on the role.",
        format!(
            "{} does not trust this key, or the external ID is another one.",
            role.arn
        ),
        fix,
    )
}
