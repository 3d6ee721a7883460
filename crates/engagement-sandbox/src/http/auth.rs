//! Whether a request may use an operation.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engagement_document::{Document, Operation, SchemeKind};
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// Values of the environment variables that hold a provider's credentials.
pub(crate) type Credentials = Vec<(String, String)>;

/// What the credentials of a request are good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everything the operation offers.
    Full,
    /// Only what a later alternative of its security offers.
    Partial,
}

/// Checks a request's credentials and names the schemes that they meet, or says what is wrong with them.
pub(crate) fn check(
    document: &Document,
    operation: &Operation,
    credentials: &Credentials,
    headers: &HeaderMap,
) -> Result<(Access, Vec<String>), String> {
    if operation.security.is_empty() {
        return Ok((Access::Full, Vec::new()));
    }
    let mut problem = String::new();
    for (at, alternative) in operation.security.iter().enumerate() {
        if alternative.is_empty() && gives_any(document, operation, headers) {
            // The call needs no credentials, but wrong ones are a mistake that a caller wants to hear of.
            continue;
        }
        let unmet = alternative.iter().find_map(|name| {
            let scheme = document.scheme(name)?;
            let secrets: Vec<&str> = scheme
                .env
                .iter()
                .map(|variable| secret(credentials, variable))
                .collect();
            unmet(&scheme.kind, &secrets, headers).map(|why| format!("{}: {why}", scheme.label))
        });
        match unmet {
            None if at == 0 => return Ok((Access::Full, alternative.clone())),
            None => return Ok((Access::Partial, alternative.clone())),
            Some(why) if problem.is_empty() => problem = why,
            Some(_) => {}
        }
    }
    Err(problem)
}

/// The value of a credential; empty when the sandbox has none.
pub(crate) fn secret<'a>(credentials: &'a Credentials, variable: &str) -> &'a str {
    credentials
        .iter()
        .find(|(name, _)| name == variable)
        .map_or("", |(_, value)| value)
}

/// The token behind `Bearer `, if a request has one.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get(AUTHORIZATION)?.to_str().ok()?;
    after_word(given, "Bearer")
}

fn after_word<'a>(given: &'a str, word: &str) -> Option<&'a str> {
    let (first, rest) = given.split_once(' ')?;
    first.eq_ignore_ascii_case(word).then(|| rest.trim())
}

fn header(kind: &SchemeKind) -> &str {
    match kind {
        SchemeKind::Header(name) => name,
        _ => AUTHORIZATION.as_str(),
    }
}

/// Whether a request has a header of any scheme of an operation.
fn gives_any(document: &Document, operation: &Operation, headers: &HeaderMap) -> bool {
    let mut schemes = operation.security.iter().flatten();
    schemes.any(|name| {
        document
            .scheme(name)
            .is_some_and(|scheme| headers.contains_key(header(&scheme.kind)))
    })
}

/// What keeps a scheme from being met.
fn unmet(kind: &SchemeKind, secrets: &[&str], headers: &HeaderMap) -> Option<String> {
    let name = header(kind);
    let Some(given) = headers.get(name) else {
        return Some(format!("the request has no `{name}` header"));
    };
    let first = secrets.first().copied().unwrap_or_default();
    let second = secrets.get(1).copied().unwrap_or_default();
    let (want, word) = match kind {
        // A credential that the sandbox doesn't have is met by nothing, not by an empty header.
        SchemeKind::Header(_) if !first.is_empty() && given.as_bytes() == first.as_bytes() => {
            return None;
        }
        SchemeKind::Header(_) => {
            return Some(format!(
                "`{name}` must hold the bare value, and this is not it"
            ));
        }
        SchemeKind::Bearer => (first.as_bytes().to_vec(), "Bearer"),
        SchemeKind::Basic => (format!("{first}:{second}").into_bytes(), "Basic"),
        SchemeKind::BasicUserOnly => (format!("{first}:").into_bytes(), "Basic"),
    };
    let Some(rest) = after_word(given.to_str().unwrap_or_default(), word) else {
        return Some(format!("`{name}` must start with `{word} `"));
    };
    let same = if word == "Basic" {
        BASE64_STANDARD
            .decode(rest)
            .is_ok_and(|decoded| decoded == want)
    } else {
        !first.is_empty() && rest.as_bytes() == want
    };
    if same {
        None
    } else {
        Some(format!(
            "`{name}` doesn't hold the sandbox's credentials for this operation"
        ))
    }
}
