//! What workflows may do in the organization, which decides whether its repositories are asked.

use super::{
    Organization, plan,
    sheets::{Pager, Sheet},
};
use provider_kit::{ErrorClass, ProviderError, conditional::Earlier};
use std::sync::{Mutex, PoisonError};
use tokio::sync::OnceCell;

/// What workflows may do in the organization: asked once in a session.
#[derive(Debug, Default)]
pub struct Workflow {
    asked: OnceCell<Result<(), ProviderError>>,
    sheet: Mutex<Option<Sheet>>,
}

impl Workflow {
    /// Whether the organization says it. The answer waits to be taken.
    pub async fn ask(
        &self,
        session: &Organization,
        earlier: &dyn Earlier,
    ) -> Result<(), ProviderError> {
        self.asked
            .get_or_try_init(|| async {
                let asked = Pager::new(&session.reach, &plan::WORKFLOW, None, earlier)?
                    .next()
                    .await;
                match asked {
                    Ok(sheet) => {
                        *self.sheet.lock().unwrap_or_else(PoisonError::into_inner) = sheet;
                        Ok(Ok(()))
                    }
                    Err(error) if is_refusal(&error) => Ok(Err(error)),
                    Err(error) => Err(error),
                }
            })
            .await?
            .clone()
    }

    /// The answer, once.
    pub fn take(&self) -> Option<Sheet> {
        self.sheet
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// Whether GitHub understood and said no: something narrower may be asked instead.
pub const fn is_refusal(error: &ProviderError) -> bool {
    matches!(
        error.class,
        ErrorClass::Permission | ErrorClass::Licence | ErrorClass::ServiceNotUsed
    )
}
