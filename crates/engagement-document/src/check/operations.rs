//! Operations: groups, parameters, pagination, limits and examples agree with each other.

use std::collections::BTreeMap;

use serde_json::Value;

use super::names::folded;
use super::problem;
use crate::Problem;
use crate::json::METHODS;
use crate::model::{Document, Location, Operation, RateLimit};

/// Reports what is wrong with each operation.
pub(super) fn operations(document: &Document, problems: &mut Vec<Problem>) {
    for operation in &document.operations {
        let pointer = format!("operation {}", operation.id);
        group(document, operation, &pointer, problems);
        parameters(operation, &pointer, problems);
        pagination(document, operation, &pointer, problems);
    }
}

fn group(document: &Document, operation: &Operation, pointer: &str, problems: &mut Vec<Problem>) {
    let known = document
        .groups
        .iter()
        .any(|group| group.name == operation.group);
    if !known && !operation.group.is_empty() {
        problem(
            problems,
            pointer.to_owned(),
            format!(
                "its tag `{}` is not among the tags at the top",
                operation.group
            ),
        );
    }
}

fn parameters(operation: &Operation, pointer: &str, problems: &mut Vec<Problem>) {
    let mut names = BTreeMap::new();
    for parameter in &operation.parameters {
        // Path and body may share a name: the value goes to both.
        // Only arguments have names in Rust.
        if parameter.constant.is_some() {
            continue;
        }
        if let Some(other) = names.insert(folded(parameter.named()), &parameter.name) {
            problem(
                problems,
                pointer.to_owned(),
                format!(
                    "parameters `{other}` and `{}` get the same Rust name: give the schema of one an `x-rust-name`",
                    parameter.name
                ),
            );
        }
        if parameter.location == Location::Path && !parameter.required {
            problem(
                problems,
                pointer.to_owned(),
                format!(
                    "path parameter `{}` must be `required: true`",
                    parameter.name
                ),
            );
        }
    }
}

fn pagination(
    document: &Document,
    operation: &Operation,
    pointer: &str,
    problems: &mut Vec<Problem>,
) {
    let Some(pagination) = &operation.pagination else {
        return;
    };
    let in_body = operation.body.as_ref().is_some_and(|body| {
        let fields = document.schemas.properties(&body.schema);
        fields.iter().any(|(name, _)| *name == pagination.param())
    });
    let mut parameters = operation.parameters.iter();
    if !in_body && !parameters.any(|parameter| parameter.name == pagination.param()) {
        problem(
            problems,
            pointer.to_owned(),
            format!(
                "`x-pagination` names the parameter `{}`, which the operation doesn't have",
                pagination.param()
            ),
        );
    }
}

/// Reports fields of path items that are read by nobody.
pub(super) fn path_items(document: &Document, problems: &mut Vec<Problem>) {
    let paths = document.raw.get("paths").and_then(Value::as_object);
    for (key, item) in paths.into_iter().flatten() {
        let names = item.as_object().into_iter().flatten();
        for unknown in names.map(|(name, _)| name.as_str()) {
            if !METHODS.contains(&unknown)
                && !["parameters", "summary", "description", "servers"].contains(&unknown)
            {
                problem(
                    problems,
                    format!("/paths/{key}"),
                    format!("`{unknown}` is neither a method nor a field of a path item"),
                );
            }
        }
    }
}

/// Reports examples of success that would be read as failures.
pub(super) fn successes(document: &Document, problems: &mut Vec<Problem>) {
    let Some(mark) = &document.error_in_success else {
        return;
    };
    for operation in &document.operations {
        let examples = operation
            .responses
            .iter()
            .filter_map(|it| it.example.as_ref());
        let marked = |example: &Value| {
            let mut keys = mark.path.iter();
            let found = keys.try_fold(example, |value, key| value.as_object()?.get(key));
            found.and_then(Value::as_str) == Some(&mark.value)
        };
        if examples.into_iter().any(marked) {
            problem(
                problems,
                format!("operation {}", operation.id),
                format!(
                    "its example of a success has `{}` at `/{}`, which `x-error-in-success` reads as a failure",
                    mark.value,
                    mark.path.join("/")
                ),
            );
        }
    }
}

pub(super) fn shared_limits(document: &Document, problems: &mut Vec<Problem>) {
    let limits = |operation: &'_ Operation| operation.rate_limit.clone();
    for (at, operation) in document.operations.iter().enumerate() {
        let Some(limit) = limits(operation).filter(|limit| !limit.shared.is_empty()) else {
            continue;
        };
        let name = &limit.shared;
        let pointer = format!("operation {}", operation.id);
        if document.operations.iter().any(|other| other.id == *name) {
            let message = format!("the shared rate limit `{name}` has the name of an operation");
            problem(problems, pointer.clone(), message);
        }
        let differs = |other: &RateLimit| {
            other.shared == *name
                && (other.requests, other.seconds) != (limit.requests, limit.seconds)
        };
        let mut earlier = document.operations[..at].iter().filter_map(limits);
        if earlier.any(|other| differs(&other)) {
            let message = format!("the shared rate limit `{name}` has another value elsewhere");
            problem(problems, pointer, message);
        }
    }
}
