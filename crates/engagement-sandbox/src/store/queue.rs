//! The changes that are not on disk yet, and who waits for them.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::entry::Entry;

/// The position of a change among all since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Ticket(u64);

/// The changes that are not on disk yet.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// Notified when there is work for the writer.
    work: Condvar,
    /// Notified after each attempt to write.
    written: Condvar,
    written_async: Notify,
}

#[derive(Default)]
struct State {
    entries: Vec<Entry>,
    /// The last change that was added.
    last: Ticket,
    /// The last change that is on disk.
    committed: Ticket,
    /// Why nothing is written any more.
    failure: Option<String>,
    closed: bool,
}

impl State {
    /// What came of a change; `None` if it is not known yet.
    fn result(&self, ticket: Ticket) -> Option<Result<(), String>> {
        if self.committed >= ticket {
            return Some(Ok(()));
        }
        self.failure.clone().map(Err)
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, entry: Entry) -> Ticket {
        let mut state = self.state();
        state.last.0 += 1;
        if state.failure.is_none() {
            state.entries.push(entry);
            self.work.notify_one();
        }
        state.last
    }

    pub(super) fn failure(&self) -> Option<String> {
        self.state().failure.clone()
    }

    /// The writer ends once everything is written.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.work.notify_one();
    }

    /// Waits for changes. Returns false when there are none and no more can come.
    pub(super) fn wait_for_work(&self) -> bool {
        let idle = |state: &mut State| state.entries.is_empty() && !state.closed;
        let waited = self.work.wait_while(self.state(), idle);
        let state = waited.unwrap_or_else(PoisonError::into_inner);
        !state.entries.is_empty()
    }

    /// All changes that wait, and the last of them.
    pub(super) fn take(&self) -> (Vec<Entry>, Ticket) {
        let mut state = self.state();
        (std::mem::take(&mut state.entries), state.last)
    }

    /// Notifies those who wait that the changes up to this one are on disk, or why no further one can be.
    pub(super) fn finish(&self, result: Result<Ticket, String>) {
        let mut state = self.state();
        match result {
            Ok(ticket) => state.committed = ticket,
            Err(why) => {
                state.failure = Some(why);
                state.entries.clear();
            }
        }
        drop(state);
        self.written.notify_all();
        self.written_async.notify_waiters();
    }

    pub(super) async fn committed(&self, ticket: Ticket) -> Result<(), String> {
        loop {
            // A notification between the look and the wait counts too.
            let mut written = std::pin::pin!(self.written_async.notified());
            written.as_mut().enable();
            let result = self.state().result(ticket);
            if let Some(result) = result {
                return result;
            }
            written.await;
        }
    }

    pub(super) fn wait(&self, ticket: Ticket) -> Result<(), String> {
        let mut state = self.state();
        loop {
            if let Some(result) = state.result(ticket) {
                return result;
            }
            let waited = self.written.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }
}
