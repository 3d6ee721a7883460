//! Compiled schemas of the documents, and messages about values that violate them.

use engagement_document::{Document, Operation, Schemas};
use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::Location;
use jsonschema::{Keyword, ValidationError, Validator};
use serde_json::{Map, Value, json};

/// Messages name at most this many violations of a schema.
const MAX_VIOLATIONS: usize = 3;

/// The compiled schemas of an operation.
pub(crate) struct OperationSchemas {
    /// One for each of its parameters.
    pub(crate) parameters: Vec<Validator>,
    pub(crate) body: Option<Validator>,
}

impl OperationSchemas {
    /// Compiles the schemas of an operation. In fields of the body that are `unvalidated` only the type is checked.
    pub(crate) fn new(
        document: &Document,
        operation: &Operation,
        unvalidated: Option<&[&str]>,
    ) -> Result<Self, String> {
        let compile = |schema: &Value| {
            compile(schema)
                .map_err(|e| format!("the document's schema of `{}` is broken: {e}", operation.id))
        };
        let schemas = &document.schemas;
        let parameters = operation
            .parameters
            .iter()
            .map(|parameter| compile(&schemas.json_schema(&parameter.schema)))
            .collect::<Result<_, _>>()?;
        let body = match (&operation.body, unvalidated) {
            (None, _) => None,
            (Some(body), None) => Some(compile(&schemas.json_schema(&body.schema))?),
            (Some(body), Some(fields)) => Some(compile(&shallow(schemas, &body.schema, fields))?),
        };
        Ok(Self { parameters, body })
    }
}

/// A schema that requires the same fields, and checks only the type of the named ones.
fn shallow(schemas: &Schemas, schema: &Value, fields: &[&str]) -> Value {
    let properties = schemas.properties(schema);
    let type_of = |name: &str| {
        let schema = properties.iter().find(|(known, _)| *known == name);
        schema.map_or(
            json!({}),
            |(_, schema)| json!({ "type": schemas.resolve(schema).get("type") }),
        )
    };
    let types: Map<String, Value> = fields
        .iter()
        .map(|&name| (name.to_owned(), type_of(name)))
        .collect();
    let required: Vec<&str> = schemas.required(schema).into_iter().collect();
    json!({ "type": "object", "required": required, "properties": types })
}

/// A validator for a schema of a document.
pub(crate) fn validator(schemas: &Schemas, schema: &Value) -> Option<Validator> {
    compile(&schemas.json_schema(schema)).ok()
}

/// Compiles a schema. Of formats, only `int64` is checked.
fn compile(schema: &Value) -> Result<Validator, ValidationError<'static>> {
    let options = jsonschema::options().with_keyword("format", format_of_numbers);
    options.build(schema).map_err(ValidationError::to_owned)
}

/// The check of the keyword `format` in a schema.
fn format_of_numbers<'a>(
    _: &'a Map<String, Value>,
    format: &'a Value,
    _: Location,
) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    let is_int64 = format == "int64";
    Ok(Box::new(NumberFormat { is_int64 }))
}

/// Refuses integers that don't fit into 64 bits. JSON is read with such numbers as floating-point numbers, which would
/// be stored and sent as other numbers.
struct NumberFormat {
    is_int64: bool,
}

impl<'i> Keyword<'i> for NumberFormat {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) {
            return Ok(());
        }
        Err(ValidationError::custom("value is not a 64-bit integer"))
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        /// The least number that is too large, which floating point has exactly.
        const LIMIT: f64 = 9_223_372_036_854_775_808.0;
        let Value::Number(number) = instance else {
            return true;
        };
        let fits = |number: f64| number.abs() < LIMIT;
        !self.is_int64 || number.is_i64() || (!number.is_u64() && number.as_f64().is_some_and(fits))
    }
}

/// The violations of a schema, each as `name/path: reason`. The value itself is not shown.
pub(crate) fn violations(validator: &Validator, value: &Value, name: &str) -> Option<String> {
    let mut messages: Vec<String> = Vec::new();
    for error in validator.iter_errors(value).take(MAX_VIOLATIONS) {
        let (path, reason) = deepest(&error);
        messages.push(format!("{name}{path}: {reason}"));
    }
    (!messages.is_empty()).then(|| messages.join("; "))
}

/// Path and reason of a violation. Of several alternatives, the one that matched deepest is reported.
fn deepest(error: &ValidationError<'_>) -> (String, String) {
    let path = error.instance_path().to_string();
    let ValidationErrorKind::AnyOf { context } = error.kind() else {
        return (path, error.masked().to_string());
    };
    let all: Vec<(String, String)> = context
        .iter()
        .filter_map(|branch| branch.first())
        .map(deepest)
        .collect();
    let depth = |path: &str| path.matches('/').count();
    match all.iter().max_by_key(|(path, _)| depth(path)) {
        Some(best) if depth(&best.0) > depth(&path) => best.clone(),
        _ => {
            let reasons: Vec<String> = all.into_iter().map(|(_, reason)| reason).collect();
            (
                path,
                format!(
                    "value matches none of the alternatives: {}",
                    reasons.join(", nor: ")
                ),
            )
        }
    }
}
