//! One file per group: its handle and the calls that it starts.

mod call;
mod docs;
mod response;
mod statements;
mod values;

use engagement_document::Document;
use quote::{format_ident, quote};

use super::print;
use super::source::Source;
use super::text::{one_or_group, sentence};
use crate::codegen::docs::{attributes, comment, prose};
use crate::codegen::{Failure, names};
use call::Call;

pub(super) use call::{call_name, handle_name};
pub(crate) use response::response;
pub(super) use values::style;
pub(crate) use values::{BodyArgument, Encoding, Inputs, RequestValue};

pub(super) fn group(source: Source<'_>, name: &str) -> Result<String, Failure> {
    let handle = format_ident!("{}", handle_name(name));
    let method = format_ident!("{}", names::snake(name));
    let description = description(source.document, name);
    let about = attributes(&prose(&description));
    let mut starters = Vec::new();
    let mut calls = String::new();
    let mut core = "Call, CallContext";
    for operation in source.document.group(name) {
        let call = Call::of(source, operation)?;
        starters.push(call.starter());
        calls.push('\n');
        calls.push_str(&print(call.definition())?);
        calls.push_str(&call.methods()?);
        if operation.pagination.is_some() {
            core = "Call, CallContext, Pages, ResumePoint";
        }
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
    let modules = ["enums", "ids", "operations", "types"];
    let used = |module: &&str| code.contains(&format!("{module}::"));
    let modules: Vec<&str> = modules.into_iter().filter(used).collect();
    let modules = one_or_group(&modules);
    Ok(format!(
        "{}\nuse engagement_core::{{{core}}};\n\nuse super::client::Client;\nuse super::{modules};\n\n{code}",
        comment("//!", &description)
    ))
}

/// What a group is about, as a sentence.
pub(super) fn description(document: &Document, name: &str) -> String {
    let mut groups = document.groups.iter();
    let group = groups.find(|group| group.name == name);
    sentence(group.map_or("", |group| &group.description))
}
