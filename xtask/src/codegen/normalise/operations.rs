//! Passes over operations: parameters, bodies, answers.

use engagement_document::{Document, Location, Operation, Schemas};
use serde_json::{Map, Value, json};

use super::{Reduced, each_operation};
use crate::codegen::Failure;

fn operation<'a>(document: &'a Document, raw: &Map<String, Value>) -> Option<&'a Operation> {
    document.operation(raw.get("operationId")?.as_str()?)
}

/// Writes the parameters of each operation anew from what was read: those shared by a path and those behind a `$ref`
/// stand with each operation, so that later passes find them all in one place.
pub(super) fn repeat_shared_parameters(
    document: &Document,
    reduced: &mut Reduced,
) -> Result<usize, Failure> {
    let mut changed = 0;
    each_operation(&mut reduced.document, |raw| {
        let Some(operation) = operation(document, raw) else {
            return;
        };
        let parameters: Vec<Value> = operation
            .parameters
            .iter()
            .map(|parameter| {
                let location = match parameter.location {
                    Location::Path => "path",
                    Location::Query => "query",
                    Location::Header => "header",
                };
                json!({ "name": parameter.name, "in": location, "required": parameter.required,
                    "description": parameter.description, "schema": parameter.schema })
            })
            .collect();
        changed += usize::from(!parameters.is_empty());
        raw.insert("parameters".into(), Value::Array(parameters));
    });
    if let Some(Value::Object(paths)) = reduced.document.get_mut("paths") {
        for item in paths.values_mut().filter_map(Value::as_object_mut) {
            item.remove("parameters");
        }
    }
    Ok(changed)
}

/// Turns the fields of form and multipart bodies into parameters: progenitor fails on arrays in forms and on multipart,
/// and a caller sets `page_size` in the same way whether it goes into the query or the form.
pub(super) fn form_fields_are_parameters(
    document: &Document,
    reduced: &mut Reduced,
) -> Result<usize, Failure> {
    let mut changed = 0;
    let mut failure = None;
    let text = json!({ "type": "string" });
    let mut objects = std::mem::take(&mut reduced.object_parts);
    each_operation(&mut reduced.document, |raw| {
        let Some(operation) = operation(document, raw) else {
            return;
        };
        let Some(body) = operation
            .body
            .as_ref()
            .filter(|body| body.kind.has_fields())
        else {
            return;
        };
        let required = document.schemas.required(&body.schema);
        let mut fields = Vec::new();
        for (name, schema) in document.schemas.properties(&body.schema) {
            // The path already has the value; it is sent in both places.
            if operation
                .parameters
                .iter()
                .any(|parameter| parameter.name == name)
            {
                continue;
            }
            let json = schema.get("x-form-json") == Some(&Value::Bool(true));
            let mut schema = schema;
            if json && let Some(object) = named_object(&document.schemas, schema) {
                // progenitor takes no objects outside of bodies: the type is put in afterwards.
                let place = (operation.id.clone(), name.to_owned());
                objects.insert(place, crate::codegen::names::pascal(object));
                schema = &text;
            } else if is_object(&document.schemas, schema) {
                failure = Some(format!(
                    "{}: form field `{name}` is an object: model it as text, or with `x-form-json: true` as an array or a named schema",
                    operation.id
                ));
            }
            let description = schema.get("description").cloned().unwrap_or_default();
            fields.push(
                json!({ "name": name, "in": "query", "required": required.contains(name),
                "description": description, "schema": schema }),
            );
        }
        raw.remove("requestBody");
        if let Some(Value::Array(parameters)) = raw.get_mut("parameters") {
            parameters.extend(fields);
        }
        changed += 1;
    });
    reduced.object_parts = objects;
    match failure {
        Some(failure) => Err(Failure::new(failure)),
        None => Ok(changed),
    }
}

/// The name of the object schema that a property refers to.
fn named_object<'a>(schemas: &Schemas, schema: &'a Value) -> Option<&'a str> {
    let one = schema.get("allOf").and_then(Value::as_array)?;
    let name = Schemas::ref_name(one.first().filter(|_| one.len() == 1)?)?;
    schemas
        .get(name)
        .is_some_and(|schema| is_object(schemas, schema))
        .then_some(name)
}

fn is_object(schemas: &Schemas, schema: &Value) -> bool {
    schemas.resolve(schema).get("type").and_then(Value::as_str) == Some("object")
}

