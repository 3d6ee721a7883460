//! Parameters of path, query and header.

use serde_json::{Value, json};

use crate::import::common::json::{entries, flag, follow, items, reference, remove, step, text};
use crate::import::common::naming::{self, folded};
use crate::import::common::report::{PARAMETERS, Place, Report};
use crate::import::common::value_kind::{ValueKind, value_kind};
use crate::import::describe::bodies;
use crate::import::describe::context::{Context, SourceOperation};
use crate::import::describe::paths::Template;

/// Headers that carry a credential: name and description.
pub(crate) type HeaderCredentials = Vec<(String, String)>;

/// The parameters of an operation, and the credentials that were declared as parameters.
pub(crate) fn read(
    context: &mut Context<'_>,
    found: &SourceOperation<'_>,
    template: &mut Template,
) -> (Vec<Value>, HeaderCredentials) {
    let mut carried = HeaderCredentials::new();
    let mut list: Vec<Value> = Vec::new();
    for (pointer, raw) in declared(context.source, found, context.report) {
        let name = text(raw, "name");
        let location = text(raw, "in").to_ascii_lowercase();
        let mut place = context.report.at(PARAMETERS, &pointer);
        if location == "header" && !name.is_empty() && context.credentials.carries(&name) {
            place.change(format!(
                "the header `{name}` carries a credential; the client sends it, callers don't"
            ));
            carried.push((name, text(raw, "description")));
            continue;
        }
        if let Some(reason) = unsupported(&name, &location) {
            place.change(format!("{reason}; left out"));
            continue;
        }
        let same = |other: &Value| text(other, "name") == name && text(other, "in") == location;
        if list.iter().any(same) {
            continue;
        }
        let in_path = location == "path";
        if in_path && !put_in_path(&name, template, &mut place) {
            continue;
        }
        let required = flag(raw, "required");
        if in_path && !required {
            place.change(format!("`{name}` is in the path, so it is required"));
        }
        let mut new = json!({ "name": name, "in": location, "required": in_path || required });
        describe(raw, &mut new, context.report);
        let at = step(&pointer, "schema");
        let place = context.report.at(PARAMETERS, &at);
        schema(context.source, raw, &mut new, place);
        if context.ours
            && let Some(value) = raw.get("x-client-value")
        {
            let prefix = context.options.provider().to_uppercase();
            if naming::is_variable_of(&prefix, &text(value, "env")) {
                new["x-client-value"] = value.clone();
            } else {
                let at = step(&pointer, "x-client-value");
                context.report.at(PARAMETERS, &at).change(format!(
                    "its variable must begin with `{prefix}_`; the client has no value for it"
                ));
            }
        }
        if context.ours
            && let Some(name) = raw.get("x-rust-name")
        {
            new["x-rust-name"] = name.clone();
        }
        list.push(new);
    }
    let place = &mut context.report.at(PARAMETERS, &found.pointer);
    complete(template, &mut list, place);
    list.sort_by_key(|parameter| text(parameter, "in") != "path");
    (list, carried)
}

/// Why a client can't send a parameter, if it can't.
fn unsupported(name: &str, location: &str) -> Option<String> {
    if name.is_empty() {
        return Some("has no name".to_owned());
    }
    match location {
        "path" | "query" => None,
        "header" => match name.to_ascii_lowercase().as_str() {
            "accept" | "content-type" | "content-length" | "host" | "connection"
            | "transfer-encoding" | "te" | "trailer" | "upgrade" | "expect" | "keep-alive" => {
                Some(format!("the header `{name}` is set by the client"))
            }
            lower if naming::is_header(lower) => None,
            _ => Some(format!("`{name}` can't be the name of a header")),
        },
        "cookie" => Some(format!(
            "`{name}` goes into a cookie, which clients don't send"
        )),
        other => Some(format!(
            "`{name}` is in `{other}`, where no parameter can be"
        )),
    }
}

/// The parameters of the operation and then those of its path, each with its pointer.
fn declared<'a>(
    source: &'a Value,
    found: &SourceOperation<'a>,
    report: &mut Report,
) -> Vec<(String, &'a Value)> {
    let mut list = Vec::new();
    let path = found.pointer.rsplit_once('/').map_or("", |(path, _)| path);
    for (pointer, holder) in [(found.pointer.as_str(), found.raw), (path, found.item)] {
        for (at, raw) in items(holder, "parameters").enumerate() {
            let pointer = format!("{pointer}/parameters/{at}");
            match follow(source, raw) {
                Some(parameter) => list.push((pointer, parameter)),
                None => {
                    let target = reference(raw).unwrap_or_default();
                    report
                        .at(PARAMETERS, &pointer)
                        .change(format!("`{target}` does not resolve; left out"));
                }
            }
        }
    }
    list
}

