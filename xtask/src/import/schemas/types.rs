//! Which schemas become types, and what those are called.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::codegen::names;
use crate::import::common::json::{
    Inside, Role, each_inside, each_operation, entries, every_schema, flag, is_form, items, list,
    named_schemas, operation_schemas, remove, retain, roots, step, text, walk,
};
use crate::import::common::naming::{self, folded, pascal};
use crate::import::common::references::{self, REF_SIBLINGS};
use crate::import::common::report::{PARAMETERS, Report, SCHEMAS, quoted};
use crate::import::common::value_kind::schema_type;
use crate::import::schemas::unions::is_one_or_many;

/// Gives every named schema a name that is a Rust name, and none that another one has.
pub(crate) fn rename(document: &mut Value, report: &mut Report) {
    let mut taken = BTreeSet::new();
    let mut new_names: BTreeMap<String, String> = BTreeMap::new();
    let names = references::names(document);
    // Names that may stay are given first, so that only the odd ones get numbers.
    let (fine, odd): (Vec<&String>, Vec<&String>) = names
        .iter()
        .partition(|name| naming::schema(name) == **name);
    for name in fine.into_iter().chain(odd) {
        let new = naming::unique(&naming::schema(name), "", &mut taken);
        if new != *name {
            report
                .at(SCHEMAS, &step("/components/schemas", name))
                .change(format!("is called `{new}`"));
        }
        new_names.insert(name.clone(), new);
    }
    if new_names.iter().all(|(old, new)| old == new) {
        return;
    }
    every_schema(document, &mut |_, schema| {
        let new = references::name(schema).and_then(|name| new_names.get(name));
        if let Some(new) = new {
            *schema = references::to(new);
        }
    });
    let schemas = named_schemas(document);
    for (name, schema) in std::mem::take(schemas) {
        schemas.insert(new_names[&name].clone(), schema);
    }
}

/// Names inline schemas that become a type: objects, unions and enums. Without it the
/// generator synthesises names that can clash.
pub(crate) fn name_inner(document: &mut Value, report: &mut Report) {
    let mut namer = Namer {
        taken: references::names(document)
            .iter()
            .map(|name| folded(name))
            .collect(),
        made: Map::new(),
    };
    for (name, schema) in named_schemas(document) {
        namer.name_inside(name, schema);
    }
    each_operation(document, |pointer, operation| {
        let id = pascal(&text(operation, "operationId"));
        operation_schemas(pointer, operation, |place, role, schema| match role {
            Role::Parameter(_) if list(schema, "enum").len() == 1 => {}
            Role::Parameter(name) => namer.name_schema(&format!("{id}{}", pascal(&name)), schema),
            Role::Body if is_form(place) => namer.name_inside(&id, schema),
            Role::Body => namer.name_schema(&format!("{id}Body"), schema),
            // The client unwraps these itself.
            Role::Response if is_one_or_many(list(schema, "oneOf")) => {
                namer.name_inside(&format!("{id}Response"), schema);
            }
            Role::Response => namer.name_schema(&format!("{id}Response"), schema),
        });
    });
    if namer.made.is_empty() {
        return;
    }
    let names = quoted(namer.made.keys());
    let mut place = report.at(SCHEMAS, "");
    place.change(format!("inline schemas are called {names}"));
    named_schemas(document).extend(namer.made);
}

struct Namer {
    taken: BTreeSet<String>,
    made: Map<String, Value>,
}

impl Namer {
    /// Names the schemas inside a schema.
    fn name_inside(&mut self, name: &str, schema: &mut Value) {
        let one_or_many = is_one_or_many(list(schema, "oneOf"));
        each_inside(schema, |place, inner| {
            let word = match place {
                Inside::Property(key) => match pascal(key) {
                    word if word.is_empty() => "Value".to_owned(),
                    word => word,
                },
                Inside::Keyword("items") => "Item".to_owned(),
                Inside::Keyword(_) => "Value".to_owned(),
                Inside::Part("oneOf", _) if one_or_many => return self.name_inside(name, inner),
                Inside::Part("oneOf", at) if text(inner, "type") != "string" => {
                    format!("Variant{}", at + 1)
                }
                Inside::Part(..) => return,
            };
            self.name_schema(&format!("{name}{word}"), inner);
        });
    }

