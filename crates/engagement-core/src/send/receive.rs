//! One response on the wire: what is read of it, and what it means.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{ACCEPT, HeaderMap, LOCATION};
use reqwest::{Response, StatusCode, Url};

use crate::client::core::{Runtime, Server};
use crate::error::error_in_success;
use crate::error::message;
use crate::error::{Error, ErrorKind, KEPT_BODY};
use crate::response::Meta;
use crate::response::answer::Answer;
use crate::send::attempt::Attempt;
use crate::send::body::{BodyReadError, PartialBody};

impl Attempt<'_> {
    pub(super) async fn receive(&self, mut response: Response) -> Result<Answer, Error> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        if *response.url() != self.request.url {
            // Only possible with the caller's own HTTP client.
            let origin = origin(response.url());
            let detail = format!(
                "the HTTP client followed a redirect to {origin}: build it with redirect::Policy::none()"
            );
            return Err(self.with_response(ErrorKind::Redirect, detail, status, headers, None));
        }
        if status == StatusCode::NOT_MODIFIED {
            let detail = "not modified, so there is no body".to_owned();
            return Err(self.with_response(ErrorKind::Api, detail, status, headers, None));
        }
        if status.is_redirection() {
            let detail = self.redirect_detail(&headers);
            return Err(self.with_response(ErrorKind::Redirect, detail, status, headers, None));
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
            Ok(body) if self.is_error_in_success(&body) => Err(self.refused(status, headers, body)),
            Ok(body) => {
                let subject = self.request.subject.clone();
                let meta = Meta {
                    reporter: Arc::clone(self.runtime.reporter()),
                    base: Some(Arc::clone(&self.server.base)),
                    subject,
                    status,
                    headers,
                    attempts: self.number,
                    waited: self.waited,
                    max_values: self.runtime.limits().values,
                };
                Ok(Answer {
                    meta,
                    body,
                    gone: None,
                })
            }
            Err(PartialBody { read, reason }) => Err(self.half_read(status, headers, read, reason)),
        }
    }

    fn with_response(
        &self,
        kind: ErrorKind,
        detail: String,
        status: StatusCode,
        headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Error {
        let secrets = &self.runtime.reporter().secrets;
        self.failed(kind, &secrets.mask(detail))
            .sent(self.number)
            .with_response(status, headers, body, secrets)
    }

    /// Whether a successful answer says in its body that the operation failed.
    fn is_error_in_success(&self, body: &[u8]) -> bool {
        // Raw requests get what there is, and what was not asked for as JSON is not looked into.
        let asked = self.request.headers.get(ACCEPT);
        self.request.subject.operation().is_some()
            && asked.is_some_and(|accept| accept == "application/json")
            && self
                .runtime
                .provider()
                .error_in_success
                .is_some_and(|mark| error_in_success::is_marked(body, &mark))
    }

    fn refused(&self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Error {
        let message = message::find(
            self.runtime.provider().error_message,
            &body,
            &self.runtime.reporter().secrets,
        );
        self.with_response(ErrorKind::Api, String::new(), status, headers, Some(body))
            .with_message(message)
    }

    fn half_read(
        &self,
        status: StatusCode,
        headers: HeaderMap,
        read: Bytes,
        reason: BodyReadError,
    ) -> Error {
        let (kind, detail) = match &reason {
            BodyReadError::TooLarge => {
                let limit = self.runtime.limits().body;
                (
                    ErrorKind::BodyTooLarge,
                    format!("the body is larger than the limit of {limit} bytes"),
                )
            }
            BodyReadError::TimedOut => (
                ErrorKind::Timeout,
                "the body did not arrive in time".to_owned(),
            ),
            BodyReadError::Stalled => {
                let seconds = self.runtime.limits().stalled.as_secs_f64();
                (
                    ErrorKind::Timeout,
                    format!("the body made no progress for {seconds} seconds"),
                )
            }
            BodyReadError::Broken(source) => {
                // Trouble with the connection has an error of the HTTP library in between.
                let cause = std::error::Error::source(source);
                let unpacking = cause.is_some_and(|cause| cause.is::<std::io::Error>());
                let detail = if unpacking {
                    "the body could not be decompressed"
                } else {
                    "the connection broke within the body"
                };
                (ErrorKind::Transport, detail.to_owned())
            }
        };
        let error = self.with_response(kind, detail, status, headers, Some(read));
        match reason {
            BodyReadError::Broken(source) => {
                error.timed_out(source.is_timeout()).with_source(source)
            }
            BodyReadError::TooLarge | BodyReadError::TimedOut | BodyReadError::Stalled => error,
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

/// The response to a deletion that found nothing, because an earlier attempt may have deleted it.
pub(super) fn already_deleted(runtime: &Runtime, server: &Server, error: Error) -> Answer {
    Answer {
        meta: Meta {
            reporter: Arc::clone(runtime.reporter()),
            base: Some(Arc::clone(&server.base)),
            subject: error.subject().clone(),
            status: error.status().unwrap_or_default(),
            headers: error.headers().cloned().unwrap_or_default(),
            attempts: error.attempts(),
            waited: error.waited(),
            max_values: runtime.limits().values,
        },
        body: Bytes::new(),
        gone: Some(error),
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
