//! The pass that gives ids types of their own.

use std::collections::{BTreeMap, BTreeSet};

use engagement_document::{Document, Schemas};
use serde_json::Value;

use super::{Normalised, Origin, add_placeholder, each_schema, refer};
use crate::codegen::{Failure, names};

/// How ids of one kind are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdForm {
    Integer,
    Text,
    /// The form that was read is kept.
    Mixed,
}

/// The ids of one kind of record, or of any of several kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdType {
    /// The kinds of record, in the order of the document.
    pub(crate) kinds: Vec<String>,
    pub(crate) form: IdForm,
    /// Whether it may be an e-mail address or the like.
    pub(crate) personal: bool,
}

/// `ContactId`, `ContactOrDealId`, `CategoryIdentifier`.
pub(crate) fn type_name(kinds: &[impl AsRef<str>]) -> String {
    let kinds: Vec<String> = kinds
        .iter()
        .map(|kind| names::pascal(kind.as_ref()))
        .collect();
    let name = kinds.join("Or");
    // A category has an identifier beside its id.
    if name.ends_with("Identifier") {
        name
    } else {
        format!("{name}Id")
    }
}

/// How an id is written at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ValueForm {
    Integer,
    Text,
    Union,
}

fn value_form(schema: &Value) -> ValueForm {
    let union = schema.get("oneOf").or_else(|| schema.get("anyOf"));
    match schema.get("type").and_then(Value::as_str) {
        _ if union.is_some() => ValueForm::Union,
        Some("integer") => ValueForm::Integer,
        _ => ValueForm::Text,
    }
}

/// Replaces schemas marked `x-id` by types of their own, so that the id of a deal doesn't pass for that of a contact.
pub(super) fn ids_have_types(
    document: &Document,
    normalised: &mut Normalised,
) -> Result<usize, Failure> {
    let Found { kinds_of, seen } = find(document, normalised);
    let mut forms = BTreeMap::new();
    for (name, places) in seen {
        let form = form_of(&name, &places)?;
        forms.insert(name, form);
    }
    let changed = replace(document, normalised, &forms)?;
    let personal = personal(document);
    for (name, kinds) in kinds_of {
        // A type for several kinds converts from the type of each, so these must exist.
        for kind in &kinds {
            if kinds.len() > 1 && !forms.contains_key(&type_name(&[kind])) {
                return Err(Failure::new(format!(
                    "`x-id` names the kind `{kind}` only beside others: mark the record's own id with it"
                )));
            }
        }
        let id = IdType {
            form: forms[&name],
            personal: kinds.iter().any(|kind| personal.contains(kind)),
            kinds,
        };
        normalised.ids.insert(name, id);
    }
    Ok(changed)
}

/// The marks of a document, by the name of the type.
#[derive(Default)]
struct Found {
    kinds_of: BTreeMap<String, Vec<String>>,
    /// How ids of the type are written, and whether that is in a response.
    seen: BTreeMap<String, BTreeSet<(ValueForm, bool)>>,
}

fn find(document: &Document, normalised: &mut Normalised) -> Found {
    let read = in_responses(document);
    let mut found = Found::default();
    each_schema(&mut normalised.document, &mut |context, schema| {
        let kinds = Schemas::id_kinds(schema);
        if kinds.is_empty() {
            return;
        }
        let in_response = match context.origin {
            Origin::Component(name) => read.contains(name),
            Origin::Response => true,
            Origin::Request => false,
        };
        let name = type_name(&kinds);
        let seen = found.seen.entry(name.clone()).or_default();
        seen.insert((value_form(schema), in_response));
        found
            .kinds_of
            .insert(name, kinds.into_iter().map(str::to_owned).collect());
    });
    found
}

