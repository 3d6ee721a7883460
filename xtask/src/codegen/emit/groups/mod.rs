//! One file per group: its handle and the calls that it starts.

mod call;
mod docs;
mod response;
mod statements;
mod values;

use engagement_document::{Document, Operation};
use quote::{format_ident, quote};

use super::print;
use super::text::sentence;
use crate::codegen::docs::{attributes, rustdoc, wrap};
use crate::codegen::normalise::Normalised;
use crate::codegen::parsed::ParsedOutput;
use crate::codegen::{Failure, names};
use call::Call;

pub(super) use call::{call_name, handle_name};
pub(super) use values::{
    BodyArgument, Encoding, RequestValue, body, call_values, client_wide, takes_any_field, values,
};

pub(super) fn group(
    document: &Document,
    normalised: &Normalised,
    parsed: &ParsedOutput,
    name: &str,
) -> Result<String, Failure> {
    let handle = format_ident!("{}", handle_name(name));
    let method = format_ident!("{}", names::snake(name));
    let description = description(document, name);
    let about = attributes(&wrap(&rustdoc(&description)));
    let operations: Vec<&Operation> = document.group(name).collect();
    let mut starters = Vec::new();
    let mut calls = String::new();
    for operation in &operations {
        let call = Call::of(document, normalised, parsed, operation)?;
        starters.push(call.starter(document));
        calls.push('\n');
        calls.push_str(&print(call.definition())?);
        calls.push_str(&call.methods(parsed)?);
    }
    let code = print(quote! {
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
