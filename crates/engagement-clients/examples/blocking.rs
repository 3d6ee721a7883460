//! Calls Engage without async code: `send()` blocks, and a list is an iterator.
//!
//! ```sh
//! ENGAGE_API_KEY=… ENGAGE_API_SECRET=… cargo run -p engagement-clients --features blocking --example blocking
//! ```

use engagement_clients::Error;
use engagement_clients::engage::blocking::Client;
use engagement_clients::engage::types::UserUpdate;

fn main() -> Result<(), Error> {
    let client = Client::from_env()?;

    let ada = UserUpdate::new().first_name("Ada").email("ada@example.com");
    let ada = client.users().update("u-1", ada).send()?;
    println!("updated {}", ada.first_name.unwrap_or_default());

    // Each page is requested when the iterator reaches it.
    let mut count = 0;
    for user in client.users().list().limit(10).iter() {
        let user = user?;
        count += 1;
        if count <= 3 {
            println!("{}", user.first_name.unwrap_or_default());
        }
    }
    println!("{count} users");

    // A clone shares connections and limits, and works in any thread.
    let clone = client.clone();
    let other = std::thread::spawn(move || clone.users().get("u-1").send());
    let found = other.join().expect("the thread panicked")?;
    println!(
        "{} from another thread",
        found.first_name.unwrap_or_default()
    );
    Ok(())
}
