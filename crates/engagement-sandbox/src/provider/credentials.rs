//! Credentials, and the header that carries them.

use http::HeaderMap;
use http::header::AUTHORIZATION;

/// The credentials of an account: the values of the environment variables that clients read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credentials(Vec<(String, String)>);

impl Credentials {
    pub(crate) fn new(values: Vec<(String, String)>) -> Self {
        Self(values)
    }

    /// The value of a variable; empty when the account doesn't have it.
    pub(crate) fn get(&self, variable: &str) -> &str {
        let mut all = self.0.iter();
        all.find(|(name, _)| name == variable)
            .map_or("", |(_, value)| value)
    }

    /// All variables with their values.
    pub(crate) fn variables(&self) -> &[(String, String)] {
        &self.0
    }
}

/// The token of an `Authorization: Bearer` header.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    after_scheme(header, "Bearer")
}

/// What follows the name of an authentication scheme, such as `Basic`, in an `Authorization` header.
pub(crate) fn after_scheme<'a>(header: &'a str, scheme: &str) -> Option<&'a str> {
    let (first, rest) = header.split_once(' ')?;
    first.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}
