//! Checks recorded payloads against the documents and the typed clients: `cargo xtask verify DIR`.
//!
//! Each payload must match the document's schema, and the client's type must decode it and encode it without a difference.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use engagement_document::{BodyKind, Document, Operation};
use serde_json::{Map, Value};

use crate::dense::one;
use crate::providers::{self, Provider};
use crate::{RoundTrip, differences, instance};

/// The result of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// The output for the terminal.
    pub text: String,
    /// Payloads that passed.
    pub passed: usize,
    /// Payloads that contradict the document for a reason that the document states.
    pub explained: usize,
    /// Payloads that could not be checked.
    pub skipped: usize,
    /// Payloads that failed.
    pub failed: usize,
}

/// One element of `index.json`.
#[derive(Debug)]
struct Entry {
    file: String,
    operation: String,
    request: bool,
    status: Option<u64>,
    partial: bool,
    /// Why it is not checked.
    skip: Option<String>,
}

/// The result for one payload.
enum Verdict {
    Passed,
    Skipped(String),
    Failed(Vec<String>),
}

/// Checks a folder of payloads.
///
/// # Errors
/// If the folder has no readable `index.json` or no document has its operations. The text contains what to do.
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
                let line = format!("  skipped   {}: {why}", entry.file);
                lines.entry(name).or_default().push(line);
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
    let operations: BTreeSet<&String> = passed.keys().chain(lines.keys()).collect();
    for operation in operations {
        let count = passed.get(operation).unwrap_or(&0);
        let _ = writeln!(report.text, "{operation}: {count} passed");
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
    let items = value.as_array();
    let items = items.ok_or_else(|| format!("{}: is no list", path.display()))?;
    let read =
        |(at, item)| entry(item).map_err(|what| format!("{}: entry {at}: {what}", path.display()));
    items.iter().enumerate().map(read).collect()
}

fn entry(item: &Value) -> Result<Entry, String> {
    let text = |key: &str| {
        let value = item[key].as_str().map(str::to_owned);
        value.ok_or_else(|| format!("`{key}` is missing"))
    };
    let flag = |key: &str| item[key] == true;
    let kind = text("kind")?;
    if kind != "request" && kind != "response" {
        return Err(format!("`kind` is `{kind}`: write `request` or `response`"));
    }
    let note = item["note"].as_str();
    let note = note.map_or(String::new(), |note| format!(" ({note})"));
    let skip = if item["check"] == false {
        Some(format!("marked `check: false`{note}"))
    } else {
        // `true`, or the JSON pointer of the fragment.
        let fragment = flag("fragment") || item["fragment"].is_string();
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

/// The provider that the folder is named after, or the one whose document has most of the operations.
fn provider_of(
    directory: &Path,
    entries: &[Entry],
) -> Result<(&'static Provider, Document), String> {
    let path = directory.canonicalize().unwrap_or_default();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if let Some(provider) = providers::find(&name) {
        return Ok((provider, provider.document()));
    }
    let known = |document: &Document| {
        let known = |entry: &&Entry| !operations(document, entry).is_empty();
        entries.iter().filter(known).count()
    };
    let all = providers::ALL.iter();
    let all = all.map(|provider| (provider, provider.document()));
    let best = all.max_by_key(|(_, document)| known(document));
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
    let is_named = |operation: &&Operation| operation.id == exception.operation;
    let same =
        exception.operation == entry.operation || operations(document, entry).iter().any(is_named);
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
    // A request that the provider sends to its customer's endpoint, or the response that it expects.
    if let Some(channel) = entry.operation.strip_prefix("OUTBOUND ") {
        let reply = if entry.request { "" } else { ".reply" };
        let name = format!("outbound.{channel}{reply}");
        return webhook(provider, document, &name, &text);
    }
    let candidates = operations(document, entry);
    if candidates.is_empty() {
        let what = format!("the document has no operation `{}`", entry.operation);
        return Verdict::Failed(vec![what]);
    }
    // Operations can share a path: the payload must match one of them.
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

/// The operations of a method and path. Names of placeholders, a query and a trailing slash are ignored.
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
        let segments = path.trim_matches('/').split('/');
        let any = |segment: &str| {
            if segment.starts_with('{') {
                "{}"
            } else {
                segment
            }
            .to_owned()
        };
        segments.map(any).collect::<Vec<_>>()
    };
    segments(template) == segments(path)
}

fn webhook(provider: &Provider, document: &Document, name: &str, text: &str) -> Verdict {
    let value = match parse(text) {
        Ok(value) => value,
        Err(why) => return Verdict::Failed(vec![why]),
    };
    let mut failures = Vec::new();
    let webhooks = document.webhooks.iter();
    for webhook in webhooks.filter(|webhook| name == "*" || webhook.name == name) {
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
        // As the provider's samples have it: curl is given a body that says nothing, so that it sends the type.
        if operation.empty_body.is_some() && matches!(text.trim(), "" | "{}") {
            return Verdict::Passed;
        }
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
    let response = operation.typed_response();
    let Some(schema) = response.and_then(|response| response.schema.as_ref()) else {
        let id = &operation.id;
        let why = format!("the document declares no body for the response of {id}");
        return Verdict::Skipped(why);
    };
    match parse(text) {
        Ok(value) => {
            let typed = one(value.clone(), schema);
            judge_value(document, schema, &value, &typed, entry.partial, |value| {
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

/// Checks the schema, decodes and encodes. `typed` is the part of `value` that the client's type decodes.
fn judge_value(
    document: &Document,
    schema: &Value,
    value: &Value,
    typed: &Value,
    partial: bool,
    codec: impl Fn(Value) -> RoundTrip,
) -> Verdict {
    let mut failures = Vec::new();
    let [value, typed] = [value, typed].map(|value| match partial {
        true => complete(document, schema, value),
        false => value.clone(),
    });
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
        RoundTrip::Failed(error) => failures.push(format!("the client can't decode it: {error}")),
        RoundTrip::Untyped => failures.push("the client has no type for it".to_owned()),
    }
    if failures.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Failed(failures)
    }
}

/// Adds the required fields that a partial recording omits.
fn complete(document: &Document, schema: &Value, value: &Value) -> Value {
    let (Value::Object(object), schemas) = (value, &document.schemas) else {
        return value.clone();
    };
    let full = instance(schemas, schema);
    let mut filled = object.clone();
    for name in schemas.required(schema) {
        if let (false, Some(value)) = (filled.contains_key(name), full.get(name)) {
            filled.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(filled)
}

/// Decodes a form to the object that its schema describes.
fn form(document: &Document, schema: &Value, text: &str) -> Result<Value, String> {
    let schemas = &document.schemas;
    let properties: BTreeMap<&str, &Value> = schemas.properties(schema).into_iter().collect();
    let mut object: Map<String, Value> = Map::new();
    for (name, text) in form_urlencoded::parse(text.trim().as_bytes()) {
        let property = properties.get(name.as_ref());
        let property = property.copied().unwrap_or(&Value::Null);
        let resolved = schemas.resolve(property);
        if property["x-form-json"] == true {
            let value = serde_json::from_str(&text)
                .map_err(|error| format!("form field `{name}` contains no JSON: {error}"))?;
            object.insert(name.into_owned(), value);
        } else if resolved["type"] == "array" {
            let items = object.entry(name.into_owned());
            if let Value::Array(items) = items.or_insert_with(|| Value::Array(Vec::new())) {
                items.push(scalar(schemas.resolve(&resolved["items"]), &text));
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
