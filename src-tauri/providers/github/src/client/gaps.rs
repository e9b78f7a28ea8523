//! What could not be read, and where.

use evidence::{Completeness, Reason};
use provider_kit::{ErrorClass, ProviderError};

/// Things named in a reason; more would be a wall of text.
const NAMED: usize = 4;

/// What is lacking of a dataset.
#[derive(Debug, Default)]
pub struct Gaps {
    /// Whether anything was kept, or there was nothing to ask.
    pub kept: bool,
    lacking: Option<Reason>,
    first: Option<ProviderError>,
    places: Vec<String>,
}

impl Gaps {
    /// None yet, apart from what was lacking before.
    pub const fn new(lacking: Option<Reason>) -> Self {
        Self {
            kept: false,
            lacking,
            first: None,
            places: Vec::new(),
        }
    }

    /// One more. Whoever stopped the run stops the dataset, and so does what stops everything: a token that is not
    /// accepted any more, and a limit that lasts longer than is waited for.
    ///
    /// # Errors
    ///
    /// `error`, where nothing more can be read.
    pub fn add(&mut self, place: &str, error: ProviderError) -> Result<(), ProviderError> {
        if matches!(
            error.class,
            ErrorClass::Cancelled | ErrorClass::Authentication | ErrorClass::Throttled
        ) {
            return Err(error);
        }
        if !self.places.iter().any(|known| known == place) {
            self.places.push(place.to_owned());
        }
        self.first.get_or_insert(error);
        Ok(())
    }

    /// What the dataset is worth.
    ///
    /// # Errors
    ///
    /// The first refusal, where nothing could be read.
    pub fn conclude(self) -> Result<Completeness, ProviderError> {
        let Some(error) = self.first else {
            return Ok(match self.lacking {
                Some(reason) => Completeness::partial(reason),
                None => Completeness::complete(),
            });
        };
        if !self.kept {
            return Err(error);
        }
        let mut places = self.places[..self.places.len().min(NAMED)].join(", ");
        let more = self.places.len().saturating_sub(NAMED);
        if more > 0 {
            places.push_str(&format!(" and {more} more"));
        }
        let reason = error.reason();
        Ok(Completeness::partial(Reason::new(
            reason.code,
            format!("Not read for {places}: {}", reason.detail),
        )))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use evidence::UnknownCode;

    fn error(class: ErrorClass) -> ProviderError {
        ProviderError::new(
            class,
            "x",
            "It can't be read.",
            "It was refused.",
            "Mend it.",
        )
    }

    #[test]
    fn a_gap_makes_its_part_unknown_and_names_it() {
        let mut gaps = Gaps::new(None);
        gaps.kept = true;
        for name in ["a/1", "a/2", "a/2", "a/3", "a/4", "a/5", "a/6"] {
            gaps.add(name, error(ErrorClass::Permission)).unwrap();
        }
        let reason = gaps.conclude().unwrap().reason.unwrap();
        assert_eq!(reason.code, UnknownCode::PermissionMissing);
        assert_eq!(
            reason.detail,
            "Not read for a/1, a/2, a/3, a/4 and 2 more: It can't be read. It was refused."
        );
    }

    #[test]
    fn nothing_kept_is_the_refusal_itself_and_nothing_to_ask_is_all() {
        let mut gaps = Gaps::new(None);
        gaps.add("a/1", error(ErrorClass::Licence)).unwrap();
        assert_eq!(gaps.conclude().unwrap_err().class, ErrorClass::Licence);
        assert!(Gaps::new(None).conclude().unwrap().complete);
        let lacking = Reason::new(UnknownCode::Offline, "The list broke off.");
        let partial = Gaps::new(Some(lacking.clone())).conclude().unwrap();
        assert_eq!(partial.reason, Some(lacking));
    }

    #[test]
    fn what_stops_everything_stops_the_dataset() {
        for class in [
            ErrorClass::Cancelled,
            ErrorClass::Authentication,
            ErrorClass::Throttled,
        ] {
            assert!(Gaps::new(None).add("a/1", error(class)).is_err());
        }
    }
}
