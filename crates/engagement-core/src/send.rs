//! The way of a request to the provider and back.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Response, StatusCode, Url};
use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::answer::Answer;
use crate::budget::Reserved;
use crate::draft::{Payload, Prepared};
use crate::error::{Error, ErrorKind, KEPT_BODY};
use crate::message;
use crate::response::Meta;
use crate::retry_decision::{Reason, Wait};
use crate::runtime::{Runtime, Server};
use crate::subject::Subject;
use crate::token_source::{Held, after};
#[cfg(feature = "multipart")]
use crate::upload::{Multipart, Progress, Unreadable};

/// Sends a request under a span that holds no values: ids in paths are people.
pub(crate) async fn send(runtime: Runtime, request: Prepared) -> Result<Answer, Error> {
    let span = tracing::debug_span!(
        "api_call",
        otel.kind = "client",
        otel.name = request.subject.id(),
        provider = runtime.provider().name,
        operation = request.subject.id(),
        http.request.method = request.method.as_str(),
        url.template = request.subject.template(),
        server.address = runtime
            .server(request.server)
            .map(|server| server.base.host()),
        http.response.status_code = Empty,
        error.kind = Empty,
        attempts = Empty,
        duration_ms = Empty,
    );
    let recorded = span.clone();
    async move {
        let started = Instant::now();
        let outcome = run(&runtime, &request).await;
        let (status, attempts) = match &outcome {
            Ok(answer) => (Some(answer.meta.status), answer.meta.attempts),
            Err(error) => {
                recorded.record("error.kind", tracing::field::debug(error.kind()));
                (error.status(), error.attempts())
            }
        };
        recorded.record(
            "http.response.status_code",
            status.map(|status| status.as_u16()),
        );
        recorded.record("attempts", attempts);
        recorded.record(
            "duration_ms",
            u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        );
        outcome
    }
    .instrument(span)
    .await
}

/// One call, which ends with what its attempts came to.
async fn run(runtime: &Runtime, request: &Prepared) -> Result<Answer, Error> {
    let mut past = Past::default();
    let outcome = attempts(runtime, request, &mut past).await;
    outcome.map_err(|error| error.after(past.sent, past.attempts, past.waited))
}

/// What a call has behind it.
#[derive(Default)]
struct Past {
    /// Requests so far.
    attempts: u32,
    /// Whether any of them may have arrived.
    sent: bool,
    waited: Duration,
    /// Why there is to be another attempt.
    failure: Option<Error>,
}

/// One call within its overall deadline. Everything happens inside this future: dropping it cancels the call.
async fn attempts(runtime: &Runtime, request: &Prepared, past: &mut Past) -> Result<Answer, Error> {
    let Some(server) = runtime.server(request.server) else {
        let subject = request.subject.clone();
        let detail = "invalid configuration: the server has no URL";
        return Err(Error::new(ErrorKind::Configuration, subject, detail));
    };
    let limits = runtime.limits();
    let policy = &runtime.settings().retry;
    let began = Instant::now();
    let mut overall = after(limits.overall);
    let (mut retries, mut taken, mut renewed) = (0, 0, false);
    let mut reserved: Option<Reserved<'_>> = None;
    loop {
        let tokens = ready(runtime, request, server, began, overall, past).await?;
        past.attempts += 1;
        past.failure = None;
        taken += reserved.take().map_or(0, Reserved::spend);
        let attempt = Attempt {
            runtime,
            request,
            server,
            tokens: &tokens,
            deadline: overall.min(after(limits.attempt)),
            #[cfg(feature = "multipart")]
            progress: Progress::new(),
            attempts: past.attempts,
            waited: past.waited,
        };
        let outcome = attempt.run().await;
        overall = attempt.extended(overall, limits.overall);
        let error = match outcome {
            Ok(answer) => {
                server.budget.succeeded(taken);
                return Ok(answer);
            }
            Err(error) => error,
        };
        past.sent |= error.was_sent();
        // The token may have been revoked, or expired by a clock that is ahead. Trying again is safe whatever the
        // method, because a provider does nothing for somebody that it does not know.
        if !renewed && !tokens.is_empty() && error.is_unauthorized() {
            runtime.credentials().forget(&tokens);
            if !request.can_repeat() {
                return Err(error);
            }
            renewed = true;
            past.failure = Some(error);
            continue;
        }

        let Some(reason) = Reason::to_repeat(request, &error) else {
            return Err(error);
        };
        if !policy.allows_another(retries) {
            return Err(error);
        }
        let wait = Wait::before(retries, reason, &error, policy, runtime.jitter());
        let until = wait.map(|wait| Instant::now() + wait.time);
        let (Some(wait), Some(until)) = (wait, until.filter(|until| *until < overall)) else {
            return Err(error);
        };
        reserved = server.budget.take(reason.cost());
        if reserved.is_none() {
            return Err(error.exhausted());
        }
        retries += 1;
        tracing::debug!(
            attempt = past.attempts,
            wait_ms = u64::try_from(wait.time.as_millis()).unwrap_or(u64::MAX),
            reason = reason.name(),
            status = error.status().map(|status| status.as_u16()),
            "trying again"
        );
        past.failure = Some(error);
        if wait.for_all {
            server.gate.close(until);
        }
        past.wait(until).await;
    }
}

