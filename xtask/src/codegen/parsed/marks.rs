//! What typify doesn't read from a document: marks, the order of properties, descriptions behind references.

use std::collections::BTreeMap;

use engagement_document::Document;

use super::ParsedOutput;
use crate::codegen::{Failure, docs, names};
use crate::json::{flag, text};

/// Adds which fields are personal, and the description of the schema that a field without its own refers to.
pub(super) fn add_schema_marks(
    document: &Document,
    parsed: &mut ParsedOutput,
) -> Result<(), Failure> {
    let schemas = &document.schemas;
    let mut by_type = BTreeMap::new();
    for name in schemas.names() {
        by_type.entry(names::pascal(name)).or_insert(name);
    }
    for object in &mut parsed.objects {
        let name = by_type.get(&object.name.to_string());
        let Some(schema) = name.and_then(|name| schemas.get(name)) else {
            // Inline in another schema, under a name of typify's: its marks can't be found.
            for field in &mut object.fields {
                field.personal = true;
            }
            continue;
        };
        object.partial_failure = flag(schema, "x-partial-failure");
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
                field.docs = docs::prose(&text(schemas.resolve(property), "description"));
            }
        }
    }
    Ok(())
}
