//! Swagger 2.0 in terms of OpenAPI 3.0.
//!
//! Written here because what there is as a crate belongs to a mock server or a web framework, brings it along whole,
//! and reads into strict types: one defect of a vendor's file and nothing is read at all. This conversion works on
//! JSON, keeps what it doesn't know, and leaves every judgement to the steps after it.

use serde_json::{Map, Value, json};

use crate::import::common::json::{
    METHODS, copy, entries, flag, follow, is_data, items, object, reference, remove, step, strings,
    text,
};
use crate::import::common::report::{HOSTS, PARAMETERS, Report};

/// Keys of a parameter or header that say what its value looks like.
const SCHEMA_KEYS: &[&str] = &[
    "type",
    "format",
    "items",
    "enum",
    "default",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "x-nullable",
];

/// The same document as OpenAPI 3.0, apart from places that are defective either way.
pub(crate) fn convert(source: &Value, report: &mut Report) -> Value {
    let mut out = json!({ "openapi": "3.0.3" });
    let same = ["info", "tags", "externalDocs", "security"];
    copy(source, &mut out, &same);
    out["servers"] = json!([{ "url": main_url(source, report) }]);
    let components = object(&mut out, "components");
    for (old, new) in [
        ("definitions", "schemas"),
        ("securityDefinitions", "securitySchemes"),
    ] {
        if let Some(value) = source.get(old).filter(|value| value.is_object()) {
            components.insert(new.to_owned(), value.clone());
        }
    }
    if let Some(Value::Object(schemes)) = components.get_mut("securitySchemes") {
        for (_, scheme) in schemes {
            if text(scheme, "type") == "basic" {
                scheme["type"] = json!("http");
                scheme["scheme"] = json!("basic");
            }
        }
    }
    let mut paths = Map::new();
    for (key, item) in entries(source, "paths") {
        let at = step("/paths", key);
        let mut new = Map::new();
        let Some(path) = follow(source, item).filter(|path| path.is_object()) else {
            paths.insert(key.clone(), item.clone());
            continue;
        };
        for (name, value) in path.as_object().into_iter().flatten() {
            let method = name.to_ascii_lowercase();
            if !METHODS.contains(&method.as_str()) {
                if name != "parameters" {
                    new.insert(name.clone(), value.clone());
                }
                continue;
            }
            let pointer = step(&at, name);
            new.insert(method, operation(source, value, path, &pointer, report));
        }
        paths.insert(key.clone(), Value::Object(new));
    }
    out["paths"] = Value::Object(paths);
    rewrite(&mut out, "");
    out
}

fn main_url(source: &Value, report: &mut Report) -> String {
    let host = text(source, "host");
    let base = text(source, "basePath");
    let schemes = strings(source, "schemes");
    let scheme = match schemes.first() {
        _ if schemes.iter().any(|scheme| scheme == "https") => "https",
        Some(only) if only == "http" => {
            report.at(HOSTS, "/schemes").change("only `http` is named; kept, but such a host has to be allowed with `allow_insecure_http`");
            "http"
        }
        _ => "https",
    };
    let base = base.trim_matches('/');
    let slash = if base.is_empty() { "" } else { "/" };
    if host.is_empty() {
        format!("/{base}")
    } else {
        let host = host
            .trim_start_matches("https://")
            .trim_start_matches("http://");
        format!("{scheme}://{}{slash}{base}", host.trim_end_matches('/'))
    }
}

fn operation(
    source: &Value,
    old: &Value,
    path: &Value,
    pointer: &str,
    report: &mut Report,
) -> Value {
    let mut new = json!({});
    let known = ["parameters", "responses", "consumes", "produces", "schemes"];
    for (key, value) in old.as_object().into_iter().flatten() {
        if !known.contains(&key.as_str()) {
            new[key] = value.clone();
        }
    }
    let media = |key: &str| {
        let own = strings(old, key);
        if old.get(key).is_some() {
            own
        } else {
            strings(source, key)
        }
    };
    let parameters = parameters(source, old, path, pointer, report);
    if new.get("requestBody").is_none() {
        if let Some(parameter) = parameters.body {
            new["requestBody"] = body(parameter, &media("consumes"));
        } else if !parameters.fields.is_empty() {
            new["requestBody"] = form(&parameters.fields, &media("consumes"));
        }
    }
    let schemes = strings(old, "schemes");
    let main = main_url(source, &mut Report::default());
    let fits = |scheme: &String| main.starts_with(&format!("{scheme}://"));
    if let (Some(first), Some((_, rest))) = (schemes.first(), main.split_once("://"))
        && !schemes.iter().any(fits)
    {
        new["servers"] = json!([{ "url": format!("{first}://{rest}") }]);
    }
    new["parameters"] = Value::Array(parameters.others);
    let mut responses = Map::new();
    for (status, response) in entries(old, "responses") {
        let old = follow(source, response).cloned().unwrap_or_default();
        responses.insert(status.clone(), convert_response(&old, &media("produces")));
    }
    new["responses"] = Value::Object(responses);
    new
}

/// Parameters by what they become in OpenAPI 3.
#[derive(Default)]
struct Parameters<'a> {
    body: Option<&'a Value>,
    /// Fields of a form.
    fields: Vec<Value>,
    others: Vec<Value>,
}

