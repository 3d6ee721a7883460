//! Types that a call or a webhook uses; others are dropped.

use std::collections::BTreeSet;

use engagement_document::{Document, Schemas};
use quote::ToTokens;
use syn::Item;

use super::ParsedOutput;
use super::reachable::{identifiers, reachable_types};
use crate::codegen::names;
use crate::codegen::normalise::Normalised;

/// Drops types that no call and no webhook uses, such as the parts of an `allOf`.
pub(super) fn drop_unused_types(
    document: &Document,
    normalised: &Normalised,
    parsed: &mut ParsedOutput,
) {
    let mut roots = vec!["ApiError".to_owned()];
    roots.extend(normalised.full_responses.values().cloned());
    for signature in parsed.operations.values() {
        let types = signature.body.iter().chain(&signature.response);
        let types = types.chain(signature.parameters.iter().map(|setter| &setter.ty));
        roots.extend(types.map(|ty| ty.to_token_stream().to_string()));
    }
    let webhooks = document
        .webhooks
        .iter()
        .filter_map(|webhook| Schemas::ref_name(&webhook.schema));
    roots.extend(webhooks.map(names::pascal));
    let used = reachable_types(&parsed.objects, &parsed.others, roots);
    let made: BTreeSet<String> = parsed
        .objects
        .iter()
        .map(|object| object.name.to_string())
        .chain(parsed.others.iter().filter_map(|item| match item {
            Item::Struct(item) => Some(item.ident.to_string()),
            Item::Enum(item) => Some(item.ident.to_string()),
            _ => None,
        }))
        .collect();
    let dropped = |word: &str| made.contains(word) && !used.contains(word);
    parsed
        .objects
        .retain(|object| !dropped(&object.name.to_string()));
    parsed.others.retain(|item| match item {
        Item::Struct(item) => !dropped(&item.ident.to_string()),
        Item::Enum(item) => !dropped(&item.ident.to_string()),
        Item::Impl(item) => {
            let of = item.self_ty.to_token_stream().to_string();
            let from = item
                .trait_
                .as_ref()
                .map(|(path, _)| path.to_token_stream().to_string());
            !identifiers(&of)
                .chain(identifiers(&from.unwrap_or_default()))
                .any(dropped)
        }
        _ => true,
    });
    parsed.used = used;
}
