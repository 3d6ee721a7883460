//! Texts of generated documentation.

use std::borrow::Borrow;

use engagement_document::Document;

/// The provider's name as its users write it: the title without "API" and the like.
pub(super) fn provider_title(document: &Document) -> &str {
    let title = document.title.as_str();
    let end = [" REST API", " API"]
        .iter()
        .find_map(|suffix| title.strip_suffix(suffix));
    end.unwrap_or(title)
}

/// Ends a text with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// The article before a name.
pub(super) fn article(name: &str) -> &'static str {
    // As they are spoken: "a user", "an e-mail", "an SMS".
    let spoken_with_a = ["Us", "Un", "Eu", "On"]
        .iter()
        .any(|start| name.starts_with(start));
    let vowel = name.starts_with(['A', 'E', 'I', 'O', 'U']) && !spoken_with_a;
    if vowel || name.starts_with("Sms") {
        "an"
    } else {
        "a"
    }
}

/// Names of modules as an import writes them: one alone, several in braces.
pub(super) fn one_or_group<T: Borrow<str>>(names: &[T]) -> String {
    match names {
        [one] => one.borrow().to_owned(),
        several => format!("{{{}}}", several.join(", ")),
    }
}
