//! Checks one payload after the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use engagement_document::{BodyKind, Document, ExampleException, Operation, Schemas};
use jsonschema::Validator;
use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde_json::{Map, Value, json};

use super::payload::{Body, Direction, Payload};
use super::report::{Findings, Report};
use super::{drift, matching};
use crate::compare::{self, Change};
use crate::dense::one;
use crate::providers::Provider;
use crate::{RoundTrip, instance};

pub(super) struct Checker<'a> {
    provider: &'static Provider,
    document: &'a Document,
    /// Compiled schemas, by their text.
    validators: HashMap<String, Result<Validator, String>>,
    /// Every name that the document gives a field: others are not printed.
    names: BTreeSet<&'a str>,
    findings: Findings,
}

/// The result for one payload.
enum Verdict {
    Passed,
    Skipped(String),
    Failed(Vec<Failure>),
}

/// Why a payload failed.
struct Failure {
    /// Without values of the payload.
    shown: String,
    /// With them: the exceptions of the document name some.
    whole: String,
}

impl Failure {
    fn new(text: impl Into<String>) -> Self {
        let shown = text.into();
        Self {
            whole: shown.clone(),
            shown,
        }
    }
}

/// The schema of a body, and how the client's type decodes it.
struct Wanted<'w> {
    schema: &'w Value,
    partial: bool,
    /// Fields and values of enums that the document doesn't list are no failures.
    open: bool,
    codec: &'w dyn Fn(Value) -> RoundTrip,
}

impl<'a> Checker<'a> {
    pub(super) fn new(provider: &'static Provider, document: &'a Document) -> Self {
        let mut names = BTreeSet::new();
        field_names(&document.raw, &mut names);
        Self {
            provider,
            document,
            validators: HashMap::new(),
            names,
            findings: Findings::default(),
        }
    }

    pub(super) fn finish(self) -> Report {
        self.findings.report(&self.document.title)
    }

    pub(super) fn check(&mut self, payload: Payload) {
        let document = self.document;
        let candidates = matching::operations(document, &payload.call);
        let heading = match candidates.as_slice() {
            [] => matching::shown(document, &payload.call),
            several => {
                let ids: Vec<&str> = several.iter().map(|one| one.id.as_str()).collect();
                ids.join(", ")
            }
        };
        let mut drift = BTreeSet::new();
        match self.verdict(&payload, &candidates, &mut drift) {
            Verdict::Passed => self.findings.passed(&heading),
            Verdict::Skipped(why) => {
                let line = format!("{}: {why}", payload.name);
                self.findings.skipped(&heading, line);
            }
            Verdict::Failed(failures) => {
                let text = |text: fn(&Failure) -> &str| {
                    let lines: Vec<&str> = failures.iter().map(text).collect();
                    lines.join("\n            ")
                };
                let (shown, whole) = (text(|it| &it.shown), text(|it| &it.whole));
                let mut exceptions = document.example_exceptions.iter();
                let explanation =
                    exceptions.find(|one| explains(one, &payload.call, &candidates, &whole));
                let line = format!("{}: {shown}", payload.name);
                match explanation {
                    Some(exception) => {
                        let line = format!("{line}\n            {}", exception.reason);
                        self.findings.explained(&heading, line);
                    }
                    None => self.findings.failed(&heading, line),
                }
            }
        }
        self.findings.drift(&heading, drift);
    }

