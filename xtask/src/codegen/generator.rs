//! Runs progenitor.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use engagement_document::Document;
use proc_macro2::TokenStream;
use progenitor_impl::{
    GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl,
};

use super::{Failure, normalise::Normalised};

/// What progenitor makes of a normalised document.
pub(crate) fn generate(document: &Document, normalised: &Normalised) -> Result<syn::File, Failure> {
    let file = format!("specs/{}.yaml", document.provider);
    let spec: openapiv3::OpenAPI =
        serde_json::from_value(normalised.document.clone()).map_err(|error| {
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
        settings.with_replacement(name, name, impls());
    }
    for (name, path) in &normalised.replacements {
        settings.with_replacement(name, path, impls());
    }
    let tokens = match caught(&settings, &spec) {
        Ok(Ok(tokens)) => tokens,
        Ok(Err(error)) => {
            return Err(Failure::new(format!(
                "{file}: progenitor refuses the document: {error}{}",
                suspects(normalised, &settings)
            )));
        }
        Err(message) => {
            return Err(Failure::new(format!(
                "{file}: progenitor panicked: {message}{}",
                suspects(normalised, &settings)
            )));
        }
    };
    syn::parse2(tokens)
        .map_err(|error| Failure::new(format!("{file}: progenitor's output is no Rust: {error}")))
}

/// Runs progenitor. Much of what it doesn't support makes it panic: the message becomes the error, and stays off the terminal.
fn caught(
    settings: &GenerationSettings,
    spec: &openapiv3::OpenAPI,
) -> Result<Result<TokenStream, progenitor_impl::Error>, String> {
    // The hook belongs to the process: two runs at once, as in tests, would get each other's message.
    static HOOK: Mutex<()> = Mutex::new(());
    let _one_at_a_time = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    let message = Arc::new(Mutex::new(String::new()));
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new({
        let message = message.clone();
        move |info| {
            if let Ok(mut message) = message.lock() {
                *message = describe(info);
            }
        }
    }));
    let result = catch_unwind(AssertUnwindSafe(|| {
        Generator::new(settings).generate_tokens(spec)
    }));
    std::panic::set_hook(hook);
    result.map_err(|_| {
        let message = message.lock().unwrap_or_else(PoisonError::into_inner);
        message.clone()
    })
}

/// What a panic says and where, without the folders of the machine that it happened on.
fn describe(info: &std::panic::PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    let text = text
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    let place = info.location().map_or(String::new(), |location| {
        let parts: Vec<&str> = location.file().split(['/', '\\']).collect();
        let short = parts[parts.len().saturating_sub(3)..].join("/");
        format!(" ({short}:{})", location.line())
    });
    format!("{}{place}", text.replace('\n', " "))
}

/// Names the operation or schema at fault: each is generated alone, and those that fail alone too are listed.
fn suspects(normalised: &Normalised, settings: &GenerationSettings) -> String {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let fails = |document: serde_json::Value| {
        let Ok(spec) = serde_json::from_value::<openapiv3::OpenAPI>(document) else {
            return true;
        };
        !matches!(
            catch_unwind(AssertUnwindSafe(
                || Generator::new(settings).generate_tokens(&spec)
            )),
            Ok(Ok(_))
        )
    };
    let mut without_paths = normalised.document.clone();
    without_paths["paths"] = serde_json::json!({});
    let mut found = Vec::new();
    if fails(without_paths.clone()) {
        let names: Vec<String> = without_paths
            .pointer("/components/schemas")
            .and_then(|s| s.as_object())
            .map(|s| s.keys().cloned().collect())
            .unwrap_or_default();
        for name in names {
            let mut one_less = without_paths.clone();
            if let Some(schemas) = one_less
                .pointer_mut("/components/schemas")
                .and_then(|s| s.as_object_mut())
            {
                schemas[&name] = serde_json::json!({});
            }
            if !fails(one_less) {
                found.push(format!("/components/schemas/{name}"));
            }
        }
    } else if let Some(paths) = normalised
        .document
        .get("paths")
        .and_then(|paths| paths.as_object())
    {
        for (key, item) in paths {
            let mut alone = without_paths.clone();
            alone["paths"] = serde_json::json!({ key: item });
            if fails(alone) {
                found.push(format!("/paths/{}", key.replace('/', "~1")));
            }
        }
    }
    std::panic::set_hook(hook);
    if found.is_empty() {
        String::new()
    } else {
        format!(
            "\n  at {}\n  Rewrite that place in terms the generator supports, or add a pass to xtask/src/codegen/normalise/",
            found.join(", ")
        )
    }
}
