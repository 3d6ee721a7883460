//! Success responses by exact status; errors alike for all operations.

use serde_json::{Value, json};

use crate::import::common::json::{entries, follow, reference, step, text};
use crate::import::common::report::{Place, RESPONSES, Report};
use crate::import::common::value_kind::schema_type;
use crate::import::describe::bodies;
use crate::import::describe::context::{Context, SourceOperation};

const BYTES: &str = "application/octet-stream";

/// A success response.
struct Success {
    status: String,
    description: String,
    content: Content,
}

/// What a response contains.
#[derive(PartialEq)]
enum Content {
    Nothing,
    /// A media type object.
    Json(Value),
    Bytes,
}

impl Success {
    fn empty(status: &str) -> Self {
        Self {
            status: status.to_owned(),
            description: "Done.".to_owned(),
            content: Content::Nothing,
        }
    }
}

/// The responses of an operation.
pub(crate) fn read(context: &mut Context<'_>, found: &SourceOperation<'_>) -> Value {
    let mut out = json!({});
    for success in distinct(context, found) {
        let mut response = json!({ "description": success.description });
        match success.content {
            Content::Nothing => {}
            Content::Json(media) => response["content"] = json!({ "application/json": media }),
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

/// The success responses that a client can tell apart: at least one, and either bytes or not.
fn distinct(context: &mut Context<'_>, found: &SourceOperation<'_>) -> Vec<Success> {
    let pointer = step(&found.pointer, "responses");
    let mut kept: Vec<Success> = Vec::new();
    for (status, raw) in successes(found.raw, &pointer, context.report) {
        let at = step(&pointer, &status);
        let mut place = context.report.at(RESPONSES, &at);
        let success = success(context.source, &status, raw, &mut place);
        let mut others = kept.iter();
        if let Some(other) = others.find(|other| differs(&other.content, &success.content)) {
            place.change(format!(
                "differs from the response {}, which is the one that is read",
                other.status
            ));
            continue;
        }
        kept.push(success);
    }
    // Bytes and something else cannot be distinguished by a caller.
    let bytes = |success: &Success| success.content == Content::Bytes;
    if kept.iter().any(bytes) {
        kept.retain(bytes);
    }
    if kept.is_empty() {
        context
            .at(RESPONSES, &pointer)
            .change("no success response is declared; one without content is assumed");
        kept.push(Success::empty("200"));
    }
    kept
}

/// One success response, under its exact status.
fn success(source: &Value, status: &str, raw: &Value, place: &mut Place<'_>) -> Success {
    let mut success = Success::empty(status);
    if matches!(status.to_ascii_uppercase().as_str(), "2XX" | "DEFAULT") {
        place.change("read as 200, since success responses are declared by their exact status");
        success.status = "200".to_owned();
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

/// The success responses in order: exact ones, else a range, else `default`.
fn successes<'a>(raw: &'a Value, pointer: &str, report: &mut Report) -> Vec<(String, &'a Value)> {
    let all = || entries(raw, "responses").map(|(status, raw)| (status.trim().to_owned(), raw));
    let named = |name: &str| all().find(|(status, _)| status.eq_ignore_ascii_case(name));
    let exact = |status: &str| {
        status.len() == 3 && status.starts_with('2') && status.parse::<u16>().is_ok()
    };
    let found: Vec<_> = all().filter(|(status, _)| exact(status)).collect();
    let range = named("2XX");
    if found.is_empty() {
        return range.or_else(|| named("default")).into_iter().collect();
    }
    if let Some((status, _)) = range {
        report
            .at(RESPONSES, &step(pointer, &status))
            .change("left out beside exact statuses");
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
    let Some((media, value)) = json_media(source, response) else {
        if names != [BYTES] {
            place.change(format!("{} is read as bytes", names.join(" or ")));
        }
        return Content::Bytes;
    };
    if names.len() > 1 {
        let others: Vec<&str> = names.into_iter().filter(|other| *other != media).collect();
        place.change(format!("is read as JSON; {} left out", others.join(", ")));
    } else if media != "application/json" {
        place.change(format!("`{media}` is read as JSON"));
    }
    let schema = value.get("schema").filter(|schema| schema.is_object());
    if schema.is_none() {
        place.change("has no schema; it is read as any JSON");
    }
    let mut new = json!({ "schema": schema.unwrap_or(&json!({})) });
    bodies::example(value, &mut new);
    Content::Json(new)
}

/// The media type that is read as JSON, if there is one: `application/json` before others.
fn json_media<'a>(source: &'a Value, response: &'a Value) -> Option<(&'a str, &'a Value)> {
    let format = |schema: Option<&Value>| text(schema.unwrap_or(&Value::Null), "format");
    let bytes = |value: &Value| {
        let own = value.get("schema");
        let schema = own.and_then(|schema| follow(source, schema));
        let texts = schema.is_some_and(|schema| schema_type(schema) == Some("string"));
        texts && matches!(format(schema).as_str(), "binary" | "byte") && format(own) != "byte"
    };
    let best = entries(response, "content")
        .filter_map(|(media, value)| Some((bodies::json_rank(media)?, media.as_str(), value)))
        .filter(|(_, _, value)| !bytes(value))
        .min_by_key(|(rank, _, _)| *rank);
    best.map(|(_, media, value)| (media, value))
}

fn differs(one: &Content, other: &Content) -> bool {
    match (one, other) {
        (Content::Json(one), Content::Json(other)) => one["schema"] != other["schema"],
        (Content::Bytes, Content::Json(_)) | (Content::Json(_), Content::Bytes) => true,
        _ => false,
    }
}
