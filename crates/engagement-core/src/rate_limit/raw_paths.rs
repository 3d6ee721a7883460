//! Finds the operation that a raw request corresponds to.

use reqwest::{Method, Url};

use crate::http::base_url::BaseUrl;
use crate::provider::{Operation, Provider};

/// The operation with this method and path on a server of the provider; of several, the one with the fewest path
/// parameters.
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
        .min_by_key(|(open, _)| *open)
        .map(|(_, operation)| operation)
}

/// How many segments of a path are parameters of the template, if the path matches it.
fn open_segments(template: &str, path: &str) -> Option<usize> {
    let (mut templates, mut segments) = (template.split('/'), path.split('/'));
    let mut open = 0;
    loop {
        match (templates.next(), segments.next()) {
            (None, None) => return Some(open),
            (Some(template), Some(segment)) if template == segment => {}
            (Some(template), Some(segment)) if template.contains('{') && !segment.is_empty() => {
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
        ] {
            assert_eq!(open_segments(template, path), open, "{template} {path}");
        }
    }
}
