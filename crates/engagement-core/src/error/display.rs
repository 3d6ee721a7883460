//! How an error prints.

use std::fmt;

use reqwest::StatusCode;

use super::{Error, ErrorKind};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{}: ", inner.target)?;
        if inner.login {
            f.write_str("login failed: ")?;
        }
        match (inner.kind, &inner.response) {
            // The detail is empty where the status says everything.
            (ErrorKind::Api, Some(response)) => {
                write!(f, "{}", StatusText(response.status))?;
                let message = inner.message.as_deref().filter(|text| !text.is_empty());
                match message
                    .or(Some(&inner.detail))
                    .filter(|text| !text.is_empty())
                {
                    Some(text) => write!(f, ": {text}"),
                    None => Ok(()),
                }
            }
            (_, Some(response)) => write!(f, "{} ({})", inner.detail, StatusText(response.status)),
            (_, None) => f.write_str(&inner.detail),
        }?;
        if self.must_not_repeat() {
            f.write_str(": the provider accepted the call, so do not repeat it")?;
        }
        Ok(())
    }
}

/// `404 Not Found`, or only the number when it has no name.
struct StatusText(StatusCode);

impl fmt::Display for StatusText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())?;
        self.0
            .canonical_reason()
            .map_or(Ok(()), |reason| write!(f, " {reason}"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        // `main` prints this if it returns the error, so the text comes first.
        write!(f, "{self} ")?;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("method", &inner.target.method())
            .field("path", &inner.target.template())
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("request_id", &self.request_id())
            .field("sent", &inner.sent)
            .field("attempts", &inner.attempts)
            .field("source", &inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
