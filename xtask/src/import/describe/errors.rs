//! The schema that the errors of all operations share.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::import::common::json::{entries, follow, object, step};
use crate::import::common::references;
use crate::import::common::report::{Report, SCHEMAS};
use crate::import::common::shapes::{Shape, shape};
use crate::import::describe::context::Found;

/// Sees to it that `ApiError` exists: the schema that most errors of the source have, or one that takes anything.
pub(crate) fn schema(
    source: &Value,
    document: &mut Value,
    found: &[Found<'_>],
    report: &mut Report,
) {
    let names = references::names(document);
    if names
        .iter()
        .any(|name| name == "ApiError" && shape(document, &references::to(name)) == Shape::Object)
    {
        return;
    }
    let mut votes: BTreeMap<String, usize> = BTreeMap::new();
    for operation in found {
        for (status, answer) in entries(operation.raw, "responses") {
            let success = status.starts_with('2') || status.starts_with('3');
            let content = follow(source, answer).unwrap_or(&Value::Null);
            for (_, media) in entries(content, "content").filter(|_| !success) {
                let named = media
                    .get("schema")
                    .and_then(|schema| references::name(schema));
                if let Some(name) = named {
                    *votes.entry(name.to_owned()).or_default() += 1;
                }
            }
        }
    }
    let is_object = |name: &String| {
        names.contains(name) && shape(document, &references::to(name)) == Shape::Object
    };
    let most = votes
        .into_iter()
        .filter(|(name, _)| is_object(name))
        .max_by_key(|(_, count)| *count);
    let schema = match most {
        Some((name, _)) => {
            report.change(SCHEMAS, &step("/components/schemas", &name), "is what most errors look like; errors of all operations are read as one (`ApiError`)");
            document["components"]["schemas"][&name].clone()
        }
        None => json!({
            "type": "object",
            "description": "What an error says; the provider's own words are among its keys.",
            "properties": { "message": { "type": "string", "description": "What went wrong." } },
        }),
    };
    object(document, "components");
    object(&mut document["components"], "schemas").insert("ApiError".into(), schema);
}
