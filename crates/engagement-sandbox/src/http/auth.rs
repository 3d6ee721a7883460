//! Checking the credentials of a request against the document's security schemes.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engagement_document::{Document, Operation, SchemeKind};
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::provider::credentials::{Credentials, after_scheme};

/// What the credentials of a request permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everything that the operation offers.
    Full,
    /// Only what a later alternative of its security offers.
    Partial,
}

/// Checks a request's credentials: the names of the security schemes that it satisfies, or why none is satisfied.
pub(crate) fn check(
    document: &Document,
    operation: &Operation,
    credentials: &Credentials,
    headers: &HeaderMap,
) -> Result<(Access, Vec<String>), String> {
    if operation.security.is_empty() {
        return Ok((Access::Full, Vec::new()));
    }
    let mut first_problem = None;
    for (index, alternative) in operation.security.iter().enumerate() {
        if alternative.is_empty() && has_credentials(document, operation, headers) {
            // The call needs no credentials, but wrong ones are a mistake that the caller should learn of.
            continue;
        }
        let problem = alternative.iter().find_map(|name| {
            let scheme = document.scheme(name)?;
            let mut secrets = scheme.env.iter().map(|name| credentials.get(name));
            let [first, second] = [(); 2].map(|()| secrets.next().unwrap_or_default());
            let problem = scheme_problem(&scheme.kind, first, second, headers)?;
            Some(format!("{}: {problem}", scheme.label))
        });
        match problem {
            None if index == 0 => return Ok((Access::Full, alternative.clone())),
            None => return Ok((Access::Partial, alternative.clone())),
            Some(problem) => {
                first_problem.get_or_insert(problem);
            }
        }
    }
    Err(first_problem.unwrap_or_default())
}

fn header_name(kind: &SchemeKind) -> &str {
    match kind {
        SchemeKind::Header(name) => name,
        _ => AUTHORIZATION.as_str(),
    }
}

/// Whether a request has the header of any security scheme of an operation.
fn has_credentials(document: &Document, operation: &Operation, headers: &HeaderMap) -> bool {
    let mut schemes = operation.security.iter().flatten();
    schemes.any(|name| {
        document
            .scheme(name)
            .is_some_and(|scheme| headers.contains_key(header_name(&scheme.kind)))
    })
}

/// Why a request doesn't satisfy a security scheme with one or two secrets.
fn scheme_problem(
    kind: &SchemeKind,
    first: &str,
    second: &str,
    headers: &HeaderMap,
) -> Option<String> {
    let name = header_name(kind);
    let Some(given) = headers.get(name) else {
        return Some(format!("the request has no `{name}` header"));
    };
    let (expected, scheme) = match kind {
        // An account without the credential accepts no header, not even an empty one.
        SchemeKind::Header(_) if !first.is_empty() && given.as_bytes() == first.as_bytes() => {
            return None;
        }
        SchemeKind::Header(_) => {
            return Some(format!(
                "`{name}` must contain nothing but the account's credential"
            ));
        }
        SchemeKind::Bearer => (first.as_bytes().to_vec(), "Bearer"),
        SchemeKind::Basic => (format!("{first}:{second}").into_bytes(), "Basic"),
        SchemeKind::BasicUserOnly => (format!("{first}:").into_bytes(), "Basic"),
    };
    let Some(rest) = after_scheme(given.to_str().unwrap_or_default(), scheme) else {
        return Some(format!("`{name}` must start with `{scheme} `"));
    };
    let matches = if scheme == "Basic" {
        BASE64_STANDARD
            .decode(rest)
            .is_ok_and(|decoded| decoded == expected)
    } else {
        !first.is_empty() && rest.as_bytes() == expected
    };
    (!matches)
        .then(|| format!("`{name}` doesn't contain the account's credentials for this operation"))
}
