//! The parameters of a request, held to what the service accepts.

use stand_in::form::parameters;

use crate::refusal::Refusal;

/// The largest page.
const MOST: usize = 100;
/// The page when nothing is asked for.
const USUAL: usize = 30;

/// Parameters in the order of the request.
#[derive(Debug, Clone)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn read(text: &str) -> Self {
        Self(parameters(text))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(have, _)| have == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that has a few; the first of them when it is not given.
    pub(crate) fn one_of(
        &self,
        name: &str,
        values: &[&'static str],
    ) -> Result<&'static str, Refusal> {
        let Some(asked) = self.get(name) else {
            return Ok(values.first().copied().unwrap_or_default());
        };
        values
            .iter()
            .copied()
            .find(|value| *value == asked)
            .ok_or_else(|| {
                Refusal::unprocessable(format!(
                    "Validation Failed: {name} is not one of its values."
                ))
            })
    }

    /// The values of a parameter that lists several with commas; `None` when it is not given.
    pub(crate) fn several<'q>(
        &'q self,
        name: &str,
        values: &[&str],
    ) -> Result<Option<Vec<&'q str>>, Refusal> {
        let Some(asked) = self.get(name) else {
            return Ok(None);
        };
        let asked: Vec<&str> = asked.split(',').map(str::trim).collect();
        if asked.iter().any(|value| !values.contains(value)) {
            return Err(Refusal::unprocessable(format!(
                "Validation Failed: {name} has a value that it does not know."
            )));
        }
        Ok(Some(asked))
    }

    /// How many rows a page has: what is asked for, at most a hundred.
    pub(crate) fn per_page(&self) -> usize {
        self.get("per_page")
            .and_then(|text| text.parse().ok())
            .filter(|count| *count > 0)
            .unwrap_or(USUAL)
            .min(MOST)
    }

    /// The number of the page, from 1.
    pub(crate) fn page(&self) -> usize {
        self.get("page")
            .and_then(|text| text.parse().ok())
            .filter(|number| *number > 0)
            .unwrap_or(1)
    }

    /// The same parameters without these, and with one more at the end.
    pub(crate) fn with(&self, without: &[&str], name: &str, value: &str) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.0 {
            if !without.contains(&name.as_str()) {
                form.append_pair(name, value);
            }
        }
        form.append_pair(name, value).finish()
    }

    /// What tells one list from another: everything but the position.
    pub(crate) fn filters(&self) -> String {
        let kept: Vec<String> = self
            .0
            .iter()
            .filter(|(name, _)| !["page", "after", "before", "per_page"].contains(&name.as_str()))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        kept.join("&")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_capped_and_values_known() {
        let query = Query::read("per_page=500&page=3&role=admin&severity=high,low");
        assert_eq!((query.per_page(), query.page()), (100, 3));
        assert_eq!(query.one_of("role", &["all", "admin"]), Ok("admin"));
        assert_eq!(query.one_of("filter", &["all", "x"]), Ok("all"));
        assert!(query.one_of("role", &["all"]).is_err());
        assert_eq!(
            query.several("severity", &["low", "high"]),
            Ok(Some(vec!["high", "low"]))
        );
        assert!(query.several("severity", &["low"]).is_err());
        assert_eq!(
            query.with(&["page"], "page", "4"),
            "per_page=500&role=admin&severity=high%2Clow&page=4"
        );
        let query = Query::read("per_page=0&page=x");
        assert_eq!((query.per_page(), query.page()), (30, 1));
    }
}
