//! Admission of a request: it waits for the provider's pause and the rate limits, and gets its tokens.

use std::time::Duration;

use tokio::time::Instant;

use crate::auth::token_cache::CachedToken;
use crate::error::{Error, ErrorKind};
use crate::rate_limit::{LimitedRequest, in_millis};
use crate::send::{OneCall, authenticate};
use crate::telemetry::observe::Event;

/// Waits until the request may be sent, and returns its tokens.
pub(super) async fn admit(call: &mut OneCall<'_>) -> Result<Vec<CachedToken>, Error> {
    loop {
        wait_for_pause(call).await?;
        let tokens = authenticate::tokens(call).await?;
        // During a login the provider may have asked other calls for a pause.
        if call.server.pause.ends_at().is_none() && wait_for_limits(call).await? {
            return Ok(tokens);
        }
    }
}

/// Waits until the pause ends that the provider asked any call of this client for.
async fn wait_for_pause(call: &mut OneCall<'_>) -> Result<(), Error> {
    let time = call.deadline.time_left();
    while let Some(end) = call.server.pause.ends_at() {
        let pause = end.saturating_duration_since(Instant::now());
        if !time.fits(end) {
            let failure = call.state.last_failure.take();
            return Err(failure.unwrap_or_else(|| pause_too_long(call, pause, time.missing(end))));
        }
        // Jitter spreads the calls, but must not take the time of an attempt.
        let spread = end + call.core.jitter().tenth_of(pause);
        let until = if time.fits(spread) { spread } else { end };
        let wait = until.saturating_duration_since(Instant::now());
        call.emit(&Event::PauseWait { wait });
        call.state.wait(until).await;
    }
    Ok(())
}

/// The error of a call that the pause leaves too little time, by `missing`.
fn pause_too_long(call: &OneCall<'_>, pause: Duration, missing: Duration) -> Error {
    let detail = format!(
        "not sent: the provider asked for a pause of another {:?}, and then less than a whole attempt_timeout would be left; \
         make `timeout` at least {:?} longer",
        in_millis(pause),
        in_millis(missing),
    );
    let target = call.request.target.clone();
    Error::new(ErrorKind::RateLimited, target, detail).with_pause(pause)
}

/// Acquires the permits of the rate limits; `false` if a pause began meanwhile.
async fn wait_for_limits(call: &mut OneCall<'_>) -> Result<bool, Error> {
    let OneCall {
        core,
        request,
        server,
        ref deadline,
        ref mut state,
        ..
    } = *call;
    let limiter = core.limiter();
    let limited = LimitedRequest {
        target: &request.target,
        server: request.server,
        base: &server.base,
        url: &request.url,
        account: core.account(),
        pause: &server.pause,
    };
    let began = Instant::now();
    // A shared store takes time to respond.
    state.waiting_since = limiter.has_store().then_some(began);
    let mut reported = false;
    let passed = {
        let waiting_since = &mut state.waiting_since;
        let mut wait = |wait| {
            // A wait that is extended is reported once.
            if !std::mem::replace(&mut reported, true) {
                *waiting_since = Some(began);
                super::emit(core, request, &Event::LimitWait { wait });
            }
        };
        limiter.pass(limited, deadline.time_left(), &mut wait).await
    };
    if state.waiting_since.take().is_some() {
        state.waited += began.elapsed();
    }
    passed.map_err(|error| match state.last_failure.take() {
        Some(failure) => error.with_source(failure),
        None => error,
    })
}
