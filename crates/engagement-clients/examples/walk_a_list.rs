//! Prints the e-mail address of every EngageBay contact. If a page fails, it prints the point to continue from.
//!
//! ```sh
//! ENGAGEBAY_API_KEY=… cargo run -p engagement-clients --example walk_a_list             # from the start
//! ENGAGEBAY_API_KEY=… cargo run -p engagement-clients --example walk_a_list -- cursor:… # from that point
//! ```

use std::error::Error;

use engagement_clients::engagebay::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    let mut list = client.contacts().list().page_size(100);
    if let Some(point) = std::env::args().nth(1) {
        list = list.resume(point.parse()?);
    }

    // Each page is requested when the one before is used up.
    let mut contacts = list.stream();
    let mut count = 0;
    loop {
        match contacts.try_next().await {
            Ok(Some(contact)) => {
                count += 1;
                println!("{}", contact.email.as_deref().unwrap_or("no address"));
            }
            Ok(None) => break,
            Err(error) => {
                if let Some(point) = contacts.resume_point() {
                    eprintln!("continue with: {point}");
                }
                return Err(error.into());
            }
        }
    }
    println!("{count} contacts");
    Ok(())
}
