//! A successful response whose body is not decoded yet.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::decode::{self, DecodeError};
use crate::error::message;
use crate::error::{Error, ErrorKind};
use crate::http::rate_limit_status::RateLimitStatus;
use crate::http::request_id::request_id;
use crate::response::encoding::encoding;
use crate::response::{KnownHeaders, Meta, Response};

/// A successful response (2xx) with its body as received: the response to a [`RawRequest`](crate::RawRequest) or an
/// [`OperationCall`](crate::OperationCall).
///
/// The content type is ignored when the body is decoded: providers send JSON as `text/html`, and HTML as JSON.
pub struct RawResponse {
    pub(crate) meta: Meta,
    pub(crate) body: Bytes,
    /// The 404 of a retried deletion, which counts as a success.
    pub(crate) already_deleted: Option<Error>,
}

impl RawResponse {
    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.meta.status
    }

    /// Response headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.meta.headers
    }

    /// How many requests the call sent, including one after a token was renewed.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.meta.attempts
    }

    /// How long the call waited before retries, for a pause that the provider asked for, and for the client's own
    /// [rate limits](crate::RateLimits).
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.meta.waited
    }

    /// The provider's id of this request, for its support desk.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(self.headers())
    }

    /// The provider's rate limit as the response headers report it, if they do.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimitStatus> {
        RateLimitStatus::read(self.headers(), SystemTime::now())
    }

    /// The body.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    ///
    /// # Errors
    /// A decode error if the body is not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(self.json_text()).map_err(|error| {
            self.failed(ErrorKind::Decode, "the body is not UTF-8 text".to_owned())
                .with_source(error)
        })
    }

    /// Decodes the body as JSON.
    ///
    /// # Errors
    /// A decode error if the body is empty or not a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let _watching = self.meta.watch_drift();
        decode::from_slice(self.json_text(), self.max_values())
            .map_err(|error| self.decode_error(&error))
    }
}

/// How generated code decodes a response.
impl RawResponse {
    /// A second response with the same head and body.
    pub(crate) fn duplicate(&self) -> Self {
        Self {
            meta: self.meta.clone(),
            body: self.body.clone(),
            already_deleted: None,
        }
    }

    /// The response, unless a retried deletion found nothing left to delete.
    pub(crate) fn require_present(mut self) -> Result<Self, Error> {
        self.already_deleted.take().map_or(Ok(self), Err)
    }