/// The form of a type's ids, from the forms at all places that have the mark.
fn form_of(name: &str, places: &BTreeSet<(ValueForm, bool)>) -> Result<IdForm, Failure> {
    let has = |form| places.iter().any(|(known, _)| *known == form);
    // Where a request accepts both, the number is enough; what is read has to be kept unchanged.
    let mixed = places.contains(&(ValueForm::Union, true))
        || !has(ValueForm::Integer) && has(ValueForm::Union);
    let form = match (mixed, has(ValueForm::Integer)) {
        (true, _) => IdForm::Mixed,
        (_, true) => IdForm::Integer,
        _ => IdForm::Text,
    };
    if form == IdForm::Integer && places.contains(&(ValueForm::Text, true)) {
        return Err(Failure::new(format!(
            "ids of the type {name} are integers in one place and texts in a response: declare them as a union there, or as kinds of their own"
        )));
    }
    Ok(form)
}

/// Puts the types in place of the schemas; gives the number of places.
fn replace(
    document: &Document,
    normalised: &mut Normalised,
    forms: &BTreeMap<String, IdForm>,
) -> Result<usize, Failure> {
    let mut changed = 0;
    let mut used = BTreeSet::new();
    let mut components = Vec::new();
    let mut as_text = BTreeSet::new();
    each_schema(&mut normalised.document, &mut |context, schema| {
        let kinds = Schemas::id_kinds(schema);
        if kinds.is_empty() {
            return;
        }
        changed += 1;
        let name = type_name(&kinds);
        if forms[&name] == IdForm::Integer && value_form(schema) == ValueForm::Text {
            as_text.insert(context.name.to_owned());
        }
        if context.component {
            components.push((context.name.to_owned(), name));
        } else {
            refer(schema, &name);
            used.insert(name);
        }
    });
    normalised.ids_as_text = as_text;
    for name in used {
        let mut schemas = document.schemas.names();
        if schemas.any(|other| names::pascal(other) == name)
            && !components.iter().any(|(component, _)| *component == name)
        {
            return Err(Failure::new(format!(
                "the schema `{name}` has the name of the type of ids: rename the schema"
            )));
        }
        add_placeholder(&mut normalised.document, &name);
        components.push((name.clone(), name));
    }
    for (schema, name) in components {
        add_placeholder(&mut normalised.document, &schema);
        normalised
            .replacements
            .insert(schema, format!("ids::{name}"));
    }
    Ok(changed)
}

/// The named schemas that are read: those of responses and webhooks, and those that they use.
fn in_responses(document: &Document) -> BTreeSet<String> {
    let responses = document
        .operations
        .iter()
        .flat_map(|operation| &operation.responses);
    let responses = responses.filter_map(|response| response.schema.as_ref());
    let webhooks = document.webhooks.iter().map(|webhook| &webhook.schema);
    let mut todo: Vec<&Value> = responses.chain(webhooks).collect();
    let mut found = BTreeSet::new();
    while let Some(value) = todo.pop() {
        if let Some(name) = Schemas::ref_name(value)
            && found.insert(name.to_owned())
        {
            todo.extend(document.schemas.get(name));
        }
        match value {
            Value::Object(object) => todo.extend(object.values()),
            Value::Array(items) => todo.extend(items),
            _ => {}
        }
    }
    found
}

/// The kinds whose ids are values of properties that can hold personal data.
fn personal(document: &Document) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let schemas = &document.schemas;
    for schema in schemas.names().filter_map(|name| schemas.get(name)) {
        for (_, property) in schemas.properties(schema) {
            if schemas.is_personal(property) {
                collect(schemas, property, 4, &mut found);
            }
        }
    }
    for name in schemas.names() {
        let schema = schemas.get(name).unwrap_or(&Value::Null);
        if schemas.is_personal(schema) {
            found.extend(Schemas::id_kinds(schema).into_iter().map(str::to_owned));
        }
    }
    found
}

/// The kinds of a property that is an id or a list of ids.
fn collect(schemas: &Schemas, schema: &Value, depth: usize, found: &mut BTreeSet<String>) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    found.extend(Schemas::id_kinds(schema).into_iter().map(str::to_owned));
    let target = Schemas::ref_name(schema).and_then(|name| schemas.get(name));
    let parts = ["allOf", "oneOf"]
        .into_iter()
        .filter_map(|key| schema.get(key)?.as_array());
    let inner = schema
        .get("items")
        .into_iter()
        .chain(target)
        .chain(parts.flatten());
    inner.for_each(|part| collect(schemas, part, depth, found));
}
