//! Success responses by exact status; errors alike for all operations.

use serde_json::{Map, Value, json};

use crate::import::common::json::{entries, follow, reference, step, text};
use crate::import::common::report::{Place, RESPONSES};
use crate::import::common::value_kind::schema_type;
use crate::import::common::{naming, references};
use crate::import::describe::bodies;
use crate::import::describe::context::{Context, SourceOperation};

const BYTES: &str = "application/octet-stream";

/// Stands for the status of a range until one is free.
const RANGE: &str = "2XX";

/// A success response.
struct Success {
    status: String,
    /// The status as the source writes it.
    declared: String,
    description: String,
    content: Content,
}

/// What a response contains.
#[derive(PartialEq)]
enum Content {
    Nothing,
    /// The media type on the wire, and its object.
    Json(String, Value),
    Bytes,
}

impl Success {
    fn empty(status: &str) -> Self {
        Self {
            status: status.to_owned(),
            declared: status.to_owned(),
            description: "Done.".to_owned(),
            content: Content::Nothing,
        }
    }
}

/// The responses of an operation.
pub(crate) fn read(context: &mut Context<'_>, found: &SourceOperation<'_>, id: &str) -> Value {
    let mut out = json!({});
    for success in distinct(context, found, id) {
        let mut response = json!({ "description": success.description });
        match success.content {
            Content::Nothing => {}
            Content::Json(name, media) => response["content"] = json!({ name: media }),
            Content::Bytes => {
                let schema = json!({ "type": "string", "format": "binary" });
                response["content"] = json!({ BYTES: { "schema": schema } });
            }
        }
        out[success.status] = response;
    }
    for status in ["4XX", "5XX"] {
        out[status] = json!({ "$ref": "#/components/responses/Error" });
    }
    out
}

/// The success responses: at least one, either bytes or not, and all that are JSON with the same schema.
fn distinct(context: &mut Context<'_>, found: &SourceOperation<'_>, id: &str) -> Vec<Success> {
    let pointer = step(&found.pointer, "responses");
    let mut kept: Vec<Success> = Vec::new();
    for (status, raw) in successes(found.raw) {
        let at = step(&pointer, &status);
        let mut place = context.report.at(RESPONSES, &at);
        kept.push(success(context.source, &status, raw, &mut place));
    }
    // Bytes and something else cannot be distinguished by a caller.
    let bytes = |success: &Success| success.content == Content::Bytes;
    if kept.iter().any(bytes) && !kept.iter().all(bytes) {
        let note = "one success response is bytes, so all of them are read as bytes";
        context.at(RESPONSES, &pointer).change(note);
        kept.retain(|success| success.content != Content::Nothing);
        for success in &mut kept {
            success.content = Content::Bytes;
        }
    }
    one_schema(context, &mut kept, id, &pointer);
    let exact = kept.iter().any(|success| success.status != RANGE);
    let typed = |success: &Success| matches!(success.content, Content::Json(..));
    if exact
        && kept
            .iter()
            .any(|success| success.status != RANGE && typed(success))
    {
        kept.retain(|success| success.status != RANGE);
    }
    let free = (200..300).map(|status| status.to_string());
    let mut free = free.filter(|status| !kept.iter().any(|success| success.status == *status));
    let free = free.next().unwrap_or_default();
    if let Some(range) = kept.iter_mut().find(|success| success.status == RANGE) {
        let note =
            format!("read as {free}, since success responses are declared by their exact status");
        let at = step(&pointer, &range.declared);
        context.at(RESPONSES, &at).change(note);
        range.status = free;
    }
    if kept.is_empty() {
        context
            .at(RESPONSES, &pointer)
            .change("no success response is declared; one without content is assumed");
        kept.push(Success::empty("200"));
    }
    kept
}

/// Gives all JSON responses the same schema: the one that reads the others too, or a union.
fn one_schema(context: &mut Context<'_>, kept: &mut [Success], id: &str, pointer: &str) {
    let media = kept
        .iter_mut()
        .filter_map(|success| match &mut success.content {
            Content::Json(_, media) => Some(media),
            _ => None,
        });
    let mut media: Vec<&mut Value> = media.collect();
    let mut schemas: Vec<Value> = Vec::new();
    for media in &media {
        if !schemas.contains(&media["schema"]) {
            schemas.push(media["schema"].clone());
        }
    }
    let all = |one: &&Value| {
        schemas
            .iter()
            .all(|other| other == *one || reads(context.source, one, other))
    };
    let schema = match schemas.iter().find(all) {
        _ if media.len() < 2 => return,
        Some(one) => one.clone(),
        None => json!({ "oneOf": schemas }),
    };
    let note = match schemas.len() {
        1 => "",
        _ if schema.get("oneOf").is_some() => {
            "the success responses differ; they are read as a union"
        }
        _ => {
            "the success responses differ; all are read as the one that has the fields of the others"
        }
    };
    // What several responses share has one name.
    let schema = if references::name(&schema).is_some() || schema == json!({}) {
        schema
    } else {
        let mut name = format!("{}Response", naming::pascal(id));
        let named = &context.source["components"]["schemas"];
        while named.get(&name).is_some() || context.made.contains_key(&name) {
            name.push('_');
        }
        context.made.insert(name.clone(), schema);
        references::to(&name)
    };
    for media in &mut media {
        media["schema"] = schema.clone();
    }
    if !note.is_empty() {
        context.at(RESPONSES, pointer).change(note);
    }
}

