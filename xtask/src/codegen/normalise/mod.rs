//! Rewrites what progenitor doesn't support. In: a document. Out: another one, and what was removed from it. The documents in
//! `specs/` stay plain OpenAPI.
//!
//! Each pass has a name and says why it exists. A pass that changes none of the documents is useless and fails the run, so
//! that it gets deleted.

mod free_form;
mod ids;
mod operations;
mod schemas;
mod tagged;
mod unions;

use std::collections::{BTreeMap, BTreeSet};

use engagement_document::Document;
use serde_json::{Map, Value};

use super::Failure;
pub(crate) use ids::{IdForm, IdType, type_name as id_type_name};

/// A document that progenitor accepts, and what was removed from it.
#[derive(Debug)]
pub(crate) struct Normalised {
    pub(crate) document: Value,
    /// Open enums by Rust name, emitted by ourselves.
    pub(crate) enums: BTreeMap<String, OpenEnum>,
    /// Schemas that are replaced by a type of the runtime: name -> path.
    pub(crate) replacements: BTreeMap<String, String>,
    /// Types of ids, by Rust name.
    pub(crate) ids: BTreeMap<String, IdType>,
    /// Integer ids that the provider requires as text, by the name of the schema: `ContactProductProductId`.
    pub(crate) ids_as_text: BTreeSet<String>,
    /// Free-form objects whose values must be scalars, by the name of the schema, and whether `null` is allowed too.
    pub(crate) scalar_objects: BTreeMap<String, bool>,
    /// Free-form objects that may be `null`, by the name of the schema.
    pub(crate) nullable_objects: BTreeSet<String>,
    /// Property names that differ from the wire: new name -> wire name.
    pub(crate) renamed: BTreeMap<String, String>,
    /// Operations whose response is one object or an array of one.
    pub(crate) one_or_many: BTreeSet<String>,
    /// Operations whose response may be `null`.
    pub(crate) nullable_responses: BTreeSet<String>,
    /// ParsedOutput of multipart bodies that are objects: operation and name on the wire -> type.
    pub(crate) object_parts: BTreeMap<(String, String), String>,
    /// Operations that return a part of their response -> the type of the full response.
    pub(crate) full_responses: BTreeMap<String, String>,
    /// Unions that one field selects, by Rust name.
    pub(crate) tagged: BTreeMap<String, TaggedUnion>,
    /// Objects that may have any other field, by Rust name.
    pub(crate) open: BTreeSet<String>,
}

/// A union of objects; the value of one field selects the member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaggedUnion {
    pub(crate) description: String,
    /// The field.
    pub(crate) tag: String,
    /// Values of the field, and the type of the objects that have one of them.
    pub(crate) members: Vec<(Vec<String>, String)>,
    /// The type of all other objects; `None` keeps them as JSON.
    pub(crate) other: Option<String>,
    /// Types that can contain the union itself.
    pub(crate) boxed: BTreeSet<String>,
}

impl TaggedUnion {
    /// The variant for a type: its name without the word that all types of the union end with.
    pub(crate) fn variant(&self, ty: &str) -> proc_macro2::Ident {
        let last_word = |name: &str| {
            name.rfind(char::is_uppercase)
                .map(|at| name[at..].to_owned())
        };
        let shared = self.other.as_deref().and_then(last_word).filter(|word| {
            self.members
                .iter()
                .all(|(_, name)| name.len() > word.len() && name.ends_with(word.as_str()))
        });
        let short = shared.as_deref().and_then(|word| ty.strip_suffix(word));
        quote::format_ident!("{}", short.filter(|name| !name.is_empty()).unwrap_or(ty))
    }

    /// The variant of all other objects, and its type.
    pub(crate) fn other_variant(&self) -> (proc_macro2::Ident, syn::Type) {
        if let Some(ty) = &self.other {
            return (self.variant(ty), self.content(ty));
        }
        let names = ["Other", "OtherValue", "AnyOther"];
        let taken = |name: &&&str| self.members.iter().any(|(_, ty)| ty == **name);
        let name = names.iter().find(|name| !taken(name)).unwrap_or(&names[2]);
        (
            quote::format_ident!("{name}"),
            syn::parse_quote!(serde_json::Value),
        )
    }