    fn verdict(
        &mut self,
        payload: &Payload,
        candidates: &[&Operation],
        drift: &mut BTreeSet<String>,
    ) -> Verdict {
        if let Some(why) = &payload.skip {
            return Verdict::Skipped(why.clone());
        }
        if let Body::Unreadable(why) = &payload.body {
            return Verdict::Failed(vec![Failure::new(why)]);
        }
        if let Some(name) = payload.call.strip_prefix("WEBHOOK ") {
            return self.webhook(payload, name, drift);
        }
        // A request that the provider sends to its customer's endpoint, or the response that it expects.
        if let Some(channel) = payload.call.strip_prefix("OUTBOUND ") {
            let reply = match payload.direction {
                Direction::Request => "",
                Direction::Response { .. } => ".reply",
            };
            return self.webhook(payload, &format!("outbound.{channel}{reply}"), drift);
        }
        if candidates.is_empty() {
            if payload.foreign && !matching::is_own_host(self.document, &payload.call) {
                return Verdict::Skipped("another host".to_owned());
            }
            let what = "the document has no operation of this method and path";
            let whole = format!("the document has no operation `{}`", payload.call);
            let failure = Failure {
                shown: what.to_owned(),
                whole,
            };
            return Verdict::Failed(vec![failure]);
        }
        // Operations can share a path: the payload must match one of them, and belongs to the one that knows most of it.
        let mut failures = Vec::new();
        let mut skipped = None;
        let mut passed: Option<BTreeSet<String>> = None;
        for operation in candidates {
            let mut found = BTreeSet::new();
            let verdict = match payload.direction {
                Direction::Request => self.request(operation, payload, &mut found),
                Direction::Response { status } => {
                    self.response(operation, payload, status, &mut found)
                }
            };
            match verdict {
                Verdict::Passed => {
                    if passed
                        .as_ref()
                        .is_none_or(|other| found.len() < other.len())
                    {
                        passed = Some(found);
                    }
                }
                Verdict::Skipped(why) => skipped = Some(why),
                Verdict::Failed(why) => {
                    failures.extend(why);
                    drift.append(&mut found);
                }
            }
        }
        if let Some(found) = passed {
            *drift = found;
            return Verdict::Passed;
        }
        match skipped {
            Some(why) if failures.is_empty() => Verdict::Skipped(why),
            _ => Verdict::Failed(failures),
        }
    }

    fn webhook(&mut self, payload: &Payload, name: &str, drift: &mut BTreeSet<String>) -> Verdict {
        let value = match json(&payload.body) {
            Ok(value) => value,
            Err(why) => return Verdict::Failed(vec![Failure::new(why)]),
        };
        let mut failures = Vec::new();
        let webhooks = self.document.webhooks.iter();
        for webhook in webhooks.filter(|webhook| name == "*" || webhook.name == name) {
            let named = Schemas::ref_name(&webhook.schema);
            let through = self.provider.schema;
            let codec = |value| named.map_or(RoundTrip::Untyped, |name| through(name, value));
            let wanted = Wanted {
                schema: &webhook.schema,
                partial: false,
                open: true,
                codec: &codec,
            };
            let mut found = BTreeSet::new();
            match self.judge(&wanted, &value, &value, &mut found) {
                Verdict::Passed => {
                    drift.append(&mut found);
                    return Verdict::Passed;
                }
                Verdict::Skipped(why) => failures.push(Failure::new(why)),
                Verdict::Failed(why) => failures.extend(why),
            }
        }
        if failures.is_empty() {
            let what = format!("the document has no webhook `{name}`");
            failures.push(Failure::new(what));
        }
        Verdict::Failed(failures)
    }

    fn request(
        &mut self,
        operation: &Operation,
        payload: &Payload,
        drift: &mut BTreeSet<String>,
    ) -> Verdict {
        let id = &operation.id;
        let Some(body) = &operation.body else {
            return without_body(operation, payload);
        };
        let value = match (body.kind, &payload.body) {
            (BodyKind::Raw, _) => return Verdict::Skipped(format!("{id} takes text or bytes")),
            (BodyKind::Multipart, _) => {
                return Verdict::Skipped(format!("{id} takes parts, not one body"));
            }
            (_, Body::None) if body.required => Err(format!("{id} needs a body")),
            (_, Body::None) => return Verdict::Passed,
            (BodyKind::Form, Body::Form(text)) => form(self.document, &body.schema, text),
            (BodyKind::Json, Body::Text(_)) => json(&payload.body),
            (BodyKind::Form, _) => Err(format!("{id} takes a form, but this is none")),
            (BodyKind::Json, Body::Form(_)) => Err(format!("{id} takes JSON, but this is a form")),
            (BodyKind::Json, _) => Err(format!("{id} takes JSON, but this is another media type")),
        };
        let through = self.provider.request;
        let wanted = Wanted {
            schema: &body.schema,
            partial: payload.partial,
            open: false,
            codec: &|value| through(id, value),
        };
        match value {
            Ok(value) => self.judge(&wanted, &value, &value, drift),
            Err(why) => Verdict::Failed(vec![Failure::new(why)]),
        }
    }

