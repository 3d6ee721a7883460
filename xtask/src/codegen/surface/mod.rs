//! What a caller and the provider see of a generated client, as data that can be compared.
//!
//! It is made of the same parsed types and inputs that `emit` writes code from, so that it says what is generated and not
//! what a document looks like.

mod client;
mod operations;
mod places;
mod types;

use std::collections::BTreeMap;

use syn::Type;

use super::emit::Source;
use super::parsed::spelt;
use super::{Failure, generator, normalise, parsed, read_document};

/// A generated client.
#[derive(Debug)]
pub(crate) struct Surface {
    pub(crate) provider: String,
    pub(crate) client: ClientSurface,
    /// In the order of the document.
    pub(crate) operations: Vec<OperationSurface>,
    /// Types that callers meet, by name.
    pub(crate) types: BTreeMap<String, TypeSurface>,
}

/// What is sent, or how it is handled: a name for messages, and the value as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Fact {
    fn new(name: &str, value: impl ToString) -> Self {
        Self {
            name: name.to_owned(),
            value: value.to_string(),
        }
    }
}

/// What all calls share.
#[derive(Debug)]
pub(crate) struct ClientSurface {
    /// Name and URL.
    pub(crate) servers: Vec<(String, String)>,
    /// Name, and URL by host.
    pub(crate) regions: BTreeMap<String, String>,
    pub(crate) schemes: Vec<SchemeSurface>,
    /// Values that a client has for all calls: parameter and environment variable.
    pub(crate) values: BTreeMap<String, String>,
    /// APIs without operations: name, and what the client knows of them.
    pub(crate) apis: BTreeMap<String, String>,
    /// Webhooks: kind and type.
    pub(crate) webhooks: BTreeMap<String, String>,
    /// How failures are read from responses.
    pub(crate) facts: Vec<Fact>,
    pub(crate) texts: Vec<Fact>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SchemeSurface {
    pub(crate) name: String,
    /// The function of `Credential` that makes it.
    pub(crate) made_by: &'static str,
    /// How it is sent.
    pub(crate) kind: String,
    pub(crate) env: Vec<String>,
    pub(crate) label: String,
    pub(crate) secret: bool,
}

#[derive(Debug)]
pub(crate) struct OperationSurface {
    pub(crate) id: String,
    /// The call in Rust, without arguments: `users().create`.
    pub(crate) call: String,
    pub(crate) http: String,
    pub(crate) path: String,
    /// Where two operations share method and path: the rest of the key.
    pub(crate) variant: String,
    /// JSON pointer to it.
    pub(crate) place: String,
    /// Required values, in the order of the arguments; the body is last.
    pub(crate) arguments: Vec<ValueSurface>,
    /// Optional values, which have setters.
    pub(crate) setters: Vec<ValueSurface>,
    /// Parameters that are sent without an argument.
    pub(crate) constants: Vec<Fact>,
    /// Whether a form takes fields that the document doesn't list.
    pub(crate) any_field: bool,
    pub(crate) response: String,
    /// The type of the full response, if callers get a part of it.
    pub(crate) full_response: Option<String>,
    /// The type of the elements, if it is a list that can be read page by page.
    pub(crate) elements: Option<String>,
    /// Alternatives, each a list of schemes needed together.
    pub(crate) security: Vec<Vec<String>>,
    pub(crate) deprecated: bool,
    pub(crate) facts: Vec<Fact>,
    pub(crate) texts: Vec<Fact>,
    /// The names of the types that it uses.
    pub(crate) types: Vec<String>,
}

/// A value that a call takes.
#[derive(Debug, Clone)]
pub(crate) struct ValueSurface {
    /// Its name in Rust.
    pub(crate) name: String,
    /// Its name on the wire, and where it goes: `query parameter`.
    pub(crate) wire: String,
    pub(crate) kind: &'static str,
    pub(crate) ty: String,
    pub(crate) facts: Vec<Fact>,
    pub(crate) text: String,
    pub(crate) place: String,
}

#[derive(Debug)]
pub(crate) struct TypeSurface {
    /// The module it is in: `types`, `enums` or `ids`.
    pub(crate) module: &'static str,
    pub(crate) place: String,
    pub(crate) text: String,
    pub(crate) kind: TypeKind,
}

#[derive(Debug)]
pub(crate) enum TypeKind {
    Object(ObjectSurface),
    /// An open enum: variants and values.
    Enum(Vec<(String, String)>),
    Union(UnionSurface),
    /// A newtype, with the type inside.
    Newtype(String),
    /// The id of a record: how it is written, and whether it can be personal.
    Id {
        form: &'static str,
        personal: bool,
    },
}

#[derive(Debug)]
pub(crate) struct ObjectSurface {
    /// Required fields first, in the order of the arguments of `new`.
    pub(crate) fields: Vec<FieldSurface>,
    /// Whether it is part of requests.
    pub(crate) sent: bool,
    /// Whether a success may report a failure.
    pub(crate) must_use: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct FieldSurface {
    pub(crate) name: String,
    pub(crate) wire: String,
    pub(crate) ty: String,
    pub(crate) optional: bool,
    pub(crate) facts: Vec<Fact>,
    pub(crate) text: String,
    pub(crate) place: String,
}

#[derive(Debug)]
pub(crate) struct UnionSurface {
    /// Variants, their types, and the values that select them.
    pub(crate) variants: Vec<(String, String, String)>,
    /// Whether callers have to expect more variants.
    pub(crate) non_exhaustive: bool,
    /// The field that selects the variant.
    pub(crate) tag: String,
}

impl Surface {
    fn of(source: Source<'_>) -> Result<Self, Failure> {
        let places = places::of_types(source.document);
        let types = types::types(source, &places);
        let operations = source.document.operations.iter();
        let operations =
            operations.map(|operation| operations::operation(source, operation, &types));
        Ok(Self {
            provider: source.document.provider.clone(),
            client: client::client(source.document),
            operations: operations.collect::<Result<_, _>>()?,
            types,
        })
    }
}

/// What callers and the provider see of the client that a document gives.
///
/// # Errors
/// If the document breaks a rule or can't be generated; the text names the file and the place, and says what to do.
pub(crate) fn surface(name: &str, yaml: &str) -> Result<Surface, Failure> {
    let document = read_document(name, yaml)?;
    let made = || {
        let normalised = normalise::normalise(&document, &mut normalise::Usage::default())?;
        let generated = generator::generate(&document, &normalised)?;
        let parsed = parsed::parse_output(&document, &normalised, generated)?;
        Surface::of(Source {
            document: &document,
            normalised: &normalised,
            parsed: &parsed,
        })
    };
    made().map_err(|failure| {
        // The generator names a document by its provider.
        let file = format!("specs/{}.yaml", document.provider);
        Failure::new(failure.to_string().replace(&file, name))
    })
}

/// A type as callers write it.
fn shown(ty: &Type) -> String {
    let text = spelt(ty)
        .replace("engagement_core::", "")
        .replace("std::collections::", "");
    // `Box` is how a type contains itself.
    text.replace("::std::boxed::", "").replace(',', ", ")
}
