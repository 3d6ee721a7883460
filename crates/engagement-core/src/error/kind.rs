//! The kinds of errors.

/// The kind of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A parameter or the body is invalid. Nothing was sent.
    InvalidRequest,
    /// The operation needs a credential that the client does not have.
    MissingCredentials,
    /// The client is not configured for this call, or its configuration is invalid.
    Configuration,
    /// No connection was established: name resolution, refusal, TLS.
    Connect,
    /// No complete response within a time limit.
    Timeout,
    /// The connection broke after the request may have been sent.
    Transport,
    /// The provider redirected. Redirects are never followed.
    Redirect,
    /// The provider refused the request, or did not find what it asked for.
    Api,
    /// The response is not what the provider documents.
    Decode,
    /// The response body has more bytes or JSON values than the client accepts: see
    /// [`max_body_bytes`](crate::ClientBuilder::max_body_bytes) and [`max_values`](crate::ClientBuilder::max_values).
    BodyTooLarge,
    /// Nothing was sent: after the pause that the provider asked for, or when the client's own
    /// [rate limits](crate::RateLimits) allow a request, no time for an attempt would be left.
    RateLimited,
    /// A list cannot be continued.
    Pagination,
}

impl ErrorKind {
    /// A name for logs and metrics, such as `body_too_large`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::MissingCredentials => "missing_credentials",
            Self::Configuration => "configuration",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Transport => "transport",
            Self::Redirect => "redirect",
            Self::Api => "api",
            Self::Decode => "decode",
            Self::BodyTooLarge => "body_too_large",
            Self::RateLimited => "rate_limited",
            Self::Pagination => "pagination",
        }
    }
}