    fn response(
        &mut self,
        operation: &Operation,
        payload: &Payload,
        status: Option<u64>,
        drift: &mut BTreeSet<String>,
    ) -> Verdict {
        if let Body::Other(media_type) = &payload.body {
            return Verdict::Skipped(format!("a body of type {media_type}"));
        }
        let through = self.provider.schema;
        if status.is_some_and(|status| status >= 400) {
            let schema = json!({ "$ref": "#/components/schemas/ApiError" });
            let wanted = Wanted {
                schema: &schema,
                partial: payload.partial,
                open: true,
                codec: &|value| through("ApiError", value),
            };
            return match (json(&payload.body), &payload.body) {
                (_, Body::None) => Verdict::Passed,
                (Ok(value), _) => self.judge(&wanted, &value, &value, drift),
                (Err(why), _) => Verdict::Failed(vec![Failure::new(why)]),
            };
        }
        let declared = operation.typed_response();
        let Some(schema) = declared.and_then(|response| response.schema.as_ref()) else {
            let id = &operation.id;
            return match payload.body {
                Body::None => Verdict::Passed,
                _ => Verdict::Skipped(format!(
                    "the document declares no body for the response of {id}"
                )),
            };
        };
        let may_be_empty = operation.may_be_empty() || operation.optional_response.is_some();
        if matches!(payload.body, Body::None) && may_be_empty {
            return Verdict::Passed;
        }
        match json(&payload.body) {
            Ok(value) => {
                let typed = one(value.clone(), schema);
                let (provider, id) = (self.provider, &operation.id);
                let wanted = Wanted {
                    schema,
                    partial: payload.partial,
                    open: true,
                    codec: &|value| provider.through_response(id, value),
                };
                self.judge(&wanted, &value, &typed, drift)
            }
            Err(why) => Verdict::Failed(vec![Failure::new(why)]),
        }
    }

    /// Checks the schema, decodes and encodes. `typed` is the part of `value` that the client's type decodes.
    fn judge(
        &mut self,
        wanted: &Wanted<'_>,
        value: &Value,
        typed: &Value,
        drift: &mut BTreeSet<String>,
    ) -> Verdict {
        let [value, typed] = [value, typed].map(|value| match wanted.partial {
            true => complete(self.document, wanted.schema, value),
            false => value.clone(),
        });
        drift.extend(drift::find(self.document, wanted.schema, &value));
        let mut failures = self.schema_failures(wanted, &value);
        match (wanted.codec)(typed.clone()) {
            RoundTrip::Written(written, _) => {
                for (pointer, change) in compare::changes(&typed, &written) {
                    let text = |pointer: &str| format!("round trip: {pointer} {}", word(change));
                    failures.push(Failure {
                        shown: text(&masked(&self.names, &pointer)),
                        whole: text(&pointer),
                    });
                }
            }
            RoundTrip::Failed(error) => failures.push(Failure {
                shown: format!("the client can't decode it{}", reason(&error)),
                whole: error,
            }),
            RoundTrip::Untyped => failures.push(Failure::new("the client has no type for it")),
        }
        match failures.is_empty() {
            true => Verdict::Passed,
            false => Verdict::Failed(failures),
        }
    }

