//! Whether a request may use an operation.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engagement_document::{Document, Operation, SchemeKind};
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// Values of the environment variables that the document names for its credentials.
pub(crate) type Credentials = Vec<(String, String)>;

/// What the credentials of a request are good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everything the operation offers.
    Full,
    /// Only what a later alternative of its security offers.
    Partial,
}

/// Checks a request's credentials, or says what is wrong with them.
pub(crate) fn check(
    document: &Document,
    operation: &Operation,
    credentials: &Credentials,
    headers: &HeaderMap,
) -> Result<Access, String> {
    if operation.security.is_empty() {
        return Ok(Access::Full);
    }
    let mut problem = String::new();
    for (at, alternative) in operation.security.iter().enumerate() {
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
            None if at == 0 => return Ok(Access::Full),
            None => return Ok(Access::Partial),
            Some(why) if problem.is_empty() => problem = why,
            Some(_) => {}
        }
    }
    Err(problem)
}

fn secret<'a>(credentials: &'a Credentials, variable: &str) -> &'a str {
    credentials
        .iter()
        .find(|(name, _)| name == variable)
        .map_or("", |(_, value)| value)
}

/// What keeps a scheme from being met.
fn unmet(kind: &SchemeKind, secrets: &[&str], headers: &HeaderMap) -> Option<String> {
    let name = match kind {
        SchemeKind::Header(name) => name.as_str(),
        _ => AUTHORIZATION.as_str(),
    };
    let Some(given) = headers.get(name) else {
        return Some(format!("the request has no `{name}` header"));
    };
    let first = secrets.first().copied().unwrap_or_default();
    let second = secrets.get(1).copied().unwrap_or_default();
    let (want, scheme) = match kind {
        SchemeKind::Header(_) if given.as_bytes() == first.as_bytes() => return None,
        SchemeKind::Header(_) => {
            return Some(format!(
                "`{name}` must hold the bare value, and this is not it"
            ));
        }
        SchemeKind::Bearer => (first.as_bytes().to_vec(), "Bearer"),
        SchemeKind::Basic => (format!("{first}:{second}").into_bytes(), "Basic"),
        SchemeKind::BasicUserOnly => (format!("{first}:").into_bytes(), "Basic"),
    };
    let given = given.to_str().unwrap_or_default();
    let Some((word, rest)) = given
        .split_once(' ')
        .filter(|(word, _)| word.eq_ignore_ascii_case(scheme))
    else {
        return Some(format!("`{name}` must start with `{scheme} `"));
    };
    let rest = rest.trim();
    let same = if word.eq_ignore_ascii_case("Basic") {
        BASE64_STANDARD
            .decode(rest)
            .is_ok_and(|decoded| decoded == want)
    } else {
        rest.as_bytes() == want
    };
    if same {
        None
    } else {
        Some(format!(
            "`{name}` doesn't hold the sandbox's credentials for this operation"
        ))
    }
}
