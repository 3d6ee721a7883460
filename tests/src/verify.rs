//! Checks recorded payloads against the documents and the typed clients: `cargo xtask verify DIR`.
//!
//! Each payload must fit the document's schema, must be readable by the type that the client uses for it, and must be
//! written back with nothing lost or changed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use engagement_document::{BodyKind, Document, Operation};
use serde_json::{Map, Value};

use crate::providers::{self, Provider};
use crate::{RoundTrip, differences, instance};

/// What a run found.
#[derive(Debug, Default)]
pub struct Report {
    /// The text for the terminal.
    pub text: String,
    /// Payloads that passed.
    pub passed: usize,
    /// Payloads that contradict the document for a reason that it names.
    pub explained: usize,
    /// Payloads that could not be checked.
    pub skipped: usize,
    /// Payloads that failed.
    pub failed: usize,
}

/// One line of `index.json`.
#[derive(Debug)]
struct Entry {
    file: String,
    operation: String,
    request: bool,
    status: Option<u64>,
    partial: bool,
    /// Why it is not to be checked.
    skip: Option<String>,
}

/// What became of one payload.
enum Verdict {
    Passed,
    Skipped(String),
    Failed(Vec<String>),
}

/// Checks a folder of payloads.
///
/// # Errors
/// If the folder has no readable `index.json` or no document fits its operations; the text says which and what to do.
pub fn verify(directory: &Path) -> Result<Report, String> {
    let entries = read_index(directory)?;
    let (provider, document) = provider_of(directory, &entries)?;
    let mut report = Report::default();
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut passed: BTreeMap<String, usize> = BTreeMap::new();
    for entry in &entries {
        let name = entry.operation.clone();
        match check(provider, &document, directory, entry) {
            Verdict::Passed => {
                report.passed += 1;
                *passed.entry(name).or_default() += 1;
            }
            Verdict::Skipped(why) => {
                report.skipped += 1;
                lines
                    .entry(name)
                    .or_default()
                    .push(format!("  skipped   {}: {why}", entry.file));
            }
            Verdict::Failed(why) => {
                let all = why.join("\n            ");
                let exception = document
                    .example_exceptions
                    .iter()
                    .find(|exception| explains(&document, exception, entry, &all));
                let lines = lines.entry(name).or_default();
                if let Some(exception) = exception {
                    report.explained += 1;
                    lines.push(format!(
                        "  explained {}: {all}\n            {}",
                        entry.file, exception.reason
                    ));
                } else {
                    report.failed += 1;
                    lines.push(format!("  FAILED    {}: {all}", entry.file));
                }
            }
        }
    }
    let operations: std::collections::BTreeSet<&String> =
        passed.keys().chain(lines.keys()).collect();
    for operation in operations {
        let _ = writeln!(
            report.text,
            "{operation}: {} passed",
            passed.get(operation).unwrap_or(&0)
        );
        for line in lines.get(operation).into_iter().flatten() {
            let _ = writeln!(report.text, "{line}");
        }
    }
    let Report {
        passed,
        explained,
        skipped,
        failed,
        ..
    } = report;
    let _ = writeln!(
        report.text,
        "\n{} payloads of {}: {passed} passed, {failed} failed, {explained} explained by the document, {skipped} skipped",
        entries.len(),
        document.title
    );
    Ok(report)
}

fn read_index(directory: &Path) -> Result<Vec<Entry>, String> {
    let path = directory.join("index.json");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        format!("{}: {error}. The folder needs an index.json: a list of objects with `file`, `operation` (`METHOD /path`), `kind` (`request` or `response`) and `status`", path.display())
    })?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| format!("{}: no JSON: {error}", path.display()))?;
    let items = value
        .as_array()
        .ok_or_else(|| format!("{}: is no list", path.display()))?;
    items
        .iter()
        .enumerate()
        .map(|(at, item)| {
            entry(item).map_err(|what| format!("{}: entry {at}: {what}", path.display()))
        })
        .collect()
}

