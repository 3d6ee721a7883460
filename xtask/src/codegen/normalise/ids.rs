//! The pass that gives ids types of their own.

use std::collections::{BTreeMap, BTreeSet};

use engagement_document::{Document, Schemas};
use serde_json::Value;

use super::{Origin, Pass, Refusal, add_placeholder, each_schema, refer};
use crate::codegen::names;
use crate::json::{items, step, text};

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
    if schema
        .get("oneOf")
        .or_else(|| schema.get("anyOf"))
        .is_some()
    {
        ValueForm::Union
    } else if text(schema, "type") == "integer" {
        ValueForm::Integer
    } else {
        ValueForm::Text
    }
}

/// Replaces schemas marked `x-id` by types of their own, so that the id of a deal doesn't pass for that of a contact.
pub(super) fn ids_have_types(pass: &mut Pass<'_>) {
    let refused = give_types(pass).err();
    pass.refusals.extend(refused);
}

fn give_types(pass: &mut Pass<'_>) -> Result<(), Refusal> {
    let found = find(pass);
    let forms = found
        .iter()
        .map(|(name, found)| Ok((name.clone(), form_of(name, found)?)))
        .collect::<Result<BTreeMap<_, _>, Refusal>>()?;
    replace(pass, &forms)?;
    let personal = personal(&pass.source.schemas);
    for (name, Found { kinds, pointer, .. }) in found {
        // A type for several kinds converts from the type of each, so these must exist.
        for kind in &kinds {
            if kinds.len() > 1 && !forms.contains_key(&type_name(&[kind])) {
                let message = format!(
                    "`x-id` names the kind `{kind}` only beside others: mark the record's own id with it"
                );
                return Err(Refusal::new(pointer, message));
            }
        }
        let id = IdType {
            form: forms[&name],
            personal: kinds.iter().any(|kind| personal.contains(kind.as_str())),
            kinds,
        };
        pass.out.ids.insert(name, id);
    }
    Ok(())
}

/// The marks of a document for one type.
#[derive(Default)]
struct Found {
    kinds: Vec<String>,
    /// How ids of the type are written, and whether that is in a response.
    places: BTreeSet<(ValueForm, bool)>,
    /// The last place with such a mark.
    pointer: String,
}

/// The marks of a document, by the name of the type.
fn find(pass: &mut Pass<'_>) -> BTreeMap<String, Found> {
    let read = in_responses(pass.source);
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    each_schema(&mut pass.out.document, |context, schema| {
        let kinds = Schemas::id_kinds(schema);
        if kinds.is_empty() {
            return;
        }
        let in_response = match context.origin {
            Origin::Component(name) => read.contains(name),
            Origin::Response => true,
            Origin::Request => false,
        };
        let found = found.entry(type_name(&kinds)).or_default();
        found.places.insert((value_form(schema), in_response));
        context.pointer.clone_into(&mut found.pointer);
        found.kinds = kinds.into_iter().map(str::to_owned).collect();
    });
    found
}

/// The form of a type's ids, from the forms at all places that have the mark.
fn form_of(name: &str, found: &Found) -> Result<IdForm, Refusal> {
    let places = &found.places;
    let has = |form| places.iter().any(|(known, _)| *known == form);
    // Where a request accepts both, the number is enough; what is read has to be kept unchanged.
    if places.contains(&(ValueForm::Union, true))
        || !has(ValueForm::Integer) && has(ValueForm::Union)
    {
        return Ok(IdForm::Mixed);
    }
    if !has(ValueForm::Integer) {
        return Ok(IdForm::Text);
    }
    if places.contains(&(ValueForm::Text, true)) {
        let message = format!(
            "ids of the type {name} are integers in one place and texts in a response: declare them as a union there, or as kinds of their own"
        );
        return Err(Refusal::new(found.pointer.as_str(), message));
    }
    Ok(IdForm::Integer)
}

/// Puts the types in place of the schemas.
fn replace(pass: &mut Pass<'_>, forms: &BTreeMap<String, IdForm>) -> Result<(), Refusal> {
    let mut used = BTreeSet::new();
    let mut components = Vec::new();
    each_schema(&mut pass.out.document, |context, schema| {
        let kinds = Schemas::id_kinds(schema);
        if kinds.is_empty() {
            return;
        }
        pass.changed = true;
        let name = type_name(&kinds);
        if forms[&name] == IdForm::Integer && value_form(schema) == ValueForm::Text {
            pass.out.ids_as_text.insert(context.name.to_owned());
        }
        if context.component {
            components.push((context.name.to_owned(), name));
        } else {
            refer(schema, &name);
            used.insert(name);
        }
    });
    for name in used {
        let mut schemas = pass.source.schemas.names();
        if schemas.any(|other| names::pascal(other) == name)
            && !components.iter().any(|(component, _)| *component == name)
        {
            let message =
                format!("the schema `{name}` has the name of the type of ids: rename the schema");
            let at = step("/components/schemas", &name);
            return Err(Refusal::new(at, message));
        }
        components.push((name.clone(), name));
    }
    for (schema, name) in components {
        add_placeholder(&mut pass.out.document, &schema);
        let path = format!("ids::{name}");
        pass.out.replacements.insert(schema, path);
    }
    Ok(())
}

/// The named schemas that are read: those of responses and webhooks, and those that they use.
fn in_responses(document: &Document) -> BTreeSet<&str> {
    let operations = document.operations.iter();
    let responses = operations.flat_map(|operation| &operation.responses);
    let responses = responses.filter_map(|response| response.schema.as_ref());
    let webhooks = document.webhooks.iter().map(|webhook| &webhook.schema);
    let mut todo: Vec<&Value> = responses.chain(webhooks).collect();
    let mut found = BTreeSet::new();
    while let Some(value) = todo.pop() {
        if let Some(name) = Schemas::ref_name(value)
            && found.insert(name)
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
fn personal(schemas: &Schemas) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for schema in schemas.names().filter_map(|name| schemas.get(name)) {
        for (_, property) in schemas.properties(schema) {
            if schemas.is_personal(property) {
                collect(schemas, property, 4, &mut found);
            }
        }
        if schemas.is_personal(schema) {
            found.extend(Schemas::id_kinds(schema));
        }
    }
    found
}

/// The kinds of a property that is an id or a list of ids.
fn collect<'a>(
    schemas: &'a Schemas,
    schema: &'a Value,
    depth: usize,
    found: &mut BTreeSet<&'a str>,
) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    found.extend(Schemas::id_kinds(schema));
    let target = Schemas::ref_name(schema).and_then(|name| schemas.get(name));
    let inner = schema.get("items").into_iter().chain(target);
    let parts = items(schema, "allOf").chain(items(schema, "oneOf"));
    inner
        .chain(parts)
        .for_each(|part| collect(schemas, part, depth, found));
}
