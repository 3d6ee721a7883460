//! Extensions: only known ones, and marks of personal data and of ids where they are read.

use serde_json::Value;
use strsim::levenshtein;

use super::{problem, walk};
use crate::Problem;
use crate::schema::{Schemas, id_kinds};

/// Every extension of `specs/README.md`.
const EXTENSIONS: &[&str] = &[
    "x-basic-password",
    "x-client-value",
    "x-conflict-message",
    "x-credential",
    "x-documented-apis",
    "x-empty-body",
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
    "x-partial-failure",
    "x-name",
    "x-not-found-statuses",
    "x-optional-response",
    "x-pagination",
    "x-personal",
    "x-provider",
    "x-provider-webhooks",
    "x-rate-limit",
    "x-sends-message",
    "x-regions",
    "x-rust-name",
];

/// Reports unknown fields that start with `x-`: a misspelt one would be ignored.
pub(super) fn extensions(raw: &Value, problems: &mut Vec<Problem>) {
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

/// Reports invalid `x-personal` marks, and marks that are ignored where they are: the data would be printed.
pub(super) fn personal(raw: &Value, problems: &mut Vec<Problem>) {
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

/// Reports `x-id` marks without a kind of record. In a document with such marks, also reports what is named like an id and
/// has none: its type would accept the ids of other records.
pub(super) fn ids(raw: &Value, schemas: &Schemas, problems: &mut Vec<Problem>) {
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
