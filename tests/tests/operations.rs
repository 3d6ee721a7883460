//! What each client offers, at a glance: one table per provider.

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
            ("webengage", 27)
        ]
    );
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<usize>(), 195);
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
        let auth = operation
            .security
            .iter()
            .map(|alternative| match alternative.as_slice() {
                [] => "none".to_owned(),
                schemes => schemes.join("+"),
            })
            .collect::<Vec<_>>()
            .join(" or ");
        let auth = if auth.is_empty() {
            "none".to_owned()
        } else {
            auth
        };
        let path = if operation.server == 0 {
            operation.path.clone()
        } else {
            format!(
                "{}{}",
                document.servers[operation.server].url, operation.path
            )
        };
        let flags = flags(operation);
        rows.push([
            format!("client.{}().{}()", operation.group, operation.action),
            format!("{} {path}", operation.method),
            auth,
            format!("{} -> {}", body(operation), response(operation)),
            operation.evidence.level.clone(),
            flags,
        ]);
    }
    let widths: Vec<usize> = (0..6)
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or_default()
        })
        .collect();
    let mut out = String::new();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        let _ = writeln!(out, "{}", cells.join("  ").trim_end());
    }
    out
}

fn flags(operation: &Operation) -> String {
    let mut found = Vec::new();
    let by_method = matches!(operation.method.as_str(), "GET" | "PUT" | "DELETE" | "HEAD");
    if operation.idempotent != by_method {
        found.push(if operation.idempotent {
            "repeatable"
        } else {
            "not repeatable"
        });
    }
    if operation.sends_message {
        found.push("reaches people");
    }
    if operation.pagination.is_some() {
        found.push("pages");
    }
    if operation.deprecated {
        found.push("deprecated");
    }
    let mut found: Vec<String> = found.into_iter().map(str::to_owned).collect();
    if let Some(header) = &operation.idempotency_key {
        found.push(format!("{header} makes it repeatable"));
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
    let Some(schema) = operation
        .typed_response()
        .and_then(|response| response.schema.as_ref())
    else {
        return "nothing".into();
    };
    let empty = if operation.may_be_empty() {
        " or nothing"
    } else {
        ""
    };
    let part = operation.envelope.join(".");
    let part = if part.is_empty() {
        part
    } else {
        format!(".{part}")
    };
    format!("{}{part}{empty}", name(schema))
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
