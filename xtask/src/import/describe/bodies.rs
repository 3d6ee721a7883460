//! Request bodies: one media type each.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::import::common::json::{entries, flag, follow, items, reference, step, strings, text};
use crate::import::common::naming::{self, folded};
use crate::import::common::report::{BODIES, Place};
use crate::import::common::value_kind::{ValueKind, value_kind};
use crate::import::describe::context::{Context, SourceOperation};

/// The media types that clients write.
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// Which of them a media type of the source is, and its rank: the lowest is used.
fn rank(media: &str) -> Option<(u8, &'static str)> {
    let plain = essence(media);
    match plain.as_str() {
        JSON => Some((0, JSON)),
        FORM => Some((2, FORM)),
        MULTIPART => Some((3, MULTIPART)),
        "*/*" | "application/*" | "text/json" => Some((1, JSON)),
        other if other.ends_with("+json") => Some((1, JSON)),
        _ => None,
    }
}

/// A media type without its parameters.
fn essence(media: &str) -> String {
    let plain = media.split(';').next().unwrap_or_default();
    plain.trim().to_ascii_lowercase()
}

/// The rank of a media type that is JSON, and its name on the wire. A range says no name, and `charset` adds nothing: JSON
/// is UTF-8.
pub(crate) fn json_name(media: &str) -> Option<(u8, String)> {
    let (rank, _) = rank(media).filter(|(_, kind)| *kind == JSON)?;
    let plain = essence(media);
    let parameters = media.split(';').skip(1).map(str::trim);
    let kept = parameters
        .filter(|one| !one.is_empty() && !one.to_ascii_lowercase().starts_with("charset="));
    let named = plain.contains('*').then_some(JSON);
    let mut name = named.map_or(plain.clone(), str::to_owned);
    for parameter in kept {
        name.push_str("; ");
        name.push_str(parameter);
    }
    let written = name.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    Some((rank, if written { name } else { JSON.to_owned() }))
}

/// The body of an operation; `Err` says why nobody can send it.
pub(crate) fn read(
    context: &mut Context<'_>,
    found: &SourceOperation<'_>,
    parameters: &[Value],
) -> Result<Option<Value>, String> {
    let Some(raw) = found.raw.get("requestBody") else {
        return Ok(None);
    };
    let pointer = step(&found.pointer, "requestBody");
    let Some(body) = follow(context.source, raw) else {
        let target = reference(raw).unwrap_or_default();
        return Err(format!("its body `{target}` does not resolve"));
    };
    let Some((kind, name, value)) = media(body, context.at(BODIES, &pointer))? else {
        return Ok(None);
    };
    let schema = value.get("schema").filter(|schema| schema.is_object());
    let mut new = json!({ "schema": schema.unwrap_or(&json!({})) });
    if kind != JSON {
        let schema = value.get("schema").unwrap_or(&Value::Null);
        new["schema"] = fields(context, schema, kind, parameters, &pointer)?;
    }
    if kind == MULTIPART {
        let types: Map<String, Value> = entries(value, "encoding")
            .map(|(name, encoding)| (name.clone(), text(encoding, "contentType")))
            .filter(|(_, media)| !media.is_empty())
            .map(|(name, media)| (name, json!({ "contentType": media })))
            .collect();
        if !types.is_empty() {
            new["encoding"] = Value::Object(types);
        }
    }
    example(value, &mut new);
    let mut out = json!({});
    let description = text(body, "description");
    if !description.is_empty() {
        out["description"] = json!(description);
    }
    out["required"] = json!(flag(body, "required"));
    out["content"] = json!({ name: new });
    Ok(Some(out))
}

/// The media type that is sent; `None` if the body has none, `Err` if clients can write none of them.
fn media<'a>(
    body: &'a Value,
    mut place: Place<'_>,
) -> Result<Option<(&'static str, String, &'a Value)>, String> {
    let all = || entries(body, "content").map(|(media, _)| media.as_str());
    let best = entries(body, "content")
        .filter_map(|(media, value)| Some((rank(media)?, media, value)))
        .min_by_key(|(rank, _, _)| rank.0);
    let Some(((_, kind), media, value)) = best else {
        if all().next().is_none() {
            place.change("has no media type; the operation takes no body");
            return Ok(None);
        }
        return Err(format!(
            "its body is {}, which clients can't write: they support JSON, forms and multipart",
            all().collect::<Vec<_>>().join(" or ")
        ));
    };
    let name = json_name(media).map_or(kind.to_owned(), |(_, name)| name);
    let others: Vec<&str> = all().filter(|other| other != media).collect();
    if !others.is_empty() {
        place.change(format!("is sent as {name}; {} left out", others.join(", ")));
    } else if *media != name {
        place.change(format!("`{media}` is sent as {name}"));
    }
    Ok(Some((kind, name, value)))
}

