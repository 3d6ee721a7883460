//! One file per group: its handle and the calls that it starts.

use engagement_document::{BodyKind, Document, Location, Operation};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, Type};

use super::setter::setter;

use crate::codegen::normalise::Reduced;
use crate::codegen::parts::{Parts, Setter, Signature, inside};
use crate::codegen::{Failure, docs, names};

pub(super) fn group(
    document: &Document,
    reduced: &Reduced,
    parts: &Parts,
    name: &str,
) -> Result<String, Failure> {
    let handle = format_ident!("{}", handle_name(name));
    let method = format_ident!("{}", names::snake(name));
    let description = description(document, name);
    let about = docs::attributes(&docs::wrap(&docs::rustdoc(&description)));
    let operations: Vec<&Operation> = document.group(name).collect();
    let starters = operations
        .iter()
        .map(|operation| starter(document, operation));
    let mut calls = Vec::new();
    for operation in &operations {
        calls.push(call(
            document,
            reduced,
            operation,
            &parts.operations[&operation.id],
        )?);
    }
    let code = super::print(quote! {
        #about
        #[derive(Debug)]
        pub struct #handle<'a, C = Client> {
            pub(crate) client: &'a C,
        }

        impl Client {
            #about
            pub fn #method(&self) -> #handle<'_> {
                #handle { client: self }
            }
        }

        impl<'a, C> #handle<'a, C> {
            #(#starters)*
        }

        impl<C> Clone for #handle<'_, C> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<C> Copy for #handle<'_, C> {}

        #(#calls)*
    })?;
    let mut uses = String::from(
        "use engagement_core::{Error, ResponseValue, Setters};\n\nuse super::client::Client;\nuse super::operations;\n",
    );
    if code.contains("types::") {
        uses = uses.replace("operations;\n", "{operations, types};\n");
    }
    if code.contains("enums::") {
        uses = uses
            .replace("use super::operations;", "use super::{enums, operations};")
            .replace("{operations, types}", "{enums, operations, types}");
    }
    Ok(format!("//! {description}\n\n{uses}\n{}", code))
}

/// What a group is about, as a sentence.
pub(super) fn description(document: &Document, name: &str) -> String {
    let mut groups = document.groups.iter();
    let group = groups.find(|group| group.name == name);
    sentence(group.map_or("", |group| &group.description))
}

pub(super) fn handle_name(group: &str) -> String {
    names::pascal(group)
}

/// Ends a text with a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// The method of the handle that starts a call.
fn starter(document: &Document, operation: &Operation) -> TokenStream {
    let name = format_ident!("{}", names::snake(&operation.action));
    let call = format_ident!("{}", names::pascal(&operation.id));
    let about = docs::attributes(&operation_docs(document, operation));
    let deprecated = operation.deprecated.then(|| {
        let note = format!("withdrawn by {}", super::readme::provider_title(document));
        quote!(#[deprecated(note = #note)])
    });
    quote! {
        #about
        #deprecated
        pub fn #name(&self) -> #call<'a, C> {
            #call::new(self.client)
        }
    }
}

fn operation_docs(document: &Document, operation: &Operation) -> String {
    let mut text = format!(
        "{}\n\n{}\n",
        sentence(&docs::rustdoc(&operation.summary)),
        docs::rustdoc(&operation.description)
    );
    if operation.reaches_people {
        text.push_str(
            "\nCan send a message to a person: tried again only if it certainly did not go out.\n",
        );
    }
    if let Some(limit) = &operation.rate_limit {
        let per = match limit.seconds {
            1 => "second",
            60 => "minute",
            3600 => "hour",
            _ => "day",
        };
        let note = if limit.note.is_empty() {
            String::new()
        } else {
            format!(" {}", sentence(&docs::rustdoc(&limit.note)))
        };
        text.push_str(&format!(
            "\nThe provider's limit: {} a {per}.{note}\n",
            count(limit.requests, "request")
        ));
    }
    if let Some(header) = &operation.idempotency_key {
        text.push_str(&format!(
            "\nCarries a fresh `{header}` unless you set one; the provider recognises a repeated call by it.\n"
        ));
    }
    let host = &document.servers[operation.server];
    let path = if operation.server == 0 {
        operation.path.clone()
    } else {
        format!("{}{}", host.url, operation.path)
    };
    text.push_str(&format!(
        "\n`{} {path}` · known from: {} · [{}'s page]({})\n",
        operation.method,
        evidence(&operation.evidence.level),
        super::readme::provider_title(document),
        operation.docs_url
    ));
    if let Some(note) = &operation.evidence.note {
        text.push_str(&format!("\nUncertain: {}\n", docs::rustdoc(note)));
    }
    docs::wrap(&text)
}

