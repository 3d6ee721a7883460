//! Request bodies: one media type each.

use serde_json::{Map, Value, json};

use crate::import::common::json::{
    entries, flag, follow, items, reference, remove, step, strings, text,
};
use crate::import::common::references;
use crate::import::common::report::{BODIES, Place};
use crate::import::common::value_kind::{ValueKind, schema_type, value_kind};
use crate::import::describe::context::{Context, SourceOperation};

/// The media types that clients write.
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";
/// Stands for all others.
const RAW: &str = "*/*";

/// Which of them a media type of the source is, and its rank: the lowest is used.
fn rank(media: &str) -> Option<(u8, &'static str)> {
    let plain = essence(media);
    match plain.as_str() {
        JSON => Some((0, JSON)),
        FORM => Some((2, FORM)),
        MULTIPART => Some((3, MULTIPART)),
        "*/*" | "application/*" | "text/json" => Some((1, JSON)),
        other if other.ends_with("+json") => Some((1, JSON)),
        other if other.contains('*') => None,
        other if is_text(other) => Some((4, RAW)),
        other => other.contains('/').then_some((5, RAW)),
    }
}

/// Whether a media type is text, which callers write themselves.
fn is_text(media: &str) -> bool {
    let words = [
        "text/",
        "xml",
        "json",
        "yaml",
        "csv",
        "graphql",
        "javascript",
    ];
    words.iter().any(|word| media.contains(word))
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
    if kind == RAW {
        new["schema"] = raw_schema(context, schema, &name, &pointer);
    } else if kind != JSON {
        let schema = value.get("schema").unwrap_or(&Value::Null);
        let encoding = value.get("encoding").unwrap_or(&Value::Null);
        let mut kept = Map::new();
        new["schema"] = fields(context, schema, (kind, encoding), &pointer, &mut kept)?;
        if !kept.is_empty() {
            new["encoding"] = Value::Object(kept);
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

/// The schema of a body that callers write themselves: text, or bytes.
fn raw_schema(
    context: &mut Context<'_>,
    schema: Option<&Value>,
    media: &str,
    pointer: &str,
) -> Value {
    let schema = schema.and_then(|schema| follow(context.source, schema));
    let schema = schema.unwrap_or(&Value::Null);
    let binary = text(schema, "format") == "binary" || !is_text(media);
    if schema_type(schema) != Some("string") && !context.ours {
        let what = if binary { "bytes" } else { "a text" };
        let note = format!("{media} has no typed form; callers write it themselves, as {what}");
        context.at(BODIES, pointer).change(note);
    }
    match binary {
        true => json!({ "type": "string", "format": "binary" }),
        false => json!({ "type": "string" }),
    }
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
            "its body is {}, which is no media type that could be sent",
            all().collect::<Vec<_>>().join(" or ")
        ));
    };
    let name = match kind {
        RAW => media.trim().to_owned(),
        _ => json_name(media).map_or(kind.to_owned(), |(_, name)| name),
    };
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
    (kind, encoding): (&str, &Value),
    pointer: &str,
    encodings: &mut Map<String, Value>,
) -> Result<Value, String> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    gather(context.source, schema, &mut properties, &mut required, 0);
    if properties.is_empty() && kind == MULTIPART {
        return Err("its multipart body names no parts".to_owned());
    }
    let mut kept = Map::new();
    for (name, mut property) in properties {
        let at = step(&format!("{pointer}/fields"), &name);
        if !context.ours {
            remove(&mut property, "x-rust-name");
            remove(&mut property, "x-form-json");
        }
        let own = encoding.get(&name).unwrap_or(&Value::Null);
        let place = context.report.at(BODIES, &at);
        let (property, encoding) = form_value(
            &name,
            property,
            (kind, own, context.ours),
            context.source,
            place,
        );
        if !encoding.is_empty() {
            encodings.insert(name.clone(), Value::Object(encoding));
        }
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

/// A field of a form and how it is written. Scalars and lists of them stay; objects and other lists are JSON unless the form
/// has a style for them.
fn form_value(
    name: &str,
    mut property: Value,
    (kind, given, ours): (&str, &Value, bool),
    source: &Value,
    mut place: Place<'_>,
) -> (Value, Map<String, Value>) {
    let mut encoding = Map::new();
    let what = value_kind(source, &property);
    let styled = given.get("style").is_some() || given.get("explode").is_some();
    let styled = styled && kind == FORM;
    let typed = match &what {
        ValueKind::Scalar => true,
        ValueKind::Array(inner) if **inner == ValueKind::Scalar => true,
        ValueKind::Array(inner) => **inner == ValueKind::Object && !styled,
        ValueKind::Object => has_fields(source, &property),
        ValueKind::Any => false,
    };
    let json = match &what {
        ValueKind::Array(inner) => **inner != ValueKind::Scalar || flag(&property, "x-form-json"),
        _ => what == ValueKind::Object,
    };
    if !typed {
        place.change(format!(
            "`{name}` has no typed form in a form body; it is a text"
        ));
        let note = "The provider takes structured values here; they have to be written as one text, usually JSON.";
        let description = text(&property, "description");
        let rust = property.get("x-rust-name").cloned();
        property =
            json!({ "type": "string", "description": format!("{description} {note}").trim() });
        if let Some(rust) = rust {
            property["x-rust-name"] = rust;
        }
    } else if json && !styled {
        references::set_sibling(&mut property, "x-form-json", json!(true));
    } else if styled {
        copy_style(given, &mut encoding);
    }
    if kind == MULTIPART {
        let binary = follow(source, &property).is_some_and(|it| text(it, "format") == "binary");
        let wanted = text(given, "contentType");
        let all: Vec<&str> = wanted.split(',').map(str::trim).collect();
        let own = match all.as_slice() {
            [""] if ours => "",
            [""] if binary => "application/octet-stream",
            [""] if json => JSON,
            [one] if !one.contains('*') => one,
            several if json && several.contains(&JSON) => JSON,
            _ => {
                place.change(format!(
                    "`{name}` has one of the types {wanted}; callers name it"
                ));
                ""
            }
        };
        if !own.is_empty() {
            encoding.insert("contentType".into(), json!(own));
        }
    }
    (property, encoding)
}

/// Copies how a value is written, where it is not the usual way.
pub(crate) fn copy_style(from: &Value, to: &mut Map<String, Value>) {
    let style = text(from, "style");
    let exploded = from.get("explode").and_then(Value::as_bool);
    if !style.is_empty() && style != "form" && style != "simple" {
        to.insert("style".into(), json!(style));
    }
    if let Some(exploded) =
        exploded.filter(|exploded| *exploded != matches!(style.as_str(), "" | "form"))
    {
        to.insert("explode".into(), json!(exploded));
    }
}

/// Whether a schema is an object with fields, and no union.
pub(crate) fn has_fields(source: &Value, schema: &Value) -> bool {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    gather(source, schema, &mut properties, &mut required, 0);
    let schema = follow(source, schema).unwrap_or(schema);
    let union = schema.get("oneOf").is_some() || schema.get("anyOf").is_some();
    !properties.is_empty() && !union
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
