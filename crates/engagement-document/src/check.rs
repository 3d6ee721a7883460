//! The rules that OpenAPI itself doesn't have.

use std::collections::BTreeMap;

use serde_json::Value;
use strsim::levenshtein;

use crate::model::METHODS;
use crate::schema::id_kinds;
use crate::{Document, Location, Problem, Schemas};

/// Every extension of `specs/README.md`.
const EXTENSIONS: &[&str] = &[
    "x-basic-password",
    "x-client-value",
    "x-conflict-message",
    "x-credential",
    "x-documented-apis",
    "x-envelope",
    "x-epoch",
    "x-error-in-success",
    "x-error-message",
    "x-evidence",
    "x-example-exceptions",
    "x-extensible-enum",
    "x-form-json",
    "x-full-auth-when-body-has",
    "x-id",
    "x-idempotency-key",
    "x-idempotent",
    "x-may-refuse",
    "x-name",
    "x-not-found-statuses",
    "x-optional-answer",
    "x-pagination",
    "x-personal",
    "x-provider",
    "x-provider-webhooks",
    "x-rate-limit",
    "x-reaches-people",
    "x-regions",
    "x-rust-name",
];

/// Ids that would clash with what every client has.
const RESERVED_ACTIONS: [&str; 6] = ["new", "exec", "client", "clone", "self", "super"];
const RESERVED_GROUPS: [&str; 11] = [
    "api",
    "request",
    "with",
    "builder",
    "from_env",
    "new",
    "clone",
    "base_url",
    "as_async",
    "block_on",
    "operation",
];

fn problem(problems: &mut Vec<Problem>, pointer: String, message: String) {
    problems.push(Problem { pointer, message });
}

/// Reports keys starting with `x-` that nobody reads: a misspelt one would be lost without a word.
pub(crate) fn extensions(raw: &Value, problems: &mut Vec<Problem>) {
    walk(raw, "", &mut |pointer, key, _| {
        if key.starts_with("x-") && !EXTENSIONS.contains(&key) {
            let near = EXTENSIONS
                .iter()
                .min_by_key(|known| levenshtein(known, key));
            let near = near.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
            problem(
                problems,
                pointer.to_owned(),
                format!("unknown extension `{key}`{near}: see specs/README.md"),
            );
        }
    });
}

/// Reports marks of personal data that say neither yes nor no, or that stand where nobody looks for them: the data would
/// be printed all the same.
pub(crate) fn personal(raw: &Value, problems: &mut Vec<Problem>) {
    walk(raw, "", &mut |pointer, key, value| {
        if key != "x-personal" || pointer.ends_with("/properties") {
            return;
        }
        let (parent, _) = pointer.rsplit_once('/').unwrap_or_default();
        let message = if !value.is_boolean() {
            "write `true` or `false`"
        } else if !parent.ends_with("/properties") && parent != "/components/schemas" {
            "marks a property or a named schema, and this is neither"
        } else {
            return;
        };
        problem(problems, format!("{pointer}/{key}"), message.to_owned());
    });
}

/// Reports marks of ids that name no kind of record, and in a document that marks its ids, what is named like an id and
/// isn't marked: its type would let the ids of other records pass.
pub(crate) fn ids(raw: &Value, schemas: &Schemas, problems: &mut Vec<Problem>) {
    let mut marked = false;
    walk(raw, "", &mut |pointer, key, value| {
        if key != "x-id" || pointer.ends_with("/properties") {
            return;
        }
        marked = true;
        if value != "none" && id_kinds(value).is_empty() {
            let message = "name the kind of record in snake_case (`contact`), several kinds as a list, or write `none`";
            problem(problems, format!("{pointer}/{key}"), message.to_owned());
        }
    });
    if !marked {
        return;
    }
    walk(raw, "", &mut |pointer, key, value| {
        let (name, schema) = if pointer.ends_with("/properties") {
            (Some(key), value)
        } else if key == "schema" && value.is_object() {
            let parameter = raw.pointer(pointer);
            let name = parameter.and_then(|parameter| parameter.get("name"));
            (name.and_then(Value::as_str), value)
        } else {
            return;
        };
        let Some(name) = name.filter(|name| named_like_an_id(name)) else {
            return;
        };
        if !schemas.has_id_mark(schema) {
            let message = format!(
                "`{name}` is named like an id: mark it with `x-id` and the kind of record, or with `x-id: none` if it is none"
            );
            problem(problems, format!("{pointer}/{key}"), message);
        }
    });
}

