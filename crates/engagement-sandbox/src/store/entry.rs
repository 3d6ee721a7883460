//! A change of an account, as the account's users report it.

use std::time::Duration;

use crate::accounts::account::Account;
use crate::accounts::call::Call;

/// A change. All times are those of the clock of all providers, since 1970.
pub(crate) enum Entry {
    Call(Box<CallEntry>),
    /// What was due at a time was done.
    Tick {
        provider: &'static str,
        time: Duration,
    },
    /// The account was changed by other means, or replaced by this one.
    Account {
        provider: &'static str,
        account: Box<dyn Account>,
    },
    /// The clock was moved to this time.
    Clock(Duration),
}

/// A call that an account executed.
pub(crate) struct CallEntry {
    pub(crate) provider: &'static str,
    pub(crate) operation: String,
    pub(crate) call: Call,
    pub(crate) time: Duration,
    /// How far the provider's clock was ahead, in milliseconds.
    pub(crate) skew: i64,
}
