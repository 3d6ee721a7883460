//! What went wrong, in the large.

/// What went wrong, in the large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A parameter or the body cannot be sent as it is.
    InvalidRequest,
    /// The operation needs a credential that the client does not have.
    MissingCredentials,
    /// The client is not set up for this.
    Configuration,
    /// No connection came about: name resolution, refusal, TLS.
    Connect,
    /// No answer in time.
    Timeout,
    /// The connection broke after the request may have been sent.
    Transport,
    /// The provider redirected, which is never followed.
    Redirect,
    /// The provider refused, or there is no such thing.
    Api,
    /// The provider answered with something else than documented.
    Decode,
    /// The response body has more bytes or JSON values than the client accepts: see
    /// [`max_body_bytes`](crate::ClientBuilder::max_body_bytes) and [`max_values`](crate::ClientBuilder::max_values).
    BodyTooLarge,
    /// The provider asked for a pause that ends too late for this call, or the client's own
    /// [limits](crate::RateLimits) have no room before, so that nothing was sent.
    RateLimited,
    /// A list cannot be continued.
    Pagination,
}

impl ErrorKind {
    /// A word for logs and metrics, such as `body_too_large`.
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
