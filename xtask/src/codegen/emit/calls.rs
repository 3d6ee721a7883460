//! Code for the tests: calls every operation by its id with values from JSON, and takes JSON through every type.

use engagement_document::Document;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::Type;

use super::groups::{self, BodyArgument};

use crate::codegen::normalise::Normalised;
use crate::codegen::parsed::{ParsedOutput, Signature};
use crate::codegen::{Failure, names};

pub(super) fn file(
    document: &Document,
    normalised: &Normalised,
    parsed: &ParsedOutput,
) -> Result<String, Failure> {
    let package = format_ident!("{}_client", document.provider);
    let mut calls = Vec::new();
    for operation in &document.operations {
        let id = &operation.id;
        let signature = &parsed.operations[id];
        let group = format_ident!("{}", names::snake(&operation.group));
        let action = format_ident!("{}", names::snake(&operation.action));
        let given = groups::call_values(document, operation, signature)?;
        let mut needed = Vec::new();
        let mut arguments = Vec::new();
        let mut set = Vec::new();
        for value in &given {
            let (name, ty, wire) = (
                &value.name,
                absolute(&value.ty, &document.provider),
                &value.wire,
            );
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
        calls.push(quote! {
            #id => {
                #(#needed)*
                let #mutable call = client.#group().#action(#(#arguments),*);
                #(#set)*
                #outcome(call.response().await)
            }
        });
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
    let answers = document.operations.iter().filter_map(|operation| {
        let id = &operation.id;
        // Recorded answers are whole, also where the call returns a part.
        if let Some(whole) = normalised.full_responses.get(id) {
            let whole = format_ident!("{whole}");
            return Some(quote!(#id => AnswerType::of::<types::#whole>(),));
        }
        let ty = absolute(parsed.operations[id].response.as_ref()?, &document.provider);
        Some(quote!(#id => AnswerType::of::<#ty>(),))
    });
    let objects = parsed.objects.iter().map(|object| {
        let (text, name) = (object.name.to_string(), &object.name);
        quote!(#text => json::<types::#name>(value),)
    });
    let others = parsed.others.iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some(&item.ident),
        syn::Item::Enum(item) => Some(&item.ident),
        _ => None,
    });
    let others = others.map(|name| {
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
    let names = parsed.objects.iter().map(|object| object.name.to_string());
    let schemas = parsed.objects.iter().map(|object| {
        let (text, name) = (object.name.to_string(), &object.name);
        quote!((#text, schemars::schema_for!(types::#name)))
    });
    let forms = document.operations.iter().any(|operation| {
        operation
            .body
            .as_ref()
            .is_some_and(|body| body.kind.has_fields())
    });
    let form = forms.then(|| quote!(form,));
    let code = super::print(quote! {
        use #package::{Client, types};
        use serde_json::Value;

        use crate::{AnswerType, Arguments, Outcome, RoundTrip, #form json};

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

        /// The type of what the operation answers.
        pub fn answer(operation: &str) -> Option<AnswerType> {
            let answer = match operation {
                #(#answers)*
                _ => return None,
            };
            Some(answer)
        }

        /// Takes a value through the type of a named schema.
        pub fn schema(name: &str, value: Value) -> RoundTrip {
            match name {
                #(#objects)*
                #(#others)*
                #(#free_form)*
                _ => RoundTrip::Untyped,
            }
        }

        /// The names of the types that are made of objects.
        pub const OBJECTS: &[&str] = &[#(#names),*];

        /// The JSON Schema of every object type.
        pub fn json_schemas() -> Vec<(&'static str, schemars::Schema)> {
            vec![#(#schemas),*]
        }
    })?;
    Ok(format!(
        "//! Every operation and type of {}, by name.\n\n{code}",
        document.title
    ))
}

fn request_codec(
    document: &Document,
    operation: &engagement_document::Operation,
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
        let setter = signature
            .parameters
            .iter()
            .find(|setter| setter.name == rust)?;
        let ty = if is_file(&setter.ty) {
            quote!(String)
        } else {
            absolute(&setter.ty, &document.provider)
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
