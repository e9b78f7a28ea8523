//! Which regions are read.

use super::{Account, reach::Call, refusal::Refusal, service::EC2, wire::Exchange};
use crate::datasets::region_names;
use evidence::{Reason, UnknownCode};
use provider_kit::ProviderError;

const PERMISSION: &str = "ec2:DescribeRegions";

/// The regions a dataset is read from.
#[derive(Clone, Debug)]
pub struct Regions {
    /// Their names, in AWS's order or the user's.
    pub names: Vec<String>,
    /// Why there may be others; `None` when these are all, or all the user wants.
    pub lacking: Option<Reason>,
}

/// The enabled regions as EC2 lists them.
pub async fn ask(account: &Account) -> Result<Exchange, Refusal> {
    let call = Call::Form(
        "DescribeRegions",
        vec![("AllRegions".to_owned(), "false".to_owned())],
    );
    let reach = &account.reach;
    reach.ask(&EC2, &reach.target.home, PERMISSION, &call).await
}

/// The regions to read: the user's, else every enabled one, else (without the permission to list them) the home region.
/// Where others are enabled, or nobody knows, reading these proves nothing about the others.
///
/// # Errors
///
/// They can't be listed for another reason than the permission.
pub async fn of(account: &Account) -> Result<Regions, ProviderError> {
    let listed = ask(account).await;
    if let Some(names) = &account.reach.target.limit {
        return limited(names, listed);
    }
    let home = &account.reach.target.home;
    match listed {
        Ok(exchange) => {
            let names = region_names(&exchange.body).map_err(|malformed| {
                ProviderError::malformed("The list of regions can't be read.", malformed.0)
            })?;
            if names.is_empty() {
                return Err(ProviderError::malformed(
                    "The list of regions can't be read.",
                    "It names no region.",
                ));
            }
            Ok(Regions {
                names,
                lacking: None,
            })
        }
        Err(refusal) if refusal.is_denied() => Ok(Regions {
            names: vec![home.clone()],
            lacking: Some(Reason::new(
                UnknownCode::PermissionMissing,
                format!(
                    "Only {home} was read: without {PERMISSION} nobody knows which other regions the account uses. Allow it, or name the regions in the connection."
                ),
            )),
        }),
        Err(refusal) => Err(refusal.into()),
    }
}

/// The user's regions. They are the whole only where no other one is enabled.
fn limited(names: &[String], listed: Result<Exchange, Refusal>) -> Result<Regions, ProviderError> {
    let read = names.join(", ");
    let lacking = match listed {
        Ok(exchange) => {
            let enabled = region_names(&exchange.body).map_err(|malformed| {
                ProviderError::malformed("The list of regions can't be read.", malformed.0)
            })?;
            let others = enabled
                .iter()
                .filter(|region| !names.contains(region))
                .count();
            (others > 0).then(|| {
                format!(
                    "Only {read} was read, as the connection says; {others} other regions are switched on."
                )
            })
        }
        Err(refusal) if refusal.is_denied() => Some(format!(
            "Only {read} was read, as the connection says; without {PERMISSION} nobody knows which others are switched on."
        )),
        Err(refusal) => return Err(refusal.into()),
    };
    Ok(Regions {
        names: names.to_vec(),
        lacking: lacking.map(|detail| Reason::new(UnknownCode::Partial, detail)),
    })
}
