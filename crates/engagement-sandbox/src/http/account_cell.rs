//! The account of a provider: who may use it at a time, and its clock meanwhile.

use std::any::Any;
use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};

use engagement_document::Operation;

use crate::accounts::account::Account;
use crate::accounts::call::Call;
use crate::accounts::response::ApiResult;
use crate::clock::Clock;

/// An account that one thread uses at a time.
pub(crate) struct AccountCell {
    clock: Clock,
    account: Mutex<Box<dyn Account>>,
}

/// An account in use. Its clock stands still, so that all that happens in it has one time.
struct InUse<'a> {
    clock: &'a Clock,
    account: MutexGuard<'a, Box<dyn Account>>,
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
    pub(crate) fn new(account: Box<dyn Account>, clock: Clock) -> Self {
        Self {
            clock,
            account: Mutex::new(account),
        }
    }

    /// Takes the account, and does what was due in it.
    fn lock(&self) -> InUse<'_> {
        let account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        self.clock.stop();
        let mut used = InUse {
            clock: &self.clock,
            account,
        };
        used.account.tick();
        used
    }

    /// The account, after what was due in it.
    pub(crate) fn get(&self) -> AccountRef<'_> {
        AccountRef(self.lock())
    }

    /// Lets the account execute a call, with a clock that is ahead by these milliseconds.
    pub(crate) fn execute(&self, operation: &Operation, call: &Call, skew: i64) -> ApiResult {
        let mut used = self.lock();
        self.clock.set_skew(skew);
        let result = used.account.call(&operation.id, call);
        self.clock.set_skew(0);
        result
    }

    /// Changes the account otherwise than by a call.
    pub(crate) fn change<T>(&self, f: impl FnOnce(&mut dyn Account) -> T) -> T {
        f(&mut **self.lock().account)
    }

    /// Replaces the account.
    pub(crate) fn replace(&self, account: Box<dyn Account>) {
        *self.lock().account = account;
    }
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
