//! The thread behind a blocking client.

use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, ThreadId};

use tokio::runtime::{Builder, EnterGuard, Handle};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracing::instrument::WithSubscriber as _;

use crate::client::settings::configuration;
use crate::error::Error;
use crate::provider::Provider;

/// A thread with a runtime, which ends with the last clone.
///
/// Requests run there and not where they are waited for: connections are used again at once, however many threads call.
#[derive(Clone)]
pub(crate) struct Background(Arc<Shared>);

struct Shared {
    handle: Handle,
    thread: ThreadId,
    /// Its end is what the thread waits for.
    _alive: oneshot::Sender<()>,
}

impl Background {
    pub(crate) fn start(provider: &'static Provider) -> Result<Self, Error> {
        let failed = |error: io::Error| {
            let reason = "the background thread of a blocking client cannot be started";
            configuration(provider, reason).with_source(error)
        };
        let (starting, started) = sync_channel(1);
        let (alive, ended) = oneshot::channel();
        let thread = thread::Builder::new()
            .name(format!("{}-client", provider.name))
            .spawn(move || drive(&starting, ended))
            .map_err(failed)?;
        let ended_at_once = |_| Err(io::Error::other("it ended at once"));
        let handle = started
            .recv()
            .unwrap_or_else(ended_at_once)
            .map_err(failed)?;
        Ok(Self(Arc::new(Shared {
            handle,
            thread: thread.thread().id(),
            _alive: alive,
        })))
    }

    /// Lets this thread wait for what runs in the background.
    pub(crate) fn enter(&self) -> EnterGuard<'_> {
        assert!(
            thread::current().id() != self.0.thread,
            "a blocking call on the thread that it waits for"
        );
        self.0.handle.enter()
    }

    /// Runs a future in the background. Whoever waits for it gets its panics, and ends it by being dropped.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let mut task = Task(self.0.handle.spawn(future.with_current_subscriber()));
        match (&mut task.0).await {
            Ok(output) => output,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(error) => panic!("the background thread of a blocking client: {error}"),
            },
        }
    }
}

struct Task<T>(JoinHandle<T>);

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Made and dropped on its own thread: Tokio panics when a runtime ends where others run.
fn drive(starting: &SyncSender<io::Result<Handle>>, ended: oneshot::Receiver<()>) {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = starting.send(Err(error));
            return;
        }
    };
    let _ = starting.send(Ok(runtime.handle().clone()));
    let _ = runtime.block_on(ended);
    // Without waiting for a look-up of a host or a file that takes its time.
    runtime.shutdown_background();
}
