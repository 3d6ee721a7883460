//! One answer on the wire: what is read of it, and what it means.

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Response, StatusCode, Url};

use crate::answer::Answer;
use crate::attempt::Attempt;
use crate::error::{Error, ErrorKind, KEPT_BODY};
use crate::message;
use crate::response::Meta;

impl Attempt<'_> {
    pub(crate) async fn receive(&self, mut response: Response) -> Result<Answer, Error> {
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
                    gone: false,
                };
                Ok(Answer {
                    runtime: self.runtime.clone(),
                    meta,
                    body,
                    gone: None,
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
