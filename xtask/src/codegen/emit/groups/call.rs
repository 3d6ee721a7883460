//! The type of one call.

use engagement_document::Operation;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::Ident;

use super::docs::{operation_docs, send_docs};
use super::response::response;
use super::statements::statements;
use super::values::{BodyArgument, Inputs, RequestValue};
use crate::codegen::emit::source::Source;
use crate::codegen::emit::text::{provider_title, sentence};
use crate::codegen::emit::{accept, pagination, print};
use crate::codegen::{Failure, docs, names};

/// A call of an operation, as it is emitted.
pub(super) struct Call<'a> {
    source: Source<'a>,
    operation: &'a Operation,
    name: Ident,
    inputs: Inputs<'a>,
}

impl<'a> Call<'a> {
    pub(super) fn of(source: Source<'a>, operation: &'a Operation) -> Result<Self, Failure> {
        Ok(Self {
            source,
            operation,
            name: format_ident!("{}", call_name(operation)),
            inputs: Inputs::of(source, operation)?,
        })
    }

    /// The values that the caller sets: those that are required, or the others.
    fn given(&self, optional: bool) -> impl Iterator<Item = &RequestValue<'a>> {
        let given = self.inputs.given().into_iter();
        given.filter(move |value| value.optional == optional)
    }

    /// The method of the handle that starts the call.
    pub(super) fn starter(&self) -> TokenStream {
        let (document, operation) = (self.source.document, self.operation);
        let name = format_ident!("{}", names::snake(&operation.action));
        let call = &self.name;
        let mut text = operation_docs(document, operation);
        let mut listed = String::new();
        for value in self.given(false) {
            let docs = sentence(&docs::rustdoc(&value.docs));
            listed.push_str(&format!("* `{}`: {docs}\n", value.name));
        }
        if !listed.is_empty() {
            text.push_str(&format!("\n\n{}", docs::wrap(&listed)));
        }
        let about = docs::attributes(&text);
        let deprecated = operation.deprecated.then(|| {
            let note = format!("withdrawn by {}", provider_title(document));
            quote!(#[deprecated(note = #note)])
        });
        let (arguments, fields) = self.arguments();
        quote! {
            #about
            #deprecated
            #[inline]
            pub fn #name(&self, #(#arguments),*) -> #call<C> {
                #call { call_context: self.call_context.clone(), #(#fields),* }
            }
        }
    }

    /// The arguments that start the call, and the fields that they fill.
    fn arguments(&self) -> (Vec<TokenStream>, Vec<TokenStream>) {
        let required = self.given(false);
        let (mut arguments, mut fields): (Vec<_>, Vec<_>) = required
            .map(|value| accept::required(&value.name, value.ty))
            .unzip();
        fields.extend(self.given(true).map(|value| {
            let field = &value.name;
            quote!(#field: None)
        }));
        if self.inputs.any_field {
            fields.push(quote!(fields: Vec::new()));
        }
        match self.inputs.body {
            BodyArgument::Required(ty) => {
                let (argument, field) = accept::required(&format_ident!("body"), ty);
                arguments.push(argument);
                fields.push(field);
            }
            BodyArgument::Optional(_) => fields.push(quote!(body: None)),
            BodyArgument::None | BodyArgument::Empty => {}
        }
        (arguments, fields)
    }

    /// The type of the call, its setters, and how it becomes a request.
    pub(super) fn definition(&self) -> TokenStream {
        let name = &self.name;
        let text = format!(
            " A call of [`{}::{}`].",
            handle_name(&self.operation.group),
            names::snake(&self.operation.action)
        );
        let required = self.given(false).map(|value| {
            let (name, ty) = (&value.name, value.ty);
            quote!(pub(crate) #name: #ty,)
        });
        let (optional, setters) = self.optional_fields();
        let (fields_field, fields_setter) = self.form_fields();
        let (body_field, body_setter) = self.body_field();
        let request = self.request();
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

    /// A field and a setter for each optional value.
    fn optional_fields(&self) -> (Vec<TokenStream>, Vec<TokenStream>) {
        let all = self.given(true).map(|value| {
            let (name, ty) = (&value.name, value.ty);
            let mut text = value.docs.clone();
            if value.client_wide {
                text = format!("{} Taken from the client if not set here.", sentence(&text));
            }
            let text = docs::wrap(&docs::rustdoc(&text));
            let setter = accept::setter(name, ty, value.wire, &text);
            let text = docs::or_else(&text, || format!("`{}`.", value.wire));
            let about = docs::attributes(&text);
            (quote!(#about pub #name: Option<#ty>,), setter)
        });
        all.unzip()
    }

    /// Field and setter for form fields that the document doesn't list.
    fn form_fields(&self) -> (TokenStream, TokenStream) {
        if !self.inputs.any_field {
            return Default::default();
        }
        (
            quote!(pub(crate) fields: Vec<(String, String)>,),
            quote! {
                /// Adds a field to the form that the document doesn't list.
                pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
                    self.fields.push((name.into(), value.into()));
                    self
                }
            },
        )
    }

    /// Field and setter for the JSON body.
    fn body_field(&self) -> (TokenStream, TokenStream) {
        match self.inputs.body {
            BodyArgument::Required(ty) => (quote!(pub(crate) body: #ty,), quote!()),
            BodyArgument::Optional(ty) => (
                quote! {
                    /// What to send.
                    pub body: Option<#ty>,
                },
                accept::setter(&format_ident!("body"), ty, "body", "Sets what to send."),
            ),
            BodyArgument::None | BodyArgument::Empty => Default::default(),
        }
    }

    /// The expression that makes the request.
    fn request(&self) -> TokenStream {
        let constant = format_ident!("{}", names::screaming(&self.operation.id));
        let begin = quote!(self.call_context.into_call(&operations::#constant));
        let statements = statements(&self.inputs);
        if statements.is_empty() {
            return begin;
        }
        quote! {
            let mut call = #begin;
            #(#statements)*
            call
        }
    }

    /// The macros that add the other methods of the call.
    pub(super) fn methods(&self) -> Result<String, Failure> {
        let name = &self.name;
        let (value, read) = response(self.source, self.operation);
        let about = docs::wrap(&send_docs(self.operation, self.source.normalised));
        let about = docs::comment("    ///", &about);
        let (value, read_shown) = (shown_type(&value)?, shown_expression(&read)?);
        let mut out = format!(
            "\nengagement_core::call! {{\n{about}    {name} -> {value}, {read_shown}\n}}\n"
        );
        if let Some(pagination) = &self.operation.pagination {
            let list = pagination::list(self.source, self.operation, pagination)?;
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
pub(crate) fn call_name(operation: &Operation) -> String {
    let name = names::pascal(&operation.action);
    if names::is_taken_type(&name) || name == handle_name(&operation.group) {
        format!("{}{name}", names::pascal(&operation.group))
    } else {
        name
    }
}

pub(crate) fn handle_name(group: &str) -> String {
    names::pascal(group)
}

/// A type as it is printed.
fn shown_type(ty: &impl ToTokens) -> Result<String, Failure> {
    let code = print(quote!(type Shown = #ty;))?;
    Ok(one_line(code.trim_start_matches("type Shown =")))
}

/// An expression as it is printed.
fn shown_expression(expression: &impl ToTokens) -> Result<String, Failure> {
    let code = print(quote!(const SHOWN: () = #expression;))?;
    Ok(one_line(code.trim_start_matches("const SHOWN: () =")))
}

fn one_line(code: &str) -> String {
    let code = code.trim().trim_end_matches(';');
    let parts: Vec<&str> = code.split_whitespace().collect();
    let line = parts.join(" ");
    // The printer broke lines after brackets, and ended the last of several with a comma.
    line.replace("< ", "<")
        .replace(", >", ">")
        .replace("( ", "(")
        .replace(" )", ")")
}
