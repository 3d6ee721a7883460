//! The futures of calls. They are the same for all calls of one result: what sends them is compiled once, here.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::error::Error;
use crate::response::Response;
use crate::response::answer::Answer;

/// How a successful answer becomes a response.
pub(crate) type Read<T> = fn(Answer) -> Result<Response<T>, Error>;

pub(crate) type Sending = Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send>>;

/// A call on its way, which gives the whole [`Response`]: status, headers and body with the value.
///
/// `response()` of a call makes it. The request is complete by then; nothing is sent, and no time limit begins, before the
/// future is polled for the first time. Dropping it cancels the call: what was sent by then may have been carried out.
#[must_use = "futures do nothing unless they are awaited"]
pub struct ResponseFuture<T>(State<T>);

enum State<T> {
    Sending(Sending, Read<T>),
    /// What was wrong with the request before anything could be sent.
    Refused(Option<Error>),
    Composed(Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send>>),
}

impl<T> ResponseFuture<T> {
    pub(crate) fn sending(call: Sending, read: Read<T>) -> Self {
        Self(State::Sending(call, read))
    }

    /// A call that can't be sent.
    pub fn refused(error: Error) -> Self {
        Self(State::Refused(Some(error)))
    }

    /// A call that is made of several others.
    pub fn composed(
        future: impl Future<Output = Result<Response<T>, Error>> + Send + 'static,
    ) -> Self {
        Self(State::Composed(Box::pin(future)))
    }

    /// The same call, which gives the value alone.
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
            State::Sending(call, read) => {
                let answer = ready!(call.as_mut().poll(context));
                Poll::Ready(answer.and_then(*read))
            }
            State::Refused(error) => {
                let error = error.take().expect("a future is not polled after its end");
                Poll::Ready(Err(error))
            }
            State::Composed(call) => call.as_mut().poll(context),
        }
    }
}

impl<T> fmt::Debug for ResponseFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

/// A call on its way, which gives the value of its response.
///
/// `send()` of a call makes it, and so does awaiting a call. The request is complete by then; nothing is sent, and no time
/// limit begins, before the future is polled for the first time. Dropping it cancels the call: what was sent by then may
/// have been carried out.
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
