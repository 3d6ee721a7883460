//! Types that a call or a webhook uses; others are dropped.

use std::collections::BTreeSet;

use engagement_document::{Document, Schemas};
use quote::ToTokens;
use syn::Item;

use super::reachable::{identifiers, reachable_types};
use super::{ParsedOutput, name_of, spelt};
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
        roots.extend(types.map(spelt));
    }
    let webhooks = document.webhooks.iter();
    let webhooks = webhooks.filter_map(|webhook| Schemas::ref_name(&webhook.schema));
    roots.extend(webhooks.map(names::pascal));
    let used = reachable_types(&parsed.objects, &parsed.others, roots);
    let made: BTreeSet<String> = parsed.names().map(ToString::to_string).collect();
    let dropped = |word: &str| made.contains(word) && !used.contains(word);
    parsed
        .objects
        .retain(|object| !dropped(&object.name.to_string()));
    parsed.others.retain(|item| match item {
        Item::Impl(item) => {
            let of = spelt(&item.self_ty);
            let from = item.trait_.as_ref();
            let from = from.map(|(path, _)| path.to_token_stream().to_string());
            let from = from.unwrap_or_default();
            !identifiers(&of).chain(identifiers(&from)).any(dropped)
        }
        item => !name_of(item).is_some_and(|name| dropped(&name.to_string())),
    });
    parsed.used = used;
}
