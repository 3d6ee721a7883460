//! The state that a call takes from its client.

use std::fmt;
use std::marker::PhantomData;

use crate::call::Call;
use crate::client::call_settings::CallSettings;
use crate::client::core::ClientCore;
use crate::provider::Operation;
use crate::request::extras::Extras;
use crate::types::scalar::Scalar;

/// The state that resource handles pass to their calls: the client's core, and the caller's additions to the call. `C` is the
/// type of the client, which decides whether `send` returns a future or blocks.
pub struct CallContext<C> {
    core: ClientCore,
    extras: Option<Box<Extras>>,
    client: PhantomData<fn() -> C>,
}

impl<C> CallContext<C> {
    /// A context for calls of a client.
    #[must_use]
    pub fn new(core: &ClientCore) -> Self {
        Self {
            core: core.clone(),
            extras: None,
            client: PhantomData,
        }
    }

    /// The core of the client.
    #[must_use]
    pub fn core(&self) -> &ClientCore {
        &self.core
    }

    /// The same context for another type of client.
    #[must_use]
    pub fn for_client<D>(self) -> CallContext<D> {
        CallContext {
            core: self.core,
            extras: self.extras,
            client: PhantomData,
        }
    }

    /// Changes the settings of this call only.
    pub fn change(&mut self, change: impl FnOnce(CallSettings) -> CallSettings) {
        self.core = self.core.with(change);
    }

    /// Makes the call fail before it is sent. The first reason is reported; it must not contain values.
    #[cold]
    pub fn refuse(&mut self, reason: impl Into<String>) {
        self.extras().refuse(reason.into());
    }

    /// Adds an undocumented header.
    pub fn extra_header(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.extras().header(name.into(), value.into());
    }

    /// Adds an undocumented query parameter.
    pub fn extra_query(&mut self, name: impl Into<String>, value: impl Into<Scalar>) {
        self.extras().query(name.into(), value.into());
    }

    fn extras(&mut self) -> &mut Extras {
        self.extras.get_or_insert_default()
    }

    /// Begins the request.
    pub fn into_call(self, operation: &'static Operation) -> Call {
        self.core.into_call(operation).with_extras(self.extras)
    }
}

impl<C> Clone for CallContext<C> {
    fn clone(&self) -> Self {
        Self {
            core: self.core.clone(),
            extras: self.extras.clone(),
            client: PhantomData,
        }
    }
}

/// Values are left out.
impl<C> fmt::Debug for CallContext<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallContext").finish_non_exhaustive()
    }
}