/// `1 request`, `5,000 requests`.
fn count(number: u32, what: &str) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let plural = if number == 1 { "" } else { "s" };
    format!("{text} {what}{plural}")
}

/// A level of evidence in words of its own: a reader of rustdoc has no legend.
fn evidence(level: &str) -> &str {
    match level {
        "seed" | "docs" => "the provider's documentation",
        "sdk" => "the provider's own code, or clients run against the live service",
        "third-party" => "unofficial code only",
        "inferred" => "conclusion only",
        level => level,
    }
}

/// A value that a call takes.
struct Value<'a> {
    /// Name on the wire.
    wire: String,
    setter: &'a Setter,
    docs: String,
    place: Place,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Path,
    Query,
    Header,
    Form,
    FormJson,
    Part,
    PartJson,
    File,
}

fn values<'a>(
    document: &Document,
    operation: &Operation,
    signature: &'a Signature,
) -> Result<Vec<Value<'a>>, Failure> {
    let mut found = Vec::new();
    let mut add = |wire: &str, docs: &str, place| {
        let rust = names::snake(wire);
        let setter = signature
            .parameters
            .iter()
            .find(|setter| setter.name == rust);
        let setter = setter.ok_or_else(|| {
            Failure::new(format!(
                "{}: progenitor has no parameter `{rust}` for `{wire}`: this is a defect of xtask",
                operation.id
            ))
        })?;
        found.push(Value {
            wire: wire.to_owned(),
            setter,
            docs: docs.to_owned(),
            place,
        });
        Ok(())
    };
    for parameter in operation
        .parameters
        .iter()
        .filter(|parameter| parameter.constant.is_none())
    {
        let place = match parameter.location {
            Location::Path => Place::Path,
            Location::Query => Place::Query,
            Location::Header => Place::Header,
        };
        add(&parameter.name, &parameter.description, place)?;
    }
    if let Some(body) = operation
        .body
        .as_ref()
        .filter(|body| body.kind.has_fields())
    {
        for (name, schema) in document.schemas.properties(&body.schema) {
            let description = schema
                .get("description")
                .or_else(|| document.schemas.resolve(schema).get("description"));
            let description = description
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default();
            let json = schema.get("x-form-json") == Some(&serde_json::Value::Bool(true));
            let file = schema.get("format").and_then(serde_json::Value::as_str) == Some("binary");
            let place = match (body.kind, json) {
                (BodyKind::Multipart, _) if file => Place::File,
                (BodyKind::Multipart, true) => Place::PartJson,
                (BodyKind::Multipart, false) => Place::Part,
                (_, true) => Place::FormJson,
                (_, false) => Place::Form,
            };
            add(name, description, place)?;
        }
    }
    Ok(found)
}

/// Those of the values that have a field and a setter: one may be sent in two places, such as path and form.
fn own<'a, 'b>(values: &'b [Value<'a>]) -> Vec<&'b Value<'a>> {
    let mut seen = std::collections::BTreeSet::new();
    values
        .iter()
        .filter(|value| seen.insert(value.setter.name.to_string()))
        .collect()
}

/// The fields of a call besides its client.
pub(super) fn fields(
    document: &Document,
    operation: &Operation,
    signature: &Signature,
) -> Result<Vec<Ident>, Failure> {
    let values = values(document, operation, signature)?;
    let mut fields = vec![format_ident!("setters")];
    fields.extend(own(&values).iter().map(|value| value.setter.name.clone()));
    if takes_any_field(document, operation) {
        fields.push(format_ident!("fields"));
    }
    if signature.body.is_some() {
        fields.push(format_ident!("body"));
    }
    Ok(fields)
}

/// Whether a form takes fields that the document doesn't list.
pub(super) fn takes_any_field(document: &Document, operation: &Operation) -> bool {
    let body = operation
        .body
        .as_ref()
        .filter(|body| body.kind == BodyKind::Form);
    let open = body.and_then(|body| {
        document
            .schemas
            .resolve(&body.schema)
            .get("additionalProperties")
    });
    open.is_some_and(|open| *open != serde_json::Value::Bool(false))
}

