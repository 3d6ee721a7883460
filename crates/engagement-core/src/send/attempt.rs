//! One request on the wire, up to the head of its response.

use std::time::Duration;

use reqwest::Request;
#[cfg(feature = "multipart")]
use tokio::time::timeout_at;

use crate::auth::token_cache::CachedToken;
use crate::client::core::{Runtime, Server};
use crate::error::{Error, ErrorKind};
use crate::request::prepare::{Payload, Prepared};
#[cfg(feature = "multipart")]
use crate::request::upload::{Multipart, Unreadable};
use crate::response::answer::Answer;
use crate::send::OneCall;
use crate::send::deadline::AttemptDeadline;

/// One request on the wire.
pub(super) struct Attempt<'a> {
    pub(super) runtime: &'a Runtime,
    pub(super) request: &'a Prepared,
    pub(super) server: &'a Server,
    tokens: &'a [CachedToken],
    pub(super) deadline: AttemptDeadline,
    /// Which request of the call it is, from 1 on.
    pub(super) number: u32,
    pub(super) waited: Duration,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(call: &OneCall<'a>, tokens: &'a [CachedToken]) -> Self {
        Self {
            runtime: call.runtime,
            request: call.request,
            server: call.server,
            tokens,
            deadline: call.deadline.attempt(),
            number: call.state.attempts,
            waited: call.state.waited,
        }
    }

    pub(super) async fn run(&self) -> Result<Answer, Error> {
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

    /// The request with credentials, once it is certain that it goes where they may go.
    async fn authorized(&self) -> Result<Request, Error> {
        let Prepared {
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
        let credentials = self.runtime.credentials();
        credentials.attach(schemes, self.tokens, request.headers_mut());
        Ok(request)
    }

    /// The form with its files opened.
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
        Error::new(kind, self.request.subject.clone(), detail).tried(self.number)
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
        if let Some(reason) = unreadable(&error) {
            return self
                .failed(ErrorKind::Transport, &reason)
                .with_source(error)
                .sent(self.number)
                .for_good();
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

/// What was wrong with an upload, if that is why the request failed.
#[cfg(feature = "multipart")]
fn unreadable(error: &reqwest::Error) -> Option<String> {
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        if let Some(unreadable) = error.downcast_ref::<Unreadable>() {
            return Some(unreadable.to_string());
        }
        next = error.source();
    }
    None
}

/// A few plain words from the depth of an error about connecting.
fn connect_reason(error: &reqwest::Error) -> &'static str {
    use std::io::ErrorKind as Io;
    if error.is_dns() {
        return "the host name could not be resolved";
    }
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        next = error.source();
        let Some(io) = error.downcast_ref::<std::io::Error>() else {
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
