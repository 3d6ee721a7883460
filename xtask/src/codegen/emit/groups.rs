//! One file per group: its handle and the calls that it starts.

use engagement_document::{BodyKind, Document, Location, Operation};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, Type};

use super::{accept, pagination};

use crate::codegen::normalise::Reduced;
use crate::codegen::parts::{Parts, Setter, Signature};
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
    let mut starters = Vec::new();
    let mut calls = String::new();
    for operation in &operations {
        let call = Call::of(document, reduced, parts, operation)?;
        starters.push(call.starter(document));
        calls.push('\n');
        calls.push_str(&super::print(call.definition())?);
        calls.push_str(&call.methods(parts)?);
    }
    let code = super::print(quote! {
        #about
        #[derive(Clone, Debug)]
        pub struct #handle<C = Client> {
            pub(crate) call_context: CallContext<C>,
        }

        impl Client {
            #about
            pub fn #method(&self) -> #handle {
                #handle { call_context: CallContext::new(self.core()) }
            }
        }

        impl<C> #handle<C> {
            #(#starters)*
        }
    })?;
    let code = format!("{code}{calls}");
    let mut core = vec!["Call", "CallContext"];
    if operations
        .iter()
        .any(|operation| operation.pagination.is_some())
    {
        core.extend(["Pages", "ResumePoint"]);
    }
    let modules = ["enums", "ids", "operations", "types"];
    let modules: Vec<&str> = modules
        .into_iter()
        .filter(|module| code.contains(&format!("{module}::")))
        .collect();
    let modules = match modules.as_slice() {
        [one] => (*one).to_owned(),
        several => format!("{{{}}}", several.join(", ")),
    };
    Ok(format!(
        "//! {description}\n\nuse engagement_core::{{{}}};\n\nuse super::client::Client;\nuse super::{modules};\n\n{code}",
        core.join(", ")
    ))
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
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
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
        super::operation_list::provider_title(document),
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
#[derive(Clone)]
pub(super) struct Value<'a> {
    /// Name on the wire.
    pub(super) wire: String,
    /// Name of the argument, or of field and setter.
    name: Ident,
    pub(super) setter: &'a Setter,
    /// Whether the caller may leave it out.
    optional: bool,
    docs: String,
    pub(super) place: Place,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
    Form,
    FormJson,
    Part,
    PartJson,
    File,
}

pub(super) fn values<'a>(
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
            name: format_ident!("{}", names::value_of_call(&rust)),
            optional: setter.optional || client_wide(operation, wire),
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

/// A value as the caller gives it: an argument if it is required, else a field with a setter.
pub(super) struct Given {
    pub(super) wire: String,
    pub(super) name: Ident,
    pub(super) ty: Type,
    pub(super) optional: bool,
    docs: String,
}

/// What the caller of an operation gives: required values first, in the order of the arguments. One that is sent in two
/// places, such as path and form, is given once.
pub(super) fn given(
    document: &Document,
    operation: &Operation,
    signature: &Signature,
) -> Result<Vec<Given>, Failure> {
    let mut seen = std::collections::BTreeSet::new();
    let values = values(document, operation, signature)?;
    let (optional, required): (Vec<_>, Vec<_>) = values
        .into_iter()
        .filter(|value| seen.insert(value.name.to_string()))
        .partition(|value| value.optional);
    let given = required.into_iter().chain(optional).map(|value| Given {
        wire: value.wire,
        name: value.name,
        ty: value.setter.ty.clone(),
        optional: value.optional,
        docs: value.docs,
    });
    Ok(given.collect())
}

/// The JSON body that a caller gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyOf<'a> {
    None,
    /// The last argument.
    Required(&'a Type),
    /// A field with a setter.
    Optional(&'a Type),
    /// It can be an empty object only, and is sent without being asked for.
    Empty,
}

pub(super) fn body<'a>(
    document: &Document,
    operation: &Operation,
    signature: &'a Signature,
) -> BodyOf<'a> {
    let (Some(ty), Some(body)) = (&signature.body, &operation.body) else {
        return BodyOf::None;
    };
    let schema = document.schemas.resolve(&body.schema);
    let closed = schema.get("additionalProperties") == Some(&serde_json::Value::Bool(false));
    if closed && document.schemas.properties(schema).is_empty() && body.required {
        return BodyOf::Empty;
    }
    if body.required {
        BodyOf::Required(ty)
    } else {
        BodyOf::Optional(ty)
    }
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