fn entry(item: &Value) -> Result<Entry, String> {
    let text = |key: &str| {
        item.get(key)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| format!("`{key}` is missing"))
    };
    let flag = |key: &str| item.get(key) == Some(&Value::Bool(true));
    let kind = text("kind")?;
    if kind != "request" && kind != "response" {
        return Err(format!("`kind` is `{kind}`: write `request` or `response`"));
    }
    let note = item
        .get("note")
        .and_then(Value::as_str)
        .map_or(String::new(), |note| format!(" ({note})"));
    let skip = if item.get("check") == Some(&Value::Bool(false)) {
        Some(format!("marked `check: false`{note}"))
    } else {
        // `true`, or the place in the body that it was taken from.
        let fragment = flag("fragment") || item.get("fragment").is_some_and(Value::is_string);
        fragment.then(|| format!("a fragment only{note}"))
    };
    Ok(Entry {
        file: text("file")?,
        operation: text("operation")?,
        request: kind == "request",
        status: item.get("status").and_then(Value::as_u64),
        partial: flag("partial"),
        skip,
    })
}

/// The provider whose name the folder has, or else the one whose document knows most of the operations.
fn provider_of(
    directory: &Path,
    entries: &[Entry],
) -> Result<(&'static Provider, Document), String> {
    let name = directory.canonicalize().ok();
    let name = name
        .as_deref()
        .and_then(Path::file_name)
        .map(|name| name.to_string_lossy().into_owned());
    if let Some(provider) = name.as_deref().and_then(providers::find) {
        return Ok((provider, provider.document()));
    }
    let known = |document: &Document| {
        entries
            .iter()
            .filter(|entry| !operations(document, entry).is_empty())
            .count()
    };
    let best = providers::ALL
        .iter()
        .map(|provider| (provider, provider.document()))
        .max_by_key(|(_, document)| known(document));
    best.filter(|(_, document)| known(document) > 0).ok_or_else(|| {
        let names: Vec<&str> = providers::ALL.iter().map(|provider| provider.name).collect();
        format!("no document knows an operation of this folder: name the folder after its provider ({})", names.join(", "))
    })
}

fn explains(
    document: &Document,
    exception: &engagement_document::ExampleException,
    entry: &Entry,
    failure: &str,
) -> bool {
    let same = exception.operation == entry.operation
        || operations(document, entry)
            .iter()
            .any(|operation| operation.id == exception.operation);
    same && failure.contains(&exception.failure)
}

fn check(provider: &Provider, document: &Document, directory: &Path, entry: &Entry) -> Verdict {
    if let Some(why) = &entry.skip {
        return Verdict::Skipped(why.clone());
    }
    let text = match std::fs::read_to_string(directory.join(&entry.file)) {
        Ok(text) => text,
        Err(error) => return Verdict::Failed(vec![format!("not readable: {error}")]),
    };
    if let Some(name) = entry.operation.strip_prefix("WEBHOOK ") {
        return webhook(provider, document, name, &text);
    }
    // What a provider sends to its customer's endpoint, and the response that it expects.
    if let Some(channel) = entry.operation.strip_prefix("OUTBOUND ") {
        let reply = if entry.request { "" } else { ".reply" };
        let name = format!("outbound.{channel}{reply}");
        return webhook(provider, document, &name, &text);
    }
    let candidates = operations(document, entry);
    if candidates.is_empty() {
        return Verdict::Failed(vec![format!(
            "the document has no operation `{}`",
            entry.operation
        )]);
    }
    // Operations that share a path: the payload has to fit one of them.
    let mut failures = Vec::new();
    let mut skipped = None;
    for operation in candidates {
        let verdict = if entry.request {
            request(provider, document, operation, entry, &text)
        } else {
            response(provider, document, operation, entry, &text)
        };
        match verdict {
            Verdict::Passed => return Verdict::Passed,
            Verdict::Skipped(why) => skipped = Some(why),
            Verdict::Failed(why) => failures.extend(why),
        }
    }
    match skipped {
        Some(why) if failures.is_empty() => Verdict::Skipped(why),
        _ => Verdict::Failed(failures),
    }
}

