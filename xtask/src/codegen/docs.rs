//! Descriptions of a document as rustdoc text.

use std::collections::BTreeMap;

use engagement_document::Document;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::{Failure, names};

/// Replaces ids of operations in descriptions by the methods of the client.
pub(crate) fn with_method_names(document: &Document) -> Result<Document, Failure> {
    let methods: BTreeMap<&str, String> = document
        .operations
        .iter()
        .map(|operation| {
            let (group, action) = (
                names::snake(&operation.group),
                names::snake(&operation.action),
            );
            (
                operation.id.as_str(),
                format!("client.{group}().{action}()"),
            )
        })
        .collect();
    let mut raw = document.raw.clone();
    rename_in_prose(&mut raw, &methods);
    Document::from_value(raw).map_err(|error| Failure::new(error.to_string()))
}

fn rename_in_prose(value: &mut Value, methods: &BTreeMap<&str, String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                match value {
                    Value::String(text)
                        if matches!(key.as_str(), "description" | "summary" | "note") =>
                    {
                        *text = rename(text, methods);
                    }
                    // Data, not prose.
                    _ if key == "example" => {}
                    value => rename_in_prose(value, methods),
                }
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| rename_in_prose(item, methods)),
        _ => {}
    }
}

fn rename(text: &str, methods: &BTreeMap<&str, String>) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        let code = at % 2 == 1;
        if at > 0 {
            out.push('`');
        }
        for piece in part.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_') {
            let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_');
            match methods.get(word) {
                Some(method) if code => out.push_str(method),
                Some(method) => out.push_str(&format!("`{method}`")),
                None => out.push_str(word),
            }
            out.push_str(&piece[word.len()..]);
        }
    }
    out
}

/// One `#[doc]` attribute a line, so that it prints as `///`.
pub(crate) fn attributes(text: &str) -> TokenStream {
    let lines = text.trim().lines().map(|line| {
        let line = if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        };
        quote!(#[doc = #line])
    });
    quote!(#(#lines)*)
}

/// Escapes text of a document for rustdoc: brackets that are no links or code are escaped, code fences get a language (else
/// they would be compiled), indented lines lose their indentation.
pub(crate) fn rustdoc(text: &str) -> String {
    let mut fenced = false;
    let mut out = Vec::new();
    for line in text.trim().lines() {
        let line = line.trim_end();
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            let bare = fenced && line.trim() == "```";
            out.push(if bare {
                "```text".to_owned()
            } else {
                line.trim().to_owned()
            });
        } else if fenced {
            out.push(line.to_owned());
        } else {
            let line = if line.starts_with("    ") {
                line.trim_start()
            } else {
                line
            };
            out.push(escape(line));
        }
    }
    out.join("\n")
}

/// Escapes brackets outside code spans; a bare URL becomes a link.
fn escape(line: &str) -> String {
    let mut out = String::new();
    for (at, part) in line.split('`').enumerate() {
        if at > 0 {
            out.push('`');
        }
        if at % 2 == 1 {
            out.push_str(part);
            continue;
        }
        let words = part.split(' ').map(|word| {
            let bare = word.trim_end_matches(['.', ',', ';', ')']);
            if word.starts_with("http://") || word.starts_with("https://") {
                format!("<{bare}>{}", &word[bare.len()..])
            } else if word.contains("](") {
                word.to_owned()
            } else {
                word.replace('[', "\\[")
                    .replace(']', "\\]")
                    .replace('<', "\\<")
                    .replace('>', "\\>")
            }
        });
        out.push_str(&words.collect::<Vec<_>>().join(" "));
    }
    out
}

/// A text, or another one in place of none.
pub(crate) fn or_else(text: &str, other: impl FnOnce() -> String) -> String {
    if text.is_empty() {
        other()
    } else {
        text.to_owned()
    }
}

/// Text of a document as it stands in generated code: escaped and wrapped.
pub(crate) fn prose(text: &str) -> String {
    wrap(&rustdoc(text))
}

/// Wraps prose at 110 characters, so that generated comments stay readable; code fences, lists and tables keep their
/// lines.
pub(crate) fn wrap(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut paragraph = String::new();
    let mut fenced = false;
    for line in text.lines() {
        let fence = line.starts_with("```");
        fenced ^= fence;
        let own_line =
            fenced || fence || line.is_empty() || line.starts_with(['*', '-', '#', '|', '`']);
        if own_line {
            flush(&mut paragraph, &mut out);
        }
        if fenced || fence || line.is_empty() || line.starts_with(['#', '|']) {
            out.push(line.to_owned());
            continue;
        }
        if !paragraph.is_empty() {
            paragraph.push(' ');
        }
        paragraph.push_str(line.trim());
    }
    flush(&mut paragraph, &mut out);
    out.join("\n")
}

/// Breaks a paragraph into lines; the second and later lines of a list item are indented.
fn flush(paragraph: &mut String, out: &mut Vec<String>) {
    let text = std::mem::take(paragraph);
    if text.is_empty() {
        return;
    }
    let indent = if text.starts_with("* ") || text.starts_with("- ") {
        "  "
    } else {
        ""
    };
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.trim().is_empty() && line.chars().count() + 1 + word.chars().count() > 110 {
            out.push(std::mem::replace(&mut line, format!("{indent}{word}")));
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    out.push(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_escaped_outside_code_only() {
        assert_eq!(rustdoc("a [b] `c[0]` <d>"), "a \\[b\\] `c[0]` \\<d\\>");
    }

    #[test]
    fn operations_are_called_by_their_methods() {
        let methods = BTreeMap::from([("a_get", "client.a().get()".to_owned())]);
        let text = "Better than a_get; see `a_get`, not a_getter.";
        let want = "Better than `client.a().get()`; see `client.a().get()`, not a_getter.";
        assert_eq!(rename(text, &methods), want);
    }

    #[test]
    fn fences_get_a_language_and_urls_become_links() {
        assert_eq!(
            rustdoc("```\nx[0]\n```\nsee https://a.test/b."),
            "```text\nx[0]\n```\nsee <https://a.test/b>."
        );
    }
}
