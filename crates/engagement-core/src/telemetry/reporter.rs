//! Reports events to the observer of a client and to `tracing`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::error::call_target::CallTarget;
use crate::http::base_url::BaseUrl;
use crate::provider::Provider;
use crate::redact::secret_mask::SecretMask;
use crate::telemetry::drift::ReportedDrift;
use crate::telemetry::observe::{CallAttributes, Event, Observer};
use crate::telemetry::trace;

/// The receivers of events, and the secrets to mask. A client shares it with its responses, so that a response can report
/// events without keeping the client alive.
pub(crate) struct Reporter {
    pub(crate) provider: &'static Provider,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) reported_drift: Arc<ReportedDrift>,
    pub(crate) secrets: Arc<SecretMask>,
}

impl Reporter {
    /// Whether there is an observer.
    pub(crate) fn is_observed(&self) -> bool {
        self.observer.is_some()
    }

    /// Reports an event of a call to the server at `base`.
    pub(crate) fn report(&self, target: &CallTarget, base: Option<&BaseUrl>, event: &Event<'_>) {
        let (provider, operation) = (self.provider.name, target.id());
        trace::event(provider, operation, event);
        let Some(observer) = self.observer.as_deref() else {
            return;
        };
        let attributes = CallAttributes {
            provider,
            operation,
            method: trace::method(target),
            template: target.template(),
            address: base.map(BaseUrl::host),
            port: base.and_then(BaseUrl::port),
        };
        // A panic of the observer must not fail the call. During another panic it would even abort the process.
        let _ = catch_unwind(AssertUnwindSafe(|| observer.event(&attributes, event)));
    }
}