/// The operations of a method and path; placeholders may be named differently, a query may follow, a trailing slash
/// doesn't count.
fn operations<'a>(document: &'a Document, entry: &Entry) -> Vec<&'a Operation> {
    let Some((method, target)) = entry.operation.split_once(' ') else {
        return Vec::new();
    };
    let target = target.split('?').next().unwrap_or(target);
    let fits = |operation: &&Operation| {
        let server = &document.servers[operation.server].url;
        let path = match target.strip_prefix(server.as_str()) {
            Some(path) => path,
            None if target.contains("://") => return false,
            None => target,
        };
        operation.method == method && same_path(&operation.path, path)
    };
    document.operations.iter().filter(fits).collect()
}

fn same_path(template: &str, path: &str) -> bool {
    let segments = |path: &str| {
        path.trim_matches('/')
            .split('/')
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (a, b) = (segments(template), segments(path));
    a.len() == b.len()
        && a.iter()
            .zip(&b)
            .all(|(a, b)| a == b || (a.starts_with('{') && b.starts_with('{')))
}

fn webhook(provider: &Provider, document: &Document, name: &str, text: &str) -> Verdict {
    let value = match parse(text) {
        Ok(value) => value,
        Err(why) => return Verdict::Failed(vec![why]),
    };
    let mut failures = Vec::new();
    for webhook in document
        .webhooks
        .iter()
        .filter(|webhook| name == "*" || webhook.name == name)
    {
        let codec = |value| {
            engagement_document::Schemas::ref_name(&webhook.schema)
                .map_or(RoundTrip::Untyped, |name| (provider.schema)(name, value))
        };
        match judge(document, &webhook.schema, &value, false, codec) {
            Verdict::Passed => return Verdict::Passed,
            Verdict::Skipped(why) => failures.push(why),
            Verdict::Failed(why) => failures.extend(why),
        }
    }
    if failures.is_empty() {
        failures.push(format!("the document has no webhook `{name}`"));
    }
    Verdict::Failed(failures)
}

fn request(
    provider: &Provider,
    document: &Document,
    operation: &Operation,
    entry: &Entry,
    text: &str,
) -> Verdict {
    let Some(body) = &operation.body else {
        let what = format!("{} takes no body, but one was recorded", operation.id);
        return if text.trim().is_empty() {
            Verdict::Skipped("no body".into())
        } else {
            Verdict::Failed(vec![what])
        };
    };
    let value = match (body.kind, entry.file.ends_with(".form")) {
        (BodyKind::Form, true) => form(document, &body.schema, text),
        (BodyKind::Json, false) => parse(text),
        (BodyKind::Form, false) => Err(format!("{} takes a form, but this is none", operation.id)),
        (BodyKind::Json, true) => Err(format!("{} takes JSON, but this is a form", operation.id)),
        (BodyKind::Raw, _) => {
            return Verdict::Skipped(format!("{} takes text or bytes", operation.id));
        }
        (BodyKind::Multipart, _) => {
            return Verdict::Skipped(format!("{} takes parts, not one body", operation.id));
        }
    };
    match value {
        Ok(value) => judge(document, &body.schema, &value, entry.partial, |value| {
            (provider.request)(&operation.id, value)
        }),
        Err(why) => Verdict::Failed(vec![why]),
    }
}

fn response(
    provider: &Provider,
    document: &Document,
    operation: &Operation,
    entry: &Entry,
    text: &str,
) -> Verdict {
    if entry.status.is_some_and(|status| status >= 400) {
        let schema = serde_json::json!({ "$ref": "#/components/schemas/ApiError" });
        return match parse(text) {
            Ok(value) => judge(document, &schema, &value, entry.partial, |value| {
                (provider.schema)("ApiError", value)
            }),
            Err(why) => Verdict::Failed(vec![why]),
        };
    }
    let Some(schema) = operation
        .typed_response()
        .and_then(|response| response.schema.as_ref())
    else {
        return Verdict::Skipped(format!(
            "the document declares no body for the response of {}",
            operation.id
        ));
    };
    match parse(text) {
        Ok(value) => {
            // Where one object may come as an array of one, the client hands out the object.
            let many = schema.get("oneOf").is_some()
                && value.as_array().is_some_and(|items| items.len() == 1);
            let one = if many {
                value[0].clone()
            } else {
                value.clone()
            };
            judge_value(document, schema, &value, &one, entry.partial, |value| {
                provider.through_response(&operation.id, value)
            })
        }
        Err(why) => Verdict::Failed(vec![why]),
    }
}

fn parse(text: &str) -> Result<Value, String> {
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("no JSON: {error}"))
}

