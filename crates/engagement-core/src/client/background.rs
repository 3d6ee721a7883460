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

/// A thread with a Tokio runtime, which ends when the last clone is dropped.
///
/// All requests run on this thread, so that connections are reused however many threads call.
#[derive(Clone)]
pub(crate) struct Background(Arc<BackgroundThread>);

struct BackgroundThread {
    handle: Handle,
    thread: ThreadId,
    /// Dropping it ends the thread.
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
        Ok(Self(Arc::new(BackgroundThread {
            handle,
            thread: thread.thread().id(),
            _alive: alive,
        })))
    }

    /// Makes the background runtime the current one on this thread.
    pub(crate) fn enter(&self) -> EnterGuard<'_> {
        assert!(
            thread::current().id() != self.0.thread,
            "a blocking call on the background thread of its client would wait for itself"
        );
        self.0.handle.enter()
    }

    /// Runs a future on the background thread. Its panics resume in the caller. Dropping the returned future aborts it.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let mut task = AbortOnDrop(self.0.handle.spawn(future.with_current_subscriber()));
        match (&mut task.0).await {
            Ok(output) => output,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(error) => panic!("the background thread of a blocking client: {error}"),
            },
        }
    }
}

struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Creates and drops the runtime on its own thread: Tokio panics if a runtime is dropped inside another one.
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
    // Does not wait for slow host look-ups or file operations.
    runtime.shutdown_background();
}
