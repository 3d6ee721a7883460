//! The schema that the errors of all operations share.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::import::common::json::{entries, follow, named_schemas, step};
use crate::import::common::references;
use crate::import::common::report::{Report, SCHEMAS};
use crate::import::common::value_kind::{ValueKind, value_kind};
use crate::import::describe::context::SourceOperation;

/// Adds `ApiError` if the source has none: the schema that most errors of the source have, or one that accepts anything.
pub(crate) fn schema(
    source: &Value,
    document: &mut Value,
    found: &[SourceOperation<'_>],
    report: &mut Report,
) {
    let names = references::names(document);
    let is_object = |name: &String| {
        names.contains(name) && value_kind(document, &references::to(name)) == ValueKind::Object
    };
    if is_object(&"ApiError".to_owned()) {
        return;
    }
    let mut votes: BTreeMap<String, usize> = BTreeMap::new();
    for operation in found {
        for (status, response) in entries(operation.raw, "responses") {
            let success = status.starts_with('2') || status.starts_with('3');
            let content = follow(source, response).unwrap_or(&Value::Null);
            for (_, media) in entries(content, "content").filter(|_| !success) {
                if let Some(name) = media.get("schema").and_then(references::name) {
                    *votes.entry(name.to_owned()).or_default() += 1;
                }
            }
        }
    }
    let most = votes
        .into_iter()
        .filter(|(name, _)| is_object(name))
        .max_by_key(|(_, count)| *count);
    let schema = match most {
        Some((name, _)) => {
            report.at(SCHEMAS, &step("/components/schemas", &name)).change("is what most errors look like; errors of all operations are read as one (`ApiError`)");
            document["components"]["schemas"][&name].clone()
        }
        None => json!({
            "type": "object",
            "description": "The body of an error; its fields are those of the provider.",
            "properties": { "message": { "type": "string", "description": "What went wrong." } },
        }),
    };
    named_schemas(document).insert("ApiError".into(), schema);
}
