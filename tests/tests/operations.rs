//! A table of the operations of each provider.

use std::fmt::Write as _;

use engagement_document::{BodyKind, Document, Operation, Schemas};
use engagement_tests::providers;
use serde_json::Value;

#[test]
fn tables() {
    for provider in providers::ALL {
        insta::assert_snapshot!(
            format!("operations_{}", provider.name),
            table(&provider.document())
        );
    }
}

/// Every client in `crates/` is in the list that the tests of this package loop over, and every document has a client.
#[test]
fn every_client_is_tested() {
    let listed: Vec<String> = providers::ALL
        .iter()
        .map(|provider| provider.name.to_owned())
        .collect();
    let names = |folder: &str, end: &str| {
        let entries = std::fs::read_dir(providers::root().join(folder)).unwrap();
        let files = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = files
            .filter_map(|file| Some(file.strip_suffix(end)?.to_owned()))
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("crates", "-client"), listed);
    assert_eq!(
        names("specs", ".yaml"),
        [&[".redocly".to_owned()], &listed[..]].concat()
    );
}

fn table(document: &Document) -> String {
    let mut rows = Vec::new();
    for operation in &document.operations {
        let none = vec![Vec::new()];
        let security = Some(&operation.security).filter(|security| !security.is_empty());
        let schemes = security
            .unwrap_or(&none)
            .iter()
            .map(|schemes| schemes.join("+"));
        let schemes = schemes.map(|names| {
            if names.is_empty() {
                "none".to_owned()
            } else {
                names
            }
        });
        let auth = schemes.collect::<Vec<_>>().join(" or ");
        let server = match operation.server {
            0 => "",
            index => &document.servers[index].url,
        };
        rows.push([
            format!("client.{}().{}()", operation.group, operation.action),
            format!("{} {server}{}", operation.method, operation.path),
            auth,
            format!("{} -> {}", body(operation), response(operation)),
            operation.evidence.level.clone(),
            flags(operation),
        ]);
    }
    // Columns are not aligned: one longer word would change all rows.
    rows.iter().fold(String::new(), |mut out, row| {
        let _ = writeln!(out, "{}", row.join(" | ").trim_end_matches([' ', '|']));
        out
    })
}

fn flags(operation: &Operation) -> String {
    let mut found = Vec::new();
    let by_method = matches!(operation.method.as_str(), "GET" | "PUT" | "DELETE" | "HEAD");
    if operation.idempotent != by_method {
        let no = if operation.idempotent { "" } else { "not " };
        found.push(format!("{no}idempotent"));
    }
    for (is, flag) in [
        (operation.sends_message, "sends a message"),
        (operation.pagination.is_some(), "pages"),
        (operation.deprecated, "deprecated"),
    ] {
        found.extend(is.then(|| flag.to_owned()));
    }
    if let Some(key) = &operation.idempotency_key {
        let does = if key.is_documented() {
            "idempotent with"
        } else {
            "sends"
        };
        found.push(format!("{does} {}", key.header));
    }
    if let Some(limit) = &operation.rate_limit {
        found.push(format!("{} in {} s", limit.requests, limit.seconds));
    }
    found.join(", ")
}

fn body(operation: &Operation) -> String {
    match &operation.body {
        None => "nothing".into(),
        Some(body) => {
            let kind = match body.kind {
                BodyKind::Json => "",
                BodyKind::Form => "form ",
                BodyKind::Multipart => "multipart ",
                BodyKind::Raw => "raw ",
            };
            format!("{kind}{}", name(&body.schema))
        }
    }
}

fn response(operation: &Operation) -> String {
    if operation.returns_bytes() {
        return "bytes".into();
    }
    let response = operation.typed_response();
    let Some(schema) = response.and_then(|response| response.schema.as_ref()) else {
        return "nothing".into();
    };
    let empty = ["", " or nothing"][usize::from(operation.may_be_empty())];
    let envelope = operation.envelope.iter().map(|key| format!(".{key}"));
    format!("{}{}{empty}", name(schema), envelope.collect::<String>())
}

fn name(schema: &Value) -> String {
    if let Some(name) = Schemas::ref_name(schema) {
        return name.to_owned();
    }
    if let Some(parts) = schema.get("oneOf").and_then(Value::as_array) {
        return parts.iter().map(name).collect::<Vec<_>>().join(" | ");
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => format!("[{}]", name(schema.get("items").unwrap_or(&Value::Null))),
        Some(kind) => kind.to_owned(),
        None => "any".to_owned(),
    }
}
