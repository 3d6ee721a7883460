//! The rules that OpenAPI itself doesn't have.

mod extensions;
mod keywords;
mod names;
mod operations;
mod schemas;
mod specs;

use serde_json::Value;

use crate::Problem;
use crate::json::step;
use crate::model::Document;

/// Which rules a document is checked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Those that generated code depends on.
    Code,
    /// All of `specs/README.md`.
    All,
}

/// Reports what is wrong in the JSON, whether or not the document can be read.
pub(crate) fn raw(raw: &Value, rules: Rules, problems: &mut Vec<Problem>) {
    match rules {
        Rules::Code => extensions::extensions(raw, problems),
        Rules::All => {
            let schemas = keywords::keywords(raw, problems);
            schemas::schemas(raw, &schemas, problems);
        }
    }
    extensions::personal(raw, problems);
    references(raw, problems);
}

/// Reports what is wrong in a document that was read.
pub(crate) fn document(document: &Document, rules: Rules, problems: &mut Vec<Problem>) {
    if rules == Rules::All {
        specs::operations(document, problems);
        specs::texts(document, problems);
        operations::paths(document, problems);
    } else {
        operations::path_items(document, problems);
    }
    extensions::ids(&document.raw, &document.schemas, problems);
    names::operation_ids(document, problems);
    names::schema_names(document, problems);
    operations::shared_limits(document, problems);
    operations::successes(document, problems);
    operations::operations(document, problems);
}

fn problem(problems: &mut Vec<Problem>, pointer: String, message: String) {
    problems.push(Problem {
        pointer,
        message,
        ..Problem::default()
    });
}

/// Reports two places that clash.
fn clash(problems: &mut Vec<Problem>, pointer: String, other: String, message: String) {
    problems.push(Problem {
        pointer,
        message,
        other: Some(other),
        ..Problem::default()
    });
}

/// Reports references that do not resolve.
fn references(raw: &Value, problems: &mut Vec<Problem>) {
    walk(raw, "", &mut |pointer, key, value| {
        if key != "$ref" {
            return;
        }
        let target = value.as_str().unwrap_or_default();
        let found = target
            .strip_prefix('#')
            .is_some_and(|target| raw.pointer(target).is_some());
        if !found {
            problem(
                problems,
                pointer.to_owned(),
                format!("`$ref: {target}` does not resolve: define it or correct the name"),
            );
        }
    });
}

/// Visits every field of the document except those inside examples, which are data.
fn walk(value: &Value, pointer: &str, visit: &mut impl FnMut(&str, &str, &Value)) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                visit(pointer, key, value);
                // A property may be called `example` too: its value is a schema then.
                let data = matches!(key.as_str(), "example" | "examples" | "enum" | "default")
                    && !pointer.ends_with("/properties");
                if !data {
                    walk(value, &step(pointer, key), visit);
                }
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                walk(value, &format!("{pointer}/{at}"), visit);
            }
        }
        _ => {}
    }
}
