//! What the path of a request says: the operation that a raw request corresponds to, and the account.

use std::cmp::Reverse;

use percent_encoding::{percent_decode_str, utf8_percent_encode};
use reqwest::{Method, Url};

use crate::http::base_url::BaseUrl;
use crate::http::path::RESERVED;
use crate::provider::{Operation, Provider};

/// The operation with this method and path on a server of the provider; of several, the one with the fewest segments that
/// are parameters, and then the one whose path says most.
pub(crate) fn operation(
    provider: &'static Provider,
    server: usize,
    base: &BaseUrl,
    method: &Method,
    url: &Url,
) -> Option<&'static Operation> {
    let path = base.path_of(url)?;
    let same = provider
        .operations
        .iter()
        .filter(|operation| operation.server == server && operation.method == method.as_str());
    let fitting =
        same.filter_map(|operation| Some((open_segments(operation.path, path)?, operation)));
    fitting
        .min_by_key(|(open, operation)| {
            let written: usize = literals(operation.path).map(str::len).sum();
            (*open, Reverse(written))
        })
        .map(|(_, operation)| operation)
}

/// The provider's [`client_values`](Provider::client_values) in a path, such as an account id, percent-encoded.
pub(crate) fn client_values(
    provider: &'static Provider,
    template: &str,
    path: &str,
) -> impl Iterator<Item = String> {
    let is_client_value = |segment: &str| {
        let name = segment
            .split_once('{')
            .and_then(|(_, tail)| tail.split_once('}'));
        let known = provider.client_values;
        name.is_some_and(|(name, _)| known.iter().any(|value| value.name == name))
    };
    let segments = template.split('/').zip(path.split('/'));
    segments
        .filter(move |(template, _)| is_client_value(template))
        .map(|(_, segment)| {
            // A raw request may encode more than necessary.
            let value = percent_decode_str(segment).decode_utf8_lossy();
            utf8_percent_encode(&value, RESERVED).to_string()
        })
}

/// What a template says between its parameters.
fn literals(template: &str) -> impl Iterator<Item = &str> {
    let parts = template.split('{');
    parts.map(|part| part.split_once('}').map_or(part, |(_, literal)| literal))
}

/// Whether a segment has what its template says, with something for each parameter.
fn fits(template: &str, segment: &str) -> bool {
    let mut literals: Vec<&str> = literals(template).collect();
    let last = literals.pop().unwrap_or_default();
    let mut rest = Some(segment);
    for (at, literal) in literals.into_iter().enumerate() {
        rest = rest.and_then(|rest| match at {
            0 => rest.strip_prefix(literal),
            _ => {
                let value = rest.chars().next()?.len_utf8();
                let at = rest[value..].find(literal)?;
                Some(&rest[value + at + literal.len()..])
            }
        });
    }
    rest.and_then(|rest| rest.strip_suffix(last))
        .is_some_and(|value| !value.is_empty())
}

/// How many segments of a path are parameters of the template, if the path matches it.
fn open_segments(template: &str, path: &str) -> Option<usize> {
    let (mut templates, mut segments) = (template.split('/'), path.split('/'));
    let mut open = 0;
    loop {
        match (templates.next(), segments.next()) {
            (None, None) => return Some(open),
            (Some(template), Some(segment)) if template == segment => {}
            (Some(template), Some(segment))
                if template.contains('{') && fits(template, segment) =>
            {
                open += 1;
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_matches_a_template_segment_by_segment() {
        for (template, path, open) in [
            ("/users", "/users", Some(0)),
            ("/users", "/users/", None),
            ("/users/{id}", "/users/1", Some(1)),
            ("/users/{id}", "/users/", None),
            ("/users/{id}", "/users", None),
            ("/users/{id}", "/users/1/tags", None),
            ("/{a}/users/{id}/tags", "/1/users/a%2Fb/tags", Some(2)),
            ("/{a}/users", "/1/events", None),
            ("/users/{id}.json", "/users/1.json", Some(1)),
            ("/users/{id}.json", "/users/1", None),
            ("/users/{id}.json", "/users/.json", None),
            ("/grid/{x},{y}", "/grid/1,2", Some(1)),
            ("/grid/{x},{y}", "/grid/1,", None),
            ("/grid/{x},{y}", "/grid/12", None),
        ] {
            assert_eq!(open_segments(template, path), open, "{template} {path}");
        }
    }
}