/// The type of a successful response, and the function that decodes it.
pub(super) fn response(
    operation: &Operation,
    reduced: &Reduced,
    signature: &Signature,
) -> (TokenStream, TokenStream) {
    if operation.answers_bytes() {
        return (
            quote!(engagement_core::Bytes),
            quote!(engagement_core::RawResponse::into_bytes),
        );
    }
    let Some(ty) = &signature.answer else {
        return (quote!(()), quote!(engagement_core::RawResponse::into_empty));
    };
    let any = ty.to_token_stream().to_string().replace(' ', "") == "serde_json::Value";
    let one = reduced.one_or_many.contains(&operation.id);
    let read = if !operation.envelope.is_empty() {
        let path = &operation.envelope;
        quote!(|response| response.into_json_at_path(&[#(#path),*]))
    } else if any {
        quote!(engagement_core::RawResponse::into_value)
    } else if one {
        quote!(engagement_core::RawResponse::into_single)
    } else {
        quote!(engagement_core::RawResponse::into_json)
    };
    if operation.optional_answer.is_some() {
        let read = quote!(|response| response.if_decodable(#read));
        return (quote!(Option<#ty>), read);
    }
    let may_be_missing =
        operation.may_be_empty() || reduced.nullable_answers.contains(&operation.id);
    if may_be_missing && operation.envelope.is_empty() && !any && !one {
        return (
            quote!(Option<#ty>),
            quote!(engagement_core::RawResponse::into_optional),
        );
    }
    (quote!(#ty), read)
}

/// A call of an operation, as it is emitted.
struct Call<'a> {
    document: &'a Document,
    reduced: &'a Reduced,
    operation: &'a Operation,
    signature: &'a Signature,
    name: Ident,
    given: Vec<Given>,
    body: BodyOf<'a>,
    any_field: bool,
    values: Vec<Value<'a>>,
}

impl<'a> Call<'a> {
    fn of(
        document: &'a Document,
        reduced: &'a Reduced,
        parts: &'a Parts,
        operation: &'a Operation,
    ) -> Result<Self, Failure> {
        let signature = &parts.operations[&operation.id];
        Ok(Self {
            document,
            reduced,
            operation,
            signature,
            name: format_ident!("{}", call_name(operation)),
            given: given(document, operation, signature)?,
            body: body(document, operation, signature),
            any_field: takes_any_field(document, operation),
            values: values(document, operation, signature)?,
        })
    }

    fn required(&self) -> impl Iterator<Item = &Given> {
        self.given.iter().filter(|value| !value.optional)
    }

    fn optional(&self) -> impl Iterator<Item = &Given> {
        self.given.iter().filter(|value| value.optional)
    }

    /// The method of the handle that starts the call.
    fn starter(&self, document: &Document) -> TokenStream {
        let operation = self.operation;
        let name = format_ident!("{}", names::snake(&operation.action));
        let call = &self.name;
        let mut text = operation_docs(document, operation);
        let mut listed = String::new();
        for value in self.required() {
            let docs = sentence(&docs::rustdoc(&value.docs));
            listed.push_str(&format!("* `{}`: {docs}\n", value.name));
        }
        if !listed.is_empty() {
            text.push_str(&format!("\n\n{}", docs::wrap(&listed)));
        }
        let about = docs::attributes(&text);
        let deprecated = operation.deprecated.then(|| {
            let note = format!(
                "withdrawn by {}",
                super::operation_list::provider_title(document)
            );
            quote!(#[deprecated(note = #note)])
        });
        let mut arguments = Vec::new();
        let mut fields = Vec::new();
        for value in &self.given {
            let field = &value.name;
            if value.optional {
                fields.push(quote!(#field: None));
                continue;
            }
            let (ty, made) = accept::argument(field, &value.ty);
            arguments.push(quote!(#field: #ty));
            fields.push(if *field == made.to_string() {
                quote!(#field)
            } else {
                quote!(#field: #made)
            });
        }
        if self.any_field {
            fields.push(quote!(fields: Vec::new()));
        }
        match self.body {
            BodyOf::Required(ty) => {
                let body = format_ident!("body");
                let (taken, made) = accept::argument(&body, ty);
                arguments.push(quote!(body: #taken));
                fields.push(quote!(body: #made));
            }
            BodyOf::Optional(_) => fields.push(quote!(body: None)),
            BodyOf::None | BodyOf::Empty => {}
        }
        quote! {
            #about
            #deprecated
            #[inline]
            pub fn #name(&self, #(#arguments),*) -> #call<C> {
                #call { call_context: self.call_context.clone(), #(#fields),* }
            }
        }
    }

    /// The type of the call, its setters, and how it becomes a request.
    fn definition(&self) -> TokenStream {
        let operation = self.operation;
        let name = &self.name;
        let text = format!(
            " A call of [`{}::{}`].",
            handle_name(&operation.group),
            names::snake(&operation.action)
        );
        let required = self.required().map(|value| {
            let (name, ty) = (&value.name, &value.ty);
            quote!(pub(crate) #name: #ty,)
        });
        let texts: Vec<(&Given, String)> = self
            .optional()
            .map(|value| {
                let mut text = value.docs.clone();
                if client_wide(operation, &value.wire) {
                    text = format!("{} Taken from the client if not set here.", sentence(&text));
                }
                (value, docs::wrap(&docs::rustdoc(&text)))
            })
            .collect();
        let optional = texts.iter().map(|(value, text)| {
            let (name, ty) = (&value.name, &value.ty);
            let text = if text.is_empty() {
                format!("`{}`.", value.wire)
            } else {
                text.clone()
            };
            let about = docs::attributes(&text);
            quote!(#about pub #name: Option<#ty>,)
        });
        let setters = texts
            .iter()
            .map(|(value, text)| accept::setter(&value.name, &value.ty, &value.wire, text));
        let (fields_field, fields_setter) = if self.any_field {
            (
                quote!(pub(crate) fields: Vec<(String, String)>,),
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
        let (body_field, body_setter) = match self.body {
            BodyOf::Required(ty) => (quote!(pub(crate) body: #ty,), quote!()),
            BodyOf::Optional(ty) => (
                quote! {
                    /// What to send.
                    pub body: Option<#ty>,
                },
                accept::setter(&format_ident!("body"), ty, "body", "Sets what to send."),
            ),
            BodyOf::None | BodyOf::Empty => Default::default(),
        };
        let constant = format_ident!("{}", names::screaming(&operation.id));
        let statements = self.statements();
        let begin = quote!(self.call_context.into_call(&operations::#constant));
        let request = if statements.is_empty() {
            begin
        } else {
            quote! {
                let mut call = #begin;
                #(#statements)*
                call
            }
        };
        quote! {
            #[doc = #text]
            #[derive(Clone)]
            #[must_use = "nothing is sent before `send`"]
            pub struct #name<C = Client> {
                pub(crate) call_context: CallContext<C>,
                #(#required)*
                #(#optional)*
                #fields_field
                #body_field
            }
            impl<C> #name<C> {
                #(#setters)*
                #fields_setter
                #body_setter
                #[inline]
                pub(crate) fn into_request(self) -> Call {
                    #request
                }
            }
        }
    }

    /// The macros that give the call its other methods.
    fn methods(&self, parts: &Parts) -> Result<String, Failure> {
        let name = &self.name;
        let (value, read) = response(self.operation, self.reduced, self.signature);
        let about: Vec<String> = docs::wrap(&send_docs(self.operation, self.reduced))
            .lines()
            .map(|line| format!("    /// {line}").trim_end().to_owned())
            .collect();
        let about = about.join("\n");
        let (value, read_shown) = (shown_type(&value)?, shown_expression(&read)?);
        let mut out = format!(
            "\nengagement_core::call! {{\n{about}\n    {name} -> {value}, {read_shown}\n}}\n"
        );
        if let Some(pagination) = &self.operation.pagination {
            let list = pagination::list(self.document, self.operation, pagination, parts)?;
            let pages = list.pages_method(name, &read)?;
            let (page, item) = (shown_type(&list.page)?, shown_type(&list.item)?);
            let take = shown_expression(&list.take)?;
            out.push_str(&format!(
                "\n{pages}\nengagement_core::list_call! {{\n    {name} -> {page}, {item}, {take}\n}}\n"
            ));
        }
        Ok(out)
    }
}

/// The name of a call's type in its group's module. A name of the prelude, of the module's imports or of the handle gets the
/// group's name in front.
pub(super) fn call_name(operation: &Operation) -> String {
    let name = names::pascal(&operation.action);
    if names::is_taken_type(&name) || name == handle_name(&operation.group) {
        format!("{}{name}", names::pascal(&operation.group))
    } else {
        name
    }
}

/// A type as it is printed.
fn shown_type(ty: &impl ToTokens) -> Result<String, Failure> {
    let code = super::print(quote!(type Shown = #ty;))?;
    Ok(one_line(code.trim_start_matches("type Shown =")))
}

/// An expression as it is printed.
fn shown_expression(expression: &impl ToTokens) -> Result<String, Failure> {
    let code = super::print(quote!(const SHOWN: () = #expression;))?;
    Ok(one_line(code.trim_start_matches("const SHOWN: () =")))
}

fn one_line(code: &str) -> String {
    let code = code.trim().trim_end_matches(';');
    let words: Vec<&str> = code.split_whitespace().collect();
    let line = words.join(" ");
    // The printer broke lines after brackets, and ended the last of several with a comma.
    line.replace("< ", "<")
        .replace(", >", ">")
        .replace("( ", "(")
        .replace(" )", ")")
}

impl Call<'_> {
    /// The statements that put the request together.
    fn statements(&self) -> Vec<TokenStream> {
        let operation = self.operation;
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
        for value in &self.values {
            let wire = &value.wire;
            let name = &value.name;
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
                out.push(if value.optional {
                    quote! {
                        if let Some(value) = &self.#name {
                            call.file(#wire, value, #media_type);
                        }
                    }
                } else {
                    quote!(call.file(#wire, &self.#name, #media_type);)
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
            out.push(quote!(call.#put(#wire, &self.#name);));
        }
        if self.any_field {
            out.push(quote! {
                for (name, value) in &self.fields {
                    call.form_field(name, value);
                }
            });
        }
        match self.body {
            BodyOf::Required(_) => out.push(quote!(call.json(&self.body);)),
            BodyOf::Optional(_) => out.push(quote! {
                if let Some(body) = &self.body {
                    call.json(body);
                }
            }),
            BodyOf::Empty => out.push(quote!(call.empty_object();)),
            BodyOf::None => {}
        }
        out
    }
}

/// Whether the client knows the value of a path parameter.
pub(super) fn client_wide(operation: &Operation, wire: &str) -> bool {
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
            "Returns the value at `{}` of the response; `full_body::<types::{whole}>()` of `response()` returns all of it.\n\n",
            operation.envelope.join(".")
        ));
    }
    if let Some(known) = &operation.optional_answer {
        let note = known
            .note
            .as_deref()
            .unwrap_or("The provider doesn't document the response.");
        text.push_str(&format!(
            "`None` if the response is empty or is something else than expected; the call was carried out then too. {}\n\n",
            sentence(&docs::rustdoc(note))
        ));
    }
    text.push_str("# Errors\nBefore anything is sent: an invalid value");
    text.push_str(if operation.security.is_empty() {
        ". "
    } else {
        ", a missing credential. "
    });
    text.push_str("Afterwards: no connection or no response in time, ");
    if operation.optional_answer.is_none() {
        text.push_str("a response that can't be decoded, ");
    }
    text.push_str("or the provider's own refusal");
    if operation.not_found_statuses.is_empty() {
        text.push('.');
    } else {
        let statuses: Vec<String> = operation
            .not_found_statuses
            .iter()
            .map(u16::to_string)
            .collect();
        text.push_str(&format!(
            "; [`Error::is_not_found`](engagement_core::Error::is_not_found) is true for {} as well as 404.",
            statuses.join(" and ")
        ));
    }
    text
}
