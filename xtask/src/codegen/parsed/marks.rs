//! What typify doesn't read from a document: marks, the order of properties, descriptions behind references.

use engagement_document::Document;
use serde_json::Value;

use super::ParsedOutput;
use crate::codegen::{Failure, docs, names};

/// Adds which fields are personal, and the description of the schema that a field without its own refers to.
pub(super) fn add_schema_marks(
    document: &Document,
    parsed: &mut ParsedOutput,
) -> Result<(), Failure> {
    let schemas = &document.schemas;
    for object in &mut parsed.objects {
        let named = |name: &&str| object.name == names::pascal(name);
        let Some(schema) = schemas
            .names()
            .find(named)
            .and_then(|name| schemas.get(name))
        else {
            // Inline in another schema, under a name of typify's: its marks can't be found.
            for field in &mut object.fields {
                field.personal = true;
            }
            continue;
        };
        object.partial_failure = schema.get("x-partial-failure") == Some(&Value::Bool(true));
        for (position, (name, property)) in schemas.properties(schema).into_iter().enumerate() {
            let field = object.fields.iter_mut().find(|field| field.wire == name);
            let personal = schemas.is_personal(property);
            let Some(field) = field else {
                if personal {
                    return Err(Failure::new(format!(
                        "the personal property `{name}` of `{}` has no field: this is a defect of xtask",
                        object.name
                    )));
                }
                continue;
            };
            field.personal = personal;
            field.position = position;
            if field.docs.is_empty() {
                let text = schemas.resolve(property).get("description");
                let text = text.and_then(Value::as_str).unwrap_or_default();
                field.docs = docs::wrap(&docs::rustdoc(text));
            }
        }
    }
    Ok(())
}
