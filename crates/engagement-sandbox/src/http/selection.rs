//! Selecting one of several operations with the same method and path.

use engagement_document::{BodyKind, Location, Operation};

use super::content::MediaType;
use super::router::Candidate;
use crate::accounts::response::{ApiError, bad_request};

/// Selects an operation by its constant query parameters, then by the media type of the body.
pub(crate) fn select(
    operations: &[Operation],
    candidates: Vec<Candidate>,
    query: &[(String, String)],
    media_type: MediaType,
) -> Result<Candidate, ApiError> {
    // A single operation needs no selection: its constants are validated with its other parameters.
    let several = candidates.len() > 1;
    let mut constants = Vec::new();
    let mut matching: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let operation = &operations[candidate.operation];
        let missing = several
            .then(|| missing_constant(operation, query))
            .flatten();
        match missing {
            Some((name, constant)) => constants.push(format!("{name}={constant}")),
            None => matching.push(candidate),
        }
    }
    if matching.len() > 1 {
        let kind = match media_type {
            MediaType::Known(kind) => kind,
            MediaType::Missing | MediaType::Unknown => BodyKind::Form,
        };
        let has_kind = |candidate: &Candidate| {
            let body = operations[candidate.operation].body.as_ref();
            body.map(|body| body.kind) == Some(kind)
        };
        if let Some(index) = matching.iter().position(has_kind) {
            return Ok(matching.swap_remove(index));
        }
    }
    matching.into_iter().next().ok_or_else(|| {
        bad_request(format!(
            "the query must contain one of {}",
            constants.join(", ")
        ))
    })
}

/// The first constant query parameter of an operation that a query lacks.
fn missing_constant<'a>(
    operation: &'a Operation,
    query: &[(String, String)],
) -> Option<(&'a str, &'a str)> {
    let parameters = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.location == Location::Query);
    parameters
        .filter_map(|parameter| Some((parameter.name.as_str(), parameter.constant.as_deref()?)))
        .find(|(name, constant)| {
            !query
                .iter()
                .any(|(given, value)| given == name && value == constant)
        })
}
