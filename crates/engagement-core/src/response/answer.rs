//! A successful answer that is yet to be decoded.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::decode::{self, DecodeError};
use crate::error::message;
use crate::error::{Error, ErrorKind};
use crate::response::encoding::encoding;
use crate::response::{Meta, Response};

/// The body of a 2xx answer; generated code says what it should be. Content types are not consulted: providers send
/// JSON as `text/html`, and HTML as JSON.
pub struct Answer {
    pub(crate) meta: Meta,
    pub(crate) body: Bytes,
    /// Why there is no body: it was deleted before.
    pub(crate) gone: Option<Error>,
}

impl Answer {
    /// The same answer once more.
    pub(crate) fn duplicate(&self) -> Self {
        Self {
            meta: self.meta.clone(),
            body: self.body.clone(),
            gone: None,
        }
    }

    /// The answer, unless a deletion found nothing left to delete.
    pub(crate) fn there(mut self) -> Result<Self, Error> {
        self.gone.take().map_or(Ok(self), Err)
    }

    /// A value.
    ///
    /// # Errors
    /// If the body is empty or something else; an empty body is a not-found error where the operation documents its
    /// status as that.
    pub fn json<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        let this = self.filled()?;
        let _watching = this.meta.watch_drift();
        match decode::from_slice(this.json_text(), this.max_values()) {
            Ok(value) => Ok(Response::new(value, this)),
            Err(error) => Err(this.undecodable(&error)),
        }
    }

    /// A value which the provider may wrap in an array.
    ///
    /// # Errors
    /// As for [`json`](Self::json), and for more than one value. An empty array is a not-found error, but a decode error where
    /// a repeat of the call could do its work twice: the provider accepted such a call.
    pub fn one<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        if self.json_text().trim_ascii_start().first() != Some(&b'[') {
            return self.json();
        }
        let _watching = self.meta.watch_drift();
        match decode::from_slice::<Vec<T>>(self.json_text(), self.max_values()) {
            Ok(mut values) => match (values.pop(), values.len()) {
                (Some(value), 0) => Ok(Response::new(value, self)),
                (None, _) if self.is_repeatable() => Err(self.not_found("there is no such thing")),
                (None, _) => Err(self.not_one("no value")),
                (Some(_), others) => Err(self.not_one(&format!("{} values", others + 1))),
            },
            Err(error) => Err(self.undecodable(&error)),
        }
    }

    /// A value, or nothing: an empty body or `null`.
    ///
    /// # Errors
    /// If the body is something else.
    pub fn optional<T: DeserializeOwned>(self) -> Result<Response<Option<T>>, Error> {
        if decode::is_blank(&self.body) {
            return Ok(Response::new(None, self));
        }
        let _watching = self.meta.watch_drift();
        match decode::from_slice(self.json_text(), self.max_values()) {
            Ok(value) => Ok(Response::new(value, self)),
            Err(error) => Err(self.undecodable(&error)),
        }
    }

    /// Any JSON; an empty body is `null`.
    ///
    /// # Errors
    /// If the body is something else.
    pub fn value(self) -> Result<Response<serde_json::Value>, Error> {
        Ok(self.optional()?.map(Option::unwrap_or_default))
    }

    /// What stands at `path`, a way of object keys such as `["response", "data"]`; nothing else of the answer is
    /// looked at. The whole answer stays with the value: see [`Response::whole`].
    ///
    /// # Errors
    /// As for [`json`](Self::json), and if there is nothing or `null` at the path and `T` cannot be made of that; the
    /// error then gives the provider's own words, if it has any.
    pub fn part<T: DeserializeOwned>(
        self,
        path: &'static [&'static str],
    ) -> Result<Response<T>, Error> {
        let this = self.filled()?;
        let _watching = this.meta.watch_drift();
        match decode::at_path(this.json_text(), path, this.max_values()) {
            Ok(Some(value)) => Ok(Response::new(value, this)),
            Ok(None) => match serde_json::from_slice(b"null") {
                Ok(value) => Ok(Response::new(value, this)),
                Err(_) => Err(this.without_part(path)),
            },
            Err(error) => Err(this.undecodable(&error)),
        }
    }

    /// What stands at `path`, or nothing: an empty body, or a way that ends early or in `null`.
    ///
    /// # Errors
    /// If the body, or what stands at the path, is something else.
    pub fn part_optional<T: DeserializeOwned>(
        self,
        path: &'static [&'static str],
    ) -> Result<Response<Option<T>>, Error> {
        if decode::is_blank(&self.body) {
            return Ok(Response::new(None, self));
        }
        let _watching = self.meta.watch_drift();
        match decode::at_path(self.json_text(), path, self.max_values()) {
            Ok(value) => Ok(Response::new(value, self)),
            Err(error) => Err(self.undecodable(&error)),
        }
    }

    /// The body as it is, whatever it is. One in an encoding that this client doesn't unpack, which `Content-Encoding` among
    /// its headers then names, is left so.
    ///
    /// # Errors
    /// If there is no such thing any more: a retry of a deletion found nothing.
    pub fn bytes(self) -> Result<Response<Bytes>, Error> {
        let this = self.there()?;
        Ok(Response::new(this.body.clone(), this))
    }

    /// Success is all there is to know; a body is not decoded.
    ///
    /// # Errors
    /// None; the result is there because all ways to read a response have the same shape.
    pub fn empty(self) -> Result<Response<()>, Error> {
        Ok(Response::new((), self))
    }

    /// What `read` makes of the response, or nothing where it cannot be decoded: the operation was carried out, and what the
    /// provider says about it is not documented.
    ///
    /// # Errors
    /// As for `read`, decode errors aside.
    pub fn if_readable<T>(
        self,
        read: fn(Self) -> Result<Response<T>, Error>,
    ) -> Result<Response<Option<T>>, Error> {
        if self.gone.is_some() {
            return Ok(Response::new(None, self));
        }
        let this = self.filled()?;
        if decode::is_blank(&this.body) {
            return Ok(Response::new(None, this));
        }
        let again = Self {
            meta: this.meta.clone(),
            body: this.body.clone(),
            gone: None,
        };
        match read(this) {
            Ok(response) => Ok(response.map(Some)),
            Err(error) if error.kind() == ErrorKind::Decode => Ok(Response::new(None, again)),
            Err(error) => Err(error),
        }
    }

    fn json_text(&self) -> &[u8] {
        decode::without_bom(&self.body)
    }

    pub(crate) fn max_values(&self) -> usize {
        self.meta.max_values
    }

    /// The answer, unless there is none because there is no such thing.
    fn filled(self) -> Result<Self, Error> {
        let this = self.there()?;
        let documented = |operation: &crate::Operation| {
            operation
                .not_found_statuses
                .contains(&this.meta.status.as_u16())
        };
        if decode::is_blank(&this.body) && this.meta.subject.operation().is_some_and(documented) {
            return Err(this.not_found("there is no such thing"));
        }
        Ok(this)
    }

    fn is_repeatable(&self) -> bool {
        let operation = self.meta.subject.operation();
        operation.is_none_or(|operation| operation.idempotent)
    }

    fn not_one(&self, count: &str) -> Error {
        let detail = format!("unexpected body: {count} where one was expected");
        self.failed(ErrorKind::Decode, detail)
    }

    fn not_found(&self, detail: &str) -> Error {
        self.failed(ErrorKind::Api, detail.to_owned()).not_found()
    }

    /// Some providers say in a 200 that something failed, and then leave the data out.
    fn without_part(&self, path: &[&str]) -> Error {
        let reporter = &self.meta.reporter;
        let pointers = reporter.provider.error_message;
        let message = message::find(pointers, &self.body, &reporter.secrets);
        let mut detail = match path {
            [] => "the answer is `null`".to_owned(),
            _ => format!("the answer has no `{}`", path.join(".")),
        };
        if let Some(message) = &message {
            detail = format!("{detail}: {message}");
        }
        self.failed(ErrorKind::Decode, detail).with_message(message)
    }

    /// The error of a body that could not be decoded. It has no source: serde's own message would repeat values.
    pub(crate) fn undecodable(&self, error: &DecodeError) -> Error {
        let detail = if let Some(encoding) = encoding(&self.meta.headers, &self.body) {
            format!("the body is encoded as `{encoding}`, which this client does not unpack")
        } else if let Some(page) = message::html(&self.body, &self.meta.reporter.secrets) {
            format!("{page} where JSON was expected")
        } else {
            let detail = decode::describe(self.json_text(), error);
            let kind = match error {
                DecodeError::TooManyValues(_) => ErrorKind::BodyTooLarge,
                DecodeError::Json(_) => ErrorKind::Decode,
            };
            return self.failed(kind, detail);
        };
        self.failed(ErrorKind::Decode, detail)
    }

    pub(crate) fn failed(&self, kind: ErrorKind, detail: String) -> Error {
        self.meta.failed(kind, detail, Some(self.body.clone()))
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.meta.status.as_u16())
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