    /// Decodes one value.
    ///
    /// # Errors
    /// A decode error if the body is empty or not a `T`. An empty body is a not-found error where the operation documents
    /// the status as not found.
    #[doc(hidden)]
    pub fn into_json<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        let this = self.require_body()?;
        let _watching = this.meta.watch_drift();
        match decode::from_slice(this.json_text(), this.max_values()) {
            Ok(value) => Ok(Response::new(value, this)),
            Err(error) => Err(this.decode_error(&error)),
        }
    }

    /// Decodes one value that the provider may wrap in an array.
    ///
    /// # Errors
    /// As for [`into_json`](Self::into_json), and a decode error for more than one value. An empty array is a not-found
    /// error if the operation is idempotent. Otherwise it is a decode error: the provider accepted the call, and a caller who
    /// repeats it could execute it twice.
    #[doc(hidden)]
    pub fn into_single<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        if self.json_text().trim_ascii_start().first() != Some(&b'[') {
            return self.into_json();
        }
        let _watching = self.meta.watch_drift();
        match decode::from_slice::<Vec<T>>(self.json_text(), self.max_values()) {
            Ok(mut values) => match (values.pop(), values.len()) {
                (Some(value), 0) => Ok(Response::new(value, self)),
                (None, _) if self.is_repeatable() => Err(self.not_found("there is no such thing")),
                (None, _) => Err(self.not_single("no value")),
                (Some(_), others) => Err(self.not_single(&format!("{} values", others + 1))),
            },
            Err(error) => Err(self.decode_error(&error)),
        }
    }

    /// Decodes one value, or `None` if the body is empty or `null`.
    ///
    /// # Errors
    /// A decode error if the body is something else.
    #[doc(hidden)]
    pub fn into_optional<T: DeserializeOwned>(self) -> Result<Response<Option<T>>, Error> {
        if decode::is_blank(&self.body) {
            return Ok(Response::new(None, self));
        }
        let _watching = self.meta.watch_drift();
        match decode::from_slice(self.json_text(), self.max_values()) {
            Ok(value) => Ok(Response::new(value, self)),
            Err(error) => Err(self.decode_error(&error)),
        }
    }

    /// Decodes any JSON; an empty body is `null`.
    ///
    /// # Errors
    /// A decode error if the body is not JSON.
    #[doc(hidden)]
    pub fn into_value(self) -> Result<Response<serde_json::Value>, Error> {
        Ok(self.into_optional()?.map(Option::unwrap_or_default))
    }

    /// Decodes the value at `path`, a list of object fields such as `["response", "data"]`. The rest of the body is not
    /// decoded; [`Response::full_body`] decodes all of it later.
    ///
    /// # Errors
    /// As for [`into_json`](Self::into_json). A decode error if the value is missing or `null`, and `T` does not accept
    /// `null`; the error contains the provider's message, if there is one.
    #[doc(hidden)]
    pub fn into_json_at_path<T: DeserializeOwned>(
        self,
        path: &'static [&'static str],
    ) -> Result<Response<T>, Error> {
        let this = self.require_body()?;
        let _watching = this.meta.watch_drift();
        match decode::at_path(this.json_text(), path, this.max_values()) {
            Ok(Some(value)) => Ok(Response::new(value, this)),
            Ok(None) => match serde_json::from_slice(b"null") {
                Ok(value) => Ok(Response::new(value, this)),
                Err(_) => Err(this.missing_at_path(path)),
            },
            Err(error) => Err(this.decode_error(&error)),
        }
    }

    /// Decodes the value at `path`, or `None` if the body is empty, or if the value is missing or `null`.
    ///
    /// # Errors
    /// A decode error if the body is not JSON, or the value is not a `T`.
    #[doc(hidden)]
    pub fn into_optional_at_path<T: DeserializeOwned>(
        self,
        path: &'static [&'static str],
    ) -> Result<Response<Option<T>>, Error> {
        if decode::is_blank(&self.body) {
            return Ok(Response::new(None, self));
        }
        let _watching = self.meta.watch_drift();
        match decode::at_path(self.json_text(), path, self.max_values()) {
            Ok(value) => Ok(Response::new(value, self)),
            Err(error) => Err(self.decode_error(&error)),
        }
    }

    /// The body as received. A body in an encoding that the client does not decompress stays encoded; the header
    /// `Content-Encoding` names the encoding.
    ///
    /// # Errors
    /// A not-found error if a retried deletion found nothing left to delete.
    #[doc(hidden)]
    pub fn into_bytes(self) -> Result<Response<Bytes>, Error> {
        let this = self.require_present()?;
        Ok(Response::new(this.body.clone(), this))
    }

    /// Ignores the body.
    ///
    /// # Errors
    /// None: it returns a result because all functions that decode a response have the same signature.
    #[doc(hidden)]
    pub fn into_empty(self) -> Result<Response<()>, Error> {
        Ok(Response::new((), self))
    }

    /// Decodes the body with `decode`, or returns `None` if that fails: the operation was executed, and its response is not
    /// documented.
    ///
    /// # Errors
    /// As for `decode`, except decode errors.
    #[doc(hidden)]
    pub fn if_decodable<T>(
        self,
        decode: fn(Self) -> Result<Response<T>, Error>,
    ) -> Result<Response<Option<T>>, Error> {
        if self.already_deleted.is_some() {
            return Ok(Response::new(None, self));
        }
        let this = self.require_body()?;
        if crate::decode::is_blank(&this.body) {
            return Ok(Response::new(None, this));
        }
        let undecoded = this.duplicate();
        match decode(this) {
            Ok(response) => Ok(response.map(Some)),
            Err(error) if error.kind() == ErrorKind::Decode => Ok(Response::new(None, undecoded)),
            Err(error) => Err(error),
        }
    }

    fn json_text(&self) -> &[u8] {
        decode::without_bom(&self.body)
    }

    fn max_values(&self) -> usize {
        self.meta.max_values
    }

    /// The response, unless its empty body means "not found".
    fn require_body(self) -> Result<Self, Error> {
        let this = self.require_present()?;
        let documented = |operation: &crate::Operation| {
            operation
                .not_found_statuses
                .contains(&this.meta.status.as_u16())
        };
        if decode::is_blank(&this.body) && this.meta.target.operation().is_some_and(documented) {
            return Err(this.not_found("there is no such thing"));
        }
        Ok(this)
    }

    fn is_repeatable(&self) -> bool {
        let operation = self.meta.target.operation();
        operation.is_none_or(|operation| operation.idempotent)
    }

    fn not_single(&self, count: &str) -> Error {
        let detail = format!("unexpected body: {count} where one was expected");
        self.failed(ErrorKind::Decode, detail)
    }

    fn not_found(&self, detail: &str) -> Error {
        self.failed(ErrorKind::Api, detail.to_owned()).not_found()
    }

    /// Some providers report a failure with status 200, and leave the data out.
    fn missing_at_path(&self, path: &[&str]) -> Error {
        let reporter = &self.meta.reporter;
        let pointers = reporter.provider.error_message;
        let message = message::find(pointers, &self.body, &reporter.secrets);
        let mut detail = match path {
            [] => "the response is `null`".to_owned(),
            _ => format!("the response has no `{}`", path.join(".")),
        };
        if let Some(message) = &message {
            detail = format!("{detail}: {message}");
        }
        self.failed(ErrorKind::Decode, detail).with_message(message)
    }

    /// The error of a body that could not be decoded. It has no source: serde's own message would repeat values.
    fn decode_error(&self, error: &DecodeError) -> Error {
        if let Some(encoding) = encoding(&self.meta.headers, &self.body) {
            let detail = format!(
                "the body is encoded as `{encoding}`, which this client does not decompress"
            );
            return self.failed(ErrorKind::Decode, detail);
        }
        if let Some(page) = message::html(&self.body, &self.meta.reporter.secrets) {
            let detail = format!("{page} where JSON was expected");
            return self.failed(ErrorKind::Decode, detail);
        }
        let kind = match error {
            DecodeError::TooManyValues(_) => ErrorKind::BodyTooLarge,
            DecodeError::Json(_) => ErrorKind::Decode,
        };
        self.failed(kind, decode::describe(self.json_text(), error))
    }

    pub(crate) fn failed(&self, kind: ErrorKind, detail: String) -> Error {
        self.meta.failed(kind, detail, Some(self.body.clone()))
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status().as_u16())
            .field("headers", &KnownHeaders(self.headers()))
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
