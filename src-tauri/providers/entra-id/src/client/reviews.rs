//! Reads the access reviews, and the instances of each.

use super::{
    EntraSession,
    parts::{below, is_guid, partial},
    sink::{About, Listing},
};
use crate::datasets::Source;
use evidence::Completeness;
use provider_kit::{Ask, ErrorClass, PageSink, ProviderError};

impl EntraSession {
    /// The definitions as they came, then the instances of each; a page of instances says of which definition.
    pub(super) async fn reviews(
        &self,
        source: &Source,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError> {
        let mut listing = Listing::of(&mut *sink, "The access reviews can't be read.");
        let definitions = Ask::get(below(&self.graph, source.path, source.query)?);
        let mut completeness = self
            .read(definitions, source.pace, None, &mut listing)
            .await?;
        for id in listing.into_ids() {
            // The id becomes a part of the address.
            if !is_guid(&id) {
                completeness = partial("An access review has an id that is none.".to_owned());
                continue;
            }
            let path = format!("{}/{id}/instances", source.path);
            let ask = Ask::get(below(&self.graph, &path, source.query)?);
            let mut about = About {
                subject: &id,
                inner: sink,
            };
            match self.read(ask, source.pace, None, &mut about).await {
                Ok(instances) if instances.complete => {}
                Ok(instances) => completeness = instances,
                Err(error) if error.class == ErrorClass::ServiceNotUsed => {
                    completeness = partial(format!(
                        "The access review {id} was deleted while its instances were read."
                    ));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(completeness)
    }
}