/// What the answer is read as: the type, and the runtime's way to read it.
pub(super) fn answer(
    operation: &Operation,
    reduced: &Reduced,
    signature: &Signature,
) -> (TokenStream, TokenStream) {
    if operation.answers_bytes() {
        return (quote!(engagement_core::Bytes), quote!(Ok(answer.bytes())));
    }
    let Some(ty) = &signature.answer else {
        return (quote!(()), quote!(Ok(answer.empty())));
    };
    if !operation.envelope.is_empty() {
        let path = &operation.envelope;
        return (quote!(#ty), quote!(answer.part(&[#(#path),*])));
    }
    if ty.to_token_stream().to_string().replace(' ', "") == "serde_json::Value" {
        return (quote!(#ty), quote!(answer.value()));
    }
    if reduced.one_or_many.contains(&operation.id) {
        return (quote!(#ty), quote!(answer.one()));
    }
    if operation.may_be_empty() || reduced.nullable_answers.contains(&operation.id) {
        return (quote!(Option<#ty>), quote!(answer.optional()));
    }
    (quote!(#ty), quote!(answer.json()))
}

fn call(
    document: &Document,
    reduced: &Reduced,
    operation: &Operation,
    signature: &Signature,
) -> Result<TokenStream, Failure> {
    let name = format_ident!("{}", names::pascal(&operation.id));
    let handle = handle_name(&operation.group);
    let text = format!(
        " A call of [`{handle}::{}`] being put together.",
        names::snake(&operation.action)
    );
    let values = values(document, operation, signature)?;
    let own = own(&values);
    let fields = own.iter().map(|value| {
        let Setter { name, ty, .. } = value.setter;
        quote!(pub(super) #name: Option<#ty>,)
    });
    let empty = own.iter().map(|value| {
        let name = &value.setter.name;
        quote!(#name: None,)
    });
    let setters = own.iter().map(|value| {
        let mut text = value.docs.clone();
        if client_wide(operation, &value.wire) {
            text = format!("{} Taken from the client if not set here.", sentence(&text));
        }
        let text = docs::wrap(&docs::rustdoc(&text));
        setter(&value.setter.name, &value.setter.ty, &value.wire, &text)
    });
    let any_field = takes_any_field(document, operation);
    let (field_field, field_empty, field_setter) = if any_field {
        (
            quote!(pub(super) fields: Vec<(String, String)>,),
            quote!(fields: Vec::new(),),
            quote! {
                /// Adds a field of its own to the form.
                pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
                    self.fields.push((name.into(), value.into()));
                    self
                }
            },
        )
    } else {
        Default::default()
    };
    let (body_field, body_empty, body_setter) = match &signature.body {
        Some(ty) => (
            quote!(pub(super) body: Option<#ty>,),
            quote!(body: None,),
            body_setter(ty),
        ),
        None => Default::default(),
    };
    let constant = format_ident!("{}", names::screaming(&operation.id));
    let statements = statements(operation, signature, &values, any_field);
    let (value, read) = answer(operation, reduced, signature);
    let send_docs = docs::attributes(&send_docs(operation, reduced));
    let type_name = name.to_string();
    let deprecated = operation.deprecated.then(
        || quote!(#[allow(deprecated, reason = "the handle's method is the deprecated one")]),
    );
    Ok(quote! {
        #[doc = #text]
        #deprecated
        #[derive(Clone)]
        #[must_use = "nothing is sent before `send`"]
        pub struct #name<'a, C = Client> {
            pub(super) client: &'a C,
            pub(super) setters: Setters,
            #(#fields)*
            #field_field
            #body_field
        }
        impl<C> std::fmt::Debug for #name<'_, C> {
            /// Values are left out: they can be personal.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(#type_name).finish_non_exhaustive()
            }
        }
        impl<'a, C> #name<'a, C> {
            fn new(client: &'a C) -> Self {
                Self { client, setters: Setters::default(), #(#empty)* #field_empty #body_empty }
            }
            #(#setters)*
            #field_setter
            #body_setter
        }
        impl #name<'_> {
            #send_docs
            pub async fn send(self) -> Result<ResponseValue<#value>, Error> {
                let mut call = self.client.runtime().call(&operations::#constant);
                call.check(&self.setters);
                #(#statements)*
                let answer = call.send().await?;
                #read
            }
        }
    })
}

fn body_setter(ty: &Type) -> TokenStream {
    let text = match inside(ty, "Vec") {
        Some(_) => "The elements to send.",
        None => "What to send: the finished value or its builder.",
    };
    setter(&format_ident!("body"), ty, "body", text)
}

/// The statements that put the request together.
fn statements(
    operation: &Operation,
    signature: &Signature,
    values: &[Value<'_>],
    any_field: bool,
) -> Vec<TokenStream> {
    let mut out = Vec::new();
    for parameter in &operation.parameters {
        if let Some(constant) = &parameter.constant {
            let wire = &parameter.name;
            out.push(match parameter.location {
                Location::Header => quote!(call.header(#wire, &#constant);),
                Location::Path => quote!(call.path(#wire, &#constant);),
                Location::Query => quote!(call.query(#wire, &#constant);),
            });
        }
    }
    if operation.answers_bytes() {
        out.push(quote!(call.accept("*/*");));
    }
    for value in values {
        let wire = &value.wire;
        let name = &value.setter.name;
        if client_wide(operation, wire) {
            out.push(quote!(call.path_or_client_value(#wire, &self.#name);));
            continue;
        }
        if value.place == Place::File {
            let media_type = operation.body.as_ref().and_then(|body| {
                let known = body.part_types.iter().find(|(part, _)| part == wire);
                known.map(|(_, media_type)| media_type.as_str())
            });
            let media_type = media_type.unwrap_or_default();
            let missing = format!("`{wire}` is missing: set it with `.{name}(…)`");
            let absent = (!value.setter.optional).then(|| quote!(else { call.invalid(#missing); }));
            out.push(quote! {
                if let Some(value) = &self.#name {
                    call.file(#wire, value, #media_type);
                } #absent
            });
            continue;
        }
        let put = match value.place {
            Place::Path => format_ident!("path"),
            Place::Query => format_ident!("query"),
            Place::Header => format_ident!("header"),
            Place::Form => format_ident!("form"),
            Place::FormJson => format_ident!("form_json"),
            Place::Part => format_ident!("multipart_field"),
            Place::PartJson => format_ident!("multipart_json"),
            Place::File => continue,
        };
        if value.setter.optional {
            out.push(quote!(call.#put(#wire, &self.#name);));
        } else {
            let missing = format!("`{wire}` is missing: set it with `.{name}(…)`");
            out.push(quote! {
                match &self.#name {
                    Some(value) => call.#put(#wire, value),
                    None => call.invalid(#missing),
                }
            });
        }
    }
    if any_field {
        out.push(quote! {
            for (name, value) in &self.fields {
                call.form_field(name, value);
            }
        });
    }
    if signature.body.is_some() {
        let required = operation.body.as_ref().is_none_or(|body| body.required);
        out.push(if required {
            quote! {
                match &self.body {
                    Some(body) => call.json(body),
                    None => call.invalid("the body is missing: set it with `.body(…)`"),
                }
            }
        } else {
            quote! {
                if let Some(body) = &self.body {
                    call.json(body);
                }
            }
        });
    }
    out
}

/// Whether the client knows the value of a path parameter.
fn client_wide(operation: &Operation, wire: &str) -> bool {
    operation
        .parameters
        .iter()
        .any(|parameter| parameter.name == wire && parameter.client_value.is_some())
}

fn send_docs(operation: &Operation, reduced: &Reduced) -> String {
    let path = &operation.path;
    let mut text = format!("Sends `{} {path}`.\n\n", operation.method);
    if let Some(whole) = reduced.wholes.get(&operation.id) {
        text.push_str(&format!(
            "Returns what stands at `{}` of the answer; `whole::<types::{whole}>()` of the result is all of it.\n\n",
            operation.envelope.join(".")
        ));
    }
    text.push_str("# Errors\nBefore anything is sent: a missing or invalid value");
    text.push_str(if operation.security.is_empty() {
        ". "
    } else {
        ", a missing credential. "
    });
    text.push_str("Afterwards: no connection or no answer in time,\nan answer that can't be read, or the provider's own refusal");
    if operation.not_found_statuses.is_empty() {
        text.push('.');
    } else {
        let statuses: Vec<String> = operation
            .not_found_statuses
            .iter()
            .map(u16::to_string)
            .collect();
        text.push_str(&format!(
            "; [`Error::is_not_found`] is true for {} as well as 404.",
            statuses.join(" and ")
        ));
    }
    text
}
