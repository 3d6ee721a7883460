//! Tokens: what an attempt needs of them, and the one renewal after a 401.

use tokio::time::timeout_at;

use crate::auth::token_cache::CachedToken;
use crate::error::call_target::Subject;
use crate::error::{Error, ErrorKind};
use crate::response::answer::Answer;
use crate::retry::budget::RetryPermit;
use crate::send::attempt::Attempt;
use crate::send::retry::Failure;
use crate::send::{OneCall, admission, events};

/// One attempt. If the provider refuses its token, it is made once more with a new one: the token may have been revoked,
/// or expired by a clock that is ahead. That is safe whatever the method, because a provider executes nothing for a caller
/// that it does not know.
pub(super) async fn attempt(
    call: &mut OneCall<'_>,
    mut permit: Option<RetryPermit<'_>>,
) -> Result<Answer, Failure> {
    loop {
        let tokens = admission::admit(call)
            .await
            .map_err(Failure::NotAttempted)?;
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
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        if call.state.token_renewed || tokens.is_empty() || !error.is_unauthorized() {
            return Err(Failure::Attempted(error));
        }
        call.runtime.credentials().forget(&tokens);
        if !call.request.can_repeat() {
            return Err(Failure::Attempted(error));
        }
        call.state.sent |= error.was_sent();
        call.state.token_renewed = true;
        call.state.last_failure = Some(error);
    }
}

/// The tokens that the request takes from sources; most requests take none.
pub(super) async fn tokens(call: &OneCall<'_>) -> Result<Vec<CachedToken>, Error> {
    let error = match timeout_at(call.deadline.overall(), fetch(call)).await {
        Ok(Ok(tokens)) => return Ok(tokens),
        Ok(Err(error)) => error,
        Err(_) => {
            let subject = Subject::Client(call.runtime.provider());
            Error::new(ErrorKind::Timeout, subject, "no token in time")
        }
    };
    let subject = call.request.subject.clone();
    let secrets = &call.runtime.reporter().secrets;
    Err(Error::login_failed(
        subject,
        error,
        call.state.sent,
        secrets,
    ))
}

async fn fetch(call: &OneCall<'_>) -> Result<Vec<CachedToken>, Error> {
    let (runtime, credentials) = (call.runtime, call.runtime.credentials());
    let mut tokens = Vec::new();
    for (slot, excluded) in credentials.token_slots(call.request.schemes, runtime.excluded()) {
        let fetch = async {
            let runtime = runtime.excluding(excluded);
            slot.source.fetch(&runtime).await
        };
        let accept = |token: &_| {
            credentials
                .accept_token(slot.scheme, token)
                .map_err(|reason| {
                    let subject = Subject::Client(runtime.provider());
                    let detail = format!("the token cannot be used: {reason}");
                    Error::new(ErrorKind::Decode, subject, detail)
                })
        };
        tokens.push(slot.token(call.began, fetch, accept).await?);
    }
    Ok(tokens)
}