impl Past {
    async fn wait(&mut self, until: Instant) {
        let began = Instant::now();
        sleep_until(until).await;
        self.waited += began.elapsed();
    }
}

/// What an attempt needs first: an open gate, and tokens.
async fn ready(
    runtime: &Runtime,
    request: &Prepared,
    server: &Server,
    began: Instant,
    deadline: Instant,
    past: &mut Past,
) -> Result<Vec<Held>, Error> {
    loop {
        pass_gate(runtime, request, server, deadline, past).await?;
        let tokens = tokens(runtime, request, began, deadline, past.sent).await?;
        // A login takes time, in which others may have been asked to pause.
        if server.gate.opens().is_none() {
            return Ok(tokens);
        }
    }
}

/// Waits as long as the provider asked any call of this client to.
async fn pass_gate(
    runtime: &Runtime,
    request: &Prepared,
    server: &Server,
    deadline: Instant,
    past: &mut Past,
) -> Result<(), Error> {
    while let Some(opens) = server.gate.opens() {
        let pause = opens.saturating_duration_since(Instant::now());
        if opens >= deadline {
            return Err(past.failure.take().unwrap_or_else(|| {
                let detail = "not sent: the provider asked for a pause that ends after the call's time limit";
                Error::new(ErrorKind::RateLimited, request.subject.clone(), detail)
                    .with_pause(pause)
            }));
        }
        // Not all in the same moment, but none too late because of that.
        let spread = opens + runtime.jitter().tenth_of(pause);
        past.wait(if spread < deadline { spread } else { opens })
            .await;
    }
    Ok(())
}

/// The tokens that the request takes from sources; most take none.
async fn tokens(
    runtime: &Runtime,
    request: &Prepared,
    began: Instant,
    deadline: Instant,
    sent: bool,
) -> Result<Vec<Held>, Error> {
    let credentials = runtime.credentials();
    let tokens = credentials.tokens(request.schemes, runtime, began);
    let error = match timeout_at(deadline, tokens).await {
        Ok(Ok(tokens)) => return Ok(tokens),
        Ok(Err(error)) => error,
        Err(_) => {
            let subject = Subject::Client(runtime.provider());
            Error::new(ErrorKind::Timeout, subject, "no token in time")
        }
    };
    let subject = request.subject.clone();
    Err(Error::login_failed(subject, error, sent, credentials))
}

/// One request on the wire.
struct Attempt<'a> {
    runtime: &'a Runtime,
    request: &'a Prepared,
    server: &'a Server,
    tokens: &'a [Held],
    deadline: Instant,
    #[cfg(feature = "multipart")]
    progress: Progress,
    attempts: u32,
    waited: Duration,
}

