//! The rules that OpenAPI itself doesn't have.

mod extensions;
mod names;
mod operations;

use serde_json::Value;

use crate::Problem;
use crate::json::step;
use crate::model::Document;

/// Reports what is wrong in the JSON, whether or not the document can be read.
pub(crate) fn raw(raw: &Value, problems: &mut Vec<Problem>) {
    extensions::extensions(raw, problems);
    extensions::personal(raw, problems);
    references(raw, problems);
}

/// Reports what is wrong in a document that was read.
pub(crate) fn document(document: &Document, problems: &mut Vec<Problem>) {
    extensions::ids(&document.raw, &document.schemas, problems);
    names::operation_ids(document, problems);
    names::schema_names(document, problems);
    operations::shared_limits(document, problems);
    operations::successes(document, problems);
    operations::operations(document, problems);
    operations::path_items(document, problems);
}

fn problem(problems: &mut Vec<Problem>, pointer: String, message: String) {
    problems.push(Problem { pointer, message });
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
