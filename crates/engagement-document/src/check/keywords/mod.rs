//! Fields: only those that OpenAPI 3.0 and our extensions have at a place, and each with the right kind of value.

mod extensions;
mod openapi;
mod schemas;

use serde_json::Value;
use strsim::osa_distance;

use super::problem;
use crate::Problem;
use crate::json::step;

/// What a field may hold.
enum Shape {
    Any,
    Text,
    /// One of these texts.
    Word(&'static [&'static str]),
    Texts,
    Flag,
    Number,
    List,
    /// An object of that kind.
    Object(&'static Kind),
    /// `true`, `false` or an object of that kind.
    FlagOr(&'static Kind),
    /// A list of such objects.
    Objects(&'static Kind),
    /// An object whose fields have any name; each is an object of that kind.
    Named(&'static Kind),
    /// An object whose fields have any name; each is a text.
    NamedTexts,
    /// An object of any form.
    AnyObject,
}

/// A kind of object.
struct Kind {
    /// Its name in messages: `an operation`.
    name: &'static str,
    /// Where such objects are kept under `components`; empty if a `$ref` can't stand for one.
    component: &'static str,
    fields: &'static [(&'static str, Shape)],
}

/// A schema of a document.
pub(super) struct SchemaAt<'a> {
    pub(super) pointer: String,
    pub(super) schema: &'a Value,
    /// Whether it is a part of an `allOf`.
    pub(super) is_part: bool,
}

/// Reports unknown fields and values of another kind. Returns every schema of the document.
pub(super) fn keywords<'a>(raw: &'a Value, problems: &mut Vec<Problem>) -> Vec<SchemaAt<'a>> {
    let mut visit = Visit {
        problems,
        schemas: Vec::new(),
    };
    visit.object(&openapi::ROOT, raw, "", false);
    visit.schemas
}

struct Visit<'p, 'a> {
    problems: &'p mut Vec<Problem>,
    schemas: Vec<SchemaAt<'a>>,
}

impl<'a> Visit<'_, 'a> {
    fn object(&mut self, kind: &'static Kind, value: &'a Value, pointer: &str, is_part: bool) {
        let Some(object) = value.as_object() else {
            return;
        };
        if std::ptr::eq(kind, &raw const schemas::SCHEMA) {
            self.schemas.push(SchemaAt {
                pointer: pointer.to_owned(),
                schema: value,
                is_part,
            });
        }
        if let Some(target) = object.get("$ref").filter(|_| !kind.component.is_empty()) {
            self.reference(kind, target, object.keys(), pointer);
            return;
        }
        for (key, value) in object {
            let at = step(pointer, key);
            match kind.fields.iter().find(|(name, _)| name == key) {
                Some((_, shape)) => self.value(shape, key, value, &at),
                None => problem(self.problems, at, unknown(kind, key)),
            }
        }
    }

    fn reference<'k>(
        &mut self,
        kind: &Kind,
        target: &Value,
        keys: impl Iterator<Item = &'k String>,
        pointer: &str,
    ) {
        let prefix = format!("#/components/{}/", kind.component);
        let target = target.as_str().unwrap_or_default();
        if !target.starts_with(&prefix) {
            let message = format!(
                "`$ref: {target}` is no {} of this document: write `{prefix}…`",
                kind.name.split_once(' ').unwrap_or_default().1
            );
            problem(self.problems, step(pointer, "$ref"), message);
        }
        let others: Vec<String> = keys
            .filter(|key| *key != "$ref")
            .map(|key| format!("`{key}`"))
            .collect();
        if others.is_empty() {
            return;
        }
        let way_out = match kind.component {
            "schemas" => "write `allOf: [{$ref: …}]` instead of the `$ref`",
            _ => "move it to where the `$ref` leads",
        };
        let message = format!(
            "{} beside a `$ref` is ignored: {way_out}",
            others.join(", ")
        );
        problem(self.problems, pointer.to_owned(), message);
    }

    fn value(&mut self, shape: &Shape, key: &str, value: &'a Value, pointer: &str) {
        let fits = match shape {
            Shape::Any => true,
            Shape::Text => value.is_string(),
            Shape::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Shape::Texts => value
                .as_array()
                .is_some_and(|items| items.iter().all(Value::is_string)),
            Shape::Flag => value.is_boolean(),
            Shape::Number => value.is_number(),
            Shape::List => value.is_array(),
            Shape::Object(_) | Shape::AnyObject => value.is_object(),
            Shape::FlagOr(_) => value.is_object() || value.is_boolean(),
            Shape::Objects(_) => value
                .as_array()
                .is_some_and(|items| items.iter().all(Value::is_object)),
            Shape::Named(_) => value
                .as_object()
                .is_some_and(|fields| fields.values().all(Value::is_object)),
            Shape::NamedTexts => value
                .as_object()
                .is_some_and(|fields| fields.values().all(Value::is_string)),
        };
        if !fits {
            let message = format!(
                "`{key}` is {}: write {}",
                described(value),
                shape.expected(value)
            );
            problem(self.problems, pointer.to_owned(), message);
            return;
        }
        match shape {
            Shape::Object(kind) | Shape::FlagOr(kind) => self.object(kind, value, pointer, false),
            Shape::Objects(kind) => {
                let items = value.as_array().into_iter().flatten().enumerate();
                for (at, item) in items {
                    self.object(kind, item, &format!("{pointer}/{at}"), key == "allOf");
                }
            }
            Shape::Named(kind) => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    self.object(kind, value, &step(pointer, name), false);
                }
            }
            _ => {}
        }
    }
}

