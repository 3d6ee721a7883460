//! The parameters of a request to the API.

use super::answer::{Problem, Result};
use crate::faults::suggestion;
use crate::http::state::ServerState;

/// The parameters in the query of a request.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query, in which only these parameters may be.
    pub(super) fn parse(query: Option<&str>, known: &[&str]) -> Result<Self> {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let pairs: Vec<(String, String)> = pairs.into_owned().collect();
        let mut names = pairs.iter().map(|(name, _)| name.as_str());
        if let Some(unknown) = names.find(|name| !known.contains(name)) {
            let otherwise = match known {
                [] => "it takes none".to_owned(),
                known => format!("use one of {}", known.join(", ")),
            };
            let near = suggestion(unknown, known.iter().copied(), &otherwise);
            let message = format!("there is no parameter `{unknown}`: {near}");
            return Err(Problem::bad_request(message));
        }
        Ok(Self(pairs))
    }

    /// The text of a parameter; `None` if it is missing or empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter();
        let value = pairs.find(|(known, _)| known == name);
        value
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let number = text.parse();
        let number =
            number.map_err(|_| Problem::bad_request(format!("`{name}` takes a number")))?;
        Ok(Some(number))
    }

    /// The value of one of some words.
    pub(super) fn one_of(&self, name: &str, words: &[&str]) -> Result<Option<&str>> {
        match self.text(name) {
            Some(word) if !words.contains(&word) => {
                let otherwise = format!("use one of {}", words.join(", "));
                let near = suggestion(word, words.iter().copied(), &otherwise);
                let message = format!("`{name}` can't be `{word}`: {near}");
                Err(Problem::bad_request(message))
            }
            word => Ok(word),
        }
    }

    /// The parameter `provider`.
    pub(super) fn provider(&self, state: &ServerState) -> Result<Option<&str>> {
        let names = state.services.iter().map(|one| one.provider.name);
        self.one_of("provider", &names.collect::<Vec<_>>())
    }
}
