//! Tokens: fetched before an attempt, and renewed once after a 401.

use std::sync::Arc;

use tokio::time::timeout_at;

use crate::auth::token_cache::{CachedToken, FetchFuture};
use crate::error::call_target::CallTarget;
use crate::error::{Error, ErrorKind};
use crate::response::raw::RawResponse;
use crate::retry::budget::RetryPermit;
use crate::send::attempt::Attempt;
use crate::send::retry::AttemptFailure;
use crate::send::{OneCall, admission, events};

/// Makes one attempt. If the provider refuses the token, it makes one more with a new token: the token may have been
/// revoked, or the provider's clock may be ahead. That is safe for every method, because a provider executes nothing for
/// an unauthenticated caller.
pub(super) async fn attempt(
    call: &mut OneCall<'_>,
    mut permit: Option<RetryPermit<'_>>,
) -> Result<RawResponse, AttemptFailure> {
    loop {
        let tokens = admission::admit(call)
            .await
            .map_err(AttemptFailure::NotAttempted)?;
        if let Some(permit) = permit.take() {
            permit.commit();
        }
        call.state.attempts += 1;
        call.state.last_failure = None;
        let attempt = Attempt::new(call, &tokens);
        let outcome = events::attempt(&attempt).await;
        let deadline = attempt.deadline;
        call.deadline.extend_by(&deadline);
        let error = match outcome {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        if call.state.token_renewed || tokens.is_empty() || !error.is_unauthorized() {
            return Err(AttemptFailure::Attempted(error));
        }
        call.core.credentials().forget(&tokens);
        if !call.request.can_repeat() {
            return Err(AttemptFailure::Attempted(error));
        }
        call.state.sent |= error.was_sent();
        call.state.token_renewed = true;
        call.state.last_failure = Some(error);
    }
}

/// The tokens that the request needs from token sources; most requests need none.
pub(super) async fn tokens(call: &OneCall<'_>) -> Result<Vec<CachedToken>, Error> {
    let error = match timeout_at(call.deadline.overall(), fetch(call)).await {
        Ok(Ok(tokens)) => return Ok(tokens),
        Ok(Err(error)) => error,
        Err(_) => {
            let target = CallTarget::Client(call.core.provider());
            Error::new(ErrorKind::Timeout, target, "no token in time")
        }
    };
    let target = call.request.target.clone();
    let secrets = &call.core.reporter().secrets;
    Err(Error::login_failed(target, error, call.state.sent, secrets))
}

async fn fetch(call: &OneCall<'_>) -> Result<Vec<CachedToken>, Error> {
    let (core, credentials) = (call.core, call.core.credentials());
    let mut tokens = Vec::new();
    for slot in credentials.token_slots(call.request.schemes) {
        // It owns what it needs, so that it survives the call that begins it.
        let begin = || -> FetchFuture {
            let (source, core) = (Arc::clone(&slot.source), core.for_login(slot.scheme));
            Box::pin(async move { source.fetch(&core).await })
        };
        let accept = |token: &_| {
            credentials
                .accept_token(slot.scheme, token)
                .map_err(|reason| {
                    let target = CallTarget::Client(core.provider());
                    let detail = format!("the token cannot be used: {reason}");
                    Error::new(ErrorKind::Decode, target, detail)
                })
        };
        tokens.push(slot.token(call.began, begin, accept).await?);
    }
    Ok(tokens)
}