/// Drops parameters that can have one value only: they are sent without being asked for.
pub(super) fn constants_are_dropped(
    document: &Document,
    reduced: &mut Reduced,
) -> Result<usize, Failure> {
    let mut changed = 0;
    each_operation(&mut reduced.document, |raw| {
        let Some(operation) = operation(document, raw) else {
            return;
        };
        let Some(Value::Array(parameters)) = raw.get_mut("parameters") else {
            return;
        };
        let before = parameters.len();
        parameters.retain(|parameter| {
            let name = parameter.get("name").and_then(Value::as_str);
            !operation
                .parameters
                .iter()
                .any(|p| p.constant.is_some() && Some(p.name.as_str()) == name)
        });
        changed += before - parameters.len();
    });
    Ok(changed)
}

/// Leaves one success answer per operation and no error answers: progenitor panics on several schemas. Errors have one
/// type in the runtime, and an empty success answer beside a typed one is an `Option` there.
pub(super) fn answers_are_one_schema(
    document: &Document,
    reduced: &mut Reduced,
) -> Result<usize, Failure> {
    let mut changed = 0;
    let mut failure = None;
    each_operation(&mut reduced.document, |raw| {
        let Some(operation) = operation(document, raw) else {
            return;
        };
        let mut typed = operation
            .answers
            .iter()
            .filter_map(|answer| answer.schema.as_ref());
        let schema = typed.next();
        if typed.any(|other| Some(other) != schema) {
            failure = Some(format!(
                "{}: two success answers have different schemas: use one, as a union if needed",
                operation.id
            ));
        }
        let mut answer = json!({ "description": "success" });
        if let Some(schema) = schema {
            answer["content"] = json!({ "application/json": { "schema": schema } });
        }
        raw.insert("responses".into(), json!({ "2XX": answer }));
        changed += 1;
    });
    match failure {
        Some(failure) => Err(Failure::new(failure)),
        None => Ok(changed),
    }
}

/// Answers with the part that callers want; the runtime finds it and keeps the whole.
pub(super) fn envelopes_are_opened(
    document: &Document,
    reduced: &mut Reduced,
) -> Result<usize, Failure> {
    let mut found = Vec::new();
    let mut failure = None;
    each_operation(&mut reduced.document, |raw| {
        let Some(operation) = operation(document, raw).filter(|o| !o.envelope.is_empty()) else {
            return;
        };
        let Some(whole) = operation
            .typed_answer()
            .and_then(|answer| answer.schema.as_ref())
        else {
            failure = Some(format!(
                "{}: `x-envelope` without a JSON answer",
                operation.id
            ));
            return;
        };
        let Some(name) = Schemas::ref_name(whole) else {
            failure = Some(format!(
                "{}: `x-envelope` needs a named schema for the whole answer",
                operation.id
            ));
            return;
        };
        let mut part = whole;
        for key in &operation.envelope {
            let properties = document.schemas.properties(part);
            match properties.into_iter().find(|(known, _)| known == key) {
                Some((_, property)) => part = property,
                None => {
                    failure = Some(format!(
                        "{}: `x-envelope`: the response has no `{key}` on the way",
                        operation.id
                    ));
                    return;
                }
            }
        }
        // A description belongs to the place in the whole.
        let part = match part
            .get("allOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        {
            Some([one]) if part.get("properties").is_none() => one.clone(),
            _ => part.clone(),
        };
        if let Some(schema) = raw
            .get_mut("responses")
            .and_then(|r| r.pointer_mut("/2XX/content/application~1json/schema"))
        {
            *schema = part;
        }
        found.push((operation.id.clone(), crate::codegen::names::pascal(name)));
    });
    let changed = found.len();
    reduced.wholes.extend(found);
    match failure {
        Some(failure) => Err(Failure::new(failure)),
        None => Ok(changed),
    }
}

/// Turns an answer that is `T` or an array of `T` into `T`: the runtime unwraps it.
pub(super) fn one_or_many_is_one(
    document: &Document,
    reduced: &mut Reduced,
) -> Result<usize, Failure> {
    let mut found = Vec::new();
    each_operation(&mut reduced.document, |raw| {
        let Some(operation) = operation(document, raw) else {
            return;
        };
        let Some(schema) = raw
            .get_mut("responses")
            .and_then(|r| r.pointer_mut("/2XX/content/application~1json/schema"))
        else {
            return;
        };
        let one = match schema
            .get("oneOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        {
            Some([one, many]) if many.get("items") == Some(one) => one.clone(),
            Some([many, one]) if many.get("items") == Some(one) => one.clone(),
            _ => return,
        };
        *schema = one;
        found.push(operation.id.clone());
    });
    let changed = found.len();
    reduced.one_or_many.extend(found);
    Ok(changed)
}
