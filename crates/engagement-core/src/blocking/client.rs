//! The parts of blocking clients.

use std::marker::PhantomData;

use super::wait::wait;
use crate::call::operation_call::OperationCall;
use crate::call::raw_request::RawRequest;
use crate::client::background::Background;
use crate::client::core::ClientCore;
use crate::error::Error;
use crate::response::raw::RawResponse;

/// Marks the requests of a blocking client.
#[derive(Debug, Clone, Copy)]
pub struct Blocking;

impl ClientCore {
    /// The same client with a background thread that runs its requests, and those of clients derived from it. Any number of
    /// threads may call, inside and outside of an async runtime. The thread ends when the last clone is dropped, which does
    /// not wait for it. A client that already has a background thread keeps it.
    ///
    /// # Errors
    /// A configuration error if the operating system cannot start a thread or its event loop.
    pub fn in_background(self) -> Result<Self, Error> {
        if self.background().is_some() {
            return Ok(self);
        }
        let background = Background::start(self.provider())?;
        Ok(self.with_background(background))
    }

    /// Runs a future to completion on this thread. The future can use the Tokio runtime of the background thread.
    ///
    /// # Panics
    /// If called on the background thread, for example in a [`TokenSource`](crate::TokenSource) of this client: it would wait
    /// for itself.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        wait(self.background(), future)
    }
}

impl RawRequest {
    /// The same request, sent by a blocking client.
    pub fn blocking(self) -> RawRequest<Blocking> {
        RawRequest {
            builder: self.builder,
            mode: PhantomData,
        }
    }
}

impl RawRequest<Blocking> {
    /// Sends the request and blocks until its response is received.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind). Every status except 2xx is an error.
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
    /// Sends the request and blocks until its response is received. The response is untyped: [`RawResponse::json`] decodes
    /// it.
    ///
    /// # Errors
    /// As for the typed call of the operation. An invalid-request error for names that the operation does not have.
    pub fn send(self) -> Result<RawResponse, Error> {
        let core = self.core().clone();
        core.block_on(self.with_mode::<()>().send())
    }
}
