//! One request on the wire, up to the head of its response.

use std::time::Duration;

use reqwest::Request;
#[cfg(feature = "multipart")]
use tokio::time::timeout_at;

use crate::auth::token_cache::CachedToken;
use crate::client::core::{ClientCore, Server};
use crate::error::{Error, ErrorKind};
use crate::request::prepare::{Payload, PreparedRequest};
#[cfg(feature = "multipart")]
use crate::request::upload::{Multipart, UploadReadError};
use crate::response::raw::RawResponse;
use crate::send::OneCall;
use crate::send::deadline::AttemptDeadline;

/// One request on the wire.
pub(super) struct Attempt<'a> {
    pub(super) core: &'a ClientCore,
    pub(super) request: &'a PreparedRequest,
    pub(super) server: &'a Server,
    tokens: &'a [CachedToken],
    pub(super) deadline: AttemptDeadline,
    /// Number of the request in the call, from 1.
    pub(super) number: u32,
    pub(super) waited: Duration,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(call: &OneCall<'a>, tokens: &'a [CachedToken]) -> Self {
        Self {
            core: call.core,
            request: call.request,
            server: call.server,
            tokens,
            deadline: call.deadline.attempt(),
            number: call.state.attempts,
            waited: call.state.waited,
        }
    }

    pub(super) async fn run(&self) -> Result<RawResponse, Error> {
        let request = self.authorized().await?;
        let sending = self.server.http.execute(request);
        let response = match self.deadline.in_time(sending).await {
            Some(Ok(response)) => response,
            Some(Err(error)) => return Err(self.no_response(error)),
            None => {
                return Err(self
                    .failed(ErrorKind::Timeout, "no response in time")
                    .sent(self.number));
            }
        };
        self.receive(response).await
    }

    /// The request with credentials, after the check that it goes to the configured server.
    async fn authorized(&self) -> Result<Request, Error> {
        let PreparedRequest {
            method,
            url,
            headers,
            body,
            schemes,
            ..
        } = self.request;
        if !self.server.base.is_origin_of(url) {
            return Err(self.failed(
                ErrorKind::InvalidRequest,
                "invalid request: the URL leaves the configured server",
            ));
        }
        let mut request = Request::new(method.clone(), url.clone());
        *request.headers_mut() = headers.clone();
        match body {
            Payload::Whole(body) if body.is_empty() => {}
            Payload::Whole(body) => *request.body_mut() = Some(body.clone().into()),
            #[cfg(feature = "multipart")]
            Payload::Multipart(form) => {
                let form = self.opened(form).await?;
                let builder =
                    reqwest::RequestBuilder::from_parts(self.server.http.clone(), request);
                request = builder.multipart(form).build().map_err(|error| {
                    self.failed(ErrorKind::InvalidRequest, "the form cannot be sent")
                        .with_source(error.without_url())
                })?;
            }
        }
        let credentials = self.core.credentials();
        credentials.attach(schemes, self.tokens, request.headers_mut());
        Ok(request)
    }

    /// Opens the files of the form.
    #[cfg(feature = "multipart")]
    async fn opened(&self, form: &Multipart) -> Result<reqwest::multipart::Form, Error> {
        match timeout_at(self.deadline.at(), form.form(self.deadline.progress())).await {
            Ok(Ok(form)) => Ok(form),
            Ok(Err(reason)) => Err(self.failed(
                ErrorKind::InvalidRequest,
                &format!("invalid request: {reason}"),
            )),
            Err(_) => Err(self.failed(ErrorKind::Timeout, "no file in time")),
        }
    }

    pub(super) fn failed(&self, kind: ErrorKind, detail: &str) -> Error {
        Error::new(kind, self.request.target.clone(), detail).tried(self.number)
    }

    /// The error of a request without a response.
    fn no_response(&self, error: reqwest::Error) -> Error {
        let error = error.without_url();
        if error.is_connect() {
            let why = if error.is_timeout() {
                "no connection in time"
            } else {
                connect_reason(&error)
            };
            return self
                .failed(ErrorKind::Connect, &format!("could not connect: {why}"))
                .timed_out(error.is_timeout())
                .with_source(error);
        }
        #[cfg(feature = "multipart")]
        if let Some(reason) = upload_failure(&error) {
            return self
                .failed(ErrorKind::Transport, &reason)
                .with_source(error)
                .sent(self.number)
                .permanent();
        }
        let error = if error.is_timeout() {
            self.failed(ErrorKind::Timeout, "no response in time")
                .with_source(error)
        } else {
            self.failed(
                ErrorKind::Transport,
                "the connection broke before a response",
            )
            .with_source(error)
        };
        error.sent(self.number)
    }
}

/// The failure of an upload, if that is why the request failed.
#[cfg(feature = "multipart")]
fn upload_failure(error: &reqwest::Error) -> Option<String> {
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        if let Some(failure) = error.downcast_ref::<UploadReadError>() {
            return Some(failure.to_string());
        }
        next = error.source();
    }
    None
}

/// A short description of a connect error, from its sources.
fn connect_reason(error: &reqwest::Error) -> &'static str {
    use std::io::ErrorKind as Io;
    if error.is_dns() {
        return "the host name could not be resolved";
    }
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        next = error.source();
        let Some(io) = error.downcast_ref::<std::io::Error>() else {
            if let Some(reason) = tunnel_reason(error) {
                return reason;
            }
            continue;
        };
        match io.kind() {
            Io::ConnectionRefused => return "connection refused",
            Io::ConnectionReset | Io::UnexpectedEof => return "connection closed",
            Io::HostUnreachable | Io::NetworkUnreachable => return "host unreachable",
            // TLS failures are wrapped like this.
            Io::InvalidData => return "the TLS handshake failed",
            // The source of a wrapped error is its own source: the error itself would be passed over.
            _ => next = io.get_ref().map(|wrapped| wrapped as _).or(next),
        }
    }
    "no connection was established"
}

/// Why the proxy makes no connection to the provider, if the error is about that.
fn tunnel_reason(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    // The type is private to the HTTP library.
    Some(match error.to_string().strip_prefix("tunnel error: ")? {
        "proxy authorization required" => "the proxy asks for credentials (407)",
        "unsuccessful" | "proxy response headers too long" => "the proxy refused it (CONNECT)",
        "unexpected end of file" => "the proxy closed the connection (CONNECT)",
        "failed to create underlying connection" => return None,
        _ => "the connection to the proxy failed (CONNECT)",
    })
}