    fn schema_failures(&mut self, wanted: &Wanted<'_>, value: &Value) -> Vec<Failure> {
        let schemas = &self.document.schemas;
        let key = wanted.schema.to_string();
        let compile = || {
            jsonschema::validator_for(&schemas.json_schema(wanted.schema))
                .map_err(|error| error.masked().to_string())
        };
        let validator = self.validators.entry(key).or_insert_with(compile);
        let validator = match validator {
            Ok(validator) => validator,
            Err(error) => {
                let text = format!("the document's schema is no JSON Schema: {error}");
                return vec![Failure::new(text)];
            }
        };
        let errors: Vec<ValidationError<'_>> = validator
            .iter_errors(value)
            .filter(|error| !(wanted.open && is_drift(error)))
            .collect();
        let failure = |error: &ValidationError<'_>| {
            let pointer = error.instance_path().to_string();
            let what = match error.kind() {
                ValidationErrorKind::AdditionalProperties { .. } => {
                    "it has a field that the document excludes".to_owned()
                }
                _ => error.masked().to_string(),
            };
            Failure {
                shown: format!("schema: {}: {what}", masked(&self.names, &pointer)),
                whole: format!("schema: {pointer}: {error}"),
            }
        };
        errors.iter().map(failure).collect()
    }
}

/// A text that begins with a pointer, with `*` for what the document doesn't name.
fn masked(names: &BTreeSet<&str>, text: &str) -> String {
    let (pointer, rest) = match text.split_once(": ") {
        Some((pointer, rest)) => (pointer, format!(": {rest}")),
        None => (text, String::new()),
    };
    let steps = pointer.split('/').map(|step| {
        let is_index = step.bytes().all(|byte| byte.is_ascii_digit());
        let name = step.replace("~1", "/").replace("~0", "~");
        let is_name = names.contains(name.as_str());
        if is_index || is_name { step } else { "*" }
    });
    steps.collect::<Vec<_>>().join("/") + &rest
}

fn explains(
    exception: &ExampleException,
    call: &str,
    candidates: &[&Operation],
    failure: &str,
) -> bool {
    let mut candidates = candidates.iter();
    let same = exception.operation == call || candidates.any(|one| one.id == exception.operation);
    same && failure.contains(&exception.failure)
}

/// Whether a response is newer than the document, and not wrong.
fn is_drift(error: &ValidationError<'_>) -> bool {
    matches!(
        error.kind(),
        ValidationErrorKind::Enum { .. } | ValidationErrorKind::AdditionalProperties { .. }
    )
}

/// A request to an operation that takes no body.
fn without_body(operation: &Operation, payload: &Payload) -> Verdict {
    let text = match &payload.body {
        Body::None => return Verdict::Passed,
        Body::Text(text) | Body::Form(text) => text.trim(),
        Body::Other(_) | Body::Unreadable(_) => "a body",
    };
    // As the provider's samples have it: curl is given a body that says nothing, so that it sends the type.
    if operation.empty_body.is_some() && matches!(text, "" | "{}") {
        return Verdict::Passed;
    }
    if text.is_empty() {
        return Verdict::Skipped("no body".into());
    }
    let what = format!("{} takes no body, but one was recorded", operation.id);
    Verdict::Failed(vec![Failure::new(what)])
}

fn json(body: &Body) -> Result<Value, String> {
    let text = match body {
        Body::Text(text) | Body::Form(text) => text.as_str(),
        _ => "",
    };
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("no JSON: {error}"))
}

fn word(change: Change) -> String {
    match change {
        Change::Lost => "is lost".to_owned(),
        Change::Added => "is added".to_owned(),
        Change::Type(from, to) => format!("was {from} and becomes {to}"),
        Change::Value => "has another value".to_owned(),
    }
}

/// What of a decoder's error holds no value of the payload.
fn reason(error: &str) -> String {
    let error = error
        .rsplit_once(" at line ")
        .map_or(error, |(text, _)| text);
    let field = error
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'));
    if let Some(field) = field {
        return format!(": the field `{field}` is missing");
    }
    match error.rsplit_once(", expected ") {
        Some((_, expected)) => format!(": expected {expected}"),
        None => String::new(),
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

/// Collects the names of all properties.
fn field_names<'v>(value: &'v Value, names: &mut BTreeSet<&'v str>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                names.extend(properties.keys().map(String::as_str));
            }
            object.values().for_each(|value| field_names(value, names));
        }
        Value::Array(items) => items.iter().for_each(|value| field_names(value, names)),
        _ => {}
    }
}
