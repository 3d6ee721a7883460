//! A request, what it was matched to, and how its response came about.

use std::time::Duration;

use engagement_document::Operation;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::account_cell::not_saved;
use super::body::BodyResult;
use super::cors;
use super::limits::RateLimitStatus;
use super::response::{ErrorResponse, Response};
use super::service::Service;
use super::state::ServerState;
use crate::faults::engine::Injection;
use crate::faults::fault::FaultKind;
use crate::log::{Refusal, RefusalKind};
use crate::provider::{Provider, config};
use crate::store::Ticket;

/// A request.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    /// The host in the request line, where proxies have it.
    pub(crate) host: Option<&'a str>,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a BodyResult,
}

/// The provider and operation that a request was matched to.
#[derive(Default)]
pub(crate) struct Matched {
    pub(super) provider: Option<&'static Provider>,
    pub(crate) operation: Option<&'static Operation>,
    /// Whether the response must be XML.
    pub(crate) xml: bool,
    pub(super) rate_limit: Option<RateLimitStatus>,
    /// Whether a fault took the place of the call.
    pub(super) replaced: bool,
    /// Whether the account was called.
    pub(super) reached_account: bool,
    pub(super) executed: bool,
    pub(super) ticket: Option<Ticket>,
}

impl Matched {
    /// Whether the operation is called from web pages.
    pub(super) fn is_for_browsers(&self) -> bool {
        let operation = self.provider.zip(self.operation);
        operation
            .is_some_and(|(provider, operation)| cors::is_for_browsers(provider.config, operation))
    }

    pub(crate) fn service<'a>(&self, state: &'a ServerState) -> Option<&'a Service> {
        state.service(self.provider())
    }

    /// What kind of refusal an error is.
    pub(super) fn refusal_kind(&self, status: StatusCode) -> RefusalKind {
        if self.reached_account {
            return RefusalKind::Account;
        }
        match status {
            StatusCode::MISDIRECTED_REQUEST => RefusalKind::Host,
            StatusCode::NOT_FOUND => RefusalKind::Path,
            StatusCode::METHOD_NOT_ALLOWED => RefusalKind::Method,
            StatusCode::UNAUTHORIZED => RefusalKind::Credentials,
            StatusCode::FORBIDDEN => RefusalKind::Permission,
            StatusCode::TOO_MANY_REQUESTS => RefusalKind::RateLimit,
            StatusCode::PAYLOAD_TOO_LARGE => RefusalKind::Size,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => RefusalKind::MediaType,
            _ => RefusalKind::Invalid,
        }
    }

    /// Short name of the provider; empty if the path belongs to none.
    pub(crate) fn provider(&self) -> &'static str {
        self.provider.map_or("", |provider| provider.name)
    }
}

/// A request's response, and how it came about.
pub(crate) struct Exchange {
    pub(crate) response: Response,
    pub(crate) matched: Matched,
    /// The fault that was injected.
    pub(crate) injection: Option<Injection>,
    /// Why the sandbox refused the request, unless a fault refused it.
    pub(crate) refusal: Option<Refusal>,
    /// Whether the account executed the call.
    pub(crate) executed: bool,
    /// What must be on disk before the response is sent.
    pub(crate) ticket: Option<Ticket>,
    /// Whether a rate limit, the provider's or that of a fault, was exceeded.
    pub(crate) limit_exceeded: bool,
}

impl Exchange {
    /// Replaces the response to a call that can't be saved.
    pub(crate) fn fail(&mut self, why: &str) {
        let provider = self.matched.provider;
        let error = Box::<ErrorResponse>::from(not_saved(why));
        self.executed = false;
        self.response = error.into_response(|status, message| match provider {
            Some(provider) => provider.error_body(status, message),
            None => config::error_body(status, message),
        });
    }

    /// The header `Date`, by the provider's clock.
    pub(crate) fn date(&self, state: &ServerState) -> HeaderValue {
        let mut now = state.clock.now();
        if let Some(FaultKind::ClockOffset(milliseconds)) =
            self.injection.as_ref().map(|injection| &injection.kind)
        {
            let by = Duration::from_millis(milliseconds.unsigned_abs());
            now = if *milliseconds < 0 {
                now.saturating_sub(by)
            } else {
                now.saturating_add(by)
            };
        }
        state.date(now)
    }
}