/// The parameters of an operation and of its path. The operation's own come first and win.
fn parameters<'a>(
    source: &'a Value,
    old: &'a Value,
    path: &'a Value,
    pointer: &str,
    report: &mut Report,
) -> Parameters<'a> {
    let mut found = Parameters::default();
    let all = items(old, "parameters").chain(items(path, "parameters"));
    for (at, raw) in all.enumerate() {
        let Some(parameter) = follow(source, raw) else {
            let target = reference(raw).unwrap_or_default();
            report.at(PARAMETERS, pointer).change(format!(
                "the parameter `{target}` does not resolve; left out"
            ));
            continue;
        };
        let pointer = format!("{pointer}/parameters/{at}");
        let name = text(parameter, "name");
        match text(parameter, "in").as_str() {
            "body" => {
                found.body.get_or_insert(parameter);
            }
            "formData" => {
                if !found.fields.iter().any(|field| text(field, "name") == name) {
                    found.fields.push(plain(parameter, &pointer, report));
                }
            }
            location => {
                let same =
                    |other: &Value| text(other, "in") == location && text(other, "name") == name;
                if !found.others.iter().any(same) {
                    found.others.push(plain(parameter, &pointer, report));
                }
            }
        }
    }
    found
}

fn body(parameter: &Value, consumes: &[String]) -> Value {
    let mut media = json!({ "schema": parameter.get("schema").cloned().unwrap_or_default() });
    let example = parameter
        .get("x-example")
        .or_else(|| parameter.get("example"));
    if let Some(example) = example {
        media["example"] = example.clone();
    }
    let mut content = Map::new();
    for name in consumes {
        content.insert(name.clone(), media.clone());
    }
    if content.is_empty() {
        content.insert("application/json".into(), media);
    }
    json!({
        "description": parameter.get("description").cloned().unwrap_or_default(),
        "required": flag(parameter, "required"),
        "content": content,
    })
}

fn form(fields: &[Value], consumes: &[String]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut files = false;
    for field in fields {
        let name = text(field, "name");
        let mut schema = field["schema"].clone();
        files |= text(&schema, "format") == "binary" || text(&schema, "type") == "file";
        copy(field, &mut schema, &["description", "example"]);
        if flag(field, "required") {
            required.push(name.clone());
        }
        properties.insert(name, schema);
    }
    let multipart = consumes.iter().any(|media| media == "multipart/form-data");
    let plain = consumes
        .iter()
        .any(|media| media.ends_with("x-www-form-urlencoded"));
    let media = if files || multipart && !plain {
        "multipart/form-data"
    } else {
        "application/x-www-form-urlencoded"
    };
    let needed = !required.is_empty();
    let mut schema = json!({ "type": "object", "properties": properties });
    if needed {
        schema["required"] = json!(required);
    }
    json!({ "required": needed, "content": { media: { "schema": schema } } })
}

/// A parameter with its type in a schema of its own.
fn plain(old: &Value, pointer: &str, report: &mut Report) -> Value {
    let mut new = json!({});
    copy(old, &mut new, &["name", "in", "description", "required"]);
    if let Some(example) = old.get("x-example").or_else(|| old.get("example")) {
        new["example"] = example.clone();
    }
    let mut schema = old.get("schema").cloned().unwrap_or_else(|| json!({}));
    if schema.is_object() {
        copy(old, &mut schema, SCHEMA_KEYS);
    }
    if text(&schema, "type") == "file" {
        schema["type"] = json!("string");
        schema["format"] = json!("binary");
    }
    let format = text(old, "collectionFormat");
    let list = text(&schema, "type") == "array" && format != "multi";
    let place = text(old, "in");
    if list && format != "tsv" && matches!(place.as_str(), "query" | "header") {
        new["explode"] = json!(false);
        match format.as_str() {
            "ssv" => new["style"] = json!("spaceDelimited"),
            "pipes" => new["style"] = json!("pipeDelimited"),
            _ => {}
        }
    } else if list {
        let sign = match format.as_str() {
            "ssv" => "spaces",
            "tsv" => "tabs",
            "pipes" => "`|`",
            _ => "commas",
        };
        let note = format!("Several values are joined by {sign} into one text.");
        let description = text(old, "description");
        new["description"] = json!(format!("{description} {note}").trim());
        schema = json!({ "type": "string" });
        remove(&mut new, "example");
        let format = if format.is_empty() {
            "csv".to_owned()
        } else {
            format
        };
        report.at(PARAMETERS, pointer).change(format!("`{}` is a list with `collectionFormat: {format}`; it is a text, because the client would repeat the parameter", text(old, "name")));
    }
    new["schema"] = schema;
    new
}

fn convert_response(old: &Value, produces: &[String]) -> Value {
    let mut new = json!({ "description": text(old, "description") });
    let Some(schema) = old.get("schema") else {
        return new;
    };
    let mut content = Map::new();
    let file = text(schema, "type") == "file";
    let names: Vec<String> = if file {
        vec!["application/octet-stream".to_owned()]
    } else if produces.is_empty() {
        vec!["application/json".to_owned()]
    } else {
        produces.to_vec()
    };
    for name in names {
        let mut media = json!({ "schema": schema });
        if file {
            media["schema"] = json!({ "type": "string", "format": "binary" });
        }
        let examples = old.get("examples");
        if let Some(example) = examples.and_then(|examples| examples.get(&name)) {
            media["example"] = example.clone();
        }
        content.insert(name, media);
    }
    new["content"] = Value::Object(content);
    new
}

/// Points references to where the schemas are now, and writes `x-nullable` as `nullable`.
fn rewrite(value: &mut Value, parent: &str) {
    match value {
        Value::Object(object) => {
            let target = object.get("$ref").and_then(Value::as_str);
            if let Some(name) = target.and_then(|target| target.strip_prefix("#/definitions/")) {
                let target = format!("#/components/schemas/{name}");
                object.insert("$ref".into(), Value::String(target));
            }
            if let Some(nullable @ Value::Bool(_)) = object.shift_remove("x-nullable") {
                object.insert("nullable".into(), nullable);
            }
            for (key, value) in object.iter_mut() {
                if !is_data(parent, key) {
                    rewrite(value, key);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, "")),
        _ => {}
    }
}
