//! Limits how many requests a client sends, and stops at the limit instead of waiting for long.
//!
//! ```sh
//! ENGAGEBAY_API_KEY=… cargo run -p engagement-clients --example rate_limits 7 8 9
//! ```

use std::error::Error;
use std::time::Duration;

use engagement_clients::engagebay::{ClientBuilder, PROVIDER};
use engagement_clients::{ErrorKind, RateLimit, RateLimits};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = ClientBuilder::from_env(&PROVIDER)?
        .rate_limits(
            RateLimits::documented()
                .client(RateLimit::per_minute(60)) // all calls together
                .operation("contacts_get", RateLimit::per_minute(3)),
        )
        // A call waits for the limit only if there is time for a whole attempt after that: here for 5 seconds.
        .timeout(Duration::from_secs(10))
        .attempt_timeout(Duration::from_secs(5))
        .build()?;

    for id in std::env::args().skip(1) {
        let id: i64 = id.parse()?;
        match client.contacts().get(id).send().await {
            Ok(contact) => println!("{id}: {}", contact.email.unwrap_or_default()),
            Err(error) if error.is_not_found() => println!("{id}: no such contact"),
            // Nothing was sent: the limit allows the next request too late.
            Err(error) if error.kind() == ErrorKind::RateLimited => {
                let wait = error.retry_after().unwrap_or_default();
                println!("{id}: stopped, continue in {} s", wait.as_secs());
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
