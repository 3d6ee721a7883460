//! A module for the tests: calls every operation by its id with values from JSON, and reads and writes every type.

use engagement_document::Operation;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::Type;

use super::groups::{BodyArgument, Inputs};
use super::source::Source;
use crate::codegen::parsed::spelt;
use crate::codegen::{Failure, names};

/// The arms of the functions that the module has, each for one operation.
#[derive(Default)]
struct Arms {
    calls: Vec<TokenStream>,
    bodies: Vec<TokenStream>,
    requests: Vec<TokenStream>,
    responses: Vec<TokenStream>,
}

fn arms(source: Source<'_>) -> Result<Arms, Failure> {
    let mut arms = Arms::default();
    for operation in &source.document.operations {
        let id = &operation.id;
        let inputs = Inputs::of(source, operation)?;
        arms.calls.push(typed_call(source, operation, &inputs));
        if let BodyArgument::Required(ty) | BodyArgument::Optional(ty) = inputs.body {
            let ty = absolute(ty, source);
            arms.bodies.push(quote! {
                #id => match arguments.body::<#ty>() {
                    Some(body) => call.json(&body),
                    None => call,
                },
            });
        }
        if let Some(codec) = request_codec(source, operation) {
            arms.requests.push(quote!(#id => #codec,));
        }
        if let Some(ty) = recorded_response(source, operation) {
            let arm = quote!(#id => ResponseType::of::<#ty>(),);
            arms.responses.push(arm);
        }
    }
    Ok(arms)
}

/// The type of a recorded response, which is complete also where the call returns a part.
fn recorded_response(source: Source<'_>, operation: &Operation) -> Option<TokenStream> {
    if let Some(full) = source.normalised.full_responses.get(&operation.id) {
        let full = format_ident!("{full}");
        return Some(quote!(types::#full));
    }
    let ty = source.signature(operation).response.as_ref()?;
    Some(absolute(ty, source))
}

pub(super) fn module(source: Source<'_>) -> Result<String, Failure> {
    let (document, parsed) = (source.document, source.parsed);
    let package = format_ident!("{}_client", document.provider);
    let Arms {
        calls,
        bodies,
        requests,
        responses,
    } = arms(source)?;
    let schemas = schemas(source);
    let objects = parsed.objects.iter().map(|object| &object.name);
    let names: Vec<String> = objects.clone().map(ToString::to_string).collect();
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
            vec![#((#names, schemars::schema_for!(types::#objects))),*]
        }
    })?;
    Ok(format!(
        "//! Every operation and type of {}, by name.\n\n{code}",
        document.title
    ))
}

/// The arm that calls an operation with typed values.
fn typed_call(source: Source<'_>, operation: &Operation, inputs: &Inputs<'_>) -> TokenStream {
    let id = &operation.id;
    let group = format_ident!("{}", names::snake(&operation.group));
    let action = format_ident!("{}", names::snake(&operation.action));
    let mut needed = Vec::new();
    let mut arguments = Vec::new();
    let mut set = Vec::new();
    for value in inputs.given() {
        let (name, wire) = (&value.name, value.wire);
        let ty = absolute(value.ty, source);
        let taken = if is_file(value.ty) {
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
    match inputs.body {
        BodyArgument::Required(ty) => {
            let ty = absolute(ty, source);
            needed.push(quote! {
                let Some(body) = arguments.body::<#ty>() else { return Outcome::Missing("body") };
            });
            arguments.push(quote!(body));
        }
        BodyArgument::Optional(ty) => {
            let ty = absolute(ty, source);
            set.push(quote!(call.body = arguments.body::<#ty>();));
        }
        BodyArgument::None | BodyArgument::Empty => {}
    }
    if inputs.any_field {
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
    quote! {
        #id => {
            #(#needed)*
            let #mutable call = client.#group().#action(#(#arguments),*);
            #(#set)*
            #outcome(call.response().await)
        }
    }
}

/// The arms that read and write a value by the name of its schema.
fn schemas(source: Source<'_>) -> Vec<TokenStream> {
    let typed = source.parsed.names().map(|name| {
        let text = name.to_string();
        quote!(#text => json::<types::#name>(value),)
    });
    // Named schemas that are free-form objects: a webhook may be one.
    let free_form = source.document.schemas.names().filter(|name| {
        let path = source.normalised.replacements.get(&names::pascal(name));
        path.is_some_and(|path| path == "engagement_core::Attributes")
    });
    let free_form = free_form.map(|name| {
        let text = names::pascal(name);
        quote!(#text => json::<engagement_core::Attributes>(value),)
    });
    typed.chain(free_form).collect()
}

fn request_codec(source: Source<'_>, operation: &Operation) -> Option<TokenStream> {
    let signature = source.signature(operation);
    if let Some(ty) = &signature.body {
        let ty = absolute(ty, source);
        return Some(quote!(json::<#ty>(value)));
    }
    let body = operation.body.as_ref()?;
    let mut fields = Vec::new();
    for (name, _) in source.document.schemas.properties(&body.schema) {
        let rust = names::snake(name);
        let mut parameters = signature.parameters.iter();
        let parameter = parameters.find(|parameter| parameter.name == rust)?;
        let ty = if is_file(&parameter.ty) {
            quote!(String)
        } else {
            absolute(&parameter.ty, source)
        };
        fields.push(quote!((#name, json::<#ty>)));
    }
    Some(quote!(form(value, &[#(#fields),*])))
}

fn is_file(ty: &Type) -> bool {
    spelt(ty).ends_with("Upload")
}

/// Paths as seen from outside the crate.
fn absolute(ty: &Type, source: Source<'_>) -> TokenStream {
    let package = format!("{}_client", source.document.provider);
    let text = spelt(ty)
        .replace("enums::", &format!("{package}::enums::"))
        .replace("ids::", &format!("{package}::ids::"));
    text.parse().unwrap_or_else(|_| ty.to_token_stream())
}
