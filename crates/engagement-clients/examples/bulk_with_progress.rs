//! Sends the users of a file, one id per line, to WebEngage: 25 per request, with the progress after each.
//!
//! ```sh
//! export WEBENGAGE_LICENSE_CODE=… WEBENGAGE_API_KEY=…
//! cargo run -p engagement-clients --example bulk_with_progress ids.txt      # from the first line
//! cargo run -p engagement-clients --example bulk_with_progress ids.txt 1000 # skips 1000 lines
//! ```

use std::error::Error;

use engagement_clients::webengage::Client;
use engagement_clients::webengage::types::UserUpsert;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("name a file with user ids")?;
    let start = arguments.next().map_or(Ok(0), |start| start.parse())?;
    let client = Client::from_env()?;

    let ids = std::fs::read_to_string(path)?;
    let users = ids.lines().map(|id| UserUpsert::new().user_id(id));
    let mut chunks = client.users().track_all(users).resume_at(start).chunks();
    let (mut queued, mut invalid) = (0, 0);
    while let Some(chunk) = chunks.next().await {
        queued += chunk.queued();
        invalid += chunk.invalid().len();
        println!(
            "{}: {queued} queued, {invalid} invalid",
            chunk.positions().end
        );
        for entry in chunk.invalid() {
            eprintln!("line {}: {}", entry.position() + 1, entry.reason());
        }
        if let Some(error) = chunk.error() {
            eprintln!("continue at {}", chunk.positions().start);
            return Err(error.to_string().into());
        }
    }
    Ok(())
}
