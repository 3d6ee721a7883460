//! Rules of `specs/README.md` for those who read the documents and the clients.

use serde_json::Value;

use super::problem;
use crate::Problem;
use crate::json::{step, text};
use crate::model::{BodyKind, Document, Operation};
use crate::schema::Schemas;

/// The longest summary.
const SUMMARY: usize = 80;

/// Reports operations whose texts, bodies or errors don't have the form of all others.
pub(super) fn operations(document: &Document, problems: &mut Vec<Problem>) {
    for operation in &document.operations {
        let pointer = operation.pointer();
        summary(operation, &step(&pointer, "summary"), problems);
        body(operation, &pointer, problems);
        errors(document, &pointer, problems);
        full_auth_fields(document, operation, &pointer, problems);
        statuses(document, &step(&pointer, "x-not-found-statuses"), problems);
    }
}

fn summary(operation: &Operation, pointer: &str, problems: &mut Vec<Problem>) {
    let length = operation.summary.chars().count();
    if length > SUMMARY {
        let message = format!(
            "`summary` has {length} characters: write at most {SUMMARY}, and the rest into the description"
        );
        problem(problems, pointer.to_owned(), message);
    }
    if operation.summary.ends_with('.') {
        let message = "`summary` ends in a full stop: remove it".to_owned();
        problem(problems, pointer.to_owned(), message);
    }
}

fn body(operation: &Operation, pointer: &str, problems: &mut Vec<Problem>) {
    let Some(body) = &operation.body else {
        return;
    };
    // A body that is one text or bytes has no fields that a type could list.
    let is_named = Schemas::ref_name(&body.schema).is_some();
    if body.kind != BodyKind::Raw && !is_named {
        let message = "the body has no named schema: put it into `components/schemas`, and write `schema: {$ref: …}`";
        problem(problems, step(pointer, "requestBody"), message.to_owned());
    }
}

/// Every operation declares its errors by the same two lines.
fn errors(document: &Document, pointer: &str, problems: &mut Vec<Problem>) {
    let at = step(pointer, "responses");
    let Some(responses) = document.raw.pointer(&at).and_then(Value::as_object) else {
        return;
    };
    for status in ["4XX", "5XX"] {
        let reference = responses.get(status).and_then(|it| it.get("$ref"));
        if reference.and_then(Value::as_str) != Some("#/components/responses/Error") {
            let message = format!(
                "errors are declared by one response: write `'{status}': {{$ref: '#/components/responses/Error'}}`"
            );
            problem(problems, at.clone(), message);
        }
    }
    for status in responses.keys() {
        if !status.starts_with('2') && !["4XX", "5XX"].contains(&status.as_str()) {
            let message = format!(
                "`{status}` is not read: success responses have their exact status, errors are `4XX` and `5XX`; say the rest in the description"
            );
            problem(problems, step(&at, status), message);
        }
    }
}

fn full_auth_fields(
    document: &Document,
    operation: &Operation,
    pointer: &str,
    problems: &mut Vec<Problem>,
) {
    let schema = operation.body.as_ref().map(|body| &body.schema);
    let properties = schema.map(|schema| document.schemas.properties(schema));
    let properties = properties.unwrap_or_default();
    for field in &operation.full_auth_fields {
        if !properties.iter().any(|(name, _)| name == field) {
            let message = format!(
                "`x-full-auth-when-body-has` names `{field}`, which the body doesn't have: correct the name"
            );
            let at = step(pointer, "x-full-auth-when-body-has");
            problem(problems, at, message);
        }
    }
}

fn statuses(document: &Document, pointer: &str, problems: &mut Vec<Problem>) {
    let list = document.raw.pointer(pointer).and_then(Value::as_array);
    for (at, status) in list.into_iter().flatten().enumerate() {
        if !status
            .as_u64()
            .is_some_and(|status| (200..600).contains(&status))
        {
            let message = format!("`{status}` is no status: write a number, such as 400");
            problem(problems, format!("{pointer}/{at}"), message);
        }
    }
}

/// Reports what is missing around the operations.
pub(super) fn texts(document: &Document, problems: &mut Vec<Problem>) {
    let raw = &document.raw;
    for (key, what) in [
        ("title", "name the API"),
        (
            "version",
            "write the version of the document, such as `'1.0.0'`",
        ),
        ("description", "say what the API is for"),
    ] {
        if text(raw.pointer(&format!("/info/{key}"))).is_empty() {
            let message = format!("`{key}` is missing: {what}");
            problem(problems, "/info".to_owned(), message);
        }
    }
    let error = raw.pointer("/components/responses/Error/content/application~1json/schema");
    let named = error.and_then(Schemas::ref_name);
    if named != Some("ApiError") {
        let message = "`Error` is missing, or its JSON is not `$ref: '#/components/schemas/ApiError'`: every error of the provider has that schema";
        problem(
            problems,
            "/components/responses/Error".to_owned(),
            message.to_owned(),
        );
    }
    if document.error_message.is_empty() {
        let message = "`x-error-message` is missing: list the JSON pointers to the provider's message in an error body, such as `[/error, /message]`";
        problem(problems, String::new(), message.to_owned());
    }
    for (at, pointer) in document.error_message.iter().enumerate() {
        if !pointer.starts_with('/') {
            let message = format!("`{pointer}` is no JSON pointer: write `/{pointer}`");
            problem(problems, format!("/x-error-message/{at}"), message);
        }
    }
    for (at, exception) in document.example_exceptions.iter().enumerate() {
        let values = [&exception.operation, &exception.failure, &exception.reason];
        if values.into_iter().any(String::is_empty) {
            let message = "write `operation`, `failure` and `reason`".to_owned();
            problem(problems, format!("/x-example-exceptions/{at}"), message);
        }
    }
    for webhook in &document.webhooks {
        let at = step("/x-provider-webhooks", &webhook.name);
        if webhook.summary.is_empty() || webhook.schema.is_null() {
            let message = "write `summary`, `schema` and `evidence`".to_owned();
            problem(problems, at, message);
        }
    }
    if document.operations.is_empty() {
        let message = "`paths` has no operation: add one".to_owned();
        problem(problems, "/paths".to_owned(), message);
    }
    unused_groups(document, problems);
}

fn unused_groups(document: &Document, problems: &mut Vec<Problem>) {
    for (at, group) in document.groups.iter().enumerate() {
        if document.group(&group.name).next().is_none() {
            let message = format!("no operation has the tag `{}`: remove it", group.name);
            problem(problems, format!("/tags/{at}"), message);
        }
    }
}
