//! One request on the wire, up to the head of the answer.

use std::time::Duration;

use reqwest::Request;
use tokio::time::{Instant, timeout_at};

use crate::auth::token_source::Held;
use crate::client::core::{Runtime, Server};
use crate::error::{Error, ErrorKind};
use crate::request::prepare::{Payload, Prepared};
#[cfg(feature = "multipart")]
use crate::request::upload::{Multipart, Progress, Unreadable};
use crate::response::answer::Answer;

/// One request on the wire.
pub(crate) struct Attempt<'a> {
    pub(crate) runtime: &'a Runtime,
    pub(crate) request: &'a Prepared,
    pub(crate) server: &'a Server,
    pub(crate) tokens: &'a [Held],
    pub(crate) deadline: Instant,
    #[cfg(feature = "multipart")]
    pub(crate) progress: Progress,
    pub(crate) attempts: u32,
    pub(crate) waited: Duration,
}

impl Attempt<'_> {
    /// A time limit, which starts anew as long as an upload gets on.
    #[cfg(feature = "multipart")]
    pub(crate) fn extended(&self, deadline: Instant, limit: Duration) -> Instant {
        let anew = self
            .progress
            .last()
            .and_then(|last| last.checked_add(limit));
        anew.map_or(deadline, |anew| deadline.max(anew))
    }

    #[cfg(not(feature = "multipart"))]
    #[allow(
        clippy::unused_self,
        reason = "there are no uploads without the feature"
    )]
    pub(crate) fn extended(&self, deadline: Instant, _: Duration) -> Instant {
        deadline
    }

    fn deadline(&self) -> Instant {
        let limits = self.runtime.limits();
        self.extended(self.deadline, limits.attempt.min(limits.overall))
    }

    /// What comes of `future` before the deadline.
    pub(crate) async fn in_time<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = std::pin::pin!(future);
        loop {
            let deadline = self.deadline();
            match timeout_at(deadline, &mut future).await {
                Ok(outcome) => return Some(outcome),
                Err(_) if self.deadline() > deadline => {}
                Err(_) => return None,
            }
        }
    }

    pub(crate) async fn run(&self) -> Result<Answer, Error> {
        let request = self.authorized().await?;
        let response = match self.in_time(self.server.http.execute(request)).await {
            Some(Ok(response)) => response,
            Some(Err(error)) => return Err(self.unanswered(error)),
            None => {
                return Err(self
                    .failed(ErrorKind::Timeout, "no answer in time")
                    .sent(self.attempts));
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
        match timeout_at(self.deadline, form.form(&self.progress)).await {
            Ok(Ok(form)) => Ok(form),
            Ok(Err(reason)) => Err(self.failed(
                ErrorKind::InvalidRequest,
                &format!("invalid request: {reason}"),
            )),
            Err(_) => Err(self.failed(ErrorKind::Timeout, "no file in time")),
        }
    }

    pub(crate) fn failed(&self, kind: ErrorKind, detail: &str) -> Error {
        Error::new(kind, self.request.subject.clone(), detail).tried(self.attempts)
    }

    /// No status came back.
    fn unanswered(&self, error: reqwest::Error) -> Error {
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
                .sent(self.attempts)
                .for_good();
        }
        let error = if error.is_timeout() {
            self.failed(ErrorKind::Timeout, "no answer in time")
                .with_source(error)
        } else {
            self.failed(
                ErrorKind::Transport,
                "the connection broke before an answer",
            )
            .with_source(error)
        };
        error.sent(self.attempts)
    }
}

/// What was wrong with an upload, if that is why the request broke off.
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
    "no connection came about"
}
