//! Reading a response, and turning failures into errors.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{ACCEPT, HeaderMap, LOCATION};
use reqwest::{Response, StatusCode, Url};

use crate::client::core::{ClientCore, Server};
use crate::error::error_in_success;
use crate::error::message;
use crate::error::{Error, ErrorKind, KEPT_BODY};
use crate::response::Meta;
use crate::response::raw::RawResponse;
use crate::send::attempt::Attempt;
use crate::send::body::{BodyReadError, PartialBody};

impl Attempt<'_> {
    pub(super) async fn receive(&self, mut response: Response) -> Result<RawResponse, Error> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        if *response.url() != self.request.url {
            // Possible only with a custom HTTP client.
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
            self.core.limits().body
        } else {
            KEPT_BODY
        };
        let body = self.read_body(&mut response, &headers, limit).await;
        if !success {
            // A truncated body still makes a useful error.
            let body = body.unwrap_or_else(|incomplete| incomplete.read);
            return Err(self.refused(status, headers, body));
        }
        match body {
            Ok(body) if self.is_error_in_success(&body) => Err(self.refused(status, headers, body)),
            Ok(body) => {
                let target = self.request.target.clone();
                let meta = Meta {
                    reporter: Arc::clone(self.core.reporter()),
                    base: Some(Arc::clone(&self.server.base)),
                    target,
                    status,
                    headers,
                    attempts: self.number,
                    waited: self.waited,
                    max_values: self.core.limits().values,
                };
                Ok(RawResponse {
                    meta,
                    body,
                    already_deleted: None,
                })
            }
            Err(PartialBody { read, reason }) => {
                Err(self.incomplete(status, headers, read, reason))
            }
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
        let secrets = &self.core.reporter().secrets;
        self.failed(kind, &secrets.mask(detail))
            .sent(self.number)
            .with_response(status, headers, body, secrets)
    }

    /// Whether the body of a successful response reports a failure.
    fn is_error_in_success(&self, body: &[u8]) -> bool {
        // Raw requests get the response as it is, and only JSON is inspected.
        let asked = self.request.headers.get(ACCEPT);
        self.request.target.operation().is_some()
            && asked.is_some_and(|accept| accept == "application/json")
            && self
                .core
                .provider()
                .error_in_success
                .is_some_and(|mark| error_in_success::is_marked(body, &mark))
    }

    fn refused(&self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Error {
        let message = message::find(
            self.core.provider().error_message,
            &body,
            &self.core.reporter().secrets,
        );
        self.with_response(ErrorKind::Api, String::new(), status, headers, Some(body))
            .with_message(message)
    }

    fn incomplete(
        &self,
        status: StatusCode,
        headers: HeaderMap,
        read: Bytes,
        reason: BodyReadError,
    ) -> Error {
        let (kind, detail) = match &reason {
            BodyReadError::TooLarge => {
                let limit = self.core.limits().body;
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
                let seconds = self.core.limits().stall_timeout.as_secs_f64();
                (
                    ErrorKind::Timeout,
                    format!("the body made no progress for {seconds} seconds"),
                )
            }
            BodyReadError::Broken(source) => {
                // For connection errors the direct source is an error of the HTTP library, not of I/O.
                let cause = std::error::Error::source(source);
                let decompression_failed = cause.is_some_and(|cause| cause.is::<std::io::Error>());
                let detail = if decompression_failed {
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

    /// Names the target of a redirect, without path and query, which can contain tokens.
    fn redirect_detail(&self, headers: &HeaderMap) -> String {
        let target = headers.get(LOCATION).map(|location| {
            let location = location.to_str().ok();
            location.and_then(|location| self.request.url.join(location).ok())
        });
        match target {
            Some(Some(url)) => format!("redirected to {}, which is not followed", origin(&url)),
            Some(None) => "redirected to an unreadable Location, which is not followed".to_owned(),
            None => "redirected without a Location".to_owned(),
        }
    }
}

/// The response to a retried deletion that found nothing, because an earlier attempt may have deleted it.
pub(super) fn already_deleted(core: &ClientCore, server: &Server, error: Error) -> RawResponse {
    RawResponse {
        meta: Meta {
            reporter: Arc::clone(core.reporter()),
            base: Some(Arc::clone(&server.base)),
            target: error.target().clone(),
            status: error.status().unwrap_or_default(),
            headers: error.headers().cloned().unwrap_or_default(),
            attempts: error.attempts(),
            waited: error.waited(),
            max_values: core.limits().values,
        },
        body: Bytes::new(),
        already_deleted: Some(error),
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