/// `id`, `contact_ids`, `companyId`, `listIDs`; not `paid` or `valid`.
fn named_like_an_id(name: &str) -> bool {
    let name = name.trim_end_matches("[]");
    let last = name.rsplit(['_', '-', '.']).next().unwrap_or_default();
    if matches!(
        last,
        "id" | "ids" | "Id" | "Ids" | "ID" | "IDs" | "uid" | "uuid" | "guid"
    ) {
        return true;
    }
    ["Id", "Ids", "ID", "IDs", "Uid", "Guid"].iter().any(|end| {
        last.strip_suffix(end).is_some_and(|rest| {
            rest.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
    })
}

/// Reports references that lead nowhere.
pub(crate) fn references(raw: &Value, problems: &mut Vec<Problem>) {
    walk(raw, "", &mut |pointer, key, value| {
        if key != "$ref" {
            return;
        }
        let target = value.as_str().unwrap_or_default();
        let found = target
            .strip_prefix('#')
            .is_some_and(|target| raw.pointer(target).is_some());
        if !found {
            problem(
                problems,
                pointer.to_owned(),
                format!("`$ref: {target}` leads nowhere: define it or correct the name"),
            );
        }
    });
}

/// Visits every key of the document except those inside examples, whose keys are data.
fn walk(value: &Value, pointer: &str, visit: &mut impl FnMut(&str, &str, &Value)) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                visit(pointer, key, value);
                // A property may be called `example` too: what stands there is then a schema.
                let data = matches!(key.as_str(), "example" | "examples" | "enum" | "default")
                    && !pointer.ends_with("/properties");
                if !data {
                    walk(
                        value,
                        &format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")),
                        visit,
                    );
                }
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                walk(value, &format!("{pointer}/{at}"), visit);
            }
        }
        _ => {}
    }
}

pub(crate) fn document(document: &Document, problems: &mut Vec<Problem>) {
    operation_ids(document, problems);
    schema_names(document, problems);
    shared_limits(document, problems);
    successes(document, problems);
    for operation in &document.operations {
        let pointer = format!("operation {}", operation.id);
        if !document
            .groups
            .iter()
            .any(|group| group.name == operation.group)
            && !operation.group.is_empty()
        {
            problem(
                problems,
                pointer.clone(),
                format!(
                    "its tag `{}` is not among the tags at the top",
                    operation.group
                ),
            );
        }
        let mut names = BTreeMap::new();
        for parameter in &operation.parameters {
            // Path and body may share a name: the value goes to both.
            if let Some(other) = names.insert(folded(&parameter.name), &parameter.name) {
                problem(
                    problems,
                    pointer.clone(),
                    format!(
                        "parameters `{other}` and `{}` get the same Rust name",
                        parameter.name
                    ),
                );
            }
            if parameter.location == Location::Path && !parameter.required {
                problem(
                    problems,
                    pointer.clone(),
                    format!(
                        "path parameter `{}` must be `required: true`",
                        parameter.name
                    ),
                );
            }
        }
        if let Some(pagination) = &operation.pagination {
            let body = operation.body.as_ref();
            let in_body = body.is_some_and(|body| {
                document
                    .schemas
                    .properties(&body.schema)
                    .iter()
                    .any(|(name, _)| *name == pagination.param())
            });
            if !in_body
                && !operation
                    .parameters
                    .iter()
                    .any(|p| p.name == pagination.param())
            {
                problem(
                    problems,
                    pointer,
                    format!(
                        "`x-pagination` names the parameter `{}`, which the operation doesn't have",
                        pagination.param()
                    ),
                );
            }
        }
    }
    for (key, item) in document
        .raw
        .get("paths")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        for unknown in item
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
        {
            if !METHODS.contains(&unknown)
                && !["parameters", "summary", "description", "servers"].contains(&unknown)
            {
                problem(
                    problems,
                    format!("/paths/{key}"),
                    format!("`{unknown}` is neither a method nor a key of a path item"),
                );
            }
        }
    }
}

