//! A table of the operations of each provider.

use std::fmt::Write as _;

use engagement_document::{BodyKind, Document, Operation, Schemas};
use engagement_tests::providers;
use serde_json::Value;

#[test]
fn tables() {
    let counts: Vec<(&str, usize)> = providers::ALL
        .iter()
        .map(|provider| (provider.name, provider.document().operations.len()))
        .collect();
    assert_eq!(
        counts,
        [
            ("engage", 41),
            ("engagebay", 87),
            ("engageone", 6),
            ("engagespot", 34),
            ("webengage", 28)
        ]
    );
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<usize>(), 196);
    for provider in providers::ALL {
        insta::assert_snapshot!(
            format!("operations_{}", provider.name),
            table(&provider.document())
        );
    }
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
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..6).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
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
