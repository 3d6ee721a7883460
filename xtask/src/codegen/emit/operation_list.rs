//! `operations.md`: the tables of operations that end a client's documentation, in rustdoc and in the README.

use std::fmt::Write as _;

use engagement_document::Document;

use super::groups;
use crate::codegen::{docs, names};

pub(super) fn tables(document: &Document) -> String {
    let mut out = format!(
        "{} operations in {} groups.\n",
        document.operations.len(),
        document.groups.len()
    );
    for group in &document.groups {
        let module = names::module_of_group(&group.name);
        let _ = writeln!(
            out,
            "\n### `client.{}()`: {}\n",
            names::snake(&group.name),
            cell(&group.description)
        );
        out.push_str(
            "| call | what it does | method and path | known from | page |\n|---|---|---|---|---|\n",
        );
        for operation in document.group(&group.name) {
            let host = if operation.server == 0 {
                String::new()
            } else {
                docs::one_line(&document.servers[operation.server].url)
            };
            let deprecated = if operation.deprecated {
                " (deprecated)"
            } else {
                ""
            };
            let _ = writeln!(
                out,
                "| [`{}`](struct@crate::{module}::{}){deprecated} | {} | `{} {host}{}` | {} | [docs]({}) |",
                names::snake(&operation.action),
                groups::call_name(operation),
                cell(&operation.summary),
                operation.method,
                docs::one_line(&operation.path).replace(['`', '|'], "'"),
                evidence(&operation.evidence.level),
                docs::one_line(&operation.docs_url).replace('|', "%7C")
            );
        }
    }
    docs::inert(&out)
}

/// Text for a cell of a table, or a heading.
fn cell(text: &str) -> String {
    docs::line(text).replace('|', "\\|")
}

/// A level of evidence, short.
fn evidence(level: &str) -> &str {
    match level {
        "docs" => "documentation",
        "sdk" => "provider's code",
        "third-party" => "unofficial code",
        "inferred" => "inference",
        level => level,
    }
}
