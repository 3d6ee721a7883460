//! Completes the document with examples. In: a document whose schemas are final. Out: the same with an example at each
//! parameter, body and JSON response: that of the source if it fits its schema, else a synthesised one.

mod errors;
mod fits;
mod synthesise;

use serde_json::{Value, json};

use crate::import::common::json::{each_operation, follow, text};
use crate::import::common::references;
use crate::import::common::report::{EXAMPLES, Report};
use fits::fits;
use synthesise::synthesise;

/// Adds the examples, and the response that all errors share.
pub(crate) fn complete(document: &mut Value, ours: bool, report: &mut Report) {
    all(document, report);
    let example = synthesise(document, &references::to("ApiError")).unwrap_or_else(|| json!({}));
    errors::response(document, &example, ours);
}

/// Gives every parameter, body and JSON response an example that fits.
fn all(document: &mut Value, report: &mut Report) {
    let root = document.clone();
    each_operation(document, |pointer, operation| {
        if let Some(Value::Array(parameters)) = operation.get_mut("parameters") {
            for parameter in parameters {
                let what = format!("parameter `{}`", text(parameter, "name"));
                set_example(&root, parameter, pointer, &what, report);
                // An empty segment is refused, and so are a dot and two.
                let bad = parameter["example"]
                    .as_str()
                    .is_some_and(|text| matches!(text.trim(), "" | "." | ".."));
                if text(parameter, "in") == "path" && bad {
                    parameter["example"] = json!("text");
                }
            }
        }
        if let Some(Value::Object(content)) = operation.pointer_mut("/requestBody/content") {
            for (_, media) in content {
                set_example(&root, media, pointer, "body", report);
            }
        }
        if let Some(Value::Object(responses)) = operation.get_mut("responses") {
            for (_, response) in responses {
                let content = response.get_mut("content").and_then(Value::as_object_mut);
                for (name, media) in content.into_iter().flatten() {
                    if name != "application/octet-stream" {
                        set_example(&root, media, pointer, "response", report);
                    }
                }
            }
        }
    });
}

fn set_example(root: &Value, holder: &mut Value, pointer: &str, what: &str, report: &mut Report) {
    let schema = holder.get("schema").cloned().unwrap_or_default();
    if let Some(example) = holder.get("example") {
        if fits(root, &schema, example, 0) {
            return;
        }
        report.at(EXAMPLES, pointer).change(format!(
            "the example of the {what} doesn't fit its schema; another one is synthesised"
        ));
    } else {
        let own = follow(root, &schema).and_then(|schema| schema.get("example"));
        if own.is_none_or(|own| !fits(root, &schema, own, 0)) {
            report.fill_in("examples");
        }
    }
    holder["example"] = synthesise(root, &schema).unwrap_or_else(|| json!({}));
}
