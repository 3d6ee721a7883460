//! Success responses by exact status; errors alike for all operations.

use serde_json::{Map, Value, json};

use crate::import::common::json::{entries, follow, reference, step, text};
use crate::import::common::report::{RESPONSES, Report};
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

impl Success {
    fn empty(status: String) -> Self {
        Self {
            status,
            description: "Done.".to_owned(),
            content: Content::Nothing,
        }
    }
}

/// What a response contains.
enum Content {
    Nothing,
    /// JSON under its name on the wire.
    Json(String, Map<String, Value>),
    Bytes,
}

/// The responses of an operation.
pub(crate) fn read(
    context: &Context<'_>,
    found: &SourceOperation<'_>,
    report: &mut Report,
) -> Result<Value, String> {
    let mut out = Map::new();
    for success in distinct(context, found, report) {
        let mut response = json!({ "description": success.description });
        match success.content {
            Content::Nothing => {}
            Content::Json(name, media) => response["content"] = json!({ name: media }),
            Content::Bytes => {
                response["content"] =
                    json!({ BYTES: { "schema": { "type": "string", "format": "binary" } } });
            }
        }
        out.insert(success.status, response);
    }
    for status in ["4XX", "5XX"] {
        out.insert(
            status.into(),
            json!({ "$ref": "#/components/responses/Error" }),
        );
    }
    Ok(Value::Object(out))
}

/// The success responses that a client can tell apart: at least one, and either bytes or not.
fn distinct(
    context: &Context<'_>,
    found: &SourceOperation<'_>,
    report: &mut Report,
) -> Vec<Success> {
    let pointer = step(&found.pointer, "responses");
    let mut kept: Vec<Success> = Vec::new();
    for (status, raw) in successes(found.raw, &pointer, report) {
        let at = step(&pointer, &status);
        let success = success(context, &status, raw, &at, report);
        let different = kept
            .iter()
            .find(|other| differs(&other.content, &success.content));
        if let Some(Success { status: first, .. }) = different {
            report.change(
                RESPONSES,
                &at,
                format!("differs from the response {first}, which is the one that is read"),
            );
            continue;
        }
        kept.push(success);
    }
    // Bytes and something else cannot be distinguished by a caller.
    let bytes = |success: &Success| matches!(success.content, Content::Bytes);
    if kept.iter().any(bytes) {
        kept.retain(bytes);
    }
    if kept.is_empty() {
        report.change(
            RESPONSES,
            &pointer,
            "no success response is declared; one without content is assumed",
        );
        kept.push(Success::empty("200".to_owned()));
    }
    kept
}

/// One success response, under its exact status.
fn success(
    context: &Context<'_>,
    status: &str,
    raw: &Value,
    pointer: &str,
    report: &mut Report,
) -> Success {
    let exact = match status.to_ascii_uppercase().as_str() {
        "2XX" | "DEFAULT" => {
            report.change(
                RESPONSES,
                pointer,
                "read as 200, since success responses are declared by their exact status",
            );
            "200".to_owned()
        }
        _ => status.to_owned(),
    };
    let mut success = Success::empty(exact);
    let Some(response) = follow(context.source, raw) else {
        let target = reference(raw).unwrap_or_default();
        report.change(
            RESPONSES,
            pointer,
            format!("`{target}` does not resolve; nothing is read"),
        );
        return success;
    };
    let description = text(response, "description");
    if !description.is_empty() {
        success.description = description;
    }
    success.content = content(context, response, &success.status, pointer, report);
    success
}

/// The success responses in order: exact ones, else a range, else `default`.
fn successes<'a>(raw: &'a Value, pointer: &str, report: &mut Report) -> Vec<(String, &'a Value)> {
    let all: Vec<(String, &Value)> = entries(raw, "responses")
        .map(|(status, response)| (status.trim().to_owned(), response))
        .collect();
    let exact = |status: &str| {
        status.len() == 3 && status.starts_with('2') && status.parse::<u16>().is_ok()
    };
    let found: Vec<(String, &Value)> = all
        .iter()
        .filter(|(status, _)| exact(status))
        .cloned()
        .collect();
    let range = all
        .iter()
        .find(|(status, _)| status.eq_ignore_ascii_case("2XX"));
    if let (Some((status, _)), false) = (range, found.is_empty()) {
        report.change(
            RESPONSES,
            &step(pointer, status),
            "left out beside exact statuses",
        );
    }
    if !found.is_empty() {
        return found;
    }
    let default = all
        .iter()
        .find(|(status, _)| status.eq_ignore_ascii_case("default"));
    range.or(default).into_iter().cloned().collect()
}

fn content(
    context: &Context<'_>,
    response: &Value,
    status: &str,
    pointer: &str,
    report: &mut Report,
) -> Content {
    let all: Vec<(&String, &Value)> = entries(response, "content").collect();
    if all.is_empty() || status == "204" || status == "205" {
        if !all.is_empty() {
            report.change(
                RESPONSES,
                pointer,
                "this status has no content; what is declared is ignored",
            );
        }
        return Content::Nothing;
    }
    let Some((media, name, value)) = json_media(context, &all) else {
        let names: Vec<&str> = all.iter().map(|(media, _)| media.as_str()).collect();
        if names != [BYTES] {
            report.change(
                RESPONSES,
                pointer,
                format!("{} is read as bytes", names.join(" or ")),
            );
        }
        return Content::Bytes;
    };
    if all.len() > 1 {
        let others: Vec<&str> = all
            .iter()
            .map(|(other, _)| other.as_str())
            .filter(|other| *other != media)
            .collect();
        report.change(
            RESPONSES,
            pointer,
            format!("is read as JSON; {} left out", others.join(", ")),
        );
    } else if media != name {
        report.change(
            RESPONSES,
            pointer,
            format!("`{media}` is asked for as {name}"),
        );
    }
    let mut new = Map::new();
    let schema = value.get("schema").filter(|schema| schema.is_object());
    if schema.is_none() {
        report.change(RESPONSES, pointer, "has no schema; it is read as any JSON");
    }
    new.insert(
        "schema".into(),
        schema.cloned().unwrap_or_else(|| json!({})),
    );
    bodies::example(value, &mut new);
    Content::Json(name, new)
}

/// The media type that is read as JSON, if there is one: `application/json` before others.
fn json_media<'a>(
    context: &Context<'_>,
    all: &[(&'a String, &'a Value)],
) -> Option<(&'a str, String, &'a Value)> {
    let bytes = |value: &Value| {
        let schema = value
            .get("schema")
            .and_then(|schema| follow(context.source, schema));
        schema.is_some_and(|schema| {
            schema_type(schema) == Some("string")
                && matches!(text(schema, "format").as_str(), "binary" | "byte")
        })
    };
    let best = all
        .iter()
        .filter_map(|(media, value)| Some((bodies::json_name(media)?, media.as_str(), *value)))
        .filter(|(_, _, value)| {
            !bytes(value) || text(value.get("schema").unwrap_or(&Value::Null), "format") == "byte"
        })
        .min_by_key(|((rank, _), _, _)| *rank);
    best.map(|((_, name), media, value)| (media, name, value))
}

fn differs(one: &Content, other: &Content) -> bool {
    match (one, other) {
        (Content::Json(_, one), Content::Json(_, other)) => one["schema"] != other["schema"],
        (Content::Bytes, Content::Json(..)) | (Content::Json(..), Content::Bytes) => true,
        _ => false,
    }
}
