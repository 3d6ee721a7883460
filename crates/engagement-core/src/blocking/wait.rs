//! Blocking on a future.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::unconstrained;

use crate::client::background::Background;

/// The longest sleep in a task of a Tokio runtime.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Polls a future on this thread until it completes, and sleeps between polls.
///
/// Existing executors refuse to run inside another one, or lose the wake-ups of the outer one. Here calls can be nested, for
/// example in an iterator that another call reads, so each has its own waker.
///
/// In a task of a Tokio runtime, a future that yields is woken only when the runtime continues, which waits for this function.
/// So the future runs without Tokio's cooperative budget, and is polled again every 50 ms.
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
                thread::park_timeout(POLL_INTERVAL);
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
