//! A module for the tests: calls every operation by its id with values from JSON, and reads and writes every type.

use engagement_document::{Document, Operation};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::Type;

use super::groups::{self, BodyArgument};

use crate::codegen::normalise::Normalised;
use crate::codegen::parsed::{ParsedOutput, Signature};
use crate::codegen::{Failure, names};

pub(super) fn module(
    document: &Document,
    normalised: &Normalised,
    parsed: &ParsedOutput,
) -> Result<String, Failure> {
    let package = format_ident!("{}_client", document.provider);
    let mut calls = Vec::new();
    for operation in &document.operations {
        calls.push(typed_call(
            document,
            operation,
            &parsed.operations[&operation.id],
        )?);
    }
    let bodies = document.operations.iter().filter_map(|operation| {
        let id = &operation.id;
        let signature = &parsed.operations[id];
        let (BodyArgument::Required(ty) | BodyArgument::Optional(ty)) =
            groups::body(document, operation, signature)
        else {
            return None;
        };
        let ty = absolute(ty, &document.provider);
        Some(quote! {
            #id => match arguments.body::<#ty>() {
                Some(body) => call.json(&body),
                None => call,
            },
        })
    });
    let requests = document.operations.iter().filter_map(|operation| {
        let id = &operation.id;
        let codec = request_codec(document, operation, &parsed.operations[id])?;
        Some(quote!(#id => #codec,))
    });
    let responses = document.operations.iter().filter_map(|operation| {
        let id = &operation.id;
        // Recorded responses are complete, also where the call returns a part.
        if let Some(full) = normalised.full_responses.get(id) {
            let full = format_ident!("{full}");
            return Some(quote!(#id => ResponseType::of::<types::#full>(),));
        }
        let ty = absolute(parsed.operations[id].response.as_ref()?, &document.provider);
        Some(quote!(#id => ResponseType::of::<#ty>(),))
    });
    let schemas = schemas(document, normalised, parsed);
    let names = parsed.objects.iter().map(|object| object.name.to_string());
    let json_schemas = parsed.objects.iter().map(|object| {
        let (text, name) = (object.name.to_string(), &object.name);
        quote!((#text, schemars::schema_for!(types::#name)))
    });
    let mut bodies_of_all = document.operations.iter().filter_map(|it| it.body.as_ref());
    let forms = bodies_of_all.any(|body| body.kind.has_fields());
    let form = forms.then(|| quote!(form,));
    let code = super::print(quote! {
        use #package::{Client, types};
        use serde_json::Value;

        use crate::{ResponseType, Arguments, Outcome, RoundTrip, #form json};

        /// Calls an operation with typed values made of JSON.
        #[allow(deprecated, reason = "operations that the provider has withdrawn are tested too")]
        pub async fn call(client: &Client, operation: &str, arguments: &mut Arguments) -> Outcome {
            match operation {
                #(#calls)*
                _ => Outcome::Unknown,
            }
        }

        /// Calls an operation by its id, with the same values.
        pub async fn call_by_id(client: &Client, operation: &str, arguments: &mut Arguments) -> Outcome {
            let Ok(call) = client.operation(operation) else {
                return Outcome::Unknown;
            };
            let call = match operation {
                #(#bodies)*
                _ => call,
            };
            Outcome::of_raw(arguments.give(call).send().await)
        }

        /// Takes a request body through the type that the operation sends.
        pub fn request(operation: &str, value: Value) -> RoundTrip {
            match operation {
                #(#requests)*
                _ => RoundTrip::Untyped,
            }
        }

        /// The type of the operation's response.
        pub fn response(operation: &str) -> Option<ResponseType> {
            let response = match operation {
                #(#responses)*
                _ => return None,
            };
            Some(response)
        }

        /// Takes a value through the type of a named schema.
        pub fn schema(name: &str, value: Value) -> RoundTrip {
            match name {
                #(#schemas)*
                _ => RoundTrip::Untyped,
            }
        }

        /// The names of the types that are made of objects.
        pub const OBJECTS: &[&str] = &[#(#names),*];

        /// The JSON Schema of every object type.
        pub fn json_schemas() -> Vec<(&'static str, schemars::Schema)> {
            vec![#(#json_schemas),*]
        }
    })?;
    Ok(format!(
        "//! Every operation and type of {}, by name.\n\n{code}",
        document.title
    ))
}

/// The arm that calls an operation with typed values.
fn typed_call(
    document: &Document,
    operation: &Operation,
    signature: &Signature,
) -> Result<TokenStream, Failure> {
    let id = &operation.id;
    let group = format_ident!("{}", names::snake(&operation.group));
    let action = format_ident!("{}", names::snake(&operation.action));
    let mut needed = Vec::new();
    let mut arguments = Vec::new();
    let mut set = Vec::new();
    for value in &groups::call_values(document, operation, signature)? {
        let (name, wire) = (&value.name, &value.wire);
        let ty = absolute(&value.ty, &document.provider);
        let taken = if is_file(&value.ty) {
            quote!(arguments.file(#wire))
        } else {
            quote!(arguments.take::<#ty>(#wire))
        };
        if value.optional {
            set.push(quote!(call.#name = #taken;));
        } else {
            needed.push(quote! {
                let Some(#name) = #taken else { return Outcome::Missing(#wire) };
            });
            arguments.push(quote!(#name));
        }
    }
    match groups::body(document, operation, signature) {
        BodyArgument::Required(ty) => {
            let ty = absolute(ty, &document.provider);
            needed.push(quote! {
                let Some(body) = arguments.body::<#ty>() else { return Outcome::Missing("body") };
            });
            arguments.push(quote!(body));
        }
        BodyArgument::Optional(ty) => {
            let ty = absolute(ty, &document.provider);
            set.push(quote!(call.body = arguments.body::<#ty>();));
        }
        BodyArgument::None | BodyArgument::Empty => {}
    }
    if groups::takes_any_field(document, operation) {
        set.push(quote! {
            for (name, value) in arguments.rest() { call = call.field(name, value); }
        });
    }
    let outcome = if operation.returns_bytes() {
        quote!(Outcome::of_bytes)
    } else {
        quote!(Outcome::of)
    };
    let mutable = (!set.is_empty()).then(|| quote!(mut));
    Ok(quote! {
        #id => {
            #(#needed)*
            let #mutable call = client.#group().#action(#(#arguments),*);
            #(#set)*
            #outcome(call.response().await)
        }
    })
}

/// The arms that read and write a value by the name of its schema.
fn schemas(
    document: &Document,
    normalised: &Normalised,
    parsed: &ParsedOutput,
) -> Vec<TokenStream> {
    let objects = parsed.objects.iter().map(|object| &object.name);
    let others = parsed.others.iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some(&item.ident),
        syn::Item::Enum(item) => Some(&item.ident),
        _ => None,
    });
    let typed = objects.chain(others).map(|name| {
        let text = name.to_string();
        quote!(#text => json::<types::#name>(value),)
    });
    // Named schemas that are free-form objects: a webhook may be one.
    let free_form = document.schemas.names().filter(|name| {
        let path = normalised.replacements.get(&names::pascal(name));
        path.is_some_and(|path| path == "engagement_core::Attributes")
    });
    let free_form = free_form.map(|name| {
        let text = names::pascal(name);
        quote!(#text => json::<engagement_core::Attributes>(value),)
    });
    typed.chain(free_form).collect()
}

fn request_codec(
    document: &Document,
    operation: &Operation,
    signature: &Signature,
) -> Option<TokenStream> {
    if let Some(ty) = &signature.body {
        let ty = absolute(ty, &document.provider);
        return Some(quote!(json::<#ty>(value)));
    }
    let body = operation.body.as_ref()?;
    let mut fields = Vec::new();
    for (name, _) in document.schemas.properties(&body.schema) {
        let rust = names::snake(name);
        let mut parameters = signature.parameters.iter();
        let parameter = parameters.find(|parameter| parameter.name == rust)?;
        let ty = if is_file(&parameter.ty) {
            quote!(String)
        } else {
            absolute(&parameter.ty, &document.provider)
        };
        fields.push(quote!((#name, json::<#ty>)));
    }
    Some(quote!(form(value, &[#(#fields),*])))
}

fn is_file(ty: &Type) -> bool {
    ty.to_token_stream().to_string().ends_with("Upload")
}

/// Paths as seen from outside the crate.
fn absolute(ty: &Type, provider: &str) -> TokenStream {
    let text = ty
        .to_token_stream()
        .to_string()
        .replace("enums ::", &format!("{provider}_client :: enums ::"))
        .replace("ids ::", &format!("{provider}_client :: ids ::"));
    text.parse().unwrap_or_else(|_| ty.to_token_stream())
}