/// Has the path call a parameter by its name; `false` if the path doesn't have it.
fn put_in_path(name: &str, template: &mut Template, place: &mut Place<'_>) -> bool {
    if template.names.iter().any(|known| known == name) {
        return true;
    }
    let mut names = template.names.iter();
    if let Some(at) = names.position(|known| folded(known) == folded(name)) {
        let known = &template.names[at];
        place.change(format!(
            "the path calls it `{known}`; it is `{name}` in both places"
        ));
        template.rename(at, name);
        return true;
    }
    let (colon, braces) = (format!(":{name}"), format!("{{{name}}}"));
    let mut segments: Vec<&str> = template.path.split('/').collect();
    if !segments.contains(&colon.as_str()) {
        place.change(format!("`{name}` is not in the path; left out"));
        return false;
    }
    for segment in segments.iter_mut().filter(|segment| **segment == colon) {
        *segment = &braces;
    }
    template.path = segments.join("/");
    template.names.push(name.to_owned());
    place.change(format!("the path's `{colon}` is written `{braces}`"));
    true
}

fn describe(raw: &Value, new: &mut Value, report: &mut Report) {
    let description = text(raw, "description");
    new["description"] = if description.is_empty() {
        report.fill_in("descriptions of parameters");
        json!(format!(
            "`{}`; the provider says no more about it.",
            text(new, "name")
        ))
    } else {
        json!(description)
    };
    if flag(raw, "deprecated") {
        new["deprecated"] = json!(true);
    }
    let first = raw.get("examples").and_then(|examples| match examples {
        Value::Object(examples) => examples.values().next()?.get("value"),
        Value::Array(examples) => examples.first(),
        _ => None,
    });
    if let Some(example) = raw.get("example").or(first) {
        new["example"] = example.clone();
    }
}

/// The parameter's schema, as text if the client has no way to write the value.
fn schema(source: &Value, raw: &Value, new: &mut Value, mut place: Place<'_>) {
    let in_content = entries(raw, "content").next();
    let in_content = in_content.map(|(_, media)| media.get("schema").unwrap_or(&Value::Null));
    let schema = raw.get("schema").or(in_content);
    let schema = schema.filter(|schema| schema.is_object());
    let style = text(raw, "style");
    let sign = match style.as_str() {
        "spaceDelimited" => "spaces",
        "pipeDelimited" => "`|`",
        _ => "commas",
    };
    let list_note = format!("Several values are joined by {sign} into one text.");
    let note = match value_kind(source, schema.unwrap_or(&Value::Null)) {
        _ if in_content.is_some() => "The value is JSON text.",
        ValueKind::Array(inner) if *inner == ValueKind::Scalar => {
            if text(new, "in") != "path" {
                new["schema"] = json!(schema);
                if let (true, Some(new)) = (text(new, "in") == "query", new.as_object_mut()) {
                    bodies::copy_style(raw, new);
                }
                return;
            }
            &list_note
        }
        ValueKind::Object
            if text(new, "in") == "query"
                && schema.is_some_and(|schema| bodies::has_fields(source, schema)) =>
        {
            new["schema"] = json!(schema);
            if let Some(new) = new.as_object_mut() {
                bodies::copy_style(raw, new);
            }
            return;
        }
        ValueKind::Scalar => {
            new["schema"] = json!(schema);
            return;
        }
        ValueKind::Any => "",
        _ => "The provider takes structured values here; they have to be written as one text.",
    };
    let name = text(new, "name");
    new["schema"] = json!({ "type": "string" });
    if note.is_empty() {
        place.change(format!("`{name}` has no usable type; it is a text"));
        return;
    }
    new["description"] = json!(format!("{} {note}", text(new, "description")));
    remove(new, "example");
    place.change(format!(
        "`{name}` has no typed form that the client could send; it is a text"
    ));
}

/// Adds what the path names and nobody declares, and what comes after a `?` in the path.
fn complete(template: &Template, list: &mut Vec<Value>, place: &mut Place<'_>) {
    for name in &template.names {
        let known = |other: &Value| text(other, "name") == *name && text(other, "in") == "path";
        if !list.iter().any(known) {
            place.change(format!(
                "the path names `{name}`, which is not declared; it is a text"
            ));
            list.push(json!({ "name": name, "in": "path", "required": true,
                "description": format!("`{name}` of the path; the provider says no more about it."),
                "schema": { "type": "string" } }));
        }
    }
    for (name, value) in &template.constants {
        list.retain(|other| text(other, "name") != *name);
        place.change(format!(
            "`{name}={value}` is part of the path; it is sent as a constant of the query"
        ));
        list.push(json!({ "name": name, "in": "query", "required": true, "description": "Always the same.",
            "example": value, "schema": { "type": "string", "enum": [value] } }));
    }
}
