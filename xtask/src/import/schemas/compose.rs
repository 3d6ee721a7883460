//! `allOf` as one schema; unions are simplified after it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::import::common::json::{
    entries, every_schema, flag, items, list, named_schemas, remove, step, strings, walk,
};
use crate::import::common::references::{self, REF_SIBLINGS};
use crate::import::common::report::{Place, Report, SCHEMAS};
use crate::import::common::value_kind::{ValueKind, value_kind};
use crate::import::schemas::{tags, unions};

/// Merges what can be merged and simplifies unions, everywhere in the document.
pub(crate) fn all(document: &mut Value, report: &mut Report) {
    let names = references::names(document);
    let mut merging = Merging {
        document,
        begun: BTreeSet::new(),
        done: BTreeSet::new(),
        report,
    };
    for name in &names {
        merging.named(name);
    }
    let before = document.clone();
    every_schema(document, &mut |pointer, schema| {
        null_parts(schema);
        merge(&before, schema, report.at(SCHEMAS, pointer));
    });
    // Unions look at what their parts have become.
    let before = document.clone();
    every_schema(document, &mut |pointer, schema| {
        unions::simplify(&before, schema, &mut report.at(SCHEMAS, pointer));
    });
}

/// Merges named schemas, each after those that it inherits from: what it inherits is merged then.
struct Merging<'a> {
    document: &'a mut Value,
    begun: BTreeSet<String>,
    done: BTreeSet<String>,
    report: &'a mut Report,
}

impl Merging<'_> {
    fn named(&mut self, name: &str) {
        let found = named_schemas(self.document).get(name).cloned();
        let Some(mut schema) = found.filter(|_| self.begun.insert(name.to_owned())) else {
            return;
        };
        let root = step("/components/schemas", name);
        walk(&root, &mut schema, &mut |pointer, schema| {
            null_parts(schema);
            let parents = items(schema, "allOf").filter_map(references::name);
            let parents: Vec<String> = parents.map(str::to_owned).collect();
            for parent in &parents {
                self.named(parent);
            }
            let mut place = self.report.at(SCHEMAS, pointer);
            // A copy of what it is a part of would never end.
            let endless = |parent: &&String| !self.done.contains(*parent);
            match parents.iter().find(endless) {
                Some(parent) if pointer != root => {
                    if list(schema, "allOf")
                        .iter()
                        .filter(|part| !says_nothing(part))
                        .count()
                        > 1
                    {
                        place.change(format!(
                            "is a part of `{parent}` and made of it; read as `{parent}`"
                        ));
                    }
                    references::replace(schema, references::to(parent));
                }
                _ => merge(self.document, schema, place),
            }
        });
        named_schemas(self.document).insert(name.to_owned(), schema);
        self.done.insert(name.to_owned());
    }
}

/// A part that is only `null` says that the whole may be.
fn null_parts(schema: &mut Value) {
    for key in ["oneOf", "anyOf"] {
        if tags::remove_variants(schema, key, |part| *part == json!({ "nullable": true })) {
            schema["nullable"] = json!(true);
        }
    }
}

/// Whether a schema says nothing about its values.
fn says_nothing(schema: &Value) -> bool {
    schema.as_object().is_some_and(|object| {
        object
            .keys()
            .all(|key| REF_SIBLINGS.contains(&key.as_str()) || key == "title" || key == "example")
    })
}

/// Makes one schema of the parts of `allOf`; one reference with a description beside it stays.
fn merge(root: &Value, schema: &mut Value, place: Place<'_>) {
    if !schema.get("allOf").is_some_and(Value::is_array) {
        return;
    }
    let parts = list(schema, "allOf").to_vec();
    let (silent, mut parts): (Vec<Value>, Vec<Value>) = parts.into_iter().partition(says_nothing);
    for key in ["description", "nullable"] {
        let found = silent.iter().find_map(|part| part.get(key));
        if let Some(value) = found.filter(|_| schema.get(key).is_none()) {
            schema[key] = value.clone();
        }
    }
    let own = schema.get("properties").is_some();
    if parts.len() > 1 || own && parts.len() == 1 {
        return merge_objects(root, schema, &parts, place);
    }
    remove(schema, "allOf");
    match parts.pop() {
        Some(one) => references::replace(schema, one),
        None if !own => drop(remove(schema, "required")),
        None => {}
    }
}

/// Makes one object of several, and of the properties beside them.
fn merge_objects(root: &Value, schema: &mut Value, parts: &[Value], mut place: Place<'_>) {
    let objects: Vec<&Value> = parts
        .iter()
        .filter(|part| value_kind(root, part) == ValueKind::Object)
        .collect();
    if objects.is_empty() && schema.get("properties").is_none() {
        place.change("`allOf` of schemas that are no objects; the first one is used");
        let first = parts[0].clone();
        references::replace(schema, first);
        return;
    }
    if objects.len() < parts.len() {
        place.change("parts of `allOf` that are no objects are ignored");
    }
    let mut merged = Merged::default();
    let mut path = BTreeSet::new();
    for part in objects {
        merged.add(root, part, &mut path);
    }
    let mut rest = schema.clone();
    remove(&mut rest, "allOf");
    merged.add(root, &rest, &mut path);
    for name in &merged.conflicts {
        place.change(format!(
            "the parts of `allOf` describe `{name}` differently; the first one is used"
        ));
    }
    if merged.unions {
        place.change("a union among the parts of `allOf` is ignored; its fields are in `extra`");
    }
    references::replace(schema, merged.finish());
}

#[derive(Default)]
struct Merged {
    properties: Map<String, Value>,
    required: Vec<String>,
    open: Option<Value>,
    conflicts: BTreeSet<String>,
    unions: bool,
}

impl Merged {
    fn add(&mut self, root: &Value, schema: &Value, path: &mut BTreeSet<String>) {
        if let Some(name) = references::name(schema) {
            if path.insert(name.to_owned()) {
                let inner = root["components"]["schemas"].get(name);
                self.add(root, inner.unwrap_or(&Value::Null), path);
                path.remove(name);
            }
            return;
        }
        for part in items(schema, "allOf") {
            self.add(root, part, path);
        }
        for (name, property) in entries(schema, "properties") {
            let kept = self.properties.entry(name.clone());
            if kept.or_insert_with(|| property.clone()) != property {
                self.conflicts.insert(name.clone());
            }
        }
        for name in strings(schema, "required") {
            if !self.required.contains(&name) {
                self.required.push(name);
            }
        }
        if let Some(open) = schema
            .get("additionalProperties")
            .filter(|open| open.is_object())
        {
            self.open.get_or_insert_with(|| open.clone());
        }
        self.unions |= schema.get("oneOf").is_some() || schema.get("anyOf").is_some();
    }

    fn finish(mut self) -> Value {
        let mut out = json!({ "type": "object" });
        // One part may require what another one marks as `readOnly`.
        let properties = &self.properties;
        let needed = |property: &Value| !flag(property, "readOnly");
        self.required
            .retain(|name| properties.get(name).is_some_and(needed));
        if !self.required.is_empty() {
            out["required"] = json!(self.required);
        }
        if !self.properties.is_empty() {
            out["properties"] = Value::Object(self.properties);
        }
        if let Some(open) = self.open {
            out["additionalProperties"] = open;
        }
        out
    }
}
