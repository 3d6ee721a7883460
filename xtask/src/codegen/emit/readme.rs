//! The list of operations in a client crate's README.

use std::fmt::Write as _;

use engagement_document::Document;

use crate::codegen::names;
use crate::codegen::output::{File, Owned};

const START: &str = "<!-- operations: made by cargo xtask codegen -->";
const END: &str = "<!-- end of operations -->";

/// The provider's name as its users write it: the title without "API" and the like.
pub(super) fn provider_title(document: &Document) -> &str {
    let title = document.title.as_str();
    let end = [" REST API", " API"]
        .iter()
        .find_map(|suffix| title.strip_suffix(suffix));
    end.unwrap_or(title)
}

pub(super) fn file(document: &Document) -> File {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} operations in {} groups.",
        document.operations.len(),
        document.groups.len()
    );
    for group in &document.groups {
        let _ = writeln!(
            out,
            "\n### `client.{}()`: {}\n",
            names::snake(&group.name),
            group.description
        );
        out.push_str("| call | what it does | method and path | known from | page |\n|---|---|---|---|---|\n");
        for operation in document.group(&group.name) {
            let host = if operation.server == 0 {
                ""
            } else {
                &document.servers[operation.server].url
            };
            let deprecated = if operation.deprecated {
                " (deprecated)"
            } else {
                ""
            };
            let _ = writeln!(
                out,
                "| `{}`{deprecated} | {} | `{} {host}{}` | {} | [docs]({}) |",
                names::snake(&operation.action),
                operation.summary,
                operation.method,
                operation.path,
                operation.evidence.level,
                operation.docs_url
            );
        }
    }
    out.push('\n');
    File {
        path: format!("crates/{}-client/README.md", document.provider),
        text: out,
        owned: Owned::Between(START, END),
    }
}
