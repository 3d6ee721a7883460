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
use serde_json::{Value, json};

use super::{Failure, names};
use crate::json::{
    Inside, Role, copy, each_inside, each_operation, named_schemas, operation_schemas, step, text,
};
pub(crate) use ids::{IdForm, IdType, type_name as id_type_name};
pub(crate) use operations::{field_name, parameter_name};

/// A document that progenitor accepts, and what was removed from it.
#[derive(Debug, Default)]
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
    /// Parts of multipart bodies that are objects: operation and name on the wire -> type.
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

/// What a pass works on.
struct Pass<'a> {
    source: &'a Document,
    out: Normalised,
    /// Whether the pass changed anything.
    changed: bool,
    /// Why the pass refuses the document.
    refusals: Vec<Refusal>,
}

/// What a pass doesn't take.
struct Refusal {
    /// JSON pointer to the place.
    pointer: String,
    message: String,
}

impl Refusal {
    fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}

/// What a pass does.
type Run = fn(&mut Pass<'_>);

/// The passes with their names.
macro_rules! passes {
    ($($module:ident::$name:ident),* $(,)?) => {
        &[$((stringify!($name), $module::$name)),*]
    };
}

/// The passes, in the order in which they have to run.
const PASSES: &[(&str, Run)] = passes![
    operations::shared_parameters_are_repeated,
    operations::form_fields_are_parameters,
    operations::constants_are_dropped,
    operations::bodies_and_responses_are_one_schema,
    operations::envelopes_are_opened,
    operations::one_or_many_is_one,
    schemas::nullable_moves_to_uses,
    schemas::named_arrays_are_inlined,
    schemas::all_of_is_merged,
    schemas::clashing_names_are_replaced,
    tagged::tagged_unions_are_replaced,
    unions::files_are_uploads,
    unions::passwords_are_secret,
    ids::ids_have_types,
    unions::epochs_have_a_type,
    free_form::free_form_objects_have_a_type,
    unions::scalar_unions_have_a_type,
    unions::enums_are_open,
    schemas::constraints_are_prose,
    schemas::optional_is_nullable,
    schemas::unknown_fields_are_kept,
];

/// The passes that changed any document.
#[derive(Debug, Default)]
pub(crate) struct Usage(BTreeSet<&'static str>);

impl Usage {
    /// Fails if a pass changed nothing in any document.
    pub(crate) fn require_all(&self) -> Result<(), Failure> {
        let names = PASSES.iter().map(|(name, _)| *name);
        let idle: Vec<&str> = names.filter(|name| !self.0.contains(name)).collect();
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
    let mut pass = Pass {
        source: document,
        out: Normalised {
            document: document.raw.clone(),
            ..Normalised::default()
        },
        changed: false,
        refusals: Vec::new(),
    };
    for (name, run) in PASSES {
        run(&mut pass);
        if !pass.refusals.is_empty() {
            let refusals = pass.refusals.iter();
            let lines = refusals.map(|Refusal { pointer, message }| {
                format!("{}: {message} (pass {name})", document.place(pointer))
            });
            return Err(Failure::all(lines));
        }
        if std::mem::take(&mut pass.changed) {
            usage.0.insert(name);
        }
    }
    Ok(pass.out)
}

/// Calls `visit` with every schema of the normalised document and its context, inner ones first.
fn each_schema(document: &mut Value, mut visit: impl FnMut(SchemaContext<'_>, &mut Value)) {
    for (name, schema) in named_schemas(document) {
        let context = SchemaContext {
            name: &names::pascal(name),
            pointer: &step("/components/schemas", name),
            component: true,
            origin: Origin::Component(name),
        };
        walk_schema(context, schema, &mut visit);
    }
    each_operation(document, |pointer, operation| {
        let id = names::pascal(&text(operation, "operationId"));
        operation_schemas(pointer, operation, |_, role, schema| {
            let (name, origin) = match role {
                Role::Parameter(name) => (names::pascal(&name), Origin::Request),
                Role::Body => ("Body".to_owned(), Origin::Request),
                Role::Response => ("Response".to_owned(), Origin::Response),
            };
            let context = SchemaContext {
                name: &format!("{id}{name}"),
                pointer,
                component: false,
                origin,
            };
            walk_schema(context, schema, &mut visit);
        });
    });
}

/// Where a schema is.
#[derive(Clone, Copy)]
struct SchemaContext<'a> {
    /// What a type made of the schema is called: `ContactStatus` for the property `status` of `Contact`.
    name: &'a str,
    /// JSON pointer to the named schema or the operation that it is a part of.
    pointer: &'a str,
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

fn walk_schema(
    context: SchemaContext<'_>,
    schema: &mut Value,
    visit: &mut impl FnMut(SchemaContext<'_>, &mut Value),
) {
    each_inside(schema, |place, inner| {
        let name = match place {
            Inside::Property(key) => names::pascal(key),
            Inside::Keyword(_) => "Item".to_owned(),
            Inside::Part(_, at) => format!("Variant{at}"),
        };
        let context = SchemaContext {
            name: &format!("{}{name}", context.name),
            pointer: context.pointer,
            component: false,
            origin: context.origin,
        };
        walk_schema(context, inner, visit);
    });
    visit(context, schema);
}

/// Replaces a schema by a reference, and keeps the siblings of a reference: `description` and `nullable`.
fn refer(schema: &mut Value, name: &str) {
    let mut out = json!({});
    copy(schema, &mut out, &["description", "nullable"]);
    let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
    *schema = if out == json!({}) {
        reference
    } else {
        out["allOf"] = json!([reference]);
        out
    };
}

/// Adds a named schema that progenitor replaces; its content doesn't matter.
fn add_placeholder(document: &mut Value, name: &str) {
    named_schemas(document).insert(name.to_owned(), json!({ "type": "string" }));
}