impl Attempt<'_> {
    /// A time limit, which starts anew as long as an upload gets on.
    #[cfg(feature = "multipart")]
    fn extended(&self, deadline: Instant, limit: Duration) -> Instant {
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
    fn extended(&self, deadline: Instant, _: Duration) -> Instant {
        deadline
    }

    fn deadline(&self) -> Instant {
        let limits = self.runtime.limits();
        self.extended(self.deadline, limits.attempt.min(limits.overall))
    }

    /// What comes of `future` before the deadline.
    async fn in_time<T>(&self, future: impl Future<Output = T>) -> Option<T> {
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

    async fn run(&self) -> Result<Answer, Error> {
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
    async fn authorized(&self) -> Result<reqwest::Request, Error> {
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
        let mut request = reqwest::Request::new(method.clone(), url.clone());
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

    async fn receive(&self, mut response: Response) -> Result<Answer, Error> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        if *response.url() != self.request.url {
            // Only possible with the caller's own HTTP client.
            let origin = origin(response.url());
            let detail = format!(
                "the HTTP client followed a redirect to {origin}: build it with redirect::Policy::none()"
            );
            return Err(self.answered(ErrorKind::Redirect, detail, status, headers, None));
        }
        if status.is_redirection() {
            let detail = self.redirect_detail(&headers);
            return Err(self.answered(ErrorKind::Redirect, detail, status, headers, None));
        }

        let success = status.is_success();
        let limit = if success {
            self.runtime.limits().body
        } else {
            KEPT_BODY
        };
        let body = self.read_body(&mut response, &headers, limit).await;
        if !success {
            // What matters of a refusal is known, even when the rest of its body is too long or never comes.
            let body = body.unwrap_or_else(|incomplete| incomplete.read);
            return Err(self.refused(status, headers, body));
        }
        match body {
            Ok(body) => {
                let subject = self.request.subject.clone();
                let meta = Meta {
                    subject,
                    status,
                    headers,
                    attempts: self.attempts,
                    waited: self.waited,
                };
                Ok(Answer {
                    runtime: self.runtime.clone(),
                    meta,
                    body,
                })
            }
            Err(BodyError { read, reason }) => Err(self.half_read(status, headers, read, reason)),
        }
    }

    /// Reads up to `limit` bytes. What the provider says about the length is only good for reserving memory.
    async fn read_body(
        &self,
        response: &mut Response,
        headers: &HeaderMap,
        limit: usize,
    ) -> Result<Bytes, BodyError> {
        const RESERVED: usize = 64 * 1024;
        let mut first = Bytes::new();
        let mut all = BytesMut::new();
        loop {
            let reason = match self.in_time(response.chunk()).await {
                Some(Ok(Some(chunk))) => {
                    let fits = chunk.len().min(limit - first.len().max(all.len()));
                    let over = fits < chunk.len();
                    if first.is_empty() && all.is_empty() {
                        // Most answers come in one piece, which then needs no copy.
                        first = chunk.slice(..fits);
                    } else {
                        if all.is_empty() {
                            let announced = headers.get(CONTENT_LENGTH).map(HeaderValue::to_str);
                            let announced = announced
                                .and_then(Result::ok)
                                .and_then(|length| length.parse().ok());
                            all.reserve(announced.unwrap_or(0).min(RESERVED));
                            all.extend_from_slice(&first);
                        }
                        all.extend_from_slice(&chunk[..fits]);
                    }
                    if !over {
                        continue;
                    }
                    Some(Interrupted::TooLarge)
                }
                Some(Ok(None)) => None,
                Some(Err(error)) => Some(Interrupted::Broken(error.without_url())),
                None => Some(Interrupted::TimedOut),
            };
            let read = if all.is_empty() { first } else { all.freeze() };
            return match reason {
                None => Ok(read),
                Some(reason) => Err(BodyError { read, reason }),
            };
        }
    }

    fn failed(&self, kind: ErrorKind, detail: &str) -> Error {
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

    fn answered(
        &self,
        kind: ErrorKind,
        detail: String,
        status: StatusCode,
        headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Error {
        let credentials = self.runtime.credentials();
        self.failed(kind, &credentials.mask(detail))
            .sent(self.attempts)
            .with_response(status, headers, body, credentials)
    }

    fn refused(&self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Error {
        let message = message::find(
            self.runtime.provider().error_message,
            &body,
            self.runtime.credentials(),
        );
        self.answered(ErrorKind::Api, String::new(), status, headers, Some(body))
            .with_message(message)
    }

    fn half_read(
        &self,
        status: StatusCode,
        headers: HeaderMap,
        read: Bytes,
        reason: Interrupted,
    ) -> Error {
        let (kind, detail) = match reason {
            Interrupted::TooLarge => {
                let limit = self.runtime.limits().body;
                (
                    ErrorKind::BodyTooLarge,
                    format!("the body is larger than the limit of {limit} bytes"),
                )
            }
            Interrupted::TimedOut => (
                ErrorKind::Timeout,
                "the body did not arrive in time".to_owned(),
            ),
            Interrupted::Broken(_) => (
                ErrorKind::Transport,
                "the connection broke within the body".to_owned(),
            ),
        };
        let error = self.answered(kind, detail, status, headers, Some(read));
        match reason {
            Interrupted::Broken(source) => error.timed_out(source.is_timeout()).with_source(source),
            Interrupted::TooLarge | Interrupted::TimedOut => error,
        }
    }

    /// Says where a redirect leads, without path and query: they can hold tokens.
    fn redirect_detail(&self, headers: &HeaderMap) -> String {
        let target = headers.get(LOCATION).map(|location| {
            let location = location.to_str().ok();
            location.and_then(|location| self.request.url.join(location).ok())
        });
        match target {
            Some(Some(url)) => format!("redirected to {}, which is not followed", origin(&url)),
            Some(None) => "redirected to an unreadable Location, which is not followed".to_owned(),
            None => "redirected to nowhere".to_owned(),
        }
    }
}

/// A body that could not be read to its end.
struct BodyError {
    read: Bytes,
    reason: Interrupted,
}

enum Interrupted {
    TooLarge,
    TimedOut,
    Broken(reqwest::Error),
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
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
