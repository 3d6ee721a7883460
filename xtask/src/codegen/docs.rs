//! Descriptions of a document as rustdoc text.

use std::collections::BTreeMap;

use engagement_document::Document;
use proc_macro2::TokenStream;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
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
    let named = Document::from_value(raw);
    let named = named.map_err(|error| Failure::all(error.in_file(&document.file)))?;
    Ok(Document {
        file: document.file.clone(),
        lines: document.lines.clone(),
        ..named
    })
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

/// The text on one line, for a place that has no more: white space is joined, and what a comment can't have is left out.
pub(crate) fn one_line(text: &str) -> String {
    let lines = readable(text);
    lines.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name or a title within prose: one line, in which nothing is Markdown.
pub(crate) fn inline(text: &str) -> String {
    let mut out = String::new();
    for c in one_line(text).chars() {
        if "\\`[]<>".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The text as a code span: one line, in which nothing ends the span.
pub(crate) fn code(text: &str) -> String {
    format!("`{}`", one_line(text).replace('`', "'"))
}

/// Every text of a document becomes a comment here. No line of the result can end the comment, and no code in it is compiled
/// by rustdoc.
fn comment_lines(text: &str) -> Vec<String> {
    let text = inert(readable(text).trim());
    text.lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// The text as lines of a comment that begin with `start`, such as `    ///`.
pub(crate) fn comment(start: &str, text: &str) -> String {
    let mut out = String::new();
    for line in comment_lines(text) {
        let line = format!("{start} {line}");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// One `#[doc]` attribute a line, so that it prints as `///`.
pub(crate) fn attributes(text: &str) -> TokenStream {
    let lines = comment_lines(text).into_iter().map(|line| {
        let line = if line.is_empty() {
            line
        } else {
            format!(" {line}")
        };
        quote!(#[doc = #line])
    });
    quote!(#(#lines)*)
}

/// Without control characters, and without marks that change the direction of what follows: rustc refuses both in comments.
/// All kinds of line ends become `\n`.
fn readable(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let read = |c: char| match c {
        '\t' => Some(c),
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        c => Some(c).filter(|c| !c.is_control()),
    };
    text.chars().filter_map(read).collect()
}

/// The languages of fences that are not compiled.
const NOT_COMPILED: [&str; 2] = ["text", "json"];

/// The text, or all of it as one block of code in no language if rustdoc would compile a part: a list item can begin with a
/// fence or with an indented line, and a wrapped line with one.
pub(crate) fn inert(text: &str) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let mut events = Parser::new_ext(text, options);
    let compiled = events.any(|event| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
            !NOT_COMPILED.contains(&info.as_ref())
        }
        Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => true,
        _ => false,
    });
    if !compiled {
        return text.to_owned();
    }
    let runs = text.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or_default().max(2) + 1);
    format!("{fence}text\n{text}\n{fence}")
}

/// The opening of a block of code: its sign, how often it stands there, and the language.
fn fence(line: &str) -> Option<(char, usize, &str)> {
    let line = line.trim();
    let sign = line.chars().next().filter(|c| "`~".contains(*c))?;
    let rest = line.trim_start_matches(sign);
    let count = line.len() - rest.len();
    (count >= 3 && !rest.contains('`')).then_some((sign, count, rest.trim()))
}

/// Escapes text of a document for rustdoc: brackets that are no links or code are escaped, code fences get a language that is
/// not compiled, indented lines lose their indentation.
pub(crate) fn rustdoc(text: &str) -> String {
    let mut open = None;
    let mut out = Vec::new();
    for line in readable(text).trim().lines() {
        let line = line.trim_end();
        match open {
            Some((sign, count)) => {
                let ends = fence(line).is_some_and(|(other, length, language)| {
                    other == sign && length >= count && language.is_empty()
                });
                if ends {
                    open = None;
                    out.push("```".to_owned());
                } else if line.trim_start().starts_with("```") {
                    // Indented this far, it does not end the block.
                    out.push(format!("    {}", line.trim_start()));
                } else {
                    out.push(line.to_owned());
                }
            }
            None => {
                if let Some((sign, count, language)) = fence(line) {
                    open = Some((sign, count));
                    let known = NOT_COMPILED.iter().find(|known| **known == language);
                    out.push(format!("```{}", known.unwrap_or(&"text")));
                } else {
                    let indented = line.starts_with("    ") || line.starts_with('\t');
                    out.push(escape(if indented { line.trim_start() } else { line }));
                }
            }
        }
    }
    if open.is_some() {
        out.push("```".to_owned());
    }
    out.join("\n")
}

/// Prose that has one line only, such as a cell of a table.
pub(crate) fn line(text: &str) -> String {
    escape(&one_line(text))
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
