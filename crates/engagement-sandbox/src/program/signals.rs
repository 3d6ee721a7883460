//! The signals that stop the program.

use std::io;

/// The exit codes of a program that a signal ended: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;
#[cfg(unix)]
const TERMINATED: u8 = 143;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ctrl-C, and on Unix SIGTERM. They are caught from the time that this is made.
pub(crate) struct StopSignals {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
}

#[cfg(unix)]
impl StopSignals {
    /// # Errors
    /// If the signals can't be caught.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next signal: the exit code of a program that it ends.
    pub(crate) async fn recv(&mut self) -> io::Result<u8> {
        tokio::select! {
            _ = self.interrupt.recv() => Ok(INTERRUPTED),
            _ = self.terminate.recv() => Ok(TERMINATED),
        }
    }
}

#[cfg(not(unix))]
impl StopSignals {
    /// # Errors
    /// Never.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next signal: the exit code of a program that it ends.
    pub(crate) async fn recv(&mut self) -> io::Result<u8> {
        tokio::signal::ctrl_c().await.map(|()| INTERRUPTED)
    }
}
