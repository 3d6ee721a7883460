//! Removes what the rules refuse, so that one invalid operation doesn't cost all the others.

use std::collections::BTreeSet;

use engagement_document::{Document, DocumentError};
use serde_json::{Value, json};

use crate::import::common::json::{self, METHODS, entries, step, strings, text};
use crate::import::common::report::{OPERATIONS, Report, SCHEMAS};
use crate::import::common::{Failure, references};
use crate::import::schemas;

/// A part of a document that can be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Operation {
        key: String,
        method: &'static str,
        id: String,
    },
    Schema(String),
}

impl Part {
    pub(crate) fn pointer(&self) -> String {
        match self {
            Self::Operation { key, method, .. } => step(&step("/paths", key), method),
            Self::Schema(name) => step("/components/schemas", name),
        }
    }
}

/// Every operation of a document.
pub(crate) fn operations(document: &Value) -> Vec<Part> {
    let mut found = Vec::new();
    for (key, item) in entries(document, "paths") {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                found.push(Part::Operation {
                    key: key.clone(),
                    method,
                    id: text(operation, "operationId"),
                });
            }
        }
    }
    found
}

/// The part that a problem belongs to, by its place: a JSON pointer, `operation ID` or `METHOD /path`.
fn part_at(document: &Value, place: &str) -> Option<Part> {
    let under = |pointer: &str| {
        place
            .strip_prefix(pointer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let operations = operations(document);
    let mut at = operations.iter().filter(|part| match part {
        Part::Operation { key, method, id } => {
            under(&part.pointer())
                || place == format!("operation {id}")
                || place == format!("{} {key}", method.to_uppercase())
        }
        Part::Schema(_) => false,
    });
    if let Some(part) = at.next() {
        return Some(part.clone());
    }
    let names = references::names(document);
    let name = names
        .iter()
        .filter(|name| under(&step("/components/schemas", name)))
        .max_by_key(|name| name.len());
    name.map(|name| Part::Schema(name.clone()))
}

/// Removes an operation, or makes a schema any JSON; `false` if that was done already.
pub(crate) fn remove(document: &mut Value, part: &Part) -> bool {
    match part {
        Part::Operation { key, method, .. } => {
            let paths = json::object(document, "paths");
            let Some(item) = paths.get_mut(key) else {
                return false;
            };
            let found = json::remove(item, method).is_some();
            if *item == json!({}) {
                paths.shift_remove(key);
            }
            found
        }
        Part::Schema(name) => {
            let schema = &mut document["components"]["schemas"][name];
            let empty = *schema == json!({}) || name == "ApiError";
            *schema = json!({});
            !empty
        }
    }
}

/// Drops groups and schemas that nothing uses any more.
pub(crate) fn prune(document: &mut Value, report: &mut Report) {
    let mut used = BTreeSet::new();
    json::each_operation(document, |_, operation| {
        used.extend(strings(operation, "tags").into_iter().next());
    });
    if let Some(Value::Array(tags)) = document.get_mut("tags") {
        tags.retain(|tag| used.contains(&text(tag, "name")));
    }
    schemas::drop_unused(document, report);
}

/// Removes what our rules refuse, until the document is valid.
pub(crate) fn until_valid(document: &mut Value, report: &mut Report) -> Result<(), Failure> {
    loop {
        if operations(document).is_empty() {
            return Err(Failure::new(
                "/paths",
                format!(
                    "no operation is left that a client could call\n{}",
                    report.summary()
                ),
            ));
        }
        let problems = match Document::from_value(document.clone()) {
            Ok(_) => return Ok(()),
            Err(DocumentError::Invalid(problems)) => problems,
            Err(error) => return Err(Failure::new("", error.to_string())),
        };
        let mut removed = false;
        for problem in &problems {
            let Some(part) = part_at(document, &problem.pointer) else {
                continue;
            };
            if remove(document, &part) {
                removed = true;
                report_removal(&part, &problem.message, report);
            }
        }
        if !removed {
            let first = &problems[0];
            return Err(Failure::new(
                &first.pointer,
                format!(
                    "{} ({} problem(s) in all); correct it in the source and import again",
                    first.message,
                    problems.len()
                ),
            ));
        }
        prune(document, report);
    }
}

/// Reports what was removed, and why.
pub(crate) fn report_removal(part: &Part, reason: &str, report: &mut Report) {
    match part {
        Part::Operation { id, .. } => report
            .at(OPERATIONS, &part.pointer())
            .leave_out(format!("`{id}`: {reason}")),
        Part::Schema(_) => report
            .at(SCHEMAS, &part.pointer())
            .change(format!("any JSON is accepted: {reason}")),
    }
}
