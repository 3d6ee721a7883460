//! `type_builders.rs`: builders of the types that requests are made of.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use engagement_document::Document;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Type;

use super::setter::setter;

use crate::codegen::Failure;
use crate::codegen::parts::{Object, Parts};
use crate::codegen::reach::reach;

/// The names of the types that can be part of a request body, among other words.
pub(crate) fn request_types(parts: &Parts) -> BTreeSet<String> {
    let signatures = parts.operations.values();
    let types = signatures.flat_map(|signature| {
        let parameters = signature.parameters.iter().map(|setter| &setter.ty);
        signature.body.iter().chain(parameters)
    });
    let roots = types.map(|ty| ty.to_token_stream().to_string());
    reach(&parts.objects, &parts.others, roots)
}

pub(super) fn builders(
    document: &Document,
    parts: &Parts,
    requests: &BTreeSet<String>,
) -> Result<String, Failure> {
    let title = &document.title;
    let objects: Vec<&Object> = parts
        .objects
        .iter()
        .filter(|object| requests.contains(&object.name.to_string()))
        .collect();
    let builders = objects.iter().map(|object| builder(object));
    let mut code = super::print(quote!(#(#builders)*))?;
    if !objects.is_empty() {
        code.push_str("\nengagement_core::opaque_debug! {\n");
        for object in &objects {
            let _ = writeln!(code, "    {},", object.name);
        }
        code.push_str("}\n");
    }
    let head = format!(
        "//! Builders of the types that requests to the {title} are made of.\n//!\n//! A setter takes whatever converts into the field's type. The first value that doesn't convert, or a required field\n//! that was never set, is told by `build()`, or by `send()` where a builder was passed as a body.\n\nuse engagement_core::{{BuildError, Extra, Setters}};\n\nuse super::types;\n"
    );
    if code.contains("enums::") {
        code = format!("use super::enums;\n\n{code}");
    }
    Ok(format!("{head}{code}"))
}

fn builder(object: &Object) -> TokenStream {
    let name = &object.name;
    let article = super::article(&name.to_string());
    let text = format!(" Builds {article} [`types::{name}`].");
    let fields = object.fields.iter().map(|field| {
        let (name, ty) = (&field.name, qualified(&field.ty));
        quote!(#name: Option<#ty>)
    });
    let setters = object
        .fields
        .iter()
        .map(|field| setter(&field.name, &qualified(&field.ty), &field.wire, &field.docs));
    let type_name = name.to_string();
    let values = object.fields.iter().map(|field| {
        let name = &field.name;
        let wire = &field.wire;
        if field.optional {
            quote!(#name: self.#name)
        } else {
            quote!(#name: Setters::required(self.#name, #type_name, #wire)?)
        }
    });
    quote! {
        #[doc = #text]
        #[derive(Clone, Default)]
        #[must_use]
        pub struct #name {
            setters: Setters,
            #(#fields,)*
            extra: Extra,
        }
        impl #name {
            #(#setters)*
            /// Sets a key that the document doesn't know.
            pub fn extra(mut self, key: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
                self.extra.insert(key.into(), value.into());
                self
            }
            /// The finished value.
            ///
            /// # Errors
            /// If a value didn't convert or a required field is missing; the error names it.
            pub fn build(self) -> Result<types::#name, BuildError> {
                self.setters.check(#type_name)?;
                Ok(types::#name { #(#values,)* extra: self.extra })
            }
        }
        impl TryFrom<#name> for types::#name {
            type Error = BuildError;
            fn try_from(builder: #name) -> Result<Self, BuildError> {
                builder.build()
            }
        }
    }
}

/// Types of the document stand in `types`, seen from the builders' module.
fn qualified(ty: &Type) -> Type {
    struct Qualify;
    impl syn::visit_mut::VisitMut for Qualify {
        fn visit_type_path_mut(&mut self, path: &mut syn::TypePath) {
            syn::visit_mut::visit_type_path_mut(self, path);
            let Some(first) = path
                .path
                .segments
                .first()
                .map(|segment| segment.ident.to_string())
            else {
                return;
            };
            let foreign = [
                "Vec",
                "Option",
                "String",
                "Box",
                "i64",
                "f64",
                "bool",
                "std",
                "serde_json",
                "engagement_core",
                "types",
                "enums",
                "u64",
                "i32",
            ];
            if !foreign.contains(&first.as_str()) {
                let segment = path.path.segments[0].ident.clone();
                let rest = path.path.segments.iter().skip(1);
                path.path = syn::parse_quote!(types::#segment #(::#rest)*);
            }
        }
    }
    let mut ty = ty.clone();
    syn::visit_mut::VisitMut::visit_type_mut(&mut Qualify, &mut ty);
    ty
}
