//! Reads the role-assignable groups, and who may become a member of each.

use super::{
    EntraSession,
    parts::{below, is_guid, partial},
    sink::{About, Listing},
};
use crate::datasets::{Source, roles::GROUP_ELIGIBILITY_PATH};
use evidence::Completeness;
use provider_kit::{Ask, ErrorClass, PageSink, ProviderError};

impl EntraSession {
    /// The groups as they came, then the eligibility of each; a page of it says of which group.
    pub(super) async fn group_eligibility(
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
            let query = format!("$filter=groupId%20eq%20'{id}'");
            let ask = Ask::get(below(&self.graph, GROUP_ELIGIBILITY_PATH, &query)?);
            let mut about = About {
                subject: &id,
                inner: sink,
            };
            match self.read(ask, source.pace, None, &mut about).await {
                Ok(eligible) if eligible.complete => {}
                Ok(eligible) => completeness = eligible,
                Err(error) if error.class == ErrorClass::ServiceNotUsed => {
                    completeness = partial(format!(
                        "Who may become a member of the group {id} was not found."
                    ));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(completeness)
    }
}
