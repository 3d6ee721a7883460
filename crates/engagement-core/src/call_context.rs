//! What a call takes over from the client that it is made with.

use std::fmt;
use std::marker::PhantomData;

use crate::call::Call;
use crate::call_settings::CallSettings;
use crate::provider::Operation;
use crate::runtime::Runtime;

/// What resource handles hand to their calls: the client's state, and what is wrong with the call so far. `C` is the kind
/// of client, which decides whether `send` gives a future or blocks.
pub struct CallContext<C> {
    runtime: Runtime,
    problem: Option<Box<str>>,
    client: PhantomData<fn() -> C>,
}

impl<C> CallContext<C> {
    /// For calls of a client.
    #[must_use]
    pub fn new(runtime: &Runtime) -> Self {
        Self {
            runtime: runtime.clone(),
            problem: None,
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
            problem: self.problem,
            client: PhantomData,
        }
    }

    /// Changes the settings of this call alone.
    pub fn change(&mut self, change: impl FnOnce(CallSettings) -> CallSettings) {
        self.runtime = self.runtime.with(change);
    }

    /// Keeps a reason why the call must not be sent. The first one counts; it must not hold values.
    #[cold]
    pub fn refuse(&mut self, reason: impl Into<Box<str>>) {
        self.problem.get_or_insert_with(|| reason.into());
    }

    /// Begins the request.
    pub fn into_call(self, operation: &'static Operation) -> Call {
        let mut call = self.runtime.into_call(operation);
        if let Some(problem) = self.problem {
            call.invalid(problem);
        }
        call
    }
}

impl<C> Clone for CallContext<C> {
    fn clone(&self) -> Self {
        Self {
            runtime: self.runtime.clone(),
            problem: self.problem.clone(),
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
