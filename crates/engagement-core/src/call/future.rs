//! The futures of calls. All calls with the same result share one type, so the code that sends them is compiled once.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::error::Error;
use crate::response::Response;
use crate::response::raw::RawResponse;

/// Decodes a successful response.
pub(crate) type DecodeFn<T> = fn(RawResponse) -> Result<Response<T>, Error>;

pub(crate) type SendFuture = Pin<Box<dyn Future<Output = Result<RawResponse, Error>> + Send>>;

/// A running call that resolves to the full [`Response`]: the value with status, headers and body.
///
/// `response()` of a call returns it. The request is complete, but it is sent, and time limits start, when the future is
/// first polled. Dropping the future cancels the call; the provider may still execute a request that was sent.
#[must_use = "futures do nothing unless they are awaited"]
pub struct ResponseFuture<T>(FutureState<T>);

enum FutureState<T> {
    Sending(SendFuture, DecodeFn<T>),
    /// The request is invalid; nothing is sent.
    Refused(Option<Error>),
    Composed(Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send>>),
}

impl<T> ResponseFuture<T> {
    pub(crate) fn sending(call: SendFuture, decode: DecodeFn<T>) -> Self {
        Self(FutureState::Sending(call, decode))
    }

    /// A call that fails without being sent.
    pub fn refused(error: Error) -> Self {
        Self(FutureState::Refused(Some(error)))
    }

    /// A call that consists of several other calls.
    pub fn composed(
        future: impl Future<Output = Result<Response<T>, Error>> + Send + 'static,
    ) -> Self {
        Self(FutureState::Composed(Box::pin(future)))
    }

    /// The same call, which resolves to the value only.
    #[inline]
    pub fn into_call(self) -> CallFuture<T> {
        CallFuture(self)
    }
}

/// Nothing in it is pinned.
impl<T> Unpin for ResponseFuture<T> {}

impl<T> Future for ResponseFuture<T> {
    type Output = Result<Response<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            FutureState::Sending(call, decode) => {
                let response = ready!(call.as_mut().poll(context));
                Poll::Ready(response.and_then(*decode))
            }
            FutureState::Refused(error) => {
                let error = error.take().expect("a future is not polled after its end");
                Poll::Ready(Err(error))
            }
            FutureState::Composed(call) => call.as_mut().poll(context),
        }
    }
}

impl<T> fmt::Debug for ResponseFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

/// A running call that resolves to the value of its response.
///
/// `send()` of a call returns it; awaiting a call creates it too. The request is complete, but it is sent, and time limits
/// start, when the future is first polled. Dropping the future cancels the call; the provider may still execute a request
/// that was sent.
#[must_use = "futures do nothing unless they are awaited"]
pub struct CallFuture<T>(ResponseFuture<T>);

impl<T> Future for CallFuture<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(Pin::new(&mut self.0).poll(context));
        Poll::Ready(response.map(Response::into_inner))
    }
}

impl<T> fmt::Debug for CallFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallFuture").finish_non_exhaustive()
    }
}
