//! A decoded answer with what came around it.

use std::fmt;
use std::ops::Deref;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;

use crate::answer::Answer;
use crate::error::{Error, ErrorKind};
use crate::rate_limit::RateLimitStatus;
use crate::runtime::Runtime;
use crate::subject::Subject;

/// A decoded answer; dereferences to the value.
///
/// `Debug` shows what came around the value, and not the value, which can hold people's data: print `*response` for that,
/// where the type of the value leaves out what is personal.
pub struct ResponseValue<T> {
    value: T,
    meta: Meta,
    /// The answer that the value is only a part of.
    kept: Option<Bytes>,
}

/// What every kind of answer carries.
#[derive(Clone)]
pub(crate) struct Meta {
    /// Knows what to mask, should the answer turn out to be a failure.
    pub(crate) runtime: Runtime,
    pub(crate) subject: Subject,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) attempts: u32,
    pub(crate) waited: Duration,
    /// Whether a deletion found nothing left to delete.
    pub(crate) gone: bool,
}

impl Meta {
    /// An error about this answer.
    pub(crate) fn failed(&self, kind: ErrorKind, detail: String, body: Option<Bytes>) -> Error {
        let credentials = self.runtime.credentials();
        Error::new(kind, self.subject.clone(), credentials.mask(detail))
            .after(true, self.attempts, self.waited)
            .with_response(self.status, self.headers.clone(), body, credentials)
    }
}

impl<T> ResponseValue<T> {
    pub(crate) fn new(value: T, meta: Meta) -> Self {
        Self {
            value,
            meta,
            kept: None,
        }
    }

    /// A part of an answer, which stays with it.
    pub(crate) fn part_of(value: T, answer: Answer) -> Self {
        let Answer {
            meta,
            body,
            gone: _,
        } = answer;
        Self {
            value,
            meta,
            kept: Some(body),
        }
    }

    /// An error about this answer, whose body is known to the caller.
    pub(crate) fn failed(&self, kind: ErrorKind, detail: String) -> Error {
        self.meta.failed(kind, detail, self.kept.clone())
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// HTTP status.
    pub fn status(&self) -> StatusCode {
        self.meta.status
    }

    /// Response headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.meta.headers
    }

    /// How many times the request was tried, renewals of a token included.
    pub fn attempts(&self) -> u32 {
        self.meta.attempts
    }

    /// How long the call waited between its attempts, for a pause that the provider asked for, and for the
    /// client's own [limits](crate::RateLimits).
    pub fn waited(&self) -> Duration {
        self.meta.waited
    }

    /// Whether a retry of a deletion found nothing left to delete (404), because an earlier attempt of the same call, whose
    /// answer was lost or a failure, may have deleted it.
    pub fn was_already_gone(&self) -> bool {
        self.meta.gone
    }

    /// The provider's name for this request, for its support desk.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.meta.headers)
    }

    /// What the provider says of its limit in the answer's headers, if it does.
    pub fn rate_limit(&self) -> Option<RateLimitStatus> {
        RateLimitStatus::read(&self.meta.headers, SystemTime::now())
    }

    /// The whole answer as received, where the value is only a part of it.
    pub fn body(&self) -> Option<&Bytes> {
        self.kept.as_ref()
    }

    /// Decodes the whole answer, where the value is only a part of it: what the provider says beside its data.
    ///
    /// # Errors
    /// If the value is no part of an answer, or the answer is something else.
    pub fn whole<W: DeserializeOwned>(&self) -> Result<W, Error> {
        let Some(body) = &self.kept else {
            let detail = "the value is the whole answer".to_owned();
            return Err(self.failed(ErrorKind::Decode, detail));
        };
        let answer = Answer {
            meta: self.meta.clone(),
            body: body.clone(),
            gone: None,
        };
        answer.json().map(ResponseValue::into_inner)
    }

    /// Changes the value and keeps the rest.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> ResponseValue<U> {
        ResponseValue {
            value: change(self.value),
            meta: self.meta,
            kept: self.kept,
        }
    }
}

impl<T> Deref for ResponseValue<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Clone> Clone for ResponseValue<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            meta: self.meta.clone(),
            kept: self.kept.clone(),
        }
    }
}

impl<T> fmt::Debug for ResponseValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseValue")
            .field("status", &self.meta.status.as_u16())
            .field("headers", &KnownHeaders(&self.meta.headers))
            .field("attempts", &self.meta.attempts)
            .finish_non_exhaustive()
    }
}

/// Prints only headers known to hold nothing private.
pub(crate) struct KnownHeaders<'a>(pub(crate) &'a HeaderMap);

impl fmt::Debug for KnownHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const KNOWN: &[&str] = &[
            "content-type",
            "content-length",
            "date",
            "retry-after",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
        ];
        let present = KNOWN
            .iter()
            .filter_map(|name| Some((name, self.0.get(*name)?)));
        f.debug_map().entries(present).finish()
    }
}

/// Reads the header by which a provider, or what stands before it, names a request.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    const NAMES: &[&str] = &[
        "x-request-id",
        "request-id",
        "x-amzn-requestid",
        "x-amz-request-id",
        "x-correlation-id",
        "x-cloud-trace-context",
        "cf-ray",
    ];
    let ids = NAMES
        .iter()
        .filter_map(|name| headers.get(*name).map(HeaderValue::to_str)?.ok());
    ids.map(str::trim).find(|id| (1..=200).contains(&id.len()))
}
