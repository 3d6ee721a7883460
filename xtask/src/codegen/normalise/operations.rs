//! Passes over operations: parameters, bodies, responses.

use engagement_document::{BodyKind, Document, Location, Operation, Parameter, Schemas};
use serde_json::{Map, Value, json};

use super::{Pass, Refusal};
use crate::codegen::names;
use crate::json::{each_operation, flag, list, remove, text};

/// Calls `visit` with every operation: what was read, and the JSON to change.
fn each(source: &Document, document: &mut Value, mut visit: impl FnMut(&Operation, &mut Value)) {
    each_operation(document, |_, raw| {
        if let Some(operation) = source.operation(&text(raw, "operationId")) {
            visit(operation, raw);
        }
    });
}

/// The schema of the one response that is left.
fn response_schema(raw: &mut Value) -> Option<&mut Value> {
    raw.pointer_mut("/responses/2XX/content/application~1json/schema")
}

/// The name of a value for progenitor: that of `x-rust-name`, where the name on the wire can't be one of Rust or is taken.
/// progenitor splits names such as `d0A` otherwise than we do, so it gets them in their final form.
fn given_name(name: &str, given: &str) -> String {
    let has = |kind: fn(char) -> bool| name.chars().any(kind);
    if !given.is_empty() {
        given.to_owned()
    } else if has(char::is_numeric) && has(char::is_uppercase) {
        names::snake(name)
    } else {
        name.to_owned()
    }
}

/// What the Rust name of a parameter is made of.
pub(crate) fn parameter_name(parameter: &Parameter) -> String {
    given_name(
        &parameter.name,
        parameter.rust_name.as_deref().unwrap_or_default(),
    )
}

/// What the Rust name of a form's field is made of.
pub(crate) fn field_name(name: &str, schema: &Value) -> String {
    given_name(name, &text(schema, "x-rust-name"))
}

/// The schema of a value of a call, without `nullable`: a path, a query, a header and a form have no `null`, and progenitor
/// would make a required value optional.
fn without_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    remove(&mut schema, "nullable");
    schema
}

/// Lists all parameters at each operation, also those that a path shares and those behind a `$ref`, so that later passes
/// find them in one place.
pub(super) fn shared_parameters_are_repeated(pass: &mut Pass<'_>) {
    let schemas = &pass.source.schemas;
    each(pass.source, &mut pass.out.document, |operation, raw| {
        let parameters = operation.parameters.iter().map(|parameter| {
            let mut schema = parameter.schema.clone();
            if let Some(object) = named_object(schemas, &parameter.schema) {
                // progenitor supports objects in bodies only: the type is inserted afterwards.
                let place = (operation.id.clone(), parameter_name(parameter));
                pass.out.object_parts.insert(place, names::pascal(object));
                schema = json!({ "type": "string" });
            }
            let location = match parameter.location {
                Location::Path => "path",
                Location::Query => "query",
                Location::Header => "header",
            };
            json!({ "name": parameter_name(parameter), "in": location, "required": parameter.required,
                "description": parameter.description, "schema": without_null(&schema) })
        });
        raw["parameters"] = parameters.collect();
        pass.changed |= !operation.parameters.is_empty();
    });
    let Some(Value::Object(paths)) = pass.out.document.get_mut("paths") else {
        return;
    };
    let mut renamed = Map::new();
    for (key, item) in std::mem::take(paths) {
        let Value::Object(item) = item else { continue };
        for (method, raw) in item {
            let Some(operation) = pass.source.operation(&text(&raw, "operationId")) else {
                continue;
            };
            let mut key = key.clone();
            for parameter in operation.path_parameters() {
                let given = parameter_name(parameter);
                if given != parameter.name {
                    key = key.replace(&format!("{{{}}}", parameter.name), &format!("{{{given}}}"));
                }
            }
            let item = renamed.entry(key).or_insert_with(|| json!({}));
            item[method] = raw;
        }
    }
    *paths = renamed;
}

/// Turns the fields of form and multipart bodies into parameters: progenitor fails on arrays in forms and on multipart,
/// and a caller sets `page_size` in the same way whether it goes into the query or the form.
pub(super) fn form_fields_are_parameters(pass: &mut Pass<'_>) {
    let text_schema = json!({ "type": "string" });
    let schemas = &pass.source.schemas;
    each(pass.source, &mut pass.out.document, |operation, raw| {
        let body = operation.body.as_ref();
        let Some(body) = body.filter(|body| body.kind.has_fields()) else {
            return;
        };
        remove(raw, "requestBody");
        let required = schemas.required(&body.schema);
        for (name, mut schema) in schemas.properties(&body.schema) {
            // The path already has the value; it is sent in both places.
            let given = field_name(name, schema);
            let same = |known: &Parameter| parameter_name(known) == given;
            if operation.parameters.iter().any(same) {
                continue;
            }
            let description = schema.get("description").cloned().unwrap_or_default();
            let styled = body.styles.iter().any(|(styled, _)| styled == name);
            let typed = styled || flag(schema, "x-form-json");
            if let Some(object) = named_object(schemas, schema).filter(|_| typed) {
                // progenitor supports objects in bodies only: the type is inserted afterwards.
                let place = (operation.id.clone(), given.clone());
                pass.out.object_parts.insert(place, names::pascal(object));
                schema = &text_schema;
            } else if is_object(schemas, schema) {
                let message = format!(
                    "form field `{name}` is an object: model it as text, or with `x-form-json: true` as an array or a named schema"
                );
                let at = format!("{}/requestBody", operation.pointer());
                pass.refusals.push(Refusal::new(at, message));
            }
            if let Some(Value::Array(parameters)) = raw.get_mut("parameters") {
                parameters.push(
                    json!({ "name": given, "in": "query", "required": required.contains(name),
                    "description": description, "schema": without_null(schema) }),
                );
            }
        }
        pass.changed = true;
    });
}

