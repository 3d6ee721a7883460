//! Passes that replace schemas by types of our own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{OpenEnum, Pass, Refusal, SchemaContext, add_placeholder, each_schema, refer};
use crate::json::{list, remove, text};

/// Replaces schemas by a type of the runtime: a named schema as such, another one by a reference.
pub(super) struct Replacer {
    name: &'static str,
    path: &'static str,
    components: Vec<String>,
    /// Whether any schema refers to the type.
    references: bool,
}

impl Replacer {
    pub(super) fn new(name: &'static str, path: &'static str) -> Self {
        Self {
            name,
            path,
            components: Vec::new(),
            references: false,
        }
    }

    pub(super) fn replace(&mut self, context: SchemaContext<'_>, schema: &mut Value) {
        if context.component {
            self.components.push(context.name.to_owned());
        } else {
            refer(schema, self.name);
            self.references = true;
        }
    }

    /// Whether the named schema was replaced.
    pub(super) fn has_component(&self, name: &str) -> bool {
        self.components.iter().any(|component| component == name)
    }

    pub(super) fn finish(mut self, pass: &mut Pass<'_>) {
        if self.references {
            self.components.push(self.name.to_owned());
        }
        pass.changed |= !self.components.is_empty();
        for name in self.components {
            add_placeholder(&mut pass.out.document, &name);
            pass.out.replacements.insert(name, self.path.to_owned());
        }
    }
}

/// Gives parts of multipart bodies that are files a type which streams them.
pub(super) fn files_are_uploads(pass: &mut Pass<'_>) {
    of_format(pass, "binary", "Upload", "engagement_core::Upload");
}

/// Gives passwords and tokens a type that doesn't print them.
pub(super) fn passwords_are_secret(pass: &mut Pass<'_>) {
    of_format(pass, "password", "Secret", "engagement_core::Secret");
}

fn of_format(pass: &mut Pass<'_>, format: &str, name: &'static str, path: &'static str) {
    replace_where(pass, name, path, |schema| text(schema, "format") == format);
}

/// Replaces the schemas that `wanted` accepts.
fn replace_where(
    pass: &mut Pass<'_>,
    name: &'static str,
    path: &'static str,
    wanted: impl Fn(&Value) -> bool,
) {
    let mut replacer = Replacer::new(name, path);
    each_schema(&mut pass.out.document, |context, schema| {
        if wanted(schema) {
            replacer.replace(context, schema);
        }
    });
    replacer.finish(pass);
}

/// Gives times since 1970 a type that carries their unit: one provider uses seconds and milliseconds side by side.
pub(super) fn epochs_have_a_type(pass: &mut Pass<'_>) {
    let mut seconds = Replacer::new("EpochSeconds", "engagement_core::EpochSeconds");
    let mut millis = Replacer::new("EpochMillis", "engagement_core::EpochMillis");
    each_schema(&mut pass.out.document, |context, schema| {
        match text(schema, "x-epoch").as_str() {
            "seconds" => seconds.replace(context, schema),
            "milliseconds" => millis.replace(context, schema),
            "" => {}
            other => {
                let message = format!(
                    "schema {}: `x-epoch: {other}`: use seconds or milliseconds",
                    context.name
                );
                pass.refusals.push(Refusal::new(context.pointer, message));
            }
        }
    });
    seconds.finish(pass);
    millis.finish(pass);
}

/// Turns a union of string, number and boolean into one value type that keeps what was read: typify's own reads
/// numbers as `f64` and so loses digits.
pub(super) fn scalar_unions_have_a_type(pass: &mut Pass<'_>) {
    replace_where(pass, "Scalar", "engagement_core::Scalar", is_scalar_union);
}

/// Whether the schema is a union of string, number and boolean, or of some of them.
pub(super) fn is_scalar_union(schema: &Value) -> bool {
    let key = if schema.get("oneOf").is_some() {
        "oneOf"
    } else {
        "anyOf"
    };
    let parts = list(schema, key);
    let mut kinds = parts.iter().map(|part| text(part, "type"));
    let scalar = |kind: &str| matches!(kind, "string" | "integer" | "number" | "boolean");
    parts.len() > 1 && kinds.all(|kind| scalar(&kind))
}

/// Removes string enums from the document, to emit them with an `Unknown` variant: typify's reject a response because of one
/// new value.
pub(super) fn enums_are_open(pass: &mut Pass<'_>) {
    let mut inner = BTreeSet::new();
    let mut places = BTreeMap::new();
    each_schema(&mut pass.out.document, |context, schema| {
        let description = text(schema, "description");
        let known = remove(schema, "enum");
        let Some(values) = remove(schema, "x-extensible-enum").or(known) else {
            return;
        };
        // Numbers: the code list stays in the description, the type is the number's.
        let Ok(values) = serde_json::from_value::<Vec<String>>(values) else {
            return;
        };
        let name = context.name;
        let open = OpenEnum {
            description,
            values,
        };
        let values = open.values.clone();
        let earlier = pass.out.enums.insert(name.to_owned(), open);
        if earlier.is_some_and(|earlier| earlier.values != values) {
            let first = places.get(name).map_or("", String::as_str);
            let message = format!(
                "two enums get the name `{name}`: give one a named schema (the other is at {})",
                pass.source.place(first)
            );
            pass.refusals.push(Refusal::new(context.pointer, message));
        }
        places.insert(name.to_owned(), context.pointer.to_owned());
        if !context.component {
            refer(schema, name);
            inner.insert(name.to_owned());
        }
    });
    for name in inner {
        add_placeholder(&mut pass.out.document, &name);
    }
    pass.changed = !pass.out.enums.is_empty();
}
