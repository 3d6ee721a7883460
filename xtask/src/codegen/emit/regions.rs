//! `regions.rs`: the regions of an account.

use engagement_document::Document;
use proc_macro2::Ident;
use quote::{format_ident, quote};

use crate::codegen::{Failure, names};

pub(super) fn names_of(document: &Document) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    let all = document.servers.iter().flat_map(|server| &server.regions);
    for (name, _) in all {
        if !found.contains(&name.as_str()) {
            found.push(name);
        }
    }
    found
}

pub(super) fn regions(document: &Document) -> Result<Option<String>, Failure> {
    let regions = names_of(document);
    if regions.is_empty() {
        return Ok(None);
    }
    let title = super::text::provider_title(document);
    let about = format!(
        " Where an account of {title} lives. Choosing one moves every host that the region has."
    );
    let abouts = regions.iter().map(|name| {
        let mut main = document.servers[0].regions.iter();
        match main.find(|(known, _)| known == name) {
            Some((_, url)) => format!(" `{name}`: <{url}>."),
            None => format!(" `{name}`."),
        }
    });
    let variant = |name: &&str| format_ident!("{}", names::pascal(name));
    let variants: Vec<Ident> = regions.iter().map(variant).collect();
    let code = super::print(quote! {
        #[doc = #about]
        ///
        /// Goes into `region` of the client's builder, or into the environment by its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Region {
            #(#[doc = #abouts] #variants,)*
        }

        impl Region {
            /// Every region.
            pub const ALL: &[Self] = &[#(Self::#variants),*];

            /// Its name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { #(Self::#variants => #regions,)* }
            }
        }

        impl AsRef<str> for Region {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for Region {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    })?;
    Ok(Some(format!("//! Where an account can live.\n\n{code}")))
}