/// The name of the object schema that a property refers to.
fn named_object<'a>(schemas: &Schemas, schema: &'a Value) -> Option<&'a str> {
    let target = match list(schema, "allOf") {
        [one] => one,
        _ => schema,
    };
    let name = Schemas::ref_name(target)?;
    let found = schemas.get(name)?;
    is_object(schemas, found).then_some(name)
}

fn is_object(schemas: &Schemas, schema: &Value) -> bool {
    text(schemas.resolve(schema), "type") == "object"
}

/// Drops parameters that can have one value only: clients send them without an argument.
pub(super) fn constants_are_dropped(pass: &mut Pass<'_>) {
    each(pass.source, &mut pass.out.document, |operation, raw| {
        let Some(Value::Array(parameters)) = raw.get_mut("parameters") else {
            return;
        };
        let before = parameters.len();
        // Form fields come after the parameters that the document lists.
        let mut known = operation.parameters.iter();
        parameters.retain(|_| known.next().is_none_or(|known| known.constant.is_none()));
        pass.changed |= parameters.len() < before;
    });
}

/// Keeps one success response per operation and no error responses: progenitor panics on several schemas. Errors have one
/// type in the runtime, and an empty success response beside a typed one makes the value an `Option`. JSON bodies of other
/// names get the one that progenitor knows; calls send the documented one.
pub(super) fn bodies_and_responses_are_one_schema(pass: &mut Pass<'_>) {
    each(pass.source, &mut pass.out.document, |operation, raw| {
        let responses = operation.responses.iter();
        let mut typed = responses.filter_map(|response| response.schema.as_ref());
        let schema = typed.next();
        if typed.any(|other| Some(other) != schema) {
            let at = format!("{}/responses", operation.pointer());
            let message =
                "two success responses have different schemas: use one, as a union if needed";
            pass.refusals.push(Refusal::new(at, message));
        }
        let mut response = json!({ "description": "success" });
        if let Some(schema) = schema {
            response["content"] = json!({ "application/json": { "schema": schema } });
        }
        raw["responses"] = json!({ "2XX": response });
        let body = operation.body.as_ref();
        if body.is_some_and(|body| body.kind == BodyKind::Raw) {
            remove(raw, "requestBody");
        } else if let Some(body) = body.filter(|body| !body.kind.has_fields()) {
            // It may be one that several operations share.
            raw["requestBody"] = json!({ "required": body.required,
                "content": { body.kind.media_type(): { "schema": body.schema } } });
        }
        pass.changed = true;
    });
}

/// Replaces the response by the part that callers get; the runtime finds that part and keeps the full response.
pub(super) fn envelopes_are_opened(pass: &mut Pass<'_>) {
    each(pass.source, &mut pass.out.document, |operation, raw| {
        if operation.envelope.is_empty() {
            return;
        }
        match envelope(&pass.source.schemas, operation) {
            Ok((full, part)) => {
                if let Some(schema) = response_schema(raw) {
                    *schema = part.clone();
                }
                let full = names::pascal(full);
                pass.out.full_responses.insert(operation.id.clone(), full);
                pass.changed = true;
            }
            Err(reason) => {
                let at = format!("{}/x-envelope", operation.pointer());
                pass.refusals
                    .push(Refusal::new(at, format!("`x-envelope`{reason}")));
            }
        }
    });
}

/// The name of an operation's full response, and the part that callers get.
fn envelope<'a>(
    schemas: &'a Schemas,
    operation: &'a Operation,
) -> Result<(&'a str, &'a Value), String> {
    let response = operation.typed_response();
    let full = response.and_then(|response| response.schema.as_ref());
    let full = full.ok_or(" without a JSON response")?;
    let name = Schemas::ref_name(full).ok_or(" needs a named schema for the full response")?;
    let mut part = full;
    for key in &operation.envelope {
        let mut properties = schemas.properties(part).into_iter();
        let found = properties.find(|(known, _)| known == key);
        let missing = || format!(": the response has no field `{key}` on that path");
        part = found.ok_or_else(missing)?.1;
    }
    // A description belongs to the property and not to its type.
    match list(part, "allOf") {
        [one] if part.get("properties").is_none() => Ok((name, one)),
        _ => Ok((name, part)),
    }
}

/// Turns a response that is `T` or an array of `T` into `T`: the runtime unwraps it.
pub(super) fn one_or_many_is_one(pass: &mut Pass<'_>) {
    each(pass.source, &mut pass.out.document, |operation, raw| {
        let Some(schema) = response_schema(raw) else {
            return;
        };
        let one = match list(schema, "oneOf") {
            [one, many] if many.get("items") == Some(one) => one.clone(),
            [many, one] if many.get("items") == Some(one) => one.clone(),
            _ => return,
        };
        *schema = one;
        pass.out.one_or_many.insert(operation.id.clone());
        pass.changed = true;
    });
}