impl Shape {
    /// What to write instead of `value`.
    fn expected(&self, value: &Value) -> String {
        let is_scalar = !value.is_object() && !value.is_array();
        match self {
            Self::Any => "any value".to_owned(),
            Self::Text if is_scalar => format!("a text, `'{value}'`"),
            Self::Text => "a text".to_owned(),
            Self::Word(words) => words.join(", "),
            Self::Texts => "a list of texts".to_owned(),
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::List => "a list".to_owned(),
            Self::Object(_) | Self::AnyObject => "an object".to_owned(),
            Self::FlagOr(_) => "`true`, `false` or an object".to_owned(),
            Self::Objects(kind) => format!("a list, each element an object: {}", kind.name),
            Self::Named(kind) => format!("an object of names, each {}", kind.name),
            Self::NamedTexts => "an object of texts".to_owned(),
        }
    }
}

/// A value in a message.
fn described(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
        Value::String(text) => format!("`{text}`"),
        Value::Array(items) if items.iter().any(|item| item.is_number() || item.is_null()) => {
            "a list with other values than texts or objects".to_owned()
        }
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// The message about a field that objects of a kind don't have.
fn unknown(kind: &Kind, key: &str) -> String {
    let here = kind.fields.iter().map(|(name, _)| *name);
    if let Some(near) = near(key, here) {
        return format!("unknown keyword `{key}`; did you mean `{near}`?");
    }
    let elsewhere: Vec<&str> = openapi::KINDS
        .iter()
        .filter(|other| other.fields.iter().any(|(name, _)| *name == key))
        .map(|other| other.name)
        .collect();
    if elsewhere.is_empty() {
        return format!(
            "unknown keyword `{key}`: {} has none of that name; remove it, or see specs/README.md for our extensions",
            kind.name
        );
    }
    format!(
        "`{key}` is no keyword of {}: it belongs to {}",
        kind.name,
        elsewhere.join(" or ")
    )
}

/// The name that is nearest to `key`, if one is near enough to be what was meant.
pub(super) fn near<'n>(key: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let fold = |name: &str| name.to_ascii_lowercase().replace(['_', '-'], "");
    let most = (key.chars().count() / 3).clamp(1, 3);
    names
        .map(|name| (osa_distance(&fold(name), &fold(key)), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= most)
        .map(|(_, name)| name)
}
