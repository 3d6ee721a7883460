//! What a call takes over from the client that it is made with.

use std::fmt;
use std::marker::PhantomData;

use crate::call::Call;
use crate::client::call_settings::CallSettings;
use crate::client::core::Runtime;
use crate::provider::Operation;
use crate::request::extras::Extras;
use crate::types::scalar::Scalar;

/// What resource handles hand to their calls: the client's state, and what the caller added to the call. `C` is the kind
/// of client, which decides whether `send` gives a future or blocks.
pub struct CallContext<C> {
    runtime: Runtime,
    extras: Option<Box<Extras>>,
    client: PhantomData<fn() -> C>,
}

impl<C> CallContext<C> {
    /// For calls of a client.
    #[must_use]
    pub fn new(runtime: &Runtime) -> Self {
        Self {
            runtime: runtime.clone(),
            extras: None,
            client: PhantomData,
        }
    }

    /// The client's state.
    #[must_use]
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The same for a client of another kind.
    #[must_use]
    pub fn for_client<D>(self) -> CallContext<D> {
        CallContext {
            runtime: self.runtime,
            extras: self.extras,
            client: PhantomData,
        }
    }

    /// Changes the settings of this call alone.
    pub fn change(&mut self, change: impl FnOnce(CallSettings) -> CallSettings) {
        self.runtime = self.runtime.with(change);
    }

    /// Keeps a reason why the call must not be sent. The first one counts; it must not hold values.
    #[cold]
    pub fn refuse(&mut self, reason: impl Into<String>) {
        self.extras().refuse(reason.into());
    }

    /// Adds a header that the document doesn't know.
    pub fn extra_header(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.extras().header(name.into(), value.into());
    }

    /// Adds a pair to the query that the document doesn't know.
    pub fn extra_query(&mut self, name: impl Into<String>, value: impl Into<Scalar>) {
        self.extras().query(name.into(), value.into());
    }

    fn extras(&mut self) -> &mut Extras {
        self.extras.get_or_insert_default()
    }

    /// Begins the request.
    pub fn into_call(self, operation: &'static Operation) -> Call {
        self.runtime.into_call(operation).with_extras(self.extras)
    }
}

impl<C> Clone for CallContext<C> {
    fn clone(&self) -> Self {
        Self {
            runtime: self.runtime.clone(),
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
