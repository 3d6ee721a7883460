//! The account of a provider: who may use it at a time, and its clock meanwhile.

use std::any::Any;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engagement_document::Operation;
use http::StatusCode;

use crate::accounts::account::Account;
use crate::accounts::call::Call;
use crate::accounts::response::{ApiError, ApiResult};
use crate::clock::Clock;
use crate::store::{CallEntry, Entry, Store, Ticket};

/// An account that one thread uses at a time.
pub(crate) struct AccountCell {
    /// Short name of the provider.
    provider: &'static str,
    clock: Clock,
    account: Mutex<Box<dyn Account>>,
    /// Where changes are saved, if they are.
    store: Option<Arc<Store>>,
}

/// The result of a call.
pub(crate) struct Executed {
    pub(crate) result: ApiResult,
    /// What must be on disk before the result is reported.
    pub(crate) ticket: Option<Ticket>,
}

/// An account in use. Its clock is stopped, so that everything that one call changes has the same time.
struct InUse<'a> {
    clock: &'a Clock,
    account: MutexGuard<'a, Box<dyn Account>>,
    now: Duration,
    /// The last change that is not on disk yet.
    ticket: Option<Ticket>,
}

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.clock.resume();
    }
}

/// An account that is read. Others wait for it.
pub(crate) struct AccountRef<'a>(InUse<'a>);

impl Deref for AccountRef<'_> {
    type Target = dyn Account;

    fn deref(&self) -> &Self::Target {
        &**self.0.account
    }
}

impl AccountCell {
    pub(crate) fn new(
        provider: &'static str,
        account: Box<dyn Account>,
        clock: Clock,
        store: Option<Arc<Store>>,
    ) -> Self {
        Self {
            provider,
            clock,
            account: Mutex::new(account),
            store,
        }
    }

    /// Saves a change, if changes are saved.
    fn push(&self, entry: impl FnOnce() -> Entry) -> Option<Ticket> {
        let store = self.store.as_ref()?;
        Some(store.push(entry()))
    }

    /// Takes the account, and does what was due in it.
    fn lock(&self) -> InUse<'_> {
        let account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        let mut used = InUse {
            now: self.clock.stop(),
            clock: &self.clock,
            account,
            ticket: None,
        };
        if used.account.tick() {
            let (provider, time) = (self.provider, used.now);
            used.ticket = self.push(|| Entry::Tick { provider, time });
        }
        used
    }

    /// The account, after what was due in it.
    pub(crate) fn get(&self) -> AccountRef<'_> {
        AccountRef(self.lock())
    }

    /// Lets the account execute a call, with a clock that is ahead by these milliseconds.
    pub(crate) fn execute(&self, operation: &Operation, call: Call, skew: i64) -> Executed {
        let mut used = self.lock();
        let reads = used.account.only_reads(operation);
        let failure = self.store.as_ref().filter(|_| !reads);
        if let Some(why) = failure.and_then(|store| store.failure()) {
            return Executed {
                result: Err(not_saved(&why)),
                ticket: None,
            };
        }
        self.clock.set_skew(skew);
        let result = used.account.call(&operation.id, &call);
        self.clock.set_skew(0);
        if !reads {
            let entry = || CallEntry {
                provider: self.provider,
                operation: operation.id.clone(),
                call,
                time: used.now,
                skew,
            };
            let ticket = self.push(|| Entry::Call(Box::new(entry())));
            used.ticket = ticket.or(used.ticket);
        }
        Executed {
            result,
            ticket: used.ticket,
        }
    }

    /// Changes the account otherwise than by a call. What changed must be on disk before it is reported.
    pub(crate) fn change<T>(&self, f: impl FnOnce(&mut dyn Account) -> T) -> (T, Option<Ticket>) {
        let mut used = self.lock();
        let result = f(&mut **used.account);
        (result, self.push_account(&used))
    }

    /// Replaces the account. The new one must be on disk before that is reported.
    pub(crate) fn replace(&self, account: Box<dyn Account>) -> Option<Ticket> {
        let mut used = self.lock();
        *used.account = account;
        self.push_account(&used)
    }

    fn push_account(&self, used: &InUse<'_>) -> Option<Ticket> {
        self.push(|| Entry::Account {
            provider: self.provider,
            account: used.account.clone_account(),
        })
    }

    /// Waits until a change is on disk. If it can't be written, the store reports that.
    pub(crate) fn wait(&self, ticket: Option<Ticket>) {
        if let (Some(store), Some(ticket)) = (&self.store, ticket) {
            let _ = store.wait(ticket);
        }
    }
}

/// The error response to a call that is not saved.
pub(crate) fn not_saved(why: &str) -> ApiError {
    let message = format!(
        "the sandbox can't save this change, and refuses others until it is started again: {why}"
    );
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, message)
}

/// An account as its own type; `None` if it has another.
pub(crate) fn downcast<A: Account>(account: &dyn Account) -> Option<&A> {
    let account: &dyn Any = account;
    account.downcast_ref()
}

/// As [`downcast`], to be changed.
pub(crate) fn downcast_mut<A: Account>(account: &mut dyn Account) -> Option<&mut A> {
    let account: &mut dyn Any = account;
    account.downcast_mut()
}
