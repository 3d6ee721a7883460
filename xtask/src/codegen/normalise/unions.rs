//! Passes that replace schemas by types of our own.

use std::collections::{BTreeMap, BTreeSet};

use engagement_document::Document;
use serde_json::Value;

use super::{Normalised, OpenEnum, SchemaContext, add_placeholder, each_schema, refer};
use crate::codegen::Failure;

/// Replaces schemas by a type of the runtime: a named schema as such, another one by a reference.
pub(super) struct Replacer {
    name: &'static str,
    path: &'static str,
    components: Vec<String>,
    references: usize,
}

impl Replacer {
    pub(super) fn new(name: &'static str, path: &'static str) -> Self {
        Self {
            name,
            path,
            components: Vec::new(),
            references: 0,
        }
    }

    pub(super) fn replace(&mut self, context: SchemaContext<'_>, schema: &mut Value) {
        if context.component {
            self.components.push(context.name.to_owned());
        } else {
            refer(schema, self.name);
            self.references += 1;
        }
    }

    /// Whether the named schema was replaced.
    pub(super) fn has_component(&self, name: &str) -> bool {
        self.components.iter().any(|component| component == name)
    }

    pub(super) fn finish(self, normalised: &mut Normalised) -> usize {
        let changed = self.references + self.components.len();
        if self.references > 0 {
            add_placeholder(&mut normalised.document, self.name);
            normalised
                .replacements
                .insert(self.name.to_owned(), self.path.to_owned());
        }
        for name in self.components {
            add_placeholder(&mut normalised.document, &name);
            normalised.replacements.insert(name, self.path.to_owned());
        }
        changed
    }
}

/// Gives parts of multipart bodies that are files a type which streams them.
pub(super) fn files_are_uploads(
    _: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    of_format(normalised, "binary", "Upload", "engagement_core::Upload")
}

/// Gives passwords and tokens a type that doesn't print them.
pub(super) fn passwords_are_secret(
    _: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    of_format(normalised, "password", "Secret", "engagement_core::Secret")
}

fn of_format(
    normalised: &mut Normalised,
    format: &str,
    name: &'static str,
    path: &'static str,
) -> Result<usize, Failure> {
    let mut replacer = Replacer::new(name, path);
    each_schema(&mut normalised.document, &mut |context, schema| {
        if schema.get("format").and_then(Value::as_str) == Some(format) {
            replacer.replace(context, schema);
        }
    });
    Ok(replacer.finish(normalised))
}

/// Gives times since 1970 a type that carries their unit: one provider uses seconds and milliseconds side by side.
pub(super) fn epochs_have_a_type(
    _: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    let mut seconds = Replacer::new("EpochSeconds", "engagement_core::EpochSeconds");
    let mut millis = Replacer::new("EpochMillis", "engagement_core::EpochMillis");
    let mut failure = None;
    each_schema(
        &mut normalised.document,
        &mut |context, schema| match schema.get("x-epoch").and_then(Value::as_str) {
            Some("seconds") => seconds.replace(context, schema),
            Some("milliseconds") => millis.replace(context, schema),
            Some(other) => {
                failure = Some(format!(
                    "schema {}: `x-epoch: {other}`: use seconds or milliseconds",
                    context.name
                ))
            }
            None => {}
        },
    );
    match failure {
        Some(failure) => Err(Failure::new(failure)),
        None => Ok(seconds.finish(normalised) + millis.finish(normalised)),
    }
}

/// Turns a union of string, number and boolean into one value type that keeps what was read: typify's own reads
/// numbers as `f64` and so loses digits.
pub(super) fn scalar_unions_have_a_type(
    _: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    let mut scalars = Replacer::new("Scalar", "engagement_core::Scalar");
    each_schema(&mut normalised.document, &mut |context, schema| {
        if is_scalar_union(schema) {
            scalars.replace(context, schema);
        }
    });
    Ok(scalars.finish(normalised))
}

/// Whether the schema is a union of string, number and boolean, or of some of them.
pub(super) fn is_scalar_union(schema: &Value) -> bool {
    let parts = schema
        .get("oneOf")
        .or_else(|| schema.get("anyOf"))
        .and_then(Value::as_array);
    let scalar = |part: &Value| {
        matches!(
            part.get("type").and_then(Value::as_str),
            Some("string" | "integer" | "number" | "boolean")
        )
    };
    parts.is_some_and(|parts| parts.len() > 1 && parts.iter().all(scalar))
}

/// Removes string enums from the document, to emit them with an `Unknown` variant: typify's reject a response because of one
/// new value.
pub(super) fn enums_are_open(_: &Document, normalised: &mut Normalised) -> Result<usize, Failure> {
    let mut found: BTreeMap<String, OpenEnum> = BTreeMap::new();
    let mut failures = Vec::new();
    let mut inner = BTreeSet::new();
    each_schema(&mut normalised.document, &mut |context, schema| {
        let values = schema
            .get("x-extensible-enum")
            .or_else(|| schema.get("enum"))
            .and_then(Value::as_array);
        let Some(values) = values else { return };
        let Some(values) = values
            .iter()
            .map(|value| value.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
        else {
            // Numbers: the code list stays in the description, the type is the number's.
            if let Value::Object(object) = schema {
                object.remove("enum");
            }
            return;
        };
        let description = schema
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .trim()
            .to_owned();
        let open = OpenEnum {
            description,
            values,
        };
        let name = context.name;
        match found.get(name) {
            Some(other) if other.values != open.values => failures.push(format!(
                "two enums get the name `{name}`: give one a named schema"
            )),
            _ => {
                found.insert(name.to_owned(), open);
            }
        }
        if let Value::Object(object) = schema {
            object.remove("x-extensible-enum");
            object.remove("enum");
        }
        if !context.component {
            refer(schema, name);
            inner.insert(name.to_owned());
        }
    });
    if let Some(failure) = failures.into_iter().next() {
        return Err(Failure::new(failure));
    }
    for name in inner {
        add_placeholder(&mut normalised.document, &name);
    }
    normalised.enums = found;
    Ok(normalised.enums.len())
}