/// Reports examples of success that would be taken for failures.
fn successes(document: &Document, problems: &mut Vec<Problem>) {
    let Some(mark) = &document.error_in_success else {
        return;
    };
    for operation in &document.operations {
        let examples = operation
            .answers
            .iter()
            .filter_map(|it| it.example.as_ref());
        let marked = |example: &Value| {
            let mut keys = mark.path.iter();
            let found = keys.try_fold(example, |value, key| value.as_object()?.get(key));
            found.and_then(Value::as_str) == Some(&mark.word)
        };
        if examples.into_iter().any(marked) {
            problem(
                problems,
                format!("operation {}", operation.id),
                format!(
                    "its example of a success has `{}` at `/{}`, which `x-error-in-success` takes for a failure",
                    mark.word,
                    mark.path.join("/")
                ),
            );
        }
    }
}

fn operation_ids(document: &Document, problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for operation in &document.operations {
        let pointer = format!("{} {}", operation.method, operation.path_key);
        if let Some(other) = seen.insert(folded(&operation.id), &operation.id) {
            let message = format!(
                "operationId `{}` is taken already (as `{other}`): every id is used once, upper and lower case aside",
                operation.id
            );
            problem(problems, pointer.clone(), message);
        }
        if !operation
            .id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        {
            problem(
                problems,
                pointer.clone(),
                format!(
                    "operationId `{}` must be snake_case: small letters, digits and `_`",
                    operation.id
                ),
            );
        }
        if RESERVED_ACTIONS.contains(&operation.action.as_str()) {
            problem(
                problems,
                pointer.clone(),
                format!(
                    "operationId `{}`: the action `{}` is reserved, choose another word",
                    operation.id, operation.action
                ),
            );
        }
        if RESERVED_GROUPS.contains(&operation.group.as_str()) {
            problem(
                problems,
                pointer,
                format!(
                    "operationId `{}`: the group `{}` is a method of every client, choose another word",
                    operation.id, operation.group
                ),
            );
        }
    }
}

fn shared_limits(document: &Document, problems: &mut Vec<Problem>) {
    let limits = |operation: &'_ crate::Operation| operation.rate_limit.clone();
    for (at, operation) in document.operations.iter().enumerate() {
        let Some(limit) = limits(operation).filter(|limit| !limit.shared.is_empty()) else {
            continue;
        };
        let name = &limit.shared;
        let pointer = format!("operation {}", operation.id);
        if document.operations.iter().any(|other| other.id == *name) {
            let message = format!("the shared rate limit `{name}` has the name of an operation");
            problem(problems, pointer.clone(), message);
        }
        let differs = |other: &crate::RateLimit| {
            other.shared == *name
                && (other.requests, other.seconds) != (limit.requests, limit.seconds)
        };
        let mut earlier = document.operations[..at].iter().filter_map(limits);
        if earlier.any(|other| differs(&other)) {
            let message = format!("the shared rate limit `{name}` is another one elsewhere");
            problem(problems, pointer, message);
        }
    }
}

fn schema_names(document: &Document, problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for name in document.schemas.names() {
        let pointer = format!("/components/schemas/{name}");
        if let Some(other) = seen.insert(folded(name), name) {
            problem(
                problems,
                pointer.clone(),
                format!("schemas `{other}` and `{name}` get the same Rust name: rename one"),
            );
        }
        let Some(schema) = document.schemas.get(name) else {
            continue;
        };
        unique_properties(&document.schemas, schema, &pointer, problems);
    }
}

fn unique_properties(
    schemas: &Schemas,
    schema: &Value,
    pointer: &str,
    problems: &mut Vec<Problem>,
) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (name, property) in schemas.properties(schema) {
        let rust_name = property
            .get("x-rust-name")
            .and_then(Value::as_str)
            .unwrap_or(name);
        match seen.insert(folded(rust_name), name) {
            Some(other) if other != name => {
                problem(
                    problems,
                    pointer.to_owned(),
                    format!(
                        "properties `{other}` and `{name}` get the same Rust name: give one an `x-rust-name`"
                    ),
                );
            }
            _ => {}
        }
    }
}

/// What two names have in common when they become the same Rust identifier.
fn folded(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}
