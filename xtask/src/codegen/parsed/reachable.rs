//! Which types a type uses.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::Item;

use super::{Object, spelt};

/// Every identifier in the types of `roots` and in all types that they use. Types may use themselves.
pub(crate) fn reachable_types(
    objects: &[Object],
    others: &[Item],
    roots: impl IntoIterator<Item = String>,
) -> BTreeSet<String> {
    let inside = contents(objects, others);
    let mut found = BTreeSet::new();
    let mut todo: Vec<String> = roots.into_iter().collect();
    while let Some(text) = todo.pop() {
        for name in identifiers(&text) {
            if found.insert(name.to_owned()) {
                todo.extend(inside.get(name).cloned());
            }
        }
    }
    found
}

/// The types inside each type, as text of tokens.
fn contents(objects: &[Object], others: &[Item]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for object in objects {
        let fields: Vec<String> = object.fields.iter().map(|it| spelt(&it.ty)).collect();
        found.insert(object.name.to_string(), fields.join(" "));
    }
    for item in others {
        let (name, tokens) = match item {
            Item::Struct(item) => (&item.ident, item.fields.to_token_stream()),
            Item::Enum(item) => (&item.ident, item.variants.to_token_stream()),
            _ => continue,
        };
        found.insert(name.to_string(), tokens.to_string());
    }
    found
}

/// The identifiers in a text of tokens.
pub(crate) fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}
