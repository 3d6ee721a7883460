//! Hiding secrets in what the page and the API show.

use form_urlencoded::Serializer;
use http::HeaderName;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::http::state::ServerState;
use crate::log::RecordedRequest;
use crate::provider::Provider;

/// What is shown in place of a secret.
pub(super) const MASK: &str = "***";
/// Shorter values are found in texts that have nothing to do with them.
const MIN_SECRET: usize = 4;
/// Names of headers and parameters with one of these words are taken for secrets.
const SECRET_WORDS: [&str; 7] = [
    "secret",
    "token",
    "signature",
    "api-key",
    "apikey",
    "api_key",
    "password",
];

/// Texts in fields whose names have one of these words are taken for secrets.
const SECRET_FIELDS: [&str; 4] = ["password", "secret", "api_key", "apikey"];

/// The secrets of a sandbox.
pub(super) struct Masks {
    /// Environment variables with their values, longest value first.
    secrets: Vec<(String, String)>,
    /// Headers with credentials, in lower case.
    headers: Vec<String>,
    /// Headers with ids that are no secrets, in lower case.
    public_headers: Vec<String>,
    providers: &'static [Provider],
}

impl Masks {
    pub(super) fn new(state: &ServerState) -> Self {
        let mut secrets = Vec::new();
        let (mut headers, mut public_headers) = (Vec::new(), Vec::new());
        for service in &state.services {
            let schemes = &service.provider.document.schemes;
            let secret_env = || {
                schemes
                    .iter()
                    .filter(|scheme| scheme.secret)
                    .flat_map(|scheme| &scheme.env)
            };
            for (variable, value) in service.settings.credentials.variables() {
                let named = ["KEY", "SECRET", "TOKEN"]
                    .iter()
                    .any(|word| variable.contains(word));
                let is_secret = named || secret_env().any(|known| known == variable);
                if is_secret && value.len() >= MIN_SECRET {
                    secrets.push((variable.clone(), value.clone()));
                }
            }
            for scheme in schemes {
                if let engagement_document::SchemeKind::Header(name) = &scheme.kind {
                    let names = if scheme.secret {
                        &mut headers
                    } else {
                        &mut public_headers
                    };
                    names.push(name.to_ascii_lowercase());
                }
            }
        }
        secrets.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        Self {
            secrets,
            headers,
            public_headers,
            providers: state.providers,
        }
    }

    /// The environment variable whose value a text is, if that is a secret.
    pub(super) fn variable(&self, text: &str) -> Option<&str> {
        let mut secrets = self.secrets.iter();
        secrets
            .find(|(_, value)| value == text)
            .map(|(variable, _)| variable.as_str())
    }

    /// A text without the secrets.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (_, secret) in &self.secrets {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), MASK);
            }
        }
        without_tokens(&text)
    }

    /// JSON without the secrets.
    pub(super) fn json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text).into(),
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Value::Object(fields) => {
                let field = |(name, value): (&String, &Value)| {
                    let lower = name.to_ascii_lowercase();
                    let secret = SECRET_FIELDS.iter().any(|word| lower.contains(word));
                    let value = if secret && value.is_string() {
                        MASK.into()
                    } else {
                        self.json(value)
                    };
                    (self.text(name), value)
                };
                Value::Object(fields.iter().map(field).collect())
            }
            other => other.clone(),
        }
    }

    /// Whether a header carries a credential.
    pub(super) fn is_credential(&self, name: &HeaderName) -> bool {
        let text = name.as_str();
        let known = |names: &[String]| names.iter().any(|known| known == text);
        if known(&self.public_headers) {
            return false;
        }
        [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name)
            || known(&self.headers)
            || SECRET_WORDS.iter().any(|word| text.contains(word))
    }

    /// The value of a header. Of credentials, only the name of the scheme is shown.
    pub(super) fn header(&self, name: &HeaderName, value: &str) -> String {
        if !self.is_credential(name) {
            return self.text(value);
        }
        match value.split_once(' ') {
            Some((scheme @ ("Basic" | "Bearer"), _)) => format!("{scheme} {MASK}"),
            _ => MASK.to_owned(),
        }
    }

    /// A query as sent, without the secrets.
    pub(super) fn query(&self, query: &str) -> String {
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=')?;
            let decoded = value.replace('+', " ");
            let decoded = percent_decode_str(&decoded)
                .decode_utf8_lossy()
                .into_owned();
            let lower = name.to_ascii_lowercase();
            let named = SECRET_WORDS.iter().any(|word| lower.contains(word));
            (named || self.text(&decoded) != decoded).then(|| format!("{name}={MASK}"))
        };
        let pairs = query
            .split('&')
            .map(|text| pair(text).unwrap_or_else(|| text.to_owned()));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// The body of a request as text; `None` if it is not text.
    pub(super) fn body(&self, request: &RecordedRequest) -> Option<String> {
        let text = std::str::from_utf8(&request.body).ok()?;
        let fields = self.secret_fields(request);
        if fields.is_empty() || text.is_empty() {
            return Some(self.text(text));
        }
        if let Ok(mut json) = serde_json::from_str::<Value>(text) {
            mask_fields(&mut json, &fields);
            return Some(self.json(&json).to_string());
        }
        let is_form = request
            .header("content-type")
            .is_some_and(|it| it.contains("form-urlencoded"));
        if !is_form {
            return Some(format!("{MASK} (the operation takes a secret)"));
        }
        let mut form = Serializer::new(String::new());
        for (name, value) in request.form() {
            let secret = fields.iter().any(|field| **field == name);
            let value = if secret {
                MASK.to_owned()
            } else {
                self.text(&value)
            };
            form.append_pair(&name, &value);
        }
        Some(form.finish())
    }

    /// Whether a body is shown as it was sent.
    pub(super) fn shows_body(&self, request: &RecordedRequest) -> bool {
        match std::str::from_utf8(&request.body) {
            Ok(text) => self.body(request).as_deref() == Some(text),
            Err(_) => true,
        }
    }

    /// The fields of a request's body that hold secrets.
    fn secret_fields(&self, request: &RecordedRequest) -> Vec<&'static str> {
        let mut providers = self.providers.iter();
        let provider = providers.find(|one| one.name == request.provider);
        let secret = provider
            .zip(request.operation)
            .and_then(|(provider, operation)| {
                let body = provider.document.operation(operation)?.body.as_ref()?;
                Some(provider.document.schemas.properties(&body.schema))
            });
        let secret = secret.unwrap_or_default().into_iter();
        let secret = secret
            .filter(|(_, schema)| schema.get("format").and_then(Value::as_str) == Some("password"));
        secret.map(|(name, _)| name).collect()
    }
}

fn mask_fields(value: &mut Value, fields: &[&str]) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                if fields.contains(&name.as_str()) {
                    *value = MASK.into();
                } else {
                    mask_fields(value, fields);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask_fields(item, fields)),
        _ => {}
    }
}

/// A text with each signed token (JWT) masked.
fn without_tokens(text: &str) -> String {
    const START: &str = "eyJ";
    let is_token = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(START) {
        let (before, token) = rest.split_at(at);
        let end = token.find(|c| !is_token(c)).unwrap_or(token.len());
        out += before;
        out += if token[..end].contains('.') {
            MASK
        } else {
            &token[..end]
        };
        rest = &token[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_masked() {
        assert_eq!(without_tokens("a eyJhb.eyJz.sig_-1, b"), "a ***, b");
        assert_eq!(without_tokens("eyJust a word"), "eyJust a word");
    }
}
