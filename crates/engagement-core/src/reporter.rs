//! Reporting events to the client's observer and to tracing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::base_url::BaseUrl;
use crate::drift::Told;
use crate::observe::{CallAttributes, Event, Observer};
use crate::provider::Provider;
use crate::secret_mask::SecretMask;
use crate::subject::Subject;
use crate::trace;

/// Who is told of events, and what must not stand in them. A client and its responses share it, so that a response can
/// report what it meets without keeping the client alive.
pub(crate) struct Reporter {
    pub(crate) provider: &'static Provider,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) told: Arc<Told>,
    pub(crate) secrets: Arc<SecretMask>,
}

impl Reporter {
    /// Whether there is an observer.
    pub(crate) fn is_observed(&self) -> bool {
        self.observer.is_some()
    }

    /// Reports an event of a call to the server at `base`.
    pub(crate) fn report(&self, subject: &Subject, base: Option<&BaseUrl>, event: &Event<'_>) {
        let (provider, operation) = (self.provider.name, subject.id());
        trace::event(provider, operation, event);
        let Some(observer) = self.observer.as_deref() else {
            return;
        };
        let labels = CallAttributes {
            provider,
            operation,
            method: trace::method(subject),
            template: subject.template(),
            address: base.map(BaseUrl::host),
            port: base.and_then(BaseUrl::port),
        };
        // A call must not fail because it is counted. Its panic may also come while another one unwinds, which would end
        // the process.
        let _ = catch_unwind(AssertUnwindSafe(|| observer.event(&labels, event)));
    }
}
