//! Sends a request to a path that the client has no call for, with the same credentials, retries and checks.
//!
//! ```sh
//! ENGAGEBAY_API_KEY=… cargo run -p engagement-clients --example raw_request ada@example.com
//! ```

use std::error::Error;

use engagement_clients::Method;
use engagement_clients::engagebay::Client;
use serde::Deserialize;

/// The fields that this program needs of the response.
#[derive(Deserialize)]
struct Contact {
    id: i64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let email = std::env::args().nth(1).ok_or("name an e-mail address")?;
    let client = Client::from_env()?;

    // `path` encodes the value as one segment, and refuses `.` and `..`.
    let request = client
        .request(
            Method::GET,
            "/dev/api/panel/subscribers/contact-by-email/{email}",
        )
        .path("email", &email);
    let response = match request.send().await {
        Err(error) if error.is_not_found() => return Err("no such contact".into()),
        response => response?,
    };
    let contact: Contact = response.json()?;
    println!("{}: contact {}", response.status(), contact.id);

    let request = client.request(Method::GET, "/dev/api/panel/tags");
    let tags: Vec<serde_json::Value> = request.query("limit", 10).send().await?.json()?;
    println!("{} tags", tags.len());
    Ok(())
}
