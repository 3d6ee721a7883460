//! Unions whose variants are distinguished by the value of one field.
//!
//! [`find`] runs before anything changes that distinguishes variants, and notes the values of each variant beside the union.
//! [`finish`] writes them as a `discriminator` when each variant has its name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::import::common::json::{entries, every_schema, follow, items, reference, strings};
use crate::import::common::naming::folded;
use crate::import::common::references;
use crate::import::common::report::{Report, SCHEMAS};

/// Where the values stand between the two: a list for each variant, in their order; empty if it has none of its own.
const VALUES: &str = "values";

/// Finds the field of each union, from its `discriminator` or from the enums of its variants.
pub(crate) fn find(document: &mut Value, ours: bool, report: &mut Report) {
    let before = document.clone();
    every_schema(document, &mut |pointer, schema| {
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        let given = object.shift_remove("discriminator");
        let Some(parts) = variants(object, given.is_some()) else {
            if given.is_some() {
                report.at(SCHEMAS, pointer).change("`discriminator` of an object is ignored: it is read as this object, with the fields of others in `extra`");
            }
            return;
        };
        let inherited = || inherited(&before, &parts);
        let tag = match given.clone().or_else(inherited) {
            Some(given) => by_discriminator(&before, &given, &parts, ours),
            None => by_enums(&before, &parts),
        };
        let grouped = match (&tag, &given) {
            (None, None) => groups(&before, &parts),
            _ => None,
        };
        let tag = match grouped {
            Some((parts, tag)) => {
                object.shift_remove("anyOf");
                object.insert("oneOf".into(), Value::Array(parts));
                Some(tag)
            }
            None => tag,
        };
        let Some(tag) = tag else {
            if given.is_some() {
                report.at(SCHEMAS, pointer).change(
                    "`discriminator` names no field that distinguishes the variants; ignored",
                );
            }
            return;
        };
        if given
            .as_ref()
            .is_none_or(|given| given.get("mapping").is_none())
        {
            report.at(SCHEMAS, pointer).change(format!(
                "the variants are distinguished by `{}`",
                tag.property
            ));
        }
        object.insert(
            "discriminator".into(),
            json!({ "propertyName": tag.property, VALUES: tag.values }),
        );
    });
}

/// The variants of a union; `None` if the schema is none, or two.
fn variants(object: &Map<String, Value>, has_discriminator: bool) -> Option<Vec<Value>> {
    let list = |key: &str| object.get(key).and_then(Value::as_array);
    match (list("oneOf"), list("anyOf")) {
        (Some(parts), None) | (None, Some(parts)) if parts.len() > 1 || has_discriminator => {
            Some(parts.clone())
        }
        _ => None,
    }
}

/// A field, and its values for each variant.
struct Tag {
    property: String,
    values: Vec<Vec<String>>,
}

/// The discriminator that all variants have from one parent.
fn inherited(root: &Value, parts: &[Value]) -> Option<Value> {
    let mut found = parts.iter().map(|part| ancestor(root, part, 0));
    let first = found.next()??;
    found
        .all(|other| other.as_ref() == Some(&first))
        .then_some(first)
}

fn ancestor(root: &Value, part: &Value, depth: usize) -> Option<Value> {
    let part = follow(root, part).filter(|_| depth < 12)?;
    let mut parents = items(part, "allOf");
    parents.find_map(|parent| {
        let own = follow(root, parent).and_then(|parent| parent.get("discriminator"));
        own.cloned().or_else(|| ancestor(root, parent, depth + 1))
    })
}

/// The values by the mapping; without one by the variants' enums, and else by their names.
fn by_discriminator(root: &Value, given: &Value, parts: &[Value], ours: bool) -> Option<Tag> {
    let property = given.get("propertyName")?.as_str()?;
    let mapping: Vec<(&String, String)> = entries(given, "mapping")
        .filter_map(|(value, target)| Some((value, target_name(target.as_str()?))))
        .collect();
    let listed: Vec<Option<Vec<String>>> = parts
        .iter()
        .map(|part| listed(root, part, property, 0))
        .collect();
    let own = own(&listed);
    let values = parts.iter().zip(&own).zip(&listed);
    let values = values.map(|((part, own), listed)| {
        let name = references::name(part);
        let mapped: Vec<String> = mapping
            .iter()
            .filter(|(_, target)| name == Some(target))
            .map(|(value, _)| (*value).clone())
            .collect();
        if !mapped.is_empty() || ours && !mapping.is_empty() {
            return mapped;
        }
        if !own.is_empty() {
            return own.clone();
        }
        let Some(name) = name else {
            return Vec::new();
        };
        // An enum that all variants share may write their names another way.
        let near = listed.iter().flatten();
        let mut near = near.filter(|value| folded(value) == folded(name));
        vec![near.next().cloned().unwrap_or_else(|| name.to_owned())]
    });
    let tag = Tag {
        property: property.to_owned(),
        values: unique(values.collect()),
    };
    let has_values = tag.values.iter().any(|values| !values.is_empty());
    has_values.then_some(tag)
}

