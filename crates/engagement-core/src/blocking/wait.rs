//! Waiting for a future on the thread that asks for it.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::unconstrained;

use crate::client::background::Background;

/// How long to sleep at most in a task of a Tokio runtime.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Polls a future on this thread until it is done, and sleeps in between.
///
/// Executors that exist refuse to run inside another one, or lose the outer one's wake-ups to the inner one. A call may
/// stand in an iterator that another call reads, so here each has a mark of its own.
///
/// In a task of a Tokio runtime, whatever hands over its turn is woken when that runtime goes on, which waits for this
/// very function. So nothing is made to hand it over, and what does so by itself is looked at again after a while.
pub(super) fn wait<F: Future>(background: Option<&Background>, future: F) -> F::Output {
    let in_a_task = Handle::try_current().is_ok();
    let _context = background.map(Background::enter);
    let mut future = pin!(unconstrained(future));
    let signal = Arc::new(Signal {
        thread: thread::current(),
        woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&signal));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        while !signal.woken.swap(false, Ordering::Acquire) {
            if in_a_task {
                thread::park_timeout(LOOK_AGAIN);
                break;
            }
            thread::park();
        }
    }
}

struct Signal {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}
