//! Success answers by exact status; errors alike for all operations.

use serde_json::{Map, Value, json};

use crate::import::common::json::{entries, follow, reference, step, text};
use crate::import::common::report::{ANSWERS, Report};
use crate::import::common::shapes::kind;
use crate::import::describe::bodies;
use crate::import::describe::context::{Context, Found};

const BYTES: &str = "application/octet-stream";

/// What an answer holds.
enum Content {
    Nothing,
    Json(Map<String, Value>),
    Bytes,
}

/// The answers of an operation.
pub(crate) fn read(
    context: &Context<'_>,
    found: &Found<'_>,
    report: &mut Report,
) -> Result<Value, String> {
    let pointer = step(&found.pointer, "responses");
    let mut kept: Vec<(String, String, Content)> = Vec::new();
    for (status, raw) in successes(found.raw, &pointer, report) {
        let at = step(&pointer, &status);
        let exact = match status.to_ascii_uppercase().as_str() {
            "2XX" | "DEFAULT" => {
                report.change(
                    ANSWERS,
                    &at,
                    "read as 200, since success answers are declared by their exact status",
                );
                "200".to_owned()
            }
            _ => status.clone(),
        };
        let Some(answer) = follow(context.source, raw) else {
            let target = reference(raw).unwrap_or_default();
            report.change(
                ANSWERS,
                &at,
                format!("`{target}` leads nowhere; nothing is read"),
            );
            kept.push((exact, "Done.".into(), Content::Nothing));
            continue;
        };
        let mut description = text(answer, "description");
        if description.is_empty() {
            description.push_str("Done.");
        }
        let content = content(context, answer, &exact, &at, report);
        let different = kept.iter().find(|(_, _, other)| differs(other, &content));
        if let Some((first, _, _)) = different {
            report.change(
                ANSWERS,
                &at,
                format!("differs from the answer {first}, which is the one that is read"),
            );
            continue;
        }
        kept.push((exact, description, content));
    }
    // Bytes and something else can't be told apart by a caller.
    if kept
        .iter()
        .any(|(_, _, content)| matches!(content, Content::Bytes))
    {
        kept.retain(|(_, _, content)| matches!(content, Content::Bytes));
    }
    if kept.is_empty() {
        report.change(
            ANSWERS,
            &pointer,
            "no success answer is declared; one without content is assumed",
        );
        kept.push(("200".into(), "Done.".into(), Content::Nothing));
    }
    let mut out = Map::new();
    for (status, description, content) in kept {
        let mut answer = json!({ "description": description });
        match content {
            Content::Nothing => {}
            Content::Json(media) => answer["content"] = json!({ "application/json": media }),
            Content::Bytes => {
                answer["content"] =
                    json!({ BYTES: { "schema": { "type": "string", "format": "binary" } } });
            }
        }
        out.insert(status, answer);
    }
    for status in ["4XX", "5XX"] {
        out.insert(
            status.into(),
            json!({ "$ref": "#/components/responses/Error" }),
        );
    }
    Ok(Value::Object(out))
}

/// The success answers in order: exact ones, else a range, else what is said of all statuses.
fn successes<'a>(raw: &'a Value, pointer: &str, report: &mut Report) -> Vec<(String, &'a Value)> {
    let all: Vec<(String, &Value)> = entries(raw, "responses")
        .map(|(status, answer)| (status.trim().to_owned(), answer))
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
            ANSWERS,
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
    answer: &Value,
    status: &str,
    pointer: &str,
    report: &mut Report,
) -> Content {
    let all: Vec<(&String, &Value)> = entries(answer, "content").collect();
    if all.is_empty() || status == "204" || status == "205" {
        if !all.is_empty() {
            report.change(
                ANSWERS,
                pointer,
                "this status has no content; what is declared is ignored",
            );
        }
        return Content::Nothing;
    }
    let bytes = |value: &Value| {
        let schema = value
            .get("schema")
            .and_then(|schema| follow(context.source, schema));
        schema.is_some_and(|schema| {
            kind(schema) == Some("string")
                && matches!(text(schema, "format").as_str(), "binary" | "byte")
        })
    };
    let best = all
        .iter()
        .filter_map(|(media, value)| Some((bodies::json_rank(media)?, media, value)))
        .filter(|(_, _, value)| {
            !bytes(value) || text(value.get("schema").unwrap_or(&Value::Null), "format") == "byte"
        })
        .min_by_key(|(rank, _, _)| *rank);
    let Some((_, media, value)) = best else {
        let names: Vec<&str> = all.iter().map(|(media, _)| media.as_str()).collect();
        if names != [BYTES] {
            report.change(
                ANSWERS,
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
            .filter(|other| other != *media)
            .collect();
        report.change(
            ANSWERS,
            pointer,
            format!("is read as JSON; {} left out", others.join(", ")),
        );
    } else if media.as_str() != "application/json" {
        report.change(ANSWERS, pointer, format!("`{media}` is read as JSON"));
    }
    let mut new = Map::new();
    let schema = value.get("schema").filter(|schema| schema.is_object());
    if schema.is_none() {
        report.change(ANSWERS, pointer, "has no schema; it is read as any JSON");
    }
    new.insert(
        "schema".into(),
        schema.cloned().unwrap_or_else(|| json!({})),
    );
    bodies::example(value, &mut new);
    Content::Json(new)
}

fn differs(one: &Content, other: &Content) -> bool {
    match (one, other) {
        (Content::Json(one), Content::Json(other)) => one["schema"] != other["schema"],
        (Content::Bytes, Content::Json(_)) | (Content::Json(_), Content::Bytes) => true,
        _ => false,
    }
}
