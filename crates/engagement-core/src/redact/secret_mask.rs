//! Masks the client's credentials in every form in which a provider may repeat them.

use std::sync::{PoisonError, RwLock};

use percent_encoding::utf8_percent_encode;

use crate::http::path::RESERVED;
use crate::redact::mask::replace_words;
use crate::secret::Secret;

/// Replaces the client's credentials in texts. Tokens are added as they are fetched.
#[derive(Default)]
pub(crate) struct SecretMask(RwLock<Forms>);

impl SecretMask {
    /// Masks `value` from now on, in every form in which a provider may repeat it. `token` is its number if it is a token,
    /// counted up.
    pub(crate) fn add(&self, value: &str, token: Option<u64>) {
        let mut forms = self.0.write().unwrap_or_else(PoisonError::into_inner);
        forms.add(value, token);
    }

    /// Replaces every credential in `text`.
    pub(crate) fn mask(&self, text: String) -> String {
        let forms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        forms.mask(text)
    }
}

impl Clone for SecretMask {
    fn clone(&self) -> Self {
        let forms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Self(RwLock::new(forms.clone()))
    }
}

/// Every form of every credential, longest first.
#[derive(Clone, Default)]
struct Forms(Vec<Form>);

#[derive(Clone)]
struct Form {
    text: Secret,
    /// Which token it is of, counted up, if it is of one.
    token: Option<u64>,
}

impl Forms {
    /// Adds the forms of `value`; those of a token replace the forms of old tokens.
    fn add(&mut self, value: &str, token: Option<u64>) {
        // Shorter ones are parts of ordinary words, and nothing that short is a secret.
        const SHORTEST: usize = 4;
        // A program may run for years and get a new token every hour. Errors about old tokens arrive soon after their use.
        const TOKENS: u64 = 64;
        if value.len() < SHORTEST {
            return;
        }
        if let Some(oldest) = token.and_then(|token| token.checked_sub(TOKENS)) {
            self.0
                .retain(|form| form.token.is_none_or(|token| token > oldest));
        }
        let percent: Vec<&str> = utf8_percent_encode(value, RESERVED).collect();
        let query: Vec<&str> = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let forms = [
            Secret::from(value),
            joined(&percent),
            joined(&query),
            escaped(value, json_escape),
            escaped(value, html_escape),
        ];
        for form in &forms {
            let form = form.expose();
            match self.0.iter_mut().find(|known| known.text.expose() == form) {
                // A fixed credential stays, and a token that is added again counts as new.
                Some(known) => known.token = known.token.and(token),
                None => self.0.push(Form {
                    text: form.into(),
                    token,
                }),
            }
        }
        self.0
            .sort_by_key(|form| std::cmp::Reverse(form.text.expose().len()));
    }

    /// Replaces every form in `text`.
    fn mask(&self, mut text: String) -> String {
        for form in &self.0 {
            if text.contains(form.text.expose()) {
                text = text.replace(form.text.expose(), "[REDACTED]");
            }
        }
        // Other ways to escape it, and base64.
        replace_words(&text, "[REDACTED]", &|word, _| {
            self.0.iter().any(|form| word.contains(form.text.expose()))
        })
    }
}

/// Joins the parts of a secret without leaving copies.
pub(crate) fn joined(parts: &[&str]) -> Secret {
    let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    text.extend(parts.iter().copied());
    text.into()
}

/// A secret with escapes in place of some characters.
fn escaped(text: &str, escape: fn(char) -> Option<&'static str>) -> Secret {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((at, escape)) = rest
        .char_indices()
        .find_map(|(at, c)| Some((at, escape(c)?)))
    {
        parts.extend([&rest[..at], escape]);
        // Only ASCII characters have escapes.
        rest = &rest[at + 1..];
    }
    parts.push(rest);
    joined(&parts)
}

/// Control characters are left out: no credential contains any.
fn json_escape(c: char) -> Option<&'static str> {
    match c {
        '"' => Some("\\\""),
        '\\' => Some("\\\\"),
        _ => None,
    }
}

fn html_escape(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        _ => None,
    }
}
