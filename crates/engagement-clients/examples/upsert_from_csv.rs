//! Creates or updates one EngageBay contact for each row of a CSV file with the columns `email`, `first_name` and `role`.
//!
//! ```sh
//! ENGAGEBAY_API_KEY=… cargo run -p engagement-clients --example upsert_from_csv contacts.csv
//! ```

use std::error::Error;

use engagement_clients::engagebay::{Client, types::Property};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    email: String,
    first_name: String,
    role: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name a CSV file")?;
    let client = Client::from_env()?;
    let (mut created, mut updated, mut failed) = (0, 0, 0);
    for row in csv::Reader::from_path(path)?.deserialize() {
        let row: Row = row?;
        let properties = [
            Property::first_name(row.first_name),
            Property::role(row.role),
        ];
        match client.contacts().upsert(row.email, properties).send().await {
            Ok(contact) if contact.is_new() => created += 1,
            Ok(_) => updated += 1,
            // Wrong credentials fail for every row; a refused row is reported, and the next one is tried.
            Err(error) if error.is_unauthorized() => return Err(error.into()),
            Err(error) => {
                eprintln!("row {}: {error}", created + updated + failed + 1);
                failed += 1;
            }
        }
    }
    println!("{created} created, {updated} updated, {failed} failed");
    match failed {
        0 => Ok(()),
        _ => Err("some rows were not written".into()),
    }
}