/// Whether an object schema reads all that another one describes, with the same types.
fn reads(source: &Value, one: &Value, other: &Value) -> bool {
    let fields = |schema: &Value| {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        bodies::gather(source, schema, &mut properties, &mut required, 0);
        (properties, required)
    };
    let ((properties, required), (others, needed)) = (fields(one), fields(other));
    !others.is_empty()
        && others
            .iter()
            .all(|(name, property)| properties.get(name) == Some(property))
        && required.iter().all(|name| needed.contains(name))
}

/// One success response, under its exact status.
fn success(source: &Value, status: &str, raw: &Value, place: &mut Place<'_>) -> Success {
    let mut success = Success::empty(status);
    if matches!(status.to_ascii_uppercase().as_str(), "2XX" | "DEFAULT") {
        success.status = RANGE.to_owned();
    }
    let Some(response) = follow(source, raw) else {
        let target = reference(raw).unwrap_or_default();
        place.change(format!("`{target}` does not resolve; nothing is read"));
        return success;
    };
    let description = text(response, "description");
    if !description.is_empty() {
        success.description = description;
    }
    success.content = content(source, response, &success.status, place);
    success
}

/// The success responses in order: exact ones and a range, else `default`.
fn successes(raw: &Value) -> Vec<(String, &Value)> {
    let all = || entries(raw, "responses").map(|(status, raw)| (status.trim().to_owned(), raw));
    let exact = |status: &str| {
        status.len() == 3 && status.starts_with('2') && status.parse::<u16>().is_ok()
    };
    let range = |status: &str| status.eq_ignore_ascii_case("2XX");
    let found: Vec<_> = all()
        .filter(|(status, _)| exact(status) || range(status))
        .collect();
    if found.is_empty() {
        let default = |status: &str| status.eq_ignore_ascii_case("default");
        return all().filter(|(status, _)| default(status)).collect();
    }
    found
}

fn content(source: &Value, response: &Value, status: &str, place: &mut Place<'_>) -> Content {
    let names: Vec<&str> = entries(response, "content")
        .map(|(media, _)| media.as_str())
        .collect();
    if names.is_empty() {
        return Content::Nothing;
    }
    if status == "204" || status == "205" {
        place.change("this status has no content; what is declared is ignored");
        return Content::Nothing;
    }
    let Some((media, name, value)) = json_media(source, response) else {
        if names != [BYTES] {
            place.change(format!("{} is read as bytes", names.join(" or ")));
        }
        return Content::Bytes;
    };
    if names.len() > 1 {
        let others: Vec<&str> = names.into_iter().filter(|other| *other != media).collect();
        place.change(format!("is read as JSON; {} left out", others.join(", ")));
    } else if media != name {
        place.change(format!("`{media}` is asked for as {name}"));
    }
    let schema = value.get("schema").filter(|schema| schema.is_object());
    if schema.is_none() {
        place.change("has no schema; it is read as any JSON");
    }
    let mut new = json!({ "schema": schema.unwrap_or(&json!({})) });
    bodies::example(value, &mut new);
    Content::Json(name, new)
}

/// The media type that is read as JSON, if there is one: `application/json` before others.
fn json_media<'a>(source: &'a Value, response: &'a Value) -> Option<(&'a str, String, &'a Value)> {
    let format = |schema: Option<&Value>| text(schema.unwrap_or(&Value::Null), "format");
    let bytes = |value: &Value| {
        let own = value.get("schema");
        let schema = own.and_then(|schema| follow(source, schema));
        let texts = schema.is_some_and(|schema| schema_type(schema) == Some("string"));
        texts && matches!(format(schema).as_str(), "binary" | "byte") && format(own) != "byte"
    };
    let best = entries(response, "content")
        .filter_map(|(media, value)| Some((bodies::json_name(media)?, media.as_str(), value)))
        .filter(|(_, _, value)| !bytes(value))
        .min_by_key(|((rank, _), _, _)| *rank);
    best.map(|((_, name), media, value)| (media, name, value))
}
