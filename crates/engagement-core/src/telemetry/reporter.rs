//! Reporting events to the client's observer and to tracing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::error::call_target::CallTarget;
use crate::http::base_url::BaseUrl;
use crate::provider::Provider;
use crate::redact::secret_mask::SecretMask;
use crate::telemetry::drift::ReportedDrift;
use crate::telemetry::observe::{CallAttributes, Event, Observer};
use crate::telemetry::trace;

/// Who is told of events, and what must not stand in them. A client and its responses share it, so that a response can
/// report what it meets without keeping the client alive.
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
        // A call must not fail because it is counted. Its panic may also come while another one unwinds, which would end
        // the process.
        let _ = catch_unwind(AssertUnwindSafe(|| observer.event(&attributes, event)));
    }
}
