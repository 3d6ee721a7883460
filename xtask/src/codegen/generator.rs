//! Runs progenitor.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use engagement_document::Document;
use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor_impl::{
    GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl,
};
use serde_json::{Value, json};

use super::{Failure, normalise::Normalised};
use crate::json::{entries, step};

/// What progenitor makes of a normalised document.
pub(crate) fn generate(document: &Document, normalised: &Normalised) -> Result<syn::File, Failure> {
    let file = &document.file;
    let spec: OpenAPI = serde_json::from_value(normalised.document.clone()).map_err(|error| {
        Failure::new(format!(
            "{file}: not OpenAPI 3.0 as the generator reads it: {error}"
        ))
    })?;
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged)
        .with_hooks(HooksMode::Expected)
        .with_map_type("::std::collections::BTreeMap");
    let impls = || [TypeImpl::Display, TypeImpl::FromStr].into_iter();
    for name in normalised.enums.keys() {
        settings.with_replacement(name, format!("enums::{name}"), impls());
    }
    for name in normalised.tagged.keys() {
        settings.with_replacement(name, name, std::iter::empty());
    }
    for (name, path) in &normalised.replacements {
        // A union of a text and an object would have a `Display` that needs one of the object.
        let impls = impls().filter(|_| path != "engagement_core::Attributes");
        settings.with_replacement(name, path, impls);
    }
    let tokens = reported(&settings, &spec).map_err(|message| {
        let suspects = suspects(document, normalised, &settings);
        Failure::new(format!("{file}: progenitor {message}{suspects}"))
    })?;
    syn::parse2(tokens)
        .map_err(|error| Failure::new(format!("{file}: progenitor's output is no Rust: {error}")))
}

/// Runs progenitor. Much of what it doesn't support makes it panic; the hook gets the message.
fn caught<T>(
    hook: impl Fn(&PanicHookInfo<'_>) + Send + Sync + 'static,
    run: impl FnOnce() -> T,
) -> std::thread::Result<T> {
    // The hook belongs to the process: two runs at once, as in tests, would get each other's message.
    static HOOK: Mutex<()> = Mutex::new(());
    let _one_at_a_time = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    let old = std::panic::take_hook();
    std::panic::set_hook(Box::new(hook));
    let result = catch_unwind(AssertUnwindSafe(run));
    std::panic::set_hook(old);
    result
}

/// Runs progenitor; the message of a panic becomes the error, and stays off the terminal.
fn reported(settings: &GenerationSettings, spec: &OpenAPI) -> Result<TokenStream, String> {
    let message = Arc::new(Mutex::new(String::new()));
    let kept = message.clone();
    let hook = move |info: &PanicHookInfo<'_>| {
        if let Ok(mut message) = kept.lock() {
            *message = describe(info);
        }
    };
    match caught(hook, || Generator::new(settings).generate_tokens(spec)) {
        Ok(result) => result.map_err(|error| format!("refuses the document: {error}")),
        Err(_) => {
            let message = message.lock().unwrap_or_else(PoisonError::into_inner);
            Err(format!("panicked: {message}"))
        }
    }
}

/// What a panic says and where, without the folders of the machine that it happened on.
fn describe(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let owned = || payload.downcast_ref::<String>().map(String::as_str);
    let text = payload.downcast_ref::<&str>().copied().or_else(owned);
    let place = info.location().map_or(String::new(), |location| {
        let parts: Vec<&str> = location.file().split(['/', '\\']).collect();
        let short = parts[parts.len().saturating_sub(3)..].join("/");
        format!(" ({short}:{})", location.line())
    });
    format!("{}{place}", text.unwrap_or_default().replace('\n', " "))
}

/// Names the operation or schema at fault: each is generated alone, and those that fail alone too are listed.
fn suspects(document: &Document, normalised: &Normalised, settings: &GenerationSettings) -> String {
    let found = caught(|_| {}, || failing(normalised, settings)).unwrap_or_default();
    if found.is_empty() {
        return String::new();
    }
    format!(
        "\n  at {}\n  Rewrite that place in terms the generator supports, or add a pass to xtask/src/codegen/normalise/",
        found
            .iter()
            .map(|pointer| document.place(pointer))
            .collect::<Vec<_>>()
            .join(", ")
    )
}

/// The pointers of schemas without which the others can be generated, else of paths that fail alone.
fn failing(normalised: &Normalised, settings: &GenerationSettings) -> Vec<String> {
    let fails = |document: Value| {
        let Ok(spec) = serde_json::from_value::<OpenAPI>(document) else {
            return true;
        };
        let run = || Generator::new(settings).generate_tokens(&spec);
        !matches!(catch_unwind(AssertUnwindSafe(run)), Ok(Ok(_)))
    };
    let mut without_paths = normalised.document.clone();
    without_paths["paths"] = json!({});
    let mut found = Vec::new();
    if fails(without_paths.clone()) {
        for (name, _) in entries(&normalised.document["components"], "schemas") {
            let mut one_less = without_paths.clone();
            one_less["components"]["schemas"][name] = json!({});
            if !fails(one_less) {
                found.push(format!("/components/schemas/{name}"));
            }
        }
        return found;
    }
    for (key, item) in entries(&normalised.document, "paths") {
        let mut alone = without_paths.clone();
        alone["paths"] = json!({ key: item });
        if fails(alone) {
            found.push(step("/paths", key));
        }
    }
    found
}
