//! Follows AWS's tokens, and never in a circle.

use provider_kit::ProviderError;
use std::collections::HashSet;

/// Far more pages than the largest account has; more is a service that never ends.
const MAX_PAGES: usize = 1000;

/// Where the next page is.
#[derive(Debug, Default)]
pub struct Tokens {
    current: Option<String>,
    seen: HashSet<String>,
}

impl Tokens {
    /// What to send with the next request.
    pub fn current(&self) -> Option<String> {
        self.current.clone()
    }

    /// Takes an IAM answer's `IsTruncated` and `Marker`. Whether there is another page.
    ///
    /// # Errors
    ///
    /// The two contradict each other, or the marker was followed before.
    pub fn advance_marker(
        &mut self,
        truncated: bool,
        marker: Option<&str>,
    ) -> Result<bool, ProviderError> {
        match (truncated, marker.filter(|marker| !marker.is_empty())) {
            (false, None) => Ok(false),
            (false, Some(_)) => Err(broken(
                "It says where there is more, and not that there is.",
            )),
            (true, None) => Err(broken("It says that there is more, and not where.")),
            (true, Some(marker)) => self.follow(marker),
        }
    }

    /// Takes an answer's next token; an empty one is the end, as moto and some services write it. Whether there is
    /// another page.
    ///
    /// # Errors
    ///
    /// The token was followed before.
    pub fn advance(&mut self, token: Option<&str>) -> Result<bool, ProviderError> {
        match token.filter(|token| !token.is_empty()) {
            None => Ok(false),
            Some(token) => self.follow(token),
        }
    }

    fn follow(&mut self, token: &str) -> Result<bool, ProviderError> {
        if self.seen.len() >= MAX_PAGES || !self.seen.insert(token.to_owned()) {
            return Err(broken(
                "It leads to a page that was read before, or never ends.",
            ));
        }
        self.current = Some(token.to_owned());
        Ok(true)
    }
}

fn broken(why: &str) -> ProviderError {
    ProviderError::malformed("The pages of AWS's answer do not add up.", why)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn tokens_are_followed_to_the_end_and_never_in_a_circle() {
        let mut tokens = Tokens::default();
        assert!(tokens.advance(Some("a")).unwrap());
        assert_eq!(tokens.current().unwrap(), "a");
        assert!(tokens.advance(Some("a")).is_err(), "the same again");
        assert!(!tokens.advance(Some("")).unwrap(), "empty is the end");
        assert!(!tokens.advance(None).unwrap());
    }

    #[test]
    fn markers_and_flags_must_agree() {
        let mut tokens = Tokens::default();
        assert!(tokens.advance_marker(true, Some("a")).unwrap());
        for (truncated, marker) in [(true, None), (true, Some("")), (false, Some("b"))] {
            assert!(tokens.advance_marker(truncated, marker).is_err());
        }
        assert!(!tokens.advance_marker(false, None).unwrap());
    }
}
