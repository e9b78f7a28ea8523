//! One sign-in of a person, whichever way the manifest declares: what the engine begins, shows and waits for.

use super::{BrowserFlow, Clock, DeviceFlow, Tokens};
use crate::{
    HttpClient, ProviderError,
    manifest::{Interactive, SignInRequest},
};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use url::Url;

/// What a person needs to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// How.
    pub interactive: Interactive,
    /// The page to open. Holds no secret.
    pub address: Url,
    /// The code to enter there.
    pub user_code: Option<String>,
    /// How long there is.
    pub life: Duration,
}

/// A sign-in that waits for a person. Dropping it ends it.
#[derive(Debug)]
pub enum Attempt {
    /// In the browser. Boxed, as it is much the larger one.
    Browser(Box<BrowserFlow>),
    /// With a code.
    Device(Box<DeviceFlow>),
}

impl Attempt {
    /// Begins it: opens the loopback address, or asks for the code.
    ///
    /// # Errors
    ///
    /// Those of [`BrowserFlow::begin`] and [`DeviceFlow::begin`].
    pub async fn begin(
        http: HttpClient,
        clock: Arc<dyn Clock>,
        request: SignInRequest,
        cancel: &CancellationToken,
    ) -> Result<Self, ProviderError> {
        Ok(match request {
            SignInRequest::Browser(request) => {
                Self::Browser(Box::new(BrowserFlow::begin(http, clock, request).await?))
            }
            SignInRequest::Device(request) => Self::Device(Box::new(
                DeviceFlow::begin(http, clock, request, cancel).await?,
            )),
        })
    }

    /// What to show.
    #[must_use]
    pub fn prompt(&self) -> Prompt {
        match self {
            Self::Browser(flow) => Prompt {
                interactive: Interactive::Browser,
                address: flow.address().clone(),
                user_code: None,
                life: flow.life(),
            },
            Self::Device(flow) => Prompt {
                interactive: Interactive::Device,
                address: flow.verification().clone(),
                user_code: Some(flow.user_code().to_owned()),
                life: flow.life(),
            },
        }
    }

    /// Waits until the person has signed in.
    ///
    /// # Errors
    ///
    /// Those of [`BrowserFlow::wait`] and [`DeviceFlow::wait`].
    pub async fn wait(self, cancel: &CancellationToken) -> Result<Tokens, ProviderError> {
        match self {
            Self::Browser(flow) => flow.wait(cancel).await,
            Self::Device(flow) => flow.wait(cancel).await,
        }
    }
}
