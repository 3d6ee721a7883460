//! References: each resolves to a named schema of the document.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::import::common::json::{every_schema, named_schemas, reference, retain};
use crate::import::common::naming::pascal;
use crate::import::common::references::{self, PREFIX, REF_SIBLINGS};
use crate::import::common::report::{Report, SCHEMAS};

/// Makes every reference one to a named schema: deep ones get a name, unresolved ones become any JSON.
pub(crate) fn resolve(source: &Value, document: &mut Value, report: &mut Report) {
    let mut deep: BTreeMap<String, String> = BTreeMap::new();
    // A schema that gets a name may refer to others in turn.
    for _ in 0..8 {
        let known: Vec<String> = references::names(document);
        let mut found: Vec<(String, Value)> = Vec::new();
        every_schema(document, &mut |pointer, schema| {
            let Some(target) = reference(schema) else {
                return;
            };
            let plain = target
                .strip_prefix(PREFIX)
                .map(|name| name.replace("~1", "/").replace("~0", "~"));
            let new = match plain.as_deref().unwrap_or(&target) {
                name if known.iter().any(|known| known == name) => references::to(name),
                _ if deep.contains_key(&target) => references::to(&deep[&target]),
                _ => match target.strip_prefix('#').and_then(|at| source.pointer(at)) {
                    Some(value) if value.is_object() => {
                        let mut name = deep_name(&target);
                        while known.contains(&name) || found.iter().any(|(other, _)| *other == name)
                        {
                            name.push('_');
                        }
                        report.at(SCHEMAS, pointer).change(format!(
                            "`{target}` is no named schema; it is called `{name}`"
                        ));
                        deep.insert(target.clone(), name.clone());
                        found.push((name.clone(), value.clone()));
                        references::to(&name)
                    }
                    _ => {
                        report.at(SCHEMAS, pointer).change(format!(
                            "`{target}` {}; any JSON is accepted",
                            unresolved(&target)
                        ));
                        json!({})
                    }
                },
            };
            // Some tools ignore siblings of a reference and write types there, too.
            retain(schema, |key| REF_SIBLINGS.contains(&key));
            references::replace(schema, new);
        });
        if found.is_empty() {
            return;
        }
        named_schemas(document).extend(found);
    }
}

/// A name from the last two steps of a pointer that mean something.
fn deep_name(target: &str) -> String {
    let steps: Vec<&str> = target
        .split('/')
        .filter(|step| {
            !matches!(
                *step,
                "#" | "properties"
                    | "components"
                    | "schemas"
                    | "definitions"
                    | "schema"
                    | "content"
            )
        })
        .collect();
    let last = steps.len().saturating_sub(2);
    steps[last..].iter().map(|step| pascal(step)).collect()
}

fn unresolved(target: &str) -> &'static str {
    if target.starts_with('#') {
        "does not resolve"
    } else {
        "is in another file, which is not read"
    }
}
