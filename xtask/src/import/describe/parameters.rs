//! Parameters of path, query and header.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::codegen::names;

use crate::import::common::json::{flag, follow, items, reference, step, text};
use crate::import::common::naming::{self, folded};
use crate::import::common::report::{PARAMETERS, Report};
use crate::import::common::value_kind::{ValueKind, value_kind};
use crate::import::describe::context::{Context, SourceOperation};
use crate::import::describe::credentials::Credentials;
use crate::import::describe::paths::Template;

/// Headers that the client sets itself.
const OWN_HEADERS: &[&str] = &[
    "accept",
    "content-type",
    "content-length",
    "host",
    "connection",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "keep-alive",
];

/// Headers that carry a credential: name and description.
pub(crate) type HeaderCredentials = Vec<(String, String)>;

/// The parameters of an operation, and the credentials that were declared as parameters.
pub(crate) fn read(
    context: &Context<'_>,
    credentials: &Credentials,
    found: &SourceOperation<'_>,
    template: &mut Template,
    report: &mut Report,
) -> Result<(Vec<Value>, HeaderCredentials), String> {
    let mut carried = HeaderCredentials::new();
    let mut list: Vec<Value> = Vec::new();
    for (pointer, raw) in declared(context.source, found, report) {
        let name = text(raw, "name");
        let location = text(raw, "in").to_ascii_lowercase();
        if location == "header" && !name.is_empty() && credentials.carries(&name) {
            report.change(
                PARAMETERS,
                &pointer,
                format!(
                    "the header `{name}` carries a credential; the client sends it, callers don't"
                ),
            );
            carried.push((name, text(raw, "description")));
            continue;
        }
        if let Some(reason) = unsupported(&name, &location) {
            report.change(PARAMETERS, &pointer, format!("{reason}; left out"));
            continue;
        }
        let same = |other: &Value| text(other, "name") == name && text(other, "in") == location;
        if list.iter().any(same) {
            continue;
        }
        let mut new = json!({ "name": name, "in": location });
        if location == "path" {
            let Some(name) = in_path(&name, template, &pointer, report) else {
                continue;
            };
            new["name"] = json!(name);
            if !flag(raw, "required") {
                report.change(
                    PARAMETERS,
                    &pointer,
                    format!("`{name}` is in the path, so it is required"),
                );
            }
        }
        new["required"] = json!(location == "path" || flag(raw, "required"));
        describe(raw, &mut new, report);
        schema(context.source, raw, &mut new, &pointer, report);
        if context.ours
            && let Some(value) = raw.get("x-client-value")
        {
            new["x-client-value"] = value.clone();
        }
        list.push(new);
    }
    complete(template, &mut list, found, report);
    let list = distinct(list, found, context.ours, report)?;
    Ok((list, carried))
}

/// Why a client can't send a parameter, if it can't.
fn unsupported(name: &str, location: &str) -> Option<String> {
    let is_token = |name: &str| {
        name.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&b))
    };
    match location {
        _ if name.is_empty() => Some("has no name".to_owned()),
        "path" | "query" => None,
        "header" if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) => {
            Some(format!("the header `{name}` is set by the client"))
        }
        "header" if is_token(name) => None,
        "header" => Some(format!("`{name}` can't be the name of a header")),
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
                    report.change(
                        PARAMETERS,
                        &pointer,
                        format!("`{target}` does not resolve; left out"),
                    );
                }
            }
        }
    }
    list
}