/// Keeps the example of a media type, or the first of several.
pub(crate) fn example(value: &Value, new: &mut Value) {
    let first = || match value.get("examples")? {
        Value::Object(examples) => examples.values().next()?.get("value"),
        _ => None,
    };
    if let Some(example) = value.get("example").or_else(first) {
        new["example"] = example.clone();
    }
}

/// A form's schema with all of its fields in one place, each of a type that a form can contain.
fn fields(
    context: &mut Context<'_>,
    schema: &Value,
    kind: &str,
    parameters: &[Value],
    pointer: &str,
) -> Result<Value, String> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    gather(context.source, schema, &mut properties, &mut required, 0);
    if properties.is_empty() && kind == MULTIPART {
        return Err("its multipart body names no parts".to_owned());
    }
    let names = parameters.iter().map(|parameter| text(parameter, "name"));
    let mut taken: BTreeMap<String, String> = names.map(|name| (folded(&name), name)).collect();
    let mut kept = Map::new();
    for (name, property) in properties {
        let at = step(&format!("{pointer}/fields"), &name);
        let clash = taken.get(&folded(&name)).filter(|other| **other != name);
        if let Some(reason) = no_rust_name(&name, clash) {
            if required.contains(&name) {
                return Err(format!(
                    "the form field {reason}, and the provider requires it"
                ));
            }
            let mut place = context.at(BODIES, &at);
            place.change(format!("{reason}; left out, since it is optional"));
            continue;
        }
        taken.insert(folded(&name), name.clone());
        let property = form_value(
            &name,
            property,
            context.source,
            context.report.at(BODIES, &at),
        );
        kept.insert(name, property);
    }
    required.retain(|name| kept.contains_key(name));
    let mut out = json!({ "type": "object" });
    if kept.is_empty() {
        out["additionalProperties"] = json!({ "type": "string" });
    }
    let schema = follow(context.source, schema);
    if let Some(open) = schema.and_then(|schema| schema.get("additionalProperties")) {
        out["additionalProperties"] = open.clone();
    }
    if !required.is_empty() {
        out["required"] = json!(required);
    }
    out["properties"] = Value::Object(kept);
    Ok(out)
}

/// Why a value can't have a Rust name of its own on a call, if it can't; `clash` is another value that has it.
pub(crate) fn no_rust_name(name: &str, clash: Option<&String>) -> Option<String> {
    match clash {
        Some(other) => Some(format!("`{name}` gets the same Rust name as `{other}`")),
        None if naming::is_taken_parameter(name) => Some(format!(
            "`{name}` can't be a Rust name of its own on a call"
        )),
        None => None,
    }
}

/// A field of a form: scalars and lists of them stay, everything else is sent as text.
fn form_value(name: &str, property: Value, source: &Value, mut place: Place<'_>) -> Value {
    let kept = match value_kind(source, &property) {
        ValueKind::Scalar => true,
        ValueKind::Array(inner) => *inner == ValueKind::Scalar || flag(&property, "x-form-json"),
        _ => false,
    };
    if kept {
        return property;
    }
    place.change(format!(
        "`{name}` has no typed form in a form body; it is a text"
    ));
    let note = "The provider takes structured values here; they have to be written as one text, usually JSON.";
    let description = text(&property, "description");
    json!({ "type": "string", "description": format!("{description} {note}").trim() })
}

/// The properties of an object and those that it requires, with the parts of `allOf`.
pub(crate) fn gather(
    source: &Value,
    schema: &Value,
    properties: &mut Map<String, Value>,
    required: &mut Vec<String>,
    depth: usize,
) {
    let Some(schema) = follow(source, schema).filter(|_| depth < 12) else {
        return;
    };
    for part in items(schema, "allOf") {
        gather(source, part, properties, required, depth + 1);
    }
    for (name, property) in entries(schema, "properties") {
        properties
            .entry(name.clone())
            .or_insert_with(|| property.clone());
    }
    for name in strings(schema, "required") {
        if !required.contains(&name) {
            required.push(name);
        }
    }
}
