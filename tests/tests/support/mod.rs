//! What tests of what is printed share.

pub(crate) mod echo;
pub(crate) mod log;

use engagement_core::{ClientBuilder, FromClientCore, RetryPolicy, Server};

use echo::Echo;

/// Failures are wanted, and no waiting for better times.
pub(crate) fn once() -> RetryPolicy {
    RetryPolicy::none()
}

/// Sends everything to one place.
pub(crate) fn everywhere<C: FromClientCore>(
    builder: ClientBuilder<C>,
    servers: &[Server],
    echo: &Echo,
) -> ClientBuilder<C> {
    servers.iter().fold(builder, |builder, server| {
        builder.server_url(server.name, echo.url())
    })
}
