//! Sets how failed requests are retried: for all calls of a client, and for one call.
//!
//! ```sh
//! ENGAGEBAY_API_KEY=… cargo run -p engagement-clients --example retry_policy
//! ```

use std::time::Duration;

use engagement_clients::engagebay::{ClientBuilder, PROVIDER};
use engagement_clients::{Error, RetryPolicy};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = ClientBuilder::from_env(&PROVIDER)?
        .timeout(Duration::from_secs(30)) // for a call with its retries and the waits between them
        .retry(
            RetryPolicy::new()
                .max_attempts(5)
                .transient_base(Duration::from_millis(20)) // after 503, a timeout or a broken connection
                .rate_limited_base(Duration::from_secs(2)) // after 429 without `Retry-After`
                .max_backoff(Duration::from_secs(5)),
        )
        .build()?;

    // Reading is idempotent, so it is also retried after errors that may come from an executed request.
    let profile = client.profile().get().response().await?;
    println!("profile: {} attempts", profile.attempts());

    // A health check wants to see the first failure.
    let check = client.tags().list();
    let check = check.with(|settings| settings.retry(RetryPolicy::none()));
    match check.send().await {
        Ok(tags) => println!("healthy: {} tags", tags.len()),
        Err(error) => println!("unhealthy after {} attempt: {error}", error.attempts()),
    }
    Ok(())
}