    /// Names the schema itself if it becomes a type, else those inside it.
    fn name_schema(&mut self, name: &str, schema: &mut Value) {
        self.name_inside(name, schema);
        if !becomes_a_type(schema) {
            return;
        }
        let name = naming::unique(&naming::schema(name), "", &mut self.taken);
        let mut inner = schema.clone();
        retain(&mut inner, |key| {
            key == "description" || !REF_SIBLINGS.contains(&key)
        });
        // The description belongs to the type.
        remove(schema, "description");
        references::replace(schema, references::to(&name));
        self.made.insert(name, inner);
    }
}

fn becomes_a_type(schema: &Value) -> bool {
    let has = |key: &str| schema.get(key).is_some();
    let is_scalar = |kind| matches!(kind, "string" | "integer" | "number" | "boolean");
    if has("oneOf") {
        // Unions of scalars are one type of the runtime.
        let mut kinds = items(schema, "oneOf").map(schema_type);
        return !kinds.all(|kind| kind.is_some_and(is_scalar));
    }
    match schema_type(schema) {
        Some("object") => entries(schema, "properties").next().is_some(),
        Some("string") => has("enum") || has("x-extensible-enum"),
        _ => false,
    }
}

/// Gives properties whose Rust name another one has, or every type has, a name of their own.
pub(crate) fn rename_properties(document: &mut Value, ours: bool, report: &mut Report) {
    let mut names = PropertyNames::of(document);
    for (schema_name, schema) in named_schemas(document) {
        let pointer = format!("/components/schemas/{schema_name}/properties");
        let Some(Value::Object(properties)) = schema.get_mut("properties") else {
            continue;
        };
        names.rename(properties, &pointer, ours, report);
    }
}

/// Gives the values that a call takes names that are identifiers, and one each. A form field of the name of a parameter is the
/// same value, sent in both places.
pub(crate) fn rename_values(document: &mut Value, ours: bool, report: &mut Report) {
    each_operation(document, |pointer, operation| {
        let mut names = naming::ValueNames::default();
        let mut shared = BTreeMap::new();
        let mut rename = |place: &str, pointer: &str, wire: &str, value: &mut Value| {
            let given = text(value, "x-rust-name");
            if !given.is_empty() {
                return names.take(&given);
            }
            let rust = names::snake(wire);
            let free = names::value_of_call(&rust);
            match names.name(wire, place) {
                Some(rust) => {
                    let text = format!("`{wire}` is called `{rust}` in Rust");
                    report.at(PARAMETERS, pointer).change(text);
                    references::set_sibling(value, "x-rust-name", json!(rust));
                }
                None if free != rust && !ours => report.at(PARAMETERS, pointer).change(format!(
                    "`{wire}` is called `{free}` in Rust, because the name is taken"
                )),
                None => {}
            }
        };
        let mut nullable = Vec::new();
        if let Some(Value::Array(parameters)) = operation.get_mut("parameters") {
            for (at, parameter) in parameters.iter_mut().enumerate() {
                let (name, place) = (text(parameter, "name"), text(parameter, "in"));
                let constant =
                    flag(parameter, "required") && list(&parameter["schema"], "enum").len() == 1;
                if constant {
                    continue;
                }
                let pointer = format!("{pointer}/parameters/{at}");
                if flag(parameter, "required") && flag(&parameter["schema"], "nullable") {
                    remove(&mut parameter["schema"], "nullable");
                    nullable.push((pointer.clone(), name.clone()));
                }
                rename(&place, &pointer, &name, parameter);
                let given = parameter.get("x-rust-name").cloned();
                shared.entry(name).or_insert(given);
            }
        }
        let content = operation.pointer_mut("/requestBody/content");
        let content = content.and_then(Value::as_object_mut).into_iter().flatten();
        for (media, value) in content {
            let pointer = step(&format!("{pointer}/requestBody/content"), media);
            if !is_form(&format!("{pointer}/")) {
                continue;
            }
            let properties = value.pointer_mut("/schema/properties");
            let properties = properties.and_then(Value::as_object_mut);
            for (name, schema) in properties.into_iter().flatten() {
                match shared.get(name) {
                    Some(Some(given)) => {
                        references::set_sibling(schema, "x-rust-name", given.clone());
                    }
                    Some(None) => {}
                    None => {
                        let pointer = step(&format!("{pointer}/schema/properties"), name);
                        rename("form", &pointer, name, schema);
                    }
                }
            }
        }
        for (pointer, name) in nullable {
            report.at(PARAMETERS, &pointer).change(format!(
                "`{name}` is required, and there is no way to write `null` there"
            ));
        }
    });
}

