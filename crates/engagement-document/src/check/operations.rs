//! Operations: groups, parameters, pagination, limits and examples agree with each other.

use std::collections::BTreeMap;

use serde_json::Value;

use super::names::folded;
use super::{clash, problem};
use crate::Problem;
use crate::json::{METHODS, step};
use crate::model::{Document, Location, Operation, RateLimit};

/// Reports what is wrong with each operation.
pub(super) fn operations(document: &Document, problems: &mut Vec<Problem>) {
    for operation in &document.operations {
        let pointer = operation.pointer();
        group(document, operation, &pointer, problems);
        parameters(operation, problems);
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
            step(pointer, "tags"),
            format!(
                "its tag `{}` is not among the `tags` at the top: add it there with a description",
                operation.group
            ),
        );
    }
}

fn parameters(operation: &Operation, problems: &mut Vec<Problem>) {
    let mut names = BTreeMap::new();
    for parameter in &operation.parameters {
        // Path and body may share a name: the value goes to both.
        // Only arguments have names in Rust.
        if parameter.constant.is_some() {
            continue;
        }
        if let Some(other) = names.insert(folded(parameter.named()), parameter) {
            let message = format!(
                "parameters `{}` and `{}` get the same Rust name: give one an `x-rust-name`",
                other.name, parameter.name
            );
            let (at, first) = (parameter.pointer.clone(), other.pointer.clone());
            clash(problems, at, first, message);
        }
        if parameter.location == Location::Path && !parameter.required {
            problem(
                problems,
                parameter.pointer.clone(),
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
    if !pagination.param().is_empty()
        && !in_body
        && !parameters.any(|parameter| parameter.name == pagination.param())
    {
        problem(
            problems,
            step(pointer, "x-pagination"),
            format!(
                "`x-pagination` names the parameter `{}`, which the operation doesn't have: add it, or name the one that takes the cursor",
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
                    step(&step("/paths", key), unknown),
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
                step(&operation.pointer(), "responses"),
                format!(
                    "its example of a success has `{}` at `/{}`, which `x-error-in-success` reads as a failure: change one of them",
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
        let pointer = step(&operation.pointer(), "x-rate-limit");
        if document.operations.iter().any(|other| other.id == *name) {
            let message =
                format!("the shared rate limit `{name}` has the name of an operation: rename it");
            problem(problems, pointer.clone(), message);
        }
        let differs = |other: &RateLimit| {
            other.shared == *name
                && (other.requests, other.seconds) != (limit.requests, limit.seconds)
        };
        let mut earlier = document.operations[..at].iter();
        if let Some(first) = earlier.find(|other| limits(other).is_some_and(|it| differs(&it))) {
            let message = format!(
                "the shared rate limit `{name}` has another value elsewhere: make both equal, or rename one"
            );
            let first = step(&first.pointer(), "x-rate-limit");
            clash(problems, pointer, first, message);
        }
    }
}

/// Reports operations that have the same method and path without saying so: the names of parameters don't tell them apart.
pub(super) fn paths(document: &Document, problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<(&str, String), &Operation> = BTreeMap::new();
    for operation in &document.operations {
        let key = (operation.method.as_str(), without_names(&operation.path));
        let Some(first) = seen.insert(key, operation) else {
            continue;
        };
        if first.path == operation.path {
            continue;
        }
        let message = format!(
            "the path `{}` is equal to `{}`: write both alike, and tell the keys apart with `#…` behind the path",
            operation.path, first.path
        );
        clash(problems, operation.pointer(), first.pointer(), message);
    }
}

/// A path with `{}` for each parameter.
fn without_names(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| {
        path + "{}" + part.split_once('}').map_or("", |(_, rest)| rest)
    })
}