/// The name that the path has for a parameter; `None` if it has none.
fn in_path(
    name: &str,
    template: &mut Template,
    pointer: &str,
    report: &mut Report,
) -> Option<String> {
    if template.names.iter().any(|known| known == name) {
        return Some(name.to_owned());
    }
    if let Some(at) = template
        .names
        .iter()
        .position(|known| folded(known) == folded(name))
    {
        report.change(
            PARAMETERS,
            pointer,
            format!(
                "the path calls it `{}`; it is `{name}` in both places",
                template.names[at]
            ),
        );
        template.rename(at, name);
        return Some(name.to_owned());
    }
    let colon = format!(":{name}");
    if template.path.split('/').any(|segment| segment == colon) {
        let parts = template.path.split('/').map(|segment| {
            if segment == colon {
                format!("{{{name}}}")
            } else {
                segment.to_owned()
            }
        });
        template.path = parts.collect::<Vec<_>>().join("/");
        template.names.push(name.to_owned());
        report.change(
            PARAMETERS,
            pointer,
            format!("the path's `{colon}` is written `{{{name}}}`"),
        );
        return Some(name.to_owned());
    }
    report.change(
        PARAMETERS,
        pointer,
        format!("`{name}` is not in the path; left out"),
    );
    None
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
fn schema(source: &Value, raw: &Value, new: &mut Value, pointer: &str, report: &mut Report) {
    let in_content = raw
        .get("content")
        .and_then(Value::as_object)
        .and_then(|content| content.values().next())
        .map(|media| media.get("schema").cloned().unwrap_or_default());
    let is_json = in_content.is_some();
    let schema = raw.get("schema").cloned().or(in_content);
    let schema = schema.filter(Value::is_object);
    let what = value_kind(source, schema.as_ref().unwrap_or(&Value::Null));
    let query = text(new, "in") == "query";
    let joined = {
        let style = text(raw, "style");
        let separate = matches!(style.as_str(), "spaceDelimited" | "pipeDelimited");
        separate || raw.get("explode") == Some(&Value::Bool(false))
    };
    let note = match what {
        _ if is_json => Some("The value is JSON text."),
        ValueKind::Scalar => None,
        ValueKind::Array(inner) if query && *inner == ValueKind::Scalar && !joined => None,
        ValueKind::Array(inner) if *inner == ValueKind::Scalar => match text(raw, "style").as_str()
        {
            "spaceDelimited" => Some("Several values are joined by spaces into one text."),
            "pipeDelimited" => Some("Several values are joined by `|` into one text."),
            _ => Some("Several values are joined by commas into one text."),
        },
        ValueKind::Any => Some(""),
        _ => {
            Some("The provider takes structured values here; they have to be written as one text.")
        }
    };
    let Some(note) = note else {
        new["schema"] = schema.unwrap_or_default();
        return;
    };
    let name = text(new, "name");
    new["schema"] = json!({ "type": "string" });
    if !note.is_empty() {
        new["description"] = json!(format!("{} {note}", text(new, "description")));
        if let Some(new) = new.as_object_mut() {
            new.shift_remove("example");
        }
    }
    let why = if note.is_empty() {
        "has no usable type"
    } else {
        "has no typed form that the client could send"
    };
    report.change(
        PARAMETERS,
        &step(pointer, "schema"),
        format!("`{name}` {why}; it is a text"),
    );
}

/// Adds what the path names and nobody declares, and what comes after a `?` in the path.
fn complete(
    template: &Template,
    list: &mut Vec<Value>,
    found: &SourceOperation<'_>,
    report: &mut Report,
) {
    for name in &template.names {
        let known = |other: &Value| text(other, "name") == *name && text(other, "in") == "path";
        if !list.iter().any(known) {
            report.change(
                PARAMETERS,
                &found.pointer,
                format!("the path names `{name}`, which is not declared; it is a text"),
            );
            list.push(json!({ "name": name, "in": "path", "required": true,
                "description": format!("`{name}` of the path; the provider says no more about it."),
                "schema": { "type": "string" } }));
        }
    }
    for (name, value) in &template.constants {
        list.retain(|other| text(other, "name") != *name);
        report.change(
            PARAMETERS,
            &found.pointer,
            format!("`{name}={value}` is part of the path; it is sent as a constant of the query"),
        );
        list.push(json!({ "name": name, "in": "query", "required": true, "description": "Always the same.",
            "example": value, "schema": { "type": "string", "enum": [value] } }));
    }
}

/// Leaves out parameters that would get the same Rust name as another one; fails if the provider requires one of them.
fn distinct(
    list: Vec<Value>,
    found: &SourceOperation<'_>,
    ours: bool,
    report: &mut Report,
) -> Result<Vec<Value>, String> {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let mut kept = Vec::new();
    let (path, others): (Vec<Value>, Vec<Value>) = list
        .into_iter()
        .partition(|parameter| text(parameter, "in") == "path");
    for parameter in path.into_iter().chain(others) {
        let name = text(&parameter, "name");
        let constant = parameter.pointer("/schema/enum").and_then(Value::as_array);
        let constant =
            constant.is_some_and(|values| values.len() == 1) && flag(&parameter, "required");
        let reason = if naming::is_taken_parameter(&name) && !constant {
            Some(format!(
                "`{name}` can't be a Rust name of its own on a call"
            ))
        } else {
            taken
                .get(&folded(&name))
                .map(|other| format!("`{name}` gets the same Rust name as `{other}`"))
        };
        match reason {
            Some(reason) if flag(&parameter, "required") => {
                return Err(format!(
                    "the parameter {reason}, and the provider requires it"
                ));
            }
            Some(reason) => {
                report.change(
                    PARAMETERS,
                    &found.pointer,
                    format!("{reason}; left out, since it is optional"),
                );
            }
            None => {
                let rust = names::snake(&name);
                let free = names::value_of_call(&rust);
                if free != rust && !constant && !ours {
                    report.change(
                        PARAMETERS,
                        &found.pointer,
                        format!("`{name}` is called `{free}` in Rust, because the name is taken"),
                    );
                }
                taken.insert(folded(&name), name);
                kept.push(parameter);
            }
        }
    }
    Ok(kept)
}
