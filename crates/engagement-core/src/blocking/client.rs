//! What blocking clients are made of.

use std::marker::PhantomData;

use super::wait::wait;
use crate::call::operation_call::OperationCall;
use crate::call::raw_request::RawRequest;
use crate::client::background::Background;
use crate::client::core::ClientCore;
use crate::error::Error;
use crate::response::raw::RawResponse;

/// Marks requests that are waited for.
#[derive(Debug, Clone, Copy)]
pub struct Blocking;

impl ClientCore {
    /// The same runtime with a thread that all its requests are made on, and those of what is derived from it. They may be
    /// asked for from any number of threads, inside an async runtime and outside. The thread ends with the last clone,
    /// and nobody waits for that. A runtime that has such a thread already keeps it.
    ///
    /// # Errors
    /// A configuration error if the operating system has no thread to give, or no means to wait for sockets.
    pub fn in_background(self) -> Result<Self, Error> {
        if self.background().is_some() {
            return Ok(self);
        }
        let background = Background::start(self.provider())?;
        Ok(self.with_background(background))
    }

    /// Runs a future on this thread to its end. It finds a Tokio runtime if it needs one: the one in the background.
    ///
    /// # Panics
    /// On that very thread, such as in a [`TokenSource`](crate::TokenSource) of this client: it would wait for itself.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        wait(self.background(), future)
    }
}

impl RawRequest {
    /// The same request, to be waited for.
    pub fn blocking(self) -> RawRequest<Blocking> {
        RawRequest {
            builder: self.builder,
            mode: PhantomData,
        }
    }
}

impl RawRequest<Blocking> {
    /// Sends it and waits for the answer.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind); any other status than 2xx is an error.
    pub fn send(self) -> Result<RawResponse, Error> {
        let request = RawRequest {
            builder: self.builder,
            mode: PhantomData::<()>,
        };
        request.builder.core.clone().block_on(request.send())
    }
}

impl OperationCall {
    /// The same call, sent by a blocking client.
    pub fn blocking(self) -> OperationCall<Blocking> {
        self.with_mode()
    }
}

impl OperationCall<Blocking> {
    /// Sends it and blocks until the response is there. The response is untyped: [`RawResponse::json`] decodes it.
    ///
    /// # Errors
    /// As the typed call of the operation; before anything is sent also for names that the operation doesn't have.
    pub fn send(self) -> Result<RawResponse, Error> {
        let core = self.core().clone();
        core.block_on(self.with_mode::<()>().send())
    }
}
