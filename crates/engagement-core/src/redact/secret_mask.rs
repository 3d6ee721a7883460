//! Masks the client's credentials in every form in which a provider may repeat them.

use std::sync::{PoisonError, RwLock};

use percent_encoding::utf8_percent_encode;

use crate::http::path::RESERVED;
use crate::redact::mask::{replace_words, without_last_word};
use crate::secret::Secret;

/// Shorter texts are parts of ordinary words, and nothing that short is a secret.
const SHORTEST: usize = 4;

/// A program may run for years and get a new token every hour. Errors about old tokens arrive soon after their use.
const TOKENS: u64 = 64;

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

    /// Masks a credential that was replaced for as long as an old token. `number` is counted up with those of tokens.
    pub(crate) fn retire(&self, value: &str, number: u64) {
        let mut forms = self.0.write().unwrap_or_else(PoisonError::into_inner);
        forms.retire(value, number);
    }

    /// Replaces every credential in `text`.
    pub(crate) fn mask(&self, text: String) -> String {
        let forms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        forms.mask(text)
    }
}

impl SecretMask {
    /// Replaces every credential in the start of `text`, which has so many bytes at most. Masking a text takes much longer
    /// than reading it, and of a long text only the start is shown. What may be half of a credential or half of a word is
    /// left out at the end.
    pub(crate) fn mask_start(&self, text: &str, bytes: usize) -> String {
        let mut end = bytes.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let start = &text[..end];
        if end == text.len() {
            return self.mask(start.to_owned());
        }
        let forms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let start = forms.without_cut_off(without_last_word(start));
        forms.mask(start.to_owned())
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
        if value.len() < SHORTEST {
            return;
        }
        self.forget_before(token);
        for form in &forms_of(value) {
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

    /// Makes the forms of `value` those of a token.
    fn retire(&mut self, value: &str, token: u64) {
        self.forget_before(Some(token));
        let retired = forms_of(value);
        for form in &mut self.0 {
            if retired.contains(&form.text) {
                form.token = Some(token);
            }
        }
    }

    /// Removes the forms of tokens that are much older than `token`.
    fn forget_before(&mut self, token: Option<u64>) {
        if let Some(oldest) = token.and_then(|token| token.checked_sub(TOKENS)) {
            self.0
                .retain(|form| form.token.is_none_or(|token| token > oldest));
        }
    }

    /// The text without the start of a credential at its end.
    fn without_cut_off<'t>(&self, text: &'t str) -> &'t str {
        let start = |form: &Form| {
            let form = form.text.expose();
            let ends = form.char_indices().map(|(at, _)| at);
            let mut ends = ends.filter(|end| *end >= SHORTEST).rev();
            ends.find(|end| text.ends_with(&form[..*end]))
        };
        let longest = self.0.iter().filter_map(start).max();
        &text[..text.len() - longest.unwrap_or(0)]
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

/// `value` in every form in which a provider may repeat it.
fn forms_of(value: &str) -> [Secret; 5] {
    let percent: Vec<&str> = utf8_percent_encode(value, RESERVED).collect();
    let query: Vec<&str> = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    [
        Secret::from(value),
        joined(&percent),
        joined(&query),
        escaped(value, json_escape),
        escaped(value, html_escape),
    ]
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

#[cfg(test)]
mod tests {
    use super::*;

    fn mask_of(secrets: &[&str]) -> SecretMask {
        let mask = SecretMask::default();
        secrets.iter().for_each(|secret| mask.add(secret, None));
        mask
    }

    #[test]
    fn of_a_long_text_only_the_start_is_masked() {
        let mask = mask_of(&["secret-1"]);
        let text = format!("{}secret-1", "secret-1 word ".repeat(1_000_000));
        let start = mask.mask_start(&text, 27);
        assert_eq!(start, "[REDACTED] word [REDACTED] ");
        assert_eq!(mask.mask_start("a secret-1", 10), "a [REDACTED]");
        assert_eq!(mask.mask_start(&"é".repeat(9), 3), "é");
    }

    #[test]
    fn half_a_credential_at_the_end_is_left_out() {
        let mask = mask_of(&["pass word/1", "token-canary"]);
        for (text, start) in [
            ("no pass word/1", "no "),
            ("no token-canary", "no "),
            ("no-token-canary", "no-"),
            ("no-pass%20word%2F1", "no-"),
        ] {
            for bytes in start.len() + SHORTEST..text.len() {
                assert_eq!(mask.mask_start(text, bytes), start, "{text} {bytes}");
            }
        }
        // Half of an address.
        assert_eq!(mask.mask_start("to ada@example.com", 9), "to ");
    }

    #[test]
    fn replaced_credentials_are_forgotten_after_a_while() {
        let mask = mask_of(&["fixed"]);
        for number in 0..1000 {
            let text = format!("credential-{number:04}");
            mask.add(&text, None);
            assert_eq!(mask.mask(text.clone()), "[REDACTED]");
            mask.retire(&text, number);
            assert_eq!(mask.mask(text), "[REDACTED]");
        }
        let kept = mask.0.read().unwrap().0.len();
        assert!(kept <= 1 + 64, "{kept} forms");
        assert_eq!(mask.mask("fixed".into()), "[REDACTED]");
        assert_eq!(mask.mask("credential-0900".into()), "credential-0900");
        assert_eq!(mask.mask("credential-0990".into()), "[REDACTED]");
        // One that is used again stays.
        mask.add("credential-0990", None);
        (1000..2000).for_each(|number| mask.add("a token", Some(number)));
        assert_eq!(mask.mask("credential-0990".into()), "[REDACTED]");
        assert_eq!(mask.mask("credential-0991".into()), "credential-0991");
    }
}