/// The name in a target of a mapping: a reference or a bare name.
fn target_name(target: &str) -> String {
    let target = reference(&json!({ "$ref": target })).unwrap_or_default();
    let last = target.rsplit('/').next().unwrap_or_default();
    last.replace("~1", "/").replace("~0", "~")
}

/// The field whose enums distinguish the variants; of several, the one that most variants list and then require.
fn by_enums(root: &Value, parts: &[Value]) -> Option<Tag> {
    let mut names = Vec::new();
    for part in parts {
        property_names(root, part, &mut names, 0);
    }
    let mut best: Option<((usize, usize), Tag)> = None;
    for property in names {
        let listed: Vec<Option<Vec<String>>> = parts
            .iter()
            .map(|part| listed(root, part, &property, 0))
            .collect();
        let values = own(&listed);
        let tagged = values.iter().filter(|values| !values.is_empty()).count();
        let all = listed
            .iter()
            .zip(&values)
            .all(|(listed, own)| listed.is_none() == own.is_empty());
        let required = |at: usize| requires(root, &parts[at], &property, 0);
        // One constant distinguishes its variant from all others.
        let constant = || {
            let at = values.iter().position(|values| values.len() == 1);
            at.is_some_and(required)
        };
        if !all || tagged == 0 || tagged == 1 && !constant() {
            continue;
        }
        let rank = (tagged, (0..parts.len()).filter(|at| required(*at)).count());
        if best.as_ref().is_none_or(|(known, _)| rank > *known) {
            best = Some((rank, Tag { property, values }));
        }
    }
    best.map(|(_, tag)| tag)
}

/// Variants by the values that they list.
type Groups = BTreeMap<BTreeSet<String>, Vec<Value>>;

/// The field whose enums distinguish groups of variants; the variants of a group are a union of their own.
fn groups(root: &Value, parts: &[Value]) -> Option<(Vec<Value>, Tag)> {
    let mut names = Vec::new();
    for part in parts {
        property_names(root, part, &mut names, 0);
    }
    let mut best: Option<(String, Groups)> = None;
    for property in names {
        let mut found = Groups::new();
        let all = parts.iter().all(|part| {
            let values = listed(root, part, &property, 0);
            let values: Option<BTreeSet<String>> =
                values.map(|values| values.into_iter().collect());
            values.is_some_and(|values| {
                found.entry(values).or_default().push(part.clone());
                true
            })
        });
        let mut seen = BTreeSet::new();
        let apart = found.keys().flatten().all(|value| seen.insert(value));
        let most = best.as_ref().map_or(1, |(_, known)| known.len());
        if all && apart && found.len() > most {
            best = Some((property, found));
        }
    }
    let (property, found) = best?;
    let (mut groups, mut values) = (Vec::new(), Vec::new());
    for (own, mut parts) in found {
        values.push(own.into_iter().collect());
        groups.push(match parts.len() {
            1 => parts.remove(0),
            _ => {
                let inner = by_enums(root, &parts);
                let mut union = json!({ "oneOf": parts });
                if let Some(tag) = inner {
                    put(&mut union, &tag.property, &tag.values);
                }
                union
            }
        });
    }
    Some((groups, Tag { property, values }))
}

/// The values that each variant lists and no other.
fn own(listed: &[Option<Vec<String>>]) -> Vec<Vec<String>> {
    let own = listed.iter().enumerate().map(|(at, values)| {
        let others = |value: &&String| {
            !listed
                .iter()
                .enumerate()
                .any(|(other, values)| other != at && values.iter().flatten().any(|v| v == *value))
        };
        values.iter().flatten().filter(others).cloned().collect()
    });
    own.collect()
}

/// Each value once: the first variant keeps it.
fn unique(values: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let mut seen = BTreeSet::new();
    let values = values.into_iter().map(|values| {
        let first = values
            .into_iter()
            .filter(|value| seen.insert(value.clone()));
        first.collect()
    });
    values.collect()
}

/// The values that a variant lists for a property; `None` if it lists none.
fn listed(root: &Value, part: &Value, property: &str, depth: usize) -> Option<Vec<String>> {
    let part = follow(root, part).filter(|_| depth < 12)?;
    let own = part.get("properties").and_then(|all| all.get(property));
    let own = own.and_then(|schema| values_of(root, schema, 0));
    let inherited = items(part, "allOf").filter_map(|part| listed(root, part, property, depth + 1));
    // A parent may list the values of all its children.
    if let Some(values) = own.into_iter().chain(inherited).min_by_key(Vec::len) {
        return Some(values);
    }
    let mut all = Vec::new();
    for part in items(part, "oneOf").chain(items(part, "anyOf")) {
        all.extend(listed(root, part, property, depth + 1)?);
    }
    (!all.is_empty()).then_some(all)
}