    /// What the variant of a type holds.
    pub(crate) fn content(&self, ty: &str) -> syn::Type {
        let name = quote::format_ident!("{ty}");
        if self.boxed.contains(ty) {
            syn::parse_quote!(Box<#name>)
        } else {
            syn::parse_quote!(#name)
        }
    }
}

/// A string whose known values are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenEnum {
    pub(crate) description: String,
    pub(crate) values: Vec<String>,
}

/// A pass: changes the document and returns the number of places that it changed.
struct Pass {
    name: &'static str,
    run: fn(&Document, &mut Normalised) -> Result<usize, Failure>,
}

/// The passes, in the order in which they have to run.
const PASSES: &[Pass] = &[
    Pass {
        name: "shared_parameters_are_repeated",
        run: operations::repeat_shared_parameters,
    },
    Pass {
        name: "form_fields_are_parameters",
        run: operations::form_fields_are_parameters,
    },
    Pass {
        name: "constants_are_dropped",
        run: operations::constants_are_dropped,
    },
    Pass {
        name: "responses_are_one_schema",
        run: operations::responses_are_one_schema,
    },
    Pass {
        name: "envelopes_are_opened",
        run: operations::envelopes_are_opened,
    },
    Pass {
        name: "one_or_many_is_one",
        run: operations::one_or_many_is_one,
    },
    Pass {
        name: "nullable_moves_to_uses",
        run: schemas::nullable_moves_to_uses,
    },
    Pass {
        name: "named_arrays_are_inlined",
        run: schemas::named_arrays_are_inlined,
    },
    Pass {
        name: "all_of_is_merged",
        run: schemas::all_of_is_merged,
    },
    Pass {
        name: "clashing_names_are_replaced",
        run: schemas::clashing_names_are_replaced,
    },
    Pass {
        name: "tagged_unions_are_replaced",
        run: tagged::tagged_unions_are_replaced,
    },
    Pass {
        name: "files_are_uploads",
        run: unions::files_are_uploads,
    },
    Pass {
        name: "passwords_are_secret",
        run: unions::passwords_are_secret,
    },
    Pass {
        name: "ids_have_types",
        run: ids::ids_have_types,
    },
    Pass {
        name: "epochs_have_a_type",
        run: unions::epochs_have_a_type,
    },
    Pass {
        name: "free_form_objects_have_a_type",
        run: free_form::free_form_objects_have_a_type,
    },
    Pass {
        name: "scalar_unions_have_a_type",
        run: unions::scalar_unions_have_a_type,
    },
    Pass {
        name: "enums_are_open",
        run: unions::enums_are_open,
    },
    Pass {
        name: "constraints_are_prose",
        run: schemas::constraints_are_prose,
    },
    Pass {
        name: "optional_is_nullable",
        run: schemas::optional_is_nullable,
    },
    Pass {
        name: "unknown_fields_are_kept",
        run: schemas::unknown_fields_are_kept,
    },
];

/// How often each pass changed something, over all documents.
#[derive(Debug, Default)]
pub(crate) struct Usage(BTreeMap<&'static str, usize>);

impl Usage {
    /// Fails if a pass changed nothing in any document.
    pub(crate) fn require_all(&self) -> Result<(), Failure> {
        let idle: Vec<&str> = PASSES
            .iter()
            .map(|pass| pass.name)
            .filter(|name| !self.0.contains_key(name))
            .collect();
        if idle.is_empty() {
            return Ok(());
        }
        let idle = idle.join(", ");
        Err(Failure::new(format!(
            "these passes no longer change any document: {idle}. Delete them from xtask/src/codegen/normalise/"
        )))
    }
}

pub(crate) fn normalise(document: &Document, usage: &mut Usage) -> Result<Normalised, Failure> {
    let mut normalised = Normalised {
        document: document.raw.clone(),
        enums: BTreeMap::new(),
        replacements: BTreeMap::new(),
        ids: BTreeMap::new(),
        ids_as_text: BTreeSet::new(),
        scalar_objects: BTreeMap::new(),
        nullable_objects: BTreeSet::new(),
        renamed: BTreeMap::new(),
        one_or_many: BTreeSet::new(),
        nullable_responses: BTreeSet::new(),
        object_parts: BTreeMap::new(),
        full_responses: BTreeMap::new(),
        tagged: BTreeMap::new(),
        open: BTreeSet::new(),
    };
    for pass in PASSES {
        let changed = (pass.run)(document, &mut normalised).map_err(|failure| {
            Failure::new(format!(
                "specs/{}.yaml: {failure} (pass {})",
                document.provider, pass.name
            ))
        })?;
        if changed > 0 {
            *usage.0.entry(pass.name).or_default() += changed;
        }
    }
    Ok(normalised)
}

/// Calls `visit` with every operation of the normalised document.
fn each_operation(normalised: &mut Value, mut visit: impl FnMut(&mut Map<String, Value>)) {
    let Some(Value::Object(paths)) = normalised.get_mut("paths") else {
        return;
    };
    for item in paths.values_mut() {
        for method in [
            "get", "put", "post", "delete", "patch", "head", "options", "trace",
        ] {
            if let Some(Value::Object(operation)) = item.get_mut(method) {
                visit(operation);
            }
        }
    }
}

/// Calls `visit` with every schema of the normalised document and its context, inner ones first.
fn each_schema(normalised: &mut Value, visit: &mut impl FnMut(SchemaContext<'_>, &mut Value)) {
    if let Some(Value::Object(schemas)) = normalised.pointer_mut("/components/schemas") {
        for (name, schema) in schemas.iter_mut() {
            let context = SchemaContext {
                name: &super::names::pascal(name),
                component: true,
                origin: Origin::Component(name),
            };
            walk_schema(context, schema, visit);
        }
    }
    each_operation(normalised, |operation| {
        let id = operation
            .get("operationId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let id = super::names::pascal(id);
        if let Some(Value::Array(parameters)) = operation.get_mut("parameters") {
            for parameter in parameters {
                let name = parameter
                    .get("name")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let name = format!("{id}{}", super::names::pascal(name));
                if let Some(schema) = parameter.get_mut("schema") {
                    walk_schema(SchemaContext::request(&name), schema, visit);
                }
            }
        }
        if let Some(schema) = operation
            .get_mut("requestBody")
            .and_then(|b| b.pointer_mut("/content/application~1json/schema"))
        {
            walk_schema(SchemaContext::request(&format!("{id}Body")), schema, visit);
        }
        if let Some(Value::Object(responses)) = operation.get_mut("responses") {
            for response in responses.values_mut() {
                if let Some(schema) = response.pointer_mut("/content/application~1json/schema") {
                    let context = SchemaContext {
                        name: &format!("{id}Response"),
                        component: false,
                        origin: Origin::Response,
                    };
                    walk_schema(context, schema, visit);
                }
            }
        }
    });
}

/// Where a schema is.
#[derive(Clone, Copy)]
struct SchemaContext<'a> {
    /// What a type made of the schema is called: `ContactStatus` for the property `status` of `Contact`.
    name: &'a str,
    /// Whether it is a named schema itself, not a part of one.
    component: bool,
    origin: Origin<'a>,
}

/// What a schema is a part of.
#[derive(Clone, Copy)]
enum Origin<'a> {
    /// The named schema, as the document writes it.
    Component(&'a str),
    Request,
    Response,
}

impl<'a> SchemaContext<'a> {
    fn request(name: &'a str) -> Self {
        Self {
            name,
            component: false,
            origin: Origin::Request,
        }
    }

    /// The context of a part of the schema.
    fn inside<'b>(self, name: &'b str) -> SchemaContext<'b>
    where
        'a: 'b,
    {
        SchemaContext {
            name,
            component: false,
            origin: self.origin,
        }
    }
}

fn walk_schema(
    context: SchemaContext<'_>,
    schema: &mut Value,
    visit: &mut impl FnMut(SchemaContext<'_>, &mut Value),
) {
    let name = context.name;
    if let Value::Object(object) = schema {
        if let Some(Value::Object(properties)) = object.get_mut("properties") {
            for (key, property) in properties.iter_mut() {
                let name = format!("{name}{}", super::names::pascal(key));
                walk_schema(context.inside(&name), property, visit);
            }
        }
        for key in ["items", "additionalProperties"] {
            if let Some(inner) = object.get_mut(key) {
                walk_schema(context.inside(&format!("{name}Item")), inner, visit);
            }
        }
        for key in ["oneOf", "anyOf", "allOf"] {
            if let Some(Value::Array(parts)) = object.get_mut(key) {
                for (at, part) in parts.iter_mut().enumerate() {
                    walk_schema(context.inside(&format!("{name}Variant{at}")), part, visit);
                }
            }
        }
    }
    visit(context, schema);
}

/// Replaces a schema by a reference, and keeps the siblings of a reference: `description` and `nullable`.
fn refer(schema: &mut Value, name: &str) {
    let mut out = Map::new();
    let object = schema.as_object();
    for key in ["description", "nullable"] {
        if let Some(value) = object.and_then(|object| object.get(key)) {
            out.insert(key.to_owned(), value.clone());
        }
    }
    let reference = serde_json::json!({ "$ref": format!("#/components/schemas/{name}") });
    if out.is_empty() {
        *schema = reference;
    } else {
        out.insert("allOf".to_owned(), Value::Array(vec![reference]));
        *schema = Value::Object(out);
    }
}

/// Adds a named schema that progenitor replaces; its content doesn't matter.
fn add_placeholder(normalised: &mut Value, name: &str) {
    let schemas = normalised
        .as_object_mut()
        .and_then(|root| {
            root.entry("components")
                .or_insert_with(|| Value::Object(Map::new()))
                .as_object_mut()
        })
        .and_then(|components| {
            components
                .entry("schemas")
                .or_insert_with(|| Value::Object(Map::new()))
                .as_object_mut()
        });
    if let Some(schemas) = schemas {
        schemas.insert(name.to_owned(), serde_json::json!({ "type": "string" }));
    }
}
