//! Makes an error, and adds what happened in the call.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::{Error, ErrorKind, Inner, KEPT_BODY, Parts};
use crate::error::call_target::CallTarget;
use crate::http::request_id::request_id;
use crate::http::retry_after::retry_after;
use crate::redact::mask::mask;
use crate::redact::secret_mask::SecretMask;

impl Error {
    /// An error about something that was not sent.
    pub(crate) fn new(kind: ErrorKind, target: CallTarget, detail: impl AsRef<str>) -> Self {
        Self(Box::new(Inner {
            kind,
            target,
            detail: mask(detail.as_ref()),
            message: None,
            response: None,
            sent: false,
            timed_out: kind == ErrorKind::Timeout,
            not_found: false,
            attempts: 0,
            waited: Duration::ZERO,
            exhausted: false,
            permanent: false,
            pause: None,
            login: false,
            source: None,
        }))
    }

    pub(crate) fn sent(mut self, attempts: u32) -> Self {
        self.0.sent = true;
        self.0.attempts = attempts;
        self
    }

    /// Adds what happened in the call up to its failure.
    pub(crate) fn after(mut self, sent: bool, attempts: u32, waited: Duration) -> Self {
        self.0.sent |= sent;
        self.0.attempts = attempts;
        self.0.waited = waited;
        self
    }

    pub(crate) fn exhausted(mut self) -> Self {
        self.0.exhausted = true;
        self
    }

    /// Another attempt would fail in the same way.
    #[cfg(feature = "multipart")]
    pub(crate) fn permanent(mut self) -> Self {
        self.0.permanent = true;
        self
    }

    pub(crate) fn with_pause(mut self, pause: Duration) -> Self {
        self.0.pause = Some(pause);
        self
    }

    /// The request was attempted, but certainly not sent.
    pub(crate) fn tried(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn timed_out(mut self, timed_out: bool) -> Self {
        self.0.timed_out = timed_out;
        self
    }

    pub(crate) fn not_found(mut self) -> Self {
        self.0.not_found = true;
        self
    }

    pub(crate) fn with_message(mut self, message: Option<String>) -> Self {
        self.0.message = message;
        self
    }

    pub(crate) fn with_response(
        mut self,
        status: StatusCode,
        headers: HeaderMap,
        body: Option<Bytes>,
        secrets: &SecretMask,
    ) -> Self {
        // A slice would keep the whole body in memory.
        let body = body.map(|body| match body.get(..KEPT_BODY) {
            Some(start) if body.len() > KEPT_BODY => Bytes::copy_from_slice(start),
            _ => body,
        });
        let retry_after = retry_after(&headers, SystemTime::now());
        let request_id = request_id(&headers).map(|id| mask(&secrets.mask(id.to_owned())));
        self.0.response = Some(Parts {
            status,
            headers,
            body,
            retry_after,
            request_id,
        });
        self
    }

    pub(crate) fn with_boxed(mut self, source: Box<dyn std::error::Error + Send + Sync>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// A copy of the error.
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }

    /// The error of a call whose login failed: it has the facts of the login's error, and that error as its source.
    pub(crate) fn login_failed(
        target: CallTarget,
        mut login: Self,
        sent: bool,
        secrets: &SecretMask,
    ) -> Self {
        // The login may have used another client, which did not know what to mask.
        let Inner {
            detail,
            message,
            response,
            ..
        } = &mut *login.0;
        let request_id = response.as_mut().and_then(|it| it.request_id.as_mut());
        for text in [Some(detail), message.as_mut(), request_id]
            .into_iter()
            .flatten()
        {
            *text = secrets.mask(std::mem::take(text));
        }
        let mut error = login.duplicate();
        error.0.target = target;
        error.0.login = true;
        error.0.not_found = false;
        error.0.sent = sent;
        error.with_source(login)
    }
}