/// The values of a schema that has an enum or a constant, as text.
fn values_of(root: &Value, schema: &Value, depth: usize) -> Option<Vec<String>> {
    let schema = follow(root, schema).filter(|_| depth < 12)?;
    let listed = schema
        .get("enum")
        .or_else(|| schema.get("x-extensible-enum"));
    let values: Vec<&Value> = match (schema.get("const"), listed.and_then(Value::as_array)) {
        (Some(value), _) => vec![value],
        (None, Some(values)) => values.iter().collect(),
        (None, None) => {
            let inner = items(schema, "allOf");
            return inner
                .filter_map(|part| values_of(root, part, depth + 1))
                .min_by_key(Vec::len);
        }
    };
    let values = values.into_iter().filter_map(|value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    });
    let values: Vec<String> = values.collect();
    (!values.is_empty()).then_some(values)
}

fn property_names(root: &Value, part: &Value, names: &mut Vec<String>, depth: usize) {
    let Some(part) = follow(root, part).filter(|_| depth < 12) else {
        return;
    };
    for (name, _) in entries(part, "properties") {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    for inner in ["allOf", "oneOf", "anyOf"]
        .into_iter()
        .flat_map(|key| items(part, key))
    {
        property_names(root, inner, names, depth + 1);
    }
}

fn requires(root: &Value, part: &Value, property: &str, depth: usize) -> bool {
    let Some(part) = follow(root, part).filter(|_| depth < 12) else {
        return false;
    };
    strings(part, "required")
        .iter()
        .any(|name| name == property)
        || items(part, "allOf").any(|part| requires(root, part, property, depth + 1))
}

/// Takes the field and the values of each variant out of a union.
pub(crate) fn take(union: &mut Map<String, Value>) -> Option<(String, Vec<Vec<String>>)> {
    let tag = union.shift_remove("discriminator")?;
    let values = serde_json::from_value(tag.get(VALUES)?.clone()).ok()?;
    Some((tag.get("propertyName")?.as_str()?.to_owned(), values))
}

/// Puts them back.
pub(crate) fn put(union: &mut Value, property: &str, values: &[Vec<String>]) {
    union["discriminator"] = json!({ "propertyName": property, VALUES: values });
}

/// Removes the variants of a union that `drop` selects, with their values.
pub(crate) fn remove_variants(
    schema: &mut Value,
    key: &str,
    drop: impl Fn(&Value) -> bool,
) -> bool {
    let Some(Value::Array(parts)) = schema.get_mut(key) else {
        return false;
    };
    let kept: Vec<bool> = parts.iter().map(|part| !drop(part)).collect();
    let mut keep = kept.iter();
    parts.retain(|_| *keep.next().expect("one for each"));
    if let Some(Value::Array(values)) = schema.pointer_mut(&format!("/discriminator/{VALUES}")) {
        let mut keep = kept.iter();
        values.retain(|_| *keep.next().unwrap_or(&true));
    }
    kept.contains(&false)
}

/// Writes the values of each union as the mapping of a discriminator. Values of variants that became no type of their own
/// are left out: such objects are kept as JSON.
pub(crate) fn finish(document: &mut Value, report: &mut Report) {
    every_schema(document, &mut |pointer, schema| {
        let Some((property, values)) = schema.as_object_mut().and_then(take) else {
            return;
        };
        let Some(Value::Array(parts)) = schema.get("oneOf").cloned() else {
            return;
        };
        let mut mapping = Map::new();
        let mut kept: Vec<Value> = Vec::new();
        let mut rest: Vec<Value> = Vec::new();
        for (part, values) in parts.into_iter().zip(&values) {
            if references::name(&part).is_none() {
                report.at(SCHEMAS, pointer).change(format!(
                    "a variant is no object with fields; it is kept as JSON: `{property}` is {}",
                    values.join(" or ")
                ));
                continue;
            }
            if values.is_empty() {
                rest.push(part);
                continue;
            }
            for value in values {
                mapping.insert(value.clone(), part["$ref"].clone());
            }
            if !kept.contains(&part) {
                kept.push(part);
            }
        }
        kept.extend(rest.into_iter().take(1));
        if mapping.is_empty() {
            return;
        }
        schema["oneOf"] = Value::Array(kept);
        schema["discriminator"] = json!({ "propertyName": property, "mapping": mapping });
    });
}