/// JSON has texts and no bytes: `format: binary` means something only for a part of a multipart body, or a list of parts, and
/// for a whole body.
pub(crate) fn binary_is_text(document: &mut Value, report: &mut Report) {
    roots(document, &mut |pointer, root| {
        let media = pointer.split_once("/content/").map(|(_, media)| media);
        // Media types that are neither a form nor JSON have bodies of bytes.
        if media.is_some_and(|media| !media.contains("json/") && !media.contains("json;"))
            && !is_form(pointer)
        {
            return;
        }
        let parts = pointer.contains("/multipart~1form-data/");
        let at = format!("{pointer}/properties/");
        let is_part = |pointer: &str| {
            let rest = pointer.strip_prefix(&at);
            rest.is_some_and(|rest| !rest.strip_suffix("/items").unwrap_or(rest).contains('/'))
        };
        walk(pointer, root, &mut |pointer, schema| {
            if text(schema, "format") == "binary" && !(parts && is_part(pointer)) {
                remove(schema, "format");
                report.at(SCHEMAS, pointer).change(
                    "`format: binary` is a text: only a part of a multipart body and a whole body can be a file",
                );
            }
        });
    });
}

/// The names of properties in all schemas.
struct PropertyNames {
    /// In the form in which they clash.
    taken: BTreeSet<String>,
    /// The Rust names that properties were given.
    given: BTreeMap<String, String>,
}

impl PropertyNames {
    fn of(document: &mut Value) -> Self {
        let mut taken = BTreeSet::new();
        let mut given = BTreeMap::new();
        every_schema(document, &mut |_, schema| {
            for (name, property) in entries(schema, "properties") {
                taken.insert(folded(name));
                if let Some(rust) = property.get("x-rust-name").and_then(Value::as_str) {
                    given.insert(name.clone(), rust.to_owned());
                    taken.insert(folded(rust));
                }
            }
        });
        Self { taken, given }
    }

    /// Renames the properties of one schema.
    fn rename(
        &mut self,
        properties: &mut Map<String, Value>,
        pointer: &str,
        ours: bool,
        report: &mut Report,
    ) {
        let mut seen = BTreeSet::new();
        for (name, property) in properties.iter_mut() {
            if let Some(rust) = property.get("x-rust-name").and_then(Value::as_str) {
                seen.insert(folded(rust));
                continue;
            }
            let fold = folded(name);
            let clashes = !seen.insert(fold.clone());
            let pointer = step(pointer, name);
            let plain = name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-.[] ".contains(c))
                && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            if !clashes && !fold.is_empty() && plain {
                // The generator renames it.
                let field = names::snake(name);
                let free = names::field_of_type(&field);
                if free != field && !ours {
                    let text = format!("is called `{free}` in Rust, because the name is taken");
                    report.at(SCHEMAS, &pointer).change(text);
                }
                continue;
            }
            let rust = self.unique(name);
            seen.insert(folded(&rust));
            report.at(SCHEMAS, &pointer).change(format!(
                "is called `{rust}` in Rust, because the name is taken"
            ));
            references::set_sibling(property, "x-rust-name", json!(rust));
        }
    }

    /// The name that the property was given elsewhere, or one that no other property has.
    fn unique(&mut self, name: &str) -> String {
        if let Some(rust) = self.given.get(name) {
            return rust.clone();
        }
        let base = match naming::snake(name).as_str() {
            "" => "field".to_owned(),
            base if base.starts_with(|c: char| c.is_ascii_digit()) => format!("v{base}"),
            base if self.taken.contains(&folded(base)) || names::snake(base) != base => {
                format!("{base}_2")
            }
            base => base.to_owned(),
        };
        let rust = naming::unique(&base, "_", &mut self.taken);
        self.given.insert(name.to_owned(), rust.clone());
        rust
    }
}

/// Leaves out named schemas that nothing refers to: the generator could refuse them.
pub(crate) fn drop_unused(document: &mut Value, report: &mut Report) {
    let named = document["components"]["schemas"].clone();
    let mut todo = vec!["ApiError".to_owned()];
    for part in ["paths", "x-provider-webhooks"] {
        references::each(&document[part], &mut |name| todo.push(name.to_owned()));
    }
    let mut used = BTreeSet::new();
    while let Some(name) = todo.pop() {
        if used.insert(name.clone()) {
            references::each(&named[&name], &mut |name| todo.push(name.to_owned()));
        }
    }
    let schemas = named_schemas(document);
    let unused = quoted(schemas.keys().filter(|name| !used.contains(*name)));
    schemas.retain(|name, _| used.contains(name));
    if !unused.is_empty() {
        let mut place = report.at(SCHEMAS, "");
        place.change(format!("no operation uses {unused}; left out"));
    }
}