fn judge(
    document: &Document,
    schema: &Value,
    value: &Value,
    partial: bool,
    codec: impl Fn(Value) -> RoundTrip,
) -> Verdict {
    judge_value(document, schema, value, value, partial, codec)
}

/// Schema, decoding and writing back; `typed` is what the client's type sees of `value`.
fn judge_value(
    document: &Document,
    schema: &Value,
    value: &Value,
    typed: &Value,
    partial: bool,
    codec: impl Fn(Value) -> RoundTrip,
) -> Verdict {
    let mut failures = Vec::new();
    let (value, typed) = if partial {
        (
            complete(document, schema, value),
            complete(document, schema, typed),
        )
    } else {
        (value.clone(), typed.clone())
    };
    match jsonschema::validator_for(&document.schemas.json_schema(schema)) {
        Ok(validator) => failures.extend(
            validator
                .iter_errors(&value)
                .map(|error| format!("schema: {}: {error}", error.instance_path())),
        ),
        Err(error) => failures.push(format!("the document's schema is no JSON Schema: {error}")),
    }
    match codec(typed.clone()) {
        RoundTrip::Written(written, _) => failures.extend(
            differences(&typed, &written)
                .into_iter()
                .map(|what| format!("round trip: {what}")),
        ),
        RoundTrip::Failed(error) => failures.push(format!("the client can't read it: {error}")),
        RoundTrip::Untyped => failures.push("no type of the client stands for it".to_owned()),
    }
    if failures.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Failed(failures)
    }
}

/// Fills in required keys that a partial recording left out.
fn complete(document: &Document, schema: &Value, value: &Value) -> Value {
    let (Value::Object(object), schemas) = (value, &document.schemas) else {
        return value.clone();
    };
    let whole = instance(schemas, schema);
    let mut filled = object.clone();
    for name in schemas.required(schema) {
        if let (false, Some(value)) = (filled.contains_key(name), whole.get(name)) {
            filled.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(filled)
}

/// A form as the object that its schema describes.
fn form(document: &Document, schema: &Value, text: &str) -> Result<Value, String> {
    let schemas = &document.schemas;
    let properties: BTreeMap<&str, &Value> = schemas.properties(schema).into_iter().collect();
    let mut object: Map<String, Value> = Map::new();
    for (name, text) in form_urlencoded::parse(text.trim().as_bytes()) {
        let property = properties
            .get(name.as_ref())
            .copied()
            .unwrap_or(&Value::Null);
        let resolved = schemas.resolve(property);
        let array = resolved.get("type").and_then(Value::as_str) == Some("array");
        if property.get("x-form-json") == Some(&Value::Bool(true)) {
            let value = serde_json::from_str(&text)
                .map_err(|error| format!("form field `{name}` holds no JSON text: {error}"))?;
            object.insert(name.into_owned(), value);
        } else if array {
            let item = scalar(
                schemas.resolve(resolved.get("items").unwrap_or(&Value::Null)),
                &text,
            );
            if let Value::Array(items) = object
                .entry(name.into_owned())
                .or_insert_with(|| Value::Array(Vec::new()))
            {
                items.push(item);
            }
        } else {
            object.insert(name.into_owned(), scalar(resolved, &text));
        }
    }
    Ok(Value::Object(object))
}

fn scalar(schema: &Value, text: &str) -> Value {
    let parsed = match schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number" | "boolean") => serde_json::from_str(text).ok(),
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}
